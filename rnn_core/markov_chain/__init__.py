"""A finite Markov chain: its classes, its long run, its marginals and one run of it.

`trace_markov_chain` follows one `Spec`; the rest multiplies along a path, counts a chain from the letters of a
text, and says in words what is seen.
"""

from rnn_core.markov_chain.classes import StateClass, classes_of
from rnn_core.markov_chain.letters import Counted, approximations, count_letters
from rnn_core.markov_chain.paths import PathProbability, path_probability
from rnn_core.markov_chain.spec import Spec
from rnn_core.markov_chain.trace import Trace, powers, trace_markov_chain

__all__ = [
    "Counted",
    "PathProbability",
    "Spec",
    "StateClass",
    "Trace",
    "approximations",
    "classes_of",
    "count_letters",
    "path_probability",
    "powers",
    "trace_markov_chain",
]
