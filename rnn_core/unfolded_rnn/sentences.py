"""What is to be seen on the way forward and on the way back, as sentences computed from the numbers."""

import numpy as np

from rnn_core.numerals import indexed, percent
from rnn_core.unfolded_rnn.comparison import Comparison
from rnn_core.unfolded_rnn.differences import Differences
from rnn_core.unfolded_rnn.spec import PARAMETERS, one_hot
from rnn_core.unfolded_rnn.trace import Trace
from rnn_core.unfolded_rnn.writing import decimal, significant

ALIKE = 1e-3
"""Gradients that differ by no more than this share of the largest are called the same."""

UNHEARD = 0.005
"""Probability that moves by less than this is called unmoved."""


def stop_names(T: int) -> list[str]:
    """Return the stops of the picture's slider: the start, T steps forward, T steps back."""
    return ["start", *(f"forward {t}" for t in range(1, T + 1)), *(f"back {t}" for t in range(T, 0, -1))]


READING = (
    "A column is a step. U, W and V are the weights, tables of numbers that are the same at every step. "
    "The dotted frame is the step that the slider stands at; the thick one has its equation below."
)
"""How the picture is read."""


def stop_captions(trace: Trace) -> list[str]:
    """Return what happens at each stop."""
    T = trace.spec.steps
    if trace.spec.recurrence == "hidden":
        start = "Nothing has been read: the state h₀ is all zeros. Press play."
    else:
        start = "Nothing has been read, and nothing is fed back to the first state. Press play."
    return [start, *(_forward(trace, t) for t in range(1, T + 1)), *(_back(trace, t) for t in range(T, 0, -1))]


def headline(trace: Trace) -> str:
    """Say what the loss is and what becomes of the gradient on its way to the first step."""
    spec, T = trace.spec, trace.spec.steps
    norms = np.linalg.norm(trace.state_gradients, axis=1)
    loss = f"The loss is {decimal(trace.loss)}."
    if T == 1:
        return f"{loss} There is only one step: nothing is fed back, and this is a feed-forward network."
    if spec.recurrence == "forced":
        return f"{loss} No gradient runs back in time: the truth is fed to the next step, and no weight can change it."
    if not norms[1:].any():
        return f"{loss} No gradient reaches any state: U, W and b_h have none, and would not move."
    # Of all losses together each adds its own on the way, so the last loss alone tells what becomes of one gradient.
    last = norms if spec.loss == "last" else last_loss_norms(trace)
    if not last[T]:
        return f"{loss} No gradient reaches the last state, so none can run back from there."
    ratio = last[1] / last[T]
    together = "" if spec.loss == "last" else " The bars hold all losses together."
    way = f"On its way back from step {T} to step 1 the gradient of {'the' if spec.loss == 'last' else 'the last'} loss"
    if ratio < 0.95:
        verb = "vanishes" if ratio < 0.01 else "shrinks"
        ending = f"{percent(ratio)} of it arrives" if ratio else "nothing of it arrives"
        course = f"from {significant(last[T])} to {significant(last[1])}"
        return f"{loss} {way} {verb} {course}: {ending}.{together}"
    if ratio > 1.05:
        times = f"{significant(ratio)} times as large"
        return f"{loss} {way} grows from {significant(last[T])} to {significant(last[1])}, {times}.{together}"
    if np.abs(last[1:] / last[T] - 1).max() > 0.1:
        return f"{loss} {way} changes, but arrives about as large as it set out: {significant(last[1])}.{together}"
    return f"{loss} {way} keeps its size, {significant(last[1])}.{together}"


def last_loss_norms(trace: Trace) -> np.ndarray:
    """Return the norm of ∂L_T/∂h_t for t = 0 … T, (T+1,)."""
    row = trace.parameters.V @ (trace.probabilities[-1] - trace.truth[-1])
    norms = [float(np.linalg.norm(row))]
    for jacobian in trace.step_jacobians[::-1]:
        row = row @ jacobian
        norms.append(float(np.linalg.norm(row)))
    return np.array(norms[::-1])


def checked(differences: Differences) -> str:
    """Say how far the backward pass is from central differences."""
    largest, count = significant(differences.largest), differences.compared
    size = significant(differences.size)
    moving = "moving every weight a little up and down (central finite differences)"
    if not differences.size and differences.largest <= differences.rounding:
        sentence = f"Checked on these very numbers: all {count} gradients are zero, and {moving} finds no other."
    elif differences.relative <= ALIKE:
        largest += f", which is {significant(differences.relative)} of the largest" if differences.largest else ""
        sentence = f"Checked on these very numbers: {moving} gives the same {count} gradients, to within {largest}."
    elif differences.largest <= differences.rounding:
        sentence = (
            f"Too small to be checked on these numbers: the {count} gradients are at most {size}, "
            f"and {moving} differs from them by {largest}, which is no more than rounding does."
        )
    else:
        sentence = (
            f"Checked on these very numbers: {moving} gives {count} gradients that differ by up to {largest}, "
            f"{significant(differences.relative)} of the largest: too far to be called the same."
        )
    if differences.left_out:
        sentence += f" {differences.left_out} are left out: there a ReLU stands at its kink, and has no slope."
    return sentence


