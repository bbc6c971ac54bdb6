"""A hidden Markov model of the reader's own: one sequence through its trellis, and what is to be seen there.

`trace_hidden_markov` runs one `Spec`; the rest reads what is typed, and says in words and formulas what is seen.
"""

from rnn_core.hidden_markov.spec import Model, Spec
from rnn_core.hidden_markov.trace import Trace, trace_hidden_markov

__all__ = ["Model", "Spec", "Trace", "trace_hidden_markov"]
