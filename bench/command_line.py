"""`python -m rnn_core predict`: lines a second, start-up taken off."""

import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice

from bench.table import Measurement
from rnn_core.config import MODELS_DIR
from tools.server import PROJECT_DIR

LINES = 20_000
REVIEWS = (
    "not bad at all",
    "The plot is thin, but the acting more than makes up for it.",
    "I wanted to like this film. I really did.",
    "It started slowly and ended as one of the best thrillers I have seen in years!",
    "a waste of time",
)


def seconds_for(model: str, lines: int) -> float:
    """Seconds that the command takes for so many short reviews."""
    text = "\n".join(islice(cycle(REVIEWS), lines)) + "\n"
    command = [sys.executable, "-m", "rnn_core", "predict", "--model", model]
    start = time.perf_counter()
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=PROJECT_DIR, check=True)
    seconds = time.perf_counter() - start
    assert done.stdout.count("\n") == lines
    return seconds


def predictions(runs: int) -> Iterator[Measurement]:
    """Start-up and rate for every shipped model."""
    for model in sorted(file.stem for file in MODELS_DIR.glob("*.safetensors")):
        starts = [seconds_for(model, 1) for _ in range(runs)]
        rates = [LINES / (seconds_for(model, LINES) - min(starts)) for _ in range(runs)]
        yield Measurement(f"predict --model {model}: one line", "s", starts)
        yield Measurement(f"predict --model {model}: rate", "lines/s", rates, 2000, more_is_better=True)
