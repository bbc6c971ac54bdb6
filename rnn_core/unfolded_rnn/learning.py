"""What the gradients are made of and good for: shares of the steps, what truncation loses, what updates do."""

from dataclasses import dataclass

import numpy as np

from rnn_core.numerals import indexed, percent
from rnn_core.unfolded_rnn.trace import Trace, state_jacobians
from rnn_core.unfolded_rnn.updates import LARGEST_LOSS, Updates
from rnn_core.unfolded_rnn.writing import degrees, significant

NOISE = 1e-6
"""Change of a loss, as a share of it (and of 1), that is called no change."""

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
        bars = "The sum is there because every step has a loss, and each bar is the loss of that one step."
        return f"{why}. {bars}{_against(shares)}"
    if not shares.norm:
        return f"The gradient of {name} is zero." + (
            " Nothing was fed back at the only step." if name == "W" and T == 1 else ""
        )
    if T == 1:
        return f"With one step there is one term: the gradient of {name} is what step 1 adds."
    if spec.recurrence == "forced":
        return f"Each bar is the loss of its own step: no term of {name} has come back through time.{_against(shares)}"
    largest = int(np.argmax(shares.along)) + 1
    last_two = float(shares.along[-2:].sum()) / shares.norm
    share = percent(shares.along[largest - 1] / shares.norm)
    sentence = f"Step {largest} has the largest part in the gradient of {name}, {share}"
    if T > 2:
        sentence += f"; the last two steps together {_share(last_two)}"
    return f"{sentence}.{_against(shares)}"


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
    if updates.losses[0, 0] >= LARGEST_LOSS:
        beyond = "the loss is off every scale before the first update, so no rate helps: make the weights smaller."
        return [f"Learning rate {rate:g}: {beyond}" for rate in updates.rates]
    sentences = []
    for rate, losses, diverged in zip(updates.rates, updates.losses, updates.diverged, strict=True):
        course = ", ".join(
            f"{_told(losses[k])} after {k} update{'' if k == 1 else 's'}" for k in MILESTONES if k < len(losses)
        )
        outcome = _outcome(losses, bool(diverged))
        sentences.append(f"Learning rate {rate:g}: the loss is {significant(losses[0], 3)} before, {course}. {outcome}")
    return sentences


def _outcome(losses: np.ndarray, diverged: bool) -> str:
    """Say what becomes of one run's losses, (updates + 1,); what rounding does to them is no change."""
    first, last, count = float(losses[0]), float(losses[-1]), len(losses) - 1
    changes, noise = np.diff(losses), NOISE * (1 + losses[:-1])
    rises = int((changes > noise).sum())
    if diverged:
        after = int(np.argmax(losses >= last))
        return f"Too large: it diverges, and leaves every scale after {after} update{'' if after == 1 else 's'}."
    if rises:
        worse = f"{rises} of the {count} updates {'makes' if rises == 1 else 'make'} it worse"
        if last >= first:
            return f"Too large: {worse}, and it ends no lower than it began."
        verb = "jumps" if changes.max() > 0.1 * first else "wavers"
        return f"It {verb}: {worse}, but it ends lower than it began."
    fall = first - last
    if fall <= NOISE * (1 + first):
        return "It stays where it is: the gradient is zero, or nearly."
    halfway, end = losses[count // 2], significant(last, 3)
    if halfway - last <= 0.01 * fall and significant(float(halfway), 3) == end:
        little = " a little" if fall < 0.1 * first else ""
        return f"It falls{little}, and then stays at {end}."
    if fall < 0.1 * first:
        return f"It hardly moves: at this rate {count} updates are few."
    return "It falls at every update." if (changes < 0).all() else "It falls, and never noticeably rises."


def _against(shares: Shares) -> str:
    """Say which steps have a part against the whole gradient; nothing where none has."""
    against = [str(i + 1) for i, part in enumerate(shares.along) if part < -0.0005 * shares.norm]
    if not against:
        return ""
    one = len(against) == 1
    steps = f"Step {against[0]} pulls" if one else f"Steps {', '.join(against[:-1])} and {against[-1]} pull"
    return f" {steps} the other way, so the others add up to more than the whole."


def _told(loss: float) -> str:
    """A loss in digits, but none for one that is held at the end of the scale."""
    return "over 10⁹" if loss >= LARGEST_LOSS else significant(loss, 3)


def _share(value: float) -> str:
    return percent(value) if value >= 0 else f"−{percent(-value)}"
