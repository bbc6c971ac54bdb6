"""What the pictures of an activation function show, in words and as tables; every number comes from a trace."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_core.activations.functions import REACH, Spec, Trace, softmax
from rnn_core.activations.products import Products
from rnn_core.activations.rounding import Rounding
from rnn_core.numerals import ten_to

NAMES = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "softmax": "softmax"}
SYMBOLS = {"sigmoid": "σ(a)", "tanh": "tanh(a)", "relu": "ReLU(a)", "softmax": "p₁"}

_SPACE = "\N{NO-BREAK SPACE}"  # a number is not broken over two lines


def say(value: float) -> str:
    """Return a number in three digits, 1.2 × 10⁻⁷ where it is tiny; close to 1 as many digits as tell it from 1."""
    size = abs(value)
    sign = "−" if value < 0 else ""
    if size.is_integer() and size < 1000:
        return f"{sign}{size:.0f}" if size else "0"
    if size < 0.001:
        return sign + power(float(np.log10(size)))
    if 0.999 < size < 1:
        missing = 1 - size
        if missing < 1e-6:
            return f"{sign}1 {'+' if sign else '−'} {power(float(np.log10(missing)))}"
        return f"{sign}{size:.{int(np.ceil(-np.log10(missing))) + 1}f}"
    return f"{sign}{size:.{max(0, 2 - int(np.floor(np.log10(size))))}f}"


def power(log10: float) -> str:
    """Return 10^log10 as 1.2 × 10⁻⁷, however small it is."""
    exponent = int(np.floor(log10))
    mantissa = round(10.0 ** (log10 - exponent), 1)
    if mantissa >= 10:
        mantissa, exponent = 1.0, exponent + 1
    return f"{mantissa:.1f}{_SPACE}×{_SPACE}{ten_to(exponent)}"


def product(log10: float) -> str:
    """Return 10^log10 as a number of a few digits."""
    if log10 == -np.inf:
        return "0"
    return say(10.0**log10) if log10 > -3 else power(log10)


def place(a: float, digits: int = 1) -> str:
    """Return a place on the a-axis with a true minus sign."""
    return f"{a:.{digits}f}".replace("-", "−") if round(a, digits) else f"{0:.{digits}f}"


def read_place(text: str, default: float) -> float:
    """Return the place that `place` wrote; the default for any other text, as the slider does with a broken link."""
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        return default
    return value if abs(value) <= REACH and text == place(value) else default


def share(value: float) -> str:
    """Return a share of a change as per cent."""
    percent = 100 * value
    if 0 < percent < 0.01:
        return f"under 0.01{_SPACE}%"
    digits = 0 if percent >= 99.95 or percent == 0 else 1 if percent >= 1 else 2
    return f"{percent:.{digits}f}{_SPACE}%"


def point(trace: Trace, k: int) -> str:
    """Say what the point at stop k shows."""
    a, value, slope = place(trace.a[k]), trace.value[:, k].tolist(), trace.slope[:, k].tolist()
    if trace.spec.function == "relu" and trace.a[k] == 0:
        return "At a = 0 ReLU has a corner, and so no slope. Programs take 0 or 1 there; PyTorch takes 0."
    symbol = SYMBOLS[trace.spec.function]
    sentence = (
        f"a = {a}: {symbol} = {say(value[0])}, slope {say(slope[0])}: {share(slope[0])} of a small change gets through."
    )
    if trace.spec.function != "softmax":
        return sentence
    rest = _and([say(other) for other in slope[1:]])
    if len(slope) == 2:
        return f"{sentence} p₂ has slope {rest}: it loses what p₁ gains."
    return f"{sentence} The others have slopes {rest}: they lose what p₁ gains."


def headline(trace: Trace) -> str:
    """Say where a function has its largest slope, and where it lets almost nothing through."""
    function = trace.spec.function
    if function == "relu":
        return "ReLU lets all of a change through where a is above 0, and nothing below: its slope is 1 or 0."
    best = f"slope is {'1/4' if trace.largest_slope == 0.25 else '1'}, at a = {say(round(trace.centre, 2))}"
    hundredth, thousandth = (_outside(trace, limit) for limit in trace.zones)
    zones = (
        f"{hundredth} the slope is under 1 %: less than a hundredth of a small change gets through. "
        f"{thousandth} it is under 0.1 %."
    )
    if function == "softmax":
        numbers = _and(["a", *_numbers(trace.spec.others)])
        return (
            f"Softmax turns numbers, called logits, here {numbers}, into probabilities that add up to 1. "
            f"p₁, that of a, is a moved sigmoid: its largest {best}. {zones}"
        )
    low, high = map(say, trace.bounds)
    return f"Values lie between {low} and {high} and reach neither. The largest {best}. {zones}"


def whole(trace: Trace, a: float) -> str:
    """Say what there is to see, and for the softmax what a shift of all logits does where the moved one is a."""
    return headline(trace) + (f" {shifted(trace.spec, a)}" if trace.spec.function == "softmax" else "")


def shifted(spec: Spec, a: float) -> str:
    """Say what adding a number to every logit does to the probabilities, where the moved logit is a."""
    logits = np.array([a, *spec.others])
    before, after = softmax(logits), softmax(logits + spec.shift)
    probabilities = _and([_probability(probability) for probability in after.tolist()])
    opening = f"Logits {_and(_numbers(logits + spec.shift))} have probabilities {probabilities}"
    if not spec.shift:
        return f"{opening}. Add a number to all of them, and nothing changes."
    apart = float(np.abs(after - before).max())
    same = (
        "exactly as without it" if apart == 0 else f"as without it but for rounding ({power(float(np.log10(apart)))})"
    )
    return f"{opening}, {same}: only the differences between logits count."


def window(products: Products, t: int) -> str:
    """Say what is left after steps[t] equal steps, and where."""
    steps = int(products.steps[t])
    opening = f"After {steps} {'step' if steps == 1 else 'equal steps'}"
    of_sigmoid, of_tanh = (products.window[name][t] for name in ("sigmoid", "tanh"))
    if np.isnan(of_sigmoid):
        first = f"the sigmoid leaves at most {product(products.best['sigmoid'][t])} of a change, wherever a is"
    else:
        first = f"the sigmoid leaves 1{_SPACE}% or more of a change only for a between ±{of_sigmoid:.2f}"
    return f"{opening} {first}; the tanh leaves 1{_SPACE}% or more only for a between ±{of_tanh:.2f}."


def here(products: Products, t: int) -> str:
    """Say what is left at the chosen place after steps[t] equal steps, and where float32 has only 0."""
    steps = int(products.steps[t])
    of_sigmoid, of_tanh = (product(products.here[name][t]) for name in ("sigmoid", "tanh"))
    sentence = (
        f"{'1 step' if steps == 1 else f'{steps} steps'} at your a = {place(products.at)}: "
        f"the sigmoid leaves {of_sigmoid} of a change, the tanh {of_tanh}."
    )
    vanishes = products.vanishes["sigmoid"]
    if vanishes is not None and steps >= vanishes:
        sentence += f" In float32 even the sigmoid's best is exactly 0, since step {vanishes}."
    return sentence


def limits(products: Products) -> str:
    """Say what the largest slopes, 1/4 and 1, mean for a product."""
    ten = power(10 * float(products.best["sigmoid"][0]))
    return (
        "To learn from T steps ago, a network multiplies T slopes. The sigmoid's are at most 1/4: after 10 steps at "
        f"most {ten} of a change is left. The tanh's are at most 1, and 1 only at a = 0: anywhere else their product "
        "vanishes as well, slowly only close to 0. ReLU multiplies by 1 or by 0."
    )


def rounded(rounding: Rounding, k: int) -> str:
    """Say what the kinds of number make of the value at stop k."""
    a = place(rounding.a[k])
    upper = rounding.a[k] > rounding.centre
    end = say(rounding.bounds[1] if upper else rounding.bounds[0])
    symbol = SYMBOLS[rounding.function]
    gone = [name for name, gap in rounding.rounded.items() if gap[k] == -np.inf]
    kept = [name for name in rounding.rounded if name not in gone]
    truth = f"a = {a}: {symbol} is {product(rounding.gap[k])} away from {end}."
    if not gone:
        return f"{truth} All three kinds of number can tell."
    slope = {"sigmoid": "σ(1 − σ)", "tanh": "1 − tanh²", "softmax": "p₁(1 − p₁)"}[rounding.function]
    lost = (
        f"{_and(gone)} hold{'s' if len(gone) == 1 else ''} exactly {end}, so the slope computed from it, {slope}, is 0"
    )
    return f"{truth} {lost}; {_and(kept)} can tell." if kept else f"{truth} {lost}."


def rounding_headline(rounding: Rounding) -> str:
    """Say what rounding is, and where float32, the usual number of neural networks, reaches the ends."""
    ends = next(ends for ends in rounding.ends if ends.precision == "float32")
    low, high = (say(bound) for bound in rounding.bounds)
    opening = (
        f"{SYMBOLS[rounding.function]} never reaches {low} or {high}. Yet a computer keeps only 16, 32 or 64 bits of a "
        f"number (float16, float32, float64): where a line drops to 0, what it keeps is exactly {low} or {high}. For "
        "float32, the usual kind in neural networks, that is"
    )
    if rounding.function == "tanh":
        return f"{opening} from a = ±{place(ends.highest, 2)} on."
    return (
        f"{opening} {high} from a = {place(ends.highest, 2)} on, and {low} only up to a = {place(ends.lowest, 2)}: "
        "far more of its numbers lie close to 0 than close to 1."
    )


def point_table(trace: Trace) -> dict[str, list[Any]]:
    """Return columns of F rows: a, and every value and slope."""
    columns: dict[str, list[Any]] = {"a": trace.a.tolist()}
    for k, (value, slope) in enumerate(zip(trace.value, trace.slope, strict=True), start=1):
        number = f" {k}" if trace.outputs > 1 else ""
        columns |= {f"value{number}": value.tolist(), f"slope{number}": slope.tolist()}
    return columns


def product_table(products: Products) -> dict[str, list[Any]]:
    """Return columns of T rows: log10 of what is left, at best and at the chosen place."""
    columns: dict[str, list[Any]] = {"steps": products.steps.tolist()}
    for name in ("sigmoid", "tanh", "relu"):
        columns[f"{NAMES[name]}, log10 at best"] = _written(products.best[name], "−∞")
        columns[f"{NAMES[name]}, log10 at a = {_numbers([products.at])[0]}"] = _written(products.here[name], "−∞")
    return columns


def window_table(products: Products) -> dict[str, list[Any]]:
    """Return columns of T rows: up to which |a| at least 1 % is left."""
    return {
        "steps": products.steps.tolist(),
        "sigmoid, |a| up to": _written(products.window["sigmoid"], "nowhere"),
        "tanh, |a| up to": _written(products.window["tanh"], "nowhere"),
    }


def rounding_table(rounding: Rounding) -> dict[str, list[Any]]:
    """Return columns of F rows: log10 of the distance to the nearer end."""
    columns = {"a": rounding.a.tolist(), "log10 of the distance, exact": rounding.gap.tolist()}
    return columns | {name: _written(gap, "−∞") for name, gap in rounding.rounded.items()}


def ends_table(rounding: Rounding) -> dict[str, list[Any]]:
    """Return columns of three rows, a kind of number each: where a value is exactly its end."""
    low, high = (say(bound) for bound in rounding.bounds)
    return {
        "number": [ends.precision for ends in rounding.ends],
        f"{low} up to a =": [place(ends.lowest, 2) for ends in rounding.ends],
        f"{high} from a =": [place(ends.highest, 2) for ends in rounding.ends],
        f"computed: {low} up to": [place(ends.computed_lowest, 2) for ends in rounding.ends],
        f"computed: {high} from": [place(ends.computed_highest, 2) for ends in rounding.ends],
    }


def _outside(trace: Trace, limit: float) -> str:
    (_, low), (high, _) = trace.zones[limit]
    if trace.centre == 0:
        return f"Beyond a = ±{place(high, 2)}"
    return f"Left of a = {place(low, 2)} and right of {place(high, 2)}"


def _written(values: np.ndarray, instead: str) -> list[Any]:
    return [value if np.isfinite(value) else instead for value in values.tolist()]


def _numbers(values: Sequence[float] | np.ndarray) -> list[str]:
    return [f"{value + 0.0:g}".replace("-", "−") for value in values]  # no negative zero


def _probability(value: float) -> str:
    """Write three digits after the point, but never the 0 or the 1 that no probability of a softmax is."""
    text = f"{value:.3f}"
    return text if text not in ("0.000", "1.000") else say(value)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
