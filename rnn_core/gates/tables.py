"""A trace as columns for a table, one unit of it over the text, and orders of the units that show a pattern.

Left out: clustering. The order by similarity is the first principal component of the units' courses, which
puts units with like courses side by side and those with opposite courses at the two ends.
"""

from typing import Any

import numpy as np

from rnn_core.errors import InputError
from rnn_core.gates.trace import Trace


def quantity_of(trace: Trace, quantity: str) -> np.ndarray:
    """Return one quantity, (T, m). Raises `InputError` for one that the network doesn't have."""
    if quantity not in trace.quantities:
        raise InputError(f"{trace.architecture.upper()}s have {', '.join(trace.quantities)}, but no {quantity!r}")
    return trace.quantities[quantity]


def order_units(trace: Trace, quantity: str, by: str) -> list[int]:
    """Return the m units in an order that shows a pattern in one quantity.

    "readout": from the unit whose hidden state, when positive, speaks most against a good review, to the one
    that speaks most for it. "similarity": by what they do over this text, units with like courses together;
    the end that follows the running score comes last. Raises `InputError` for another word.
    """
    values = quantity_of(trace, quantity)
    if by == "readout":
        return np.argsort(trace.readout, kind="stable").tolist()
    if by != "similarity":
        raise InputError(f"units are ordered by readout or by similarity, not by {by!r}")
    courses = _standardised(values)
    # Eigenvectors of the correlations between units, the leading one last.
    position = np.linalg.eigh(courses.T @ courses)[1][:, -1]
    along = courses @ position @ (trace.score[1:] - trace.score[1:].mean()) if len(values) else 0.0
    return np.argsort(-position if along < 0 else position, kind="stable").tolist()


def unit_table(trace: Trace, unit: int) -> dict[str, list[Any]]:
    """Return columns of T rows, one a token: every quantity of one unit. Raises `InputError` where there is none."""
    if not 0 <= unit < len(trace.readout):
        raise InputError(f"units are numbered from 0 to {len(trace.readout) - 1}, got {unit}")
    return _tokens(trace) | {name: values[:, unit].tolist() for name, values in trace.quantities.items()}


def table(trace: Trace, quantity: str | None = None) -> dict[str, list[Any]]:
    """Return columns of T rows, one a token: what it does to the score, or one quantity in all units.

    The probability and the norms are those after the token. Raises `InputError` for an unknown quantity.
    """
    columns = _tokens(trace)
    if quantity is not None:
        values = quantity_of(trace, quantity)
        return columns | {f"unit {unit}": values[:, unit].tolist() for unit in range(values.shape[1])}
    columns["known"] = trace.known.tolist()
    columns["share"] = trace.shares.tolist()
    columns["score"] = trace.score[1:].tolist()
    columns["probability"] = trace.probability[1:].tolist()
    columns["gradient norm"] = trace.gradient_norm.tolist()
    columns["Jacobian norm"] = trace.jacobian_norm[1:].tolist()
    if trace.forget_product_norm is not None:
        columns["forget product"] = trace.forget_product_norm[1:].tolist()
    return columns


def _tokens(trace: Trace) -> dict[str, list[Any]]:
    return {"word": [trace.words[number] for number in trace.word_of_token], "token": list(trace.tokens)}


def _standardised(values: np.ndarray) -> np.ndarray:
    """Courses (T, m) with mean 0 and length 1; a unit that never moves has length 0."""
    centred = values - values.mean(axis=0) if len(values) else values
    lengths = np.linalg.norm(centred, axis=0)
    return centred / np.where(lengths > 1e-12, lengths, np.inf)
