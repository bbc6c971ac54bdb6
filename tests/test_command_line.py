import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from rnn_core import phrases, recipes, text_pipeline, training
from rnn_core.__main__ import main
from rnn_core.checkpoints import Checkpoint, expected_shapes, load_checkpoint, save_checkpoint
from rnn_core.vocabulary import Vocabulary

PROJECT_DIR = Path(__file__).resolve().parent.parent
SMALL = ("hidden_size=4", "embedding_size=6", "max_words=50", "batch_size=4", "phrases_a_batch=4")


@pytest.fixture
def run():
    """The command line in this process; what it prints and its exit code."""

    def command(*arguments, given=""):
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=given, prog_name="rnn_core")

    yield command
    # A training settles its process without them; other tests compute with them.
    torch.set_flush_denormal(False)


@pytest.fixture
def data(tmp_path):
    """A data set of the layout of ACL-IMDB: eight reviews to train and four to test."""
    for split, count in (("train", 4), ("test", 2)):
        for label, word in (("neg", "awful"), ("pos", "wonderful")):
            folder = tmp_path / "reviews" / split / label
            folder.mkdir(parents=True)
            for number in range(count):
                (folder / f"{number}_5.txt").write_text(f"Number {number} is a {word} film, but not a long one!")
    return tmp_path / "reviews"


@pytest.fixture
def model(tmp_path):
    """A small checkpoint with weights by chance."""
    rng = np.random.default_rng(0)
    words = Vocabulary(("not", "bad", "film", "good", "!"))
    shapes = expected_shapes("gru", len(words), 4, 3)
    weights = {name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    return save_checkpoint(
        Checkpoint("gru", weights, words, text_pipeline.MODEL_SPEC, 400, {}), tmp_path / "mine.safetensors"
    )


def settings(*changes):
    return [part for change in (*SMALL, *changes) for part in ("--set", change)]


def test_help_teaches(run):
    for command, taught in (
        ((), ("train", "evaluate", "predict", "echo")),
        (("train",), ("report", "fast", "--validation", "Ctrl-C", "python -m rnn_core train")),
        (("evaluate",), ("confusion matrix", "--limit", "shipped")),
        (("predict",), ("standard input", "JSON", "echo")),
        (("tag",), ("standard input", "white space", "log_probability", "echo")),
        (("train-tagger",), ("Brown", "held out", "--data", "python -m rnn_core train-tagger")),
    ):
        result = run(*command, "--help")
        assert result.exit_code == 0
        assert [word for word in taught if word not in " ".join(result.output.split())] == []


def test_predict_prints_a_json_line_a_text(run, model):
    result = run("predict", "--model", model, given="not bad!\n\nä good film\n")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["text"] for line in found] == ["not bad!", "", "ä good film"]
    assert [line["tokens"] for line in found] == [["not", "bad", "!"], [], ["ä", "good", "film"]]
    assert [line["unknown_words"] for line in found] == [[], [], ["ä"]]
    assert all(0 < line["probability"] < 1 for line in found)
    assert list(found[0]) == ["text", "probability", "tokens", "unknown_words"]


def test_predict_takes_any_bytes(run, model):
    result = CliRunner().invoke(main, ["predict", "--model", str(model)], input=b"good \xff film\r\n")
    assert json.loads(result.stdout)["tokens"] == ["good", "film"]


def test_predict_does_without_torch(model):
    script = (
        "import sys; sys.argv = ['rnn_core', 'predict', '--model', sys.argv[1]]\n"
        "import runpy, atexit; atexit.register(lambda: print([m for m in ('torch', 'sklearn') if m in sys.modules]))\n"
        "runpy.run_module('rnn_core', run_name='__main__')"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, str(model)],
        input="not bad\n",
        capture_output=True,
        text=True,
        cwd=PROJECT_DIR,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    line, loaded = ran.stdout.splitlines()
    assert json.loads(line)["tokens"] == ["not", "bad"]
    assert loaded == "[]"


