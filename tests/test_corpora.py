import io
import tarfile
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from rnn_core import corpora, generated_reviews, imdb, phrases, text_pipeline
from rnn_core.errors import DataMissingError, InputError
from rnn_core.recipes import Spec, make_spec

DECIDING = {word for words in generated_reviews.DECIDING_WORDS.values() for word in words}
GRAMMAR = make_spec("classroom", "gru", corpus="grammar", reviews=300)


def tokens_of(text):
    return text_pipeline.tokenize(text, text_pipeline.MODEL_SPEC)


# Reviews that the grammar writes


@pytest.mark.parametrize("distance", [0, 1, 2, 3, 4, 5, 17, 60, 400])
def test_the_deciding_word_stands_where_it_should(distance):
    for text, label in generated_reviews.write(60, distance, seed=distance):
        tokens = tokens_of(text)
        (place,) = [place for place, token in enumerate(tokens) if token in DECIDING]
        assert len(tokens) - 1 - place == distance, text
        assert 9 <= place <= 29
        assert tokens[place] in generated_reviews.DECIDING_WORDS[label]


def test_nothing_but_the_deciding_word_tells_the_label():
    """No word outside of it judges, and how often each occurs doesn't depend on the label."""
    written = generated_reviews.write(3_000, 12, seed=5)
    counts = {0: Counter(), 1: Counter()}
    for text, label in written:
        counts[label].update(token for token in set(tokens_of(text)) if token not in DECIDING)
    words = sorted(set(counts[0]) | set(counts[1]))
    slots = [word for slot, listed in phrases.TRAIN.words.items() if slot[0] in "+-" for word in listed]
    assert not set(words) & {word for word in slots if " " not in word}
    odd = [
        word
        for word in words
        if chi2_contingency([[counts[label][word], 1_500 - counts[label][word]] for label in (0, 1)]).pvalue < 1e-5
    ]
    assert odd == []


def test_classes_are_balanced_and_no_text_is_there_twice():
    train, test = generated_reviews.both_splits(1_000, 3, seed=1)
    assert [sum(label for _, label in split) for split in (train, test)] == [500, 1_000]
    assert [label for _, label in train] == [0] * 500 + [1] * 500
    texts = [text for text, _ in (*train, *test)]
    assert len(set(texts)) == len(texts) == 1_000 + generated_reviews.TEST_REVIEWS
    fewer, same = generated_reviews.both_splits(200, 3, seed=1)
    assert same == test
    assert set(fewer) < set(train)
    most, _ = generated_reviews.both_splits(25_000, 0, seed=1)
    assert len(most) == generated_reviews.TRAINING_REVIEWS


def test_it_reads_like_english():
    for text, _ in generated_reviews.write(50, 20, seed=0):
        assert text[0].isupper()
        assert text.endswith(".")
        assert not {" i ", "  ", "{", ".."} & {text[at : at + size] for at in range(len(text)) for size in (1, 2, 3)}


def test_a_distance_below_zero_is_refused():
    with pytest.raises(InputError, match="the distance must be at least 0, got -1"):
        generated_reviews.write(1, -1, seed=0)
    with pytest.raises(InputError, match="max_tokens must be above the distance of the deciding word, 60"):
        replace(GRAMMAR, distance=60, max_tokens=60)


# Loading


def test_generated_reviews_are_encoded_with_their_texts():
    dataset = corpora.load(GRAMMAR)
    assert (len(dataset.train), len(dataset.test)) == (300, generated_reviews.TEST_REVIEWS)
    for reviews in (dataset.train, dataset.test):
        for row in (0, len(reviews) - 1):
            tokens = tokens_of(reviews.texts[row])
            assert dataset.vocabulary.encode(tokens).tolist() == reviews[row].tolist()
    assert corpora.load(replace(GRAMMAR, seed=7, architecture="rnn")) is dataset
    assert corpora.load(replace(GRAMMAR, distance=3)) is not dataset
    shorter = corpora.load(replace(GRAMMAR, pipeline=text_pipeline.Spec(keep_negations=True)))
    assert "the" not in shorter.vocabulary
    assert "the" in dataset.vocabulary


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """400 training reviews and eight test reviews, laid out as ACL-IMDB; each names its number."""
    path = tmp_path_factory.mktemp("imdb") / "reviews.tar.gz"
    with tarfile.open(path, mode="w:gz") as written:
        for split, count in (("train", 200), ("test", 4)):
            for label in ("neg", "pos"):
                for number in range(count):
                    content = f"The {number}th film of the {split}ing half, café and all.".encode()
                    member = tarfile.TarInfo(f"aclImdb/{split}/{label}/{number}_1.txt")
                    member.size = len(content)
                    written.addfile(member, io.BytesIO(content))
    return path


def numbers(dataset, reviews):
    """What each review says its number is."""
    read = (dataset.vocabulary.decode(review) for review in reviews)
    return [next(int(word.removesuffix("th")) for word in words if word[0].isdigit()) for words in read]


def test_part_of_the_reviews_in_runs_of_neighbours(archive):
    whole = corpora.load(Spec(reviews=400), source=archive)
    part = corpora.load(Spec(reviews=201), source=archive)
    assert (len(whole.train), len(part.train), len(part.test)) == (400, 200, 8)
    assert part.vocabulary == whole.vocabulary
    assert np.bincount(part.train.labels).tolist() == [100, 100]
    for label in (0, 1):
        rows = np.flatnonzero(part.train.labels == label)
        taken = numbers(part, [part.train[row] for row in rows])
        assert np.count_nonzero(np.diff(taken) != 1) <= 1  # two runs of fifty, or one of a hundred
        assert len(set(taken)) == 100
    again = corpora.load(Spec(reviews=201, seed=9), source=archive)
    assert np.array_equal(again.train.ids, part.train.ids)
    assert part.test.texts[5] == "The 1th film of the testing half, café and all."


def test_the_source_of_the_environment_is_read_and_tells_how_far_it_is(archive, monkeypatch, tmp_path):
    monkeypatch.setenv("UNFOLD_CACHE", str(tmp_path))
    monkeypatch.setenv("UNFOLD_IMDB", str(archive))
    told = []
    assert len(corpora.load(Spec(), lambda done, total: told.append((done, total))).train) == 400
    assert told == [(408, 408)]
    assert len(corpora.load(Spec(reviews=10)).train) == 10


def test_reviews_that_are_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("UNFOLD_CACHE", str(tmp_path))
    monkeypatch.delenv("UNFOLD_IMDB", raising=False)
    with pytest.raises(DataMissingError, match="the film reviews are not on this machine"):
        corpora.load(Spec())


def test_leaving_while_reviews_are_encoded(archive, monkeypatch, tmp_path):
    monkeypatch.setenv("UNFOLD_CACHE", str(tmp_path))

    def leave(_done, _total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        corpora.load(Spec(), leave, archive)


def test_held_out_reviews_are_no_part_of_what_is_learnt():
    dataset = corpora.load(GRAMMAR)
    learn, held_out = corpora.split_training(replace(GRAMMAR, validation=60), dataset)
    assert sorted([*learn, *held_out]) == list(range(300))
    assert dataset.train.labels[held_out].sum() == 30
    everything, nothing = corpora.split_training(replace(GRAMMAR, validation=0), dataset)
    assert (len(everything), len(nothing)) == (300, 0)


def test_texts_of_the_test_reviews_are_mapped(archive):
    texts = imdb.load_imdb(imdb.Spec(archive)).test.texts
    assert isinstance(texts.bytes, np.memmap)
    assert [texts[row] for row in range(8)] == [text for text, _ in imdb.raw_texts(archive, "test")]
