"""What to look at in a trace, as sentences computed from its numbers.

Mean gate values over all units look flat, so a sentence goes from the word that stands out to the unit
that moves there. A word that stands in the text more than once is named with its number.
"""

from collections.abc import Mapping

import numpy as np

from rnn_core.gates.tables import quantity_of
from rnn_core.gates.trace import Trace

_NAMES = {"cell": "cell state", "hidden": "hidden state", "candidate": "candidate"}
_LOWEST = {
    "forget_gate": "it drops most of its memory",
    "update_gate": "it takes in most",
    "reset_gate": "its candidate hears least of the past",
}
_HIGHEST = {
    "input_gate": "it takes in most",
    "output_gate": "it shows most of its memory",
}
FLAT = 0.01
"""Less than this between the means of two words is called no difference."""

STEP = 0.05
"""A change of probability smaller than this is not called a turn."""

LONGEST = 30
"""Characters of a word that a sentence quotes."""


def observation(trace: Trace, quantity: str, name: str = "") -> str:
    """Say in one or two sentences what stands out in one quantity of this trace, with the word and the unit.

    `name` is what the network is called, by default as what it is: "LSTM".
    Raises `InputError` for a quantity that the network doesn't have.
    """
    values = quantity_of(trace, quantity)
    what, kind = _NAMES.get(quantity, quantity.replace("_", " ")), trace.architecture.upper()
    whose = f"The {what} of “{name}”" if name not in ("", kind) else f"The {kind}'s {what}"
    if not len(values):
        return f"No word of this text is read, so {whose[0].lower()}{whose[1:]} has nothing to show."
    if quantity in _LOWEST or quantity in _HIGHEST:
        return _on_gate(trace, quantity, values, whose)
    return _on_candidate(trace, values, whose) if quantity == "candidate" else _on_state(trace, quantity, values, whose)


