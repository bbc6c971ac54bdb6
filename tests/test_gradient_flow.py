"""Products of Jacobians at many radii: against autograd, float64, closed forms and counting; then pictures and page."""

import dataclasses
import json
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from rnn_core import cells
from rnn_core import gradient_flow as core
from rnn_core.cells import CellWeights
from rnn_core.checkpoints import model_names, shipped_models
from rnn_core.edits import Spec as ReadingSpec
from rnn_core.errors import InputError
from rnn_core.examples import FIRST, REVIEWS
from rnn_core.gradient_flow import clipping, sweep, tables, toy, trained
from rnn_core.gradient_flow import sentences as say
from rnn_core.gradient_flow.toy import CELLS, STARTS, Spec
from rnn_core.jacobians import backward, step_jacobians
from rnn_core.plots import gradient_flow as plots
from rnn_core.plots.gradient_flow.axes import DASHES, ROLES
from rnn_core.reading import trace_reading
from tests import opened_page

PAGES_DIR = Path(__file__).resolve().parent.parent / "pages"
NEAR = 3e-3
"""Decades by which a norm may differ: the quick norms are exact to about 1 part in 1,000."""

specs = st.builds(
    Spec,
    units=st.integers(1, 7),
    steps=st.integers(1, 30),
    start=st.sampled_from(STARTS),
    forget_bias=st.sampled_from((-5.0, 0.0, 1.0, 10.0)),
    input_scale=st.sampled_from((0.0, 0.3, 1.0, 5.0)),
    seed=st.integers(0, 9999),
)


def scaled(weights: CellWeights, radius: float) -> CellWeights:
    return dataclasses.replace(weights, weight_hh=radius * weights.weight_hh)


def trace_alone(cell: str, weights: CellWeights, inputs: np.ndarray):
    """One run of a cell by `cells`, which torch is the oracle of."""
    if cell == "lstm":
        return cells.trace_lstm(weights, inputs)
    if cell == "gru":
        return cells.trace_gru(weights, inputs)
    return cells.trace_rnn(weights, inputs, activation="tanh" if cell == "rnn" else "sigmoid")


def torch_norms(cell: str, weights: CellWeights, inputs: np.ndarray) -> np.ndarray:
    """The largest singular value of ∂s_T/∂s_t for t = 0 … T, by automatic differentiation."""
    W, U, b, c = (
        torch.tensor(value) for value in (weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh)
    )

    def step(state, x):
        if cell in ("rnn", "sigmoid"):
            a = W @ x + b + U @ state + c
            return torch.tanh(a) if cell == "rnn" else torch.sigmoid(a)
        if cell == "gru":
            return torch.gru_cell(x[None], state[None], W, U, b, c)[0]
        return torch.cat([part[0] for part in torch.lstm_cell(x[None], [s[None] for s in state.chunk(2)], W, U, b, c)])

    xs = torch.tensor(inputs)
    states = [torch.zeros(weights.hidden_size * (2 if cell == "lstm" else 1), dtype=torch.float64)]
    for x in xs:
        states.append(step(states[-1], x))

    def go_on(state, t):
        for x in xs[t:]:
            state = step(state, x)
        return state

    return np.array(
        [
            float(torch.linalg.matrix_norm(torch.autograd.functional.jacobian(lambda s, t=t: go_on(s, t), state), 2))
            for t, state in enumerate(states)
        ]
    )


# The toy


@pytest.mark.parametrize("start", STARTS)
def test_every_matrix_of_the_toy_has_radius_1_and_u_is_shared(start):
    made = toy.make_toy(Spec(units=9, start=start, seed=4))
    for cell in CELLS:
        blocks = made.weights[cell].weight_hh.reshape(-1, 9, 9)
        assert len(blocks) == {"rnn": 1, "sigmoid": 1, "lstm": 4, "gru": 3}[cell]
        for block in blocks:
            assert toy.spectral_radius(block) == pytest.approx(1)
            if start == "orthogonal":
                np.testing.assert_allclose(block.T @ block, np.eye(9), atol=1e-12)
    U = made.weights["rnn"].weight_hh
    for cell, candidate in (("sigmoid", 0), ("lstm", 2), ("gru", 2)):
        np.testing.assert_array_equal(made.weights[cell].weight_hh[9 * candidate : 9 * candidate + 9], U)
    random = np.random.default_rng(4)
    assert made.own_radius == pytest.approx(toy.spectral_radius(toy.draw_matrix(start, 9, random)))


def test_the_starts_have_their_sizes():
    random = np.random.default_rng(0)
    assert toy.draw_matrix("xavier", 200, random).std() == pytest.approx(1 / np.sqrt(200), rel=0.02)
    uniform = toy.draw_matrix("uniform", 200, random)
    assert np.abs(uniform).max() == pytest.approx(1 / np.sqrt(200), rel=0.001)
    assert uniform.mean() == pytest.approx(0, abs=0.001)


