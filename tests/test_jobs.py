"""Trainings on worker processes, and everything that can go wrong with them, really done to real processes."""

import asyncio
import hashlib
import http.server
import io
import itertools
import os
import signal
import subprocess
import sys
import tarfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
import torch

from rnn_core import imdb, prediction, worker
from rnn_core.errors import InputError
from rnn_core.jobs import Jobs, cluster, dispatch, following, register, tasks
from rnn_core.jobs.register import Register
from rnn_core.recipes import Progress, Spec
from rnn_core.run_files import RunFiles

from .made_runs import made_network

PROJECT_DIR = Path(__file__).resolve().parent.parent
SHORT_FIELDS = {
    "architecture": "gru",
    "corpus": "grammar",
    "distance": 3,
    "reviews": 200,
    "embedding_size": 8,
    "hidden_size": 6,
    "validation": 20,
    "epochs": 2,
    "batch_size": 20,
    "crop_weight": 0.0,
    "phrase_weight": 0.0,
}
LONG_FIELDS = {**SHORT_FIELDS, "epochs": 100, "reviews": 2_000, "batch_size": 4, "hidden_size": 64}
SHORT, LONG = Spec(**SHORT_FIELDS), Spec(**LONG_FIELDS)
"""The long one takes minutes, unless something happens to it."""

PATIENCE = 90  # seconds; a machine may be busy


