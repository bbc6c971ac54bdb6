"""The same products in the trained networks, over a text, with the toy beside them.

The norms are those of `jacobians.backward`, in float64. The toy is the RNN with tanh of `toy`, with as many
units and steps as the trained RNN has and at its spectral radius.

Shapes: T tokens, K states of the toy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from rnn_core.cells import CellWeights
from rnn_core.checkpoints import Checkpoint
from rnn_core.gates import Trace as Reading
from rnn_core.gradient_flow.products import log_norms, stepper
from rnn_core.gradient_flow.sweep import states_for
from rnn_core.gradient_flow.toy import MOST_UNITS, Spec, make_toy, run, spectral_radius
from rnn_core.jacobians import gains_of


@dataclass(frozen=True, eq=False)
class Trained:
    """How far back the trained networks hear, and the toy beside the RNN among them."""

    tokens: tuple[str, ...]  # (T,)
    word_of_token: np.ndarray  # (T,)
    log_norm: Mapping[str, np.ndarray]  # by network (T+1,), log10 of ‖∂s_T/∂s_t‖
    radius: Mapping[str, tuple[float, ...]]  # by network, of every block of its recurrent weights
    toy_states: np.ndarray  # (K,)
    toy_log_norm: np.ndarray  # (K,), of the toy RNN


def trace_trained(models: Mapping[str, Checkpoint], readings: Mapping[str, Reading], spec: Spec) -> Trained:
    """Take the norms out of the readings of one text, and run the toy of `spec` at the trained RNN's radius."""
    first = next(iter(readings.values()))
    radius = {name: block_radii(model) for name, model in models.items()}
    steps = len(first.tokens)
    toy_spec = replace(spec, steps=max(1, steps), units=min(MOST_UNITS, models["rnn"].hidden_size))
    states = states_for(toy_spec.steps)
    toy, radii = make_toy(toy_spec), np.array(radius["rnn"])
    gains = gains_of(run("rnn", toy.weights["rnn"], toy.inputs, radii))
    jacobians = stepper(toy.weights["rnn"], gains, radii)
    with np.errstate(divide="ignore"):  # a norm of 0 has no logarithm
        log_norm = {name: np.log10(reading.jacobian_norm) for name, reading in readings.items()}
    return Trained(
        tokens=first.tokens,
        word_of_token=first.word_of_token,
        log_norm=log_norm,
        radius=radius,
        toy_states=states,
        toy_log_norm=log_norms(jacobians, toy_spec.units, [toy_spec.steps], states.tolist())[0],
    )


def toy_beside(spec: Spec) -> Spec:
    """Return what the toy of `trace_trained` takes from a spec; its size is the trained RNN's."""
    return Spec(start=spec.start, input_scale=spec.input_scale, seed=spec.seed)


def block_radii(model: Checkpoint) -> tuple[float, ...]:
    """Return the spectral radius of every block of a model's recurrent weights: i, f, g, o or r, z, n or one."""
    weights = CellWeights.of(model.weights)
    m = weights.hidden_size
    return tuple(spectral_radius(block) for block in weights.weight_hh.reshape(-1, m, m))


def tokens_back(log_norm: np.ndarray, threshold: float) -> int | None:
    """Return how many steps before the end less than `threshold` is left for the first time; None where it never is."""
    faint = np.flatnonzero(log_norm < np.log10(threshold))
    return len(log_norm) - 1 - int(faint[-1]) if len(faint) else None


def words_back(trained: Trained, network: str, threshold: float) -> tuple[int, bool]:
    """Return over how many words before the last at least `threshold` arrives, and whether those are all words.

    A change of the state after a word counts as having come from that word; the last word lies 0 words back.
    """
    words = trained.word_of_token
    steps = tokens_back(trained.log_norm[network], threshold)
    heard = words if steps is None else words[len(words) - steps :]
    count = len(np.unique(heard))
    return max(0, count - 1), count == len(np.unique(words))