@settings(max_examples=10, deadline=None)
@given(specs, st.sampled_from(CELLS), st.lists(st.floats(0.1, 4), min_size=1, max_size=3))
def test_runs_side_by_side_are_the_runs_of_scaled_weights(spec, cell, radii):
    made = toy.make_toy(spec)
    together = toy.run(cell, made.weights[cell], made.inputs, np.array(radii))
    for number, radius in enumerate(radii):
        alone = trace_alone(cell, scaled(made.weights[cell], radius), made.inputs)
        for name, value in vars(alone).items():
            if isinstance(value, np.ndarray):
                np.testing.assert_allclose(getattr(together, name)[:, number], value, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [{"units": 0}, {"units": 65}, {"steps": 0}, {"input_scale": -1}, {"forget_bias": 11}, {"seed": -1}, {"start": "x"}],
)
def test_a_spec_outside_of_the_limits_is_refused(wrong):
    with pytest.raises(InputError):
        Spec(**wrong)


# Norms of products


@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=6, deadline=None)
@given(st.integers(1, 5), st.integers(1, 12), st.integers(0, 999), st.sampled_from(STARTS))
def test_norms_are_those_of_autograd(cell, units, steps, seed, start):
    spec = Spec(units=units, steps=steps, seed=seed, start=start)
    trace = core.trace_gradient_flow(spec)
    made = toy.make_toy(spec)
    for stop in (0, len(trace.radii) // 2, len(trace.radii) - 1):
        theirs = torch_norms(cell, scaled(made.weights[cell], trace.radii[stop]), made.inputs)
        np.testing.assert_allclose(trace.log_norm[cell][stop], np.log10(theirs), atol=NEAR)


@pytest.mark.parametrize("spec", [Spec(), Spec(units=33, steps=150, start="xavier", seed=3), Spec(64, 60)])
def test_norms_are_those_of_float64_at_the_sizes_of_the_page(spec):
    trace, made = core.trace_gradient_flow(spec), toy.make_toy(spec)
    for cell in CELLS:
        for stop in (0, core.nearest_stop(trace, "1"), len(trace.radii) - 1):
            together = toy.run(cell, made.weights[cell], made.inputs, trace.radii)
            # A run at a large radius is chaotic: another order of rounding is soon another run, so take this one.
            fields = {name: value[:, stop] for name, value in vars(together).items() if isinstance(value, np.ndarray)}
            alone = dataclasses.replace(together, **fields)
            weights = scaled(made.weights[cell], trace.radii[stop])
            exact = backward(weights, alone, np.zeros(spec.units)).jacobian_norm
            np.testing.assert_allclose(trace.log_norm[cell][stop], np.log10(exact[trace.states]), atol=NEAR)


def test_without_inputs_every_cell_has_its_closed_form():
    """All states stay 0 then: tanh has the slope 1, the gates stand at σ(bias)."""
    spec = Spec(units=6, steps=40, input_scale=0.0, forget_bias=2.0, seed=2)
    trace, made = core.trace_gradient_flow(spec), toy.make_toy(spec)
    logs = np.log10(trace.radii)[:, None]
    np.testing.assert_allclose(trace.log_norm["rnn"], logs * trace.back, atol=1e-4)
    open_gate = 1 / (1 + np.exp(-2))
    np.testing.assert_allclose(trace.log_path, np.broadcast_to(np.log10(open_gate) * trace.back, trace.log_path.shape))
    U = made.weights["gru"].weight_hh[12:]
    stop = core.nearest_stop(trace, "1.5")
    step = 0.5 * np.eye(6) + 0.25 * 1.5 * U  # z = r = 1/2
    powers = [np.linalg.norm(np.linalg.matrix_power(step, k), 2) for k in trace.back]
    np.testing.assert_allclose(trace.log_norm["gru"][stop], np.log10(powers), atol=NEAR)


@settings(max_examples=8, deadline=None)
@given(specs)
def test_no_product_exceeds_its_bound(spec):
    trace = core.trace_gradient_flow(spec)
    for cell in ("rnn", "sigmoid"):
        assert (trace.log_norm[cell] <= sweep.bound(trace, cell) + 1e-4).all()
        assert (trace.slope[cell] <= sweep.LARGEST_SLOPE[cell]).all()
    assert (trace.log_path <= 0).all()
    for sizes in trace.log_norm.values():
        assert sizes.shape == (len(trace.radii), len(trace.states))
        np.testing.assert_allclose(sizes[:, -1], 0, atol=1e-6)


def test_with_one_unit_the_scalar_product_is_the_product():
    trace = core.trace_gradient_flow(Spec(units=1, steps=30))
    for cell in ("rnn", "sigmoid"):
        np.testing.assert_allclose(trace.log_norm[cell][:, 0], sweep.scalar_product(trace, cell)[:, 0], atol=1e-4)


def test_the_bound_is_met_by_a_linear_run():
    """An orthogonal matrix stretches every direction alike, and at 0 tanh is as steep as it gets."""
    trace = core.trace_gradient_flow(Spec(input_scale=0.0))
    np.testing.assert_allclose(trace.log_norm["rnn"], sweep.bound(trace, "rnn"), atol=1e-4)


@pytest.mark.parametrize("units", [1, 4])
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("scale", [0.0, 5.0])
def test_a_thousand_steps_stay_finite(units, start, scale):
    spec = Spec(units=units, steps=1000, start=start, input_scale=scale, forget_bias=10.0)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        trace = core.trace_gradient_flow(spec)
    for sizes in (*trace.log_norm.values(), trace.log_path, *trace.slope.values()):
        assert not np.isnan(sizes).any()
        assert (sizes < np.inf).all()
    if units > 1 and scale:
        assert trace.log_norm["sigmoid"][0, 0] < -1000, "far below the smallest float64"


@pytest.mark.parametrize(
    "spec",
    [
        Spec(units=1, steps=2, forget_bias=-5.0, input_scale=0.0, seed=0),
        Spec(units=64, steps=2, forget_bias=10.0, input_scale=5.0, seed=9999, start="uniform"),
        Spec(units=1, steps=200, forget_bias=-5.0, input_scale=5.0, start="xavier"),
        Spec(units=64, steps=200),
    ],
)
def test_the_ends_of_all_limits(spec):
    trace = core.trace_gradient_flow(spec)
    for stop, cell, gate in ((0, "sigmoid", "forget"), (len(trace.radii) - 1, "gru", "update")):
        found = core.trace_inside(spec, cell, trace.radius(stop))
        assert "nan" not in say.about_pairs(found) + say.about_float32(found)
        plots.figure_pairs(found)
        plots.figure_singular(found)
        held = core.trace_gate(spec, gate, trace.radius(stop))
        assert not np.isnan(held.log_norm).any()
        assert "nan" not in " ".join([*say.gate_captions(held), say.about_gate(held)])
        plots.deck_gate(held, 0.01)
    for threshold in (1e-6, 0.01, 0.5):
        assert "nan" not in " ".join([*say.captions(trace, threshold), say.claim(trace, threshold), say.drawn(trace)])
        plots.deck_claim(trace, threshold)
        for beside in plots.BESIDE:
            plots.deck_flow(trace, threshold, beside)
    assert "nan" not in say.about_starts(core.trace_starts(spec))


def test_large_networks_get_fewer_stops_and_long_ones_fewer_states():
    assert set(sweep.FEWEST_RADII) <= set(sweep.FEWER_RADII) <= set(sweep.RADII)
    assert sweep.radii_for(Spec()) == sweep.RADII
    assert sweep.radii_for(Spec(64, 200)) == sweep.FEWEST_RADII
    for steps in (1, 39, 40, 41, 73, 200, 1000):
        states = sweep.states_for(steps)
        assert states[0] == 0
        assert states[-1] == steps
        assert (np.diff(states) > 0).all()
        assert len(states) <= 75
    assert sweep.states_for(60).tolist() == list(range(61))


# Steps until less than a threshold is left


def with_sizes(states: list[int], sizes: list[float]) -> tuple[core.Trace, np.ndarray]:
    """A trace whose only radius has these sizes at these states."""
    trace = core.trace_gradient_flow(Spec(units=1, steps=states[-1]))
    return dataclasses.replace(trace, states=np.array(states)), np.array([sizes])


@pytest.mark.parametrize(
    ("states", "sizes", "steps"),
    [
        ([0, 1, 2, 3], [-3, -2.5, -1, 0], 2),
        ([0, 1, 2, 3], [-3, -2.0, -1, 0], 3),  # exactly 1 % is not yet less
        ([0, 1, 2, 3], [0, -2.1, -1, 0], 2),  # it grows again, but it was lost on the way
        ([0, 1, 2, 3], [-1, -1, -1, 0], np.nan),
        ([0, 1, 2, 3], [-np.inf, -np.inf, -1, 0], 2),
        ([0, 5, 6], [-3, -1, 0], 4),  # half-way between the states 0 and 5
    ],
)
def test_steps_are_counted_until_the_threshold(states, sizes, steps):
    trace, row = with_sizes(states, sizes)
    np.testing.assert_equal(sweep.steps_until(trace, row, 0.01), [steps])


@settings(max_examples=10, deadline=None)
@given(specs, st.sampled_from((1e-4, 0.01, 0.3)))
def test_steps_until_are_those_of_a_loop(spec, threshold):
    trace = core.trace_gradient_flow(spec)
    for cell in CELLS:
        found = sweep.steps_until(trace, trace.log_norm[cell], threshold)
        for row, steps in zip(trace.log_norm[cell], found, strict=True):
            expected = next(
                (back for back, log in zip(trace.back[::-1], row[::-1], strict=True) if log < np.log10(threshold)),
                np.nan,
            )
            np.testing.assert_equal(steps, expected)


def test_the_claim_names_the_radii_where_it_holds():
    trace = core.trace_gradient_flow(Spec())
    sentence = say.claim(trace, 0.01)
    steps = sweep.steps_until(trace, trace.log_norm["rnn"], 0.01)
    first, last = re.search(r"RNN, tanh at radius ([\d.]+) to ([\d.]+);", sentence).groups()
    holds = trace.radii[(steps >= 8) & (steps <= 10)]
    assert (holds[0], holds[-1]) == (float(first), float(last))
    assert "At no radius: LSTM." in sentence
    assert "at no radius, in no cell." in say.claim(core.trace_gradient_flow(Spec(steps=7)), 0.01)


def test_what_dips_on_its_way_and_arrives_grown_is_not_called_vanishing():
    trace = core.trace_gradient_flow(Spec(units=1, steps=3, forget_bias=-5, seed=0))
    steps = sweep.steps_until(trace, trace.log_norm["rnn"], 0.5)
    dips = np.flatnonzero(np.isfinite(steps) & (trace.log_norm["rnn"][:, 0] > 0))
    assert len(dips), "the case is there to be told apart"
    for stop in dips:
        assert f"RNN with tanh ({say.size(trace.log_norm['rnn'][stop, 0])} times)" in say.captions(trace, 0.5)[stop]


# One product from the inside


@pytest.mark.parametrize("cell", CELLS)
def test_every_pair_of_states_has_the_norm_of_its_product(cell):
    spec = Spec(units=3, steps=9, seed=5)
    found, made = core.trace_inside(spec, cell, 1.3), toy.make_toy(spec)
    weights = scaled(made.weights[cell], 1.3)
    assert found.states.tolist() == list(range(10))
    for t in range(10):
        exact = backward(weights, trace_alone(cell, weights, made.inputs[:t]), np.zeros(3)).jacobian_norm
        np.testing.assert_allclose(found.log_norm[t, : t + 1], np.log10(exact), atol=NEAR)
        assert np.isnan(found.log_norm[t, t + 1 :]).all()
    trace = core.trace_gradient_flow(spec)
    stop = core.nearest_stop(trace, "1.3")
    np.testing.assert_allclose(found.log_norm[-1], trace.log_norm[cell][stop], atol=NEAR)
    np.testing.assert_allclose(found.singular[0], found.log_norm[-1], atol=NEAR)
    assert found.pace == pytest.approx(found.log_norm[-1, 0] / 9)


def test_singular_values_are_those_of_the_whole_product():
    spec = Spec(units=5, steps=6, seed=1)
    found, made = core.trace_inside(spec, "lstm", 0.9), toy.make_toy(spec)
    weights = scaled(made.weights["lstm"], 0.9)
    product = np.eye(10)
    steps = step_jacobians(weights, trace_alone("lstm", weights, made.inputs))
    for column in range(6, -1, -1):
        values = np.log10(np.linalg.svd(product, compute_uv=False)[[0, 5, 9]])
        known = np.isfinite(found.singular[:, column])
        assert known[0]
        np.testing.assert_allclose(found.singular[known, column], values[known], atol=1e-4)
        if column:
            product = product @ steps[column - 1]


@pytest.mark.parametrize(
    ("radius", "underflow", "overflow"), [(0.5, 150, None), (2.0, None, 128), (1.0, None, None), (0.1, 46, None)]
)
def test_float32_ends_where_its_numbers_end(radius, underflow, overflow):
    """One unit without input multiplies by the radius at every step: 2⁻¹⁴⁹ is the last power above 0, 2¹²⁷ the last."""
    found = core.trace_inside(Spec(units=1, steps=200, input_scale=0.0, start="orthogonal"), "rnn", radius)
    assert (found.underflow, found.overflow) == (underflow, overflow)
    sentence = say.about_float32(found)
    if underflow:
        assert f"exactly 0 from {underflow} steps back" in sentence
    elif overflow:
        assert f"overflows {overflow} steps back" in sentence
    else:
        assert "stays within the range" in sentence


def test_an_unknown_cell_or_gate_is_refused():
    with pytest.raises(InputError, match="cells are"):
        core.trace_inside(Spec(), "transformer", 1.0)
    with pytest.raises(InputError, match="gates that keep"):
        core.trace_gate(Spec(), "output", 1.0)


# Remedies


@pytest.mark.parametrize(("gate", "cell", "bias"), [("forget", "lstm", 1.0), ("update", "gru", 0.0)])
def test_a_gate_at_its_own_bias_is_the_cell_of_the_first_picture(gate, cell, bias):
    spec = Spec(units=6, steps=30)
    held, trace = core.trace_gate(spec, gate, 1.2), core.trace_gradient_flow(spec)
    at, stop = held.biases.tolist().index(bias), core.nearest_stop(trace, "1.2")
    np.testing.assert_allclose(held.log_norm[at], trace.log_norm[cell][stop], atol=1e-4)
    np.testing.assert_allclose(held.rnn, trace.log_norm["rnn"][stop], atol=1e-4)
    assert (np.diff(held.opening) > 0).all()
    if gate == "forget":
        np.testing.assert_allclose(held.log_path[at], trace.log_path[stop], atol=1e-6)


def test_an_open_gate_keeps_what_a_shut_one_loses():
    for gate in ("forget", "update"):
        held = core.trace_gate(Spec(), gate, 1.0)
        assert held.log_norm[-1, 0] > -1 > held.rnn[0] > held.log_norm[0, 0]


def test_an_orthogonal_start_is_no_matter_of_luck():
    starts = core.trace_starts(Spec(input_scale=0.1))
    assert starts.stretch["orthogonal"] == pytest.approx((1, 1))
    assert starts.own_radius["orthogonal"] == pytest.approx(1)
    spread = {start: np.ptp(others[:, 0]) for start, others in starts.others.items()}
    assert spread["orthogonal"] < 0.5 * min(spread["xavier"], spread["uniform"])
    assert starts.others["orthogonal"][:, 0].min() > starts.others["uniform"][:, 0].max()
    following = core.trace_starts(Spec(input_scale=0.1, seed=2))
    for start in STARTS:
        np.testing.assert_array_equal(starts.others[start][0], following.log_norm[start])
        spec = Spec(input_scale=0.1, start=start)
        made = toy.make_toy(spec)
        weights = scaled(made.weights["rnn"], made.own_radius)
        exact = backward(weights, cells.trace_rnn(weights, made.inputs), np.zeros(16)).jacobian_norm
        np.testing.assert_allclose(starts.log_norm[start], np.log10(exact), atol=NEAR)


@settings(max_examples=20, deadline=None)
@given(st.floats(*clipping.WEIGHTS), st.floats(*clipping.BIASES))
def test_the_gradient_of_the_cliff_is_that_of_autograd(w, b):
    point = torch.tensor([w, b], dtype=torch.float64, requires_grad=True)
    h = torch.tensor(0.5, dtype=torch.float64)
    for _ in range(clipping.STEPS):
        h = torch.sigmoid(point[0] * h + point[1])
    loss = (h - 0.7) ** 2
    loss.backward()
    ours = clipping.loss_and_gradient(np.array(w), np.array(b))
    assert float(ours[0]) == pytest.approx(loss.item(), abs=1e-12)
    np.testing.assert_allclose([float(part) for part in ours[1:]], point.grad.numpy(), rtol=1e-9, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.01, 100))
