"""The trellis under a hand: stepped and clicked, its tables and observations typed and mistyped, and links to it."""

import re

import pytest
from playwright.sync_api import expect

from tools.browser import PROJECTOR, caption, picture, redrawn, settled, slider, window

from .conftest import look

TRELLIS = "hidden_markov.trellis"


@pytest.fixture
def trellis(page, server):
    page.goto(f"{server.url}/hidden_markov")
    return settled(page)


def box(page, label):
    return page.get_by_role("textbox", name=label, exact=True)


def stop(page):
    return picture(page, TRELLIS).locator("output")


def choose(page, option, group="In the cells"):
    with redrawn(page, TRELLIS):
        page.get_by_role("radiogroup", name=group).get_by_role("radio", name=option, exact=True).click()


def click_on(page, step, state):
    """Click on the middle of a cell, state counted from 0."""
    picture(page, TRELLIS).scroll_into_view_if_needed()
    place = page.evaluate(
        """([x, y]) => {
          const node = document.querySelector(".st-key-hidden_markov-trellis .plot");
          const { xaxis, yaxis } = node._fullLayout;
          const { left, top } = node.getBoundingClientRect();
          return [left + xaxis._offset + xaxis.l2p(x), top + yaxis._offset + yaxis.l2p(y)];
        }""",
        [step, -state],
    )
    page.mouse.move(*place)
    page.wait_for_timeout(100)
    page.mouse.click(*place)


@pytest.mark.parametrize("page", [look("projector-light"), look("phone-dark")], indirect=True)
def test_the_best_path_and_the_probable_states_are_on_the_first_screen(trellis):
    expect(trellis.get_by_text("Best path: Garden → Garden → Hall → Sofa → Sofa, with")).to_be_visible()
    expect(trellis.get_by_text("nothing leads from Garden to Sofa")).to_be_visible()
    expect(stop(trellis)).to_have_text("end")
    place = picture(trellis, TRELLIS).locator(".plot").bounding_box()
    share = 1 if trellis.viewport_size["width"] > 600 else 0.4
    assert place["y"] + share * place["height"] < trellis.viewport_size["height"]


def test_cells_are_stepped_without_the_server(trellis, server):
    slider(trellis, TRELLIS).focus()
    with server.stopped():
        trellis.keyboard.press("Home")
        expect(picture(trellis, TRELLIS)).to_have_attribute("data-position", "0")
        seen = [caption(trellis, TRELLIS).inner_text()]
        for place in range(1, 21):
            trellis.keyboard.press("ArrowRight")
            expect(picture(trellis, TRELLIS)).to_have_attribute("data-position", str(place))
            seen.append(caption(trellis, TRELLIS).inner_text())
    assert len(set(seen)) == 21
    assert seen[0].startswith("δ₁(Garden) = 0.3 × 0.7 = 0.21")
    assert seen[15].startswith("Sofa ends the best path")
    assert seen[19].endswith("That is the best path.")


def test_a_click_on_a_cell_shows_its_formula_and_the_mode_keeps_the_cell(trellis):
    click_on(trellis, 3, 1)
    expect(stop(trellis)).to_have_text("3 Hall")
    expect(caption(trellis, TRELLIS)).to_contain_text("δ₃(Hall) = max(0.0882 × 0.4")
    expect(trellis).to_have_url(re.compile(r"hidden_markov\.at=3\+Hall"))
    settled(trellis)
    choose(trellis, "posterior γ")
    expect(stop(trellis)).to_have_text("3 Hall")
    expect(caption(trellis, TRELLIS)).to_contain_text("= 43\N{NO-BREAK SPACE}%")
    choose(trellis, "forward α")
    expect(caption(trellis, TRELLIS)).to_contain_text("α₃(Hall) = (")


def test_a_table_is_typed_and_mistyped(trellis):
    cell = box(trellis, "Transitions A, from row to column: Hall, Garden")
    before = picture(trellis, TRELLIS).get_attribute("data-version")
    cell.fill("0.4")
    expect(trellis.get_by_text("The row “Hall” of A sums to 1.3: it must sum to 1.")).to_be_visible()
    expect(picture(trellis, TRELLIS)).to_have_attribute("data-version", before)
    with redrawn(trellis, TRELLIS):
        trellis.get_by_role("button", name="Make the rows sum to 1").click()
    expect(cell).to_have_value("0.3077")
    cell.fill("-0.2")
    expect(trellis.get_by_text("holds −0.2: a probability can't be negative.")).to_be_visible()


def test_observations_are_typed_and_mistyped(trellis):
    observations = box(trellis, "Observations, a line a sequence")
    with redrawn(trellis, TRELLIS):
        observations.fill("meow purr\nsilence")
    expect(trellis.get_by_text("There are 9 paths.")).to_be_visible()
    with redrawn(trellis, TRELLIS):
        box(trellis, "Sequence in the trellis").fill("2")
    expect(trellis.get_by_text("There are 3 paths.")).to_be_visible()
    observations.fill("meow bark")
    expect(
        trellis.get_by_text("“bark” is no symbol of this model, which knows meow, silence and purr.")
    ).to_be_visible()
    observations.fill("purr " * 10_000)
    expect(trellis.get_by_text("at most 1,000 observations in all, got 10,000.")).to_be_visible()
    with redrawn(trellis, TRELLIS):
        trellis.get_by_role("button", name="Fever and health").click()
    expect(trellis.get_by_text("Best path: Healthy → Healthy → Fever, with")).to_be_visible()


def test_the_link_restores_model_and_view(trellis, browser, server):
    with redrawn(trellis, TRELLIS):
        trellis.get_by_role("button", name="The loaded die", exact=True).click()
    choose(trellis, "posterior γ")
    choose(trellis, "6", group="Steps in view")
    with redrawn(trellis, TRELLIS):
        box(trellis, "First step in view").fill("8")
    with redrawn(trellis, TRELLIS):
        box(trellis, "Emissions B, what a state emits: Loaded, 6").press("ArrowUp")
    click_on(trellis, 9, 1)
    expect(stop(trellis)).to_have_text("9 Loaded")
    settled(trellis)
    said = caption(trellis, TRELLIS).inner_text()
    with window(browser, PROJECTOR) as other:
        other.goto(trellis.url)
        settled(other)
        assert caption(other, TRELLIS).inner_text() == said
        expect(other.get_by_text("Steps 8 to 13 of 24 are drawn")).to_be_visible()
        expect(box(other, "Emissions B, what a state emits: Loaded, 6")).to_have_value("0.55")
