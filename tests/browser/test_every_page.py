"""What holds for every page of the registry, seen in a real browser."""

import asyncio
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from pages.ui.registry import TOPICS
from tools.browser import ALL_IN_SIGHT, settled
from tools.visitor import visit

from .conftest import look

MEGABYTE = 2**20
PAGES = {"home": "", **{topic.name: topic.url_path for topic in TOPICS}}

every_page = pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
every_window = pytest.mark.parametrize("page", [look("projector-light"), look("phone-light")], indirect=True)


@every_page
@every_window
def test_opens_without_an_error_and_fits_its_window(page, server, path):
    """Nothing makes the page scroll sideways, and who does not see its pictures can read what they show."""
    page.goto(f"{server.url}/{path}")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", scheme)
        settled(page)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
        too_wide = page.evaluate(
            """() => [document.documentElement, document.querySelector("[data-testid=stMain]")]
              .filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.scrollWidth)"""
        )
        assert too_wide == []
        labels = page.locator(".live-figure .plot").evaluate_all(
            "nodes => nodes.map(node => node.getAttribute('aria-label') ?? '')"
        )
        assert all(len(label) > 20 for label in labels), labels


def view(page):
    """What a visitor sees of the state of a page: its pictures, where their sliders stand, what is chosen and typed."""
    settled(page)
    return page.evaluate(
        """() => {
          const all = (selector) => [...document.querySelectorAll(selector)];
          return {
            pictures: all(".live-figure").map((node) => [node.dataset.version, node.dataset.position]),
            chosen: all("[role=radio]").map((node) => node.checked ?? node.getAttribute("aria-checked")),
            switched: all("[role=toolbar] button").map((node) => node.getAttribute("aria-pressed")),
            typed: all("textarea, .live-table input").map((node) => node.value),
          };
        }"""
    )


def changed_view(page, before):
    """What a visitor sees once it differs from before, or after two seconds in which it stayed the same."""
    for _ in range(10):
        page.wait_for_timeout(200)
        if view(page) != before:
            page.wait_for_timeout(200)  # the rest of the change may come with a second answer
            break
    return view(page)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_tasks_set_the_controls_and_the_link_brings_the_view_back(page, server, topic):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/{topic.url_path}")
    settled(page)
    tasks = page.locator(f".st-key-{topic.name}-tries button")
    if not tasks.count():
        pytest.skip("a page without tasks")
    assert tasks.count() == 3
    shown = view(page)
    seen = {}
    for task in tasks.all():
        task.click()
        shown = changed_view(page, shown)
        assert shown not in seen.values(), "every task shows something of its own"
        seen[page.url] = shown
    link = next(link for link in seen if "?" in link)  # one of the tasks may lead back to where the page began
    page.goto("about:blank")
    page.goto(link)
    assert view(page) == seen[link]
    page.get_by_role("link", name="Unfold").first.click()
    expect(page).to_have_url(re.compile(r"/$"))
    settled(page)
    page.go_back()
    expect(page).to_have_url(link)
    settled(page)
    page.wait_for_timeout(300)
    assert view(page) == seen[link]


def arrived(page, topic):
    expect(page).to_have_url(re.compile(rf"/{topic.url_path}(\?|$)"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(topic.title)


def test_home_and_menu_lead_to_every_topic(page, server):
    page.goto(server.url)
    settled(page)
    for topic in TOPICS:
        page.get_by_role("link", name="Unfold").first.click()
        settled(page).get_by_test_id("stMain").get_by_role("link", name=topic.title).click()
        arrived(page, topic)
        after = TOPICS[TOPICS.index(topic) - 1]  # any other page
        page.get_by_test_id("stTopNavSection").filter(has_text=after.section).click()
        page.get_by_test_id("stTopNavPopover").get_by_text(after.title).click()
        arrived(page, after)


def test_unknown_address_says_so(page, server):
    page.goto(f"{server.url}/no-such-page")
    expect(page.get_by_role("dialog")).to_contain_text("Page not found")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_server_stays_small(server):
    """After every page has been shown: no torch in the process, and less than 200 MB."""

    async def visit_all():
        for path in PAGES.values():
            async with visit(server.url, path) as visitor:
                assert visitor.texts
                assert visitor.errors == []

    with ThreadPoolExecutor(1) as pool:  # in this thread playwright's own loop runs
        pool.submit(lambda: asyncio.run(visit_all())).result()
    assert server.has_loaded("numpy"), "a process that computed nothing proves nothing"
    assert not server.has_loaded("torch")
    assert server.memory() < 200 * MEGABYTE


@every_page
def test_first_visit_is_small(page, server, path):
    """At most 1 MB comes over the wire before the page stands, plotly.js apart."""
    sizes, addresses = {}, {}
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.clearBrowserCache")
    network.on(
        "Network.responseReceived", lambda event: addresses.update({event["requestId"]: event["response"]["url"]})
    )
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(f"{server.url}/{path}")
    settled(page)
    assert any("plotly" in address for address in addresses.values()) or "text_pipeline" in path
    assert sum(size for request, size in sizes.items() if "plotly" not in addresses.get(request, "")) < 1_000_000