def test_clipping_is_that_of_torch(x, y, threshold):
    parameter = torch.nn.Parameter(torch.zeros(2, dtype=torch.float64))
    parameter.grad = torch.tensor([x, y], dtype=torch.float64)
    torch.nn.utils.clip_grad_norm_([parameter], threshold)
    ours = clipping.clip(np.array([[x], [y]]), np.array([threshold]))[:, 0]
    np.testing.assert_allclose(ours, parameter.grad.numpy(), rtol=1e-4, atol=1e-6)  # torch adds 1e-6 to the norm


def test_clipping_keeps_the_step_near_the_cliff():
    found = core.trace_clipping()
    assert found.gradient_norm > 50
    length = np.hypot(*(found.clipped[:, 1] - found.start).T)
    expected = clipping.RATE * np.minimum(clipping.THRESHOLDS, found.gradient_norm)
    np.testing.assert_allclose(length, expected, rtol=1e-9)
    np.testing.assert_allclose(found.clipped[-1], found.plain)  # a threshold of 100 touches nothing
    at_five = clipping.THRESHOLDS.index(5.0)
    assert found.clipped_loss[at_five, 1] < found.plain_loss[1] < found.start_loss
    values = clipping.loss_and_gradient(*np.moveaxis(found.clipped, 2, 0))[0]
    np.testing.assert_allclose(found.clipped_loss, values)
    w, b = found.weights[7], found.biases[11]
    assert found.loss[11, 7] == pytest.approx(float(clipping.loss_and_gradient(np.array(w), np.array(b))[0]))


