"""What goes to a worker and comes back, in words that the server can say without loading torch."""

import traceback
from dataclasses import dataclass
from typing import Any

from rnn_core import imdb
from rnn_core.checkpoints import Checkpoint
from rnn_core.errors import DataMissingError, InputError
from rnn_core.recipes import Progress


@dataclass(frozen=True)
class Trained:
    """What a training has reached, whether it came to its end or not."""

    state: str  # that the run takes: "measuring", "cancelled" or "failed"
    note: str  # why it failed, or ended early
    history: tuple[Progress, ...]  # every record that was sent as an event, too
    checkpoint: Checkpoint | None  # None where nothing worth keeping was reached
    parameters: int
    seconds: float


class TaskError(RuntimeError):
    """A bug that showed on a worker: its kind, and its traceback as text."""


def stop_name(run: str) -> str:
    """The name of the Dask event that tells a run to stop."""
    return f"unfold-stop-{run}"


def has_reviews() -> bool:
    """Whether ACL-IMDB is where this process looks for it."""
    try:
        imdb.find_source()
    except (InputError, DataMissingError):
        return False
    return True


def call(name: str, *arguments: Any) -> Any:
    """Run a function of `rnn_core.worker` by its name, on a worker.

    Raises `InputError` and `DataMissingError` with their sentences, and everything else as a `TaskError`. They are
    made anew: what had caused them would travel with them, and with an exception of torch the server would load torch.
    """
    try:
        from rnn_core import worker

        return getattr(worker, name)(*arguments)
    except (InputError, DataMissingError) as error:
        failure: Exception = type(error)(*error.args)
    except Exception as error:  # noqa: BLE001 - it is raised below
        if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
            failure = InputError(
                "the training needs more memory than its process may have;"
                " a smaller network, vocabulary or batch needs less"
            )
        else:
            failure = TaskError(type(error).__name__, traceback.format_exc())
    raise failure
