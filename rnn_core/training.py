"""The one training loop: it yields a record of its progress and can be left at any of them.

    model = new_model(spec, len(dataset.vocabulary))
    for progress in train(spec, dataset, model):
        ...                      # leave the loop to stop; `model` then holds the best that was reached

Two recipes. `report` is the experiment of the Report (section 4.4): batches of 50, filled up from the left to
500 tokens, Adam at 0.001, clip 5, 5 epochs, dropout 0.5, stop words removed, start state zero. `fast` reads
only what is there (batches of similar length), warms up and decays its learning rate, starts with gates that
keep (see `models.start_weights`: the first epoch learns twice as much), and drops out words and vectors, without
which a network of 2 million numbers soon knows 25,000 reviews by heart. And it mixes two short things into
every batch: crops of the same reviews with the review's label, and phrases of our grammar.

In the loss of a phrase the vectors of its sentiment words are held fixed: what *dreadful* means is
learnt from the reviews, and the phrases only teach what *not* and *but* do to it. Without that the network learns
the words of the grammar by heart and fails at others.

Everything random comes from `Spec.seed` and leaves the process's generators as they were. Left out: GPUs,
resuming, and early stopping (an epoch takes half a minute). The Report's listing carries the hidden state from batch
to batch, so that one review leaks into another: `Spec.carry_state` shows what comes of it, no recipe does it.
"""

import ctypes
import platform
import random
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from rnn_core import phrases, text_pipeline
from rnn_core.corpora import split_training
from rnn_core.errors import InputError
from rnn_core.imdb import Dataset, Reviews
from rnn_core.metrics import Metrics, mean_loss, measure
from rnn_core.mistakes import most_certain
from rnn_core.models import SentimentClassifier, State, pad, start_weights
from rnn_core.recipes import PHASES, RECIPES, Progress, Spec, make_spec
from rnn_core.runs import Measured
from rnn_core.vocabulary import UNKNOWN

__all__ = [
    "RECIPES",
    "Metrics",
    "Progress",
    "Spec",
    "evaluate",
    "make_spec",
    "measure",
    "measured",
    "new_model",
    "scores",
    "settle_process",
    "split_training",
    "train",
]

BATCHES_A_BLOCK = 50
"""Reviews are sorted by length inside blocks of this many batches: little padding, and still well mixed."""

Tick = Callable[[], None]


def settle_process() -> None:
    """One thread, which is fastest beside a busy neighbour, no denormal numbers, and a malloc that keeps what it got.

    This changes the whole process: for the command line, or a worker that does nothing but train.
    """
    torch.set_num_threads(1)
    # A gradient that vanishes over hundreds of steps ends in numbers below 1e-38, with which processors compute up to
    # a hundred times slower; they become 0.
    torch.set_flush_denormal(True)
    if platform.libc_ver()[0] == "glibc":
        # By default glibc maps every large array anew and gives it back: a third of the time goes into the kernel.
        libc = ctypes.CDLL(None)
        m_trim_threshold, m_mmap_max = -1, -4  # the names' values in malloc.h
        libc.mallopt(m_mmap_max, 0)
        libc.mallopt(m_trim_threshold, 512 * 2**20)


def new_model(spec: Spec, vocabulary_size: int) -> SentimentClassifier:
    """A classifier with the start weights of the recipe, drawn from the seed; no other generator is touched."""
    with _own_randomness(_seeded_state(spec.seed)):
        model = SentimentClassifier(
            spec.architecture,
            vocabulary_size,
            spec.embedding_size,
            spec.hidden_size,
            spec.layers,
            spec.bidirectional,
            spec.dropout,
            spec.embedding_dropout,
        )
        if spec.start != "pytorch":
            generator = torch.Generator().manual_seed(spec.seed)
            start_weights(model, generator, spec.start, spec.memory_bias, spec.input_scale)
    return model


