"""What is to be said of a reading, in sentences. Whoever shows them escapes them: they quote the reader."""

from collections.abc import Sequence

import numpy as np

from rnn_core.numerals import listed
from rnn_core.remarks import Word
from rnn_core.tagging.tagger import Evidence
from rnn_core.tagging.tags import NAMES, TAGS
from rnn_core.tagging.trace import MAX_WORDS, Reading, Trace

MOST_NAMED = 3
"""Words that a sentence names; of more it gives the number."""

LONGEST_NAME = 24
"""Characters of a word that a sentence quotes."""

WORTH_A_ROW = 0.01
"""Probability from which a second tag is told of."""

UNKNOWN = "“?” marks words that the corpus doesn't have."
CUT = f"Only the first {MAX_WORDS} words of a text are read."

_NOTHING = "Nothing to tag yet: type a sentence."


def quote(word: str) -> str:
    """Return a word in quotation marks, shortened where it is long."""
    return f"“{word if len(word) <= LONGEST_NAME else word[: LONGEST_NAME - 1] + '…'}”"


def percent(share: float) -> str:
    """Write a probability so that what is not certain is never said to be."""
    if share > 0.999:
        return "over 99.9 %"
    if share < 0.001:
        return "under 0.1 %"
    return f"{100 * share:.0f} %" if 0.1 <= share <= 0.9 else f"{100 * share:.1f} %"


def named(words: Sequence[str], t: int) -> str:
    """Return word t in quotation marks; where it stands there more than once, with its number."""
    return quote(words[t]) + (f" (word {t + 1})" if words.count(words[t]) > 1 else "")


def headline(reading: Reading) -> str:
    """Say what to look for in this picture."""
    trace = reading.latest
    if not trace.words:
        return _NOTHING
    said = [_on_change(reading), _on_runner_up(trace), _on_single_tags(trace), _on_verbs(trace)]
    return " ".join(sentence for sentence in said if sentence)


def notes(reading: Reading) -> list[str]:
    """Say what the marks on the words mean, and what is not read."""
    unknown = not all(evidence.known for evidence in reading.latest.evidence)
    return [UNKNOWN] * unknown + [CUT] * reading.cut


def turned(reading: Reading) -> list[tuple[str, int, int]]:
    """Return the words that stayed and changed their tag, quoted, with the tag before and now."""
    if reading.second is None:
        return []
    found = []
    for number, places in enumerate(reading.places):
        word = reading.first.words[number]
        if len(places) == 1 and reading.second.words[places[0]] == word:
            before, now = int(reading.first.path[number]), int(reading.second.path[places[0]])
            if before != now:
                found.append((named(reading.second.words, places[0]), before, now))
    return found


def describe_words(reading: Reading) -> tuple[Word, ...]:
    """Return what is to be said of every typed word, as the chips show it."""
    trace, described = reading.latest, []
    for typed, places in zip(reading.first.words, reading.places, strict=True):
        text = " ".join(trace.words[place] for place in places)
        known = all(trace.evidence[place].known for place in places)
        names = " ".join(NAMES[trace.path[place]] for place in places)
        own = ", ".join(_belief(trace, place) for place in places)
        described.append(
            Word(
                text=text,
                before=typed if text != typed else None,
                share=0.0,
                state="dropped" if not places else "read" if known else "unknown",
                columns=places,
                title=f"{quote(text or typed)}: {own}{'' if known else ', not in the corpus'}" if places else "dropped",
                number=names,
            )
        )
    return tuple(described)


def on_words(trace: Trace) -> list[str]:
    """Return a sentence or two on every word: what it says by itself, and what its sentence makes of it."""
    return [
        f"{_alone(word, evidence)} In this sentence: {_shares(posterior)}.".replace(" %", "\N{NO-BREAK SPACE}%")
        for word, evidence, posterior in zip(trace.words, trace.evidence, trace.posteriors, strict=True)
    ]


def has_alternatives(trace: Trace) -> bool:
    """Whether a word has a second tag that is worth a row of a table."""
    return bool(unsure(trace).size)


def unsure(trace: Trace) -> np.ndarray:
    """Return the words whose second tag has at least the probability `WORTH_A_ROW`."""
    return np.flatnonzero(np.sort(trace.posteriors, axis=1)[:, -2] >= WORTH_A_ROW)


