"""The equation of one node with the actual numbers put in, in TeX; and Table 1 with the reader's sizes."""

from typing import Final

import numpy as np

from rnn_core.errors import InputError
from rnn_core.unfolded_rnn.spec import Spec
from rnn_core.unfolded_rnn.trace import Trace
from rnn_core.unfolded_rnn.writing import decimal, tex, tex_matrix

KINDS: Final = {"x": "input x", "h": "state h", "y": "output ŷ", "L": "loss L", "g": "gradient at h"}
"""Kinds of nodes that have an equation."""

_FUNCTIONS = {"tanh": r"\tanh(%s)", "sigmoid": r"\sigma(%s)", "relu": r"\operatorname{ReLU}(%s)", "linear": "%s"}


def node_equation(trace: Trace, kind: str, t: int) -> str:
    """Return the lines of one node's equation as one aligned block. Raises `InputError` where there is no such node."""
    T = trace.spec.steps
    if kind not in KINDS or not (0 if kind == "h" else 1) <= t <= T:
        raise InputError(f"nodes are {', '.join(KINDS)} at steps 1 to {T}, got {kind!r} at {t}")
    lines = {"x": _input, "h": _state, "y": _output, "L": _loss, "g": _gradient}[kind](trace, t)
    return r"\begin{aligned}" + r" \\[4pt] ".join(lines) + r"\end{aligned}"


def sizes_table(spec: Spec) -> dict[str, list[str]]:
    """Return every symbol with its meaning and its shape, in letters and in the reader's numbers (rows × columns)."""
    n, m, K = spec.sizes
    fed, R = ("m", m) if spec.recurrence == "hidden" else ("K", K)
    source = {"hidden": "state", "output": "output", "forced": "right class"}[spec.recurrence]
    rows = [
        ("U", "n × m", f"{n} × {m}", "weights from the input to the state"),
        ("W", f"{fed} × m", f"{R} × {m}", f"weights from the {source} before to the state"),
        ("V", "m × K", f"{m} × {K}", "weights from the state to the output"),
        ("b_h", "m × 1", f"{m} × 1", "bias of the state"),
        ("b_y", "K × 1", f"{K} × 1", "bias of the output"),
        ("xₜ", "n × 1", f"{n} × 1", "input at step t"),
        ("hₜ", "m × 1", f"{m} × 1", "hidden state after step t"),
        ("oₜ", "K × 1", f"{K} × 1", "output at step t, before the softmax"),
        ("ŷₜ", "K × 1", f"{K} × 1", "probability of each class at step t"),
        ("Lₜ", "1", "1", "loss at step t, a single number"),
    ]
    return dict(zip(("symbol", "shape", "here", "meaning"), map(list, zip(*rows, strict=True)), strict=True))


def _input(trace: Trace, t: int) -> list[str]:
    value = tex_matrix(trace.inputs[t - 1], exact=True)
    if not trace.spec.words:
        return [f"x_{{{t}}} &= {value}"]
    place = int(np.argmax(trace.inputs[t - 1])) + 1
    return [rf"x_{{{t}}} &= {value}", rf"&\text{{a single 1, at place {place}: word {place} of the vocabulary}}"]


def _state(trace: Trace, t: int) -> list[str]:
    if t == 0:
        return [rf"h_0 &= {tex_matrix(trace.states[0], exact=True)} \quad \text{{where every run begins}}"]
    spec, p = trace.spec, trace.parameters
    past = {"hidden": "h", "output": "o", "forced": "y"}[spec.recurrence]
    feeds = spec.recurrence == "hidden" or t > 1
    recurrent = rf" + W^\top {past}_{{{t - 1}}}" if feeds else ""
    lines = [rf"a_{{{t}}} &= U^\top x_{{{t}}}{recurrent} + b_h"]
    lines.append(rf"&= {tex_matrix(p.U.T, exact=True)} {tex_matrix(trace.inputs[t - 1], exact=True)}")
    if feeds:
        lines.append(rf"&\; + {tex_matrix(p.W.T, exact=True)} {tex_matrix(trace.fed_back[t - 1])}")
    lines.append(rf"&\; + {tex_matrix(p.b_h[0], exact=True)} = {tex_matrix(trace.pre_activations[t - 1])}")
    lines.append(rf"h_{{{t}}} &= {_FUNCTIONS[spec.activation] % f'a_{{{t}}}'} = {tex_matrix(trace.states[t])}")
    return lines


