"""What to look at on the page, as sentences computed from its traces."""

from typing import Final

import numpy as np

from rnn_core.gradient_flow.clipping import STEPS, THRESHOLDS, UPDATES, Clipping
from rnn_core.gradient_flow.inside import Inside
from rnn_core.gradient_flow.remedies import Gate, Starts
from rnn_core.gradient_flow.sweep import RADII, Trace, steps_until
from rnn_core.gradient_flow.toy import CELLS
from rnn_core.gradient_flow.trained import Trained, words_back
from rnn_core.numerals import ten_to

CELL_NAMES: Final = {"rnn": "RNN, tanh", "sigmoid": "RNN, sigmoid", "lstm": "LSTM", "gru": "GRU"}
START_NAMES: Final = {"orthogonal": "orthogonal", "xavier": "Xavier", "uniform": "uniform"}
NETWORKS: Final = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}

EXPLODED = 1.0
"""Decades of growth over the whole run from which on a network is called exploding."""

CLAIM: Final = (8, 10)
"""The steps that a recurrent network is sometimes said to remember."""

TELLING: Final = 10
"""Steps from which on it is told whether the toy resembles the trained network."""

FLOAT32_SMALLEST = float(np.log10(np.finfo(np.float32).smallest_subnormal))
FLOAT32_NORMAL = float(np.log10(np.finfo(np.float32).tiny))
FLOAT32_LARGEST = float(np.log10(np.finfo(np.float32).max))

REMEDIES: Final = {
    "forget": "forget bias",
    "update": "gates",
    "orthogonal": "orthogonal start",
    "clipping": "clipping",
}

TASKS: Final = (
    (
        "Eight to ten steps",
        "At radius 0.7 the tanh RNN forgets just as the saying goes. Drag: at which radius does it remember 40 steps?",
        {"radius": "0.7"},
    ),
    (
        "Allowed to explode",
        "Thin lines: the bound, the most that can arrive. It lets tanh explode from radius 1 on. Does tanh do so?",
        {"beside": "bound", "radius": "1.2"},
    ),
    (
        "Out of numbers",
        "200 steps with sigmoid. Further down, “One product from the inside” tells where float32 has only 0 left.",
        {"steps": "200", "radius": "0.5", "cell": "sigmoid"},
    ),
)
"""What there is to try: a label, a sentence, and the controls that differ from how the page opens."""

EXPLANATION: Final = (
    "Change the state a little at step t: how much of the change is left in the last state? Each line shows it at its "
    "most: the norm of the Jacobian, the matrix of all derivatives of the last state by the state at t. What doesn't "
    "arrive can't be learned from. “By C alone” follows only the LSTM's memory C, from forget gate to forget gate. The "
    "slider sets the spectral radius: the size of the largest eigenvalue of the matrix that leads from state to state."
)

BESIDE_NOTES: Final = {
    "none": "",
    "scalar": (
        "The thin lines are the textbook's product of numbers, (w·f′)ᵀ⁻ᵗ: one weight w, the radius, and one slope f′ "
        "of the activation, here its geometric mean over all steps and units."
    ),
    "bound": (
        "The thin lines are the bound (γ·σₘₐₓ)ᵀ⁻ᵗ, which the RNN of that activation can't exceed: the largest "
        "slope γ (1 for tanh, 1/4 for sigmoid) times the largest stretch σₘₐₓ by the matrix, once a step."
    ),
}
"""What the thin lines in the first picture are."""


def power_of_ten(exponent: float) -> str:
    """Write 10 to a whole exponent: "10⁻⁵", and plainly "0.1", "1", "10" near 1."""
    whole = int(exponent)
    near = {-1: "0.1", 0: "1", 1: "10"}
    return near.get(whole, ten_to(whole))


def size(log10: float) -> str:
    """Write a size that is given as log10, with one or two digits: "0.35", "120", "3.1 × 10⁻⁷"."""
    if not np.isfinite(log10):
        return "0" if log10 < 0 else "more than a number can hold"
    exponent = int(np.floor(log10))
    digits = 10 ** (log10 - exponent)
    if f"{digits:.1f}" == "10.0":
        exponent, digits = exponent + 1, 1.0
    if -3 <= exponent <= 2:
        return f"{digits * 10.0**exponent:.{max(0, 1 - exponent)}f}"
    return f"{digits:.1f} × {power_of_ten(exponent)}"


