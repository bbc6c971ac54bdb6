"""Why runs came out as they did, as far as their records show it. Every sentence is computed from the results."""

import math
from collections.abc import Sequence
from typing import Final

from rnn_core.numerals import listed
from rnn_core.race.curves import COIN, held_out_accuracy, seconds_to
from rnn_core.race.experiments import NEVER
from rnn_core.race.naming import NETWORKS
from rnn_core.race.sentences import duration, percent
from rnn_core.runs import Baseline, Run

BY_HEART: Final = 0.05
"""A larger gap between the accuracies on training and held-out reviews is called learning by heart."""

ERRORS: Final = 3
"""A difference of accuracies counts from this many standard errors of a share on."""


def reasons(runs: Sequence[Run]) -> list[str]:
    """Return what the records of these runs say about their results, a sentence or two each."""
    measured = [run for run in runs if run.measured]
    found = [
        _guessing(measured),
        _baseline(measured),
        _clipping([run for run in runs if run.history and not run.from_file]),
        _by_heart(runs),
        _best_epoch(runs),
        _pace(runs),
        *(_of_spec(run) for run in runs if run.history),
    ]
    return list(dict.fromkeys(filter(None, found)))


def standard_error(accuracy: float, reviews: int) -> float:
    """Return the standard error of a share measured on so many reviews."""
    return math.sqrt(accuracy * (1 - accuracy) / max(reviews, 1))


def _accuracy(run: Run) -> float:
    assert run.measured is not None
    return run.measured.test.accuracy


def _guesses(run: Run) -> bool:
    """Whether a network is not clearly better than a coin on the test reviews."""
    assert run.measured is not None
    return _accuracy(run) < COIN + max(0.03, ERRORS * standard_error(COIN, run.measured.test.reviews))


def _guessing(runs: Sequence[Run]) -> str:
    lost = [run for run in runs if _guesses(run)]
    if not lost:
        return ""
    names = listed([f"{run.name} ({percent(_accuracy(run))})" for run in lost])
    text = f"{names} did not do clearly better than a coin."
    own = [run for run in lost if run.spec.corpus == "grammar"]
    if own:
        far = max(run.spec.distance for run in own)
        text += (
            f" The only word that says something stands {far} words before the end: what it does to the last state, "
            f"and so the gradient that could teach it, has to get through {far} steps."
        )
        there = [run for run in runs if not _guesses(run) and run.spec.corpus == "grammar" and run.spec.distance >= far]
        if there:
            text += f" {listed([f'{run.name} ({percent(_accuracy(run))})' for run in there])} carried it that far."
    return text


def _baseline(runs: Sequence[Run]) -> str:
    """Compare with the bag of words on the same reviews, which differs from corpus to corpus."""
    compared: dict[Baseline, list[tuple[str, str]]] = {}  # names and what is said of them
    for run in runs:
        if run.baseline is None:
            continue
        test = run.baseline.test
        gap = _accuracy(run) - test.accuracy
        mean = (_accuracy(run) + test.accuracy) / 2  # of both: no mistake at all would look like certainty
        unsure = ERRORS * math.sqrt(2) * standard_error(mean, test.reviews)
        verdict = "about as good as" if abs(gap) <= unsure else "better than" if gap > 0 else "worse than"
        said = f"{run.name} is {verdict} it ({100 * gap:+.1f} points)"
        compared.setdefault(run.baseline, []).append((run.name, said))
    if not compared:
        return ""
    first = next(iter(compared))
    parts = []
    for baseline, pairs in compared.items():
        names, verdicts = zip(*pairs, strict=True)
        what = "Logistic regression on the bag of words, which knows no order,"
        who = what if baseline is first else f"On the reviews of {listed(names)} it"
        reached = f"{percent(baseline.test.accuracy)} after {duration(baseline.seconds)}"
        parts.append(f"{who} is right on {reached}. {listed(verdicts)}.")
    return f"{' '.join(parts)} Where single words decide, order adds little; it counts where words change each other."


def _clipping(runs: Sequence[Run]) -> str:
    parts = []
    for run in runs:
        norms = [record.gradient_norm for record in run.history]
        share = sum(norm > run.spec.clip_norm for norm in norms) / len(norms)
        if run.spec.clip_norm >= NEVER:
            parts.append(f"{run.name} was not clipped (largest {max(norms):.3g})")
        elif share == 0:
            parts.append(f"{run.name} never had a gradient above {run.spec.clip_norm:g} (largest {max(norms):.3g})")
        else:
            parts.append(f"{run.name} had to be clipped in {percent(share)} of its records (largest {max(norms):.3g})")
    return f"Gradients: {'; '.join(parts)}." if parts else ""


def _by_heart(runs: Sequence[Run]) -> str:
    gaps = {}
    for run in runs:
        held_out = held_out_accuracy(run)
        if held_out is None or run.history[-1].accuracy < COIN + BY_HEART:  # what has learnt nothing is not meant
            continue
        unsure = ERRORS * standard_error(held_out, run.spec.validation)
        if run.history[-1].accuracy - held_out > max(BY_HEART, unsure):
            gaps[run.name] = f"{percent(run.history[-1].accuracy)} against {percent(held_out)}"
    if not gaps:
        return ""
    parts = listed([f"{name} ({gap})" for name, gap in gaps.items()])
    return f"Right more often on reviews it learns from than on held-out ones: {parts}. That is learning by heart."


def _best_epoch(runs: Sequence[Run]) -> str:
    late = []
    for run in runs:
        best = next((record for record in reversed(run.history) if record.best), None)
        if run.over and best is not None and best.epoch < run.history[-1].epoch:
            late.append(f"{run.name} in epoch {best.epoch} of {best.epochs}")
    if not late:
        return ""
    return f"The held-out loss was lowest before the end: {listed(late)}. Those weights were kept, the later ones not."


def _pace(runs: Sequence[Run]) -> str:
    """Compare the pace of networks that were trained under equal conditions: on the latest ones, if there are more."""
    begun = [run for run in runs if run.history]
    alike = [run for run in begun if _conditions(run) == _conditions(begun[-1])]
    last = {run.spec.architecture: run for run in alike}
    order = sorted(last.values(), key=lambda run: -run.history[-1].tokens_per_second)
    if len(order) < 2 or order[-1].history[-1].tokens_per_second == 0:
        return ""
    first, slowest = order[0], order[-1]
    factor = first.history[-1].tokens_per_second / slowest.history[-1].tokens_per_second
    quick, slow = NETWORKS[first.spec.architecture], NETWORKS[slowest.spec.architecture]
    text = (
        f"Pace: the {quick} trains on {factor:.1f} times as many tokens a second as the {slow}. A step has one matrix "
        "product in an RNN, three in a GRU and four in an LSTM; how well their code is tuned counts as well."
    )
    goals = {run.name: seconds_to(run) for run in alike}
    there = {name: seconds for name, seconds in goals.items() if seconds is not None}
    if there:
        quickest = min(there, key=lambda name: there[name])
        text += f" First at 80 % of the held-out reviews: {quickest}, after {duration(there[quickest])}."
    return text


def _conditions(run: Run) -> tuple[object, ...]:
    return run.spec.recipe, run.spec.corpus, run.spec.distance


def _of_spec(run: Run) -> str:
    if run.spec.carry_state:
        return f"{run.name} starts each batch from the last states of other reviews: noise that it has to see past."
    return ""
