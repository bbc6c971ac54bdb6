"""Activation functions against torch, finite differences, closed forms and neighbouring floats; words and page."""

import json
import re
from decimal import Decimal, getcontext
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from rnn_core.activations import (
    FUNCTIONS,
    PRECISIONS,
    Spec,
    read_logits,
    read_shift,
    sentences,
    softmax,
    trace_activations,
    trace_products,
    trace_rounding,
)
from rnn_core.activations.functions import (
    LIMITS,
    REACH,
    SLOPES,
    VALUES,
    half_width,
    relu_slope,
    sigmoid_slope,
    softmax_slopes,
    tanh_slope,
)
from rnn_core.activations.products import LEFT, steps_until_zero
from rnn_core.activations.rounding import computed_slope, computed_value, exact_gap, rounded_gap
from rnn_core.cells import sigmoid
from rnn_core.errors import InputError
from rnn_core.plots.activations import deck_here, deck_point, deck_rounding, deck_window, figure_preview
from tests import opened_page

ROUTER = Path(__file__).resolve().parent.parent / "pages" / "_router.py"
TORCH = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}


class _Say:
    """The sentences with plain spaces for those at which no line is broken."""

    def __getattr__(self, name):
        made = getattr(sentences, name)

        def spoken(*arguments):
            text = made(*arguments)
            return text.replace("\N{NO-BREAK SPACE}", " ") if isinstance(text, str) else text

        return spoken if callable(made) else made


say = _Say()
ROUNDED = 1 + 1e-15
"""A slope at its largest may be rounded up by a digit."""

numbers = st.floats(-700, 700, allow_nan=False)
logit_lists = st.lists(st.floats(-REACH, REACH), min_size=2, max_size=6)
quick = settings(max_examples=60, deadline=None)


