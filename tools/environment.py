"""Make .venv and keep it at what the requirement files say; `make` runs this before everything else.

    python3 -m tools.environment requirements-dev.txt

Standard library only, since it runs before anything is installed. A stamp in .venv remembers the
files' content, so that the second call does nothing. pip is run plainly: its own configuration
(mirrors, find-links, proxies) stays in force.

On Linux, PyPI's torch brings gigabytes of CUDA. PyTorch's index of CPU builds is therefore offered to
pip beside its own indexes where it answers. `TORCH_INDEX` names another index, or none if empty.
"""

import hashlib
import importlib
import importlib.util
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from tools import debian

PROJECT_DIR = Path(__file__).resolve().parent.parent
VENV_DIR = PROJECT_DIR / ".venv"
PYTHON = VENV_DIR / "bin/python"
OLDEST_PYTHON = (3, 11)
VERSION = "Python {}.{}".format(*sys.version_info)
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
ANSWER_SECONDS = 5


def say(sentence: str) -> None:
    """Print a line now, also when the output is a file."""
    print(sentence, flush=True)


def with_included(requirements: Path) -> "list[Path]":
    """The file and every file that it includes by `-r`, in that order."""
    found = [requirements]
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found += with_included(requirements.parent / line[3:].split("#")[0].strip())
    return found


def fingerprint(requirements: Path) -> str:
    """What the stamp holds: a hash over the files' content and the version of Python."""
    state = hashlib.sha256(VERSION.encode())
    for file in with_included(requirements):
        state.update(file.read_bytes())
    return state.hexdigest()


def stamp_of(requirements: Path) -> Path:
    """Where the stamp of a requirement file lies."""
    return VENV_DIR / f"{requirements.name}.installed"


def venv_version() -> "str | None":
    """Version of the Python in .venv, None where there is none or it doesn't start."""
    ask = "import pip, sys; print('Python {}.{}'.format(*sys.version_info))"
    try:
        run = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True)
    except OSError:
        return None
    return run.stdout.strip() if run.returncode == 0 else None


def can_make_venv() -> bool:
    """Whether Python's own venv is complete."""
    importlib.invalidate_caches()
    return importlib.util.find_spec("ensurepip") is not None


def make_venv() -> None:
    """Create .venv, anew where it holds another Python than the one that runs this."""
    if venv_version() == VERSION:
        return
    virtualenv = importlib.util.find_spec("virtualenv") is not None
    # Debian and Ubuntu keep a part of Python's own venv in a package of its own.
    package = "python{}.{}-venv".format(*sys.version_info)
    if not can_make_venv() and not virtualenv and not debian.install(package):
        sys.exit(
            "This Python cannot make virtual environments. On Debian and Ubuntu they are a package of their own:\n"
            f"    sudo apt-get install {package}\n"
            "Then run make again."
        )
    module = ["venv"] if can_make_venv() else ["virtualenv", "--quiet"]
    say(f"Making .venv with {VERSION}")
    subprocess.run([sys.executable, "-m", *module, "--clear", str(VENV_DIR)], check=True)


def answers(url: str) -> bool:
    """Whether a server gives an answer in time."""
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS):
            return True
    except (urllib.error.URLError, OSError):
        return False


def torch_options(requirement: str) -> "list[str]":
    """Options for pip that let it see the index torch should come from.

    They add to pip's own indexes and replace none. Of equal versions pip takes the one with a local
    label ("2.13.0+cpu"), which is the CPU build.
    """
    index = os.environ.get("TORCH_INDEX", TORCH_CPU_INDEX if sys.platform == "linux" else "")
    if not index:
        return []
    shown = subprocess.run([PYTHON, "-m", "pip", "show", "torch"], capture_output=True, text=True).stdout
    if f"Version: {requirement.split('==')[1]}" in shown:
        return []
    if not answers(f"{index.rstrip('/')}/torch/"):
        say(f"{index} does not answer: torch comes from pip's own indexes.")
        return []
    return ["--extra-index-url", index]


def torch_requirement(requirements: Path) -> "str | None":
    """The line that pins torch, without its comment."""
    for file in with_included(requirements):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("torch=="):
                return line.split("#")[0].strip()
    return None


def install(requirements: Path) -> None:
    """Install a requirement file into .venv, unless the stamp says that this was done."""
    stamp = stamp_of(requirements)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint(requirements):
        return
    say(f"Installing what {requirements.name} asks for; the first time takes some minutes")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--progress-bar", "off"]
    torch = torch_requirement(requirements)
    if torch:
        # By itself, so that nothing but torch and what it needs can come from that index.
        subprocess.run([*pip, *torch_options(torch), torch], check=True)
    subprocess.run([*pip, "-r", str(requirements)], check=True)
    for file in with_included(requirements):
        stamp_of(file).write_text(fingerprint(file), encoding="utf-8")


def main(names: "list[str]") -> None:
    """Bring .venv to the state that the requirement files named in `names` ask for."""
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(
            "Unfold needs Python {}.{} or newer, this is {}.\nName a newer one: make run PYTHON=python3.12".format(
                *OLDEST_PYTHON, VERSION
            )
        )
    try:
        make_venv()
        for name in names:
            install(PROJECT_DIR / name)
    except subprocess.CalledProcessError as failure:
        sys.exit(f"This command failed; its own words stand above:\n    {' '.join(failure.cmd)}")


if __name__ == "__main__":
    main(sys.argv[1:] or ["requirements.txt"])
