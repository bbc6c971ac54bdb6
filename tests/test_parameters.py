"""Counting: against torch, against published counts, against a cell that counts its own products, and at the edges."""

from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core.checkpoints import GATES, shipped_models
from rnn_core.errors import InputError
from rnn_core.parameters import (
    ARCHITECTURES,
    BUDGETS,
    CONVENTIONS,
    GATE_NAMES,
    LIMITS,
    Spec,
    block_table,
    bought,
    convention_table,
    cost_of,
    cost_table,
    differences,
    formulas,
    headline,
    largest_hidden_size,
    parse_projection,
    parse_size,
    reverse_table,
    share_table,
    shares_sentence,
    spent,
    trace_parameters,
    trace_reverse,
)
from rnn_core.parameters.blocks import LAYER_KINDS
from rnn_core.parameters.budget import coefficients
from rnn_core.parameters.sentences import percent, size, times
from rnn_core.plots.parameters import (
    deck_reverse,
    explain_matrices,
    figure_matrices,
    figure_preview,
    figure_shares,
)
from rnn_core.plots.parameters.plan import plan_matrices
from tests import opened_page

PROJECT_DIR = Path(__file__).resolve().parent.parent
TORCH = {"rnn": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}
LARGEST = Spec(**{field: most for field, (_, _, most) in LIMITS.items()})
SMALLEST = Spec(**{field: least for field, (_, least, _) in LIMITS.items()})


@st.composite
def specs(draw, largest=60, least=1):
    hidden = draw(st.integers(least, largest))
    return Spec(
        input_size=draw(st.integers(1, largest)),
        hidden_size=hidden,
        layers=draw(st.integers(1, 4)),
        directions=draw(st.integers(1, 2)),
        projection_size=draw(st.integers(0, hidden - 1)),
        vocabulary_size=draw(st.sampled_from((0, 1, 30, 500))),
        output_size=draw(st.integers(0, 12)),
        steps=draw(st.integers(1, 1000)),
    )


def torch_modules(spec, architecture):
    """What PyTorch would be asked for; nothing is computed with it, so it takes no memory."""
    projection = {"proj_size": spec.projection_size} if architecture == "lstm" else {}
    modules = [
        TORCH[architecture](
            spec.input_size,
            spec.hidden_size,
            num_layers=spec.layers,
            bidirectional=spec.directions == 2,
            device="meta",
            **projection,
        )
    ]
    if spec.vocabulary_size:
        modules.append(torch.nn.Embedding(spec.vocabulary_size, spec.input_size, device="meta"))
    if spec.output_size:
        state = projection.get("proj_size") or spec.hidden_size
        modules.append(torch.nn.Linear(spec.directions * state, spec.output_size, device="meta"))
    return modules


def torch_count(spec, architecture):
    return sum(p.numel() for module in torch_modules(spec, architecture) for p in module.parameters())


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_pytorch_counts_over_a_grid(architecture):
    grid = product((7, 100), (1, 2, 50, 128), (1, 2, 3), (1, 2), (0, 1, 20), (0, 1000), (0, 10))
    seen = 0
    for n, m, layers, directions, p, words, outputs in grid:
        if p < m:
            spec = Spec(n, m, layers, directions, p, words, outputs)
            assert trace_parameters(spec).count("pytorch", architecture) == torch_count(spec, architecture), spec
            seen += 1
    assert seen > 400


@settings(max_examples=60, deadline=None)
@given(spec=specs())
def test_pytorch_counts_at_random_sizes(spec):
    for architecture in ARCHITECTURES:
        assert trace_parameters(spec).count("pytorch", architecture) == torch_count(spec, architecture)


def test_pytorch_counts_at_the_limits():
    for spec in (LARGEST, SMALLEST, replace(LARGEST, projection_size=0)):
        for architecture in ARCHITECTURES:
            assert trace_parameters(spec).count("pytorch", architecture) == torch_count(spec, architecture)