def autograd(function, a: np.ndarray) -> np.ndarray:
    x = torch.tensor(a, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(TORCH[function](x).sum(), x)
    return gradient.numpy()


@pytest.mark.parametrize("function", TORCH)
def test_values_and_slopes_are_those_of_torch(function):
    a = np.linspace(-40, 40, 4001)
    np.testing.assert_allclose(VALUES[function](a), TORCH[function](torch.tensor(a)).numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(SLOPES[function](a), autograd(function, a), rtol=0, atol=1e-12)


def test_the_slope_at_the_corner_of_relu_is_that_of_torch():
    corner = np.array([0.0, -0.0])
    np.testing.assert_array_equal(relu_slope(corner), autograd("relu", corner))


@quick
@given(logit_lists)
def test_softmax_and_its_slopes_are_those_of_torch(logits):
    z = torch.tensor(logits, dtype=torch.float64)
    probabilities = softmax(np.array(logits))
    np.testing.assert_allclose(probabilities, torch.softmax(z, 0).numpy(), rtol=1e-12, atol=1e-15)
    jacobian = torch.autograd.functional.jacobian(lambda x: torch.softmax(x, 0), z).numpy()
    np.testing.assert_allclose(softmax_slopes(probabilities), jacobian[:, 0], rtol=0, atol=1e-12)


@pytest.mark.parametrize("spec", [*map(Spec, FUNCTIONS), Spec("softmax", (-3.0, 10.0, 10.0, 4.5, 0.0), -1000.0)])
def test_slopes_of_a_trace_are_finite_differences_of_its_values(spec):
    """The trace of a slightly moved input is not to be had, so the differences run along the slider, second order."""
    trace = trace_activations(spec)
    centred = (trace.value[:, 2:] - trace.value[:, :-2]) / (trace.a[2:] - trace.a[:-2])
    apart = np.abs(centred - trace.slope[:, 1:-1])
    smooth = trace.a[1:-1] != 0 if spec.function == "relu" else np.full(len(trace.a) - 2, True)
    assert apart[:, smooth].max() < 0.004  # a third of the step squared times the largest third derivative, 2
    # The tangent touches the curve and has its slope.
    np.testing.assert_allclose(trace.tangent_y.mean(axis=1), trace.value[0], atol=1e-12)
    rise, run = np.diff(trace.tangent_y)[:, 0], np.diff(trace.tangent_x)[:, 0]
    np.testing.assert_allclose(rise / run, trace.slope[0], atol=1e-12)


@quick
@given(numbers)
def test_symmetries(a):
    a = np.float64(a)
    assert sigmoid(-a) == pytest.approx(1 - sigmoid(a), abs=1e-15)
    assert sigmoid_slope(-a) == sigmoid_slope(a)
    assert tanh_slope(-a) == tanh_slope(a)
    assert np.tanh(a) == pytest.approx(2 * sigmoid(2 * a) - 1, abs=1e-15)
    assert tanh_slope(a) == pytest.approx(4 * sigmoid_slope(2 * a), rel=1e-12)
    assert VALUES["relu"](a) - VALUES["relu"](-a) == a


@quick
@given(st.lists(numbers, min_size=2, max_size=50))
def test_values_grow_and_slopes_keep_to_their_ranges(places):
    a = np.sort(np.array(places))
    for name in VALUES:
        assert (np.diff(VALUES[name](a)) >= -2e-16).all(), name
    assert ((sigmoid_slope(a) > 0) & (sigmoid_slope(a) <= 0.25 * ROUNDED)).all()
    assert ((tanh_slope(a) >= 0) & (tanh_slope(a) <= ROUNDED)).all()
    assert set(relu_slope(a).tolist()) <= {0.0, 1.0}


def test_far_slopes_keep_their_digits():
    """Where 1 - σ(a) has lost all of its digits, the slope still is e^-|a|."""
    a = np.array([40.0, 100.0, 600.0])
    np.testing.assert_allclose(sigmoid_slope(a), np.exp(-a), rtol=1e-12)
    np.testing.assert_allclose(tanh_slope(a / 2), 4 * np.exp(-a), rtol=1e-12)
    assert (computed_slope("sigmoid", sigmoid(a)) == 0).all()


@quick
@given(logit_lists, st.floats(-1000, 1000))
def test_probabilities_add_up_and_do_not_hear_a_shift(logits, shift):
    z = np.array(logits)
    p = softmax(z)
    assert p.sum() == pytest.approx(1, abs=1e-15)
    assert (p > 0).all()
    np.testing.assert_allclose(softmax(z + shift), p, rtol=1e-11)
    assert softmax_slopes(p).sum() == pytest.approx(0, abs=1e-16)
    if len(z) == 2:
        assert p[0] == pytest.approx(float(sigmoid(z[0] - z[1])), rel=1e-12)


def test_nothing_breaks_at_the_largest_numbers():
    far = np.array([-1e308, -1e30, -1000.0, -0.0, 0.0, 1000.0, 1e30, 1e308])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for name in VALUES:
            assert np.isfinite(VALUES[name](far)).all(), name
            assert np.isfinite(SLOPES[name](far)).all(), name
        for logit in far:
            p = softmax(np.array([logit, 0.0, -logit / 2]))
            assert np.isfinite(p).all()
            assert p.sum() == pytest.approx(1)


@pytest.mark.parametrize(("function", "largest"), [("sigmoid", 0.25), ("tanh", 1.0)])
def test_the_largest_slope_is_at_zero(function, largest):
    assert SLOPES[function](np.array(0.0)) == largest
    trace = trace_activations(Spec(function))
    assert trace.slope.max() == trace.largest_slope == largest
    assert trace.a[trace.slope[0].argmax()] == trace.centre == 0


@pytest.mark.parametrize("others", [(0.0,), (1.0, 0.0), (10.0,) * 5, (-10.0, 3.0), (-7.5,)])
def test_the_softmax_is_a_moved_sigmoid_of_each_logit(others):
    trace = trace_activations(Spec("softmax", others))
    np.testing.assert_allclose(trace.value[0], sigmoid(trace.a - trace.centre), rtol=1e-12)
    np.testing.assert_allclose(trace.slope[0], sigmoid_slope(trace.a - trace.centre), rtol=1e-12)


@pytest.mark.parametrize("function", ["sigmoid", "tanh", "softmax"])
@pytest.mark.parametrize("limit", LIMITS)
def test_the_slope_has_its_limit_at_the_border_of_its_zone(function, limit):
    trace = trace_activations(Spec(function))
    (_, low), (high, _) = trace.zones[limit]
    slope = tanh_slope if function == "tanh" else sigmoid_slope
    for border in (low, high):
        assert slope(np.array(border - trace.centre)) == pytest.approx(limit, rel=1e-10)
    inside = (trace.a < low) | (trace.a > high)
    np.testing.assert_array_equal(trace.slope[0] < limit, inside)


def test_the_zone_of_relu_is_where_it_lets_nothing_through():
    trace = trace_activations(Spec("relu"))
    assert set(trace.zones.values()) == {((-np.inf, 0.0),)}
    np.testing.assert_array_equal(trace.slope[0] == 0, trace.a <= 0)


def test_known_borders():
    """σ(1 - σ) = 0.01 at σ = (1 + √0.96)/2, whose odds are 98; from a table of artanh for tanh."""
    assert half_width("sigmoid", 0.01) == pytest.approx(np.log((1 + 0.96**0.5) / (1 - 0.96**0.5)), rel=1e-12)
    assert half_width("sigmoid", 0.25) == half_width("tanh", 1.0) == 0
    assert half_width("tanh", 0.01) == pytest.approx(2.99322, abs=1e-5)


@pytest.mark.parametrize(
    "spec", [Spec("sigmoid"), Spec("tanh"), Spec("softmax"), Spec("softmax", (-10.0,)), Spec("softmax", (10.0,) * 5)]
)
@pytest.mark.parametrize("name", PRECISIONS)
def test_computed_values_are_their_ends_from_where_it_is_said(spec, name):
    """The place, 4,000 numbers beyond it, and the one before."""
    kind = PRECISIONS[name]
    rounding = trace_rounding(spec)
    ends = next(ends for ends in rounding.ends if ends.precision == name)
    for place, end, outwards in (
        (ends.computed_lowest, rounding.bounds[0], -1),
        (ends.computed_highest, rounding.bounds[1], 1),
    ):
        beyond = neighbours(kind(place), kind(outwards * np.inf))
        assert beyond[0] == place
        assert (computed_value(spec, beyond) == end).all()
        assert (computed_slope(spec.function, computed_value(spec, beyond)) == 0).all()
        before = np.nextafter(kind(place), kind(rounding.centre))
        assert computed_value(spec, np.array([before]))[0] != end
        assert computed_value(spec, beyond).dtype == kind


def neighbours(start: np.floating, towards: np.floating, count: int = 4000) -> np.ndarray:
    found = [start]
    while len(found) < count and found[-1] != towards:
        found.append(np.nextafter(found[-1], towards))
    return np.array([number for number in found if np.isfinite(number)])


def exact(function: str, a: float) -> Decimal:
    """The value to 60 digits and more, by way of the standard library."""
    getcontext().prec = 450  # the sigmoid at -745 differs from 0 in its 324th digit, and from 1 at 745 too
    e = Decimal(2 if function == "tanh" else 1) * Decimal(a)
    power = (-e).exp()
    return (1 - power) / (1 + power) if function == "tanh" else 1 / (1 + power)


@pytest.mark.parametrize("function", ["sigmoid", "tanh"])
def test_the_exact_value_rounds_to_its_end_where_it_is_said(function):
    """`float(Decimal)` and the casts from it round to the nearest; a little before the place, and a little beyond."""
    rounding = trace_rounding(Spec(function))
    for ends in rounding.ends:
        kind = PRECISIONS[ends.precision]
        for place, end in ((ends.lowest, rounding.bounds[0]), (ends.highest, rounding.bounds[1])):
            assert kind(float(exact(function, place * (1 + 1e-9)))) == end
            assert kind(float(exact(function, place * (1 - 1e-9)))) != end


@pytest.mark.parametrize("function", ["sigmoid", "tanh"])
def test_gaps_are_those_of_the_exact_value_and_of_its_rounding(function):
    rounding = trace_rounding(Spec(function))
    for k in range(0, len(rounding.a), 7):
        value = exact(function, float(rounding.a[k]))
        low, high = map(Decimal, rounding.bounds)
        assert rounding.gap[k] == pytest.approx(float(min(value - low, high - value).log10()), abs=1e-9)
        for name, kind in PRECISIONS.items():
            held = float(kind(float(value)))
            gap = min(held - rounding.bounds[0], rounding.bounds[1] - held)
            written = 10.0 ** rounding.rounded[name][k]
            assert written == pytest.approx(gap, rel=1e-9), (rounding.a[k], name)


def test_known_places_of_float32():
    """Half the spacing below 1 is 2^-25, half the smallest number above 0 is 2^-150."""
    sigmoid_ends, tanh_ends = (trace_rounding(Spec(name)).ends[1] for name in ("sigmoid", "tanh"))
    assert sigmoid_ends.precision == "float32"
    assert sigmoid_ends.highest == pytest.approx(25 * np.log(2), abs=1e-6)
    assert sigmoid_ends.lowest == pytest.approx(-150 * np.log(2), abs=1e-6)
    assert tanh_ends.highest == -tanh_ends.lowest == pytest.approx(13 * np.log(2), abs=1e-6)
    # 1 + e^-a is rounded on the way, so the formula arrives one halving sooner; torch's does too.
    assert sigmoid_ends.computed_highest == pytest.approx(24 * np.log(2), abs=1e-5)
    reached = torch.tensor([sigmoid_ends.computed_highest, sigmoid_ends.highest], dtype=torch.float32)
    assert (torch.sigmoid(reached) == 1).all()


def test_the_equations_tell_where_the_simple_formula_overflows():
    with np.errstate(over="ignore"):
        assert np.exp(np.float32(88.73)) == np.inf
    assert np.isfinite(np.exp(np.float32(88.72)))
    assert "-88.73" in (ROUTER.parent.parent / "assets/pages/activations.equations.md").read_text(encoding="utf-8")


def test_gaps_never_underflow():
    far = np.array([-1e6, -2000.0, 0.0, 2000.0, 1e6])
    for function in ("sigmoid", "tanh"):
        gap = exact_gap(function, far)
        assert np.isfinite(gap).all()
        for kind in PRECISIONS.values():
            assert (rounded_gap(gap, np.full(5, True), kind)[[0, 1, 3, 4]] == -np.inf).all()


@pytest.mark.parametrize("longest", [1, 100, 1000])
@pytest.mark.parametrize("at", [-10.0, -1.3, 0.0, 0.1, 10.0])
def test_products_are_products(at, longest):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        products = trace_products(at, longest)
    assert products.steps.tolist() == list(range(1, longest + 1))
    for name, slope in SLOPES.items():
        one = float(slope(np.array(at)))
        running = np.cumsum(np.full(longest, np.log10(one))) if one else np.full(longest, -np.inf)
        np.testing.assert_allclose(products.here[name], running, rtol=1e-10)
        shares = np.cumprod(np.broadcast_to(slope(products.a), products.share[name].shape), axis=0)
        np.testing.assert_allclose(products.share[name], shares, rtol=1e-10, atol=1e-300)
        assert (products.here[name] <= products.best[name] + 1e-9).all()
    np.testing.assert_allclose(products.best["sigmoid"], [-2 * T * np.log10(2) for T in products.steps], rtol=1e-12)
    assert not products.best["tanh"].any()


def test_the_window_is_where_a_hundredth_is_left():
    products = trace_products(longest=1000)
    for name, slope in (("sigmoid", sigmoid_slope), ("tanh", tanh_slope)):
        width = products.window[name]
        there = np.isfinite(width)
        np.testing.assert_allclose(slope(width[there]) ** products.steps[there], LEFT, rtol=1e-9)
        assert (np.diff(width[there]) < 0).all()
    assert np.isfinite(products.window["sigmoid"]).sum() == 3  # (1/4)^4 is 0.4 %
    assert np.isfinite(products.window["tanh"]).all()
    assert np.isinf(products.window["relu"]).all()


@pytest.mark.parametrize("slope", [0.25, 0.1, 0.5, 0.105, 0.9])
def test_the_step_at_which_float32_holds_zero(slope):
    """Against torch, a step at a time."""
    product, step = torch.tensor(1.0), 0
    while product > 0 and step < 10_000:
        product, step = product * torch.tensor(slope, dtype=torch.float32), step + 1
    assert steps_until_zero(slope) == (step if product == 0 else None)


def test_powers_of_a_quarter_are_gone_after_75_steps():
    assert trace_products().vanishes == {"sigmoid": 75, "tanh": None, "relu": None}
    assert np.float32(4.0**-74) > 0 == np.float32(4.0**-75)
    assert steps_until_zero(0.0) == 1


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: trace_activations(Spec("swish")), "got 'swish'"),
        (lambda: trace_rounding(Spec("relu")), "have ends"),
        (lambda: trace_products(0.0, 0), "at least 1, got 0"),
        (lambda: trace_products(11.0), "between -10 and 10, got 11"),
        (lambda: trace_products(float("nan")), "got nan"),
        (lambda: read_logits("1 2 3 4 5 6"), "1 to 5 numbers, got 6"),
        (lambda: read_logits("1, x"), "got “x”"),
        (lambda: read_logits("11"), "got 11"),
        (lambda: read_logits(""), "The other logits must"),
        (lambda: read_logits("1; 2"), "The other logits must"),
        (lambda: read_shift("1001"), "from −1000 to 1000, got 1001"),
        (lambda: read_shift("e"), "What is added must be a number"),
    ],
)
def test_what_cannot_be_used_is_named(call, sentence):
    with pytest.raises(InputError, match=re.escape(sentence)):
        call()


