"""Settings in which there is something to see, by the names of the page's controls."""

from typing import Final

START: Final = {
    **{"input": "100", "hidden": "50", "projection": "0", "layers": "1", "directions": "1", "convention": "textbook"},
    **{"shown": "all", "vocabulary": "0", "outputs": "0", "steps": "100", "budget": "1,000,000"},
}
TWO_WAYS: Final = {
    "input": "128",
    "hidden": "64",
    "layers": "2",
    "directions": "2",
    "vocabulary": "20000",
    "outputs": "1",
}
TASKS: Final = (
    (
        "The networks of this app",
        "They read film reviews with 20,002 known words. Scroll down: how much of the LSTM is LSTM?",
        {**START, "convention": "pytorch", "vocabulary": "20002", "outputs": "1", "budget": "3,000,000"},
    ),
    (
        "One network, two counts",
        "Keras prints 2,757,761 for this whole LSTM. Switch to PyTorch and find the 1,024 that it has more.",
        {**START, **TWO_WAYS, "convention": "keras", "shown": "lstm"},
    ),
    (
        "A million to spend",
        "An LSTM costs four times an RNN. Does the same money buy it a quarter of the units? Drag the last picture.",
        START,
    ),
)
