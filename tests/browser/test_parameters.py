"""The page that counts under a hand: sizes typed and mistyped, blocks pointed at, the budget dragged, links."""

import re

import pytest
from playwright.sync_api import expect

from tools.browser import ALL_IN_SIGHT, PROJECTOR, redrawn, settled, window

from .conftest import look


@pytest.fixture
def counting(page, server, sent):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/parameters")
    return settled(page)


def picture(page, name):
    return page.locator(f".st-key-parameters-{name} .live-figure")


def written(page, name="matrices"):
    """Every text in a picture."""
    return picture(page, name).locator(".textpoint text").all_text_contents()


def box(page, label):
    return page.get_by_role("textbox", name=label)


def choose(page, group, option):
    with redrawn(page, "parameters.matrices"):
        page.get_by_role("radiogroup", name=group, exact=True).get_by_role("radio", name=option).check(force=True)


def titles(page):
    """What stands over each network, without its spaces."""
    return [re.sub(r"\s", "", text) for text in written(page) if re.match(r"RNN|GRU|LSTM", text)]


def test_the_first_view_shows_one_three_and_four(counting):
    assert titles(counting) == ["RNN7,550", "GRU22,650", "LSTM30,200"]
    assert {"reset", "update", "candidate", "forget"} <= {text.strip() for text in written(counting)}
    expect(counting.get_by_text("4 × (100 + 50 + 1) × 50", exact=True)).to_be_visible()


@pytest.mark.parametrize("page", [look("projector-light"), look("phone-dark")], indirect=True)
def test_the_matrices_are_on_the_first_screen(page, server):
    """Of the phone's, at least their upper half."""
    page.goto(f"{server.url}/parameters")
    settled(page)
    place = picture(page, "matrices").bounding_box()
    share = 1 if page.viewport_size["width"] > 600 else 0.4
    assert place["y"] + share * place["height"] < page.viewport_size["height"]


def test_a_block_that_is_pointed_at_names_itself(counting):
    corner = counting.evaluate(
        """() => {
          const node = document.querySelector(".st-key-parameters-matrices .plot");
          const { xaxis, yaxis } = node._fullLayout;
          const group = node.data.filter((trace) => trace.type === "heatmap").at(-1);
          const place = node.getBoundingClientRect();
          return [place.x + xaxis._offset + xaxis.l2p((group.x[0] + group.x[1]) / 2),
                  place.y + yaxis._offset + yaxis.l2p((group.y[2] + group.y[3]) / 2)];
        }"""
    )
    counting.mouse.move(*corner)
    label = picture(counting, "matrices").locator(".hoverlayer .hovertext")
    expect(label).to_contain_text("LSTM, forget gate")
    expect(label).to_contain_text("50 × 100 = 5,000 parameters")


def test_a_size_is_read_while_it_is_typed_and_what_can_not_be_read_is_said(counting):
    hidden = box(counting, "Hidden units m")
    with redrawn(counting, "parameters.matrices"):
        hidden.fill("64")
    assert titles(counting)[-1] == "LSTM42,240"
    expect(counting).to_have_url(re.compile(r"parameters\.hidden=64"))
    hidden.fill("lots")
    problem = counting.locator(".live-text .problem:visible")
    expect(problem).to_contain_text("The hidden size m must be a whole number from 1 to 10,000, got “lots”.")
    expect(hidden).to_have_value("lots")
    settled(counting)
    assert titles(counting)[-1] == "LSTM42,240"
    with redrawn(counting, "parameters.matrices"):
        hidden.fill("20")
    expect(problem).to_have_count(0)
    projection = box(counting, re.compile("Projection p"))
    projection.fill("20")
    expect(problem).to_contain_text("The projection p must be smaller than the hidden size m = 20, got 20")


def test_the_budget_is_dragged_without_a_word_to_the_server(counting, sent):
    deck = picture(counting, "reverse")
    handle = deck.get_by_role("slider")
    handle.focus()
    before = len(sent)
    for _ in range(3):
        counting.keyboard.down("ArrowRight")
    expect(deck.locator(".caption")).to_contain_text("2,000,000 parameters (Textbook) buy: RNN m = 1,364")
    assert len(sent) == before
    counting.keyboard.up("ArrowRight")
    expect(counting).to_have_url(re.compile(r"parameters\.budget=2%2C000%2C000|parameters\.budget=2,000,000"))
    area = deck.locator(".nsewdrag").last
    area.scroll_into_view_if_needed()
    place = area.bounding_box()
    middle = place["y"] + place["height"] / 2
    counting.mouse.move(place["x"] + 0.5 * place["width"], middle)
    counting.mouse.down()
    counting.mouse.move(place["x"] + place["width"] - 2, middle)
    expect(deck.locator("output")).to_have_text("100,000,000")
    expect(deck.locator(".caption")).to_contain_text("RNN m = 9,949")
    counting.mouse.up()


def test_a_task_sets_the_page_and_its_link_brings_it_back(counting, browser, server):
    with redrawn(counting, "parameters.shares"):
        counting.get_by_role("button", name="One network, two counts").click()
    expect(counting.get_by_text("LSTM’s 2,757,761 parameters")).to_be_visible()
    choose(counting, "Counted as", "PyTorch")
    expect(counting.get_by_text("LSTM’s 2,758,785 parameters")).to_be_visible()
    address = counting.url
    with window(browser, PROJECTOR) as other:
        other.goto(address)
        settled(other)
        expect(other.get_by_text("LSTM’s 2,758,785 parameters")).to_be_attached()
        expect(box(other, "Input size n")).to_have_value("128")
        assert titles(other) == titles(counting)


def test_a_task_moves_the_budget(counting):
    counting.get_by_role("button", name="The networks of this app").click()
    deck = picture(counting, "reverse")
    expect(deck.locator("output")).to_have_text("3,000,000")
    expect(deck.locator(".caption")).to_contain_text("3,000,000 parameters (PyTorch) buy: RNN m = 949")
