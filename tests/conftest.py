"""What several test files need."""

import os
from pathlib import Path

import plotly.graph_objects as go
import pytest

# One thread a process, before numpy and torch look: the tests may run beside each other on two cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

PROJECT_DIR = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Nothing that a test downloads or computes lands in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNFOLD_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _checked_figures():
    """Plotly checks every attribute of every figure that a test draws; for readers, who wait, it doesn't."""
    unchecked = go.Figure.__init__

    def checked(self, *parts, **named):
        unchecked(self, *parts, **{name: value for name, value in named.items() if name != "_validate"})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(go.Figure, "__init__", checked)
        yield


@pytest.fixture(scope="session")
def shared_data():
    """Folder with data too large for the project (the IMDB archive, NLTK's lists), or a skipped test."""
    folder = Path(os.environ.get("UNFOLD_SHARED_DATA") or PROJECT_DIR.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"needs the data folder {folder}, or UNFOLD_SHARED_DATA with its path")
    return folder
