"""The race as a visitor runs it: real trainings, watched, cancelled, found again, carried away and brought back."""

import json
import re

from playwright.sync_api import expect

from tools.browser import PROJECTOR, picture, settled, window
from tools.server import serve

ALL_IN_SIGHT = {"width": 1440, "height": 4200}

PHONE = {"width": 390, "height": 844}

SMALL = {"reviews": "400", "validation": "40", "epochs": "3", "embedding_size": "16", "hidden_size": "16"}
"""Some seconds of training, on our own reviews."""

LONG = {**SMALL, "reviews": "4000", "epochs": "100", "hidden_size": "64", "batch_size": "8"}
"""Minutes, unless it is cancelled."""

PATIENCE = 90_000  # milliseconds; the first training starts a process that loads torch


def address(server, settings, **controls):
    """The link to the page with these settings of the classroom recipe on our own reviews."""
    values = {f"race.classroom.grammar.{name}": value for name, value in settings.items()}
    values |= {f"race.{name}": value for name, value in {"distance": "3", **controls}.items()}
    return f"{server.url}/race?" + "&".join(f"{name}={value}" for name, value in values.items())


def train(page):
    """Press the button; return the ids of the runs in the address."""
    page.locator(".st-key-race-train button").click()
    expect(page).to_have_url(re.compile(r"race\.runs=[0-9a-f]{16}"), timeout=PATIENCE)
    return re.search(r"race\.runs=([0-9a-fC%,]+)", page.url)[1].replace("%2C", ",").split(",")


def standings(page):
    return page.locator("[class*=st-key-race-standing]")


def finished(page, count):
    """Wait until so many runs stand in the table as finished."""
    rows = page.locator(".numbers tr").filter(has_text=re.compile(r"finished"))
    expect(rows).to_have_count(count, timeout=PATIENCE)
    expect(standings(page)).to_have_count(0, timeout=PATIENCE)
    return settled(page)


def lines(page, key="race.curves.accuracy.seconds"):
    return picture(page, key).locator(".scatterlayer .trace")


def test_a_race_from_the_button_to_reading_with_what_was_trained(page, server):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(address(server, SMALL))
    settled(page)
    before = lines(page).count()
    ids = train(page)
    assert len(ids) == 3
    expect(standings(page).first).to_be_visible()
    expect(page.locator("ol.loop")).to_be_visible()
    finished(page, 3)
    assert lines(page).count() > before  # thin, thick and a star for each of the three
    expect(picture(page, "race.quality")).to_be_visible()
    expect(picture(page, "race.confusion")).to_be_visible()
    expect(page.get_by_test_id("stMain")).to_contain_text("Logistic regression on the bag of words")
    expect(page.locator("ol.loop")).to_contain_text("%")
    assert not server.has_loaded("torch")
    # Whoever comes back by the link finds the runs, with what became of them.
    page.goto("about:blank")
    page.goto(f"{server.url}/race?race.runs={','.join(ids)}")
    finished(page, 3)
    page.get_by_role("button", name="Read with LSTM at 3").click()
    expect(page).to_have_url(re.compile(rf"/gates\?.*gates\.run={ids[0]}"))
    settled(page)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    expect(page.get_by_role("radiogroup", name="Network").first).to_contain_text("LSTM at 3")


def test_a_training_goes_on_without_its_page_and_only_its_owner_cancels_it(page, server, browser):
    page.goto(address(server, LONG, network="lstm"))
    settled(page)
    (id,) = train(page)
    expect(standings(page)).to_contain_text("step", timeout=PATIENCE)
    page.goto("about:blank")
    link = f"{server.url}/race?race.runs={id}"
    with window(browser, PROJECTOR) as other:  # another browser: it sees the run, and can't end it
        other.goto(link)
        expect(standings(other)).to_contain_text("step", timeout=PATIENCE)
        expect(standings(other).get_by_role("button", name="Cancel")).to_have_count(0)
    tab = page.context.new_page()  # another tab of the same one
    tab.goto(link)
    tab_row = standings(tab)
    expect(tab_row).to_contain_text("step", timeout=PATIENCE)
    tab_row.get_by_role("button", name="Cancel").click()
    expect(tab_row).to_contain_text("Cancelled. It came to step", timeout=PATIENCE)
    page.goto(link)
    expect(standings(page)).to_contain_text("Cancelled. It came to step", timeout=PATIENCE)


