"""The command line: `python -m rnn_core train`, `evaluate` and `predict`; `train-tagger` and `tag`.

Errors that the reader can mend are one sentence on standard error and exit code 2. Left out: anything
that `rnn_core` doesn't do from Python as well.
"""

import io
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
import numpy as np
from tqdm import tqdm

from rnn_core import corpora, imdb, phrases, text_pipeline
from rnn_core.checkpoints import GATES, Checkpoint, load_checkpoint, load_model, save_checkpoint
from rnn_core.errors import DataMissingError, InputError
from rnn_core.metrics import Metrics, accuracy_by_category
from rnn_core.recipes import RECIPES, Progress, Spec, make_spec, parse_value

MODEL_HELP = "A shipped model (rnn, lstm, gru) or the path of a .safetensors file."
DATA_HELP = "Folder or .tar.gz archive of ACL-IMDB. Default: what UNFOLD_IMDB names, else the download, made once."
NLTK_HELP = "Folder of NLTK's data, with brown and universal_tagset. Default: where NLTK looks, else the download."
KEPT_SETS = ("development", "held_out", "hand_written")
LIBRARIES = ("torch", "numpy", "nltk", "safetensors", "scikit-learn")


def sentences_for_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Show an `InputError` or `DataMissingError` as its sentence, and end with code 2."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> None:
        try:
            command(*arguments, **options)
        except (InputError, DataMissingError) as error:
            click.echo(f"Error: {error}", err=True)
            sys.exit(2)

    return wrapped


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def main() -> None:
    """Train, measure and use small networks that read film reviews, and a tagger of parts of speech.

    \b
    Try:
      echo "not a waste of time" | python -m rnn_core predict --model gru
      echo "time flies like an arrow" | python -m rnn_core tag
      python -m rnn_core evaluate --model gru
      python -m rnn_core train --model lstm --recipe report --out my-models
    """


@main.command()
@click.option("--model", "architecture", type=click.Choice(tuple(GATES)), default="gru", show_default=True)
@click.option("--recipe", type=click.Choice(tuple(RECIPES)), default="fast", show_default=True)
@click.option("--data", type=click.Path(path_type=Path), help=DATA_HELP)
@click.option("--seed", type=int, default=0, show_default=True, help="Decides everything random.")
@click.option(
    "--validation",
    type=int,
    help="Training reviews held out to choose the best epoch by. Default 2500; 0: learn from all, keep the last epoch.",
)
@click.option("--epochs", type=int, help="Times to read the training reviews. Default: the recipe's.")
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="Change any other number of the recipe.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("models"), show_default=True, help="Folder.")
@sentences_for_errors
def train(
    architecture: str,
    recipe: str,
    data: Path | None,
    seed: int,
    validation: int | None,
    epochs: int | None,
    changes: tuple[str, ...],
    out: Path,
) -> None:
    """Train a network on training reviews and measure it on the 25,000 test reviews.

    Writes OUT/MODEL.safetensors and beside it OUT/MODEL.json, the record: command, every hyperparameter, history,
    accuracies. A minute an epoch or less. Ctrl-C stops, and keeps the best epoch so far.

    \b
    The recipes:
      report     the experiment of the Report: batches of 50, padded to 500 tokens, Adam 0.001, 5 epochs
      fast       batches of similar length, crops and generated phrases mixed in; three times faster, and better
      classroom  the ends of some of the reviews, in a quarter of a minute

    \b
    The models that come with this project were made by this line, and the same with lstm and rnn:
      python -m rnn_core train --model gru --recipe fast --validation 0 --seed 0 --out assets/models
    """
    given = {"validation": validation, "epochs": epochs}
    named = {name: value for name, value in given.items() if value is not None}
    spec = make_spec(recipe, architecture, seed=seed, **named, **dict(map(parse_value, changes)))
    options = [f"--{name} {value}" for name, value in named.items()] + [f"--set {change}" for change in changes]
    command = " ".join(
        ["python -m rnn_core train", f"--model {architecture} --recipe {recipe}", *options, f"--seed {seed}"]
    )
    from rnn_core import training

    training.settle_process()
    dataset = _dataset(data, spec)
    model = training.new_model(spec, len(dataset.vocabulary))
    history: list[Progress] = []
    started, worked = time.perf_counter(), time.process_time()
    stopped = False
    try:
        for progress in _shown(training.train(spec, dataset, model)):
            history.append(progress)
    except KeyboardInterrupt:
        stopped = True
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - worked
    record = {
        "name": architecture,
        "command": command,
        "spec": spec.to_dict(),
        "reviews": {"trained_on": len(dataset.train) - spec.validation, "validation": spec.validation},
        "kept": "the epoch of lowest validation loss" if spec.validation else "the last epoch",
        "stopped_early": stopped,
        "seconds": round(seconds, 3),
        "cpu_seconds": round(cpu_seconds, 3),  # the fairer of the two where others share the machine
        "parameters": sum(value.numel() for value in model.parameters()),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        "threads": 1,
        "history": [_rounded(asdict(progress)) for progress in history],
    }
    checkpoint = Checkpoint(
        architecture, model.numpy_weights(), dataset.vocabulary, spec.pipeline, spec.max_tokens, record
    )
    path = save_checkpoint(checkpoint, out / f"{architecture}.safetensors")
    if stopped:
        click.echo(f"stopped; what was reached is in {path}", err=True)
        sys.exit(130)
    saved = load_checkpoint(path)  # half precision: what is measured is what was saved
    texts = [dataset.test[review] for review in range(len(dataset.test))]
    record["test"] = _rounded(asdict(_measure(saved, texts, dataset.test.labels, spec)))
    if spec.fill_up:  # `predict` and the pages read a text as it is, without filling it up
        record["test_not_filled_up"] = _rounded(asdict(_measure(saved, texts, dataset.test.labels)))
    record["phrases"] = _phrase_accuracies(saved)
    save_checkpoint(replace(saved, record=record), path)
    click.echo(json.dumps({"test": record["test"], "phrases": record["phrases"]}, indent=1, ensure_ascii=False))
    click.echo(f"{path} ({path.stat().st_size / 1e6:.2f} MB)", err=True)


