"""Pictures of a tagged sentence: the trellis of tags, and what one word says."""

from rnn_core.plots.tagging.trellis import figure_preview, figure_trellis
from rnn_core.plots.tagging.word import deck_word

__all__ = ["deck_word", "figure_preview", "figure_trellis"]
