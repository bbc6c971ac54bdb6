"""Drag a point along an activation function, and see what its slope lets through."""

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import ask, choose
from pages.ui.live_figure import live_figure
from pages.ui.numbers import to_table
from pages.ui.registry import topic
from pages.ui.tries import Try, tries
from rnn_core import activations as core
from rnn_core.activations import sentences as say
from rnn_core.plots import activations as plots
from rnn_core.plots.deck import Deck

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


@st.cache_resource(max_entries=24, show_spinner=False)
def curve(spec: core.Spec) -> tuple[core.Trace, Deck]:
    """Compute a function along the slider, and draw it; readers of the same function share it."""
    trace = core.trace_activations(spec)
    return trace, plots.deck_point(trace)


@st.cache_resource(max_entries=24, show_spinner=False)
def far_out(spec: core.Spec) -> tuple[core.Rounding, Deck]:
    """Follow a function to where numbers run out of digits, and draw it."""
    rounding = core.trace_rounding(spec)
    return rounding, plots.deck_rounding(rounding)


@st.cache_resource(max_entries=16, show_spinner=False)
def multiply(at: float) -> tuple[core.Products, Deck, Deck]:
    """Multiply slopes, and draw the products over a and over the steps."""
    products = core.trace_products(at)
    return products, plots.deck_window(products), plots.deck_here(products)


def ask_function() -> core.Spec:
    """Ask for the function, and for the softmax for its other logits."""
    function = choose("activations", "function", "Function", say.NAMES, "sigmoid", hidden=True)
    if function != "softmax":
        return core.Spec(function)
    left, right = st.columns(2)
    with left:
        others = ask("activations", "others", "The other logits", "1, 0", core.read_logits)
    with right:
        shift = ask("activations", "shift", "Added to every logit", "0", core.read_shift)
    return core.Spec(function, others, shift)


def many_steps(at: float) -> None:
    """Show what is left after T steps."""
    st.subheader("The same slope, T times", anchor=False)
    products, window, here = multiply(at)
    st.markdown(page.literal(say.limits(products)))
    left, right = st.columns(2)
    with left:
        live_figure(
            window,
            key="activations.window",
            description="What is left of a change after T equal steps, over a, for sigmoid, tanh and ReLU",
            group="activations.steps",
            position="activations.steps",
            numbers=lambda: say.window_table(products),
        )
    with right:
        live_figure(
            here,
            key="activations.here",
            description="The same over T, on an axis of powers of ten, at best and at your a",
            group="activations.steps",
            position="activations.steps",
            slider=False,
            numbers=lambda: say.product_table(products),
        )


def run_out_of_digits(spec: core.Spec) -> None:
    """Show where computer numbers reach the ends that the function never reaches."""
    st.subheader("Where computer numbers run out of digits", anchor=False)
    if spec.function == "relu":
        st.markdown("ReLU has no end to come close to: its values are 0, or a itself to its last digit.")
        return
    rounding, far = far_out(spec)
    st.markdown(page.literal(say.rounding_headline(rounding)))
    live_figure(
        far,
        key="activations.rounding",
        description=say.rounding_headline(rounding),
        position="activations.far",
        numbers=lambda: say.rounding_table(rounding),
    )
    st.html(to_table(say.ends_table(rounding)))
    st.caption("“Computed” is by this server's own arithmetic, in which every step on the way is rounded as well.")


@page.fragment
def laboratory() -> None:
    """Everything that moves."""
    with st.container():  # which is there for every function, so that what follows keeps its place and its picture
        spec = ask_function()
    trace, point = curve(spec)
    at = say.read_place(address.recall("activations.a", say.place(plots.START)), plots.START)
    live_figure(
        point,
        key="activations.point",
        description=say.headline(trace),
        position="activations.a",
        numbers=lambda: say.point_table(trace),
        name=spec.function,
    )
    st.markdown(page.literal(say.whole(trace, at)))
    tries("activations", TRIES)
    many_steps(at)
    run_out_of_digits(spec)


page.open_page(topic("activations"))
laboratory()
page.close_page(topic("activations"))
