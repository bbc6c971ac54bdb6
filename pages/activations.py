"""Drag a point along an activation function, and see what its slope lets through."""

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import ask, choose
from pages.ui.live_figure import live_figure
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.tries import Try, tries
from rnn_core.activations import Spec, read_logits, read_shift, trace_activations, trace_products, trace_rounding
from rnn_core.activations import sentences as say
from rnn_core.activations.functions import REACH
from rnn_core.plots.activations import START, deck_here, deck_point, deck_rounding, deck_window

FUNCTIONS = {"sigmoid": "sigmoid", "tanh": "tanh", "relu": "ReLU", "softmax": "softmax"}
TRIES = (
    Try(
        "A gate pushed too far",
        "The sigmoid at a = 7: nearly flat. Of a small change, less than a thousandth gets through.",
        {"function": "sigmoid", "a": "7.0", "steps": "10"},
    ),
    Try(
        "1 instead of 1/4",
        "The tanh at a = 0 is as steep as it gets. Now drag T: only there does anything survive many steps.",
        {"function": "tanh", "a": "0.0", "steps": "40"},
    ),
    Try(
        "Gone for good",
        "In the last picture the sigmoid is exactly 1 for float32. Drag to the left: it takes until −104 to be 0.",
        {"function": "sigmoid", "a": "10.0", "steps": "75", "far": "17.5"},
    ),
)


trace = st.cache_resource(max_entries=64, show_spinner=False)(trace_activations)
products = st.cache_resource(max_entries=256, show_spinner=False)(trace_products)
rounding = st.cache_resource(max_entries=64, show_spinner=False)(trace_rounding)


def ask_function() -> Spec:
    """Ask for the function, and for the softmax for its other logits."""
    function = choose("activations", "function", "Function", FUNCTIONS, "sigmoid", hidden=True)
    if function != "softmax":
        return Spec(function)
    left, right = st.columns(2)
    with left:
        others = ask("activations", "others", "The other logits", "1, 0", read_logits)
    with right:
        shift = ask("activations", "shift", "Added to every logit", "0", read_shift)
    return Spec(function, others, shift)


def many_steps(at: float) -> None:
    """Show what is left after T steps."""
    st.subheader("The same slope, T times", anchor=False)
    everywhere, here = products(0.0), products(at)
    st.markdown(page.literal(say.limits(everywhere)))
    left, right = st.columns(2)
    with left:
        live_figure(
            deck_window(everywhere),
            key="activations.window",
            description="What is left of a change after T equal steps, over a, for sigmoid, tanh and ReLU",
            group="activations.steps",
            position="activations.steps",
            numbers=lambda: say.window_table(everywhere),
        )
    with right:
        live_figure(
            deck_here(here),
            key="activations.here",
            description="The same over T, on an axis of powers of ten, at best and at your a",
            group="activations.steps",
            slider=False,
            numbers=lambda: say.product_table(here),
        )


def run_out_of_digits(spec: Spec) -> None:
    """Show where computer numbers reach the ends that the function never reaches."""
    st.subheader("Where computer numbers run out of digits", anchor=False)
    if spec.function == "relu":
        st.markdown("ReLU has no end to come close to: its values are 0 or a itself, and no digits are lost.")
        return
    far = rounding(spec)
    live_figure(
        deck_rounding(far),
        key="activations.far",
        description=say.rounding_headline(far),
        position="activations.far",
        numbers=lambda: say.rounding_table(far),
        name=f"{spec.function}-rounding",
    )
    st.markdown(page.literal(say.rounding_headline(far)))
    st.html(to_table(say.ends_table(far)))
    st.caption("“Computed” is by this server's own arithmetic, in which every step on the way is rounded as well.")


@st.fragment
def laboratory() -> None:
    """Everything on the page that moves."""
    spec = ask_function()
    run = trace(spec)
    live_figure(
        deck_point(run),
        key="activations.point",
        description=say.headline(run),
        position="activations.a",
        numbers=lambda: say.point_table(run),
        name=spec.function,
    )
    st.markdown(page.literal(say.headline(run)))
    at = say.read_place(address.recall("activations.a", say.place(START)), REACH, START)
    if spec.function == "softmax":
        st.markdown(page.literal(say.shifted(spec, at)))
    tries("activations", TRIES)
    many_steps(at)
    run_out_of_digits(spec)


page.open_page(topic("activations"))
with page.beside():
    laboratory()
page.close_page(topic("activations"))
