"""Natural phrases, written by hand before any network had read them; no pattern of the grammar makes one.

They are the hardest of the three measures: their words, idioms and order are nobody's plan. Half are praise. Left
out: irony, and what people would not agree on.
"""

from rnn_core.phrases.parts import Phrase

_PRAISE_BY_HAND = """
negation | not bad
negation | not bad at all
negation | not a waste of time
negation | not a dull moment in it
negation | I was never bored
negation | nothing to complain about
negation | there was nothing I disliked
negation | it's not the disaster everyone said it was
negation | you will not regret watching this
negation | never a dull moment
negation | not as bad as I feared
negation | no complaints from me
n't | I couldn't stop laughing
n't | I can't recommend this enough
n't | it isn't nearly as silly as it sounds
n't | didn't bore me for a second
n't | you won't be disappointed
n't | don't miss it
contrast | I expected to hate it but I loved every minute
contrast | a bit slow, but worth it
contrast | cheesy but fun
contrast | not perfect, but I had a great time
contrast | the plot is thin, yet the actors make it shine
contrast | it's long, but the ending is worth the wait
started … ended | started slow, ended brilliantly
started … ended | a weak first hour, then it gets really good
started … ended | I started out skeptical and ended up in tears of joy
intensifier | so so good
intensifier | absolutely loved it
plain | ten out of ten
plain | best film of the year
"""
_BLAME_BY_HAND = """
negation | not my cup of tea
negation | not that great, sadly
negation | not worth your money
negation | not funny at all
negation | never funny, never clever
negation | nothing special
negation | I was not impressed
negation | there is nothing to like here
negation | no fun at all
negation | not my idea of a good time
negation | hardly a masterpiece
negation | not even the great cast can save it
n't | I didn't laugh once
n't | it doesn't work
n't | don't waste your time
n't | I wouldn't watch it again
n't | the jokes aren't funny
n't | can't say I enjoyed it
contrast | great actors, but what a mess
contrast | I wanted to love it, but I was bored
contrast | it looks beautiful but it has no soul
contrast | good idea, poor execution
contrast | the music was nice but the rest is garbage
contrast | funny at times, but mostly painful
started … ended | started well, ended badly
started … ended | a promising start and a terrible ending
started … ended | the first ten minutes were great, then it fell apart
intensifier | so so bad
intensifier | really, really boring
plain | a waste of time
plain | I want my money back
"""


def _by_hand(lines: str, positive: bool) -> tuple[Phrase, ...]:
    split = (line.split(" | ", 1) for line in lines.strip().splitlines())
    return tuple(Phrase(text, positive, category) for category, text in split)


HAND_WRITTEN = _by_hand(_PRAISE_BY_HAND, True) + _by_hand(_BLAME_BY_HAND, False)
