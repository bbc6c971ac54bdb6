"""The forward pass and the backward pass, a line an equation, for many networks at once.

    a_t = Uᵀ x_t + Wᵀ r_t + b_h      h_t = f(a_t)      o_t = Vᵀ h_t + b_y      ŷ_t = softmax(o_t)

r_t is what is fed back: h_{t-1} ("hidden"), o_{t-1} ("output"), or the one-hot y_{t-1} ("forced"); at the
first step nothing has been, and h_0, o_0, y_0 are zeros. Backwards, with δ_t = ∇_{a_t} L:

    hidden   ∇_{h_t} = V ∇_{o_t} + W δ_{t+1}
    output   ∇_{o_t} = ∂L_t/∂o_t + W δ_{t+1}      ∇_{h_t} = V ∇_{o_t}
    forced   ∇_{h_t} = V ∇_{o_t}                  nothing comes back from step t+1
    always   δ_t = f'(a_t) ⊙ ∇_{h_t}              ∂L_t/∂o_t = ŷ_t - y_t

Sources: Rumelhart, Hinton & Williams (1986); Werbos (1990); the recursion as in Goodfellow, Bengio & Courville
(2016), equations 10.18 to 10.22, here with the transposes of U, W and V.

Shapes: T steps, n inputs, m units, K classes, R = m or K numbers fed back; `...` is any number of
leading axes (networks, inputs, losses), which need only broadcast against each other.
"""

from dataclasses import dataclass

import numpy as np

from rnn_core.cells import sigmoid
from rnn_core.unfolded_rnn.spec import PARAMETERS, Activation, Recurrence, Weights


@dataclass(frozen=True, eq=False)
class Parameters:
    """The five parameters as arrays."""

    U: np.ndarray  # (..., n, m)
    W: np.ndarray  # (..., R, m)
    b_h: np.ndarray  # (..., 1, m)
    V: np.ndarray  # (..., m, K)
    b_y: np.ndarray  # (..., 1, K)

    @classmethod
    def of(cls, weights: Weights) -> "Parameters":
        """Return the weights of a spec as arrays."""
        return cls(**{name: np.array(getattr(weights, name), dtype=float) for name in PARAMETERS})


@dataclass(frozen=True, eq=False)
class Forward:
    """What the forward pass leaves behind."""

    pre_activations: np.ndarray  # (..., T, m), a_t
    states: np.ndarray  # (..., T+1, m), h_0 first
    fed_back: np.ndarray  # (..., T, R), r_t
    outputs: np.ndarray  # (..., T, K), o_t


@dataclass(frozen=True, eq=False)
class Backward:
    """What the backward pass leaves behind."""

    output_gradients: np.ndarray  # (..., T, K), ∇_{o_t} L
    state_gradients: np.ndarray  # (..., T+1, m), ∇_{h_t} L, that of h_0 first
    deltas: np.ndarray  # (..., T, m), ∇_{a_t} L


def activate(activation: Activation, a: np.ndarray) -> np.ndarray:
    """Return f(a)."""
    if activation == "tanh":
        return np.tanh(a)
    if activation == "sigmoid":
        return sigmoid(a)
    return np.maximum(a, 0) if activation == "relu" else a


def slopes(activation: Activation, a: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Return f'(a) from a and h = f(a); that of the ReLU at its kink is 0."""
    if activation == "tanh":
        return 1 - h**2
    if activation == "sigmoid":
        return h * (1 - h)
    return (a > 0).astype(float) if activation == "relu" else np.ones_like(a)


def forward(
    p: Parameters, inputs: np.ndarray, truth: np.ndarray, activation: Activation, recurrence: Recurrence
) -> Forward:
    """Run the network over inputs (..., T, n); truth (T, K) is one-hot, and only looked at where it is fed back."""
    a = inputs @ p.U + p.b_h
    *batch, T, m = a.shape
    K = p.V.shape[-1]
    states = np.zeros((*batch, T + 1, m))
    if recurrence == "forced":
        fed_back = np.concatenate((np.zeros((1, K)), truth[:-1]))
        a = a + fed_back @ p.W
        states[..., 1:, :] = activate(activation, a)
        return Forward(a, states, fed_back, states[..., 1:, :] @ p.V + p.b_y)
    fed_back = np.zeros((*batch, T, m if recurrence == "hidden" else K))
    for t in range(T):
        if t and recurrence == "hidden":
            fed_back[..., t, :] = states[..., t, :]
        elif t:
            fed_back[..., t : t + 1, :] = states[..., t : t + 1, :] @ p.V + p.b_y
        a[..., t : t + 1, :] += fed_back[..., t : t + 1, :] @ p.W
        states[..., t + 1, :] = activate(activation, a[..., t, :])
    return Forward(a, states, fed_back, states[..., 1:, :] @ p.V + p.b_y)


def log_softmax(outputs: np.ndarray) -> np.ndarray:
    """Return log ŷ for outputs (..., K): the largest is taken out first, so nothing overflows."""
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def backward(p: Parameters, slope: np.ndarray, loss_gradients: np.ndarray, recurrence: Recurrence) -> Backward:
    """Go back from the last step to the first.

    Args:
        p: the parameters.
        slope: (..., T, m), f'(a_t).
        loss_gradients: (..., T, K), ∂L_t/∂o_t, zeros at a step whose loss doesn't count.
        recurrence: what is fed back.

    """
    to_state, to_past = p.V.swapaxes(-1, -2), p.W.swapaxes(-1, -2)
    of_outputs = loss_gradients @ to_state
    batch = np.broadcast_shapes(of_outputs.shape[:-2], slope.shape[:-2])
    *_, T, m = slope.shape
    output_gradients = np.array(np.broadcast_to(loss_gradients, (*batch, *loss_gradients.shape[-2:])))
    state_gradients = np.zeros((*batch, T + 1, m))
    deltas = np.zeros((*batch, T, m))
    for t in range(T, 0, -1):
        here = slice(t, t + 1)
        if t < T and recurrence == "output":
            output_gradients[..., t - 1 : t, :] += deltas[..., here, :] @ to_past
            state_gradients[..., here, :] = output_gradients[..., t - 1 : t, :] @ to_state
        else:
            state_gradients[..., here, :] = of_outputs[..., t - 1 : t, :]
            if t < T and recurrence == "hidden":
                state_gradients[..., here, :] += deltas[..., here, :] @ to_past
        deltas[..., t - 1, :] = slope[..., t - 1, :] * state_gradients[..., t, :]
    if recurrence == "hidden":
        state_gradients[..., :1, :] = deltas[..., :1, :] @ to_past
    return Backward(output_gradients, state_gradients, deltas)


def gradients(inputs: np.ndarray, run: Forward, back: Backward) -> dict[str, np.ndarray]:
    """Return ∇L of every parameter, shaped like it: the sums over the steps."""
    return {
        "U": inputs.swapaxes(-1, -2) @ back.deltas,
        "W": run.fed_back.swapaxes(-1, -2) @ back.deltas,
        "b_h": back.deltas.sum(axis=-2, keepdims=True),
        "V": run.states[..., 1:, :].swapaxes(-1, -2) @ back.output_gradients,
        "b_y": back.output_gradients.sum(axis=-2, keepdims=True),
    }
