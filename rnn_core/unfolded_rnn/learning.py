"""What the gradients are made of and good for: shares of the steps, what truncation loses, what updates do."""

from dataclasses import dataclass

import numpy as np

from rnn_core.unfolded_rnn.trace import Trace, state_jacobians
from rnn_core.unfolded_rnn.updates import Updates
from rnn_core.unfolded_rnn.writing import degrees, indexed, percent, significant

MILESTONES = (1, 10, 100)
"""Updates after which the loss is told."""


@dataclass(frozen=True, eq=False)
class Shares:
    """The terms of one gradient, measured against their sum.

    A term's part along the sum is its norm times the cosine of the angle between them; these parts add up
    to the norm of the sum.
    """

    norm: float  # of the full gradient
    norms: np.ndarray  # (T,), of the terms
    along: np.ndarray  # (T,), their parts along the full gradient
    cosines: np.ndarray  # (T,), 0 for a term or a gradient of zeros


@dataclass(frozen=True, eq=False)
class Truncation:
    """Truncated gradients measured against the full one: entry N is with at most N steps back."""

    norm: float  # of the full gradient
    ratios: np.ndarray  # (T,), norm as a share of the full one; 1 where that is zero
    angles: np.ndarray  # (T,), in degrees; 90 for a truncated gradient of zeros, 0 where the full one is
    along: np.ndarray  # (T,), part along the full gradient, as a share of its norm
    across: np.ndarray  # (T,), part at right angles to it, as a share of its norm


def shares_of(trace: Trace, name: str) -> Shares:
    """Measure the terms of one parameter's gradient."""
    full = trace.gradients[name].ravel()
    terms = trace.terms[name].reshape(len(trace.terms[name]), -1)
    norm, norms = float(np.linalg.norm(full)), np.linalg.norm(terms, axis=1)
    along = terms @ full / norm if norm else np.zeros(len(terms))
    cosines = np.divide(along, norms, out=np.zeros_like(along), where=norms > 0)
    return Shares(norm, norms, along, np.clip(cosines, -1, 1))


def truncation_of(trace: Trace, name: str) -> Truncation:
    """Measure the truncated gradients of one parameter."""
    full = trace.gradients[name].ravel()
    truncated = trace.truncated[name].reshape(len(trace.truncated[name]), -1)
    norm = float(np.linalg.norm(full))
    if not norm:
        ones, zeros = np.ones(len(truncated)), np.zeros(len(truncated))
        return Truncation(0.0, ones, zeros, ones, zeros)
    along = truncated @ full / norm**2
    across = np.linalg.norm(truncated - along[:, None] * full, axis=1) / norm
    return Truncation(norm, np.hypot(along, across), np.degrees(np.arctan2(across, along)), along, across)


def on_terms(trace: Trace, name: str) -> str:
    """Say which steps a gradient comes from; for V and b_y why there is no sum over earlier steps."""
    spec, T = trace.spec, trace.spec.steps
    shares = shares_of(trace, name)
    if name in ("V", "b_y") and spec.recurrence != "output":
        why = f"{name} stands outside the recurrence: a loss reaches it through the output of its own step only"
        if spec.loss == "last":
            return f"{why}, so there is one term and no sum over earlier steps."
        return f"{why}. The sum is there because every step has a loss, and each bar is the loss of that one step."
    if not shares.norm:
        return f"The gradient of {name} is zero." + (
            " Nothing was fed back at the only step." if name == "W" and T == 1 else ""
        )
    if T == 1:
        return f"With one step there is one term: the gradient of {name} is what step 1 adds."
    if spec.recurrence == "forced":
        return f"Each bar is the loss of its own step: no term of {name} has come back through time."
    largest = int(np.argmax(shares.along)) + 1
    last_two = float(shares.along[-2:].sum()) / shares.norm
    against = [str(i + 1) for i in range(T) if shares.along[i] < -0.005 * shares.norm]
    share = percent(shares.along[largest - 1] / shares.norm)
    sentence = f"Step {largest} has the largest part in the gradient of {name}, {share}"
    if T > 2:
        sentence += f"; the last two steps together {_share(last_two)}"
    if against:
        steps = f"step {against[0]}" if len(against) == 1 else f"steps {', '.join(against[:-1])} and {against[-1]}"
        sentence += (
            f". What {steps} would change is undone by the others, so the parts add up to the whole only with them"
        )
    return sentence + "."


