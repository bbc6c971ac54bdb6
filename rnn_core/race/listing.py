"""The training loop as PyTorch code to read, with what each line does and where the time goes.

`SOURCE` is run by a test beside the loop that trains here: from the same start and the same batches both come to the
same losses. Left out of it: dropout on words, crops and phrases, and the schedule of the learning rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from rnn_core.recipes import PHASES
from rnn_core.runs import Run

PROLOGUE: Final = """\
from torch import no_grad
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.nn.utils import clip_grad_norm_
from torch.optim import Adam
"""


@dataclass(frozen=True)
class Line:
    """A line of the loop.

    Attributes:
        code: Python.
        sentence: what it does.
        phase: the name of `recipes.PHASES` under which its time is counted; "" where it takes none to speak of.

    """

    code: str
    sentence: str
    phase: str = ""


LINES: Final = (
    Line(
        "optimiser = Adam(model.parameters(), lr=rate)",
        "Adam keeps a mean of each gradient and of its square, and takes steps of about the learning rate.",
    ),
    Line("for epoch in range(epochs):", "Every review is read once in an epoch."),
    Line("    model.train()", "Dropout is on while the network learns."),
    Line(
        "    for ids, lengths, labels in batches():",
        "Some reviews of like length, each word as its index; shorter ones are padded.",
        "batch",
    ),
    Line(
        "        scores = model(ids, lengths)",
        "Forward through time: the network reads word by word, and its last state gives a score.",
        "forward",
    ),
    Line(
        "        loss = cross_entropy(scores, labels)",
        "How far the scores are from the labels: the mean cross-entropy in nats.",
        "loss",
    ),
    Line("        optimiser.zero_grad()", "Forget the gradient of the step before: PyTorch adds up."),
    Line(
        "        loss.backward()",
        "Backward through time: the gradient goes from the last word back to the first.",
        "backward",
    ),
    Line(
        "        norm = clip_grad_norm_(model.parameters(), clip)",
        "The length of the gradient; where it is above the limit, the gradient is shortened.",
        "clip",
    ),
    Line("        optimiser.step()", "Every weight takes one small step downhill.", "update"),
    Line("        report(loss, norm)", "What the curves are drawn from."),
    Line("    model.eval()", "Dropout off."),
    Line("    with no_grad():", "Nothing is learnt from the held-out reviews."),
    Line(
        "        measure(model, held_out)",
        "Read the held-out reviews, now and then within an epoch, too; the best weights on them are kept.",
        "validate",
    ),
)

SOURCE: Final = "\n".join(line.code for line in LINES) + "\n"


SAID: Final = {
    "batch": "making batches",
    "forward": "the forward pass",
    "loss": "the loss",
    "backward": "the backward pass",
    "clip": "measuring and clipping the gradient",
    "update": "updating the weights",
    "validate": "reading the held-out reviews",
}
"""What each phase is called in a sentence."""


def shares(run: Run) -> dict[str, float]:
    """Return the part of the time so far that each phase has taken; empty where nobody has measured it."""
    spent = run.history[-1].phases if run.history else ()
    total = sum(spent)
    return {name: seconds / total for name, seconds in zip(PHASES, spent, strict=True)} if total else {}


def busiest(run: Run) -> str:
    """Return the phase that took most of the time since the record before the last; "" where nothing is running."""
    if run.state != "running" or not run.history or not run.history[-1].phases:
        return ""
    latest = run.history[-1].phases
    before = run.history[-2].phases if len(run.history) > 1 else ()
    spent = [now - then for now, then in zip(latest, before or [0.0] * len(latest), strict=True)]
    return PHASES[spent.index(max(spent))]


def followed(runs: Sequence[Run]) -> Run | None:
    """Return the run whose loop is looked at: one that is running, else the last that has timed its lines."""
    timed = [run for run in runs if run.history and run.history[-1].phases]
    return next((run for run in timed if run.state == "running"), timed[-1] if timed else None)


def headline(run: Run | None) -> str:
    """Return what the listing shows of a run."""
    if run is None:
        return "(train a network to see where its time goes)"
    part = shares(run)
    longest = max(part, key=lambda name: part[name])
    done = "goes" if run.state == "running" else "went"
    return f"of {run.name}: {100 * part[longest]:.0f} % of its time {done} into {SAID[longest]}."


def now(run: Run | None) -> str:
    """Return the line that is running as HTML, with what it does; "" where nothing runs."""
    phase = busiest(run) if run else ""
    line = next((line for line in LINES if phase and line.phase == phase), None)
    return f'<p class="now"><code>{escape(line.code.strip())}</code> {escape(line.sentence)}</p>' if line else ""


def to_html(run: Run | None) -> str:
    """Return the listing as HTML: each line with its sentence, its share of the time, and a mark where it runs."""
    part = shares(run) if run else {}
    now = busiest(run) if run else ""
    rows = []
    for line in LINES:
        share = f"{100 * part[line.phase]:.0f} %" if line.phase in part else ""
        runs = ' class="runs" aria-current="step"' if line.phase and line.phase == now else ""
        depth = (len(line.code) - len(line.code.lstrip())) // 4
        width = 100 * part.get(line.phase, 0.0)
        rows.append(
            f"<li{runs}><code style='--depth:{depth}'>{escape(line.code.lstrip())}</code>"
            f"<i style='--share:{width:.1f}%'>{share}</i><span>{escape(line.sentence)}</span></li>"
        )
    return f'<ol class="loop">{"".join(rows)}</ol>'
