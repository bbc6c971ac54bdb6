"""Learning under a hand: the slider over the rounds, a line that is clicked, and numbers that are drawn."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tools.browser import PROJECTOR, picture, redrawn, settled, slider, window

from .conftest import look

LIKELIHOOD, LEARNED = "hidden_markov.likelihood", "hidden_markov.learned"
NUMBERS = "hidden_markov.densities"


@pytest.fixture
def opened(page, server):
    page.goto(f"{server.url}/hidden_markov")
    settled(page)
    picture(page, LIKELIHOOD).scroll_into_view_if_needed()
    return settled(page)


def draw(page, points):
    """Draw a line with the pointer through points given as shares of the picture's width and height."""
    picture(page, NUMBERS).scroll_into_view_if_needed()
    settled(page)
    place = picture(page, NUMBERS).locator(".plot").bounding_box()
    path = [(place["x"] + x * place["width"], place["y"] + y * place["height"]) for x, y in points]
    with redrawn(page, NUMBERS):
        page.mouse.move(*path[0])
        page.mouse.down()
        for x, y in path[1:]:
            page.mouse.move(x, y, steps=6)
        page.mouse.up()
    settled(page)


def setting(page, name):
    return parse_qs(urlsplit(page.url).query).get(f"hidden_markov.{name}", [""])[0]


def test_rounds_move_the_likelihood_and_the_tables(opened):
    tables = picture(opened, LEARNED)
    before = tables.get_attribute("data-drawn")
    slider(opened, LIKELIHOOD).focus()
    opened.keyboard.press("Home")
    expect(picture(opened, LIKELIHOOD).get_by_text("before the first round: log P = ")).to_be_visible()
    expect(tables).not_to_have_attribute("data-drawn", before)
    expect(opened).to_have_url(re.compile(r"hidden_markov\.round=0"))


def test_drawn_numbers_are_learned_from_and_travel_with_the_link(opened, browser):
    opened.get_by_role("radio", name="begins a new one").click()
    settled(opened)
    draw(opened, [(0.15, 0.2), (0.3, 0.2), (0.32, 0.5), (0.6, 0.5)])
    expect(opened.get_by_role("radio", name="your numbers")).to_be_checked()
    assert len(setting(opened, "series_numbers").split()) == 120
    said = opened.get_by_text("state 2 around").first.inner_text()
    with window(browser, PROJECTOR) as other:
        other.goto(opened.url)
        settled(other)
        expect(other.get_by_text(said).first).to_be_visible()


@pytest.mark.parametrize("page", [look("phone-dark")], indirect=True)
def test_nothing_scrolls_sideways_on_a_phone(opened):
    opened.get_by_role("radio", name="a sample: points").click()
    settled(opened)
    expect(opened.get_by_text("An ellipse reaches two standard deviations")).to_be_visible()
    assert opened.evaluate("document.documentElement.scrollWidth") == opened.viewport_size["width"]
