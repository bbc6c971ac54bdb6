import itertools
import json
import math
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rnn_core import nltk_data, tagging
from rnn_core.config import ASSETS_DIR
from rnn_core.edits import parse_edits
from rnn_core.errors import DataMissingError, InputError
from rnn_core.plots.tagging import deck_word, figure_preview, figure_trellis
from rnn_core.tagging import (
    Spec,
    brown,
    counts,
    examples,
    load_tagger,
    measure,
    sentences,
    tables,
    tagger,
    trace_tagging,
    words,
)
from rnn_core.tagging.accuracy import split_by_sentence, split_by_text
from rnn_core.tagging.tags import CODES, INDEX, TAGS
from rnn_core.tagging.trace import MAX_WORDS

PAGES_DIR = Path(__file__).resolve().parent.parent / "pages"
RECORD = ASSETS_DIR / "tagger" / "brown.json"
MAP = "AT\tDET\nNN\tNOUN\nNN-TL\tNOUN\nVBD\tVERB\n.\t.\n``\t.\n"
SENTENCES = "\n\n\tThe/at dog/nn barked/vbd ./.\n\n\n\t``/`` Dog/nn-tl 1//nn barked/vbd ./.\n"


@pytest.fixture(scope="module")
def shipped():
    """The tagger that comes with the project."""
    return load_tagger()


@pytest.fixture(scope="session")
def texts(shared_data):
    """The Brown corpus, or a skipped test."""
    folder = shared_data / "nltk_data"
    if not (folder / "corpora" / "brown.zip").is_file():
        pytest.skip(f"needs {folder / 'corpora' / 'brown.zip'}")
    return brown.read_brown(folder)


def tags_of(found: tagger.Tagged) -> list[str]:
    return [CODES[tag] for tag in found.path]


def learned(*lines: str) -> tagger.Tagger:
    """A tagger that has read lines of word/TAG."""
    pairs = [tuple(pair.rpartition("/")[::2] for pair in line.split()) for line in lines]
    return tagger.Tagger(counts.count([tuple((word, INDEX[tag]) for word, tag in line) for line in pairs]))


# Probabilities


@pytest.mark.parametrize(
    "sentence", ["they can fish", "The old man the boats", "gimble", "Will will will .", "run run"]
)
def test_tags_and_probabilities_are_those_of_all_paths_written_out(shipped, sentence) -> None:
    sentence = sentence.split()
    scores = shipped.log_likelihoods([sentence])
    likely = [np.argsort(-row)[:6] for row in scores]  # the rest is impossible for practical purposes: checked below
    paths = np.array(list(itertools.product(*(row.tolist() for row in likely))))
    logs = np.log(shipped.start)[paths[:, 0]] + scores[0, paths[:, 0]]
    for t in range(1, len(sentence)):
        logs = logs + np.log(shipped.transitions)[paths[:, t - 1], paths[:, t]] + scores[t, paths[:, t]]
    found = shipped.tag([sentence])
    best = int(logs.argmax())
    assert found.path.tolist() == paths[best].tolist()
    total = float(np.logaddexp.reduce(logs))
    assert found.log_probability[0] == pytest.approx(logs[best] - total, abs=0.02)
    weights = np.exp(logs - total)
    for t in range(len(sentence)):
        for tag in likely[t]:
            own = float(weights[paths[:, t] == tag].sum())
            assert found.posteriors[t, tag] == pytest.approx(own, abs=0.02)


def test_every_path_of_two_words_exactly(shipped) -> None:
    """All 144 paths, with the transition to the end of the sentence as it was counted."""
    pair = ["her", "duck"]
    first, second = (
        np.log(shipped.evidence(word, opens).probabilities) for word, opens in (("her", True), ("duck", 0))
    )
    edge = counts.EDGE
    pairs = shipped.counts.transitions.astype(float)
    kinds, into = (pairs > 0).sum(axis=1, keepdims=True), pairs.sum(axis=0) + 1
    steps = np.log((pairs + kinds * into / into.sum()) / (pairs.sum(axis=1, keepdims=True) + kinds))
    prior = np.log(into[:edge] / into[:edge].sum())
    joint = (
        (steps[edge, :edge] + first - prior)[:, None]
        + steps[:edge, :edge]
        + (second - prior + steps[:edge, edge])[None, :]
    )
    joint -= np.logaddexp.reduce(joint, axis=None)
    found = shipped.tag([pair])
    assert tuple(found.path) == np.unravel_index(joint.argmax(), joint.shape)
    assert found.log_probability[0] == pytest.approx(joint.max(), abs=1e-9)
    np.testing.assert_allclose(found.posteriors, [np.exp(joint).sum(axis=1), np.exp(joint).sum(axis=0)], atol=1e-9)


