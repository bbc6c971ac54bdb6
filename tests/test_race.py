"""The race: curves, sentences, settings, experiments and the listing; its pictures; and its page without a browser."""

import asyncio
from dataclasses import fields as fields_of
from dataclasses import replace

import numpy as np
import pytest

from app import VisitorCookie
from pages.ui import trainings
from rnn_core import corpora, training
from rnn_core.checkpoints import SHIPPED, load_model
from rnn_core.errors import InputError
from rnn_core.jobs import Fetching
from rnn_core.metrics import Metrics
from rnn_core.models import SentimentClassifier
from rnn_core.plots.race import figure_confusion, figure_curves, figure_quality
from rnn_core.plots.theme import NETWORK_DASHES
from rnn_core.race import example, experiments, fields, listing, mistakes, sentences, shown, tables, why
from rnn_core.race.curves import AXES, MOST_POINTS, QUANTITIES, seconds_to, trace_curve, trace_curves
from rnn_core.race.naming import name_run, name_runs
from rnn_core.recipes import PHASES, RANGES, RECIPES, Progress, Spec, make_spec
from rnn_core.run_files import RunFiles, from_json, shipped_runs, to_json
from rnn_core.runs import STATES, Baseline, Measured, Mistake, Run
from rnn_core.text_pipeline import MODEL_SPEC, tokenize

from .opened_page import open_page, words_of

SPEC = make_spec("classroom", "lstm", corpus="grammar", distance=40, reviews=400, validation=40)


def record(step, steps=100, **changes):
    """A record of a training of two epochs that gets better and better."""
    done = step / steps
    last = step * 2 % steps == 0
    values = {
        "step": step,
        "steps": steps,
        "epoch": 1 + (step > steps // 2),
        "epochs": 2,
        "loss": 0.7 - 0.5 * done,
        "accuracy": 0.5 + 0.45 * done,
        "validation_loss": 0.7 - 0.4 * done if last else None,
        "validation_accuracy": 0.5 + 0.4 * done if last else None,
        "best": last,
        "gradient_norm": 0.5 + done,
        "tokens_per_second": 1_000.0,
        "seconds": 10 * done,
        "eta": 10 * (1 - done),
        "reviews": 360 * 2 * step // steps,
        "phases": tuple(done * (number + 1) for number in range(len(PHASES))),
    }
    return Progress(**values | changes)


def metrics(accuracy, reviews=2_000):
    right = round(accuracy * reviews / 2)
    wrong = reviews // 2 - right
    return Metrics(reviews, 0.4, accuracy, accuracy, accuracy, accuracy, ((right, wrong), (wrong, right)))


def run(architecture="lstm", accuracy=0.9, **changes):
    """A run that has ended, measured unless `accuracy` is None."""
    values = {
        "id": f"{architecture}0",
        "name": architecture.upper(),
        "spec": replace(SPEC, architecture=architecture),
        "state": "finished",
        "history": tuple(record(step) for step in range(1, 101)),
        "parameters": 1_234,
        "seconds": 10.0,
        "measured": None if accuracy is None else Measured(metrics(accuracy), 1.0, ()),
    }
    return Run(**values | changes)


LIVE = run(accuracy=None, state="running", history=tuple(record(step) for step in range(1, 61)))
WAITING = run("gru", accuracy=None, state="queued", place=2, history=())
BASELINE = Baseline(metrics(0.88), 0.3, 5_000)


# The core


@pytest.mark.parametrize("count", [1, 2, MOST_POINTS, MOST_POINTS + 1, 5_000])
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_curve_is_thinned_but_keeps_its_end_and_its_largest_gradient(count, quantity):
    rng = np.random.default_rng(count)
    norms = rng.exponential(size=count)
    history = tuple(record(step, count, gradient_norm=float(norms[step - 1])) for step in range(1, count + 1))
    where, values = trace_curve(run(history=history), quantity, "seconds").training
    assert len(where) == min(count, MOST_POINTS)
    assert np.all(np.diff(where) > 0)
    if quantity == "gradient":
        assert values.max() == norms.max()
        edges = np.searchsorted(where, where)
        assert len(edges) == len(where)
    else:
        assert (where[-1], values[-1]) == (history[-1].seconds, getattr(history[-1], quantity))


@pytest.mark.parametrize("axis", AXES)
def test_held_out_points_and_the_test_stand_where_their_records_do(axis):
    ended = run()
    curve = trace_curve(ended, "accuracy", axis)
    expected = {"seconds": [5.0, 10.0], "reviews": [360, 720], "epochs": [1, 2]}[axis]
    np.testing.assert_allclose(curve.held_out, [expected, [0.7, 0.9]])
    assert curve.test == (expected[-1], 0.9)
    assert trace_curve(ended, "gradient", axis).test is None
    assert trace_curve(ended, "gradient", axis).held_out.size == 0


def test_reviews_of_records_that_did_not_count_them_follow_from_the_epochs():
    old = run(history=tuple(record(step, reviews=0) for step in (50, 100)))
    assert trace_curve(old, "loss", "reviews").training[0].tolist() == [360, 720]


def test_runs_that_have_not_begun_have_no_curve():
    assert [curve.run for curve in trace_curves([WAITING, LIVE], "loss", "seconds")] == [LIVE]


def test_seconds_to_a_goal_count_held_out_reviews_only():
    assert seconds_to(run()) == 10.0
    assert seconds_to(run(), 0.7) == 5.0
    assert seconds_to(run(), 0.95) is None
    assert seconds_to(next(iter(shipped_runs().values()))) is None


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("lstm,gru", ("lstm", "gru")),
        ("", ()),
        ("../x,lstm,lstm,A", ("lstm",)),
        (",".join(f"run{k}" for k in range(20)), tuple(f"run{k}" for k in range(11, 20))),
    ],
)
def test_the_runs_of_a_link_are_few_and_can_be_ids(text, ids):
    assert shown.split(text) == ids


