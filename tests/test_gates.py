"""What happens inside a network that reads a text: against torch, against sums, and at the edges."""

import dataclasses
import re
from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from pages import _gates_trained
from rnn_core import text_pipeline
from rnn_core.checkpoints import Checkpoint, expected_shapes, load_model, model_names
from rnn_core.errors import InputError
from rnn_core.gates import Trace, headline, observation, order_units, table, trace_gates, unit_table
from rnn_core.reading import unique_names
from rnn_core.run_files import RunFiles
from rnn_core.text_pipeline import split_words, tokenize
from rnn_core.vocabulary import Vocabulary
from tests import opened_page
from tests.made_runs import made_network, made_run, made_spec
from tests.opened_page import words_of

open_page = partial(opened_page.open_page, "gates")
ARCHITECTURES = ("rnn", "lstm", "gru")
TORCH = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
WORDS = ("film", "good", "not", "bad", "but", "a", "waste", "of", "time", "is", "!")
REVIEW = "The film is not good at all, but <b>it's</b> not bad 🎬 either!!! a waste of time?"


def make(architecture, *, seed=0, embedding=6, hidden=5, scale=0.6, max_tokens=400, layers=1, directions=1):
    random = np.random.default_rng(seed)
    shapes = expected_shapes(architecture, len(WORDS) + 2, embedding, hidden, layers, directions)
    return Checkpoint(
        architecture=architecture,
        weights={name: random.normal(scale=scale, size=shape).astype(np.float32) for name, shape in shapes.items()},
        vocabulary=Vocabulary(WORDS),
        pipeline=text_pipeline.MODEL_SPEC,
        max_tokens=max_tokens,
        record={},
    )


def torch_run(model: Checkpoint, text: str):
    """Embedded words (T, D), hidden states (T, m) and score of every step (T,), as torch has them in float64."""
    weights = {name: torch.tensor(value, dtype=torch.float64) for name, value in model.weights.items()}
    recurrent = TORCH[model.architecture](model.embedding_size, model.hidden_size, dtype=torch.float64)
    start = "recurrent."
    recurrent.load_state_dict({name[len(start) :]: w for name, w in weights.items() if name.startswith(start)})
    ids = torch.tensor(model.vocabulary.encode(tokenize(text, model.pipeline)[-model.max_tokens :]), dtype=torch.long)
    embedded = weights["embedding.weight"][ids].requires_grad_()
    hidden, _ = recurrent(embedded)
    return embedded, hidden, hidden @ weights["readout.weight"][0] + weights["readout.bias"][0]


texts = st.lists(st.sampled_from((*WORDS, "zebra", "don't", "🎬", "<br>")), max_size=25).map(" ".join)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(max_examples=25, deadline=None)
@given(text=texts, seed=st.integers(0, 10**6), embedding=st.integers(1, 7), hidden=st.integers(1, 7))
def test_states_scores_and_gradients_are_those_of_torch(architecture, text, seed, embedding, hidden):
    model = make(architecture, seed=seed, embedding=embedding, hidden=hidden)
    trace = trace_gates(model, text)
    if not trace.tokens:
        assert trace.score.tolist() == [trace.bias]
        return
    embedded, states, scores = torch_run(model, text)
    np.testing.assert_allclose(trace.quantities["hidden"], states.detach().numpy(), rtol=0, atol=1e-10)
    np.testing.assert_allclose(trace.score[1:], scores.detach().numpy(), rtol=0, atol=1e-10)
    np.testing.assert_allclose(trace.probability[1:], torch.sigmoid(scores).detach().numpy(), rtol=0, atol=1e-10)
    (gradient,) = torch.autograd.grad(scores[-1], embedded)
    np.testing.assert_allclose(trace.gradient_norm, gradient.norm(dim=1).numpy(), rtol=0, atol=1e-8)
    for word in range(len(trace.words)):
        of_word = gradient[torch.tensor(trace.word_of_token == word)]
        assert trace.word_gradient_norm[word] == pytest.approx(float(of_word.norm()), abs=1e-8)


