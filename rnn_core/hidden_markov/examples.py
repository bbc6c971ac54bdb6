"""Models to begin with, and settings in which there is something to see, by the names of the page's controls.

Fever: “Viterbi algorithm”, Wikipedia. Ice cream: Jurafsky and Martin, “Speech and Language Processing”, third
edition draft, appendix A, figure A.2, after Eisner (2002). The loaded die: Durbin, Eddy, Krogh and Mitchison (1998),
“Biological Sequence Analysis”, section 3.2; the rolls are ours. The cat is ours.
"""

from collections.abc import Mapping
from typing import Final

from rnn_core.hidden_markov.reading import read_observations, read_rows, read_start, read_states, read_symbols
from rnn_core.hidden_markov.spec import Model, Spec

CAT: Final = {
    "states": "Garden, Hall, Sofa",
    "symbols": "meow, silence, purr",
    "start": "0.3,0.4,0.3",
    "transitions": "0.6,0.4,0;0.1,0.1,0.8;0,0.4,0.6",
    "emissions": "0.7,0.3,0;0.2,0.5,0.3;0.3,0.2,0.5",
    "observations": "meow, meow, purr, purr, meow",
}
"""A cat that is heard and not seen; from the garden to the sofa there is only the way through the hall."""

FEVER: Final = {
    "states": "Healthy, Fever",
    "symbols": "normal, cold, dizzy",
    "start": "0.6,0.4",
    "transitions": "0.7,0.3;0.4,0.6",
    "emissions": "0.5,0.4,0.1;0.1,0.3,0.6",
    "observations": "normal, cold, dizzy",
}

ICE_CREAM: Final = {
    "states": "Hot, Cold",
    "symbols": "1, 2, 3",
    "start": "0.8,0.2",
    "transitions": "0.6,0.4;0.5,0.5",
    "emissions": "0.2,0.4,0.4;0.5,0.4,0.1",
    "observations": "3 1 3",
}

DICE: Final = {
    "states": "Fair, Loaded",
    "symbols": "6, 5, 4, 3, 2, 1",
    "start": "0.5,0.5",
    "transitions": "0.95,0.05;0.1,0.9",
    "emissions": "0.1667,0.1667,0.1667,0.1667,0.1667,0.1667;0.5,0.1,0.1,0.1,0.1,0.1",
    "observations": "2 5 1 4 3 6 2 1 5 6 6 3 6 6 6 2 6 6 4 6 1 3 5 2",
}

_VIEW: Final = {"at": "end", "from": "1", "sequence": "1"}

PRESETS: Final = {
    "Where is the cat?": {**CAT, **_VIEW, "view": "12"},
    "Fever and health": {**FEVER, **_VIEW, "view": "12"},
    "Ice cream and weather": {**ICE_CREAM, **_VIEW, "view": "12"},
    "The loaded die": {**DICE, **_VIEW, "view": "30"},
}

START: Final = {**PRESETS["Where is the cat?"], "mode": "viterbi", "numbers": "probabilities"}
"""What the page begins with."""

TASKS: Final = (
    (
        "Sum or maximum?",
        "Press play: a cell adds up all ways in. Then choose Viterbi: the same arrows, but only the best is kept.",
        {**START, **PRESETS["Fever and health"], "mode": "forward", "at": "1 Healthy"},
    ),
    (
        "A path or a state?",
        "Viterbi put the cat in the hall at step 3. How probable is that? Compare γ here with δ under Viterbi.",
        {**START, "mode": "posterior", "at": "3 Hall"},
    ),
    (
        "Which die was it?",
        "Full cells in the lower row: the loaded die. Change one 6 in the middle to a 1, and see how far that reaches.",
        {**START, **PRESETS["The loaded die"], "mode": "posterior"},
    ),
)
"""Label, what to do and to look at, and what is set."""


def read_spec(values: Mapping[str, str]) -> Spec:
    """Return a model with its first sequence, from the texts of the page's controls."""
    states, symbols = read_states(values["states"]), read_symbols(values["symbols"])
    moves = read_rows("A", values["transitions"], states, len(states))
    emissions = read_rows("B", values["emissions"], states, len(symbols))
    model = Model(states, symbols, read_start(values["start"], states), moves, emissions)
    return Spec(model, read_observations(values["observations"], symbols)[0])


FIRST: Final = read_spec(START)
"""What the page shows when it opens."""
