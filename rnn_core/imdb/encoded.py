"""The reviews as indices of a vocabulary, kept in the cache folder in one file that is memory-mapped.

The test reviews' own texts stand beside them, for whoever wants to read what a network got wrong.

Left out: cutting and padding, which is the business of whoever makes batches.
"""

import os
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from pickle import UnpicklingError

import numpy as np

from rnn_core import stop_words, text_pipeline
from rnn_core.config import cache_dir
from rnn_core.errors import InputError
from rnn_core.imdb.source import (
    SPLITS,
    Progress,
    RawTexts,
    cannot_write,
    files_in,
    find_source,
    only_writer,
    read_texts,
    review_folders,
)
from rnn_core.vocabulary import Vocabulary, build_vocabulary

_CACHED_ENCODINGS = 6
_CODE = ("imdb/encoded.py", "imdb/source.py", "short_forms.py", "stop_words.py", "text_pipeline.py", "vocabulary.py")


@dataclass(frozen=True)
class Spec:
    """What to load. Without a `source` it is what `find_source` finds."""

    source: Path | None = None  # a folder, or a .tar.gz archive
    pipeline: text_pipeline.Spec = text_pipeline.MODEL_SPEC
    max_words: int = 20_000

    def __post_init__(self) -> None:
        """Refuse before reading what the vocabulary would refuse after them."""
        if self.max_words < 1:
            raise InputError(f"max_words must be at least 1, got {self.max_words}")


@dataclass(frozen=True, eq=False)
class Texts:
    """The texts of reviews in UTF-8, one after the other, so that a file of them can be mapped as well."""

    bytes: np.ndarray  # (total,) uint8
    offsets: np.ndarray  # (R+1,) int64, 0 first

    def __getitem__(self, review: int) -> str:
        """The text of one review, counted from 0."""
        return self.bytes[self.offsets[review] : self.offsets[review + 1]].tobytes().decode()


def packed(texts: Iterable[str]) -> Texts:
    """The same texts as `Texts`."""
    encoded = [text.encode() for text in texts]
    offsets = np.cumsum([0, *map(len, encoded)])
    return Texts(np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets)


@dataclass(frozen=True, eq=False)
class Reviews:
    """Encoded reviews of one split, negative ones first, each in full length, one after the other.

    Review r is `ids[offsets[r]:offsets[r + 1]]`, which is what `reviews[r]` gives. The arrays may be
    memory-mapped and are read-only then.
    """

    ids: np.ndarray  # (total,) uint16, or int32 where the vocabulary is larger than that
    offsets: np.ndarray  # (R+1,) int64, 0 first
    labels: np.ndarray  # (R,) uint8, 1 is positive
    texts: Texts | None = None  # as they were written, where somebody may want to read them

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, review: int) -> np.ndarray:
        """The indices of the tokens of one review. Raises IndexError where there is none."""
        if not -len(self) <= review < len(self):
            raise IndexError(review)
        review %= len(self)
        return self.ids[self.offsets[review] : self.offsets[review + 1]]

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[review] for review in range(len(self)))

    def taken(self, rows: np.ndarray) -> "Reviews":
        """These reviews alone, (K,) indices, in this order; without their texts."""
        ids = [self[int(row)] for row in rows]
        offsets = np.cumsum([0, *map(len, ids)])
        return Reviews(np.concatenate([self.ids[:0], *ids]), offsets, self.labels[rows])


@dataclass(frozen=True, eq=False)
class Dataset:
    """Both splits in one vocabulary, which knows the words of the training reviews only."""

    train: Reviews
    test: Reviews
    vocabulary: Vocabulary
    pipeline: text_pipeline.Spec