def test_tables_are_distributions(shipped) -> None:
    assert shipped.start.sum() == pytest.approx(1)
    np.testing.assert_allclose(shipped.transitions.sum(axis=1), 1)
    np.testing.assert_allclose(shipped.goes_on + shipped.ends, 1)
    assert shipped.prior.sum() == pytest.approx(1)
    for table in (shipped.start, shipped.transitions, shipped.goes_on, shipped.ends, shipped.prior):
        assert (table > 0).all()
    for word in ("the", "zzz", "😀", "1961", "Xing-fu", "un-gimbly", "_", "ß", "İ", "\u0301"):
        for opens in (True, False):
            evidence = shipped.evidence(word, opens)
            assert evidence.probabilities.sum() == pytest.approx(1)
            assert (evidence.probabilities > 0).all()


def test_sentences_do_not_see_each_other(shipped) -> None:
    sentences = [["they", "can", "fish"], ["duck"], ["I", "saw", "her", "duck", "."]]
    together = shipped.tag(sentences)
    for words_of, (begin, end) in zip(sentences, ((0, 3), (3, 4), (4, 9)), strict=True):
        alone = shipped.tag([words_of])
        assert alone.path.tolist() == together.path[begin:end].tolist()
        np.testing.assert_allclose(alone.posteriors, together.posteriors[begin:end], atol=1e-9)
    assert len(shipped.tag([]).path) == 0


def test_a_word_counts_with_its_lookalikes_and_an_unknown_one_has_only_them() -> None:
    mine = learned("dogs/NOUN bark/VERB", "cats/NOUN purr/VERB", "birds/NOUN sing/VERB", "he/PRON lets/VERB go/VERB")
    unknown, known = mine.evidence("frogs"), mine.evidence("lets")
    assert (unknown.known, known.known) == (False, True)
    assert unknown.feature == "small letters|s"
    # Nine rare words in small letters: three nouns, five verbs and a pronoun; four end in -s, three of them nouns.
    nouns = (3 + 1) / (9 + 4 + 12 + 1)  # with one for every tag and for the end, of which there are four
    nouns = nouns * 26 / 21  # of the tags alone
    for of, lookalikes in ((9, 3), (4, 3)):
        nouns = (lookalikes + tagger.SHORTER_WEIGHT * nouns) / (of + tagger.SHORTER_WEIGHT)
    assert unknown.lookalikes.tolist() == [3, 1, *[0] * 10]
    assert unknown.probabilities[INDEX["NOUN"]] == pytest.approx(nouns)
    ending = known.lookalikes.sum()
    assert (known.seen.sum(), ending) == (1, 4)
    own = (1 + tagger.LOOKALIKE_WEIGHT * unknown.probabilities[INDEX["VERB"]]) / (1 + tagger.LOOKALIKE_WEIGHT)
    assert known.probabilities[INDEX["VERB"]] == pytest.approx(own)


def test_capitals_at_the_start_and_elsewhere(shipped) -> None:
    the, capital = shipped.evidence("the"), shipped.evidence("The", opens=True)
    assert capital.seen.sum() == the.seen.sum() + shipped.evidence("The").seen.sum()
    assert shipped.evidence("london").seen.tolist() == shipped.evidence("London").seen.tolist()
    assert shipped.evidence("WHEREAS").known
    assert shipped.evidence("i").probabilities.argmax() == INDEX["PRON"]  # as it is typed on phones
    assert not shipped.evidence("gimble").known
    assert words.shape("Gimble", opens=True) != words.shape("Gimble", opens=False)


# Words


