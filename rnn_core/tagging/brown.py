"""The Brown corpus with universal tags, read straight from NLTK's data.

Francis & Kučera (1979): 500 texts of about 2,000 words each, printed in 1961, every word tagged by hand. Its 472
tags are mapped to the universal ones by the table of Petrov, Das & McDonald (2012) that comes with NLTK's data.
"""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from rnn_core.errors import DataMissingError
from rnn_core.nltk_data import data_folders, download_package
from rnn_core.tagging.tags import INDEX

Sentence = tuple[tuple[str, int], ...]
"""Words, each with the number of its tag in `tags.TAGS`."""

_CORPUS, _TAGSET = "brown", "universal_tagset"
_MAP = "en-brown.map"
_DOWNLOAD_SECONDS = 120
_TEXT = re.compile(r"c[a-r]\d\d")


def read_brown(folder: Path | None = None, *, download: bool = False) -> dict[str, tuple[Sentence, ...]]:
    """Return the sentences of every text, by its name ("ca01" … "cr09"), in that order.

    Args:
        folder: NLTK's data; None looks where NLTK does, and in our cache.
        download: whether to fetch the corpus where it lies nowhere.

    Raises `DataMissingError` where the corpus or the table of tags is missing, or damaged.

    """
    places = [folder] if folder else list(data_folders())
    found = _first(places)
    if found is None and download and folder is None:
        for package in (_CORPUS, _TAGSET):
            download_package(package, _DOWNLOAD_SECONDS)
        found = _first(list(data_folders()))
    if found is None:
        where = str(folder) if folder else "the folders where NLTK keeps its data"
        raise DataMissingError(
            f"the Brown corpus and the universal tagset are not in {where}; "
            "`python -m nltk.downloader brown universal_tagset` fetches them"
        )
    return found


def _first(places: list[Path]) -> dict[str, tuple[Sentence, ...]] | None:
    for place in places:
        try:
            texts, tags = _files(place / "corpora" / _CORPUS), _files(place / "taggers" / _TAGSET)
            table = dict(line.split("\t") for line in tags[_MAP].splitlines() if line.strip())
            found = {name: _sentences(texts[name], table) for name in sorted(texts) if _TEXT.fullmatch(name)}
        except (OSError, KeyError, ValueError, zipfile.BadZipFile):
            continue  # not there, or damaged: the next folder may have it
        if found:
            return found
    return None


def _files(package: Path) -> dict[str, str]:
    """The files of a package by name, unpacked or in its archive."""
    if package.is_dir():
        return {file.name: file.read_text(encoding="utf-8") for file in package.iterdir() if file.is_file()}
    with zipfile.ZipFile(package.with_name(f"{package.name}.zip")) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        return {Path(name).name: archive.read(name).decode("utf-8") for name in names}


def _sentences(text: str, table: Mapping[str, str]) -> tuple[Sentence, ...]:
    """A sentence stands on a line, its words as word/tag; tags are in small letters, in the table in capitals."""
    return tuple(
        tuple((word, INDEX[table[tag.upper()]]) for word, _, tag in (pair.rpartition("/") for pair in line.split()))
        for line in text.splitlines()
        if line.strip()
    )
