"""What the server knows of its runs: whose each is, how it goes, and which waiting one is next.

The next run is found by start-time fair queueing (Goyal, Vin and Cheng 1996), each run counting as one unit of work.
A run gets a turn when it is handed in: the turn that is being served now, or where its visitor has others that have
not ended, one more than the last of those. Lower turns go first, equal ones in order of arrival. So six runs of one
visitor wait in six turns, and the one run of another goes before five of them; and who waits is served for sure,
since nobody can come in before a turn that has begun.

Everything here is done under one lock and takes no time; files are written outside of it.
"""

import contextlib
import logging
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from rnn_core.checkpoints import Checkpoint
from rnn_core.config import MAX_KEPT_RUNS, MAX_UNFINISHED_RUNS, MAX_WAITING_RUNS
from rnn_core.errors import InputError
from rnn_core.recipes import Progress, Spec
from rnn_core.run_files import RunFiles, new_id
from rnn_core.runs import Run, tidy_name

logger = logging.getLogger(__name__)

RESTARTED = "The server was restarted before this training came to its end. What it had reached by then is shown."


@dataclass
class Entry:
    """A run, and what only the server has to know of it."""

    run: Run
    visitor: str
    turn: int
    number: int  # of arrival
    waiting: bool = True  # not yet handed to the cluster
    stop: bool = False  # its visitor has cancelled it
    heard: float = 0.0  # time.monotonic() of the last sign of life from its worker, or of being handed to the cluster
    attempts: int = 0  # times that a worker has begun with it

    @property
    def order(self) -> tuple[int, int]:
        """Smaller ones go first."""
        return self.turn, self.number


