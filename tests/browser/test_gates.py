"""The gates page as a visitor uses it."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rnn_core.config import MAX_TOKENS
from tools.browser import redrawn, settled, window

from .conftest import look

PICTURES = ("gates.probability", "gates.main", "gates.second", "gates.units", "gates.reach")


def part(page, key):
    """The picture or the words of that key."""
    return page.locator(f".st-key-{key.replace('.', '-')} :is(.live-figure, .word-chips)")


def box(page):
    return page.locator(".live-text textarea")


def chips(page):
    return page.locator(".word-chips .words button")


def versions(page):
    """What is drawn, a fingerprint a picture."""
    return {key: part(page, key).get_attribute("data-version") for key in PICTURES}


def write(page, text):
    """Put a text into the box and wait until it is drawn."""
    with redrawn(page, "gates.words"):
        box(page).fill(text)


@pytest.fixture
def gates(page, server):
    page.goto(f"{server.url}/gates")
    return settled(page)


def test_typing_changes_every_picture(gates):
    before = versions(gates)
    with redrawn(gates, "gates.words"):
        box(gates).fill("")
        box(gates).press_sequentially("a wonderful film, not a waste of time", delay=15)
        expect(chips(gates)).to_have_count(8)
    expect(chips(gates).locator(".text")).to_have_text(["a", "wonderful", "film,", "not", "a", "waste", "of", "time"])
    after = versions(gates)
    assert all(after[key] != before[key] for key in PICTURES)


def test_link_shows_the_same_view(gates, browser):
    write(gates, "not good, but not bad")
    with redrawn(gates, "gates.main"):
        gates.get_by_role("radio", name="GRU").first.click()
    chips(gates).nth(2).click()
    with redrawn(gates, "gates.words"):
        gates.locator(".word-chips .editor input").fill("yet")
        gates.keyboard.press("Enter")
    with window(browser, look("projector-light").values[0]) as other:
        other.goto(gates.url)
        settled(other)
        expect(box(other)).to_have_value("not good, but not bad")
        expect(chips(other).nth(2)).to_contain_text("yet")
        assert versions(other) == versions(gates)


def test_word_is_changed_dropped_and_put_back(gates):
    write(gates, "this is not bad")
    untouched = versions(gates)
    chips(gates).nth(2).click()
    with redrawn(gates, "gates.words"):
        gates.get_by_role("button", name="Drop the word").click()
    expect(chips(gates).nth(2)).to_have_attribute("data-state", "dropped")
    expect(chips(gates).nth(2).locator("del")).to_have_text("not")
    dropped = versions(gates)
    assert all(dropped[key] != untouched[key] for key in ("gates.probability", "gates.main", "gates.units"))
    chips(gates).nth(2).click()
    with redrawn(gates, "gates.words"):
        gates.get_by_role("button", name="Put it back").click()
    expect(chips(gates).nth(2)).to_have_attribute("data-state", "read")
    assert versions(gates) == untouched


def test_new_text_forgets_changed_words(gates):
    write(gates, "this is not bad")
    chips(gates).nth(2).click()
    with redrawn(gates, "gates.words"):
        gates.get_by_role("button", name="Drop the word").click()
    write(gates, "a truly good film")
    expect(chips(gates).locator("del")).to_have_count(0)


@pytest.mark.parametrize("key", ["gates.probability", "gates.units"])
def test_slider_is_drawn_here(gates, key):
    """By keyboard, one step a press, without waiting for the server."""
    picture = part(gates, key)
    slider = picture.get_by_role("slider")
    slider.press("Home")
    expect(picture).to_have_attribute("data-position", "0")
    settled(gates)
    gates.context.set_offline(True)  # what a server would have to draw can't come
    for position in ("1", "2", "3"):
        slider.press("ArrowRight")
        expect(picture).to_have_attribute("data-position", position)
    gates.context.set_offline(False)


def test_slider_of_units_follows_a_click_on_the_heatmap(gates):
    slider = part(gates, "gates.units").get_by_role("slider")
    slider.press("Home")
    plot = part(gates, "gates.main").locator(".plot .nsewdrag").first
    area = plot.bounding_box()
    plot.click(position={"x": area["width"] / 2, "y": area["height"] / 2})
    middle = int(slider.get_attribute("max")) / 2
    expect(part(gates, "gates.units")).to_have_attribute("data-position", re.compile(r"^(?!0$)\d+$"))
    assert abs(int(slider.input_value()) - middle) <= 2


def test_zoom_outlives_a_new_text(gates):
    plot = part(gates, "gates.main").locator(".plot")
    shown = "node => node._fullLayout.xaxis.range.map((end) => Number(end.toFixed(3)))"
    whole = plot.evaluate(shown)
    plot.scroll_into_view_if_needed()
    area = plot.locator(".nsewdrag").first.bounding_box()
    gates.mouse.move(area["x"] + 0.3 * area["width"], area["y"] + 0.5 * area["height"])
    gates.mouse.down()
    gates.mouse.move(area["x"] + 0.7 * area["width"], area["y"] + 0.5 * area["height"], steps=5)
    gates.mouse.up()
    zoomed = plot.evaluate(shown)
    assert whole[0] < zoomed[0] < zoomed[1] < whole[1]
    write(gates, "I expected a boring film, but it turned out to be a beautiful surprise.")
    assert plot.evaluate(shown) == zoomed


def test_node_of_a_picture_stays(gates):
    plot = part(gates, "gates.probability").locator(".plot")
    plot.evaluate("node => { node.remembered = true; }")
    write(gates, "another text")
    assert plot.evaluate("node => node.remembered") is True


def test_markup_stays_text(gates):
    write(gates, "<img src=x onerror=alert(1)> <b>bold</b> *star* <script>alert(2)</script> $x$ :red[no]")
    expect(gates.locator("[data-testid=stMain] img[src=x]")).to_have_count(0)
    expect(chips(gates).first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(chips(gates).first).to_have_attribute("data-state", "dropped")
    expect(gates.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param("   ", 0, id="spaces"),
        pytest.param("?!?! …", 2, id="marks"),
        pytest.param("😀😀 👍🏽", 2, id="emoji"),
        pytest.param("<br />", 1, id="tag"),
        pytest.param("Это лучший фильм года", 4, id="Russian"),
        pytest.param("这部电影很好看", 1, id="Chinese"),
        pytest.param("فيلم جميل جدا", 3, id="Arabic"),
        pytest.param("a\u0000b\u202ec", 1, id="control characters"),
    ],
)
def test_strange_text_is_shown_sensibly(gates, text, words):
    box(gates).fill(text)
    expect(chips(gates)).to_have_count(words)
    settled(gates)
    expect(gates.get_by_test_id("stException")).to_have_count(0)
    expect(box(gates)).to_have_value(text)


def test_hundred_thousand_characters(gates):
    word = "wonderful "
    text = (word * 10_000)[:100_000]
    with redrawn(gates, "gates.probability"):
        box(gates).fill(text)
    expect(box(gates)).to_have_value(text)
    expect(gates.get_by_test_id("stMain")).to_contain_text(str(MAX_TOKENS))
    expect(gates.get_by_test_id("stException")).to_have_count(0)
    write(gates, "and back to a short one")
    expect(chips(gates)).to_have_count(6)


def test_numbers_can_be_saved(gates, tmp_path):
    gates.locator(".st-key-gates-probability-numbers button").first.click()
    settled(gates)
    with gates.expect_download() as waiting:
        gates.get_by_role("button", name="Save as CSV").click()
    file = tmp_path / "numbers.csv"
    waiting.value.save_as(file)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) >= chips(gates).count()


@pytest.mark.parametrize("key", PICTURES)
def test_picture_can_be_saved(gates, tmp_path, key):
    with gates.expect_download() as waiting:
        part(gates, key).get_by_role("button", name="PNG").click()
    file = tmp_path / "picture.png"
    waiting.value.save_as(file)
    assert Path(file).read_bytes().startswith(b"\x89PNG")
    assert file.stat().st_size > 10_000


@pytest.mark.parametrize("page", [look("phone-dark")], indirect=True)
def test_phone_in_the_dark(gates):
    """Pictures are as wide as the phone lets them, and light on dark."""
    write(gates, "not bad, not bad at all")
    for key in PICTURES:
        plot = part(gates, key).locator(".plot")
        assert 280 <= plot.bounding_box()["width"] <= 390
        color = plot.locator("text").first.evaluate("node => getComputedStyle(node).fill")
        assert min(map(int, re.findall(r"\d+", color)[:3])) > 120, color


def test_keyboard_reaches_words_and_sliders(gates):
    """From the text box on by Tab alone: examples, a word, a slider."""
    box(gates).focus()
    reached = set()
    for _ in range(80):
        gates.keyboard.press("Tab")
        reached.add(
            gates.evaluate(
                """() => document.activeElement.closest(".word-chips") ? "word"
                  : document.activeElement.matches("input[type=range]") ? "slider"
                  : document.activeElement.closest("[class*=st-key-gates-example]") ? "example" : "other" """
            )
        )
    assert {"word", "slider", "example"} <= reached


def test_back_from_another_page_keeps_the_text(gates):
    write(gates, "kept in mind")
    gates.get_by_role("link", name="Unfold").first.click()
    settled(gates)
    gates.get_by_test_id("stMain").get_by_role("link", name="Watch the gates").click()
    settled(gates)
    expect(box(gates)).to_have_value("kept in mind")
