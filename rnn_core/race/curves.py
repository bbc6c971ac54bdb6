"""How runs went, as curves: accuracy, loss or gradient norm over time, reviews or epochs.

Shapes: K points of a curve of the training reviews, P of one of the held-out reviews.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from rnn_core.recipes import Progress
from rnn_core.runs import Run

QUANTITIES: Final = {"accuracy": "accuracy", "loss": "loss", "gradient": "gradient norm"}
AXES: Final = {"seconds": "seconds", "reviews": "reviews read", "epochs": "epochs"}

MOST_POINTS: Final = 160
"""Points of a curve that are drawn: a long training has thousands of records, a picture some hundred pixels."""

LARGEST: Final = 1e30
"""What a file says beyond this is drawn as this."""

GOAL: Final = 0.8
"""The accuracy to which the seconds are counted."""

COIN: Final = 0.5
"""The accuracy of guessing: half of the reviews are positive."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One run in a picture."""

    run: Run
    training: np.ndarray  # (2, K): where, and how much
    held_out: np.ndarray  # (2, P)
    test: tuple[float, float] | None  # on the test reviews, at the end


def trace_curves(runs: Iterable[Run], quantity: str, axis: str) -> tuple[Curve, ...]:
    """Return the curves of the runs that have begun, by a name of `QUANTITIES` over a name of `AXES`."""
    return tuple(trace_curve(run, quantity, axis) for run in runs if run.history)


def trace_curve(run: Run, quantity: str, axis: str) -> Curve:
    """Return the curve of a run that has begun."""
    values = [_of_training(record, quantity) for record in run.history]
    chosen = _largest(np.array(values)) if quantity == "gradient" else _last(len(values))
    training = [(place(run, run.history[k], axis), values[k]) for k in chosen]
    measured = [record for record in run.history if _held_out(record, quantity) is not None]
    held_out = [(place(run, measured[k], axis), _held_out(measured[k], quantity)) for k in _last(len(measured))]
    test = None
    if run.measured and quantity in ("accuracy", "loss"):
        test = place(run, run.history[-1], axis), float(getattr(run.measured.test, quantity))
    return Curve(run, _columns(training), _columns(held_out), test)


def place(run: Run, record: Progress, axis: str) -> float:
    """Where a record stands on an axis."""
    if axis == "seconds":
        return record.seconds
    epochs = record.step / max(record.steps, 1) * record.epochs
    if axis == "epochs":
        return epochs
    # Records of before their reviews were counted: a step reads a like part of the reviews learnt from.
    return record.reviews or epochs * (run.spec.reviews - run.spec.validation)


def latest_held_out(run: Run) -> Progress | None:
    """Return the latest record in which the held-out reviews were read, None as long as there is none."""
    return next((record for record in reversed(run.history) if record.validation_accuracy is not None), None)


def held_out_accuracy(run: Run) -> float | None:
    """Return the latest accuracy on the held-out reviews, None as long as there is none."""
    record = latest_held_out(run)
    return record.validation_accuracy if record else None


def seconds_to(run: Run, accuracy: float = GOAL) -> float | None:
    """Return the seconds of training after which this part of the held-out reviews was read right, None if never."""
    reached = (record.seconds for record in run.history if (record.validation_accuracy or 0.0) >= accuracy)
    return next(reached, None)


def has_held_out(run: Run) -> bool:
    """Whether the run was measured on the way."""
    return held_out_accuracy(run) is not None


def _of_training(record: Progress, quantity: str) -> float:
    return record.gradient_norm if quantity == "gradient" else float(getattr(record, quantity))


def _held_out(record: Progress, quantity: str) -> float | None:
    if quantity == "gradient":
        return None
    return record.validation_loss if quantity == "loss" else record.validation_accuracy


def some_records(run: Run) -> list[Progress]:
    """Return the records of a run that a table shows: some hundred, and all in which held-out reviews were read."""
    shown = set(_last(len(run.history)).tolist())
    held_out = (k for k, record in enumerate(run.history) if record.validation_loss is not None)
    return [run.history[k] for k in sorted(shown.union(held_out))]


def _columns(points: list[Any]) -> np.ndarray:
    """Points as two rows, (2, n), of numbers that a picture can hold: it is drawn in single precision."""
    return np.minimum(np.array(points, dtype=float).reshape(-1, 2).T, LARGEST)


def _last(count: int) -> np.ndarray:
    """The last of each of `MOST_POINTS` parts: the end of a curve is always drawn."""
    return np.unique(np.linspace(0, count, min(count, MOST_POINTS) + 1).astype(int)[1:] - 1)


def _largest(values: np.ndarray) -> np.ndarray:
    """The largest of each part, so that no explosion is left out."""
    edges = np.linspace(0, len(values), min(len(values), MOST_POINTS) + 1).astype(int)
    return np.array([low + int(np.argmax(values[low:high])) for low, high in pairwise(edges)])
