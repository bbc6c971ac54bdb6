"""What parameters cost: memory, and arithmetic.

A multiply-add is one product and the addition that takes it in (Sze et al. 2017 call it a MAC; twice
as many are the floating-point operations). Counted are the products of matrices with vectors and the
products of gates with states, element by element. Not counted: biases (additions only), σ and tanh,
and the embedding, which is looked up.
"""

from dataclasses import dataclass
from typing import Final

from rnn_core.parameters.blocks import Trace

GATE_PRODUCTS: Final = {"rnn": 0, "gru": 3, "lstm": 3}
"""Products element by element, of m numbers each: GRU r⊙Uh, z⊙h, (1−z)⊙h̃; LSTM f⊙C, i⊙C̃, o⊙tanh C."""

TRAINING_COPIES: Final = 4
"""Numbers kept for each parameter while training with Adam (Kingma and Ba 2015): itself, its gradient, two moments."""


@dataclass(frozen=True)
class Cost:
    """What one network costs.

    Attributes:
        parameters: how many.
        float32, float16: bytes for the parameters alone.
        training: bytes in float32 for parameters, gradients and Adam's two moments.
        step: multiply-adds of all layers and directions for one token.
        output: multiply-adds of the output.
        sequence: multiply-adds for T tokens, with the output once at the end.

    """

    parameters: int
    float32: int
    float16: int
    training: int
    step: int
    output: int
    sequence: int


def cost_of(trace: Trace, convention: str, architecture: str) -> Cost:
    """Return what the network of that architecture costs. Every weight of a layer is used once a step."""
    spec = trace.spec
    parameters = trace.count(convention, architecture)
    gates = GATE_PRODUCTS[architecture] * spec.hidden_size * spec.layers * spec.directions
    step = trace.count(convention, architecture, ("input", "recurrent", "projection")) + gates
    output = trace.count(convention, architecture, ("output",)) - spec.output_size  # without its bias
    return Cost(
        parameters=parameters,
        float32=4 * parameters,
        float16=2 * parameters,
        training=4 * TRAINING_COPIES * parameters,
        step=step,
        output=output,
        sequence=spec.steps * step + output,
    )
