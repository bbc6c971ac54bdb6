"""A plain recurrent network unfolded over a short sequence: forward, back, and every term of its gradients.

`trace_unfolded_rnn` runs one `Spec`; the rest compares the trace with central differences and with a
feed-forward network, trains it for a hundred updates, and says in words and equations what is seen.
"""

from rnn_core.unfolded_rnn.comparison import Comparison, compare_with_feed_forward
from rnn_core.unfolded_rnn.differences import Differences, compare_with_differences
from rnn_core.unfolded_rnn.spec import PARAMETERS, Spec, Weights
from rnn_core.unfolded_rnn.trace import Trace, pair_terms, state_jacobians, trace_unfolded_rnn
from rnn_core.unfolded_rnn.updates import Updates, trace_updates

__all__ = [
    "PARAMETERS",
    "Comparison",
    "Differences",
    "Spec",
    "Trace",
    "Updates",
    "Weights",
    "compare_with_differences",
    "compare_with_feed_forward",
    "pair_terms",
    "state_jacobians",
    "trace_unfolded_rnn",
    "trace_updates",
]
