"""How many numbers a recurrent network learns, where they are, what they cost, and what a budget buys.

    trace = trace_parameters(Spec(input_size=100, hidden_size=50))
    trace.count("textbook", "lstm")  # 30200

Everything is a sum over one list of weight blocks, `blocks.blocks_of`: totals, shares, memory,
multiply-adds, and the size that fits a budget. Left out: peephole weights, layer normalisation,
dropout (which learns nothing), and networks without biases.
"""

from rnn_core.parameters.blocks import (
    ARCHITECTURES,
    CONVENTIONS,
    GATE_NAMES,
    LIMITS,
    NAMES,
    Block,
    Spec,
    Trace,
    parse_projection,
    parse_size,
    trace_parameters,
)
from rnn_core.parameters.budget import BUDGETS, FIRST_BUDGET, Reverse, largest_hidden_size, trace_reverse
from rnn_core.parameters.cost import Cost, cost_of
from rnn_core.parameters.sentences import bought, differences, formulas, headline, shares_sentence, spent
from rnn_core.parameters.tables import block_table, convention_table, cost_table, reverse_table, share_table

__all__ = [
    "ARCHITECTURES",
    "BUDGETS",
    "CONVENTIONS",
    "FIRST_BUDGET",
    "GATE_NAMES",
    "LIMITS",
    "NAMES",
    "Block",
    "Cost",
    "Reverse",
    "Spec",
    "Trace",
    "block_table",
    "bought",
    "convention_table",
    "cost_of",
    "cost_table",
    "differences",
    "formulas",
    "headline",
    "largest_hidden_size",
    "parse_projection",
    "parse_size",
    "reverse_table",
    "share_table",
    "shares_sentence",
    "spent",
    "trace_parameters",
    "trace_reverse",
]
