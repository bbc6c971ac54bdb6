"""Sigmoid, tanh, ReLU and softmax: value, slope, tangent, and where the slope is small.

The slopes are written so that they keep all their digits far out, where `1 - σ` has none left:
`σ′(a) = e / (1 + e)²` and `tanh′(a) = 4e² / (1 + e²)²` with `e = exp(-|a|)`, and for the softmax the
other probabilities stand for `1 - p`. The borders of the saturated zones are closed forms: σ(1 - σ) = ε
and 1 - tanh² = ε are quadratic in the value.

Source: the derivatives follow from the definitions by the quotient rule; LeCun et al. (1998, "Efficient
BackProp", section 4.4) on saturation; Goodfellow, Bengio and Courville (2016, chapter 6.2) on the softmax.
Left out: the other rectifiers (leaky ReLU, ELU, GELU).

Shapes: F stops of the slider, K outputs (1, or as many as there are logits).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rnn_core.cells import sigmoid
from rnn_core.errors import InputError
from rnn_core.parsing import parse_matrix, parse_number

FUNCTIONS = ("sigmoid", "tanh", "relu", "softmax")

LIMITS = (0.01, 0.001)
"""Slopes under these make the saturated zones: under 1 % and under 0.1 % of a small change gets through."""

REACH = 10.0
"""The slider goes from -REACH to REACH; the logits that stand still lie there too."""

MOST_LOGITS = 6
LARGEST_SHIFT = 1000.0

_STEPS_PER_UNIT = 10
_TANGENT = 2.0  # the tangent is drawn this far to either side


@dataclass(frozen=True)
class Spec:
    """Which function, and for the softmax the logits beside the one that moves.

    Attributes:
        function: one of FUNCTIONS.
        others: (K-1,) logits that stand still.
        shift: added to every logit, also to the one that moves.

    """

    function: str = "sigmoid"
    others: tuple[float, ...] = (1.0, 0.0)
    shift: float = 0.0


@dataclass(frozen=True, eq=False)
class Trace:
    """A function along the slider. Row 0 of K is the output that belongs to the moved input."""

    spec: Spec
    a: np.ndarray  # (F,), the pre-activation; for the softmax the logit that moves, before the shift
    value: np.ndarray  # (K, F), f(a); the softmax's probabilities
    slope: np.ndarray  # (K, F), ∂value/∂a
    tangent_x: np.ndarray  # (F, 2), ends of the tangent to value[0]
    tangent_y: np.ndarray  # (F, 2)
    bounds: tuple[float, float]  # the open interval of the values; ReLU: 0 is reached, inf is not
    centre: float  # where the slope is largest; for the softmax log Σ exp(others), for ReLU the corner
    largest_slope: float
    zones: Mapping[float, tuple[tuple[float, float], ...]]  # for each of LIMITS where |slope[0]| is below it

    @property
    def outputs(self) -> int:
        """K, how many outputs there are."""
        return len(self.value)


def sigmoid_slope(a: np.ndarray) -> np.ndarray:
    """σ′(a) = σ(a)(1 - σ(a)), in (0, 1/4]."""
    small = np.exp(-np.abs(a))
    return small / (1 + small) ** 2


def tanh_slope(a: np.ndarray) -> np.ndarray:
    """tanh′(a) = 1 - tanh²(a), in (0, 1]."""
    small = np.exp(-np.abs(a)) ** 2  # not exp(-2|a|): twice the largest float is too large
    return 4 * small / (1 + small) ** 2


def relu(a: np.ndarray) -> np.ndarray:
    """max(0, a)."""
    return np.maximum(a, 0)


def relu_slope(a: np.ndarray) -> np.ndarray:
    """1 where a > 0, else 0; at the corner itself there is no slope, and 0 is taken as PyTorch does."""
    return np.where(a > 0, 1.0, 0.0)


def softmax(logits: np.ndarray) -> np.ndarray:
    """exp(z_k) / Σ exp(z_j) over the first axis, (K, …); the largest logit is taken off first: nothing overflows."""
    powers = np.exp(logits - logits.max(axis=0))
    return powers / powers.sum(axis=0)


def softmax_slopes(probabilities: np.ndarray) -> np.ndarray:
    """∂p_k/∂z_0 = p_k([k = 0] - p_0) for probabilities (K, …), with 1 - p_0 as the sum of the others."""
    slopes = -probabilities * probabilities[0]
    slopes[0] = probabilities[0] * probabilities[1:].sum(axis=0)
    return slopes


VALUES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {"sigmoid": sigmoid, "tanh": np.tanh, "relu": relu}
SLOPES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "sigmoid": sigmoid_slope,
    "tanh": tanh_slope,
    "relu": relu_slope,
}
"""The functions of one number; the softmax takes several."""


def read_logits(text: str) -> tuple[float, ...]:
    """Return the logits that stand still, one to five numbers from -10 to 10; else raise `InputError`."""
    (row,) = parse_matrix("The other logits", " ".join(text.split("\n")), 1, None, REACH)
    if len(row) >= MOST_LOGITS:
        raise InputError(f"The other logits must be 1 to {MOST_LOGITS - 1} numbers, got {len(row)}.")
    return row


def read_shift(text: str) -> float:
    """Return what is added to every logit, from -1000 to 1000; else raise `InputError`."""
    return parse_number("What is added", text, -LARGEST_SHIFT, LARGEST_SHIFT)


def trace_activations(spec: Spec) -> Trace:
    """Compute one function over all stops of the slider. Raises `InputError` for an unknown function."""
    if spec.function not in FUNCTIONS:
        raise InputError(f"the functions are {', '.join(FUNCTIONS)}, got {spec.function!r}")
    a = stops()
    value, slope = _outputs(spec, a)
    centre = _centre(spec)
    ends = np.array([-_TANGENT, _TANGENT])
    return Trace(
        spec=spec,
        a=a,
        value=value,
        slope=slope,
        tangent_x=a[:, None] + ends,
        tangent_y=value[0][:, None] + slope[0][:, None] * ends,
        bounds={"tanh": (-1.0, 1.0), "relu": (0.0, np.inf)}.get(spec.function, (0.0, 1.0)),
        centre=centre,
        largest_slope=0.25 if spec.function in ("sigmoid", "softmax") else 1.0,
        zones={limit: _zones(spec.function, centre, limit) for limit in LIMITS},
    )


def stops() -> np.ndarray:
    """Return the pre-activations of the slider, (F,), tenths that are exact to the last digit."""
    number = round(REACH * _STEPS_PER_UNIT)
    return np.arange(-number, number + 1) / _STEPS_PER_UNIT


def half_width(function: str, limit: float) -> float:
    """Return how far from its centre a function's slope has fallen to `limit`, for 0 < limit <= the largest slope.

    σ(1 - σ) = ε gives a = 2 artanh √(1 - 4ε), and 1 - tanh² = ε gives a = artanh √(1 - ε).
    """
    if function == "tanh":
        return float(np.arctanh(np.sqrt(1 - limit)))
    return float(2 * np.arctanh(np.sqrt(1 - 4 * limit)))


def _outputs(spec: Spec, a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if spec.function == "softmax":
        others = np.array(spec.others)[:, None]
        logits = np.vstack((a[None], np.broadcast_to(others, (len(others), len(a)))))
        probabilities = softmax(logits + spec.shift)
        return probabilities, softmax_slopes(probabilities)
    return VALUES[spec.function](a)[None], SLOPES[spec.function](a)[None]


def _centre(spec: Spec) -> float:
    """For the softmax log Σ exp(others): in one logit it is the sigmoid of its distance from there."""
    return float(np.logaddexp.reduce(spec.others)) if spec.function == "softmax" else 0.0


def _zones(function: str, centre: float, limit: float) -> tuple[tuple[float, float], ...]:
    if function == "relu":
        return ((-np.inf, 0.0),)
    width = half_width(function, limit)
    return ((-np.inf, centre - width), (centre + width, np.inf))