@pytest.mark.parametrize(
    ("word", "opens", "name"),
    [
        ("1961", False, "digits"),
        ("$3,000.50", False, "digits"),
        ("1960s", False, "digits first"),
        ("B-52", False, "digits inside"),
        ("😀", False, "no letters"),
        ("--", True, "no letters"),
        ("gimble", False, "small letters"),
        ("well-read", False, "small letters, hyphen"),
        ("Gimble", False, "capital"),
        ("Gimble", True, "capital at the start"),
        ("NATO", False, "all capitals"),
        ("U.N.", False, "capital"),
        ("I", False, "capital"),
        ("Anglo-Saxon", False, "capital, hyphen"),
    ],
)
def test_shapes(word, opens, name) -> None:
    assert words.shape(word, opens) == name


def test_features_shrink_by_a_letter() -> None:
    assert list(words.features("Slithy", False)) == [
        *(f"capital|{end}" for end in ("lithy", "ithy", "thy", "hy", "y")),
        "capital",
    ]
    assert list(words.features("ox", False)) == ["small letters|ox", "small letters|x", "small letters"]


def test_a_sentence_opens_after_a_full_stop_and_through_quotation_marks() -> None:
    assert words.opens_of(["``", "Go", "!", "''", "She", "went", "."]) == [True, True, False, True, True, False, False]
    assert words.opens_of([]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The old man the boats.", "The old man the boats ."),
        ("Mr. Smith's dog didn't bark, did it?", "Mr. Smith's dog didn't bark , did it ?"),
        ('She said: "Go (now)!"', "She said : `` Go ( now ) ! ''"),
        ("“Well,” I said — slowly", "`` Well , '' I said -- slowly"),
        ("the boys' books cost $3.50; 1,000 of them...", "the boys' books cost $3.50 ; 1,000 of them ..."),
        ("don’t be well-read", "don't be well-read"),
        ("  two\nlines\t and\x00control ", "two lines and control"),
        ("", ""),
        (" ", ""),
        ("!!! ?", "! ! ! ?"),
        ("I ❤️ it", "I ❤️ it"),
        ("<b>bold</b>", "< b>bold</b >"),
    ],
)
def test_typed_text_is_cut_as_brown_is(shipped, text, expected) -> None:
    assert words.split_text(text, shipped.knows) == tuple(expected.split())


def test_known_words_are_not_cut(texts, shipped) -> None:
    """Held-out sentences, typed as they stand, come back nearly as they were."""
    _, held = split_by_text(texts)
    same = [
        list(words.split_text(" ".join(word for word, _ in sentence), shipped.knows)) == [word for word, _ in sentence]
        for sentence in held[:1000]
    ]
    assert np.mean(same) > 0.95


# The corpus


def corpus_in(folder, *, zipped: bool) -> None:
    files = {
        ("corpora", "brown"): {"ca01": SENTENCES, "cb02": "It/at barked/vbd", "README": "x", "cats.txt": "ca01 news"},
        ("taggers", "universal_tagset"): {"en-brown.map": MAP},
    }
    for (kind, name), content in files.items():
        (folder / kind).mkdir(parents=True)
        if zipped:
            with zipfile.ZipFile(folder / kind / f"{name}.zip", "w") as archive:
                for file, text in content.items():
                    archive.writestr(f"{name}/{file}", text)
        else:
            (folder / kind / name).mkdir()
            for file, text in content.items():
                (folder / kind / name / file).write_text(text)


@pytest.mark.parametrize("zipped", [True, False])
def test_corpus_is_read_packed_and_unpacked(tmp_path, zipped) -> None:
    corpus_in(tmp_path, zipped=zipped)
    found = brown.read_brown(tmp_path)
    assert list(found) == ["ca01", "cb02"]
    assert found["ca01"][0] == tuple(zip(("The", "dog", "barked", "."), (5, 0, 1, 11), strict=True))
    assert [word for word, _ in found["ca01"][1]] == ["``", "Dog", "1/", "barked", "."]


