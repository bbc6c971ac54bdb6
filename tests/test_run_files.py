"""Runs on disk and from strangers: what is written comes back, and what is broken is refused with a sentence."""

import csv
import io
import json
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file

from rnn_core import run_files, run_json
from rnn_core.checkpoints import from_bytes, load_checkpoint, to_bytes
from rnn_core.config import MODELS_DIR
from rnn_core.errors import InputError
from rnn_core.metrics import Metrics
from rnn_core.parsing import visible
from rnn_core.recipes import PHASES, Progress, Spec
from rnn_core.run_files import RunFiles, from_json, read_upload, shipped_runs, to_csv, to_json
from rnn_core.runs import STATES, Baseline, Measured, Mistake, Run, tidy_name
from tests.made_runs import RECORD, WORDS, made_network, made_run

# --- text


counts = st.integers(0, 2**53)
numbers = st.floats(0, 1e300)
paces = st.floats(0, 1e12)
shares = st.floats(0, 1)
plain_text = st.text(max_size=50).map(visible)


@st.composite
def metrics(draw):
    confusion = draw(st.tuples(*[st.tuples(st.integers(0, 9), st.integers(0, 9))] * 2))
    return Metrics(sum(map(sum, confusion)), draw(numbers), *draw(st.tuples(*[shares] * 4)), confusion)


@st.composite
def histories(draw):
    times = sorted(draw(st.lists(st.tuples(counts, paces), max_size=5)))
    seconds = sorted(second for _, second in times)
    return tuple(
        Progress(
            step=step,
            steps=draw(counts),
            epoch=draw(counts),
            epochs=draw(counts),
            loss=draw(numbers),
            accuracy=draw(shares),
            validation_loss=draw(st.none() | numbers),
            validation_accuracy=draw(st.none() | shares),
            best=draw(st.booleans()),
            gradient_norm=draw(numbers),
            tokens_per_second=draw(paces),
            seconds=second,
            eta=draw(paces),
            reviews=draw(counts),
            phases=draw(st.just(()) | st.tuples(*[numbers] * len(PHASES))),
        )
        for (step, _), second in zip(times, seconds, strict=True)
    )