def arrival(log10: float) -> str:
    """Write how large something arrives that set out with size 1, given as log10."""
    return f"{size(log10)} {'times' if log10 > 0 else 'of'} its size"


def percent(share: float) -> str:
    """Write a share of 1 as per cent."""
    return f"{100 * share:g} %"


def captions(trace: Trace, threshold: float) -> list[str]:
    """Say for every radius which cells vanish, hold or explode, and after how many steps."""
    steps = {cell: steps_until(trace, trace.log_norm[cell], threshold) for cell in CELLS}
    result = []
    for stop, radius in enumerate(trace.radii):
        kinds: dict[str, list[str]] = {"vanish": [], "hold": [], "explode": []}
        for cell in CELLS:
            whole, back = trace.log_norm[cell][stop, 0], steps[cell][stop]
            name = CELL_NAMES[cell].replace(",", " with") if cell in ("rnn", "sigmoid") else CELL_NAMES[cell]
            if whole >= EXPLODED:
                kinds["explode"].append(f"{name} ({size(whole)} times)")
            elif np.isfinite(back) and whole < np.log10(threshold):
                kinds["vanish"].append(f"{name} ({_steps(back)})")
            else:  # also where it was smaller on the way: in the end more than that arrives
                kinds["hold"].append(f"{name} ({size(whole)} {'times' if whole > 0 else 'is left'})")
        parts = []
        if kinds["vanish"]:
            parts.append(f"Vanishing, less than {percent(threshold)} left after: {', '.join(kinds['vanish'])}.")
        if kinds["hold"]:
            parts.append(f"Holding over {_steps(trace.spec.steps)}: {', '.join(kinds['hold'])}.")
        if kinds["explode"]:
            parts.append(f"Exploding over {_steps(trace.spec.steps)}: {', '.join(kinds['explode'])}.")
        result.append(f"Radius {radius:g}. " + " ".join(parts))
    return result


def drawn(trace: Trace) -> str:
    """Say what the slider does to the matrix that was drawn."""
    text = (
        f"As drawn ({START_NAMES[trace.spec.start]}), the recurrent matrix has the spectral radius "
        f"{trace.own_radius:.2f}; the slider scales it, and the matrices of all gates with it."
    )
    if len(trace.radii) < len(RADII):
        text += f" At this size the slider has {len(trace.radii)} stops instead of {len(RADII)}."
    return text


def claim(trace: Trace, threshold: float) -> str:
    """Say for which radii of the slider the claim of eight to ten steps holds, in every cell."""
    least, most = CLAIM
    holds, fails, ever = [], [], True
    for cell in CELLS:
        steps = steps_until(trace, trace.log_norm[cell], threshold)
        where = _stretches(trace.radii, (steps >= least) & (steps <= most))
        if where:
            holds.append(f"{CELL_NAMES[cell]} at radius {where}")
        else:
            fails.append(CELL_NAMES[cell])
        ever = ever and not np.isnan(steps).any()
    text = f"“It remembers eight to ten steps”, counting until less than {percent(threshold)} is left for the first "
    if holds:
        text += f"time, is true here for: {'; '.join(holds)}. Everywhere else it is fewer, or more."
        text += f" At no radius: {'; '.join(fails)}." if fails else ""
    else:
        text += "time, is true here at no radius, in no cell."
    return text + ("" if ever else f" △ means: never in {_steps(trace.spec.steps)}.")