def test_tag_keeps_the_words_and_tells_their_tags(run):
    given = "they can fish .\n\n  Mr. Smith's\tslithy, <b> \U0001f600 \n"
    found = [json.loads(line) for line in run("tag", given=given).stdout.splitlines()]
    assert [line["words"] for line in found] == [
        ["they", "can", "fish", "."],
        [],
        ["Mr.", "Smith's", "slithy,", "<b>", "\U0001f600"],
    ]
    assert found[0]["tags"] == ["PRON", "VERB", "NOUN", "."]
    assert found[1] == {"words": [], "tags": [], "probabilities": [], "log_probability": 0.0}
    for line in found:
        assert list(line) == ["words", "tags", "probabilities", "log_probability"]
        assert len(line["words"]) == len(line["tags"]) == len(line["probabilities"])
        assert all(0 < probability <= 1 for probability in line["probabilities"])
        assert line["log_probability"] <= 0


def test_tag_takes_any_bytes_and_long_lines():
    given = b"good \xff \x00 film\r\n" + b"fish " * 5000 + b"\n" + b"x" * 100_000
    lines = [json.loads(line) for line in CliRunner().invoke(main, ["tag"], input=given).stdout.splitlines()]
    assert [len(line["words"]) for line in lines] == [4, 5000, 1]


def test_tag_takes_many_lines_in_order(run):
    lines = [f"number {number} ." if number % 3 else "" for number in range(5000)]
    found = [json.loads(line) for line in run("tag", given="\n".join(lines)).stdout.splitlines()]
    assert [" ".join(line["words"]) for line in found] == lines
    assert json.loads(run("tag", given=lines[4000]).stdout) == found[4000]


