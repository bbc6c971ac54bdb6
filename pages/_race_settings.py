"""All hyperparameters of a recipe, each with its meaning and its range; what differs from the recipe is named."""

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
        found = {}
        for group, names in fields.NAMES.items():
            if opened.open:
                st.markdown(f"**{group}**")
            for row in fields.in_rows(names):
                cells = st.columns(fields.A_ROW) if opened.open else [st.container() for _ in row]
                for name, cell in zip(row, cells, strict=False):
                    with cell:
                        found[name] = setting(f"{place}.{name}", name, base, bool(opened.open))
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


def setting(key: str, name: str, base: Spec, opened: bool) -> Any:
    """Ask for one hyperparameter; where the settings are closed, only read it."""
    default, read = fields.written(base, name), fields.reader(name)
    if not opened:
        return read_or_last(f"{TOPIC}.{key}", address.recall(f"{TOPIC}.{key}", default), default, read)[0]
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