runs = st.builds(
    Run,
    id=st.from_regex("[a-z0-9]{3,32}", fullmatch=True),
    name=st.text(max_size=60).map(tidy_name),
    spec=st.builds(
        Spec,
        architecture=st.sampled_from(("rnn", "lstm", "gru")),
        corpus=st.sampled_from(("imdb", "grammar")),
        learning_rate=st.floats(1e-7, 1),
        memory_bias=st.floats(-10, 10),
    ),
    state=st.sampled_from(STATES),
    place=counts,
    note=plain_text,
    history=histories(),
    parameters=counts,
    seconds=paces,
    measured=st.none()
    | st.builds(
        Measured,
        metrics(),
        st.none() | paces,
        st.lists(st.builds(Mistake, plain_text, st.booleans(), shares), max_size=3).map(tuple),
    ),
    baseline=st.none() | st.builds(Baseline, metrics(), paces, counts),
    from_file=st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(runs)
def test_a_run_comes_back_equal(run):
    assert from_json(to_json(run)) == run


def test_the_history_as_csv():
    phases = tuple(float(number) for number in range(len(PHASES)))
    run = made_run(history=(RECORD, replace(RECORD, step=20, validation_loss=0.6, phases=phases)))
    rows = list(csv.DictReader(io.StringIO(to_csv(run))))
    names = [field.name for field in fields(Progress) if field.name != "phases"]
    assert list(rows[0])[: len(names)] == names
    assert len(rows) == 2
    assert float(rows[1]["validation_loss"]) == 0.6
    assert rows[0]["validation_loss"] == ""
    assert [float(rows[1][f"seconds in {phase}"]) for phase in PHASES] == list(phases)
    assert to_csv(made_run(history=())).count("\n") == 1


def changed(**changes) -> str:
    """The JSON of a run with other values; a dot leads into a part, `...` takes the value away."""
    record = json.loads(to_json(made_run()))
    for path, value in changes.items():
        *parts, name = path.split("__")
        inside = record
        for part in parts:
            inside = inside[part]
        if value is ...:
            del inside[name]
        else:
            inside[name] = value
    return json.dumps(record)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no JSON that can be read"),
        ("[" * 100_000, "no JSON that can be read"),
        ('{"a":' * 100_000, "no JSON that can be read"),
        ("1" * 10_000, "no JSON that can be read"),
        ("[]", "the run must be a set of names and values, got a list"),
        ("null", "the run must be a set of names and values"),
        ("{}", "no run of Unfold in a format"),
        (" " * 6_000_001, "at most 6,000,000 characters"),
        (changed(note=[{}] * 60_000), "too many parts"),
        (changed(note=[[]] * 60_000), "too many parts"),
        (changed(format=2), "no run of Unfold in a format"),
        (changed(extra=1), "a run has no “extra”"),
        (changed(id=...), "id is missing"),
        (changed(id="../../etc/passwd"), "id of a run is 3 to 32"),
        (changed(id="lstm\n"), "id of a run is 3 to 32"),
        (changed(state="learning"), "state must be one of queued"),
        (changed(name=3), "name must be a text"),
        (changed(name=...), "name must be a text"),
        (changed(name="x" * 61), "at most 60 characters"),
        (changed(note="x" * 20_001), "at most 20,000 characters"),
        (changed(place=1.5), "place must be a whole number, got “1.5”"),
        (changed(place=True), "place must be a whole number, got “True”"),
        (changed(place=-1), "place must be a number from 0 on"),
        (changed(parameters=10**30), "parameters must be a number from 0 on"),
        (changed(seconds=float("nan")), "NaN is no number"),
        (changed(seconds=float("inf")), "Infinity is no number"),
        (changed().replace('"seconds": 3.0', '"seconds": 1e999'), "seconds must be a number from 0 to 1e\\+12"),
        (changed(history__tokens_per_second=[1e308, 1.0]), "tokens_per_second must be a number from 0 to 1e\\+12"),
        (changed(seconds="3"), "seconds must be a number, got “3”"),
        (changed(from_file=1), "from_file must be true or false"),
        (changed(spec=...), "spec must be a set of names and values"),
        (changed(spec__hidden_size=10**9), "hidden_size must be between"),
        (changed(spec__architecture="gpt"), "must be rnn, lstm or gru"),
        (changed(spec__pipeline={}), "exactly the fields"),
        (changed(spec__recipe="<b>mine</b>"), "recipe must be one of report, fast"),
        (changed(spec__extra=1), "'extra'"),
        (changed(spec__epochs=10**400), "epochs must be"),
        (changed(spec__epochs=1.5), "epochs must be"),
        (changed(spec__fill_up=1), "fill_up must be"),
        (changed(history=[]), "history must be a set"),
        (changed(history__loss=[0.5]), "of one length, got 1, 2"),
        (changed(history__loss="many"), "history.loss must be a list"),
        (changed(history__loss=[0.5, None]), "history.loss must be a number, got “None”"),
        (changed(history__loss=[0.5, -1]), "history.loss must be a number from 0 on"),
        (changed(history__loss=[0.5, {}]), "history.loss must be a number, got names and values"),
        (changed(history__loss=...), "history.loss is missing"),
        (changed(history__extra=[1, 2]), "history has no “extra”"),
        (changed(history__accuracy=[0.5, 1.1]), "from 0 to 1"),
        (changed(history__validation_accuracy=[None, 7]), "from 0 to 1"),
        (changed(history__step=[20, 10]), "must go on in time"),
        (changed(history__seconds=[3.0, 1.0]), "must go on in time"),
        (changed(history__phases=[[], [1.0]]), "history.phases must hold"),
        (changed(history__loss=[0.5] * 12_501), "at most 12,500 values"),
        (changed(measured__test__confusion=[[1, 2]]), "confusion must hold 2 values"),
        (changed(measured__test__confusion=[[1, 2], [3, 5]]), "must count all 10"),
        (changed(measured__test__reviews=11), "confusion matrix in measured must count all 11"),
        (changed(measured__test__f1=...), "measured.test.f1 is missing"),
        (changed(measured__mistakes=[{"text": "x", "positive": True, "probability": 2}]), "from 0 to 1"),
        (changed(measured=[]), "measured must be a set"),
        (changed(baseline__words="many"), "baseline.words must be a whole number"),
    ],
)
def test_what_is_no_run_is_refused(text, sentence):
    with pytest.raises(InputError, match=sentence):
        from_json(text)