def test_shipped_runs_make_room_for_trained_ones():
    assert shown.with_new(("lstm", "gru", "mine"), ["new1", "new2"]) == "mine,new1,new2"


def test_the_latest_three_read_along():
    assert shown.reading_along("", "aaa") == "aaa"
    assert shown.reading_along("aaa,bbb", "aaa") == "bbb,aaa"
    assert shown.reading_along("aaa,bbb,ccc", "ddd") == "bbb,ccc,ddd"


def test_names_say_what_is_special_and_never_repeat():
    assert name_run(SPEC, "", ()) == "LSTM at 40"
    assert name_run(make_spec("fast", "gru"), "", ()) == "GRU fast"
    assert name_run(SPEC, "mine", ("LSTM mine",)) == "LSTM mine #2"
    assert list(name_runs([SPEC, SPEC], "", ("LSTM at 40",))) == ["LSTM at 40 #2", "LSTM at 40 #3"]
    with pytest.raises(InputError, match="at most"):
        name_run(SPEC, "x" * 100, ())


def test_every_setting_of_a_recipe_has_its_field_its_meaning_and_its_range():
    asked_beside = {"architecture", "recipe", "seed", "corpus", "distance", "pipeline"}
    listed = [name for group in fields.NAMES.values() for name in group]
    assert sorted(listed) == sorted({field.name for field in fields_of(Spec)} - asked_beside)
    base = make_spec("fast", "lstm")
    for name in listed:
        assert (name in RANGES) != (name in fields.CHOICES)
        assert fields.reader(name)(fields.written(base, name)) == getattr(base, name)
        assert len(fields.meaning(name, base, getattr(base, name))) > 10
    assert set(fields.STEPS) == {field.name for field in fields_of(MODEL_SPEC)}
    assert fields.pipeline_of(fields.steps_of(MODEL_SPEC)) == MODEL_SPEC


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("epochs", "0", "Epochs must lie between 1 and 100"),
        ("epochs", "many", "epochs"),
        ("learning_rate", "nan", "Learning rate must lie"),
        ("reviews", "1e9", "reviews"),
        ("seed", "-1", "seed must lie"),
    ],
)
def test_a_setting_out_of_its_range_is_refused_with_the_range(name, text, sentence):
    with pytest.raises(InputError, match=sentence):
        fields.reader(name)(text)


def test_only_changes_are_named():
    base = make_spec("fast", "lstm")
    changed = fields.changes(
        base, {"epochs": 9, "batch_size": base.batch_size, "pipeline": make_spec("report", "lstm").pipeline}
    )
    assert list(changed) == ["epochs", "pipeline"]
    assert fields.said(list(changed)) == "Changed from the recipe: Epochs, Cleaning steps."
    assert fields.texts(base, list(changed), "fast.imdb")["fast.imdb.epochs"] == str(base.epochs)
    assert "identity" in fields.differing("fast", "imdb")
    assert fields.differing("report", "imdb") == ""


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
@pytest.mark.parametrize("recipe", RECIPES)
def test_an_experiment_changes_just_one_thing(name, recipe):
    named = experiments.named_specs(experiments.EXPERIMENTS[name], recipe, {"corpus": "grammar", "seed": 3}, "")
    first, second = ({**spec.to_dict(), **spec.pipeline.to_dict()} for spec in named.values())
    differ = [key for key in first if first[key] != second[key] and key != "pipeline"]
    assert len(differ) == 1
    assert len(named) == 2
    assert {spec.seed for spec in named.values()} == {3}