def test_missing_corpus_is_a_sentence_and_a_download_is_tried(tmp_path, monkeypatch) -> None:
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "brown.zip").write_bytes(b"no zip")
    with pytest.raises(DataMissingError, match=r"nltk\.downloader brown universal_tagset"):
        brown.read_brown(tmp_path)
    monkeypatch.setenv("UNFOLD_CACHE", str(tmp_path / "cache"))
    place = tmp_path / "cache" / "nltk_data"
    monkeypatch.setattr(brown, "data_folders", lambda: (place,))
    commands = []

    def offline(command, **options):
        commands.append(command[-1])
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(nltk_data.subprocess, "run", offline)
    with pytest.raises(DataMissingError):
        brown.read_brown(download=True)
    assert commands == ["brown", "universal_tagset"]

    def online(command, **_):
        if command[-1] == "brown":
            corpus_in(place, zipped=True)

    monkeypatch.setattr(nltk_data.subprocess, "run", online)
    assert list(brown.read_brown(download=True)) == ["ca01", "cb02"]


def test_brown_is_what_nltk_reads(texts, shared_data) -> None:
    """Every hundredth text, in a process of its own: NLTK is large."""
    code = (
        "import json, sys, nltk\n"
        "nltk.data.path[:] = [sys.argv[1]]\n"
        "from nltk.corpus import brown\n"
        "read = lambda name: [list(one) for one in brown.tagged_sents(name, tagset='universal')]\n"
        "print(json.dumps({name: read(name) for name in brown.fileids()[::100]}))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(shared_data / "nltk_data")], capture_output=True, text=True, check=True
    )
    found = json.loads(ran.stdout)
    assert len(found) == 5
    for name, told in found.items():
        ours = [[[word, CODES[tag]] for word, tag in one] for one in texts[name]]
        assert ours == told
    assert (len(texts), sum(len(sentence) for text in texts.values() for sentence in text)) == (500, 1_161_192)


# Accuracy, and the record


def test_splits_share_nothing_and_lose_nothing(texts) -> None:
    for split in (split_by_text, split_by_sentence):
        kept, held = split(texts)
        assert len(kept) + len(held) == 57_340
        assert 0.09 < sum(map(len, held)) / 1_161_192 < 0.11
    kept, held = split_by_text(texts)
    assert held[0] == texts["ca10"][0]
    assert held[-1] == texts["cr09"][-1]


def test_the_record_says_what_the_shipped_tables_do(texts, shipped) -> None:
    kept, held = split_by_text(texts)
    found, record = measure(shipped, held), json.loads(RECORD.read_text())
    assert found.of_all >= 0.955
    said = record["held_out"]
    assert said["accuracy"] == pytest.approx(found.of_all, abs=1e-6)
    assert said["accuracy_on_unknown_words"] == pytest.approx(found.of_unknown, abs=1e-6)
    assert (said["words"], said["right"], said["unknown_words"]) == (found.words, found.right, found.unknown_words)
    assert record["learned_from"]["words"] == sum(map(len, kept)) == shipped.counts.word_tags.sum()
    assert record["learned_from"]["different_words"] == len(shipped.counts.words)
    assert record["command"] == "python -m rnn_core train-tagger --out assets/tagger"


def test_shipped_tables_are_those_of_the_corpus(texts, shipped) -> None:
    again = counts.count(split_by_text(texts)[0])
    assert (again.words, again.features) == (shipped.counts.words, shipped.counts.features)
    for name in ("transitions", "word_tags", "feature_tags"):
        np.testing.assert_array_equal(getattr(again, name), getattr(shipped.counts, name))


def test_shipped_tables_are_small() -> None:
    assert tagger.TAGGER_FILE.stat().st_size < 3_000_000


def test_accuracy_counts_unknown_words_apart() -> None:
    mine = learned("the/DET dog/NOUN barks/VERB", "the/DET cat/NOUN purrs/VERB")
    found = measure(mine, [(("the", INDEX["DET"]), ("dog", INDEX["NOUN"])), (("xyz", INDEX["X"]),)])
    assert (found.sentences, found.words, found.unknown_words, found.unknown_right) == (2, 3, 1, 0)
    assert found.of_all == pytest.approx(2 / 3)
    assert math.isnan(measure(mine, [(("the", INDEX["DET"]),)]).of_unknown)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The old man the boats .", "DET ADJ NOUN DET NOUN ."),  # what it does; a reader finds DET NOUN VERB DET NOUN
        ("I saw her duck .", "PRON VERB DET NOUN ."),
        ("they can fish", "PRON VERB NOUN"),
        ("He did not refuse to permit the refuse", "PRON VERB ADV VERB PRT VERB DET NOUN"),
        ("She quickly counted two big red buses", "PRON ADV VERB NUM ADJ ADJ NOUN"),
    ],
)
def test_golden_sentences(shipped, sentence, expected) -> None:
    assert tags_of(shipped.tag([sentence.split()])) == expected.split()


