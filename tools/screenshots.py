"""Picture every page: `make screenshots`.

Into screenshots/ go all pages in all windows, as they open and from top to bottom; into
assets/gates.png the one that the README shows.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import FloatRect, Page, sync_playwright

from pages.ui.registry import TOPICS
from tools import chromium
from tools.browser import LOOKS, PROJECTOR, scroll_height, settled, window
from tools.server import PROJECT_DIR, serve

FOLDER = PROJECT_DIR / "screenshots"
README_PICTURE = PROJECT_DIR / "assets" / "gates.png"


def picture(page: Page, file: Path, clip: FloatRect | None = None) -> None:
    """Write what the window shows, or a part of it."""
    page.screenshot(path=file, animations="disabled", clip=clip)
    print(file.relative_to(PROJECT_DIR), flush=True)


def main() -> None:
    """Picture every page in every window."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, serve(Path(home)) as server, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for look in LOOKS:
            for name, path in {"home": "", **{topic.name: topic.url_path for topic in TOPICS}}.items():
                with window(browser, look) as page:
                    page.goto(f"{server.url}/{path}")
                    settled(page)
                    picture(page, FOLDER / f"{name}-{look.name}.png")
                    # Streamlit scrolls inside the window, so a window as high as the page shows all of it.
                    page.set_viewport_size({"width": look.width, "height": scroll_height(page)})
                    settled(page)
                    picture(page, FOLDER / f"{name}-{look.name}-whole.png")
                    if name == "gates" and look is PROJECTOR:
                        # Down to the end of the heatmaps: what the page is about.
                        heatmap = page.locator(".st-key-gates-main")
                        bottom = heatmap.evaluate("node => node.getBoundingClientRect().bottom")
                        picture(page, README_PICTURE, FloatRect(x=0, y=0, width=look.width, height=bottom))
        browser.close()


if __name__ == "__main__":
    main()
