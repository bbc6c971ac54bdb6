"""Dask's scheduler and workers: a `LocalCluster` that the server starts, or a cluster that somebody else runs.

The server's own cluster lives in a process of its own, `python -m rnn_core.jobs`. Inside the web process its
scheduler would compete with the pages, and its workers, which are spawned, would run the web process's main script
again: what that is depends on how Streamlit was started, and changes while it runs a page. A pipe ties it to the
server: when that ends, however it ends, the pipe closes, and scheduler and workers end with it.

Left out: adaptive numbers of workers, TLS, GPUs.
"""

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from typing import Any

from rnn_core import config

CONNECT_SECONDS = 15
END_SECONDS = 5
START_SECONDS = 180  # far above what is measured: 4 s, most of it to import torch

SETTINGS: dict[str, Any] = {
    "distributed.scheduler.allowed-failures": 0,  # a run that kills its worker is not tried on the next one
    # A worker that dies comes back. Dask would look for it once, so many seconds later, and if it had just died again,
    # or was not back yet, never let it come back.
    "distributed.deploy.lost-worker-timeout": "1000 days",
    "distributed.worker.preload": ["rnn_core.worker"],  # a worker that is ready has loaded torch
    "distributed.worker.profile.enabled": False,  # it would look at the training a hundred times a second
    # Memory is the training's own, nothing that Dask could write to disk; a worker that pauses would never go on.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
}


class Cluster:
    """The way to a scheduler: at `address`, or without one to a cluster that is started here.

    All methods belong to one event loop.
    """

    def __init__(self, address: str | None, workers: int, memory: str) -> None:
        self.address = address
        self._workers, self._memory = workers, memory
        self._process: asyncio.subprocess.Process | None = None
        self._client: Any = None

    async def open(self) -> Any:
        """A `distributed.Client` that is connected. Raises OSError or TimeoutError where that can't be had."""
        from distributed import Client

        address = self.address or await asyncio.wait_for(self._start(), START_SECONDS)
        self._client = Client(address, asynchronous=True, set_as_default=False, timeout=CONNECT_SECONDS)
        return await self._client

    async def close(self) -> None:
        """Leave the cluster, and end it where it was started here."""
        client, self._client = self._client, None
        process, self._process = self._process, None
        if client is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(client.close(timeout=1), 3)
        if process is not None and process.stdin is not None:
            process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), END_SECONDS)
            except TimeoutError:
                process.kill()  # its workers end when they miss it
                await process.wait()

    async def _start(self) -> str:
        """The address of a new cluster's scheduler."""
        path = [str(config.PROJECT_DIR), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-W", "ignore:resource_tracker", "-m", "rnn_core.jobs", str(self._workers), self._memory),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            start_new_session=True,  # Ctrl-C is for the server, which then closes the pipe
        )
        assert self._process.stdout is not None
        address = (await self._process.stdout.readline()).decode().strip()
        if not address:
            raise OSError("the processes that train did not start")
        return address


def main(workers: int, memory: str) -> None:
    """Run scheduler and workers until standard input closes; print the scheduler's address."""
    import dask
    from distributed import LocalCluster

    folder = tempfile.mkdtemp(prefix="unfold-workers-")
    dask.config.set(SETTINGS)
    cluster = LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        memory_limit=memory,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",  # there is none, but Dask listens for it, and 8787 may be taken
        worker_dashboard_address="127.0.0.1:0",
        silence_logs="CRITICAL",
        local_directory=folder,
    )
    print(cluster.scheduler_address, flush=True)  # noqa: T201 - the server reads it
    sys.stdin.buffer.read()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)  # a training would not let go for seconds; workers end when they miss their parent
