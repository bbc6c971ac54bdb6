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
resuming, early stopping (an epoch takes half a minute), and the parts of the Report's listing that are mistakes
(it carries the hidden state from batch to batch).
"""

import ctypes
import platform
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_

from rnn_core import phrases, text_pipeline
from rnn_core.errors import InputError
from rnn_core.imdb import Dataset, Reviews
from rnn_core.metrics import Metrics, mean_loss, measure
from rnn_core.models import SentimentClassifier, pad, start_weights
from rnn_core.recipes import RECIPES, Progress, Spec, make_spec
from rnn_core.vocabulary import UNKNOWN

__all__ = [
    "RECIPES",
    "Metrics",
    "Progress",
    "Spec",
    "evaluate",
    "make_spec",
    "measure",
    "new_model",
    "scores",
    "settle_process",
    "train",
]

BATCHES_A_BLOCK = 50
"""Reviews are sorted by length inside blocks of this many batches: little padding, and still well mixed."""

VALIDATION_SEED = 1
"""The split doesn't depend on `Spec.seed`: recipes and seeds are compared on the same reviews."""

NEIGHBOURS = 50
"""Reviews are held out in runs of this many. In the archive the reviews of one film stand beside each other, and the
test reviews are of other films; reviews held out one by one would reward a network that learns actors by heart."""


def settle_process() -> None:
    """One thread, which is fastest beside a busy neighbour, and a malloc that keeps what it got.

    This changes the whole process: for the command line, or a worker that does nothing but train.
    """
    torch.set_num_threads(1)
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


