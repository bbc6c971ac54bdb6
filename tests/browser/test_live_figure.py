"""The pictures as a hand on the mouse, or on the keyboard, finds them: on the gates page, which has every kind."""

import re
import struct

import pytest
from playwright.sync_api import expect

from rnn_core.examples import FIRST
from rnn_core.plots.theme import COLORS
from tools.browser import ALL_IN_SIGHT, PROJECTOR, picture, redrawn, settled, slider, window

PICTURES = ("gates.probability", "gates.main", "gates.second", "gates.units", "gates.reach")
WORDS = len(FIRST.split())


def plot(page, key):
    return picture(page, key).locator(".plot")


def wait_for(page, key, condition):
    """Wait until the condition holds for `node`, the element that Plotly draws into; the condition is JavaScript."""
    page.wait_for_function(f"node => {condition}", arg=plot(page, key).element_handle())


def cursor_at(place, axis="x"):
    """The condition that a picture marks that place on an axis: the middle of its cursor, read off the axis."""
    near, far = ("left", "right") if axis == "x" else ("top", "bottom")
    return f"""(() => {{
      const cursor = node.parentElement.querySelector(".cursor.{axis}");
      const box = cursor.getBoundingClientRect();
      const scale = node._fullLayout?.{axis}axis;
      if (cursor.hidden || !scale) return false;
      const middle = (box.{near} + box.{far}) / 2 - node.getBoundingClientRect().{near} - scale._offset;
      return Math.abs(scale.p2l(middle) - {place}) < 0.1;
    }})()"""


def paths(page, key):
    return (
        plot(page, key)
        .locator(".scatterlayer .js-line")
        .evaluate_all("lines => lines.map((line) => line.getAttribute('d'))")
    )


def area(page, key):
    """The rectangle inside the axes, in the page's pixels; the picture is scrolled to."""
    inside = plot(page, key).locator(".nsewdrag").first
    inside.scroll_into_view_if_needed()
    return inside.bounding_box()


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


@pytest.fixture
def gates(page, server, sent):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/gates")
    return settled(page)


def test_nodes_and_zoom_outlive_an_update(gates):
    """Zoomed by dragging over the heatmap, then a longer text, another network, and a double click."""
    gates.evaluate(
        """() => {
          window.drawings = [...document.querySelectorAll(".live-figure .main-svg")];
          window.nodes = window.drawings.map((node) => node.parentElement);
        }"""
    )
    box = area(gates, "gates.main")
    middle = box["y"] + box["height"] / 2
    drag(gates, (box["x"] + 0.25 * box["width"], middle), (box["x"] + 0.75 * box["width"], middle))
    axis = "node.layout.xaxis.range"
    wait_for(gates, "gates.main", f"{axis}[0] > 0 && {axis}[1] < {WORDS - 1}")
    zoomed = plot(gates, "gates.main").evaluate(f"node => {axis}")

    with redrawn(gates, "gates.main"):
        gates.locator(".live-text textarea").press("End")
        gates.keyboard.type(" Really wonderful")
    assert plot(gates, "gates.main").evaluate(f"node => {axis}") == zoomed
    with redrawn(gates, "gates.main"):
        gates.get_by_role("radiogroup", name="Network").get_by_role("radio", name="GRU").check(force=True)
    assert plot(gates, "gates.main").evaluate(f"node => {axis}") == zoomed
    assert plot(gates, "gates.reach").evaluate(f"node => {axis}") == [-0.5, WORDS + 2 - 0.5], "only one was zoomed"
    assert gates.evaluate(
        """() => window.nodes.length >= 5 && window.nodes.every((node) => node.isConnected)
           && window.drawings.every((node) => node.isConnected)"""
    )

    box = area(gates, "gates.main")
    gates.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    wait_for(gates, "gates.main", f"{axis}[0] === -0.5 && {axis}[1] === {WORDS + 2 - 0.5}")