@pytest.mark.parametrize("distance", [0, 1, 20, sentences.FARTHEST])
def test_the_marked_word_of_the_example_stands_at_its_distance(distance):
    text, _ = example.review(distance)
    before, word, behind = example.parts(text, distance)
    assert len(tokenize(behind, MODEL_SPEC)) == distance
    assert " ".join(filter(None, [before, word, behind])) == text
    assert len(tokenize(word, MODEL_SPEC)) == 1
    assert f">{word}</mark>" in example.marked(distance)


def test_the_listing_trains_as_the_loop_does():
    """Run as it stands, from the same start and on the same batches, it comes to the same losses and gradients."""
    plain = {"dropout": 0.0, "embedding_dropout": 0.0, "word_dropout": 0.0, "warm_up": 0.0, "crop_weight": 0.0}
    spec = replace(SPEC, **plain, phrase_weight=0.0, epochs=2, reviews=160, validation=20, validations=1, hidden_size=8)
    dataset = corpora.load(spec)
    expected = list(training.train(spec, dataset, training.new_model(spec, len(dataset.vocabulary)), every=1))
    model = training.new_model(spec, len(dataset.vocabulary))
    learn, held_out = corpora.split_training(spec, dataset)
    rng = np.random.default_rng([spec.seed, 1])
    found, measured = [], []

    def batches():
        for batch in training._batches(spec, dataset.train, learn, rng):
            ids, lengths = training._pad(spec, [dataset.train[review] for review in batch])
            yield ids, lengths, training.torch.from_numpy(np.asarray(dataset.train.labels)[batch].astype(np.float32))

    world = {
        "model": model,
        "batches": batches,
        "held_out": held_out,
        "epochs": spec.epochs,
        "rate": spec.learning_rate,
        "clip": spec.clip_norm,
        "report": lambda loss, norm: found.append((float(loss.detach()), float(norm))),
        "measure": lambda model, reviews: measured.append(training._validate(spec, model, dataset.train, reviews)),
    }
    exec(listing.PROLOGUE + listing.SOURCE, world)
    assert isinstance(model, SentimentClassifier)
    np.testing.assert_allclose([norm for _, norm in found], [one.gradient_norm for one in expected], rtol=1e-4)
    steps = len(expected) // spec.epochs
    sizes = [min(spec.batch_size, len(learn) - start) for start in range(0, len(learn), spec.batch_size)]
    assert len(sizes) == steps
    assert expected[0].loss == pytest.approx(found[0][0], rel=1e-5)
    assert [one.validation_loss for one in expected if one.validation_loss is not None] == pytest.approx(
        [loss for loss, _ in measured], rel=1e-4
    )


def test_every_phase_that_is_timed_has_its_line():
    assert [line.phase for line in listing.LINES if line.phase] == list(PHASES)
    assert set(listing.SAID) == set(PHASES)
    assert sum(listing.shares(LIVE).values()) == pytest.approx(1)
    assert listing.shares(WAITING) == {}
    assert listing.busiest(LIVE) == PHASES[-1]  # the later the phase, the more it grows in these records
    assert listing.busiest(run()) == ""
    assert listing.followed([run("gru"), LIVE]) is LIVE
    assert listing.followed([WAITING]) is None
    assert 'aria-current="step"' in listing.to_html(LIVE)
    assert "held-out" in listing.now(LIVE)
    assert listing.now(run()) == listing.now(None) == ""


