"""The gates page as a visitor uses it: words typed, changed, dropped and put back; controls; links; numbers."""

import csv
import re

import pytest
from playwright.sync_api import expect

from rnn_core.examples import FIRST, REVIEWS
from tools.browser import PROJECTOR, redrawn, settled, window

from .conftest import look

PICTURES = ("gates.probability", "gates.main", "gates.second", "gates.units", "gates.reach")
ALL_IN_SIGHT = {"width": 1440, "height": 3600}
"""A window with room for all pictures: one that is far outside of the window is not drawn."""


@pytest.fixture
def gates(page, server):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/gates")
    return settled(page)


def picture(page, key):
    return page.locator(f".st-key-{key.replace('.', '-')} .live-figure")


def versions(page):
    """What is to be drawn, a fingerprint a picture; one that is far below the window is not drawn yet."""
    return {key: picture(page, key).get_attribute("data-wanted") for key in PICTURES}


def box(page):
    return page.get_by_role("textbox", name="A film review")


def chips(page):
    return page.locator(".word-chips .words button")


def editor(page):
    return page.locator(".word-chips .editor")


def choose(page, group, option, changes="gates.main"):
    """Choose one of a few, and wait until it has changed a picture."""
    with redrawn(page, changes):
        page.get_by_role("radiogroup", name=group).first.get_by_role("radio", name=option).check(force=True)


def title(page, key):
    """What stands above a heatmap."""
    return picture(page, key).locator(".annotation-text").first


def lines(page, key):
    return picture(page, key).locator(".scatterlayer .js-line")


def test_typing_changes_words_and_pictures_without_enter(gates):
    before = versions(gates)
    box(gates).fill("")
    expect(chips(gates)).to_have_count(0)
    box(gates).press_sequentially("a wonderful film, not a waste of time", delay=15)
    expect(chips(gates).locator(".text")).to_have_text(["a", "wonderful", "film,", "not", "a", "waste", "of", "time"])
    settled(gates)
    after = versions(gates)
    assert all(after[key] != before[key] for key in PICTURES)
    for key in PICTURES:
        expect(picture(gates, key)).to_have_attribute("data-version", after[key])
    expect(gates).to_have_url(re.compile(r"gates\.text=a\+wonderful\+film"))


def test_a_new_text_forgets_changed_words(gates):
    chips(gates).nth(3).click()
    with redrawn(gates, "gates.main"):
        editor(gates).get_by_role("button", name="Drop the word").click()
    box(gates).fill("a truly good film")
    expect(chips(gates)).to_have_count(4)
    expect(gates.locator(".word-chips del")).to_have_count(0)
    settled(gates)
    expect(gates).not_to_have_url(re.compile("gates.edits"))


def test_a_word_by_keyboard_alone(gates):
    chips(gates).first.focus()
    for key, focused in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", 13), ("Home", 0)):
        gates.keyboard.press(key)
        expect(chips(gates).nth(focused)).to_be_focused()
    for _ in range(3):
        gates.keyboard.press("ArrowRight")
    gates.keyboard.press("Enter")
    entry = editor(gates).get_by_role("textbox")
    expect(entry).to_be_focused()
    expect(entry).to_have_value("boring")
    gates.keyboard.press("Escape")
    expect(editor(gates)).to_be_hidden()
    expect(chips(gates).nth(3)).to_be_focused()
    gates.keyboard.press("Enter")
    with redrawn(gates, "gates.main"):
        gates.keyboard.type("marvellous")  # what stood there is selected
        gates.keyboard.press("Enter")
    expect(chips(gates).nth(3).locator(".text")).to_have_text("boring marvellous")
    expect(chips(gates).nth(3).locator("del")).to_have_text("boring")
    expect(chips(gates).nth(3)).to_be_focused()
    gates.keyboard.press("Enter")
    expect(entry).to_have_value("marvellous")
    for _ in range(3):
        gates.keyboard.press("Tab")
    expect(editor(gates).get_by_role("button", name="Put it back")).to_be_focused()
    with redrawn(gates, "gates.main"):
        gates.keyboard.press("Enter")
    expect(chips(gates).nth(3).locator(".text")).to_have_text("boring")
    expect(chips(gates).nth(3)).to_be_focused()


def test_a_click_elsewhere_closes_the_editor(gates):
    before = versions(gates)
    chips(gates).nth(3).click()
    expect(editor(gates)).to_be_visible()
    expect(editor(gates)).to_contain_text("Instead of “boring”, read")
    expect(editor(gates).get_by_role("button", name="Put it back")).to_be_hidden()
    gates.get_by_role("heading", level=1).click()
    expect(editor(gates)).to_be_hidden()
    assert versions(gates) == before


