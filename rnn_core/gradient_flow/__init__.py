"""Vanishing and exploding gradients: what a product of Jacobians does to a small change of the state.

`toy` runs random networks at many spectral radii at once, `sweep` measures their products, `inside` takes
one of them apart, `remedies` and `clipping` show what is done about it, `trained` looks at the shipped
networks, and `sentences` says what is to be seen.
"""

from rnn_core.gradient_flow.clipping import parse_point, trace_clipping, write_point
from rnn_core.gradient_flow.inside import Inside, trace_inside
from rnn_core.gradient_flow.remedies import trace_gate, trace_starts
from rnn_core.gradient_flow.sweep import Trace, nearest_stop, trace_gradient_flow
from rnn_core.gradient_flow.toy import Spec
from rnn_core.gradient_flow.trained import Trained, toy_beside, trace_trained

__all__ = [
    "Inside",
    "Spec",
    "Trace",
    "Trained",
    "nearest_stop",
    "parse_point",
    "toy_beside",
    "trace_clipping",
    "trace_gate",
    "trace_gradient_flow",
    "trace_inside",
    "trace_starts",
    "trace_trained",
    "write_point",
]