@settings(max_examples=30, deadline=None)
@given(spec=specs())
def test_shapes_are_those_of_torch(spec):
    """The blocks of a layer, stacked gate by gate, have the shapes of PyTorch's parameters."""
    for architecture in ARCHITECTURES:
        blocks = trace_parameters(spec).blocks["pytorch", architecture]
        recurrent = torch_modules(spec, architecture)[0]
        for layer, direction in product(range(spec.layers), range(spec.directions)):
            end = f"_l{layer}{'_reverse' if direction else ''}"
            here = [block for block in blocks if (block.layer, block.direction) == (layer, direction)]
            for kind, name in (("input", "weight_ih"), ("recurrent", "weight_hh")):
                stack = [block for block in here if block.kind == kind]
                shape = (sum(block.rows for block in stack), stack[0].columns)
                assert shape == tuple(getattr(recurrent, name + end).shape)
            biases = [block.count for block in here if block.kind == "bias"]
            assert sum(biases) == sum(getattr(recurrent, name + end).numel() for name in ("bias_ih", "bias_hh"))
            projections = [block for block in here if block.kind == "projection"]
            assert bool(projections) == hasattr(recurrent, f"weight_hr{end}")
            for block in projections:
                assert (block.rows, block.columns) == tuple(getattr(recurrent, f"weight_hr{end}").shape)


def test_the_shipped_networks_have_as_many_parameters_as_their_records_say():
    for architecture, model in shipped_models().items():
        spec = Spec(model.embedding_size, model.hidden_size, vocabulary_size=len(model.vocabulary), output_size=1)
        assert trace_parameters(spec).count("pytorch", architecture) == model.record["parameters"]


def test_gates_are_as_many_as_everywhere_in_the_project():
    assert {name: len(gates) for name, gates in GATE_NAMES.items()} == GATES


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 10_000), m=st.integers(1, 10_000))
def test_one_layer_has_the_published_closed_forms(n, m):
    """Textbook: G(n+m+1)m. Keras: units·(units+input+1) times 1 and 4; 3·units·(units+input+2) for the GRU."""
    trace = trace_parameters(Spec(n, m))
    for gates, architecture in ((1, "rnn"), (3, "gru"), (4, "lstm")):
        assert trace.count("textbook", architecture) == gates * (n + m + 1) * m
        assert trace.count("pytorch", architecture) == gates * (n + m + 2) * m
    assert trace.count("keras", "rnn") == m * (m + n + 1)
    assert trace.count("keras", "lstm") == 4 * m * (m + n + 1)
    assert trace.count("keras", "gru") == 3 * m * (m + n + 2)


@pytest.mark.parametrize(
    ("spec", "convention", "architecture", "published"),
    [
        # The report's sizes, as its formulas and PyTorch count them.
        (Spec(100, 50), "textbook", "rnn", 7_550),
        (Spec(100, 50), "textbook", "gru", 22_650),
        (Spec(100, 50), "textbook", "lstm", 30_200),
        (Spec(100, 50), "pytorch", "rnn", 7_600),
        (Spec(100, 50), "pytorch", "gru", 22_800),
        (Spec(100, 50), "pytorch", "lstm", 30_400),
        # Keras' example “Bidirectional LSTM on IMDB” (Chollet 2020), whose summary prints these.
        (Spec(128, 64, layers=2, directions=2, vocabulary_size=20_000, output_size=1), "keras", "lstm", 2_757_761),
        (Spec(128, 64, directions=2), "keras", "lstm", 98_816),
        # Keras' guide “Working with RNNs” (Zhu and Chollet 2019): LSTM, GRU and SimpleRNN layers, whole model.
        (Spec(64, 128, vocabulary_size=1000, output_size=10), "keras", "lstm", 164_106),
        (Spec(64, 128), "keras", "lstm", 98_816),
        (Spec(64, 256), "keras", "gru", 247_296),
        (Spec(256, 128), "keras", "rnn", 49_280),
    ],
)
def test_published_counts(spec, convention, architecture, published):
    assert trace_parameters(spec).count(convention, architecture) == published


