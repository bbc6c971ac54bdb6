"""The unfolded network, its backward pass and every term of its gradients: against torch, sums, and closed forms."""

import dataclasses
import json
import re
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from rnn_core.errors import InputError
from rnn_core.numerals import indexed, percent
from rnn_core.plots import unfolded_rnn as plots
from rnn_core.plots.deck import Deck
from rnn_core.plots.unfolded_rnn.places import Places, nodes_of
from rnn_core.unfolded_rnn import (
    PARAMETERS,
    Spec,
    Trace,
    Updates,
    Weights,
    compare_with_differences,
    compare_with_feed_forward,
    pair_terms,
    reading,
    state_jacobians,
    tables,
    trace_unfolded_rnn,
    trace_updates,
)
from rnn_core.unfolded_rnn.equations import node_equation, sizes_table
from rnn_core.unfolded_rnn.examples import FIRST, TASKS
from rnn_core.unfolded_rnn.learning import on_jacobians, on_terms, on_truncation, on_updates, shares_of, truncation_of
from rnn_core.unfolded_rnn.sentences import (
    checked,
    headline,
    last_loss_norms,
    parameters_alike,
    remembered,
    stop_captions,
    stop_names,
    told_class,
)
from rnn_core.unfolded_rnn.spec import (
    inputs_from_seed,
    one_hot,
    shapes,
    targets_from_seed,
    to_rows,
    weights_from_seed,
    with_weights,
)
from rnn_core.unfolded_rnn.updates import LARGEST_LOSS, RATES
from rnn_core.unfolded_rnn.writing import decimal, degrees, short, significant, tex, tex_matrix
from tests import opened_page

PAGES_DIR = Path(__file__).resolve().parent.parent / "pages"
ACTIVATIONS = ("tanh", "sigmoid", "relu", "linear")
RECURRENCES = ("hidden", "output", "forced")
LOSSES = ("last", "every")
KINDS = tuple(product(ACTIVATIONS, RECURRENCES, LOSSES))
TORCH = {"tanh": torch.tanh, "sigmoid": torch.sigmoid, "relu": torch.relu, "linear": lambda a: a}

every_kind = pytest.mark.parametrize(("activation", "recurrence", "loss"), KINDS)


def make(seed=1, *, T=5, n=2, m=3, K=2, activation="tanh", recurrence="hidden", loss="last", scale=1.0) -> Spec:
    weights = weights_from_seed(seed, n, m, K, recurrence)
    scaled = {name: to_rows(scale * np.array(getattr(weights, name))) for name in PARAMETERS}
    return Spec(
        inputs_from_seed(seed, T, n), targets_from_seed(seed, T, K), Weights(**scaled), activation, recurrence, loss
    )


@st.composite
def specs(draw, kind, most=6):
    activation, recurrence, loss = kind
    T, n, m, K, seed = (draw(st.integers(1, top)) for top in (most, 4, 4, 4, 10**6))
    scale = draw(st.sampled_from((0.1, 1.0, 3.0)))
    return make(seed, T=T, n=n, m=m, K=K, activation=activation, recurrence=recurrence, loss=loss, scale=scale)


class Autograd:
    """The same network in torch, with a copy of every parameter for every step: T times (S)."""

    def __init__(self, spec: Spec, steps_back: int | None = None):
        T = spec.steps
        self.copies = {
            name: [torch.tensor(getattr(spec.weights, name), dtype=torch.float64, requires_grad=True) for _ in range(T)]
            for name in PARAMETERS
        }
        x = torch.tensor(spec.inputs, dtype=torch.float64)
        truth = torch.nn.functional.one_hot(torch.tensor(spec.targets), spec.sizes[2]).double()
        self.states = [torch.zeros(spec.sizes[1], dtype=torch.float64, requires_grad=True)]
        self.outputs = []
        for t in range(T):
            copy = {name: values[t] for name, values in self.copies.items()}
            a = x[t] @ copy["U"] + copy["b_h"][0]
            if spec.recurrence == "hidden":
                a = a + self.states[-1] @ copy["W"]
            elif t and spec.recurrence == "output":
                a = a + self.outputs[-1] @ copy["W"]
            elif t:
                a = a + truth[t - 1] @ copy["W"]
            self.states.append(TORCH[spec.activation](a))
            self.outputs.append(self.states[-1] @ copy["V"] + copy["b_y"][0])
        target = torch.tensor(spec.targets)
        self.losses = [
            torch.nn.functional.cross_entropy(output[None], target[t][None]) for t, output in enumerate(self.outputs)
        ]
        self.counted = [t for t in range(T) if spec.loss == "every" or t == T - 1]
        self.loss = sum(self.losses[t] for t in self.counted)

    def gradients_of(self, scalar, tensors):
        found = torch.autograd.grad(scalar, tensors, retain_graph=True, allow_unused=True)
        return np.stack(
            [(torch.zeros_like(t) if g is None else g).numpy() for g, t in zip(found, tensors, strict=True)]
        )


def close(ours, theirs, tolerance=1e-10):
    scale = max(1.0, float(np.abs(theirs).max(initial=0.0)))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * scale)


def check_against_autograd(spec: Spec) -> Trace:
    trace, theirs = trace_unfolded_rnn(spec), Autograd(spec)
    close(trace.states, torch.stack(theirs.states).detach().numpy())
    close(trace.outputs, torch.stack(theirs.outputs).detach().numpy())
    close(trace.step_losses, torch.stack(theirs.losses).detach().numpy())
    close(trace.loss, theirs.loss.detach().numpy())
    close(trace.state_gradients, theirs.gradients_of(theirs.loss, theirs.states))
    close(trace.output_gradients, theirs.gradients_of(theirs.loss, theirs.outputs))
    for name in PARAMETERS:
        # The gradient of the copy that only step i uses is what step i adds.
        terms = theirs.gradients_of(theirs.loss, theirs.copies[name])
        close(trace.terms[name], terms)
        close(trace.gradients[name], terms.sum(axis=0))
        pairs = pair_terms(trace, name)
        for t in range(spec.steps):
            wanted = theirs.gradients_of(theirs.losses[t], theirs.copies[name]) if t in theirs.counted else 0 * terms
            close(pairs[t], wanted)
        for N in range(spec.steps):
            near = [pairs[t, i] for t in range(spec.steps) for i in range(t + 1) if t - i <= N]
            close(trace.truncated[name][N], np.sum(near, axis=0))
    return trace


@every_kind
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_every_number_and_every_term_is_autograds(activation, recurrence, loss, data):
    spec = data.draw(specs((activation, recurrence, loss)))
    check_against_autograd(spec)


@pytest.mark.parametrize("recurrence", RECURRENCES)
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "linear"])
def test_jacobians_are_autograds(activation, recurrence):
    spec = make(3, T=5, n=2, m=3, K=4, activation=activation, recurrence=recurrence)
    trace, theirs = trace_unfolded_rnn(spec), Autograd(spec)
    for t in range(spec.steps + 1):
        products = state_jacobians(trace, t)
        for i in range(t + 1):
            rows = [theirs.gradients_of(unit, [theirs.states[i]])[0] for unit in theirs.states[t]]
            close(products[i], np.stack(rows))
    for t in (-1, 6):
        with pytest.raises(InputError, match="from 0 to 5"):
            state_jacobians(trace, t)


