"""Pictures of vanishing and exploding gradients."""

from rnn_core.plots.gradient_flow.inside import figure_pairs, figure_singular
from rnn_core.plots.gradient_flow.radii import BESIDE, deck_claim, deck_flow, figure_preview
from rnn_core.plots.gradient_flow.remedies import deck_clipping, deck_gate, figure_starts
from rnn_core.plots.gradient_flow.trained import figure_trained

__all__ = [
    "BESIDE",
    "deck_claim",
    "deck_clipping",
    "deck_flow",
    "deck_gate",
    "figure_pairs",
    "figure_preview",
    "figure_singular",
    "figure_starts",
    "figure_trained",
]
