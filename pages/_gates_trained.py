"""Networks that visitors have trained: they read beside the three that come with Unfold."""

import streamlit as st

from pages.ui import address, page
from rnn_core.gates import check_shown
from rnn_core.run_files import RunFiles
from rnn_core.runs import Run

RUNS = "gates.run"
"""In the address: the ids of their runs, apart by commas."""

MOST = 3
"""Networks at once; beyond that nobody tells the lines apart."""


def ask_trained() -> dict[str, Run]:
    """Return the runs whose networks read along, by id; offer to put each away, and say which can't read."""
    wanted = list(dict.fromkeys(filter(None, address.recall(RUNS, "").split(","))))
    runs: dict[str, Run] = {}
    for id in wanted[:MOST]:
        with page.beside():
            check_shown(RunFiles().checkpoint(id))
            runs[id] = RunFiles().load(id)
    if wanted[MOST:]:
        page.problem(f"At most {MOST} trained networks read at once; {len(wanted[MOST:])} of this link are left out.")
    with st.container(horizontal=True, key="gates.trained"):
        for id in wanted:
            name = runs[id].name if id in runs else id
            rest = ",".join(other for other in wanted if other != id)
            label = page.literal(f"Put away “{name}”")
            st.button(label, key=f"gates.away.{id}", on_click=address.remember, args=(RUNS, rest))
    return runs
