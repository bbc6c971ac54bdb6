"""A Markov chain under a hand: its run played and dragged, its table typed and mistyped, letters, links."""

import re

import pytest
from playwright.sync_api import expect

from tools.browser import PROJECTOR, caption, picture, redrawn, settled, slider, window

from .conftest import look

CHAIN, RUN = "markov_chain.chain", "markov_chain.run"


@pytest.fixture
def chain(page, server):
    page.goto(f"{server.url}/markov_chain")
    return settled(page)


def cell(page, row, column):
    return page.locator(".st-key-markov_chain-table-box").get_by_role("textbox").nth(3 * row + column)


@pytest.mark.parametrize("page", [look("projector-light"), look("phone-dark")], indirect=True)
def test_the_chain_and_its_long_run_are_on_the_first_screen(page, server):
    page.goto(f"{server.url}/markov_chain")
    settled(page)
    expect(page.get_by_text("its long run is the same: rain 40")).to_be_visible()
    place = picture(page, CHAIN).locator(".plot").bounding_box()
    share = 1 if page.viewport_size["width"] > 600 else 0.75
    assert place["y"] + share * place["height"] < page.viewport_size["height"]


def test_the_run_is_stepped_and_dragged_without_the_server(chain, server):
    slider(chain, CHAIN).focus()
    with server.stopped():
        chain.keyboard.press("Home")
        expect(caption(chain, CHAIN)).to_have_text("The run starts in rain. Press play.")
        for step in range(1, 13):
            chain.keyboard.press("ArrowRight")
            expect(picture(chain, CHAIN)).to_have_attribute("data-position", str(step))
            expect(picture(chain, RUN)).to_have_attribute("data-position", str(step))
            assert caption(chain, CHAIN).inner_text().startswith(f"Step {step}: ")
    expect(chain).to_have_url(re.compile(r"markov_chain\.time=12\b"))
    settled(chain)
    # The picture of the run is a handle of the same slider.
    plot = picture(chain, RUN).locator(".plot").bounding_box()
    middle = plot["y"] + plot["height"] / 2
    chain.mouse.move(plot["x"] + 0.5 * plot["width"], middle)
    chain.mouse.down()
    chain.mouse.move(plot["x"] + 0.3 * plot["width"], middle, steps=4)
    chain.mouse.up()
    expect(picture(chain, CHAIN)).to_have_attribute("data-position", re.compile(r"^2[0-5]$"))  # it was dragged to there
    step = picture(chain, CHAIN).get_attribute("data-position")
    expect(picture(chain, RUN)).to_have_attribute("data-position", step)
    expect(chain).to_have_url(re.compile(rf"markov_chain\.time={step}\b"))


def test_a_table_is_mistyped_and_mended_and_grows(chain):
    now = picture(chain, CHAIN).get_attribute("data-version")
    cell(chain, 0, 0).fill("3")
    expect(chain.get_by_text("The row “rain” of the table sums to 3.5: it must sum to 1.")).to_be_visible()
    expect(picture(chain, CHAIN)).to_have_attribute("data-version", now)
    with redrawn(chain, CHAIN):
        chain.get_by_role("button", name="Make the rows sum to 1").click()
    expect(cell(chain, 0, 0)).to_have_value(re.compile(r"0\.857"))
    expect(chain.get_by_text("it must sum to 1")).to_have_count(0)
    # A state that is added may be called anything.
    with redrawn(chain, CHAIN):
        chain.get_by_role("textbox", name="States, apart by commas").fill("rain, nice, snow, <b>fog</b>")
    expect(picture(chain, CHAIN).locator("text").filter(has_text="<b>fog").first).to_be_visible()
    expect(chain.get_by_text("{<b>fog</b>} is left for good")).to_be_visible()
    chain.get_by_role("textbox", name="A path, state by state").fill("<b>fog</b>, rain")
    expect(chain.get_by_text("The path can't happen: the chain doesn't start in <b>fog</b>.")).to_be_visible()


def test_letters_of_a_text_are_counted_as_it_is_typed(chain):
    with redrawn(chain, CHAIN):
        chain.get_by_role("button", name="A machine that babbles").click()
    expect(caption(chain, CHAIN)).to_contain_text("Step 200: ")
    with redrawn(chain, CHAIN):
        chain.get_by_role("textbox", name="The text that is counted").fill("la la land")
    expect(chain.get_by_text("Letters as often as in the text: “")).to_be_visible()
    chain.get_by_role("textbox", name="The text that is counted").fill("12")
    expect(chain.get_by_text("The text must hold at least one letter.")).to_be_visible()


def test_the_link_restores_chain_run_and_path(chain, browser, server):
    with redrawn(chain, CHAIN):
        chain.get_by_role("button", name="Gambler").click()
    chain.get_by_role("textbox", name="A path, state by state").fill("2, 1, 0")
    expect(chain.get_by_text("1 × 0.6 × 0.6 = 0.36.")).to_be_visible()
    slider(chain, CHAIN).focus()
    chain.keyboard.press("Home")
    chain.keyboard.press("ArrowRight")
    expect(chain).to_have_url(re.compile("time=1"))
    said = caption(chain, CHAIN).inner_text()
    with window(browser, PROJECTOR) as other:
        other.goto(chain.url)
        settled(other)
        assert caption(other, CHAIN).inner_text() == said
        expect(other.get_by_text("1 × 0.6 × 0.6 = 0.36.")).to_be_visible()
        expect(other.get_by_text("from 2 it ends in {0} with 69")).to_be_visible()