class Register:
    """All runs of this process, by id; the ended ones that are too many are on disk only. Thread-safe."""

    def __init__(self, files: RunFiles) -> None:
        self.files = files
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # so that an older state is never written over a newer one
        self._entries: dict[str, Entry] = {}
        self._turn = 0  # that is being served
        self._arrived = 0

    def add(self, visitor: str, spec: Spec, name: str, note: str) -> str:
        """Take in a run and return its id.

        Raises `InputError` where the visitor or the queue has too many, or where no run can be kept.
        """
        name = tidy_name(name) or spec.architecture.upper()
        with self._lock:
            unfinished = [entry for entry in self._entries.values() if not entry.run.over]
            mine = [entry for entry in unfinished if entry.visitor == visitor]
            if len(mine) >= MAX_UNFINISHED_RUNS:
                raise InputError(
                    f"{len(mine)} of your trainings have not ended yet, the most you can have at once."
                    " Cancel one, or wait until one ends."
                )
            if sum(not entry.heard for entry in unfinished) >= MAX_WAITING_RUNS:  # those being written, too
                raise InputError(
                    f"{MAX_WAITING_RUNS} trainings are waiting, the most the queue holds. Try again in some minutes."
                )
            turn = max([self._turn, *(entry.turn + 1 for entry in mine)])
            self._arrived += 1
            run = Run(new_id(), name, spec, "queued", note=note)
            entry = self._entries[run.id] = Entry(run, visitor, turn, self._arrived, waiting=False)
            self._forget()
        try:
            with self._writing:
                self.files.save(run)
        except InputError:  # a training whose network nobody could keep doesn't begin
            with self._lock:
                del self._entries[run.id]
            raise
        with self._lock:
            entry.waiting = True
        return run.id

    def run(self, id: str) -> Run:
        """The run as it is now. Raises `InputError` for an id that nobody knows."""
        with self._lock:
            entry = self._entries.get(id)
            if entry is not None:
                place = 1 + sum(other.order < entry.order for other in self._waiting()) if entry.waiting else 0
                return replace(entry.run, place=place)
        run = self.files.load(id)
        return run if run.over else replace(run, state="failed", place=0, note=RESTARTED)

    def owns(self, visitor: str, id: str) -> bool:
        """Whether a run is this visitor's."""
        with self._lock:
            return id in self._entries and self._entries[id].visitor == visitor

    def of(self, visitor: str) -> tuple[str, ...]:
        """The ids of a visitor's runs, oldest first."""
        with self._lock:
            return tuple(id for id, entry in self._entries.items() if entry.visitor == visitor)

    def next(self) -> str | None:
        """Take the next run out of the queue; None where none waits."""
        with self._lock:
            entry = min(self._waiting(), key=lambda entry: entry.order, default=None)
            if entry is None:
                return None
            entry.waiting, entry.heard = False, time.monotonic()
            self._turn = max(self._turn, entry.turn)
            return entry.run.id

    def waiting(self) -> tuple[str, ...]:
        """The ids of the runs that wait, next one first."""
        with self._lock:
            return tuple(entry.run.id for entry in sorted(self._waiting(), key=lambda entry: entry.order))

    def stop(self, id: str) -> None:
        """Note that its visitor has cancelled a run; unless its worker holds a half-trained network, it has ended."""
        with self._lock:
            entry = self._entries.get(id)
            if entry is None or entry.run.over:
                return
            entry.stop = True
            holds = entry.run.state == "running" and entry.run.history
        if not holds:
            self.change(id, state="cancelled", note="")

    def stopped(self, id: str) -> bool:
        """Whether a run has been cancelled."""
        with self._lock:
            return id not in self._entries or self._entries[id].stop

    def start(self, id: str) -> None:
        """Note that a worker has begun with a run."""
        with self._lock:
            self._entries[id].attempts += 1
            first = self._entries[id].attempts == 1
            for entry in self._waiting():  # no process has to be started for them any more
                entry.run = replace(entry.run, note="")
        if first:
            self.change(id, state="running", note="")

    def attempts(self, id: str) -> int:
        """How often a worker has begun with a run."""
        with self._lock:
            return self._entries[id].attempts if id in self._entries else 0

    def hear(self, id: str) -> bool:
        """Note a sign of life from a run's worker; False where nobody knows the run any more."""
        with self._lock:
            if id in self._entries:
                self._entries[id].heard = time.monotonic()
            return id in self._entries

    def silence(self, id: str) -> float:
        """Seconds since something was heard of a run."""
        with self._lock:
            return time.monotonic() - self._entries[id].heard if id in self._entries else 0.0

    def record(self, id: str, number: int, progress: Progress) -> None:
        """Append a record to a run's history, once: `number` says how many stand before it."""
        with self._lock:
            entry = self._entries[id]
            if not entry.run.over and number >= len(entry.run.history):
                entry.run = replace(entry.run, history=(*entry.run.history, progress), seconds=progress.seconds)

    def change(self, id: str, **changes: Any) -> None:
        """Set fields of a run, unless it is over; write it down where its state changes."""
        with self._lock:
            entry = self._entries.get(id)
            if entry is None or entry.run.over:
                return
            state, entry.run = entry.run.state, replace(entry.run, **changes)
            entry.waiting = entry.waiting and entry.run.state == "queued"
            changed = entry.run.state != state
        if changed:
            self.write(id)

    def keep(self, id: str, checkpoint: Checkpoint | None, **changes: Any) -> None:
        """Write a run's network down, and set fields; of a cancelled run, whose worker may be late, all but its state.

        Raises `InputError` where there is no room for it.
        """
        with self._writing:
            run = self.run(id)
            if run.state == "cancelled":
                changes |= {"state": "cancelled", "note": run.note}
            elif run.over:
                return
            self.files.save(replace(run, **changes), checkpoint)
            with self._lock:
                entry = self._entries.get(id)
                if entry is not None:
                    entry.run = replace(entry.run, **changes)

    def write(self, id: str) -> None:
        """Write a run down as it is now; where that fails, the run goes on, and the server's log says why."""
        with self._writing, contextlib.suppress(KeyError):
            with self._lock:
                run = self._entries[id].run
            try:
                self.files.save(run)
            except InputError as error:
                logger.error("the run %s can't be written: %s", id, error)

    def write_running(self) -> None:
        """Write down what the running trainings have reached, for a server that is killed."""
        with self._lock:
            running = [entry.run.id for entry in self._entries.values() if entry.run.state == "running"]
        for id in running:
            self.write(id)

    def _waiting(self) -> list[Entry]:
        return [entry for entry in self._entries.values() if entry.waiting]

    def _forget(self) -> None:
        """Drop the oldest ended runs that are too many; they stay on disk."""
        over = [id for id, entry in self._entries.items() if entry.run.over]
        for id in over[: max(0, len(self._entries) - MAX_KEPT_RUNS)]:
            del self._entries[id]
