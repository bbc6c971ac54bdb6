"""Start Unfold's server in a process group of its own, for tests, measurements and pictures.

    with serve(folder) as server:
        ...  # server.url, server.memory(), server.log()

The server finds a home and a cache of its own in `folder`, so that it neither sees nor changes those of
the user. Its whole group ends with the `with`.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT_DIR = Path(__file__).resolve().parent.parent
START_SECONDS = 60  # far above what is measured; a machine may be busy
END_SECONDS = 5
CACHE = "cache/unfold"  # inside its folder


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        url: where, without a slash at its end.
        pid: of the one process that serves.
        log_file: what it has printed.
        seconds: from starting the process to its first answer.

    """

    url: str
    pid: int
    log_file: Path
    seconds: float

    @property
    def cache(self) -> Path:
        """The folder in which it keeps what it has downloaded, computed or trained."""
        return self.log_file.parent / CACHE

    def log(self) -> str:
        """What the server has printed so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def memory(self, peak: bool = False) -> int:
        """Bytes of memory in use, or the most that ever were; Linux only."""
        field = "VmHWM:" if peak else "VmRSS:"
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines()
        return 1024 * next(int(line.split()[1]) for line in status if line.startswith(field))

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Nothing is computed, and nobody gets an answer, inside the `with`; not on Windows."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def has_loaded(self, library: str) -> bool:
        """Whether a file with that word in its path is mapped into the process; Linux only."""
        return library in Path(f"/proc/{self.pid}/maps").read_text(encoding="utf-8")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    """Whether the server says that it is well."""
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def end(process: subprocess.Popen[bytes]) -> None:
    """End the whole process group, by force where asking doesn't help."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        except ProcessLookupError:
            break
    process.wait()


@contextmanager
def serve(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run `streamlit run app.py` on a free port until the `with` ends, with these variables on top of the usual ones.

    Raises RuntimeError, with what the server printed, where it doesn't answer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log_file = folder / "server.log"
    places = {
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "UNFOLD_CACHE": str(folder / CACHE),
    }
    options = {"server.headless": "true", "server.port": str(port), "server.address": "127.0.0.1"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += [part for name, value in options.items() for part in (f"--{name}", value)]
    start = time.perf_counter()
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=PROJECT_DIR,
            env={**os.environ, **places, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        while not answers(url):
            if process.poll() is not None or time.perf_counter() - start > START_SECONDS:
                raise RuntimeError(f"The server did not start:\n{log_file.read_text(encoding='utf-8')}")
            time.sleep(0.02)
        yield Server(url, process.pid, log_file, time.perf_counter() - start)
    finally:
        end(process)