@settings(max_examples=60, deadline=None)
@given(spec=specs())
def test_sums_over_the_blocks_agree(spec):
    trace = trace_parameters(spec)
    for convention, architecture in product(CONVENTIONS, ARCHITECTURES):
        whole = trace.count(convention, architecture)
        layers = trace.count(convention, architecture, LAYER_KINDS)
        ends = trace.count(convention, architecture, ("embedding", "output"))
        assert whole == layers + ends
        assert sum(eval(text.replace("×", "*")) for text in formulas(trace, convention, architecture)) == layers
    table = block_table(trace, "keras")
    assert sum(table["parameters"]) == sum(trace.count("keras", name) for name in ARCHITECTURES)
    assert sum(share_table(trace, "keras")["parameters"]) == sum(table["parameters"])
    assert len({len(column) for column in table.values()}) == 1
    counted = [f"{trace.count('pytorch', name):,}" for name in ARCHITECTURES]
    assert convention_table(trace, "keras")["PyTorch"] == counted


@settings(max_examples=40, deadline=None)
@given(spec=specs())
def test_more_of_anything_is_more(spec):
    """Raising a size never lowers a count; what PyTorch and Keras add is never negative."""
    before = trace_parameters(spec)
    for field in ("input_size", "hidden_size", "vocabulary_size", "output_size", "layers", "directions"):
        if getattr(spec, field) == LIMITS[field][2]:
            continue
        after = trace_parameters(replace(spec, **{field: getattr(spec, field) + 1}))
        for key in product(CONVENTIONS, ARCHITECTURES):
            at_least = 1 if field not in ("input_size",) else len(GATE_NAMES[key[1]]) * spec.hidden_size
            assert after.count(*key) - before.count(*key) >= at_least
    for architecture in ARCHITECTURES:
        assert before.count("textbook", architecture) < before.count("pytorch", architecture)


class Counted(float):
    """A number that counts its products."""

    products = 0

    def __mul__(self, other):
        Counted.products += 1
        return Counted(float(self) * float(other))

    def __add__(self, other):
        return Counted(float(self) + float(other))

    def __rsub__(self, other):
        return Counted(float(other) - float(self))


def squash(vector):
    """Stands for σ and tanh, which are not counted."""
    return [Counted(np.tanh(float(value))) for value in vector]


def dot(matrix, vector):
    return [sum((a * b for a, b in zip(row, vector, strict=True)), Counted(0)) for row in matrix]


def add(*vectors):
    return [sum(values[1:], values[0]) for values in zip(*vectors, strict=True)]


def each(first, second):
    return [a * b for a, b in zip(first, second, strict=True)]


def step(architecture, weights, x, h, c):
    """One step of a cell as its equations stand there, with numbers that count their products."""
    gates = [(dot(w, x), dot(u, h)) for w, u in weights["gates"]]
    if architecture == "rnn":
        return squash(add(*gates[0])), c
    if architecture == "gru":
        r, z = (squash(add(*gate)) for gate in gates[:2])
        candidate = squash(add(gates[2][0], each(r, gates[2][1])))
        return add(each(z, h), each([1 - value for value in z], candidate)), c
    i, f, g, o = (squash(add(*gate)) for gate in gates)
    c = add(each(f, c), each(i, g))
    h = each(o, squash(c))
    return (dot(weights["projection"], h) if weights["projection"] else h), c


def matrix(rows, columns):
    return [[Counted(0.1)] * columns for _ in range(rows)]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@settings(max_examples=15, deadline=None)
@given(spec=specs(largest=6))
def test_multiply_adds_are_those_of_a_cell_that_counts_its_products(architecture, spec):
    spec = replace(spec, steps=min(spec.steps, 3))
    p = spec.projection_size if architecture == "lstm" else 0
    state = p or spec.hidden_size
    trace = trace_parameters(spec)
    Counted.products = 0
    inputs = [[Counted(0.2)] * spec.input_size for _ in range(spec.steps)]
    last = []
    for _ in range(spec.layers):
        above, last = [[] for _ in inputs], []
        for direction in range(spec.directions):
            weights = {
                "gates": [
                    (matrix(spec.hidden_size, len(inputs[0])), matrix(spec.hidden_size, state))
                    for _ in GATE_NAMES[architecture]
                ],
                "projection": matrix(p, spec.hidden_size) if p else None,
            }
            h, c = [Counted(0)] * state, [Counted(0)] * spec.hidden_size
            for t in range(spec.steps)[:: -1 if direction else 1]:
                h, c = step(architecture, weights, inputs[t], h, c)
                above[t] = above[t] + h
            last += h
        inputs = above
    in_layers = Counted.products
    dot(matrix(spec.output_size, len(last)), last)
    cost = cost_of(trace, "pytorch", architecture)
    assert in_layers == spec.steps * cost.step
    assert Counted.products == cost.sequence == spec.steps * cost.step + cost.output


