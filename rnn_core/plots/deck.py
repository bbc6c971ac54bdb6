"""A deck: one figure over all the values of one slider.

The figure travels once, and with it, for each attribute that changes, one array with a frame for
every stop of the slider. The reader's browser redraws from these while the slider is dragged; no
message goes to the server.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go


@dataclass(frozen=True, eq=False)
class Deck:
    """A figure and its frames.

    Attributes:
        figure: the picture at stop `start`.
        label: what the slider changes, as its visible name.
        values: (F,) what the slider shows at each stop.
        frames: for (number of a trace, name of its attribute) an array (F, …), one row a frame;
            floats travel as float32, uint8 as they are, strings as text.
        layout: for a path into the layout ("title.text", "shapes[0].x0") a sequence (F,).
        captions: (F,) a sentence a frame that says what to see in it; or empty.
        start: the stop that is shown first.
        along: (F,) the place of each stop on the x-axis: the reader may then drag on the picture
            itself, whose `dragmode` is False; or empty.

    """

    figure: go.Figure
    label: str
    values: Sequence[str]
    frames: Mapping[tuple[int, str], np.ndarray]
    layout: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    captions: Sequence[str] = ()
    start: int = 0
    along: Sequence[float] = ()

    def __post_init__(self) -> None:
        """Refuse frames whose number differs from the number of stops."""
        stops = len(self.values)
        sizes = {len(part) for part in (*self.frames.values(), *self.layout.values())}
        sizes |= {len(part) for part in (self.captions, self.along) if len(part)}
        if sizes - {stops}:
            raise ValueError(f"a deck of {stops} stops has parts of {sorted(sizes)} frames")
        if not 0 <= self.start < stops:
            raise ValueError(f"start {self.start} is not one of {stops} stops")

    def payload(self) -> dict[str, Any]:
        """Return the deck without its figure as JSON can carry it."""
        return {
            "label": self.label,
            "values": list(self.values),
            "frames": [
                {"trace": trace, "attribute": attribute, **encode(array)}
                for (trace, attribute), array in self.frames.items()
            ],
            "layout": {path: list(parts) for path, parts in self.layout.items()},
            "captions": list(self.captions),
            "along": [float(place) for place in self.along],
        }


def encode(array: np.ndarray) -> dict[str, Any]:
    """Return an array (F, …) as base64 with its type and shape, or as a list where it holds text."""
    if array.dtype.kind in "OU":
        return {"list": json.loads(json.dumps(array.tolist()))}
    if array.dtype != np.uint8:
        array = array.astype("<f4")
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
    return {"dtype": "u1" if array.dtype == np.uint8 else "f4", "shape": list(array.shape), "data": data}
