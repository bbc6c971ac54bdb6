"""One product at one radius from the inside: every pair of states, every singular value, and plain float32.

Shapes: S numbers in a state, T steps.
"""

from dataclasses import dataclass

import numpy as np

from rnn_core.errors import InputError
from rnn_core.gradient_flow.products import log_norms, stepper
from rnn_core.gradient_flow.toy import CELLS, Spec, make_toy, run
from rnn_core.jacobians import gains_of, matrices

RESOLVED = 1e-12
"""Singular values smaller than this part of the largest drown in the rounding of float64 and are left out."""

_PAIRS = 50  # about so many states a side of the heatmap, half as many for large networks
_LARGE = 64


@dataclass(frozen=True, eq=False)
class Inside:
    """What one cell does at one radius; all sizes as log10."""

    cell: str
    radius: float
    spec: Spec
    states: np.ndarray  # (K,), states of the heatmap, rising, the last is T
    log_norm: np.ndarray  # (K, K), of ∂h_t/∂h_i at [t, i]; NaN where i is after t
    begins: np.ndarray  # (Q,), states at which products to T begin, for the singular values
    singular: np.ndarray  # (3, Q), the largest, the middle and the smallest; NaN where it can't be resolved
    float32: np.ndarray  # (T+1,), the norm of ∂h_T/∂h_t when everything is multiplied in float32; -inf for 0, or inf
    pace: float  # decades that the norm gains a step, on average over the whole product

    @property
    def underflow(self) -> int | None:
        """Steps back after which float32 has nothing left but zeros; None where it has."""
        return _first_back(np.isneginf(self.float32))

    @property
    def overflow(self) -> int | None:
        """Steps back after which float32 has no number left; None where it has."""
        return _first_back(np.isposinf(self.float32))


def trace_inside(spec: Spec, cell: str, radius: float) -> Inside:
    """Take the products of one cell at one radius apart. Raises `InputError` for a cell that there isn't."""
    if cell not in CELLS:
        raise InputError(f"cells are {', '.join(CELLS)}, not {cell}")
    toy, radii = make_toy(spec), np.array([radius])
    weights = toy.weights[cell]
    gains = gains_of(run(cell, weights, toy.inputs, radii))
    size = gains.direct.shape[-2] * spec.units
    states = _grid(spec.steps, _PAIRS if size <= _LARGE else _PAIRS // 2)
    norms = log_norms(stepper(weights, gains, radii), size, states[::-1].tolist(), states.tolist())[::-1]
    hidden = gains.hidden * radius
    jacobians = [matrices(weights, gains.direct[t], hidden[t])[0] for t in range(spec.steps)]
    begins = _grid(spec.steps, 60 if size <= _LARGE else 30)
    return Inside(
        cell=cell,
        radius=radius,
        spec=spec,
        states=states,
        log_norm=norms,
        begins=begins,
        singular=_singular_values(jacobians, size, set(begins.tolist())),
        float32=_plain_float32(jacobians, size),
        pace=float(norms[-1, 0]) / spec.steps,
    )


def _grid(steps: int, most: int) -> np.ndarray:
    """Return states from 0 to T at an even pace, at most about `most`; the last is T."""
    stride = -(-(steps + 1) // (most + 1))
    return np.arange(steps, -1, -stride)[::-1]


def _singular_values(jacobians: list[np.ndarray], size: int, begins: set[int]) -> np.ndarray:
    """Return log10 of three singular values of ∂h_T/∂h_t, (3, Q), for the states t in `begins`, rising."""
    product, exponent = np.eye(size), 0
    values = []
    for t in range(len(jacobians), -1, -1):
        if t < len(jacobians):
            product = product @ jacobians[t]
            shift = int(np.frexp(np.abs(product).max())[1])
            product, exponent = np.ldexp(product, -shift), exponent + shift
        if t in begins:
            found = np.linalg.svd(product, compute_uv=False)
            with np.errstate(divide="ignore"):
                logs = np.log10(np.where(found >= RESOLVED * found[0], found, np.nan))
            values.append(logs[[0, size // 2, -1]] + exponent * np.log10(2))
    return np.array(values[::-1]).T


def _plain_float32(jacobians: list[np.ndarray], size: int) -> np.ndarray:
    """Multiply in float32 as a careless program would; return log10 of the norm of each product."""
    product = np.eye(size, dtype=np.float32)
    result = np.zeros(len(jacobians) + 1)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for t in range(len(jacobians) - 1, -1, -1):
            product = product @ jacobians[t].astype(np.float32)
            if np.isfinite(product).all():
                largest = float(np.abs(product).max())
                result[t] = np.log10(np.linalg.norm(product / largest, 2) * largest) if largest else -np.inf
            else:
                result[: t + 1] = np.inf
                break
    return result


def _first_back(broken: np.ndarray) -> int | None:
    """Return how many steps before the end the first state lies that is broken, going back."""
    at = np.flatnonzero(broken)
    return len(broken) - 1 - int(at[-1]) if len(at) else None
