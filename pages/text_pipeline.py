"""From a text to tokens, and from tokens to indices."""

import streamlit as st

from pages.ui import page
from pages.ui.changes import show_steps, show_tokens
from pages.ui.controls import choose_many
from pages.ui.live_text import live_text
from pages.ui.registry import topic
from pages.ui.tries import Try, tries
from rnn_core import load_model
from rnn_core.text_pipeline import Spec, observation, trace_text_pipeline

FIRST = "I can't say it's GOOD…<br /><br />u should pls not watch this film, it is not good!!!"
STEPS = {
    "lower_case": "lower case",
    "expand_abbreviations": "abbreviations",
    "strip_tags": "HTML tags",
    "strip_symbols": "symbols",
    "squeeze_space": "extra white space",
    "remove_stop_words": "stop words",
}
OPTIONS = {
    "keep_negations": "keep negations",
    "negation_to_not": "read n't as not",
    "keep_marks": "keep ! and ?",
}
TRIES = (
    Try(
        "As the Report does it",
        "All steps, in the Report's order: see “not good” become “good”.",
        {"steps": tuple(STEPS), "options": ()},
    ),
    Try(
        "Stop words, but no negation lost",
        "The same list without “not”, “no”, “nor” and the “n't” forms: the sentence keeps its meaning.",
        {"steps": tuple(STEPS), "options": ("keep_negations", "negation_to_not")},
    ),
    Try(
        "As the trained networks read",
        "Nothing is thrown away that a verdict may hang on: stop words stay, and so do ! and ?",
        {
            "steps": tuple(step for step in STEPS if step != "remove_stop_words"),
            "options": ("negation_to_not", "keep_marks"),
        },
    ),
)


@page.fragment
def laboratory() -> None:
    """Everything that follows the text."""
    text = live_text("text_pipeline.text", "A text", default=FIRST, placeholder="Type or paste a text …")
    tries("text_pipeline", TRIES)
    left, right = st.columns([3, 2])
    with left:
        chosen = choose_many("text_pipeline", "steps", "Steps, in this order", STEPS, tuple(STEPS))
    with right:
        chosen |= choose_many("text_pipeline", "options", "Options", OPTIONS, ())
    trace = trace_text_pipeline(text, Spec(**{name: name in chosen for name in (*STEPS, *OPTIONS)}))
    st.markdown(f"**{page.literal(observation(trace))}**")
    show_steps(trace)
    if trace.stop_words is not None:
        st.caption(f"Stop words: {trace.stop_words.source}, {len(trace.stop_words.words)} words.")
    st.subheader("7. Split, and give every token its index", anchor=False)
    with page.beside():
        vocabulary = load_model("gru").vocabulary
        show_tokens(trace.tokens, vocabulary.encode(trace.tokens).tolist())
        st.caption(
            f"The indices are those of the trained networks, whose vocabulary has {len(vocabulary):,} entries. "
            "0 is the unknown word (dashed); padding has an index of its own, 1."
        )


page.open_page(topic("text_pipeline"))
laboratory()
page.close_page(topic("text_pipeline"))
