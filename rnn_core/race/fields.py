"""The hyperparameters of a training: what each means, between what it may lie, and how it is typed."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from rnn_core import text_pipeline
from rnn_core.errors import InputError
from rnn_core.recipes import RANGES, STARTS, Spec, make_spec, parse_value


@dataclass(frozen=True)
class Field:
    """A field of `Spec`.

    Attributes:
        label: what it is called in the field.
        meaning: what it does, in a sentence.

    """

    label: str
    meaning: str


GROUPS: Final[Mapping[str, Mapping[str, Field]]] = {
    "Data": {
        "reviews": Field("Reviews", "training reviews that are taken, half of them positive"),
        "max_tokens": Field("Length", "only the last so many words of a review are read"),
        "max_words": Field("Vocabulary", "the most frequent words that get a vector of their own"),
        "validation": Field("Held-out reviews", "training reviews that are only measured on"),
        "fill_up": Field("Filled up from the left", "every review is padded to the full length, and all of it is read"),
        "word_dropout": Field("Word dropout", "part of the words that are read as the unknown word"),
        "crop_weight": Field("Weight of crops", "of the loss on one random piece of each review; 0 leaves them out"),
        "crop_shortest": Field("Shortest crop", "words of the shortest piece"),
        "crop_longest": Field("Longest crop", "words of the longest piece"),
        "phrase_weight": Field("Weight of phrases", "of the loss on generated phrases with “not” and “but”; 0: none"),
        "phrases_a_batch": Field("Phrases a batch", "generated phrases beside each batch"),
        "phrase_dropout": Field("Phrase dropout", "part of the vector entries set to 0 in phrases"),
    },
    "Network": {
        "embedding_size": Field("Embedding size", "numbers in the vector of a word"),
        "hidden_size": Field("Hidden size", "units of the state"),
        "layers": Field("Layers", "recurrent layers, each reading the states of the one below"),
        "bidirectional": Field("Both directions", "a second network reads from the end to the beginning"),
        "dropout": Field("Dropout", "part of the last state that is set to 0 while it learns"),
        "embedding_dropout": Field("Embedding dropout", "part of each word's vector set to 0 while it learns"),
        "start": Field("Recurrent start", "recurrent weights at first: PyTorch's, a rotation, or the identity"),
        "memory_bias": Field("Forget bias", "start of the bias of the gates that keep the state; above 0: open"),
        "input_scale": Field("Scale of inputs", "factor on the first input weights"),
    },
    "Learning": {
        "epochs": Field("Epochs", "times that every review is read"),
        "validations": Field("Measured an epoch", "times in an epoch that the held-out reviews are read"),
        "batch_size": Field("Batch", "reviews whose gradients are averaged for one step"),
        "learning_rate": Field("Learning rate", "of Adam: the size of a step"),
        "warm_up": Field("Warm-up", "part of the steps in which the rate rises before it falls; 0: it stays the same"),
        "clip_norm": Field("Clip", "the largest norm of a gradient; a longer one is shortened to it"),
        "recurrent_rate": Field("Recurrent rate", "factor on the learning rate of the recurrent matrices"),
        "carry_state": Field("State carried over", "a batch begins with the last states of another: a mistake"),
    },
}
"""All that a recipe decides, in the order in which it is shown."""

NAMES: Final = {group: tuple(members) for group, members in GROUPS.items()}

A_ROW: Final = 3
"""Fields beside each other."""

CHOICES: Final = {
    "fill_up": {"false": "no", "true": "yes"},
    "bidirectional": {"false": "no", "true": "yes"},
    "carry_state": {"false": "no", "true": "yes"},
    "start": dict(zip(STARTS, STARTS, strict=True)),
}
"""Fields of which one of a few is chosen, by value."""

STEPS: Final = {
    "lower_case": "lower case",
    "expand_abbreviations": "abbreviations",
    "negation_to_not": "n't → not",
    "strip_tags": "HTML tags",
    "strip_symbols": "symbols",
    "keep_marks": "keep ! and ?",
    "squeeze_space": "white space",
    "remove_stop_words": "stop words out",
    "keep_negations": "keep “not”",
}
"""Cleaning steps that can be switched, by their name in `text_pipeline.Spec`."""


def written(spec: Spec, name: str) -> str:
    """Return a field as it is typed."""
    value = getattr(spec, name)
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def reader(name: str) -> Callable[[str], Any]:
    """Return what reads a typed value of a field; it raises `InputError` for one that is none or out of range."""

    def read(text: str) -> Any:
        with by_label():
            _, value = parse_value(f"{name}={text.replace(',', '')}")
        low, high = RANGES.get(name, (value, value))
        if not isinstance(value, str) and not low <= value <= high:
            raise InputError(f"{label(name) if name in _FIELDS else name} must lie {between(name)}, got {text}.")
        return value

    return read


def labelled(sentence: str) -> str:
    """Return a sentence in which the fields are called what they are called on the page.

    A name of one word, as "start", may be a word of the sentence, and stays.
    """
    names = "|".join(name for name in _FIELDS if "_" in name)
    return re.sub(rf"\b({names})\b", lambda found: label(found[0]), sentence)


@contextmanager
def by_label() -> Iterator[None]:
    """Let the sentence of an `InputError` raised inside be `labelled`."""
    try:
        yield
    except InputError as error:
        raise InputError(labelled(str(error))) from error


def between(name: str) -> str:
    """Return the range of a number: "between 1 and 100"."""
    low, high = RANGES[name]
    return f"between {low:,g} and {high:,.10g}"


def steps_of(pipeline: text_pipeline.Spec) -> tuple[str, ...]:
    """Return the names of the cleaning steps that are taken."""
    return tuple(name for name in STEPS if getattr(pipeline, name))


def pipeline_of(steps: Collection[str]) -> text_pipeline.Spec:
    """Return the text pipeline that takes these steps."""
    return text_pipeline.Spec(**{name: name in steps for name in STEPS})


def changes(base: Spec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the values that differ from a recipe's."""
    return {name: value for name, value in values.items() if getattr(base, name) != value}