@main.command()
@click.option("--model", "name", default="gru", show_default=True, help=MODEL_HELP)
@click.option("--data", type=click.Path(path_type=Path), help=DATA_HELP)
@click.option("--limit", type=click.IntRange(min=1), help="Measure this many test reviews, chosen by chance (seed 0).")
@sentences_for_errors
def evaluate(name: str, data: Path | None, limit: int | None) -> None:
    """Measure a model on the 25,000 test reviews and on the phrases; prints JSON.

    Accuracy, F1, precision and recall of the positive class, and the confusion matrix (rows: what is true; columns:
    what was said; negative first), then the accuracy on short phrases that were not used for training.
    """
    from rnn_core import training

    training.settle_process()
    checkpoint = _model(name)
    raw = list(imdb.raw_texts(_source(data), "test"))
    if limit and limit < len(raw):
        raw = [raw[row] for row in np.random.default_rng(0).choice(len(raw), limit, replace=False)]
    texts = [_encode(checkpoint, text) for text, _ in tqdm(raw, desc="cutting into tokens", unit=" reviews")]
    metrics = _measure(checkpoint, texts, np.array([label for _, label in raw]))
    shown = {"model": checkpoint.name, "test": _rounded(asdict(metrics)), "phrases": _phrase_accuracies(checkpoint)}
    click.echo(json.dumps(shown, indent=1, ensure_ascii=False))


@main.command()
@click.option("--model", "name", default="gru", show_default=True, help=MODEL_HELP)
@sentences_for_errors
def predict(name: str) -> None:
    """Read a text a line from standard input, write a JSON line for each: thousands a second, without torch.

    \b
    echo "not bad" | python -m rnn_core predict --model gru
    {"text": "not bad", "probability": 0.9, "tokens": ["not", "bad"], "unknown_words": []}
    """
    from rnn_core import prediction

    checkpoint = _model(name)
    for found in prediction.predict(checkpoint, _lines()):
        shown = {
            "text": found.text,
            "probability": round(float(found.probability), 6),
            "tokens": list(found.tokens),
            "unknown_words": list(found.unknown_words),
        }
        click.echo(json.dumps(shown, ensure_ascii=False).encode())  # UTF-8 whatever the terminal's locale


@main.command("train-tagger")
@click.option("--data", type=click.Path(path_type=Path), help=NLTK_HELP)
@click.option("--out", type=click.Path(path_type=Path), default=Path("tagger"), show_default=True, help="Folder.")
@sentences_for_errors
def train_tagger(data: Path | None, out: Path) -> None:
    """Learn parts of speech from nine tenths of the Brown corpus, and measure on the texts held out.

    Writes OUT/brown.npz, the counts, and beside it OUT/brown.json, the record: command, sizes, accuracy on all words
    and on unknown ones. Seconds. Nothing is left to chance: the same corpus makes the same file.

    \b
    The tagger that comes with this project was made by this line:
      python -m rnn_core train-tagger --out assets/tagger
    """
    from rnn_core import tagging

    started = time.perf_counter()
    tagger = tagging.learn(tagging.read_brown(data, download=True))
    versions = {"python": platform.python_version(), "numpy": version("numpy")}
    path = tagging.save_tagger(
        tagger,
        out / "brown.npz",
        {
            "command": f"python -m rnn_core train-tagger --out {out.as_posix()}",
            "seconds": round(time.perf_counter() - started, 3),
            "versions": versions,
        },
    )
    click.echo(path.with_suffix(".json").read_bytes().rstrip())
    click.echo(f"{path} ({path.stat().st_size / 1e6:.2f} MB)", err=True)


