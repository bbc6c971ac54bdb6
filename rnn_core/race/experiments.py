"""Experiments: two runs that differ in just one thing, and what to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from rnn_core.race.naming import name_run
from rnn_core.recipes import Spec, make_spec

NEVER: Final = 1e6
"""A norm that no gradient reaches before the loss is no number any more: clipping is off."""


@dataclass(frozen=True)
class Experiment:
    """Two runs.

    Attributes:
        label: on the button.
        sentence: what to look at.
        architecture: the network in which it shows.
        ways: for what to call each of the two, what it changes.
        also: what both of them change.
        corpus: where it shows only on one; else "".

    """

    label: str
    sentence: str
    architecture: str
    ways: Mapping[str, Mapping[str, Any]]
    also: Mapping[str, Any]
    corpus: str = ""


EXPERIMENTS: Final = {
    "distance": Experiment(
        "Near or far",
        "The deciding word 5 or 60 words before the end. Look at whether the same RNN learns both, or guesses at one.",
        "rnn",
        {"near": {"distance": 5}, "far": {"distance": 60}},
        {},
        "grammar",
    ),
    "clip": Experiment(
        "Clip or not",
        "An RNN whose gradient is clipped at 1, or not at all. Look for peaks of the gradient norm, and whether "
        "cutting them mattered: Adam divides every gradient by its own recent size, and so tames long ones, too.",
        "rnn",
        {"clipped": {"clip_norm": 1.0}, "unclipped": {"clip_norm": NEVER}},
        {},
    ),
    "bias": Experiment(
        "Forget bias",
        "An LSTM whose forget gates begin nearly open, with a bias of 2, or half open, with 0: then a half to the "
        "power of 40 is left of a word 40 words back. Look at who begins to learn.",
        "lstm",
        {"bias 2": {"memory_bias": 2.0}, "bias 0": {"memory_bias": 0.0}},
        {"start": "orthogonal", "distance": 40},
    ),
    "length": Experiment(
        "50 or 400 words",
        "An LSTM that reads the last 50 words of a review or the last 400: what do the words before add, "
        "and what do they cost? Best on ACL-IMDB: in our own reviews the word that decides then stands within the 50.",
        "lstm",
        {"50 words": {"max_tokens": 50}, "400 words": {"max_tokens": 400}},
        {"distance": 30},
    ),
    "stop_words": Experiment(
        "Stop words",
        "An LSTM with stop words left in or taken out, “not” with them: fewer words to read, and less to read.",
        "lstm",
        {"stop words in": {"remove_stop_words": False}, "stop words out": {"remove_stop_words": True}},
        {},
    ),
    "padding": Experiment(
        "Padding",
        "A GRU on reviews of like length, or all of them filled up from the left to 200 words. Look at the seconds; "
        "the second may take a minute.",
        "gru",
        {"buckets": {"fill_up": False}, "filled up": {"fill_up": True}},
        {"max_tokens": 200},
    ),
    "carry": Experiment(
        "State carried over",
        "A GRU whose state begins at zeros for every review, or with what the batch before has left there, as some "
        "listings do. Other reviews leak in: look at the gradient norm, and whether the gates learn to shut them out.",
        "gru",
        {"zeros": {"carry_state": False}, "carried": {"carry_state": True}},
        {},
    ),
}


def named_specs(experiment: Experiment, recipe: str, changes: Mapping[str, Any], typed: str) -> dict[str, Spec]:
    """Return the two specs by the names of their runs; `changes` is what the reader has set otherwise than the recipe.

    Raises `InputError` where these can't be had together.
    """
    named: dict[str, Spec] = {}
    for way, own in experiment.ways.items():
        spec = _spec(experiment, recipe, {**changes, **experiment.also, **own})
        named[name_run(spec, f"{typed} {way}", named)] = spec
    return named


def can_run(experiment: Experiment, ready: bool) -> bool:
    """Whether the reviews that an experiment needs are there; `ready` says it of those that the reader has chosen."""
    return ready or experiment.corpus == "grammar"


def _spec(experiment: Experiment, recipe: str, changes: dict[str, Any]) -> Spec:
    if experiment.corpus:
        changes["corpus"] = experiment.corpus
    stop_words = changes.pop("remove_stop_words", None)
    spec = make_spec(recipe, experiment.architecture, **changes)
    if stop_words is None:
        return spec
    return replace(spec, pipeline=replace(spec.pipeline, remove_stop_words=stop_words))
