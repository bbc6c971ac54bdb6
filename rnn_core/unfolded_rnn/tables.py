"""The numbers behind the pictures, as columns."""

from typing import Any

import numpy as np

from rnn_core.unfolded_rnn.comparison import Comparison
from rnn_core.unfolded_rnn.learning import MILESTONES, shares_of, truncation_of
from rnn_core.unfolded_rnn.trace import Trace, pair_terms, state_jacobians
from rnn_core.unfolded_rnn.updates import Updates

Table = dict[str, list[Any]]


def nodes_table(trace: Trace) -> Table:
    """Return a row a step: input, state, probabilities, loss, and the gradient at the state."""
    spec = trace.spec
    columns: Table = {"step": list(range(1, spec.steps + 1))}
    if spec.words:
        columns["word"] = list(spec.words)
    for letter, values in (
        ("x", trace.inputs),
        ("h", trace.states[1:]),
        ("ŷ", trace.probabilities),
        ("∇h", trace.state_gradients[1:]),
    ):
        columns |= {f"{letter}[{k + 1}]": column.tolist() for k, column in enumerate(values.T)}
    columns["right class"] = [target + 1 for target in spec.targets]
    columns["loss"] = trace.step_losses.tolist()
    columns["loss counts"] = list(spec.has_loss)
    columns["‖∇h‖"] = np.linalg.norm(trace.state_gradients[1:], axis=1).tolist()
    return columns


def terms_table(trace: Trace, name: str) -> Table:
    """Return a row a step: size of its term, cosine with the whole gradient, part along it, and the term itself.

    With a loss at every step, also the size of what comes from each of them.
    """
    shares, T = shares_of(trace, name), trace.spec.steps
    columns: Table = {
        "step": list(range(1, T + 1)),
        "size": shares.norms.tolist(),
        "cosine": shares.cosines.tolist(),
        "part along": shares.along.tolist(),
    }
    if trace.spec.loss == "every":
        sizes = np.linalg.norm(pair_terms(trace, name).reshape(T, T, -1), axis=2)
        columns |= {f"from loss {t + 1}": sizes[t].tolist() for t in range(T)}
    width = trace.terms[name].shape[2]
    terms = trace.terms[name].reshape(T, -1)
    return columns | {f"{name}[{k // width + 1},{k % width + 1}]": entry.tolist() for k, entry in enumerate(terms.T)}


def truncation_table(trace: Trace, name: str) -> Table:
    """Return a row an N: length and angle of the truncated gradient against the whole one."""
    measured = truncation_of(trace, name)
    return {
        "steps back N": list(range(trace.spec.steps)),
        "length": measured.ratios.tolist(),
        "angle, degrees": measured.angles.tolist(),
    }


def jacobians_table(trace: Trace, t: int) -> Table:
    """Return a row for each i = t … 0: ∂h_t/∂h_i and its largest singular value."""
    products = state_jacobians(trace, t)[::-1]
    m = products.shape[1]
    return {
        "from": list(range(t, -1, -1)),
        "largest singular value": [float(np.linalg.norm(product, 2)) for product in products],
        **{f"[{p + 1},{q + 1}]": products[:, p, q].tolist() for p in range(m) for q in range(m)},
    }


def memory_table(comparison: Comparison) -> Table:
    """Return a row for each exchanged input and each step: how much probability moves in either network."""
    T = comparison.spec.steps
    return {
        "exchanged input": [j for j in range(1, T + 1) for _ in range(T)],
        "step": list(range(1, T + 1)) * T,
        "recurrent": comparison.recurrent_effect.ravel().tolist(),
        "feed-forward": comparison.feed_forward_effect.ravel().tolist(),
    }


def updates_table(updates: Updates) -> Table:
    """Return a row a learning rate: the loss before, and after 1, 10 and 100 updates."""
    marked = [k for k in (0, *MILESTONES) if k < updates.losses.shape[1]]
    return {
        "learning rate": updates.rates.tolist(),
        **{f"loss after {k}": updates.losses[:, k].tolist() for k in marked},
        "diverged": updates.diverged.tolist(),
    }