# Files


def test_counts_survive_their_file(tmp_path) -> None:
    mine = learned("the/DET dög/NOUN barks/VERB", "the/DET cat/NOUN purrs/VERB ./.")
    path = tagger.save_tagger(mine, tmp_path / "deep" / "mine.npz", {"command": "mine"})
    again = load_tagger(path)
    assert again.record == {"command": "mine"}
    assert again.counts.words == mine.counts.words == (".", "barks", "cat", "dög", "purrs", "the")
    assert again.counts.features == mine.counts.features
    np.testing.assert_array_equal(again.counts.word_tags, mine.counts.word_tags)
    np.testing.assert_array_equal(again.transitions, mine.transitions)


def test_no_pickles_and_nothing_broken_is_loaded(tmp_path, shipped) -> None:
    with pytest.raises(DataMissingError, match="train-tagger"):
        load_tagger(tmp_path / "nowhere.npz")
    broken = {
        "text.npz": b"hello",
        "empty.npz": b"",
        "cut.npz": tagger.TAGGER_FILE.read_bytes()[:5000],
    }
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="holds no tables"):
            load_tagger(tmp_path / name)
    good = {
        "transitions": shipped.counts.transitions,
        "words": np.frombuffer(b"a\nb", dtype=np.uint8),
        "word_tags": np.ones((2, 12), dtype=np.int32),
        "features": np.frombuffer(b"small letters", dtype=np.uint8),
        "feature_tags": np.ones((1, 12), dtype=np.int32),
    }
    np.savez(tmp_path / "good.npz", **good)
    assert load_tagger(tmp_path / "good.npz").counts.words == ("a", "b")
    wrong = {
        "word_tags": np.ones((3, 12), dtype=np.int32),
        "feature_tags": -np.ones((1, 12), dtype=np.int32),
        "transitions": shipped.counts.transitions.astype(float),
        "words": np.array(["a", None], dtype=object),
    }
    unsorted = {"words": np.frombuffer(b"b\na", dtype=np.uint8)}
    for name, value in (*wrong.items(), *unsorted.items()):
        np.savez(tmp_path / f"{name}.npz", **{**good, name: value})
        with pytest.raises(InputError):
            load_tagger(tmp_path / f"{name}.npz")
    (tmp_path / "good.json").write_text("{")
    (tmp_path / "good.npz").touch()
    tagger._load_unchanged.cache_clear()
    with pytest.raises(InputError, match="record"):
        load_tagger(tmp_path / "good.npz")


