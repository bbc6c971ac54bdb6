"""What the page begins with, and chains in which there is something to see, by the names of its controls."""

from typing import Final

from rnn_core.markov_chain.letters import Counted
from rnn_core.markov_chain.reading import path_key, read_states, start_key
from rnn_core.markov_chain.spec import Spec, start_at
from rnn_core.parsing import parse_matrix

BABBLE: Final = 160
"""Letters of a text that is drawn letter by letter."""

SOURCES: Final = {"typed": "typed in", "letters": "counted from a text"}
GROUPINGS: Final = {"vowels": "vowel, consonant", "frequent": "7 letters, others", "all": "every letter"}

STATES: Final = "rain, nice, snow"
TABLE: Final = "0.5,0.25,0.25;0.5,0,0.5;0.25,0.25,0.5"
"""The weather in the Land of Oz, which never has two nice days in a row (Kemeny, Snell and Thompson 1974)."""

STEPS: Final = "60"
SEED: Final = "1"

PROSE: Final = (
    "It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want of a "
    "wife. However little known the feelings or views of such a man may be on his first entering a neighbourhood, this "
    "truth is so well fixed in the minds of the surrounding families, that he is considered the rightful property of "
    "some one or other of their daughters. “My dear Mr. Bennet,” said his lady to him one day, “have you heard that "
    "Netherfield Park is let at last?” Mr. Bennet replied that he had not. “But it is,” returned she; “for Mrs. Long "
    "has just been here, and she told me all about it.” Mr. Bennet made no answer. “Do not you want to know who has "
    "taken it?” cried his wife impatiently. “You want to tell me, and I have no objection to hearing it.” This was "
    "invitation enough. “Why, my dear, you must know, Mrs. Long says that Netherfield is taken by a young man of large "
    "fortune from the north of England; that he came down on Monday in a chaise and four to see the place, and was so "
    "much delighted with it that he agreed with Mr. Morris immediately.”"
)
"""The opening of Jane Austen's Pride and Prejudice (1813), shortened by a few words."""

ONEGIN: Final = (
    "Мой дядя самых честных правил, Когда не в шутку занемог, Он уважать себя заставил И лучше выдумать не мог. "
    "Его пример другим наука; Но, боже мой, какая скука С больным сидеть и день и ночь, Не отходя ни шагу прочь! "
    "Какое низкое коварство Полуживого забавлять, Ему подушки поправлять, Печально подносить лекарство, "
    "Вздыхать и думать про себя: Когда же черт возьмет тебя!"
)
"""The first stanza of Pushkin's Eugene Onegin (1825), whose vowels and consonants Markov counted."""

TEXTS: Final = {"Austen": PROSE, "Pushkin": ONEGIN}


def typed(states: str, table: str, start: int, path: str, steps: str = STEPS) -> dict[str, str]:
    """Return what the controls say for a chain that is typed in."""
    names = read_states(states)
    return {
        "source": "typed",
        "states": states,
        "table": table,
        start_key(names): str(start),
        path_key(names): path,
        "steps": steps,
    }


WEATHER: Final = typed(STATES, TABLE, 0, "rain, nice, snow")
RUIN: Final = typed(
    "0, 1, 2, 3, 4", "1,0,0,0,0;0.6,0,0.4,0,0;0,0.6,0,0.4,0;0,0,0.6,0,0.4;0,0,0,0,1", 2, "2, 3, 4", "20"
)
CYCLE: Final = typed("green, amber, red", "0,1,0;0,0,1;1,0,0", 0, "green, amber, red, green", "24")
TWO_CLASSES: Final = typed(
    "fork, hill, lake, town, beach",
    "0.25,0.5,0,0.25,0;0,0.3,0.7,0,0;0,0.5,0.5,0,0;0,0,0,0.8,0.2;0,0,0,0.6,0.4",
    0,
    "fork, fork, hill, lake",
    "40",
)
LETTERS: Final = {"source": "letters", "grouping": "vowels", "text": PROSE, "word": "the", "steps": STEPS}

PRESETS: Final = {
    "Weather": WEATHER,
    "Gambler": RUIN,
    "Traffic light": CYCLE,
    "Two classes": TWO_CLASSES,
    "Letters": LETTERS,
}

START: Final = {**WEATHER, "seed": SEED, "time": STEPS, "t": "1", "power": "1"}

TASKS: Final = (
    (
        "A game that must end",
        "Two coins, and 4 chances in 10 to win one more. Press play, then “Another run”. How often is it ruin?",
        {**START, **RUIN, "time": "0", "power": "8"},
    ),
    (
        "Never at rest",
        "The light changes at every step and forgets nothing. Now type 0.9 and 0.1 into a row: why does it settle?",
        {**START, **CYCLE, "time": "24", "power": "7"},
    ),
    (
        "A machine that babbles",
        "Each letter is drawn after the one before it, as often as in the text. Read it, then paste your own text.",
        {**START, **LETTERS, "grouping": "all", "steps": "200", "time": "200", "power": "1"},
    ),
)
"""Label, what to do and to look at, and what is set."""

FIRST: Final = Spec(read_states(STATES), parse_matrix("the table", TABLE, 3, 3), start_at(0, 3))
"""What the page shows when it opens."""


def babbles(counted: Counted) -> bool:
    """Tell whether a chain of letters spells: every state is one letter."""
    return all(len(state) == 1 for state in counted.states)
