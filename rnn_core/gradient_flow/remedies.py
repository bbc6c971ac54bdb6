"""What is done against vanishing gradients: gates that stay open, and a start that keeps lengths.

Sources: Gers, Schmidhuber & Cummins (2000) for the forget gate; Jozefowicz, Zaremba & Sutskever (2015) for
its bias; Cho et al. (2014) for the GRU; Saxe, McClelland & Ganguli (2014) for the orthogonal start.
Clipping, which is against exploding ones, is in `clipping`. Shapes: N settings, K states.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from rnn_core.cells import LstmTrace
from rnn_core.errors import InputError
from rnn_core.gradient_flow.products import log_norms, stepper
from rnn_core.gradient_flow.sweep import path_through_cell, states_for
from rnn_core.gradient_flow.toy import LARGEST_SEED, STARTS, Spec, Toy, make_toy, run
from rnn_core.jacobians import gains_of

GATE_BIASES: Final = tuple(float(bias) for bias in np.arange(-2, 6.5, 0.5))
FEWER_GATE_BIASES: Final = (-2.0, -1.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)

OTHER_SEEDS: Final = 8
FEWER_OTHER_SEEDS: Final = 3
"""How many other seeds are drawn beside the reader's, in small and in large networks."""

_CELL_OF: Final = {"forget": "lstm", "update": "gru"}
_BLOCK: Final = 1  # of either gate, among the weights of its cell


@dataclass(frozen=True, eq=False)
class Gate:
    """A cell whose gate is held open by its bias, beside the RNN with the same U and the same input weights."""

    cell: str  # "lstm" or "gru"
    gate: str  # its name
    radius: float
    biases: np.ndarray  # (N,)
    own_bias: float  # that of the toy
    states: np.ndarray  # (K,), rising, the last is T
    log_norm: np.ndarray  # (N, K), log10 of ‖∂h_T/∂h_t‖
    log_path: np.ndarray | None  # (N, K), of the way through C alone; LSTM only
    rnn: np.ndarray  # (K,), of the RNN with tanh
    opening: np.ndarray  # (N,), the gate's mean over steps and units


@dataclass(frozen=True, eq=False)
class Starts:
    """The RNN with tanh from three starts, each with the size that it is drawn with."""

    states: np.ndarray  # (K,)
    log_norm: Mapping[str, np.ndarray]  # (K,) by start
    others: Mapping[str, np.ndarray]  # (N, K) by start, with the next seeds
    own_radius: Mapping[str, float]  # spectral radius as drawn
    stretch: Mapping[str, tuple[float, float]]  # smallest and largest singular value as drawn


def trace_gate(spec: Spec, gate: str, radius: float) -> Gate:
    """Open the gate that keeps the past, by its bias: the LSTM's "forget" gate or the GRU's "update" gate.

    Raises `InputError` for another gate.
    """
    if gate not in _CELL_OF:
        raise InputError(f"the gates that keep the past are {' and '.join(_CELL_OF)}, not {gate}")
    cell = _CELL_OF[gate]
    toy, states = make_toy(spec), states_for(spec.steps)
    biases = np.array(GATE_BIASES if spec.steps * spec.units**3 <= 100 * 32**3 else FEWER_GATE_BIASES)
    weights, m = toy.weights[cell], spec.units
    shift = np.zeros((len(biases), len(weights.bias_ih)))
    own = slice(_BLOCK * m, (_BLOCK + 1) * m)
    shift[:, own] = biases[:, None] - weights.bias_ih[own]
    radii = np.full(len(biases), radius)
    trace = run(cell, weights, toy.inputs, radii, shift)
    gains = gains_of(trace)
    size = gains.direct.shape[-2] * m
    ends = [spec.steps] * len(biases)
    values = trace.forget_gate if isinstance(trace, LstmTrace) else trace.update_gate  # type: ignore[union-attr]
    return Gate(
        cell=cell,
        gate=gate,
        radius=radius,
        biases=biases,
        own_bias=float(weights.bias_ih[own][0]),
        states=states,
        log_norm=log_norms(stepper(weights, gains, radii), size, ends, states.tolist()),
        log_path=path_through_cell(values)[states].T if isinstance(trace, LstmTrace) else None,
        rnn=_rnn(toy, radius, states),
        opening=values.mean(axis=(0, 2)),
    )


def trace_starts(spec: Spec) -> Starts:
    """Draw U by each rule with the same seed, and with some others, and leave it at the size that it has."""
    states = states_for(spec.steps)
    log_norm, others, own_radius, stretch = {}, {}, {}, {}
    count = OTHER_SEEDS if spec.steps * spec.units**3 <= 100 * 32**3 else FEWER_OTHER_SEEDS
    seeds = [(spec.seed + k) % (LARGEST_SEED + 1) for k in range(1, count + 1)]
    for start in STARTS:
        drawn = replace(spec, start=start)
        toy = make_toy(drawn)
        own_radius[start] = toy.own_radius
        values = toy.own_radius * np.linalg.svd(toy.weights["rnn"].weight_hh, compute_uv=False)
        stretch[start] = (float(values[-1]), float(values[0]))
        log_norm[start] = _rnn(toy, toy.own_radius, states)
        made = [make_toy(replace(drawn, seed=seed)) for seed in seeds]
        others[start] = np.array([_rnn(other, other.own_radius, states) for other in made])
    return Starts(states, log_norm, others, own_radius, stretch)


def _rnn(toy: Toy, radius: float, states: np.ndarray) -> np.ndarray:
    radii = np.array([radius])
    gains = gains_of(run("rnn", toy.weights["rnn"], toy.inputs, radii))
    return log_norms(
        stepper(toy.weights["rnn"], gains, radii), gains.direct.shape[-1], [len(toy.inputs)], states.tolist()
    )[0]
