"""Stop words: the frequent little words that a cleaning step may throw away.

The list is NLTK's English one (Bird, Loper & Klein 2009) where NLTK's data lie on this machine; else our
own, written down by word class. Left out: other languages.
"""

import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from rnn_core.nltk_data import data_folders, download_package

NLTK_SOURCE = "NLTK's English stop words"
OWN_SOURCE = "Unfold's own stop words, by word class"

_DOWNLOAD_SECONDS = 20

CONTRACTED_STEMS = (
    *("ain", "aren", "can", "couldn", "daren", "didn", "doesn", "don", "hadn", "hasn", "haven", "isn", "mightn"),
    *("mustn", "needn", "oughtn", "shan", "shouldn", "wasn", "weren", "won", "wouldn"),
)
"""What is left of *isn't*, *don't* … when its "'t" is cut off."""

OWN_STOP_WORDS = MappingProxyType(
    {
        "articles and determiners": "a an the this that these those each every either both all any some such same "
        "other another own",
        "personal pronouns": "i me my mine myself we us our ours ourselves you your yours yourself yourselves he him "
        "his himself she her hers herself it its itself they them their theirs themselves one oneself",
        "question words and relatives": "who whom whose which what when where why how whether that",
        "auxiliary verbs": "be am is are was were been being have has had having do does did done doing can could may "
        "might must shall should will would ought",
        "prepositions": "about above across after against along among around as at before behind below beneath beside "
        "besides between beyond by down during for from in inside into near of off on onto out outside over per "
        "since through throughout till to toward towards under until up upon via with within",
        "conjunctions": "and but or so yet if because although though unless while whereas than then",
        "little adverbs": "again also ever here there now once just only even quite rather too very still already "
        "almost further",
        "negations": "no not nor never neither none cannot without",
        "ends of contractions": "d ll m re s t ve",
        "stems of n't": " ".join(CONTRACTED_STEMS),
    }
)
"""Word class → its words, divided by spaces."""

NEGATIONS = frozenset(
    ["no", "not", "nor", "never", "neither", "none", "nobody", "nothing", "nowhere", "cannot", "without", "t"]
    + [form for stem in CONTRACTED_STEMS for form in (stem, f"{stem}t", f"{stem}'t") if form != "can"]
)
"""What *keep negations* keeps: the words of denial, and the *n't* forms whole or cut in two."""


@dataclass(frozen=True)
class StopWords:
    """A list of stop words and where it comes from (a name that a page can print)."""

    words: frozenset[str]
    source: str


def stop_words(*, download: bool = False) -> StopWords:
    """NLTK's stop words if its data are there, else our own; never fails, never waits for the network by itself.

    With `download` the data are fetched into `cache_dir()/nltk_data` if they lie nowhere else, which takes
    at most 20 seconds; without a network the answer is then our own list.
    """
    found = _installed(data_folders())
    if found is None and download:
        download_package("stopwords", _DOWNLOAD_SECONDS)
        _installed.cache_clear()
        found = _installed(data_folders())
    return StopWords(found, NLTK_SOURCE) if found else _own()


@lru_cache(maxsize=1)
def _own() -> StopWords:
    words = frozenset(word for group in OWN_STOP_WORDS.values() for word in group.split())
    return StopWords(words, OWN_SOURCE)


@lru_cache(maxsize=4)
def _installed(folders: tuple[Path, ...]) -> frozenset[str] | None:
    for folder in folders:
        try:
            words = _read(folder / "corpora")
        except (OSError, KeyError, UnicodeDecodeError, zipfile.BadZipFile):
            continue  # not there, or damaged: the next folder may have it
        if words:
            return words
    return None


def _read(corpora: Path) -> frozenset[str]:
    unpacked = corpora / "stopwords" / "english"
    if unpacked.is_file():
        return frozenset(unpacked.read_text(encoding="utf-8").split())
    with zipfile.ZipFile(corpora / "stopwords.zip") as archive:
        return frozenset(archive.read("stopwords/english").decode("utf-8").split())