def about_pairs(inside: Inside) -> str:
    """Say what the heatmap and the singular values show of one cell at one radius."""
    steps, name = inside.spec.steps, CELL_NAMES[inside.cell]
    text = f"{name} at radius {inside.radius:g}: on average over {_steps(steps)} a change "
    factor = f"{10**inside.pace:.2f}"
    if factor == "1.00":
        text += "keeps its size."
    else:
        text += f"{'shrinks' if inside.pace < 0 else 'grows'} by the factor {factor} a step."
    largest, _, smallest = inside.singular[:, 0]
    if np.isfinite(smallest):
        text += f" From state 0 to state {steps}, the direction that fares best arrives at {arrival(largest)}, "
        text += (
            f"the one that fares worst at {arrival(smallest)}." if smallest < largest else "and so does every other."
        )
    else:
        text += f" From state 0 to state {steps}, the direction that fares best arrives at {arrival(largest)}; "
        text += "the one that fares worst is too small beside it for even float64 to tell."
    return text


def about_float32(inside: Inside) -> str:
    """Say where plain float32 loses the product."""
    steps = inside.spec.steps
    if inside.overflow is not None:
        where = f"{_steps(inside.overflow)} back"
        return f"Multiplied plainly in float32, it overflows {where}: past 3.4 × 10³⁸ there is no number."
    if inside.underflow is not None:
        where = f"{_steps(inside.underflow)} back"
        return f"Multiplied plainly in float32, it is exactly 0 from {where} on: under 1.4 × 10⁻⁴⁵ nothing is left."
    text = f"Multiplied plainly in float32, it stays within the range of its numbers over all {_steps(steps)}"
    limit = FLOAT32_SMALLEST if inside.pace < 0 else FLOAT32_LARGEST
    if inside.pace and limit / inside.pace < 10_000:
        end = "be 0" if inside.pace < 0 else "overflow"
        return f"{text}; at this pace it would {end} after about {_steps(limit / inside.pace)}."
    return f"{text}."


def gate_captions(gate: Gate) -> list[str]:
    """Say for every bias how open the gate is, and what is left at the end."""
    rnn = arrival(gate.rnn[0])
    name = gate.cell.upper()
    return [
        (
            f"Bias {bias:g}: the {gate.gate} gate is {opening:.2f} on average. From the first state "
            f"a change arrives at {arrival(row[0])} in the {name}, at {rnn} in the RNN with the same recurrent matrix."
        ).replace("Bias -", "Bias −")
        for bias, opening, row in zip(gate.biases, gate.opening, gate.log_norm, strict=True)
    ]


def about_gate(gate: Gate) -> str:
    """Say what opening the gate changes."""
    name = gate.cell.upper()
    return (
        f"The {name} and the RNN have the same recurrent matrix, at radius {gate.radius:g}, and read the same inputs. "
        f"With its {gate.gate} gate {_open(gate.opening[0])}, a change at the start arrives in the {name} at "
        f"{arrival(gate.log_norm[0, 0])}, with the gate {_open(gate.opening[-1])} at {arrival(gate.log_norm[-1, 0])}; "
        f"in the RNN at {arrival(gate.rnn[0])}. The price: a gate that is always open never forgets."
    )


def about_starts(starts: Starts) -> str:
    """Say what each start does to lengths, what is left of a change, and how much that is a matter of luck."""
    parts: list[str] = []
    for start, log_norm in starts.log_norm.items():
        least, most = (f"{factor:.2f}" for factor in starts.stretch[start])
        lowest, highest = np.sort(starts.others[start][:, 0])[[0, -1]]
        name = START_NAMES[start]
        lengths = least if least == most else f"{least} to {most}"
        thin = "" if parts else " (thin lines)"
        parts.append(
            f"{name[0].upper()}{name[1:]}: the matrix multiplies lengths by {lengths}, a change arrives at "
            f"{arrival(log_norm[0])}, and over {len(starts.others[start])} other seeds{thin} at {size(lowest)} to "
            f"{size(highest)}."
        )
    return " ".join(parts)


def clipping_captions(clipping: Clipping) -> list[str]:
    """Say for every threshold where a step leads, with and without clipping."""
    norm = clipping.gradient_norm
    w, b = clipping.plain[1]
    plain = f"unclipped, the step goes to w = {w:.2f}, b = {b:.2f}, where the loss is {clipping.plain_loss[1]:.3f}"
    result = []
    for threshold, losses in zip(THRESHOLDS, clipping.clipped_loss, strict=True):
        if threshold >= norm:
            text = f"The gradient is {norm:.3g} long: a threshold of {threshold:g} doesn't touch it, and {plain}."
        else:
            text = (
                f"The gradient is {norm:.3g} long and is cut to {threshold:g}: the loss goes from "
                f"{clipping.start_loss:.3f} to {losses[1]:.3f} in one step; {plain}."
            )
        result.append(text.replace("= -", "= −"))
    return result


