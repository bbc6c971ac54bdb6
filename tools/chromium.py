"""Find Chromium, install Debian's where there is none, and start it under playwright.

    python -m tools.chromium      # `make test`, `make bench` and `make screenshots` run this

Playwright's own browser builds are not used: they are large downloads that a school's network may
refuse. On Debian and Ubuntu `apt-get` does it, as root or by sudo without a password; elsewhere any
Chrome or Chromium that is installed serves.
"""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tools import debian

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

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


def launch(playwright: "Playwright") -> "Browser":
    """Start the browser, headless; raises RuntimeError where there is none."""
    path = find()
    if path is None:
        raise RuntimeError("There is no Chromium or Chrome on this machine; set CHROMIUM to the path of one.")
    return playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))


if __name__ == "__main__":
    if find() is None and not debian.install("chromium", "fonts-dejavu-core"):
        print("There is no Chromium here, and none could be installed: browser tests are skipped.")
