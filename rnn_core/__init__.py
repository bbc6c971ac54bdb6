"""The numerics of Unfold: what is computed, without a word about how it is shown.

    model = rnn_core.load_model("gru")
    trace = rnn_core.trace_gates(model, "not a waste of time")

The public names below are loaded when they are first used, so `import rnn_core` costs next to nothing,
and nothing here ever loads torch.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnn_core.checkpoints import load_model
    from rnn_core.errors import DataMissingError, InputError
    from rnn_core.gates import trace_gates
    from rnn_core.prediction import predict

# Read by numpy's OpenBLAS when numpy is loaded. These matrices have 50 to 200 rows: a second thread gains
# nothing, and where the cores are busy its waiting makes a trace 10 to 40 times slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__all__ = ["DataMissingError", "InputError", "load_model", "predict", "trace_gates"]

_HOMES = {
    "DataMissingError": "rnn_core.errors",
    "InputError": "rnn_core.errors",
    "load_model": "rnn_core.checkpoints",
    "predict": "rnn_core.prediction",
    "trace_gates": "rnn_core.gates",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Public names, loaded or not, for those who explore."""
    return sorted({*globals(), *__all__})
