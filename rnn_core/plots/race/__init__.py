"""Pictures of trainings: curves of several runs over each other, quality against time, and confusion matrices."""

from rnn_core.plots.race.curves import figure_curves, figure_preview
from rnn_core.plots.race.results import figure_confusion, figure_quality

__all__ = ["figure_confusion", "figure_curves", "figure_preview", "figure_quality"]
