"""The page of the tagger as a visitor uses it: sentences typed, words changed and put back, words walked over."""

import re

import pytest
from playwright.sync_api import expect

from rnn_core.tagging import examples
from tools.browser import caption, picture, redrawn, settled, slider

from .conftest import look


@pytest.fixture
def tagging(page, server):
    page.goto(f"{server.url}/tagging")
    return settled(page)


def chips(page):
    return page.locator(".word-chips .words button")


def change(page, word, to):
    """Change the word of that number, from 0, by its chip."""
    chips(page).nth(word).click()
    editor = page.locator(".word-chips .editor")
    with redrawn(page, "tagging.trellis"):
        if to:
            editor.get_by_role("textbox").fill(to)
            editor.get_by_role("button", name="Change").click()
        else:
            editor.get_by_role("button", name="Drop the word").click()


def test_typing_tags_without_enter_and_an_example_takes_its_place(tagging):
    box = tagging.get_by_role("textbox", name="A sentence in English")
    with redrawn(tagging, "tagging.trellis"):
        box.fill("")
        box.press_sequentially("She saw a wug", delay=15)
        expect(chips(tagging).locator(".number")).to_have_text(["pronoun", "verb", "determiner", "noun"])
    expect(chips(tagging).nth(3)).to_have_attribute("data-state", "unknown")
    expect(tagging).to_have_url(re.compile(r"tagging\.text=She\+saw\+a\+wug"))
    expect(picture(tagging, "tagging.trellis").locator(".xtick text")).to_have_text(["She", "saw", "a", "wug"])
    with redrawn(tagging, "tagging.trellis"):
        tagging.get_by_role("button", name="Nonsense").click()
    expect(box).to_have_value(examples.SENTENCES["Nonsense"])
    expect(chips(tagging).and_(tagging.locator("[data-state=unknown]"))).to_have_count(7)
    expect(tagging.get_by_text("marks words that the corpus doesn't have")).to_be_visible()


def test_one_word_changes_another(tagging):
    with redrawn(tagging, "tagging.trellis"):
        tagging.get_by_role("button", name="A garden path").click()
    expect(chips(tagging).nth(2).locator(".number")).to_have_text("noun")
    change(tagging, 0, "")
    change(tagging, 1, "They")
    expect(chips(tagging).nth(2).locator(".number")).to_have_text("verb")
    expect(tagging.get_by_text("“man” turns from a noun into a verb")).to_be_visible()
    legend = picture(tagging, "tagging.trellis").locator(".legendtext")
    expect(legend).to_contain_text(["best path", "runner-up", "before"])
    link = tagging.url
    tagging.goto("about:blank")
    tagging.goto(link)
    settled(tagging)
    expect(chips(tagging).nth(1).locator(".text")).to_have_text("old They")
    with redrawn(tagging, "tagging.trellis"):
        tagging.get_by_role("button", name="Put all words back").click()
    expect(chips(tagging).locator(".text")).to_have_text(["The", "old", "man", "the", "boats", "."])
    expect(legend).to_have_count(2)


def test_a_word_is_walked_to_and_pointed_at(tagging):
    words = slider(tagging, "tagging.one")
    words.press("Home")
    expect(caption(tagging, "tagging.one")).to_contain_text("“I” was seen")
    words.press("ArrowRight")
    expect(caption(tagging, "tagging.one")).to_contain_text("“saw” was seen")
    expect(tagging).to_have_url(re.compile(r"tagging\.word=2\.\+saw"))
    chips(tagging).nth(3).hover()
    expect(caption(tagging, "tagging.one")).to_contain_text("“duck” was seen")
    expect(picture(tagging, "tagging.trellis").locator(".cursor.x")).to_be_visible()


@pytest.mark.parametrize("page", [look("phone-dark")], indirect=True)
def test_a_phone_shows_forty_words_and_says_that_there_were_more(tagging):
    with redrawn(tagging, "tagging.trellis"):
        tagging.get_by_role("textbox", name="A sentence in English").fill("the <b>old</b> man " * 30)
        expect(chips(tagging)).to_have_count(40)
    expect(tagging.get_by_text("Only the first 40 words of a text are read.")).to_be_visible()
    expect(tagging.locator(".word-chips b")).to_have_count(0)
    wide = tagging.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth - window.innerWidth")
    assert wide <= 1
