"""Paths and limits that several rooms share."""

import os
from pathlib import Path

import platformdirs

PROJECT_DIR = Path(__file__).resolve().parent.parent
ASSETS_DIR = PROJECT_DIR / "assets"
MODELS_DIR = ASSETS_DIR / "models"

MAX_TOKENS = 400
"""Tokens of a text that a network reads; the recipes of training use the same number."""

MAX_UNFINISHED_RUNS = 6
"""Trainings of one visitor that wait or run: all three networks, twice."""

MAX_WAITING_RUNS = 120
"""Trainings that wait, of all visitors: a class of forty with all three networks."""

MAX_KEPT_RUNS = 100
"""Runs in memory; older ones are read from disk."""

MAX_TRAINING_SECONDS = 1_800
"""How long one training may keep others waiting; every recipe takes minutes, but a reader may ask for days."""

MAX_MEASURING_SECONDS = 600
"""How long one network may read the test reviews; those of the recipes take seconds."""

WORKER_MEMORY = "2GB"
"""What a training process may take before it is ended, unless UNFOLD_WORKER_MEMORY says otherwise."""


def cache_dir() -> Path:
    """Folder for what is downloaded or computed once: `$UNFOLD_CACHE`, else the user's cache."""
    return Path(os.environ.get("UNFOLD_CACHE") or platformdirs.user_cache_path("unfold"))
