"""The unfolded network under a hand: time dragged and played, nodes clicked, sizes and weights typed, links."""

import re

import pytest
from playwright.sync_api import expect

from tools.browser import ALL_IN_SIGHT, PROJECTOR, redrawn, settled, window

from .conftest import look


@pytest.fixture
def unfolded(page, server):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/unfolded_rnn")
    return settled(page)


def picture(page, name="graph"):
    return page.locator(f".st-key-unfolded_rnn-{name} .live-figure")


def caption(page, name="graph"):
    return picture(page, name).locator(".caption")


def slider(page, name="graph"):
    return picture(page, name).get_by_role("slider")


def stand_at(page, name, stop):
    """Move a slider by keyboard, as far as the stop of that name."""
    slider(page, name).focus()
    page.keyboard.press("Home")
    for _ in range(60):
        if picture(page, name).locator("output").inner_text() == stop:
            return
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(40)
    raise AssertionError(f"no stop {stop}")


def choose(page, group, option, changes="graph"):
    with redrawn(page, f"unfolded_rnn.{changes}"):
        page.get_by_role("radiogroup", name=group).get_by_role("radio", name=option, exact=True).check(force=True)


def box(page, label):
    return page.get_by_role("textbox", name=label)


def click_on(page, kind, step):
    """Click on the middle of a node, found by its name in the picture."""
    place = page.evaluate(
        """([kind, step]) => {
          const node = document.querySelector(".st-key-unfolded_rnn-graph .plot");
          const { xaxis, yaxis } = node._fullLayout;
          const names = node._fullData.find((trace) => trace.mode === "text" && trace.text.includes(kind));
          const at = names.text.indexOf(step ? kind + String.fromCharCode(8320 + step) : kind);
          const place = node.getBoundingClientRect();
          return [place.x + xaxis._offset + xaxis.l2p(names.x[at] + 0.37),
                  place.y + yaxis._offset + yaxis.l2p(names.y[at] - 0.6)];
        }""",
        [kind, step],
    )
    page.mouse.move(*place)
    page.wait_for_timeout(100)
    page.mouse.click(*place)


def equation(page):
    return (
        page.locator(".st-key-unfolded_rnn-node ~ *, .stLatex, [data-testid=stMarkdown]")
        .locator(".katex-display annotation")
        .first
    )


@pytest.mark.parametrize("page", [look("projector-light"), look("phone-dark")], indirect=True)
def test_the_gradient_has_come_back_on_the_first_screen(page, server):
    page.goto(f"{server.url}/unfolded_rnn")
    settled(page)
    expect(page.get_by_text("the gradient of the loss shrinks from")).to_be_visible()
    expect(picture(page).locator("output")).to_have_text("back 1")
    place = picture(page).locator(".plot").bounding_box()
    share = 1 if page.viewport_size["width"] > 600 else 0.5
    assert place["y"] + share * place["height"] < page.viewport_size["height"]


def test_time_is_stepped_without_the_server(unfolded, server):
    stand_at(unfolded, "graph", "start")
    slider(unfolded).focus()
    with server.stopped():
        seen = [caption(unfolded).inner_text()]
        for stop in range(1, 11):
            unfolded.keyboard.press("ArrowRight")
            expect(picture(unfolded)).to_have_attribute("data-position", str(stop))
            seen.append(caption(unfolded).inner_text())
    assert len(set(seen)) == 11
    assert seen[1].startswith("Forward, step 1")
    assert seen[6].startswith("Backward: the loss")
    assert seen[10].startswith("Back at step 1")


def test_a_click_on_a_node_shows_its_equation(unfolded):
    expect(equation(unfolded)).to_contain_text("h_{2}")
    with redrawn(unfolded, "unfolded_rnn.graph"):
        click_on(unfolded, "h", 4)
    expect(equation(unfolded)).to_contain_text("h_{4} &= \\tanh(a_{4})")
    expect(unfolded).to_have_url(re.compile(r"unfolded_rnn\.step\.5=4"))
    with redrawn(unfolded, "unfolded_rnn.graph"):
        click_on(unfolded, "x", 0)  # in the circuit diagram: the step stays
    expect(equation(unfolded)).to_contain_text("x_{4} &=")
    choose(unfolded, "Equation of the", "gradient at h")
    expect(equation(unfolded)).to_contain_text("\\nabla_{h_{4}}")


