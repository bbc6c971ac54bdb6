"""Pictures of activation functions: a point with its tangent, products of slopes, and where numbers run out."""

from rnn_core.plots.activations.point import START, deck_point, figure_preview
from rnn_core.plots.activations.products import STEPS, deck_here, deck_window
from rnn_core.plots.activations.rounding import deck_rounding

__all__ = ["START", "STEPS", "deck_here", "deck_point", "deck_rounding", "deck_window", "figure_preview"]
