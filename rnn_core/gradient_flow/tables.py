"""The numbers behind the pictures, as columns; and the numbers that the reader types.

Sizes stand in the tables as their log10: as numbers, some would be too small and some too large.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from rnn_core.gradient_flow.clipping import THRESHOLDS, Clipping
from rnn_core.gradient_flow.inside import Inside
from rnn_core.gradient_flow.remedies import Gate, Starts
from rnn_core.gradient_flow.sentences import CELL_NAMES, START_NAMES
from rnn_core.gradient_flow.sweep import Trace, bound, scalar_product, steps_until
from rnn_core.gradient_flow.toy import BIASES, CELLS, LARGEST_INPUT, LARGEST_SEED, MOST_STEPS, MOST_UNITS, Spec
from rnn_core.gradient_flow.trained import Trained
from rnn_core.parsing import parse_number, parse_whole

Table = dict[str, list[Any]]

FIELDS: Final = {
    "units": "Units m",
    "steps": "Steps T",
    "seed": "Seed",
    "forget_bias": "Forget bias",
    "input_scale": "Input scale",
}
"""The numbers of a `Spec` that the reader types, with their labels."""

DEFAULTS: Final = {name: f"{getattr(Spec(), name):g}" for name in FIELDS}

_WHOLES: Final = {"units": (1, MOST_UNITS), "steps": (2, MOST_STEPS), "seed": (0, LARGEST_SEED)}
_OTHERS: Final = {"forget_bias": BIASES, "input_scale": (0.0, LARGEST_INPUT)}


def read_field(name: str, text: str) -> float:
    """Read one of the numbers `FIELDS`. Raises `InputError` with a sentence for the reader."""
    if name in _WHOLES:
        return parse_whole(FIELDS[name], text, *_WHOLES[name])
    return parse_number(FIELDS[name], text, *_OTHERS[name])


def make_spec(start: str, values: Mapping[str, float]) -> Spec:
    """Return the `Spec` with these numbers and this rule for drawing matrices."""
    return Spec(
        units=int(values["units"]),
        steps=int(values["steps"]),
        start=start,
        forget_bias=values["forget_bias"],
        input_scale=values["input_scale"],
        seed=int(values["seed"]),
    )


def read_share(text: str) -> float:
    """Read a percentage under which a change counts as lost; return it as a share of 1. Raises `InputError`."""
    return parse_number("“Lost below”", text, 0.0001, 50) / 100


def flow_table(trace: Trace, stop: int) -> Table:
    """Return what is left at one radius, the last state first, with the scalar product and the bound."""
    columns: dict[str, np.ndarray] = {f"log10, {CELL_NAMES[cell]}": trace.log_norm[cell][stop] for cell in CELLS}
    columns["log10, LSTM through C alone"] = trace.log_path[stop]
    for cell in ("rnn", "sigmoid"):
        columns[f"log10, scalar product, {CELL_NAMES[cell]}"] = scalar_product(trace, cell)[stop]
        columns[f"log10, bound, {CELL_NAMES[cell]}"] = bound(trace, cell)[stop]
    return {"steps back": trace.back[::-1].tolist()} | _backwards(columns)


def claim_table(trace: Trace, threshold: float) -> Table:
    """Return after how many steps less than a threshold is left, over the radii; an empty text where never."""
    table: Table = {"radius": trace.radii.tolist()}
    for cell in CELLS:
        steps = steps_until(trace, trace.log_norm[cell], threshold)
        table[f"steps, {CELL_NAMES[cell]}"] = ["" if np.isnan(k) else int(k) for k in steps]
    return table


def pairs_table(inside: Inside) -> Table:
    """Return log10 of the norm for every pair of states, a row a state i and a column a state t."""
    columns = {f"to {t}": row for t, row in zip(inside.states.tolist(), inside.log_norm, strict=True)}
    return {"from": inside.states.tolist()} | {name: _plain(row) for name, row in columns.items()}


def singular_table(inside: Inside) -> Table:
    """Return three singular values over the steps back, and the norm of the product in plain float32."""
    columns = dict(zip(("log10, largest", "log10, middle", "log10, smallest"), inside.singular, strict=True))
    columns["log10, largest, in plain float32"] = inside.float32[inside.begins]
    return {"steps back": (inside.spec.steps - inside.begins)[::-1].tolist()} | _backwards(columns)


def gate_table(gate: Gate) -> Table:
    """Return how open the gate is and what is left of a change from the first state, over the biases."""
    table: Table = {"bias": gate.biases.tolist(), "mean of the gate": gate.opening.tolist()}
    table[f"log10 left, {gate.cell.upper()}"] = _plain(gate.log_norm[:, 0])
    if gate.log_path is not None:
        table["log10 left, through C alone"] = _plain(gate.log_path[:, 0])
    return table | {"log10 left, RNN": _plain(np.full(len(gate.biases), gate.rnn[0]))}


def starts_table(starts: Starts) -> Table:
    """Return what is left over the steps back, for every start."""
    back = starts.states[-1] - starts.states
    columns = {f"log10, {START_NAMES[start]}": values for start, values in starts.log_norm.items()}
    return {"steps back": back[::-1].tolist()} | _backwards(columns)


def clipping_table(clipping: Clipping) -> Table:
    """Return the loss after one update and after all, with every threshold and without."""
    return {
        "clipped to": [*THRESHOLDS, "not clipped"],
        "w after 1 update": [*clipping.clipped[:, 1, 0].tolist(), float(clipping.plain[1, 0])],
        "b after 1 update": [*clipping.clipped[:, 1, 1].tolist(), float(clipping.plain[1, 1])],
        "loss after 1 update": [*clipping.clipped_loss[:, 1].tolist(), float(clipping.plain_loss[1])],
        "loss after all": [*clipping.clipped_loss[:, -1].tolist(), float(clipping.plain_loss[-1])],
    }


def trained_table(trained: Trained) -> Table:
    """Return what is left of a change after each token, in every trained network."""
    columns = {f"log10, {name.upper()}": _plain(values[1:]) for name, values in trained.log_norm.items()}
    return {"token": list(trained.tokens)} | columns


def _backwards(columns: dict[str, np.ndarray]) -> Table:
    return {name: _plain(values[::-1]) for name, values in columns.items()}


def _plain(values: np.ndarray) -> list[Any]:
    """Return numbers, an empty text for a gap."""
    return ["" if np.isnan(value) else float(value) for value in values]
