"""The page in a real Chromium: how long it takes to open, to follow the typing, to follow a slider."""

from collections.abc import Iterator
from statistics import fmean

from playwright.sync_api import Browser, Locator, Page

from bench.table import Measurement
from tools.browser import PROJECTOR, messages_from, settled, window
from tools.server import Server

PATH = "gates"
TEXT = (
    "I went to see this film with my sister because everybody at work kept talking about it and I must say "
    "that the first half hour was not promising at all. The dialogue felt forced, the music was far too loud "
    "and nobody seemed to know what they were doing. But then something wonderful happens: the two brothers "
    "meet again at the station, neither of them says a word, and for ten minutes you forget that you are "
    "sitting in a cinema. The ending is slow, sad and beautiful. It is worth every single minute of your "
    "time, believe me"
)
QUIET_MILLISECONDS = 500

# Notes when a key went down or a text changed, and when the frame after a drawing began. A picture says
# by `data-drawn` that it is drawn, the words by `data-version`.
WATCH = """() => {
  window.unfoldBench = { input: 0, drawn: {} };
  const bench = window.unfoldBench;
  for (const kind of ["input", "keydown"])
    window.addEventListener(kind, (event) => { bench.input = event.timeStamp; bench.drawn = {}; }, true);
  new MutationObserver((changes) => {
    const places = new Set(changes.map((change) => change.target.closest(".live-figure, .word-chips"))
      .filter((place) => place).map((place) => place.parentElement));
    requestAnimationFrame(() => setTimeout(() => {
      for (const place of places) {
        const name = place.closest("[class*=st-key-]")?.className.match(/st-key-([^ ]+)/)[1] ?? "unnamed";
        bench.drawn[name] = performance.now();
      }
    }));
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-drawn", "data-version"] });
}"""
# Every step of a slider: from its key to the frame after the picture says that it stands at that step.
FOLLOW_SLIDER = """(handle) => {
  const picture = handle.closest(".live-figure");
  let key = 0;
  handle.addEventListener("keydown", (event) => { key = event.timeStamp; }, true);
  new MutationObserver(() => {
    const since = key;
    if (since && picture.dataset.position === handle.value)
      requestAnimationFrame(() => setTimeout(() => window.unfoldSteps.push(performance.now() - since)));
    key = 0;
  }).observe(picture, { attributes: true, attributeFilter: ["data-drawn"] });
  window.unfoldSteps = [];
  handle.focus();
}"""
QUIET = f"""() => {{
  const times = Object.values(window.unfoldBench.drawn);
  return times.length && performance.now() - Math.max(...times) > {QUIET_MILLISECONDS};
}}"""
LATENCIES = """() => Object.fromEntries(Object.entries(window.unfoldBench.drawn)
  .map(([name, time]) => [name, time - window.unfoldBench.input]))"""


def latencies(page: Page) -> dict[str, float]:
    """Milliseconds from the last key to the last drawing of every picture, when all are quiet."""
    page.wait_for_function(QUIET)
    return page.evaluate(LATENCIES)


def open_page(page: Page, server: Server, path: str = PATH) -> None:
    """Open a page and wait until it is drawn."""
    page.goto(f"{server.url}/{path}")
    settled(page)


class Traffic:
    """What a page receives: the sizes of its files as they came over the wire, and of the app's messages."""

    def __init__(self, page: Page) -> None:
        self.addresses: dict[str, str] = {}
        self.sizes: dict[str, float] = {}
        self.message_bytes = 0
        client = page.context.new_cdp_session(page)
        client.send("Network.enable")
        # Chromium's own protocol knows sizes on the wire, which a page's script does not.
        client.on("Network.responseReceived", self._on_response)
        client.on("Network.loadingFinished", self._on_end)
        client.on("Network.webSocketFrameReceived", self._on_message)

    def _on_response(self, event: dict) -> None:
        self.addresses[event["requestId"]] = event["response"]["url"]

    def _on_end(self, event: dict) -> None:
        self.sizes[event["requestId"]] = event["encodedDataLength"]

    def _on_message(self, event: dict) -> None:
        # Binary messages are shown in base64.
        self.message_bytes += len(event["response"]["payloadData"]) * 3 // 4

    def file_bytes(self, without: str) -> float:
        """Bytes of all files whose address does not hold `without`."""
        return sum(size for request, size in self.sizes.items() if without not in self.addresses.get(request, ""))


