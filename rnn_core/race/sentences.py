"""What is to be said of runs: who leads, how each stands, and what to expect of a corpus."""

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from rnn_core.checkpoints import SHIPPED
from rnn_core.numerals import listed
from rnn_core.race.curves import has_held_out, held_out_accuracy, latest_held_out
from rnn_core.race.fields import labelled
from rnn_core.race.naming import CORPORA
from rnn_core.recipes import Progress, Spec
from rnn_core.runs import Run

READING: Final = {
    "accuracy": (
        "Thin: the reviews that the network learns from, over each epoch so far. Thick, with marks: held-out reviews "
        "that it never learns from. A star: the test reviews, once the training is over."
    ),
    "loss": (
        "The loss is the cross-entropy in nats a review: 0.69, the logarithm of 2, is guessing. "
        "Thin: the reviews it learns from. Thick, with marks: held-out reviews. A star: the test reviews."
    ),
    "gradient": (
        "The length of the gradient before clipping, the largest of some steps each, on a scale of powers of ten. "
        "Above the limit, a dotted line where all runs share it, the step is shortened; where a curve shoots up, the "
        "gradient explodes."
    ),
}

UNMEASURED: Final = {
    "accuracy": (
        "The reviews that the network learns from, over each epoch so far, hence the steps between epochs. "
        "A star: the test reviews, which it never learns from."
    ),
    "loss": (
        "The loss is the cross-entropy in nats a review: 0.69, the logarithm of 2, is guessing. "
        "A line: the reviews it learns from. A star: the test reviews."
    ),
}
"""What replaces these where all runs are over, and none was measured on held-out reviews."""

KINDS: Final = {"grammar": "generated", "imdb": "real"}
"""What reviews are, by their corpus."""

NAMED: Final = 3
"""Runs whose results the headline names."""

FARTHEST: Final = 100
"""Words between the deciding word and the end of a review, at most."""

RECIPES: Final = {
    "classroom": "Small and quick, the same for all three networks: seconds on our own reviews, half a minute on real.",
    "fast": "That of the shipped networks: minutes on real reviews, and the highest accuracy.",
    "report": "The textbook's: batches of 50, every review filled up to 500 words, Adam at 0.001, clip 5, 5 epochs.",
}

OWN_REVIEWS: Final = "Written by our own grammar, not real reviews: one word decides, the others say nothing."

MISNAMED: Final = (
    "ACL-IMDB is not where the owner of this server has said that it is: UNFOLD_IMDB names no archive and no folder."
)
NO_REVIEWS: Final = (
    "ACL-IMDB, 50,000 real film reviews (Maas et al. 2011), is not on this server yet. It is fetched once for "
    "everybody who visits it. Whoever runs the server can name a copy instead, an archive or a folder, by UNFOLD_IMDB."
)

ANCHOR: Final = '<span id="curves"></span>'
"""What a link to the curves leads to, as HTML."""

POINTER: Final = '<a href="#curves">See the curves</a>'

NO_RUNS: Final = "No run is in the picture. Train a network, or put the shipped runs back."


def percent(share: float) -> str:
    """Write a share: "84.1 %", but never a certainty that isn't there."""
    if 0.9995 <= share < 1:
        return "over 99.9 %"
    return f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """Write seconds as people say them: "8.2 s", "46 s", "3 min 20 s"."""
    if seconds < 0.1:
        return "less than 0.1\N{NO-BREAK SPACE}s"
    if seconds < 10:
        return f"{seconds:.1f}\N{NO-BREAK SPACE}s"
    if round(seconds) < 120:
        return f"{seconds:.0f}\N{NO-BREAK SPACE}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}{rest}\N{NO-BREAK SPACE}s"
    return f"{seconds / 3_600:.3g}\N{NO-BREAK SPACE}h"


def reading(runs: Sequence[Run], quantity: str) -> str:
    """Return how the picture of a quantity is read."""
    measured = not runs or any(has_held_out(run) or not run.over for run in runs)
    return READING[quantity] if measured else UNMEASURED.get(quantity, READING[quantity])


def headline(runs: Sequence[Run]) -> str:
    """Return what the picture says of its runs."""
    tested = sorted((run for run in runs if run.measured), key=_test_accuracy, reverse=True)
    begun = sorted((run for run in runs if run.history), key=_so_far, reverse=True)
    live = [run for run in runs if not run.over]
    if not runs:
        return NO_RUNS
    if live and not begun:
        return "The first curve appears when the first training has read its first reviews."
    if any(run.state == "running" and run.history for run in runs):
        leader = next(run for run in begun if run.state == "running")
        measured = latest_held_out(leader)
        reviews = "held-out reviews" if measured else "reviews it learns from"
        seconds = duration((measured or leader.history[-1]).seconds)
        role = "leads" if sum(run.state == "running" for run in runs) > 1 else "trains"
        return f"{_the(leader)} {role}: after {seconds} it was right on {percent(_so_far(leader))} of the {reviews}."
    if tested:
        parts = [f"{_the(run)} {percent(_test_accuracy(run))} after {duration(run.seconds)}" for run in tested]
        tests = {(run.measured.test.reviews, KINDS[run.spec.corpus]) for run in tested if run.measured}
        reviews = "{:,} {} test reviews".format(*tests.pop()) if len(tests) == 1 else "its test reviews"
        first = f"{_the(tested[0])} gets {percent(_test_accuracy(tested[0]))} of {reviews} right"
        rest = _small(listed([f"after {duration(tested[0].seconds)} of training", *parts[1:NAMED]]))
        behind = len(tested[NAMED:])
        more = f" {behind} more {'is' if behind == 1 else 'are'} no better." if behind else ""
        they = "They were" if len(tested) > 1 else "It was"
        before = f" {they} trained beforehand." if all(is_shipped(run) for run in runs) else ""
        return f"{first} {rest}.{more}{before}"
    if begun and any(run.state == "measuring" for run in runs):
        done = next(run for run in begun if run.state == "measuring")
        return f"{_the(done)} is trained, in {duration(done.seconds)}; now it reads the test reviews."
    if begun:
        return f"{_the(begun[0])} came to {percent(_so_far(begun[0]))} before it stopped."
    return "None of these trainings has come to its first step."