def test_gates_are_those_of_the_equations():
    model = make("lstm", seed=3)
    trace = trace_gates(model, REVIEW)
    weights = {name.removeprefix("recurrent."): value.astype(float) for name, value in model.weights.items()}
    inputs = weights["embedding.weight"][model.vocabulary.encode(trace.tokens)]
    a = inputs @ weights["weight_ih_l0"].T + trace.hidden[:-1] @ weights["weight_hh_l0"].T
    a += weights["bias_ih_l0"] + weights["bias_hh_l0"]
    i, f, g, o = np.split(a, 4, axis=1)
    for name, value in (("input_gate", i), ("forget_gate", f), ("output_gate", o)):
        np.testing.assert_allclose(trace.quantities[name], 1 / (1 + np.exp(-value)), atol=1e-12)
    np.testing.assert_allclose(trace.quantities["candidate"], np.tanh(g), atol=1e-12)


def autograd_jacobian_norms(model: Checkpoint, trace: Trace) -> np.ndarray:
    cell = {"rnn": torch.nn.RNNCell, "lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}[model.architecture]
    step = cell(model.embedding_size, model.hidden_size, dtype=torch.float64)
    step.load_state_dict(
        {
            name.removeprefix("recurrent.").removesuffix("_l0"): torch.tensor(value, dtype=torch.float64)
            for name, value in model.weights.items()
            if name.startswith("recurrent.")
        }
    )
    inputs = torch.tensor(model.weights["embedding.weight"][model.vocabulary.encode(trace.tokens)], dtype=torch.float64)

    def read_from(state, t):
        for x in inputs[t:]:
            state = torch.cat(step(x, tuple(state.chunk(2)))) if trace.cell is not None else step(x, state)
        return state

    states = trace.hidden if trace.cell is None else np.concatenate((trace.hidden, trace.cell), axis=1)
    return np.array(
        [
            torch.linalg.matrix_norm(
                torch.autograd.functional.jacobian(lambda state, t=t: read_from(state, t), torch.tensor(state)), ord=2
            )
            for t, state in enumerate(states)
        ]
    )


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_jacobian_norms_are_those_of_autograd(architecture):
    model = make(architecture, seed=4)
    trace = trace_gates(model, REVIEW)
    np.testing.assert_allclose(trace.jacobian_norm, autograd_jacobian_norms(model, trace), rtol=1e-8, atol=1e-8)
    assert trace.jacobian_norm[-1] == 1


def test_forget_product_is_the_path_through_the_cell_alone():
    trace = trace_gates(make("lstm", seed=5), REVIEW)
    forget = trace.quantities["forget_gate"]
    for t in range(len(forget) + 1):
        product = np.linalg.multi_dot([np.eye(5), *map(np.diag, forget[t:]), np.eye(5)])
        assert trace.forget_product_norm[t] == pytest.approx(np.linalg.norm(product, 2))
    assert trace_gates(make("gru"), REVIEW).forget_product_norm is None


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(max_examples=40, deadline=None)
@given(
    steps=st.integers(0, 400),
    seed=st.integers(0, 10**6),
    hidden=st.integers(1, 8),
    scale=st.sampled_from((0.01, 0.3, 1.0, 10.0)),
)
def test_shares_and_bias_add_up_to_the_score(architecture, steps, seed, hidden, scale):
    words = np.random.default_rng(seed).choice((*WORDS, "zebra"), size=steps)
    trace = trace_gates(make(architecture, seed=seed, hidden=hidden, scale=scale), " ".join(words))
    assert len(trace.tokens) == steps
    assert trace.shares.sum() + trace.bias == pytest.approx(trace.score[-1], abs=1e-6)
    assert trace.word_shares.sum() + trace.bias == pytest.approx(trace.score[-1], abs=1e-6)


def test_shares_of_the_gru_are_what_is_left_of_each_word():
    """With its gates held fixed the GRU is linear: let one candidate at a time through."""
    trace = trace_gates(make("gru", seed=6), REVIEW)
    z, candidate = trace.quantities["update_gate"], trace.quantities["candidate"]
    for token in range(len(trace.tokens)):
        h = np.zeros(5)
        for t in range(len(trace.tokens)):
            h = z[t] * h + (1 - z[t]) * (candidate[t] if t == token else 0)
        assert trace.shares[token] == pytest.approx(trace.readout @ h, abs=1e-12)


def test_shares_of_the_lstm_telescope_over_the_words_read_so_far():
    """Murdoch & Szlam (2017): let the words in one after the other, with the gates held fixed."""
    trace = trace_gates(make("lstm", seed=7), REVIEW)
    f, i, o, g = (trace.quantities[name] for name in ("forget_gate", "input_gate", "output_gate", "candidate"))
    before = 0.0
    for token in range(len(trace.tokens)):
        cell = np.zeros(5)
        for t in range(len(trace.tokens)):
            cell = f[t] * cell + (i[t] * g[t] if t <= token else 0)
        score = trace.readout @ (o[-1] * np.tanh(cell))
        assert trace.shares[token] == pytest.approx(score - before, abs=1e-12)
        before = score


def test_shares_of_the_rnn_are_steps_of_the_score():
    trace = trace_gates(make("rnn", seed=8), REVIEW)
    np.testing.assert_allclose(trace.shares, np.diff(trace.score), atol=1e-12)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("scale", [1e-6, 1.0, 100.0, 6e4])
def test_400_words_with_extreme_weights(architecture, scale):
    text = " ".join(np.random.default_rng(9).choice(WORDS, size=400))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        trace = trace_gates(make(architecture, seed=9, scale=scale), text)
    check(trace)
    assert len(trace.tokens) == 400
    # Rounding grows with the weights of the readout.
    assert trace.shares.sum() + trace.bias == pytest.approx(trace.score[-1], abs=1e-6 * max(1, scale))


def check(trace: Trace) -> None:
    """Shapes, ranges, and what ties the fields together; and everything that is said of a trace can be said."""
    words, tokens, units = len(trace.words), len(trace.tokens), len(trace.readout)
    shapes = {
        "word_of_token": (tokens,), "known": (tokens,), "hidden": (tokens + 1, units), "score": (tokens + 1,),
        "probability": (tokens + 1,), "word_probability": (words + 1,), "shares": (tokens,), "word_shares": (words,),
        "gradient_norm": (tokens,), "word_gradient_norm": (words,), "jacobian_norm": (tokens + 1,),
    }  # fmt: skip
    if trace.architecture == "lstm":
        shapes |= {"cell": (tokens + 1, units), "forget_product_norm": (tokens + 1,)}
    for name, shape in shapes.items():
        assert getattr(trace, name).shape == shape, name
        assert np.isfinite(getattr(trace, name)).all(), name
    for name, value in trace.quantities.items():
        assert value.shape == (tokens, units), name
        assert (np.abs(value) <= 1).all() or name == "cell"
        assert observation(trace, name)
        assert sorted(order_units(trace, name, "similarity")) == list(range(units))
    assert (np.diff(trace.word_of_token) >= 0).all()
    assert trace.word_probability[0] == trace.probability[0]
    assert trace.word_probability[-1] == trace.probability[-1]
    assert {len(column) for column in table(trace).values()} == {tokens}
    assert headline({trace.architecture: trace})


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("   \n\t ", 0),
        ("🎬🍿 😀", 0),
        ("<br /><p>", 0),
        ("zebra xylophone", 2),
        ("good", 1),
        ("good good good", 3),
        ("映画 фильм café", 3),
        ("<div class='x'>good</div> film", 2),
        ("x" * 100_000, 1),
        ("good " * 20_000, 400),
        ("🎬 " * 50_000, 0),
        ("<b>" * 33_333, 0),
    ],
)
def test_any_text_has_a_trace(architecture, text, tokens):
    trace = trace_gates(make(architecture), text)
    check(trace)
    assert len(trace.tokens) == tokens
    if not tokens:
        bias = trace.bias
        assert trace.probability.tolist() == [pytest.approx(1 / (1 + np.exp(-bias)))]
        assert not trace.word_shares.any()


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300))
def test_any_characters_have_a_trace(text):
    model = make("gru")
    trace = trace_gates(model, text)
    check(trace)
    assert list(trace.tokens) == tokenize(text, model.pipeline)[-400:]


