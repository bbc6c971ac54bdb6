"""Parts of speech for a sentence: a hidden Markov model whose hidden states are tags.

`load_tagger` gives the one that comes with Unfold, `learn` makes it out of the Brown corpus.
"""

from rnn_core.edits import Spec
from rnn_core.tagging.accuracy import learn, measure
from rnn_core.tagging.brown import read_brown
from rnn_core.tagging.tagger import Tagger, load_tagger, save_tagger, tag_lines
from rnn_core.tagging.trace import Reading, Trace, is_short, trace_tagging

__all__ = [
    "Reading",
    "Spec",
    "Tagger",
    "Trace",
    "is_short",
    "learn",
    "load_tagger",
    "measure",
    "read_brown",
    "save_tagger",
    "tag_lines",
    "trace_tagging",
]
