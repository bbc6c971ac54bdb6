"""The numpy cells against torch's, and the GRU's conventions against a second implementation."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_core import cells
from rnn_core.cells import CellWeights, GruConvention
from rnn_core.errors import InputError

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
TORCH = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
TRACE = {"rnn": cells.trace_rnn, "lstm": cells.trace_lstm, "gru": cells.trace_gru}


def random_weights(architecture: str, n: int, m: int, *, seed: int, scale: float = 1.0) -> CellWeights:
    random = np.random.default_rng(seed)
    rows = GATES[architecture] * m
    shapes = ((rows, n), (rows, m), (rows,), (rows,))
    return CellWeights(*(scale * random.normal(size=shape) for shape in shapes))


def torch_cell(architecture: str, weights: CellWeights) -> torch.nn.RNNBase:
    module = TORCH[architecture](weights.weight_ih.shape[1], weights.hidden_size, dtype=torch.float64)
    named = {
        f"{name}_l0": torch.tensor(getattr(weights, name)) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    }
    module.load_state_dict(named)
    return module


sizes = {"n": st.integers(1, 5), "m": st.integers(1, 6), "steps": st.integers(1, 30), "seed": st.integers(0, 10**6)}


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
@settings(max_examples=30, deadline=None)
@given(**sizes, scale=st.sampled_from((0.01, 1.0, 30.0)), from_zero=st.booleans())
def test_states_are_those_of_torch(architecture, n, m, steps, seed, scale, from_zero):
    weights = random_weights(architecture, n, m, seed=seed, scale=scale)
    random = np.random.default_rng(seed + 1)
    inputs, *starts = random.normal(size=(steps, n)), random.normal(size=m), random.normal(size=m)
    starts = [] if from_zero else starts if architecture == "lstm" else starts[:1]
    trace = TRACE[architecture](weights, inputs, *starts)
    state = tuple(torch.tensor(start)[None] for start in starts)
    state = None if from_zero else state if architecture == "lstm" else state[0]
    with torch.no_grad():
        outputs, last = torch_cell(architecture, weights)(torch.tensor(inputs), state)
    np.testing.assert_allclose(trace.hidden[1:], outputs.numpy(), rtol=0, atol=1e-9)
    if architecture == "lstm":
        np.testing.assert_allclose(trace.cell[-1], last[1][0].numpy(), rtol=1e-9, atol=1e-9)


def gru_in_torch(weights: CellWeights, inputs: np.ndarray, convention: GruConvention):
    """The curriculum's equations, gate by gate, with none of our code."""
    W, U, b, c = (torch.tensor(getattr(weights, name)) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    (Wr, Wz, Wn), (Ur, Uz, Un), (br, bz, bn), (cr, cz, cn) = (part.chunk(3) for part in (W, U, b, c))
    h = torch.zeros(weights.hidden_size, dtype=torch.float64)
    rows = []
    for x in torch.tensor(inputs):
        r = torch.sigmoid(Wr @ x + br + Ur @ h + cr)
        z = torch.sigmoid(Wz @ x + bz + Uz @ h + cz)
        past = r * (Un @ h + cn) if convention.reset == "after" else Un @ (r * h) + cn
        candidate = torch.tanh(Wn @ x + bn + past)
        h = z * h + (1 - z) * candidate if convention.update_keeps == "old" else (1 - z) * h + z * candidate
        rows.append(torch.stack((r, z, candidate, h)))
    return torch.stack(rows).numpy().transpose(1, 0, 2)


@pytest.mark.parametrize("update_keeps", ["old", "new"])
@pytest.mark.parametrize("reset", ["after", "before"])
@settings(max_examples=15, deadline=None)
@given(**sizes)
def test_both_conventions_of_the_gru(update_keeps, reset, n, m, steps, seed):
    convention = GruConvention(update_keeps, reset)
    weights = random_weights("gru", n, m, seed=seed)
    inputs = np.random.default_rng(seed + 1).normal(size=(steps, n))
    trace = cells.trace_gru(weights, inputs, convention=convention)
    ours = (trace.reset_gate, trace.update_gate, trace.candidate, trace.hidden[1:])
    for mine, theirs in zip(ours, gru_in_torch(weights, inputs, convention), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=1e-12)


def test_the_two_sides_of_z_are_the_same_network_with_the_gate_turned_round():
    weights = random_weights("gru", 3, 4, seed=1)
    turn = np.repeat([1.0, -1.0, 1.0], 4)
    turned = CellWeights(
        weights.weight_ih * turn[:, None],
        weights.weight_hh * turn[:, None],
        weights.bias_ih * turn,
        weights.bias_hh * turn,
    )
    inputs = np.random.default_rng(2).normal(size=(9, 3))
    old = cells.trace_gru(weights, inputs)
    new = cells.trace_gru(turned, inputs, convention=GruConvention(update_keeps="new"))
    np.testing.assert_allclose(old.hidden, new.hidden, atol=1e-14)
    np.testing.assert_allclose(old.update_gate, 1 - new.update_gate, atol=1e-14)


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
def test_quantities_stay_in_their_ranges_with_huge_weights_and_many_steps(architecture):
    weights = random_weights(architecture, 3, 5, seed=3, scale=1e30)
    trace = TRACE[architecture](weights, np.random.default_rng(4).normal(size=(400, 3)))
    for name, value in vars(trace).items():
        if name.endswith("gate"):
            assert ((value >= 0) & (value <= 1)).all(), name
        elif name in ("candidate", "hidden"):
            assert (np.abs(value) <= 1).all(), name
        elif name == "cell":
            assert (np.abs(value) <= np.arange(401)[:, None]).all()  # |C| grows by at most 1 a step


def test_the_traces_fit_their_equations():
    weights = random_weights("lstm", 3, 5, seed=5)
    trace = cells.trace_lstm(weights, np.random.default_rng(6).normal(size=(12, 3)))
    expected = trace.forget_gate * trace.cell[:-1] + trace.input_gate * trace.candidate
    np.testing.assert_allclose(trace.cell[1:], expected, atol=1e-15)
    np.testing.assert_allclose(trace.hidden[1:], trace.output_gate * np.tanh(trace.cell[1:]), atol=1e-15)


@pytest.mark.parametrize("architecture", ["rnn", "lstm", "gru"])
def test_no_steps_leave_the_start(architecture):
    start = np.arange(4.0)
    trace = TRACE[architecture](random_weights(architecture, 3, 4, seed=0), np.empty((0, 3)), start)
    np.testing.assert_array_equal(trace.hidden, start[None])
    if architecture == "gru":
        assert trace.update_gate.shape == (0, 4)


@given(st.floats(allow_nan=False))
def test_sigmoid(a):
    value = float(cells.sigmoid(np.array(a)))
    assert value == pytest.approx(float(torch.sigmoid(torch.tensor(a, dtype=torch.float64))), rel=1e-14, abs=1e-300)
    assert value + float(cells.sigmoid(np.array(-a))) == pytest.approx(1, abs=1e-15)


def test_float32_stays_float32():
    weights = CellWeights(*(np.ones(shape, np.float32) for shape in ((12, 2), (12, 3), (12,), (12,))))
    assert cells.trace_lstm(weights, np.ones((2, 2), np.float32)).hidden.dtype == np.float32


def test_what_does_not_fit_is_refused():
    weights = random_weights("gru", 3, 4, seed=0)
    with pytest.raises(InputError, match=r"inputs must have shape \(T, 3\), got \(2, 5\)"):
        cells.trace_gru(weights, np.zeros((2, 5)))
    with pytest.raises(InputError, match="for this cell"):
        cells.trace_lstm(weights, np.zeros((2, 3)))
    with pytest.raises(InputError, match="start state"):
        cells.trace_gru(weights, np.zeros((2, 3)), np.zeros(3))
    with pytest.raises(InputError, match="cell weights must have shapes"):
        CellWeights(np.zeros((4, 3)), np.zeros((4, 4)), np.zeros(4), np.zeros(5))