@settings(max_examples=40, deadline=None)
@given(spec=specs())
def test_costs_follow_from_the_counts(spec):
    trace = trace_parameters(spec)
    for convention, architecture in product(CONVENTIONS, ARCHITECTURES):
        cost = cost_of(trace, convention, architecture)
        assert cost.parameters == trace.count(convention, architecture)
        assert cost.float32 == 2 * cost.float16 == cost.parameters * np.dtype(np.float32).itemsize
        assert cost.training == 4 * cost.float32
        assert cost.step > 0
        double = cost_of(trace_parameters(replace(spec, steps=2 * spec.steps)), convention, architecture)
        assert double.sequence - cost.sequence == spec.steps * cost.step


def test_training_with_adam_keeps_four_numbers_for_each_parameter():
    model = torch.nn.LSTM(3, 4)
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(2, 1, 3))[0].sum().backward()
    optimizer.step()
    kept = sum(p.numel() + p.grad.numel() for p in model.parameters())
    kept += sum(value.numel() for of in optimizer.state.values() for key, value in of.items() if key != "step")
    assert 4 * kept == cost_of(trace_parameters(Spec(3, 4)), "pytorch", "lstm").training


@settings(max_examples=60, deadline=None)
@given(spec=specs(), budget=st.integers(1, 10**9), convention=st.sampled_from(list(CONVENTIONS)))
def test_a_budget_pays_for_m_and_not_for_one_more(spec, budget, convention):
    for architecture in ARCHITECTURES:
        a, b, c = coefficients(spec, convention, architecture)
        for m in (spec.projection_size + 1, spec.hidden_size, spec.hidden_size + 7):
            counted = trace_parameters(replace(spec, hidden_size=m)).count(convention, architecture)
            assert a * m * m + b * m + c == counted
        m = largest_hidden_size(spec, convention, architecture, budget)
        least = spec.projection(convention, architecture) + 1
        if m is None:
            assert a * least**2 + b * least + c > budget
        else:
            assert m >= least
            assert a * m**2 + b * m + c <= budget < a * (m + 1) ** 2 + b * (m + 1) + c


@settings(max_examples=60, deadline=None)
@given(spec=specs(), convention=st.sampled_from(list(CONVENTIONS)))
def test_the_reverse_question_undoes_the_count(spec, convention):
    """A network's own count pays for exactly that network, and one parameter less does not."""
    trace = trace_parameters(spec)
    for architecture in ARCHITECTURES:
        count = trace.count(convention, architecture)
        assert largest_hidden_size(spec, convention, architecture, count) == spec.hidden_size
        smaller = largest_hidden_size(spec, convention, architecture, count - 1)
        assert smaller is None or smaller == spec.hidden_size - 1


def test_a_million_parameters():
    """By hand: 950² + 101·950 = 998,450 and 951² + 101·951 = 1,000,452."""
    reverse = trace_reverse(Spec(100, 50), "textbook")
    stop = reverse.budgets.index(1_000_000)
    assert [reverse.hidden_sizes[name][stop] for name in ARCHITECTURES] == [950, 529, 452]
    assert reverse.counts["rnn"][stop] == 998_450
    for name in ARCHITECTURES:
        assert list(reverse.hidden_sizes[name]) == sorted(reverse.hidden_sizes[name])


