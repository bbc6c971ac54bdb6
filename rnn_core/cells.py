"""RNN, LSTM and GRU forward, a line an equation, keeping every quantity on the way.

Sources: Elman (1990); Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000);
Cho et al. (2014). Weights lie as in `torch.nn.RNN`, `LSTM` and `GRU`, so a trained model runs here
unchanged. Texts differ on the GRU in two ways, and `GruConvention` offers both sides of each:

- which side the update gate z keeps: the old state, `h = z h + (1-z) h̃` (PyTorch), or the new one;
- where the reset gate r acts: after the matrix product, `r ⊙ (U h + b)` (PyTorch, cuDNN), or before
  it, `U (r ⊙ h) + b` (Cho et al.).

Shapes: T steps, n input features, m hidden units; `...` is any number of leading axes, so that a
step serves one text or a batch. Left out: stacked layers and directions (`prediction` has them),
peepholes, projections.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnn_core.errors import InputError


@dataclass(frozen=True, eq=False)
class CellWeights:
    """One layer in one direction. G blocks of m rows: i, f, g, o for the LSTM, r, z, n for the GRU, one for the RNN.

    Raises `InputError` when the shapes don't fit together.
    """

    weight_ih: np.ndarray  # (G·m, n), on the input
    weight_hh: np.ndarray  # (G·m, m), on the hidden state
    bias_ih: np.ndarray  # (G·m,)
    bias_hh: np.ndarray  # (G·m,)

    def __post_init__(self) -> None:
        rows = self.weight_hh.shape[0]
        shapes = (self.weight_ih.shape[:1], self.bias_ih.shape, self.bias_hh.shape)
        if self.weight_ih.ndim != 2 or self.weight_hh.ndim != 2 or any(shape != (rows,) for shape in shapes):
            raise InputError(
                "cell weights must have shapes (G·m, n), (G·m, m), (G·m,) and (G·m,), got "
                f"{self.weight_ih.shape}, {self.weight_hh.shape}, {self.bias_ih.shape} and {self.bias_hh.shape}"
            )

    @property
    def hidden_size(self) -> int:
        """m, hidden units."""
        return int(self.weight_hh.shape[1])

    @classmethod
    def of(
        cls,
        weights: Mapping[str, np.ndarray],
        layer: int = 0,
        reverse: bool = False,
        dtype: type[np.floating] = np.float64,
    ) -> "CellWeights":
        """Take one layer and direction out of the named weights of a checkpoint."""
        end = f"_l{layer}{'_reverse' if reverse else ''}"
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return cls(*(weights[f"recurrent.{name}{end}"].astype(dtype) for name in names))


@dataclass(frozen=True)
class GruConvention:
    """The two ways in which texts differ on the GRU; the defaults are PyTorch's."""

    update_keeps: Literal["old", "new"] = "old"  # what z multiplies: h_{t-1}, or the candidate
    reset: Literal["after", "before"] = "after"  # whether r acts after the matrix product or before it


PYTORCH_GRU = GruConvention()

RnnActivation = Literal["tanh", "sigmoid"]


@dataclass(frozen=True, eq=False)
class RnnTrace:
    """Every quantity of an RNN over T steps."""

    hidden: np.ndarray  # (T+1, m), h_0 first
    activation: RnnActivation = "tanh"


@dataclass(frozen=True, eq=False)
class LstmTrace:
    """Every quantity of an LSTM over T steps."""

    forget_gate: np.ndarray  # (T, m), in (0, 1)
    input_gate: np.ndarray  # (T, m), in (0, 1)
    output_gate: np.ndarray  # (T, m), in (0, 1)
    candidate: np.ndarray  # (T, m), in (-1, 1)
    cell: np.ndarray  # (T+1, m), C_0 first
    hidden: np.ndarray  # (T+1, m), h_0 first


@dataclass(frozen=True, eq=False)
class GruTrace:
    """Every quantity of a GRU over T steps."""

    reset_gate: np.ndarray  # (T, m), in (0, 1)
    update_gate: np.ndarray  # (T, m), in (0, 1)
    candidate: np.ndarray  # (T, m), in (-1, 1)
    recurrent_part: np.ndarray  # (T, m), what the candidate takes from the past: U h + b, or U (r ⊙ h) + b
    hidden: np.ndarray  # (T+1, m), h_0 first
    convention: GruConvention


def sigmoid(a: np.ndarray) -> np.ndarray:
    """σ(a) = 1 / (1 + e^-a); e is never taken to a positive power, so nothing overflows."""
    small = np.exp(-np.abs(a))
    return np.where(a >= 0, 1, small) / (1 + small)


def input_part(weights: CellWeights, inputs: np.ndarray) -> np.ndarray:
    """W x + b for all steps at once: inputs (..., n) to (..., G·m)."""
    return inputs @ weights.weight_ih.T + weights.bias_ih


def rnn_step(
    weights: CellWeights, from_input: np.ndarray, hidden: np.ndarray, activation: RnnActivation = "tanh"
) -> np.ndarray:
    """h_t = f(W x_t + b + U h_{t-1} + b'), f the tanh or the sigmoid. Shapes (..., m)."""
    a = from_input + hidden @ weights.weight_hh.T + weights.bias_hh
    return np.tanh(a) if activation == "tanh" else sigmoid(a)


