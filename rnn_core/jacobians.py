"""How a recurrent state hangs on the states before it: the matrices behind the vanishing gradient.

For every step the Jacobian ∂s_t/∂s_{t-1}, from the quantities of a forward trace; then, backwards,
the norm of the products ∂s_T/∂s_t and the gradient of a score that is read from the last hidden
state. For RNN and GRU the state s is h (S = m numbers), for the LSTM the pair (h, C) (S = 2m, h
first).

Source: Pascanu, Mikolov & Bengio (2013), equation 5; the derivatives of the cells are the product
and chain rule on the equations in `cells`. Left out: gradients of the weights, and the GRU whose
reset gate acts before the matrix product.

Shapes: T steps, m units, G blocks of gates, P parts of the state (1, or 2 for the LSTM), S = P·m;
`...` is any number of axes: a trace may hold many runs side by side, (T, ..., m).
"""

from dataclasses import dataclass

import numpy as np

from rnn_core.cells import CellWeights, GruTrace, LstmTrace, RnnTrace
from rnn_core.errors import InputError

_BLOCK = 16  # steps whose matrices are held at once: they stay in the processor's cache
_SQUARINGS = 5  # what is a hundredth smaller than the largest singular value is then weighed at half of it
_HUGE = 2.0**300  # beyond it, and below its inverse, a power of two is taken out of a product


@dataclass(frozen=True, eq=False)
class BackwardPass:
    """Derivatives of the last state and of the score `readout · h_T`, back to the first step.

    What would overflow is held at the largest float64.
    """

    jacobian_norm: np.ndarray  # (T+1,), largest singular value of ∂s_T/∂s_t, t = 0 … T; the last is 1
    state_gradient: np.ndarray  # (T+1, S), ∂score/∂s_t
    input_gradient: np.ndarray  # (T, n), ∂score/∂x_t


@dataclass(frozen=True, eq=False)
class Gains:
    """A unit's new state hangs on its own pre-activations only; these are the derivatives."""

    direct: np.ndarray  # (T, ..., P, m), ∂s_t/∂(last part of s_{t-1}) past all gates: z for the GRU, f for C
    input: np.ndarray  # (T, ..., P, G, m), ∂s_t/∂(W x_t + b)
    hidden: np.ndarray  # (T, ..., P, G, m), ∂s_t/∂(U h_{t-1} + b)


def step_jacobians(weights: CellWeights, trace: RnnTrace | LstmTrace | GruTrace) -> np.ndarray:
    """Return ∂s_t/∂s_{t-1} of every step, (T, S, S). Raises `InputError` for a GRU that resets before the product."""
    found = gains_of(trace)
    return matrices(weights, found.direct, found.hidden)


def backward(weights: CellWeights, trace: RnnTrace | LstmTrace | GruTrace, readout: np.ndarray) -> BackwardPass:
    """Go back from the last state of a trace, with the score `readout · h_T`, readout (m,).

    All rows of ∂s_T/∂s_t and the row ∂score/∂s_t go through the same recursion, `R_{t-1} = R_t ∂s_t/∂s_{t-1}`.
    Raises `InputError` for a GRU that resets before the product.
    """
    gains = gains_of(trace)
    steps, parts, m = gains.direct.shape
    size = parts * m
    rows = np.zeros((size + 1, size))
    rows[:size] = np.eye(size)
    rows[size, :m] = readout
    norm = np.ones(steps + 1)
    gradient = np.zeros((steps + 1, size))
    gradient[steps] = rows[size]
    exponent = np.zeros(steps + 1, dtype=int)  # what was taken out, as a power of two
    for end in range(steps, 0, -_BLOCK):
        block = slice(max(0, end - _BLOCK), end)
        steps_of_block = matrices(weights, gains.direct[block], gains.hidden[block])
        products = np.empty_like(steps_of_block)
        for t in range(block.stop - 1, block.start - 1, -1):
            rows = rows @ steps_of_block[t - block.start]
            largest = np.abs(rows).max()
            exponent[t] = exponent[t + 1]
            if largest > _HUGE or 0 < largest < 1 / _HUGE:
                shift = int(np.frexp(largest)[1])
                rows = np.ldexp(rows, -shift)
                exponent[t] += shift
            products[t - block.start] = rows[:size]
            gradient[t] = rows[size]
        norm[block] = spectral_norms(products)
    # Only here may something overflow, and the gradient of an input is taken before it does.
    from_state = gradient[1:].reshape(steps, parts, 1, m)
    from_gates = (from_state * gains.input).sum(axis=1).reshape(steps, len(weights.weight_ih))
    return BackwardPass(
        jacobian_norm=_scaled(norm, exponent),
        state_gradient=_scaled(gradient, exponent[:, None]),
        input_gradient=_scaled(from_gates @ weights.weight_ih, exponent[1:, None]),
    )


