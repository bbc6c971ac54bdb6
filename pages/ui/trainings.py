"""The trainings of this server, the runs that a page shows, and who a visitor is to them."""

import re
import secrets
from collections.abc import Iterable, Sequence

import streamlit as st

from pages.ui.page import problem
from rnn_core.checkpoints import Checkpoint, shipped_models
from rnn_core.errors import InputError
from rnn_core.jobs import Jobs
from rnn_core.run_files import RunFiles, shipped_runs, with_record
from rnn_core.runs import Run

COOKIE = "unfold_visitor"
"""A random word that `app.py` gives to every browser: it says whose trainings are whose, and nothing else."""

MOST_KNOWN = 15
"""Runs that are offered to a visitor, beside the shipped ones."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


@st.cache_resource(max_entries=1, show_spinner=False)
def trainings() -> Jobs:
    """Return what trains for everybody who visits this server; nothing starts before the first training."""
    return Jobs()


def visitor() -> str:
    """Return who this visitor is: the same in all tabs of a browser, and after the page was closed.

    A browser that keeps no cookies is another visitor whenever it opens the page.
    """
    token = str(st.context.cookies.get(COOKIE, ""))
    if _TOKEN.fullmatch(token):
        return token
    return str(st.session_state.setdefault("visitor", secrets.token_urlsafe(16)))


def find(id: str) -> Run:
    """Return the run of that id as it is now. Raises `InputError` where it is not kept here, or no longer."""
    return shipped_runs().get(id) or trainings().run(id)


def latest(run: Run) -> Run:
    """Return a run as it is now, or as it was where it is not kept here any longer."""
    try:
        return find(run.id)
    except InputError:
        return run


def find_all(ids: Iterable[str], *, say: bool = True) -> list[Run]:
    """Return the runs that are found; show a sentence for each that is not, unless told not to."""
    found = []
    for id in ids:
        try:
            found.append(find(id))
        except InputError as error:
            if say:
                problem(str(error))
    return found


def known(ids: Sequence[str]) -> list[str]:
    """Return the ids of runs to choose from: the shipped ones, the latest that this visitor has seen, and these."""
    seen = [*st.session_state.get("runs.seen", []), *trainings().of(visitor()), *ids]
    st.session_state["runs.seen"] = latest = list(dict.fromkeys(seen))[-MOST_KNOWN:]
    return list(dict.fromkeys((*shipped_runs(), *latest, *ids)))


def keep(run: Run, checkpoint: Checkpoint | None) -> None:
    """Keep a run that somebody has brought."""
    RunFiles().save(run, checkpoint)


def has_network(run: Run) -> bool:
    """Whether there is a network of a run to read with: a record may have come alone, or its worker have died."""
    return run.id in shipped_runs() or RunFiles().has_checkpoint(run.id)


def network_file(run: Run) -> bytes | None:
    """Return the network of a run as a file; None where it has none."""
    if run.id in shipped_runs():
        return with_record(run, shipped_models()[run.id])
    return RunFiles().export(run.id) if RunFiles().has_checkpoint(run.id) else None
