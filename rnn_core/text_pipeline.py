"""From a text to tokens, in the seven steps of the Report (section 4.2.2).

Lower case; abbreviations; HTML tags; everything but letters, digits and space; extra white space; stop
words; split on white space. Each step but the last can be switched off, and `trace_text_pipeline` keeps
the text after every one of them with what it changed.

Letters and digits are Unicode's, so *café* stays a word and other scripts stay words. A symbol becomes a
space rather than nothing, or *good...bad* would become one word. Left out: stemming, spelling, languages
without spaces between words.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields

from rnn_core.errors import InputError
from rnn_core.short_forms import ABBREVIATIONS, short_form_rule
from rnn_core.stop_words import NEGATIONS, StopWords, stop_words

__all__ = [
    "ABBREVIATIONS",
    "MODEL_SPEC",
    "STEP_NAMES",
    "Change",
    "Spec",
    "Step",
    "StopWords",
    "Trace",
    "observation",
    "split_words",
    "stop_words",
    "tokenize",
    "tokens_of",
    "trace_text_pipeline",
]

STEP_NAMES = (
    "lower case",
    "abbreviations",
    "HTML tags",
    "symbols",
    "extra white space",
    "stop words",
    "split on white space",
)

# A tag starts with a name right after "<", so "<3" and "a < b" are none; what stands after the name must
# look like attributes, so "x <y and z> w" is none either. Names have no hyphen: the abbreviations, which are
# expanded before, must not make a tag of what was none. U+212A is the only other letter whose lower case
# is one of a to z. The possessive quantifiers keep the search linear in the length of the text.
_NAME = "[a-zA-Z\u212a][a-zA-Z0-9\u212a]*+"
_TAG = rf"<(?:/?{_NAME}\s*+/?|{_NAME}\s[^<>=]*+=[^<>]*+|!--[^<>]*+(?<=--)|![dD][^<>]*+)>"
_SPLIT_AT_TAGS = re.compile(f"({_TAG})")
_TAG_OR_ENTITY = re.compile(rf"{_TAG}|&(?:#[0-9]{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[a-zA-Z][a-zA-Z0-9]{{1,31}});")
_RUN = re.compile(r"\S+")
_SPACE = re.compile(r"\s+")
_NOT_ASCII_WORD = re.compile(r"[^a-zA-Z0-9\s]+")


@dataclass(frozen=True)
class Spec:
    """Which steps are taken, and how. The defaults are the Report's: every step, no option.

    `keep_negations` spares *not*, *no*, *never* … and the *n't* forms when stop words go. `negation_to_not`
    writes "n't" as "not" in the second step, also where the abbreviations are off. `keep_marks` makes
    ! and ? tokens of their own when symbols go; a run of one mark is one token ("!!!" gives "!").
    """

    lower_case: bool = True
    expand_abbreviations: bool = True
    strip_tags: bool = True
    strip_symbols: bool = True
    squeeze_space: bool = True
    remove_stop_words: bool = True
    keep_negations: bool = False
    negation_to_not: bool = False
    keep_marks: bool = False

    def to_dict(self) -> dict[str, bool]:
        """The fields by name, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "Spec":
        """The inverse of `to_dict`. Raises InputError for a field too many or too few, or one that isn't a bool."""
        names = [field.name for field in fields(cls)]
        if not isinstance(values, Mapping) or sorted(map(str, values)) != sorted(names):
            raise InputError(f"a text pipeline has exactly the fields {', '.join(names)}")
        for name, value in values.items():
            if not isinstance(value, bool):
                raise InputError(f"{name} must be true or false, got {value!r}")
        return cls(**values)  # type: ignore[arg-type]  # checked above


MODEL_SPEC = Spec(remove_stop_words=False, negation_to_not=True, keep_marks=True)
"""What the shipped models read: every word, "n't" as "not", ! and ? as tokens."""


@dataclass(frozen=True)
class Change:
    """One piece that a step replaced: `before` is `text_before_the_step[start:end]`, "" in `after` means removed."""

    start: int
    end: int
    before: str
    after: str


@dataclass(frozen=True)
class Step:
    """One step: its name, whether it is switched on, the text after it, and what it replaced in the text before."""

    name: str
    on: bool
    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Trace:
    """The way of one text through the pipeline."""

    text: str
    spec: Spec
    steps: tuple[Step, ...]  # seven, named as in STEP_NAMES
    tokens: tuple[str, ...]
    stop_words: StopWords | None  # the list that was used; None where the step is off


def tokenize(text: str, spec: Spec) -> list[str]:
    """The tokens of `text`: what `trace_text_pipeline` ends with, without its bookkeeping."""
    if spec.lower_case:
        text = text.lower()
    if spec.expand_abbreviations or spec.negation_to_not:
        pattern, expand = short_form_rule(
            spec.expand_abbreviations, spec.negation_to_not, ignore_case=not spec.lower_case
        )
        text = pattern.sub(expand, text)
    if spec.strip_tags:
        text = _TAG_OR_ENTITY.sub(_replace_markup, text)
    if spec.strip_symbols:
        text = _strip_symbols(text, spec)
    tokens = text.split()
    if spec.remove_stop_words:
        stop = _stop_list(spec)
        tokens = [token for token in tokens if token not in stop]
    return tokens