def test_words_and_tokens():
    trace = trace_gates(make("gru"), "I don't 🎬 like <br> this zebra-film !")
    assert trace.words == ("I", "don't", "🎬", "like", "<br>", "this", "zebra-film", "!")
    assert trace.tokens == ("i", "do", "not", "like", "this", "zebra", "film", "!")
    assert trace.word_of_token.tolist() == [0, 1, 1, 3, 5, 6, 6, 7]
    assert trace.known.tolist() == [False, False, True, False, False, False, True, True]
    assert trace.first_word_read == 0
    p = trace.probability
    np.testing.assert_array_equal(trace.word_probability, p[[0, 1, 3, 3, 4, 4, 5, 7, 8]])
    s = trace.shares
    np.testing.assert_allclose(trace.word_shares, [s[0], s[1] + s[2], 0, s[3], 0, s[4], s[5] + s[6], s[7]])


@pytest.mark.parametrize(
    ("text", "tokens", "first"),
    [
        ("a film is good", ("is", "good", "!"), 2),  # "!" is the next word
        ("a don't is", ("not", "is", "!"), 1),  # half a word is still read
        ("film 🎬 good bad", ("good", "bad", "!"), 1),
        ("🎬 good bad", ("good", "bad", "!"), 0),
    ],
)
def test_only_the_last_tokens_are_read(text, tokens, first):
    trace = trace_gates(make("gru", max_tokens=3), f"{text} !")
    assert (trace.tokens, trace.first_word_read) == (tokens, first)
    assert trace.words == tuple(split_words(f"{text} !"))
    check(trace)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_words_may_be_changed_and_dropped(architecture):
    model = make(architecture)
    words = split_words("film is not good")
    whole, dropped = trace_gates(model, words), trace_gates(model, ["film", "is", "", "good"])
    np.testing.assert_array_equal(whole.score, trace_gates(model, "film is not good").score)
    np.testing.assert_array_equal(dropped.score, trace_gates(model, "film is good").score)
    assert dropped.words == ("film", "is", "", "good")
    assert dropped.word_of_token.tolist() == [0, 1, 3]
    assert dropped.word_probability[2] == dropped.word_probability[3]
    assert dropped.word_shares[2] == 0
    assert trace_gates(model, ["film", "is", "not a", "good"]).word_of_token.tolist() == [0, 1, 2, 2, 3]


