"""Pictures of a hidden Markov model: the trellis of one sequence, and all of a long one at a glance."""

from rnn_core.plots.hidden_markov.trellis import cell_at, deck_trellis, figure_overview, figure_preview

__all__ = ["cell_at", "deck_trellis", "figure_overview", "figure_preview"]
