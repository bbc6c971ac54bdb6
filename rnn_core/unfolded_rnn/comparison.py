"""The recurrent network beside a feed-forward one: the same U, V and biases, but nothing is fed back.

One input is exchanged for another, for every step in turn; where the probabilities change, the network
remembers.
"""

from dataclasses import dataclass

import numpy as np

from rnn_core.unfolded_rnn.passes import Parameters, forward, log_softmax
from rnn_core.unfolded_rnn.spec import Spec


@dataclass(frozen=True, eq=False)
class Comparison:
    """Probabilities of both networks on the sequence, and with one input exchanged."""

    spec: Spec
    exchanged: np.ndarray  # (T, n), what takes the place of x_j when that input is exchanged
    recurrent: np.ndarray  # (T, K), ŷ_t
    feed_forward: np.ndarray  # (T, K)
    recurrent_changed: np.ndarray  # (T, T, K): [j, t], ŷ_t with x_j exchanged
    feed_forward_changed: np.ndarray  # (T, T, K)

    @property
    def recurrent_effect(self) -> np.ndarray:
        """(T, T): [j, t], how much probability moves in ŷ_t when x_j is exchanged, 0 … 1 (total variation)."""
        return np.abs(self.recurrent_changed - self.recurrent).sum(axis=-1) / 2

    @property
    def feed_forward_effect(self) -> np.ndarray:
        """(T, T), the same for the feed-forward network."""
        return np.abs(self.feed_forward_changed - self.feed_forward).sum(axis=-1) / 2


def compare_with_feed_forward(spec: Spec) -> Comparison:
    """Run both networks on the sequence, and on T sequences with one input exchanged.

    A number changes its sign, an input of zeros becomes ones, and a word becomes the next in the vocabulary
    (the only word of a vocabulary becomes no word: zeros).
    """
    p = Parameters.of(spec.weights)
    without = Parameters(p.U, np.zeros((p.U.shape[1], p.U.shape[1])), p.b_h, p.V, p.b_y)
    inputs = np.array(spec.inputs)
    T, n = inputs.shape
    truth = np.eye(p.b_y.shape[-1])[list(spec.targets)]
    if spec.words:
        exchanged = np.roll(inputs, 1, axis=1) if n > 1 else np.zeros_like(inputs)
    else:
        exchanged = np.where(inputs.any(axis=1, keepdims=True), -inputs, 1.0) + 0.0
    sequences = np.repeat(inputs[None], T + 1, axis=0)
    sequences[np.arange(T), np.arange(T)] = exchanged  # the last stays as it is
    recurrent = forward(p, sequences, truth, spec.activation, spec.recurrence)
    feed_forward = forward(without, sequences, truth, spec.activation, "hidden")
    recurrent_y, feed_forward_y = np.exp(log_softmax(recurrent.outputs)), np.exp(log_softmax(feed_forward.outputs))
    return Comparison(spec, exchanged, recurrent_y[-1], feed_forward_y[-1], recurrent_y[:-1], feed_forward_y[:-1])