def remembered(comparison: Comparison, j: int) -> str:
    """Say what another x_j (j from 1) changes in the two networks."""
    recurrent, feed_forward = comparison.recurrent_effect[j - 1], comparison.feed_forward_effect[j - 1]
    T = comparison.spec.steps
    moved = [t for t in range(j, T + 1) if recurrent[t - 1] >= UNHEARD]
    x = indexed("x", j)
    if comparison.spec.words:
        x += f" (“{comparison.spec.words[j - 1]}”)"
    alone = f"the feed-forward network changes ŷ at step {j} alone, by {percent(feed_forward[j - 1])}"
    if not moved:
        moves = "hardly moves an output" if recurrent.any() else "moves no output"
        return f"Another {x} {moves} of the recurrent network; {alone}."
    later = [t for t in moved if t > j]
    if not later:
        only = f"step {j}, and hardly after it," if recurrent[j:].any() else f"step {j} only,"
        return f"Another {x} is heard at {only} by the recurrent network too; {alone}."
    steps = f"steps {moved[0]} to {moved[-1]}" if len(moved) == moved[-1] - moved[0] + 1 else f"{len(moved)} steps"
    return (
        f"Another {x}: the recurrent network hears it at {steps}, and {percent(recurrent[later[-1] - 1])} of the "
        f"probability still moves at step {later[-1]}; {alone}."
    )


def parameters_alike(trace: Trace) -> str:
    """Say how many numbers the network learns, and at which place of x each word has its 1, where there are words."""
    count = sum(trace.gradients[name].size for name in PARAMETERS)
    T = trace.spec.steps
    every = "the one step uses them" if T == 1 else f"all {T} steps use the same ones"
    learnt = f"Together {count} numbers are learnt, and {every}."
    return f"{learnt} {_vocabulary(trace.spec.words)}" if trace.spec.words else learnt


def _forward(trace: Trace, t: int) -> str:
    spec = trace.spec
    past = {"hidden": ("h", "the state before it, "), "output": ("o", "the output before it, ")}.get(
        spec.recurrence, ("y", "the right class of the step before, ")
    )
    read = f"“{spec.words[t - 1]}”" if spec.words else indexed("x", t)
    if t == 1 and spec.recurrence != "hidden":
        sentence = f"Forward, step 1: {read} makes the state h₁."
    else:
        letter, words = past
        sentence = f"Forward, step {t}: {read} and {words}{indexed(letter, t - 1)}, make the state {indexed('h', t)}."
    if spec.has_output[t - 1]:
        likeliest = int(np.argmax(trace.probabilities[t - 1]))
        share = percent(trace.probabilities[t - 1, likeliest])
        sentence += f" It is read out as {indexed('ŷ', t)}: class {likeliest + 1} at {share}."
    if spec.has_loss[t - 1]:
        target = spec.targets[t - 1]
        sentence += (
            f" Right would be class {target + 1}, so the loss is "
            f"−log {significant(trace.probabilities[t - 1, target], 3)}"
            f" = {decimal(trace.step_losses[t - 1])}."
        )
    return sentence


def _back(trace: Trace, t: int) -> str:
    spec, T = trace.spec, trace.spec.steps
    norms = np.linalg.norm(trace.state_gradients, axis=1)
    h, size = indexed("h", t), significant(norms[t])
    term = float(np.linalg.norm(trace.terms["W"][t - 1]))
    adds = f" Step {t} adds {significant(term)} to the gradient of W." if term else ""
    if t == 1:
        adds = " Step 1 adds nothing to the gradient of W: nothing had been fed back yet."
    if t == T:
        return f"Backward: the loss tells ŷ where it went wrong, and {size} of gradient enters the state {h}.{adds}"
    if spec.recurrence == "forced":
        source = f"only its own loss reaches it, with {size}" if spec.has_loss[t - 1] else "nothing reaches it"
        return f"Back at step {t}: nothing returns from step {t + 1}, which was fed the truth. At {h} {source}.{adds}"
    way = "through W" if spec.recurrence == "hidden" else f"through W, into the output {indexed('o', t)} and through V"
    if spec.has_loss[t - 1]:
        return (
            f"Back at step {t}: what returns from step {t + 1} {way} meets the loss of step {t}; {size} at {h}.{adds}"
        )
    share = f", {percent(norms[t] / norms[T])} of what entered at step {T}" if 0 < norms[t] <= norms[T] else ""
    return f"Back at step {t}: {way} the gradient returns to {h} with size {size}{share}.{adds}"


def _vocabulary(words: tuple[str, ...]) -> str:
    places = ", ".join(f"{place} for “{word}”" for place, word in enumerate(one_hot(words)[0], 1))
    return f"A word is a vector x of zeros with a single 1, whose place tells which word it is: {places}."


def told_class(comparison: Comparison) -> int:
    """Return the class, from 0, whose probability moves most in the recurrent network."""
    moved = np.abs(comparison.recurrent_changed - comparison.recurrent).sum(axis=(0, 1))
    return int(np.argmax(moved))
