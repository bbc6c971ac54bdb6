"""The runs: which are in the picture, what they are called, their files, and files that somebody brings."""

from collections.abc import Sequence

import streamlit as st

from pages._race_results import read_with
from pages._race_settings import TOPIC
from pages.ui import address, page
from pages.ui.controls import ask, choose_many
from pages.ui.trainings import find_all, has_network, keep, known, latest, network_file
from rnn_core.errors import InputError
from rnn_core.race import sentences
from rnn_core.race.naming import renamed
from rnn_core.race.shown import RUNS, START, joined, split
from rnn_core.run_files import MAX_UPLOAD_BYTES, read_upload, to_csv, to_json
from rnn_core.runs import Run, tidy_name

REFUSED = "race.upload.refused"  # why a file could not be used, for the next run of the page


def shown() -> list[Run]:
    """Return the runs in the picture under the names that the reader has given them."""
    return [called(run) for run in find_all(split(address.recall(RUNS, START)))]


def called(run: Run) -> Run:
    """Return a run under the name that the reader has given it."""
    try:
        return renamed(run, tidy_name(address.recall(f"{TOPIC}.name.{run.id}", run.name)) or run.name)
    except InputError:
        return run


def choose_runs(runs: Sequence[Run]) -> None:
    """Let the reader take runs out of the picture, and put them back."""
    names = {run.id: page.literal(called(run).name) for run in find_all(known([run.id for run in runs]), say=False)}
    choose_many(TOPIC, "runs", "In the picture", names, tuple(split(START)))


def manage(runs: Sequence[Run]) -> None:
    """Show each run with its name and its files, and take in files."""
    st.subheader("Keep, rename, carry away", anchor=False)
    for run in runs:
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"{TOPIC}.row.{run.id}"):
            own = latest(run).name
            ask(TOPIC, f"name.{run.id}", f"Name of {own}", own, tidy_name)
            st.caption(page.literal(sentences.describe(run)))
            if has_network(run) and st.button("Read with it", key=f"{TOPIC}.read.{run.id}"):
                read_with(run)
            with st.popover("Save", key=f"{TOPIC}.save.{run.id}", on_change="rerun") as opened:
                if opened.open:
                    with page.beside():
                        files(run)
    st.file_uploader(
        "A run or a network from a file (.json, .safetensors)",
        type=["json", "safetensors"],
        key=upload_key(),
        on_change=take_in,
        max_upload_size=sentences.megabytes(MAX_UPLOAD_BYTES),
    )
    refused = st.session_state.pop(REFUSED, "")
    if refused:
        page.problem(refused)


def files(run: Run) -> None:
    """Offer a run as files."""
    name, key = sentences.file_name(run), f"{TOPIC}.file.{run.id}"
    network = network_file(run)
    st.download_button("History as CSV", to_csv(run), f"{name}.csv", "text/csv", key=f"{key}.csv", on_click="ignore")
    record, kind = to_json(run), "application/json"
    st.download_button("Run as JSON", record, f"{name}.json", kind, key=f"{key}.json", on_click="ignore")
    if network is not None:
        kind, ending = "application/octet-stream", f"{name}.safetensors"
        st.download_button("Network", network, ending, kind, key=f"{key}.network", on_click="ignore")


def upload_key() -> str:
    """Return the key of the uploader: a new one after each file, so that it is empty again."""
    return f"{TOPIC}.upload.{len(st.session_state.get('runs.brought', []))}"


def take_in() -> None:
    """Check a file that somebody has brought, keep it, and put it into the picture."""
    brought = st.session_state[upload_key()]
    if brought is None:
        return
    try:
        run, checkpoint = read_upload(brought.name, brought.getvalue())
        keep(run, checkpoint)
    except InputError as error:
        st.session_state[REFUSED] = str(error)
        return
    st.session_state.setdefault("runs.brought", []).append(run.id)
    address.remember(RUNS, joined([*split(address.recall(RUNS, START)), run.id]))