def until(condition, seconds=PATIENCE):
    """Wait for a condition and return what it gives."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
    return found


def over(jobs, id):
    """The run, once it is over."""
    until(lambda: jobs.run(id).over)
    return jobs.run(id)


def under_way(jobs, id, records=2):
    """The run, once its training has some records."""
    until(lambda: len(jobs.run(id).history) >= records or jobs.run(id).over)
    run = jobs.run(id)
    assert run.state == "running", run.note
    return run


def record(step):
    return Progress(step, 100, 1, 1, 0.7, 0.5, None, None, False, 1.0, 1e4, 0.1 * step, 1.0)


# The register: whose turn it is


@pytest.fixture
def runs(tmp_path):
    return Register(RunFiles(tmp_path))


def hand_in(runs, text):
    """Runs of visitors a, b, ..., one a letter, each named by its visitor."""
    return [runs.add(visitor, SHORT, visitor, "") for visitor in text]


def served(runs, count):
    """Whose runs come next."""
    return "".join(runs.run(runs.next()).name for _ in range(count))


def test_many_runs_of_one_visitor_starve_nobody(runs):
    hand_in(runs, "aaaaaabcc")
    assert served(runs, 9) == "abcacaaaa"
    assert runs.next() is None


def test_who_comes_later_goes_before_the_seconds_of_others(runs):
    hand_in(runs, "aaa")
    assert served(runs, 2) == "aa"
    hand_in(runs, "bb")
    assert served(runs, 3) == "bab"


def test_who_waits_is_served_however_often_others_come_back(runs):
    hand_in(runs, "aa")
    seen = []
    for _ in range(4):
        hand_in(runs, "b")
        id = runs.next()
        seen.append(runs.run(id).name)
        runs.change(id, state="finished")
    assert seen == ["a", "b", "a", "b"]


def test_a_class_is_served_in_order(runs):
    ids = [runs.add(f"visitor {number}", SHORT, "", "") for number in range(30)]
    assert [runs.run(id).place for id in ids] == list(range(1, 31))
    assert [runs.next() for _ in range(30)] == ids
    assert [runs.run(id).place for id in ids] == [0] * 30


def test_place_counts_who_goes_before(runs):
    ids = hand_in(runs, "aab")
    assert [runs.run(id).place for id in ids] == [1, 3, 2]
    runs.stop(ids[0])
    assert runs.run(ids[0]).state == "cancelled"
    assert [runs.run(id).place for id in ids] == [0, 2, 1]


def test_limits_are_sentences(runs, monkeypatch):
    monkeypatch.setattr(register, "MAX_WAITING_RUNS", 8)
    ids = hand_in(runs, "aaaaaa")
    with pytest.raises(InputError, match=r"^6 of your trainings have not ended yet.* Cancel one"):
        runs.add("a", SHORT, "", "")
    runs.stop(ids[3])
    hand_in(runs, "abb")
    with pytest.raises(InputError, match=r"^8 trainings are waiting.* Try again"):
        runs.add("c", SHORT, "", "")
    runs.next()
    hand_in(runs, "c")
    assert len(runs.waiting()) == 8


def test_name_is_tidied_and_bounded(runs):
    assert runs.run(runs.add("a", SHORT, " my\n first ", "")).name == "my first"
    assert runs.run(runs.add("a", SHORT, "", "")).name == "GRU"
    with pytest.raises(InputError, match="at most 60"):
        runs.add("a", SHORT, "x" * 61, "")
    assert len(runs.of("a")) == 2


def test_history_grows_in_order_and_nothing_twice(runs):
    (id,) = hand_in(runs, "a")
    runs.next()
    runs.start(id)
    for number in (0, 1, 1, 0, 2):
        runs.record(id, number, record(number + 1))
    assert [progress.step for progress in runs.run(id).history] == [1, 2, 3]
    runs.change(id, state="failed", note="why")
    runs.record(id, 3, record(4))
    runs.change(id, state="finished")
    assert (len(runs.run(id).history), runs.run(id).state, runs.run(id).note) == (3, "failed", "why")


def test_cancelled_in_training_waits_for_what_the_worker_holds(runs):
    ids = hand_in(runs, "abc")
    for id in ids:
        assert runs.next() == id
        runs.start(id)
    runs.record(ids[0], 0, record(1))
    runs.change(ids[1], state="measuring")
    for id in ids:
        runs.stop(id)
    assert [runs.run(id).state for id in ids] == ["running", "cancelled", "cancelled"]
    assert all(map(runs.stopped, ids))


def test_what_a_cancelled_run_has_reached_may_come_late(runs):
    (id,) = hand_in(runs, "a")
    runs.next()
    runs.start(id)
    runs.record(id, 0, record(1))
    runs.stop(id)
    runs.change(id, state="cancelled", note="")  # its worker is in the midst of a long step
    network = made_network(runs.run(id).spec)
    runs.keep(id, network, state="measuring", note="", history=(record(1), record(2)), parameters=7)
    late = runs.run(id)
    assert (late.state, len(late.history), late.parameters) == ("cancelled", 2, 7)
    assert runs.files.load(id) == late
    assert runs.files.checkpoint(id).weights.keys() == network.weights.keys()
    runs.change(id, state="finished")
    assert runs.run(id) == late


def test_cancelled_when_the_training_had_just_ended(runs, monkeypatch):
    (id,) = hand_in(runs, "a")
    runs.next()
    runs.start(id)
    runs.record(id, 0, record(1))
    runs.stop(id)
    assert runs.run(id).state == "running"  # its worker may hold a network
    results = iter([tasks.Trained("measuring", "", (record(1),), None, 10, 1.0), None])

    async def result_of(*_):
        return next(results)

    async def clear(**_):
        pass

    client = SimpleNamespace(
        scheduler_comm=None,
        status="running",
        subscribe_topic=lambda *_: None,
        submit=lambda *_, **__: SimpleNamespace(release=lambda: None),
        scheduler=SimpleNamespace(event_clear=clear),
    )
    connection = following.Connection(client, True, runs, {})
    monkeypatch.setattr(connection, "_result_of", result_of)
    asyncio.run(connection.follow(id))
    assert runs.run(id).state == "cancelled"


def test_another_server_finds_the_runs_on_disk(runs, tmp_path):
    ended, going = hand_in(runs, "ab")
    runs.change(ended, state="finished")
    runs.next()
    runs.start(going)
    runs.record(going, 0, record(1))
    runs.write_running()
    restarted = Register(RunFiles(tmp_path))
    assert restarted.run(ended) == runs.run(ended)
    assert (restarted.run(going).state, restarted.run(going).note) == ("failed", register.RESTARTED)
    assert restarted.run(going).history == (record(1),)
    assert restarted.of("a") == ()
    with pytest.raises(InputError, match="not kept here"):
        restarted.run("0123456789abcdef")


def test_memory_is_bounded_and_the_disk_knows_more(runs, monkeypatch):
    monkeypatch.setattr(register, "MAX_KEPT_RUNS", 5)
    ids = []
    for _ in range(12):
        ids += hand_in(runs, "a")
        runs.change(ids[-1], state="finished")
    assert runs.of("a") == tuple(ids[-5:])
    runs.stop(ids[0])
    assert runs.run(ids[0]).state == "finished"


def test_a_full_disk_ends_no_run(runs, monkeypatch, caplog):
    def full(*_):
        raise InputError("no room")

    (id,) = hand_in(runs, "a")
    monkeypatch.setattr(runs.files, "save", full)
    runs.change(id, state="running")
    assert runs.run(id).state == "running"
    assert "no room" in caplog.text
    with pytest.raises(InputError, match="no room"):
        runs.keep(id, None, state="measuring")


def test_where_no_run_can_be_kept_none_begins(tmp_path):
    (tmp_path / "runs").write_text("a file")
    runs = Register(RunFiles(tmp_path / "runs"))
    with pytest.raises(InputError, match=r"^The run can't be written down on this server: File exists\.$"):
        hand_in(runs, "a")
    assert (runs.of("a"), runs.waiting()) == ((), ())


# What a worker does, in this process


@pytest.fixture
def line(monkeypatch):
    """What a worker tells; its word to stop comes when `stop_at` records were told."""
    line = SimpleNamespace(told=[], stop_at=None)

    def tick():
        if line.stop_at is not None and sum("record" in message for message in line.told) >= line.stop_at:
            raise worker.Stopped

    def tell(**message):
        line.told.append(message)

    fake = SimpleNamespace(tell=tell, tick=tick, loading=lambda *_: None)
    monkeypatch.setattr(worker, "Line", lambda *_: fake)
    monkeypatch.setattr(worker, "get_worker", lambda: SimpleNamespace(address="tcp://here"))
    monkeypatch.setattr(worker, "PACE", 0.0)
    return line


def told(line):
    """The records among what was told, and their numbers."""
    records = [message for message in line.told if "record" in message]
    assert [message["number"] for message in records] == list(range(len(records)))
    return tuple(Progress(**message["record"]) for message in records)


def test_every_record_is_told_and_comes_back(line):
    trained = worker.train(SHORT, "id", "topic")
    assert trained.state == "measuring"
    assert trained.history == told(line)
    assert [record.step for record in trained.history] == list(range(1, 19))
    assert trained.seconds == trained.history[-1].seconds
    measured = worker.measure(SHORT, trained, "id", "topic")
    assert measured.test.accuracy > 0.4


def test_records_are_as_rare_as_the_pace_but_for_validations_and_the_end(line, monkeypatch):
    monkeypatch.setattr(worker, "PACE", 3_600.0)
    trained = worker.train(SHORT, "id", "topic")
    assert [record.step for record in told(line)] == [1, 9, 18]
    assert trained.history == told(line)


@pytest.mark.parametrize("stop_at", [1, 12])
def test_stopped_training_gives_back_what_it_reached(line, stop_at):
    line.stop_at = stop_at
    trained = worker.train(SHORT, "id", "topic")
    assert trained.state == "cancelled"
    assert trained.history == told(line)
    assert len(trained.history) == stop_at
    assert trained.checkpoint.architecture == "gru"
    assert trained.parameters == sum(value.size for value in trained.checkpoint.weights.values())
    assert worker.measure(SHORT, trained, "id", "topic") is None
    assert worker.learn_baseline(SHORT, "id", "topic") is None


def test_training_that_takes_too_long_is_measured_as_it_is(line, monkeypatch):
    monkeypatch.setattr(worker, "MAX_TRAINING_SECONDS", 0)
    trained = worker.train(SHORT, "id", "topic")
    assert (trained.state, len(trained.history)) == ("measuring", 1)
    assert "the longest that a training may take" in trained.note
    assert worker.measure(SHORT, trained, "id", "topic").test.reviews > 0


def test_measuring_that_takes_too_long_is_a_sentence_and_the_network_is_kept(line, monkeypatch):
    trained = worker.train(SHORT, "id", "topic")
    monkeypatch.setattr(worker, "MAX_MEASURING_SECONDS", -1)
    with pytest.raises(InputError, match="takes more than 10 minutes"):
        worker.measure(SHORT, trained, "id", "topic")
    monkeypatch.setattr(worker, "MAX_TRAINING_SECONDS", 0)
    assert worker.train(SHORT, "id", "topic").state == "failed"


def test_who_measures_for_long_says_that_it_goes_on(runs, monkeypatch):
    told, clock = [], itertools.count(0.0, 15.0)
    here = SimpleNamespace(log_event=lambda _, message: told.append(message))
    monkeypatch.setattr(worker, "get_worker", lambda: here)
    monkeypatch.setattr(worker, "Event", lambda _: SimpleNamespace(is_set=lambda: False))
    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    (id,) = hand_in(runs, "a")
    line = worker.Line(id, "topic")
    for _ in range(6):
        line.tick()
    assert told == [{"run": id}] * len(told)
    assert len(told) in (2, 3)
    before = runs.run(id)
    comm = SimpleNamespace(scheduler_comm=None, subscribe_topic=lambda *_: None)
    following.Connection(comm, True, runs, {})._heard((0.0, told[0]))
    assert runs.run(id) == before
    assert runs.silence(id) < 60


def test_stopped_before_the_first_step(line):
    line.stop_at = 0
    assert worker.train(SHORT, "id", "topic") == tasks.Trained("cancelled", "", (), None, 0, 0.0)


def test_training_that_diverges_keeps_its_history(line, monkeypatch):
    learn = worker.training.train

    def diverge(*arguments, **options):
        yield from itertools.islice(learn(*arguments, **options), 12)
        raise InputError("the training diverged: take a smaller learning_rate")

    monkeypatch.setattr(worker.training, "train", diverge)
    trained = worker.train(SHORT, "id", "topic")
    assert (trained.state, trained.note) == ("failed", "the training diverged: take a smaller learning_rate")
    assert trained.history == told(line)
    assert len(trained.history) == 12


def test_weights_that_half_precision_cannot_hold_are_a_sentence(line, monkeypatch):
    def grow(self):
        return {name: value + 1e6 for name, value in weights(self).items()}

    weights = worker.models.SentimentClassifier.numpy_weights
    monkeypatch.setattr(worker.models.SentimentClassifier, "numpy_weights", grow)
    trained = worker.train(SHORT, "id", "topic")
    assert (trained.state, trained.checkpoint) == ("failed", None)
    assert "not finite" in trained.note
    assert trained.history == told(line)


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (InputError("no"), InputError, "no"),
        (MemoryError(), InputError, "more memory than its process may have"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), InputError, "more memory"),
        (ZeroDivisionError("oh"), tasks.TaskError, "ZeroDivisionError: oh"),
    ],
)
def test_what_a_worker_raises_brings_nothing_of_torch_to_the_server(monkeypatch, error, kind, sentence):
    def fail():
        raise error from torch.OutOfMemoryError()

    monkeypatch.setattr(worker, "fail", fail, raising=False)
    with pytest.raises(kind) as caught:
        tasks.call("fail")
    assert sentence in str(caught.value.args)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


# On a cluster of this machine, which most tests share


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where runs are kept; the workers have a cache of their own."""
    folder = tmp_path_factory.mktemp("jobs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNFOLD_CACHE", str(folder))
        patch.setenv("NO_PROXY", "127.0.0.1")
        for name in ("UNFOLD_IMDB", "UNFOLD_SCHEDULER", "UNFOLD_WORKERS", "UNFOLD_WORKER_MEMORY"):
            patch.delenv(name, raising=False)
        yield folder


