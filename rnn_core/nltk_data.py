"""Where NLTK's data lie on this machine, and how they are fetched.

They are read straight from their folder, because importing NLTK (Bird, Loper & Klein 2009) costs a process more
memory than all of Unfold does; only the download runs NLTK, in a process of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

from rnn_core.config import cache_dir


def data_folders() -> tuple[Path, ...]:
    """Where NLTK would look (`nltk.data.path`), and our cache, where we download to."""
    named = [Path(folder) for folder in os.environ.get("NLTK_DATA", "").split(os.pathsep) if folder]
    prefix = Path(sys.prefix)
    places = [Path.home(), prefix, prefix / "share", prefix / "lib"]
    if sys.platform == "win32":
        places += [Path(os.environ.get("APPDATA", "C:\\")), Path("C:\\"), Path("D:\\"), Path("E:\\")]
    else:
        places += [Path(place) for place in ("/usr/share", "/usr/local/share", "/usr/lib", "/usr/local/lib")]
    return (*named, cache_dir() / "nltk_data", *(place / "nltk_data" for place in places))


def download_package(package: str, seconds: float) -> None:
    """Fetch a package of NLTK's into `cache_dir()/nltk_data`; without a network, or where it takes longer, nothing."""
    folder = cache_dir() / "nltk_data"
    command = [sys.executable, "-m", "nltk.downloader", "-q", "-d", str(folder), package]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(command, timeout=seconds, capture_output=True, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return  # offline or read-only: the caller has something else, or says what is missing