def test_the_headline_follows_the_race():
    assert sentences.headline([]) == sentences.NO_RUNS
    assert "first curve" in sentences.headline([WAITING])
    assert sentences.headline([LIVE]).startswith(
        "The LSTM trains: after 5.0\u00a0s it was right on 70.0 % of the held-out"
    )
    other = replace(LIVE, id="gru1", name="GRU", history=LIVE.history[:55])
    assert "leads" in sentences.headline([LIVE, other])
    assert sentences.headline([run("rnn", 0.5), run("gru", 0.97)]).startswith(
        "The GRU gets 97.0 % of 2,000 generated test reviews"
    )
    real = run("rnn", 0.98, spec=make_spec("fast", "rnn"))
    assert "98.0 % of 2,000 real test reviews" in sentences.headline([real])
    assert "of its test reviews" in sentences.headline([real, run("gru", 0.97)])
    assert "beforehand" not in sentences.headline([real])
    assert sentences.headline(list(shipped_runs().values())).endswith("They were trained beforehand.")
    assert "now it reads the test reviews" in sentences.headline([replace(LIVE, state="measuring"), WAITING])
    many = [run(id=f"lstm{k}", accuracy=0.9 - k / 100) for k in range(5)]
    assert sentences.headline(many).endswith("2 more are no better.")
    assert sentences.headline(many[1:]).endswith("1 more is no better.")
    assert "before it stopped" in sentences.headline([replace(LIVE, state="cancelled")])
    assert "first step" in sentences.headline([replace(WAITING, state="cancelled")])
    assert "&lt;b&gt; gets 90.0 %" in sentences.pointer([run(name="<b>")])
    assert sentences.POINTER not in sentences.pointer(list(shipped_runs().values()))


def test_a_picture_is_explained_by_what_it_shows():
    old = list(shipped_runs().values())
    for quantity in ("accuracy", "loss"):
        assert "held-out" not in sentences.reading(old, quantity)
        for runs in ([], [*old, run()], [WAITING]):
            assert "held-out" in sentences.reading(runs, quantity)
    assert "before clipping" in sentences.reading(old, "gradient")


@pytest.mark.parametrize(
    ("share", "words"), [(1.0, "100.0 %"), (0.9996, "over 99.9 %"), (0.9994, "99.9 %"), (0.8411, "84.1 %")]
)
def test_nothing_is_certain_that_is_not(share, words):
    assert sentences.percent(share) == words


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (WAITING, "number 2 in line"),
        (LIVE, "step 60 of 100"),
        (replace(LIVE, history=(), note="Reading the reviews: 3 of 9."), "Reading the reviews"),
        (replace(LIVE, state="measuring"), "you can read with it"),
        (replace(LIVE, state="cancelled"), "step 60 of 100; what it had reached is kept"),
        (replace(LIVE, state="failed", note="the process died"), "The process died. It came to step 60"),
        (replace(WAITING, state="failed", note="take a smaller learning_rate."), "Take a smaller Learning rate."),
        (run(), "90.0 % of the test reviews right"),
    ],
)
def test_how_a_run_stands(one, expected):
    assert expected in sentences.standing(one)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.01, "less than 0.1 s"), (8.24, "8.2 s"), (46.2, "46 s"), (200, "3 min 20 s"), (7_260, "2.02 h")],
)
def test_durations(seconds, text):
    assert sentences.duration(seconds).replace("\u00a0", " ") == text


def test_expectations_name_the_distance_and_what_is_cut_off():
    assert "the very last word" in sentences.expectation(replace(SPEC, distance=0))
    assert "all three networks should" in sentences.expectation(replace(SPEC, distance=5))
    assert "through 40 steps" in sentences.expectation(SPEC)
    assert "Real film reviews" in sentences.expectation(make_spec("classroom", "lstm"))


def reasons(*runs):
    return " ".join(why.reasons(runs))


def test_reasons_are_computed_from_the_results():
    lost, carried = run("rnn", 0.51), run("lstm", 0.97)
    text = reasons(lost, carried)
    assert "RNN (51.0 %) did not do clearly better than a coin" in text
    assert "40 words before the end" in text
    assert "LSTM (97.0 %) carried it that far" in text
    assert "coin" not in reasons(carried)
    better, same, worse = (replace(run(accuracy=a), baseline=BASELINE) for a in (0.99, 0.885, 0.6))
    assert "better than it (+11.0 points)" in reasons(better)
    assert "about as good as it (+0.5 points)" in reasons(same)
    assert "worse than it (-28.0 points)" in reasons(worse)
    faultless = Baseline(metrics(1.0), 0.3, 5_000)
    assert "about as good as it (-0.1 points)" in reasons(replace(run(accuracy=0.999), baseline=faultless))
    far = replace(run("gru", 0.7), baseline=Baseline(metrics(0.75), 2.0, 100))
    both = reasons(better, far)
    assert "is right on 88.0 % after 0.3\u00a0s. LSTM is better" in both
    assert "On the reviews of GRU it is right on 75.0 % after 2.0\u00a0s. GRU is worse than it (-5.0 points)" in both
    assert "had to be clipped in 50.0 % of its records (largest 1.5)" in reasons(carried)
    calm = replace(carried, spec=replace(SPEC, clip_norm=5.0))
    assert "never had a gradient above 5 (largest 1.5)" in reasons(calm)
    free = replace(carried, spec=replace(SPEC, clip_norm=experiments.NEVER))
    assert "LSTM was not clipped (largest 1.5)" in reasons(free)
    heart = run(history=(record(100, accuracy=0.99, validation_accuracy=0.8),))
    assert "99.0 % against 80.0 %" in reasons(heart)
    few = replace(heart, history=(record(100, accuracy=0.6, validation_accuracy=0.5),))  # of 40: a throw of the dice
    many = replace(SPEC, validation=200)
    lost = replace(heart, spec=many, history=(record(100, accuracy=0.53, validation_accuracy=0.4),))
    assert "by heart" not in reasons(carried, few, lost)
    assert "by heart" in reasons(replace(lost, history=(record(100, accuracy=0.63, validation_accuracy=0.5),)))
    early = run(history=(record(50), record(100, best=False)))
    assert "in epoch 1 of 2" in reasons(early)
    assert "Those weights were kept" not in reasons(carried)
    quick = run("gru", history=(record(100, tokens_per_second=3_000.0),))
    assert "the GRU trains on 3.0 times as many tokens a second as the LSTM" in reasons(quick, carried)
    near = replace(quick, spec=replace(quick.spec, distance=5))
    assert "Pace" not in reasons(carried, near)
    assert "other reviews" in reasons(run(spec=replace(SPEC, carry_state=True)))
    assert why.reasons([WAITING]) == []


