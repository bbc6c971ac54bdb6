"""Runs with networks whose weights are drawn by chance: what a training leaves behind, without a training."""

from dataclasses import replace

import numpy as np

from rnn_core.checkpoints import Checkpoint, expected_shapes
from rnn_core.metrics import Metrics
from rnn_core.recipes import Progress, Spec, make_spec
from rnn_core.runs import Baseline, Measured, Mistake, Run
from rnn_core.vocabulary import Vocabulary

WORDS = ("film", "good", "not", "bad", "café", "映画", "!", "start", "ending", "wonderful", "slow", "what", "a", "but")
METRICS = Metrics(reviews=10, loss=0.4, accuracy=0.8, f1=0.75, precision=0.8, recall=0.8, confusion=((4, 1), (1, 4)))
RECORD = Progress(
    step=10,
    steps=20,
    epoch=1,
    epochs=2,
    loss=0.7,
    accuracy=0.5,
    validation_loss=None,
    validation_accuracy=None,
    best=False,
    gradient_norm=0.2,
    tokens_per_second=100.0,
    seconds=1.5,
    eta=1.5,
)


def made_spec(architecture: str = "lstm", **changes) -> Spec:
    """The spec of a small network."""
    small = {"hidden_size": 4, "embedding_size": 5, "max_words": 20, "max_tokens": 30}
    return make_spec("fast", architecture, **(small | changes))


def made_run(id: str = "a1b2c3", spec: Spec | None = None, **changes) -> Run:
    """A finished run of two records."""
    ending = {"step": 20, "epoch": 2, "seconds": 3.0, "eta": 0.0, "validation_loss": 0.6, "validation_accuracy": 0.7}
    run = Run(
        id=id,
        name="My <b>net</b>",
        spec=spec or made_spec(),
        state="finished",
        history=(RECORD, replace(RECORD, **ending)),
        parameters=300,
        seconds=3.0,
        measured=Measured(METRICS, 0.5, (Mistake("No, not bad at all.\n", True, 0.1),)),
        baseline=Baseline(METRICS, 1.0, 20),
    )
    return replace(run, **changes)


def made_network(spec: Spec | None = None, **changes) -> Checkpoint:
    """The network of a spec."""
    spec = spec or made_spec()
    random = np.random.default_rng(spec.seed)
    sizes = (len(WORDS) + 2, spec.embedding_size, spec.hidden_size, spec.layers, 2 if spec.bidirectional else 1)
    shapes = expected_shapes(spec.architecture, *sizes)
    values = {
        "architecture": spec.architecture,
        "weights": {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()},
        "vocabulary": Vocabulary(WORDS),
        "pipeline": spec.pipeline,
        "max_tokens": spec.max_tokens,
        "record": {},
    }
    return Checkpoint(**(values | changes))