def test_what_a_reader_types_is_read():
    assert read_logits("1, 0") == (1.0, 0.0)
    assert read_logits(" −2.5\n3") == (-2.5, 3.0)
    assert read_shift("−7e2") == -700.0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-1.0, "−1"), (10.0, "10"), (0.88079, "0.881"), (-0.10499, "−0.105"),
        (12.345, "12.3"), (0.0009, "9.0 × 10⁻⁴"), (-4.5397e-5, "−4.5 × 10⁻⁵"), (0.99995, "0.999950"),
        (1 - 4.1e-9, "1 − 4.1 × 10⁻⁹"), (-1 + 4.1e-9, "−1 + 4.1 × 10⁻⁹"), (9.99e-8, "1.0 × 10⁻⁷"), (0.9992, "0.99920"),
    ],
)  # fmt: skip
def test_numbers_are_said_so_that_they_can_be_told_apart(value, text):
    assert say.say(value) == text


@quick
@given(st.floats(1e-12, 100))
def test_a_number_that_is_said_is_that_number(value):
    text = say.say(value).replace("−", "-")
    if " - " in text:
        text = "1"
    power = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    read = float(re.sub(r" × 10(\S+)", lambda match: "e" + match[1].translate(power), text))
    assert read == pytest.approx(value, rel=0.06 if value < 0.001 else 0.006)