@pytest.mark.parametrize("name", ["W", "U", "b_h"])
def test_the_sum_over_steps_is_that_of_the_equation(name):
    """∂L_T/∂h_T · ∂h_T/∂h_i · ∂⁺h_i/∂θ, with the immediate derivative by hand: only unit q hangs on column q."""
    trace = trace_unfolded_rnn(make(4, T=4, n=2, m=3, K=3))
    products = state_jacobians(trace, 4)
    used = {"W": trace.states[:-1], "U": trace.inputs, "b_h": np.ones((4, 1))}[name]
    for i in range(1, 5):
        at_i = trace.state_gradients[4] @ products[i]
        immediate = np.einsum("p,q,qu->upq", used[i - 1], trace.slopes[i - 1], np.eye(3))
        close(trace.terms[name][i - 1], np.einsum("u,upq->pq", at_i, immediate))


def test_a_linear_chain_has_the_closed_form():
    """h_T = Σ w^(T-i) x_i, so the gradient at h_i is that at h_T times w^(T-i)."""
    w = 0.5
    weights = Weights(((1.0,),), ((w,),), ((0.0,),), ((1.0, 0.0),), ((0.0, 0.0),))
    trace = trace_unfolded_rnn(Spec(((1.0,), (2.0,), (3.0,), (4.0,)), (0, 0, 0, 1), weights, "linear"))
    np.testing.assert_allclose(trace.states[:, 0], [0, 1, 2.5, 4.25, 6.125])
    p = 1 / (1 + np.exp(-6.125))
    np.testing.assert_allclose(trace.probabilities[-1], [p, 1 - p])
    assert trace.loss == pytest.approx(-np.log(1 - p))
    np.testing.assert_allclose(trace.state_gradients[:, 0], p * w ** np.arange(4, -1, -1.0))
    np.testing.assert_allclose(trace.gradients["W"], [[p * (4.25 + w * 2.5 + w**2 * 1)]])


def test_output_parameters_have_no_sum_unless_outputs_are_fed_back():
    for loss in LOSSES:
        pairs = pair_terms(trace_unfolded_rnn(make(loss=loss)), "V")
        assert not pairs[~np.eye(5, dtype=bool)].any()
        assert pairs[4, 4].any()
    fed_back = pair_terms(trace_unfolded_rnn(make(recurrence="output")), "V")
    assert fed_back[4, 0].any()


def test_nothing_runs_back_in_time_under_teacher_forcing():
    trace = trace_unfolded_rnn(make(recurrence="forced", loss="every"))
    for name in PARAMETERS:
        assert not pair_terms(trace, name)[~np.eye(5, dtype=bool)].any()
        np.testing.assert_allclose(trace.truncated[name][0], trace.gradients[name], atol=1e-15)
    assert not state_jacobians(trace, 5)[:5].any()


@every_kind
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_differences_agree(activation, recurrence, loss, data):
    trace = trace_unfolded_rnn(data.draw(specs((activation, recurrence, loss))))
    result = compare_with_differences(trace)
    size = sum(trace.gradients[name].size for name in PARAMETERS)
    assert result.compared + result.left_out == size
    assert result.left_out == 0 or activation == "relu"
    assert result.relative < 1e-5 or result.largest < 1e-8
    if not result.left_out:
        distances = [np.abs(result.gradients[name] - trace.gradients[name]).max() for name in PARAMETERS]
        assert result.largest == max(distances)


def test_differences_find_a_wrong_gradient():
    trace = trace_unfolded_rnn(make())
    wrong = dataclasses.replace(trace, gradients={**trace.gradients, "W": trace.terms["W"][-1]})
    assert compare_with_differences(wrong).relative > 0.01


def test_a_kink_is_left_out_of_the_comparison():
    weights = Weights(((1.0,),), ((1.0,),), ((0.0,),), ((1.0, -1.0),), ((0.0, 0.0),))
    trace = trace_unfolded_rnn(Spec(((0.0,), (0.0,)), (0, 1), weights, "relu", "hidden", "every"))
    result = compare_with_differences(trace)
    assert result.left_out == 1  # b_h; the numbers of U and W meet zeros only
    assert result.largest < 1e-9


@settings(max_examples=15, deadline=None)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_the_first_update_is_a_step_against_the_gradient(kind, data):
    spec = data.draw(specs(kind, most=4))
    trace = trace_unfolded_rnn(spec)
    rates = (0.01, 0.1)
    updates = trace_updates(spec, rates, updates=1)
    for rate, losses in zip(rates, updates.losses, strict=True):
        assert losses[0] == pytest.approx(trace.loss, rel=1e-12, abs=1e-12)
        moved = {name: to_rows(getattr(trace.parameters, name) - rate * trace.gradients[name]) for name in PARAMETERS}
        after = min(trace_unfolded_rnn(with_weights(spec, **moved)).loss, LARGEST_LOSS)
        assert losses[1] == pytest.approx(after, rel=1e-9, abs=1e-12)


def test_a_hundred_updates_are_torchs():
    spec = make(2, T=4, loss="every")
    weights = {
        name: torch.tensor(getattr(spec.weights, name), dtype=torch.float64, requires_grad=True) for name in PARAMETERS
    }
    x, target = torch.tensor(spec.inputs, dtype=torch.float64), torch.tensor(spec.targets)
    descent = torch.optim.SGD(weights.values(), lr=0.2)
    losses = []
    for _ in range(101):
        h, loss = torch.zeros(1, 3, dtype=torch.float64), torch.tensor(0.0)
        for t in range(4):
            h = torch.tanh(x[t] @ weights["U"] + h @ weights["W"] + weights["b_h"])
            loss = loss + torch.nn.functional.cross_entropy(h @ weights["V"] + weights["b_y"], target[t][None])
        losses.append(float(loss.detach()))
        descent.zero_grad()
        loss.backward()
        descent.step()
    np.testing.assert_allclose(trace_updates(spec, (0.2,)).losses[0], losses, rtol=1e-8)


def test_too_large_a_rate_is_held_finite():
    spec = make(5, T=8, m=4, n=4, K=4, activation="linear", loss="every")
    updates = trace_updates(spec)
    assert np.isfinite(updates.losses).all()
    assert updates.diverged[-1]
    assert not updates.diverged[0]
    stopped = updates.losses[-1]
    assert stopped[-1] == stopped[np.argmax(stopped)] == LARGEST_LOSS


@settings(max_examples=15, deadline=None)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_only_a_network_with_a_past_remembers(kind, data):
    spec = data.draw(specs(kind))
    comparison = compare_with_feed_forward(spec)
    T = spec.steps
    np.testing.assert_allclose(comparison.recurrent, trace_unfolded_rnn(spec).probabilities, atol=1e-12)
    earlier, later = np.tril(np.ones((T, T), bool), -1), np.triu(np.ones((T, T), bool), 1)
    assert not comparison.feed_forward_effect[earlier | later].any()
    assert not comparison.recurrent_effect[earlier].any()
    if spec.recurrence == "forced":
        assert not comparison.recurrent_effect[later].any()
    assert (comparison.recurrent_effect <= 1 + 1e-12).all()