def test_tables_cost_little_memory_and_load_nothing_heavy() -> None:
    code = (
        "import sys, resource, numpy\n"
        "from rnn_core import tagging\n"
        "import rnn_core.tagging\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "tagger = tagging.load_tagger(); tagger.knows('a'); tagger.tag([['a', 'xyz']])\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print((after - before) // 1024, [m for m in ('nltk', 'torch', 'scipy', 'pandas') if m in sys.modules])"
    )
    if sys.platform != "linux":
        pytest.skip("resident memory in kilobytes as Linux counts it")
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    megabytes, loaded = ran.stdout.split(maxsplit=1)
    assert int(megabytes) < 20  # at its peak, while the file is read; what stays is less
    assert loaded.strip() == "[]"


# A typed sentence


def reading(shipped, text: str, **edits: str) -> tagging.Reading:
    """The reading of a text with words changed: `w2="x"` reads word 2, from 0, as x."""
    return trace_tagging(shipped, Spec(text, tuple((int(word[1:]), put) for word, put in edits.items())))


def test_a_reading_is_what_the_command_line_says(shipped) -> None:
    trace = reading(shipped, "I saw her duck.").latest
    found = shipped.tag([["I", "saw", "her", "duck", "."]])
    assert trace.words == ("I", "saw", "her", "duck", ".")
    assert trace.path.tolist() == found.path.tolist()
    assert trace.log_probability == pytest.approx(found.log_probability[0])
    np.testing.assert_allclose(trace.posteriors, found.posteriors)
    np.testing.assert_allclose(trace.alone.sum(axis=1), 1)
    assert trace.odds >= 1
    assert trace.runner_up.tolist() != trace.path.tolist()


def test_the_garden_path_and_its_way_out(shipped) -> None:
    """The page's first task."""
    text = examples.GARDEN_PATH
    found = reading(shipped, text)
    assert not found.latest.has_verb
    assert found.second is None
    assert "which takes “man” for a verb" in sentences.headline(found)
    assert "No word is taken for a verb" in sentences.headline(found)
    edits = parse_edits(examples.TASKS[0][2]["edits"])
    changed = trace_tagging(shipped, Spec(text, tuple(edits.items())))
    assert changed.latest.words == ("They", "man", "the", "boats", ".")
    assert changed.places == ((), (0,), (1,), (2,), (3,), (4,))
    assert sentences.turned(changed) == [("“man”", INDEX["NOUN"], INDEX["VERB"])]
    assert sentences.headline(changed).startswith("With the change, “man” turns from a noun into a verb.")


def test_what_stands_too_far_away_changes_nothing(shipped) -> None:
    """The measured example of the caveat and of the third task."""
    text, edits = examples.TASKS[2][2]["text"], parse_edits(examples.TASKS[2][2]["edits"])
    found = trace_tagging(shipped, Spec(text, tuple(edits.items())))
    before, after = found.first.posteriors[4], found.latest.posteriors[4]
    np.testing.assert_allclose(before, after, atol=1e-3)
    caveat = (ASSETS_DIR / "pages" / "tagging.md").read_text()
    assert f"same\n{100 * after[INDEX['VERB']]:.0f} % of being a verb" in caveat
    assert "no other word turns" in sentences.headline(found)


def test_the_best_path_is_not_the_best_tag_of_every_word(shipped) -> None:
    found = reading(shipped, examples.DUCK)
    differ = np.flatnonzero(found.latest.path != found.latest.likeliest)
    assert [found.latest.words[t] for t in differ] == ["duck"]
    assert "“duck” is more likely a verb" in sentences.headline(found)


def test_a_word_that_stands_twice_is_named_with_its_number(shipped) -> None:
    found = reading(shipped, examples.SENTENCES["Time flies"])
    assert "takes “flies” (word 2) for a verb" in sentences.headline(found)
    changed = reading(shipped, "the duck and the duck", w0="they")
    assert sentences.turned(changed) == [("“duck” (word 2)", INDEX["NOUN"], INDEX["VERB"])]


def test_words_nobody_knows_are_marked(shipped) -> None:
    found = reading(shipped, examples.SENTENCES["Nonsense"])
    marked = [word.text for word in sentences.describe_words(found) if word.state == "unknown"]
    assert marked == ["'Twas", "brillig", "slithy", "toves", "gyre", "gimble", "wabe"]
    assert sentences.notes(found) == [sentences.UNKNOWN]
    said = sentences.on_words(found.latest)
    assert "“slithy” is not in the corpus. Of 67 rare words that end in -thy (small letters): adjective" in said[5]
    assert said[3].startswith("“and” was seen ")


@pytest.mark.parametrize("task", examples.TASKS, ids=lambda task: task[0])
def test_tasks_name_words_that_are_there(shipped, task) -> None:
    edits = parse_edits(task[2]["edits"])
    found = trace_tagging(shipped, Spec(task[2]["text"], tuple(edits.items())))
    deck = deck_word(found.latest, sentences.on_words(found.latest))
    assert task[2]["word"] in deck.values


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("", {}),
        ("   ", {}),
        (".", {}),
        ("fish", {}),
        ("fish", {"w0": ""}),
        ("fish " * 5000, {"w3": "a b c d e", "w39": "x"}),
        ("x" * 100_000, {}),
        ("(" * 100_000, {}),
        ("\x00 \x07\x1b \ud800 a", {}),
        ("I ❤️ 👨‍👩‍👧 and 很好 and ß İ", {"w1": "😀"}),
        ("<b>$x$ *y* [z](javascript:1) `q`</b>", {"w0": "<i>"}),
        ("The old man", {"w7": "far", "w1": " old ", "w2": "  "}),
        ("a — b -- c–d", {}),
    ],
)
def test_any_text_has_a_reading_with_words_and_pictures(shipped, text, edits) -> None:
    found = reading(shipped, text, **edits)
    trace = found.latest
    assert len(found.first.words) <= MAX_WORDS
    assert len(trace.words) <= MAX_WORDS + 2 * len(edits)
    assert len(found.places) == len(found.first.words)
    assert all(len(word) <= 60 for word in trace.words)
    assert found.cut == (len(text.split()) > MAX_WORDS or text.startswith("(("))
    assert sentences.headline(found)
    assert len(sentences.describe_words(found)) == len(found.first.words)
    assert len({len(column) for column in tables.changes_table(found).values()}) == 1
    if trace.words:
        np.testing.assert_allclose(trace.posteriors.sum(axis=1), 1)
        assert trace.odds >= 1
        captions = sentences.on_words(trace)
        for picture in (figure_trellis(found), figure_preview(found), deck_word(trace, captions).figure):
            shown = picture.to_json()
            assert "<b>" not in shown.replace("<b>\\u", "")
            assert "NaN" not in shown
        for table in (tables.words_table(trace), tables.beliefs_table(trace), tables.alternatives_table(trace)):
            assert len({len(column) for column in table.values()}) == 1
        assert sentences.has_alternatives(trace) == bool(tables.alternatives_table(trace)["word"])