def lstm_step(
    weights: CellWeights, from_input: np.ndarray, hidden: np.ndarray, cell: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return forget gate, input gate, output gate, candidate, C_t and h_t, each (..., m)."""
    m = weights.hidden_size
    a = from_input + hidden @ weights.weight_hh.T + weights.bias_hh
    gates = sigmoid(a)
    i, f, o = gates[..., :m], gates[..., m : 2 * m], gates[..., 3 * m :]
    g = np.tanh(a[..., 2 * m : 3 * m])
    cell = f * cell + i * g
    return f, i, o, g, cell, o * np.tanh(cell)


def gru_step(
    weights: CellWeights, from_input: np.ndarray, hidden: np.ndarray, convention: GruConvention = PYTORCH_GRU
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return reset gate, update gate, candidate, recurrent part of the candidate, and h_t, each (..., m)."""
    m = weights.hidden_size
    U, b = weights.weight_hh, weights.bias_hh
    if convention.reset == "after":
        from_hidden = hidden @ U.T + b
        gates = sigmoid(from_input[..., : 2 * m] + from_hidden[..., : 2 * m])
        r, z = gates[..., :m], gates[..., m:]
        recurrent_part = from_hidden[..., 2 * m :]
        candidate = np.tanh(from_input[..., 2 * m :] + r * recurrent_part)
    else:
        gates = sigmoid(from_input[..., : 2 * m] + hidden @ U[: 2 * m].T + b[: 2 * m])
        r, z = gates[..., :m], gates[..., m:]
        recurrent_part = (r * hidden) @ U[2 * m :].T + b[2 * m :]
        candidate = np.tanh(from_input[..., 2 * m :] + recurrent_part)
    keep = z if convention.update_keeps == "old" else 1 - z
    return r, z, candidate, recurrent_part, keep * hidden + (1 - keep) * candidate


def trace_rnn(
    weights: CellWeights, inputs: np.ndarray, start: np.ndarray | None = None, activation: RnnActivation = "tanh"
) -> RnnTrace:
    """Run an RNN over inputs (T, n) from the state `start` (m,), zeros by default."""
    from_input = _checked_input_part(weights, inputs, blocks=1)
    hidden = _states(weights, from_input, start)
    for t in range(len(from_input)):
        hidden[t + 1] = rnn_step(weights, from_input[t], hidden[t], activation)
    return RnnTrace(hidden=hidden, activation=activation)


def trace_lstm(
    weights: CellWeights, inputs: np.ndarray, start: np.ndarray | None = None, start_cell: np.ndarray | None = None
) -> LstmTrace:
    """Run an LSTM over inputs (T, n) from hidden and cell state `start`, `start_cell` (m,), zeros by default."""
    from_input = _checked_input_part(weights, inputs, blocks=4)
    hidden = _states(weights, from_input, start)
    cell = _states(weights, from_input, start_cell)
    f, i, o, g = np.empty((4, *hidden[1:].shape), hidden.dtype)
    for t in range(len(from_input)):
        f[t], i[t], o[t], g[t], cell[t + 1], hidden[t + 1] = lstm_step(weights, from_input[t], hidden[t], cell[t])
    return LstmTrace(forget_gate=f, input_gate=i, output_gate=o, candidate=g, cell=cell, hidden=hidden)


def trace_gru(
    weights: CellWeights,
    inputs: np.ndarray,
    start: np.ndarray | None = None,
    convention: GruConvention = PYTORCH_GRU,
) -> GruTrace:
    """Run a GRU over inputs (T, n) from the state `start` (m,), zeros by default."""
    from_input = _checked_input_part(weights, inputs, blocks=3)
    hidden = _states(weights, from_input, start)
    r, z, n, past = np.empty((4, *hidden[1:].shape), hidden.dtype)
    for t in range(len(from_input)):
        r[t], z[t], n[t], past[t], hidden[t + 1] = gru_step(weights, from_input[t], hidden[t], convention)
    return GruTrace(reset_gate=r, update_gate=z, candidate=n, recurrent_part=past, hidden=hidden, convention=convention)


def _checked_input_part(weights: CellWeights, inputs: np.ndarray, blocks: int) -> np.ndarray:
    if len(weights.weight_hh) != blocks * weights.hidden_size:
        raise InputError(f"weight_hh must have shape ({blocks}·m, m) for this cell, got {weights.weight_hh.shape}")
    if inputs.ndim != 2 or inputs.shape[1] != weights.weight_ih.shape[1]:
        raise InputError(f"inputs must have shape (T, {weights.weight_ih.shape[1]}), got {inputs.shape}")
    return input_part(weights, inputs)


def _states(weights: CellWeights, from_input: np.ndarray, start: np.ndarray | None) -> np.ndarray:
    """Room for T+1 states, the first filled in."""
    states = np.zeros((len(from_input) + 1, weights.hidden_size), np.result_type(from_input, weights.weight_hh))
    if start is not None:
        if start.shape != states[0].shape:
            raise InputError(f"the start state must have shape {states[0].shape}, got {start.shape}")
        states[0] = start
    return states