def test_more_layers_or_directions_are_refused():
    for shape in ({"layers": 2}, {"directions": 2}):
        with pytest.raises(InputError, match="one layer"):
            trace_gates(make("gru", **shape), "good")


def test_orders_of_units():
    trace = trace_gates(make("gru", hidden=6), REVIEW)
    by_readout = order_units(trace, "hidden", "readout")
    assert (np.diff(trace.readout[by_readout]) >= 0).all()
    with pytest.raises(InputError, match="not by 'colour'"):
        order_units(trace, "hidden", "colour")
    with pytest.raises(InputError, match="GRUs have update_gate"):
        order_units(trace, "forget_gate", "readout")


def test_similar_units_come_together():
    random = np.random.default_rng(10)
    course = random.normal(size=30)
    follows = random.permutation(np.repeat([True, False], 4))
    values = np.where(follows, course[:, None], -course[:, None]) + 0.1 * random.normal(size=(30, 8))
    trace = trace_gates(make("gru", hidden=8), " ".join(["good"] * 30))
    trace = dataclasses.replace(
        trace, quantities={"hidden": np.tanh(values)}, score=np.concatenate(([0.0], 3 * course))
    )
    order = order_units(trace, "hidden", "similarity")
    assert follows[order].tolist() == [False] * 4 + [True] * 4


