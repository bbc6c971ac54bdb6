"""Train an RNN, an LSTM and a GRU against each other, and watch them learn."""

import streamlit as st

from pages._race_experiments import experiments
from pages._race_live import live
from pages._race_results import results
from pages._race_runs import choose_runs, manage, shown
from pages._race_setup import setup, train_button
from pages.ui import page
from pages.ui.registry import topic
from pages.ui.tries import Try, tries
from rnn_core.race.examples import TASKS

TOPIC = "race"


def laboratory() -> None:
    """Everything between the lead and the sources."""
    left, right = st.columns([5, 2], gap="medium")
    loop, below = st.empty(), st.container()
    with left:
        runs = shown()
    with right:
        asked, button = setup(below)
        with button:
            train_button(asked, runs)
            near = st.container(key=f"{TOPIC}.near").empty()
    with left:
        live(runs, loop, near)
        choose_runs(runs)
    with below:
        tries(TOPIC, [Try(*task) for task in TASKS])
    results(runs)
    experiments(asked)
    manage(runs)


page.open_page(topic(TOPIC))
with page.beside():
    laboratory()
page.close_page(topic(TOPIC))