def test_polls_leave_the_reader_alone(page, server):
    """While a training runs, a box keeps its focus and its text, and what was opened stays open."""
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(address(server, LONG, network="gru"))
    settled(page)
    train(page)
    expect(standings(page)).to_contain_text("step", timeout=PATIENCE)
    page.get_by_text("All settings of the recipe").click()
    box = page.get_by_role("textbox", name="Epochs")
    expect(box).to_be_visible(timeout=PATIENCE)
    box.fill("7")
    for _ in range(3):
        said = standings(page).inner_text()
        expect(standings(page)).not_to_have_text(said, timeout=PATIENCE)
    expect(box).to_be_focused()
    expect(box).to_have_value("7")
    page.get_by_role("button", name="Cancel").click()
    expect(standings(page)).to_contain_text("Cancelled", timeout=PATIENCE)
    expect(box).to_have_value("7")
    # On a phone the curves are far above the button: it says how they stand, and leads there.
    page.set_viewport_size(PHONE)
    near = page.locator(".st-key-race-near")
    expect(near).to_contain_text("before it stopped")
    near.get_by_role("link").click()
    expect(page.get_by_text("before it stopped").first).to_be_in_viewport()


def upload(page, name, content):
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/plain", "buffer": content})


def test_a_run_is_carried_away_and_brought_back(page, server):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/race")
    settled(page)
    saved = {}
    page.locator(".st-key-race-save-gru button").first.click()
    for name in ("History as CSV", "Run as JSON", "Network"):
        with page.expect_download() as download:
            page.get_by_test_id("stPopoverBody").get_by_role("button", name=name).click()
        saved[name] = download.value.path().read_bytes()
    page.keyboard.press("Escape")
    assert saved["History as CSV"].startswith(b"step,steps,epoch")
    assert json.loads(saved["Run as JSON"])["id"] == "gru"
    upload(page, "evil.safetensors", b"\x80\x04cos\nsystem\n")
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("“evil.safetensors” can't be used")
    upload(page, "gru.json", saved["Run as JSON"])
    expect(page).to_have_url(re.compile(r"race\.runs=lstm%2Cgru%2Crnn%2C[0-9a-f]{16}"))
    expect(page.locator(".numbers")).to_contain_text("as its file says")
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    upload(page, "gru.safetensors", saved["Network"])
    expect(page.locator(".numbers tr").filter(has_text="as its file says")).to_have_count(2)
    settled(page)
    page.get_by_role("button", name="Read with it").last.click()
    expect(page).to_have_url(re.compile(r"/gates\?.*gates\.run=[0-9a-f]{16}"))


def test_runs_are_taken_out_of_the_picture_and_renamed(page, server):
    page.set_viewport_size(ALL_IN_SIGHT)
    page.goto(f"{server.url}/race")
    settled(page)
    page.get_by_role("button", name="RNN", exact=True).click()
    expect(page).to_have_url(re.compile(r"race\.runs=lstm%2Cgru$"))
    settled(page)
    page.get_by_role("textbox", name="Name of GRU").fill("Grace <b>")
    expect(page.get_by_test_id("stMain")).to_contain_text("Grace <b> gets 89.4")
    expect(page).to_have_url(re.compile(r"race\.name\.gru=Grace"))
    settled(page)
    expect(picture(page, "race.curves.accuracy.seconds").locator(".annotation-text").first).to_be_visible()


def test_real_reviews_are_learnt_from(browser, tmp_path, shared_data, monkeypatch):
    """A small training on some of ACL-IMDB, by a server whose owner has named the archive."""
    monkeypatch.setenv("UNFOLD_IMDB", str(shared_data / "aclImdb_labelled.tar.gz"))
    settings = {"reviews": "500", "validation": "100", "epochs": "1", "max_tokens": "50", "embedding_size": "16"}
    values = "&".join(f"race.classroom.imdb.{name}={value}" for name, value in settings.items())
    with serve(tmp_path) as server, window(browser, PROJECTOR) as page:
        page.set_viewport_size(ALL_IN_SIGHT)
        page.goto(f"{server.url}/race?race.corpus=imdb&race.network=gru&{values}")
        settled(page)
        expect(page.get_by_role("button", name="Fetch")).to_have_count(0)
        train(page)
        expect(page.locator(".numbers tr").filter(has_text="finished")).to_have_count(1, timeout=3 * PATIENCE)
        settled(page)
        expect(page.locator(".numbers").first).to_contain_text("Bag of words")
        expect(page.locator("blockquote.review")).not_to_be_empty()
        page.get_by_role("button", name="Read it with this network").click()
        expect(page).to_have_url(re.compile(r"/gates\?"))
        settled(page)
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
