"""Experiments by button: two trainings that differ in just one thing."""

import streamlit as st

from pages._race_settings import TOPIC
from pages._race_setup import Setup, start, why_not
from pages.ui import page
from pages.ui.controls import choose
from rnn_core.race import fields, sentences
from rnn_core.race.experiments import EXPERIMENTS, can_run, named_specs


def experiments(asked: Setup) -> None:
    """Offer the experiments on the reviews and with the recipe that the reader has chosen."""
    st.subheader("Change just one thing", anchor=False)
    labels = {name: experiment.label for name, experiment in EXPERIMENTS.items()}
    name = choose(TOPIC, "experiment", "Experiment", labels, "distance", hidden=True)
    experiment = EXPERIMENTS[name]
    st.markdown(page.literal(experiment.sentence))
    if not asked.specs:  # why, stands beside the settings
        return
    button = f"{TOPIC}.experiment.start"
    with page.beside(), fields.by_label():
        named = named_specs(experiment, asked.recipe, asked.changes, asked.name)
        st.button(
            f"Train both: {' and '.join(experiment.ways)}",
            key=button,
            disabled=not can_run(experiment, asked.ready),
            on_click=start,
            args=(named, button),
            kwargs={"alone": True},
        )
        st.html(sentences.POINTER)
        why_not(button)
