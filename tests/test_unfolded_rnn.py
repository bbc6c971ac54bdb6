"""The unfolded network, its backward pass and every term of its gradients: against torch, sums, and closed forms."""

import dataclasses
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core.errors import InputError
from rnn_core.unfolded_rnn import (
    PARAMETERS,
    Spec,
    Trace,
    Weights,
    compare_with_differences,
    compare_with_feed_forward,
    pair_terms,
    state_jacobians,
    trace_unfolded_rnn,
    trace_updates,
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
from rnn_core.unfolded_rnn.updates import LARGEST_LOSS

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


@every_kind
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