def test_both_runs_are_seen_over_each_other(gates):
    once = {key: lines(gates, key).count() for key in ("gates.probability", "gates.units")}
    untouched = versions(gates)
    chips(gates).nth(3).click()
    with redrawn(gates, "gates.main"):
        editor(gates).get_by_role("textbox").fill("great")
        editor(gates).get_by_role("button", name="Change").click()
    chips(gates).nth(4).click()
    with redrawn(gates, "gates.main"):
        editor(gates).get_by_role("button", name="Drop the word").click()
    expect(chips(gates).nth(4)).to_have_attribute("data-state", "dropped")
    for key, count in once.items():
        expect(lines(gates, key)).to_have_count(2 * count)
    names = picture(gates, "gates.probability").locator(".xtick text")
    expect(names.nth(3)).to_have_text("boring → great")
    expect(names.nth(4)).to_have_text("film")
    # The difference is nothing before the first change.
    choose(gates, "Show", "difference to the text as typed")
    expect(title(gates, "gates.main")).to_contain_text("difference")
    first = "node => [0, 1, 2].every((k) => node._fullData[0].z.every((row) => row[k] === 0))"
    assert picture(gates, "gates.main").locator(".plot").evaluate(first)
    assert not picture(gates, "gates.main").locator(".plot").evaluate(first.replace("[0, 1, 2]", "[3]"))
    with redrawn(gates, "gates.main"):
        gates.get_by_role("button", name="Put all words back").click()
    expect(gates.get_by_role("button", name="Put all words back")).to_have_count(0)
    expect(gates.locator(".word-chips del")).to_have_count(0)
    assert versions(gates) == untouched


def test_an_example_replaces_text_and_changes(gates):
    chips(gates).nth(3).click()
    with redrawn(gates, "gates.main"):
        editor(gates).get_by_role("button", name="Drop the word").click()
    for name, text in REVIEWS.items():
        with redrawn(gates, "gates.main"):
            gates.get_by_role("button", name=name).click()
        expect(box(gates)).to_have_value(text)
        expect(chips(gates)).to_have_count(len(text.split()))
        expect(gates.locator(".word-chips del")).to_have_count(0)


def test_controls_choose_network_quantity_order_and_neighbour(gates):
    label = gates.locator(".word-chips .words")
    expect(label).to_have_attribute("aria-label", re.compile("LSTM"))
    expect(title(gates, "gates.main")).to_have_text("LSTM forget gate")
    expect(title(gates, "gates.second")).to_have_text("GRU update gate")
    choose(gates, "Beside it", "RNN", changes="gates.second")
    expect(title(gates, "gates.second")).to_have_text("RNN hidden state")
    choose(gates, "Quantity", "cell state")
    expect(title(gates, "gates.main")).to_have_text("LSTM cell state")
    shares = [chip.get_attribute("aria-label") for chip in chips(gates).all()]
    choose(gates, "Network", "GRU")
    expect(title(gates, "gates.main")).to_have_text("GRU update gate")
    expect(label).to_have_attribute("aria-label", re.compile("GRU"))
    assert [chip.get_attribute("aria-label") for chip in chips(gates).all()] != shares
    rows = "node => node._fullData[0].customdata.map((row) => row[0])"
    by_readout = picture(gates, "gates.main").locator(".plot").evaluate(rows)
    choose(gates, "Units sorted by", "similarity")
    by_similarity = picture(gates, "gates.main").locator(".plot").evaluate(rows)
    assert by_similarity != by_readout
    assert sorted(by_similarity) == sorted(by_readout) == list(range(len(by_readout)))


def test_the_copied_link_shows_the_same_view(gates, browser):
    gates.context.grant_permissions(["clipboard-read", "clipboard-write"])
    with redrawn(gates, "gates.main"):
        box(gates).fill("Ça c'est “bon” & 100 % *fine* ~ <b>not</b> bad, +1 #film?")
    choose(gates, "Network", "GRU")
    choose(gates, "Quantity", "reset gate")
    choose(gates, "Units sorted by", "similarity")
    choose(gates, "Beside it", "RNN", changes="gates.second")
    chips(gates).nth(1).click()
    with redrawn(gates, "gates.main"):
        editor(gates).get_by_role("textbox").fill("isn't")
        gates.keyboard.press("Enter")
    units = picture(gates, "gates.units")
    units.get_by_role("slider").press("Home")
    expect(units).to_have_attribute("data-position", "0")
    unit = units.locator("output").inner_text()
    expect(gates).to_have_url(re.compile(rf"gates\.unit={unit}\b"))
    settled(gates)
    gates.get_by_role("button", name="Copy link").click()
    expect(gates.locator(".share [role=status]")).to_have_text("Copied")
    link = gates.evaluate("navigator.clipboard.readText()")
    assert link == gates.url
    with window(browser, PROJECTOR) as other:
        other.set_viewport_size(ALL_IN_SIGHT)
        other.goto(link)
        settled(other)
        expect(box(other)).to_have_value("Ça c'est “bon” & 100 % *fine* ~ <b>not</b> bad, +1 #film?")
        assert [chip.inner_text() for chip in chips(other).all()] == [chip.inner_text() for chip in chips(gates).all()]
        expect(picture(other, "gates.units").locator("output")).to_have_text(unit)
        assert versions(other) == versions(gates)
        # Nothing chosen by the link stays chosen for a visitor of the bare page.
        other.goto(gates.url.split("?")[0])
        settled(other)
        expect(box(other)).to_have_value(FIRST)