def said(names: list[str]) -> str:
    """Return which fields differ from the recipe, in a sentence; "" for none."""
    labels = [field.label for name, field in _FIELDS.items() if name in names]
    labels += ["Cleaning steps"] if "pipeline" in names else []
    return f"Changed from the recipe: {', '.join(labels)}." if labels else ""


def differing(recipe: str, corpus: str) -> str:
    """Return in which fields a recipe treats the three networks differently, in a sentence; "" for none."""
    specs = [make_spec(recipe, architecture, corpus=corpus) for architecture in ("lstm", "gru", "rnn")]
    differ = [
        f"{label(name).lower()} ({', '.join(written(spec, name) for spec in specs)})"
        for group in GROUPS.values()
        for name in group
        if len({getattr(spec, name) for spec in specs}) > 1
    ]
    return f"For LSTM, GRU and RNN this recipe differs in: {'; '.join(differ)}." if differ else ""


def label(name: str) -> str:
    """Return what a field is called."""
    return _FIELDS[name].label


def meaning(name: str, base: Spec, value: Any) -> str:
    """Return what a field does, between what it may lie, and what the recipe says where that is something else."""
    range_ = f"; {between(name)}" if name in RANGES else ""
    changed = f". Changed: the recipe says {written(base, name)}" if value != getattr(base, name) else ""
    return f"{_FIELDS[name].meaning}{range_}{changed}"


def texts(base: Spec, names: Sequence[str], place: str) -> dict[str, str]:
    """Return what is typed for fields of a recipe, by the names of their controls at a place."""
    typed = {f"{place}.{name}": written(base, name) for name in names if name != "pipeline"}
    return {**typed, f"{place}.cleaning": ",".join(steps_of(base.pipeline))}


def in_rows(names: Sequence[str]) -> list[Sequence[str]]:
    """Return names in rows of `A_ROW`."""
    return [names[start : start + A_ROW] for start in range(0, len(names), A_ROW)]


_FIELDS = {name: field for group in GROUPS.values() for name, field in group.items()}