def pointer(runs: Sequence[Run]) -> str:
    """Return as HTML how the trainings stand, with a link to their curves; "" where nobody has trained one."""
    trained = [run for run in runs if not is_shipped(run)]
    return f"<p>{escape(headline(runs))} {POINTER}</p>" if trained else "<p></p>"


def standing(run: Run) -> str:
    """Return how a run stands."""
    last = run.history[-1] if run.history else None
    if run.state == "queued":
        return " ".join(filter(None, [f"Waits, number {run.place} in line." if run.place else "Waits.", run.note]))
    if run.state == "running":
        return at_work(last, held_out_accuracy(run)) if last else run.note or "Begins."
    if run.state == "measuring":
        note = run.note or "The test reviews are being read."
        return f"Trained in {duration(run.seconds)}; you can read with it. {note}"
    reached = f"It came to step {last.step:,} of {last.steps:,}; what it had reached is kept." if last else ""
    if run.state == "cancelled":
        return " ".join(filter(None, ["Cancelled.", reached]))
    if run.state == "failed":
        return " ".join(filter(None, [_sentence(labelled(run.note)) or "Failed.", reached]))
    done = f"Finished after {duration(run.seconds)} of training"
    return f"{done}: {percent(run.measured.test.accuracy)} of the test reviews right." if run.measured else f"{done}."


def at_work(last: Progress, held_out: float | None) -> str:
    """Return the numbers of the latest record."""
    right = f"{percent(last.accuracy)} right" + (f", held-out {percent(held_out)}" if held_out is not None else "")
    return (
        f"Epoch {last.epoch} of {last.epochs}, step {last.step:,} of {last.steps:,} · loss {last.loss:.3g} · {right} · "
        f"gradient {last.gradient_norm:.3g} · {last.tokens_per_second:,.0f} tokens a second · "
        f"{duration(last.eta)} left"
    )


def share_done(run: Run) -> float:
    """Return how much of its training a run has done, 0 to 1."""
    return part(run.history[-1].step, run.history[-1].steps) if run.history else 0.0


def expectation(spec: Spec) -> str:
    """Return what is to be expected of a training."""
    if spec.corpus == "imdb":
        return (
            f"Real film reviews, up to {spec.reviews:,} of them to learn from and 25,000 for the test. "
            f"Each network reads the last {spec.max_tokens} words of a review."
        )
    words = "the very last word" if spec.distance == 0 else f"the word {spec.distance} words before the end"
    if spec.distance <= 10:
        return f"Here {words} decides. The way is short: all three networks should learn it."
    return (
        f"Here {words} decides. Its gradient has to come back through {spec.distance} steps: the farther, the harder "
        "for the RNN; gates let it through."
    )


def describe(run: Run) -> str:
    """Return on what a run was trained, in few words."""
    spec = run.spec
    distance = f", deciding word {spec.distance} from the end" if spec.corpus == "grammar" else ""
    return f"{CORPORA[spec.corpus]}{distance}; recipe {spec.recipe}, seed {spec.seed}"


def _test_accuracy(run: Run) -> float:
    return run.measured.test.accuracy if run.measured else 0.0


def _so_far(run: Run) -> float:
    held_out = held_out_accuracy(run)
    return run.history[-1].accuracy if held_out is None else held_out


def _the(run: Run) -> str:
    """Name a run as a sentence begins with it."""
    return f"The {run.name}" if run.name.upper() in ("LSTM", "GRU", "RNN") else run.name


def _small(text: str) -> str:
    """A name with its article, within a sentence."""
    return text.replace("The ", "the ")


def _sentence(text: str) -> str:
    text = text.strip()
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def train(count: int) -> str:
    """Return what stands on the button that trains so many networks."""
    return {0: "Train", 1: "Train one network"}.get(count, f"Train all {count} networks")


def part(done: int, total: int) -> float:
    """Return the part that is done, 0 to 1."""
    return min(done / total, 1.0) if total else 0.0


def fetched(done: int, total: int) -> str:
    """Return how far the download is."""
    return f"{done / 1e6:.0f} of {total / 1e6:.0f} MB" if total else "The download begins; the trainer starts first."


def is_shipped(run: Run) -> bool:
    """Whether a run is one of those that come with Unfold."""
    return run.id in SHIPPED


def file_name(run: Run) -> str:
    """Return a name for files of a run, of plain letters and digits."""
    plain = "-".join(re.findall(r"[a-z0-9]+", run.name.lower()))
    return f"{plain or 'run'}-{run.id[:6]}"


def megabytes(size: int) -> int:
    """Return a size in bytes as whole megabytes."""
    return size // 1_000_000
