"""The files of ACL-IMDB: downloaded, found, and read with every check that they are what they should be.

The archive is read in place, so nothing of it is ever unpacked; a folder that someone else unpacked is as
good. Left out: the 50,000 reviews without a label, and the ratings in the file names.
"""

import errno
import math
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath, PurePosixPath

from rnn_core.config import cache_dir
from rnn_core.errors import DataMissingError, InputError

URL = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
MD5 = "7c2ac02c03563afcf9b574c7e56c153a"
ARCHIVE_NAME = "aclImdb_v1.tar.gz"
SPLITS = ("train", "test")
LOCK_SECONDS = 900
"""How long one process waits for another that writes the same file."""

Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is: bytes of a download, or reviews that are read."""

RawTexts = dict[str, list[tuple[str, int]]]
"""Split → its reviews, each with its label: 1 is positive."""

_LABELS = {"neg": 0, "pos": 1}
_REVIEWS_A_CLASS = 12_500
_OFFICIAL_MARK = ("imdb.vocab", 845_980)  # a file of the official set, and its size
_LARGEST_REVIEW = 1_000_000  # bytes; the longest of the official ones has 13,704 characters


def fetch_archive(progress: bool | Progress = False, *, url: str = URL, md5: str = MD5) -> Path:
    """The official archive in the cache folder, downloaded (84 MB) unless it lies there already.

    `progress` is True for a bar on standard error, or a function. One process downloads at a time; the
    file gets its name only when its checksum is right, so a download that breaks leaves nothing behind.

    Raises DataMissingError when the download breaks, sends something else, or can't be written.
    """
    import pooch

    folder = cache_dir() / "imdb"
    bar = _ProgressBar(progress) if callable(progress) else progress
    with only_writer(folder, "download.lock"):
        try:
            for leftover in folder.glob("tmp*"):  # of a download that was killed
                leftover.unlink()
            downloader = pooch.HTTPDownloader(progressbar=bar, timeout=30)
            return Path(pooch.retrieve(url, f"md5:{md5}", ARCHIVE_NAME, folder, downloader=downloader))
        except OSError as error:
            if error.errno is not None:
                raise cannot_write(folder, error) from error
            # What requests raises when the network fails is an OSError too, but of no number.
            raise DataMissingError(
                f"the reviews could not be fetched from {url} ({type(error).__name__}); is there a network?"
                " Nothing was kept. UNFOLD_IMDB can name an archive from elsewhere."
            ) from error
        except ValueError as error:  # pooch's word for a wrong checksum
            raise DataMissingError(
                f"what {url} sent is not the archive, its checksum is wrong; nothing was kept"
            ) from error


def find_source(named: Path | None = None) -> Path:
    """The folder or archive to read: `named`, else what UNFOLD_IMDB names, else the downloaded archive.

    Raises InputError where what is named doesn't exist, DataMissingError where nothing is named or downloaded.
    """
    chosen = named or os.environ.get("UNFOLD_IMDB")
    if chosen:
        path = Path(chosen).expanduser()
        if not path.exists():
            raise InputError(f"there is no folder or archive {path}")
        return path
    archive = cache_dir() / "imdb" / ARCHIVE_NAME
    if not archive.is_file():
        raise DataMissingError(
            "the film reviews are not on this machine: set UNFOLD_IMDB to a folder or .tar.gz archive of ACL-IMDB,"
            " or download it (84 MB) with rnn_core.imdb.fetch_archive()"
        )
    return archive


def is_misnamed() -> bool:
    """Whether UNFOLD_IMDB names something that doesn't exist; a download then changes nothing."""
    named = os.environ.get("UNFOLD_IMDB", "")
    return named != "" and not Path(named).expanduser().exists()


def raw_texts(source: Path | None, split: str) -> Iterator[tuple[str, int]]:
    """The texts of "train" or "test" with their labels, 1 for positive, in the order of `Dataset`.

    Raises InputError for a split, folder or archive that is none.
    """
    if split not in SPLITS:
        raise InputError(f"the splits are train and test, got {split!r}")
    return iter(read_texts(find_source(source))[split])


