"""What is to be seen in the trellis, as sentences computed from the numbers."""

import math
from collections.abc import Sequence

import numpy as np

from rnn_core.hidden_markov.equations import cell_formula, log_joint, path_formula
from rnn_core.hidden_markov.stops import Stop, View, stops_of
from rnn_core.hidden_markov.trace import TIED, Mode, Trace
from rnn_core.hidden_markov.writing import counted, listed, percents_apart, probability, route, times, typed
from rnn_core.numerals import indexed, percent

MODES = {"forward": "forward α", "backward": "backward β", "posterior": "posterior γ", "viterbi": "Viterbi δ"}
NUMBERS = {"probabilities": "probabilities", "logarithms": "logarithms"}

READING = {
    "forward": "An arrow is as thick as its share of the sum it runs into; the fuller a cell, the more of its column.",
    "backward": "An arrow is as thick as its share of the sum, which runs from right to left; "
    "the fuller a cell, the more of its column.",
    "posterior": "An arrow is as thick as its move is probable, given all observations; so is a cell full.",
    "viterbi": "Of all ways into a cell only the best is kept; its arrow points back. "
    "The fuller a cell, the more of its column.",
}
"""How the picture is read, by what it shows."""


def headline(trace: Trace, mode: Mode) -> str:
    """Say what is to be seen in the trellis as it ends."""
    if not trace.possible:
        return f"{_impossible(trace)} So P(observations) = 0, and no path is better than another."
    whole = f"P(observations) = {probability(trace.log_likelihood)}"
    N, T = len(trace.spec.model.states), trace.spec.steps
    if N == 1:
        return f"With one state there is only one path, and nothing is hidden: {whole}."
    if mode == "forward":
        if T == 1:
            return f"{whole}: the sum of the one column."
        arrows = f"{np.count_nonzero(trace.spec.model.transitions) * (T - 1):,} arrows"
        return f"{whole}: a sum over {counted(N, T)} paths, and the trellis does it with {arrows}."
    if mode == "backward":
        return f"{_on_backward(trace)} Again {whole}."
    if mode == "posterior":
        return on_difference(trace) or _all_agree(trace)
    return f"{on_best(trace)} {on_difference(trace, with_numbers=False)}".strip()


def on_best(trace: Trace) -> str:
    """Say which path is best, what share of the probability it has, and by how much the runner-up is worse."""
    best = f"Best path: {route(_names(trace, trace.path))}"
    if math.isinf(trace.runner_up_log_probability):
        return f"{best}, the only one that can have made these observations."
    share = _nearly(math.exp(trace.log_probability - trace.log_likelihood))
    gap = trace.log_probability - trace.runner_up_log_probability
    if gap <= TIED:
        return f"{best}, with {share} of the probability of all paths; another one has just as much."
    ahead = "hardly more than the runner-up" if gap < math.log(1.06) else f"{times(gap)} the runner-up"
    return f"{best}, with {share} of the probability of all paths, {ahead}."


def on_difference(trace: Trace, with_numbers: bool = True) -> str:
    """Say where the best path and the most probable states differ; nothing where they don't."""
    steps = trace.differing
    if not len(steps):
        return ""
    names, t = trace.spec.model.states, _widest(trace)
    if not with_numbers:
        where = f"step {t}" if len(steps) == 1 else f"{len(steps)} steps"
        return f"Yet at {where} another state is more probable. {_no_path(trace)}".strip()
    gamma, likely, there = trace.posteriors[t - 1], int(trace.likely[t - 1]), int(trace.path[t - 1])
    more, less = percents_apart(float(gamma[likely]), float(gamma[there]))
    beside = f"{names[likely]} ({more}), not {names[there]} ({less})"
    if len(steps) == 1:
        return f"At step {t} the most probable state is not on the best path: {beside}. {_no_path(trace)}".strip()
    many = f"At {len(steps)} steps the most probable state is not on the best path"
    return f"{many}: at step {t} it is {beside}. {_no_path(trace)}".strip()