def test_tables_have_a_row_a_run_and_the_baseline_once():
    runs = [replace(run(), baseline=BASELINE), replace(run("gru"), baseline=BASELINE), LIVE, WAITING]
    table = tables.results(runs)
    assert table["run"] == ["LSTM", "GRU", "Bag of words"]
    assert table["to 80 %"] == ["10.0 s", "10.0 s", tables.NOTHING]
    assert table["accuracy"] == ["90.0 %", "90.0 %", "88.0 %"]
    assert tables.results([run(accuracy=None, history=(record(50),))])["to 80 %"] == ["not reached"]
    assert tables.results([run(from_file=True)])["state"] == ["as its file says"]
    assert tables.results([WAITING]) == {}
    assert len(tables.curve_numbers([run(), LIVE])["run"]) == 160
    assert sum(tables.confusion([run()])["called negative"]) == 1_000


def test_a_wrong_review_is_shown_letter_by_letter_with_what_was_read():
    text = "<b>One</b> two three " + "four " * 50
    wrong = Mistake(text.strip(), True, 0.031)
    one = run(measured=Measured(metrics(0.9), 1.0, (wrong,)), spec=replace(SPEC, max_tokens=50))
    assert mistakes.numbers(one) == {"1": "1"}
    assert mistakes.verdict(one, mistakes.pick(one, "1")).endswith("LSTM says: 3.1 % positive.")
    unread, read = mistakes.read_part(one, wrong.text)
    assert unread.endswith("two three")
    assert read == " ".join(["four"] * 50)
    assert "<b>" not in mistakes.to_html(one, wrong)
    assert "&lt;b&gt;" in mistakes.to_html(one, wrong)
    real = replace(one, spec=replace(one.spec, corpus="imdb"))
    assert "<mark>" not in mistakes.to_html(real, wrong)
    assert "Its writer" in mistakes.verdict(real, wrong)
    own = Mistake(example.review(40)[0], True, 0.031)
    _, word, _ = example.parts(own.text, 40)
    assert f"<mark>{word}</mark>" in mistakes.to_html(one, own)
    assert mistakes.verdict(one, own).startswith("Our grammar wrote it as positive")


# The pictures


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("axis", AXES)
def test_curves_differ_in_dash_and_mark_and_name(quantity, axis):
    runs = [run(), run("gru"), run("rnn"), run(id="lstm1", name="<i>mine</i>"), replace(LIVE, id="lstm2")]
    figure = figure_curves(trace_curves(runs, quantity, axis), quantity, axis)
    names = [note.text for note in figure.layout.annotations]
    for one in runs:
        assert any(one.name in name for name in names) != (one.name == "<i>mine</i>")
    assert not any("<i>" in name for name in names)
    lines = [trace for trace in figure.data if "lines" in trace.mode]
    assert {trace.line.dash for trace in lines} == set(NETWORK_DASHES.values())
    if quantity != "gradient":
        marks = [trace.marker.symbol for trace in figure.data if "markers" in trace.mode and "lines" in trace.mode]
        assert marks == ["circle", "circle", "circle", "square", "diamond"]
    else:
        assert len({(trace.line.dash, trace.marker.symbol) for trace in figure.data if trace.mode != "lines"}) == 5