def split_words(text: str) -> list[str]:
    """The pieces of a text as they were typed: an HTML tag is a piece, else a run without white space.

    Tokens never reach over the border of two pieces: with symbols or tags stripped, the tokens of the
    pieces, one after the other, are the tokens of the text.
    """
    pieces: list[str] = []
    for index, part in enumerate(_SPLIT_AT_TAGS.split(text)):
        if index % 2:
            pieces.append(part)
        else:
            pieces.extend(part.split())
    return pieces


def tokens_of(word: str, spec: Spec) -> tuple[str, ...]:
    """The tokens of one piece of `split_words`: none for a tag or an emoji, two for *don't*."""
    return tuple(tokenize(word, spec))


def trace_text_pipeline(text: str, spec: Spec) -> Trace:
    """The text after each of the seven steps, what each changed, and the tokens."""
    pattern, expand = short_form_rule(spec.expand_abbreviations, spec.negation_to_not, ignore_case=not spec.lower_case)
    stop = _stop_list(spec)
    rewrites: list[tuple[bool, re.Pattern[str], Callable[[re.Match[str]], str]]] = [
        (spec.lower_case, _RUN, lambda match: match[0].lower()),
        (spec.expand_abbreviations or spec.negation_to_not, pattern, expand),
        (spec.strip_tags, _TAG_OR_ENTITY, _replace_markup),
        (spec.strip_symbols, _NOT_ASCII_WORD, _symbol_rule(spec)),
        (
            spec.squeeze_space,
            _SPACE,
            lambda match: " " if match.start() > 0 and match.end() < len(match.string) else "",
        ),
        (spec.remove_stop_words, _RUN, lambda match: "" if match[0] in stop else match[0]),
    ]
    steps = []
    now = text
    for name, (on, pattern, rule) in zip(STEP_NAMES, rewrites, strict=False):
        changes: tuple[Change, ...] = ()
        if on:
            now, changes = _rewrite(now, pattern, rule)
            if name == "symbols":
                now = unicodedata.normalize("NFC", now)
            if name == "stop words" and spec.squeeze_space:
                now = " ".join(now.split())  # the gaps that the words left
        steps.append(Step(name, on, now, changes))
    tokens = tuple(now.split())
    steps.append(Step(STEP_NAMES[-1], True, now, ()))
    return Trace(text, spec, tuple(steps), tokens, stop_words() if spec.remove_stop_words else None)


def observation(trace: Trace) -> str:
    """One sentence on what the steps did to this very text: what went in, what came out, which negations were lost."""
    words = len(split_words(trace.text))
    if not words:
        return "Type a text to see what the steps make of it."
    tokens = len(trace.tokens)
    counts = (
        f"{words:,} word{'' if words == 1 else 's'} went in, {tokens:,} token{'' if tokens == 1 else 's'} came out."
    )
    lost = sorted({change.before for change in trace.steps[5].changes} & NEGATIONS)
    if not lost:
        return counts
    return (
        f"{counts} The stop words took {', '.join(f'“{word}”' for word in lost)}, and with it the turn of the sentence."
    )


def _rewrite(
    text: str, pattern: re.Pattern[str], rule: Callable[[re.Match[str]], str]
) -> tuple[str, tuple[Change, ...]]:
    """`pattern.sub(rule, text)`, with every piece that came out different."""
    pieces: list[str] = []
    changes: list[Change] = []
    end = 0
    for match in pattern.finditer(text):
        after = rule(match)
        if after != match[0]:
            pieces += (text[end : match.start()], after)
            end = match.end()
            changes.append(Change(match.start(), end, match[0], after))
    return "".join((*pieces, text[end:])), tuple(changes)


def _replace_markup(match: re.Match[str]) -> str:
    return " " if match[0][0] == "<" else html.unescape(match[0])


def _strip_symbols(text: str, spec: Spec) -> str:
    # One spelling of é, whether it was typed as one character or as a letter and an accent.
    return unicodedata.normalize("NFC", _NOT_ASCII_WORD.sub(_symbol_rule(spec), text))


def _symbol_rule(spec: Spec) -> Callable[[re.Match[str]], str]:
    return _replace_symbols_keeping_marks if spec.keep_marks else _replace_symbols


def _replace_symbols(match: re.Match[str]) -> str:
    return " " if match[0].isascii() else "".join(_clean(match, ""))


def _replace_symbols_keeping_marks(match: re.Match[str]) -> str:
    run = match[0]
    return " " if run.isascii() and "!" not in run and "?" not in run else "".join(_clean(match, "!?"))


def _clean(match: re.Match[str], marks: str) -> Iterator[str]:
    """What is left of a run of characters that aren't ASCII letters, digits or space.

    Letters and digits of any script stay, with the accents and vowel signs on them (Unicode's combining marks);
    what has no width (soft hyphens, joiners, direction marks) goes without a trace; the rest becomes a space.
    """
    before = match.string[match.start() - 1 : match.start()]  # "" at the start of the text
    in_word = before.isalnum()
    previous = ""
    for character in match[0]:
        if character.isalnum():
            in_word = True
            yield character
        elif character in marks:
            if character != previous:
                yield f" {character} "
            in_word = False
        elif character.isascii():
            in_word = False
            yield " "
        else:
            category = unicodedata.category(character)
            if category == "Cf":
                continue
            if in_word and category in ("Mn", "Mc") and not unicodedata.name(character, "").startswith("VARIATION"):
                yield character
            else:
                in_word = False
                yield " "
        previous = character


def _stop_list(spec: Spec) -> frozenset[str]:
    if not spec.remove_stop_words:
        return frozenset()
    words = stop_words().words
    return words - NEGATIONS if spec.keep_negations else words
