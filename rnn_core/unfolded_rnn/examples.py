"""What the page begins with, and settings in which there is something to see, by the names of its controls."""

from typing import Final

from rnn_core.unfolded_rnn.reading import SIZES, inputs_box, targets_box, weight_boxes
from rnn_core.unfolded_rnn.spec import Spec, inputs_from_seed, targets_from_seed, weights_from_seed

RECURRENCES: Final = {"hidden": "state", "output": "output", "forced": "right class"}
LOSSES: Final = {"last": "last step", "every": "every step"}
ACTIVATIONS: Final = {"tanh": "tanh", "sigmoid": "sigmoid", "relu": "ReLU", "linear": "none"}
INPUTS: Final = {"numbers": "numbers", "words": "words"}

PATTERNS: Final = {
    "Output at every step": {"recurrence": "hidden", "loss": "every"},
    "Output fed back": {"recurrence": "output", "loss": "every"},
    "Read all, then one output": {"recurrence": "hidden", "loss": "last"},
}
"""The design patterns of Goodfellow, Bengio & Courville (2016), section 10.2."""

START: Final = {
    **SIZES,
    **{"input": "numbers", "activation": "tanh", "recurrence": "hidden", "loss": "last"},
    **{"time": "back 1", "parameter": "W", "rate": "0.5", "steps_back": "1"},
    **{"node": "h", "step.5": "2", "exchanged": "x₁"},
    **{
        box.key: box.default for box in (*weight_boxes(3, 2, 3, 2, "hidden"), inputs_box(3, 5, 2), targets_box(3, 5, 2))
    },
}

TASKS: Final = (
    (
        "A memory without loss",
        "No activation, and W copies the state: the gradient keeps its size all the way back. Now choose tanh.",
        {**START, "activation": "linear", "W.3.3x3": "1 0 0\n0 1 0\n0 0 1"},
    ),
    (
        "Feed it the truth",
        "Teacher forcing: every step is told the right class of the one before, and no gradient runs back in time.",
        {**START, "recurrence": "forced", "loss": "every"},
    ),
    (
        "Steps too large",
        "A loss at every step and a learning rate of 20. Scroll to the last picture, and drag it to where it learns.",
        {**START, "loss": "every", "rate": "20"},
    ),
)
"""Label, what to do and to look at, and what is set."""

FIRST: Final = Spec(inputs_from_seed(3, 5, 2), targets_from_seed(3, 5, 2), weights_from_seed(3, 2, 3, 2))
"""What the page shows when it opens."""
