"""The numbers behind the pictures, as columns."""

from typing import Any

from rnn_core.markov_chain.letters import Counted
from rnn_core.markov_chain.paths import PathProbability
from rnn_core.markov_chain.sentences import names_of
from rnn_core.markov_chain.trace import Trace
from rnn_core.markov_chain.writing import decimal

Table = dict[str, list[Any]]


def transitions_table(trace: Trace) -> Table:
    """Return a row a state: its probabilities, and the long-run average."""
    states = trace.spec.states
    columns: Table = {"from": list(states)}
    columns |= {f"to {name}": column.tolist() for name, column in zip(states, trace.transitions.T, strict=True)}
    return columns | {"long-run average": trace.average.tolist()}


def run_table(trace: Trace) -> Table:
    """Return a row a step: the state of the run, and the share of every state so far."""
    states = trace.spec.states
    columns: Table = {"step": list(range(len(trace.path))), "state": [states[i] for i in trace.path]}
    return columns | {f"share of {name}": column.tolist() for name, column in zip(states, trace.shares.T, strict=True)}


def marginals_table(trace: Trace) -> Table:
    """Return a row a step: the probability of every state."""
    columns: Table = {"step": list(range(len(trace.marginals)))}
    return columns | {name: column.tolist() for name, column in zip(trace.spec.states, trace.marginals.T, strict=True)}


def distances_table(trace: Trace) -> Table:
    """Return a row a step: how far the marginals are from the long-run average, and |λ₂|^t."""
    steps = range(len(trace.distances))
    return {
        "step": list(steps),
        "distance": trace.distances.tolist(),
        "from the farthest start": trace.farthest.tolist(),
        "of the running average": trace.running_distances.tolist(),
        "|λ₂|^t": [trace.second**t for t in steps],
    }


def powers_table(trace: Trace) -> Table:
    """Return a row a start: where the average of its marginals goes, and the mean steps until it can't be left."""
    states = trace.spec.states
    columns: Table = {"start": list(states)}
    columns |= {f"average at {name}": column.tolist() for name, column in zip(states, trace.averages.T, strict=True)}
    return columns | {"mean steps until in a recurrent class": trace.mean_steps.tolist()}


def classes_table(trace: Trace) -> Table:
    """Return a row a class: its states, whether it can be left, its period."""
    return {
        "class": [names_of(trace, one) for one in trace.classes],
        "kind": ["recurrent" if one.recurrent else "transient" for one in trace.classes],
        "period": [str(one.period) if one.period else "never comes back" for one in trace.classes],
        "long run": [_long_run(trace, r) for r in range(len(trace.classes))],
    }


def ends_table(trace: Trace) -> Table:
    """Return a row a transient state: the probability of every end, and the mean number of steps until there."""
    transient = sorted(i for one in trace.classes if not one.recurrent for i in one.members)
    columns: Table = {"start": [trace.spec.states[i] for i in transient]}
    for r, one in enumerate(trace.recurrent):
        columns[f"ends in {names_of(trace, one)}"] = trace.absorption[transient, r].tolist()
    return columns | {"mean steps": trace.mean_steps[transient].tolist()}


def path_table(found: PathProbability) -> Table:
    """Return a row a factor of a path's probability."""
    names = found.names
    given = ["start", *(f"after {name}" for name in names[:-1])]
    return {"state": list(names), "given": given, "probability": found.factors.tolist()}


def counts_table(counted: Counted) -> Table:
    """Return a row a letter: how often each other follows it."""
    columns: Table = {"letter": list(counted.states)}
    columns |= {f"then {name}": column.tolist() for name, column in zip(counted.states, counted.counts.T, strict=True)}
    return columns


def _long_run(trace: Trace, k: int) -> str:
    """The stationary distribution of class k, or nothing for a transient one."""
    one = trace.classes[k]
    if not one.recurrent:
        return "0"
    shares = [decimal(share) for share in trace.stationary[k][list(one.members)]]
    return ", ".join(shares) if len(shares) <= 8 else "as often as in the text"
