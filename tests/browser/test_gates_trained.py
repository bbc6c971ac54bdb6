"""The gates page with networks that visitors have trained: they read, are told apart, and are put away."""

import re

import pytest
from playwright.sync_api import expect

from rnn_core import text_pipeline
from rnn_core.run_files import RunFiles
from tests.made_runs import made_network, made_run, made_spec
from tools.browser import ALL_IN_SIGHT, picture, redrawn, settled

from .conftest import look

MARKUP = "<img src=x onerror=window.hacked=1> **b** %{y} $x$"


@pytest.fixture(scope="module")
def kept(server):
    """Three runs that the server keeps; they cut a text in three ways."""
    files = RunFiles(server.cache / "runs")
    specs = {
        "mine1": ("classroom LSTM", made_spec("lstm", hidden_size=12)),
        "mine2": (MARKUP, made_spec("gru", pipeline=text_pipeline.Spec())),
        "mine3": ("RNN", made_spec("rnn", max_tokens=4)),
    }
    for id, (name, spec) in specs.items():
        files.save(made_run(id, spec, name=name), made_network(spec))
    return files


def lines(page, key):
    return picture(page, key).locator(".scatterlayer .js-line")


def annotations(page, key):
    return picture(page, key).locator(".annotation-text")


@pytest.mark.parametrize("page", [look("projector-light"), look("phone-dark")], indirect=True)
def test_trained_networks_read_beside_the_shipped_ones(page, server, kept):
    width = page.viewport_size["width"]
    page.set_viewport_size({**ALL_IN_SIGHT, "width": width})
    page.goto(f"{server.url}/gates?gates.run=mine1,mine2,mine3&gates.text=This+isn't+a+slow+film+but+wonderful")
    settled(page)
    names = page.get_by_role("radiogroup", name="Network").first.get_by_role("radio")
    expect(names).to_have_text(["LSTM", "GRU", "RNN", "classroom LSTM", MARKUP[:29] + "…", "RNN 2"])
    expect(names.nth(5)).to_be_checked()
    expect(page.get_by_text("“RNN 2” reads the last 4 tokens of a text")).to_be_visible()
    for key in ("gates.probability", "gates.reach"):
        expect(lines(page, key)).to_have_count(6)
        looks = lines(page, key).evaluate_all("nodes => nodes.map((node) => node.style.stroke)")
        assert len(set(looks)) == 6
        dashes = lines(page, key).evaluate_all("nodes => nodes.map((node) => node.style.strokeDasharray)")
        assert len(set(dashes)) == 6
        assert picture(page, key).locator(".plot").bounding_box()["width"] <= width
    expect(annotations(page, "gates.probability").nth(4)).to_have_text(re.compile(r"^<img src=… "))
    assert page.evaluate("window.hacked") is None
    # Where a network reads nothing, its heatmap has a gap.
    with redrawn(page, "gates.main"):
        names.nth(4).check(force=True)
    expect(annotations(page, "gates.main").first).to_have_text(MARKUP[:29] + "… update gate")
    read = (
        picture(page, "gates.main")
        .locator(".plot")
        .evaluate("node => node._fullData[0].z[0].map((value) => Number.isFinite(value))")
    )
    assert read == [False, False, False, False, True, True, False, True]
    expect(page.locator("td", has_text=MARKUP[:29])).to_have_count(1)
    # Put away one after the other; what is left keeps reading.
    for left in (2, 1, 0):
        page.get_by_role("button", name=re.compile("^Put away")).first.click()
        expect(page.get_by_role("button", name=re.compile("^Put away"))).to_have_count(left)
        expect(names).to_have_count(3 + left)
        expect(lines(page, "gates.probability")).to_have_count(3 + left)
    settled(page)
    expect(page).not_to_have_url(re.compile("gates.run"))


def test_a_network_that_is_not_there_is_said(page, server, kept):
    page.goto(f"{server.url}/gates?gates.run=nobody,mine1")
    settled(page)
    expect(page.get_by_role("alert").filter(has_text="The run “nobody” is not kept here")).to_be_visible()
    expect(page.get_by_role("radiogroup", name="Network").first.get_by_role("radio")).to_have_count(4)
    page.get_by_role("button", name="Put away “nobody”").click()
    expect(page.get_by_role("alert").filter(has_text="nobody")).to_have_count(0)
    expect(page).to_have_url(re.compile("gates.run=mine1"))


def test_a_changed_word_changes_both_readings_of_a_trained_network(page, server, kept):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/gates?gates.run=mine1&gates.text=not+a+bad+film")
    settled(page)
    before = picture(page, "gates.main").get_attribute("data-version")
    page.locator(".word-chips .words button").nth(2).click()
    with redrawn(page, "gates.main"):
        page.locator(".word-chips .editor").get_by_role("textbox").fill("good")
        page.keyboard.press("Enter")
    assert picture(page, "gates.main").get_attribute("data-version") != before
    expect(lines(page, "gates.probability")).to_have_count(8)