def on_alternatives(trace: Trace) -> str:
    """Say how many words have another tag that nearly won."""
    count, least = len(unsure(trace)), f"{100 * WORTH_A_ROW:.0f} %"
    if not count:
        return f"No word has a second tag of even {least}."
    words = f"{len(trace.words)} word{'s' if len(trace.words) > 1 else ''} {'has' if count == 1 else 'have'}"
    return (
        f"{count} of the {words} a second tag of at least {least}. "
        "The last column follows the runner-up, the next best path as a whole."
    )


def on_changes(reading: Reading) -> str:
    """Say what the table of changes shows."""
    if reading.second is None:
        return "Change a word, and its sentence stands here with its tags before and after."
    return "Every word with its tag on the best path, and how probable this tag is in its sentence."


def _alone(word: str, evidence: Evidence) -> str:
    """What a word says by itself."""
    if evidence.known:
        times = int(evidence.seen.sum())
        often = "once" if times == 1 else f"{times:,} times"
        return f"{quote(word)} was seen {often}: {_counted(evidence.seen)}."
    if not evidence.feature:
        return f"{quote(word)} is not in the corpus, nor is any rare word that looks like it: its neighbours decide."
    shape, _, ending = evidence.feature.partition("|")
    looks = f"that end in -{ending} ({shape})" if ending else f"of its shape ({shape})"
    rare = int(evidence.lookalikes.sum())
    return f"{quote(word)} is not in the corpus. Of {rare:,} rare words {looks}: {_counted(evidence.lookalikes)}."


def _counted(counts: np.ndarray) -> str:
    shares = counts / counts.sum()
    return f"always {NAMES[int(counts.argmax())]}" if shares.max() == 1 else _shares(shares)


def _shares(shares: np.ndarray) -> str:
    """The likeliest tag, and others of at least a hundredth."""
    order = np.argsort(-shares, kind="stable")[:MOST_NAMED]
    return ", ".join(
        f"{NAMES[tag]} {percent(shares[tag])}" for k, tag in enumerate(order) if not k or shares[tag] >= 0.01
    )


def _belief(trace: Trace, place: int) -> str:
    tag = trace.path[place]
    return f"{NAMES[tag]} {percent(trace.posteriors[place, tag])}"


def _on_change(reading: Reading) -> str:
    if reading.second is None:
        return ""
    changed = turned(reading)
    if not changed:
        return "With the change, no other word turns into something else."
    if len(changed) > MOST_NAMED:
        return f"With the change, {len(changed)} other words turn into something else."
    return (
        "With the change, "
        + listed([f"{word} turns from {TAGS[before].phrase} into {TAGS[now].phrase}" for word, before, now in changed])
        + "."
    )


def _on_runner_up(trace: Trace) -> str:
    differ = np.flatnonzero(trace.path != trace.runner_up)
    if len(differ) > MOST_NAMED:
        takes = f"takes {len(differ)} words for something else"
    else:
        takes = "takes " + listed(
            [f"{named(trace.words, t)} for {TAGS[trace.runner_up[t]].phrase}" for t in differ.tolist()]
        )
    if trace.odds < 1.05:
        return f"The best path and the runner-up are almost equally likely; the runner-up {takes}."
    return f"The best path is {_times(trace.odds)} as likely as the runner-up, which {takes}."


def _times(odds: float) -> str:
    if odds >= 1000:
        return "more than 1,000 times"
    if odds >= 9.95:
        return f"about {float(f'{odds:.2g}'):,.0f} times"
    return f"{odds:.1f} times"


def _on_single_tags(trace: Trace) -> str:
    differ = np.flatnonzero(trace.path != trace.likeliest)
    if not len(differ):
        return ""
    t = int(differ[0])
    tag = int(trace.likeliest[t])
    return (
        f"Yet over all paths together, {named(trace.words, t)} is more likely {TAGS[tag].phrase} "
        f"({percent(trace.posteriors[t, tag])}): the best path is the likeliest whole, not the likeliest parts."
    )


def _on_verbs(trace: Trace) -> str:
    enough = sum(any(map(str.isalpha, word)) for word in trace.words) > 2
    if trace.has_verb or not enough:
        return ""
    return "No word is taken for a verb: nothing in the model says that a sentence needs one."