def test_names_at_the_ends_do_not_stand_upon_each_other():
    runs = [run(name, id=f"{name}{k}") for k in range(3) for name in ("lstm", "gru", "rnn")]
    figure = figure_curves(trace_curves(runs, "accuracy", "seconds"), "accuracy", "seconds")
    heights = sorted(note.y for note in figure.layout.annotations if "<b>" in note.text)
    assert np.diff(heights).min() > 0.03


def test_an_exploding_gradient_stays_inside_the_picture():
    peak = run(history=(record(50, gradient_norm=3e7), record(100, gradient_norm=0.0)))
    figure = figure_curves(trace_curves([peak], "gradient", "seconds"), "gradient", "seconds")
    low, high = figure.layout.yaxis.range
    assert low <= -9 <= 7.5 <= high
    assert min(figure.data[0].y) > 0


def test_nothing_is_drawn_of_no_run():
    for quantity in QUANTITIES:
        assert len(figure_curves((), quantity, "seconds").data) == 0


def test_quality_has_a_point_a_run_and_the_baseline_as_a_line():
    runs = (replace(run(), baseline=BASELINE), replace(run("gru", 0.7), seconds=3.0))
    figure = figure_quality(runs)
    points = {trace.x[0]: trace.y[0] for trace in figure.data if "markers" in trace.mode}
    assert points == {10.0: 0.9, 3.0: 0.7}
    names = {note.text: note for note in figure.layout.annotations if "<b>" in note.text}
    assert {text: (note.x, note.y) for text, note in names.items()} == {
        "<b>LSTM</b>": (10, 0.9),
        "<b>GRU</b>": (3, 0.7),
    }
    assert all(note.bgcolor for note in names.values())  # the line of the baseline doesn't strike them out
    line = next(trace for trace in figure.data if trace.mode == "lines")
    assert set(line.y) == {0.88}


def test_confusion_counts_every_review():
    names = ["LSTM", "GRU stop words out", "<b>" + 57 * "W", "<i>"]
    runs = [run(), run("gru", 0.6), run("rnn"), run(id="lstm1")]
    figure = figure_confusion([replace(one, name=name) for one, name in zip(runs, names, strict=True)])
    over = [note.text.removeprefix("<b>").removesuffix("</b>").split("<br>") for note in figure.layout.annotations]
    assert over[:2] == [["LSTM"], ["GRU stop", "words out"]]
    assert over[2] == ["&lt;b&gt;" + 10 * "W", "…"]
    assert over[3] == ["&lt;i&gt;"]
    assert len(figure.data) == 4
    assert [list(row) for row in figure.data[1].text] == [["600", "400"], ["400", "600"]]


# The page


@pytest.fixture(scope="module")
def kept():
    """Runs on this server's disk: one that has ended with a network, and one that was broken off."""
    files = RunFiles()
    wrong = Mistake("A <b>dull</b> film", False, 0.97)
    ended = run(id="kept1", name="My *LSTM*", measured=Measured(metrics(0.93), 1.0, (wrong,)), baseline=BASELINE)
    files.save(replace(ended, spec=shipped_runs()["lstm"].spec), load_model("lstm"))
    files.save(replace(LIVE, id="kept2", name="Broken", state="cancelled"))
    return "kept1", "kept2"


def control(app, key):
    return next(group for group in app.button_group if group.key == f"race.{key}.control")


def button(app, key):
    return next(one for one in app.button if one.key == f"race.{key}")


def test_the_page_opens_on_the_shipped_runs():
    app = open_page("race")
    words = words_of(app)
    assert "The GRU gets 89.4" in words
    assert sentences.OWN_REVIEWS in words
    assert control(app, "runs").value == list(SHIPPED)
    assert not button(app, "train").disabled


def test_a_link_shows_runs_and_says_which_are_gone(kept):
    app = open_page("race", runs=f"{','.join(kept)},gone1")
    words = words_of(app)
    assert "“gone1” is not kept here" in words
    assert "My *LSTM* gets 93.0" in words
    for name in ("runs", "wrong"):
        assert "My \\*LSTM\\*" in control(app, name).options
    assert button(app, "open.kept1").label == "Read with My \\*LSTM\\*"
    assert "Broken: Cancelled. It came to step 60 of 100" in words
    assert "Logistic regression" in words
    assert "97.0" in words
    assert {"race.read.kept1"} <= {one.key for one in app.button}
    assert "race.cancel.kept2" not in {one.key for one in app.button}