def test_budgets_rise_from_ten_thousand_to_a_hundred_million():
    assert BUDGETS[0] == 10_000
    assert BUDGETS[-1] == 100_000_000
    assert list(BUDGETS) == sorted(set(BUDGETS))


def test_the_state_is_shortened_only_where_a_projection_exists():
    plain, projected = trace_parameters(Spec(100, 50)), trace_parameters(Spec(100, 50, projection_size=10))
    for key in product(CONVENTIONS, ARCHITECTURES):
        changed = projected.count(*key) != plain.count(*key)
        assert changed == (key in (("textbook", "lstm"), ("pytorch", "lstm")))


def test_sentences_say_what_was_counted():
    trace = trace_parameters(Spec())
    assert headline(trace, "textbook") == (
        "For the same sizes the RNN learns 7,550 numbers, the GRU 22,650 (3 times as many) "
        "and the LSTM 30,200 (4 times)."
    )
    assert formulas(trace, "textbook", "lstm") == ["4 × (100 + 50 + 1) × 50"]
    assert formulas(trace, "pytorch", "rnn") == ["(100 + 50 + 2) × 50"]
    assert "RNN 50 more, GRU 150 more, LSTM 200 more" in differences(trace)[0]
    assert "150 more" in differences(trace)[1]
    assert len(differences(trace)) == 2
    assert "66 % are input weights" in shares_sentence(trace, "textbook")
    assert "121 kB" in spent(trace, "textbook")
    both = trace_parameters(Spec(layers=2, directions=2, projection_size=10))
    assert "RNN 200 more, GRU 600 more, LSTM 800 more" in differences(both)[0]
    assert "PyTorch offers the projection to p = 10" in differences(both)[2]
    films = trace_parameters(Spec(vocabulary_size=20_002, output_size=1))
    assert "98.5 % are the embedding: 20,002 words with 100 numbers each" in shares_sentence(films, "pytorch")
    reverse = trace_reverse(Spec(), "textbook")
    assert "RNN m = 950, GRU m = 529, LSTM m = 452. The RNN gets 2.1 times" in bought(reverse, BUDGETS.index(1_000_000))
    poor = trace_reverse(Spec(vocabulary_size=20_002), "keras")
    assert bought(poor, 0) == (
        "10,000 parameters (Keras) buy no network of these sizes: the embedding alone takes 2,000,200."
    )
    narrow = trace_reverse(Spec(10_000), "textbook")
    assert bought(narrow, 0) == "10,000 parameters (Textbook) buy no network of these sizes."
    assert "LSTM none" in bought(narrow, BUDGETS.index(30_000))


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.00 kB"),
        (30_200, "30.2 kB"),
        (999_499, "999 kB"),
        (999_999, "1.00 MB"),
        (8_122_604, "8.12 MB"),
        (3_200_000_000, "3.20 GB"),
        (10**13, "10,000 GB"),
    ],
)
def test_bytes_are_written_with_three_digits(count, written):
    assert size(count) == written


def test_shares_and_ratios_are_written_without_a_lie():
    shares = {0.0: "0 %", 1e-9: "under 0.1 %", 0.005: "0.5 %", 0.5: "50 %", 0.9999: "over 99.9 %", 1.0: "100 %"}
    assert {share: percent(share) for share in shares} == shares
    assert [times(ratio) for ratio in (3, 2.104, 3.02, 1200)] == ["3", "2.1", "3.02", "1,200"]
    assert [times(ratio) for ratio in (0.01, 0.0099, 1e-6)] == ["0.01", "under 0.01", "under 0.01"]


def test_what_is_said_holds_for_a_projection_that_makes_the_lstm_the_smallest():
    spec = Spec(1, 10_000, projection_size=1)
    assert "the LSTM 130,000 (under 0.01 times)" in headline(trace_parameters(spec), "textbook")
    reverse = trace_reverse(spec, "textbook")
    most = bought(reverse, len(BUDGETS) - 1)
    assert reverse.hidden_sizes["lstm"][-1] > reverse.hidden_sizes["rnn"][-1]
    assert most.endswith("The LSTM gets 769.31 times the RNN’s units.")
    many_words = trace_parameters(Spec(1, 2, projection_size=1, vocabulary_size=10_000_000, output_size=1_000_000))
    assert many_words.count("textbook", "lstm") < many_words.count("textbook", "rnn")
    said = shares_sentence(many_words, "textbook")
    assert said.endswith("are the embedding: 10,000,000 words with 1 number each.")