def test_one_unit_and_tables():
    trace = trace_gates(make("lstm"), "don't film")
    columns = unit_table(trace, 3)
    assert list(columns) == ["word", "token", *trace.quantities]
    np.testing.assert_array_equal(columns["cell"], trace.cell[1:, 3])
    for unit in (-1, 5):
        with pytest.raises(InputError, match="from 0 to 4"):
            unit_table(trace, unit)
    columns = table(trace)
    assert list(columns) == [
        "word", "token", "known", "share", "score", "probability", "gradient norm", "Jacobian norm", "forget product",
    ]  # fmt: skip
    assert columns["word"] == ["don't", "don't", "film"]
    assert columns["token"] == ["do", "not", "film"]
    assert columns["known"] == [False, True, True]
    assert columns["share"] == trace.shares.tolist()
    assert columns["Jacobian norm"][-1] == columns["forget product"][-1] == 1
    wide = table(trace, "cell")
    assert list(wide) == ["word", "token", *(f"unit {unit}" for unit in range(5))]
    assert wide["unit 2"] == trace.cell[1:, 2].tolist()
    with pytest.raises(InputError, match="LSTMs have forget_gate"):
        table(trace, "update_gate")


def written(architecture: str, quantity: str, values: list[list[float]], text: str = "good but bad") -> Trace:
    """A trace in which one quantity is replaced by numbers that can be checked by eye."""
    trace = trace_gates(make(architecture, hidden=2), text)
    return dataclasses.replace(trace, readout=np.array([1.0, -2.0]), quantities={quantity: np.array(values)})


@pytest.mark.parametrize(
    ("architecture", "quantity", "values", "sentence"),
    [
        (
            "lstm", "forget_gate", [[0.9, 0.8], [0.2, 0.6], [0.7, 0.7]],
            "The LSTM's forget gate is lowest at “but”, where it drops most of its memory: on average 0.40 over its "
            "2 units, against 0.65 over the whole text; unit 0 falls furthest, to 0.20 from 0.60.",
        ),
        (
            "lstm", "input_gate", [[0.9, 0.8], [0.2, 0.6], [0.7, 0.7]],
            "The LSTM's input gate is highest at “good”, where it takes in most: on average 0.85 over its "
            "2 units, against 0.65 over the whole text; unit 0 rises furthest, to 0.90 from 0.60.",
        ),
        (
            "gru", "update_gate", [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]],
            "The GRU's update gate hardly differs from word to word: 0.50 on average over its 2 units.",
        ),
        (
            "gru", "candidate", [[0.5, 0.1], [0.2, -0.8], [0.5, 0.1]],
            "The GRU's candidate is strongest at “but”: 0.50 away from 0 on average, against 0.37 over the whole text; "
            "unit 1 is asked to go to −0.80.",
        ),
        (
            "rnn", "hidden", [[0.5, 0.1], [-0.3, 0.6], [-0.3, 0.6]],
            "The RNN's hidden state changes most at “but”: unit 1 goes from 0.10 to 0.60, which alone moves the "
            "score by −1.00.",
        ),
        (
            "lstm", "cell", [[0.5, 0.1], [0.4, 0.1], [-1.3, 0.6]],
            "The LSTM's cell state changes most at “bad”: unit 0 goes from 0.40 to −1.30.",
        ),
        ("rnn", "hidden", [[0.0, 0.0]] * 3, "The RNN's hidden state never leaves 0."),
    ],
)  # fmt: skip
def test_observations(architecture, quantity, values, sentence):
    assert observation(written(architecture, quantity, values), quantity) == sentence


def test_observations_at_the_edges():
    nothing = trace_gates(make("lstm"), "")
    assert observation(nothing, "cell") == (
        "No word of this text is read, so the LSTM's cell state has nothing to show."
    )
    one = observation(written("gru", "reset_gate", [[0.25, 0.75]], "good"), "reset_gate")
    assert one == "The GRU's reset gate is 0.50 on average over its 2 units at “good”, the only word read."
    twice = written("lstm", "forget_gate", [[0.9, 0.9], [0.5, 0.5], [0.1, 0.1]], "bad but bad")
    assert "lowest at “bad” (word 3)" in observation(twice, "forget_gate")
    long = observation(written("gru", "candidate", [[0.5, 0.5]], "x" * 1000), "candidate")
    assert f"at “{'x' * 29}…”: 0.50 away from 0 on average; unit 0" in long
    with pytest.raises(InputError, match="RNNs have hidden, but no 'cell'"):
        observation(trace_gates(make("rnn"), "good"), "cell")


