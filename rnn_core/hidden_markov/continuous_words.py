"""What is said and tabulated about learning from numbers, and how the reader's choices there are read."""

import math
from functools import partial
from typing import Any, Final

import numpy as np

from rnn_core.hidden_markov.continuous import FLOOR, MOST_COMPONENTS, MOST_STATES, ROUNDS, Trace
from rnn_core.hidden_markov.series import MOST_ROWS, Series, clouds, read_series, regimes, with_stroke, write_series
from rnn_core.hidden_markov.writing import listed, logarithm
from rnn_core.numerals import percent, ten_to
from rnn_core.parsing import parse_whole

SOURCES: Final = {"regimes": "a sample: returns", "clouds": "a sample: points", "own": "your numbers"}
FIELDS: Final = {
    "series_states": ("States", "2", MOST_STATES),
    "series_components": ("Components of each", "1", MOST_COMPONENTS),
    "series_seed": ("Seed of the start", "1", 9999),
}
"""Label, default and largest value of the whole numbers that are asked for."""

MOST_SAID: Final = 3
"""States that the sentence over the picture describes."""

PENS: Final = {"over": "changes the series", "anew": "begins a new one"}

INTRODUCTION: Final = (
    "Numbers in place of symbols: a state emits from a normal distribution, or from a mixture of several. "
    f"Draw with the pointer on the picture, or paste a column or two, up to {MOST_ROWS:,} rows."
)
ABOUT_FLOOR: Final = (
    f"No variance falls below {FLOOR:g} of the data's own, each column in units of its standard deviation: otherwise "
    "a state that sits on a single number would gain likelihood without end."
)
FIRST_NUMBERS: Final = write_series(
    tuple((value,) for value in (1, 1.2, 0.9, 1.1, 4, 4.2, 3.9, 4.1, 1, 0.8, 1.1, 4, 3.8, 4.2))
)


def read_field(name: str) -> Any:
    """Return what reads a whole number."""
    label, _, most = FIELDS[name]
    return partial(_read_whole, label, most)


def _read_whole(label: str, most: int, text: str) -> int:
    return parse_whole(label, text, 1, most)


def sample_of(source: str) -> Series:
    """Return the sample of that name."""
    return clouds() if source == "clouds" else regimes()


def read_numbers(text: str) -> Series:
    """Return the series that the reader pasted."""
    return read_series(text)


def drawn_on(series: Series, pen: str, x: tuple[float, ...], y: tuple[float, ...]) -> dict[str, str]:
    """Return what a line on the picture sets, by the names of the page's controls."""
    return {"series": "own", "series_numbers": with_stroke(series, x, y, pen == "anew")}


def cut_short(series: Series) -> str:
    """Say how many rows were left off; nothing where none was."""
    if series.given <= MOST_ROWS:
        return ""
    return f"You gave {series.given:,} rows. This page learns from the first {MOST_ROWS:,}; the others are left off."


def headline(trace: Trace) -> str:
    """Say what the states are in the end."""
    N, shares = trace.spec.states, trace.shares[-1]
    shown = sorted(np.argsort(-shares, kind="stable")[:MOST_SAID].tolist())
    said = [
        f"state {state + 1} around {_measured(trace.state_means[-1, state], trace.state_deviations[-1, state])}, "
        f"{percent(float(shares[state]))} of the steps"
        for state in shown
    ]
    which = f", the {MOST_SAID} of {N} states with most steps" if N > MOST_SAID else ""
    return f"After {_rounds(trace.rounds)}{which}: {listed(said)}."


def captions(trace: Trace) -> list[str]:
    """Say for every stop how far learning has come, and what has changed in the path."""
    said = [f"The start, before the first round: log P = {logarithm(float(trace.log_likelihoods[0]))}."]
    for stop, number in enumerate(ROUNDS[1:], 1):
        before, value = trace.log_likelihoods[stop - 1 : stop + 1]
        moved = int((trace.paths[stop] != trace.paths[stop - 1]).sum())
        steps = {0: "no step has", 1: "1 step has"}.get(moved, f"{moved} steps have")
        gained = (
            f"{value - before:.2f} more than at the stop before"
            if value - before >= 0.005
            else "hardly more than at the stop before"
        )
        said.append(f"After {_rounds(number)}: log P = {logarithm(float(value))}, {gained}; {steps} changed state.")
    return said


def components_table(trace: Trace, stop: int) -> dict[str, list[Any]]:
    """Return every component at one stop: its state, weight, mean and covariance."""
    D = trace.spec.dimensions
    cells = [(state, part) for state in range(trace.spec.states) for part in range(trace.spec.components)]
    columns: dict[str, list[Any]] = {
        "state": [state + 1 for state, _ in cells],
        "component": [part + 1 for _, part in cells],
        "weight": [float(trace.weights[stop][cell]) for cell in cells],
    }
    for d in range(D):
        columns["mean" if D == 1 else f"mean {d + 1}"] = [float(trace.means[stop][cell][d]) for cell in cells]
    for row in range(D):
        for column in range(row, D):
            title = "variance" if D == 1 else f"covariance {row + 1}, {column + 1}"
            columns[title] = [float(trace.covariances[stop][cell][row, column]) for cell in cells]
    return columns


def stop_of(text: str) -> int:
    """Return the number of a stop, from its text in the address; the last for any other text."""
    return ROUNDS.index(int(text)) if text.isdecimal() and int(text) in ROUNDS else len(ROUNDS) - 1


def how_to_read(trace: Trace) -> str:
    """Say what the lines round the numbers are."""
    if trace.spec.dimensions == 2:
        ellipse = "An ellipse reaches two standard deviations from the mean, and holds 86 % of what a component emits."
        return f"{ellipse} {ABOUT_FLOOR}"
    parts = ", thin ones for its components" if trace.spec.components > 1 else ""
    return f"At the right, the density of each state{parts}, by its share of the steps. {ABOUT_FLOOR}"


def _measured(means: np.ndarray, deviations: np.ndarray) -> str:
    """Means and standard deviations (D,), 1.25 ± 0.31, to as many digits as a deviation needs to have two."""
    pairs = [_pair(float(mean), float(deviation)) for mean, deviation in zip(means, deviations, strict=True)]
    if len(pairs) == 1:
        return " ± ".join(pairs[0])
    return " ± ".join(f"({', '.join(numbers)})" for numbers in zip(*pairs, strict=True))


def _pair(mean: float, deviation: float) -> tuple[str, str]:
    if not 1e-3 <= deviation < 1e5:
        return _short(mean), _short(deviation)
    digits = max(0, 1 - math.floor(math.log10(deviation)))
    centre = round(mean, digits) or 0.0
    return f"{centre:.{digits}f}".replace("-", "−"), f"{deviation:.{digits}f}"


def _rounds(number: int) -> str:
    return "1 round" if number == 1 else f"{number} rounds"


def _short(value: float) -> str:
    mantissa, _, power = f"{value:.3g}".replace("-", "−").partition("e")
    return f"{mantissa}·{ten_to(int(power.replace('−', '-')))}" if power else mantissa