def test_gradient_descent_starts_where_the_address_says():
    assert core.parse_point(core.write_point(4.5, -2.25)) == (4.5, -2.25)
    for text in ("", "x", "1 2 3", "9 9", "nan nan", "4.5"):
        assert core.parse_point(text) == clipping.FIRST
    with pytest.raises(InputError, match="w must be"):
        core.trace_clipping((0.0, -2.0))
    for w in clipping.WEIGHTS:
        for b in clipping.BIASES:
            found = core.trace_clipping((w, b))
            assert np.isfinite(found.clipped).all()
            assert "nan" not in " ".join([*say.clipping_captions(found), say.about_clipping(found)])


# Trained networks


@pytest.fixture(scope="module")
def models():
    if not model_names():
        pytest.skip("no trained models in assets/models")
    return shipped_models()


@pytest.mark.parametrize("text", [FIRST, REVIEWS["A long review"], "good", "", "🎬"])
def test_the_trained_networks_have_the_norms_of_their_reading(models, text):
    readings = trace_reading(models, ReadingSpec(text)).first
    found = core.trace_trained(models, readings, Spec())
    for name, reading in readings.items():
        np.testing.assert_allclose(10 ** found.log_norm[name], reading.jacobian_norm)
    assert len(found.tokens) == len(readings["rnn"].tokens)
    trace = core.trace_gradient_flow(Spec())
    words = say.how_far(found, 0.01) + say.beside_the_toy(found, trace, 3)
    assert "nan" not in words
    assert len(plots.figure_trained(found, 0.01).data) == 4
    if text in ("", "🎬"):
        assert "nothing to go back over" in words
    elif text == "good":
        assert "One word is read" in words
    else:
        assert f"{found.radius['rnn'][0]:.2f}" in words
    assert len(tables.trained_table(found)["token"]) == len(found.tokens)