def called(traces: Mapping[str, Trace], names: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what a sentence calls each network: "the LSTM", or, in quotes, the name of one that has its own."""
    names = names or {}
    return {
        key: f"the {key.upper()}" if key == trace.architecture else f"“{names[key]}”" if key in names else key
        for key, trace in traces.items()
    }


def headline(traces: Mapping[str, Trace], names: Mapping[str, str] | None = None) -> str:
    """Say where the networks end, and at which word they turn most. All were given the same words.

    `names` are what the networks are called, by key, where their architecture doesn't tell.
    """
    names = called(traces, names)
    if not traces:
        return "No network reads this text."
    ends = ", ".join(f"{names[key]} at {percent(trace.probability[-1])}" for key, trace in traces.items())
    if not any(trace.tokens for trace in traces.values()):
        return f"Nothing is read yet: {ends} positive."
    verdicts = {trace.probability[-1] > 0.5 for trace in traces.values()}
    if len(traces) == 1:
        verdict = f"{ends[0].upper()}{ends[1:]} positive.".replace(" at ", " ends at ", 1)
    elif len(verdicts) == 1:
        side = "positive" if verdicts.pop() else "negative"
        verdict = f"{_all(len(traces))} call it {side}: {ends} positive."
    else:
        verdict = f"They disagree: {ends} positive."
    turn = _turn(traces, names)
    return f"{verdict} {turn}" if turn else verdict


def _turn(traces: Mapping[str, Trace], names: Mapping[str, str]) -> str:
    """The word with the largest step of probability, "" when there is none worth naming."""
    steps = {key: np.diff(trace.word_probability) for key, trace in traces.items()}
    words = {key: int(np.argmax(np.abs(step))) for key, step in steps.items()}
    moves = {}
    for key, word in words.items():
        before, after = traces[key].word_probability[word : word + 2]
        moves[key] = f"from {percent(before)} to {percent(after)}"
    sizes = {key: float(steps[key][word]) for key, word in words.items()}
    largest = max(sizes, key=lambda key: abs(sizes[key]))
    if abs(sizes[largest]) < STEP:
        return ""
    named = _word(traces[largest], words[largest])
    together = len(set(words.values())) == 1 and len({size > 0 for size in sizes.values()}) == 1
    if len(traces) > 1 and together and min(map(abs, sizes.values())) >= STEP:
        listed = ", ".join(f"{names[key]} {moves[key]}" for key in traces)
        direction = "rise" if sizes[largest] > 0 else "fall"
        return f"At {named} {_all(len(traces)).lower()} {direction} furthest: {listed}."
    whose = "Its largest step is" if len(traces) == 1 else f"The largest step is {names[largest]}'s"
    return f"{whose} at {named}, {moves[largest]}."


def _on_gate(trace: Trace, quantity: str, values: np.ndarray, whose: str) -> str:
    means = values.mean(axis=1)
    count = f"its {values.shape[1]} units"
    if len(values) == 1:
        return f"{whose} is {_number(means[0])} on average over {count} at {_token(trace, 0)}, the only word read."
    falls = quantity in _LOWEST
    at = int(np.argmin(means) if falls else np.argmax(means))
    change = values[at] - values.mean(axis=0)
    unit = int(np.argmin(change) if falls else np.argmax(change))
    moved = (
        f"unit {unit} {'falls' if falls else 'rises'} furthest, to {_number(values[at, unit])} "
        f"from {_number(values[:, unit].mean())}"
    )
    if np.ptp(means) < FLAT:
        return f"{whose} hardly differs from word to word: {_number(means.mean())} on average over {count}."
    where = f"{'lowest' if falls else 'highest'} at {_token(trace, at)}, where {(_LOWEST | _HIGHEST)[quantity]}"
    return (
        f"{whose} is {where}: "
        f"on average {_number(means[at])} over {count}, against {_number(means.mean())} over the whole text; {moved}."
    )


def _on_candidate(trace: Trace, values: np.ndarray, whose: str) -> str:
    sizes = np.abs(values).mean(axis=1)
    at = int(np.argmax(sizes))
    unit = int(np.argmax(np.abs(values[at])))
    against = f", against {_number(sizes.mean())} over the whole text" if len(values) > 1 else ""
    return (
        f"{whose} is strongest at {_token(trace, at)}: {_number(sizes[at])} away from 0 on average{against}; "
        f"unit {unit} is asked to go to {_number(values[at, unit])}."
    )


def _on_state(trace: Trace, quantity: str, values: np.ndarray, whose: str) -> str:
    before = np.concatenate((np.zeros_like(values[:1]), values[:-1]))
    change = values - before
    at = int(np.argmax(np.linalg.norm(change, axis=1)))
    if quantity == "hidden":
        effect = change[at] * trace.readout
        unit = int(np.argmax(np.abs(effect)))
        ending = f", which alone moves the score by {_number(effect[unit], sign=True)}"
    else:
        unit = int(np.argmax(np.abs(change[at])))
        ending = ""
    where = f"{whose} changes most at {_token(trace, at)}"
    if not np.abs(change[at]).any():
        return f"{whose} never leaves 0."
    return f"{where}: unit {unit} goes from {_number(before[at, unit])} to {_number(values[at, unit])}{ending}."


def _token(trace: Trace, at: int) -> str:
    """The token in quotes; its word's number where the token is there more than once."""
    token = trace.tokens[at]
    number = f" (word {trace.word_of_token[at] + 1})" if trace.tokens.count(token) > 1 else ""
    return f"“{_short(token)}”{number}"


def _word(trace: Trace, at: int) -> str:
    """A word as it is read, without its commas."""
    tokens = [token for token, word in zip(trace.tokens, trace.word_of_token, strict=True) if word == at]
    number = f" (word {at + 1})" if trace.words.count(trace.words[at]) > 1 else ""
    return f"“{_short(' '.join(tokens))}”{number}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _all(count: int) -> str:
    return {2: "Both", 3: "All three", 4: "All four", 5: "All five", 6: "All six"}[count]


def percent(probability: float, short: bool = False) -> str:
    """Whole per cent, but never a certainty that isn't there; `short` writes < and > for "under" and "over"."""
    value = 100 * probability
    if value > 99.5:
        return ">99 %" if short else "over 99 %"
    if value < 0.5:
        return "<1 %" if short else "under 1 %"
    return f"{value:.0f} %"


def _number(value: float, sign: bool = False) -> str:
    text = f"{value:+.2f}" if sign else f"{value:.2f}"
    return text.replace("-", "−") if float(text) else "0.00"
