"""Short phrases with a known verdict: a small grammar for training and three sets to measure with.

People type "not bad", not whole reviews. A network that has read only reviews meets a lone "not" so
rarely that it takes the nearest sentiment word at its face. The grammar below writes such phrases:
a pattern with slots, and a list of words for every slot.

    "i did not find it {-adj}"      {+adj}  a word that agrees with the verdict of the phrase
                                    {-adj}  a word that speaks against it ("not bad" is praise)

It has three parts that share neither sentiment words nor patterns:

* `train` is mixed into the training batches;
* `development` is what recipes and patterns were chosen by;
* `held_out` is only measured. What its words mean a network can know from the reviews alone.

Function words (not, never, but, started, ended) are shared: they are what is to be learnt. Beside the
grammar stands `HAND_WRITTEN`, natural phrases that no pattern made.

Left out on purpose: irony, comparison ("better than the book"), double negation beyond "not without",
and anything that needs to know the world. Source: our own; the idea of testing by templates is that
of CheckList (Ribeiro et al. 2020).
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rnn_core.errors import InputError


@dataclass(frozen=True)
class Phrase:
    """A phrase, its verdict (`positive`) and the category of the pattern that made it."""

    text: str
    positive: bool
    category: str


@dataclass(frozen=True)
class Part:
    """One part of the grammar: words by slot (`"+adj"`, `"-adj"`, …, `"thing"`), patterns by category."""

    words: Mapping[str, tuple[str, ...]]
    patterns: Mapping[str, tuple[str, ...]]
    frames: tuple[str, ...] = ("{phrase}",)


def _words(**slots: str) -> dict[str, tuple[str, ...]]:
    """`good_adj="good, great"` → `{"+adj": ("good", "great")}`; commas, because some nouns are phrases."""
    sign = {"good": "+", "bad": "-"}
    named = {}
    for name, listed in slots.items():
        side, _, slot = name.partition("_")
        named[sign[side] + slot if side in sign else name] = tuple(word.strip() for word in listed.split(","))
    return named


TRAIN = Part(
    words=_words(
        good_adj="good, great, funny, excellent, brilliant, clever, charming, beautiful, touching, moving, entertaining,"
        " gripping, fresh, smart, witty, superb, delightful, hilarious, thrilling, powerful, enjoyable, lovely, sweet,"
        " fascinating, engaging, honest, warm, inspired, believable, convincing, memorable, stunning, fun, impressive,"
        " exciting, perfect, sincere, imaginative, amusing, intelligent, satisfying, worthwhile, watchable, likable",
        bad_adj="terrible, boring, stupid, dull, horrible, dreadful, lame, ridiculous, predictable, annoying, silly,"
        " pathetic, weak, slow, cheap, tedious, pointless, bland, laughable, poor, ugly, confusing, pretentious, shallow,"
        " disappointing, unfunny, forgettable, lifeless, clumsy, empty, lazy, messy, painful, irritating, unconvincing,"
        " uninspired, wooden, sloppy, flat, offensive, tiresome, embarrassing, awkward, cheesy, repetitive, depressing",
        good_noun="masterpiece, gem, classic, joy, delight, triumph, treat, success, jewel, miracle, good film,"
        " great story, work of art, beautiful movie, brilliant idea, fine effort",
        bad_noun="mess, disaster, bore, failure, joke, mistake, disgrace, turkey, travesty, chore, weak film, stupid story,"
        " piece of junk, boring movie, terrible idea, lame effort",
        good_verb="love, like, enjoy, admire, praise",
        bad_verb="hate, regret, despise, avoid, mock",
        good_past="loved, liked, enjoyed, admired, praised",
        bad_past="hated, regretted, despised, avoided, mocked",
        int="very, really, so, extremely, quite, absolutely, truly, particularly, especially",
        degree="very, really, too, so, that, all that, particularly, quite",
        thing="film, movie, story, plot, acting, script, cast, music, ending, first half, show, hero, book, idea,"
        " director, camera, humour",
        things="actors, scenes, jokes, characters, dialogues, songs",
        are="are, were, seem, look, feel, sound",
        who="i, we, you, they, people, my friends, the audience, she, he",
        be="is, was, seems, seemed, looks, feels, felt, sounds, gets, will be",
        be_not="is not, was not, isn't, wasn't, does not look, doesn't feel, did not sound, never gets, is never, was never,"
        " won't be, will not become, could not be, can't be called, didn't get",
        do_not="do not, did not, don't, didn't, never, could not, can't, won't, will not, would never, should not, would not",
        call="call it, think it is, find it, believe it is, consider it, say it was",
        nobody="nobody, no one, none of us, no critic",
        finds="finds it, found it, calls it, thinks it is, will find this",
        but="but, but, but, yet, however, but still, and yet, but then",
        link="and, and also, and so, while",
    ),
    patterns={
        "plain": (
            "{+adj}",
            "it {be} {+adj}",
            "a {+adj} {thing}",
            "the {thing} {be} {+adj}",
            "the {thing} {be} {+adj} {link} the {thing} {be} {+adj}",
            "{who} {+past} it",
            "{who} {+past} the {thing}",
            "a {+noun}",
            "what a {+noun}",
            "{+adj} and {+adj}",
            "{+adj}, {+adj}, {+adj}",
            "you will {+verb} it",
            "one {+adj} {thing} after another",
            "{who} {finds} {+adj}",
            "the {things} {are} {+adj}",
        ),
        "intensifier": (
            "{int} {+adj}",
            "the {thing} {be} {int} {+adj}",
            "a {int} {+adj} {thing}",
            "it {be} {int} {int} {+adj}",
            "{who} {int} {+past} it",
        ),
        "negation": (
            "not {-adj}",
            "not {degree} {-adj}",
            "it {be_not} {-adj}",
            "it {be_not} {degree} {-adj}",
            "the {thing} {be_not} {-adj}",
            "the {thing} {be_not} {-adj} at all",
            "{who} {do_not} {call} {-adj}",
            "{who} {do_not} {call} a {-noun}",
            "{who} {do_not} {-verb} it",
            "{who} {do_not} {-verb} the {thing}",
            "the {thing} {be_not} a {-noun}",
            "not a {-adj} {thing}",
            "not a {-noun}",
            "never {-adj}",
            "no {-noun}",
            "no {-noun}, no {-adj} {thing}",
            "no {-adj} {thing}",
            "nothing {-adj} here",
            "there is nothing {-adj} about the {thing}",
            "none of the {things} {are} {-adj}",
            "the {things} {are} not {-adj}",
            "not at all {-adj}",
            "hardly {-adj}",
            "neither {-adj} nor {-adj}",
            "not {-adj}, not {-adj}, just {+adj}",
            "not {-adj} and not {-adj}",
            "{nobody} {finds} {-adj}",
            "{nobody} {finds} a {-noun}",
            "{nobody} {-past} the {thing}",
            "far from {-adj}",
            "without a {-adj} moment",
            "not without {+adj} moments",
        ),
        "contrast": (
            "{-adj} {but} {+adj}",
            "a {-adj} {but} {+adj} {thing}",
            "the {thing} {be} {-adj} {but} the {thing} {be} {+adj}",
            "it {be} {-adj} {but} it {be} {+adj}",
            "{-adj} {thing} {but} {+adj} {thing}",
            "{-adj} {things} {but} {+adj} {things}",
            "{-adj}, {-adj}, {but} {+adj}",
            "{-adj} and {-adj} {but} {int} {+adj}",
            "not {-adj} but {+adj}",
            "{-adj} but not {-adj}",
            "the {thing} {be_not} {+adj} but the {thing} {be} {+adj}",
            "it {be} {-adj} {but} {who} {+past} it",
            "{who} {-past} the {thing} {but} {who} {+past} the {thing}",
            "{who} {finds} {-adj} {but} it {be} {+adj}",
            "although it {be} {-adj}, it {be} {+adj}",
            "although the {thing} {be} {-adj}, {who} {+past} it",
            "it is a {-noun} {but} {who} {+past} it",
            "a {-noun} {but} a {+noun} too",
            "not only {+adj} but also {+adj}",
            "{+adj} and {+adj} but also {+adj}",
        ),
        "started … ended": (
            "started {-adj}, ended {+adj}",
            "it started {-adj} and ended {+adj}",
            "the {thing} starts {-adj} but ends {+adj}",
            "{who} started {-adj} and ended {+adj}",
            "a {-adj} start and a {+adj} end",
            "{-adj} at first, {+adj} at the end",
            "{-adj} when it started, {+adj} when it ended",
            "it starts as a {-noun} and ends as a {+noun}",
            "started not {+adj}, ended {+adj}",
        ),
    },
    frames=(
        "{phrase}",
        "{phrase}",
        "{phrase}",
        "{phrase}!",
        "well, {phrase}",
        "honestly {phrase}",
        "i think {phrase}",
        "to me {phrase}",
        "overall {phrase}",
        "{phrase} in my opinion",
        "{phrase} i must say",
        "i saw it yesterday, {phrase}",
        "this {thing}: {phrase}",
        "{phrase} for a {thing}",
        "{phrase}, as {who} said",
        "watch the {thing}: {phrase}",
    ),
)

DEVELOPMENT = Part(
    words=_words(
        good_adj="fantastic, terrific, magnificent, compelling, refreshing, riveting, captivating, gorgeous,"
        " heartwarming, thoughtful, elegant, fabulous",
        bad_adj="lousy, atrocious, idiotic, horrid, contrived, incoherent, appalling, dreary, stale, worthless,"
        " preposterous, muddled",
        good_noun="pleasure, winner, treasure, marvel",
        bad_noun="flop, dud, stinker, nightmare",
        good_verb="appreciate, cherish",
        bad_verb="loathe, dread",
        good_past="appreciated, adored",
        bad_past="loathed, dreaded",
        int="thoroughly, remarkably, genuinely, deeply",
        thing="production, comedy, drama, thriller",
    ),
    patterns={
        "plain": ("this {thing} turned out {+adj}", "every scene is {+adj}", "truly a {+noun} from start to finish"),
        "intensifier": ("i found it {int} {+adj}", "one {int} {+adj} {thing}"),
        "negation": (
            "there was not one {-adj} scene",
            "the {thing} was never {int} {-adj}",
            "this is not exactly a {-noun}",
            "nobody could say the {thing} was {-adj}",
            "no {-adj} scenes in this {thing}",
            "by no means {-adj}",
        ),
        "n't": (
            "the jokes weren't {-adj}",
            "you can't say it's {-adj}",
            "we couldn't {-verb} that {thing}",
            "this doesn't feel {-adj}",
        ),
        "contrast": (
            "some of it is {-adj} but on the whole it is {+adj}",
            "i was told it was {-adj} but it turned out {+adj}",
            "{-adj} effects, {-adj} costumes, but a {+adj} {thing}",
            "it may sound {-adj} but believe me it is {+adj}",
            "though the {thing} is {-adj} the rest is {+adj}",
        ),
        "started … ended": (
            "it started out {-adj} but it became {+adj}",
            "{-adj} in the beginning but {+adj} when it ended",
            "the {thing} started like a {-noun} and ended up {+adj}",
        ),
    },
)

HELD_OUT = Part(
    words=_words(
        good_adj="wonderful, amazing, awesome, outstanding, marvelous, splendid, exquisite, masterful, haunting,"
        " remarkable, breathtaking, flawless, mesmerizing, insightful, poignant, uplifting, extraordinary, exceptional,"
        " phenomenal, unforgettable",
        bad_adj="bad, awful, mediocre, abysmal, unwatchable, dumb, crappy, corny, insulting, amateurish, inept, ludicrous,"
        " nonsensical, trite, unbearable, insipid, miserable, unoriginal, mindless, uninteresting",
        good_noun="landmark, feast, achievement, knockout, revelation",
        bad_noun="waste of time, letdown, disappointment, fiasco, embarrassment",
        good_verb="recommend, adore, respect",
        bad_verb="dislike, resent, condemn",
        good_past="recommended, treasured, respected",
        bad_past="disliked, dismissed, condemned",
        int="incredibly, utterly, completely, totally, exceptionally",
        thing="picture, dialogue, soundtrack, direction, performance, sequel",
    ),
    patterns={
        "plain": (
            "from the opening scene the {thing} is {+adj}",
            "pure {+adj} cinema",
            "my friends all {+past} this",
            "you are looking at a {+noun}",
        ),
        "intensifier": (
            "how {int} {+adj} this {thing} was",
            "{int} and {int} {+adj}",
            "the {thing} alone is {int} {+adj}",
        ),
        "negation": (
            "the {thing} did not seem {-adj} to us",
            "this was not {-adj} for one second",
            "watching this was not a {-noun}",
            "at no point does the {thing} become {-adj}",
            "not once was i thinking this is {-adj}",
            "no one who sees this will {-verb} it",
            "there is not a single {-adj} line in the {thing}",
            "never did the {thing} look {-adj} or {-adj}",
        ),
        "n't": (
            "surely that wasn't a {-noun}",
            "it doesn't get {-adj} or {-adj}",
            "my wife didn't find the {thing} {-adj}",
            "critics shouldn't {-verb} such a {thing}",
            "that {thing} hasn't become {-adj} with age",
        ),
        "contrast": (
            "the trailer was {-adj} but the real thing is {+adj}",
            "we expected something {-adj} but got something {+adj}",
            "even though the critics found it {-adj} we {+past} it",
            "my brother calls it {-adj} but my own verdict is {+adj}",
            "{-adj} on paper but {+adj} on screen",
            "sure, the {thing} is {-adj}, but who cares when everything else is {+adj}",
            "i wanted to {-verb} it but it is {int} {+adj}",
        ),
        "started … ended": (
            "what started as something {-adj} ended as something {+adj}",
            "it started off {-adj}, went on for two hours and ended {+adj}",
            "after the {thing} started {-adj} i was surprised how {+adj} it ended",
            "the series started with a {-noun} and ended with a {+noun}",
        ),
    },
)

PARTS: Mapping[str, Part] = {"train": TRAIN, "development": DEVELOPMENT, "held_out": HELD_OUT}


# Written by hand, before any model had read them; no pattern above makes one of these.
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
negation | not good
negation | not very good
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


def fill(pattern: str, positive: bool, part: Part, rng: random.Random) -> str:
    """Write one phrase: every slot of `pattern` gets a word of `part`, chosen by `rng`.

    A word is used once in a phrase as long as there are others, and "a" becomes "an" where English wants it.
    """
    used: set[str] = set()

    def choose(slot: re.Match[str]) -> str:
        name = slot[1]
        if name[0] in "+-":
            agrees = (name[0] == "+") == positive
            name = ("+" if agrees else "-") + name[1:]
        fresh = [word for word in part.words[name] if word not in used] or list(part.words[name])
        word = rng.choice(fresh)
        used.add(word)
        return word

    text = re.sub(r"\{([+-]?\w+)\}", choose, pattern)
    return re.sub(r"\ba (?=[aeiou])", "an ", text)


def sample(part: Part, count: int, rng: random.Random) -> list[Phrase]:
    """`count` phrases by chance: category, pattern, verdict and words are drawn evenly, then a frame is put round them."""
    categories = list(part.patterns)
    phrases = []
    for _ in range(count):
        category = rng.choice(categories)
        positive = rng.random() < 0.5
        text = fill(rng.choice(part.patterns[category]), positive, part, rng)
        frame = rng.choice(part.frames).replace("{phrase}", text)
        phrases.append(Phrase(fill(frame, positive, part, rng), positive, category))
    return phrases


def sentiment_words(part: Part) -> tuple[str, ...]:
    """The words of a part that carry its verdicts, those inside phrases ("work of art") one by one; sorted."""
    slots = (words for slot, words in part.words.items() if slot[0] in "+-")
    return tuple(sorted({word for words in slots for phrase in words for word in phrase.split()}))


def measuring_set(name: str, per_pattern: int = 10, seed: int = 0) -> tuple[Phrase, ...]:
    """The fixed phrases of a part ("development", "held_out", …): every pattern `per_pattern` times for each verdict.

    "hand_written" gives the list written by hand. Raises `InputError` for any other name.
    """
    if name == "hand_written":
        return HAND_WRITTEN
    if name not in PARTS:
        raise InputError(
            f"there is no set of phrases named {name!r}; choose from {', '.join((*PARTS, 'hand_written'))}"
        )
    part, rng = PARTS[name], random.Random(seed)
    return tuple(
        Phrase(fill(pattern, positive, part, rng), positive, category)
        for category, patterns in part.patterns.items()
        for pattern in patterns
        for positive in (True, False)
        for _ in range(per_pattern)
    )