def test_a_run_can_be_renamed_for_the_link(kept):
    app = open_page("race", runs=kept[0], **{"name__kept1": "Winner"})
    assert "Winner gets 93.0" in words_of(app)
    app.run()
    assert app.query_params["race.name.kept1"] == "Winner"
    assert "race.name.lstm" not in app.query_params


def test_a_record_that_came_without_its_network_is_not_read_with():
    wrong = Mistake("A dull film", False, 0.97)
    record_only = run(id="alone1", from_file=True, measured=Measured(metrics(0.9), 1.0, (wrong,)))
    RunFiles().save(record_only)
    app = open_page("race", runs="alone1,lstm")
    assert "dull film" in str([one.proto for one in app.get("html")])
    keys = {one.key for one in app.button}
    assert {"race.open.lstm", "race.read.lstm"} <= keys
    assert not keys & {"race.open.alone1", "race.read.alone1", "race.read_mistake"}


def test_a_run_that_has_vanished_is_said_once():
    files = RunFiles()
    files.save(run(id="brief1", name="Brief"))
    app = open_page("race", runs="brief1")
    assert "Brief gets 90.0" in words_of(app)
    files.delete("brief1")
    assert words_of(app.run()).count("“brief1” is not kept here") == 1


def test_too_many_trainings_are_refused_beside_the_button(monkeypatch):
    def submit(self, visitor, spec, name=""):
        raise InputError("6 of your trainings have not ended yet.")

    monkeypatch.setattr("rnn_core.jobs.Jobs.submit", submit)
    app = open_page("race", **{"classroom__grammar__epochs": "7"})
    button(app, "train").click().run()
    assert words_of(app).count("6 of your trainings have not ended yet.") == 1
    button(app, "experiment.start").click().run()
    assert words_of(app).count("6 of your trainings have not ended yet.") == 1
    assert "have not ended" not in words_of(app.run())
    assert app.session_state["race.classroom.grammar.epochs"] == "7"


def test_what_is_chosen_is_what_is_trained(monkeypatch):
    handed_in = []

    def submit(self, visitor, spec, name=""):
        handed_in.append((visitor, spec, name))
        return "kept1"

    monkeypatch.setattr("rnn_core.jobs.Jobs.submit", submit)
    chosen = {"network": "all", "distance": "33", "recipe": "fast", "seed": "5", "name": "try"}
    app = open_page("race", **chosen, **{"fast__grammar__epochs": "2", "fast__grammar__carry_state": "true"})
    assert "Changed from the recipe: Epochs, State carried over." in words_of(app)
    button(app, "train").click().run()
    changes = {"corpus": "grammar", "distance": 33, "seed": 5, "epochs": 2, "carry_state": True}
    assert [spec for _, spec, _ in handed_in] == [make_spec("fast", one, **changes) for one in ("lstm", "gru", "rnn")]
    assert [name for _, _, name in handed_in] == ["LSTM try", "GRU try", "RNN try"]
    assert len({visitor for visitor, _, _ in handed_in}) == 1
    assert app.session_state["race.runs"] == "kept1"


def test_a_link_with_nonsense_opens_the_page():
    broken = {"quantity": "x", "axis": "y", "corpus": "z", "recipe": "?", "network": "cnn", "distance": "1e9"}
    app = open_page("race", **broken, seed="-", experiment="none", name="x" * 99, runs="lstm,???", review="99")
    assert "The LSTM gets 89.0" in words_of(app)
    assert not button(app, "train").disabled


def test_a_run_that_is_forgotten_while_it_is_watched_stays_as_it_was(monkeypatch):
    monkeypatch.setattr("rnn_core.jobs.Jobs.run", lambda self, id: LIVE)
    app = open_page("race", runs="live1")
    assert "step 60 of 100" in " ".join(str(one.proto) for one in app.get("progress"))
    assert trainings.latest(replace(LIVE, id="gone2")) == LIVE
    monkeypatch.undo()
    assert trainings.latest(replace(LIVE, id="gone2")).id == "gone2"


def test_settings_that_can_not_be_are_said_and_nothing_is_lost():
    app = open_page("race", **{"classroom__grammar__epochs": "x", "classroom__grammar__crop_shortest": "900"})
    assert "Longest crop must be at least Shortest crop" in words_of(app)
    assert "epochs can't be 'x'" in words_of(app)
    assert button(app, "train").disabled
    assert app.session_state["race.classroom.grammar.epochs"] == "x"


def test_real_reviews_are_offered_where_there_are_none(monkeypatch):
    monkeypatch.delenv("UNFOLD_IMDB", raising=False)
    monkeypatch.setattr("rnn_core.jobs.Jobs.has_reviews", lambda self: False)
    app = open_page("race", corpus="imdb")
    assert "84 MB" in next(one.label for one in app.button if one.key == "race.fetch")
    assert button(app, "train").disabled