@pytest.fixture(scope="module")
def jobs(folder):
    jobs = Jobs(workers=1, memory="1.2GB")
    jobs.warm()
    yield jobs
    jobs.close()


def processes(jobs):
    """The process of the cluster, and the one that trains."""
    own = psutil.Process(jobs._dispatcher._cluster._process.pid)
    return own, next(child for child in own.children(recursive=True) if "spawn_main" in " ".join(child.cmdline()))


def test_a_training_is_seen_from_start_to_end(jobs):
    id = jobs.submit("ada", SHORT, "first")
    assert jobs.run(id).state == "queued"
    until(lambda: jobs.run(id).state not in ("queued", "running"))
    # The network is there before anything is measured: read with it at once.
    assert next(prediction.predict(RunFiles().checkpoint(id), ["a great film"])).probability > 0
    run = over(jobs, id)
    assert (run.state, run.place, run.note, run.name) == ("finished", 0, "", "first")
    steps = [progress.step for progress in run.history]
    assert all(first < second for first, second in pairwise(steps))
    assert run.history[-1].step == run.history[-1].steps
    assert [progress.epoch for progress in run.history if progress.validation_loss is not None] == [1, 2]
    assert run.parameters == sum(value.size for value in RunFiles().checkpoint(id).weights.values())
    assert run.measured.test.reviews == sum(map(sum, run.measured.test.confusion)) > 0
    assert run.baseline.test.accuracy > 0.5
    assert run.seconds > 0
    # The page was closed and is opened again, by her, by another, on another server.
    assert jobs.run(id) == run
    assert Jobs().run(id) == run
    assert jobs.of("ada") == (id,)


