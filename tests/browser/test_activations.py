"""The activations page under a hand: the point dragged on the curve, the sliders, the boxes, the tasks, the link."""

import re

import pytest
from playwright.sync_api import expect

from tools.browser import ALL_IN_SIGHT, caption, picture, redrawn, settled, slider

from .conftest import look

POINT, WINDOW, HERE, FAR = (f"activations.{name}" for name in ("point", "window", "here", "rounding"))


@pytest.fixture
def activations(page, server, sent):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/activations")
    return settled(page)


def place(page, key, a):
    """The pixel above a place on a picture's x-axis, at half height."""
    return (
        picture(page, key)
        .locator(".plot")
        .evaluate(
            """(node, a) => {
          const { xaxis, _size: area } = node._fullLayout;
          const box = node.getBoundingClientRect();
          return [box.left + xaxis._offset + xaxis.d2p(a), box.top + area.t + 0.3 * area.h];
        }""",
            a,
        )
    )


def drawn_point(page):
    """Where the point on the curve is drawn, as Plotly's data have it."""
    return (
        picture(page, POINT)
        .locator(".plot")
        .evaluate("node => { const point = node.data.at(-2); return [point.x[1], point.y[1]]; }")
    )


def test_the_first_view_shows_a_tangent_and_says_what_gets_through(activations):
    expect(caption(activations, POINT)).to_have_text(
        "a = 2.0: σ(a) = 0.881, slope 0.105: 10.5 % of a small change gets through."
    )
    expect(caption(activations, WINDOW)).to_contain_text("After 10 equal steps the sigmoid leaves at most 9.5 × 10⁻⁷")
    expect(caption(activations, FAR)).to_contain_text("float16 and float32 hold exactly 1")
    names = picture(activations, POINT).locator(".annotation-text")
    expect(names).to_have_text(["under 1 %", "under 1 %", "under 0.1 %", "under 0.1 %"])


def test_the_point_is_dragged_on_the_curve_and_asks_nobody_until_it_rests(activations, sent):
    settled(activations)
    activations.mouse.move(*place(activations, POINT, 2))
    activations.mouse.down()
    sent.clear()
    for a in (1.0, -0.5, -2.0, -3.0):
        activations.mouse.move(*place(activations, POINT, a))
    expect(caption(activations, POINT)).to_contain_text("a = −3.0: σ(a) = 0.0474, slope 0.0452")
    assert drawn_point(activations) == pytest.approx([-3.0, 0.0474259], abs=1e-6)
    assert sent == []
    activations.mouse.up()
    # Then the picture of many steps follows, and the address.
    expect(caption(activations, HERE)).to_contain_text("10 steps at your a = −3.0")
    expect(activations).to_have_url(re.compile(r"activations\.a="))
    settled(activations)
    activations.reload()
    expect(caption(settled(activations), POINT)).to_contain_text("a = −3.0")


def test_a_key_moves_the_point(activations):
    slider(activations, POINT).press("ArrowRight")
    expect(caption(activations, POINT)).to_contain_text("a = 2.1: σ(a) = 0.891")
    slider(activations, POINT).press("End")
    expect(caption(activations, POINT)).to_contain_text("under 0.01 % of a small change")
    slider(activations, POINT).press("Home")
    expect(caption(activations, POINT)).to_contain_text("a = −10.0: σ(a) = 4.5 × 10⁻⁵")


def test_both_pictures_of_many_steps_move_by_one_slider(activations):
    expect(slider(activations, HERE)).to_be_hidden()
    slider(activations, WINDOW).press("End")
    expect(caption(activations, WINDOW)).to_contain_text("After 100 equal steps")
    expect(caption(activations, HERE)).to_contain_text("100 steps at your a = 2.0")
    expect(caption(activations, HERE)).to_contain_text("exactly 0, since step 75")
    # The right one can be dragged itself.
    settled(activations)
    activations.mouse.click(*place(activations, HERE, 30))
    expect(caption(activations, WINDOW)).to_contain_text("After 30 equal steps")
    expect(activations).to_have_url(re.compile(r"activations\.steps=30"))
    settled(activations)
    activations.reload()
    expect(caption(settled(activations), WINDOW)).to_contain_text("After 30 equal steps")
    expect(caption(activations, HERE)).to_contain_text("30 steps at your a")


def test_a_task_sets_function_point_and_steps(activations):
    with redrawn(activations, POINT):
        activations.get_by_role("button", name="1 instead of 1/4").click()
    expect(caption(activations, POINT)).to_have_text(
        "a = 0.0: tanh(a) = 0, slope 1: 100 % of a small change gets through."
    )
    expect(caption(activations, WINDOW)).to_contain_text("After 40 equal steps")
    expect(caption(activations, HERE)).to_contain_text("40 steps at your a = 0.0")
    with redrawn(activations, POINT):
        activations.get_by_role("button", name="Gone for good").click()
    expect(caption(activations, FAR)).to_contain_text("a = 17.5: σ(a) is 2.5 × 10⁻⁸ away from 1")
    expect(caption(activations, POINT)).to_contain_text("a = 10.0: σ(a)")


def test_logits_that_cannot_be_read_are_named_and_the_pictures_stay(activations):
    activations.get_by_role("radiogroup").get_by_role("radio", name="softmax").check(force=True)
    box = activations.get_by_role("textbox", name="The other logits")
    expect(box).to_have_value("1, 0")
    box.fill("1, <b>")
    problem = activations.locator(".live-text .problem", has_text="must hold numbers")
    expect(problem).to_contain_text("got “<b>”")
    expect(caption(activations, POINT)).to_contain_text("p₁ = 0.665")
    expect(box).to_have_value("1, <b>")
    box.fill("2")
    expect(problem).to_have_count(0)
    expect(caption(activations, POINT)).to_contain_text("p₁ = 0.500, slope 0.250")
    activations.get_by_role("textbox", name="Added to every logit").fill("1000")
    expect(activations.get_by_test_id("stMain")).to_contain_text(
        "Logits 1002 and 1002 have probabilities 0.500 and 0.500"
    )


@pytest.mark.parametrize("page", [look("phone-dark")], indirect=True)
def test_a_finger_drags_the_point_on_a_phone(page, server):
    page.goto(f"{server.url}/activations?activations.function=tanh&activations.a=1.0")
    settled(page)
    expect(caption(page, POINT)).to_contain_text("a = 1.0: tanh(a) = 0.762")
    page.touchscreen.tap(*place(page, POINT, -5))
    expect(caption(page, POINT)).to_contain_text("a = −5.0: tanh(a) = −0.999909")
