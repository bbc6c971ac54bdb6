"""Norms of long products of Jacobians, many at once.

A product of some hundred Jacobians has no room in a floating-point number, so what is carried is the
product divided by a power of two, and the exponent. The rest is in float32: relative errors of a product
stay near 1e-6, far below what a log axis shows, and the tests hold it against float64 and autograd.

Source: Pascanu, Mikolov & Bengio (2013), equation 5. Shapes: B products, S numbers in a state.
"""

from collections.abc import Callable, Sequence

import numpy as np

from rnn_core.cells import CellWeights
from rnn_core.jacobians import Gains, matrices, quick_spectral_norms

_ROOM = 2**18
"""Numbers of products that wait for their norms: so many that they stay in the processor's cache."""


def stepper(weights: CellWeights, gains: Gains, radii: np.ndarray) -> Callable[[int], np.ndarray]:
    """Return a function of the step t = 1 … T to the Jacobians ∂s_t/∂s_{t-1}, (F, S, S), in float32.

    The gains are those of F runs side by side, (T, F, …), whose recurrent weights are scaled by `radii` (F,).
    """
    hidden = (gains.hidden * radii[:, None, None, None]).astype(np.float32)
    direct = gains.direct.astype(np.float32)
    small = CellWeights(*(getattr(weights, name).astype(np.float32) for name in _NAMES))
    return lambda step: matrices(small, direct[step - 1], hidden[step - 1])


_NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def log_norms(
    jacobians: Callable[[int], np.ndarray], size: int, ends: Sequence[int], states: Sequence[int]
) -> np.ndarray:
    """Return log10 of the largest singular value of ∂s_end/∂s_t, (B, K).

    Args:
        jacobians: for a step its Jacobians, (B, S, S), or (1, S, S) where all products share them.
        size: S.
        ends: (B,) the state at which each product ends, from the latest to the earliest.
        states: (K,) the states t at which they begin, rising.

    NaN where a product would end before it begins, -inf where it is 0.

    """
    result = np.full((len(ends), len(states)), np.nan)
    rows = np.tile(np.eye(size, dtype=np.float32), (len(ends), 1, 1))
    exponent = np.zeros(len(ends))
    columns = {state: column for column, state in enumerate(states)}
    waiting: list[tuple[int, np.ndarray, np.ndarray]] = []
    for t in range(ends[0], states[0] - 1, -1):
        begun = sum(end > t for end in ends)
        if begun:
            step = jacobians(t + 1)
            product = rows[:begun] @ (step if len(step) == 1 else step[:begun])
            largest = np.abs(product).max(axis=(1, 2))
            shift = np.where(largest > 0, np.frexp(largest)[1], 0)
            rows[:begun] = np.ldexp(product, -shift[:, None, None])
            exponent[:begun] += shift
        if t in columns:
            reached = sum(end >= t for end in ends)
            waiting.append((columns[t], rows[:reached].copy(), exponent[:reached].copy()))
        if waiting and (t == states[0] or sum(part.size for _, part, _ in waiting) > _ROOM):
            _measure(waiting, result)
            waiting = []
    return result


def _measure(waiting: list[tuple[int, np.ndarray, np.ndarray]], result: np.ndarray) -> None:
    norms = quick_spectral_norms(np.concatenate([rows for _, rows, _ in waiting]))
    first = 0
    for column, rows, exponent in waiting:
        with np.errstate(divide="ignore"):  # a product that is 0 has no logarithm
            logs = np.log10(norms[first : first + len(rows)].astype(float))
        result[: len(rows), column] = logs + exponent * np.log10(2)
        first += len(rows)