def test_the_toy_beside_the_trained_rnn_has_its_radius_and_size(models):
    readings = trace_reading(models, ReadingSpec(FIRST)).first
    found = core.trace_trained(models, readings, Spec(seed=3))
    U = models["rnn"].weights["recurrent.weight_hh_l0"].astype(float)
    assert found.radius["rnn"][0] == pytest.approx(np.abs(np.linalg.eigvals(U)).max())
    assert [len(found.radius[name]) for name in ("rnn", "lstm", "gru")] == [1, 4, 3]
    spec = Spec(units=len(U), steps=len(found.tokens), seed=3)
    made = toy.make_toy(spec)
    weights = scaled(made.weights["rnn"], found.radius["rnn"][0])
    exact = backward(weights, cells.trace_rnn(weights, made.inputs), np.zeros(len(U))).jacobian_norm
    np.testing.assert_allclose(found.toy_log_norm, np.log10(exact[found.toy_states]), atol=NEAR)


@pytest.mark.parametrize(
    ("sizes", "words", "back", "whole"),
    [
        ([0, 0, 0, 0, 0], [0, 1, 2, 3], 3, True),
        ([-3, -3, -3, 0, 0], [0, 1, 2, 3], 1, False),  # lost at state 2: the words 2 and 3 are heard
        ([-3, 0, 0, 0, 0], [0, 1, 2, 3], 3, True),  # only the start state is lost
        ([-3, -3, -3, -3, 0], [0, 1, 2, 3], 0, False),
        ([-3, -3, -3, 0, 0], [0, 1, 1, 2], 1, False),  # two tokens of one word
        ([-3, 0, -3, 0, 0], [0, 1, 2, 3], 1, False),
    ],
)
def test_words_are_counted_back_to_where_less_is_left(sizes, words, back, whole):
    found = trained.Trained(
        tokens=("w",) * len(words),
        word_of_token=np.array(words),
        log_norm={"rnn": np.array(sizes, dtype=float)},
        radius={"rnn": (1.0,)},
        toy_states=np.array([0]),
        toy_log_norm=np.array([0.0]),
    )
    assert trained.words_back(found, "rnn", 0.01) == (back, whole)


