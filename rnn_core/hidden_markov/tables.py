"""The numbers behind the pictures, as columns."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn_core.hidden_markov.equations import LETTERS, log_joint
from rnn_core.hidden_markov.trace import Trace
from rnn_core.hidden_markov.writing import probability, route
from rnn_core.numerals import percent

Table = dict[str, list[Any]]


def trellis_table(trace: Trace) -> Table:
    """Return a row a step: what is observed, log α, log β, γ and log δ of every state, and three paths."""
    names, T = trace.spec.model.states, trace.spec.steps
    columns: Table = {
        "step": list(range(1, T + 1)),
        "observed": [trace.spec.symbol(t) for t in range(1, T + 1)],
    }
    for mode, letter in LETTERS.items():
        values = trace.posteriors if mode == "posterior" else trace.values(mode)
        title = letter if mode == "posterior" else f"log {letter}"
        columns |= {f"{title}({name})": values[:, i].tolist() for i, name in enumerate(names)}
    second = np.full(T, -1) if math.isinf(trace.runner_up_log_probability) else trace.runner_up
    for title, path in (("best path", trace.path), ("runner-up", second), ("most probable", trace.likely)):
        columns[title] = [names[state] if state >= 0 else "none" for state in path]
    return columns


def paths_table(trace: Trace, own: Sequence[int] | None) -> Table:
    """Return the best path, the runner-up, the most probable states and the reader's path, with their probabilities.

    Where the observations are impossible, there is only the reader's path; where that is None, none of theirs.
    """
    names, rows = trace.spec.model.states, []
    if trace.possible:
        rows.append(("Best path", trace.path.tolist()))
        if not math.isinf(trace.runner_up_log_probability):
            rows.append(("Runner-up", trace.runner_up.tolist()))
        rows.append(("Most probable states", trace.likely.tolist()))
    if own is not None:
        rows.append(("Yours", list(own)))
    joint = [log_joint(trace, path) for _, path in rows]
    shares = [percent(math.exp(value - trace.log_likelihood)) if trace.possible else "none" for value in joint]
    return {
        "path": [f"{title}: {route([names[state] for state in path])}" for title, path in rows],
        "of all paths": shares,
        "joint P": [probability(value, 4) for value in joint],
    }
