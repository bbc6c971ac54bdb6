"""What holds for every page of the registry, without a browser."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui import address
from pages.ui.numbers import to_csv, to_table
from pages.ui.page import literal
from pages.ui.registry import TOPICS
from rnn_core.config import ASSETS_DIR

PAGES_DIR = Path(__file__).resolve().parent.parent / "pages"


def open_page(name: str = "", **query: str) -> AppTest:
    app = AppTest.from_file(PAGES_DIR / "_router.py", default_timeout=60)
    for key, value in query.items():
        app.query_params[key.replace("__", ".")] = value
    if name:
        app.switch_page(f"{name}.py")
    return app.run()


def sentences(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption, *app.error))


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_page_opens_with_its_title_and_lead_and_ends_with_its_sources(topic):
    app = open_page(topic.name)
    assert not app.exception
    assert [title.value for title in app.title] == [topic.title]
    assert topic.lead in [markdown.value for markdown in app.markdown]
    closing = (ASSETS_DIR / "pages" / f"{topic.name}.md").read_text(encoding="utf-8")
    assert app.markdown[-1].value == closing.strip()
    equations = (ASSETS_DIR / "pages" / f"{topic.name}.equations.md").read_text(encoding="utf-8")
    assert re.search(r"\b(19|20)\d\d\b", equations), "a formula has a source, and a source a year"
    assert app.expander[-1].label == "Equations and sources"


def test_home_shows_every_topic_with_its_sentence():
    app = open_page()
    assert not app.exception
    for topic in TOPICS:
        assert topic.invitation in sentences(app)


def test_names_of_topics_are_unique_and_serve_as_addresses():
    names = [topic.name for topic in TOPICS]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)


def test_an_example_replaces_the_text_and_forgets_the_changed_words():
    app = open_page("gates", gates__text="The film is bad", gates__edits='[[3,"good"]]')
    assert app.session_state["gates.text"] == "The film is bad"
    assert any(button.key == "gates.restore" for button in app.button)
    example = next(button for button in app.button if button.label == "Contrast")
    example.click().run()
    assert app.session_state["gates.text"].startswith("The first half")
    assert not any(button.key == "gates.restore" for button in app.button)


@pytest.mark.parametrize("edits", ["x", "[[1]]", '[["a","b"]]', "{"])
def test_a_broken_link_shows_its_sentence_and_the_page(edits):
    app = open_page("gates", gates__text="The film is bad", gates__edits=edits)
    assert not app.exception
    assert "can't be read" in app.error[0].value.replace("\\", "")
    assert "call it" in sentences(app) or "disagree" in sentences(app)


@pytest.mark.parametrize("text", ["", "🙂", "<script>alert(1)</script>"])
def test_a_text_without_a_word_is_said_to_be_empty(text):
    app = open_page("gates", gates__text=text) if text else open_page("gates", gates__text=" ")
    assert not app.exception
    if "alert" not in text:
        assert "Nothing is read yet" in sentences(app)


def test_a_network_in_the_address_is_chosen():
    app = open_page("gates", gates__network="gru")
    control = next(group for group in app.button_group if group.key == "gates.network.control")
    assert control.value == "gru"


def test_the_switches_of_the_pipeline_reach_the_text():
    app = open_page("text_pipeline", text_pipeline__text="It is not good")
    assert "took “not”" in sentences(app)
    next(button for button in app.button if button.label.startswith("Stop words")).click().run()
    assert "took “not”" not in sentences(app)


@pytest.mark.parametrize("text", ["a*b*c", ":red[x]", "[a](javascript:b)", "# x", "$x$", "<b>", "`x`", "~~x~~", "1. x"])
def test_literal_leaves_no_markdown_alive(text):
    escaped = literal(text)
    for character in "*_`[]()#$<>~:":
        assert escaped.count(character) == escaped.count("\\" + character)


def test_csv_and_table_keep_words_harmless():
    columns = {"word": ["=1+1", 'a "b", c', "<b>"], "share": [-0.5, 1.0, 2.0]}
    assert to_csv(columns).splitlines() == ["word,share", "'=1+1,-0.5", '"a ""b"", c",1.0', "<b>,2.0"]
    assert "&lt;b&gt;" in to_table(columns)
    assert "<b>" not in to_table(columns)


def test_an_endless_text_stays_out_of_the_address():
    assert address.fits("a" * address.LONGEST)
    assert not address.fits("a" * (address.LONGEST + 1))


def test_a_part_of_a_page_says_itself_what_can_not_be():
    """Where it runs alone, nothing is around it."""

    def script():
        import streamlit as st

        from pages.ui import page
        from rnn_core.errors import InputError

        @page.fragment
        def part():
            raise InputError("No *such* network")

        part()
        st.text("the rest")

    app = AppTest.from_function(script).run()
    assert not app.exception
    assert [error.value for error in app.error] == ["No \\*such\\* network"]
    assert [text.value for text in app.text] == ["the rest"]
