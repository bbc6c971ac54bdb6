"""Following the runs that the cluster works on: what its workers say goes into the register, and so does every fault.

Nothing here waits without an end: a worker that dies is noticed by the scheduler, a scheduler that dies by the
connection, and a worker that says nothing for `SILENCE` seconds is given up.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any

from rnn_core import imdb
from rnn_core.errors import DataMissingError, InputError
from rnn_core.jobs.register import Register
from rnn_core.jobs.tasks import TaskError, Trained, call, has_reviews, stop_name
from rnn_core.recipes import Progress
from rnn_core.runs import Baseline

logger = logging.getLogger(__name__)

SILENCE = 300.0
"""Seconds without a word from a worker after which its run is given up; one step or one fit takes less."""

GRACE = 0.6
"""Seconds that a cancelled training waits for its worker; what that has reached may come later, after a long step."""

ANSWER = 30.0  # seconds that a scheduler has to answer
LOOK = 0.1  # seconds between two looks at what may have happened to a run
MOST_BASELINES = 32

LOST = "The connection to the processes that train was lost. What the training had reached is shown; start it again."
KILLED = (
    "The process that trained was ended from outside, or needed more memory than it may have."
    " What it had reached is shown; a smaller network, vocabulary or batch needs less memory."
)
SILENT = "The process that trained has not answered for minutes, and was given up. What it had reached is shown."
STOPPED = "The server was stopped before this training came to its end. What it had reached is shown."
BUG = "The training broke off at an error in Unfold itself ({}); the server's log has the details."


class LostError(ConnectionError):
    """The scheduler can't be reached any more."""


class FaultError(RuntimeError):
    """What went wrong with a run, as a sentence for its reader."""


@dataclass(frozen=True)
class Fetching:
    """How far the download of the reviews is."""

    state: str = ""  # "" before anybody has asked for it, then "fetching", "done" or "failed"
    done: int = 0  # bytes, of `total`
    total: int = 0
    note: str = ""  # a sentence: why it failed


