"""The two parts of the grammar that no network is trained on.

`DEVELOPMENT` was looked at while recipes and the training part were made; of `HELD_OUT` only accuracies were seen,
never a mistake. They share with the training part function words and nothing else. Their sentiment words were
chosen before any result was seen, but for a few verbs that lean nowhere in the training reviews (*dread*, *condemn*):
from those a network can't know them. Left out: words that the vocabulary of the shipped models doesn't know.
"""

from rnn_core.phrases.parts import Part, words

DEVELOPMENT = Part(
    words=words(
        good_adj="fantastic, terrific, magnificent, compelling, refreshing, riveting, captivating, gorgeous,"
        " heartwarming, thoughtful, elegant, fabulous",
        bad_adj="lousy, atrocious, idiotic, horrid, contrived, incoherent, appalling, dreary, stale, worthless,"
        " preposterous, muddled",
        good_noun="pleasure, winner, treasure, marvel",
        bad_noun="flop, dud, stinker, nightmare",
        good_verb="appreciate, cherish",
        bad_verb="loathe, endure",
        good_past="appreciated, adored",
        bad_past="loathed, endured",
        int="thoroughly, remarkably, genuinely, deeply",
        thing="production, comedy, drama, thriller",
    ),
    patterns={
        "plain": (
            "this {thing} turned out {+adj}",
            "every scene is {+adj}",
            "truly a {+noun} from start to finish",
            "everyone at home {+past} it",
        ),
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
            "the {thing} started out a {-noun} and ended up {+adj}",
        ),
    },
)

HELD_OUT = Part(
    words=words(
        good_adj="wonderful, amazing, awesome, outstanding, marvelous, splendid, exquisite, masterful, haunting,"
        " remarkable, breathtaking, flawless, mesmerizing, insightful, poignant, uplifting, extraordinary,"
        " exceptional, phenomenal, unforgettable",
        bad_adj="bad, awful, mediocre, abysmal, unwatchable, dumb, crappy, corny, insulting, amateurish, inept,"
        " ludicrous, nonsensical, trite, unbearable, insipid, miserable, unoriginal, mindless, uninteresting",
        good_noun="landmark, achievement, knockout, revelation",
        bad_noun="waste of time, letdown, disappointment, fiasco, embarrassment",
        good_verb="recommend, adore, relish",
        bad_verb="skip, trash, walk out of",
        good_past="recommended, treasured, applauded",
        bad_past="skipped, slept through, walked out of",
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