def test_what_is_said_holds_for_the_smallest_networks():
    tiny = trace_parameters(Spec(1, 1))
    assert shares_sentence(tiny, "pytorch") == "Of the LSTM’s 16 parameters, 50 % are biases."
    many_answers = trace_reverse(Spec(1, 1, output_size=1_000_000), "textbook")
    assert bought(many_answers, len(BUDGETS) - 1).endswith("LSTM m = 98. The RNN gets as many units as the LSTM.")


@settings(max_examples=20, deadline=None)
@given(spec=st.one_of(specs(), st.just(LARGEST), st.just(SMALLEST)), convention=st.sampled_from(list(CONVENTIONS)))
def test_every_sentence_and_table_can_be_written_at_every_size(spec, convention):
    trace, reverse = trace_parameters(spec), trace_reverse(spec, convention)
    sentences = [headline(trace, convention), shares_sentence(trace, convention), spent(trace, convention)]
    sentences += [*differences(trace), *(bought(reverse, stop) for stop in range(len(BUDGETS)))]
    assert all(len(text) > 20 and not {"nan", "None", "inf"} & set(text.split()) for text in sentences)
    for table in (cost_table(trace, convention), reverse_table(reverse), share_table(trace, convention)):
        assert len({len(column) for column in table.values()}) == 1


@pytest.mark.parametrize("field", LIMITS)
def test_a_size_out_of_its_limits_is_refused_with_a_sentence(field):
    name, least, most = LIMITS[field]
    for value in (least - 1, most + 1):
        with pytest.raises(InputError, match=f"{name} must be"):
            Spec(**{field: value})
    with pytest.raises(InputError, match=f"{name} must be a whole number"):
        parse_size(field, "many")
    assert parse_size(field, f" {most:,} ") == most


def test_a_projection_is_smaller_than_the_hidden_size():
    assert parse_projection("49", 50) == 49
    for text, hidden in (("50", 50), ("7", 7), ("100", 50)):
        with pytest.raises(InputError, match="smaller than the hidden size"):
            parse_projection(text, hidden)
    with pytest.raises(InputError, match="smaller than the hidden size"):
        Spec(hidden_size=10, projection_size=10)
    with pytest.raises(InputError, match="whole number"):
        parse_projection("half", 50)


def area(placed):
    return (placed.x[1] - placed.x[0]) * (placed.y[1] - placed.y[0])


def inside(x, y, placed):
    return placed.x[0] < x < placed.x[1] and placed.y[0] < y < placed.y[1]


@settings(max_examples=40, deadline=None)
@given(
    spec=st.one_of(specs(largest=300), st.just(LARGEST), st.just(SMALLEST)),
    convention=st.sampled_from(list(CONVENTIONS)),
    shown=st.sampled_from([ARCHITECTURES, ("rnn",), ("gru",), ("lstm",)]),
)
def test_blocks_are_drawn_to_scale_and_apart(spec, convention, shown):
    """Area is count, but for what is thinner than the thinnest; no block covers another; nothing is left out."""
    trace = trace_parameters(spec)
    plan = plan_matrices(trace, convention, shown)
    blocks = [block for name in shown for block in trace.blocks[convention, name] if block.kind in LAYER_KINDS]
    assert sorted(item.block.count for item in plan.placed) == sorted(block.count for block in blocks)
    for item in plan.placed:
        if item.block.columns >= plan.thinnest and item.block.rows >= plan.thinnest:
            assert area(item) == pytest.approx(item.block.count)
        assert area(item) >= item.block.count * (1 - 1e-9)
        assert 0 <= item.x[0] < item.x[1] <= plan.width * (1 + 1e-9)
        assert 0 <= item.y[0] < item.y[1] <= plan.height * (1 + 1e-9)
    total = sum(area(item) for item in plan.placed)
    assert total <= plan.width * plan.height * (1 + 1e-9)
    for item in plan.placed[:12]:
        middle = (sum(item.x) / 2, sum(item.y) / 2)
        assert [other for other in plan.placed if inside(*middle, other)] == [item]
    assert 0.59 < plan.width / (plan.height * plan.stretch) < 8.01


