"""What is to be seen in the counts, in sentences that are computed from them."""

from rnn_core.parameters.blocks import ARCHITECTURES, BIASES, CONVENTIONS, GATE_NAMES, LAYER_KINDS, NAMES, Trace
from rnn_core.parameters.budget import Reverse
from rnn_core.parameters.cost import TRAINING_COPIES, cost_of


def times(ratio: float) -> str:
    """Return how many times as much, to two digits after the point; a little is not rounded to nothing."""
    return f"{ratio:,.2f}".rstrip("0").rstrip(".") if ratio >= 0.01 else "under 0.01"


def percent(share: float) -> str:
    """Return a share of 1 in per cent; one that is nearly all or nearly nothing is not rounded to it."""
    digits = f"{100 * share:.0f}" if 0.1 <= share <= 0.9 else f"{100 * share:.1f}"
    if digits in ("100.0", "0.0") and share not in (0.0, 1.0):
        digits = "over 99.9" if share > 0.5 else "under 0.1"
    return f"{digits.removesuffix('.0')} %"


def size(count: int) -> str:
    """Return a number of bytes with the unit that suits it; 1 kB is 1,000 bytes."""
    for power, unit in ((9, "GB"), (6, "MB"), (3, "kB")):
        if count >= 0.9995 * 10**power:  # what three digits would round up to the next unit
            return f"{_three_digits(count / 10**power)} {unit}"
    return f"{count} bytes"


def _three_digits(number: float) -> str:
    return f"{number:,.{0 if number >= 100 else 1 if number >= 10 else 2}f}"


def headline(trace: Trace, convention: str) -> str:
    """Say how many parameters the recurrent layers of the three networks have, and how they compare."""
    rnn, gru, lstm = (trace.count(convention, name, LAYER_KINDS) for name in ARCHITECTURES)
    return (
        f"For the same sizes the RNN learns {rnn:,} numbers, the GRU {gru:,} ({times(gru / rnn)} times as many) "
        f"and the LSTM {lstm:,} ({times(lstm / rnn)} times)."
    )


def formulas(trace: Trace, convention: str, architecture: str) -> list[str]:
    """Return for each layer how its parameters are counted, as arithmetic with the numbers put in."""
    spec = trace.spec
    gates, biases = len(GATE_NAMES[architecture]), BIASES[convention][architecture]
    p = spec.projection(convention, architecture)
    state = p or spec.hidden_size
    written = []
    for layer in range(spec.layers):
        inputs = spec.input_size if layer == 0 else spec.directions * state
        text = f"({inputs} + {state} + {biases}) × {spec.hidden_size}"
        if gates > 1:
            text = f"{gates} × {text}"
        if p:
            text = (
                f"({text} + {p} × {spec.hidden_size})" if spec.directions > 1 else f"{text} + {p} × {spec.hidden_size}"
            )
        if spec.directions > 1:
            text = f"{spec.directions} × {text}"
        written.append(text)
    return written


def differences(trace: Trace) -> list[str]:
    """Say, for these sizes, in what the three ways to count differ, and why."""
    spec = trace.spec

    def extra(convention: str, architecture: str) -> int:
        of_bias = (trace.count(way, architecture, ("bias",)) for way in (convention, "textbook"))
        return next(of_bias) - next(of_bias)

    more = {name: extra("pytorch", name) for name in ARCHITECTURES}
    sentences = [
        "PyTorch adds one bias to the input’s part and a second one to the old state’s part of every gate: "
        + ", ".join(f"{NAMES[name]} {count:,} more" for name, count in more.items())
        + " than the textbook. In an RNN and an LSTM only the sum of the two matters.",
        "Keras keeps one bias for RNN and LSTM, as textbooks do. Its GRU has two (reset_after=True, the default), "
        f"{extra('keras', 'gru'):,} more: there the reset gate multiplies a part that holds the second bias.",
    ]
    if spec.projection_size:
        sentences.append(
            f"PyTorch offers the projection to p = {spec.projection_size:,} (proj_size) for the LSTM alone, as Sak et "
            "al. (2014) describe it. The RNN, the GRU and Keras’ LSTM are counted without one."
        )
    return sentences


def shares_sentence(trace: Trace, convention: str) -> str:
    """Say what most of the LSTM's parameters are."""
    spec = trace.spec
    whole = trace.count(convention, "lstm")
    parts = {
        kind: trace.count(convention, "lstm", (kind,))
        for kind in ("embedding", "input", "recurrent", "projection", "bias", "output")
    }
    kind = max(parts, key=lambda name: parts[name])
    words, numbers = _count(spec.vocabulary_size, "word"), _count(spec.input_size, "number")
    what = {
        "embedding": f"the embedding: {words} with {numbers} each",
        "input": "input weights, which meet the input",
        "recurrent": "recurrent weights, which meet the old state",
        "projection": "the projection, which shortens the state",
        "bias": "biases",
        "output": f"the output: {_count(spec.output_size, 'answer')} that each look at the whole state",
    }[kind]
    sentence = f"Of the LSTM’s {whole:,} parameters, {percent(parts[kind] / whole)} are {what}."
    if kind == "embedding":
        rnn = trace.count(convention, "rnn")
        if whole > rnn:  # not so where a projection makes the LSTM the smaller one
            sentence += f" So the whole LSTM has only {times(whole / rnn)} times as many as the whole RNN."
    return sentence


def spent(trace: Trace, convention: str) -> str:
    """Say what the LSTM takes to store, to train and to run."""
    cost = cost_of(trace, convention, "lstm")
    steps = trace.spec.steps
    return (
        f"The LSTM’s {cost.parameters:,} numbers take {size(cost.float32)} in float32, half of it in float16, and "
        f"{TRAINING_COPIES} times as much while it is trained with Adam. Reading {steps:,} "
        f"token{'' if steps == 1 else 's'} takes {cost.sequence:,} multiply-adds: a product and "
        "an addition each."
    )


def bought(reverse: Reverse, stop: int) -> str:
    """Say which hidden sizes the budget of that stop pays for."""
    sizes = {name: reverse.hidden_sizes[name][stop] for name in ARCHITECTURES}
    budget = f"{reverse.budgets[stop]:,} parameters ({CONVENTIONS[reverse.convention]})"
    if all(m is None for m in sizes.values()):
        embedding = reverse.spec.vocabulary_size * reverse.spec.input_size
        why = f": the embedding alone takes {embedding:,}" if embedding > reverse.budgets[stop] else ""
        return f"{budget} buy no network of these sizes{why}."
    each = ", ".join(f"{NAMES[name]} {f'm = {m:,}' if m else 'none'}" for name, m in sizes.items())
    return f"{budget} buy: {each}.{_units_compared(sizes['rnn'], sizes['lstm'])}"


def _units_compared(rnn: int | None, lstm: int | None) -> str:
    if not rnn or not lstm:
        return ""
    ratio = times(max(rnn, lstm) / min(rnn, lstm))
    if ratio == "1":
        return f" The RNN gets {'' if rnn == lstm else 'about '}as many units as the LSTM."
    if lstm > rnn:  # a projection makes units of an LSTM cheap
        return f" The LSTM gets {ratio} times the RNN’s units."
    return f" The RNN gets {ratio} times the LSTM’s units."


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
