"""A run: one training, with what was asked for, how it went and how well it did.

A run is the same record wherever it comes from: one that trains now, one that somebody has loaded from a file, or
one of the three that come with Unfold.

Shapes: K records of progress, P of them in which the held-out reviews were measured.
"""

from dataclasses import dataclass

from rnn_core.errors import InputError
from rnn_core.metrics import Metrics
from rnn_core.parsing import visible
from rnn_core.recipes import Progress, Spec

STATES = ("queued", "running", "measuring", "finished", "cancelled", "failed")
"""In this order. From "measuring" on there is a network to read with; a run may end in any of the last three."""


ID = r"[a-z0-9]{3,32}"
"""What an id looks like, as a regular expression: it names files, so it holds nothing that leads elsewhere."""

LONGEST_NAME = 60


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
    seconds: float | None  # that measuring took; None where nobody has timed it
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
    from_file: bool = False  # somebody has loaded it: its numbers are what the file says

    @property
    def over(self) -> bool:
        """Whether nothing more will change."""
        return self.state in ("finished", "cancelled", "failed")


def tidy_name(text: str) -> str:
    """Return the name of a run on one line, without signs that nobody sees. Raises `InputError` for a long one."""
    name = " ".join(visible(text).split())
    if len(name) > LONGEST_NAME:
        raise InputError(f"A name has at most {LONGEST_NAME} characters, got {len(name):,}.")
    return name
