"""Four recurrent cells with random weights, run at many spectral radii at once.

Every recurrent matrix of the toy is drawn by one of three rules and scaled to spectral radius 1; a run
multiplies it by the radius that is asked for, the matrices of all gates alike. The RNNs, the candidate of
the LSTM and that of the GRU have the *same* matrix U and the same input weights, so that what differs
between them is the activation and the gates.

Sources: Saxe, McClelland & Ganguli (2014) for the orthogonal start; Glorot & Bengio (2010) for Xavier's
(its normal variant); the uniform one is PyTorch's default, on ±1/√m. Jozefowicz, Zaremba & Sutskever
(2015) for the bias of the forget gate. Left out: other biases, which are 0.

Shapes: T steps, m units (the inputs have m features too), F radii, G blocks of gates.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from rnn_core.cells import (
    PYTORCH_GRU,
    CellWeights,
    GruTrace,
    LstmTrace,
    RnnActivation,
    RnnTrace,
    gru_step,
    input_part,
    lstm_step,
    rnn_step,
)
from rnn_core.errors import InputError

CELLS: Final = ("rnn", "sigmoid", "lstm", "gru")
"""An RNN with tanh, one with sigmoid, an LSTM and a GRU."""

STARTS: Final = ("orthogonal", "xavier", "uniform")
"""Rules by which a recurrent matrix is drawn."""

MOST_UNITS: Final = 64
MOST_STEPS: Final = 200
BIASES: Final = (-5.0, 10.0)
LARGEST_INPUT: Final = 5.0
LARGEST_SEED: Final = 9_999

_BLOCKS: Final = {"rnn": ("n",), "sigmoid": ("n",), "lstm": ("i", "f", "n", "o"), "gru": ("r", "z", "n")}


@dataclass(frozen=True)
class Spec:
    """What the reader sets. Raises `InputError` for numbers outside of the limits.

    Attributes:
        units: m, of every cell.
        steps: T.
        start: the rule by which recurrent matrices are drawn, one of `STARTS`.
        forget_bias: bias of the LSTM's forget gate.
        input_scale: standard deviation of the inputs; also of what a unit gets from them.
        seed: of weights and inputs.

    """

    units: int = 16
    steps: int = 50
    start: str = "orthogonal"
    forget_bias: float = 1.0
    input_scale: float = 0.5
    seed: int = 1

    def __post_init__(self) -> None:
        within = {
            "units": (self.units, 1, MOST_UNITS),
            "steps": (self.steps, 1, 1000),
            "the forget bias": (self.forget_bias, *BIASES),
            "the input scale": (self.input_scale, 0.0, LARGEST_INPUT),
            "the seed": (self.seed, 0, LARGEST_SEED),
        }
        for name, (value, least, most) in within.items():
            if not least <= value <= most:
                raise InputError(f"{name} must be from {least:g} to {most:g}, got {value:g}")
        if self.start not in STARTS:
            raise InputError(f"weights are drawn {', '.join(STARTS)}, not {self.start}")


@dataclass(frozen=True, eq=False)
class Toy:
    """Weights and inputs that a `Spec` stands for."""

    weights: dict[str, CellWeights]  # by cell; every block of weight_hh has spectral radius 1
    inputs: np.ndarray  # (T, m)
    own_radius: float  # spectral radius of U as it was drawn, before it was scaled


def spectral_radius(matrix: np.ndarray) -> float:
    """Return the size of the largest eigenvalue of a matrix (m, m)."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def draw_matrix(start: str, units: int, random: np.random.Generator) -> np.ndarray:
    """Draw a recurrent matrix (m, m) by one of the rules `STARTS`."""
    if start == "uniform":
        return random.uniform(-1, 1, (units, units)) / np.sqrt(units)
    normal = random.normal(size=(units, units))
    if start == "xavier":
        return normal / np.sqrt(units)
    q, r = np.linalg.qr(normal)
    # The signs make every orthogonal matrix equally likely (Mezzadri 2007).
    return q * np.where(np.diag(r) < 0, -1, 1)


def make_toy(spec: Spec) -> Toy:
    """Draw the weights and inputs."""
    random = np.random.default_rng(spec.seed)
    m = spec.units
    recurrent, entering, radii = {}, {}, {}
    for block in "nifozr":  # the shared matrix first: it then is the same for every cell
        matrix = draw_matrix(spec.start, m, random)
        radii[block] = spectral_radius(matrix)
        recurrent[block] = matrix / radii[block]
        entering[block] = random.normal(size=(m, m)) / np.sqrt(m)
    inputs = spec.input_scale * random.normal(size=(spec.steps, m))
    weights = {}
    for cell, blocks in _BLOCKS.items():
        bias = np.concatenate([np.full(m, spec.forget_bias if block == "f" else 0.0) for block in blocks])
        weights[cell] = CellWeights(
            np.concatenate([entering[block] for block in blocks]),
            np.concatenate([recurrent[block] for block in blocks]),
            bias,
            np.zeros_like(bias),
        )
    return Toy(weights, inputs, radii["n"])


def run(
    cell: str, weights: CellWeights, inputs: np.ndarray, radii: np.ndarray, shift: np.ndarray | None = None
) -> RnnTrace | LstmTrace | GruTrace:
    """Run a cell over inputs (T, m) once for each radius (F,), from a start state of zeros.

    U scaled by a radius times h is U times h scaled by it, so all runs share each matrix product. `shift`
    (F, G·m) is added to the biases of each run. The fields of the trace have shapes (T or T+1, F, m).
    """
    from_input = input_part(weights, inputs)[:, None] + (0.0 if shift is None else shift)
    shape = (len(inputs), len(radii), weights.hidden_size)
    scale = radii[:, None]
    hidden = np.zeros((shape[0] + 1, *shape[1:]))
    if cell in ("rnn", "sigmoid"):
        activation: RnnActivation = "tanh" if cell == "rnn" else "sigmoid"
        for t in range(shape[0]):
            hidden[t + 1] = rnn_step(weights, from_input[t], scale * hidden[t], activation)
        return RnnTrace(hidden, activation)
    if cell == "lstm":
        C = np.zeros_like(hidden)
        f, i, o, g = np.empty((4, *shape))
        for t in range(shape[0]):
            f[t], i[t], o[t], g[t], C[t + 1], hidden[t + 1] = lstm_step(weights, from_input[t], scale * hidden[t], C[t])
        return LstmTrace(f, i, o, g, C, hidden)
    r, z, n, past = np.empty((4, *shape))
    for t in range(shape[0]):
        r[t], z[t], n[t], past[t], _ = gru_step(weights, from_input[t], scale * hidden[t])
        hidden[t + 1] = z[t] * hidden[t] + (1 - z[t]) * n[t]
    return GruTrace(r, z, n, past, hidden, PYTORCH_GRU)
