"""What is said and tabulated about learning, and how the reader's choices there are read."""

from functools import partial
from typing import Any, Final

import numpy as np

from rnn_core.hidden_markov.learning import CLIMBING, MOST_SEQUENCES, ROUNDS, SAME, STARTS, Trace, log_likelihood_of
from rnn_core.hidden_markov.reading import Sequences
from rnn_core.hidden_markov.spec import MOST_OBSERVATIONS, MOST_STATES, Model
from rnn_core.hidden_markov.trace import TIED
from rnn_core.hidden_markov.writing import listed, logarithm
from rnn_core.numerals import percent
from rnn_core.parsing import parse_names, parse_whole

SOURCES: Final = {"drawn": "drawn from the model above", "own": "your observations above"}
STARTS_SHOWN: Final = {"best": "best", **{str(number): str(number) for number in range(1, STARTS + 1)}}
FIELDS: Final = {
    "learn_count": ("Sequences", "5", MOST_SEQUENCES),
    "learn_steps": ("Steps of each", "8", MOST_OBSERVATIONS),
    "learn_drawn": ("Seed of the draw", "1", 9999),
    "learn_states": ("States to learn", "", MOST_STATES),
    "learn_seed": ("Seed of the starts", "1", 9999),
}
"""Label, default and largest value of the whole numbers that are asked for."""

INTRODUCTION: Final = (
    "Forget the tables: the learner sees the symbols only. Each start is a random model. In a round, "
    "it finds the posteriors under the model it has, counts with them, and takes the counts as its new tables. "
    "No round can lose likelihood."
)


def read_field(name: str) -> Any:
    """Return what reads a whole number."""
    label, _, most = FIELDS[name]
    return partial(_read_whole, label, most)


def _read_whole(label: str, most: int, text: str) -> int:
    return parse_whole(label, text, 1, most)


def read_names(states: int) -> Any:
    """Return what reads one name a learned state."""
    return partial(parse_names, "The learned states", least=states, most=states)


def names_at_first(states: int) -> str:
    """Return names that say nothing."""
    return ", ".join(f"State {number}" for number in range(1, states + 1))


def headline(trace: Trace, model: Model, sequences: Sequences) -> str:
    """Say where the starts have ended."""
    ends = trace.log_likelihoods[-1]
    best, worst = logarithm(float(ends.max())), logarithm(float(ends.min()))
    climbing = int((trace.last_gain > CLIMBING).sum())
    still = f"; {climbing} of them still {'climbs' if climbing == 1 else 'climb'}" if climbing else ""
    own = log_likelihood_of(model, sequences)
    if trace.heights == 1:
        where = f"at one height, log P = {best}" if best == worst else f"close together, log P from {worst} to {best}"
        said = f"After {ROUNDS[-1]} rounds, all {STARTS} starts stand {where}{still}."
    else:
        said = (
            f"After {ROUNDS[-1]} rounds, {STARTS} starts stand at {trace.heights} heights {SAME:g} or more apart, "
            f"log P from {worst} to {best}{still}. No one knows whether the best of them is the best of all."
        )
    if np.isinf(own):
        beside = "Under the model above these observations are impossible."
    elif own < ends.max() - 0.005:
        beside = (
            f"The model above reaches {logarithm(own)}: the best start fits these observations better, chance included."
        )
    else:
        beside = f"The model above reaches {logarithm(own)}: no start has got further."
    return f"{said} {beside}"


def about(trace: Trace, start: int, names: tuple[str, ...], symbols: tuple[str, ...]) -> str:
    """Say what the states of one start emit most, after all rounds."""
    emissions = trace.emissions[-1, start]
    said = [f"{name} emits {_most(row, symbols)}" for name, row in zip(names, emissions, strict=True)]
    return (
        f"Start {start + 1} in the end: {listed(said)}. Which state came first is chance; the names are yours to give."
    )


def captions(trace: Trace, start: int) -> list[str]:
    """Say for every stop how far one start has come."""
    values = trace.log_likelihoods[:, start]
    said = [f"Start {start + 1} before the first round: log P = {logarithm(float(values[0]))}."]
    for number, before, value in zip(ROUNDS[1:], values[:-1], values[1:], strict=True):
        gained = (
            f"{value - before:.2f} more than at the stop before"
            if value - before >= 0.005
            else "hardly more than at the stop before"
        )
        said.append(f"Start {start + 1} after {_rounds(number)}: log P = {logarithm(float(value))}, {gained}.")
    return said


def likelihood_table(trace: Trace) -> dict[str, list[Any]]:
    """Return log P of every start, a row a stop."""
    columns: dict[str, list[Any]] = {"round": list(ROUNDS)}
    columns |= {f"start {number + 1}": trace.log_likelihoods[:, number].tolist() for number in range(STARTS)}
    return columns


def model_table(
    trace: Trace, start: int, stop: int, names: tuple[str, ...], symbols: tuple[str, ...]
) -> dict[str, list[Any]]:
    """Return π, A and B of one start at one stop, a row a state."""
    columns: dict[str, list[Any]] = {"state": list(names), "π": trace.start[stop, start].tolist()}
    moves, emissions = trace.transitions[stop, start], trace.emissions[stop, start]
    columns |= {f"then {name}": moves[:, number].tolist() for number, name in enumerate(names)}
    columns |= {f"emits {symbol}": emissions[:, number].tolist() for number, symbol in enumerate(symbols)}
    return columns


def _most(row: np.ndarray, symbols: tuple[str, ...]) -> str:
    """The symbol that is emitted most, or those that share that place."""
    most, share = np.flatnonzero(row >= row.max() - TIED), percent(float(row.max()))
    names = listed([symbols[symbol] for symbol in most])
    return f"{names} most ({share})" if len(most) == 1 else f"{names} alike ({share} each)"


def _rounds(number: int) -> str:
    return "1 round" if number == 1 else f"{number} rounds"


def start_of_line(number: int, shown: str) -> str:
    """Return which start a line of the picture belongs to, as it is chosen; the mark belongs to the one shown."""
    return str(number + 1) if number < STARTS else shown


def stop_of(text: str) -> int:
    """Return the number of a stop, from its text in the address; the last for any other text."""
    return ROUNDS.index(int(text)) if text.isdecimal() and int(text) in ROUNDS else len(ROUNDS) - 1
