"""Find Chromium, install Debian's where there is none, and start it under playwright.

    python -m tools.chromium      # installs; `make test`, `make bench` and `make screenshots` run this

Playwright's own browser builds are not used: they are large downloads that a school's network may
refuse. On Debian and Ubuntu `apt-get` does it, as root or by sudo without a password; elsewhere any
Chrome or Chromium that is installed serves.
"""

import ctypes
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import debian

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_APP = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = (
    "--no-sandbox",  # root in a container has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find() -> str | None:
    """Path of a browser that playwright can drive, `$CHROMIUM` first, or None."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(MAC_APP) if MAC_APP.exists() else None)


def missing() -> list[str]:
    """Debian's packages for what a browser test lacks here; empty where nothing is missing."""
    packages = [] if find() else ["chromium", "fonts-dejavu-core"]
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libatomic.so.1")  # playwright's own driver needs it, and brings it not along
        except OSError:
            packages.append("libatomic1")
    return packages


def launch(playwright: "Playwright") -> "Browser":
    """Start the browser, headless."""
    return playwright.chromium.launch(executable_path=find(), headless=True, args=list(FLAGS))


def launch_profile(playwright: "Playwright", folder: Path, window: Mapping[str, Any]) -> "BrowserContext":
    """Start a browser of its own, headless, that keeps its profile in a folder; `window` is `browser.options`.

    As a reader's browser does, it keeps scripts compiled: a page opens in half the time.
    """
    return playwright.chromium.launch_persistent_context(
        folder, executable_path=find(), headless=True, args=list(FLAGS), **window
    )


if __name__ == "__main__":
    lacking = missing()
    if lacking and not debian.install(*lacking):
        print(f"Browser tests are skipped: there is no {' and no '.join(lacking)}, and none could be installed.")
