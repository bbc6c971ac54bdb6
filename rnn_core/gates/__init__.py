"""A trained network reads a text, and everything that happens inside is kept.

`trace_gates` runs the network and returns a `Trace`; the rest says what is to be seen in one.
"""

from rnn_core.gates.sentences import called, headline, observation, percent
from rnn_core.gates.tables import order_units, table, unit_table
from rnn_core.gates.trace import Trace, check_shown, trace_gates

__all__ = [
    "Trace",
    "called",
    "check_shown",
    "headline",
    "observation",
    "order_units",
    "percent",
    "table",
    "trace_gates",
    "unit_table",
]