def test_equal_data_have_one_baseline(jobs):
    first, second = (over(jobs, jobs.submit("ada", replace(SHORT, seed=seed))) for seed in (1, 2))
    assert first.baseline is second.baseline
    assert first.measured != second.measured


def test_order_is_fair_on_a_real_worker(jobs, monkeypatch):
    begun, start = [], jobs._register.start
    monkeypatch.setattr(jobs._register, "start", lambda id: (begun.append(id), start(id)))
    running = jobs.submit("ada", LONG)
    under_way(jobs, running)
    waiting = [jobs.submit(visitor, SHORT) for visitor in ("ada", "ada", "bob", "ada", "eve")]
    assert [jobs.run(id).place for id in waiting] == [3, 4, 1, 5, 2]
    jobs.cancel("ada", running)
    assert {over(jobs, id).state for id in waiting} == {"finished"}
    assert begun == [running, *(waiting[number] for number in (2, 4, 0, 1, 3))]


def test_a_class_that_presses_the_button_together(jobs, monkeypatch):
    begun, start = [], jobs._register.start
    monkeypatch.setattr(jobs._register, "start", lambda id: (begun.append(id), start(id)))
    quick = replace(SHORT, reviews=60, validation=0, epochs=1)
    with ThreadPoolExecutor(30) as pool:
        ids = list(pool.map(lambda number: jobs.submit(f"visitor {number}", quick), range(30)))
    in_order = sorted(ids, key=lambda id: jobs._register._entries[id].number)
    assert {over(jobs, id).state for id in in_order} == {"finished"}
    assert begun == in_order


