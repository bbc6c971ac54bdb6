"""What is to be seen of a chain, as sentences computed from its numbers."""

from itertools import pairwise

import numpy as np

from rnn_core.markov_chain.classes import StateClass
from rnn_core.markov_chain.letters import SPACE
from rnn_core.markov_chain.paths import PathProbability
from rnn_core.markov_chain.spec import MOST_TYPED
from rnn_core.markov_chain.trace import NEAR, ROUNDING, Trace
from rnn_core.markov_chain.writing import (
    MOST_LISTED,
    braced,
    counted,
    decimal,
    from_log10,
    is_exact,
    rounded,
    significant,
)
from rnn_core.numerals import indexed, listed, percent, set_apart

MOST_TERMS = 5
"""Terms of a sum that a caption writes out."""

NO_DIGITS = 0.01
"""Size of an eigenvalue below which rounding may have made all of it."""

LONGEST_TEXT = 60
"""Letters of a run that a caption spells."""

DIAMONDS = "A bar is the run's share so far, a diamond the long run's."

LABELLED = {4: 0.0, 6: 0.1, MOST_TYPED: 0.2}
"""For a number of states, the least probability whose arrow has its number in the graph."""


def states_of(trace: Trace) -> tuple[str, ...]:
    """Return the names of the states as they stand in a sentence."""
    return tuple(map(set_apart, trace.spec.states))


def names_of(trace: Trace, one: StateClass) -> str:
    """Return the states of a class in braces."""
    return braced([states_of(trace)[i] for i in one.members])


def start_name(trace: Trace) -> str:
    """Return where the chain starts: the name of a state, or what the start is called."""
    certain = np.flatnonzero(trace.start == 1)
    if len(certain):
        return states_of(trace)[certain[0]]
    return "a state drawn at random" if np.ptp(trace.start) < 1e-9 else "the start that is typed"


def least_labelled(states: int) -> float:
    """Return the least probability whose arrow has its number in the graph."""
    return next(least for most, least in LABELLED.items() if states <= most)


def reading(trace: Trace) -> str:
    """Say how the picture of the chain is read."""
    N = len(states_of(trace))
    if N > MOST_TYPED:
        return (
            "A row is the letter that is left, a column the letter that follows; the darker, the more often. "
            "The frame is the step that the slider stands at."
        )
    least = least_labelled(N)
    unlabelled = ((trace.transitions > 0) & (trace.transitions < least)).any()
    left_out = f" Numbers under {least:g} stand in the table only." if unlabelled else ""
    return (
        "An arrow is as thick as its probability, and its number stands near its beginning. "
        f"The filled circle is where the run is, the coloured arrow how it came there.{left_out}"
    )


def headline(trace: Trace) -> str:
    """Say where the chain is in the long run, and what that depends on."""
    states, recurrent = states_of(trace), trace.recurrent
    if len(states) == 1:
        return f"With one state nothing can happen but to stay in {states[0]}. Give the chain another one."
    if len(recurrent) > 1:
        ends = [(share, one) for share, one in zip(trace.start @ trace.absorption, recurrent, strict=True) if share]
        parts = [f"{names_of(trace, one)} with {percent(share)}" for share, one in ends]
        if len(parts) == 1:
            where = f"from {start_name(trace)} it always ends in {names_of(trace, ends[0][1])}"
        else:
            where = f"from {start_name(trace)} it ends in {listed(parts)}"
        return f"This chain has {len(recurrent)} ends, and the start decides: {where}."
    (only,) = recurrent
    if only.period > 1 and trace.settles:
        return (
            f"This chain goes round with period {only.period}. From {start_name(trace)} its probabilities settle all "
            f"the same, since every place in the round is equally likely: {_shares(trace, trace.average)}."
        )
    if only.period > 1:
        return (
            f"This chain goes round with period {only.period}, so it never forgets when it started. "
            f"Only its average over time settles: {_shares(trace, trace.average)}."
        )
    if len(only.members) == 1:
        return f"Wherever this chain starts, it ends in {names_of(trace, only)} and never leaves."
    shares = _shares(trace, trace.average)
    if not trace.irreducible:
        return f"Wherever this chain starts, it ends up inside {names_of(trace, only)}. In the long run: {shares}."
    return f"Wherever this chain starts, its long run is the same: {shares}."


