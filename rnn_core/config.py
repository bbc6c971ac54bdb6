"""Paths and limits that several rooms share."""

import os
from pathlib import Path

import platformdirs

PROJECT_DIR = Path(__file__).resolve().parent.parent
ASSETS_DIR = PROJECT_DIR / "assets"
MODELS_DIR = ASSETS_DIR / "models"

MAX_TOKENS = 400
"""Tokens of a text that a network reads; the recipes of training use the same number."""


def cache_dir() -> Path:
    """Folder for what is downloaded or computed once: `$UNFOLD_CACHE`, else the user's cache."""
    return Path(os.environ.get("UNFOLD_CACHE") or platformdirs.user_cache_path("unfold"))
