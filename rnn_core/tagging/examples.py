"""Sentences in which there is something to see, and the tasks of the page."""

from typing import Final

DUCK: Final = "I saw her duck."

GARDEN_PATH: Final = "The old man the boats."

FIRST: Final = DUCK
"""What the page opens on: two paths that are almost equally likely, and the better one isn't the better tags."""

SENTENCES: Final = {
    "A duck": DUCK,
    "A garden path": GARDEN_PATH,
    "Time flies": "Time flies like an arrow, but fruit flies like a banana.",
    "The refuse": "They refuse to permit us to obtain the refuse permit.",
    "Nonsense": "'Twas brillig, and the slithy toves did gyre and gimble in the wabe.",
}
"""Name of a button, and the sentence it puts into the box."""

TASKS: Final = (
    (
        "Help it find the verb",
        "“The old” has become “They”, and “man” the verb. The dotted line is the path before. Put the words back, "
        "and try others: which words make “man” a verb?",
        {"text": GARDEN_PATH, "edits": '[[0,""],[1,"They"]]', "word": "2. man"},
    ),
    (
        "Words nobody knows",
        "Step through the words marked with “?”: the corpus has none of them. Which of their tags come from their "
        "endings, and which from their neighbours?",
        {"text": SENTENCES["Nonsense"], "edits": "", "word": "6. slithy"},
    ),
    (
        "Too far to see",
        "“Built” has become “let”, so “run” ought to turn from a noun into a verb. It doesn't move: between them stand "
        "two words, and the model sees one tag back.",
        {"text": "They built the dog run.", "edits": '[[1,"let"]]', "word": "5. run"},
    ),
)
"""Label, what to do and to look at, and what is set."""
