"""A trained network reads a text: every gate and state, the running score, shares, gradients and Jacobians.

The forward pass is that of `cells`, the shares those of `shares`, the derivatives those of `jacobians`, all
in float64. Left out: networks of several layers or directions, where a unit's state at a word is not
what the words so far have made of it; `prediction` runs them.

Shapes: W words as typed, T tokens that are read, m hidden units, V vocabulary, D embedding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rnn_core.cells import CellWeights, GruTrace, LstmTrace, RnnTrace, sigmoid, trace_gru, trace_lstm, trace_rnn
from rnn_core.checkpoints import Checkpoint
from rnn_core.errors import InputError
from rnn_core.gates.shares import shares
from rnn_core.jacobians import backward
from rnn_core.text_pipeline import split_words, tokens_of
from rnn_core.vocabulary import UNKNOWN

QUANTITIES = {
    "rnn": ("hidden",),
    "lstm": ("forget_gate", "input_gate", "output_gate", "candidate", "cell", "hidden"),
    "gru": ("update_gate", "reset_gate", "candidate", "hidden"),
}
"""What is kept of every token and unit, by architecture. The update gate multiplies the old state (PyTorch)."""


MAX_UNITS = 128
"""The time that the Jacobians take grows with the cube: for this many, seconds for the longest text."""

MAX_READ = 500
"""Tokens; the time grows with them, too, and so does what is kept and drawn. The Report's networks read as many."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One network's way through one text. Index t of T+1 is the state after t tokens; 0 is the start."""

    architecture: str  # "rnn", "lstm" or "gru"
    words: tuple[str, ...]  # (W,), as typed
    tokens: tuple[str, ...]  # (T,), what is read of them
    word_of_token: np.ndarray  # (T,), index into words
    known: np.ndarray  # (T,), bool: in the vocabulary
    first_word_read: int  # the words before it were cut: only the last tokens are read
    quantities: Mapping[str, np.ndarray]  # each (T, m), after every token; see QUANTITIES
    hidden: np.ndarray  # (T+1, m), h_0 first
    cell: np.ndarray | None  # (T+1, m), C_0 first; LSTM only
    readout: np.ndarray  # (m,), weight of every unit in the score
    bias: float
    score: np.ndarray  # (T+1,), readout · h_t + bias: positive for a good review
    probability: np.ndarray  # (T+1,), σ(score): of a positive review, were the text over here
    word_probability: np.ndarray  # (W+1,), the same after every word; a word that isn't read changes nothing
    shares: np.ndarray  # (T,), what every token adds: shares.sum() + bias == score[T]
    word_shares: np.ndarray  # (W,), summed over the tokens of a word
    gradient_norm: np.ndarray  # (T,), ‖∂score_T/∂(embedded token)‖
    word_gradient_norm: np.ndarray  # (W,), of all tokens of a word together
    jacobian_norm: np.ndarray  # (T+1,), largest singular value of ∂s_T/∂s_t; s is h, for the LSTM (h, C)
    forget_product_norm: np.ndarray | None  # (T+1,), of ∂C_T/∂C_t by way of C alone, max_u Π_{s>t} f_s; LSTM only


def trace_gates(model: Checkpoint, text: str | Sequence[str]) -> Trace:
    """Let a network read a text and keep everything.

    A text that is a sequence holds words that are cut already: a word may be changed or emptied (that drops
    it), and the other words keep their number. No words at all are a text too, with T = 0.
    Raises `InputError` as `check_shown` does.
    """
    check_shown(model)
    words = tuple(split_words(text) if isinstance(text, str) else text)
    tokens, word_of_token, first_word_read = _read(model, words)
    ids = model.vocabulary.encode(tokens)
    weights = CellWeights.of(model.weights)
    readout = model.weights["readout.weight"][0].astype(float)
    bias = float(model.weights["readout.bias"][0])
    run = _run(model.architecture, weights, model.weights["embedding.weight"][ids].astype(float))
    back = backward(weights, run, readout)
    score = run.hidden @ readout + bias
    probability = sigmoid(score)
    token_shares = shares(run, readout)
    tokens_so_far = np.searchsorted(word_of_token, np.arange(len(words) + 1))
    return Trace(
        architecture=model.architecture,
        words=words,
        tokens=tokens,
        word_of_token=word_of_token,
        known=ids != UNKNOWN,
        first_word_read=first_word_read,
        quantities=_quantities(model.architecture, run),
        hidden=run.hidden,
        cell=run.cell if isinstance(run, LstmTrace) else None,
        readout=readout,
        bias=bias,
        score=score,
        probability=probability,
        word_probability=probability[tokens_so_far],
        shares=token_shares,
        word_shares=np.bincount(word_of_token, token_shares, minlength=len(words)),
        gradient_norm=np.hypot.reduce(back.input_gradient, axis=1),
        word_gradient_norm=_by_word(np.hypot.reduce(back.input_gradient, axis=1), tokens_so_far),
        jacobian_norm=back.jacobian_norm,
        forget_product_norm=_kept_longest(run.forget_gate) if isinstance(run, LstmTrace) else None,
    )


def check_shown(model: Checkpoint) -> None:
    """Raise `InputError` for a network of several layers or directions, too many units, or too long texts."""
    if model.layers > 1 or model.directions > 1:
        raise InputError(
            f"“{model.name}” has several layers or directions: "
            "gates are shown for networks with one layer that read in one direction."
        )
    if model.hidden_size > MAX_UNITS:
        raise InputError(
            f"“{model.name}” has {model.hidden_size} units: gates are shown for networks of at most {MAX_UNITS}."
        )
    if model.max_tokens > MAX_READ:
        raise InputError(
            f"“{model.name}” reads {model.max_tokens:,} tokens: "
            f"gates are shown for networks that read at most {MAX_READ}."
        )


def _read(model: Checkpoint, words: tuple[str, ...]) -> tuple[tuple[str, ...], np.ndarray, int]:
    """Cut words into tokens from the end, and stop where the model does: a long text costs no more than its end."""
    tokens: list[str] = []
    owners: list[int] = []
    first_word_read = 0
    for number in range(len(words) - 1, -1, -1):
        of_word = tokens_of(words[number], model.pipeline)
        room = model.max_tokens - len(tokens)
        if of_word and not room:
            first_word_read = number + 1
            break
        of_word = of_word[max(0, len(of_word) - room) :]
        tokens.extend(reversed(of_word))
        owners.extend([number] * len(of_word))
    return tuple(reversed(tokens)), np.array(owners[::-1], dtype=np.intp), first_word_read


def _run(architecture: str, weights: CellWeights, inputs: np.ndarray) -> RnnTrace | LstmTrace | GruTrace:
    if architecture == "rnn":
        return trace_rnn(weights, inputs)
    return trace_lstm(weights, inputs) if architecture == "lstm" else trace_gru(weights, inputs)


def _quantities(architecture: str, run: RnnTrace | LstmTrace | GruTrace) -> dict[str, np.ndarray]:
    states = ("hidden", "cell")  # they begin with the start state
    return {name: getattr(run, name)[1:] if name in states else getattr(run, name) for name in QUANTITIES[architecture]}


def _by_word(norms: np.ndarray, tokens_so_far: np.ndarray) -> np.ndarray:
    """Root of the sum of squares over the tokens of a word, 0 for a word without."""
    result = np.zeros(len(tokens_so_far) - 1)
    for word in np.flatnonzero(np.diff(tokens_so_far)):
        result[word] = np.hypot.reduce(norms[tokens_so_far[word] : tokens_so_far[word + 1]])
    return result


def _kept_longest(forget_gate: np.ndarray) -> np.ndarray:
    """The norm of a diagonal matrix is its largest entry."""
    product = np.concatenate((np.cumprod(forget_gate[::-1], axis=0)[::-1], np.ones_like(forget_gate[:1])))
    return product.max(axis=1) if len(product) else np.ones(1)
