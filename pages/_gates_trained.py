"""Networks that visitors have trained: they read beside the three that come with Unfold."""

import streamlit as st

from pages.ui import address, page
from rnn_core.gates import check_shown
from rnn_core.plots.theme import NETWORK_NAMES
from rnn_core.reading import unique_names
from rnn_core.run_files import RunFiles
from rnn_core.runs import Run

RUNS = "gates.run"
"""In the address: the ids of their runs, apart by commas."""

MOST = 3
"""Networks at once; beyond that nobody tells the lines apart."""


def ask_trained() -> tuple[dict[str, Run], dict[str, str]]:
    """Ask which trained networks read along; return their runs by id, and what all networks are called.

    Each can be put away, and a sentence says which can't read.
    """
    wanted = list(dict.fromkeys(filter(None, address.recall(RUNS, "").split(","))))
    runs: dict[str, Run] = {}
    for id in wanted[:MOST]:
        with page.beside():
            check_shown(RunFiles().checkpoint(id))
            runs[id] = RunFiles().load(id)
    if wanted[MOST:]:
        page.problem(f"At most {MOST} trained networks read at once; {len(wanted[MOST:])} of this link are left out.")
    own = {id: run.name or run.spec.architecture.upper() for id, run in runs.items()}
    names = unique_names(NETWORK_NAMES | own)
    if wanted:
        shown = unique_names({id: id for id in wanted[:MOST]}) | names
        with st.container(horizontal=True, key="gates.trained"):
            for id in wanted[:MOST]:  # the next one of a long link takes its place
                rest = ",".join(other for other in wanted if other != id)
                label = page.literal(f"Put away “{shown[id]}”")
                st.button(label, key=f"gates.away.{id}", on_click=address.remember, args=(RUNS, rest))
    return runs, names