def test_sentences_are_true_of_random_sentences(shipped) -> None:
    """Over texts of words drawn from the corpus: what is said follows from the numbers."""
    rng = np.random.default_rng(0)
    every = [word for word, row in zip(shipped.counts.words, shipped.counts.word_tags, strict=True) if row.sum() > 20]
    for _ in range(60):
        text = " ".join(rng.choice(every, rng.integers(1, 9)))
        found = reading(shipped, text, **({"w0": str(rng.choice(every))} if rng.random() < 0.5 else {}))
        said, trace = sentences.headline(found), found.latest
        differ = np.flatnonzero(trace.path != trace.runner_up)
        assert len(differ)
        assert ("almost equally" in said) == (trace.odds < 1.05)
        assert ("Yet over all paths" in said) == bool((trace.path != trace.likeliest).any())
        assert "100.0 %" not in said
        assert " 0.0\N{NO-BREAK SPACE}%" not in " ".join(sentences.on_words(trace))
        assert ("With the change" in said) == (found.second is not None)
        for row in tables.words_table(trace)["probability"]:
            assert 1 / 12 <= row <= 1


@pytest.mark.parametrize(
    ("odds", "said"),
    [(1.06, "1.1 times"), (3.64, "3.6 times"), (9.94, "9.9 times"), (9.96, "about 10 times"), (842, "about 840 times"),
     (999, "about 1,000 times"), (1e9, "more than 1,000 times")],
)  # fmt: skip
def test_odds_in_words(odds, said) -> None:
    assert sentences._times(odds) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(1.0, "over 99.9 %"), (0.9985, "99.9 %"), (0.9, "90 %"), (0.5, "50 %"), (0.0994, "9.9 %"), (0.0, "under 0.1 %")],
)
def test_percent_in_words(share, said) -> None:
    assert sentences.percent(share) == said


# Pictures