def test_products_beyond_all_floats_are_said():
    assert say.product(-np.inf) == "0"
    assert say.product(-809.3) == "5.0 × 10⁻⁸¹⁰"
    assert say.product(0.0) == "1"
    assert say.power(-0.0001) == "1.0 × 10⁰"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        *(("−3.5", -3.5), ("2.0", 2.0), ("0.0", 0.0), ("−10.0", -10.0)),
        # The slider has no such stops and stays where it begins: so does what is computed beside it.
        *((text, 2.0) for text in ("x", "", "1e9", "nan", "0.55", "-3.5", "3", "1e0", "10.1")),
    ],
)
def test_a_broken_link_has_the_default_place(text, place):
    assert say.read_place(text, 2.0) == place


def test_what_the_point_is_said_to_show():
    def point(function, a, others=(1.0, 0.0)):
        trace = trace_activations(Spec(function, others))
        return say.point(trace, int(np.argmin(np.abs(trace.a - a))))

    assert point("sigmoid", 2) == "a = 2.0: σ(a) = 0.881, slope 0.105: 10.5 % of a small change gets through."
    assert point("tanh", 0) == "a = 0.0: tanh(a) = 0, slope 1: 100 % of a small change gets through."
    assert "slope 8.2 × 10⁻⁹: under 0.01 % of" in point("tanh", -10)
    assert "corner" in point("relu", 0)
    assert point("relu", -1) == "a = −1.0: ReLU(a) = 0, slope 0: 0 % of a small change gets through."
    assert point("softmax", 0, (0.0,)) == (
        "a = 0.0: p₁ = 0.500, slope 0.250: 25.0 % of a small change gets through. p₂ has slope −0.250: "
        "it loses what p₁ gains."
    )
    assert "The others have slopes −0.163 and −0.0599" in point("softmax", 2)