def spectral_norms(matrices: np.ndarray) -> np.ndarray:
    """Return the largest singular value of each matrix, (..., S, S) to (...): no overflow however large they are."""
    largest = np.abs(matrices).max(axis=(-2, -1), initial=0.0)
    matrices = matrices / np.where(largest > 0, largest, 1)[..., None, None]
    # The root of the largest eigenvalue of JᵀJ: as exact for the largest one, and quicker than all of an SVD.
    squares = np.linalg.eigvalsh(matrices.swapaxes(-2, -1) @ matrices)[..., -1]
    return largest * np.sqrt(np.maximum(squares, 0))


def quick_spectral_norms(matrices: np.ndarray) -> np.ndarray:
    """Return the largest singular value of each matrix, (N, S, S) to (N,), to about 1 part in 100.

    A picture that moves asks for thousands at once, and matrix products are all that is needed: the Gram
    matrix is squared `_SQUARINGS` times, which leaves the leading singular vector in its columns; the value
    is then the length of what the matrix makes of it. It is never too large; of 30,000 tried the farthest was 1.1
    parts in 100 too small, where several singular values lie close together. In float32 several times as fast as
    `spectral_norms`. The largest entry of each matrix should be near 1, or be 0.
    """
    gram = matrices @ matrices.swapaxes(-2, -1)
    power = gram
    for _ in range(_SQUARINGS):
        trace = np.einsum("nii->n", power)[:, None, None]
        power = power / np.where(trace > 0, trace, 1)
        power = power @ power
    longest = np.argmax(np.einsum("nii->ni", power), axis=1)
    vector = gram @ power[np.arange(len(power)), :, longest][:, :, None]
    image = matrices.swapaxes(-2, -1) @ vector
    length = np.linalg.norm(vector[:, :, 0], axis=1)
    return np.linalg.norm(image[:, :, 0], axis=1) / np.where(length > 0, length, 1)


def _scaled(values: np.ndarray, exponent: np.ndarray) -> np.ndarray:
    limit = np.finfo(float).max
    with np.errstate(over="ignore", under="ignore"):
        return np.clip(np.ldexp(values, exponent), -limit, limit)


def gains_of(trace: RnnTrace | LstmTrace | GruTrace) -> Gains:
    """Return the derivatives of every unit in every step. Raises `InputError` for a GRU that resets before the product.

    The trace may hold many runs side by side, (T, ..., m).
    """
    before, after = trace.hidden[:-1], trace.hidden[1:]
    if isinstance(trace, RnnTrace):
        slope = 1 - after**2 if trace.activation == "tanh" else after * (1 - after)
        gain = slope[..., None, None, :]
        return Gains(direct=np.zeros_like(after)[..., None, :], input=gain, hidden=gain)
    if isinstance(trace, GruTrace):
        if trace.convention.reset == "before":
            raise InputError("the Jacobian is worked out for the GRU that resets after the product only")
        r, z, n = trace.reset_gate, trace.update_gate, trace.candidate
        old = trace.convention.update_keeps == "old"
        keep = z if old else 1 - z
        to_n = (1 - keep) * (1 - n**2)
        to_r = to_n * trace.recurrent_part * r * (1 - r)
        to_z = z * (1 - z) * ((before - n) if old else (n - before))
        return Gains(
            direct=keep[..., None, :],
            input=np.stack((to_r, to_z, to_n), axis=-2)[..., None, :, :],
            hidden=np.stack((to_r, to_z, to_n * r), axis=-2)[..., None, :, :],
        )
    f, i, o, g = trace.forget_gate, trace.input_gate, trace.output_gate, trace.candidate
    squashed = np.tanh(trace.cell[1:])
    through = o * (1 - squashed**2)  # ∂h_t/∂C_t
    of_cell = np.stack((i * (1 - i) * g, f * (1 - f) * trace.cell[:-1], i * (1 - g**2), np.zeros_like(o)), axis=-2)
    of_hidden = through[..., None, :] * of_cell
    of_hidden[..., 3, :] = o * (1 - o) * squashed
    gain = np.stack((of_hidden, of_cell), axis=-3)
    return Gains(direct=np.stack((through * f, f), axis=-2), input=gain, hidden=gain)


def matrices(weights: CellWeights, direct: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """Return ∂s_t/∂s_{t-1} from the gains of some steps: (N, P, m) and (N, P, G, m) to (N, S, S)."""
    count, parts, blocks, m = hidden.shape
    U = weights.weight_hh.reshape(blocks, m, m)
    result = np.zeros((count, parts, m, parts, m), np.result_type(hidden, U))
    np.einsum("npgu,guv->npuv", hidden, U, out=result[:, :, :, 0])
    unit = np.arange(m)
    # The last part of the state, h itself or C, also goes straight on: unit u to unit u.
    result[:, :, unit, parts - 1, unit] += direct
    return result.reshape(count, parts * m, parts * m)
