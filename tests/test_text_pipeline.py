import subprocess
import sys
import time
import unicodedata
import zipfile
from dataclasses import FrozenInstanceError, fields, replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_core import nltk_data
from rnn_core import stop_words as stop_words_module
from rnn_core.errors import InputError
from rnn_core.stop_words import NLTK_SOURCE, OWN_SOURCE, stop_words
from rnn_core.text_pipeline import (
    ABBREVIATIONS,
    MODEL_SPEC,
    STEP_NAMES,
    Change,
    Spec,
    split_words,
    tokenize,
    tokens_of,
    trace_text_pipeline,
)

KEEP_ALL = Spec(remove_stop_words=False)
OFF = Spec(**{field.name: False for field in fields(Spec)})

# What people type, what breaks tokenizers, and the borders between them.
FRAGMENTS = [
    *("<br />", "<br/>", "<", ">", "<3", "a < b", "<b", "</b>", "<a href='x y'>", "<a x", "=", "<!--", "-->", "/"),
    *(
        "<imo a=b>",
        "<don't a=b>",
        "<a-don't b=c>",
        "\u212a",
        "<\u212a x=1>",
        "&amp;",
        "&quot;",
        "&lt;br&gt;",
        "&#8217;",
    ),
    *(
        "u",
        "U",
        "pls",
        "w/o",
        "b4",
        "u.s.",
        "vs.",
        "don't",
        "DON’T",
        "dont",
        "can't",
        "cannot",
        "won´t",
        "ain't",
        "n't",
    ),
    *("!", "!!!", "?!", "...", "-", "_", "'", '"', " ", "  ", "\n", "\t", "\x85", "\x96", "\u2003", "\u200b", "\u00ad"),
    *("café", "cafe\u0301", "фильм", "फ़िल्म", "很好", "می\u200cخواهم", "ΑΣ", "Σ", "İ", "ß", "½", "7", "10/10", "\u0338"),
    *("❤️", "👍🏽", "👨‍👩‍👧", "1️⃣", "not", "the", "good", "The", "\ud800", "\x00"),
]
NASTY = st.one_of(st.lists(st.sampled_from(FRAGMENTS)).map("".join), st.text())
SPECS = st.builds(Spec, **{field.name: st.booleans() for field in fields(Spec)})


@pytest.fixture(autouse=True)
def no_nltk_data(tmp_path, monkeypatch):
    """Every test starts on a machine without NLTK's data, and with an empty cache."""
    monkeypatch.setenv("UNFOLD_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("NLTK_DATA", raising=False)
    monkeypatch.setattr(stop_words_module, "data_folders", lambda: (tmp_path / "cache" / "nltk_data",))
    stop_words_module._installed.cache_clear()
    yield tmp_path / "cache" / "nltk_data"
    stop_words_module._installed.cache_clear()


def test_seven_steps_of_the_report_one_after_the_other() -> None:
    trace = trace_text_pipeline("Pls SEE it!<br />The  plot, u know, is NOT dull...", Spec())
    assert [(step.name, step.text) for step in trace.steps] == [
        ("lower case", "pls see it!<br />the  plot, u know, is not dull..."),
        ("abbreviations", "please see it!<br />the  plot, you know, is not dull..."),
        ("HTML tags", "please see it! the  plot, you know, is not dull..."),
        ("symbols", "please see it  the  plot  you know  is not dull "),
        ("extra white space", "please see it the plot you know is not dull"),
        ("stop words", "please see plot know dull"),
        ("split on white space", "please see plot know dull"),
    ]
    assert trace.tokens == ("please", "see", "plot", "know", "dull")
    assert all(step.on for step in trace.steps)
    assert trace.stop_words == stop_words()


def test_trace_tells_what_each_step_changed() -> None:
    trace = trace_text_pipeline("U see <b>It</b>  &amp; don’t", replace(Spec(), negation_to_not=True))
    changes = {step.name: [(change.before, change.after) for change in step.changes] for step in trace.steps}
    assert changes == {
        "lower case": [("U", "u"), ("<b>It</b>", "<b>it</b>")],
        "abbreviations": [("u", "you"), ("don’t", "do not")],
        "HTML tags": [("<b>", " "), ("</b>", " "), ("&amp;", "&")],
        "symbols": [("&", " ")],
        "extra white space": [("  ", " "), ("     ", " ")],
        "stop words": [(word, "") for word in ("you", "it", "do", "not")],
        "split on white space": [],
    }
    assert trace.steps[1].changes[0] == Change(0, 1, "u", "you")


def test_stop_words_turn_not_good_into_good_unless_negations_are_kept() -> None:
    assert tokenize("not good", Spec()) == ["good"]
    assert tokenize("not good", Spec(keep_negations=True)) == ["not", "good"]
    assert tokenize("It isn't good, no!", Spec()) == ["good"]
    assert tokenize("It isn't good, no!", Spec(keep_negations=True)) == ["isn", "t", "good", "no"]
    assert tokenize("It isn't good, no!", Spec(keep_negations=True, negation_to_not=True)) == ["not", "good", "no"]
    assert tokenize("I can't and won't", Spec(keep_negations=True, negation_to_not=True)) == ["not", "not"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("don't", "do not"),
        ("DON’T", "do not"),
        ("can't, cannot, cant", "can not can not can not"),
        ("won't", "will not"),
        ("shan't", "shall not"),
        ("ain't aint", "is not is not"),
        ("didn`t isn´t hasn‘t wouldnʼt", "did not is not has not would not"),
        ("dont didnt isnt doesnt wasnt", "do not did not is not does not was not"),
        ("please-don't", "please do not"),
        ("bad.don't", "bad do not"),
        ("wouldn't've", "would not ve"),
        # Not negations, or words of their own.
        ("as was his wont", "as was his wont"),
        ("can cant' want don donut", "can can not want don donut"),
        ("don t", "don t"),
    ],
)
def test_negations_become_not(text, tokens) -> None:
    assert tokenize(text, MODEL_SPEC) == tokens.split()


