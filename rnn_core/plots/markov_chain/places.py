"""Where the states of a chain stand in its graph, and how the arrows between them run.

The states lie on a circle of radius 1. An arrow begins and ends at the middle of a state, whose disc covers it;
its head is moved back by the disc's radius in pixels, so that it touches the disc in a window of any size.
"""

from typing import Final

import numpy as np

POINTS: Final = 28  # of an arrow
_SIDE: Final = 370  # pixels, about: the picture is a little larger on a projector, and smaller on a phone
_LOOP: Final = 29  # pixels from a disc to the far end of its loop
_TURN: Final = 0.62  # half of the angle at which a loop opens
_EDGE: Final = 16  # pixels for half a number


def positions(N: int) -> np.ndarray:
    """Return the middles of N states, (N, 2), clockwise from the top; two stand side by side."""
    if N == 1:
        return np.zeros((1, 2))
    first = np.pi if N == 2 else np.pi / 2
    angles = first - 2 * np.pi * np.arange(N) / N
    return np.stack((np.cos(angles), np.sin(angles)), axis=1)


def arrow(places: np.ndarray, i: int, j: int, disc: float) -> np.ndarray:
    """Return the line from state i to state j, (POINTS, 2): bowed to its left, or a loop on the outside of its disc."""
    s = np.linspace(0, 1, POINTS)[:, None]
    if i == j:
        return _loop(places[i], s, (disc / 2 + _LOOP) / _radius(disc))
    begin, end = places[i], places[j]
    along = end - begin
    bow = (begin + end) / 2 + 0.28 * np.array([-along[1], along[0]])
    return (1 - s) ** 2 * begin + 2 * s * (1 - s) * bow + s**2 * end


def label_place(line: np.ndarray, loop: bool) -> np.ndarray:
    """Return where the number of an arrow stands: nearer to its beginning, and at the far end of a loop."""
    return line[POINTS // 2 if loop else round(0.38 * POINTS)]


def window(places: np.ndarray, lines: list[np.ndarray], disc: float) -> tuple[list[float], list[float]]:
    """Return the ranges of x and y, equally long, that hold all arrows, their numbers and the discs."""
    margin = max(_EDGE, disc / 2 + 2) / _radius(disc)
    low = np.min([places.min(axis=0) - margin, *(line.min(axis=0) - _EDGE / _radius(disc) for line in lines)], axis=0)
    high = np.max([places.max(axis=0) + margin, *(line.max(axis=0) + _EDGE / _radius(disc) for line in lines)], axis=0)
    middle, half = (low + high) / 2, max(float((high - low).max()) / 2, 0.9)
    x, y = ([float(at - half), float(at + half)] for at in middle)
    return x, y


def shortened(line: np.ndarray, pixels: float, unit: float) -> np.ndarray:
    """Return a line that ends so many pixels before its end, with as many points as before.

    `unit` is the side of the picture in units of the line.
    """
    lengths = np.concatenate(([0], np.hypot(*np.diff(line, axis=0).T).cumsum()))
    kept = np.linspace(0, max(lengths[-1] - pixels * unit / _SIDE, 0), len(line))
    return np.stack([np.interp(kept, lengths, axis) for axis in line.T], axis=1)


def _radius(disc: float) -> float:
    """Pixels of the circle's radius, where there are loops above and below it."""
    return _SIDE / 2 - _EDGE - _LOOP - disc / 2


def _loop(place: np.ndarray, s: np.ndarray, reach: float) -> np.ndarray:
    """A loop to a place and back, on the side away from the middle, whose far end is so far away."""
    away = float(np.arctan2(place[1], place[0])) if place.any() else np.pi / 2
    length = reach / (0.75 * np.cos(_TURN))
    control = [place + length * np.array([np.cos(away + turn), np.sin(away + turn)]) for turn in (_TURN, -_TURN)]
    return (1 - s) ** 3 * place + 3 * s * (1 - s) ** 2 * control[0] + 3 * s**2 * (1 - s) * control[1] + s**3 * place
