"""Trainings for everybody who visits: handed in here, trained by worker processes, followed by anyone who has the id.

    jobs = Jobs()                                   # one for the whole server; nothing is started yet
    id = jobs.submit(visitor, spec, "my first")     # returns at once
    jobs.run(id)                                    # a frozen record: state, place in the queue, history so far

`register` knows the runs and whose turn it is, `dispatch` hands them to the cluster, `following` takes in what comes
back, `cluster` starts scheduler and workers, `tasks` and `rnn_core.worker` run there. Left out: accounts (a visitor is
whoever brings the same text), and going on with a training that was broken off.
"""

import os
import time
from pathlib import Path

from rnn_core.config import WORKER_MEMORY
from rnn_core.errors import InputError
from rnn_core.jobs.cluster import Cluster
from rnn_core.jobs.dispatch import Dispatcher
from rnn_core.jobs.following import Fetching
from rnn_core.jobs.register import Register
from rnn_core.jobs.tasks import has_reviews
from rnn_core.recipes import Spec
from rnn_core.run_files import RunFiles
from rnn_core.runs import Run

__all__ = ["Fetching", "Jobs"]

STARTING = "The first training starts the process that trains; that takes some seconds."
_BRIEFLY = 0.02  # seconds between two looks at a run
_LOOK_AGAIN = 3.0  # seconds for which the answer of `has_reviews` holds


class Jobs:
    """All trainings of a server. Thread-safe; every method returns at once, but `wait` and `close`.

    Args:
        folder: where runs are kept, by default in the cache folder.
        scheduler: address of a Dask scheduler, by default UNFOLD_SCHEDULER; without one a cluster of this machine is
            started at the first training.
        workers: processes of that cluster, by default UNFOLD_WORKERS, else one for every processor but one.
        memory: of each of them, such as "2GB", by default UNFOLD_WORKER_MEMORY.

    """

    def __init__(
        self,
        folder: Path | None = None,
        scheduler: str | None = None,
        workers: int | None = None,
        memory: str | None = None,
    ) -> None:
        self._register = Register(RunFiles(folder))
        cluster = Cluster(
            scheduler or os.environ.get("UNFOLD_SCHEDULER") or None,
            workers or int(os.environ.get("UNFOLD_WORKERS") or max(1, (os.cpu_count() or 1) - 1)),
            memory or os.environ.get("UNFOLD_WORKER_MEMORY") or WORKER_MEMORY,
        )
        self._elsewhere = cluster.address is not None
        self._dispatcher = Dispatcher(self._register, cluster)
        self._reviews = (-_LOOK_AGAIN, False)  # when it was looked for them last, and what was found

    def submit(self, visitor: str, spec: Spec, name: str = "") -> str:
        """Hand in a training and return its id.

        Raises `InputError` where the visitor has too many that have not ended, too many wait, or none can be kept.
        """
        if self._dispatcher.closing:
            raise InputError("The server is being stopped; nothing is trained any more.")
        id = self._register.add(visitor, spec, name, "" if self._dispatcher.ready else STARTING)
        self._dispatcher.wake()
        return id

    def run(self, id: str) -> Run:
        """The run as it is now, or as it was left by an earlier server. Raises `InputError` for an unknown id."""
        return self._register.run(id)

    def owns(self, visitor: str, id: str) -> bool:
        """Whether a run is this visitor's, as far as this server remembers."""
        return self._register.owns(visitor, id)

    def of(self, visitor: str) -> tuple[str, ...]:
        """The ids of a visitor's runs, oldest first, as far as this server remembers."""
        return self._register.of(visitor)

    def cancel(self, visitor: str, id: str) -> None:
        """End a run and keep what it has reached; one that is over stays as it is.

        Raises `InputError` where the run is unknown or somebody else's.
        """
        if not self.owns(visitor, id):
            raise InputError("This training is somebody else's: only who has started it can cancel it.")
        self._register.stop(id)
        self._dispatcher.wake()

    def wait(self, id: str, seconds: float = 1.0) -> None:
        """Wait until a run is over, so long at most. Raises `InputError` for an unknown id."""
        end = time.monotonic() + seconds
        while not self.run(id).over and time.monotonic() < end:
            time.sleep(_BRIEFLY)

    def warm(self) -> None:
        """Start the cluster in the background, so that the first training finds it ready."""
        self._dispatcher.wake(warm=True)

    def fetch(self) -> None:
        """Download ACL-IMDB on a worker, once for everybody; does nothing where that goes on already."""
        self._dispatcher.fetch()

    def fetching(self) -> Fetching:
        """How far the download is."""
        return self._dispatcher.fetching

    def has_reviews(self) -> bool:
        """Whether ACL-IMDB is there to train on; on somebody else's cluster once all workers have said so."""
        if self._elsewhere:
            self._dispatcher.wake(warm=not self._dispatcher.ready)
            return self._dispatcher.has_reviews
        looked, found = self._reviews
        if time.monotonic() - looked > _LOOK_AGAIN:
            found = has_reviews()
            self._reviews = time.monotonic(), found
        return found

    def close(self) -> None:
        """End all trainings and their processes; what was reached is kept."""
        self._dispatcher.close()