def running(architecture: str, *percents: float, text: str = "good but, bad") -> Trace:
    """A trace with these running probabilities."""
    trace = trace_gates(make(architecture), text)
    probability = np.array(percents) / 100
    return dataclasses.replace(trace, probability=probability, word_probability=probability)


def test_headlines():
    turned = {"lstm": running("lstm", 50, 60, 20, 10), "gru": running("gru", 50, 82, 31, 30)}
    assert headline(turned) == (
        "Both call it negative: the LSTM at 10 %, the GRU at 30 % positive. "
        "At “but” both fall furthest: the LSTM from 60 % to 20 %, the GRU from 82 % to 31 %."
    )
    apart = {**turned, "rnn": running("rnn", 50, 55, 60, 99.9)}
    assert headline(apart) == (
        "They disagree: the LSTM at 10 %, the GRU at 30 %, the RNN at over 99 % positive. "
        "The largest step is the GRU's at “but”, from 82 % to 31 %."
    )
    assert headline({"gru": running("gru", 50, 82, 31, 30)}) == (
        "The GRU ends at 30 % positive. Its largest step is at “but”, from 82 % to 31 %."
    )
    flat = {name: running(name, 50, 51, 52, 53) for name in ARCHITECTURES}
    assert headline(flat) == "All three call it positive: the RNN at 53 %, the LSTM at 53 %, the GRU at 53 % positive."
    opposite = {"lstm": running("lstm", 50, 60, 85, 80), "gru": running("gru", 50, 55, 35, 40)}
    assert headline(opposite) == (
        "They disagree: the LSTM at 80 %, the GRU at 40 % positive. "
        "The largest step is the LSTM's at “but”, from 60 % to 85 %."
    )
    mine = {"before": running("gru", 50, 50, 50, 0.1), "after": running("gru", 50, 50, 50, 99)}
    assert headline(mine).startswith("They disagree: before at under 1 %, after at 99 % positive.")


def test_headlines_without_words():
    nothing = {name: trace_gates(make(name), "🎬") for name in ARCHITECTURES}
    assert headline(nothing).startswith("Nothing is read yet: the RNN at ")
    assert headline({}) == "No network reads this text."
    repeated = headline({"gru": running("gru", 50, 60, 20, 10, text="bad but bad")})
    assert "at “but”, from 60 % to 20 %" in repeated


@pytest.mark.skipif(not model_names(), reason="no trained models in assets/models")
@pytest.mark.parametrize("name", model_names())
def test_the_shipped_models(name):
    model = load_model(name)
    if model.layers == model.directions == 1:
        trace = trace_gates(model, REVIEW * 30)
        check(trace)
        assert trace.shares.sum() + trace.bias == pytest.approx(trace.score[-1], abs=1e-6)


# The page, with networks that visitors have trained


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The server's runs, in a folder of their own."""
    monkeypatch.setenv("UNFOLD_CACHE", str(tmp_path))
    return RunFiles()


def names_of(app):
    """What the control for the network offers."""
    return next(group for group in app.button_group if group.key == "gates.network.control")


def test_the_page_reads_with_a_trained_network_beside_the_shipped_ones(kept):
    kept.save(made_run("aaaa", name="Mine *and* <b>mine</b>"), made_network())
    app = open_page(run="aaaa")
    words = words_of(app)
    assert "“Mine *and* <b>mine</b>”" in words
    assert names_of(app).value == "aaaa"
    assert len(names_of(app).options) == 4
    assert "the LSTM at" in words
    assert "The forget gate of “Mine *and* <b>mine</b>”" in words
    table = next(html.proto.body for html in app.get("html") if "test accuracy" in html.proto.body)
    assert "<td>80.0 %</td>" in table.replace(' class="text"', "")
    assert "<b>mine" not in table
    app.button(key="gates.away.aaaa").click().run()
    assert not app.exception
    assert "gates.run" not in app.query_params
    assert names_of(app).value == "lstm"
    assert len(names_of(app).options) == 3


