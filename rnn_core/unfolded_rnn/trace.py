"""One sequence through the unfolded network and back, with every number kept.

The gradient of a parameter is a sum over the steps at which it was used: `terms`. With h_{i-1} held fixed
("immediate" derivatives, ∂⁺), and L = Σ_t L_t,

    ∂L/∂W = Σ_t Σ_{i≤t} ∂L_t/∂h_t · ∂h_t/∂h_i · ∂⁺h_i/∂W,    ∂h_t/∂h_i = Π_{j=i+1..t} ∂h_j/∂h_{j-1}

(Pascanu, Mikolov & Bengio 2013, equations 3 to 5.) Truncation to N steps back keeps the terms with
t - i ≤ N: N = 0 is the direct term alone, N = T-1 is everything.

Shapes: as in `spec`; a parameter has shape S, as the spec has it.
"""

from dataclasses import dataclass

import numpy as np

from rnn_core.errors import InputError
from rnn_core.unfolded_rnn.passes import Parameters, backward, forward, gradients, log_softmax, slopes
from rnn_core.unfolded_rnn.spec import Spec


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything that happened, forward and backward."""

    spec: Spec
    parameters: Parameters
    inputs: np.ndarray  # (T, n)
    truth: np.ndarray  # (T, K), one-hot
    pre_activations: np.ndarray  # (T, m), a_t
    slopes: np.ndarray  # (T, m), f'(a_t)
    states: np.ndarray  # (T+1, m), h_0 first
    fed_back: np.ndarray  # (T, R), what reaches the state from the step before
    outputs: np.ndarray  # (T, K), o_t; also where `spec.has_output` says that nobody needs it
    probabilities: np.ndarray  # (T, K), ŷ_t
    step_losses: np.ndarray  # (T,), -log ŷ_t[y_t], whether it counts or not
    loss: float  # the sum of those that count
    output_gradients: np.ndarray  # (T, K), ∇_{o_t} L
    state_gradients: np.ndarray  # (T+1, m), ∇_{h_t} L, that of h_0 first
    deltas: np.ndarray  # (T, m), ∇_{a_t} L
    step_jacobians: np.ndarray  # (T, m, m), ∂h_t/∂h_{t-1}, one row a unit of h_t
    gradients: dict[str, np.ndarray]  # (S), by the parameter's name
    terms: dict[str, np.ndarray]  # (T, S), what step i adds to the gradient, summed over the losses
    truncated: dict[str, np.ndarray]  # (T, S), the gradient with at most N = 0 … T-1 steps back


def trace_unfolded_rnn(spec: Spec) -> Trace:
    """Run the network forward and back.

    Raises `InputError` when the numbers grow beyond what a float holds.
    """
    p = Parameters.of(spec.weights)
    inputs = np.array(spec.inputs)
    K = p.b_y.shape[-1]
    truth = np.eye(K)[list(spec.targets)]
    counts = np.array(spec.has_loss)
    with np.errstate(over="ignore", invalid="ignore"):
        run = forward(p, inputs, truth, spec.activation, spec.recurrence)
        slope = slopes(spec.activation, run.pre_activations, run.states[1:])
        log_probabilities = log_softmax(run.outputs)
        probabilities = np.exp(log_probabilities)
        step_losses = -(log_probabilities * truth).sum(axis=1) + 0.0
        loss_gradients = np.where(counts[:, None], probabilities - truth, 0)
        back = backward(p, slope, loss_gradients, spec.recurrence)
        gradient = gradients(inputs, run, back)
        terms = _terms(inputs, run.fed_back, run.states, back.deltas, back.output_gradients)
        trace = Trace(
            spec=spec,
            parameters=p,
            inputs=inputs,
            truth=truth,
            pre_activations=run.pre_activations,
            slopes=slope,
            states=run.states,
            fed_back=run.fed_back,
            outputs=run.outputs,
            probabilities=probabilities,
            step_losses=step_losses,
            loss=float(step_losses[counts].sum()),
            output_gradients=back.output_gradients,
            state_gradients=back.state_gradients,
            deltas=back.deltas,
            step_jacobians=_step_jacobians(p, slope, spec),
            gradients=gradient,
            terms=terms,
            truncated=_truncated(p, slope, loss_gradients, inputs, run.fed_back, run.states, spec),
        )
    finite = all(np.isfinite(values).all() for values in (run.outputs, back.state_gradients, *gradient.values()))
    if not finite or not np.isfinite(trace.loss):
        raise InputError("With these weights the numbers grow beyond what a computer can hold. Make W or U smaller.")
    return trace


def state_jacobians(trace: Trace, t: int) -> np.ndarray:
    """Return ∂h_t/∂h_i for i = 0 … t, (t+1, m, m), one row a unit of h_t; the last is the identity.

    Raises `InputError` for a step that the sequence doesn't have.
    """
    if not 0 <= t <= trace.spec.steps:
        raise InputError(f"steps are numbered from 0 to {trace.spec.steps}, got {t}")
    m = trace.states.shape[1]
    products = np.empty((t + 1, m, m))
    products[t] = np.eye(m)
    for i in range(t, 0, -1):
        products[i - 1] = products[i] @ trace.step_jacobians[i - 1]
    return products


def pair_terms(trace: Trace, name: str) -> np.ndarray:
    """Return what the loss of step t adds to a gradient through step i, (T, T, S): [t, i], both from 0."""
    spec = trace.spec
    counts = np.array(spec.has_loss)
    loss_gradients = np.where(counts[:, None], trace.probabilities - trace.truth, 0)
    deltas, output_gradients = _by_loss(trace.parameters, trace.slopes, loss_gradients, spec)
    return _terms(trace.inputs, trace.fed_back, trace.states, deltas, output_gradients)[name]


def _terms(
    inputs: np.ndarray, fed_back: np.ndarray, states: np.ndarray, deltas: np.ndarray, output_gradients: np.ndarray
) -> dict[str, np.ndarray]:
    """What each step adds: (..., T, S) from deltas (..., T, m) and output gradients (..., T, K)."""
    return {
        "U": inputs[:, :, None] * deltas[..., None, :],
        "W": fed_back[:, :, None] * deltas[..., None, :],
        "b_h": deltas[..., None, :],
        "V": states[1:, :, None] * output_gradients[..., None, :],
        "b_y": output_gradients[..., None, :],
    }


def _by_loss(p: Parameters, slope: np.ndarray, loss_gradients: np.ndarray, spec: Spec) -> tuple[np.ndarray, np.ndarray]:
    """δ and ∇_o of every single loss: (T, T, m) and (T, T, K), the loss first. All go back side by side."""
    T, K = loss_gradients.shape
    alone = np.zeros((T, T, K))
    alone[np.arange(T), np.arange(T)] = loss_gradients
    back = backward(p, slope, alone, spec.recurrence)
    return back.deltas, back.output_gradients


def _truncated(
    p: Parameters,
    slope: np.ndarray,
    loss_gradients: np.ndarray,
    inputs: np.ndarray,
    fed_back: np.ndarray,
    states: np.ndarray,
    spec: Spec,
) -> dict[str, np.ndarray]:
    deltas, output_gradients = _by_loss(p, slope, loss_gradients, spec)
    T = len(inputs)
    # What arrives at step i from the losses at most N steps later, one N after the other.
    near_deltas, near_outputs = np.zeros_like(deltas), np.zeros_like(output_gradients)
    for N in range(T):
        steps = np.arange(T - N)
        near_deltas[N, steps] = deltas[steps + N, steps]
        near_outputs[N, steps] = output_gradients[steps + N, steps]
    near_deltas, near_outputs = near_deltas.cumsum(axis=0), near_outputs.cumsum(axis=0)
    return {
        "U": inputs.T @ near_deltas,
        "W": fed_back.T @ near_deltas,
        "b_h": near_deltas.sum(axis=1, keepdims=True),
        "V": states[1:].T @ near_outputs,
        "b_y": near_outputs.sum(axis=1, keepdims=True),
    }


def _step_jacobians(p: Parameters, slope: np.ndarray, spec: Spec) -> np.ndarray:
    """∂h_t/∂h_{t-1} of every step; a zero where the state before is not fed back at all.

    At the first step nothing is fed back through an output, so the "output" network has a zero there.
    """
    if spec.recurrence == "forced":
        return np.zeros((*slope.shape, slope.shape[1]))
    back = p.W.T if spec.recurrence == "hidden" else p.W.T @ p.V.T
    jacobians = slope[:, :, None] * back
    if spec.recurrence == "output":
        jacobians[0] = 0
    return jacobians
