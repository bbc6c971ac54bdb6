"""The controls of every page in a real Chromium: how long until everything that hangs on them has followed."""

from collections.abc import Iterator, Mapping
from itertools import cycle, islice

from playwright.sync_api import Browser, Locator, Page, TimeoutError

from bench.page import QUIET_MILLISECONDS, open_page
from bench.table import Measurement
from tools.browser import PROJECTOR, settled, window
from tools.server import Server

# Notes the time of the last press or key, and the frame after the last thing that changed in the window. A picture
# changes when it is drawn; of what lies round it, texts and elements count. What lies outside of the window doesn't:
# the reader can't see it change.
WATCH = """() => {
  const bench = (window.unfoldControls = { input: 0, changed: 0 });
  for (const kind of ["pointerdown", "keydown"])
    window.addEventListener(kind, (event) => { bench.input = event.timeStamp; bench.changed = 0; }, true);
  const inSight = (node) => {
    const place = (node.closest ? node : node.parentElement)?.getBoundingClientRect();
    return place && place.bottom > 0 && place.top < window.innerHeight;
  };
  const note = () => requestAnimationFrame(() => setTimeout(() => { bench.changed = performance.now(); }));
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => !target.closest?.(".live-figure .plot") && inSight(target))) note();
  }).observe(document.querySelector("[data-testid=stMain]"), { subtree: true, childList: true, characterData: true });
  new MutationObserver((changes) => { if (changes.some(({ target }) => inSight(target))) note(); })
    .observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
}"""
QUIET = f"""() => {{
  const {{ input, changed }} = window.unfoldControls;
  return input && changed && performance.now() - changed > {QUIET_MILLISECONDS};
}}"""
LATENCY = "() => window.unfoldControls.changed - window.unfoldControls.input"
PATIENCE_MILLISECONDS = 4000


def latency(page: Page) -> float | None:
    """Milliseconds from the last press to the last change in sight; None where nothing has changed."""
    try:
        page.wait_for_function(QUIET, timeout=PATIENCE_MILLISECONDS)
    except TimeoutError:
        return None
    return page.evaluate(LATENCY)


def choices(group: Locator) -> Iterator[None]:
    """Choose one option after the other, round and round."""
    radios = group.get_by_role("radio")
    number = 0
    while radios.count() > 1:
        number = (number + 1) % radios.count()
        if not radios.nth(number).is_checked():
            radios.nth(number).check(force=True)
            yield


def switches(group: Locator) -> Iterator[None]:
    """Switch one option after the other, on or off, round and round."""
    for number in cycle(range(group.get_by_role("button").count())):
        group.get_by_role("button").nth(number).click()
        yield


def steps(box: Locator, ends: Mapping[str, str] | None = None) -> Iterator[None]:
    """Type other numbers into a box: one more, or one less where there is no more; `ends` of a key, if known."""
    box.click()
    key = "ArrowUp"
    while True:
        value = box.input_value()
        if box.get_attribute("aria-invalid") == "true" or value == (ends or {}).get(key):
            key = "ArrowDown" if key == "ArrowUp" else "ArrowUp"
        box.press(key)
        yield


def edits(box: Locator) -> Iterator[None]:
    """Type a digit at the end of what stands in a box, and take it away."""
    for key in cycle(("1", "Backspace")):
        box.press("End")
        box.press(key)
        yield


def controls_of(page: Page) -> Iterator[tuple[str, Iterator[None]]]:
    """Every control in sight on a page by its name, with what changes it at every step."""
    for kind, changes in (("radiogroup", choices), ("toolbar", switches)):
        for group in page.locator(f"[data-testid=stButtonGroup] [role={kind}]:visible").all():
            yield group.get_attribute("aria-label") or kind, changes(group)
    for table in page.locator(".live-table:visible").all():
        cell = table.locator("input").first
        yield table.locator("caption").inner_text().strip(), steps(cell, {"ArrowUp": "1", "ArrowDown": "0"})
    for box in page.locator(".live-text.small textarea:visible").all():
        counts = box.input_value().strip().lstrip("-−").isdigit()
        yield box.locator("xpath=..").inner_text().strip(), (steps if counts else edits)(box)


def controls(browser: Browser, server: Server, paths: list[str], runs: int) -> Iterator[Measurement]:
    """Milliseconds from a press or key on a control to the last change in sight, over all controls of a page."""
    for path in paths:
        times: dict[str, list[float]] = {}
        first: list[float] = []
        with window(browser, PROJECTOR) as page:
            open_page(page, server, path)
            for number in range(len(list(controls_of(page)))):
                open_page(page, server, path)  # every control is tried on the page as it opens
                page.evaluate(WATCH)
                name, changes = next(islice(controls_of(page), number, None))
                found = [time for time in (latency(page) for _ in islice(changes, runs + 1)) if time is not None]
                first += found[:1]
                times[name] = found[1:]
                settled(page)
        times = {name: found for name, found in times.items() if found}
        if times:
            slowest = max(times, key=lambda name: max(times[name]))
            yield Measurement(f"{path}: controls", "ms", [time for found in times.values() for time in found], 300)
            yield Measurement(f"  of them the slowest, “{slowest}”", "ms", times[slowest])
            yield Measurement("  the first change on a page just opened", "ms", first)