def lines_of(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def test_trellis_draws_what_the_trace_holds(shipped) -> None:
    found = reading(shipped, examples.DUCK)
    figure, trace = figure_trellis(found), found.latest
    assert lines_of(figure, "best path").y.tolist() == trace.path.tolist()
    runner_up = lines_of(figure, "runner-up")
    assert runner_up.line.dash == "dash"
    assert np.isnan(runner_up.y[0])
    assert runner_up.y[1:].tolist() == trace.runner_up[1:].tolist()
    marks = next(one for one in figure.data if one.hovertemplate)
    for x, y, size, told, fill in zip(
        marks.x, marks.y, marks.marker.size, marks.customdata, marks.marker.color, strict=True
    ):
        assert told == sentences.percent(trace.posteriors[x, y])
        assert size == pytest.approx(max(5, 22 * math.sqrt(trace.posteriors[x, y])), abs=0.06)
        assert fill == ("var(--lstm)" if trace.path[x] == y else "var(--paper)")
    assert [trace.name for trace in figure.data if trace.name] == ["runner-up", "best path"]
    assert figure.layout.meta["narrow_height"] <= figure.layout.height
    assert list(figure.layout.yaxis.ticktext) == [tag.name for tag in TAGS]


def test_marks_of_a_long_sentence_are_small_and_without_numbers(shipped) -> None:
    short, long = (figure_trellis(reading(shipped, "I saw her duck " * times)) for times in (1, 10))
    for figure, numbered, largest in ((short, True, 22), (long, False, 9)):
        assert any(trace.mode == "text" for trace in figure.data) == numbered
        assert max(next(one for one in figure.data if one.hovertemplate).marker.size) <= largest


def test_trellis_draws_the_path_before_where_its_words_still_stand(shipped) -> None:
    found = reading(shipped, examples.GARDEN_PATH, w0="", w1="They")
    before = lines_of(figure_trellis(found), "before the change")
    assert before.line.dash == "dot"
    assert before.y.tolist() == found.first.path[1:].tolist()


def test_word_deck_shows_both_probabilities(shipped) -> None:
    trace = reading(shipped, examples.DUCK).latest
    deck = deck_word(trace, sentences.on_words(trace))
    assert deck.values == ["1. I", "2. saw", "3. her", "4. duck", "5. ."]
    assert deck.start == int(trace.posteriors.max(axis=1).argmin())
    assert {attribute for _, attribute in deck.frames} == {"x"}
    alone, whole = deck.frames[1, "x"], deck.frames[2, "x"]
    for shown, true in ((alone, trace.alone), (whole, trace.posteriors)):
        drawn = ~np.isnan(shown)
        np.testing.assert_allclose(shown[drawn], 100 * true[drawn])
        assert (true[~drawn] < 0.005).all()
    assert (np.isnan(alone) == np.isnan(whole)).all()
    assert deck.figure.data[1].marker.symbol != deck.figure.data[2].marker.symbol


def test_texts_of_readers_are_only_text(shipped) -> None:
    figure = figure_trellis(reading(shipped, "<img/src=x> saw"))
    assert all("<" not in label for label in figure.layout.xaxis.labelalias.values())
    assert all("<img" not in text for trace in figure.data for text in trace.text or ())


# The page


def open_page(**query: str) -> AppTest:
    app = AppTest.from_file(PAGES_DIR / "_router.py", default_timeout=60)
    for key, value in query.items():
        app.query_params[f"tagging.{key}"] = value
    app.switch_page("tagging.py")
    app = app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption, *app.error)).replace("\\", "")


def test_page_opens_on_the_duck_with_three_tasks() -> None:
    app = open_page()
    assert "“duck” is more likely a verb" in said(app)
    tasks = [button for button in app.button if button.key.startswith("tagging.try.")]
    assert [button.label for button in tasks] == [task[0] for task in examples.TASKS]
    heads = [said(app)]
    for number, task in enumerate(examples.TASKS):
        button = [one for one in app.button if one.key.startswith("tagging.try.")][number]
        app = button.click().run()
        assert not app.exception
        assert app.session_state["tagging.text"] == task[2]["text"]
        heads.append(said(app))
    assert len(set(heads)) == 4


def test_page_states_its_accuracy_also_for_unknown_words() -> None:
    record = json.loads(RECORD.read_text())
    tables_shown = " ".join(html.value for html in open_page().get("html"))
    for name in ("accuracy", "accuracy_on_unknown_words", "accuracy_without_context"):
        assert f"{100 * record['held_out'][name]:.1f} %" in tables_shown


def test_page_takes_an_address_with_changed_words_back() -> None:
    app = open_page(text="I saw her duck.", edits='[[2,"him"]]')
    assert "“duck” turns from a noun into a verb" in said(app)
    app.button(key="tagging.restore").click().run()
    assert "With the change" not in said(app)


@pytest.mark.parametrize("text", [" ", "fish " * 5000, "<script>alert(1)</script> **x** $y$", "\x00\x07 😀", "."])
def test_page_takes_any_text(text) -> None:
    app = open_page(text=text)
    if text == " ":
        assert "Nothing to tag yet" in said(app)
    if len(text) > 1000:
        assert "Only the first 40 words" in said(app)


def test_page_says_what_it_cannot_read_in_a_link() -> None:
    app = open_page(edits="[[")
    assert "changed words in this link can't be read" in said(app)
    assert "“duck” is more likely a verb" in said(app)
