"""A cliff in the loss of a recurrent network, and a step of gradient descent with and without clipping.

One unit, h_t = σ(w h_{t-1} + b) from h_0 = 0.5 over `STEPS` steps, is to end at 0.7; the loss is (h_T - 0.7)².
After Pascanu, Mikolov & Bengio (2013), figure 6 (there 50 steps, which makes the wall thinner than a line);
clipping by norm is their algorithm 1. The gradient goes forward with the state:
∂h_t/∂w = h_t (1 - h_t) (h_{t-1} + w ∂h_{t-1}/∂w), and the like for b.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from rnn_core.errors import InputError

STEPS: Final = 20
TARGET: Final = 0.7
START_STATE: Final = 0.5
WEIGHTS: Final = (4.4, 5.6)
BIASES: Final = (-3.0, -1.9)
RATE: Final = 0.1
FIRST: Final = (5.0, -2.502)
"""A point on the wall."""

THRESHOLDS: Final = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 50.0, 100.0)
"""Lengths that a gradient is clipped to; the Report clips at 5."""

UPDATES: Final = 25
_SIDE: Final = 121  # points of the surface along each axis


@dataclass(frozen=True, eq=False)
class Clipping:
    """The loss over (w, b), and where gradient descent goes from one point of it. F thresholds, N updates."""

    weights: np.ndarray  # (X,)
    biases: np.ndarray  # (Y,)
    loss: np.ndarray  # (Y, X)
    start: tuple[float, float]  # w, b
    start_loss: float
    gradient: tuple[float, float]  # at the start
    plain: np.ndarray  # (N+1, 2), the points without clipping
    plain_loss: np.ndarray  # (N+1,)
    clipped: np.ndarray  # (F, N+1, 2), the points with clipping
    clipped_loss: np.ndarray  # (F, N+1)

    @property
    def gradient_norm(self) -> float:
        """Length of the gradient at the start."""
        return float(np.hypot(*self.gradient))


def loss_and_gradient(w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the loss and its derivatives by w and by b, at any points."""
    h = np.full(np.broadcast(w, b).shape, START_STATE)
    by_w, by_b = np.zeros_like(h), np.zeros_like(h)
    for _ in range(STEPS):
        # Far outside of the picture e would overflow; beyond 500 nothing changes any more.
        after = 1 / (1 + np.exp(-np.clip(w * h + b, -500, 500)))
        slope = after * (1 - after)
        by_w, by_b = slope * (h + w * by_w), slope * (1 + w * by_b)
        h = after
    error = h - TARGET
    return error**2, 2 * error * by_w, 2 * error * by_b


def trace_clipping(start: tuple[float, float] = FIRST) -> Clipping:
    """Go down from a point (w, b), without clipping and with every threshold.

    Raises `InputError` for a point outside the picture.
    """
    for name, value, (least, most) in (("w", start[0], WEIGHTS), ("b", start[1], BIASES)):
        if not least <= value <= most:
            raise InputError(f"{name} must be from {least:g} to {most:g}, got {value:g}")
    weights, biases = np.linspace(*WEIGHTS, _SIDE), np.linspace(*BIASES, _SIDE)
    surface, _, _ = loss_and_gradient(weights[None], biases[:, None])
    thresholds = np.array([*THRESHOLDS, np.inf])
    points = np.empty((UPDATES + 1, 2, len(thresholds)))
    losses = np.empty((UPDATES + 1, len(thresholds)))
    points[0] = np.array(start)[:, None]
    for n in range(UPDATES + 1):
        losses[n], *gradient = loss_and_gradient(*points[n])
        if n < UPDATES:
            points[n + 1] = points[n] - RATE * clip(np.array(gradient), thresholds)
    here, by_w, by_b = loss_and_gradient(*points[0, :, 0])
    return Clipping(
        weights=weights,
        biases=biases,
        loss=surface,
        start=start,
        start_loss=float(here),
        gradient=(float(by_w), float(by_b)),
        plain=points[:, :, -1],
        plain_loss=losses[:, -1],
        clipped=np.moveaxis(points[:, :, :-1], 2, 0),
        clipped_loss=losses[:, :-1].T,
    )


def clip(gradient: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """Return gradients (2, F) shortened to the length of the threshold (F,) where they are longer; directions stay."""
    length = np.hypot(*gradient)
    return gradient * np.divide(threshold, length, out=np.ones_like(length), where=length > threshold)


def parse_point(text: str) -> tuple[float, float]:
    """Read the point "w b" that an address names; the first point for any other text."""
    try:
        w, b = map(float, text.split())
    except ValueError:
        return FIRST
    inside = WEIGHTS[0] <= w <= WEIGHTS[1] and BIASES[0] <= b <= BIASES[1]
    return (w, b) if inside else FIRST


def write_point(w: float, b: float) -> str:
    """Write a point for the address."""
    return f"{w:.4g} {b:.4g}"
