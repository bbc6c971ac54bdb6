"""A run: one training, with what was asked for, how it went and how well it did.

A run is the same record wherever it comes from: one that trains now, one that somebody has loaded from a file, or
one of the three that come with Unfold.

Shapes: K records of progress, P of them in which the held-out reviews were measured.
"""

from dataclasses import dataclass

from rnn_core.metrics import Metrics
from rnn_core.recipes import Progress, Spec

STATES = ("queued", "running", "measuring", "finished", "cancelled", "failed")
"""In this order. From "measuring" on there is a network to read with; a run may end in any of the last three."""


@dataclass(frozen=True)
class Mistake:
    """A test review on whose wrong side the network is."""

    text: str
    positive: bool  # what its writer thought
    probability: float  # that it is positive, as the network says


@dataclass(frozen=True)
class Measured:
    """What a trained network is worth, on test reviews that it has never read."""

    test: Metrics
    seconds: float  # that measuring took
    mistakes: tuple[Mistake, ...]  # some of them: the most certain ones first


@dataclass(frozen=True)
class Baseline:
    """Logistic regression on the words of the same reviews, without their order: what a network has to beat."""

    test: Metrics
    seconds: float  # that learning took
    words: int  # size of its bag


@dataclass(frozen=True)
class Run:
    """One training."""

    id: str  # in addresses and file names; "lstm", "gru" and "rnn" are the shipped ones
    name: str  # what the reader calls it
    spec: Spec
    state: str  # one of STATES
    place: int = 0  # in the queue, 1 is next; 0 where it does not wait
    note: str = ""  # a sentence: what it does before the first step, or why it failed
    history: tuple[Progress, ...] = ()  # (K,)
    parameters: int = 0
    seconds: float = 0.0  # of training, without measuring on the test reviews
    measured: Measured | None = None
    baseline: Baseline | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will change."""
        return self.state in ("finished", "cancelled", "failed")