def test_a_slider_by_keyboard_asks_nobody(gates, sent):
    """The dots walk along the text; the server hears nothing of it."""
    part, control = picture(gates, "gates.probability"), slider(gates, "gates.probability")
    control.focus()
    assert control.get_attribute("aria-valuetext") == "surprise"
    sent.clear()
    dot = plot(gates, "gates.probability").locator(".scatterlayer .points path").first
    places, captions = {dot.get_attribute("transform")}, {part.locator(".caption").inner_text()}
    for position, word in ((WORDS - 2, "wonderful"), (WORDS - 3, "a"), (WORDS - 4, "be")):
        gates.keyboard.press("ArrowLeft")
        expect(part).to_have_attribute("data-position", str(position))
        expect(part.locator("output")).to_have_text(word)
        expect(control).to_have_attribute("aria-valuetext", word)
        expect(part.locator(".caption")).to_contain_text(f"“{word}”")
        places.add(dot.get_attribute("transform"))
        captions.add(part.locator(".caption").inner_text())
    assert len(places) == len(captions) == 4
    gates.keyboard.press("Home")
    expect(part).to_have_attribute("data-position", "0")
    wait_for(gates, "gates.main", cursor_at(0))
    settled(gates)
    assert sent == []


def test_a_dragged_slider_is_drawn_at_once_and_told_at_the_end(gates, sent):
    """Lines of the unit change under the hand; only the release sends the unit, and the address holds it."""
    part, control = picture(gates, "gates.units"), slider(gates, "gates.units")
    control.scroll_into_view_if_needed()
    box = control.bounding_box()
    middle = box["y"] + box["height"] / 2
    sent.clear()
    gates.mouse.move(box["x"] + 0.2 * box["width"], middle)
    gates.mouse.down()
    seen = []
    for share in (0.2, 0.5, 0.8):
        gates.mouse.move(box["x"] + share * box["width"], middle)
        gates.wait_for_function(
            "([slider, root]) => root.dataset.position === slider.value",
            arg=[control.element_handle(), part.element_handle()],
        )
        seen.append(
            (
                int(part.get_attribute("data-position")),
                part.locator("output").inner_text(),
                *paths(gates, "gates.units"),
            )
        )
    positions, units, *lines = zip(*seen, strict=True)
    assert positions[0] < positions[1] < positions[2]
    assert len(set(units)) == 3
    assert all(len(set(line)) == 3 for line in lines), "every line is another one"
    assert sent == []
    gates.mouse.up()
    expect(gates).to_have_url(re.compile(rf"gates\.unit={units[-1]}\b"))
    assert sent != []
    settled(gates)
    assert part.get_attribute("data-position") == str(positions[-1]), "the answer does not move the slider"


def test_play_walks_to_the_end_and_can_be_stopped(gates):
    part, control = picture(gates, "gates.probability"), slider(gates, "gates.probability")
    play = part.locator("button.play")
    expect(play).to_have_attribute("aria-pressed", "false")
    control.focus()
    gates.keyboard.press("End")
    for _ in range(3):
        gates.keyboard.press("ArrowLeft")
    expect(part).to_have_attribute("data-position", str(WORDS - 4))
    part.evaluate(
        """node => { window.walked = [];
          new MutationObserver(() => window.walked.push(Number(node.dataset.position)))
            .observe(node, {attributeFilter: ["data-position"]}); }"""
    )
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(play).to_have_attribute("aria-pressed", "false")
    # The stop that it starts from may be drawn once more.
    assert gates.evaluate("[...new Set(window.walked)].slice(-3)") == [WORDS - 3, WORDS - 2, WORDS - 1]
    play.click()  # from the end it starts again
    expect(part).to_have_attribute("data-position", re.compile(r"^[12]$"))
    play.click()
    expect(play).to_have_attribute("aria-pressed", "false")
    stopped = int(part.get_attribute("data-position"))
    assert stopped < WORDS - 1
    assert int(control.input_value()) == stopped


def test_pictures_and_words_point_at_the_same_place(gates, sent):
    """From a word to the pictures, and from a picture to the word, without the server."""
    chips = gates.locator(".word-chips .words button")
    sent.clear()
    chips.nth(3).hover()
    for key in PICTURES:
        wait_for(gates, key, cursor_at(3))
    expect(picture(gates, "gates.probability")).to_have_attribute("data-position", "3")
    box = area(gates, "gates.main")
    gates.mouse.move(box["x"] + (5.5 / WORDS) * box["width"], box["y"] + box["height"] / 2)
    expect(chips.nth(5)).to_have_attribute("data-here", "")
    expect(gates.locator(".word-chips [data-here]")).to_have_count(1)
    for key in PICTURES:
        wait_for(gates, key, cursor_at(5))
    expect(picture(gates, "gates.probability").locator("output")).to_have_text("but")
    assert sent == []