def test_the_comparison_is_the_network_without_its_loop_and_with_another_input():
    spec = make(6, T=4)
    without = trace_unfolded_rnn(with_weights(spec, W=to_rows(np.zeros((3, 3)))))
    comparison = compare_with_feed_forward(spec)
    np.testing.assert_allclose(comparison.feed_forward, without.probabilities, atol=1e-12)
    for j in range(4):
        inputs = [*spec.inputs]
        inputs[j] = tuple(-value for value in inputs[j])
        changed = trace_unfolded_rnn(dataclasses.replace(spec, inputs=tuple(inputs)))
        np.testing.assert_allclose(comparison.recurrent_changed[j], changed.probabilities, atol=1e-12)
    assert comparison.recurrent_effect[0, 1:].all()


def test_another_word_takes_the_place_of_a_word():
    words = ("not", "good", "not")
    vocabulary, rows = one_hot(words)
    assert vocabulary == ("not", "good")
    assert rows == ((1, 0), (0, 1), (1, 0))
    spec = Spec(rows, (0, 1, 0), weights_from_seed(0, 2, 3, 2), words=words)
    assert compare_with_feed_forward(spec).exchanged.tolist() == [[0, 1], [1, 0], [0, 1]]
    only = Spec(((1.0,),), (0,), weights_from_seed(0, 1, 3, 2), words=("good",))
    assert compare_with_feed_forward(only).exchanged.tolist() == [[0]]
    silent = Spec(((0.0,),), (0,), weights_from_seed(0, 1, 3, 2))
    assert compare_with_feed_forward(silent).exchanged.tolist() == [[1]]


@pytest.mark.parametrize("recurrence", RECURRENCES)
@pytest.mark.parametrize(
    ("activation", "loss"),
    [("tanh", "last"), ("tanh", "every"), ("sigmoid", "last"), ("relu", "every"), ("linear", "last")],
)
def test_a_thousand_steps(activation, recurrence, loss):
    """Far more than the page allows: no overflow, the sums still add up, and autograd says the same."""
    scale = 0.5 if activation in ("relu", "linear") else 1.0
    spec = make(7, T=1000, activation=activation, recurrence=recurrence, loss=loss, scale=scale)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        trace = trace_unfolded_rnn(spec)
    for name in PARAMETERS:
        assert np.isfinite(trace.gradients[name]).all()
        np.testing.assert_allclose(trace.truncated[name][-1], trace.gradients[name], atol=1e-9)
        np.testing.assert_allclose(trace.terms[name].sum(axis=0), trace.gradients[name], atol=1e-9)
    if activation == "tanh":
        theirs = Autograd(spec)
        close(trace.state_gradients, theirs.gradients_of(theirs.loss, theirs.states), 1e-8)


@every_kind
@pytest.mark.parametrize("size", [1, 4])
@pytest.mark.parametrize("value", [0.0, 100.0, -100.0])
def test_the_ends_of_what_may_be_typed(activation, recurrence, loss, size, value):
    T, K = 8, max(2, size)
    weights = {
        name: ((value,) * columns,) * rows for name, (rows, columns) in shapes(size, size, K, recurrence).items()
    }
    spec = Spec(((value,) * size,) * T, (0,) * T, Weights(**weights), activation, recurrence, loss)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        trace = trace_unfolded_rnn(spec)
        assert np.isfinite(compare_with_differences(trace).largest)
        compare_with_feed_forward(spec)
    assert np.isfinite(trace_updates(spec, (0.01, 100.0)).losses).all()
    for field in dataclasses.fields(Trace):
        values = getattr(trace, field.name)
        if isinstance(values, np.ndarray):
            assert np.isfinite(values).all(), field.name


def test_numbers_beyond_a_float_are_said():
    with pytest.raises(InputError, match="Make W or U smaller"):
        trace_unfolded_rnn(make(T=1000, activation="linear", scale=5))


def test_one_step_and_one_unit():
    trace = check_against_autograd(make(8, T=1, n=1, m=1, K=2))
    assert trace.states.shape == (2, 1)
    assert not trace.gradients["W"].any()
    check_against_autograd(make(8, T=2, n=1, m=1, K=1, recurrence="output", loss="every"))


def test_seeds_give_the_same_again_and_a_longer_sequence_begins_the_same():
    assert weights_from_seed(3, 2, 3, 2) == weights_from_seed(3, 2, 3, 2) != weights_from_seed(4, 2, 3, 2)
    assert inputs_from_seed(3, 8, 2)[:5] == inputs_from_seed(3, 5, 2)
    assert targets_from_seed(3, 8, 2)[:5] == targets_from_seed(3, 5, 2)
    with_output = weights_from_seed(3, 2, 3, 2, "output")
    assert (with_output.U, with_output.V) == (weights_from_seed(3, 2, 3, 2).U, weights_from_seed(3, 2, 3, 2).V)
    assert len(with_output.W) == 2


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"activation": "step"}, "activation must be one of tanh"),
        ({"recurrence": "none"}, "recurrence must be one of"),
        ({"loss": "first"}, "loss must be one of"),
        ({"inputs": ()}, "1 to 1000 steps, got 0"),
        ({"inputs": ((1.0, 2.0), (1.0,))}, "as many numbers"),
        ({"inputs": ((), ())}, "at least one"),
        ({"inputs": ((1.0,),) * 5}, r"U must have shape \(1, 3\), got \(2, 3\)"),
        ({"targets": (0, 1)}, "5 labels from 0 to 1"),
        ({"targets": (0, 1, 2, 0, 0)}, "5 labels from 0 to 1"),
        ({"words": ("a",)}, "as many words"),
        ({"recurrence": "output"}, r"W must have shape \(2, 3\)"),
    ],
)
def test_what_does_not_fit_is_refused(change, complaint):
    with pytest.raises(InputError, match=complaint):
        dataclasses.replace(make(), **change)


def matrices_of(tex: str) -> list[np.ndarray]:
    """The matrices of an equation, in the order in which they stand there."""
    found = []
    for body in re.findall(r"\\begin\{bmatrix\} (.*?) \\end\{bmatrix\}", tex):
        plain = re.sub(r"\\cdot 10\^\{(.*?)\}", r"e\1", body)
        found.append(np.array([row.split("&") for row in plain.split(r"\\")], dtype=float))
    return found


@every_kind
@pytest.mark.parametrize("t", [1, 3, 5])
def test_equations_hold_with_the_numbers_that_stand_in_them(activation, recurrence, loss, t):
    """Read back what the reader reads, two digits after the point, and do the sum."""
    trace = trace_unfolded_rnn(make(2, m=3, K=4, activation=activation, recurrence=recurrence, loss=loss))
    near = {"rtol": 0.02, "atol": 0.05}
    numbers = matrices_of(node_equation(trace, "h", t))
    *products, bias, total, state = numbers
    pairs = zip(products[::2], products[1::2], strict=True)
    np.testing.assert_allclose(sum(matrix @ vector for matrix, vector in pairs) + bias, total, **near)
    np.testing.assert_allclose(state[:, 0], trace.states[t], atol=0.006)
    assert len(products) == (4 if recurrence == "hidden" or t > 1 else 2)
    V, h, bias, o, y = matrices_of(node_equation(trace, "y", t))
    np.testing.assert_allclose(V @ h + bias, o, **near)
    np.testing.assert_allclose(np.exp(o) / np.exp(o).sum(), y, atol=0.01)
    equation = node_equation(trace, "g", t)
    *_, result = matrices_of(equation) or [None]
    if result is None:
        assert "no loss reaches" in equation
        assert not trace.state_gradients[t].any()
        return
    np.testing.assert_allclose(result[:, 0], trace.state_gradients[t], atol=0.006)
    products = matrices_of(equation[equation.rindex("V \\nabla" if "V \\nabla" in equation else "= W") :])[:-1]
    summed = sum(matrix @ vector for matrix, vector in zip(products[::2], products[1::2], strict=True))
    np.testing.assert_allclose(summed, result, **near)


