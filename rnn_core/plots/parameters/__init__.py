"""Pictures of counting: weight matrices to scale, shares of the whole, and what a budget buys."""

from rnn_core.plots.parameters.matrices import explain_matrices, figure_matrices, figure_preview
from rnn_core.plots.parameters.reverse import deck_reverse
from rnn_core.plots.parameters.shares import figure_shares

__all__ = ["deck_reverse", "explain_matrices", "figure_matrices", "figure_preview", "figure_shares"]
