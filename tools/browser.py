"""Look at Unfold through Chromium: windows of different sizes and colours, and waiting until it is drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize


@dataclass(frozen=True)
class Look:
    """A window to look through.

    Attributes:
        name: for files and test ids.
        width: in CSS pixels.
        height: in CSS pixels.
        scheme: "light" or "dark", what the reader's system prefers.
        touch: whether it is a phone, with fingers for a mouse.

    """

    name: str
    width: int
    height: int
    scheme: str
    touch: bool = False


PROJECTOR = Look("projector-light", 1440, 900, "light")
LOOKS = (
    PROJECTOR,
    Look("projector-dark", 1440, 900, "dark"),
    Look("phone-light", 390, 844, "light", touch=True),
    Look("phone-dark", 390, 844, "dark", touch=True),
)

ALL_IN_SIGHT: ViewportSize = {"width": 1440, "height": 6000}
"""A window with room for all pictures of a page: one that is far outside of the window is not drawn."""

# The script has ended, every component has arrived, every picture is drawn (one outside the window may wait
# until the reader scrolls to it), and nothing has changed for some frames.
AT_REST = """() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const inWindow = (node) => {
    const place = node.getBoundingClientRect();
    return place.bottom > 0 && place.top < window.innerHeight;
  };
  const drawn = (node) => node.dataset.version === node.dataset.wanted || ("waits" in node.dataset && !inWindow(node));
  const ended = one("[data-testid=stApp][data-test-script-state=notRunning]");
  const arrived = !one("[data-testid=stSkeleton]") &&
    all(".stBidiComponent").every((node) => node.querySelector("button, input, textarea, figure"));
  const pictures = all(".live-figure").filter((node) => node.checkVisibility());
  const state = ended && arrived && pictures.every(drawn)
    ? "at rest " + pictures.map((node) => node.dataset.drawn).join() : undefined;
  window.unfoldFrames = state && state === window.unfoldState ? window.unfoldFrames + 1 : 0;
  window.unfoldState = state;
  return window.unfoldFrames >= 6;
}"""


def settled(page: Page, timeout: float = 30) -> Page:
    """Wait until the page's script has ended and its pictures are drawn, at most `timeout` seconds."""
    page.wait_for_function(AT_REST, polling="raf", timeout=1000 * timeout)
    return page


def picture(page: Page, key: str) -> Locator:
    """The picture of that key."""
    return page.locator(f".st-key-{key.replace('.', '-')} .live-figure")


def slider(page: Page, key: str) -> Locator:
    """The slider under the picture of that key."""
    return picture(page, key).get_by_role("slider")


def caption(page: Page, key: str) -> Locator:
    """What is said under the picture of that key."""
    return picture(page, key).locator(".caption")


def messages_from(page: Page) -> list[object]:
    """The messages that a page sends to the server from here on, as they come; `.clear()` forgets them."""
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


@contextmanager
def redrawn(page: Page, key: str) -> Iterator[None]:
    """Do something inside, then wait until it has changed the picture or the words of that key."""
    part = page.locator(f".st-key-{key.replace('.', '-')} :is(.live-figure, .word-chips)")
    part.scroll_into_view_if_needed()  # a picture far outside the window waits
    settled(page)
    before = part.get_attribute("data-version")
    yield
    page.wait_for_function(
        "([node, before]) => !node.isConnected || node.dataset.version !== before", arg=[part.element_handle(), before]
    )
    settled(page)


def options(look: Look) -> dict[str, Any]:
    """What playwright is told of a window."""
    return {
        "viewport": {"width": look.width, "height": look.height},
        "color_scheme": "dark" if look.scheme == "dark" else "light",
        "has_touch": look.touch,
        "is_mobile": look.touch,
        "device_scale_factor": 2 if look.touch else 1,
        "reduced_motion": "reduce",
    }


@contextmanager
def window(browser: Browser, look: Look) -> Iterator[Page]:
    """A page in a profile of its own: no cookies, no cache, nothing remembered."""
    context = browser.new_context(**options(look))
    try:
        yield new_page(context)
    finally:
        context.close()


def new_page(context: BrowserContext) -> Page:
    """A page that doesn't wait for ever."""
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def scroll_height(page: Page) -> int:
    """Height of everything on the page; Streamlit scrolls inside its main part, not the window."""
    return page.evaluate(
        """() => {
          const main = document.querySelector("[data-testid=stMain]");
          return window.innerHeight + main.scrollHeight - main.clientHeight;
        }"""
    )