def test_the_loss_is_the_logarithm_that_is_written():
    trace = trace_unfolded_rnn(make(3, loss="every"))
    for t in range(1, 6):
        probability, loss = re.search(r"-\\log ([\d.]+) = ([\d.]+)", node_equation(trace, "L", t)).groups()
        assert -np.log(float(probability)) == pytest.approx(float(loss), abs=1e-3)
        assert float(loss) == pytest.approx(trace.step_losses[t - 1], abs=1e-4)
    assert "has no loss" in node_equation(trace_unfolded_rnn(make(3)), "L", 2)


def test_other_nodes():
    trace = trace_unfolded_rnn(make(3))
    assert matrices_of(node_equation(trace, "x", 2))[0][:, 0].tolist() == list(trace.spec.inputs[1])
    vocabulary, rows = one_hot(("not", "good", "not"))
    words = trace_unfolded_rnn(Spec(rows, (0, 1, 0), weights_from_seed(0, 2, 3, 2), words=("not", "good", "not")))
    assert "word 2 of the vocabulary" in node_equation(words, "x", 2)
    assert len(vocabulary) == 2
    assert "where every run begins" in node_equation(trace, "h", 0)
    for kind, t in (("x", 0), ("h", 6), ("z", 1)):
        with pytest.raises(InputError, match="steps 1 to 5"):
            node_equation(trace, kind, t)


def test_table_1_has_the_readers_sizes():
    table = sizes_table(make(n=2, m=3, K=4, recurrence="output"))
    shapes_here = dict(zip(table["symbol"], table["here"], strict=True))
    assert shapes_here == {
        "U": "2 × 3", "W": "4 × 3", "V": "3 × 4", "b_h": "3 × 1", "b_y": "4 × 1",
        "xₜ": "2 × 1", "hₜ": "3 × 1", "oₜ": "4 × 1", "ŷₜ": "4 × 1", "Lₜ": "1",
    }  # fmt: skip
    assert sizes_table(make(n=2, m=3, K=4))["here"][1] == "3 × 3"


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (decimal, -0.001, "0.00"), (decimal, -1.5, "−1.50"), (decimal, 12345.0, "1.2·10⁴"),
        (short, 1.0, "1"), (short, -0.5, "−0.5"), (short, 0.0, "0"), (short, -4000.0, "−4.0·10³"),
        (short, 100.0, "100"),
        (significant, 0.0, "0"), (significant, 0.0512, "0.051"), (significant, 3.14159, "3.1"),
        (significant, 123.0, "123"),
        (significant, 1.25e-7, "1.2·10⁻⁷"), (significant, -0.00012, "−1.2·10⁻⁴"), (significant, 9.99, "10"),
        (percent, 0.001, "under 1\N{NO-BREAK SPACE}%"), (percent, 0.999, "over 99\N{NO-BREAK SPACE}%"),
        (percent, 1.0, "100\N{NO-BREAK SPACE}%"), (percent, 0.0, "0\N{NO-BREAK SPACE}%"),
        (degrees, 0.2, "under 1°"), (degrees, 0.0, "0°"), (degrees, 89.7, "90°"),
    ],
)  # fmt: skip
def test_how_numbers_are_written(write, value, text):
    assert write(value) == text


def test_how_numbers_are_written_in_tex():
    assert tex_matrix(np.array([1.0, -2.5]), exact=True) == r"\begin{bmatrix} 1 \\ -2.5 \end{bmatrix}"
    assert tex_matrix(np.array([[12345.0, 0.1]])) == r"\begin{bmatrix} 1.2\cdot 10^{4} & 0.10 \end{bmatrix}"
    assert tex("1.2·10⁻⁷") == r"1.2\cdot 10^{-7}"
    assert indexed("h", 12) == "h₁₂"


def test_what_is_typed_is_read():
    assert reading.read_inputs("1 2; 3 4", 2, 2) == (((1, 2), (3, 4)), ())
    assert reading.read_inputs("1 2, 3", 3, 1) == (((1,), (2,), (3,)), ())
    assert reading.read_words(" not  good not ") == (((1, 0), (0, 1), (1, 0)), ("not", "good", "not"))
    assert reading.read_targets("1, 2;1", 3, 2) == (0, 1, 0)
    assert reading.read_weights("b_h", "1\n2\n3", 1, 3) == ((1, 2, 3),)
    assert reading.read_size("seed", "0") == 0


@pytest.mark.parametrize(
    ("read", "complaint"),
    [
        (lambda: reading.read_size("T", "9"), "T must be a whole number from 1 to 8, got 9"),
        (lambda: reading.read_size("K", "1"), "K must be a whole number from 2 to 4"),
        (lambda: reading.read_size("m", "three"), "got “three”"),
        (lambda: reading.read_size("seed", "-1"), "The seed must be a whole number from 0"),
        (lambda: reading.read_inputs("1 2; 3", 2, 2), "2 rows of 2 numbers, got 2 rows of 1 or 2"),
        (lambda: reading.read_inputs("1 101", 1, 2), "from −100 to 100"),
        (lambda: reading.read_words(""), "1 to 8 words, got 0"),
        (lambda: reading.read_words("a " * 9), "1 to 8 words, got 9"),
        (lambda: reading.read_words("a" * 21), "20 letters, got one of 21"),
        (lambda: reading.read_targets("1 2", 3, 2), "3 right classes, one a step, got 2"),
        (lambda: reading.read_targets("0 1 2", 3, 2), "A right class must be a whole number from 1 to 2, got 0"),
        (lambda: reading.read_weights("W", "1 2; 3 4", 3, 3), "W must have 3 rows of 3 numbers, got 2 rows of 2"),
        (lambda: reading.read_weights("W", "1 x; 3 4", 2, 2), "W must hold numbers, got “x”"),
        (lambda: reading.read_step("6", 5), "The step must be a whole number from 1 to 5"),
    ],
)
def test_what_can_not_be_read_has_its_sentence(read, complaint):
    with pytest.raises(InputError, match=complaint):
        read()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 9999), st.integers(1, 4), st.integers(1, 4), st.integers(2, 4), st.sampled_from(RECURRENCES))
def test_every_default_can_be_read_and_has_a_key_of_its_own(seed, n, m, K, recurrence):
    boxes = [
        *reading.weight_boxes(seed, n, m, K, recurrence),
        reading.inputs_box(seed, 5, n),
        reading.targets_box(seed, 5, K),
    ]
    values = [box.read(box.default) for box in boxes]
    weights = weights_from_seed(seed, n, m, K, recurrence)
    assert values[:5] == [getattr(weights, name) for name in PARAMETERS]
    assert values[5:] == [(inputs_from_seed(seed, 5, n), ()), targets_from_seed(seed, 5, K)]
    keys = {box.key for box in boxes}
    assert len(keys) == 7
    assert keys.isdisjoint(box.key for box in reading.weight_boxes(seed + 1, n, m, K, recurrence))


