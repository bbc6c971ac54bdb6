"""How much of a small change arrives at the last state, over the spectral radius of the recurrent weights.

The first picture of the page, and the numbers behind the claim of eight to ten steps.

Sources: Bengio, Simard & Frasconi (1994); Pascanu, Mikolov & Bengio (2013), for the products and the bound
(γ·σ_max)^(T-t). Shapes: F radii, K states, T steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from rnn_core.cells import LstmTrace, RnnTrace
from rnn_core.gradient_flow.products import log_norms, stepper
from rnn_core.gradient_flow.toy import CELLS, Spec, make_toy, run
from rnn_core.jacobians import gains_of

RADII: Final = (
    0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.7, 2.0, 2.4,
    2.7, 3.0, 3.5, 4.0,
)  # fmt: skip
"""Stops of the slider, close together around 1, where vanishing turns into exploding."""

FEWER_RADII: Final = (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.5, 1.7, 2.0, 2.4, 3.0, 4.0)
"""Stops for networks so large that all of them would keep the reader waiting."""

FEWEST_RADII: Final = (0.1, 0.5, 0.8, 0.9, 1.0, 1.1, 1.3, 1.5, 2.0, 3.0, 4.0)

LARGEST_SLOPE: Final = {"rnn": 1.0, "sigmoid": 0.25}
"""γ, the largest slope of the activation."""

_DENSE: Final = 40  # so many states before the last are all measured, of the others every few
_COARSE: Final = 32  # about so many of those


@dataclass(frozen=True, eq=False)
class Trace:
    """Products of Jacobians at every radius; all sizes as log10, so that nothing under- or overflows."""

    spec: Spec
    radii: np.ndarray  # (F,)
    states: np.ndarray  # (K,), the t of ∂s_T/∂s_t, rising; the last is T
    log_norm: Mapping[str, np.ndarray]  # by cell (F, K): of ∂h_T/∂h_t, for the LSTM of the pair (h, C)
    log_path: np.ndarray  # (F, K), of the way through the LSTM's C alone: max_u Π f
    slope: Mapping[str, np.ndarray]  # by RNN (F,): geometric mean of f′(a) over steps and units
    largest_stretch: float  # σ_max of U at radius 1
    own_radius: float  # spectral radius of U as drawn, before it was scaled

    @property
    def back(self) -> np.ndarray:
        """T - t of every state, (K,)."""
        return self.spec.steps - self.states

    def radius(self, stop: int) -> float:
        """Return the spectral radius at a stop of the slider."""
        return float(self.radii[stop])


def radii_for(spec: Spec) -> tuple[float, ...]:
    """Return the stops of the slider: fewer of them where each costs much."""
    work = spec.steps * spec.units**3
    return RADII if work <= 60 * 16**3 else FEWER_RADII if work <= 100 * 40**3 else FEWEST_RADII


def states_for(steps: int) -> np.ndarray:
    """Return the states that are measured: all in short runs; in long ones every few, and all near the end."""
    stride = max(1, -(-(steps - _DENSE) // _COARSE))
    far = np.arange(0, max(0, steps - _DENSE), stride)
    return np.concatenate((far, np.arange(max(0, steps - _DENSE), steps + 1)))


def trace_gradient_flow(spec: Spec) -> Trace:
    """Run the four cells at every radius and go back from the last state."""
    toy = make_toy(spec)
    radii, states = np.array(radii_for(spec)), states_for(spec.steps)
    log_norm, slope = {}, {}
    log_path = np.zeros((len(radii), len(states)))
    for cell in CELLS:
        trace = run(cell, toy.weights[cell], toy.inputs, radii)
        gains = gains_of(trace)
        size = gains.direct.shape[-2] * spec.units
        jacobians = stepper(toy.weights[cell], gains, radii)
        log_norm[cell] = log_norms(jacobians, size, [spec.steps] * len(radii), states.tolist())
        if isinstance(trace, RnnTrace):
            slope[cell] = np.exp(np.log(np.maximum(gains.hidden, 1e-300)).mean(axis=(0, 2, 3, 4)))
        elif isinstance(trace, LstmTrace):
            log_path = path_through_cell(trace.forget_gate)[states].T
    stretch = float(np.linalg.norm(toy.weights["rnn"].weight_hh, 2))
    return Trace(spec, radii, states, log_norm, log_path, slope, stretch, toy.own_radius)


def path_through_cell(forget_gate: np.ndarray) -> np.ndarray:
    """Return log10 of the norm of ∂C_T/∂C_t by way of C alone, (T, …, m) to (T+1, …): the largest Π_{s>t} f_s."""
    with np.errstate(divide="ignore"):  # a gate that rounds to 0 is shut
        logs = np.log10(forget_gate)
    left = np.cumsum(logs[::-1], axis=0)[::-1]
    return np.concatenate((left, np.zeros_like(logs[:1]))).max(axis=-1)


def steps_until(trace: Trace, log_sizes: np.ndarray, threshold: float) -> np.ndarray:
    """Return how many steps back less than `threshold` is left for the first time; NaN where it never is.

    Takes the sizes (F, K) of one cell, as log10, and returns (F,). Between states that are not measured the log of
    the size is taken as straight, and the number is rounded up.
    """
    wanted = np.log10(threshold)
    result = np.full(len(log_sizes), np.nan)
    back = trace.back
    for number, sizes in enumerate(log_sizes):
        under = np.flatnonzero(sizes < wanted)
        if not len(under):
            continue
        k = under[-1]
        result[number] = back[k]
        # The last state's size is 1: it is never under a threshold below 1.
        if back[k] - back[k + 1] > 1 and np.isfinite(sizes[k]):
            share = (sizes[k + 1] - wanted) / (sizes[k + 1] - sizes[k])
            result[number] = np.ceil(back[k + 1] + share * (back[k] - back[k + 1]))
    return result


def scalar_product(trace: Trace, cell: str) -> np.ndarray:
    """Return log10 of the textbook's (w·f′)^(T-t), (F, K): one weight w, the radius, and one slope f′, the mean one."""
    return np.outer(np.log10(trace.radii * trace.slope[cell]), trace.back)


def bound(trace: Trace, cell: str) -> np.ndarray:
    """Return log10 of (γ·σ_max)^(T-t), (F, K), which no product of an RNN's Jacobians exceeds."""
    return np.outer(np.log10(LARGEST_SLOPE[cell] * trace.radii * trace.largest_stretch), trace.back)


def nearest_stop(trace: Trace, text: str) -> int:
    """Return the stop of the slider nearest to the radius that an address names; that of radius 1 for another text."""
    try:
        radius = float(text)
    except ValueError:
        radius = 1.0
    return int(np.argmin(np.abs(trace.radii - (radius if np.isfinite(radius) else 1.0))))
