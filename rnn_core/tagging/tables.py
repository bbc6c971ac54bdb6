"""The numbers behind the pictures and the tables of the page, as columns."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_core.tagging.sentences import percent, unsure
from rnn_core.tagging.tags import NAMES, TAGS
from rnn_core.tagging.trace import Reading, Trace

Table = dict[str, list[Any]]


def words_table(trace: Trace) -> Table:
    """Return a row a word: its tag on the best path and on the runner-up, and the two likeliest tags for itself."""
    order = np.argsort(-trace.posteriors, axis=1, kind="stable")[:, :2]
    rows = np.arange(len(trace.words))
    return {
        "word": list(trace.words),
        "best path": [NAMES[tag] for tag in trace.path],
        "runner-up": [NAMES[tag] for tag in trace.runner_up],
        "likeliest": [NAMES[tag] for tag in order[:, 0]],
        "probability": trace.posteriors[rows, order[:, 0]].tolist(),
        "second": [NAMES[tag] for tag in order[:, 1]],
        "its probability": trace.posteriors[rows, order[:, 1]].tolist(),
        "times seen": [int(one.seen.sum()) for one in trace.evidence],
        "looks like": [one.feature.replace("|", ", -") for one in trace.evidence],
    }


def beliefs_table(trace: Trace) -> Table:
    """Return a row a word and tag: its probability given the word alone, and given all words."""
    return {
        "word": [word for word in trace.words for _ in NAMES],
        "tag": list(NAMES) * len(trace.words),
        "by itself": trace.alone.ravel().tolist(),
        "in the sentence": trace.posteriors.ravel().tolist(),
    }


def alternatives_table(trace: Trace) -> Table:
    """Return a row for every word whose second tag is worth one."""
    order = np.argsort(-trace.posteriors, axis=1, kind="stable")
    rows = unsure(trace)
    return {
        "word": [trace.words[t] for t in rows],
        "likeliest": [_with_share(trace, t, order[t, 0]) for t in rows],
        "nearly": [_with_share(trace, t, order[t, 1]) for t in rows],
        "runner-up path": [NAMES[trace.runner_up[t]] for t in rows],
    }


def changes_table(reading: Reading) -> Table:
    """Return a row a typed word: its tag before, and what stands there now with its tags."""
    now = reading.latest
    return {
        "before": list(reading.first.words),
        "tag": [_with_share(reading.first, t, tag) for t, tag in enumerate(reading.first.path)],
        "now": [" ".join(now.words[place] for place in places) or "dropped" for places in reading.places],
        "tag now": [", ".join(_with_share(now, p, now.path[p]) for p in places) for places in reading.places],
    }


def tags_table() -> Table:
    """Return a row a tag: plain name, code and examples."""
    return {
        "tag": [tag.name for tag in TAGS],
        "code": [tag.code for tag in TAGS],
        "for example": [tag.examples for tag in TAGS],
    }


def accuracy_table(record: Mapping[str, Any]) -> Table:
    """Return how good the tagger is, out of its record."""
    held, other = record["held_out"], record["every_tenth_sentence_held_out_instead"]
    return {
        "measured on": [
            f"the {held['texts']} texts held out",
            "… the words in them that are not in the other texts",
            "… each word by itself, without its neighbours",
            "every tenth sentence held out instead, an easier test",
        ],
        "words": [f"{held['words']:,}", f"{held['unknown_words']:,}", f"{held['words']:,}", f"{other['words']:,}"],
        "right": [
            _share(held["accuracy"]),
            _share(held["accuracy_on_unknown_words"]),
            _share(held["accuracy_without_context"]),
            _share(other["accuracy"]),
        ],
    }


def _with_share(trace: Trace, t: int, tag: int) -> str:
    return f"{NAMES[tag]} {percent(trace.posteriors[t, tag])}"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
