"""A product of T equal slopes: what is left of a small change after T steps, all at the same pre-activation.

This is the scalar case of backpropagation through time with every recurrent weight 1 (Bengio, Simard and
Frasconi 1994; Pascanu, Mikolov and Bengio 2013). Left out: the weights; with them each factor is w·f′(a),
and the product may also grow. Everything is kept as a logarithm, so that nothing underflows, but for the
running product in float32, which is there to underflow.

Shapes: T steps, N pre-activations.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnn_core.activations.functions import REACH, SLOPES, half_width
from rnn_core.errors import InputError

LEFT = 0.01
"""The window is where at least this share of a change is left."""

LARGEST_SLOPES = {"sigmoid": 0.25, "tanh": 1.0, "relu": 1.0}
LONGEST = 100  # steps on the slider of the page
SMALLEST_FLOAT32 = float(np.finfo(np.float32).smallest_subnormal)

_SHOWN = 4.0  # the window lies within this
_POINTS = 50  # to either side of 0


@dataclass(frozen=True, eq=False)
class Products:
    """Products of T equal slopes, for T = 1 … longest; each mapping has sigmoid, tanh and relu."""

    at: float  # the pre-activation that the reader chose
    steps: np.ndarray  # (T,)
    a: np.ndarray  # (N,), closer together around 0, where the window narrows
    share: Mapping[str, np.ndarray]  # (T, N), f′(a)^T
    best: Mapping[str, np.ndarray]  # (T,), log10 of the largest slope to the power T
    here: Mapping[str, np.ndarray]  # (T,), log10 of f′(at)^T; -inf for 0
    window: Mapping[str, np.ndarray]  # (T,), |a| up to which f′(a)^T >= LEFT; nan for nowhere, inf for all a > 0
    vanishes: Mapping[str, int | None]  # the step at which the best product, in float32, is exactly 0


def trace_products(at: float = 0.0, longest: int = LONGEST) -> Products:
    """Multiply slopes at `at`, at their best and over a range. Raises `InputError` for fewer than one step."""
    if longest < 1:
        raise InputError(f"steps must be at least 1, got {longest}")
    if not abs(at) <= REACH:
        raise InputError(f"a must lie between {-REACH:g} and {REACH:g}, got {at:g}")
    steps = np.arange(1, longest + 1)
    u = np.arange(-_POINTS, _POINTS + 1) / _POINTS
    a = _SHOWN * u * np.abs(u)
    return Products(
        at=at,
        steps=steps,
        a=a,
        share={name: slope(a) ** steps[:, None] for name, slope in SLOPES.items()},
        best={name: steps * np.log10(largest) for name, largest in LARGEST_SLOPES.items()},
        here={name: _log_product(float(slope(np.asarray(at))), steps) for name, slope in SLOPES.items()},
        window={name: np.array([_window(name, int(T)) for T in steps]) for name in SLOPES},
        vanishes={name: steps_until_zero(largest) for name, largest in LARGEST_SLOPES.items()},
    )


def steps_until_zero(slope: float, most: int = 10_000) -> int | None:
    """Return after how many steps the running product in float32 is exactly 0; None if never within `most`."""
    factor, product = np.float32(slope), np.float32(1)
    for step in range(1, most + 1):
        after = product * factor
        if after == 0:
            return step
        if after == product:
            return None  # it stays there for ever
        product = after
    return None


def _log_product(slope: float, steps: np.ndarray) -> np.ndarray:
    return steps * np.log10(slope) if slope > 0 else np.full(len(steps), -np.inf)


def _window(function: str, steps: int) -> float:
    """Return where f′(a)^T has fallen to LEFT: where f′(a) is the T-th root of it."""
    if function == "relu":
        return float("inf")
    root = LEFT ** (1 / steps)
    return half_width(function, root) if root <= LARGEST_SLOPES[function] else float("nan")