def test_three_networks_that_cut_the_text_in_different_ways(kept):
    specs = {
        "aaaa": made_spec("gru", pipeline=text_pipeline.Spec()),
        "bbbb": made_spec("rnn", max_tokens=5),
        "cccc": made_spec("lstm", hidden_size=9),
    }
    for id, spec in specs.items():
        kept.save(made_run(id, spec, name=""), made_network(spec))
    app = open_page(run="aaaa,bbbb,cccc,aaaa", text="This isn't a slow start but a wonderful ending", network="bbbb")
    words = words_of(app)
    assert not app.error
    assert "“RNN 2” reads the last 5 tokens of a text: the first 4 of these 9 words are left out." in words
    assert all(f"“{name}” at" in words for name in ("GRU 2", "RNN 2", "LSTM 2"))
    assert names_of(app).value == "bbbb"


@pytest.mark.parametrize(
    ("run", "sentence"),
    [
        ("eeee", "“eeee” is not kept here"),
        ("../../../etc/passwd", "3 to 32 small letters and digits, got “../../../etc/passwd”"),
        ("<img src=x>", "3 to 32 small letters"),
        ("lstm", "“lstm” is a run that comes with Unfold"),
        ("untrained", "“Young” has no network to read with"),
        ("deep", "“Deep” has several layers or directions"),
        ("wide", "“Wide” has 129 units"),
        ("patient", "“Patient” reads 501 tokens"),
        ("x" * 500, f"got “{'x' * 23}…”"),
        ("aaaa,untrained", "“Young” has no network to read with"),
        ("aaaa,bbbb,cccc,dddd,eeee", "At most 3 trained networks read at once; 2 of this link are left out"),
    ],
)
def test_what_cannot_read_is_said_and_the_others_read(kept, run, sentence):
    for id in ("aaaa", "bbbb", "cccc", "dddd"):
        kept.save(made_run(id, name=id), made_network())
    kept.save(made_run("untrained", name="Young", state="running"))
    deep = made_spec(layers=2)
    kept.save(made_run("deep", deep, name="Deep"), made_network(deep))
    wide = made_spec(hidden_size=129)
    kept.save(made_run("wide", wide, name="Wide"), made_network(wide))
    patient = made_spec(max_tokens=501)
    kept.save(made_run("patient", patient, name="Patient"), made_network(patient))
    app = open_page(run=run)
    words = words_of(app)
    assert len(app.error) == 1
    assert sentence in words
    assert "the LSTM at" in words
    assert ("“aaaa” at" in words) == run.startswith("aaaa")
    while away := [button for button in app.button if button.key.startswith("gates.away.")]:
        assert len(away) <= 3
        assert all(re.match("Put away “.{1,60}”$", button.label) for button in away)
        away[0].click().run()
    assert not app.error


def test_a_network_that_is_forgotten_while_it_reads_is_said(kept, monkeypatch):
    kept.save(made_run("aaaa"), made_network())

    def forget(names):
        kept.delete("aaaa")
        return unique_names(names)

    monkeypatch.setattr(_gates_trained, "unique_names", forget)
    app = open_page(run="aaaa", text="A text that nobody has read before")
    assert "“aaaa” is not kept here" in words_of(app)
    assert "How good they are" in [heading.value for heading in app.subheader]


def test_a_text_that_is_too_long_is_said(kept):
    app = open_page(text="<br/> " * 25_001)
    assert "at most 150,000 characters here, got 150,006" in words_of(app)
    assert "How good they are" in [heading.value for heading in app.subheader]


def test_a_network_from_a_file_says_so(kept):
    kept.save(made_run("aaaa", name="Mine", from_file=True, measured=None), made_network())
    app = open_page(run="aaaa")
    table = next(html.proto.body for html in app.get("html") if "test accuracy" in html.proto.body)
    assert "Mine, as its file says" in table
    assert "not measured" in table