def test_the_first_picture_shows_one_three_and_four():
    figure = figure_matrices(trace_parameters(Spec()), "textbook")
    heatmaps = [trace for trace in figure.data if trace.type == "heatmap"]
    assert [len(trace.z) for trace in heatmaps] == [1, 3, 4]
    (words,) = (list(trace.text) for trace in figure.data if trace.type == "scatter" and trace.mode == "text")
    assert words[:3] == ["<b>RNN</b><br>7,550", "<b>GRU</b><br>22,650", "<b>LSTM</b><br>30,200"]
    assert {"reset", "update", "candidate", "input", "forget", "output", "n = 100", "m = 50"} <= set(words)
    assert figure.layout.yaxis.scaleratio == 1
    assert len({trace.name for trace in figure.data if trace.name}) == 3


@settings(max_examples=20, deadline=None)
@given(spec=st.one_of(specs(), st.just(LARGEST), st.just(SMALLEST)), shown=st.sampled_from([ARCHITECTURES, ("lstm",)]))
def test_every_word_has_its_place_inside_the_axes(spec, shown):
    """Plotly leaves out what lies outside of them."""
    figure = figure_matrices(trace_parameters(spec), "pytorch", shown)
    (text,) = (trace for trace in figure.data if trace.type == "scatter" and trace.mode == "text")
    for axis, places in (("xaxis", text.x), ("yaxis", text.y)):
        low, high = figure.layout[axis].range
        assert low < min(places) <= max(places) < high
    assert sum("<b>" in word for word in text.text) == len(shown)


def test_pointing_at_a_block_names_it():
    spec = Spec(layers=2, directions=2, projection_size=20)
    figure = figure_matrices(trace_parameters(spec), "pytorch", ("lstm",))
    hover = [text for trace in figure.data if trace.type == "heatmap" for row in trace.text for text in row]
    assert len(hover) == 2 * 2 * (4 * 4 + 1)
    assert "<b>LSTM, forget gate</b><br>input weights W, layer 1, forward<br>50 × 100 = 5,000 parameters" in hover
    assert "<b>LSTM, output gate</b><br>second bias, layer 2, backward<br>50 × 1 = 50 parameters" in hover
    assert "<b>LSTM</b><br>projection, layer 2, forward<br>20 × 50 = 1,000 parameters" in hover
    for trace in (trace for trace in figure.data if trace.type == "heatmap"):
        assert list(trace.x) == sorted(set(trace.x))
        assert list(trace.y) == sorted(set(trace.y))


def test_what_is_not_to_scale_is_said():
    def said(*sizes, shown=ARCHITECTURES, **more):
        return explain_matrices(trace_parameters(Spec(*sizes, **more)), "textbook", shown)

    assert "thinner than 4 weights" in said()
    assert "so compare areas" not in said()
    assert "everything is drawn to one scale" in said(4, 4).lower()
    assert "times longer than columns, so compare areas" in said(10_000, 1)
    assert "times shorter than columns, so compare areas" in said(1, 1000, shown=("lstm",))
    assert "The first layer is" in said(layers=2)


