"""The tagger beside NLTK's own hidden Markov tagger: the same sentences to learn from, the same to tag.

NLTK's is `HiddenMarkovModelTrainer().train_supervised` with Lidstone's estimate, γ = 0.1, which its own
`HiddenMarkovModelTagger.train` takes: with the maximum of likelihood, a sentence with an unknown word has no path at
all. Both learn from nine tenths of the texts of Brown. Accuracy is measured on all sentences held out; speed, turn
about, on the first two thousand of them, in processor time. It all runs in a process of its own: NLTK is large.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click

from bench.table import Measurement
from tools.server import PROJECT_DIR

TIMED = 2000  # sentences


def corpus_folder() -> Path | None:
    """NLTK's data beside the project, as the tests find them; None leaves it to NLTK's own places."""
    shared = Path(os.environ.get("UNFOLD_SHARED_DATA") or PROJECT_DIR.parent / "shared" / "data") / "nltk_data"
    return shared if (shared / "corpora" / "brown.zip").is_file() else None


def measure(runs: int) -> dict[str, list[float]]:
    """Learn and tag with both, in this process: shares of words right, and words a second."""
    from nltk.probability import LidstoneProbDist
    from nltk.tag.hmm import HiddenMarkovModelTrainer

    from rnn_core.tagging import accuracy, read_brown
    from rnn_core.tagging.tags import CODES

    kept, held = accuracy.split_by_text(read_brown(corpus_folder(), download=True))
    ours = accuracy.Tagger(accuracy.count(kept))
    theirs = HiddenMarkovModelTrainer().train_supervised(
        [[(word, CODES[tag]) for word, tag in sentence] for sentence in kept],
        estimator=lambda counts, bins: LidstoneProbDist(counts, 0.1, bins),
    )
    words = [[word for word, _ in sentence] for sentence in held]
    found = accuracy.measure(ours, held)
    right = sum(
        told == CODES[tag]
        for sentence, tagged in zip(held, theirs.tag_sents(words), strict=True)
        for (_, tag), (_, told) in zip(sentence, tagged, strict=True)
    )
    few = words[:TIMED]
    many = sum(map(len, few))
    rates: dict[str, list[float]] = {"Unfold": [], "NLTK": []}
    for _ in range(runs):
        for name, tag in (("Unfold", ours.tag), ("NLTK", theirs.tag_sents)):
            started = time.process_time()
            tag(few)
            rates[name].append(many / (time.process_time() - started))
    shares = {"ours right": [100 * found.of_all], "unknown right": [100 * found.of_unknown]}
    return rates | shares | {"theirs right": [100 * right / found.words], "words": [found.words], "timed": [many]}


def comparisons(runs: int) -> Iterator[Measurement]:
    """Accuracy and speed of both; nothing where there is no Brown corpus."""
    command = [sys.executable, "-m", "bench.tagging", str(runs)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT_DIR, env=environment, check=False)
    if done.returncode:
        click.echo(
            f"The taggers are not compared: {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}", err=True
        )
        return
    found = json.loads(done.stdout)
    theirs = found["theirs right"]
    what = f"tagging {int(found['words'][0]):,} words held out: right"
    yield Measurement(f"{what}, Unfold", "%", found["ours right"], theirs[0], more_is_better=True)
    yield Measurement(f"{what}, NLTK", "%", theirs)
    yield Measurement("… of the words never seen, Unfold", "%", found["unknown right"])
    for name in ("Unfold", "NLTK"):
        yield Measurement(f"tagging {int(found['timed'][0]):,} words: rate, {name}", "words/s", found[name])
    ratios = [ours / other for ours, other in zip(found["Unfold"], found["NLTK"], strict=True)]
    yield Measurement("… times as fast as NLTK’s", "×", ratios, 20, more_is_better=True)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(int(sys.argv[1]))))
