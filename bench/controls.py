"""The controls of every page in a real Chromium: how long until everything that hangs on them has followed."""

from collections.abc import Iterator
from itertools import cycle, islice

from playwright.sync_api import Browser, Locator, Page, TimeoutError

from bench.page import QUIET_MILLISECONDS, open_page
from bench.table import Measurement
from tools.browser import PROJECTOR, settled, window
from tools.server import Server

# Notes the time of the last press or key, and the frame after the last thing that changed on the page. A picture
# changes when it is drawn; of what lies round it, texts and elements count.
WATCH = """() => {
  const bench = (window.unfoldControls = { input: 0, changed: 0 });
  for (const kind of ["pointerdown", "keydown"])
    window.addEventListener(kind, (event) => { bench.input = event.timeStamp; bench.changed = 0; }, true);
  const note = () => requestAnimationFrame(() => setTimeout(() => { bench.changed = performance.now(); }));
  new MutationObserver((changes) => {
    if (changes.some(({ target }) => !target.closest?.(".live-figure .plot, [data-testid=stHeader]"))) note();
  }).observe(document.querySelector("[data-testid=stMain]"), { subtree: true, childList: true, characterData: true });
  new MutationObserver(note)
    .observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-drawn"] });
}"""
QUIET = f"""() => {{
  const {{ input, changed }} = window.unfoldControls;
  return input && changed && performance.now() - changed > {QUIET_MILLISECONDS};
}}"""
LATENCY = "() => window.unfoldControls.changed - window.unfoldControls.input"
PATIENCE_MILLISECONDS = 4000


def latency(page: Page) -> float | None:
    """Milliseconds from the last press to the last change on the page; None where nothing has changed."""
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


def steps(box: Locator) -> Iterator[None]:
    """Type other numbers into a box: one more, or one less where there is no more."""
    box.click()
    key = "ArrowUp"
    while True:
        if box.get_attribute("aria-invalid") == "true":
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
    for box in page.locator(".live-text.small textarea:visible").all():
        counts = box.input_value().strip().lstrip("-−").isdigit()
        yield box.locator("xpath=..").inner_text().strip(), (steps if counts else edits)(box)


def controls(browser: Browser, server: Server, paths: list[str], runs: int) -> Iterator[Measurement]:
    """Milliseconds from a press or key on a control to the last change on the page, over all controls of a page."""
    for path in paths:
        with window(browser, PROJECTOR) as page:
            open_page(page, server, path)
            page.evaluate(WATCH)
            times: dict[str, list[float]] = {}
            for name, changes in controls_of(page):
                for _ in islice(changes, runs):
                    time = latency(page)
                    if time is not None:
                        times.setdefault(name, []).append(time)
                settled(page)
        if times:
            slowest = max(times, key=lambda name: sorted(times[name])[-1])
            yield Measurement(f"{path}: controls", "ms", [time for found in times.values() for time in found], 300)
            yield Measurement(f"  of them the slowest, “{slowest}”", "ms", times[slowest])
