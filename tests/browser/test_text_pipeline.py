"""The page that turns a text into tokens and indices, as a visitor uses it."""

import re

import pytest
from playwright.sync_api import expect

from rnn_core import load_model
from tools.browser import PROJECTOR, settled, window


@pytest.fixture
def pipeline(page, server):
    page.goto(f"{server.url}/text_pipeline")
    return settled(page)


def box(page):
    return page.get_by_role("textbox", name="A text")


def step(page, number):
    """What the page writes about a step: its name, its count, the text with what it changed."""
    return page.locator("ol.steps > li").nth(number - 1)


def tokens(page):
    return page.locator("p.tokens .token")


def words(*shown):
    """The tokens as the page writes them, each above its index in the vocabulary of the networks."""
    indices = load_model("gru").vocabulary.encode(shown)
    return [re.compile(rf"^{re.escape(word)}\s*{index}$") for word, index in zip(shown, indices, strict=True)]


def test_every_step_shows_what_it_changed(pipeline):
    box(pipeline).fill("I don't love it, pls go :-) <br /> It's NOT good!!")
    expect(step(pipeline, 1).locator("ins")).to_have_text(["i", "it's", "not"])
    expect(step(pipeline, 1).locator(".count")).to_have_text("3 changed")
    expect(step(pipeline, 2).locator("del")).to_have_text(["pls"])
    expect(step(pipeline, 2).locator("ins")).to_have_text(["please"])
    expect(step(pipeline, 3).locator("del")).to_have_text(["<br />"])
    expect(step(pipeline, 4).locator("del")).to_contain_text(["'", ",", ":-)", "'", "!!"])
    expect(step(pipeline, 6).locator("del").filter(has_text=re.compile("^not$"))).to_have_count(1)
    expect(pipeline.get_by_text("and with it the turn of the sentence")).to_contain_text("“not”")
    expect(pipeline.get_by_text("Stop words: ")).to_have_text(re.compile(r"Stop words: .+, \d+ words\."))
    expect(tokens(pipeline)).to_have_text(words("love", "please", "go", "good"))


def test_switches_change_the_text_after_them(pipeline):
    box(pipeline).fill("Not a GOOD film, zyzzyva!")
    expect(tokens(pipeline)).to_have_text(words("good", "film", "zyzzyva"))
    expect(tokens(pipeline).locator("b")).to_contain_text(["0"])
    expect(pipeline.locator("p.tokens .unknown")).to_have_text(words("zyzzyva"))
    pipeline.get_by_role("button", name="keep negations").click()
    expect(tokens(pipeline)).to_have_text(words("not", "good", "film", "zyzzyva"))
    pipeline.get_by_role("button", name="stop words", exact=True).click()
    expect(tokens(pipeline)).to_have_text(words("not", "a", "good", "film", "zyzzyva"))
    expect(step(pipeline, 6)).to_contain_text("switched off")
    expect(pipeline.get_by_text("Stop words: ")).to_have_count(0)
    pipeline.get_by_role("button", name="lower case").click()
    expect(step(pipeline, 1)).to_contain_text("switched off")
    expect(tokens(pipeline)).to_have_text(words("Not", "a", "GOOD", "film", "zyzzyva"))
    pipeline.get_by_role("button", name="keep ! and ?").click()
    expect(tokens(pipeline)).to_have_text(words("Not", "a", "GOOD", "film", "zyzzyva", "!"))


def test_tries_set_all_switches(pipeline):
    box(pipeline).fill("I can't say it isn't good!!!")
    for name, shown in (
        ("As the trained networks read", ("i", "can", "not", "say", "it", "is", "not", "good", "!")),
        ("Stop words, but no negation lost", ("not", "say", "not", "good")),
        ("As the Report does it", ("say", "good")),
    ):
        pipeline.get_by_role("button", name=name).click()
        expect(tokens(pipeline)).to_have_text(words(*shown))
    expect(pipeline.get_by_role("button", name="stop words", exact=True)).to_have_attribute("aria-pressed", "true")


def test_the_address_holds_text_and_switches(pipeline, browser):
    box(pipeline).fill("Not a bad film & <b>fine</b>, 100 % +1")
    pipeline.get_by_role("button", name="As the trained networks read").click()
    expect(tokens(pipeline)).to_have_text(words("not", "a", "bad", "film", "fine", "100", "1"))
    settled(pipeline)
    seen = pipeline.locator("ol.steps").inner_html()
    with window(browser, PROJECTOR) as other:
        other.goto(pipeline.url)
        settled(other)
        expect(box(other)).to_have_value("Not a bad film & <b>fine</b>, 100 % +1")
        expect(tokens(other)).to_have_count(7)
        assert other.locator("ol.steps").inner_html() == seen


def test_a_broken_link_gives_a_page_that_works(page, server):
    for query in (
        "text_pipeline.steps=zz&text_pipeline.options=1",
        "text_pipeline.steps=&text_pipeline.options=%00",
        "text_pipeline.text=%F0%28%8C%28&text_pipeline.steps=lower+case&text_pipeline.steps=lower+case",
    ):
        page.goto(f"{server.url}/text_pipeline?{query}")
        settled(page)
        expect(page.get_by_test_id("stException"), query).to_have_count(0)
        box(page).fill("A wonderful film")
        expect(tokens(page).filter(has_text="wonderful"), query).to_have_count(1)


def test_markup_is_shown_letter_by_letter(pipeline):
    nasty = (
        "<img src=x onerror=window.hacked=1> <script>window.hacked=1</script> **x** :red[x] [a](javascript:b) $x^2$ `c`"
    )
    box(pipeline).fill(nasty)
    expect(step(pipeline, 1)).to_contain_text(nasty)
    expect(step(pipeline, 3).locator("del").first).to_have_text("<img src=x onerror=window.hacked=1>")
    settled(pipeline)
    assert pipeline.evaluate("window.hacked === undefined")
    expect(pipeline.locator("ol.steps :is(img, script, a, strong, b, code)")).to_have_count(0)


def test_odd_texts(pipeline):
    for text, shown in {
        "": (),
        "   \n ": (),
        "🙂 👍🏽 ?!": (),
        "<br />": (),
        "Фильм прекрасный": ("фильм", "прекрасный"),
        "电影很好": ("电影很好",),
        "Café ÉTÉ": ("café", "été"),
    }.items():
        box(pipeline).fill(text)
        expect(tokens(pipeline)).to_have_text(words(*shown))
        if not text.strip():
            expect(pipeline.get_by_text("Type a text to see what the steps make of it.")).to_have_count(1)
    expect(pipeline.get_by_test_id("stException")).to_have_count(0)


def test_a_hundred_thousand_characters(pipeline):
    for text in ("a" * 100_000, "great film " * 9_000):
        box(pipeline).fill(text)
        expect(pipeline.get_by_text("characters are too many for a link")).to_contain_text(f"{len(text):,}")
        expect(step(pipeline, 1)).to_contain_text("…")
        expect(box(pipeline)).to_have_value(text)
    expect(pipeline.get_by_text(re.compile("18,?000 tokens came out"))).to_have_count(1)
    expect(tokens(pipeline)).to_have_count(400)
    expect(pipeline.get_by_text("The first 400 of 18,000 tokens")).to_have_count(1)
    box(pipeline).fill("short again")
    expect(tokens(pipeline)).to_have_text(words("short"))
    expect(pipeline.get_by_text("characters are too many for a link")).to_have_count(0)