@settings(max_examples=25, deadline=None)
@given(
    spec=st.one_of(specs(), st.just(LARGEST), st.just(SMALLEST), st.just(Spec(vocabulary_size=20_002, output_size=1))),
    convention=st.sampled_from(list(CONVENTIONS)),
)
def test_pictures_hold_the_counts(spec, convention):
    trace, reverse = trace_parameters(spec), trace_reverse(spec, convention)
    bars = figure_shares(trace, convention)
    for row, name in enumerate(ARCHITECTURES):
        assert sum(bar.x[row] for bar in bars.data if bar.type == "bar") == trace.count(convention, name)
    deck = deck_reverse(reverse)
    assert len(deck.values) == len(set(deck.values)) == len(BUDGETS)
    assert all(attribute in ("x", "y") for _, attribute in deck.frames), "or the fast way to draw is lost"
    assert not deck.layout
    low, high = deck.figure.layout.yaxis.range
    (marks,) = (number for number, line in enumerate(deck.figure.data) if line.mode == "markers")
    for row, name in enumerate(ARCHITECTURES):
        found = np.array([np.nan if m is None else m for m in reverse.hidden_sizes[name]])
        np.testing.assert_array_equal(deck.frames[marks, "y"][:, row], found)
        np.testing.assert_array_equal(deck.frames[marks, "x"][:, row], deck.along)
        seen = np.log10(found[np.isfinite(found)])
        assert ((low <= seen) & (seen <= high)).all()
    for figure in (bars, deck.figure, figure_matrices(trace, convention), figure_preview(trace)):
        assert figure.layout.height > figure.layout.meta["narrow_height"] - 1
        assert "NaN" not in figure.to_json() or figure is deck.figure


open_page = partial(opened_page.open_page, "parameters")


def words(app):
    return " ".join(element.value for element in (*app.markdown, *app.caption)).replace("\\", "")


def tables(app):
    return " ".join(element.proto.body for element in app.get("html"))


def test_the_page_opens_with_one_three_and_four():
    app = open_page()
    assert not app.exception
    assert "the RNN learns 7,550 numbers, the GRU 22,650 (3 times as many) and the LSTM 30,200 (4 times)" in words(app)
    assert "<td>7,600</td>" in tables(app)
    assert "4 × (100 + 50 + 1) × 50" in tables(app)
    assert "121 kB" in tables(app)
    assert "3,015,000" in tables(app)


def test_the_address_sets_every_size():
    app = open_page(
        input="128",
        hidden="64",
        layers="2",
        directions="both",
        convention="PyTorch",
        vocabulary="20000",
        outputs="1",
        steps="7",
        projection="0",
    )
    assert not app.exception
    assert "LSTM’s 2,758,785 parameters" in words(app)
    assert "Reading 7 tokens" in words(app)


@pytest.mark.parametrize(
    ("query", "still"),
    [
        ({"hidden": "many"}, "LSTM 30,200"),
        ({"hidden": "0"}, "LSTM 30,200"),
        ({"input": "10001"}, "LSTM 30,200"),
        ({"projection": "50"}, "LSTM 30,200"),
        ({"hidden": "10", "projection": "20"}, "LSTM 4,440"),
        ({"vocabulary": "-1"}, "LSTM’s 30,200"),
        ({"outputs": "1e3"}, "LSTM’s 30,200"),
        ({"steps": "∞"}, "Reading 100 tokens"),
        ({"layers": "9"}, "LSTM 30,200"),
        ({"budget": "x"}, "LSTM 30,200"),
    ],
)
def test_what_can_not_be_read_leaves_the_page_standing(query, still):
    app = open_page(**query)
    assert not app.exception
    assert still in words(app)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("The networks of this app", "98.5\N{NO-BREAK SPACE}% are the embedding: 20,002 words"),
        ("One network, two counts", "LSTM’s 2,757,761 parameters"),
        ("A million to spend", "LSTM’s 30,200 parameters"),
    ],
)
def test_a_task_sets_the_controls(label, expected):
    app = open_page(hidden="7", outputs="3")
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    assert expected in words(app)


def test_the_page_opens_at_the_ends_of_all_sizes():
    for spec in (LARGEST, SMALLEST):
        app = open_page(
            input=str(spec.input_size),
            hidden=str(spec.hidden_size),
            layers=str(spec.layers),
            directions={1: "one", 2: "both"}[spec.directions],
            projection=str(spec.projection_size),
            vocabulary=str(spec.vocabulary_size),
            outputs=str(spec.output_size),
            steps=str(spec.steps),
        )
        assert not app.exception
        assert f"{trace_parameters(spec).count('textbook', 'lstm'):,} parameters" in words(app)
