"""The race's control panel: what to train, on which reviews, and the button that starts it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages._race_settings import TOPIC, settings
from pages.ui import address, page
from pages.ui.controls import ask, choose, slide
from pages.ui.trainings import trainings, visitor
from rnn_core import imdb
from rnn_core.errors import DataMissingError, InputError
from rnn_core.race import example, fields, sentences
from rnn_core.race.naming import CORPORA, NETWORKS, name_runs
from rnn_core.race.shown import RUNS, START, split, with_new
from rnn_core.recipes import RECIPES, Spec, make_spec
from rnn_core.runs import Run, tidy_name

REFUSED = "race.refused"  # why a training could not be started, and at which button, for the next run of the page


@dataclass(frozen=True)
class Setup:
    """What the reader has asked for."""

    recipe: str
    changes: dict[str, Any]  # what is otherwise than in the recipe
    specs: tuple[Spec, ...]  # one a network
    name: str
    ready: bool  # whether the reviews are there


def setup(below: Any) -> tuple[Setup, Any]:
    """Ask for all of it; the settings of the recipe stand in the container `below`. Return also the button's place."""
    corpus = choose(TOPIC, "corpus", "Reviews to learn from", CORPORA, "grammar")
    changes: dict[str, Any] = {"corpus": corpus}
    ready = True
    if corpus == "grammar":
        changes["distance"] = slide(TOPIC, "distance", "Words after the deciding word", 0, sentences.FARTHEST, 40)
        st.html(example.marked(changes["distance"]))
        st.caption(sentences.OWN_REVIEWS)
    else:
        ready = reviews()
    expectation = st.empty()
    network = choose(TOPIC, "network", "Network", {**NETWORKS, "all": "all three"}, "all")
    button = st.container()
    recipe = choose(TOPIC, "recipe", "Recipe", {name: name for name in RECIPES}, "classroom")
    st.caption(sentences.RECIPES[recipe])
    left, right = st.columns(2)
    with left:
        changes["seed"] = ask(TOPIC, "seed", "Seed", "0", fields.reader("seed"))
    with right:
        name = ask(TOPIC, "name", "Name, if you like", "", tidy_name)
    with below:
        changes |= settings(recipe, corpus)
    architectures = tuple(NETWORKS) if network == "all" else (network,)
    specs: tuple[Spec, ...] = ()
    with page.beside(), fields.by_label():
        specs = tuple(make_spec(recipe, architecture, **changes) for architecture in architectures)
        expectation.caption(page.literal(sentences.expectation(specs[0])))
    return Setup(recipe, changes, specs, name, ready), button


def train_button(asked: Setup, shown: Sequence[Run]) -> None:
    """Show the button that starts the trainings, and why it could not."""
    named = name_runs(asked.specs, asked.name, [run.name for run in shown])
    st.button(
        sentences.train(len(named)),
        key=f"{TOPIC}.train",
        type="primary",
        width="stretch",
        disabled=not (named and asked.ready),
        on_click=start,
        args=(named, f"{TOPIC}.train"),
    )
    why_not(f"{TOPIC}.train")


def why_not(button: str) -> None:
    """Say why the trainings of a button could not be started."""
    refused = st.session_state.get(REFUSED, {}).pop(button, "")
    if refused:
        page.problem(refused)


def start(named: Mapping[str, Spec], button: str, *, alone: bool = False) -> None:
    """Start trainings by their names, and put them into the picture; `alone` takes the others out."""
    started: list[str] = []
    try:
        for name, spec in named.items():
            started.append(trainings().submit(visitor(), spec, name))
    except (InputError, DataMissingError) as error:
        st.session_state[REFUSED] = {button: str(error)}
    if started:
        shown = () if alone else split(address.recall(RUNS, START))
        address.remember(RUNS, with_new(shown, started))


def reviews() -> bool:
    """Say whether the real reviews are there; else offer to fetch them, once for everybody."""
    if trainings().has_reviews():
        return True
    if imdb.is_misnamed():
        page.problem(sentences.MISNAMED)
        return False
    st.markdown(page.literal(sentences.NO_REVIEWS))
    fetching = trainings().fetching()
    if fetching.state == "fetching":
        st.fragment(follow_fetching, run_every=1)()
        return False
    if fetching.state == "failed":
        page.problem(fetching.note)
    st.button("Fetch 84 MB", key=f"{TOPIC}.fetch", on_click=trainings().fetch)
    return False


def follow_fetching() -> None:
    """Show how far the download is; once it ends, the page runs again."""
    fetching = trainings().fetching()
    if fetching.state != "fetching":
        st.rerun()
    st.progress(sentences.part(fetching.done, fetching.total), sentences.fetched(fetching.done, fetching.total))