def split_training(spec: Spec, dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Indices of the training reviews to learn from and of those held out (`spec.validation` of them, half positive).

    Raises `InputError` where that leaves fewer to learn from than are held out.
    """
    count = len(dataset.train)
    if 2 * spec.validation > count:
        raise InputError(f"validation must be at most half of the {count} training reviews, got {spec.validation}")
    labels = np.asarray(dataset.train.labels)
    rng = np.random.default_rng(VALIDATION_SEED)
    held_out = np.concatenate([_runs(np.flatnonzero(labels == label), spec.validation // 2, rng) for label in (0, 1)])
    return np.setdiff1d(np.arange(count), held_out), held_out


def _runs(reviews: np.ndarray, wanted: int, rng: np.random.Generator) -> np.ndarray:
    """`wanted` of the reviews, in runs of neighbours whose places are drawn by `rng`."""
    runs = [reviews[start : start + NEIGHBOURS] for start in range(0, len(reviews), NEIGHBOURS)]
    return np.concatenate([runs[run] for run in rng.permutation(len(runs))])[:wanted]


def train(spec: Spec, dataset: Dataset, model: SentimentClassifier, every: int = 10) -> Iterator[Progress]:
    """Train `model`, yielding a record every `every` steps and after each epoch.

    When the generator ends or is closed, `model` holds the weights of the epoch with the lowest validation
    loss; with none (`validation` 0, or stopped in the first epoch) the weights as they are at that moment.

    Raises `InputError` where the split leaves too little, or where the loss is no longer a finite number.
    """
    learn, held_out = split_training(spec, dataset)
    rng = np.random.default_rng([spec.seed, 1])
    writer = _PhraseWriter(spec, dataset) if spec.phrase_weight else None
    optimiser = _optimiser(spec, model)
    steps_an_epoch = -(-len(learn) // spec.batch_size)
    steps = spec.epochs * steps_an_epoch
    state = _seeded_state(spec.seed + 1)
    best: tuple[float, dict[str, Tensor]] | None = None
    started = time.perf_counter()
    step = tokens = 0
    try:
        for epoch in range(1, spec.epochs + 1):
            total_loss = total_right = seen = 0.0
            for batch in _batches(spec, dataset.train, learn, rng):
                for group in optimiser.param_groups:
                    group["lr"] = spec.learning_rate * group["factor"] * _rate(step / steps, spec.warm_up)
                with _own_randomness(state):
                    model.train()
                    loss, parts = _loss(spec, model, dataset.train, batch, rng, writer)
                    optimiser.zero_grad()
                    loss.backward()
                    norm = float(clip_grad_norm_(model.parameters(), spec.clip_norm))
                    optimiser.step()
                    state = torch.get_rng_state()
                if not np.isfinite(norm):
                    raise InputError("the training diverged: its gradient is not finite; take a smaller learning_rate")
                step += 1
                total_loss, total_right = total_loss + parts.loss * len(batch), total_right + parts.right
                seen, tokens = seen + len(batch), tokens + parts.tokens
                ends = step == epoch * steps_an_epoch
                validation = _validate(spec, model, dataset.train, held_out) if ends and len(held_out) else None
                better = validation is not None and (best is None or validation[0] < best[0])
                if validation is not None and better:
                    best = validation[0], {name: value.clone() for name, value in model.state_dict().items()}
                if ends or step % every == 0:
                    seconds = time.perf_counter() - started
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
                    )
    finally:
        if best is not None:
            model.load_state_dict(best[1])
        model.eval()


def scores(model: SentimentClassifier, texts: Sequence[np.ndarray], spec: Spec, batch_size: int = 256) -> np.ndarray:
    """The score (logit) of every encoded text, float64 (R,); read as `spec` says. Leaves the model in its mode."""
    lengths = [min(len(text), spec.max_tokens) for text in texts]
    order = np.argsort(lengths, kind="stable")
    found = np.zeros(len(lengths))
    was_training = model.training
    model.eval()
    with torch.no_grad():
        for start in range(0, len(order), batch_size):
            rows = order[start : start + batch_size]
            found[rows] = model(*_pad(spec, [texts[row] for row in rows])).numpy()
    model.train(was_training)
    return found


def evaluate(spec: Spec, model: SentimentClassifier, reviews: Reviews) -> Metrics:
    """The metrics of `model` on encoded reviews."""
    return measure(scores(model, [reviews[review] for review in range(len(reviews))], spec), np.asarray(reviews.labels))


@dataclass(frozen=True)
class _Parts:
    """What one batch adds to the running means."""

    loss: float
    right: int
    tokens: int


class _PhraseWriter:
    """Writes encoded phrases of the grammar's training part, and knows which words are its sentiment words."""

    def __init__(self, spec: Spec, dataset: Dataset) -> None:
        self._rng = random.Random(spec.seed)
        self._count = spec.phrases_a_batch
        self._vocabulary = dataset.vocabulary
        self._pipeline = dataset.pipeline
        self.fixed = torch.zeros(len(dataset.vocabulary), dtype=torch.bool)  # (V,)
        self.fixed[torch.from_numpy(self._encode(" ".join(phrases.sentiment_words(phrases.TRAIN))))] = True
        self.fixed[UNKNOWN] = False

    def write(self) -> tuple[list[np.ndarray], list[bool]]:
        written = phrases.sample(phrases.TRAIN, self._count, self._rng)
        return [self._encode(phrase.text) for phrase in written], [phrase.positive for phrase in written]

    def _encode(self, text: str) -> np.ndarray:
        return self._vocabulary.encode(text_pipeline.tokenize(text, self._pipeline)).astype(np.int64)


def _loss(
    spec: Spec,
    model: SentimentClassifier,
    reviews: Reviews,
    batch: np.ndarray,
    rng: np.random.Generator,
    writer: _PhraseWriter | None,
) -> tuple[Tensor, _Parts]:
    """The loss of one batch with its crops and phrases, and what is counted of it."""
    texts = [reviews[review] for review in batch]
    labels = torch.from_numpy(np.asarray(reviews.labels)[batch].astype(np.float32))
    ids, lengths = _pad(spec, texts)
    if spec.word_dropout:
        ids = torch.where(torch.rand(ids.shape) < spec.word_dropout, UNKNOWN, ids)
    found = model(ids, lengths)
    loss = on_reviews = functional.binary_cross_entropy_with_logits(found, labels)
    tokens = int(lengths.sum())
    if spec.crop_weight:
        ids, lengths = pad([_crop(text, spec, rng) for text in texts])
        loss = loss + spec.crop_weight * functional.binary_cross_entropy_with_logits(model(ids, lengths), labels)
        tokens += int(lengths.sum())
    if writer is not None:
        written, verdicts = writer.write()
        ids, lengths = pad(written)
        verdict = torch.tensor(verdicts, dtype=torch.float32)
        read = model(ids, lengths, writer.fixed, spec.phrase_dropout)
        loss = loss + spec.phrase_weight * functional.binary_cross_entropy_with_logits(read, verdict)
        tokens += int(lengths.sum())
    right = int(((found > 0) == (labels > 0.5)).sum())
    return loss, _Parts(float(on_reviews.detach()), right, tokens)


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


def _validate(spec: Spec, model: SentimentClassifier, reviews: Reviews, held_out: np.ndarray) -> tuple[float, float]:
    """Loss and accuracy on the held-out reviews."""
    labels = np.asarray(reviews.labels)[held_out]
    found = scores(model, [reviews[review] for review in held_out], spec)
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