def run_captions(trace: Trace) -> list[str]:
    """Return what has happened in the run, for every stop of its slider."""
    states, path = states_of(trace), trace.path
    first = f"The run starts in {states[path[0]]}. Press play."
    return [first, *(_step(trace, t) for t in range(1, len(path)))]


def about_shares(trace: Trace) -> str:
    """Say how the run's shares of time compare with the stationary distribution."""
    if trace.ended_in is None:
        return (
            f"After {counted(trace.spec.steps, 'step')} this run has not yet come to a class that it can't leave, "
            "so there is nothing yet to compare its shares of time with."
        )
    stationary = trace.stationary[trace.ended_in]
    gaps = np.abs(trace.shares[-1] - stationary)
    largest = int(np.argmax(gaps))
    name = states_of(trace)[largest]
    mine, long_run = percent(trace.shares[-1, largest]), percent(stationary[largest])
    longer = " In longer runs the gap is smaller, as a rule."
    if gaps[largest] < ROUNDING:
        compared, longer = "the shares are exactly those of the long run", ""
    elif mine == long_run:
        compared = "no share is a whole per cent away from the long run"
    else:
        compared = f"the largest gap is at {name}: {mine} of this run, {long_run} in the long run"
    inside = ""
    if len(trace.recurrent) > 1:
        end = names_of(trace, trace.recurrent[trace.ended_in])
        inside = f" The diamonds are those of the class it ended in, {end}."
    return f"After {counted(trace.spec.steps, 'step')} {compared}.{longer}{inside}"


def about_marginals(trace: Trace) -> str:
    """Say what becomes of the marginals from this start."""
    begin = f"From {start_name(trace)}"
    if not trace.settles:
        return (
            f"{begin} the probabilities never settle: they go round and round. "
            "Their average over time does settle, at the marks on the right."
        )
    if trace.distances[0] < ROUNDING:
        return f"{begin} nothing changes: this start is stationary."
    if trace.near_after is None:
        return f"{begin} the probabilities come near their limit, but not in a billion steps."
    if trace.near_after == 0:
        return f"{begin} there is not far to go: this start lies within {percent(NEAR)} of the limit."
    return (
        f"{begin} the probabilities come within {percent(NEAR)} of their limit after "
        f"{counted(trace.near_after, 'step')}."
    )


def about_speed(trace: Trace) -> str:
    """Say how fast the distance falls, by the second eigenvalue."""
    second = trace.second
    if len(states_of(trace)) == 1:
        return "One state has one eigenvalue, 1, and no second one: there is nowhere to come from."
    if max(trace.periods) > 1:
        return (
            "|λ₂| = 1: a periodic chain has other eigenvalues of size 1, so a distance need never fall. "
            "That of the running average does fall, about as 1/t."
        )
    if len(trace.recurrent) == len(states_of(trace)):
        return "Every eigenvalue is 1: the chain stays wherever it starts, and there is no distance to fall."
    if second < NO_DIGITS:
        # Rounding makes it a little more than 0 where it is 0.
        return f"|λ₂| is under {NO_DIGITS:g}: after a few steps next to nothing of the distance is left."
    if second > 1 - 1e-9:
        return "|λ₂| can't be told from 1: a distance takes hundreds of millions of steps to halve, or more."
    often = _halves(float(np.log(0.5) / np.log(second)))
    return (
        f"|λ₂| = {_near_one(second)}: in the long run each step leaves at most about that share of the distance, "
        f"which {often}. On this scale that is a straight line."
    )


def has_transient(trace: Trace) -> bool:
    """Tell whether some state is left for good."""
    return not all(one.recurrent for one in trace.classes)


