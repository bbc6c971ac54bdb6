"""What is unfolded: a short sequence, the weights, and how the past reaches the next state.

Shapes: T steps, n input features, m hidden units, K classes, R numbers that are fed back (m, or K).
"""

from dataclasses import dataclass, fields
from typing import Final, Literal, get_args

import numpy as np

from rnn_core.errors import InputError

Activation = Literal["tanh", "sigmoid", "relu", "linear"]
Recurrence = Literal["hidden", "output", "forced"]
Loss = Literal["last", "every"]

Rows = tuple[tuple[float, ...], ...]

MOST_STEPS: Final = 1000
"""Steps that a trace takes. The page offers `PAGE_LIMITS`, which a picture has room for."""

PAGE_LIMITS: Final = {"T": 8, "n": 4, "m": 4, "K": 4}
LARGEST: Final = 100.0
"""Size of a number that the reader may give: eight steps of it still fit into a float."""

PARAMETERS: Final = ("U", "W", "b_h", "V", "b_y")


@dataclass(frozen=True)
class Weights:
    """The five parameters, as rows of numbers; a bias is one row.

    Attributes:
        U: (n, m), input to hidden.
        W: (R, m), what is fed back to hidden: R = m from the hidden state, R = K from the output.
        b_h: (1, m).
        V: (m, K), hidden to output.
        b_y: (1, K).

    """

    U: Rows
    W: Rows
    b_h: Rows
    V: Rows
    b_y: Rows


@dataclass(frozen=True)
class Spec:
    """A sequence, its labels, a network and a loss.

    Raises `InputError` when the shapes don't fit together, and for a name that is none of the choices.

    Attributes:
        inputs: (T, n).
        targets: (T,), the right class of every step, 0 … K-1. With the loss at the last step only the
            others are looked at only where they are fed back.
        weights: the parameters.
        activation: f.
        recurrence: what reaches the next state: "hidden" the state, "output" the output o, "forced" the
            right class as a one-hot vector in place of the output (teacher forcing).
        loss: negative log-likelihood of the "last" step, or the sum over "every" step.
        words: (T,), names of the inputs where they are words; or empty.

    """

    inputs: Rows
    targets: tuple[int, ...]
    weights: Weights
    activation: Activation = "tanh"
    recurrence: Recurrence = "hidden"
    loss: Loss = "last"
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what doesn't fit together."""
        for value, choices, name in (
            (self.activation, Activation, "activation"),
            (self.recurrence, Recurrence, "recurrence"),
            (self.loss, Loss, "loss"),
        ):
            if value not in get_args(choices):
                raise InputError(f"the {name} must be one of {', '.join(get_args(choices))}, got {value!r}")
        T = len(self.inputs)
        if not 1 <= T <= MOST_STEPS:
            raise InputError(f"a sequence must have 1 to {MOST_STEPS} steps, got {T}")
        widths = {len(row) for row in self.inputs}
        if len(widths) > 1 or not widths - {0}:
            raise InputError("every step must have as many numbers as the others, and at least one")
        n, m, K = self.sizes
        for name, wanted in shapes(n, m, K, self.recurrence).items():
            rows = getattr(self.weights, name)
            if len(rows) != wanted[0] or {len(row) for row in rows} != {wanted[1]}:
                got = (len(rows), *sorted({len(row) for row in rows}))
                raise InputError(f"{name} must have shape {wanted}, got {got}")
        if len(self.targets) != T or not all(0 <= target < K for target in self.targets):
            raise InputError(f"there must be {T} labels from 0 to {K - 1}, got {self.targets}")
        if self.words and len(self.words) != T:
            raise InputError(f"there must be as many words as steps, {T}, got {len(self.words)}")

    @property
    def steps(self) -> int:
        """T."""
        return len(self.inputs)

    @property
    def sizes(self) -> tuple[int, int, int]:
        """n, m and K."""
        return len(self.inputs[0]), len(self.weights.b_h[0]), len(self.weights.b_y[0])

    @property
    def has_output(self) -> tuple[bool, ...]:
        """(T,), whether a step's output is needed: by a loss, or because it is fed back."""
        last = self.steps - 1
        return tuple(self.loss == "every" or self.recurrence == "output" or t == last for t in range(self.steps))

    @property
    def has_loss(self) -> tuple[bool, ...]:
        """(T,), whether a step's loss counts."""
        return tuple(self.loss == "every" or t == self.steps - 1 for t in range(self.steps))


def shapes(n: int, m: int, K: int, recurrence: Recurrence) -> dict[str, tuple[int, int]]:
    """Return rows and columns of every parameter; a bias is one row."""
    return {"U": (n, m), "W": (m if recurrence == "hidden" else K, m), "b_h": (1, m), "V": (m, K), "b_y": (1, K)}


def weights_from_seed(seed: int, n: int, m: int, K: int, recurrence: Recurrence = "hidden") -> Weights:
    """Return weights to begin with, in steps of 0.05; a parameter hangs on the seed and its own shape only.

    W from state to state is 0.8 times a random orthogonal matrix (rounded), so that with tanh a gradient
    loses strength from step to step, but not all of it. The others are normal with a deviation that keeps
    the pre-activations near 1. Biases are small, and not zero: a ReLU then has no unit exactly at its kink.
    """
    drawn = {}
    for number, (name, (rows, columns)) in enumerate(shapes(n, m, K, recurrence).items()):
        random = np.random.default_rng((seed, number, rows, columns))
        values = random.normal(size=(rows, columns))
        if name == "W" and recurrence == "hidden":
            rotation, triangle = np.linalg.qr(values)
            values = 0.8 * rotation * np.sign(np.diag(triangle))
        elif name in ("b_h", "b_y"):
            values = random.choice((-0.1, -0.05, 0.05, 0.1), size=(rows, columns))
        else:
            values *= (1.6 if name == "V" else 0.9) / np.sqrt(rows)
        drawn[name] = to_rows(np.round(values * 20) / 20)
    return Weights(**drawn)


def inputs_from_seed(seed: int, T: int, n: int) -> Rows:
    """Return T inputs of n numbers from -1.5 to 1.5 in steps of 0.1; a longer sequence begins like a shorter one."""
    random = np.random.default_rng((seed, n, 1))
    return to_rows(np.round(random.uniform(-1.5, 1.5, size=(T, n)) * 10) / 10)


def targets_from_seed(seed: int, T: int, K: int) -> tuple[int, ...]:
    """Return T labels 0 … K-1; a longer sequence begins like a shorter one."""
    return tuple(np.random.default_rng((seed, K, 2)).integers(K, size=T).tolist())


def one_hot(words: tuple[str, ...]) -> tuple[tuple[str, ...], Rows]:
    """Return the vocabulary of some words, in the order in which they first stand there, and a one-hot row a word."""
    vocabulary = tuple(dict.fromkeys(words))
    return vocabulary, tuple(tuple(float(entry == word) for entry in vocabulary) for word in words)


def to_rows(values: np.ndarray) -> Rows:
    """Return a matrix (rows, columns) as tuples, without a negative zero."""
    return tuple(tuple(float(value) + 0.0 for value in row) for row in values)


def with_weights(spec: Spec, **changed: Rows) -> Spec:
    """Return the same spec with some parameters exchanged."""
    kept = {field.name: getattr(spec.weights, field.name) for field in fields(Weights)}
    others = {field.name: getattr(spec, field.name) for field in fields(Spec) if field.name != "weights"}
    return Spec(weights=Weights(**(kept | changed)), **others)
