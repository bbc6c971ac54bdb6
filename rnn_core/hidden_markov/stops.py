"""Where the slider of the trellis stands: at each cell in the order of the computation, then at what comes of them."""

from dataclasses import dataclass
from typing import Final, Literal

from rnn_core.hidden_markov.trace import Mode, Trace

WIDTHS: Final = {"6": "6", "12": "12", "30": "30"}
"""Steps that are drawn at once, for the reader to choose from."""


@dataclass(frozen=True)
class View:
    """The steps that are drawn, from 1."""

    first: int
    last: int

    def __len__(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Stop:
    """One stop of the slider.

    Attributes:
        kind: a cell is computed, the best path is traced back to step t, or all is done.
        t: the step, from 1; 0 at the end.
        state: the state of a cell, from 0, or the state on the best path.
        name: what the slider shows.

    """

    kind: Literal["cell", "back", "end"]
    t: int
    state: int
    name: str


def view_of(steps: int, width: int, step: int) -> View:
    """Return `width` steps that begin with a step, or fewer where the sequence is shorter; the last ones at its end."""
    first = max(1, min(step, steps - width + 1))
    return View(first, min(steps, first + width - 1))


def is_long(steps: int) -> bool:
    """Tell whether there is a choice of how many steps are drawn at once."""
    return steps > min(map(int, WIDTHS))


def begin_round(step: float, width: int, steps: int) -> str:
    """Return the first of `width` steps with a given one in their middle, as the page's control has it."""
    return str(view_of(steps, width, round(step) - width // 2).first)


def stops_of(trace: Trace, mode: Mode, view: View) -> list[Stop]:
    """Return the stops in their order: the backward pass begins at the right."""
    names = trace.spec.model.states
    steps = list(range(view.first, view.last + 1))
    order = steps[::-1] if mode == "backward" else steps
    stops = [Stop("cell", t, i, f"{t} {name}") for t in order for i, name in enumerate(names)]
    if mode == "viterbi" and trace.possible:
        stops += [Stop("back", t, int(trace.path[t - 1]), f"back {t}") for t in steps[::-1]]
    return [*stops, Stop("end", 0, 0, "end")]


def cell_name(trace: Trace, t: int, state: int) -> str:
    """Return the name of the stop at a cell, step from 1, state from 0."""
    return f"{t} {trace.spec.model.states[state]}"