@main.command()
@click.option(
    "--tables", type=click.Path(path_type=Path), help="An .npz file of train-tagger. Default: the shipped one."
)
@sentences_for_errors
def tag(tables: Path | None) -> None:
    """Read a sentence a line from standard input, write a JSON line for each, with a tag for every word.

    Words are what white space divides, kept as they are; put a space before a full stop. `probabilities` are those
    of the single tags, each given the whole sentence; `log_probability` is that of all tags together, given the words.

    \b
    echo "they can fish ." | python -m rnn_core tag
    {"words": ["they", "can", "fish", "."], "tags": ["PRON", "VERB", "NOUN", "."], "probabilities": [0.999995, …], …}
    """
    from rnn_core import tagging

    for found in tagging.tag_lines(tagging.load_tagger(tables) if tables else tagging.load_tagger(), _lines()):
        shown = {
            "words": list(found.words),
            "tags": list(found.tags),
            "probabilities": [round(probability, 6) for probability in found.probabilities],
            "log_probability": round(found.log_probability, 6),
        }
        click.echo(json.dumps(shown, ensure_ascii=False).encode())


def _lines() -> Iterator[str]:
    """The lines of standard input, whatever their bytes are."""
    text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
    return (line.rstrip("\n") for line in text)


def _model(name: str) -> Checkpoint:
    return load_checkpoint(name) if name.endswith(".safetensors") else load_model(name)


def _source(data: Path | None) -> Path:
    """What to read; where nothing is named and nothing was downloaded, the download, with a bar."""
    try:
        return imdb.find_source(data)
    except DataMissingError:
        click.echo(f"Fetching the reviews (84 MB, once) from {imdb.URL}", err=True)
        return imdb.fetch_archive(progress=True)


def _dataset(data: Path | None, spec: Spec) -> imdb.Dataset:
    source = _source(data) if spec.corpus == "imdb" else None
    with tqdm(desc="reading the reviews", unit=" reviews", delay=1) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        return corpora.load(spec, show, source)


def _shown(progress: Iterator[Progress]) -> Iterator[Progress]:
    """The same records, with a bar on standard error and a line for each epoch."""
    with tqdm(unit=" steps") as bar:
        for now in progress:
            bar.total = now.steps
            bar.set_postfix_str(f"loss {now.loss:.3f}, accuracy {now.accuracy:.3f}", refresh=False)
            bar.update(now.step - bar.n)
            if now.validation_loss is not None:
                kept = ", best so far" if now.best else ""
                bar.write(
                    f"epoch {now.epoch} of {now.epochs}: loss {now.loss:.3f}, accuracy {now.accuracy:.3f}; held out: "
                    f"loss {now.validation_loss:.3f}, accuracy {now.validation_accuracy:.3f}{kept}",
                    file=sys.stderr,
                )
            yield now


def _encode(checkpoint: Checkpoint, text: str) -> np.ndarray:
    return checkpoint.vocabulary.encode(text_pipeline.tokenize(text, checkpoint.pipeline))


def _measure(checkpoint: Checkpoint, texts: list[np.ndarray], labels: np.ndarray, spec: Spec | None = None) -> Metrics:
    from rnn_core import models, training

    read_as = spec or _read_as(checkpoint)
    return training.measure(training.scores(models.from_checkpoint(checkpoint), texts, read_as), labels)


def _phrase_accuracies(checkpoint: Checkpoint) -> dict[str, Any]:
    """Accuracy on every set of phrases that no training saw, in all and by category."""
    from rnn_core import models, training

    model = models.from_checkpoint(checkpoint)
    found = {}
    for name in KEPT_SETS:
        kept = phrases.measuring_set(name)
        texts = [_encode(checkpoint, phrase.text) for phrase in kept]
        found[name] = accuracy_by_category(kept, training.scores(model, texts, _read_as(checkpoint)))
    return found


def _read_as(checkpoint: Checkpoint) -> Spec:
    """How a checkpoint reads a text: its last tokens, nothing filled up."""
    return Spec(max_tokens=checkpoint.max_tokens)


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {name: float(f"{value:.6g}") if isinstance(value, float) else value for name, value in values.items()}


if __name__ == "__main__":
    main(prog_name="python -m rnn_core")