def test_a_click_on_the_heatmap_chooses_the_unit(gates, server, browser):
    units = slider(gates, "gates.units").get_attribute("max")
    box = area(gates, "gates.main")
    row = int(units) - 4
    gates.mouse.click(box["x"] + 0.4 * box["width"], box["y"] + (row + 0.5) / (int(units) + 1) * box["height"])
    expect(picture(gates, "gates.units")).to_have_attribute("data-position", str(row))
    unit = picture(gates, "gates.units").locator("output").inner_text()
    expect(gates).to_have_url(re.compile(rf"gates\.unit={unit}\b"))
    settled(gates)
    wait_for(gates, "gates.main", cursor_at(row, "y"))
    # Sorted otherwise, the unit stands elsewhere, and is still the chosen one.
    with redrawn(gates, "gates.units"):
        gates.get_by_role("radio", name="similarity").check(force=True)
    expect(picture(gates, "gates.units").locator("output")).to_have_text(unit)


def test_pictures_are_saved_as_they_are_seen(gates, tmp_path):
    for key in PICTURES:
        picture(gates, key).hover()
        with gates.expect_download() as waiting:
            picture(gates, key).get_by_role("button", name="PNG").click()
        assert waiting.value.suggested_filename.endswith(".png")
        waiting.value.save_as(tmp_path / "picture.png")
        data = (tmp_path / "picture.png").read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        drawn = plot(gates, key).evaluate("node => [node.layout.width, node.layout.height]")
        assert list(struct.unpack(">II", data[16:24])) == [3 * side for side in drawn]


def test_colours_follow_light_and_dark_without_a_reload(gates):
    gates.evaluate("window.stays = true")
    gates.get_by_role("radiogroup", name="Beside it").get_by_role("radio", name="RNN").check(force=True)
    settled(gates)
    for scheme in ("dark", "light", "dark"):
        gates.emulate_media(color_scheme=scheme)
        lstm, ink = (rgb(COLORS[scheme][role]) for role in ("lstm", "ink"))
        line = plot(gates, "gates.probability").locator(".scatterlayer .js-line").first
        expect(line).to_have_css("stroke", lstm)
        for key in PICTURES:
            expect(plot(gates, key).locator(".xtick text").first).to_have_css("fill", ink)
        scale = "node.layout.coloraxis.colorscale[0][1]"
        wait_for(gates, "gates.main", f"{scale} === '{COLORS[scheme]['paper']}'")
    assert gates.evaluate("window.stays")


def rgb(color):
    return "rgb({}, {}, {})".format(*bytes.fromhex(color[1:]))


def test_pictures_take_the_width_that_the_window_has(gates):
    gates.set_viewport_size({"width": 390, "height": 6000})
    for key in PICTURES:
        wait_for(
            gates, key, "node.clientWidth < 390 && node.querySelector('.main-svg').clientWidth === node.clientWidth"
        )
    gates.set_viewport_size(ALL_IN_SIGHT)
    wait_for(gates, "gates.probability", "node.clientWidth > 1000")
    wait_for(gates, "gates.probability", "node.querySelector('.main-svg').clientWidth === node.clientWidth")
    names = plot(gates, "gates.probability").locator(".xtick text")
    expect(names).to_have_text(["i", "expected", "a", "boring", "film", "but", "it", "turned", "out", "to", "be", "a",
                                "wonderful", "surprise"])  # fmt: skip


def test_a_picture_far_below_waits_until_it_comes_near(page, server):
    page.set_viewport_size({"width": 1440, "height": 700})
    page.goto(f"{server.url}/gates")
    settled(page)
    expect(plot(page, "gates.reach").locator(".main-svg")).to_have_count(0)
    for text in ("another text", "and one more"):
        with redrawn(page, "gates.probability"):
            page.locator(".live-text textarea").fill(text)
    expect(plot(page, "gates.reach").locator(".main-svg")).to_have_count(0)
    height = plot(page, "gates.reach").bounding_box()["height"]
    picture(page, "gates.reach").scroll_into_view_if_needed()
    expect(plot(page, "gates.reach").locator(".xtick text")).to_have_text(["and", "one", "more"])
    assert plot(page, "gates.reach").bounding_box()["height"] == height, "nothing on the page jumps"


def test_it_says_so_when_the_drawing_library_does_not_arrive(browser, server):
    with window(browser, PROJECTOR) as page:
        page.route("**/plotly.min.js*", lambda route: route.abort())
        page.goto(f"{server.url}/gates")
        expect(page.locator(".live-figure .problem").first).to_contain_text("Reload the page")
        expect(page.locator(".word-chips .words button")).to_have_count(WORDS)