@every_kind
def test_parts_along_the_gradient_add_up_to_it(activation, recurrence, loss):
    trace = trace_unfolded_rnn(make(5, activation=activation, recurrence=recurrence, loss=loss))
    for name in PARAMETERS:
        shares = shares_of(trace, name)
        assert shares.along.sum() == pytest.approx(shares.norm, abs=1e-12)
        np.testing.assert_allclose(shares.norms * shares.cosines, shares.along, atol=1e-12)
        measured = truncation_of(trace, name)
        assert (measured.ratios[-1], measured.angles[-1]) == pytest.approx((1, 0), abs=1e-6)
        full = trace.gradients[name].ravel()
        for N in range(5):
            part = trace.truncated[name][N].ravel()
            if np.linalg.norm(full) and np.linalg.norm(part):
                cosine = part @ full / np.linalg.norm(part) / np.linalg.norm(full)
                assert np.cos(np.radians(measured.angles[N])) == pytest.approx(cosine, abs=1e-9)
                assert measured.ratios[N] == pytest.approx(np.linalg.norm(part) / np.linalg.norm(full))


def everything_said(trace: Trace) -> list[str]:
    said = [headline(trace), *stop_captions(trace), checked(compare_with_differences(trace)), parameters_alike(trace)]
    said += on_updates(trace_updates(trace.spec, (0.01, 1.0, 100.0)))
    comparison = compare_with_feed_forward(trace.spec)
    said += [remembered(comparison, j) for j in range(1, trace.spec.steps + 1)]
    for name in PARAMETERS:
        said += [on_terms(trace, name), *on_truncation(trace, name)]
    return said + [sentence for t in range(1, trace.spec.steps + 1) for sentence in on_jacobians(trace, t)]


@every_kind
@settings(max_examples=3, deadline=None)
@given(data=st.data())
def test_everything_can_be_said_of_every_network(activation, recurrence, loss, data):
    for sentence in everything_said(trace_unfolded_rnn(data.draw(specs((activation, recurrence, loss), most=4)))):
        assert sentence[0].isupper() or sentence.startswith(("∂", "b_"))
        assert sentence.endswith(".")
        assert not re.search(r"nan|inf\b|-\d|  ", sentence), sentence


def test_the_headline_says_what_becomes_of_the_gradient():
    chain = Weights(((1.0,),), ((0.5,),), ((0.0,),), ((1.0, 0.0),), ((0.0, 0.0),))
    spec = Spec(((1.0,), (2.0,), (3.0,), (4.0,)), (0, 0, 0, 1), chain, "linear")
    assert headline(trace_unfolded_rnn(spec)) == (
        "The loss is 6.13. On its way back from step 4 to step 1 the gradient of the loss shrinks from 1.0 to 0.12: "
        "12\N{NO-BREAK SPACE}% of it arrives."
    )
    grows = trace_unfolded_rnn(with_weights(spec, W=((2.0,),)))
    assert headline(grows).endswith("grows from 1.0 to 8.0, 8.0 times as large.")
    assert headline(trace_unfolded_rnn(with_weights(spec, W=((1.0,),)))).endswith("keeps its size, 1.0.")
    assert "to 0: nothing of it arrives." in headline(trace_unfolded_rnn(with_weights(spec, W=((0.0,),))))
    every = dataclasses.replace(spec, loss="every")
    assert headline(trace_unfolded_rnn(every)).endswith(
        "gradient of the last loss shrinks from 1.0 to 0.12: 12\N{NO-BREAK SPACE}% of it arrives. "
        "The bars hold all losses together."
    )
    assert "only one step" in headline(trace_unfolded_rnn(make(T=1)))
    assert "No gradient runs back in time" in headline(trace_unfolded_rnn(make(recurrence="forced")))
    deaf = with_weights(spec, V=((0.0, 0.0),))
    assert "No gradient reaches any state" in headline(trace_unfolded_rnn(deaf))


@pytest.mark.parametrize("recurrence", RECURRENCES)
def test_the_last_loss_alone_is_that_of_the_network_without_the_others(recurrence):
    every = trace_unfolded_rnn(make(6, recurrence=recurrence, loss="every"))
    last = trace_unfolded_rnn(dataclasses.replace(every.spec, loss="last"))
    np.testing.assert_allclose(last_loss_norms(every)[1:], np.linalg.norm(last.state_gradients, axis=1)[1:], atol=1e-12)


def test_captions_follow_the_passes():
    trace = trace_unfolded_rnn(FIRST)
    captions = stop_captions(trace)
    assert stop_names(5) == ["start", *(f"forward {t}" for t in range(1, 6)), *(f"back {t}" for t in (5, 4, 3, 2, 1))]
    assert captions[3] == "Forward, step 3: x₃ and the state before it, h₂, make the state h₃."
    assert f"the loss is −log {significant(trace.probabilities[4, 0], 3)} = {decimal(trace.loss)}" in captions[5]
    norms = np.linalg.norm(trace.state_gradients, axis=1)
    for stop, t in zip(range(6, 11), (5, 4, 3, 2, 1), strict=True):
        assert significant(norms[t]) in captions[stop]
    assert percent(norms[2] / norms[5]) in captions[9]
    assert "nothing had been fed back yet" in captions[10]
    forced = stop_captions(trace_unfolded_rnn(make(recurrence="forced")))
    assert "nothing returns from step 3" in forced[9]
    assert "nothing reaches it" in forced[9]
    assert "meets the loss of step 2" in stop_captions(trace_unfolded_rnn(make(loss="every")))[9]


def test_what_is_said_of_terms():
    trace = trace_unfolded_rnn(FIRST)
    shares = shares_of(trace, "W")
    assert percent(float(shares.along[-2:].sum()) / shares.norm) in on_terms(trace, "W")
    assert "one term and no sum over earlier steps" in on_terms(trace, "V")
    every = trace_unfolded_rnn(dataclasses.replace(FIRST, loss="every"))
    assert "every step has a loss" in on_terms(every, "b_y")
    assert "has the largest part" in on_terms(trace_unfolded_rnn(make(recurrence="output")), "V")
    assert "come back through time" in on_terms(trace_unfolded_rnn(make(recurrence="forced", loss="every")), "U")
    assert on_terms(trace_unfolded_rnn(make(T=1)), "W").endswith("Nothing was fed back at the only step.")
    measured = truncation_of(trace, "W")
    assert on_truncation(trace, "W")[1] == (
        f"At most 1 step back: the gradient of W has {percent(measured.ratios[1])} of its length and points "
        f"{degrees(measured.angles[1])} off."
    )
    assert on_truncation(trace, "W")[-1].endswith("whole gradient.")
    assert on_truncation(trace, "V")[0].endswith("nothing is lost, this is already the whole gradient.")


