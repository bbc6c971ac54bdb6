"""Pictures of an unfolded network: the graph, what runs back through it, and what the gradients are good for."""

from rnn_core.plots.unfolded_rnn.backward import (
    deck_jacobians,
    deck_truncation,
    deck_updates,
    figure_terms,
)
from rnn_core.plots.unfolded_rnn.graph import deck_graph, figure_preview
from rnn_core.plots.unfolded_rnn.memory import deck_memory
from rnn_core.plots.unfolded_rnn.places import controls_at, node_at

__all__ = [
    "controls_at",
    "deck_graph",
    "deck_jacobians",
    "deck_memory",
    "deck_truncation",
    "deck_updates",
    "figure_preview",
    "figure_terms",
    "node_at",
]