def test_cancel_in_training_keeps_what_was_reached(jobs):
    id = jobs.submit("ada", LONG)
    reached = under_way(jobs, id)
    with pytest.raises(InputError, match="somebody else's"):
        jobs.cancel("bob", id)
    jobs.cancel("ada", id)  # in another tab of the same browser, which is the same visitor
    jobs.wait(id)
    assert jobs.run(id).state == "cancelled"
    until(lambda: RunFiles().has_checkpoint(id) and RunFiles().load(id) == jobs.run(id))
    run = jobs.run(id)
    assert run.history[: len(reached.history)] == reached.history
    assert run.history[-1].step < run.history[-1].steps
    assert run.measured is None
    assert next(prediction.predict(RunFiles().checkpoint(id), ["a great film"])).probability > 0
    jobs.cancel("ada", id)
    assert jobs.run(id) == run


def test_cancel_in_the_queue_and_before_the_first_step(jobs):
    first, second = (jobs.submit("ada", LONG) for _ in range(2))
    jobs.cancel("ada", second)
    assert (jobs.run(second).state, jobs.run(second).history) == ("cancelled", ())
    jobs.cancel("ada", first)
    assert over(jobs, first).state == "cancelled"
    assert over(jobs, jobs.submit("ada", SHORT)).state == "finished"


def test_a_spec_that_does_not_fit_its_data_is_a_sentence(jobs):
    run = over(jobs, jobs.submit("ada", replace(SHORT, validation=150)))
    assert run.state == "failed"
    assert "validation must be at most half" in run.note


def test_missing_reviews_are_a_sentence(jobs):
    assert not jobs.has_reviews()
    run = over(jobs, jobs.submit("ada", replace(SHORT, corpus="imdb")))
    assert run.state == "failed"
    assert "UNFOLD_IMDB" in run.note


def test_giant_is_refused_before_it_is_trained(jobs):
    run = over(jobs, jobs.submit("ada", replace(SHORT, hidden_size=1_024, embedding_size=1_024, layers=8)))
    assert run.state == "failed"
    assert "parameters, the most are" in run.note
    assert run.history == ()


def test_bug_on_a_worker_is_logged_there_where_the_owner_looks(jobs, monkeypatch, caplog):
    submit = following.Connection._submit
    monkeypatch.setattr(following.Connection, "_submit", lambda self, _, *rest: submit(self, "nothing", *rest))
    run = over(jobs, jobs.submit("ada", SHORT))
    assert (run.state, run.note) == ("failed", following.BUG.format("AttributeError"))
    assert "in call" in caplog.text