# Sentences, tables and what is typed


@pytest.mark.parametrize(
    ("log10", "text"),
    [
        (0, "1.0"), (np.log10(0.35), "0.35"), (np.log10(0.0034), "0.0034"), (np.log10(270), "270"), (2, "100"),
        (np.log10(0.00034), "3.4 × 10⁻⁴"), (-45.2, "6.3 × 10⁻⁴⁶"), (np.log10(9999), "1.0 × 10⁴"), (-np.inf, "0"),
        (400, "1.0 × 10⁴⁰⁰"),
        (np.log10(9.99), "10"), (np.log10(0.0999), "0.10"),
    ],
)  # fmt: skip
def test_sizes_are_written_short(log10, text):
    assert say.size(log10) == text


def test_powers_of_ten():
    assert [say.power_of_ten(k) for k in (-12, -1, 0, 1, 5)] == ["10⁻¹²", "0.1", "1", "10", "10⁵"]


def test_captions_name_every_cell_once_with_its_number():
    trace = core.trace_gradient_flow(Spec())
    for stop, caption in enumerate(say.captions(trace, 0.01)):
        assert caption.startswith(f"Radius {trace.radii[stop]:g}. ")
        for cell in CELLS:
            name = say.CELL_NAMES[cell].replace(",", " with")
            assert caption.count(f"{name} (") == 1
            steps = sweep.steps_until(trace, trace.log_norm[cell], 0.01)[stop]
            if trace.log_norm[cell][stop, 0] < say.EXPLODED and np.isfinite(steps):
                assert f"{name} ({steps:.0f} step" in caption
    first, last = say.captions(trace, 0.01)[0], say.captions(trace, 0.01)[-1]
    assert "Exploding" not in first
    assert "Exploding over 50 steps: RNN with tanh" in last