def about_clipping(clipping: Clipping) -> str:
    """Say where the two ways lead in the end."""
    best = int(np.argmin(clipping.clipped_loss[:, -1]))
    plain, clipped = (f"{losses[-1]:.3f}" for losses in (clipping.plain_loss, clipping.clipped_loss[best]))
    text = (
        f"One unit, {STEPS} steps, weight w and bias b; the edge between its two plains is a cliff. "
        f"At the start the gradient is {clipping.gradient_norm:.3g} long. "
        f"After {UPDATES} updates without clipping the loss is {plain}; "
    )
    if clipped == plain:
        return f"{text}from here no clipping does better. Click on the cliff to start there."
    return f"{text}clipped at {THRESHOLDS[best]:g} it is {clipped}. Click on the picture to start elsewhere."


def how_far(trained: Trained, threshold: float) -> str:
    """Answer how many words back the trained networks still learn."""
    if not trained.tokens:
        return "None of these words is read, so there is nothing to go back over."
    words = len(np.unique(trained.word_of_token))
    if words == 1:
        return "One word is read: there is no word before it to learn from. Type more."
    parts: list[str] = []
    for network, log_norm in trained.log_norm.items():
        back, whole = words_back(trained, network, threshold)
        reach = "all" if whole else f"{back} of the"
        count = f"{reach} {words - 1}" if words > 2 else "the one" if whole else "not even the one"
        before = f"word{'s' if words > 2 else ''} before the last " if not parts else ""
        start = "a change at the start arrives at " if not parts else ""
        parts.append(f"the {NETWORKS[network]} over {count} {before}({start}{arrival(log_norm[0])})")
    return (
        f"How many words back do they still learn? Counting while at least {percent(threshold)} of a change reaches "
        f"the end: {', '.join(parts)}."
    )


def beside_the_toy(trained: Trained, trace: Trace, stop: int) -> str:
    """Set the trained RNN beside the toy: its spectral radius, and what the toy makes of that radius."""
    own = trained.radius["rnn"][0]
    text = f"The trained RNN's recurrent matrix has the spectral radius {own:.2f}; "
    text += f"the toy's slider stands at {trace.radii[stop]:g}."
    if not trained.tokens:
        return text
    steps = len(trained.tokens)
    over = f"these {_steps(steps)}" if steps > 1 else "this one step"
    text += f" Over {over} a change arrives at {arrival(trained.log_norm['rnn'][0])} in the trained RNN, "
    text += f"and at {arrival(trained.toy_log_norm[0])} in a toy RNN with as many units and the same radius"
    if steps < TELLING:
        return f"{text}. Over so few steps they can hardly differ: type more."
    text += ": "
    gap = trained.log_norm["rnn"][0] - trained.toy_log_norm[0]
    if not abs(gap) > 1:
        return f"{text}about the same. Here the radius tells nearly everything."
    text += f"{'more' if gap > 0 else 'less'} arrives in the trained one. "
    return f"{text}The radius alone doesn't decide: the slopes along the way and the rest of the matrix count as well."


def _open(mean: float) -> str:
    """Write how open a gate is on average."""
    return f"{percent(round(mean, 2))} open"


def _steps(number: float) -> str:
    return f"{number:,.0f} step{'' if number == 1 else 's'}"


def _stretches(radii: np.ndarray, right: np.ndarray) -> str:
    """Write the radii where something is right: "0.6 to 0.8 and 1.2"."""
    texts = []
    edges = np.flatnonzero(np.diff(np.concatenate(([0], right.astype(int), [0]))))
    for first, end in edges.reshape(-1, 2):
        texts.append(f"{radii[first]:g}" if end - first == 1 else f"{radii[first]:g} to {radii[end - 1]:g}")
    return " and ".join(texts)