def test_a_fault_of_the_server_itself_leaves_nobody_waiting(folder, monkeypatch, caplog):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    broken = Jobs(scheduler="no://address")
    run = over(broken, broken.submit("ada", SHORT))
    assert (run.state, run.note) == ("failed", dispatch.NO_CLUSTER)
    assert "the trainings can't go on" in caplog.text
    broken.fetch()
    until(lambda: broken.fetching().state == "failed")
    assert broken.fetching().note == dispatch.NO_CLUSTER
    broken.close()


def test_cluster_that_does_not_start(folder, monkeypatch):
    monkeypatch.setattr(cluster.sys, "executable", "/bin/false")
    broken = Jobs()
    run = over(broken, broken.submit("ada", SHORT))
    assert (run.state, run.note) == ("failed", dispatch.NO_CLUSTER)
    broken.close()


def test_killed_worker(jobs):
    id, next_one = jobs.submit("ada", LONG), jobs.submit("bob", SHORT)
    reached = under_way(jobs, id)
    processes(jobs)[1].kill()
    run = over(jobs, id)
    assert (run.state, run.note) == ("failed", following.KILLED)
    assert run.history[: len(reached.history)] == reached.history
    assert over(jobs, next_one).state == "finished"


def test_out_of_memory(jobs):
    greedy = replace(SHORT, hidden_size=1_024, embedding_size=512, batch_size=1_000, reviews=2_000)
    id, next_one = jobs.submit("ada", greedy), jobs.submit("bob", SHORT)
    run = over(jobs, id)
    assert run.state == "failed"
    assert "memory" in run.note
    assert over(jobs, next_one).state == "finished"


def test_worker_that_says_nothing(jobs, monkeypatch):
    id = jobs.submit("ada", LONG)
    under_way(jobs, id)
    _, worker = processes(jobs)
    monkeypatch.setattr(following, "SILENCE", 3.0)
    worker.suspend()
    assert over(jobs, id).state == "failed"
    assert jobs.run(id).note in (following.SILENT, following.LOST)  # where all is slow, the scheduler seems lost first
    monkeypatch.undo()
    assert over(jobs, jobs.submit("ada", SHORT)).state == "finished"
    until(lambda: not worker.is_running())


def test_scheduler_of_this_machine_killed(jobs):
    id, next_one = jobs.submit("ada", LONG), jobs.submit("bob", SHORT)
    reached = under_way(jobs, id)
    own, worker = processes(jobs)
    own.kill()
    run = over(jobs, id)
    assert (run.state, run.note) == ("failed", following.LOST)
    assert run.history[: len(reached.history)] == reached.history
    assert over(jobs, next_one).state == "finished"
    until(lambda: not worker.is_running())


# Fetching the reviews, from a server on this machine


def archive():
    """A data set of eight reviews in the official layout."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as files:
        for split in imdb.SPLITS:
            for number in range(40):
                label, text = (("pos", "A great film."), ("neg", "A dull film."))[number % 2]
                member = tarfile.TarInfo(f"aclImdb/{split}/{label}/{number}_1.txt")
                member.size = len(text)
                files.addfile(member, io.BytesIO(text.encode()))
    return buffer.getvalue()


@contextmanager
def web_server(content):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            """Keep the tests quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/reviews.tar.gz"
        server.shutdown()
        thread.join()


def test_reviews_are_fetched_and_trained_on(jobs, monkeypatch):
    content = archive()
    monkeypatch.setattr(imdb, "MD5", hashlib.md5(content).hexdigest())
    monkeypatch.setattr(imdb, "URL", "http://127.0.0.1:9/nobody")
    assert jobs.fetching().state == ""
    jobs.fetch()
    until(lambda: jobs.fetching().state != "fetching")
    assert jobs.fetching().state == "failed"
    assert "is there a network?" in jobs.fetching().note
    with web_server(content) as url:
        monkeypatch.setattr(imdb, "URL", url)
        jobs.fetch()
        jobs.fetch()
        until(lambda: jobs.fetching().state != "fetching")
    assert jobs.fetching() == following.Fetching("done", len(content), len(content))
    until(jobs.has_reviews)
    spec = replace(SHORT, corpus="imdb", validation=4, batch_size=8)
    run = over(jobs, jobs.submit("ada", spec))
    assert (run.state, run.note) == ("finished", "")
    assert run.measured.test.reviews == 40


