"""The numbers behind the pictures of this topic, as columns of one length."""

from typing import Any

from rnn_core.parameters.blocks import ARCHITECTURES, CONVENTIONS, GATE_NAMES, NAMES, Trace
from rnn_core.parameters.budget import Reverse
from rnn_core.parameters.cost import cost_of
from rnn_core.parameters.sentences import formulas, percent, size

KINDS = {
    "embedding": "embedding",
    "input": "input weights",
    "recurrent": "recurrent weights",
    "projection": "projection",
    "bias": "biases",
    "output": "output",
}
"""Kinds of block, in the order in which they are shown, by what they are called."""


def kinds_there(trace: Trace, convention: str) -> list[str]:
    """Return the kinds that at least one of the three networks has."""
    return [kind for kind in KINDS if any(trace.count(convention, name, (kind,)) for name in ARCHITECTURES)]


def convention_table(trace: Trace, convention: str) -> dict[str, list[str]]:
    """Return the parameters of the three networks by every way to count, and the arithmetic for the layers by one."""
    table = {"Network": [NAMES[name] for name in ARCHITECTURES]}
    for way, title in CONVENTIONS.items():
        table[title] = [f"{trace.count(way, name):,}" for name in ARCHITECTURES]
    sums = [" + ".join(formulas(trace, convention, name)) for name in ARCHITECTURES]
    return {**table, f"{CONVENTIONS[convention]}, with these numbers": sums}


def share_table(trace: Trace, convention: str) -> dict[str, list[Any]]:
    """Return how many parameters of each kind the three networks have, and which share that is."""
    table: dict[str, list[Any]] = {"network": [], "kind": [], "parameters": [], "share": []}
    for name in ARCHITECTURES:
        for kind in kinds_there(trace, convention):
            count = trace.count(convention, name, (kind,))
            row = (NAMES[name], KINDS[kind], count, percent(count / trace.count(convention, name)))
            for column, value in zip(table.values(), row, strict=True):
                column.append(value)
    return table


def block_table(trace: Trace, convention: str) -> dict[str, list[Any]]:
    """Return every block of the three networks with its place, its shape and its count."""
    titles = ("network", "layer", "direction", "gate", "weights", "rows", "columns", "parameters")
    table: dict[str, list[Any]] = {title: [] for title in titles}
    for name in ARCHITECTURES:
        for block in trace.blocks[convention, name]:
            row = (
                NAMES[name],
                block.layer + 1 if block.layer >= 0 else "",
                ("forward", "backward")[block.direction] if block.layer >= 0 else "",
                GATE_NAMES[name][block.gate] if block.gate >= 0 else "",
                block.name,
                block.rows,
                block.columns,
                block.count,
            )
            for column, value in zip(table.values(), row, strict=True):
                column.append(value)
    return table


def cost_table(trace: Trace, convention: str) -> dict[str, list[str]]:
    """Return memory and multiply-adds of the three networks."""
    costs = [cost_of(trace, convention, name) for name in ARCHITECTURES]
    return {
        "Network": [NAMES[name] for name in ARCHITECTURES],
        "float32": [size(cost.float32) for cost in costs],
        "float16": [size(cost.float16) for cost in costs],
        "training, float32": [size(cost.training) for cost in costs],
        "multiply-adds a step": [f"{cost.step:,}" for cost in costs],
        "the output, once": [f"{cost.output:,}" for cost in costs],
        f"T = {trace.spec.steps:,}, with the output": [f"{cost.sequence:,}" for cost in costs],
    }


def reverse_table(reverse: Reverse) -> dict[str, list[Any]]:
    """Return for each budget the largest hidden size of each architecture and its parameters; "" where none fits."""
    table: dict[str, list[Any]] = {"budget": list(reverse.budgets)}
    for name in ARCHITECTURES:
        table[f"{NAMES[name]}, m"] = ["" if m is None else m for m in reverse.hidden_sizes[name]]
        table[f"{NAMES[name]}, parameters"] = ["" if count is None else count for count in reverse.counts[name]]
    return table
