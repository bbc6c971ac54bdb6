"""Count what a recurrent network learns, and see what it costs and what a budget buys."""

from dataclasses import replace
from functools import partial

import streamlit as st

from pages.ui import page
from pages.ui.controls import ask, choose
from pages.ui.live_figure import live_figure
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.tries import Try, tries
from rnn_core import parameters
from rnn_core.parameters import ARCHITECTURES, CONVENTIONS, NAMES, Spec, Trace, trace_parameters, trace_reverse
from rnn_core.parameters.examples import START, TASKS
from rnn_core.plots.parameters import deck_reverse, explain_matrices, figure_matrices, figure_shares

NUMBERS = {number: number for number in "1234"}
SHOWN = {"all": "all three", **NAMES}
PROJECTION = "Projection p of the LSTM (0 = none): shortens the state from m numbers to p"


def ask_size(name: str, label: str, field: str) -> int:
    """Ask for one size of the network."""
    return ask("parameters", name, label, START[name], partial(parameters.parse_size, field))


def ask_layers() -> tuple[Spec, str]:
    """Ask for the sizes of the recurrent layers, and for the way to count."""
    with st.container(horizontal=True):
        with st.container(width=165):
            inputs = ask_size("input", "Input size n", "input_size")
        with st.container(width=165):
            hidden = ask_size("hidden", "Hidden units m", "hidden_size")
        layers = choose("parameters", "layers", "Layers", NUMBERS, START["layers"])
        directions = choose("parameters", "directions", "Directions", {"1": "one", "2": "both"}, START["directions"])
        convention = choose("parameters", "convention", "Counted as", CONVENTIONS, START["convention"])
    return Spec(inputs, hidden, int(layers), int(directions)), convention


def layers_to_scale(trace: Trace, convention: str) -> None:
    """Show the matrices of the recurrent layers, one row of blocks a gate."""
    choice = choose("parameters", "shown", "Show", SHOWN, START["shown"], hidden=True)
    shown = ARCHITECTURES if choice == "all" else (choice,)
    headline = parameters.headline(trace, convention)
    live_figure(
        figure_matrices(trace, convention, shown),
        key="parameters.matrices",
        description=f"The weight matrices of the layers, gate by gate. {headline}",
        numbers=lambda: parameters.block_table(trace, convention),
        name=f"weights-{choice}",
    )
    st.markdown(f"**{page.literal(headline)}** {page.literal(explain_matrices(trace, convention, shown))}")
    tries("parameters", [Try(*task) for task in TASKS])


def whole_network(spec: Spec, convention: str) -> Spec:
    """Ask for what stands around the layers, show its share, and return the sizes with it."""
    st.subheader("The whole network", anchor=False)
    first, second = st.columns(2)
    with first:
        words = ask_size("vocabulary", "Vocabulary V: words with n numbers each (0 = none)", "vocabulary_size")
    with second:
        outputs = ask_size("outputs", "Outputs K that read the last state (0 = none)", "output_size")
    trace = trace_parameters(replace(spec, vocabulary_size=words, output_size=outputs))
    live_figure(
        figure_shares(trace, convention),
        key="parameters.shares",
        description=parameters.shares_sentence(trace, convention),
        numbers=lambda: parameters.share_table(trace, convention),
        name="shares",
    )
    st.markdown(page.literal(parameters.shares_sentence(trace, convention)))
    return trace.spec


@page.fragment
def budget(spec: Spec, convention: str) -> None:
    """What a number of parameters pays for."""
    st.subheader("What a budget buys", anchor=False)
    reverse = trace_reverse(spec, convention)
    live_figure(
        deck_reverse(reverse),
        key="parameters.reverse",
        description="The largest hidden size that a number of parameters pays for, for RNN, GRU and LSTM",
        position="parameters.budget",
        numbers=lambda: parameters.reverse_table(reverse),
        name="budget",
    )


@page.fragment
def laboratory() -> None:
    """The layers, the network around them, its cost, and the reverse question."""
    spec, convention = ask_layers()
    picture = st.container()
    st.subheader("The same layers, counted three ways", anchor=False)
    read = partial(parameters.parse_projection, hidden_size=spec.hidden_size)
    with st.columns(2)[0]:
        projection = ask("parameters", "projection", PROJECTION, START["projection"], read)
    spec = replace(spec, projection_size=projection)
    layers = trace_parameters(spec)
    with picture:
        layers_to_scale(layers, convention)
    st.html(to_table(parameters.convention_table(layers, convention)))
    st.markdown("\n".join(f"- {page.literal(sentence)}" for sentence in parameters.differences(layers)))
    spec = whole_network(spec, convention)
    st.subheader("What it costs", anchor=False)
    with st.container(width=165):
        steps = ask_size("steps", "Tokens T of a text", "steps")
    trace = trace_parameters(replace(spec, steps=steps))
    st.html(to_table(parameters.cost_table(trace, convention)))
    st.markdown(page.literal(parameters.spent(trace, convention)))
    budget(spec, convention)


page.open_page(topic("parameters"))
laboratory()
page.close_page(topic("parameters"))
