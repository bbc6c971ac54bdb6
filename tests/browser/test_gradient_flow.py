"""The page on gradients under a hand: the radius dragged, the boxes, the tasks, the remedies, the words, the link."""

import re

import pytest
from playwright.sync_api import expect

from rnn_core.gradient_flow.sweep import RADII
from tools.browser import ALL_IN_SIGHT, picture, redrawn, settled

from .conftest import look

FLOW, CLAIM, PAIRS, CLIPPING, TRAINED = (
    f"gradient_flow.{name}" for name in ("flow", "claim", "pairs", "clipping", "trained")
)


@pytest.fixture
def gradients(page, server, sent):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/gradient_flow")
    return settled(page)


def caption(page, key=FLOW):
    return picture(page, key).locator(".caption")


def slider(page, key=FLOW):
    return picture(page, key).get_by_role("slider")


def drawn(page, key, trace, axis="y"):
    """The numbers that are drawn."""
    script = "(node, [trace, axis]) => Array.from(node._fullData[trace][axis])"
    return picture(page, key).locator(".plot").evaluate(script, [trace, axis])


def box(page, name):
    return page.get_by_role("textbox", name=name, exact=True)


def choose(page, group, option, changes):
    with redrawn(page, changes):
        page.get_by_role("radiogroup", name=group).get_by_role("radio", name=option, exact=True).check(force=True)


def test_the_first_view_shows_that_gradients_vanish(page, server):
    page.goto(f"{server.url}/gradient_flow")
    settled(page)
    expect(picture(page, FLOW)).to_be_in_viewport(ratio=1)
    expect(slider(page)).to_be_in_viewport()
    expect(caption(page)).to_contain_text("Radius 1. Vanishing, less than 1 % left after: RNN with tanh (22 steps)")
    tanh, sigmoid = drawn(page, FLOW, 0), drawn(page, FLOW, 1)
    assert sigmoid[0] < tanh[0] < -2
    assert tanh[-1] == sigmoid[-1] == 0


def test_the_radius_is_dragged_without_a_message_and_counts_when_it_rests(gradients, sent):
    before, marks = drawn(gradients, FLOW, 0), drawn(gradients, CLAIM, 4, "x")
    assert marks == [1, 1]
    sent.clear()
    box_of = slider(gradients).bounding_box()
    middle = box_of["y"] + box_of["height"] / 2
    gradients.mouse.move(box_of["x"] + 0.39 * box_of["width"], middle)
    gradients.mouse.down()
    for part in (0.5, 0.6, 0.7, 0.8, 0.9, 0.995):
        gradients.mouse.move(box_of["x"] + part * box_of["width"], middle)
    expect(caption(gradients)).to_contain_text("Exploding over 50 steps: RNN with tanh")
    expect(picture(gradients, CLAIM)).to_have_attribute("data-position", str(len(RADII) - 1))
    assert drawn(gradients, FLOW, 0)[0] > 3 > before[0]
    assert drawn(gradients, CLAIM, 4, "x") == [4, 4]
    assert sent == []
    gradients.mouse.up()
    expect(gradients).to_have_url(re.compile(r"gradient_flow\.radius=4"))
    settled(gradients)
    expect(gradients.get_by_text("RNN, tanh at radius 4:")).to_be_visible()


def test_the_second_picture_is_a_handle_of_the_first(gradients):
    spot = (
        picture(gradients, CLAIM)
        .locator(".plot")
        .evaluate(
            """node => {
          const { xaxis, _size: area } = node._fullLayout;
          const box = node.getBoundingClientRect();
          return [box.left + xaxis._offset + xaxis.d2p(2), box.top + area.t + 0.5 * area.h];
        }"""
        )
    )
    gradients.mouse.click(*spot)
    expect(slider(gradients)).to_have_attribute("aria-valuetext", "2")
    expect(gradients).to_have_url(re.compile(r"gradient_flow\.radius=2"))
    settled(gradients)
    expect(picture(gradients, FLOW)).to_have_attribute("data-position", str(RADII.index(2)))


