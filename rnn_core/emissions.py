"""What hidden states give out: symbols, Gaussian vectors, or vectors from a mixture of Gaussians.

Each kind knows the log-probability (of vectors: the log-density) of observations in every state, how to draw from
it, and which parameters fit best to observations of which it is only known how likely each state made them, the
M-step of Baum–Welch (Rabiner, 1989, equations 40c and 52–54). The mixture is b_j(y) = Σ_l c_jl N(y; μ_jl, Σ_jl),
the same j on both sides.

Fitting covariances takes a floor: no variance in any direction becomes smaller. The eigenvalues of the best
covariance are raised to it, which is exactly the best among the covariances that keep to the floor, so a step never
loses likelihood. Without a floor a state or component could sit on one observation, and its density would grow
without limit.

Shapes: T observations, N states, M symbols, K components, D dimensions; `...` is any number of axes: models side by
side.
"""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from rnn_core.errors import InputError
from rnn_core.recursions import log_of, log_sum

_LIGHT = 1e-100
"""A state or component with less expected observations than this keeps its parameters: they hardly matter to it."""


class Emissions(Protocol):
    """What the algorithms ask of a kind of emissions."""

    def log_likelihoods(self, observations: np.ndarray) -> np.ndarray:
        """Return log b_i(y_t), (..., T, N)."""

    def sample(self, states: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Draw an observation for each state of (T,)."""

    def fitted(self, observations: np.ndarray, posteriors: np.ndarray, variance_floor: float) -> Self:
        """Return the parameters that fit best where γ_t(i) is (..., T, N)."""

    def raised(self, variance_floor: float) -> Self:
        """Return the same with variances below the floor raised to it."""


@dataclass(frozen=True, eq=False)
class Categorical:
    """One of M symbols, written 0 … M−1."""

    probabilities: np.ndarray  # (..., N, M), B: b_ik = P(y_t = k | z_t = i)

    def log_likelihoods(self, observations: np.ndarray) -> np.ndarray:
        """Return log b_i(y_t), (..., T, N), of symbols (T,). Raises `InputError` for a symbol that B doesn't have."""
        symbols = np.asarray(observations)
        count = self.probabilities.shape[-1]
        if symbols.size and not (symbols.min() >= 0 and symbols.max() < count):
            raise InputError(f"symbols must be numbers from 0 to {count - 1}, got {symbols.min()} to {symbols.max()}")
        return np.swapaxes(log_of(self.probabilities).take(symbols, axis=-1), -1, -2)

    def sample(self, states: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Draw a symbol for each state of (T,)."""
        return _draw(self.probabilities[states], generator)

    def fitted(self, observations: np.ndarray, posteriors: np.ndarray, variance_floor: float) -> "Categorical":
        """Return the shares of the symbols in every state, b_ik = Σ_t γ_t(i) [y_t = k] / Σ_t γ_t(i)."""
        count = self.probabilities.shape[-1]
        weights = np.swapaxes(posteriors, -1, -2)
        rows = weights.reshape(-1, weights.shape[-1])
        places = np.asarray(observations) + count * np.arange(len(rows))[:, None]
        counts = np.bincount(places.ravel(), rows.ravel(), count * len(rows)).reshape(*weights.shape[:-1], count)
        total = counts.sum(axis=-1, keepdims=True)
        return Categorical(np.where(total > _LIGHT, counts / np.maximum(total, _LIGHT), self.probabilities))

    def raised(self, variance_floor: float) -> "Categorical":
        """Return itself: symbols have no variance."""
        return self


@dataclass(frozen=True, eq=False)
class Gaussian:
    """A vector of D numbers from one normal distribution a state."""

    means: np.ndarray  # (..., N, D)
    covariances: np.ndarray  # (..., N, D, D)

    def log_likelihoods(self, observations: np.ndarray) -> np.ndarray:
        """Return log b_i(y_t), (..., T, N), log-densities of vectors (T, D).

        Raises `InputError` for observations that are no numbers, and for covariances that are not positive definite.
        """
        vectors = _checked(observations, self.means.shape[-1])
        try:
            # With Σ = L Lᵀ: (y − μ)ᵀ Σ⁻¹ (y − μ) = |L⁻¹ (y − μ)|², and det Σ is the squared product of L's diagonal.
            lower = np.linalg.cholesky(self.covariances)
        except np.linalg.LinAlgError:
            raise InputError("covariances must be positive definite") from None
        roots = np.linalg.inv(lower)
        squares = np.zeros((*self.means.shape[:-1], len(vectors)))
        apart = vectors.T - self.means[..., None]  # (..., N, D, T)
        for row in np.moveaxis(roots, -2, 0):
            squares += (row[..., None] * apart).sum(axis=-2) ** 2
        norm = 0.5 * vectors.shape[1] * np.log(2 * np.pi) - np.log(np.diagonal(roots, axis1=-2, axis2=-1)).sum(axis=-1)
        return np.swapaxes(-0.5 * squares - norm[..., None], -1, -2)

    def sample(self, states: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Draw a vector for each state of (T,), together (T, D)."""
        lower = np.linalg.cholesky(self.covariances)
        noise = generator.standard_normal((len(states), self.means.shape[-1], 1))
        return self.means[states] + (lower[states] @ noise)[..., 0]

    def fitted(self, observations: np.ndarray, posteriors: np.ndarray, variance_floor: float) -> "Gaussian":
        """Return weighted means and covariances, the latter raised to the floor."""
        vectors = _checked(observations, self.means.shape[-1])
        weights = np.swapaxes(posteriors, -1, -2)[..., None]  # (..., N, T, 1)
        total = weights.sum(axis=-2)
        counts = total > _LIGHT
        share = weights / np.maximum(total, _LIGHT)[..., None]
        means = np.where(counts, (share * vectors).sum(axis=-2), self.means)
        apart = vectors - means[..., None, :]
        covariances = np.swapaxes(share * apart, -1, -2) @ apart
        covariances = _raised(covariances, variance_floor)
        return Gaussian(means, np.where(counts[..., None], covariances, self.covariances))

    def raised(self, variance_floor: float) -> "Gaussian":
        """Return the same with variances below the floor raised to it."""
        return Gaussian(self.means, _raised(self.covariances, variance_floor))


@dataclass(frozen=True, eq=False)
class GaussianMixture:
    """A vector of D numbers from one of K normal distributions, which the state chooses by its weights."""

    weights: np.ndarray  # (..., N, K), c_jl
    means: np.ndarray  # (..., N, K, D)
    covariances: np.ndarray  # (..., N, K, D, D)

    def log_likelihoods(self, observations: np.ndarray) -> np.ndarray:
        """Return log b_i(y_t), (..., T, N), as `Gaussian.log_likelihoods` does."""
        return log_sum(self._by_component(observations), axis=-1)

    def sample(self, states: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """Draw a vector for each state of (T,), together (T, D)."""
        components = _draw(self.weights[states], generator)
        return self._flat().sample(states * self.weights.shape[-1] + components, generator)

    def component_posteriors(self, observations: np.ndarray) -> np.ndarray:
        """Return P(component l | z_t = j, y_t), (..., T, N, K)."""
        joint = self._by_component(observations)
        return np.exp(joint - log_sum(joint, axis=-1)[..., None])

    def fitted(self, observations: np.ndarray, posteriors: np.ndarray, variance_floor: float) -> "GaussianMixture":
        """Return weights, means and covariances that fit best, the latter raised to the floor."""
        shares = posteriors[..., None] * self.component_posteriors(observations)
        by_state = shares.sum(axis=-3)
        total = by_state.sum(axis=-1, keepdims=True)
        weights = np.where(total > _LIGHT, by_state / np.maximum(total, _LIGHT), self.weights)
        flat = shares.reshape(*shares.shape[:-2], -1)
        fitted = self._flat().fitted(observations, flat, variance_floor)
        return GaussianMixture(
            weights, fitted.means.reshape(self.means.shape), fitted.covariances.reshape(self.covariances.shape)
        )

    def raised(self, variance_floor: float) -> "GaussianMixture":
        """Return the same with variances below the floor raised to it."""
        return GaussianMixture(self.weights, self.means, _raised(self.covariances, variance_floor))

    def _flat(self) -> Gaussian:
        """All components of all states in one row, N·K."""
        leading, size = self.means.shape[:-3], self.means.shape[-1]
        return Gaussian(self.means.reshape(*leading, -1, size), self.covariances.reshape(*leading, -1, size, size))

    def _by_component(self, observations: np.ndarray) -> np.ndarray:
        """Return log c_jl N(y_t; μ_jl, Σ_jl), (..., T, N, K)."""
        density = self._flat().log_likelihoods(observations)
        return density.reshape(*density.shape[:-1], *self.weights.shape[-2:]) + log_of(self.weights)[..., None, :, :]


def _checked(observations: np.ndarray, size: int) -> np.ndarray:
    """Return observations as vectors (T, D)."""
    vectors = np.asarray(observations, dtype=float)
    if vectors.ndim != 2 or vectors.shape[1] != size:
        raise InputError(f"observations must be rows of {size} numbers, got the shape {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise InputError("observations must be finite numbers")
    return vectors


def _raised(covariances: np.ndarray, floor: float) -> np.ndarray:
    """Return covariances (..., D, D) whose eigenvalues are at least the floor; those that are so stay as they are."""
    values, vectors = np.linalg.eigh(covariances)
    low = values.min(axis=-1) < floor
    lifted = (vectors * np.maximum(values, floor)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    return np.where(low[..., None, None], (lifted + np.swapaxes(lifted, -1, -2)) / 2, covariances)


def _draw(probabilities: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Draw the number of a column from every row (T, M)."""
    sums = probabilities.cumsum(axis=-1)
    places = generator.random((len(sums), 1)) * sums[:, -1:]
    drawn: np.ndarray = (sums <= places).sum(axis=-1)
    return drawn
