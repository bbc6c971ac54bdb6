"""The two errors that the core raises on purpose.

A page shows the sentence of an `InputError` beside the control that caused it. Anything else that
is raised stays a visible bug.
"""


class InputError(ValueError):
    """What the reader gave can't be used; the message is a sentence for the reader."""


class DataMissingError(RuntimeError):
    """Data or a model that should lie on this machine does not; the message says how to get it."""