def train(
    spec: Spec, dataset: Dataset, model: SentimentClassifier, every: int = 10, tick: Tick | None = None
) -> Generator[Progress]:
    """Train `model`, yielding a record every `every` steps and whenever the held-out reviews have been measured.

    When the generator ends or is closed, `model` holds the weights of the lowest validation loss; with none
    (`validation` 0, or stopped before the first one) the weights as they are at that moment. `tick` is called several
    times in each step, and while held-out reviews are measured; what it raises ends the training in the same way.

    Raises `InputError` where the split leaves too little, or where the loss is no longer a finite number.
    """
    learn, held_out = split_training(spec, dataset)
    rng = np.random.default_rng([spec.seed, 1])
    writer = _PhraseWriter(spec, dataset) if spec.phrase_weight else None
    optimiser = _optimiser(spec, model)
    steps_an_epoch = -(-len(learn) // spec.batch_size)
    steps = spec.epochs * steps_an_epoch
    validations = {-(-steps_an_epoch * part // spec.validations) for part in range(1, spec.validations + 1)}
    state = _seeded_state(spec.seed + 1)
    carried = _zeros(spec) if spec.carry_state else None
    best: tuple[float, dict[str, Tensor]] | None = None
    clock = _Clock(tick)
    step = reviews = tokens = 0
    try:
        for epoch in range(1, spec.epochs + 1):
            total_loss = total_right = 0.0
            for step_of_epoch, batch in enumerate(_batches(spec, dataset.train, learn, rng), start=1):
                for group in optimiser.param_groups:
                    group["lr"] = spec.learning_rate * group["factor"] * _rate(step / steps, spec.warm_up)
                with _own_randomness(state):
                    model.train()
                    inputs = _inputs(spec, dataset.train, batch, rng, writer)
                    clock.lap("batch")
                    found = [_read(model, one, carried if one is inputs[0] else None) for one in inputs]
                    clock.lap("forward")
                    losses = [one.loss(scores) for one, scores in zip(inputs, found, strict=True)]
                    loss = sum(losses[1:], losses[0])
                    clock.lap("loss")
                    optimiser.zero_grad()
                    loss.backward()
                    clock.lap("backward")
                    norm = float(clip_grad_norm_(model.parameters(), spec.clip_norm))
                    clock.lap("clip")
                    optimiser.step()
                    clock.lap("update")
                    state = torch.get_rng_state()
                if not np.isfinite(norm):
                    raise InputError("the training diverged: its gradient is not finite; take a smaller learning_rate")
                step += 1
                reviews += len(batch)
                tokens += sum(int(one.lengths.sum()) for one in inputs)
                total_loss += float(losses[0].detach()) * len(batch)
                total_right += int(((found[0] > 0) == (inputs[0].labels > 0.5)).sum())
                seen = reviews - (epoch - 1) * len(learn)
                validation = None
                if step_of_epoch in validations and len(held_out):
                    clock.lap("batch")
                    validation = _validate(spec, model, dataset.train, held_out, tick)
                    clock.lap("validate")
                better = validation is not None and (best is None or validation[0] < best[0])
                if validation is not None and better:
                    best = validation[0], {name: value.clone() for name, value in model.state_dict().items()}
                if validation is not None or step_of_epoch == steps_an_epoch or step % every == 0:
                    clock.lap("batch")
                    seconds = clock.learning
                    yield Progress(
                        step=step,
                        steps=steps,
                        epoch=epoch,
                        epochs=spec.epochs,
                        loss=total_loss / seen,
                        accuracy=total_right / seen,
                        validation_loss=validation[0] if validation else None,
                        validation_accuracy=validation[1] if validation else None,
                        best=better,
                        gradient_norm=norm,
                        tokens_per_second=tokens / seconds,
                        seconds=seconds,
                        eta=seconds / step * (steps - step),
                        reviews=reviews,
                        phases=tuple(clock.phases.values()),
                    )
                    clock.go_on()
    finally:
        if best is not None:
            model.load_state_dict(best[1])
        model.eval()


class _Clock:
    """Seconds by phase of the loop, with a `tick` after each. What passes between a lap and `go_on` counts nowhere."""

    def __init__(self, tick: Tick | None) -> None:
        self._tick = tick
        self.phases = dict.fromkeys(PHASES, 0.0)
        self._last = time.perf_counter()

    def lap(self, phase: str) -> None:
        """Add the time since the last lap to a phase."""
        now = time.perf_counter()
        self.phases[phase] += now - self._last
        self._last = now
        if self._tick is not None:
            self._tick()

    def go_on(self) -> None:
        """Let the next lap begin now."""
        self._last = time.perf_counter()

    @property
    def learning(self) -> float:
        """Seconds in all phases but measuring."""
        return sum(self.phases.values()) - self.phases["validate"]


@dataclass(frozen=True)
class _Input:
    """Texts that are read together, as a part of a step."""

    ids: Tensor  # (B, T)
    lengths: Tensor  # (B,)
    labels: Tensor  # (B,) float32
    weight: float = 1.0  # of their loss
    fixed: Tensor | None = None
    embedding_dropout: float | None = None

    def loss(self, scores: Tensor) -> Tensor:
        return self.weight * functional.binary_cross_entropy_with_logits(scores, self.labels)


def _read(model: SentimentClassifier, text: _Input, carried: State | None) -> Tensor:
    """The scores (B,). With `carried`, the batch begins with as many of its rows, and leaves its last states there."""
    rows = len(text.ids)
    start = None if carried is None else tuple(state[:, :rows].clone() for state in carried)
    scores, end = model.read(text.ids, text.lengths, text.fixed, text.embedding_dropout, start)
    for kept, state in zip(carried or (), end, strict=False):
        kept[:, :rows] = state.detach()
    return scores


def _zeros(spec: Spec) -> State:
    """What the first batch begins with where the state is carried on."""
    shape = (spec.layers * (2 if spec.bidirectional else 1), spec.batch_size, spec.hidden_size)
    return tuple(torch.zeros(shape) for _ in range(2 if spec.architecture == "lstm" else 1))


def scores(
    model: SentimentClassifier, texts: Sequence[np.ndarray], spec: Spec, tick: Tick | None = None, batch_size: int = 128
) -> np.ndarray:
    """The score (logit) of every encoded text, float64 (R,); read as `spec` says. Leaves the model in its mode.

    `tick` is called after every batch, several times a second, and may raise to leave.
    """
    lengths = [min(len(text), spec.max_tokens) for text in texts]
    order = np.argsort(lengths, kind="stable")
    found = np.zeros(len(lengths))
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            for start in range(0, len(order), batch_size):
                rows = order[start : start + batch_size]
                found[rows] = model(*_pad(spec, [texts[row] for row in rows])).numpy()
                if tick is not None:
                    tick()
    finally:
        model.train(was_training)
    return found


def evaluate(spec: Spec, model: SentimentClassifier, reviews: Reviews, tick: Tick | None = None) -> Metrics:
    """The metrics of `model` on encoded reviews; `tick` as in `scores`."""
    return measure(scores(model, list(reviews), spec, tick), np.asarray(reviews.labels))


def measured(spec: Spec, model: SentimentClassifier, reviews: Reviews, tick: Tick | None = None) -> Measured:
    """What `model` is worth on test reviews that still have their texts, with some of its mistakes."""
    started = time.perf_counter()
    found = scores(model, list(reviews), spec, tick)
    test = measure(found, np.asarray(reviews.labels))
    return Measured(test, time.perf_counter() - started, most_certain(reviews, found))


class _PhraseWriter:
    """Writes encoded phrases of the grammar's training part, and knows which words are its sentiment words."""

    def __init__(self, spec: Spec, dataset: Dataset) -> None:
        self._rng = random.Random(spec.seed)
        self._spec = spec
        self._vocabulary = dataset.vocabulary
        self._pipeline = dataset.pipeline
        self._fixed = torch.zeros(len(dataset.vocabulary), dtype=torch.bool)  # (V,)
        self._fixed[torch.from_numpy(self._encode(" ".join(phrases.sentiment_words(phrases.TRAIN))))] = True
        self._fixed[UNKNOWN] = False

    def write(self) -> _Input:
        written = phrases.sample(phrases.TRAIN, self._spec.phrases_a_batch, self._rng)
        ids, lengths = pad([self._encode(phrase.text) for phrase in written])
        verdicts = torch.tensor([phrase.positive for phrase in written], dtype=torch.float32)
        return _Input(ids, lengths, verdicts, self._spec.phrase_weight, self._fixed, self._spec.phrase_dropout)

    def _encode(self, text: str) -> np.ndarray:
        return self._vocabulary.encode(text_pipeline.tokenize(text, self._pipeline)).astype(np.int64)


def _inputs(
    spec: Spec, reviews: Reviews, batch: np.ndarray, rng: np.random.Generator, writer: _PhraseWriter | None
) -> list[_Input]:
    """What one step reads: the reviews of the batch, a crop of each, and phrases, where the recipe has them."""
    texts = [reviews[review] for review in batch]
    labels = torch.from_numpy(np.asarray(reviews.labels)[batch].astype(np.float32))
    ids, lengths = _pad(spec, texts)
    if spec.word_dropout:
        ids = torch.where(torch.rand(ids.shape) < spec.word_dropout, UNKNOWN, ids)
    inputs = [_Input(ids, lengths, labels)]
    if spec.crop_weight:
        inputs.append(_Input(*pad([_crop(text, spec, rng) for text in texts]), labels, spec.crop_weight))
    if writer is not None:
        inputs.append(writer.write())
    return inputs


def _crop(text: np.ndarray, spec: Spec, rng: np.random.Generator) -> np.ndarray:
    """A piece of the whole review, from anywhere in it, between `crop_shortest` and `crop_longest` tokens."""
    length = min(int(rng.integers(spec.crop_shortest, spec.crop_longest + 1)), len(text))
    start = int(rng.integers(0, len(text) - length + 1))
    return text[start : start + length]


def _pad(spec: Spec, texts: list[np.ndarray]) -> tuple[Tensor, Tensor]:
    return pad([text[-spec.max_tokens :] for text in texts], spec.max_tokens if spec.fill_up else None)


def _batches(spec: Spec, reviews: Reviews, learn: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    """The indices of one epoch's batches, by chance; alike in length where padding would cost time."""
    order = rng.permutation(learn)
    size = spec.batch_size
    if spec.fill_up:
        return [order[start : start + size] for start in range(0, len(order), size)]
    lengths = np.minimum(np.diff(reviews.offsets), spec.max_tokens)
    batches = []
    for start in range(0, len(order), size * BATCHES_A_BLOCK):
        block = order[start : start + size * BATCHES_A_BLOCK]
        block = block[np.argsort(lengths[block], kind="stable")]
        batches += [block[first : first + size] for first in range(0, len(block), size)]
    rng.shuffle(batches)
    return batches


def _optimiser(spec: Spec, model: SentimentClassifier) -> torch.optim.Adam:
    """Adam in torch's fused form; recurrent matrices may have a learning rate of their own."""
    matrices = [value for name, value in model.named_parameters() if "weight_hh" in name]
    others = [value for name, value in model.named_parameters() if "weight_hh" not in name]
    groups = [{"params": others, "factor": 1.0}, {"params": matrices, "factor": spec.recurrent_rate}]
    return torch.optim.Adam(groups, lr=spec.learning_rate, fused=True)


def _rate(done: float, warm_up: float) -> float:
    """Factor on the learning rate after this part of all steps: up in a line, then down in a line to 0."""
    if not warm_up:
        return 1.0
    return done / warm_up if done < warm_up else (1.0 - done) / (1.0 - warm_up)


def _validate(
    spec: Spec, model: SentimentClassifier, reviews: Reviews, held_out: np.ndarray, tick: Tick | None = None
) -> tuple[float, float]:
    """Loss and accuracy on the held-out reviews."""
    labels = np.asarray(reviews.labels)[held_out]
    found = scores(model, [reviews[review] for review in held_out], spec, tick)
    return mean_loss(found, labels), float(np.mean((found > 0) == (labels == 1)))


def _seeded_state(seed: int) -> Tensor:
    """The state of torch's generator after seeding, without seeding the one that everybody shares."""
    return torch.Generator().manual_seed(seed).get_state()


@contextmanager
def _own_randomness(state: Tensor) -> Iterator[None]:
    """Dropout draws from torch's one generator; lend it this state, and put its own back afterwards."""
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(state)
        yield
