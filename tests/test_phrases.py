import random
import re
from collections import Counter

import pytest

from rnn_core import phrases
from rnn_core.checkpoints import load_model
from rnn_core.errors import DataMissingError, InputError
from rnn_core.phrases import DEVELOPMENT, HAND_WRITTEN, HELD_OUT, PARTS, TRAIN, fill, measuring_set, sample
from rnn_core.text_pipeline import MODEL_SPEC, tokenize

# What may stand in several parts: words of phrases ("work of art") that say nothing of the verdict.
GLUE = {"of", "time", "out", "through", "film", "story", "movie", "piece"}
PAIRS = [("train", "development"), ("train", "held_out"), ("development", "held_out")]


def skeleton(pattern):
    """A pattern with all its slots alike, so that another name for a slot doesn't make it another pattern."""
    return re.sub(r"\{[^}]*\}", "_", pattern)


def patterns(part):
    return {pattern for listed in part.patterns.values() for pattern in listed}


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_parts_share_no_sentiment_word(first, second):
    words, others = set(phrases.sentiment_words(PARTS[first])), set(phrases.sentiment_words(PARTS[second]))
    assert words & others <= GLUE
    # Nor does a word of one part stand in a pattern or a neutral slot of the other.
    for one, other in ((words, PARTS[second]), (others, PARTS[first])):
        spoken = " ".join([*patterns(other), *other.frames, *(word for slot in other.words.values() for word in slot)])
        assert (one - GLUE) & set(re.sub(r"\{[^}]*\}", " ", spoken).split()) == set()


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_parts_share_no_pattern(first, second):
    one, other = ({skeleton(pattern) for pattern in patterns(PARTS[name])} for name in (first, second))
    assert one & other == set()


@pytest.mark.parametrize("name", ["development", "held_out", "hand_written"])
def test_measured_phrases_are_never_generated_for_training(name):
    generated = {phrase.text.lower() for phrase in sample(TRAIN, 50_000, random.Random(0))}
    assert [phrase for phrase in measuring_set(name) if phrase.text.lower() in generated] == []


@pytest.mark.parametrize("name", [*PARTS, "hand_written"])
def test_sets_are_balanced_and_the_same_each_time(name):
    kept = measuring_set(name)
    assert kept == measuring_set(name)
    assert sum(phrase.positive for phrase in kept) * 2 == len(kept)
    if name != "hand_written":
        assert kept != measuring_set(name, seed=1)
        for category, listed in PARTS[name].patterns.items():
            counted = Counter(phrase.positive for phrase in kept if phrase.category == category)
            assert counted == {True: 10 * len(listed), False: 10 * len(listed)}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_every_slot_has_words_and_every_list_is_used(part):
    slots = {slot for pattern in (*patterns(part), *part.frames) for slot in re.findall(r"\{([^}]*)\}", pattern)}
    wanted = {sign + slot.lstrip("+-") for slot in slots - {"phrase"} for sign in ("+-" if slot[0] in "+-" else [""])}
    assert wanted == set(part.words)
    for listed in part.words.values():
        assert all(listed)
    for slot in {slot.lstrip("+-") for slot in part.words}:
        assert not set(part.words.get("+" + slot, ())) & set(part.words.get("-" + slot, ()))


def test_fill_follows_the_verdict():
    rng = random.Random(0)
    for positive, agrees, against in ((True, "+adj", "-adj"), (False, "-adj", "+adj")):
        for _ in range(20):
            first, second = fill("{-adj}|{+adj}", positive, TRAIN, rng).split("|")
            assert first in TRAIN.words[against]
            assert second in TRAIN.words[agrees]
            assert len(set(fill("{+adj}|{+adj}|{+adj}", positive, TRAIN, rng).split("|"))) == 3


def test_fill_writes_an_before_vowels():
    texts = {fill("a {-adj} film", False, TRAIN, random.Random(seed)) for seed in range(300)}
    assert "an excellent film" in texts
    assert "a great film" in texts
    assert not any(re.search(r"\b(a [aeiou]|an [^aeiou])", text) for text in texts)


def test_sample_is_deterministic_even_and_writes_every_pattern():
    assert sample(TRAIN, 50, random.Random(4)) == sample(TRAIN, 50, random.Random(4))
    drawn = sample(TRAIN, 20_000, random.Random(0))
    assert 0.48 < sum(phrase.positive for phrase in drawn) / len(drawn) < 0.52
    counts = Counter(phrase.category for phrase in drawn)
    share = {category: len(listed) / len(patterns(TRAIN)) for category, listed in TRAIN.patterns.items()}
    assert {category: counts[category] / len(drawn) for category in share} == pytest.approx(share, abs=0.02)
    assert not any("{" in phrase.text for phrase in drawn)


def test_categories_are_those_that_were_asked_for():
    asked = {"plain", "intensifier", "negation", "n't", "contrast", "started … ended"}
    assert asked == {phrase.category for phrase in HAND_WRITTEN}
    assert asked == set(HELD_OUT.patterns) == set(DEVELOPMENT.patterns)
    assert len(HAND_WRITTEN) >= 60


def test_unknown_set():
    with pytest.raises(InputError, match="no set of phrases named 'all'"):
        measuring_set("all")


def shipped(name):
    try:
        return load_model(name)
    except DataMissingError as error:
        pytest.fail(str(error))


def accuracy(model, kept):
    from rnn_core.prediction import predict

    found = predict(model, [phrase.text for phrase in kept])
    return sum((one.probability > 0.5) == phrase.positive for one, phrase in zip(found, kept, strict=True)) / len(kept)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_shipped_networks_know_every_word_of_the_measures(name):
    model = shipped(name)
    words = {word for part in (DEVELOPMENT, HELD_OUT) for slot in part.words.values() for word in slot}
    unknown = {token for word in words for token in tokenize(word, MODEL_SPEC) if token not in model.vocabulary}
    assert unknown == set()


@pytest.mark.parametrize("name", ["lstm", "gru"])
@pytest.mark.parametrize("seed", [0, 1])
def test_shipped_networks_read_held_out_phrases(name, seed):
    """Seed 0 is the set of the record; the other draws other words into the same patterns."""
    assert accuracy(shipped(name), measuring_set("held_out", seed=seed)) >= 0.85


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_shipped_networks_read_what_people_write(name):
    assert accuracy(shipped(name), HAND_WRITTEN) >= 0.85


@pytest.mark.parametrize("name", ["lstm", "gru"])
@pytest.mark.parametrize(
    ("text", "positive"),
    [("not bad", True), ("not a waste of time", True), ("good", True), ("a waste of time", False), ("not good", False)],
)
def test_golden_texts(name, text, positive):
    from rnn_core.prediction import predict

    (found,) = predict(shipped(name), [text])
    assert (found.probability > 0.5) == positive


def test_golden_texts_are_not_trained_on():
    """No word that decides them stands in the training part, but for *good*."""
    assert {"bad", "waste"} & set(phrases.sentiment_words(TRAIN)) == set()
