"""A server and a Chromium for all browser tests, and a page that fails a test on any error it prints.

    def test_something(page, server):
        page.goto(f"{server.url}/gates")
        settled(page)

The page is a projector's in light colours; other windows are asked for by

    @pytest.mark.parametrize("page", [look("phone-dark")], indirect=True)
"""

import os
import re
from urllib.parse import urlsplit

import pytest

from tools import chromium
from tools.browser import LOOKS, PROJECTOR, messages_from, new_page, options
from tools.server import serve

HARMLESS = (
    # Streamlit's client asks for these below a deep link first, to find where the server's root is.
    r"404 \(Not Found\) /[\w-]+/_stcore/(health|host-config)$",
    # What the test of an unknown address is about.
    "The page that you have requested does not seem to exist",
)

MAY_SKIP = os.environ.get("CI") != "true"


def look(name):
    """The window of that name, as a parameter for `page`."""
    return pytest.param(next(look for look in LOOKS if look.name == name), id=name)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    if os.name == "nt":
        pytest.skip("the server is watched through process groups, which Windows has not")
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="session")
def playwright():
    lacking = chromium.missing()
    if lacking and MAY_SKIP:
        pytest.skip(f"needs a browser: `apt-get install {' '.join(lacking)}`, or CHROMIUM with the path of one")
    assert lacking == []
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright):
    running = chromium.launch(playwright)
    yield running
    running.close()


@pytest.fixture(scope="session")
def profiles(playwright, tmp_path_factory):
    """One profile a look for all tests: its cache spares every page the scripts that all pages load."""
    made = {}

    def profile_of(look):
        if look not in made:
            made[look] = chromium.launch_profile(playwright, tmp_path_factory.mktemp("profile"), options(look))
        return made[look]

    yield profile_of
    for context in made.values():
        context.close()


@pytest.fixture
def page(request, profiles, server):
    """A new page without cookies; errors on its console, in its scripts, or on the network fail the test."""
    host = urlsplit(server.url).netloc
    errors = []

    def on_console(message):
        if message.type == "error":
            errors.append(f"console: {message.text} {urlsplit(message.location['url']).path}")

    def on_request(sent):
        if urlsplit(sent.url).netloc not in (host, ""):
            errors.append(f"not from this machine: {sent.url}")

    context = profiles(getattr(request, "param", PROJECTOR))
    opened = new_page(context)
    opened.on("console", on_console)
    opened.on("pageerror", lambda error: errors.append(f"script: {error}"))
    opened.on("request", on_request)
    yield opened
    for one in context.pages[1:]:  # with the first, which is empty, the browser would end
        one.close()
    context.clear_cookies()
    context.clear_permissions()
    serious = [error for error in errors if not any(re.search(text, error) for text in HARMLESS)]
    assert serious == []


@pytest.fixture
def sent(page):
    """The messages that the page sends to the server from here on, as they come; `sent.clear()` forgets them."""
    return messages_from(page)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Put the end of the server's log beside a failure."""
    report = yield
    running = item.funcargs.get("server") if hasattr(item, "funcargs") else None
    if report.failed and running is not None:
        report.sections.append(("the server's log", running.log()[-5000:]))
    return report