def on_paths(trace: Trace) -> str:
    """Say how many paths there are, and what the probability of one is."""
    N, T = len(trace.spec.model.states), trace.spec.steps
    count = "There is 1 path" if N == 1 else f"There are {counted(N, T)} paths"
    return f"{count}. The joint probability of a path and the observations is a product, two factors a step."


def on_own(trace: Trace, path: Sequence[int]) -> str:
    """Say what the probability of the reader's path and the observations together is."""
    return f"P(path, observations) = {path_formula(trace, path)}"


def answers(trace: Trace) -> dict[str, str]:
    """Return what a model can be asked, with answers: Rabiner's three questions, and one often taken for the second."""
    path = f"Viterbi: {route(_names(trace, trace.path))}." if trace.possible else "No path is possible."
    return {
        "How probable are the observations?": f"Forward: {probability(trace.log_likelihood)}, a sum over all paths.",
        "Which path explains them best?": path,
        "How probable is a state? That is not Viterbi's to say.": put_right(trace),
        "Which tables explain them best?": "Baum–Welch: see below, under learning.",
    }


def put_right(trace: Trace) -> str:
    """Say, with numbers of this trellis, what a number of Viterbi's is and what the probability of a state is."""
    if not trace.possible:
        return "Here no state is: no path can have made these observations."
    t = _widest(trace)
    state = int(trace.path[t - 1])
    name, gamma = trace.spec.model.states[state], percent(float(trace.posteriors[t - 1, state]))
    delta = f"{indexed('δ', t)}({name}) = {probability(trace.scores[t - 1, state])}"
    rest = "the one path" if len(trace.spec.model.states) == 1 else "the best path into it"
    return (
        f"{delta} is the probability of {rest} together with what was observed up to step {t}. "
        f"The probability of {name} at step {t}, given all observations, is {indexed('γ', t)}({name}) = {gamma}: "
        "all paths through that cell added up, over P(observations), by forward and backward."
    )


def captions(trace: Trace, mode: Mode, view: View, logarithms: bool) -> list[str]:
    """Return what happens at each stop."""
    return [_caption(trace, mode, view, stop, logarithms) for stop in stops_of(trace, mode, view)]


def outside(trace: Trace, view: View) -> str:
    """Say which steps are not drawn; nothing where all are."""
    T = trace.spec.steps
    if len(view) == T:
        return ""
    return f"Steps {view.first} to {view.last} of {T:,} are drawn; all are computed. Click on the strip to move there."


def _caption(trace: Trace, mode: Mode, view: View, stop: Stop, logarithms: bool) -> str:
    if stop.kind == "end":
        return _ending(trace, mode, view)
    if stop.kind == "back":
        return _back(trace, view, stop)
    return f"{cell_formula(trace, mode, stop.t, stop.state, logarithms)}. {_why(trace, mode, stop.t)}".strip()


def _why(trace: Trace, mode: Mode, t: int) -> str:
    """What the factors of a formula are, where they first appear."""
    symbol, T = f"“{trace.spec.symbol(t)}”", trace.spec.steps
    if mode == "posterior":
        return "Forward times backward, over P(observations)." if trace.possible else ""
    if mode == "backward":
        return "" if t == T else f"Move, emit “{trace.spec.symbol(t + 1)}”, and all that follows: added up."
    if t == 1:
        return f"Start there, and emit {symbol}."
    return f"All ways in are added; then {symbol} is emitted." if mode == "forward" else "Only the best way in is kept."


def _back(trace: Trace, view: View, stop: Stop) -> str:
    name, T = trace.spec.model.states[stop.state], trace.spec.steps
    if stop.t == T:
        return (
            f"{name} ends the best path, with {probability(trace.log_probability)}. The pointers lead back from here."
        )
    if stop.t == view.last:
        return f"From the steps on the right, which are not drawn, the pointers lead back to {name} at step {stop.t}."
    arrived = " That is the best path." if stop.t == 1 else ""
    return f"The pointer of step {stop.t + 1} leads back to {name} at step {stop.t}.{arrived}"


