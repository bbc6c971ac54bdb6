"""Step Jacobians, their products and the gradients, against torch's automatic differentiation."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import cells
from rnn_core.cells import CellWeights, GruConvention
from rnn_core.errors import InputError
from rnn_core.jacobians import backward, gains_of, matrices, quick_spectral_norms, spectral_norms, step_jacobians

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
CELLS = {"rnn": torch.nn.RNNCell, "lstm": torch.nn.LSTMCell, "gru": torch.nn.GRUCell}
TRACE = {"rnn": cells.trace_rnn, "lstm": cells.trace_lstm, "gru": cells.trace_gru}
NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def random_weights(architecture: str, n: int, m: int, *, seed: int, scale: float = 1.0) -> CellWeights:
    random = np.random.default_rng(seed)
    rows = GATES[architecture] * m
    return CellWeights(*(scale * random.normal(size=shape) for shape in ((rows, n), (rows, m), (rows,), (rows,))))


def torch_run(architecture, weights, states, inputs):
    """The states (S,) after every input, as one differentiable list that starts with `states`."""
    cell = CELLS[architecture](weights.weight_ih.shape[1], weights.hidden_size, dtype=torch.float64)
    cell.load_state_dict({name: torch.tensor(getattr(weights, name)) for name in NAMES})
    path = [states]
    for x in inputs:
        state = path[-1]
        if architecture == "lstm":
            path.append(torch.cat(cell(x, tuple(state.chunk(2)))))
        else:
            path.append(cell(x, state))
    return path


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
@settings(max_examples=15, deadline=None)
@given(
    n=st.integers(1, 4),
    m=st.integers(1, 5),
    steps=st.integers(1, 40),
    seed=st.integers(0, 10**6),
    scale=st.sampled_from((0.1, 1.0)),
)
def test_against_autograd(architecture, n, m, steps, seed, scale):
    weights = random_weights(architecture, n, m, seed=seed, scale=scale)
    random = np.random.default_rng(seed + 1)
    inputs, readout = random.normal(size=(steps, n)), random.normal(size=m)
    trace = TRACE[architecture](weights, inputs)
    ours = backward(weights, trace, readout)

    x = torch.tensor(inputs, requires_grad=True)
    size = 2 * m if architecture == "lstm" else m
    path = torch_run(architecture, weights, torch.zeros(size, dtype=torch.float64, requires_grad=True), x)
    score = path[-1][:m] @ torch.tensor(readout)
    x_gradient, *state_gradient = torch.autograd.grad(score, [x, *path], retain_graph=True)
    np.testing.assert_allclose(ours.input_gradient, x_gradient.numpy(), rtol=0, atol=1e-8)
    np.testing.assert_allclose(ours.state_gradient, torch.stack(state_gradient).numpy(), rtol=0, atol=1e-8)

    rows = [torch.autograd.grad(path[-1][unit], path, retain_graph=True) for unit in range(size)]
    for t in range(steps + 1):
        product = np.stack([row[t].numpy() for row in rows])
        assert ours.jacobian_norm[t] == pytest.approx(np.linalg.norm(product, 2), rel=1e-8, abs=1e-8)
    for t, step in enumerate(step_jacobians(weights, trace)):
        theirs = torch.autograd.functional.jacobian(
            lambda state, t=t: torch_run(architecture, weights, state, x[t : t + 1])[-1], path[t].detach()
        )
        np.testing.assert_allclose(step, theirs.detach().numpy(), rtol=0, atol=1e-10)


def test_a_sigmoid_in_the_place_of_the_tanh():
    weights = random_weights("rnn", 2, 4, seed=3)
    inputs = np.random.default_rng(4).normal(size=(9, 2))
    trace = cells.trace_rnn(weights, inputs, activation="sigmoid")
    W, U, b, c = (torch.tensor(getattr(weights, name)) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    path = [torch.zeros(4, dtype=torch.float64, requires_grad=True)]
    for x in torch.tensor(inputs):
        path.append(torch.sigmoid(W @ x + b + U @ path[-1] + c))
    np.testing.assert_allclose(trace.hidden, torch.stack(path).detach().numpy(), rtol=0, atol=1e-14)
    rows = [torch.autograd.grad(path[-1][unit], path, retain_graph=True) for unit in range(4)]
    product = np.eye(4)
    for t in range(8, -1, -1):
        product = product @ step_jacobians(weights, trace)[t]
        np.testing.assert_allclose(product, [row[t].numpy() for row in rows], rtol=1e-10, atol=1e-14)
    assert backward(weights, trace, np.ones(4)).jacobian_norm[0] == pytest.approx(np.linalg.norm(product, 2))


def test_many_runs_side_by_side_have_the_jacobians_of_each():
    runs = np.random.default_rng(1).normal(size=(3, 6, 2))
    for architecture in GATES:
        weights = random_weights(architecture, 2, 3, seed=5)
        traces = [TRACE[architecture](weights, inputs) for inputs in runs]
        fields = {name: value for name, value in vars(traces[0]).items() if isinstance(value, np.ndarray)}
        beside = {name: np.stack([getattr(trace, name) for trace in traces], axis=1) for name in fields}
        gains = gains_of(dataclasses.replace(traces[0], **beside))
        for run, trace in enumerate(traces):
            ours = matrices(weights, gains.direct[:, run], gains.hidden[:, run])
            np.testing.assert_array_equal(ours, step_jacobians(weights, trace))


def test_the_other_side_of_the_update_gate():
    weights = random_weights("gru", 2, 3, seed=7)
    inputs = np.random.default_rng(8).normal(size=(1, 2))
    start = np.array([0.3, -0.6, 0.1])
    convention = GruConvention(update_keeps="new")
    ours = step_jacobians(weights, cells.trace_gru(weights, inputs, start, convention))[0]
    step = 1e-6
    for unit in range(3):
        moved = [
            cells.trace_gru(weights, inputs, start + sign * step * np.eye(3)[unit], convention).hidden[-1]
            for sign in (1, -1)
        ]
        np.testing.assert_allclose(ours[:, unit], (moved[0] - moved[1]) / (2 * step), atol=1e-8)


def test_reset_before_the_product_is_left_out():
    weights = random_weights("gru", 2, 3, seed=7)
    trace = cells.trace_gru(weights, np.zeros((2, 2)), convention=GruConvention(reset="before"))
    with pytest.raises(InputError, match="resets after"):
        step_jacobians(weights, trace)


def test_a_linear_recurrence_explodes_and_vanishes_by_its_law():
    for factor in (0.5, 2.0, 2.0**10, 2.0**-10):
        weights = CellWeights(np.zeros((2, 1)), factor * np.eye(2), np.zeros(2), np.zeros(2))
        trace = cells.trace_rnn(weights, np.zeros((100, 1)))  # tanh is 0 here and has slope 1
        result = backward(weights, trace, np.array([3.0, 4.0]))
        power = np.arange(100, -1, -1.0)
        np.testing.assert_allclose(result.jacobian_norm, factor**power, rtol=1e-12)
        np.testing.assert_allclose(result.state_gradient, np.outer(factor**power, [3, 4]), rtol=1e-12)


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("scale", [1e-30, 1e-3, 3.0, 1e4, 1e30])
def test_no_overflow_over_400_steps(architecture, scale):
    weights = random_weights(architecture, 3, 6, seed=9, scale=scale)
    trace = TRACE[architecture](weights, np.random.default_rng(10).normal(size=(400, 3)))
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        result = backward(weights, trace, np.full(6, scale))
    for value in vars(result).values():
        assert np.isfinite(value).all()


def test_more_than_a_float_can_hold_is_held_at_the_largest():
    weights = CellWeights(np.ones((1, 1)), np.full((1, 1), 1e10), np.zeros(1), np.zeros(1))
    result = backward(weights, cells.trace_rnn(weights, np.zeros((60, 1))), np.ones(1))
    assert result.jacobian_norm[0] == result.input_gradient[0, 0] == np.finfo(float).max
    assert result.jacobian_norm[-3] == pytest.approx(1e20)


def test_no_steps():
    weights = random_weights("lstm", 3, 2, seed=0)
    result = backward(weights, cells.trace_lstm(weights, np.empty((0, 3))), np.array([1.0, 2.0]))
    assert result.jacobian_norm.tolist() == [1]
    assert result.state_gradient.tolist() == [[1, 2, 0, 0]]
    assert result.input_gradient.shape == (0, 3)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(1, 12), st.integers(0, 10**6), st.sampled_from((1e-200, 1.0, 1e200)))
def test_spectral_norms_are_numpys(count, size, seed, scale):
    matrices = np.random.default_rng(seed).normal(size=(count, size, size))
    np.testing.assert_allclose(
        spectral_norms(scale * matrices), scale * np.linalg.norm(matrices, 2, axis=(1, 2)), rtol=1e-12
    )
    assert spectral_norms(np.zeros((2, 3, 3))).tolist() == [0, 0]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(1, 24), st.integers(0, 10**6), st.floats(0, 3))
def test_quick_spectral_norms_are_near_and_never_above(count, size, seed, spread):
    random = np.random.default_rng(seed)
    matrices = random.normal(size=(count, size, size)) * np.exp(-spread * np.arange(size))
    matrices = (matrices / np.abs(matrices).max(axis=(1, 2), keepdims=True)).astype(np.float32)
    ratio = quick_spectral_norms(matrices) / np.linalg.norm(matrices.astype(float), 2, axis=(1, 2))
    assert (ratio <= 1 + 1e-5).all()
    assert (ratio >= 1 - 1.5e-2).all()  # of 30,000 the farthest is 1.1 parts in 100 too small


def test_quick_spectral_norms_at_the_ends():
    assert quick_spectral_norms(np.zeros((2, 3, 3), np.float32)).tolist() == [0, 0]
    turned = np.linalg.qr(np.random.default_rng(0).normal(size=(20, 20)))[0]
    np.testing.assert_allclose(quick_spectral_norms(np.stack((np.eye(20), turned)).astype(np.float32)), 1, rtol=1e-5)