def test_negations_are_an_option_of_their_own() -> None:
    assert tokenize("don't dont", KEEP_ALL) == ["don", "t", "dont"]
    assert tokenize("u don't", replace(MODEL_SPEC, expand_abbreviations=False)) == ["u", "do", "not"]
    assert tokenize("U Don't", replace(MODEL_SPEC, lower_case=False)) == ["you", "do", "not"]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("u pls", "you please"),
        ("(u), u! u.", "you you you"),
        ("u're w/o it", "you re without it"),
        ("b4 thx, imo", "before thanks in my opinion"),
        # Names and parts of words stay.
        ("U-571 the U.S. U.S.A. U2 AT&U", "u 571 the u s u s a u2 at u"),
        ("us plsx", "us plsx"),
    ],
)
def test_abbreviations(text, tokens) -> None:
    assert tokenize(text, KEEP_ALL) == tokens.split()


def test_abbreviations_are_written_out_in_full() -> None:
    for short, long in ABBREVIATIONS.items():
        assert tokenize(f"so {short} so", KEEP_ALL) == ["so", *long.split(), "so"]
        assert not set(long.split()) & set(ABBREVIATIONS)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("good<br /><br />bad", "good bad"),
        ("<P>one</p><a href='x' title=\"y z\">two</a><!-- gone --><!DOCTYPE html>", "one two"),
        ("<hr><br/><BR/>x", "x"),
        # Not tags.
        ("I <3 it, a < b and b > c", "i 3 it a b and b c"),
        ("x <y and z> w", "x y and z w"),
        ("< who was > 3", "who was 3"),
        ("<<<<< <", ""),
        ("<http://example.org/a>", "http example org a"),
        ("<b unfinished", "b unfinished"),
        # Entities; what they spell is text and no tag.
        ("&quot;Tom &amp; Jerry&quot; &#8230; caf&eacute; &#x41;&nbsp;b", "tom jerry café A b"),
        ("&lt;br&gt; R&D AT&T &; &nosuchthing;", "br r d at t nosuchthing"),
    ],
)
def test_markup(text, tokens) -> None:
    assert tokenize(text, KEEP_ALL) == tokens.split()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("good...bad well-made it's snake_case", "good bad well made it s snake case"),
        ("7.5/10 ½ ２", "7 5 10 ½ ２"),
        ("café cafe\u0301 naïve Œuvre", "café café naïve œuvre"),
        ("фильм 很好 फ़िल्म می\u200cخواهم", "фильм 很好 फ़िल्म میخواهم"),
        ("love❤️it 👍🏽 👨‍👩‍👧 ☺ 1️⃣", "love it 1"),
        ("\u0301 ab\u00adcd \ufeffx \x00y\x96z £5", "abcd x y z 5"),
    ],
)
def test_symbols(text, tokens) -> None:
    assert tokenize(text, KEEP_ALL) == unicodedata.normalize("NFC", tokens).split()


def test_marks_are_tokens_and_a_run_is_one() -> None:
    assert tokenize("Great!!! Really?! Yes ! ?? a!b", MODEL_SPEC) == [
        *("great", "!", "really", "?", "!", "yes", "!", "?", "a", "!", "b"),
    ]
    assert tokenize("Great!!! Really?!", KEEP_ALL) == ["great", "really"]