def test_what_is_said_of_updates():
    losses = np.array([[2.0, *np.linspace(1.9, 0.1, 100)], [2.0, 3.0, *np.linspace(2.9, 0.1, 99)], [2.0, *[5.0] * 100]])
    falls, jumps, grows = on_updates(Updates(np.array([0.1, 1.0, 10.0]), losses, np.zeros(3, bool)))
    assert falls.endswith("0.100 after 100 updates. It falls at every update.")
    assert jumps.endswith("It jumps: 1 of the 100 updates makes it worse, but it ends lower than it began.")
    assert grows.endswith("Too large: 1 of the 100 updates makes it worse, and it ends no lower than it began.")
    spec = make(5, T=8, m=4, n=4, K=4, activation="linear", loss="every")
    assert "it diverges, and leaves every scale" in on_updates(trace_updates(spec))[-1]


GRID = [
    make(seed, T=T, n=n, m=m, K=K, activation=activation, recurrence=recurrence, loss=loss, scale=scale)
    for seed, T, (n, m, K), (activation, recurrence, loss), scale in product(
        (3, 5), (2, 3, 5), ((2, 3, 2), (1, 1, 2)), KINDS, (0.0, 1.0, 3.0)
    )
]
"""Networks among which gradients vanish, grow, turn round, underflow, and are zero."""


@pytest.fixture(scope="module")
def traces():
    return [trace_unfolded_rnn(spec) for spec in GRID]


def test_the_headline_tells_both_ends_and_nothing_else(traces):
    kinds = dict.fromkeys(("shrinks", "vanishes", "grows", "keeps its size", "about as large", "No gradient"), 0)
    kept = trace_unfolded_rnn(with_weights(make(activation="linear"), W=to_rows(np.eye(3))))
    for trace in (*traces, kept):
        said, T = headline(trace), trace.spec.steps
        (kind,) = [kind for kind in kinds if kind in said]
        kinds[kind] += 1
        assert "learns" not in said
        of_states = np.linalg.norm(trace.state_gradients, axis=1)
        norms = of_states if trace.spec.loss == "last" else last_loss_norms(trace)
        if kind == "No gradient":
            assert trace.spec.recurrence == "forced" or not norms[T]
            continue
        ratio = norms[1] / norms[T]
        if kind in ("shrinks", "vanishes", "grows"):
            assert f"from {significant(norms[T])} to {significant(norms[1])}" in said
            assert (ratio > 1.05) == (kind == "grows")
            assert (ratio < 0.01) == (kind == "vanishes")
            if kind != "grows":
                assert f"{percent(ratio)} of it arrives" in said or (not ratio and "nothing of it arrives" in said)
        else:
            assert ratio == pytest.approx(1, abs=0.06)
            assert (np.abs(norms[1:] / norms[T] - 1).max() <= 0.1) == (kind == "keeps its size")
    assert all(kinds.values()), kinds


def test_no_state_learns_where_no_gradient_reaches_any(traces):
    silent = [trace for trace in traces if "No gradient reaches any state" in headline(trace)]
    assert silent
    for trace in silent:
        # What is smaller than this has a square that no float holds.
        assert max(np.abs(trace.gradients[name]).max() for name in ("U", "W", "b_h")) < 1e-150
    assert any(trace.gradients["b_y"].any() for trace in silent)


def test_what_is_more_than_the_whole_is_explained(traces):
    explained = dict.fromkeys(PARAMETERS, 0)
    for trace, name in product(traces, PARAMETERS):
        shares, said = shares_of(trace, name), on_terms(trace, name)
        if "more than the whole" in said:
            explained[name] += 1
            named = [int(i) for i in re.findall(r"\d+", re.search(r"Steps? ([\d, and]+) pull", said)[1])]
            assert all(shares.along[i - 1] < 0 for i in named)
            others = [part for i, part in enumerate(shares.along, 1) if i not in named]
            assert sum(others) > shares.norm
        elif shares.norm:
            assert shares.along.max() <= 1.005 * shares.norm
    assert all(explained.values()), explained


def test_what_the_output_sends_back_goes_through_o(traces):
    for trace in traces:
        for t, caption in zip(range(trace.spec.steps, 0, -1), stop_captions(trace)[-trace.spec.steps :], strict=True):
            if trace.spec.recurrence == "output" and t < trace.spec.steps:
                assert f"through W, into the output {indexed('o', t)} and through V" in caption


def test_the_check_knows_what_it_can_not_tell(traces):
    kinds = dict.fromkeys(("gives the same", "Too small to be checked", "gradients are zero"), 0)
    for trace in traces:
        differences = compare_with_differences(trace)
        said = checked(differences)
        (kind,) = [kind for kind in kinds if kind in said]
        kinds[kind] += 1
        assert (differences.size == 0) == (kind == "gradients are zero")
        if kind == "gives the same":
            assert differences.largest <= 1e-3 * differences.size
        if kind == "Too small to be checked":
            assert differences.size < 1e-7
    assert all(kinds.values()), kinds
    trace = trace_unfolded_rnn(make())
    wrong = dataclasses.replace(trace, gradients={**trace.gradients, "W": trace.terms["W"][-1]})
    assert "too far to be called the same" in checked(compare_with_differences(wrong))


def test_what_is_said_of_updates_holds(traces):
    kinds = {
        "Too large: it diverges": 0, "ends no lower": 0, "It jumps": 0, "It wavers": 0, "It stays where": 0,
        "It falls, and then stays at": 0, "It falls a little": 0, "It hardly moves": 0, "falls at every update": 0,
    }  # fmt: skip
    diverging = trace_unfolded_rnn(make(5, T=8, m=4, n=4, K=4, activation="linear", loss="every"))
    for trace in (*traces[::3], diverging):
        updates = trace_updates(trace.spec, RATES[::3])
        for losses, diverged, said in zip(updates.losses, updates.diverged, on_updates(updates), strict=True):
            found = [kind for kind in kinds if kind in said]
            assert len(found) == 1 or "never noticeably rises" in said
            for kind in found:
                kinds[kind] += 1
            changes = np.diff(losses)
            rises = int((changes > 1e-6 * (1 + losses[:-1])).sum())
            assert ("it diverges" in said) == diverged == ("over 10⁹" in said)
            if "worse" in said:
                assert f"{rises} of the 100 updates" in said
                assert ("Too large" in said) == (losses[-1] >= losses[0])
            elif not diverged:
                assert not rises
            if "It stays where" in said:
                assert np.ptp(losses) < 1e-5 * (1 + losses[0])
            if "then stays at" in said:
                assert f"stays at {significant(losses[-1], 3)}." in said
                assert np.ptp(losses[50:]) <= 0.02 * np.ptp(losses)
            if "hardly moves" in said:
                assert losses[50] - losses[-1] > 1e-9 * losses[0], "it is still moving"
            if "at every update" in said:
                assert (changes < 0).all()
    assert all(kinds.values()), kinds


def test_a_loss_that_is_off_the_scale_is_not_the_rates_fault():
    weights = {name: to_rows(np.full(shape, 100.0)) for name, shape in shapes(1, 1, 2, "hidden").items()}
    weights["V"] = ((100.0, -100.0),)
    spec = Spec(((100.0,),) * 8, (1,) * 8, Weights(**weights), "linear", "hidden", "every")
    assert trace_unfolded_rnn(spec).loss > LARGEST_LOSS
    said = on_updates(trace_updates(spec, (0.01, 1.0)))
    assert said[0].startswith("Learning rate 0.01: the loss is off every scale before the first update")
    assert not any("10⁹" in sentence or "Too large" in sentence for sentence in said)


