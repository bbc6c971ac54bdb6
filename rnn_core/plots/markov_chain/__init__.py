"""Pictures of a Markov chain: its graph with a run on it, its course over time, and its powers."""

from rnn_core.plots.markov_chain.course import deck_marginals, deck_powers, deck_run, figure_distances
from rnn_core.plots.markov_chain.graph import deck_chain, figure_preview

__all__ = ["deck_chain", "deck_marginals", "deck_powers", "deck_run", "figure_distances", "figure_preview"]
