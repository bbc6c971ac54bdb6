"""What plain gradient descent does to the loss of this one sequence, for many learning rates side by side.

    θ ← θ - α ∂L/∂θ,   for all five parameters at once.

A run whose loss leaves every scale has diverged: it is stopped there and its loss held at `LARGEST_LOSS`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from rnn_core.unfolded_rnn.passes import Parameters, backward, forward, gradients, log_softmax, slopes
from rnn_core.unfolded_rnn.spec import PARAMETERS, Spec

RATES: Final = (*(float(f"{lead}e{power}") for power in range(-2, 2) for lead in (1, 1.5, 2, 3, 5, 7)), 100.0)
"""The learning rates of the page, evenly apart on a log scale as far as round numbers are."""

UPDATES: Final = 100
LARGEST_LOSS: Final = 1e9
"""Where a loss is held that grows beyond it; sentences say “over 10⁹”."""


@dataclass(frozen=True, eq=False)
class Updates:
    """The loss before and after every update, for every learning rate."""

    rates: np.ndarray  # (A,)
    losses: np.ndarray  # (A, updates + 1), the loss before the first update first; never above LARGEST_LOSS
    diverged: np.ndarray  # (A,), whether the run was stopped


def trace_updates(spec: Spec, rates: tuple[float, ...] = RATES, updates: int = UPDATES) -> Updates:
    """Train from the spec's weights with every learning rate, a batch of one sequence."""
    start = Parameters.of(spec.weights)
    weights = {name: np.repeat(getattr(start, name)[None], len(rates), axis=0) for name in PARAMETERS}
    inputs, counts = np.array(spec.inputs), np.array(spec.has_loss)
    truth = np.eye(start.b_y.shape[-1])[list(spec.targets)]
    masked = truth * counts[:, None]
    alpha = np.array(rates)[:, None, None]
    losses = np.empty((len(rates), updates + 1))
    diverged = np.zeros(len(rates), dtype=bool)
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(updates + 1):
            p = Parameters(**weights)
            run = forward(p, inputs, truth, spec.activation, spec.recurrence)
            log_probabilities = log_softmax(run.outputs)
            loss = -np.einsum("atk,tk->a", log_probabilities, masked)
            diverged |= ~(loss < LARGEST_LOSS)
            losses[:, k] = np.where(diverged, LARGEST_LOSS, loss)
            if k == updates:
                break
            slope = slopes(spec.activation, run.pre_activations, run.states[:, 1:])
            loss_gradients = (np.exp(log_probabilities) - truth) * counts[:, None]
            gradient = gradients(inputs, run, backward(p, slope, loss_gradients, spec.recurrence))
            going = ~diverged[:, None, None]
            weights = {name: np.where(going, value - alpha * gradient[name], value) for name, value in weights.items()}
    return Updates(np.array(rates), losses, diverged)
