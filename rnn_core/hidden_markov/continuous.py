"""Learning states from numbers: Gaussian mixtures, Baum–Welch over its rounds, and the decoded path.

Every state emits numbers from a mixture of normal distributions, b_j(y) = Σ_l c_jl N(y; μ_jl, Σ_jl). Shapes: F stops
of the slider, T steps, D dimensions (one or two), N states, K components.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from rnn_core.baum_welch import baum_welch, random_model
from rnn_core.emissions import GaussianMixture
from rnn_core.errors import InputError
from rnn_core.hidden_markov.series import Rows
from rnn_core.hidden_markov_model import HiddenMarkovModel
from rnn_core.viterbi import viterbi

ROUNDS: Final = (0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40)
"""Stops of the slider."""

MOST_STATES: Final = 6
MOST_COMPONENTS: Final = 4
FLOOR: Final = 1e-3
"""Least variance in any direction, as a share of the variance of all numbers."""

CURVE: Final = 81  # points of a density, apart from those of narrow ones
NARROW: Final = (-3.0, -2.0, -1.3, -0.6, 0.0, 0.6, 1.3, 2.0, 3.0)  # standard deviations from the mean
ELLIPSE: Final = 41  # points of an ellipse


@dataclass(frozen=True)
class Spec:
    """What is learned from, and by what model.

    Attributes:
        rows: (T, D) numbers.
        states: N.
        components: K of every state.
        seed: of the start.

    """

    rows: Rows
    states: int
    components: int
    seed: int

    def __post_init__(self) -> None:
        """Refuse what nothing can be learned from."""
        if not 1 <= self.states <= MOST_STATES or not 1 <= self.components <= MOST_COMPONENTS:
            raise InputError(f"there must be 1 to {MOST_STATES} states of 1 to {MOST_COMPONENTS} components")
        different, needed = len(set(self.rows)), self.states * self.components
        if different == 1:
            many = f"All {len(self.rows):,} rows are the same" if len(self.rows) > 1 else "There is only one row"
            raise InputError(f"{many}: there is nothing to tell states apart by.")
        if different < needed:
            raise InputError(
                f"{different} different rows are too few for {needed} densities "
                f"({self.states} × {self.components}): take fewer states or components, or more data."
            )

    @property
    def dimensions(self) -> int:
        """D."""
        return len(self.rows[0])


@dataclass(frozen=True, eq=False)
class Trace:
    """The model after every so many rounds, its states ordered by their means in the end."""

    spec: Spec
    observations: np.ndarray  # (T, D)
    log_likelihoods: np.ndarray  # (F,)
    rounds: int  # that were run; fewer than the last stop where nothing was left to gain
    transitions: np.ndarray  # (F, N, N)
    weights: np.ndarray  # (F, N, K), c
    means: np.ndarray  # (F, N, K, D), μ
    covariances: np.ndarray  # (F, N, K, D, D), Σ
    paths: np.ndarray  # (F, T), the best path, states from 0
    floor: float  # least variance

    @property
    def shares(self) -> np.ndarray:
        """Share of the steps of the best path in each state, (F, N)."""
        is_in = self.paths[..., None] == np.arange(self.spec.states)
        found: np.ndarray = is_in.mean(axis=1)
        return found

    @property
    def state_means(self) -> np.ndarray:
        """Mean of what a state emits, (F, N, D)."""
        return np.einsum("fnk,fnkd->fnd", self.weights, self.means)

    @property
    def state_deviations(self) -> np.ndarray:
        """Standard deviation of what a state emits, in every direction of the axes, (F, N, D)."""
        variances = np.diagonal(self.covariances, axis1=-2, axis2=-1)
        apart = self.means - self.state_means[:, :, None]
        return np.sqrt(np.einsum("fnk,fnkd->fnd", self.weights, variances + apart**2))


def trace_continuous(spec: Spec) -> Trace:
    """Learn, and decode after every stop. Raises `InputError` as `Spec` does."""
    observations = np.array(spec.rows)
    # Learned in units of the data, so that the floor, and what rounding does, are the same for all data.
    middle, scale = observations.mean(axis=0), observations.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    scaled = (observations - middle) / scale
    begin = random_model(GaussianMixture, spec.states, scaled, spec.seed, components=spec.components)
    begin = _sticky(begin)
    run = baum_welch(begin, scaled, rounds=ROUNDS[-1], tolerance=1e-6, variance_floor=FLOOR)
    stops = [min(rounds, len(run.models) - 1) for rounds in ROUNDS]
    models = [run.models[stop] for stop in stops]
    kinds = [model.emissions for model in models]
    weights, means, covariances = (
        np.array([getattr(kind, name) for kind in kinds]) for name in ("weights", "means", "covariances")
    )
    ends = np.einsum("nk,nkd->nd", weights[-1], means[-1])
    order = np.lexsort(ends.T[::-1])
    rank = np.argsort(order)
    decoded = {
        stop: viterbi(model.start, model.transitions, model.emissions.log_likelihoods(scaled)).path
        for stop, model in dict(zip(stops, models, strict=True)).items()
    }
    return Trace(
        spec,
        observations,
        # A density of scaled numbers is larger by the scale.
        log_likelihoods=run.log_likelihoods[stops] - len(observations) * np.log(scale).sum(),
        rounds=len(run.models) - 1,
        transitions=np.array([model.transitions for model in models])[:, order][:, :, order],
        weights=weights[:, order],
        means=(means * scale + middle)[:, order],
        covariances=(covariances * scale[:, None] * scale)[:, order],
        paths=rank[np.array([decoded[stop] for stop in stops])],
        floor=FLOOR,
    )


def _sticky(model: HiddenMarkovModel) -> HiddenMarkovModel:
    """Return a start whose states tend to stay: what moves slowly is found sooner."""
    stay = 0.8 * np.eye(len(model.start)) + 0.2 * model.transitions
    return HiddenMarkovModel(model.start, stay, model.emissions)


def densities(trace: Trace) -> tuple[np.ndarray, np.ndarray]:
    """Return places (P,) and the density of every component there, times its weight, (F, N, K, P); D = 1.

    The places lie evenly, and closer where a component is so narrow in the end that it would fall between them.
    """
    values = trace.observations[:, 0]
    edge = 0.1 * (values.max() - values.min())
    places = np.linspace(values.min() - edge, values.max() + edge, CURVE)
    deviations, means = np.sqrt(trace.covariances[-1, ..., 0, 0]), trace.means[-1, ..., 0]
    narrow = deviations < 2 * (places[1] - places[0])
    closer = means[narrow, None] + deviations[narrow, None] * np.array(NARROW)
    places = np.unique(np.concatenate([places, closer.ravel()]))
    variances = trace.covariances[..., 0, 0, None]
    apart = places - trace.means[..., 0, None]
    heights = np.exp(-(apart**2) / (2 * variances)) / np.sqrt(2 * np.pi * variances)
    return places, trace.weights[..., None] * heights


def ellipses(trace: Trace) -> np.ndarray:
    """Return the ellipse two standard deviations round every component, (F, N, K, ELLIPSE, 2); D = 2.

    It holds 86 % of what the component emits.
    """
    angles = np.linspace(0, 2 * np.pi, ELLIPSE)
    circle = 2 * np.stack([np.cos(angles), np.sin(angles)])  # (2, ELLIPSE)
    lower = np.linalg.cholesky(trace.covariances)
    return trace.means[..., None, :] + np.swapaxes(lower @ circle, -1, -2)
