"""Runs as tables: their results side by side, and the numbers behind the curves."""

from collections.abc import Sequence
from typing import Any

from rnn_core.metrics import Metrics
from rnn_core.race.curves import has_held_out, seconds_to, some_records
from rnn_core.race.naming import NETWORKS, STATES
from rnn_core.race.sentences import percent
from rnn_core.runs import Baseline, Run

Table = dict[str, list[Any]]

NOTHING = "—"


def results(runs: Sequence[Run]) -> Table:
    """Return a row a run that has ended or is being measured, and a row for each baseline."""
    over = [run for run in runs if run.over or run.state == "measuring"]
    rows = [_row(run) for run in over] + [_baseline_row(name, found) for name, found in baselines(over).items()]
    return {title: [row[title] for row in rows] for title in rows[0]} if rows else {}


def baselines(runs: Sequence[Run]) -> dict[str, Baseline]:
    """Return the different baselines of runs: one for each corpus they were trained on."""
    found: dict[Baseline, str] = {}
    for run in runs:
        if run.baseline is not None:
            found.setdefault(run.baseline, "Bag of words")
    if len(found) > 1:
        return {f"{name} {number}": one for number, (one, name) in enumerate(found.items(), 1)}
    return {name: one for one, name in found.items()}


def confusion(runs: Sequence[Run]) -> Table:
    """Return the confusion matrices, a row for each run and true class."""
    table: Table = {"run": [], "writer": [], "called negative": [], "called positive": []}
    for run in runs:
        if run.measured is None:
            continue
        for kind, counts in zip(("negative", "positive"), run.measured.test.confusion, strict=True):
            for column, value in zip(table.values(), (run.name, kind, *counts), strict=True):
                column.append(value)
    return table


def curve_numbers(runs: Sequence[Run]) -> Table:
    """Return the records of the runs, a row each; of a long training some, which the CSV of the run has all."""
    columns: Table = {
        "run": [],
        "step": [],
        "epoch": [],
        "seconds": [],
        "loss": [],
        "accuracy": [],
        "held-out loss": [],
        "held-out accuracy": [],
        "gradient norm": [],
        "tokens a second": [],
    }
    for run in runs:
        for r in some_records(run):
            values = (run.name, r.step, r.epoch, r.seconds, r.loss, r.accuracy)
            measured = (r.validation_loss, r.validation_accuracy)
            shown = ("" if value is None else value for value in measured)
            rest = (r.gradient_norm, r.tokens_per_second)
            for column, value in zip(columns.values(), (*values, *shown, *rest), strict=True):
                column.append(value)
    return columns


def _row(run: Run) -> dict[str, Any]:
    reached = seconds_to(run)
    last = run.history[-1] if run.history else None
    return {
        "run": run.name,
        "network": NETWORKS[run.spec.architecture],
        "state": "as its file says" if run.from_file else STATES[run.state],
        **_metrics(run.measured.test if run.measured else None),
        "training": f"{run.seconds:.1f} s",
        "to 80 %": f"{reached:.1f} s" if reached is not None else "not reached" if has_held_out(run) else NOTHING,
        "parameters": f"{run.parameters:,}" if run.parameters else NOTHING,
        "tokens a second": f"{last.tokens_per_second:,.0f}" if last else NOTHING,
    }


def _baseline_row(name: str, baseline: Baseline) -> dict[str, Any]:
    return {
        "run": name,
        "network": "none",
        "state": "baseline",
        **_metrics(baseline.test),
        "training": f"{baseline.seconds:.1f} s" if baseline.seconds >= 0.1 else "under 0.1 s",
        "to 80 %": NOTHING,
        "parameters": f"{baseline.words + 1:,}",
        "tokens a second": NOTHING,
    }


def _metrics(test: Metrics | None) -> dict[str, str]:
    names = {"accuracy": "accuracy", "F1": "f1", "precision": "precision", "recall": "recall"}
    return {title: percent(getattr(test, name)) if test else NOTHING for title, name in names.items()}