def on_truncation(trace: Trace, name: str) -> list[str]:
    """Say for every N what is lost when a gradient goes back N steps at most."""
    measured = truncation_of(trace, name)
    T = trace.spec.steps
    if not measured.norm:
        return [f"The gradient of {name} is zero: there is nothing to lose."] * T
    sentences = []
    for N in range(T):
        back = {0: "No step back, the direct term alone", 1: "At most 1 step back"}.get(N, f"At most {N} steps back")
        ratio, angle = float(measured.ratios[N]), float(measured.angles[N])
        if abs(ratio - 1) < 1e-9 and angle < 1e-6:
            whole = (
                "this is the whole gradient" if N == T - 1 else "nothing is lost, this is already the whole gradient"
            )
            sentences.append(f"{back}: {whole}.")
        elif not ratio:
            sentences.append(f"{back}: nothing is left of the gradient of {name}.")
        else:
            length = f"{percent(ratio)} of" if ratio <= 1 else f"{significant(ratio)} times"
            sentences.append(f"{back}: the gradient of {name} has {length} its length and points {degrees(angle)} off.")
    return sentences


def on_jacobians(trace: Trace, t: int) -> list[str]:
    """Say for i = t … 0 how a small change of h_i arrives at h_t."""
    sentences = []
    products = state_jacobians(trace, t)
    for i in range(t, -1, -1):
        pair = f"∂{indexed('h', t)}/∂{indexed('h', i)}"
        if i == t:
            sentences.append(f"{pair}: no step between them, an empty product. It is the identity.")
            continue
        strength = float(np.linalg.norm(products[i], 2))
        factors = "one Jacobian" if t - i == 1 else f"the product of {t - i} Jacobians"
        if not strength:
            sentences.append(f"{pair}, {factors}, is zero: nothing of {indexed('h', i)} reaches {indexed('h', t)}.")
        else:
            sentences.append(
                f"{pair}, {factors}: a small change of {indexed('h', i)} arrives at {indexed('h', t)} "
                f"at most {significant(strength)} times as large."
            )
    return sentences


def on_updates(updates: Updates) -> list[str]:
    """Say for every learning rate what becomes of the loss."""
    sentences = []
    for rate, losses, diverged in zip(updates.rates, updates.losses, updates.diverged, strict=True):
        course = ", ".join(
            f"{significant(losses[k], 3)} after {k} update{'' if k == 1 else 's'}"
            for k in MILESTONES
            if k < len(losses)
        )
        sentence = f"Learning rate {rate:g}: the loss is {significant(losses[0], 3)} before, {course}. "
        rises = int((np.diff(losses) > 1e-6 * (1 + losses[:-1])).sum())
        if diverged:
            after = int(np.argmax(losses >= losses[-1]))
            sentence += (
                f"Too large: it diverges, and leaves every scale after {after} update{'' if after == 1 else 's'}."
            )
        elif rises:
            worse = f"{rises} of the {len(losses) - 1} updates {'makes' if rises == 1 else 'make'} it worse"
            learnt = losses[-1] < losses[0] / 2
            sentence += f"It jumps: {worse}, but it gets down." if learnt else f"Too large: {worse}."
        elif losses[-1] > 0.9 * losses[0]:
            sentence += "It hardly moves: small steps need more of them."
        else:
            sentence += "It falls at every update."
        sentences.append(sentence)
    return sentences


def _share(value: float) -> str:
    return percent(value) if value >= 0 else f"−{percent(-value)}"