def paths(value, before=()):
    """Every place in a value of JSON."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [before, *(path for key, part in parts for path in paths(part, (*before, key)))]


WRITTEN = (json.loads(to_json(made_run())), json.loads((MODELS_DIR / "rnn.json").read_text(encoding="utf-8")))
simple = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
anything = st.recursive(simple, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner))


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(WRITTEN), anything)
def test_whatever_stands_anywhere_there_is_a_run_or_a_sentence(data, written, value):
    place = data.draw(st.sampled_from(paths(written)[1:]))
    record = json.loads(json.dumps(written))
    inside = record
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = value
    with suppress(InputError):
        run = from_json(json.dumps(record))
        assert from_json(to_json(run)) == run


def test_what_nobody_sees_is_left_out():
    run = from_json(changed(name="a\u202eb\x00\n\ud800c", note="x\x1b[31m"))
    assert (run.name, run.note) == ("ab c", "x[31m")
    run.name.encode()


# --- the folder


@pytest.fixture
def folder(tmp_path):
    return RunFiles(tmp_path / "runs")


def test_a_run_is_kept_and_forgotten(folder):
    assert not folder.has_checkpoint("a1b2c3")
    folder.save(made_run(state="running", name="running"))
    assert folder.load("a1b2c3").state == "running"
    with pytest.raises(InputError, match=r"“running” has no network to read with yet\."):
        folder.checkpoint("a1b2c3")
    folder.save(made_run(), made_network())
    assert folder.load("a1b2c3") == made_run()
    assert folder.load("a1b2c3") is folder.load("a1b2c3")
    assert folder.has_checkpoint("a1b2c3")
    assert folder.checkpoint("a1b2c3").vocabulary.words == WORDS
    assert folder.checkpoint("a1b2c3") is folder.checkpoint("a1b2c3")
    folder.delete("a1b2c3")
    assert list(folder.folder.iterdir()) == []
    folder.delete("a1b2c3")
    with pytest.raises(InputError, match="not kept here"):
        folder.load("a1b2c3")
    with pytest.raises(InputError, match="not kept here"):
        folder.checkpoint("a1b2c3")


def test_the_network_may_come_as_a_file(folder):
    folder.save(made_run(), to_bytes(made_network()))
    assert folder.checkpoint("a1b2c3").vocabulary.words == WORDS


@pytest.mark.parametrize("id", ["../a", "", "ab", "a" * 33, "A1B2", "a/b", "a.b", "a1b2\n", "lstm", "gru", "rnn"])
def test_an_id_leads_nowhere_else(folder, id):
    for call in (folder.load, folder.checkpoint, folder.has_checkpoint, folder.delete):
        with pytest.raises(InputError):
            call(id)
    with pytest.raises(InputError):
        folder.save(made_run(id))


def test_the_oldest_are_forgotten(folder, monkeypatch):
    monkeypatch.setattr(run_files, "MOST_RUNS", 3)
    for number in range(5):
        folder.save(made_run(f"run{number}"), made_network())
        for path in folder.folder.glob(f"run{number}.*"):
            os.utime(path, (1_000 + number, 1_000 + number))
    stale = folder.folder / ".run9.json.draft"
    stale.write_text("half")
    os.utime(stale, (1, 1))
    left = folder.folder / "run8.safetensors"  # by a process that ended before it wrote the run
    left.write_text("half")
    os.utime(left, (1, 1))
    (folder.folder / "run7.safetensors").write_text("a moment ago")
    folder.save(made_run("run5"))
    names = {path.name for path in folder.folder.iterdir()}
    assert {name.split(".")[0] for name in names} == {"run3", "run4", "run5", "run7"}
    assert "run4.safetensors" in names


def test_a_network_that_another_process_forgets_at_this_moment(folder, monkeypatch):
    folder.save(made_run(), made_network())

    def gone(*_):
        raise FileNotFoundError

    monkeypatch.setattr(run_files, "load_model", gone)
    with pytest.raises(InputError, match="has no network to read with"):
        folder.checkpoint("a1b2c3")


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(InputError, match=r"^The run can't be written down on this server: File exists\.$"):
        RunFiles(tmp_path / "runs").save(made_run())


def test_who_reads_while_another_writes_sees_whole_runs(folder):
    folder.save(made_run(), made_network())
    other = RunFiles(folder.folder)
    done = threading.Event()

    def read():
        sizes = set()
        while not done.is_set():
            sizes.add((other.load("a1b2c3").id, other.checkpoint("a1b2c3").hidden_size))
        return sizes

    with ThreadPoolExecutor(1) as threads:
        reader = threads.submit(read)
        for number in range(50):
            folder.save(made_run(seconds=float(number)), made_network())
        done.set()
        assert reader.result() == {("a1b2c3", 4)}


# --- what comes with Unfold


def test_the_shipped_runs():
    runs = shipped_runs()
    assert list(runs) == ["lstm", "gru", "rnn"]
    for id, run in runs.items():
        record = json.loads((MODELS_DIR / f"{id}.json").read_text(encoding="utf-8"))
        weights = load_file(MODELS_DIR / f"{id}.safetensors")
        assert run.id == run.spec.architecture == id
        assert run.name == id.upper()
        assert run.over
        assert run.parameters == sum(value.size for value in weights.values())
        assert len(run.history) == len(record["history"])
        assert run.history[-1].seconds == record["history"][-1]["seconds"]
        assert run.seconds == record["seconds"]
        assert run.measured.test.accuracy == record["test"]["accuracy"]
        assert (run.measured.seconds, run.measured.mistakes, run.baseline) == (None, (), None)


# --- what a stranger brings


def test_a_run_is_brought():
    content = to_json(made_run(state="running", place=3)).encode()
    run, checkpoint = read_upload("mine.JSON", content)
    assert checkpoint is None
    assert run.id != "a1b2c3"
    assert (run.state, run.place, run.from_file) == ("cancelled", 0, True)
    assert run.history == made_run().history
    assert read_upload("mine.json", content)[0].id != run.id


def test_a_network_is_brought(folder):
    folder.save(made_run(), made_network())
    run, checkpoint = read_upload("mine.safetensors", folder.export("a1b2c3"))
    assert run.parameters == sum(value.size for value in made_network().weights.values())
    assert replace(run, id="a1b2c3", from_file=False, parameters=300) == made_run()
    assert checkpoint.vocabulary.words == WORDS
    folder.save(run, checkpoint)
    assert folder.load(run.id) == run
    assert folder.has_checkpoint(run.id)


def test_a_network_that_the_command_line_trained_is_brought():
    content = to_bytes(load_checkpoint(MODELS_DIR / "gru.safetensors"))
    run, checkpoint = read_upload("gru.safetensors", content)
    assert replace(run, id="gru", from_file=False) == shipped_runs()["gru"]
    assert checkpoint.hidden_size == 50


def file(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    """A safetensors file by hand."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text + data


