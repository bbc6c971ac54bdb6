"""The first page: what there is to explore, each with a picture computed now."""

from collections.abc import Callable
from itertools import cycle

import streamlit as st

from pages import _home_previews as previews
from pages.ui import page
from pages.ui.registry import TOPICS

PREVIEWS: dict[str, Callable[[], None]] = {
    "gates": previews.preview_gates,
    "race": previews.preview_race,
    "text_pipeline": previews.preview_text_pipeline,
    "unfolded_rnn": previews.preview_unfolded_rnn,
    "activations": previews.preview_activations,
    "gradient_flow": previews.preview_gradient_flow,
    "parameters": previews.preview_parameters,
    "markov_chain": previews.preview_markov_chain,
    "hidden_markov": previews.preview_hidden_markov,
    "tagging": previews.preview_tagging,
}

st.title("Unfold", anchor=False)
st.markdown("A laboratory for networks that read. Change a word or a number, and see what it does to every other.")
for topic, column in zip(TOPICS, cycle(st.columns(2)), strict=False):
    with column.container(border=True, key=f"home.card.{topic.name}"):
        st.caption(topic.section)
        st.page_link(topic.page(), label=f"**{topic.title}** →")
        st.markdown(topic.invitation)
        with page.beside():
            PREVIEWS[topic.name]()
