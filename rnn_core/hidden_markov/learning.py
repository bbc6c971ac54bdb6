"""Baum–Welch from several random starts at once: what each has learned after every so many rounds.

The learner knows the observations and the numbers of states and symbols, nothing else. Shapes: K starts, F stops of
the slider, N states, M symbols, S sequences.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from rnn_core.baum_welch import baum_welch, random_model
from rnn_core.emissions import Categorical
from rnn_core.errors import InputError
from rnn_core.forward_backward import forward_backward
from rnn_core.hidden_markov.reading import Sequences
from rnn_core.hidden_markov.spec import MOST_OBSERVATIONS, MOST_STATES, Model
from rnn_core.hidden_markov_model import sample

STARTS: Final = 8
ROUNDS: Final = (0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 100, 150)
"""Stops of the slider."""

SAME: Final = 0.1
"""Log-likelihoods that differ by less count as one height."""

CLIMBING: Final = 1e-3
"""A start that gained more than this in its last round hasn't arrived."""

ARRIVED: Final = 1e-5
"""A start that gains no more than this in a round learns no further."""

MOST_SEQUENCES: Final = 50
LONGEST_SHOWN: Final = 40
"""Steps of the first sequence for which posteriors are shown."""


@dataclass(frozen=True)
class Spec:
    """What is learned from, and how the starts are drawn.

    Attributes:
        sequences: numbers of symbols.
        symbols: M.
        states: N.
        seed: of the starts.

    """

    sequences: Sequences
    symbols: int
    states: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse sizes that the page has no room for."""
        if not 1 <= self.states <= MOST_STATES:
            raise InputError(f"the number of states must be from 1 to {MOST_STATES}, got {self.states}")
        if not self.sequences or not all(self.sequences):
            raise InputError("there must be at least one observation in every sequence")


@dataclass(frozen=True, eq=False)
class Trace:
    """What every start has learned."""

    spec: Spec
    log_likelihoods: np.ndarray  # (F, K), log P of all observations together
    last_gain: np.ndarray  # (K,), what the last round added
    start: np.ndarray  # (F, K, N), π
    transitions: np.ndarray  # (F, K, N, N), A
    emissions: np.ndarray  # (F, K, N, M), B
    posteriors: np.ndarray  # (F, K, T, N), P(z_t = i | Y) of the first sequence, as far as it is shown

    @property
    def best(self) -> int:
        """The start with the highest likelihood in the end, from 0."""
        return int(self.log_likelihoods[-1].argmax())

    @property
    def worst(self) -> int:
        """The start with the lowest likelihood in the end, from 0."""
        return int(self.log_likelihoods[-1].argmin())

    @property
    def heights(self) -> int:
        """At how many different log-likelihoods the starts have ended."""
        return 1 + int((np.diff(np.sort(self.log_likelihoods[-1])) > SAME).sum())


def trace_learning(spec: Spec) -> Trace:
    """Let all starts learn. Raises `InputError` as `Spec` does."""
    symbols = np.concatenate([np.array(sequence) for sequence in spec.sequences])
    lengths = np.array([len(sequence) for sequence in spec.sequences])
    begin = random_model(Categorical, spec.states, symbols, spec.seed, symbols=spec.symbols, starts=STARTS)
    run = baum_welch(begin, symbols, lengths, rounds=ROUNDS[-1], tolerance=ARRIVED)
    # Where all starts have arrived earlier, nothing changes any more.
    stops = [min(rounds, len(run.models) - 1) for rounds in ROUNDS]
    models = [run.models[stop] for stop in stops]
    start = np.array([model.start for model in models])
    transitions = np.array([model.transitions for model in models])
    emissions = np.array([model.emissions.probabilities for model in models])  # type: ignore[attr-defined]
    first = symbols[: lengths[0]]
    found = forward_backward(start, transitions, Categorical(emissions).log_likelihoods(first))
    ends = run.log_likelihoods
    return Trace(
        spec,
        log_likelihoods=ends[stops],
        last_gain=ends[-1] - ends[-2] if len(ends) > 1 else np.zeros(STARTS),
        start=start,
        transitions=transitions,
        emissions=emissions,
        posteriors=found.posteriors[..., :LONGEST_SHOWN, :],
    )


def log_likelihood_of(model: Model, sequences: Sequences) -> float:
    """Return log P of sequences under the reader's own model; −∞ where it can't have made one of them."""
    symbols = np.concatenate([np.array(sequence) for sequence in sequences])
    lengths = np.array([len(sequence) for sequence in sequences])
    numbers = model.numbers
    found = forward_backward(numbers.start, numbers.transitions, numbers.emissions.log_likelihoods(symbols), lengths)
    return float(found.log_likelihood.sum())


@cache
def stops() -> tuple[str, ...]:
    """Return what the slider shows."""
    return tuple(map(str, ROUNDS))


def draw(model: Model, count: int, steps: int, seed: int) -> Sequences:
    """Draw sequences from the reader's model. Raises `InputError` for more observations than the page takes."""
    if count * steps > MOST_OBSERVATIONS:
        raise InputError(
            f"{count:,} sequences of {steps:,} steps are {count * steps:,} observations: "
            f"this page takes at most {MOST_OBSERVATIONS:,}."
        )
    draws = (sample(model.numbers, steps, seed * MOST_SEQUENCES + number) for number in range(count))
    return tuple(tuple(drawn.observations.tolist()) for drawn in draws)


def number_of_start(trace: Trace, chosen: str) -> int:
    """Return the start that is shown, from 0: a number from 1, or "best"."""
    return trace.best if chosen == "best" else int(chosen) - 1
