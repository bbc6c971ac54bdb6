"""What a worker of the cluster does for a run: train, measure, learn the baseline; and fetch the reviews.

Every function runs in one process beside others that do the same, tells the server how it goes by Dask's events, and
looks several times a second whether it is to stop. Left out: whose turn it is (`jobs`), and how to train (`training`).
"""

import time
from collections.abc import Callable
from dataclasses import asdict, replace
from math import prod
from typing import Any

import numpy as np
import torch
from distributed import Event, get_worker, secede

from rnn_core import baseline, corpora, imdb, models, training
from rnn_core.checkpoints import MAX_PARAMETERS, Checkpoint, expected_shapes
from rnn_core.config import MAX_MEASURING_SECONDS, MAX_TRAINING_SECONDS
from rnn_core.errors import InputError
from rnn_core.imdb import Dataset
from rnn_core.jobs.tasks import Trained, stop_name
from rnn_core.recipes import Progress, Spec
from rnn_core.runs import Baseline, Measured

PACE = 0.25
"""Seconds between two records, and between two looks whether to stop. A look takes 3 ms where the processor is busy."""

SLOWER = 500
"""The pace falls with time, so that the longest training has less than 2,000 records."""


ALIVE = 20.0
"""Seconds without another word after which a worker says that it goes on: held-out and test reviews take long to read
with a large network, and who says nothing is given up."""

