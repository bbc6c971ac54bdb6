"""Every path of hidden states, one by one: the oracle of the hidden Markov model's algorithms where they are few."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from hypothesis import strategies as st


@dataclass(frozen=True, eq=False)
class EveryPath:
    """All N^T paths of one sequence, with log P(Y, path)."""

    paths: np.ndarray  # (P, T)
    log_probabilities: np.ndarray  # (P,)
    states: int

    def log_likelihood(self):
        top = self.log_probabilities.max()
        return top if top == -np.inf else top + np.log(np.exp(self.log_probabilities - top).sum())

    def shares(self):
        """P(path | Y), all 0 where Y is impossible."""
        total = self.log_likelihood()
        return np.exp(self.log_probabilities - (0.0 if total == -np.inf else total))

    def posteriors(self):
        is_in = self.paths[:, :, None] == np.arange(self.states)
        return np.einsum("p,pti->ti", self.shares(), is_in)

    def transitions(self):
        is_in = (self.paths[:, :, None] == np.arange(self.states)).astype(float)
        return np.einsum("p,pti,ptj->ij", self.shares(), is_in[:, :-1], is_in[:, 1:])


def every_path(start, transitions, log_likelihoods):
    steps, states = log_likelihoods.shape
    paths = np.array(list(product(range(states), repeat=steps)))
    with np.errstate(divide="ignore"):
        log_start, log_transitions = np.log(start), np.log(transitions)
    found = log_start[paths[:, 0]] + log_likelihoods[np.arange(steps), paths].sum(axis=1)
    found = found + log_transitions[paths[:, :-1], paths[:, 1:]].sum(axis=1)
    return EveryPath(paths, found, states)


def random_parameters(seed, states, steps, *, zeros=False, tiny=False, spread=1.0):
    """π, A and log b_i(y_t); with zeros in all three, with probabilities down to 1e-300, likelihoods e^±spread."""
    random = np.random.default_rng(seed)

    def distributions(*shape):
        rows = random.dirichlet(np.ones(shape[-1]), shape[:-1])
        if tiny:
            rows = np.where(random.random(shape) < 0.3, 1e-300, rows)
        if zeros:
            rows = np.where(random.random(shape) < 0.4, 0.0, rows)
        empty = rows.sum(axis=-1, keepdims=True) == 0
        rows = np.where(empty, np.eye(shape[-1])[0], rows)
        return rows / rows.sum(axis=-1, keepdims=True)

    log_likelihoods = spread * random.normal(size=(steps, states))
    if zeros:
        log_likelihoods[random.random((steps, states)) < 0.15] = -np.inf
    return distributions(states), distributions(states, states), log_likelihoods


SMALL = st.tuples(st.integers(1, 5), st.integers(1, 7)).filter(lambda size: size[0] ** size[1] <= 5_000)
"""States and steps whose paths can be written down."""