def test_headlines():
    said = {name: say.headline(trace_activations(Spec(name))) for name in FUNCTIONS}
    assert said["sigmoid"] == (
        "Values lie between 0 and 1 and reach neither. The largest slope is 1/4, at a = 0. Beyond a = ±4.58 the slope "
        "is under 1 %: less than a hundredth of a small change gets through. Beyond a = ±6.91 it is under 0.1 %."
    )
    assert "between −1 and 1" in said["tanh"]
    assert "±2.99" in said["tanh"]
    assert "1 or 0" in said["relu"]
    assert "here a, 1 and 0, into probabilities" in said["softmax"]
    assert "largest slope is 1/4, at a = 1.31. Left of a = −3.27 and right of 5.90" in said["softmax"]


def test_what_is_said_of_many_steps():
    products = trace_products(2.0)
    assert "after 10 steps at most 9.5 × 10⁻⁷ of a change is left" in say.limits(products)
    assert say.window(products, 9) == (
        "After 10 equal steps the sigmoid leaves at most 9.5 × 10⁻⁷ of a change, wherever a is; "
        "the tanh leaves 1 % or more only for a between ±0.70."
    )
    assert say.window(products, 0).startswith(
        "After 1 step the sigmoid leaves 1 % or more of a change only for a between"
    )
    assert say.here(products, 9) == (
        "10 steps at your a = 2.0: the sigmoid leaves 1.6 × 10⁻¹⁰ of a change, the tanh 3.1 × 10⁻¹²."
    )
    assert "float32" not in say.here(products, 73)
    assert say.here(products, 74).endswith("In float32 even the sigmoid's best is exactly 0, since step 75.")


