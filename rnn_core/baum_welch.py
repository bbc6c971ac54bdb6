"""Learning the parameters of a hidden Markov model from observations alone: Baum–Welch, which is EM.

Every round takes the posteriors of states and transitions under the model it has (the E-step, `forward_backward`),
and then the parameters that fit these best (the M-step; Rabiner, 1989, equations 40, 52–54 and, for many sequences,
109–110). The likelihood of the observations can't fall, variances held above a floor included, see `emissions`.
It ends in an optimum near the start, which need not be the best one; which state bears which number is chance.
"""

from dataclasses import dataclass, replace

import numpy as np

from rnn_core.emissions import Categorical, Emissions, Gaussian, GaussianMixture
from rnn_core.errors import InputError
from rnn_core.forward_backward import ForwardBackward, forward_backward
from rnn_core.hidden_markov_model import HiddenMarkovModel
from rnn_core.recursions import as_lengths

_LIGHT = 1e-100  # a state with less expected visits keeps its row of transitions

VARIANCE_FLOOR = 1e-3
"""Of the variance in any direction, in squared units of the observations."""


@dataclass(frozen=True, eq=False)
class BaumWelch:
    """A run of R rounds; `...` is any number of axes: starts side by side."""

    models: tuple[HiddenMarkovModel, ...]  # R+1, the start first, with its variances raised to the floor
    log_likelihoods: np.ndarray  # (R+1, ...), log P(Y | model), summed over the sequences; never falling


def baum_welch(
    model: HiddenMarkovModel,
    observations: np.ndarray,
    lengths: np.ndarray | None = None,
    rounds: int = 100,
    tolerance: float = 1e-4,
    variance_floor: float = VARIANCE_FLOOR,
) -> BaumWelch:
    """Learn from one sequence or several.

    Args:
        model: the start; with leading axes, several starts that learn side by side.
        observations: symbols (T,) or numbers (T, D) of all sequences, one after the other.
        lengths: (S,), of the sequences; None takes all observations as one.
        rounds: at most so many.
        tolerance: a start whose log-likelihood gains no more than this keeps its parameters from then on; when all
            do, the run ends.
        variance_floor: of the covariances of Gaussian emissions.

    Raises `InputError` where a start can't have made the observations.

    """
    lengths = as_lengths(lengths, len(observations))
    now = replace(model, emissions=model.emissions.raised(variance_floor))
    found = expectations(now, observations, lengths)
    likelihood = found.log_likelihood.sum(axis=-1)
    if not np.isfinite(likelihood).all():
        raise InputError("the start can't have made these observations: their likelihood is zero")
    models, likelihoods = [now], [likelihood]
    learning = np.full(likelihood.shape, True)
    for _ in range(rounds):
        after = maximised(now, found, observations, lengths, variance_floor)
        found = expectations(after, observations, lengths)
        gain = found.log_likelihood.sum(axis=-1) - likelihood
        # At an optimum, rounding may turn the last gain into a loss: then the parameters before are as good.
        learning = learning & (gain > 0)
        now = _where(learning, after, now)
        likelihood = np.where(learning, likelihood + gain, likelihood)
        if not learning.any():
            break
        models.append(now)
        likelihoods.append(likelihood)
        learning = learning & (gain > tolerance)
        if not learning.any():
            break
    return BaumWelch(tuple(models), np.array(likelihoods))


def expectations(model: HiddenMarkovModel, observations: np.ndarray, lengths: np.ndarray) -> ForwardBackward:
    """Return the posteriors under a model: the E-step."""
    return forward_backward(model.start, model.transitions, model.emissions.log_likelihoods(observations), lengths)


def maximised(
    model: HiddenMarkovModel,
    found: ForwardBackward,
    observations: np.ndarray,
    lengths: np.ndarray,
    variance_floor: float,
) -> HiddenMarkovModel:
    """Return the parameters that fit best to the posteriors: the M-step."""
    firsts = np.cumsum(lengths) - lengths
    start = found.posteriors[..., firsts, :].sum(axis=-2)
    leaving = found.transitions.sum(axis=-1, keepdims=True)
    transitions = np.where(leaving > _LIGHT, found.transitions / np.maximum(leaving, _LIGHT), model.transitions)
    return HiddenMarkovModel(
        start=start / start.sum(axis=-1, keepdims=True),
        transitions=transitions,
        emissions=model.emissions.fitted(observations, found.posteriors, variance_floor),
    )


def random_model(
    kind: type[Emissions],
    states: int,
    observations: np.ndarray,
    seed: int,
    *,
    symbols: int = 0,
    components: int = 1,
    starts: int = 0,
) -> HiddenMarkovModel:
    """Draw a start for learning.

    Probabilities are uniform over all distributions (none is 0, which would stay 0 for ever). Means are
    observations, each likelier the farther it lies from those already taken; covariances, that of all observations.

    Args:
        kind: `Categorical`, `Gaussian` or `GaussianMixture`.
        states: N.
        observations: symbols (T,) or numbers (T, D).
        seed: of the draw.
        symbols: M, for `Categorical`.
        components: K, for `GaussianMixture`.
        starts: R of them side by side; 0 gives one without that axis.

    """
    generator = np.random.default_rng(seed)
    leading = (starts,) if starts else ()
    start = generator.dirichlet(np.ones(states), size=leading)
    transitions = generator.dirichlet(np.ones(states), size=(*leading, states))
    emissions: Emissions
    if kind is Categorical:
        emissions = Categorical(generator.dirichlet(np.ones(symbols), size=(*leading, states)))
    else:
        vectors = np.asarray(observations, dtype=float)
        size = vectors.shape[1]
        components = components if kind is GaussianMixture else 1
        means = np.array([_spread(vectors, states * components, generator) for _ in range(max(starts, 1))])
        covariance = np.cov(vectors.T, bias=True).reshape(size, size)
        if kind is Gaussian:
            shape = (*leading, states, size)
            emissions = Gaussian(means.reshape(shape), np.broadcast_to(covariance, (*shape, size)).copy())
        else:
            shape = (*leading, states, components, size)
            weights = generator.dirichlet(np.ones(components), size=(*leading, states))
            emissions = GaussianMixture(
                weights, means.reshape(shape), np.broadcast_to(covariance, (*shape, size)).copy()
            )
    return HiddenMarkovModel(start, transitions, emissions)


def _spread(vectors: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """Draw rows that lie apart, as k-means++ does (Arthur & Vassilvitskii, 2007), (count, D)."""
    taken = [vectors[generator.integers(len(vectors))]]
    nearest = np.full(len(vectors), np.inf)
    for _ in range(count - 1):
        nearest = np.minimum(nearest, ((vectors - taken[-1]) ** 2).sum(axis=1))
        total = nearest.sum()
        taken.append(vectors[generator.choice(len(vectors), p=nearest / total if total > 0 else None)])
    return np.array(taken)


def _where(mask: np.ndarray, one: HiddenMarkovModel, other: HiddenMarkovModel) -> HiddenMarkovModel:
    """Return the parameters of one model where the mask (...) holds, and of the other elsewhere."""
    if mask.all():
        return one

    def chosen(field: np.ndarray, instead: np.ndarray) -> np.ndarray:
        return np.where(mask.reshape(mask.shape + (1,) * (field.ndim - mask.ndim)), field, instead)

    there = vars(other.emissions)
    emissions = {name: chosen(field, there[name]) for name, field in vars(one.emissions).items()}
    return HiddenMarkovModel(
        chosen(one.start, other.start),
        chosen(one.transitions, other.transitions),
        type(one.emissions)(**emissions),
    )