def test_nothing_is_fetched_where_the_owner_has_named_a_wrong_place(monkeypatch, tmp_path):
    monkeypatch.setenv("UNFOLD_IMDB", str(tmp_path / "nowhere.tar.gz"))
    monkeypatch.setattr("rnn_core.jobs.Jobs.has_reviews", lambda self: False)
    app = open_page("race", corpus="imdb")
    assert sentences.MISNAMED in words_of(app)
    assert str(tmp_path) not in words_of(app)
    assert not [one for one in app.button if one.key == "race.fetch"]
    assert button(app, "train").disabled


@pytest.mark.parametrize("name", experiments.EXPERIMENTS)
def test_an_experiment_starts_two_runs(monkeypatch, name):
    handed_in = []

    def submit(self, visitor, spec, name=""):
        handed_in.append(spec)
        return f"two{len(handed_in)}"

    monkeypatch.setattr("rnn_core.jobs.Jobs.submit", submit)
    app = open_page("race", experiment=name)
    assert experiments.EXPERIMENTS[name].sentence in words_of(app)
    button(app, "experiment.start").click().run()
    assert len(handed_in) == 2
    assert app.session_state["race.runs"] == "two1,two2"


def test_a_download_is_followed_and_its_failure_said(monkeypatch):
    monkeypatch.delenv("UNFOLD_IMDB", raising=False)
    monkeypatch.setattr("rnn_core.jobs.Jobs.has_reviews", lambda self: False)
    monkeypatch.setattr("rnn_core.jobs.Jobs.fetching", lambda self: Fetching("fetching", 21_000_000, 84_000_000))
    app = open_page("race", corpus="imdb")
    words_of(app)
    assert not [one for one in app.button if one.key == "race.fetch"]
    monkeypatch.setattr("rnn_core.jobs.Jobs.fetching", lambda self: Fetching("failed", note="No way to the archive."))
    app = open_page("race", corpus="imdb")
    assert "No way to the archive." in words_of(app)
    assert [one for one in app.button if one.key == "race.fetch"]
    assert sentences.fetched(21_000_000, 84_000_000) == "21 of 84 MB"
    assert sentences.part(1, 4) == 0.25
    assert sentences.part(1, 0) == 0.0


@pytest.mark.parametrize(("number", "pace"), [(0, 0.0), (1e300, 1e12)])
def test_what_a_stranger_s_file_says_can_be_drawn_and_said(number, pace):
    """Numbers that no training reports, but a file may hold."""
    zero = replace(record(1, 1), steps=0, step=0, seconds=pace, tokens_per_second=pace, loss=float(number))
    odd = replace(zero, gradient_norm=float(number), phases=(0.0,) * len(PHASES), validation_loss=float(number))
    none = Metrics(0, float(number), 0.0, 0.0, 0.0, 0.0, ((0, 0), (0, 0)))
    one = run(history=(zero, odd), seconds=pace, measured=Measured(none, None, ()), baseline=Baseline(none, 0.0, 0))
    runs = [from_json(to_json(one)), replace(one, id="gru0", spec=replace(SPEC, architecture="gru"))]
    for state in STATES:
        words = [sentences.standing(replace(one, state=state)), sentences.headline([replace(one, state=state), *runs])]
        assert all(len(text) < 400 for text in words)
    assert all(len(text) < 600 for text in why.reasons(runs))
    assert tables.results(runs)["run"]
    assert listing.to_html(listing.followed(runs))
    for quantity in QUANTITIES:
        for axis in AXES:
            figure_curves(trace_curves(runs, quantity, axis), quantity, axis).to_json()
    figure_quality(runs).to_json()
    figure_confusion(runs).to_json()


def test_every_browser_gets_a_word_of_its_own_once():
    """The cookie comes with the page, is out of reach of scripts, and stays as it is."""
    sent = []

    async def page(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})

    async def send(message):
        sent.append(dict(message["headers"]).get(b"set-cookie", b"").decode())

    def ask(*headers):
        scope = {"type": "http", "path": "/race", "headers": list(headers)}
        asyncio.run(VisitorCookie(page)(scope, None, send))
        return sent[-1]

    first, second = ask(), ask()
    assert first != second
    assert first.startswith(f"{trainings.COOKIE}=")
    assert "HttpOnly; SameSite=Lax" in first
    assert ask((b"cookie", first.split(";")[0].encode())) == ""