def _output(trace: Trace, t: int) -> list[str]:
    p = trace.parameters
    product = f"{tex_matrix(p.V.T, exact=True)} {tex_matrix(trace.states[t])}"
    return [
        rf"o_{{{t}}} &= V^\top h_{{{t}}} + b_y",
        rf"&= {product} + {tex_matrix(p.b_y[0], exact=True)} = {tex_matrix(trace.outputs[t - 1])}",
        rf"\hat y_{{{t}}} &= \operatorname{{softmax}}(o_{{{t}}}) = {tex_matrix(trace.probabilities[t - 1])}",
    ]


def _loss(trace: Trace, t: int) -> list[str]:
    spec = trace.spec
    if not spec.has_loss[t - 1]:
        return [rf"&\text{{Step {t} has no loss: only the last step, {spec.steps}, has one.}}"]
    target = spec.targets[t - 1]
    probability = tex(decimal(float(trace.probabilities[t - 1, target]), 4))
    lines = [
        rf"L_{{{t}}} &= -\log \hat y_{{{t}}}[\text{{class }}{target + 1}]",
        rf"&= -\log {probability} = {tex(decimal(float(trace.step_losses[t - 1]), 4))}",
    ]
    if spec.loss == "every":
        lines.append(rf"L &= \textstyle\sum_t L_t = {tex(decimal(trace.loss, 4))}")
    return lines


def _gradient(trace: Trace, t: int) -> list[str]:
    spec, p = trace.spec, trace.parameters
    lines = []
    returns = t < spec.steps and spec.recurrence != "forced"
    of_output, of_state = rf"\nabla_{{o_{{{t}}}}}", rf"\nabla_{{h_{{{t}}}}}"
    after = rf"\delta_{{{t + 1}}}"
    if returns:
        slope = {
            "tanh": rf"(1 - h_{{{t + 1}}}^2)", "sigmoid": rf"h_{{{t + 1}}} \odot (1 - h_{{{t + 1}}})",
            "relu": rf"[a_{{{t + 1}}} > 0]", "linear": "1",
        }[spec.activation]  # fmt: skip
        lines.append(rf"{after} &= {slope} \odot \nabla_{{h_{{{t + 1}}}}} = {tex_matrix(trace.deltas[t])}")
    back = rf"W {after}"
    if spec.has_loss[t - 1] or (spec.recurrence == "output" and returns):
        parts = [rf"\hat y_{{{t}}} - y_{{{t}}}"] if spec.has_loss[t - 1] else []
        parts += [back] if spec.recurrence == "output" and returns else []
        lines.append(rf"{of_output} &= {' + '.join(parts)} = {tex_matrix(trace.output_gradients[t - 1])}")
    through_output = bool(trace.spec.has_loss[t - 1]) or (spec.recurrence == "output" and returns)
    parts = [rf"V {of_output}"] if through_output else []
    parts += [back] if spec.recurrence == "hidden" and returns else []
    if not parts:
        return [rf"{of_state} &= 0 \quad \text{{no loss reaches this state}}"]
    lines.append(rf"{of_state} &= {' + '.join(parts)}")
    numbers = []
    if through_output:
        numbers.append(rf"{tex_matrix(p.V, exact=True)} {tex_matrix(trace.output_gradients[t - 1])}")
    if spec.recurrence == "hidden" and returns:
        numbers.append(rf"{tex_matrix(p.W, exact=True)} {tex_matrix(trace.deltas[t])}")
    lines += [rf"&{'=' if not k else chr(92) + '; +'} {number}" for k, number in enumerate(numbers)]
    lines.append(rf"&= {tex_matrix(trace.state_gradients[t])}")
    return lines
