"""Shapes of straight lines, many of which are one trace; and a figure's traces with what differs in them by the stop.

Plotly breaks a line where a number is missing: so a trace may hold as many lines and filled shapes as need be,
and a step of a slider is only another set of places.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

Points = list[tuple[float, float]]


def box(left: float, bottom: float, right: float, top: float) -> Points:
    """Return the corners of a box, closed."""
    return [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]


def joined(shapes: Iterable[Points], room: int) -> np.ndarray:
    """Return shapes one after the other with a break after each, filled up with breaks: (2, room), x and y."""
    gap = (np.nan, np.nan)
    points = [point for shape in shapes for point in (*shape, gap)]
    return np.array([*points, *[gap] * (room - len(points))], dtype=np.float32).reshape(-1, 2).T


class Film:
    """The traces of a figure, and what differs in them from stop to stop.

    Attributes:
        traces: as Plotly takes them.
        frames: as a `Deck` takes them.

    """

    def __init__(self) -> None:
        """Begin without a trace."""
        self.traces: list[dict[str, Any]] = []
        self.frames: dict[tuple[int, str], np.ndarray] = {}

    def still(self, style: dict[str, Any], shapes: Sequence[Points]) -> None:
        """Add shapes that stay."""
        x, y = joined(shapes, sum(len(shape) + 1 for shape in shapes))
        self.traces.append({"type": "scatter", "hoverinfo": "skip", "x": x, "y": y, **style})

    def moving(self, style: dict[str, Any], stops: Sequence[Sequence[Points]]) -> None:
        """Add shapes that differ from stop to stop, of which the last is shown first."""
        room = max(1, *(sum(len(shape) + 1 for shape in shapes) for shapes in stops))
        places = np.stack([joined(shapes, room) for shapes in stops])
        number = len(self.traces)
        self.frames[number, "x"], self.frames[number, "y"] = places[:, 0], places[:, 1]
        self.traces.append({"type": "scatter", "hoverinfo": "skip", "x": places[-1, 0], "y": places[-1, 1], **style})

    def growing(self, style: dict[str, Any], shapes: Sequence[Points], seen: np.ndarray) -> None:
        """Add shapes that stay where they are, and for every stop which of them are seen, (F, shapes)."""
        self.still(style, shapes)
        points = np.repeat(seen, [len(shape) + 1 for shape in shapes], axis=1)
        heights = np.where(points, self.traces[-1]["y"], np.nan).astype(np.float32)
        self.frames[len(self.traces) - 1, "y"] = heights
        self.traces[-1]["y"] = heights[-1]

    def texts(self, style: dict[str, Any], texts: list[str], at: Points, seen: np.ndarray) -> None:
        """Add texts at fixed places, and for every stop which of them are seen, (F, texts)."""
        x, y = np.array(at, dtype=np.float32).reshape(-1, 2).T
        places = np.where(seen, y, np.nan).astype(np.float32)
        self.frames[len(self.traces), "y"] = places
        trace = {"type": "scatter", "mode": "text", "text": texts, "x": x, "y": places[-1], "hoverinfo": "none"}
        self.traces.append(trace | style)