def about_classes(trace: Trace) -> str:
    """Say whether the chain is irreducible and aperiodic, and what follows."""
    states, recurrent = states_of(trace), trace.recurrent
    transient = [i for one in trace.classes if not one.recurrent for i in one.members]
    if trace.irreducible:
        kind = "Irreducible: every state leads to every other, so there is exactly one stationary distribution. "
        period = trace.periods[0]
        if period == 1:
            return f"{kind}Aperiodic: after some steps it may be anywhere at any time, so every start comes to it."
        return f"{kind}{_period(trace, recurrent[0])}"
    if len(recurrent) == 1:
        kind = (
            f"Reducible: {_left(states, transient)} left for good, and {names_of(trace, recurrent[0])} is never left. "
        )
        kind += "There is one class that can't be left, so there is one stationary distribution. "
    else:
        classes = listed([names_of(trace, one) for one in recurrent])
        left = f"; {_left(states, transient)} left for good" if transient else ""
        kind = f"Reducible: {classes} are never left again{left}. "
        kind += (
            f"Each of the {len(recurrent)} has a stationary distribution of its own, and so has every mixture of them. "
        )
    periodic = [one for one in recurrent if one.period > 1]
    if periodic:
        return kind + " ".join(_period(trace, one) for one in periodic)
    if len(recurrent) == 1:
        return f"{kind}It is aperiodic, so every start comes to it."
    return kind + _two_ends(trace)


def about_path(found: PathProbability) -> str:
    """Write a path's probability as a product, with its numbers."""
    if found.impossible:
        k = found.impossible[0]
        if k == 0:
            why = f"the chain doesn't start in {_names(found)[0]}"
        else:
            why = f"there is no step from {_names(found)[k - 1]} to {_names(found)[k]}"
        return f"{_product(found)} = 0. The path can't happen: {why}."
    log10 = found.log_probability / np.log(10)
    equals, probability = "≈", from_log10(log10)
    if all(is_exact(number, 4) for number in (*found.factors, found.probability)) and found.probability:
        equals, probability = "=", decimal(found.probability, 4)
    elif log10 > -4:
        probability = significant(found.probability, 3)
    times = ""
    if log10 < -2 and log10 > -15:
        times = f" About once in {rounded(1 / found.probability)} runs."
    if len(_names(found)) == 1:
        return f"P({_names(found)[0]}) {equals} {probability}.{times}"
    return f"{_product(found)} {equals} {probability}.{times}"


def on_path(found: PathProbability) -> str:
    """Write a path's probability as the formula has it, with its states."""
    names = _names(found)
    if len(names) > 8:
        return f"P({', '.join(names[:3])}, …, {names[-1]}) = P({names[0]}) × P({names[1]} | {names[0]}) × …"
    if len(names) == 1:
        return f"P({names[0]}) is the probability that the chain starts there."
    steps = [f"P({later} | {name})" for name, later in pairwise(names)]
    return f"P({', '.join(names)}) = {' × '.join([f'P({names[0]})', *steps])}"


def marginal_captions(trace: Trace) -> list[str]:
    """Write, for every t, one marginal as a sum over the states before: that of the state of the longest stay."""
    states, j = states_of(trace), int(np.argmax(trace.average.round(9)))
    captions = [f"π₀({states[j]}) = {decimal(trace.start[j])}: the chain starts in {start_name(trace)}."]
    for t in range(1, len(trace.marginals)):
        before, into = trace.marginals[t - 1], trace.transitions[:, j]
        largest = [i for i in np.argsort(-before * into, kind="stable") if before[i] * into[i] >= 0.0005]
        terms = [f"{decimal(before[i])}·{decimal(into[i])}" for i in largest[:MOST_TERMS]]
        value = trace.marginals[t, j]
        name = f"{indexed('π', t)}({states[j]})"
        if not value:
            captions.append(f"{name} = 0: no step leads there from where it may be at step {t - 1}.")
        elif not terms:
            captions.append(f"{name} ≈ {significant(value)}: it is hardly ever there at that step.")
        else:
            all_terms = len(terms) == np.count_nonzero(before * into)
            written = (*before[largest], *into[largest], value)
            equals = "=" if all_terms and all(map(is_exact, written)) else "≈"
            more = "" if all_terms else " + …"
            captions.append(f"{name} = {' + '.join(terms)}{more} {equals} {decimal(value)}.")
    return captions