def test_what_is_said_of_a_shift():
    same = say.shifted(Spec("softmax", (1.0, 0.0), 100.0), 2.0)
    assert same.startswith("Logits 102, 101 and 100 have probabilities 0.665, 0.245 and 0.090, ")
    assert "only the differences between logits count" in same
    assert say.shifted(Spec("softmax", (1.0, 0.0)), 2.0).startswith("Logits 2, 1 and 0 have")
    assert "but for rounding (" in say.shifted(Spec("softmax", (0.1,), 999.9), 0.7)
    assert say.shifted(Spec("softmax", (-0.0,)), 0.0).startswith("Logits 0 and 0 have probabilities 0.500 and 0.500")


def test_no_probability_is_said_to_be_0_or_1():
    far = say.shifted(Spec("softmax", (1.0, 0.0)), 10.0)
    assert "probabilities 0.99983, 1.2 × 10⁻⁴ and 4.5 × 10⁻⁵" in far.replace("\N{NO-BREAK SPACE}", " ")
    assert "probabilities 1 − 2.1 × 10⁻⁹ and 2.1 × 10⁻⁹" in say.shifted(Spec("softmax", (-10.0,)), 10.0).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_only_close_to_0_does_the_tanh_keep_more_than_the_sigmoid_at_its_best():
    """At a = 1.4 the tanh's slope is already under 1/4: its product does not vanish later everywhere."""
    products = trace_products(1.4)
    assert (products.here["tanh"] < products.best["sigmoid"]).all()
    assert "slowly only close to 0" in say.limits(products)


