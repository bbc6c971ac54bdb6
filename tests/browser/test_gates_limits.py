"""The gates page under texts and links that nobody should have typed."""

import json
from urllib.parse import quote

from playwright.sync_api import expect

from rnn_core.config import MAX_TOKENS
from rnn_core.examples import FIRST
from rnn_core.text_pipeline import split_words
from tools.browser import redrawn, settled

MARKUP = (
    "<img src=x onerror=window.hacked=1> <script>window.hacked=1</script> <svg/onload=window.hacked=1> "
    "**bold** _it_ :red[x] :smile: [a](javascript:window.hacked=1) ![i](x) $x^2$ `c` ~~s~~ # h &lt;b&gt; "
    "https://film.example {x} <b>no</b> javascript:window.hacked=1"
)
EDIT = "<img src=x onerror=window.hacked=1> **b** :red[x] [a](x:y)"


def box(page):
    return page.get_by_role("textbox", name="A film review")


def chips(page):
    return page.locator(".word-chips .words button")


def figures(page):
    return page.locator(".live-figure")


def open_gates(page, server, query=""):
    page.set_viewport_size({"width": 1440, "height": 3600})  # one that is far outside of the window is not drawn
    page.goto(f"{server.url}/gates?{query}")
    return settled(page)


def works(page):
    """Try that the page is in order: no exception, and a new text is read."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    box(page).fill("a truly wonderful film")
    expect(chips(page)).to_have_count(4)
    expect(figures(page)).to_have_count(5)
    settled(page)
    expect(page.locator(".live-figure .problem:not(:empty)")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_texts_that_are_no_review(page, server):
    open_gates(page, server)
    for text, states in {
        "": [],
        " \n\t ": [],
        "🙂🎬 👍🏽": ["dropped", "dropped"],
        "<br /> ??? 🙂": ["dropped", "read", "dropped"],
        "zyzzyva qwertzuiop": ["unknown", "unknown"],
        "Фильм 电影很好 فيلم δεν": ["unknown"] * 4,
        "good": ["read"],
        "a\u0000b \u202egood\u202c film\u00a0noir": None,
    }.items():
        box(page).fill(text)
        expect(chips(page)).to_have_count(len(split_words(text)))
        for number, state in enumerate(states or []):
            expect(chips(page).nth(number)).to_have_attribute("data-state", state)
        expect(figures(page)).to_have_count(5 if states is None or {"read", "unknown"} & set(states) else 0)
        expect(box(page)).to_have_value(text)
        if not states:
            settled(page)
    works(page)


def shows_markup_as_letters(page, first):
    settled(page)
    expect(chips(page).first.locator(".text")).to_contain_text(first)
    for control in ("gates.main", "gates.second"):
        page.locator(f".st-key-{control.replace('.', '-')} .plot .nsewdrag").first.hover()
    page.get_by_role("button", name="The numbers").first.click()
    expect(page.locator("[data-testid=stPopoverBody] table")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("window.hacked === undefined")
    inside = "[data-testid=stMain] :is(.word-chips, .stMarkdown, .live-figure, .numbers)"
    expect(page.locator(f"{inside} :is(img, script, iframe)")).to_have_count(0)
    expect(page.locator("[data-testid=stMain] [href^='javascript:']")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_markup_in_a_text_is_shown_letter_by_letter(page, server):
    open_gates(page, server)
    with redrawn(page, "gates.main"):
        box(page).fill(MARKUP)
    shows_markup_as_letters(page, "<img src=x onerror=window.hacked=1>")
    words = split_words(MARKUP)
    expect(chips(page).locator(".text")).to_have_text(words)
    # One at a time, so that each becomes the word that the sentences under the pictures speak of.
    for word in ("**bold**", ":red[x]", "[a](javascript:window.hacked=1)", "$x^2$", "`c`", "<b>no</b>"):
        with redrawn(page, "gates.main"):
            box(page).fill(f"wonderful {word}")
        plain = page.locator("[data-testid=stMain] .stMarkdown").filter(has_text="RNN").first
        expect(plain.locator(":is(strong, em, code, a, .katex, span[style])")).to_have_count(0)


def test_markup_in_a_changed_word_is_shown_letter_by_letter(page, server):
    open_gates(page, server)
    chips(page).first.click()
    with redrawn(page, "gates.main"):
        page.locator(".word-chips .editor input").fill(EDIT)
        page.keyboard.press("Enter")
    shows_markup_as_letters(page, EDIT)
    page.reload()
    expect(chips(page)).to_have_count(len(split_words(FIRST)))
    shows_markup_as_letters(page, EDIT)


def test_markup_in_a_link_is_shown_letter_by_letter(page, server):
    edits = json.dumps([[1, EDIT]])
    open_gates(page, server, f"gates.text={quote(MARKUP)}&gates.edits={quote(edits)}&gates.unit={quote(EDIT)}")
    shows_markup_as_letters(page, "<img src=x onerror=window.hacked=1>")
    expect(chips(page).nth(1).locator(".text")).to_have_text(f"<script> {EDIT}")


def test_long_pastes(page, server):
    open_gates(page, server)
    for text, chip_count in (("a" * 100_000, 1), ("lovely film " * 8_500, None)):
        with redrawn(page, "gates.main"):
            box(page).fill(text)
        expect(box(page)).to_have_value(text)
        expect(page.get_by_text("too many for a link")).to_contain_text(f"{len(text):,}")
        expect(figures(page)).to_have_count(5)
        if chip_count:
            expect(chips(page)).to_have_count(chip_count)
            expect(page.get_by_text("are left out")).to_have_count(0)
    left_out = page.get_by_text("are left out")
    expect(left_out).to_contain_text(f"the last {MAX_TOKENS} tokens")
    expect(left_out).to_contain_text(f"{17_000 - MAX_TOKENS:,} of these 17,000 words")
    expect(chips(page).and_(page.locator("[data-state=read]"))).to_have_count(MAX_TOKENS)
    # A word far back in a long text is the one that is changed.
    chips(page).last.click()
    with redrawn(page, "gates.main"):
        page.get_by_role("button", name="Drop the word").click()
    expect(chips(page).last).to_have_attribute("data-state", "dropped")
    expect(page.locator(".word-chips del")).to_have_count(1)
    works(page)


UNREADABLE = "The changed words in this link can't be read; the text is shown as typed."
BROKEN_LINKS = {
    "gates.edits=[[": UNREADABLE,
    "gates.edits=" + "[" * 3000: UNREADABLE,
    "gates.edits=" + quote('[[1,"\\ud800"]]'): UNREADABLE,
    "gates.edits=" + quote(json.dumps([[0, "x" * 61]])): "A word can be changed into at most 60 characters, got 61.",
    "gates.edits=" + quote('[[99,"x"],[0,"I"]]'): None,
    "gates.network=xxx&gates.order=zz&gates.beside=q&gates.main.lstm=foo&gates.main.show=1&gates.unit=abc": None,
    "gates.network=GRU&gates.network=RNN&gates.beside=GRU&gates.unit=999999&gates.units=x": None,
    "gates.column=1&gates.row=1&gates.text.revision=x&gates.restore=1&gates.unit=-1": None,
    "gates.unit=%C2%B2&gates.words=1&gates.text.box=1&gates.probability=1&gates.example.Negation=1": None,
    "gates.text=%00%ff%01&gates.text=a&gates.unit=" + "9" * 5000: None,
    "=&&;?%%%&gates.": None,
}
"""What somebody may make of a link, and the sentence that the page says to it; None where it shows the default."""


def test_a_broken_link_gives_a_page_that_works(page, server):
    alerts = page.get_by_test_id("stAlertContentError")
    for query, sentence in BROKEN_LINKS.items():
        open_gates(page, server, query)
        expect(page.get_by_test_id("stException"), query[:60]).to_have_count(0)
        expect(alerts, query[:60]).to_have_count(1 if sentence else 0)
        if sentence:
            expect(alerts).to_contain_text(sentence)
        works(page)
        expect(alerts, query[:60]).to_have_count(0)