def read_texts(source: Path) -> RawTexts:
    """All reviews of both splits, negative ones first, by number.

    Raises InputError for a folder or archive that isn't the data set, is damaged, or not complete.
    """
    found: dict[tuple[str, str], dict[str, str]] = {(split, label): {} for split in SPLITS for label in _LABELS}
    official = False
    for path, size, content in _files_of_folder(source) if source.is_dir() else _files_of_archive(source):
        official = official or (path.name, size) == _OFFICIAL_MARK
        if content is None:
            continue
        reviews = found[path.parts[-3], path.parts[-2]]
        if path.stem in reviews:
            raise InputError(f"{source} holds {'/'.join(path.parts[-3:])} twice")
        try:
            reviews[path.stem] = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{path} in {source} is not UTF-8 text") from error
    for (split, label), reviews in found.items():
        if not reviews:
            raise InputError(f"{source} is not the ACL-IMDB data set: it has no reviews in {split}/{label}")
        if official and len(reviews) != _REVIEWS_A_CLASS:
            raise InputError(
                f"{source} is not complete: {len(reviews):,} of {_REVIEWS_A_CLASS:,} reviews in {split}/{label}"
            )
    return {
        split: [
            (found[split, label][stem], value)
            for label, value in _LABELS.items()
            for stem in sorted(found[split, label], key=_order)
        ]
        for split in SPLITS
    }


@contextmanager
def only_writer(folder: Path, lock_name: str) -> Iterator[None]:
    """Make the folder, and hold its lock: another process that writes the same waits.

    Raises DataMissingError where the folder can't be written or the other process takes too long.
    """
    import filelock

    lock = filelock.FileLock(folder / lock_name, timeout=LOCK_SECONDS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout as error:
        raise DataMissingError(f"another process has been writing into {folder} for too long") from error
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        yield
    finally:
        lock.release()


def cannot_write(folder: Path, error: OSError) -> DataMissingError:
    """The sentence for what the operating system said when it was to write into a folder."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    why = "the disk is full" if full else f"it can't be written ({error.strerror or error})"
    return DataMissingError(
        f"no room for the reviews in {folder}: {why}; nothing was kept. UNFOLD_CACHE names another folder."
    )


def files_in(folder: Path) -> Iterator[os.DirEntry[str]]:
    """The files right in a folder; none where there is no such folder."""
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with entries:
        yield from (entry for entry in entries if entry.is_file())


def review_folders(source: Path) -> list[Path]:
    """Where reviews may lie under a folder; it may be the data set, or hold it unpacked."""
    roots = (source, source / "aclImdb")
    return [root / split / label for root in roots for split in SPLITS for label in _LABELS]


def _order(stem: str) -> tuple[float, str]:
    """Reviews are named by number and rating ("10_8"): by number, then, and any others after them by name."""
    number = stem.partition("_")[0]
    return (int(number) if number.isdecimal() else math.inf, stem)


_File = tuple[PurePath, int, bytes | None]  # path, size, and the content where it is a review


def _is_review(path: PurePath, size: int) -> bool:
    place = path.parts[-3:-1]
    if path.suffix != ".txt" or path.name.startswith(".") or len(place) < 2:
        return False
    if place[0] not in SPLITS or place[1] not in _LABELS:
        return False
    if size > _LARGEST_REVIEW:
        raise InputError(f"{path} has {size:,} bytes, which no review has")
    return True


def _files_of_folder(source: Path) -> Iterator[_File]:
    try:
        for folder in (source, source / "aclImdb", *review_folders(source)):
            for entry in files_in(folder):
                path, size = Path(entry.path), entry.stat().st_size
                yield path, size, path.read_bytes() if _is_review(path, size) else None
    except OSError as error:
        raise InputError(f"{source} can't be read: {error}") from error


def _files_of_archive(source: Path) -> Iterator[_File]:
    broken = f"{source} is no .tar.gz archive, or a damaged one"
    try:
        with tarfile.open(source, "r:gz") as archive:
            for member in archive:
                path = PurePosixPath(member.name)
                if path.is_absolute() or ".." in path.parts or "\\" in member.name:
                    raise InputError(f"{source} names a file outside of itself: {member.name}")
                if member.issym() or member.islnk() or member.isdev():
                    raise InputError(f"{source} holds {member.name}, which is a link or a device and no text")
                if member.isfile():
                    content = archive.extractfile(member) if _is_review(path, member.size) else None
                    yield path, member.size, content.read() if content else None
            # tarfile takes a damaged header for the end of the archive. What follows the end must be padding,
            # and reading all of it checks gzip's checksum.
            while archive.fileobj and (rest := archive.fileobj.read(1 << 20)):
                if rest.strip(b"\0"):
                    raise InputError(broken)
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise InputError(f"{broken} ({error})") from error


class _ProgressBar:
    """What pooch takes for a progress bar, passing on to a function."""

    def __init__(self, report: Progress) -> None:
        self._report = report
        self._done = 0
        self.total = 0

    def update(self, size: int) -> None:
        self._done = min(self._done + size, self.total)
        self._report(self._done, self.total)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        """Nothing to close."""