@pytest.mark.parametrize("others", [(10.0,) * 5, (-10.0,), (-10.0,) * 5])
def test_the_picture_of_rounding_reaches_every_end_of_float32_and_float64_above(others):
    """Other logits move the curve by as much as ±10: the drops stay inside the picture."""
    rounding = trace_rounding(Spec("softmax", others))
    ends = {ends.precision: ends for ends in rounding.ends}
    assert rounding.a[0] < ends["float32"].lowest
    assert rounding.a[-1] > ends["float64"].highest


def test_what_is_said_of_rounding():
    rounding = trace_rounding(Spec("sigmoid"))
    at = {float(a): say.rounded(rounding, k) for k, a in enumerate(rounding.a)}
    assert at[0.0].endswith("All three kinds of number can tell.")
    assert at[20.0] == (
        "a = 20.0: σ(a) is 2.1 × 10⁻⁹ away from 1. float16 and float32 hold exactly 1, so the slope computed from it, "
        "σ(1 − σ), is 0; float64 can tell."
    )
    assert "float16 holds exactly 0" in at[-50.0]
    assert at[45.0].endswith(
        "float16, float32 and float64 hold exactly 1, so the slope computed from it, σ(1 − σ), is 0."
    )
    assert "that is 1 from a = 17.33 on, and 0 only up to a = −103.97" in say.rounding_headline(rounding)
    assert "from a = ±9.01 on" in say.rounding_headline(trace_rounding(Spec("tanh")))
    table = say.ends_table(rounding)
    assert table["number"] == list(PRECISIONS)
    assert {len(column) for column in table.values()} == {3}


def decks(spec=None, at=2.0):
    specs = [spec] if spec else [Spec(name) for name in FUNCTIONS]
    yield from (deck_point(trace_activations(each)) for each in specs)
    yield from (deck_rounding(trace_rounding(each)) for each in specs if each.function != "relu")
    yield from (deck_window(trace_products()), deck_here(trace_products(at)))


def test_every_deck_takes_the_fast_path():
    """Only x and y of lines and points change, and no axis adjusts itself: the browser need not lay anything out."""
    for deck in decks():
        assert not deck.layout
        assert {attribute for _, attribute in deck.frames} <= {"x", "y"}
        assert all(deck.figure.data[number].type == "scatter" for number, _ in deck.frames)
        layout = deck.figure.to_dict()["layout"]
        assert all("range" in axis for name, axis in layout.items() if name[1:5] == "axis")
        assert layout["height"] > layout["meta"]["narrow_height"] > 250
        assert len(set(deck.values)) == len(deck.values) == len(deck.captions)
        json.dumps(deck.payload(), allow_nan=False)


def test_a_picture_shows_the_stop_at_which_it_starts():
    for deck in decks():
        for (number, attribute), frames in deck.frames.items():
            drawn = np.asarray(deck.figure.data[number][attribute], dtype=float)
            np.testing.assert_allclose(drawn, frames[deck.start], rtol=1e-6)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_point_lies_on_the_curve(function):
    trace = trace_activations(Spec(function))
    deck = deck_point(trace)
    tangent, drop, stem = sorted({number for number, _ in deck.frames})
    np.testing.assert_array_equal(deck.frames[(drop, "x")][:, 1], trace.a)
    np.testing.assert_array_equal(deck.frames[(drop, "y")][:, 1], trace.value[0])
    np.testing.assert_array_equal(deck.frames[(stem, "y")][:, 1], trace.slope[0])
    np.testing.assert_array_equal(deck.frames[(tangent, "y")], trace.tangent_y)
    assert deck.along == trace.a.tolist()
    assert deck.figure.layout.dragmode is False


