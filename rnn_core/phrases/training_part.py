"""The part of the grammar that is mixed into training batches.

Its lists are long because a network should learn what *not* does to any word, not to these words. Every sentiment word
occurs in the reviews on the side that it stands for. The last slots are neutral; they put distance between
the words that matter, as people do. Left out: every sentiment word and pattern of the parts that are measured.
"""

from rnn_core.phrases.parts import Part, words

TRAIN = Part(
    words=words(
        good_adj="good, great, funny, excellent, brilliant, clever, charming, beautiful, touching, moving, fresh,"
        " smart, entertaining, gripping, witty, superb, delightful, hilarious, thrilling, powerful, enjoyable,"
        " lovely, sweet, fascinating, engaging, honest, warm, inspired, believable, convincing, memorable,"
        " stunning, fun, impressive, exciting, perfect, sincere, imaginative, amusing, intelligent,"
        " satisfying, worthwhile, likable, timeless, understated, delicate, tender, gentle, vivid, energetic,"
        " sublime, sensitive, inspiring, dazzling, intense, unique, glorious, spectacular, ingenious,"
        " inventive, solid, surprising, colorful, lively, harrowing, crisp, strong, tight, realistic, daring,"
        " sharp, emotional, endearing, stylish, romantic, lush, effective, profound, charismatic, authentic,"
        " quirky, suspenseful, genuine, bold, wise, rich, intriguing, absorbing, affecting",
        bad_adj="terrible, boring, stupid, dull, horrible, dreadful, lame, ridiculous, predictable, annoying, silly,"
        " pathetic, weak, slow, cheap, tedious, pointless, bland, laughable, poor, ugly, confusing,"
        " pretentious, shallow, disappointing, unfunny, forgettable, lifeless, clumsy, empty, lazy, messy,"
        " painful, irritating, wooden, sloppy, unconvincing, uninspired, flat, offensive, tiresome,"
        " embarrassing, awkward, cheesy, repetitive, depressing, hopeless, frustrating, crude, artificial,"
        " nasty, vile, childish, obvious, tired, juvenile, vulgar, gross, unsatisfying, misguided,"
        " implausible, tacky, soulless, irrelevant, stilted, unnecessary, phony, murky, dismal, overlong,"
        " unrealistic, unlikable, clueless, absurd, rotten, generic, senseless, grating, pedestrian,"
        " illogical, fake, meaningless, tasteless, obnoxious, hideous, lackluster, useless, shoddy, pitiful,"
        " wretched, inane",
        good_noun="masterpiece, gem, classic, joy, delight, triumph, treat, success, jewel, miracle, celebration,"
        " sensation, hoot, gift, good film, great story, work of art, beautiful movie, fine effort",
        bad_noun="mess, disaster, bore, failure, joke, mistake, disgrace, turkey, travesty, chore, catastrophe,"
        " abomination, insult, bomb, headache, weak film, stupid story, piece of garbage, boring movie, lame"
        " effort",
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
        be_not="is not, was not, isn't, wasn't, does not look, doesn't feel, did not sound, never gets, is never,"
        " was never, won't be, will not become, could not be, can't be called, didn't get",
        do_not="do not, did not, don't, didn't, never, could not, can't, won't, will not, would never, should not,"
        " would not",
        call="call it, think it is, find it, believe it is, consider it, say it was",
        nobody="nobody, no one, none of us, no critic",
        finds="finds it, found it, calls it, thinks it is, will find this",
        but="but, but, but, yet, however, but still, and yet, but then",
        link="and, and also, and so, as",
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
            "{nobody} in the {thing} {be} {-adj}",
            "not one of the {things} {are} {-adj}",
            "i can see nothing {-adj} in it",
            "there was never a time when the {thing} {be} {-adj}",
            "no matter what they say it {be_not} {-adj}",
            "not even the {thing} {be} {-adj}",
            "{who} {do_not} have a {-adj} time with it",
            "{who} never made a {-adj} {thing}",
            "it {be_not} the {-adj} {thing} {who} feared",
            "{nobody} in the whole cinema {-past} the {thing}",
            "it would be wrong to call it {-adj}",
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
            "although the {thing} {be} {-adj} the {thing} {be} {+adj}",
            "despite the {-adj} {thing}, {who} {+past} it",
            "despite its {-adj} {thing} it {be} {+adj}",
            "while the {thing} {be} {-adj}, the {things} {are} {+adj}",
            "{who} said it {be} {-adj} {but} it {be} {+adj}",
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
    asides=(
        *(
            "for two hours",
            "in the second half",
            "from time to time",
            "when we watched it",
            "with my family",
            "this time",
        ),
        *("in this scene", "somehow", "as far as i can see", "the whole time", "again", "here and there", "at times"),
        *(
            "for the most part",
            "if you ask me",
            "on tv",
            "late at night",
            "one day",
            "in the end",
            "these days",
            "just",
        ),
        *(
            "even",
            "ever",
            "in any way",
            "about it",
            "to be",
            "that",
            "there",
            "then",
            "to watch",
            "you know",
            "at home",
        ),
        *("really", "in a way", "any more", "so", "as such", "to us", "they say", "over and over"),
    ),
)