def first_visit(browser: Browser, server: Server) -> tuple[float, Traffic]:
    """Seconds until all is drawn, with an empty cache, and what came over the wire."""
    with window(browser, PROJECTOR) as page:
        traffic = Traffic(page)
        open_page(page, server)
        return page.evaluate("() => performance.now() / 1000"), traffic


def first_visits(browser: Browser, server: Server, runs: int) -> Iterator[Measurement]:
    """Seconds and bytes of a first visit to a server that others have used."""
    first_visit(browser, server)
    visits = [first_visit(browser, server) for _ in range(runs)]
    files = [traffic.file_bytes(without="plotly.min.js") / 1000 for _, traffic in visits]
    messages = [traffic.message_bytes / 1000 for _, traffic in visits]
    yield Measurement("first visit: to the last picture", "s", [seconds for seconds, _ in visits], 2.5)
    yield Measurement("first visit: files without plotly.js", "kB", files, 1000)
    yield Measurement("first visit: messages of the app", "kB", messages)


def typing(browser: Browser, server: Server, runs: int) -> Iterator[Measurement]:
    """Milliseconds from the last key of a text of 100 words to the last picture of three networks."""
    assert len(TEXT.split()) == 100
    with window(browser, PROJECTOR) as page:
        open_page(page, server)
        box = page.locator(".live-text textarea").first
        box.fill(TEXT)
        settled(page)
        page.evaluate(WATCH)
        box.press("End")
        found = []
        for run in range(runs):
            # Alternately one letter more and one less: a word the models know, and one they don't.
            box.press("x" if run % 2 == 0 else "Backspace")
            found.append(latencies(page))
        everywhere = set.intersection(*(set(run) for run in found))
        yield Measurement("end of typing to last picture", "ms", [max(run.values()) for run in found], 300)
        for name in sorted(everywhere, key=lambda name: fmean(run[name] for run in found)):
            yield Measurement(f"  to {name}", "ms", [run[name] for run in found])


def sliders(browser: Browser, server: Server, paths: list[str], runs: int) -> Iterator[Measurement]:
    """Milliseconds from a key on a slider of a page to the frame that shows the new picture."""
    for path in paths:
        with window(browser, PROJECTOR) as page:
            sent = messages_from(page)
            open_page(page, server, path)
            if path == PATH:
                page.locator(".live-text textarea").first.fill(TEXT)
                page.wait_for_timeout(QUIET_MILLISECONDS)
                settled(page)
            for deck in page.locator(".live-figure .deck:visible").all():
                yield from slider(page, deck, runs, sent, path)


def slider(page: Page, deck: Locator, runs: int, sent: list[object], path: str) -> Iterator[Measurement]:
    """The same for one slider, and the messages that the server got meanwhile."""
    name = deck.locator(".name").inner_text()
    handle = deck.locator("input")
    handle.evaluate(FOLLOW_SLIDER)
    handle.press("Home")
    page.wait_for_timeout(QUIET_MILLISECONDS)
    settled(page)
    handle.evaluate("() => { window.unfoldSteps = []; }")
    sent.clear()
    runs = min(runs, int(handle.get_attribute("max") or 0))
    for run in range(runs):
        page.keyboard.down("ArrowRight")
        page.wait_for_function("count => window.unfoldSteps.length > count", arg=run)
        page.wait_for_timeout(30)
    messages = len(sent)
    page.keyboard.up("ArrowRight")
    steps = page.evaluate("() => window.unfoldSteps")
    page.wait_for_timeout(QUIET_MILLISECONDS)
    yield Measurement(f"{path}: slider “{name}”, key to picture", "ms", steps, 50)
    yield Measurement("  messages to the server, a step", "", [messages / runs], 0)


def memory(browser: Browser, server: Server, paths: list[str]) -> Iterator[Measurement]:
    """Megabytes of the web process after every page was shown, and whether torch came in."""
    with window(browser, PROJECTOR) as page:
        for path in paths:
            open_page(page, server, path)
    yield Measurement("web process after every page", "MB", [server.memory() / 2**20], 200)
    yield Measurement("web process at its peak", "MB", [server.memory(peak=True) / 2**20])
    yield Measurement("torch in the web process", "0/1", [float(server.has_loaded("torch"))], 0)
