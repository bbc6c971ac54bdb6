"""The thread that hands runs to the cluster, one for each free worker.

Runs wait in the server's register and not with Dask's scheduler, for three reasons. Dask hands every task to a worker
at once, so its priorities order the queue of each worker, not the queue. When a worker dies, all tasks in its queue
fail with the one that killed it. And what waits here outlives a scheduler that is lost.

A run keeps its worker until it is measured, so a reader who has waited for her turn has no second one to wait for.
"""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Hashable
from typing import Any

from rnn_core.jobs.cluster import START_SECONDS, Cluster
from rnn_core.jobs.following import LOST, STOPPED, Connection, Fetching, LostError
from rnn_core.jobs.register import Register
from rnn_core.runs import Baseline

logger = logging.getLogger(__name__)

LOOK = 0.5  # seconds between two looks at the connection, the workers, and what waits
WRITE = 5.0  # seconds between two times that running runs are written down
REVIEWS = 5.0  # seconds between two times that a cluster is asked whether it has the reviews
CLOSE = 15.0  # seconds that everything has to end

NO_CLUSTER = "The processes that train could not be started; the server's log has the details."
NO_SCHEDULER = "No scheduler answers at {}; trainings can start again once it does."
NO_WORKER = "No process is there to train at the moment; it goes on as soon as one is."


class Dispatcher:
    """Sees to it that every run of a register is trained. Its thread starts at the first call of `wake`."""

    def __init__(self, register: Register, cluster: Cluster) -> None:
        self.ready = False  # whether workers are there
        self.fetching = Fetching()
        self.has_reviews = False  # whether the workers have them; asked of somebody else's cluster only
        self._register, self._cluster = register, cluster
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = asyncio.Event()
        self._warm = self._to_fetch = self._closing = False
        self._baselines: dict[Hashable, Baseline] = {}

    def wake(self, warm: bool = False) -> None:
        """Look at once what there is to do; with `warm`, connect to the cluster even where there is nothing."""
        with self._lock:
            self._warm = self._warm or warm
            if self._thread is None:
                if self._closing:
                    return
                self._thread = threading.Thread(target=self._live, name="unfold-jobs", daemon=True)
                self._thread.start()
            if self._loop is not None:
                with contextlib.suppress(RuntimeError):  # it has just ended
                    self._loop.call_soon_threadsafe(self._woken.set)

    def fetch(self) -> None:
        """Begin the download of the reviews, unless it goes on already."""
        with self._lock:
            if self.fetching.state == "fetching":
                return
            self.fetching = Fetching("fetching")
            self._to_fetch = True
        self.wake()

    @property
    def closing(self) -> bool:
        """Whether nothing is trained any more."""
        return self._closing

    def close(self) -> None:
        """End everything; returns when the cluster has ended, or after some seconds; workers end when they miss it."""
        with self._lock:
            self._closing = True
        self.wake()
        if self._thread is not None:
            self._thread.join(CLOSE)

    def _live(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        with self._lock:
            self._loop = asyncio.get_running_loop()
        while not self._closing:
            if self._warm or self._to_fetch or self._register.waiting():
                self._warm = False
                await self._serve_connected()
            else:
                await self._woken.wait()
                self._woken.clear()
        self._refuse(STOPPED)

    async def _serve_connected(self) -> None:
        """Connect, and work until the connection is lost or the server is closed."""
        opening = asyncio.ensure_future(self._cluster.open())
        try:
            while not opening.done() and not self._closing:
                await self._pause(opening)
            if opening.done():
                own = self._cluster.address is None
                await self._work(Connection(opening.result(), own, self._register, self._baselines))
        except (OSError, TimeoutError) as error:
            logger.error("there is no cluster to train on: %s", error)
            address = self._cluster.address
            self._refuse(NO_SCHEDULER.format(address) if address else NO_CLUSTER)
        except Exception:  # whatever it is, nobody may wait for a thread that has ended
            logger.exception("the trainings can't go on")
            self._refuse(NO_CLUSTER)
        finally:
            self.ready = False
            opening.cancel()
            await self._cluster.close()

    async def _work(self, connection: Connection) -> None:
        runs: set[asyncio.Task[None]] = set()
        others: set[asyncio.Task[None]] = set()
        written = asked = -REVIEWS
        seen = time.monotonic()  # a worker
        try:
            while not self._closing:
                workers = await connection.workers()
                self.ready = workers > 0
                seen = time.monotonic() if self.ready else seen
                if not self._cluster.address and time.monotonic() - seen > START_SECONDS:
                    raise LostError  # then all is started anew
                self._explain_waiting()
                while len(runs) < workers and (next_one := self._register.next()):
                    runs.add(asyncio.create_task(connection.follow(next_one)))
                if self._to_fetch:
                    self._to_fetch = False
                    others.add(asyncio.create_task(connection.fetch(self._tell)))
                if self._cluster.address and time.monotonic() - asked > REVIEWS:
                    self.has_reviews = await connection.have_reviews()
                    asked = time.monotonic()
                if time.monotonic() - written > WRITE:
                    self._register.write_running()
                    written = time.monotonic()
                await self._pause(*runs, *others)
                runs = {task for task in runs if not task.done()}
                others = {task for task in others if not task.done()}
        except LostError:
            connection.ending = LOST
        finally:
            self.ready = False
            for task in runs | others:
                task.cancel()
            await asyncio.gather(*runs, *others, return_exceptions=True)

    async def _pause(self, *tasks: "asyncio.Future[Any]") -> None:
        """Wait until one of the tasks is done or somebody wakes this thread, and not for long."""
        woken = asyncio.ensure_future(self._woken.wait())
        await asyncio.wait({woken, *tasks}, timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()
        self._woken.clear()

    def _explain_waiting(self) -> None:
        """Say to those who wait whether there is anybody to train."""
        for id in self._register.waiting():
            self._register.change(id, note="" if self.ready else NO_WORKER)

    def _refuse(self, sentence: str) -> None:
        """End everything that waits, with a sentence."""
        for id in self._register.waiting():
            self._register.change(id, state="failed", note=sentence)
        if self.fetching.state == "fetching":
            self._to_fetch = False
            self._tell(Fetching("failed", note=sentence))

    def _tell(self, fetching: Fetching) -> None:
        self.fetching = fetching