def _step(trace: Trace, t: int) -> str:
    states, path, shares = states_of(trace), trace.path, trace.shares
    i, j = path[t - 1], path[t]
    chance = decimal(trace.transitions[i, j])
    moved = f"stays in {states[j]}" if i == j else f"{states[i]} → {states[j]}"
    head = f"Step {t}: {moved}, which had probability {chance}."
    if len(states) > MOST_TYPED:
        return f"{head} So far: “{spelled(trace.spec.states, path[: t + 1])}”"
    if len(states) > MOST_LISTED:
        return f"{head} So far {percent(shares[t, j])} of the time in {states[j]}."
    parts = [f"{name} {percent(share)}" for name, share in zip(states, shares[t], strict=True)]
    return f"{head} So far: {', '.join(parts)}."


def spelled(states: tuple[str, ...], path: np.ndarray) -> str:
    """Return the last letters of a run of letters."""
    text = "".join(states[i] for i in path).replace(SPACE, " ")
    return text if len(text) <= LONGEST_TEXT else f"…{text[-LONGEST_TEXT:]}"


def _shares(trace: Trace, distribution: np.ndarray) -> str:
    names = states_of(trace)
    inside = [i for i in np.argsort(-distribution, kind="stable") if distribution[i] > 0]
    if len(inside) <= MOST_LISTED:
        return listed([f"{names[i]} {percent(distribution[i])}" for i in sorted(inside)])
    top = [i for i in inside if distribution[i] > distribution[inside[0]] - ROUNDING]
    share = percent(distribution[top[0]])
    if len(top) == len(inside):
        return f"each of {len(top)} states {share}"
    if len(top) > MOST_LISTED:
        return f"most often {len(top)} states, with {share} each"
    if len(top) > 1:
        return f"most often {listed([names[i] for i in top])}, with {share} each"
    second = percent(distribution[inside[1]])
    if second == share:
        return f"most often {names[inside[0]]}, then {names[inside[1]]}, both about {share}"
    return f"most often {names[inside[0]]} ({share}), then {names[inside[1]]} ({second})"


def _period(trace: Trace, one: StateClass) -> str:
    """Say what a period does: in which states the chain can be at which time."""
    phases = [
        braced([states_of(trace)[i] for i, phase in zip(one.members, one.phases, strict=True) if phase == k])
        for k in range(one.period)
    ]
    return (
        f"Period {one.period}: it goes {' → '.join(phases)} and round again. Starts in two of these never meet, so "
        "there is no limit; the average over a whole period does converge, to the stationary distribution."
    )


def _left(states: tuple[str, ...], transient: list[int]) -> str:
    return f"{braced([states[i] for i in transient])} {'is' if len(transient) == 1 else 'are'}"


def _two_ends(trace: Trace) -> str:
    """Take two starts that end most differently, so that there can't be one limit."""
    ends = trace.absorption
    gaps = np.abs(ends[:, None] - ends[None]).max(axis=2)
    transient = [i for one in trace.classes if not one.recurrent for i in one.members]
    if len(transient) > 1 and gaps[np.ix_(transient, transient)].max() > 0.02:
        # Two starts that are left for good say more than two ends.
        place = np.unravel_index(np.argmax(gaps[np.ix_(transient, transient)]), (len(transient), len(transient)))
        i, j = transient[place[0]], transient[place[1]]
    else:
        i, j = (int(k) for k in np.unravel_index(np.argmax(gaps), gaps.shape))
    r = int(np.argmax(np.abs(ends[i] - ends[j])))
    end, names = names_of(trace, trace.recurrent[r]), states_of(trace)
    return (
        f"So no limit holds for all starts: from {names[i]} it ends in {end} with {percent(ends[i, r])}, "
        f"from {names[j]} with {percent(ends[j, r])}."
    )


def _near_one(value: float) -> str:
    return decimal(value) if value < 0.9995 else f"1 − {significant(1 - value)}"


def _names(found: PathProbability) -> list[str]:
    return [set_apart(name) for name in found.names]


def _product(found: PathProbability) -> str:
    factors = [decimal(factor, 4) for factor in found.factors]
    if len(factors) > 12:
        factors = [*factors[:10], "…", factors[-1]]
    return " × ".join(factors)


def _halves(steps: float) -> str:
    """Say what a distance does that takes so many steps to halve."""
    if steps < 0.95:
        return "more than halves at every step"
    if steps < 1.05:
        return "about halves at every step"
    return f"halves about every {significant(steps) if steps < 100 else rounded(steps)} steps"
