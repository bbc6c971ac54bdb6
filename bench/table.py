"""A measurement, and the table that shows many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Measurement:
    """Values of one quantity over repeated runs.

    Attributes:
        what: a few words.
        unit: of every value.
        values: one a run.
        target: what the 95th percentile must not exceed, or must reach where `more_is_better`; None: no target.
        more_is_better: for rates.

    """

    what: str
    unit: str
    values: Sequence[float]
    target: float | None = None
    more_is_better: bool = False

    @property
    def middle(self) -> float:
        """The median."""
        return float(np.median(self.values))

    @property
    def bad_end(self) -> float:
        """The 95th percentile, or the 5th where more is better."""
        return float(np.percentile(self.values, 5 if self.more_is_better else 95))

    @property
    def verdict(self) -> str:
        """Whether the target is met."""
        if self.target is None:
            return ""
        met = self.bad_end >= self.target if self.more_is_better else self.bad_end <= self.target
        return "met" if met else "MISSED"


def number(value: float) -> str:
    """Three digits are enough: more would be noise."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(measurements: Iterable[Measurement]) -> str:
    """A Markdown table, one row a measurement."""
    rows = [("measured", "unit", "runs", "p50", "p95", "target", "")]
    for one in measurements:
        sign = "≥" if one.more_is_better else "≤"
        target = "" if one.target is None else f"{sign} {number(one.target)}"
        rows.append(
            (one.what, one.unit, str(len(one.values)), number(one.middle), number(one.bad_end), target, one.verdict)
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
