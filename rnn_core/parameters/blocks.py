"""The weight blocks of a recurrent network: every matrix and every bias, gate by gate.

Sources: RNN (Elman 1990), LSTM (Hochreiter and Schmidhuber 1997; forget gate by Gers et al. 2000),
GRU (Cho et al. 2014), projection (Sak, Senior and Beaufays 2014, without peepholes). The libraries'
ways are those of `torch.nn.RNN`, `GRU`, `LSTM` (PyTorch 2) and `keras.layers.SimpleRNN`, `GRU`,
`LSTM` (Keras 2 and 3, with their defaults).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from types import MappingProxyType
from typing import Final

from rnn_core.errors import InputError
from rnn_core.parsing import parse_whole

ARCHITECTURES: Final = ("rnn", "gru", "lstm")
NAMES: Final = {name: name.upper() for name in ARCHITECTURES}
CONVENTIONS: Final = {"textbook": "Textbook", "pytorch": "PyTorch", "keras": "Keras"}
"""Ways to count, by their names."""

GATE_NAMES: Final = {
    "rnn": ("new state",),
    "gru": ("reset gate", "update gate", "candidate"),
    "lstm": ("input gate", "forget gate", "candidate", "output gate"),
}
"""What each stack of m rows computes, in PyTorch's order."""

BIASES: Final = {
    "textbook": {"rnn": 1, "gru": 1, "lstm": 1},
    "pytorch": {"rnn": 2, "gru": 2, "lstm": 2},
    "keras": {"rnn": 1, "gru": 2, "lstm": 1},  # two for the GRU, since `reset_after=True` is its default
}
"""Bias vectors of m numbers for every gate."""

PROJECTS: Final = (("textbook", "lstm"), ("pytorch", "lstm"))
"""Convention and architecture of the networks that can have a projection."""

LIMITS: Final[Mapping[str, tuple[str, int, int]]] = {
    "input_size": ("The input size n", 1, 10_000),
    "hidden_size": ("The hidden size m", 1, 10_000),
    "vocabulary_size": ("The vocabulary V", 0, 10_000_000),
    "output_size": ("The number of outputs K", 0, 1_000_000),
    "steps": ("The number of steps T", 1, 1_000_000),
    "layers": ("The number of layers", 1, 4),
    "directions": ("The number of directions", 1, 2),
    "projection_size": ("The projection p", 0, 9_999),
}
"""Name, least and largest value of every size."""


def parse_size(field: str, text: str) -> int:
    """Return the size that a reader typed for a field of `Spec`. Raises `InputError`."""
    return parse_whole(LIMITS[field][0], text, *LIMITS[field][1:])


def parse_projection(text: str, hidden_size: int) -> int:
    """Return the size of the projection, which is smaller than the hidden size; 0 is none. Raises `InputError`."""
    name, least, most = LIMITS["projection_size"]
    size = parse_whole(name, text, least, most)
    if size >= hidden_size:
        raise InputError(_too_wide(size, hidden_size))
    return size


def _too_wide(size: int, hidden_size: int) -> str:
    return f"The projection p must be smaller than the hidden size m = {hidden_size:,}, got {size:,}; 0 is none."


@dataclass(frozen=True)
class Spec:
    """Sizes of a network. Raises `InputError` for one out of its limits.

    Attributes:
        input_size: n, numbers in x_t; with a vocabulary also D, the length of a word's vector.
        hidden_size: m, units of one layer in one direction.
        layers: recurrent layers on top of each other.
        directions: 1, or 2 when a second network of the same size reads from the end.
        projection_size: p, length to which an LSTM's hidden state is shortened; 0 for none.
        vocabulary_size: V, words with a vector each; 0 for no embedding.
        output_size: K, outputs of the readout; 0 for none.
        steps: T, tokens of a sequence.

    """

    input_size: int = 100
    hidden_size: int = 50
    layers: int = 1
    directions: int = 1
    projection_size: int = 0
    vocabulary_size: int = 0
    output_size: int = 0
    steps: int = 100

    def __post_init__(self) -> None:
        for field, (name, least, most) in LIMITS.items():
            if not least <= getattr(self, field) <= most:
                raise InputError(f"{name} must be from {least:,} to {most:,}, got {getattr(self, field):,}.")
        if self.projection_size >= self.hidden_size:
            raise InputError(_too_wide(self.projection_size, self.hidden_size))

    def projection(self, convention: str, architecture: str) -> int:
        """Return p where this network can have a projection, else 0."""
        return self.projection_size if (convention, architecture) in PROJECTS else 0


@dataclass(frozen=True, slots=True)
class Block:
    """One matrix, or one bias as a matrix of a single column.

    Attributes:
        kind: "embedding", "input", "recurrent", "bias", "projection" or "output".
        name: in words.
        rows, columns: its shape.
        layer: from 0; -1 outside of the recurrent layers.
        direction: 0 from the start, 1 from the end.
        gate: number of the gate it belongs to, as in `GATE_NAMES`; -1 for none.

    """

    kind: str
    name: str
    rows: int
    columns: int
    layer: int = -1
    direction: int = 0
    gate: int = -1

    @property
    def count(self) -> int:
        """Parameters in it."""
        return self.rows * self.columns


LAYER_KINDS: Final = ("input", "recurrent", "bias", "projection")
"""Kinds of block that make up a recurrent layer."""


@dataclass(frozen=True)
class Trace:
    """The blocks of three networks of the same sizes, counted in three ways.

    Attributes:
        spec: the sizes.
        blocks: for (convention, architecture) the blocks, from the embedding to the output.

    """

    spec: Spec
    blocks: Mapping[tuple[str, str], tuple[Block, ...]]

    def count(self, convention: str, architecture: str, kinds: tuple[str, ...] = ()) -> int:
        """Return the number of parameters, of all kinds or of some."""
        return sum(block.count for block in self.blocks[convention, architecture] if not kinds or block.kind in kinds)


def trace_parameters(spec: Spec) -> Trace:
    """Return the blocks of RNN, GRU and LSTM as textbooks, PyTorch and Keras have them."""
    return Trace(
        spec, MappingProxyType({key: tuple(blocks_of(spec, *key)) for key in product(CONVENTIONS, ARCHITECTURES)})
    )


def blocks_of(spec: Spec, convention: str, architecture: str) -> Iterator[Block]:
    """Yield the blocks of one network: embedding, layers from below with their gates, output."""
    m, p = spec.hidden_size, spec.projection(convention, architecture)
    state = p or m  # what is carried to the next step, to the next layer and to the output
    if spec.vocabulary_size:
        yield Block("embedding", "embedding: a vector for each word", spec.vocabulary_size, spec.input_size)
    for layer, direction in product(range(spec.layers), range(spec.directions)):
        inputs = spec.input_size if layer == 0 else spec.directions * state
        for gate in range(len(GATE_NAMES[architecture])):
            place = (layer, direction, gate)
            yield Block("input", "input weights W", m, inputs, *place)
            yield Block("recurrent", "recurrent weights U", m, state, *place)
            for number in range(BIASES[convention][architecture]):
                yield Block("bias", "second bias" if number else "bias b", m, 1, *place)
        if p:
            yield Block("projection", "projection", p, m, layer, direction)
    if spec.output_size:
        yield Block("output", "output weights", spec.output_size, spec.directions * state)
        yield Block("output", "output bias", spec.output_size, 1)