def test_where_the_words_stand_in_x_is_said():
    words = ("not", "good", "not", "<b>")
    spec = Spec(one_hot(words)[1], (0, 1, 0, 1), weights_from_seed(0, 3, 3, 2), words=words)
    assert parameters_alike(trace_unfolded_rnn(spec)).endswith("1 for “not”, 2 for “good”, 3 for “<b>”.")
    assert "for “" not in parameters_alike(trace_unfolded_rnn(FIRST))


def test_what_is_said_of_memory():
    for spec, words in (
        (FIRST, "the recurrent network hears it at steps 1 to 5"),
        (make(recurrence="forced"), "is heard at step 1 only, by the recurrent network too"),
        (with_weights(make(), V=to_rows(np.zeros((3, 2)))), "moves no output of the recurrent network"),
    ):
        assert words in remembered(compare_with_feed_forward(spec), 1)


@every_kind
def test_tables_have_columns_of_one_length(activation, recurrence, loss):
    trace = trace_unfolded_rnn(make(5, activation=activation, recurrence=recurrence, loss=loss))
    columns = [
        tables.nodes_table(trace),
        tables.jacobians_table(trace, 3),
        tables.updates_table(trace_updates(trace.spec, RATES, 1)),
    ]
    columns += [tables.memory_table(compare_with_feed_forward(trace.spec))]
    columns += [
        make_table(trace, name) for make_table in (tables.terms_table, tables.truncation_table) for name in PARAMETERS
    ]
    assert [{len(values) for values in table.values()} for table in columns][:4] == [{5}, {4}, {25}, {25}]
    terms = tables.terms_table(trace, "W")
    sizes = [np.linalg.norm(term) for term in pair_terms(trace, "W")[4]]
    np.testing.assert_allclose(terms["from loss 5" if loss == "every" else "size"], sizes, atol=1e-12)
    assert all(len({len(values) for values in table.values()}) == 1 for table in columns)


# Pictures


def drawn_texts(deck: Deck) -> list[str]:
    return [text for row in deck.figure.data[0].text for text in row if text]


@every_kind
def test_the_picture_shows_the_numbers_of_the_trace(activation, recurrence, loss):
    trace = trace_unfolded_rnn(make(2, activation=activation, recurrence=recurrence, loss=loss))
    deck = plots.deck_graph(trace, ("h", 2))
    spec = trace.spec
    wanted = [short(value) for row in spec.inputs for value in row] + [
        decimal(value) for value in trace.states[1:].ravel()
    ]
    wanted += [decimal(value) for t in range(5) if spec.has_output[t] for value in trace.probabilities[t]]
    wanted += [decimal(value) for t in range(5) if spec.has_loss[t] for value in [trace.step_losses[t]]]
    wanted += ["0"] * (3 if recurrence == "hidden" else 0)
    assert sorted(drawn_texts(deck)) == sorted(wanted)
    assert not deck.layout, "a step is drawn by the quick path"
    assert all(attribute in "xy" for _, attribute in deck.frames)
    assert deck.values == stop_names(5)
    assert deck.start == 10


def covered(deck: Deck, stop: int) -> int:
    """How many nodes are still hidden at a stop."""
    return int(np.isfinite(deck.frames[1, "x"][stop]).sum()) // 5


def test_the_forward_pass_uncovers_one_step_after_the_other():
    deck = plots.deck_graph(trace_unfolded_rnn(make(loss="every")), ("h", 1))
    assert [covered(deck, stop) for stop in range(11)] == [20, 16, 12, 8, 4, *[0] * 6]


def test_bars_are_as_high_as_the_gradient():
    trace = trace_unfolded_rnn(FIRST)
    deck = plots.deck_graph(trace, ("g", 1))
    norms = np.linalg.norm(trace.state_gradients, axis=1)[1:]
    texts = next(
        trace_ for trace_ in deck.figure.data if trace_.text is not None and significant(norms[0]) in trace_.text
    )
    number = deck.figure.data.index(texts)
    heights = deck.frames[number, "y"]
    np.testing.assert_allclose(heights[10] / heights[10].max(), norms / norms.max(), rtol=1e-6)
    assert np.isfinite(heights).sum(axis=1).tolist() == [0] * 6 + [1, 2, 3, 4, 5]
    assert list(texts.text) == [significant(norm) for norm in norms]


@pytest.mark.parametrize("recurrence", RECURRENCES)
def test_a_click_finds_the_node_under_it(recurrence):
    spec = make(recurrence=recurrence, loss="every")
    places = Places(spec)
    for (kind, t), node in nodes_of(trace_unfolded_rnn(spec), places).items():
        if t:
            assert plots.node_at(spec, node.x, node.middle) == (kind, t)
            assert plots.controls_at(spec, node.x, node.middle) == {"node": kind, "step.5": str(t)}
    assert plots.node_at(spec, places.column(3), 0.5) == ("g", 3)
    assert plots.controls_at(spec, 0.0, places.middle("h")) == {"node": "h"}
    for x, y in ((places.column(0), places.middle("h")), (99, 1), (0.0, 0.5), (places.column(1), 99)):
        assert plots.controls_at(spec, x, y) == {} or (x == places.column(0) and recurrence != "hidden")


def test_bars_of_terms():
    trace = trace_unfolded_rnn(dataclasses.replace(FIRST, loss="every"))
    figure = plots.figure_terms(trace, "W")
    shares = shares_of(trace, "W")
    np.testing.assert_allclose(figure.data[0].y, shares.norms)
    np.testing.assert_allclose(np.add(figure.data[1].y, figure.data[2].y), shares.along)
    assert (figure.data[1].y >= 0).all()
    assert (figure.data[2].y <= 0).all()
    sizes = np.array(figure.data[3].z)
    assert np.isnan(sizes[np.triu_indices(5, 1)]).all()
    np.testing.assert_allclose(sizes[4, 2], np.linalg.norm(pair_terms(trace, "W")[4, 2]), rtol=1e-6)
    of_v = np.array(plots.figure_terms(trace, "V").data[3].z)
    assert not of_v[np.tril_indices(5, -1)].any()
    assert len(plots.figure_terms(trace_unfolded_rnn(FIRST), "W").data) == 3


def test_other_pictures_show_what_was_computed():
    trace = trace_unfolded_rnn(FIRST)
    jacobians = plots.deck_jacobians(trace, 4)
    np.testing.assert_array_equal(jacobians.frames[0, "z"], state_jacobians(trace, 4)[::-1])
    assert jacobians.values[2] == "∂h₄/∂h₂"
    truncation = plots.deck_truncation(trace, "W")
    tips = truncation.frames[3, "x"][:, 1], truncation.frames[3, "y"][:, 1]
    np.testing.assert_allclose(np.hypot(*tips), truncation_of(trace, "W").ratios, rtol=1e-6)
    updates = trace_updates(FIRST)
    deck = plots.deck_updates(updates)
    np.testing.assert_allclose(deck.frames[0, "y"], updates.losses, rtol=1e-6)
    np.testing.assert_allclose(deck.frames[1, "y"], updates.losses[:, [0, 1, 10, 100]], rtol=1e-6)
    comparison = compare_with_feed_forward(FIRST)
    memory = plots.deck_memory(comparison)
    k = told_class(comparison)
    np.testing.assert_array_equal(memory.frames[1, "y"], comparison.recurrent_changed[:, :, k])
    np.testing.assert_array_equal(memory.frames[4, "y"], comparison.feed_forward_changed[:, :, k])


