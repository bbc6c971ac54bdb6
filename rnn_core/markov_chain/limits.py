"""Where a chain is in the long run, and how fast it comes near: linear algebra on its transition matrix.

- A recurrent class has exactly one stationary distribution, π = πP. It is found by state reduction, which is
  Gaussian elimination without a subtraction, so that no digit is lost however rarely the chain moves
  (Grassmann, Taksar and Heyman 1985).
- Probabilities h of ending in a recurrent class solve h = Ph, with h = 1 in the class and 0 in the others
  (Norris 1997, theorem 1.3.2); numbers of steps until then solve k = 1 + Pk. State reduction finds them, too:
  an end that can't be reached has a probability of exactly 0, and a state that is hardly ever left does no harm.
- P has the eigenvalue 1 once for each recurrent class. The largest modulus |λ₂| among the others is the share of
  the distance to the limit that a step leaves in the long run (Levin and Peres 2017, section 12.2).
"""

import numpy as np

from rnn_core.markov_chain.classes import StateClass


def stationary_of(transitions: np.ndarray) -> np.ndarray:
    """Return the stationary distribution (N,) of an irreducible chain (N, N)."""
    reduced = transitions.astype(float).copy()
    N = len(reduced)
    for k in range(N - 1, 0, -1):
        reduced[:k, k] /= reduced[k, :k].sum()
        reduced[:k, :k] += np.outer(reduced[:k, k], reduced[k, :k])
    weights = np.ones(N)
    for k in range(1, N):
        weights[k] = weights[:k] @ reduced[:k, k]
        weights[: k + 1] /= weights[: k + 1].sum()
    return weights


def stationary_distributions(transitions: np.ndarray, classes: tuple[StateClass, ...]) -> np.ndarray:
    """Return one stationary distribution for each recurrent class, (R, N), 0 outside of it."""
    recurrent = [one.members for one in classes if one.recurrent]
    found = np.zeros((len(recurrent), len(transitions)))
    for row, members in zip(found, recurrent, strict=True):
        row[list(members)] = stationary_of(transitions[np.ix_(members, members)])
    return found


def absorption(transitions: np.ndarray, classes: tuple[StateClass, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities (N, R) of ending in each recurrent class, and the mean steps (N,) until in one."""
    recurrent = [one.members for one in classes if one.recurrent]
    ends, steps = np.zeros((len(transitions), len(recurrent))), np.zeros(len(transitions))
    for r, members in enumerate(recurrent):
        ends[list(members), r] = 1
    transient = [i for one in classes if not one.recurrent for i in one.members]
    inside = transitions[np.ix_(transient, transient)]
    into = [transitions[np.ix_(transient, members)].sum(axis=1) for members in recurrent]
    # The last column is the mean number of steps spent in what has been taken out so far.
    beside = np.column_stack([*into, np.ones(len(transient))])
    for k in range(len(transient) - 1, -1, -1):
        leaves = inside[k, :k].sum() + beside[k, :-1].sum()
        inside[k, :k] /= leaves
        beside[k] /= leaves
        beside[:k] += np.outer(inside[:k, k], beside[k])
        inside[:k, :k] += np.outer(inside[:k, k], inside[k, :k])
    for k, state in enumerate(transient):
        before = transient[:k]
        ends[state] = inside[k, :k] @ ends[before] + beside[k, :-1]
        ends[state] /= ends[state].sum()
        steps[state] = inside[k, :k] @ steps[before] + beside[k, -1]
    return ends, steps


def eigenvalue_moduli(transitions: np.ndarray, classes: tuple[StateClass, ...]) -> np.ndarray:
    """Return the moduli (N,) of all eigenvalues, falling.

    They are those of the diagonal blocks, class by class: taken together, a state that is passed only once
    would be rounded to an eigenvalue that isn't 0. Those of modulus 1 are known beforehand: a recurrent class of
    period d has d of them (Perron and Frobenius).
    """
    moduli: list[float] = []
    for one in classes:
        block = np.sort(np.abs(np.linalg.eigvals(transitions[np.ix_(one.members, one.members)])))[::-1]
        if one.recurrent:
            block[: one.period] = 1
        moduli += np.clip(block, 0, 1).tolist()
    return np.sort(np.array(moduli))[::-1]


def steps_until(transitions: np.ndarray, start: np.ndarray, limit: np.ndarray, near: float, most: int) -> int | None:
    """Return the first t with ½ Σ |π_t - limit| ≤ near, or None where it lies beyond `most`.

    `limit` is stationary, so the distance never grows, and t is found by halving: P² , P⁴, P⁸ …
    """
    if distance(start, limit) <= near:
        return 0
    powers = [transitions]
    while 2 ** len(powers) <= most:
        square = powers[-1] @ powers[-1]
        powers.append(square / square.sum(axis=1, keepdims=True))
    now, steps = start, 0
    for k in range(len(powers) - 1, -1, -1):
        later = now @ powers[k]
        if distance(later, limit) > near:
            now, steps = later, steps + 2**k
    return steps + 1 if steps < most else None


def distance(distribution: np.ndarray, limit: np.ndarray) -> float:
    """Return the total-variation distance, ½ Σ |p - q|, 0 … 1, along the last axis of both."""
    return float(np.abs(distribution - limit).sum() / 2)
