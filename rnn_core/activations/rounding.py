"""Where a computer's numbers run out of digits: from which a on a value is written as exactly its end.

In exact arithmetic σ(a) lies between 0 and 1 for every a, and tanh(a) between -1 and 1. A computer keeps
the nearest number that it has. Below 1 these lie 2⁻²⁴ = 6e-8 apart (float32), at 0 they lie 2⁻¹⁴⁹ = 1e-45
apart, so that the sigmoid becomes exactly 1 long before it becomes exactly 0. The slope that a program
then computes from the value, σ(1 - σ) or 1 - tanh², is exactly 0.

Two places are given for every end. One is that of the exact value, rounded once: a closed form. The other
is that of the value as computed with the formula of this app's networks (`cells.sigmoid`, NumPy's tanh),
where the steps on the way are rounded too: it is found by search among neighbouring numbers, in the
arithmetic of this machine, and may differ on another.

Source: Goldberg (1991, "What every computer scientist should know about floating-point arithmetic"); IEEE
754. Left out: bfloat16, which NumPy does not have, and processors that flush the smallest numbers to 0.

Shapes: F stops of the slider.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from rnn_core.activations.functions import Spec, softmax, trace_activations
from rnn_core.cells import sigmoid
from rnn_core.errors import InputError

PRECISIONS: Mapping[str, type[np.floating]] = {"float16": np.float16, "float32": np.float32, "float64": np.float64}

_FAR = 2000.0  # every value has reached its end before
_STOPS = {"sigmoid": (-110.0, 45.0), "softmax": (-120.0, 55.0), "tanh": (-30.0, 30.0)}
_STOPS_PER_UNIT = 2
_TREMBLE = 4000  # neighbouring numbers among which a value may reach its end and leave it again


@dataclass(frozen=True)
class Ends:
    """Where one kind of number gives up: the value is its lower end (0 or -1), or its upper end (1), and so beyond."""

    precision: str
    lowest: float  # a at which the exact value rounds to the lower end
    highest: float  # a at which the exact value rounds to the upper end
    computed_lowest: float  # the largest a from which on, downwards, the computed value is the lower end
    computed_highest: float  # the smallest a from which on, upwards, the computed value is the upper end


@dataclass(frozen=True, eq=False)
class Rounding:
    """How far a value is from the nearer end of its interval, exactly and rounded."""

    function: str
    a: np.ndarray  # (F,)
    bounds: tuple[float, float]
    centre: float  # below it the lower end is the nearer one
    gap: np.ndarray  # (F,), log10 of the exact distance
    rounded: Mapping[str, np.ndarray]  # each (F,), log10 of the distance of the rounded value; -inf where it is the end
    ends: tuple[Ends, ...]  # one for each of PRECISIONS


def trace_rounding(spec: Spec) -> Rounding:
    """Follow a function far out in every precision. Raises `InputError` for ReLU, which has no end to round to."""
    if spec.function not in _STOPS:
        raise InputError("Only sigmoid, tanh and softmax have ends that rounding can reach.")
    trace = trace_activations(spec)
    least, most = _STOPS[spec.function]
    a = np.arange(round(least * _STOPS_PER_UNIT), round(most * _STOPS_PER_UNIT) + 1) / _STOPS_PER_UNIT
    distance = a - trace.centre
    gap = exact_gap(spec.function, distance)
    return Rounding(
        function=spec.function,
        a=a,
        bounds=trace.bounds,
        centre=trace.centre,
        gap=gap,
        rounded={
            name: rounded_gap(gap, (distance > 0) | (spec.function == "tanh"), kind)
            for name, kind in PRECISIONS.items()
        },
        ends=tuple(_ends(spec, name, trace.bounds, trace.centre) for name in PRECISIONS),
    )


def exact_gap(function: str, distance: np.ndarray) -> np.ndarray:
    """Return log10 of how far a value is from the nearer end, at a distance from the centre: it never underflows.

    σ(-d) = e^-d / (1 + e^-d) and 1 - tanh d = 2e^-2d / (1 + e^-2d), for d >= 0.
    """
    d = np.abs(distance)
    if function == "tanh":
        return (np.log(2) - 2 * d - np.log1p(np.exp(-2 * d))) / np.log(10)
    return (-d - np.log1p(np.exp(-d))) / np.log(10)


def rounded_gap(gap: np.ndarray, below_one: np.ndarray, precision: type[np.floating]) -> np.ndarray:
    """Round the value that lies 10^gap from its end to the nearest number of a precision; return its log10 distance.

    Args:
        gap: (...) log10 of the exact distance.
        below_one: (...) whether the end is 1 in size, where the numbers lie evenly, and not 0, where they crowd.
        precision: a NumPy type.

    """
    distance = 10.0**gap
    spacing = 2.0 ** -(np.finfo(precision).nmant + 1)  # of the numbers between 1/2 and 1
    near_one = np.rint(distance / spacing) * spacing
    # A value under 1/2 in size has numbers closer together; only tanh near 0 is so far from its end.
    near_one = np.where(distance > 0.5, 1 - (1 - distance).astype(precision).astype(float), near_one)
    rounded = np.where(below_one, near_one, distance.astype(precision).astype(float))
    return np.log10(rounded, out=np.full_like(rounded, -np.inf), where=rounded > 0)


def computed_value(spec: Spec, a: np.ndarray) -> np.ndarray:
    """Compute a function in the precision of a, (…); the result has it too."""
    if spec.function == "softmax":
        return softmax(np.stack([a, *(np.full_like(a, other) for other in spec.others)]))[0]
    return sigmoid(a) if spec.function == "sigmoid" else np.tanh(a)


def computed_slope(function: str, value: np.ndarray) -> np.ndarray:
    """Compute the slope from the value, as programs do, in the value's precision: σ(1 - σ), 1 - tanh², p(1 - p)."""
    return 1 - value * value if function == "tanh" else value * (1 - value)