WHOLE = to_bytes(made_network(record=run_json.to_dict(made_run())))
HEADER = json.loads(WHOLE[8 : 8 + int.from_bytes(WHOLE[:8], "little")])
DATA = WHOLE[8 + int.from_bytes(WHOLE[:8], "little") :]
FORMAT = {"__metadata__": {"format": "1"}}


def with_tensor(**changes) -> bytes:
    return file({**HEADER, "readout.bias": HEADER["readout.bias"] | changes}, DATA)


def with_metadata(**changes) -> bytes:
    return file({**HEADER, "__metadata__": HEADER["__metadata__"] | changes}, DATA)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a readable safetensors"),
        (b"\x00", "not a readable safetensors"),
        (WHOLE[:100], "not a readable safetensors"),
        (WHOLE[:-1], "not a readable safetensors"),
        (WHOLE + b"\x00", "not a readable safetensors"),
        (file(b"{}", length=2**60), "header is longer"),
        (file(b"{}", length=2**64 - 1), "header is longer"),
        (file(b"{}" + b" " * 17_000_000), "header is longer"),
        (b"\xff" * 100, "header is longer"),
        (pickle.dumps(made_run()), "header is longer|not a readable"),
        (file(b"[]"), "not a readable safetensors"),
        (file(b"[" * 100_000), "not a readable safetensors"),
        (file(b'{"__metadata__":' * 100_000), "not a readable safetensors"),
        (file(b"\xff\xfe{}"), "not a readable safetensors"),
        (file({}), "not a model of this project"),
        (file({"__metadata__": None}), "not a model of this project|not a readable"),
        (file({"__metadata__": []}), "not a readable safetensors"),
        (file({"__metadata__": {"format": 1}}), "not a readable safetensors"),
        (file(b'{"__metadata__":{"format":"1"},"__metadata__":3}'), "not a readable safetensors"),
        (file(FORMAT), "can't be read"),
        (file({**FORMAT, "w": {"dtype": "F16", "shape": [10**9], "data_offsets": [0, 4]}}, b"1234"), "not a readable"),
        (file({**FORMAT, "w": {"dtype": "F16", "shape": [2**40] * 4, "data_offsets": [0, 4]}}, b"1234"), "not a read"),
        (file({**FORMAT, "w": {"dtype": "F16", "shape": [-1], "data_offsets": [0, 4]}}, b"1234"), "not a readable"),
        (file({**FORMAT, "w": {"dtype": "F16", "shape": [2], "data_offsets": [0, 2**50]}}, b"1234"), "not a readable"),
        (file({**FORMAT, "w": {"dtype": "F16", "shape": [0, 10**18], "data_offsets": [0, 0]}}), "can't be read"),
        (with_tensor(dtype="BF16"), "not a readable safetensors"),
        (with_tensor(dtype="I16"), "must be floating-point numbers"),
        (with_tensor(shape=[1, 1]), r"must have shape \(1,\)"),
        (with_metadata(format="0"), "not a model of this project"),
        (with_metadata(architecture="gru"), "must have shape"),
        (with_metadata(architecture="gpt"), "must be rnn, lstm or gru"),
        (with_metadata(max_tokens="-1"), "between 1 and"),
        (with_metadata(max_tokens="1" * 5_000), "can't be read"),
        (with_metadata(pipeline="[]"), "exactly the fields"),
        (with_metadata(vocabulary=json.dumps([*WORDS[:-1], "film"])), "a word once, got 'film' twice"),
        (with_metadata(vocabulary=json.dumps(WORDS[:-1])), "“embedding.weight” must have shape"),
        (with_metadata(vocabulary="[" * 100_000), "can't be read"),
        (with_metadata(vocabulary='["\\ud800", "a", "b", "c", "d", "e", "f"]'), "can't be read"),
        (
            with_metadata(vocabulary=json.dumps([f"w{number}" for number in range(200_001)])),
            "at most 200,000 words, got 200,001",
        ),
        *((with_metadata(**{part: json.dumps([[]] * 60_000)}), "parts") for part in ("pipeline", "vocabulary")),
        (with_metadata(record=json.dumps([[]] * 60_000)), "too many parts"),
        (file({**HEADER, **{f"{number}": HEADER["readout.bias"] for number in range(60_000)}}, DATA), "too many parts"),
        (with_metadata(record=changed(seconds=float("nan"))), "NaN is no number"),
        (with_metadata(record=""), "can't be read"),
        (with_metadata(record="[" * 100_000), "can't be read"),
        (with_metadata(record="[]"), "not a set of names"),
        (with_metadata(record="{}"), "doesn't say how it was trained"),
        (with_metadata(record='{"a": 1}'), "no run of Unfold"),
        (with_metadata(record=changed(spec__architecture="gru")), "differ in architecture: gru and lstm"),
        (with_metadata(record=changed(spec__hidden_size=5)), "differ in hidden size: 5 and 4"),
        (with_metadata(record=changed(spec__max_tokens=31)), "differ in tokens read: 31 and 30"),
        (with_metadata(record=changed(spec__bidirectional=True)), "differ in directions: 2 and 1"),
        (with_metadata(record=changed(spec__pipeline__lower_case=False)), "differ in text pipeline$"),
        (with_metadata(record=changed(spec__max_words=6)), "its vocabulary has 14 words, its record allows 6"),
        (WHOLE[:-2] + np.array([np.nan], np.float16).tobytes(), "not finite"),
        (WHOLE[:-2] + np.array([np.inf], np.float16).tobytes(), "not finite"),
    ],
    ids=lambda value: "file" if isinstance(value, bytes) else value,  # safetensors orders its metadata by chance
)
def test_what_a_stranger_brings_is_refused_with_a_reason(content, sentence):
    with pytest.raises(InputError, match=f"^“theirs.safetensors” can't be used: .*({sentence})"):
        read_upload("theirs.safetensors", content)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 1_500), st.binary(min_size=1, max_size=8))