def test_another_page_and_back(gates, server):
    """By the menu what was typed is kept; the browser's Back leaves the page, however much was typed on it."""
    gates.get_by_role("link", name="Unfold").first.click()
    expect(gates.get_by_role("heading", level=1)).to_have_text("Unfold")
    settled(gates)
    gates.get_by_test_id("stMain").get_by_role("link", name="Watch the gates").click()
    expect(box(gates)).to_have_value(FIRST)
    settled(gates)
    for text in ("kept", "kept in", "kept in mind"):
        with redrawn(gates, "gates.main"):
            box(gates).fill(text)
    choose(gates, "Network", "GRU")
    gates.go_back()
    expect(gates.get_by_role("heading", level=1)).to_have_text("Unfold")
    settled(gates)
    gates.go_forward()
    expect(box(gates)).to_have_value("kept in mind")
    settled(gates)
    gates.get_by_role("link", name="Unfold").first.click()
    expect(gates.get_by_role("heading", level=1)).to_have_text("Unfold")
    settled(gates)
    gates.get_by_test_id("stMain").get_by_role("link", name="Watch the gates").click()
    expect(box(gates)).to_have_value("kept in mind")
    settled(gates)
    expect(gates).to_have_url(re.compile(r"gates\.text=kept\+in\+mind"))
    expect(chips(gates)).to_have_text([re.compile("kept"), re.compile("in"), re.compile("mind")])
    expect(title(gates, "gates.main")).to_contain_text("GRU")


def numbers(page, key, path):
    """Open the numbers of a picture; return the table on the page and the rows of the CSV."""
    page.locator(f".st-key-{key.replace('.', '-')}-numbers").get_by_role("button", name="The numbers").click()
    table = page.locator("[data-testid=stPopoverBody] table")
    expect(table).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as CSV").click()
    waiting.value.save_as(path)
    assert waiting.value.suggested_filename.endswith(".csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    shown = table.locator("tr").evaluate_all(
        "rows => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    page.keyboard.press("Escape")
    return shown, rows


def test_the_numbers_as_table_and_as_file(gates, tmp_path):
    with redrawn(gates, "gates.main"):
        box(gates).fill('Not a "bad" film, =SUM(A1)!')
    shown, rows = numbers(gates, "gates.probability", tmp_path / "words.csv")
    assert rows[0][:6] == ["word", "token", "known", "share", "score", "probability"]
    assert [row[1] for row in rows[1:]] == ["not", "a", "bad", "film", "sum", "a1", "!"]
    assert rows[3][0] == '"bad"'
    assert rows[5][0] == "'=SUM(A1)!", "a spreadsheet must not run it"
    assert shown[0] == rows[0]
    assert [row[1] for row in shown] == [row[1] for row in rows]
    probability = rows[0].index("probability")
    assert 0 < float(rows[-1][probability]) < 1
    assert [float(row[probability]) for row in shown[1:]] == pytest.approx(
        [float(row[probability]) for row in rows[1:]], rel=1e-3
    )
    shown, rows = numbers(gates, "gates.main", tmp_path / "gates.csv")
    assert rows[0] == ["word", "token", *(f"unit {unit}" for unit in range(50))]
    assert shown[0] == rows[0]
    drawn = (
        picture(gates, "gates.main")
        .locator(".plot")
        .evaluate("node => node._fullData[0].z.map((row, k) => [node._fullData[0].customdata[k][0], [...row]])")
    )
    for unit, course in drawn:
        assert [float(row[2 + unit]) for row in rows[1:]] == pytest.approx(course, abs=1e-6)


def test_the_keyboard_reaches_everything(gates):
    """From the text box on by Tab alone: an example, a word, a slider, a picture's PNG, the numbers."""
    wanted = {
        "example": '[...document.querySelectorAll("button")].some((node) => node === active && '
        'node.textContent.trim() === "Sarcasm")',
        "word": 'active.closest(".word-chips .words")',
        "slider": 'active.matches(".live-figure input[type=range]")',
        "png": 'active.matches(".live-figure button.png")',
        "numbers": 'active.matches("button") && active.textContent.includes("The numbers")',
    }
    box(gates).focus()
    reached = set()
    for _ in range(60):
        gates.keyboard.press("Tab")
        for name, condition in wanted.items():
            if gates.evaluate(f"() => {{ const active = document.activeElement; return Boolean({condition}); }}"):
                reached.add(name)
        if reached == set(wanted):
            break
    assert reached == set(wanted)


@pytest.mark.parametrize("page", [look("phone-dark")], indirect=True)
def test_a_phone_in_the_dark(page, server):
    """Pictures are as wide as the phone lets them, light on dark, each drawn when it comes near."""
    page.goto(f"{server.url}/gates")
    settled(page)
    with redrawn(page, "gates.words"):
        box(page).fill("not bad, not bad at all")
    for key in PICTURES:
        plot = picture(page, key).locator(".plot")
        plot.scroll_into_view_if_needed()
        expect(plot.locator("text").first).to_have_css("fill", re.compile(r"rgb\((1[2-9]\d|2\d\d), "))
        assert 280 <= plot.bounding_box()["width"] <= 390