def _ends(spec: Spec, name: str, bounds: tuple[float, float], centre: float) -> Ends:
    kind = PRECISIONS[name]

    def found(end: float, outside: float) -> float:
        return _first(lambda a: computed_value(spec, a) == end, centre, outside, kind)

    facts = np.finfo(kind)
    # Half a spacing from the end, and nearer, the end is the nearest number; a tie goes to the even one, the end.
    highest = _distance(spec.function, -(facts.nmant + 2) * np.log(2))
    half_of_smallest = (facts.minexp - facts.nmant - 1) * np.log(2)
    lowest = highest if spec.function == "tanh" else _distance(spec.function, half_of_smallest)
    return Ends(
        precision=name,
        lowest=centre - lowest,
        highest=centre + highest,
        computed_lowest=found(bounds[0], -_FAR),
        computed_highest=found(bounds[1], _FAR),
    )


def _distance(function: str, log_gap: float) -> float:
    """Return how far from the centre the value is exp(log_gap) from its end: ln((1 - g)/g), or ½ ln((2 - g)/g)."""
    gap = np.exp(log_gap)
    if function == "tanh":
        return float(np.log(2) + np.log1p(-gap / 2) - log_gap) / 2
    return float(np.log1p(-gap) - log_gap)


def _first(
    reached: Callable[[np.ndarray], np.ndarray], inside: float, outside: float, precision: type[np.floating]
) -> float:
    """Return the number nearest to `inside` from which on, outwards, something is reached.

    Halving finds where it is reached. Rounding may make a value tremble there, so that it is reached and lost
    again: the neighbours are looked at one by one.
    """
    near, far = precision(inside), precision(outside)
    while (middle := precision((float(near) + float(far)) / 2)) not in (near, far):
        if reached(np.asarray([middle]))[0]:
            far = middle
        else:
            near = middle
    outwards = _neighbours(far)[:: 1 if outside > inside else -1]
    return float(outwards[np.flatnonzero(~reached(outwards))[-1] + 1])


def _neighbours(number: np.floating) -> np.ndarray:
    """Return the floats around one, in order: their bits count up as whole numbers do, and away from 0."""
    bits = {2: np.int16, 4: np.int32, 8: np.int64}[number.dtype.itemsize]
    at = int(np.abs(number).view(bits)) * (-1 if number < 0 else 1)
    order = np.arange(at - _TREMBLE, at + _TREMBLE + 1)
    sizes = np.abs(order).astype(bits).view(number.dtype)
    return np.where(order < 0, -sizes, sizes)