class Connection:
    """What is going on at one scheduler, for as long as the connection of a `distributed.Client` to it lasts."""

    def __init__(self, client: Any, own: bool, register: Register, baselines: dict[Hashable, Baseline]) -> None:
        self.ending = STOPPED  # what to say of the runs that end with the connection
        self.fetched = Fetching()
        self._client, self._own, self._register, self._baselines = client, own, register, baselines
        self._comm = client.scheduler_comm
        self._topic = f"unfold-{secrets.token_hex(8)}"
        self._worker_of: dict[str, str] = {}  # where each run is trained
        self._learning: dict[Hashable, asyncio.Lock] = {}
        client.subscribe_topic(self._topic, self._heard)

    async def workers(self) -> int:
        """How many there are. One trains one run, however many threads it has: torch draws by one generator a process.

        Raises `LostError`.
        """
        return len(await self._ask(lambda: self._client.scheduler.ncores()))

    async def have_reviews(self) -> bool:
        """Whether every worker finds ACL-IMDB. Raises `LostError`."""
        found = await self._ask(lambda: self._client.run(has_reviews, on_error="return"))
        return bool(found) and all(answer is True for answer in found.values())

    async def follow(self, id: str) -> None:
        """Hand a run to the cluster and see it to its end, whatever that is. Raises nothing."""
        try:
            await self._follow(id)
            if self._register.stopped(id):
                await self._ask(lambda: self._client.scheduler.event_clear(name=stop_name(id)))
            return
        except (InputError, DataMissingError, FaultError) as error:
            note = str(error)
        except asyncio.CancelledError:  # this server ends, or its connection does
            note = self.ending
        except LostError:
            note = LOST
        except Exception as error:
            logger.exception("the training %s failed", id)
            note = BUG.format(type(error).__name__)
        finally:
            self._worker_of.pop(id, None)
        self._register.change(id, state="failed", note=note)

    async def fetch(self, tell: Callable[[Fetching], None]) -> None:
        """Download the reviews on a worker, telling how far it is. Raises nothing."""
        self.fetched = Fetching("fetching")
        heard = None  # when something was; before, it waits for a worker
        last = self.fetched

        async def look() -> None:
            nonlocal heard, last
            if self.fetched is not last:
                last, heard = self.fetched, time.monotonic()
                tell(last)
            if heard is not None and time.monotonic() - heard > SILENCE:
                raise FaultError(SILENT)

        try:
            await self._result(self._submit("fetch", imdb.URL, imdb.MD5, self._topic), look)
            tell(Fetching("done", self.fetched.total, self.fetched.total))
        except (DataMissingError, InputError, FaultError) as error:
            tell(Fetching("failed", note=str(error)))
        except (LostError, asyncio.CancelledError):
            tell(Fetching("failed", note="The connection to the process that fetched the reviews was lost."))
        except Exception as error:
            logger.exception("the reviews can't be fetched")
            tell(Fetching("failed", note=BUG.format(type(error).__name__)))

    def _check(self) -> None:
        """Raise `LostError` where the connection is not the one that it was; a new one has forgotten everything."""
        if self._client.status != "running" or self._client.scheduler_comm is not self._comm:
            raise LostError

    def _submit(self, name: str, *arguments: Any) -> Any:
        """A `distributed.Future` of a function of `rnn_core.worker`."""
        return self._client.submit(call, name, *arguments, key=f"{name}-{secrets.token_hex(8)}", pure=False, retries=0)

    async def _follow(self, id: str) -> None:
        spec = self._register.run(id).spec
        training = self._submit("train", spec, id, self._topic)
        try:
            trained: Trained = await self._result_of(id, training)
            reached = {"history": trained.history, "parameters": trained.parameters, "seconds": trained.seconds}
            self._register.keep(id, trained.checkpoint, state=trained.state, note=trained.note, **reached)
            if trained.state != "measuring":  # what was cancelled says nothing about its recipe
                return
            measured = await self._result_of(id, self._submit("measure", spec, training, id, self._topic))
        finally:
            training.release()
        if measured is None:  # the word to stop came when the training had just ended
            self._register.change(id, state="cancelled", note="")
            return
        self._register.change(id, measured=measured)
        self._register.change(id, baseline=await self._baseline(id), state="finished", note=trained.note)

    async def _baseline(self, id: str) -> Baseline | None:
        """The baseline of a run, learnt once for all runs on the same reviews; None where the run was cancelled."""
        spec = self._register.run(id).spec
        distance = spec.distance if spec.corpus == "grammar" else None
        data = (spec.corpus, distance, spec.reviews, spec.pipeline, spec.max_words, spec.validation)
        async with self._learning.setdefault(data, asyncio.Lock()):
            if data not in self._baselines and not self._register.stopped(id):
                learnt = await self._result_of(id, self._submit("learn_baseline", spec, id, self._topic))
                if learnt is not None:
                    self._baselines[data] = learnt
                if len(self._baselines) > MOST_BASELINES:
                    del self._baselines[next(iter(self._baselines))]
        self._learning.pop(data, None)  # who waits for the lock has it
        return self._baselines.get(data)

    async def _result_of(self, id: str, future: Any) -> Any:
        """The result of a task of a run; meanwhile hand on the reader's wish to cancel it."""
        stopping = 0.0

        async def look() -> None:
            nonlocal stopping
            attempts, silence = self._register.attempts(id), self._register.silence(id)
            if attempts > 1:  # the scheduler has given a task to the next worker, but what was trained is lost
                await self._stop(id)
                raise FaultError(KILLED)
            if attempts and silence > SILENCE:
                await self._give_up(id)
                raise FaultError(SILENT)
            if self._register.stopped(id):
                if not stopping:
                    stopping = time.monotonic()
                    await self._stop(id)
                    if not attempts:  # others' tasks may go before it: don't wait for a worker to take it
                        raise FaultError
                elif time.monotonic() - stopping > GRACE:
                    self._register.change(id, state="cancelled", note="")

        return await self._result(future, look)

    async def _stop(self, id: str) -> None:
        """Tell a run's worker to stop."""
        await self._ask(lambda: self._client.scheduler.event_set(name=stop_name(id)))

    async def _give_up(self, id: str) -> None:
        """End the worker of a run, so that the next one doesn't wait for it; where the cluster is the server's own."""
        await self._stop(id)
        worker = self._worker_of.get(id)
        if self._own and worker:
            await self._ask(lambda: self._client.restart_workers([worker], raise_for_error=False))

    async def _ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        """The scheduler's answer. Raises `LostError` where it gives none in time."""
        self._check()
        try:
            return await asyncio.wait_for(question(), ANSWER)
        except (OSError, TimeoutError) as error:
            raise LostError from error

    async def _result(self, future: Any, look: Callable[[], Awaitable[None]]) -> Any:
        """The result of a task; `look` is called again and again meanwhile, and may raise to give up."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError

        waiting = asyncio.ensure_future(future.result())
        try:
            while not waiting.done():
                await asyncio.wait([waiting], timeout=LOOK)
                self._check()
                await look()
            return waiting.result()
        except TaskError as error:
            kind, text = error.args
            logger.error("a worker failed:\n%s", text)
            raise FaultError(BUG.format(kind)) from None
        except KilledWorker as error:
            raise FaultError(KILLED) from error
        except FutureCancelledError as error:
            raise LostError from error
        finally:
            waiting.cancel()

    def _heard(self, event: tuple[float, dict[str, Any]]) -> None:
        """Take in what a worker says."""
        _, message = event
        if "fetched" in message:
            done, total = message["fetched"]
            self.fetched = Fetching("fetching", done, total)
            return
        id = message["run"]
        if not self._register.hear(id):
            return
        if "started" in message:
            self._worker_of[id] = message["started"]
            self._register.start(id)
        elif "record" in message:
            values: dict[str, Any] = {
                name: tuple(value) if isinstance(value, list) else value for name, value in message["record"].items()
            }
            self._register.record(id, message["number"], Progress(**values))
        else:
            self._register.change(id, **{name: message[name] for name in ("note", "parameters") if name in message})