def test_each_step_can_be_switched_off() -> None:
    text = "U <b>see</b>  It, the"
    assert tokenize(text, OFF) == text.split()
    assert trace_text_pipeline(text, OFF).steps[-1].text == text
    assert tokenize(text, replace(OFF, lower_case=True)) == ["u", "<b>see</b>", "it,", "the"]
    assert tokenize(text, replace(OFF, expand_abbreviations=True)) == ["you", "<b>see</b>", "It,", "the"]
    assert tokenize(text, replace(OFF, strip_tags=True)) == ["U", "see", "It,", "the"]
    assert tokenize(text, replace(OFF, strip_symbols=True)) == ["U", "b", "see", "b", "It", "the"]
    assert trace_text_pipeline(text, replace(OFF, squeeze_space=True)).steps[-1].text == "U <b>see</b> It, the"
    assert trace_text_pipeline(text, replace(OFF, remove_stop_words=True)).steps[-1].text == "U <b>see</b>  It, "


@pytest.mark.parametrize("text", ["", " ", "\n\t", "<br />", "👍", "!?!" * 0])
def test_texts_without_words(text) -> None:
    trace = trace_text_pipeline(text, MODEL_SPEC)
    assert trace.tokens == ()
    assert len(trace.steps) == len(STEP_NAMES) == 7


@given(NASTY, SPECS)
def test_trace_and_fast_path_agree_and_changes_lead_from_step_to_step(text, spec) -> None:
    trace = trace_text_pipeline(text, spec)
    assert list(trace.tokens) == tokenize(text, spec)
    now = text
    for step in trace.steps:
        pieces, end = [], 0
        for change in step.changes:
            assert now[change.start : change.end] == change.before != change.after
            pieces += [now[end : change.start], change.after]
            end = change.end
        rebuilt = "".join([*pieces, now[end:]])
        if step.on and step.name == "stop words" and spec.squeeze_space:
            rebuilt = " ".join(rebuilt.split())
        if step.on and step.name == "symbols":
            rebuilt = unicodedata.normalize("NFC", rebuilt)
        assert step.text == rebuilt
        assert step.on or step.text == now
        now = step.text


@given(NASTY, SPECS.map(lambda spec: replace(spec, strip_symbols=True)))
def test_tokens_of_the_pieces_are_the_tokens_of_the_text(text, spec) -> None:
    assert list(chain.from_iterable(tokens_of(piece, spec) for piece in split_words(text))) == tokenize(text, spec)


@pytest.mark.parametrize(
    "text", ["<don't a=b>", "<w/o a=b>", "</w/o >", "<a-don't b=c>", "<\u212a a=b>", "<a\u212a b=c>"]
)
def test_no_early_step_makes_a_tag_of_what_was_none(text) -> None:
    """The pieces are cut before the abbreviations are written out, the tags go after it."""
    cut = [token for piece in split_words(text) for token in tokens_of(piece, MODEL_SPEC)]
    assert cut == tokenize(text, MODEL_SPEC)


@given(NASTY)
def test_pieces_hold_everything_but_white_space(text) -> None:
    assert "".join("".join(split_words(text)).split()) == "".join(text.split())


@given(NASTY)
def test_tokens_are_letters_digits_and_marks(text) -> None:
    for token in tokenize(text, MODEL_SPEC):
        assert token in ("!", "?") or all(c.isalnum() or unicodedata.category(c) in ("Mn", "Mc") for c in token)
        assert any(c.isalnum() for c in token) or token in ("!", "?")


@given(NASTY)
def test_own_tokens_are_left_alone(text) -> None:
    """Once clean, cleaning again changes nothing but what reads as a short form by then ("d'ont")."""
    spec = replace(MODEL_SPEC, expand_abbreviations=False, negation_to_not=False)
    tokens = tokenize(text, spec)
    lowered = [token.lower() for token in tokens]  # "&#65;" spells a capital after the first step
    assert tokenize(" ".join(lowered), spec) == lowered


def test_words_as_typed() -> None:
    assert split_words("Good<br />bad,  <a href='x y'>it’s</a> <3") == [
        *("Good", "<br />", "bad,", "<a href='x y'>", "it’s", "</a>", "<3"),
    ]
    assert tokens_of("it’s", MODEL_SPEC) == ("it", "s")
    assert tokens_of("<br />", MODEL_SPEC) == ()
    assert tokens_of("", MODEL_SPEC) == ()


NASTY_UNITS = ["a", "<", "<a", "<a ", "<a b", "<a b=", "<!--", "<!-", "&", "&#", "&a", "!", "?!", ".", "u.", "u", "'"]
NASTY_UNITS += ["n't", "don't", "don'", " ", "\n ", "é", "e\u0301", "\u0301", "❤️", "\u200d", "x.y", "-u", "w/o/", "</"]


@pytest.mark.parametrize("unit", NASTY_UNITS)
def test_time_grows_with_the_length_only(unit) -> None:
    """100,000 characters of anything take well under a second; a quadratic search takes a minute."""
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    trace = trace_text_pipeline(text, MODEL_SPEC)
    assert tokenize(text, MODEL_SPEC) == list(trace.tokens)
    split_words(text)
    assert time.process_time() - start < 2.5


