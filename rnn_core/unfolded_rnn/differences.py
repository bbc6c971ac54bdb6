"""A second opinion on the gradients: every number of every parameter is moved a little, up and down.

    ∂L/∂θ ≈ (L(θ + ε) - L(θ - ε)) / 2ε

All of them in one forward pass of many networks. Left out of the comparison: a number whose movement
takes a ReLU across its kink, where the quotient is the mean of two slopes and no derivative.
"""

from dataclasses import dataclass

import numpy as np

from rnn_core.unfolded_rnn.passes import Parameters, forward, log_softmax
from rnn_core.unfolded_rnn.spec import PARAMETERS
from rnn_core.unfolded_rnn.trace import Trace

STEP = 1e-5
"""ε for numbers of size 1; larger numbers are moved in proportion. Rounding and curvature cost alike near it."""


@dataclass(frozen=True, eq=False)
class Differences:
    """How far the backward pass is from central differences."""

    gradients: dict[str, np.ndarray]  # (S), by the parameter's name, of the differences
    compared: int  # numbers that were compared
    left_out: int  # numbers at a kink
    largest: float  # the largest distance between the two
    size: float  # the largest number in the gradient
    rounding: float  # what the rounding of outputs and losses alone can do to a difference quotient

    @property
    def relative(self) -> float:
        """The largest distance as a share of the largest number in the gradient; 0 for a gradient of zeros."""
        return self.largest / self.size if self.size else 0.0


def compare_with_differences(trace: Trace) -> Differences:
    """Compare all gradients of a trace with central differences of its loss."""
    spec, p = trace.spec, trace.parameters
    flat = np.concatenate([getattr(p, name).ravel() for name in PARAMETERS])
    size = len(flat)
    steps = STEP * np.maximum(1, np.abs(flat))
    moved = np.concatenate((flat + np.diag(steps), flat - np.diag(steps)))
    networks = {}
    start = 0
    for name in PARAMETERS:
        shape = getattr(p, name).shape
        end = start + shape[0] * shape[1]
        networks[name] = moved[:, start:end].reshape(-1, *shape)
        start = end
    run = forward(Parameters(**networks), trace.inputs, trace.truth, spec.activation, spec.recurrence)
    # The difference of the losses before the sum: they are near each other, their sum would round more away.
    step_losses = -(log_softmax(run.outputs) * trace.truth).sum(axis=-1)[:, list(spec.has_loss)]
    quotients = (step_losses[:size] - step_losses[size:]).sum(axis=1) / (2 * steps)
    above = run.pre_activations > 0
    at_kink = (above[:size] != above[size:]).any(axis=(1, 2)) & (spec.activation == "relu")
    ours = np.concatenate([trace.gradients[name].ravel() for name in PARAMETERS])
    distance = np.abs(quotients - ours)[~at_kink]
    # A number is rounded by half of `eps` of it, where it is made and where it is used: a dozen times at most.
    numbers = max(1.0, float(np.abs(run.outputs).max()), float(np.abs(run.pre_activations).max()))
    rounding = 6 * spec.steps * np.finfo(float).eps * numbers / STEP
    parts = np.split(quotients, np.cumsum([trace.gradients[name].size for name in PARAMETERS])[:-1])
    return Differences(
        gradients={
            name: part.reshape(trace.gradients[name].shape) for name, part in zip(PARAMETERS, parts, strict=True)
        },
        compared=int(size - at_kink.sum()),
        left_out=int(at_kink.sum()),
        largest=float(distance.max(initial=0.0)),
        size=float(np.abs(ours).max()),
        rounding=float(rounding),
    )