def test_the_tasks_show_what_their_sentences_say():
    at_home = core.trace_gradient_flow(Spec())
    steps = sweep.steps_until(at_home, at_home.log_norm["rnn"], 0.01)
    assert 8 <= steps[core.nearest_stop(at_home, "0.7")] <= 10
    assert (steps >= 40).any()
    stop = core.nearest_stop(at_home, "1.2")
    assert sweep.bound(at_home, "rnn")[stop, 0] > 0 > at_home.log_norm["rnn"][stop, 0]
    assert core.trace_inside(Spec(steps=200), "sigmoid", 0.5).underflow
    values = {name: value for _, _, task in say.TASKS for name, value in task.items() if name != "cell"}
    assert set(values) <= {"radius", "beside", "steps"}
    assert all(float(task["radius"]) in sweep.RADII for _, _, task in say.TASKS)


def test_what_is_typed_makes_the_spec():
    assert (
        tables.make_spec("orthogonal", {name: tables.read_field(name, text) for name, text in tables.DEFAULTS.items()})
        == Spec()
    )
    assert tables.read_share("1") == 0.01
    for name, text in (("units", "65"), ("units", "x"), ("steps", "1"), ("input_scale", "-1"), ("forget_bias", "99")):
        with pytest.raises(InputError, match=tables.FIELDS[name]):
            tables.read_field(name, text)
    for text in ("0", "51", "a"):
        with pytest.raises(InputError, match="Lost below"):
            tables.read_share(text)


@pytest.mark.parametrize("text", ["1", "0.97", "inf", "nan", "x", "", "-3", "1e9"])
def test_any_text_in_the_address_leads_to_a_stop(text):
    trace = core.trace_gradient_flow(Spec(units=2, steps=3))
    assert 0 <= core.nearest_stop(trace, text) < len(trace.radii)
    assert core.nearest_stop(trace, "0.97") == trace.radii.tolist().index(0.95)


def test_tables_have_columns_of_one_length():
    spec = Spec(units=3, steps=12)
    trace, found, fall = core.trace_gradient_flow(spec), core.trace_inside(spec, "gru", 1.0), core.trace_clipping()
    made = [
        tables.flow_table(trace, 3),
        tables.claim_table(trace, 0.01),
        tables.pairs_table(found),
        tables.singular_table(found),
        tables.gate_table(core.trace_gate(spec, "forget", 1.0)),
        tables.gate_table(core.trace_gate(spec, "update", 1.0)),
        tables.starts_table(core.trace_starts(spec)),
        tables.clipping_table(fall),
    ]
    for table in made:
        assert len({len(column) for column in table.values()}) == 1
        json.dumps(table, allow_nan=False)
    assert made[0]["steps back"] == list(range(13))
    assert made[0]["log10, RNN, tanh"][5] == trace.log_norm["rnn"][3, 7]


# Pictures


def test_the_slider_moves_points_alone_on_fixed_axes():
    trace = core.trace_gradient_flow(Spec())
    held, fall = core.trace_gate(Spec(), "forget", 1.0), core.trace_clipping()
    decks = [plots.deck_flow(trace, 0.01, beside) for beside in plots.BESIDE]
    decks += [plots.deck_claim(trace, 0.01), plots.deck_gate(held, 0.01), plots.deck_clipping(fall)]
    for deck in decks:
        assert not deck.layout
        assert all(attribute in ("x", "y") for _, attribute in deck.frames)
        assert deck.figure.layout.yaxis.range is not None
        assert len(set(deck.values)) == len(deck.values)
        assert deck.figure.layout.meta["narrow_height"] < deck.figure.layout.height
        for (number, attribute), frames in deck.frames.items():
            np.testing.assert_array_equal(deck.figure.data[number][attribute], frames[deck.start].astype(frames.dtype))
        assert len(json.dumps(deck.payload())) < 120_000
    assert decks[0].values[decks[0].start] == "1"


