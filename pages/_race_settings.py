"""All hyperparameters of a recipe, each with its meaning and its range; what differs from the recipe is named."""

from functools import partial
from typing import Any

import streamlit as st

from pages.ui import address, page
from pages.ui.controls import ask, choose, choose_many
from pages.ui.live_text import read_or_last
from pages.ui.tries import put_all
from rnn_core.race import fields
from rnn_core.recipes import Spec, make_spec

TOPIC = "race"


def settings(recipe: str, corpus: str) -> dict[str, Any]:
    """Ask for the hyperparameters; return those that differ from the recipe."""
    base = make_spec(recipe, "lstm", corpus=corpus)
    place = f"{recipe}.{corpus}"
    said = st.container()
    with st.expander(f"All settings of the recipe {recipe}", key=f"{TOPIC}.settings", on_change="rerun") as opened:
        found: dict[str, Any] = {}
        value_of = ask_for if opened.open else partial(read_only, said)
        for group, names in fields.NAMES.items():
            if opened.open:
                st.markdown(f"**{group}**")
            for row in fields.in_rows(names):
                cells = st.columns(fields.A_ROW) if opened.open else [st.container() for _ in row]
                for name, cell in zip(row, cells, strict=False):
                    with cell:
                        found[name] = value_of(f"{place}.{name}", name, base)
        found["pipeline"] = cleaning(f"{place}.cleaning", fields.steps_of(base.pipeline), bool(opened.open))
        if opened.open:
            st.caption(page.literal(fields.differing(recipe, corpus)))
    changed = fields.changes(base, found)
    if changed:
        with said.container(horizontal=True, vertical_alignment="center"):
            st.markdown(page.literal(fields.said(list(changed))))
            values = fields.texts(base, list(changed), place)
            st.button("Back to the recipe", key=f"{TOPIC}.restore", on_click=put_all, args=(TOPIC, values))
    return changed


def read_only(said: Any, key: str, name: str, base: Spec) -> Any:
    """Read one hyperparameter where the settings are closed; say in the container `said` what can't be read."""
    default, key = fields.written(base, name), f"{TOPIC}.{key}"
    value, wrong = read_or_last(key, address.recall(key, default), default, fields.reader(name))
    if wrong:
        with said:
            page.problem(wrong)
    return value


def ask_for(key: str, name: str, base: Spec) -> Any:
    """Ask for one hyperparameter."""
    default, read = fields.written(base, name), fields.reader(name)
    if name in fields.CHOICES:
        value = read(choose(TOPIC, key, fields.label(name), fields.CHOICES[name], default))
    else:
        value = ask(TOPIC, key, fields.label(name), default, read)
    st.caption(page.literal(fields.meaning(name, base, value)))
    return value


def cleaning(key: str, steps: tuple[str, ...], opened: bool) -> Any:
    """Ask for the cleaning steps."""
    if opened:
        return fields.pipeline_of(choose_many(TOPIC, key, "Cleaning steps", fields.STEPS, steps))
    return fields.pipeline_of(address.recall(f"{TOPIC}.{key}", ",".join(steps)).split(","))