def test_zones_are_hatched_where_they_are_and_named():
    for function in FUNCTIONS:
        trace = trace_activations(Spec(function))
        figure = deck_point(trace).figure
        hatched = [area for area in figure.data if area.fill == "toself" and area.yaxis == "y2"]
        shown = [place for area in hatched for place in area.x if place is not None]
        borders = {border for spans in trace.zones.values() for span in spans for border in span if np.isfinite(border)}
        assert borders <= set(shown)
        assert {area.fillpattern.shape for area in hatched} == {"/", "x"}
        named = {note.text for note in figure.layout.annotations if note.yref == "y2"}
        assert named == ({"slope 0"} if function == "relu" else {"under 1 %", "under 0.1 %"})


def test_zones_outside_the_picture_are_left_out():
    trace = trace_activations(Spec("softmax", (10.0,) * 5))
    figure = deck_point(trace).figure
    assert trace.zones[0.01][1][0] > REACH
    assert [note.x for note in figure.layout.annotations if note.yref == "y2"] == [-REACH, -REACH]


@quick
@given(st.lists(st.floats(-REACH, REACH), min_size=1, max_size=5).map(tuple), st.floats(-1000, 1000))
def test_any_logits_have_pictures_and_words(others, shift):
    spec = Spec("softmax", others, shift)
    trace = trace_activations(spec)
    assert trace.value.shape == trace.slope.shape == (len(others) + 1, len(trace.a))
    assert np.isfinite(trace.value).all()
    assert np.isfinite(trace.slope).all()
    for sentence in (say.headline(trace), say.shifted(spec, 0.3), *(say.point(trace, k) for k in (0, 100, 200))):
        assert not re.search(r"nan|inf\b|-\d", sentence), sentence
    assert len({len(column) for column in say.point_table(trace).values()}) == 1


def test_pictures_of_extreme_logits():
    for others in ((10.0,) * 5, (-10.0,), (0.0, 0.0), (1.0, 0.0)):
        for deck in decks(Spec("softmax", others), at=-10.0):
            json.dumps(deck.payload(), allow_nan=False)
    assert figure_preview(trace_activations(Spec())).layout.height == 260


def test_tables_have_a_row_for_every_stop():
    products, rounding = trace_products(2.0), trace_rounding(Spec("tanh"))
    for table, rows in (
        (say.product_table(products), 100),
        (say.window_table(products), 100),
        (say.rounding_table(rounding), len(rounding.a)),
    ):
        assert {len(column) for column in table.values()} == {rows}
    assert say.window_table(products)["sigmoid, |a| up to"][2:4] == [pytest.approx(0.78099, abs=1e-5), "nowhere"]
    assert say.product_table(trace_products(-1.0))["ReLU, log10 at a = −1"] == ["−∞"] * 100
    assert say.rounding_table(rounding)["float16"][0] == "−∞"


open_page = partial(opened_page.open_page, "activations")


def words(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.error)).replace("\\", "").replace("\xa0", " ")


def test_the_page_shows_the_sigmoid_first():
    app = open_page()
    assert not app.exception
    assert "The largest slope is 1/4" in words(app)
    assert "9.5 × 10⁻⁷" in words(app)


def test_a_task_sets_the_controls():
    app = open_page()
    next(button for button in app.button if button.label == "1 instead of 1/4").click().run()
    assert not app.exception
    assert app.session_state["activations.function"] == "tanh"
    assert app.session_state["activations.a"] == "0.0"
    assert "between −1 and 1" in words(app)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_opens_from_its_link(function):
    app = open_page(function=say.NAMES[function], a="−10.0", steps="100")
    assert not app.exception
    assert ("Softmax turns" in words(app)) == (function == "softmax")
    assert ("to its last digit" in words(app)) == (function == "relu")


def test_a_broken_link_opens_the_page_all_the_same():
    app = open_page(function="swish", a="none", steps="0", far="x")
    assert not app.exception
    assert "The largest slope is 1/4" in words(app)


def test_logits_of_the_link_reach_the_words():
    app = open_page(function="softmax", others="2, 2, −1", shift="100", a="1.0")
    assert not app.exception
    assert "Logits 101, 102, 102 and 99 have probabilities" in words(app)