@every_kind
@pytest.mark.parametrize("size", [(1, 1, 1, 2), (8, 4, 4, 4)])
def test_every_picture_of_every_size_can_be_sent(activation, recurrence, loss, size):
    T, n, m, K = size
    trace = trace_unfolded_rnn(make(9, T=T, n=n, m=m, K=K, activation=activation, recurrence=recurrence, loss=loss))
    comparison = compare_with_feed_forward(trace.spec)
    pictures = [plots.deck_graph(trace, ("g", 1)), plots.deck_jacobians(trace, T), plots.deck_memory(comparison)]
    pictures += [plots.deck_updates(trace_updates(trace.spec)), plots.figure_preview(trace)]
    pictures += [draw(trace, name) for draw in (plots.figure_terms, plots.deck_truncation) for name in PARAMETERS]
    for picture in pictures:
        figure = picture.figure if isinstance(picture, Deck) else picture
        assert figure.layout.height <= 800
        assert figure.layout.meta["narrow_height"] <= 800
        assert not re.search(r"#[0-9a-f]{6}", figure.to_json().split('"template"')[0]), "colours by role only"
        if isinstance(picture, Deck):
            assert len(set(picture.values)) == len(picture.values), "a stop has an address of its own"
            assert len(picture.captions) == len(picture.values)
            assert len(json.dumps(picture.payload())) < 120_000
    assert pictures[4].layout.height <= 260


def test_words_are_only_words_in_the_picture():
    words = ("<b>xy</b>", "&amp;")
    spec = Spec(one_hot(words)[1], (0, 1), weights_from_seed(0, 2, 3, 2), words=words)
    deck = plots.deck_graph(trace_unfolded_rnn(spec), ("h", 1))
    (drawn,) = [number for number, part in enumerate(deck.figure.data) if part.hovertext is not None]
    assert deck.figure.data[drawn].text == ("&lt;b&gt;xy&lt;/…", "&amp;amp;")
    assert deck.figure.data[drawn].hovertext == ("&lt;b&gt;xy&lt;/b&gt;", "&amp;amp;")
    seen_at = np.isfinite(deck.frames[drawn, "y"]).sum(axis=1)
    assert seen_at.tolist() == [0, 1, 2, 2, 2], "a word is seen from the step on that reads it"
    assert not any("x" in text or "amp" in text for text in drawn_texts(deck))


def test_long_words_leave_the_numbers_as_large_as_they_are():
    """Plotly writes all texts of a heatmap as small as its longest needs."""
    words = ("unforgettable", "performances", "throughout", "nevertheless", "a", "b", "c", "d")
    for count in (2, 5, 8):
        spec = Spec(one_hot(words[:count])[1], (0,) * count, weights_from_seed(0, count, 3, 2), words=words[:count])
        deck = plots.deck_graph(trace_unfolded_rnn(spec), ("h", 1))
        assert max(map(len, drawn_texts(deck))) == len("−0.00")
        (texts,) = [part.text for part in deck.figure.data if part.hovertext is not None]
        assert max(map(len, texts)) == {2: 8, 5: 6, 8: 5}[count]


def test_the_slider_is_in_sight_at_the_largest_sizes():
    """A window of 900 pixels has 600 for the picture and its slider."""
    for spec in (FIRST, make(9, T=8, n=4, m=4, K=4, loss="every"), make(9, T=8, n=4, m=4, K=4, recurrence="forced")):
        assert plots.deck_graph(trace_unfolded_rnn(spec), ("h", 1)).figure.layout.height <= 570


# The page


open_page = partial(opened_page.open_page, "unfolded_rnn")


def seen(app: AppTest) -> str:
    assert not app.exception
    return " ".join(element.value for element in app.markdown).replace("\\", "")


def test_the_page_opens_with_a_gradient_that_shrinks():
    app = open_page()
    assert headline(trace_unfolded_rnn(FIRST)) in seen(app)
    assert "shrinks" in seen(app)
    assert "gives the same 26 gradients" in seen(app)
    assert app.latex[0].value.strip("$\n ") == node_equation(trace_unfolded_rnn(FIRST), "h", 2)


def test_a_pattern_sets_feedback_and_loss():
    app = open_page()
    next(button for button in app.button if button.label == "Output fed back").click().run()
    assert app.session_state["unfolded_rnn.recurrence"] == "output"
    assert "all 5 steps" in seen(app)
    spec = make(3, recurrence="output", loss="every")
    assert headline(trace_unfolded_rnn(spec)) in seen(app)


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("A memory without loss", "keeps its size"),
        ("Feed it the truth", "No gradient runs back in time: the truth"),
        ("Steps too large", "The bars hold all losses together"),
    ],
)
def test_tasks_show_what_they_promise(label, words):
    app = open_page(T="3", **{"x.3.5x2": "9 9; 9 9; 9 9; 9 9; 9 9"})
    next(button for button in app.button if button.label == label).click().run()
    assert words in seen(app)
    assert app.session_state["unfolded_rnn.T"] == "5"
    assert app.session_state["unfolded_rnn.x.3.5x2"].startswith("1 -0.5")


def test_the_rate_of_the_task_is_too_large():
    values = next(values for label, _, values in TASKS if label == "Steps too large")
    sentences = on_updates(trace_updates(dataclasses.replace(FIRST, loss="every")))
    rates = [f"{rate:g}" for rate in RATES]
    assert "Too large" in sentences[rates.index(values["rate"])]
    assert "It falls at every update" in " ".join(sentences)


def test_sizes_words_and_weights_of_the_address_count():
    spec = make(4, T=3, n=1, m=2, K=3, activation="relu", loss="every")
    spec = with_weights(spec, W=((1.0, 2.0), (3.0, 4.0)))
    sizes = {"T": "3", "n": "1", "m": "2", "K": "3", "seed": "4", "activation": "ReLU", "loss": "every step"}
    app = open_page(**sizes, **{"W.4.2x2": "1 2; 3 4"})
    assert headline(trace_unfolded_rnn(spec)) in seen(app)
    words = ("bad", "not", "bad")
    rows = one_hot(words)[1]
    app = open_page(input="words", words="bad not bad")
    expected = trace_unfolded_rnn(Spec(rows, targets_from_seed(3, 3, 2), weights_from_seed(3, 2, 3, 2), words=words))
    assert headline(expected) in seen(app)


@pytest.mark.parametrize(
    "query",
    [
        {"m": "seven"}, {"T": "99"}, {"K": "-1"}, {"seed": "x"}, {"W.3.3x3": "1 2; 3"}, {"W.3.3x3": "<script>"},
        {"x.3.5x2": "1"}, {"y.3.5.2": "9"}, {"words": "a " * 20, "input": "words"}, {"until.5": "77"},
        {"node": "nonsense"}, {"step.5": "9"}, {"recurrence": "none"}, {"time": "never"}, {"rate": "5000"},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_leaves_the_page_whole(query):
    app = open_page(**query)
    assert "The loss is" in seen(app)
    assert app.latex