def test_the_first_picture_draws_the_norms_of_its_radius():
    trace = core.trace_gradient_flow(Spec(units=3, steps=20))
    for beside, count in (("none", 5), ("scalar", 7), ("bound", 7)):
        deck = plots.deck_flow(trace, 0.01, beside)
        assert len(deck.figure.data) == count
        for number, cell in enumerate(CELLS):
            np.testing.assert_allclose(deck.frames[(number, "y")], trace.log_norm[cell], rtol=1e-6)
            assert deck.figure.data[number].name == say.CELL_NAMES[cell]
    looks = {(line.line.color, line.line.dash, line.line.width) for line in deck.figure.data}
    assert len(looks) == count
    assert len(set(DASHES.values())) == len(set(ROLES.values())) == len(CELLS), "none is told apart by colour alone"


def test_float32_ends_stand_where_they_are_in_the_picture():
    short, long = (plots.deck_flow(core.trace_gradient_flow(Spec(2, steps)), 0.01) for steps in (50, 200))
    names = [[shape.label.text for shape in deck.figure.layout.shapes] for deck in (short, long)]
    assert names[0] == ["1 % left"]
    assert len(names[1]) == 4
    assert [round(shape.y0, 1) for shape in long.figure.layout.shapes[1:]] == [-44.9, -37.9, 38.5]


def test_never_is_drawn_as_a_mark_of_its_own():
    trace = core.trace_gradient_flow(Spec(input_scale=0.0, steps=20))
    deck = plots.deck_claim(trace, 0.01)
    steps = sweep.steps_until(trace, trace.log_norm["rnn"], 0.01)
    line = deck.figure.data[0]
    for radius, k, y, symbol in zip(trace.radii, steps, line.y, line.marker.symbol, strict=True):
        assert (symbol == "triangle-up-open") == np.isnan(k) == (radius >= 0.8)
        assert y == (20 if np.isnan(k) else k)
    assert deck.along == trace.radii.tolist()


def test_the_heatmap_is_white_at_1_and_empty_where_nothing_flows():
    found = core.trace_inside(Spec(units=2, steps=10), "rnn", 1.0)
    figure = plots.figure_pairs(found)
    assert figure.layout.coloraxis.cmin == -figure.layout.coloraxis.cmax
    z = np.array(figure.data[0].z)
    assert np.isnan(z[np.triu_indices(11, 1)]).all()
    np.testing.assert_allclose(np.diag(z), 0, atol=1e-6)


# The page


open_page = partial(opened_page.open_page, "gradient_flow")


def said(app: AppTest) -> str:
    return (
        " ".join(element.value for element in (*app.markdown, *app.caption))
        .replace("\\", "")
        .replace("\N{NO-BREAK SPACE}", " ")
    )


@pytest.mark.parametrize("remedy", say.REMEDIES)
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_the_page_opens_with_every_choice(remedy, cell):
    app = open_page(remedy=say.REMEDIES[remedy], cell=say.CELL_NAMES[cell])
    assert not app.exception
    assert not app.error
    assert f"{say.CELL_NAMES[cell]} at radius 1: " in said(app)
    assert {"forget": "forget gate", "update": "update gate", "orthogonal": "multiplies lengths", "clipping": "cliff"}[
        remedy
    ] in said(app)


@pytest.mark.parametrize("beside", plots.BESIDE)
def test_the_thin_lines_are_explained_where_they_are_drawn(beside):
    app = open_page(beside=plots.BESIDE[beside])
    assert not app.exception
    for other, note in say.BESIDE_NOTES.items():
        assert not note or (note in said(app)) == (other == beside)


def test_the_address_restores_radius_and_numbers():
    app = open_page(radius="2", steps="30", units="8", lost="10", point="4.5 -2.4")
    assert not app.exception
    trace = core.trace_gradient_flow(Spec(8, 30))
    assert say.claim(trace, 0.1) in said(app)
    assert "RNN, tanh at radius 2: on average over 30 steps" in said(app)


@pytest.mark.parametrize(("radius", "near"), [("0.55", "0.6"), ("9", "4"), ("-inf", "1"), ("x", "1")])
def test_the_slider_and_the_words_stand_at_the_same_radius(radius, near):
    """A link, or a size with fewer stops, may name a radius at which the slider can't stand."""
    app = open_page(radius=radius)
    assert app.session_state["gradient_flow.radius"] == near
    assert f"RNN, tanh at radius {near}: " in said(app)


@pytest.mark.parametrize("query", [{"radius": "x"}, {"point": "nan"}, {"units": "1000"}, {"lost": "0"}, {"text": " "}])
def test_a_broken_address_shows_the_page(query):
    app = open_page(**query)
    assert not app.exception
    assert "eight to ten steps" in said(app)


def test_a_text_that_is_too_long_is_said_and_the_rest_stays():
    app = open_page()
    app.session_state["gradient_flow.text"] = "<b>" * 60_000
    app.run()
    assert "at most 150,000 characters" in opened_page.words_of(app)
    assert "eight to ten steps" in said(app)
