"""The training loop beside the Report's, and how long a class waits for a network that can read.

The Report's loop takes batches of 50 reviews, filled up from the left to 500 tokens, and reads the padding. Ours takes
batches of 128 of like length and reads what is there, 500 tokens at most, with the dropout of the recipe `fast` but
without its crops and phrases. Both read the same reviews, their stop words taken out as in the Report, with the same
network, in the same process settings on one thread, turn about: 800 reviews by the Report's loop (all its batches
have one shape), then 6,400 by ours (all lengths that there are).

It all runs in a process of its own. Processor time counts, which other programs on the machine disturb less than the
clock on the wall; the ratio by that clock stands beside it.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from bench.table import Measurement
from tools.server import PROJECT_DIR

TARGETS = {"rnn": 3.0, "lstm": 3.0, "gru": 4.5}
ACCURACIES = {0.80: 10, 0.83: 20}
"""On the test reviews, and in how many seconds of training."""

REVIEWS, REPORT_STEPS = 6_400, 16


def reviews_archive() -> Path | None:
    """ACL-IMDB beside the project, as the tests find it; None where it isn't."""
    shared = Path(os.environ.get("UNFOLD_SHARED_DATA") or PROJECT_DIR.parent / "shared" / "data")
    archive = shared / "aclImdb_labelled.tar.gz"
    return archive if archive.is_file() else None


def source() -> Path:
    """The reviews beside the project, else those where `imdb.find_source` looks."""
    from rnn_core import imdb

    return reviews_archive() or imdb.find_source()


def loops(architecture: str, runs: int) -> dict[str, Any]:
    """Reviews a second of both loops by both clocks, and the seconds of ours in each phase."""
    from rnn_core import corpora, text_pipeline, training
    from rnn_core.recipes import PHASES, make_spec

    same = {"pipeline": text_pipeline.Spec(), "max_tokens": 500, "reviews": REVIEWS, "validation": 0, "epochs": 100}
    specs = {
        "Report": make_spec("report", architecture, **same),
        "ours": make_spec("fast", architecture, **same, crop_weight=0.0, phrase_weight=0.0),
    }
    steps = {"Report": REPORT_STEPS, "ours": REVIEWS // specs["ours"].batch_size}
    dataset = corpora.load(specs["ours"], source=source())
    trainings = {
        name: training.train(spec, dataset, training.new_model(spec, len(dataset.vocabulary)), every=1)
        for name, spec in specs.items()
    }
    rates: dict[str, list[float]] = {f"{name}, {clock}": [] for name in specs for clock in ("processor", "wall")}
    for run in range(runs + 1):
        for name, records in trainings.items():
            processor, wall = time.process_time(), time.perf_counter()
            for _ in range(steps[name]):
                now = next(records)
            reviews = steps[name] * specs[name].batch_size
            if run:  # the first time warms up
                rates[f"{name}, processor"].append(reviews / (time.process_time() - processor))
                rates[f"{name}, wall"].append(reviews / (time.perf_counter() - wall))
    shares = {phase: [100 * seconds / now.seconds] for phase, seconds in zip(PHASES[:-1], now.phases, strict=False)}
    return {"rates": rates, "shares": shares}


def classroom(architecture: str) -> list[tuple[float, float, float]]:
    """Processor seconds and seconds of training, and the accuracy on all test reviews, outside of both clocks.

    The processor's time for measuring the held-out reviews is taken off by its share of the clock on the wall.
    """
    from rnn_core import corpora, training
    from rnn_core.recipes import make_spec

    spec = make_spec("classroom", architecture)
    dataset = corpora.load(spec, source=source())
    model = training.new_model(spec, len(dataset.vocabulary))
    points, worked, started = [], 0.0, time.process_time()
    for now in training.train(spec, dataset, model, every=10**9):
        worked += time.process_time() - started
        learning = worked * now.seconds / sum(now.phases)
        points.append((learning, now.seconds, training.evaluate(spec, model, dataset.test).accuracy))
        started = time.process_time()
    return points


def measure(runs: int) -> dict[str, Any]:
    """Everything, in this process."""
    from rnn_core import training

    training.settle_process()
    return {
        "loops": {architecture: loops(architecture, runs) for architecture in TARGETS},
        "classroom": {architecture: classroom(architecture) for architecture in TARGETS},
    }


def comparisons(runs: int) -> Iterator[Measurement]:
    """Both loops' rates, their ratios, and the classroom's seconds; nothing where there are no reviews."""
    command = [sys.executable, "-m", "bench.training", str(runs)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT_DIR, env=environment, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        click.echo(f"Training is not measured: {reason}", err=True)
        return
    found = json.loads(done.stdout)
    for architecture, both in found["loops"].items():
        rates, name = both["rates"], architecture.upper()
        for loop in ("Report", "ours"):
            yield Measurement(f"training, {name}: {loop}", "reviews/s", rates[f"{loop}, processor"])
        for clock, target in (("processor", TARGETS[architecture]), ("wall", None)):
            pairs = zip(rates[f"ours, {clock}"], rates[f"Report, {clock}"], strict=True)
            ratios = [ours / theirs for ours, theirs in pairs]
            yield Measurement(f"… times as fast, {clock}", "×", ratios, target, more_is_better=True)
        for phase, share in both["shares"].items():
            yield Measurement(f"… of ours: {phase}", "%", share)
    for architecture, points in found["classroom"].items():
        name = architecture.upper()
        for wanted, target in ACCURACIES.items():
            reached = next(((processor, wall) for processor, wall, accuracy in points if accuracy >= wanted), None)
            what = f"classroom, {name}: training to {100 * wanted:.0f} % of the test reviews"
            if reached is None:
                click.echo(f"{what}: not reached", err=True)
                continue
            yield Measurement(f"{what}, processor", "s", [reached[0]], target if architecture != "rnn" else None)
            yield Measurement("… wall", "s", [reached[1]])
        yield Measurement(f"classroom, {name}: all of the training, processor", "s", [points[-1][0]])
        yield Measurement("… test reviews right at its end", "%", [100 * points[-1][2]])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))))