def load_imdb(spec: Spec, progress: Progress | None = None) -> Dataset:
    """Both splits, encoded: read and cut into tokens the first time, out of the cache folder from then on.

    Raises InputError where the source is not the data set, DataMissingError where there is none or where
    the cache can't be written.
    """
    source = find_source(spec.source)
    folder = cache_dir() / "imdb"
    cached = folder / f"encoded-{_key(source, spec)}.joblib"
    known = _load(cached)
    if known is not None:
        return known
    with only_writer(folder, "encode.lock"):
        known = _load(cached)  # another process may have written it while we waited
        if known is None:
            known = _encode(read_texts(source), spec, progress)
            _save(known, cached)
        return _load(cached) or known  # mapped from the first time on


def _encode(texts: RawTexts, spec: Spec, progress: Progress | None) -> Dataset:
    total = sum(map(len, texts.values()))
    numbers: dict[str, int] = {}  # of every word that occurs, in order of appearance
    numbered: dict[str, tuple[array[int], list[int]]] = {}
    done = 0
    for split in SPLITS:
        ids, offsets = array("i"), [0]
        for text, _ in texts[split]:
            ids.extend(numbers.setdefault(token, len(numbers)) for token in text_pipeline.tokenize(text, spec.pipeline))
            offsets.append(len(ids))
            done += 1
            if progress is not None and (done % 500 == 0 or done == total):
                progress(done, total)
        numbered[split] = ids, offsets
    counts = np.bincount(np.asarray(numbered["train"][0]), minlength=len(numbers))
    frequent = Counter({word: int(count) for word, count in zip(numbers, counts, strict=True) if count})
    words = build_vocabulary(frequent, spec.max_words)
    index = words.encode(numbers).astype(np.uint16 if len(words) <= 1 << 16 else np.int32)
    reviews = {
        split: Reviews(
            ids=index[np.asarray(ids)],
            offsets=np.array(offsets, dtype=np.int64),
            labels=np.array([label for _, label in texts[split]], dtype=np.uint8),
            texts=packed(text for text, _ in texts[split]) if split == "test" else None,
        )
        for split, (ids, offsets) in numbered.items()
    }
    return Dataset(reviews["train"], reviews["test"], words, spec.pipeline)


def _key(source: Path, spec: Spec) -> str:
    """A name for the encoding: another one where the files, the spec, or the code that encodes have changed."""
    digest = sha256(repr((str(source.resolve()), spec.pipeline, spec.max_words)).encode())
    for name in _CODE:
        digest.update((Path(__file__).parent.parent / name).read_bytes())
    if spec.pipeline.remove_stop_words:
        digest.update(repr(sorted(stop_words.stop_words().words)).encode())
    if source.is_dir():
        for folder in review_folders(source):
            digest.update(repr(sorted((entry.name, *_state(entry)) for entry in files_in(folder))).encode())
    else:
        digest.update(repr(_state(source)).encode())
    return digest.hexdigest()[:24]


def _state(file: Path | os.DirEntry[str]) -> tuple[int, int]:
    state = file.stat()
    return state.st_size, state.st_mtime_ns


def _load(cached: Path) -> Dataset | None:
    """What is cached, memory-mapped; None where nothing is, or something damaged."""
    import joblib

    if not cached.is_file():
        return None
    try:
        dataset = joblib.load(cached, mmap_mode="r")
    except (OSError, EOFError, ValueError, KeyError, IndexError, AttributeError, ImportError, UnpicklingError):
        return None
    return dataset if isinstance(dataset, Dataset) else None


def _save(dataset: Dataset, cached: Path) -> None:
    """Write the whole file under another name first, so that nobody ever meets half of it."""
    import joblib

    half = cached.with_suffix(".half")
    try:
        try:
            joblib.dump(dataset, half)
            half.replace(cached)
        finally:
            half.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(cached.parent, error) from error
    _forget_old(cached.parent)


def _forget_old(folder: Path) -> None:
    by_age = sorted(folder.glob("encoded-*.joblib"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in by_age[_CACHED_ENCODINGS:]:
        try:
            old.unlink()
        except OSError:
            continue  # on Windows a file that is mapped can't be deleted; the next time will do
