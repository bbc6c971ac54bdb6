"""Many texts through a trained network, in numpy: thousands of short texts a second on one core.

Texts of similar length are run together. In a batch they stand in order of length, so those that are
still being read are always its first rows: a step touches no others, and padding never reaches a state.
Any number of layers and both directions; float32. Source: the packed sequences of PyTorch. Left out:
what happens inside a network, which `gates` shows.

Shapes: B texts of a batch, T tokens of the longest, n inputs of a layer, m hidden units.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from rnn_core.cells import CellWeights, gru_step, input_part, lstm_step, rnn_step, sigmoid
from rnn_core.checkpoints import Checkpoint
from rnn_core.text_pipeline import tokenize

CHUNK = 2_048  # texts that are taken from the source before the first of them is answered
_BATCH_TOKENS = 8_192  # places of a batch, which bounds its memory
_BATCH_TEXTS = 256


@dataclass(frozen=True)
class Prediction:
    """What a network says of one text."""

    text: str
    probability: float  # that the review is positive
    tokens: tuple[str, ...]  # what was read: at most the last `max_tokens` of the text
    unknown_words: tuple[str, ...]  # those of them that are not in the vocabulary, each once, in order


def predict(model: Checkpoint, texts: Iterable[str]) -> Iterator[Prediction]:
    """Yield a prediction for every text, in order; texts are taken 2,048 at a time.

    A text without tokens gets what the bias alone says.
    """
    source = iter(texts)
    while chunk := list(islice(source, CHUNK)):
        tokens = [tuple(tokenize(text, model.pipeline)[-model.max_tokens :]) for text in chunk]
        probabilities = sigmoid(scores(model, [model.vocabulary.encode(row) for row in tokens]).astype(float))
        for text, row, probability in zip(chunk, tokens, probabilities.tolist(), strict=True):
            unknown = dict.fromkeys(token for token in row if token not in model.vocabulary)
            yield Prediction(text, probability, row, tuple(unknown))


def scores(model: Checkpoint, texts: list[np.ndarray]) -> np.ndarray:
    """Return the score (logit) of every encoded text, float32 (texts,). Each text is read whole."""
    layers = [
        [CellWeights.of(model.weights, layer, reverse, np.float32) for reverse in (False, True)[: model.directions]]
        for layer in range(model.layers)
    ]
    readout, bias = model.weights["readout.weight"][0], model.weights["readout.bias"]
    result = np.empty(len(texts), np.float32)
    for batch in _batches([len(text) for text in texts]):
        last = _run(model, layers, [texts[index] for index in batch])
        result[batch] = last @ readout + bias
    return result


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Indices of texts, longest first, cut where a batch would hold too many texts or places."""
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    while order:
        size = max(1, min(_BATCH_TEXTS, _BATCH_TOKENS // max(1, lengths[order[0]])))
        yield order[:size]
        order = order[size:]


def _run(model: Checkpoint, layers: list[list[CellWeights]], texts: list[np.ndarray]) -> np.ndarray:
    """The last states of the last layer (B, directions·m) of texts that stand longest first."""
    lengths = np.array([len(text) for text in texts])
    ids = np.zeros((lengths[0], len(texts)), dtype=np.int64)
    for column, text in enumerate(texts):
        ids[: len(text), column] = text
    inputs = model.weights["embedding.weight"][ids]  # (T, B, n)
    last = [np.zeros((len(texts), model.hidden_size), np.float32)]
    for layer in layers:
        outputs, last = [], []
        for direction, weights in enumerate(layer):
            # The second direction reads every text from its own end, and its outputs are turned back.
            states = _states(model.architecture, weights, _turned(inputs, lengths) if direction else inputs, lengths)
            last.append(states[lengths, np.arange(len(texts))])
            outputs.append(_turned(states[1:], lengths) if direction else states[1:])
        inputs = np.concatenate(outputs, axis=2)
    return np.concatenate(last, axis=1)


def _states(architecture: str, weights: CellWeights, inputs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The states after every step, (T+1, B, m), the zeros of the start first; zeros too behind a text's end."""
    steps, texts, _ = inputs.shape
    states = np.zeros((steps + 1, texts, weights.hidden_size), np.float32)
    cell = np.zeros((texts, weights.hidden_size), np.float32)
    still_read = np.searchsorted(-lengths, -np.arange(steps), side="left")  # texts longer than t
    for t, count in enumerate(still_read):
        from_input = input_part(weights, inputs[t, :count])
        before = states[t, :count]
        if architecture == "rnn":
            states[t + 1, :count] = rnn_step(weights, from_input, before)
        elif architecture == "lstm":
            *_, cell[:count], states[t + 1, :count] = lstm_step(weights, from_input, before, cell[:count])
        else:
            *_, states[t + 1, :count] = gru_step(weights, from_input, before)
    return states


def _turned(values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Every text's part of values (T, B, …) back to front; what then stands in the padding is never read."""
    step = np.arange(len(values))[:, None]
    return values[np.maximum(lengths - 1 - step, 0), np.arange(len(lengths))]