def test_fifty_thousand_reviews_would_take_well_under_a_minute() -> None:
    sentence = "The film wasn't bad, but u can't say it's great...<br /><br /> I liked (most of) Zoë's acting! "
    review = sentence * 13  # as long as the average review
    start = time.process_time()
    for _ in range(100):
        tokenize(review, MODEL_SPEC)
    assert (time.process_time() - start) * 500 < 60


def test_spec_goes_through_json_and_back() -> None:
    assert Spec.from_dict(MODEL_SPEC.to_dict()) == MODEL_SPEC
    assert len({MODEL_SPEC, replace(MODEL_SPEC)}) == 1
    with pytest.raises(FrozenInstanceError):
        MODEL_SPEC.lower_case = False  # type: ignore[misc]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"lower_case": True},
        {**MODEL_SPEC.to_dict(), "more": True},
        {**MODEL_SPEC.to_dict(), "lower_case": 1},
        {**MODEL_SPEC.to_dict(), "lower_case": "yes"},
        ["lower_case"],
        None,
    ],
)
def test_spec_refuses_what_is_none(values) -> None:
    with pytest.raises(InputError):
        Spec.from_dict(values)


def install(folder, words, *, zipped):
    corpora = folder / "corpora"
    corpora.mkdir(parents=True)
    if zipped:
        with zipfile.ZipFile(corpora / "stopwords.zip", "w") as archive:
            archive.writestr("stopwords/english", "\n".join(words))
    else:
        (corpora / "stopwords").mkdir()
        (corpora / "stopwords" / "english").write_text("\n".join(words))


@pytest.mark.parametrize("zipped", [True, False])
def test_nltk_list_is_used_where_it_lies(no_nltk_data, zipped) -> None:
    install(no_nltk_data, ["the", "film"], zipped=zipped)
    assert stop_words().source == NLTK_SOURCE
    assert stop_words().words == {"the", "film"}
    assert tokenize("The film is good", Spec()) == ["is", "good"]
    assert trace_text_pipeline("The film", Spec()).stop_words.source == NLTK_SOURCE


def test_own_list_without_nltk_data_or_with_damaged_ones(no_nltk_data) -> None:
    assert stop_words().source == OWN_SOURCE
    stop_words_module._installed.cache_clear()
    (no_nltk_data / "corpora").mkdir(parents=True)
    (no_nltk_data / "corpora" / "stopwords.zip").write_bytes(b"no zip")
    assert stop_words().source == OWN_SOURCE
    assert {"the", "is", "and", "not", "no", "nor"} <= stop_words().words
    assert not {"good", "bad", "well", "film", "like1"} & stop_words().words


def test_download_runs_nltk_beside_us_and_failing_is_no_error(no_nltk_data, monkeypatch) -> None:
    commands = []

    def offline(command, **options):
        commands.append(command)
        raise subprocess.TimeoutExpired(command, options["timeout"])

    monkeypatch.setattr(nltk_data.subprocess, "run", offline)
    assert stop_words(download=True).source == OWN_SOURCE
    assert commands == [[sys.executable, "-m", "nltk.downloader", "-q", "-d", str(no_nltk_data), "stopwords"]]

    monkeypatch.setattr(
        nltk_data.subprocess,
        "run",
        lambda *_, **__: install(no_nltk_data, ["the"], zipped=True),
    )
    assert stop_words(download=True).source == NLTK_SOURCE
    assert stop_words().words == {"the"}


def test_importing_the_pipeline_imports_nothing_heavy() -> None:
    code = "import sys, rnn_core.text_pipeline; print([m for m in ('nltk', 'torch', 'numpy') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_real_nltk_list(shared_data, no_nltk_data) -> None:
    corpora = shared_data / "nltk_data" / "corpora"
    if not (corpora / "stopwords.zip").is_file():
        pytest.skip(f"needs {corpora / 'stopwords.zip'}")
    no_nltk_data.mkdir(parents=True)
    (no_nltk_data / "corpora").symlink_to(corpora)
    nltk, own = stop_words(), stop_words_module._own()
    assert nltk.source == NLTK_SOURCE
    assert {"not", "no", "nor", "don't", "don", "t"} <= nltk.words
    assert tokenize("This is not good, I didn't like it", Spec()) == ["good", "like"]
    assert tokenize("This isn't good", Spec(keep_negations=True, negation_to_not=True)) == ["not", "good"]
    ours_lacks = {word for word in nltk.words if "'" not in word} - own.words
    assert ours_lacks <= {"y", "ma", "o", "all", "being", "just", "most", "more", "few", "both"}
