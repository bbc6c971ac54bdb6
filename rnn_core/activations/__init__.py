"""Activation functions: values, slopes, where they saturate, what rounding makes of them, products of slopes."""

from rnn_core.activations.functions import FUNCTIONS, Spec, Trace, read_logits, read_shift, softmax, trace_activations
from rnn_core.activations.products import Products, trace_products
from rnn_core.activations.rounding import PRECISIONS, Ends, Rounding, trace_rounding

__all__ = [
    "FUNCTIONS",
    "PRECISIONS",
    "Ends",
    "Products",
    "Rounding",
    "Spec",
    "Trace",
    "read_logits",
    "read_shift",
    "softmax",
    "trace_activations",
    "trace_products",
    "trace_rounding",
]