def test_sizes_are_stepped_and_what_is_too_large_has_its_sentence(unfolded):
    with redrawn(unfolded, "unfolded_rnn.graph"):
        box(unfolded, "Units m").press("ArrowUp")
    expect(box(unfolded, "W: 4 × 4")).to_be_visible()
    box(unfolded, "Units m").press("ArrowUp")
    expect(unfolded.get_by_text("m must be a whole number from 1 to 4, got 5.")).to_be_visible()
    expect(box(unfolded, "Units m")).to_have_value("5")
    expect(box(unfolded, "W: 4 × 4")).to_be_visible()
    with redrawn(unfolded, "unfolded_rnn.graph"):
        box(unfolded, "Units m").fill("3")
    expect(box(unfolded, "W: 3 × 3")).to_be_visible()


def test_weights_are_typed_and_mistyped_and_come_back(unfolded):
    weights = box(unfolded, "W: 3 × 3")
    before = weights.input_value()
    with redrawn(unfolded, "unfolded_rnn.graph"):
        weights.fill("1 0 0\n0 1 0\n0 0 1")
    now = picture(unfolded).get_attribute("data-version")
    weights.fill("1 0 0\n0 1")
    expect(unfolded.get_by_text("W must have 3 rows of 3 numbers, got 2 rows of 2 or 3.")).to_be_visible()
    expect(weights).to_have_value("1 0 0\n0 1")
    expect(picture(unfolded)).to_have_attribute("data-version", now)
    with redrawn(unfolded, "unfolded_rnn.graph"):
        unfolded.get_by_role("button", name="Weights of the seed again").click()
    expect(weights).to_have_value(before)


def test_words_are_read_and_shown_as_they_are(unfolded):
    number = picture(unfolded).locator(".heatmap-label text").first
    size = number.evaluate("text => getComputedStyle(text).fontSize")
    choose(unfolded, "The sequence is made of", "words")
    with redrawn(unfolded, "unfolded_rnn.graph"):
        box(unfolded, "A sentence").fill("not <b>good</b> nevertheless")
    expect(box(unfolded, "U: 3 × 3")).to_be_visible()
    expect(picture(unfolded).locator("text").filter(has_text="<b>good").first).to_be_visible()
    expect(unfolded.get_by_text("1 for “not”, 2 for “<b>good</b>”, 3 for “nevertheless”.")).to_be_visible()
    assert number.evaluate("text => getComputedStyle(text).fontSize") == size


def test_patterns_change_the_arrows_and_the_sentence(unfolded):
    with redrawn(unfolded, "unfolded_rnn.graph"):
        unfolded.get_by_role("button", name="Output at every step").click()
    expect(unfolded.get_by_text("The bars hold all losses together.")).to_be_visible()
    choose(unfolded, "Fed back to the next step: the", "right class")
    expect(unfolded.get_by_text("No gradient runs back in time: the truth is fed")).to_be_visible()
    choose(unfolded, "Gradient of", "V", changes="terms")
    expect(unfolded.get_by_text("V stands outside the recurrence")).to_be_visible()


def test_the_link_restores_the_view(unfolded, browser, server):
    with redrawn(unfolded, "unfolded_rnn.graph"):
        unfolded.get_by_role("button", name="Steps too large").click()
    stand_at(unfolded, "truncation", "2")
    expect(unfolded).to_have_url(re.compile("steps_back=2"))
    stand_at(unfolded, "graph", "forward 2")
    expect(unfolded).to_have_url(re.compile("time=forward"))
    settled(unfolded)
    said = [caption(unfolded, name).inner_text() for name in ("graph", "truncation", "updates")]
    assert "Learning rate 20" in said[2]
    with window(browser, PROJECTOR) as other:
        other.set_viewport_size(ALL_IN_SIGHT)
        other.goto(unfolded.url)
        settled(other)
        assert [caption(other, name).inner_text() for name in ("graph", "truncation", "updates")] == said