def test_train_tagger_then_tag(run, tmp_path):
    for kind, name, files in (
        ("corpora", "brown", {f"ca{number:02}": "The/at dog/nn barked/vbd ./.\n" for number in range(1, 21)}),
        ("taggers", "universal_tagset", {"en-brown.map": "AT\tDET\nNN\tNOUN\nVBD\tVERB\n.\t.\n"}),
    ):
        (tmp_path / kind / name).mkdir(parents=True)
        for file, text in files.items():
            (tmp_path / kind / name / file).write_text(text)
    result = run("train-tagger", "--data", tmp_path, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    assert record == json.loads((tmp_path / "out" / "brown.json").read_text())
    assert record["learned_from"]["texts"] == 18
    assert record["held_out"]["accuracy"] == 1
    assert record["held_out"]["accuracy_on_unknown_words"] is None
    first = (tmp_path / "out" / "brown.npz").read_bytes()
    assert run("train-tagger", "--data", tmp_path, "--out", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out" / "brown.npz").read_bytes() == first
    line = json.loads(run("tag", "--tables", tmp_path / "out" / "brown.npz", given="A dog barked .").stdout)
    assert line["tags"] == ["DET", "NOUN", "VERB", "."]


def test_train_then_evaluate_then_predict(run, data, tmp_path):
    out = tmp_path / "out"
    result = run(
        "train", "--model", "lstm", "--data", data, "--out", out, "--validation", 4, "--epochs", 2, *settings()
    )
    assert result.exit_code == 0, result.output
    checkpoint = load_checkpoint(out / "lstm.safetensors")
    record = checkpoint.record
    assert record["command"] == (
        "python -m rnn_core train --model lstm --recipe fast --validation 4 --epochs 2 "
        + " ".join(f"--set {change}" for change in SMALL)
        + " --seed 0"
    )
    assert recipes.make_spec("fast", "lstm", validation=4, epochs=2, **dict(map(recipes.parse_value, SMALL))) == (
        recipes.Spec(**{**record["spec"], "pipeline": text_pipeline.Spec.from_dict(record["spec"]["pipeline"])})
    )
    assert (record["name"], record["reviews"], record["threads"]) == ("lstm", {"trained_on": 4, "validation": 4}, 1)
    assert [row["step"] for row in record["history"]] == [1, 2]
    assert all(row["validation_loss"] is not None for row in record["history"])
    assert record["test"]["reviews"] == sum(map(sum, record["test"]["confusion"])) == 4
    assert set(record["phrases"]) == {"development", "held_out", "hand_written"}
    assert record["phrases"]["held_out"]["phrases"] == len(phrases.measuring_set("held_out"))
    assert record["seconds"] > 0
    assert record["cpu_seconds"] > 0
    assert {"python", "torch", "numpy"} <= set(record["versions"])

    measured = json.loads(run("evaluate", "--model", out / "lstm.safetensors", "--data", data).stdout)
    assert measured["model"] == "lstm"
    assert measured["test"].pop("loss") == pytest.approx(record["test"].pop("loss"), rel=1e-5)
    assert measured["test"] == record["test"]
    assert measured["phrases"] == record["phrases"]
    few = json.loads(run("evaluate", "--model", out / "lstm.safetensors", "--data", data, "--limit", 3).stdout)
    assert few["test"]["reviews"] == 3


def test_recorded_command_makes_the_same_network(run, data, tmp_path):
    words = ["--model", "gru", "--epochs", "1", "--validation", "0", *settings(), "--seed", "7"]
    for name in ("first", "second"):
        assert run("train", *words, "--data", data, "--out", tmp_path / name).exit_code == 0
    first, second = (load_checkpoint(tmp_path / name / "gru.safetensors") for name in ("first", "second"))
    assert first.record["kept"] == "the last epoch"
    for name, value in first.weights.items():
        np.testing.assert_array_equal(value, second.weights[name])


def test_report_recipe_on_the_command_line(run, data, tmp_path):
    result = run(
        *("train", "--model", "rnn", "--recipe", "report", "--validation", 2, "--data", data),
        *("--out", tmp_path, "--epochs", 1, *settings("max_tokens=20")),
    )
    assert result.exit_code == 0, result.output
    record = load_checkpoint(tmp_path / "rnn.safetensors").record
    assert record["spec"]["fill_up"] is True
    assert {"test", "test_not_filled_up"} <= set(record)


def test_ctrl_c_leaves_what_was_reached(run, data, tmp_path, monkeypatch):
    whole = training.train

    def interrupted(*arguments, **options):
        for count, progress in enumerate(whole(*arguments, every=1, **options), start=1):
            yield progress
            if count == 3:
                raise KeyboardInterrupt

    monkeypatch.setattr(training, "train", interrupted)
    result = run("train", "--data", data, "--out", tmp_path, "--validation", 0, *settings())
    assert result.exit_code == 130
    assert "what was reached" in result.stderr
    record = load_checkpoint(tmp_path / "gru.safetensors").record
    assert record["stopped_early"] is True
    assert len(record["history"]) == 3
    assert "test" not in record


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("predict", "--model", "bert"), "there is no model “bert”"),
        (("predict", "--model", "nowhere.safetensors"), "there is no model file"),
        (("evaluate", "--model", "MODEL", "--data", "nowhere"), "there is no folder or archive nowhere"),
        (("train", "--data", "nowhere"), "there is no folder or archive nowhere"),
        (("train", "--epochs", "0"), "epochs must be between 1 and 100, got 0"),
        (("train", "--set", "speed=9"), "a recipe has no value 'speed'"),
        (("train", "--data", "DATA", "--validation", "5"), "at most half of the 8 training reviews, got 5"),
        (("train", "--model", "cnn"), "Invalid value for '--model'"),
        (("tag", "--tables", "nowhere.npz"), "there are no tables of a tagger at nowhere.npz"),
        (("tag", "--tables", "MODEL"), "holds no tables of a tagger"),
        (("train-tagger", "--data", "DATA"), "the Brown corpus and the universal tagset are not in"),
    ],
)
def test_mistakes_are_one_sentence(run, model, data, arguments, sentence):
    places = {"MODEL": model, "DATA": data}
    result = run(*(places.get(argument, argument) for argument in arguments))
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""