def test_whatever_is_changed_there_is_a_network_or_a_sentence(place, bytes_instead):
    place = min(place, len(WHOLE) - 1)
    broken = WHOLE[:place] + bytes_instead + WHOLE[place + len(bytes_instead) :]
    with suppress(InputError):
        run, checkpoint = read_upload("theirs.safetensors", broken)
        assert checkpoint is not None
        assert run.from_file


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("mine.pt", b"PK", "a run ends in .json, a network in .safetensors"),
        ("mine", b"", "a run ends in .json"),
        ("mine.json", b"\xff\xfe", "can't be used: 'utf-8' codec"),
        ("mine.json", pickle.dumps(1), "can't be used"),
        ("mine.json", b" " * 20_000_001, "larger than 20 MB"),
        ("x" * 200 + "\u202e\n.pt", b"", "“x{59}…” can't be used"),
    ],
)
def test_other_files_are_refused(name, content, sentence):
    with pytest.raises(InputError, match=sentence):
        read_upload(name, content)


def test_a_reason_is_short_and_shows_no_sign_that_nobody_sees():
    for content in (
        with_metadata(architecture="x\u202e" * 1_000_000),
        with_metadata(vocabulary=json.dumps([["x"] * 1_000_000])),
        file({**HEADER, **{f"extra{number}": HEADER["readout.bias"] for number in range(10_000)}}, DATA),
        file(
            {
                **HEADER,
                **{
                    f"{number}\u202e": {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]}
                    for number in range(10_000)
                },
            },
            DATA,
        ),
    ):
        with pytest.raises(InputError) as refusal:
            read_upload("theirs.safetensors", content)
        assert len(str(refusal.value)) < 400
        assert str(refusal.value).isprintable()


def test_nothing_of_a_file_is_run(monkeypatch):
    def never(*_):
        raise AssertionError("a pickle was read")

    monkeypatch.setattr(pickle, "loads", never)
    monkeypatch.setattr(np, "load", never)
    for name in ("evil.safetensors", "evil.json"):
        with pytest.raises(InputError):
            read_upload(name, pickle.dumps(made_run()))


def test_a_network_reads_the_same_after_its_file():
    model = from_bytes(WHOLE)
    for name, value in made_network().weights.items():
        np.testing.assert_array_equal(model.weights[name], value.astype(np.float16).astype(np.float32))