def _ending(trace: Trace, mode: Mode, view: View) -> str:
    if not trace.possible:
        return _impossible(trace)
    model, whole = trace.spec.model, probability(trace.log_likelihood)
    if mode == "forward":
        T = trace.spec.steps
        column = "the last column" if view.last == T else f"the column of step {T:,}"
        return f"P(observations) = {' + '.join(map(probability, trace.forward[-1]))} = {whole}: {column}, added up."
    if mode == "backward":
        first = trace.spec.observations[0]
        terms = [
            f"{typed(start)} × {typed(row[first])} × {probability(beta)}"
            for start, row, beta in zip(model.start, model.emissions, trace.backward[0], strict=True)
        ]
        return (
            f"P(observations) = {' + '.join(terms)} = {whole}: start, emit “{trace.spec.symbol(1)}”, and all the rest."
        )
    if mode == "posterior":
        return "Every column sums to 1. Thick: the best path. A star marks the most probable state of a step."
    runner_up = "" if math.isinf(trace.runner_up_log_probability) else " Dashed: the runner-up."
    return f"Thick: the best path.{runner_up} A star marks the most probable state of a step."


def _impossible(trace: Trace) -> str:
    t = trace.impossible_step or trace.spec.steps
    symbol = f"“{trace.spec.symbol(t)}”"
    before = "no state that it can start in emits it" if t == 1 else "no state that can be reached by then emits it"
    return f"{symbol} at step {t} is impossible in this model: {before}."


def _no_path(trace: Trace) -> str:
    """Where the most probable states are no possible path, which move of theirs is impossible."""
    if not math.isinf(log_joint(trace, trace.likely.tolist())):
        return ""
    model = trace.spec.model
    pairs = zip(trace.likely, trace.likely[1:], strict=False)
    i, j = next((int(i), int(j)) for i, j in pairs if not model.transitions[i][j])
    return f"The most probable states in a row are no path: nothing leads from {model.states[i]} to {model.states[j]}."


def _on_backward(trace: Trace) -> str:
    """Which states at the first step go best with what comes after it."""
    if trace.spec.steps == 1:
        return "After one step nothing is still to come, so every β is 1."
    best = np.flatnonzero(trace.backward[0] >= trace.backward[0].max() - TIED)
    if len(best) == len(trace.spec.model.states):
        return "Read it from the right: which state is the first makes no difference to what is still to come."
    go = "goes" if len(best) == 1 else "go"
    names = listed(_names(trace, best))
    return f"Read it from the right: at step 1, {names} {go} best with all that is still to come."


def _all_agree(trace: Trace) -> str:
    if math.isinf(trace.runner_up_log_probability):
        return "Only one path can have made these observations, so every state is certain."
    sure = trace.posteriors.max(axis=1)
    t = int(np.argmin(sure)) + 1
    least = f"{trace.spec.model.states[trace.likely[t - 1]]} has {_nearly(float(sure[t - 1]))}"
    if trace.spec.steps == 1:
        return f"One step, one guess: {least}."
    alone = np.count_nonzero(sure <= sure.min() + TIED) == 1
    which = f"Least sure is step {t}" if alone else f"No step is less sure than step {t}"
    return f"Step by step the most probable states are those of the best path. {which}: {least}."


def _widest(trace: Trace) -> int:
    """The step, from 1, at which the most probable state is farthest ahead of the one on the best path."""
    steps = np.arange(trace.spec.steps)
    return int(np.argmax(trace.posteriors[steps, trace.likely] - trace.posteriors[steps, trace.path])) + 1


def _nearly(share: float) -> str:
    """A share as per cent that is not all, however little is missing: something else is possible."""
    return percent(min(share, 0.999))


def _names(trace: Trace, path: np.ndarray) -> list[str]:
    return [trace.spec.model.states[state] for state in path]
