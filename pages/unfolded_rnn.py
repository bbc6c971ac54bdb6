"""Unfold a small recurrent network over a sequence of one's own, forward and back."""

from functools import partial
from typing import Any

import streamlit as st

from pages.ui import page
from pages.ui.controls import ask, choose
from pages.ui.live_figure import live_figure
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.tries import Try, presets, put_all, tries
from rnn_core import unfolded_rnn as core
from rnn_core.plots import unfolded_rnn as plots
from rnn_core.unfolded_rnn import equations, examples, learning, reading, sentences, tables

TOPIC = "unfolded_rnn"


@st.cache_resource(max_entries=64, show_spinner=False)
def run(network: core.Spec) -> tuple[core.Trace, core.Updates]:
    """Run a network forward and back, and train it; readers of the same one share it."""
    return core.trace_unfolded_rnn(network), core.trace_updates(network)


def show(name: str, picture: Any, words: str, table: Any, *of: Any, at: str = "", **more: Any) -> None:
    """Show a picture of this page, with the table of something; `at` is its slider's name in the address."""
    more["position"] = f"{TOPIC}.{at}" if at else None
    live_figure(picture, key=f"{TOPIC}.{name}", description=words, numbers=partial(table, *of), name=name, **more)


def ask_box(box: reading.Box) -> Any:
    """Ask for one thing."""
    with st.container(width=box.width):
        return ask(TOPIC, box.key, box.label, box.default, box.read, lines=box.lines)


def ask_row(boxes: list[reading.Box]) -> list[Any]:
    """Ask for some things side by side."""
    with st.container(horizontal=True):
        return [ask_box(box) for box in boxes]


def ask_network(weights: Any) -> core.Spec:
    """Ask for sequence, network and loss; the weights have a place of their own."""
    presets(TOPIC, examples.PATTERNS)
    recurrence: Any = choose(TOPIC, "recurrence", "Fed back to the next step: the", examples.RECURRENCES, "hidden")
    loss: Any = choose(TOPIC, "loss", "Loss at", examples.LOSSES, "last")
    activation: Any = choose(TOPIC, "activation", "Activation f", examples.ACTIVATIONS, "tanh")
    m, K, seed = ask_row(reading.size_boxes("m", "K", "seed"))
    if choose(TOPIC, "input", "The sequence is made of", examples.INPUTS, "numbers") == "numbers":
        inputs, words = ask_box(reading.inputs_box(seed, *ask_row(reading.size_boxes("T", "n"))))
    else:
        inputs, words = ask_box(reading.words_box())
    targets = ask_box(reading.targets_box(seed, len(inputs), K))
    boxes = reading.weight_boxes(seed, len(inputs[0]), m, K, recurrence)
    with weights:
        parameters = core.Weights(*ask_row(boxes))
        st.button(
            "Weights of the seed again", key=f"{TOPIC}.again", on_click=put_all, args=(TOPIC, reading.defaults(boxes))
        )
    return core.Spec(inputs, targets, parameters, activation, recurrence, loss, words)


@page.fragment
def graph(trace: core.Trace) -> None:
    """The picture that runs forward and back, and the equation of one of its nodes."""
    picture = st.container()
    with st.container(horizontal=True):
        kind = choose(TOPIC, "node", "Equation of the", equations.KINDS, "h")
        step = int(choose(TOPIC, *reading.step_choice(trace.spec.steps)))
    with picture:
        deck, find = plots.deck_graph(trace, (kind, step)), partial(plots.controls_at, trace.spec)
        more: dict[str, Any] = {"at": "time", "on_click": lambda click: put_all(TOPIC, find(click.x, click.y))}
        show("graph", deck, sentences.headline(trace), tables.nodes_table, trace, **more)
        st.caption(sentences.READING)
    st.latex(equations.node_equation(trace, kind, step))


@page.fragment
def one_gradient(trace: core.Trace) -> None:
    """The terms of one gradient, and what truncation loses of them."""
    st.subheader("Which steps does a gradient come from?", anchor=False)
    name = choose(TOPIC, "parameter", "Gradient of", {name: name for name in core.PARAMETERS}, "W")
    st.markdown(page.literal(learning.on_terms(trace, name)))
    show("terms", plots.figure_terms(trace, name), f"Terms of the gradient of {name}", tables.terms_table, trace, name)
    deck, words = plots.deck_truncation(trace, name), f"The gradient of {name}, truncated and whole"
    show("truncation", deck, words, tables.truncation_table, trace, name, at="steps_back")
    st.markdown(page.literal(sentences.checked(core.compare_with_differences(trace))))


@page.fragment
def way_and_use(trace: core.Trace, updates: core.Updates) -> None:
    """The Jacobians that a gradient comes back through, and what updates make of it."""
    st.subheader("What one state does to a later one", anchor=False)
    (t,) = ask_row([reading.step_box(trace.spec.steps)])
    deck, words = plots.deck_jacobians(trace, t), f"The derivative of state {t} by an earlier one"
    show("jacobians", deck, words, tables.jacobians_table, trace, t, at=f"back.{t}")
    st.subheader("Downhill, a hundred times", anchor=False)
    deck, words = plots.deck_updates(updates), "The loss over a hundred updates"
    show("updates", deck, words, tables.updates_table, updates, at="rate")


@page.fragment
def laboratory() -> None:
    """Everything that follows the reader's network."""
    left, right = st.columns([5, 2], gap="medium")
    st.subheader("One set of weights for all steps", anchor=False)
    table, weights = st.columns(2, gap="medium")
    with right:
        network = ask_network(weights)
    trace, updates = run(network)
    with left:
        st.markdown(f"**{page.literal(sentences.headline(trace))}**")
        graph(trace)
        tries(TOPIC, [Try(*task) for task in examples.TASKS])
    table.html(to_table(equations.sizes_table(network)))
    table.markdown(page.literal(sentences.parameters_alike(trace)))
    st.subheader("Does the past matter?", anchor=False)
    past = core.compare_with_feed_forward(network)
    show("memory", plots.deck_memory(past), sentences.remembered(past, 1), tables.memory_table, past, at="exchanged")
    left, right = st.columns(2, gap="medium")
    with left:
        one_gradient(trace)
    with right:
        way_and_use(trace, updates)


page.open_page(topic(TOPIC))
laboratory()
page.close_page(topic(TOPIC))