def test_what_can_not_be_read_is_said_and_the_pictures_stay(gradients):
    version = picture(gradients, FLOW).get_attribute("data-wanted")
    box(gradients, "Steps T").fill("300")
    expect(gradients.get_by_text("Steps T must be a whole number from 2 to 200, got 300.")).to_be_visible()
    settled(gradients)
    expect(box(gradients, "Steps T")).to_have_value("300")
    assert picture(gradients, FLOW).get_attribute("data-wanted") == version
    with redrawn(gradients, FLOW):
        box(gradients, "Steps T").fill("30")
    expect(gradients.get_by_text("got 300")).to_have_count(0)
    assert len(drawn(gradients, FLOW, 0)) == 31


def test_tasks_set_the_page_and_the_link_brings_it_back(gradients):
    with redrawn(gradients, FLOW):
        gradients.get_by_role("button", name="Allowed to explode").click()
    expect(slider(gradients)).to_have_attribute("aria-valuetext", "1.2")
    assert drawn(gradients, FLOW, 5)[0] > 0 > drawn(gradients, FLOW, 0)[0], "the bound of tanh, and tanh"
    with redrawn(gradients, FLOW):
        gradients.get_by_role("button", name="Out of numbers").click()
    expect(gradients.get_by_text(re.compile("exactly 0 from \\d+ steps back"))).to_be_visible()
    first = drawn(gradients, FLOW, 3)
    gradients.reload()
    settled(gradients)
    assert drawn(gradients, FLOW, 3) == first
    expect(slider(gradients)).to_have_attribute("aria-valuetext", "0.5")
    expect(box(gradients, "Steps T")).to_have_value("200")
    expect(gradients.get_by_text(re.compile("exactly 0 from \\d+ steps back"))).to_be_visible()


def test_clipping_starts_where_the_reader_clicks(gradients):
    gradients.get_by_role("radiogroup", name="Remedy").get_by_role("radio", name="clipping").check(force=True)
    expect(picture(gradients, CLIPPING)).to_be_visible()
    settled(gradients)
    expect(caption(gradients, CLIPPING)).to_contain_text("is cut to 1: the loss goes from")
    way = drawn(gradients, CLIPPING, 2, "x")
    slider(gradients, CLIPPING).press("End")
    expect(caption(gradients, CLIPPING)).to_contain_text("a threshold of 100 doesn't touch it")
    assert drawn(gradients, CLIPPING, 2, "x") != way
    plot = picture(gradients, CLIPPING).locator(".plot")
    spot = plot.evaluate(
        """node => {
          const { xaxis, yaxis } = node._fullLayout;
          const box = node.getBoundingClientRect();
          return [box.left + xaxis._offset + xaxis.d2p(4.6), box.top + yaxis._offset + yaxis.d2p(-2.7)];
        }"""
    )
    with redrawn(gradients, CLIPPING):
        gradients.mouse.click(*spot)
    assert drawn(gradients, CLIPPING, 3, "x")[0] == pytest.approx(4.6, abs=0.02)
    expect(gradients).to_have_url(re.compile(r"gradient_flow\.point=4\.6"))


def test_the_trained_networks_read_what_is_typed(gradients):
    expect(gradients.get_by_text("over all 117 words before the last")).to_be_visible()
    with redrawn(gradients, TRAINED):
        gradients.get_by_role("button", name="Negation").click()
    expect(gradients.get_by_text("over all 14 words before the last")).to_be_visible()
    box(gradients, "A film review").fill("")
    expect(gradients.get_by_text("None of these words is read")).to_be_visible()
    with redrawn(gradients, TRAINED):
        box(gradients, "A film review").fill("what an ending")
    expect(gradients.get_by_text("over all 2 words before the last")).to_be_visible()
    assert len(drawn(gradients, TRAINED, 0)) == 3


@pytest.mark.parametrize("page", [look("phone-light")], indirect=True)
def test_on_a_phone_the_slider_follows_its_picture(page, server):
    page.goto(f"{server.url}/gradient_flow")
    settled(page)
    picture(page, FLOW).evaluate("node => node.scrollIntoView({ block: 'center' })")
    expect(picture(page, FLOW).locator(".plot")).to_be_in_viewport(ratio=0.95)
    expect(slider(page)).to_be_in_viewport(ratio=0.95)
    slider(page).press("End")
    expect(caption(page)).to_contain_text("Radius 4.")