TOO_SLOW = (
    f"Reading reviews to measure this network takes more than {MAX_MEASURING_SECONDS // 60} minutes: it is too large."
)


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The reader has cancelled the run."""


class Line:
    """The line to the server: what goes to it about one run, and the word to stop that comes from it."""

    def __init__(self, run: str, topic: str) -> None:
        self._run, self._topic = run, topic
        self._worker = get_worker()
        self._stop = Event(stop_name(run))
        self._looked = self._told = time.monotonic()

    def tell(self, **message: Any) -> None:
        """Send an event; those of one worker arrive in order, and before its result."""
        self._told = time.monotonic()
        self._worker.log_event(self._topic, {"run": self._run, **message})

    def tick(self) -> None:
        """Raise `Stopped` once the run has been cancelled; quick enough to be called after every step."""
        now = time.monotonic()
        if now - self._looked >= PACE:
            self._looked = now
            if self._stop.is_set():
                raise Stopped
            if now - self._told >= ALIVE:
                self.tell()

    def loading(self, done: int, total: int) -> None:
        """Tell how many reviews have been read; what `corpora.load` calls."""
        self.tick()
        if time.monotonic() - self._told >= PACE:
            self.tell(note=f"Reading the reviews, once for these cleaning steps: {done:,} of {total:,}.")


def dask_setup(_worker: Any) -> None:
    """Load what the first training would wait for; Dask calls this where it preloads this module."""
    training.settle_process()
    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))])  # the first one imports torch's compiler: 1.6 s


def train(spec: Spec, run: str, topic: str) -> Trained:
    """Train a network, sending records on the way; what was reached comes back, also where it was cancelled.

    Raises `InputError` or `DataMissingError` where it can't begin.
    """
    line = Line(run, topic)
    line.tell(started=get_worker().address)
    line.tell(note="Reading the reviews.")
    training.settle_process()
    state, note = "measuring", ""
    history: list[Progress] = []
    try:
        dataset = corpora.load(spec, line.loading)
        _refuse_giants(spec, len(dataset.vocabulary))
        model = training.new_model(spec, len(dataset.vocabulary))
        line.tick()
    except Stopped:
        return Trained("cancelled", "", (), None, 0, 0.0)
    parameters = sum(value.numel() for value in model.parameters())
    line.tell(note="", parameters=parameters)
    tick = _within(MAX_TRAINING_SECONDS + MAX_MEASURING_SECONDS, line.tick)
    records = training.train(spec, dataset, model, every=1, tick=tick)
    last: Progress | None = None
    told, peak, started = 0.0, 0.0, time.monotonic()
    try:
        for last in records:
            now = time.monotonic()
            due = now - told >= max(PACE, last.seconds / SLOWER)
            peak = max(peak, last.gradient_norm)
            if due or last.validation_loss is not None or last.step == last.steps:
                record = replace(last, gradient_norm=peak)  # an explosion lasts a step, and is to be seen
                told, peak = now, 0.0
                line.tell(number=len(history), record=asdict(record))
                history.append(record)
            line.tick()
            if now - started > MAX_TRAINING_SECONDS:
                note = f"Stopped after {MAX_TRAINING_SECONDS // 60} minutes, the longest that a training may take here."
                break
    except Stopped:
        state = "cancelled"
    except InputError as error:  # it diverged, or held-out reviews take too long
        state, note = "failed", str(error)
    finally:
        records.close()  # `model` now holds the best that was reached
    checkpoint = None
    if last is not None:
        try:
            checkpoint = _checkpoint(spec, dataset, model)
        except InputError as error:
            state, note = "failed", note or str(error)
    return Trained(state, note, tuple(history), checkpoint, parameters, last.seconds if last else 0.0)


def measure(spec: Spec, trained: Trained, run: str, topic: str) -> Measured | None:
    """What a trained network is worth on the test reviews; None where the run was cancelled.

    Raises `InputError` where that takes too long.
    """
    assert trained.checkpoint is not None
    line = Line(run, topic)
    line.tell(note="Reading the test reviews.")
    try:
        dataset = corpora.load(spec, line.loading)
        model = models.from_checkpoint(trained.checkpoint)
        return training.measured(spec, model, dataset.test, _within(MAX_MEASURING_SECONDS, line.tick))
    except Stopped:
        return None


def learn_baseline(spec: Spec, run: str, topic: str) -> Baseline | None:
    """Logistic regression on the words of the same reviews; None where the run was cancelled."""
    line = Line(run, topic)
    line.tell(note="Learning the baseline, a bag of words.")
    try:
        return baseline.learn(spec, corpora.load(spec, line.loading), line.tick)
    except Stopped:
        return None


def fetch(url: str, md5: str, topic: str) -> None:
    """Download ACL-IMDB beside what this worker trains, telling how many bytes are there."""
    import pooch

    pooch.get_logger().setLevel("WARNING")
    secede()  # a download takes minutes, and hardly any work: the next training can run beside it
    worker = get_worker()
    worker.log_event(topic, {"fetched": [0, 0]})
    told = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= PACE or done == total:
            told = time.monotonic()
            worker.log_event(topic, {"fetched": [done, total]})

    imdb.fetch_archive(progress, url=url, md5=md5)


def _within(seconds: float, tick: Callable[[], None]) -> Callable[[], None]:
    """A `tick` that raises `InputError` once this many seconds are over."""
    end = time.monotonic() + seconds

    def limited() -> None:
        tick()
        if time.monotonic() > end:
            raise InputError(TOO_SLOW)

    return limited


def _refuse_giants(spec: Spec, vocabulary_size: int) -> None:
    """Raise `InputError` for a network that no checkpoint could hold, before it is trained."""
    shapes = expected_shapes(
        spec.architecture,
        vocabulary_size,
        spec.embedding_size,
        spec.hidden_size,
        spec.layers,
        2 if spec.bidirectional else 1,
    )
    parameters = sum(map(prod, shapes.values()))
    if parameters > MAX_PARAMETERS:
        raise InputError(
            f"this network would have {parameters:,} parameters, the most are {MAX_PARAMETERS:,};"
            " take fewer words, or a smaller embedding_size or hidden_size"
        )


def _checkpoint(spec: Spec, dataset: Dataset, model: models.SentimentClassifier) -> Checkpoint:
    """The network as its file will hold it, in half precision, so that what is measured is what is read with."""
    with np.errstate(over="ignore"):  # what overflows is not finite, and refused
        halves = {name: value.astype(np.float16) for name, value in model.numpy_weights().items()}
    return Checkpoint(spec.architecture, halves, dataset.vocabulary, spec.pipeline, spec.max_tokens, {})
