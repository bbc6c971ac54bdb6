"""The classes of a chain: which states lead to one another, which of them are left for good, and periods.

States that can be reached from each other are one class. A class that can't be left is recurrent, any other
is transient (Norris 1997, theorems 1.5.5 and 1.5.6 for finite chains). The period of a state is the greatest
common divisor of all numbers of steps in which the chain can return to it, and is the same in all of a class.
"""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class StateClass:
    """States that lead to one another.

    Attributes:
        members: numbers of its states, rising.
        recurrent: whether it can't be left.
        period: of its states; 0 for a single state that the chain never returns to.
        phases: for every member, how many steps modulo the period it lies behind the first one.

    """

    members: tuple[int, ...]
    recurrent: bool
    period: int
    phases: tuple[int, ...]


def classes_of(transitions: np.ndarray) -> tuple[StateClass, ...]:
    """Return the classes of a chain (N, N): recurrent ones first, then by their first state."""
    import networkx  # here, because a page without a graph does without it

    graph = networkx.DiGraph()
    graph.add_nodes_from(range(len(transitions)))
    graph.add_edges_from(np.argwhere(transitions > 0).tolist())
    kept = [frozenset(members) for members in networkx.attracting_components(graph)]
    found = []
    for component in networkx.strongly_connected_components(graph):
        members = tuple(sorted(component))
        inside = graph.subgraph(component)
        # Every edge closes a cycle with the shortest ways to its ends, and these lengths generate all others.
        steps = networkx.single_source_shortest_path_length(inside, members[0])
        period = math.gcd(*(steps[i] + 1 - steps[j] for i, j in inside.edges))
        phases = tuple(steps[i] % period if period else 0 for i in members)
        found.append(StateClass(members, frozenset(component) in kept, period, phases))
    return tuple(sorted(found, key=lambda one: (not one.recurrent, one.members)))


def reached_from(transitions: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return which states (N,) the chain can ever be in, from a start (N,)."""
    reached = start > 0
    for _ in transitions:
        reached = reached | (reached @ transitions > 0)
    return reached