# On a cluster that somebody else runs


@contextmanager
def dask(command, *arguments, **variables):
    """`dask scheduler` or `dask worker`, as the README says."""
    script = Path(sys.executable).with_name("dask")
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_DIR), **variables}
    process = subprocess.Popen(
        [script, command, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else ():
            child.kill()
        process.kill()
        process.wait()


def test_cluster_of_somebody_else_whose_scheduler_dies(folder, tmp_path, monkeypatch):
    from tools.server import free_port

    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ("scheduler", "--host", "127.0.0.1", "--port", str(port), "--dashboard-address", "127.0.0.1:0")
    processes = ("--nworkers", "1", "--nthreads", "1", "--memory-limit", "2GB", "--preload", "rnn_core.worker")
    worker = ("worker", address, *processes, "--local-directory", str(tmp_path))
    (tmp_path / "reviews.tar.gz").write_bytes(archive())
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 2)
    monkeypatch.setenv("UNFOLD_SCHEDULER", address)
    jobs = Jobs()
    try:
        run = over(jobs, jobs.submit("ada", SHORT))
        assert (run.state, run.note) == ("failed", dispatch.NO_SCHEDULER.format(address))
        monkeypatch.setattr(cluster, "CONNECT_SECONDS", 60)
        with dask(*scheduler) as process:
            id = jobs.submit("ada", LONG)
            until(lambda: jobs.run(id).note == dispatch.NO_WORKER)
            with dask(*worker, UNFOLD_IMDB=str(tmp_path / "reviews.tar.gz")):
                reached = under_way(jobs, id)
                assert reached.note == ""
                until(jobs.has_reviews)
                process.kill()
                run = over(jobs, id)
                assert (run.state, run.note) == ("failed", following.LOST)
                assert run.history[: len(reached.history)] == reached.history
        with dask(*scheduler), dask(*worker):
            assert over(jobs, jobs.submit("ada", SHORT)).state == "finished"
    finally:
        jobs.close()


# The end of the server

SERVER = """
import sys, time
from rnn_core.jobs import Jobs
from rnn_core.recipes import Spec
jobs = Jobs(workers=1)
ids = [jobs.submit("ada", Spec(**{fields})) for _ in range(2)]
while not jobs.run(ids[0]).history:
    time.sleep(0.02)
assert not {{"torch", "sklearn", "scipy", "pandas"}} & {{*sys.modules}}
print(*ids, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_server_that_ends_leaves_no_process_and_forgets_no_run(folder, sign):
    script = SERVER.format(fields=LONG_FIELDS)
    server = subprocess.Popen(
        [sys.executable, "-c", script], cwd=PROJECT_DIR, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        training, waiting = server.stdout.readline().split()
        family = psutil.Process(server.pid).children(recursive=True)
        assert len(family) >= 3
        until(lambda: RunFiles().load(training).history)
    finally:
        server.send_signal(sign)
        server.stdout.close()
        server.wait()
    until(lambda: not any(child.is_running() for child in family))
    restarted = Jobs()
    for id in (training, waiting):
        assert (restarted.run(id).state, restarted.run(id).note) == ("failed", register.RESTARTED)
    assert restarted.run(training).history


def test_nothing_is_started_before_it_is_needed(folder):
    before = threading.active_count()
    jobs = Jobs()
    assert (jobs.of("ada"), jobs.owns("ada", "0123456789abcdef"), jobs.fetching().state) == ((), False, "")
    assert threading.active_count() == before
    jobs.close()


def test_closing_keeps_what_was_reached(jobs):
    id, waiting = (jobs.submit("ada", LONG) for _ in range(2))
    under_way(jobs, id)
    family = psutil.Process(jobs._dispatcher._cluster._process.pid).children(recursive=True)
    jobs.close()
    until(lambda: not any(child.is_running() for child in family))
    for one, records in ((id, 2), (waiting, 0)):
        assert (jobs.run(one).state, jobs.run(one).note) == ("failed", following.STOPPED)
        assert len(Jobs().run(one).history) >= records
    jobs.close()
    with pytest.raises(InputError, match="is being stopped"):
        jobs.submit("ada", SHORT)
