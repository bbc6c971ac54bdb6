"""Tasks of the page: what each sets by the names of the controls."""

from typing import Final

from rnn_core.race.shown import START

TASKS: Final = (
    (
        "Whom does distance beat?",
        "The word that decides stands 60 words before the end. Press Train, and bet on one of the three first.",
        {
            "corpus": "grammar",
            "distance": "60",
            "network": "all",
            "recipe": "classroom",
            "runs": START,
            "quantity": "accuracy",
            "axis": "seconds",
        },
    ),
    (
        "Watch it explode",
        "The gradient norm before clipping. Whose is the largest, and how often is it cut to the limit?",
        {"quantity": "gradient", "axis": "reviews", "runs": START, "network": "rnn"},
    ),
    (
        "Who is quick, who is good?",
        "One recipe, equal reviews. The same curves over epochs: what changes once nobody counts the seconds?",
        {"quantity": "accuracy", "axis": "epochs", "runs": START, "network": "all"},
    ),
)
