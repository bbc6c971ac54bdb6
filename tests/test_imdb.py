import errno
import gzip
import hashlib
import http.server
import io
import os
import subprocess
import sys
import tarfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pooch
import pytest

from rnn_core import imdb, text_pipeline
from rnn_core.errors import DataMissingError, InputError
from rnn_core.imdb import encoded
from rnn_core.imdb import source as source_module
from rnn_core.vocabulary import build_vocabulary

REVIEWS = {
    "train/neg/0_1.txt": "A dull film. Not good!",
    "train/neg/10_2.txt": "Dull, dull & dull.",
    "train/neg/9_3.txt": "I don't like it.<br /><br />Why?",
    "train/pos/0_9.txt": "A good film!!!",
    "train/pos/1_10.txt": "I like it, café scenes and all.",
    "test/neg/0_2.txt": "Not a film.",
    "test/pos/0_8.txt": "Like it? Loved it!",
    "test/pos/1_7.txt": "",
}
OTHERS = {"README": "Large Movie Review Dataset", "train/unsup/0_0.txt": "No label.", "train/pos/._0_9.txt": "Mac's"}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache folder for every test, and no data set that the machine's environment names."""
    monkeypatch.setenv("UNFOLD_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("UNFOLD_IMDB", raising=False)
    return tmp_path / "cache" / "imdb"


def archive_bytes(files, *, extra=()):
    """A .tar.gz of the official layout; `extra` are members that come after."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            content = text if isinstance(text, bytes) else text.encode()
            member = tarfile.TarInfo(f"aclImdb/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for member in extra:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    return buffer.getvalue()


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "reviews.tar.gz"
    path.write_bytes(archive_bytes({**REVIEWS, **OTHERS}))
    return path


def write_folder(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "unpacked" / "aclImdb", {**REVIEWS, **OTHERS})


def remains(folder):
    """What lies in a cache folder besides its locks."""
    return sorted(path.name for path in folder.glob("*") if path.suffix != ".lock") if folder.is_dir() else []


# Reading


@pytest.mark.parametrize("kind", ["archive", "folder", "folder above"])
def test_reads_archive_and_folder_alike(archive, folder, kind) -> None:
    source = {"archive": archive, "folder": folder, "folder above": folder.parent}[kind]
    assert list(imdb.raw_texts(source, "train")) == [
        (REVIEWS["train/neg/0_1.txt"], 0),
        (REVIEWS["train/neg/9_3.txt"], 0),
        (REVIEWS["train/neg/10_2.txt"], 0),
        (REVIEWS["train/pos/0_9.txt"], 1),
        (REVIEWS["train/pos/1_10.txt"], 1),
    ]
    assert list(imdb.raw_texts(source, "test")) == [
        (REVIEWS["test/neg/0_2.txt"], 0),
        (REVIEWS["test/pos/0_8.txt"], 1),
        (REVIEWS["test/pos/1_7.txt"], 1),
    ]


def test_source_is_argument_then_environment_then_download(archive, folder, cache, monkeypatch) -> None:
    with pytest.raises(DataMissingError, match="UNFOLD_IMDB"):
        imdb.find_source()
    cache.mkdir(parents=True)
    downloaded = cache / "aclImdb_v1.tar.gz"
    downloaded.write_bytes(archive.read_bytes())
    assert imdb.find_source() == downloaded
    monkeypatch.setenv("UNFOLD_IMDB", str(folder))
    assert imdb.find_source() == folder
    assert imdb.find_source(archive) == archive
    with pytest.raises(InputError, match="nowhere"):
        imdb.find_source(folder / "nowhere")


def test_split_must_be_one(archive) -> None:
    with pytest.raises(InputError, match="train and test, got 'dev'"):
        imdb.raw_texts(archive, "dev")


def member(name, kind=tarfile.REGTYPE, *, link="", size=0):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, size
    return info


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        (member("aclImdb/../../train/pos/7_7.txt"), "outside of itself"),
        (member("/etc/train/pos/7_7.txt"), "outside of itself"),
        (member("..\\train\\pos\\7_7.txt"), "outside of itself"),
        (member("aclImdb/train/pos/7_7.txt", tarfile.SYMTYPE, link="/etc/passwd"), "link or a device"),
        (member("aclImdb/train/pos/7_7.txt", tarfile.LNKTYPE, link="aclImdb/README"), "link or a device"),
        (member("aclImdb/train", tarfile.SYMTYPE, link="/etc"), "link or a device"),
        (member("aclImdb/train/pos/7_7.txt", tarfile.FIFOTYPE), "link or a device"),
        (member("aclImdb/train/pos/0_9.txt"), "twice"),
        (member("aclImdb/train/pos/7_7.txt", size=1_000_001), "1,000,001 bytes"),
    ],
)
def test_archive_may_not_reach_out_or_surprise(tmp_path, cache, extra, sentence) -> None:
    path = tmp_path / "bad.tar.gz"
    path.write_bytes(archive_bytes(REVIEWS, extra=[extra]))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=sentence):
        imdb.load_imdb(imdb.Spec(path))
    assert remains(cache) == []
    assert [path for path in sorted(tmp_path.rglob("*")) if cache.parent not in (path, *path.parents)] == before


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_truncated_archive(tmp_path, cache, part) -> None:
    noise = {f"train/pos/{k}_7.txt": os.urandom(600).hex() for k in range(2, 60)}
    content = archive_bytes({**REVIEWS, **noise})
    path = tmp_path / "half.tar.gz"
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(InputError, match="or a damaged one"):
        imdb.load_imdb(imdb.Spec(path))
    assert remains(cache) == []


def test_archive_with_a_damaged_header_is_not_taken_for_its_end(tmp_path) -> None:
    plain = bytearray(gzip.decompress(archive_bytes({"README": "one", **REVIEWS, "test/pos/5_7.txt": "Good."})))
    header = plain.index(b"aclImdb/test/pos/5_7.txt")
    plain[header + 148 : header + 156] = b"999999\0 "  # its checksum; what comes before is a whole data set
    path = tmp_path / "reviews.tar.gz"
    path.write_bytes(gzip.compress(bytes(plain)))
    with pytest.raises(InputError, match="or a damaged one"):
        imdb.raw_texts(path, "train")


def test_archive_with_a_flipped_byte(tmp_path) -> None:
    content = bytearray(archive_bytes(REVIEWS))
    content[-6] ^= 1  # in gzip's checksum
    path = tmp_path / "flipped.tar.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match="or a damaged one"):
        imdb.raw_texts(path, "train")


@pytest.mark.parametrize(
    "content",
    # Without a time of its own in gzip's header: the tests' names must not hang on the second.
    [b"", b"text", b"PK\x03\x04", gzip.compress(b"no tar", mtime=0), gzip.compress(b"\0" * 10240, mtime=0)],
)
def test_file_that_is_no_archive(tmp_path, content) -> None:
    path = tmp_path / "other.tar.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"other\.tar\.gz"):
        imdb.raw_texts(path, "train")


@pytest.mark.parametrize(
    "files", [{}, {"notes.txt": "x", "train/0.txt": "x"}, {k: v for k, v in REVIEWS.items() if "test/pos" not in k}]
)
def test_folder_that_is_not_the_data_set(tmp_path, files) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(InputError, match="is not the ACL-IMDB data set: it has no reviews in"):
        imdb.load_imdb(imdb.Spec(write_folder(tmp_path / "other", files)))


def test_folder_with_what_is_no_text(tmp_path) -> None:
    bad = write_folder(tmp_path / "a", {**REVIEWS, "test/pos/3_7.txt": b"\xff\xfe"})
    with pytest.raises(InputError, match=r"3_7\.txt .* is not UTF-8"):
        imdb.raw_texts(bad, "test")
    large = write_folder(tmp_path / "b", {**REVIEWS, "test/pos/3_7.txt": b"x" * 1_000_001})
    with pytest.raises(InputError, match="1,000,001 bytes"):
        imdb.raw_texts(large, "test")


def test_official_set_must_be_complete(tmp_path, monkeypatch) -> None:
    path = write_folder(tmp_path / "a", {**REVIEWS, "imdb.vocab": "the\n"})
    assert len(list(imdb.raw_texts(path, "train"))) == 5  # a file of that name alone does not make it official
    monkeypatch.setattr(source_module, "_OFFICIAL_MARK", ("imdb.vocab", 4))
    with pytest.raises(InputError, match="not complete: 3 of 12,500 reviews in train/neg"):
        imdb.raw_texts(path, "train")


# Encoding


@pytest.fixture
def small():
    return imdb.Spec(max_words=8)


def test_encoding_is_tokenize_and_encode(archive) -> None:
    data = imdb.load_imdb(imdb.Spec(archive))
    texts = {split: list(imdb.raw_texts(archive, split)) for split in imdb.SPLITS}
    cut = {
        split: [text_pipeline.tokenize(text, text_pipeline.MODEL_SPEC) for text, _ in texts[split]] for split in texts
    }
    assert data.vocabulary == build_vocabulary(cut["train"], 20_000)
    assert data.pipeline == text_pipeline.MODEL_SPEC
    for split, reviews in (("train", data.train), ("test", data.test)):
        assert reviews.labels.tolist() == [label for _, label in texts[split]]
        assert len(reviews) == len(texts[split])
        assert reviews.offsets.tolist() == np.cumsum([0, *map(len, cut[split])]).tolist()
        for index, tokens in enumerate(cut[split]):
            assert reviews[index].tolist() == data.vocabulary.encode(tokens).tolist()
        assert reviews[-1].tolist() == reviews[len(reviews) - 1].tolist()
        with pytest.raises(IndexError):
            reviews[len(reviews)]
    assert (data.train.ids.dtype, data.train.offsets.dtype, data.train.labels.dtype) == (np.uint16, np.int64, np.uint8)
    assert "loved" not in data.vocabulary  # a word of the test reviews only


def test_max_words_and_pipeline_are_obeyed(archive) -> None:
    data = imdb.load_imdb(imdb.Spec(archive, max_words=3))
    assert len(data.vocabulary) == 5
    plain = imdb.load_imdb(imdb.Spec(archive, pipeline=text_pipeline.Spec()))
    assert "not" not in plain.vocabulary
    assert "don" not in plain.vocabulary
    with pytest.raises(InputError, match="at least 1"):
        imdb.Spec(archive, max_words=0)


def test_large_vocabulary_takes_int32(tmp_path) -> None:
    files = {**REVIEWS, "train/pos/2_7.txt": " ".join(f"w{k}" for k in range(70_000))}
    data = imdb.load_imdb(imdb.Spec(write_folder(tmp_path / "a", files), max_words=100_000))
    assert data.train.ids.dtype == np.int32
    assert data.train.ids.max() == len(data.vocabulary) - 1 > 70_000


def test_reviews_without_a_word(tmp_path) -> None:
    data = imdb.load_imdb(imdb.Spec(write_folder(tmp_path / "a", dict.fromkeys(REVIEWS, "..."))))
    assert data.train.offsets.tolist() == [0] * 6
    assert len(data.vocabulary) == 2


def test_progress_counts_the_reviews(archive) -> None:
    seen = []
    imdb.load_imdb(imdb.Spec(archive), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(8, 8)]


def test_second_load_comes_out_of_the_cache(archive, cache, monkeypatch) -> None:
    first = imdb.load_imdb(imdb.Spec(archive))
    monkeypatch.setattr(encoded, "read_texts", None)
    second = imdb.load_imdb(imdb.Spec(archive))
    for data in (first, second):
        assert isinstance(data.train.ids, np.memmap)
        assert not data.train.ids.flags.writeable
    assert np.array_equal(first.train.ids, second.train.ids)
    assert first.vocabulary == second.vocabulary
    assert [Path(name).suffix for name in remains(cache)] == [".joblib"]


@pytest.mark.parametrize("changed", ["spec", "archive", "folder"])
def test_cache_notices_what_has_changed(archive, folder, cache, changed) -> None:
    spec = imdb.Spec(folder if changed == "folder" else archive)
    imdb.load_imdb(spec)
    if changed == "spec":
        spec = replace(spec, pipeline=replace(spec.pipeline, keep_marks=False))
    elif changed == "archive":
        archive.write_bytes(archive_bytes({**REVIEWS, "train/pos/2_7.txt": "one more of them"}))
    else:
        (folder / "train/pos/0_9.txt").write_text("An excellent film!!!")
    data = imdb.load_imdb(spec)
    assert {
        "spec": "!" not in data.vocabulary,
        "archive": len(data.train) == 6,
        "folder": "excellent" in data.vocabulary,
    }[changed]
    assert len(remains(cache)) == 2


def test_cache_keeps_a_few_only(archive, cache) -> None:
    for size in range(1, 10):
        imdb.load_imdb(imdb.Spec(archive, max_words=size))
    assert len(remains(cache)) == 6
    assert len(imdb.load_imdb(imdb.Spec(archive, max_words=9)).vocabulary) == 11


@pytest.mark.parametrize("damage", [lambda content: content[: len(content) // 2], lambda _: b"", lambda _: b"garbage"])
def test_damaged_cache_is_written_anew(archive, cache, damage) -> None:
    before = imdb.load_imdb(imdb.Spec(archive)).train.ids.tolist()
    (path,) = cache.glob("*.joblib")
    content = path.read_bytes()
    path.unlink()  # the mapped pages of the first one stay as they are
    path.write_bytes(damage(content))
    assert imdb.load_imdb(imdb.Spec(archive)).train.ids.tolist() == before
    assert path.read_bytes() == content


def full_disk(error=errno.ENOSPC, *, after=0):
    """An `open` whose files take some bytes and then no more."""

    def limited_open(*args, **kwargs):
        file = open(*args, **kwargs)  # noqa: SIM115, PTH123
        room = after
        write = file.write

        def limited_write(data):
            nonlocal room
            room -= len(data)
            if room < 0:
                raise OSError(error, os.strerror(error))
            return write(data)

        class Limited:
            def __getattr__(self, name):
                return limited_write if name == "write" else getattr(file, name)

            def __enter__(self):
                return self

            def __exit__(self, *_):
                file.close()

        return Limited() if set("wx") & set(args[1]) else file

    return limited_open


def test_full_disk_while_the_cache_is_written(archive, cache, monkeypatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(joblib.numpy_pickle, "open", full_disk(after=100), raising=False)
        with pytest.raises(DataMissingError, match="the disk is full; nothing was kept"):
            imdb.load_imdb(imdb.Spec(archive))
    assert remains(cache) == []
    assert len(imdb.load_imdb(imdb.Spec(archive)).train) == 5


def test_cache_folder_that_can_not_be(archive, tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("UNFOLD_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataMissingError, match="can't be written"):
        imdb.load_imdb(imdb.Spec(archive))
    with pytest.raises(DataMissingError, match="can't be written"):
        imdb.fetch_archive(url="http://127.0.0.1:9/")


def test_interrupted_encoding_leaves_nothing(archive, cache) -> None:
    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imdb.load_imdb(imdb.Spec(archive), progress=interrupt)
    assert remains(cache) == []


# Downloading, from a server on this machine


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    content = b""
    md5 = ""  # of what it should send
    sent = None  # how much of the content is sent before the line goes dead
    status = 200
    requests = 0
    delay = 0.0


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        self.server.requests += 1
        time.sleep(self.server.delay)
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content[: self.server.sent])

    def log_message(self, *_):
        """Keep the tests quiet."""


@pytest.fixture
def server(archive, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(pooch.get_logger(), "disabled", True)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.content = archive.read_bytes()
        server.md5 = hashlib.md5(server.content).hexdigest()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetch(server, progress=False):
    url = f"http://127.0.0.1:{server.server_port}/aclImdb_v1.tar.gz"
    return imdb.fetch_archive(progress, url=url, md5=server.md5)


def test_download_then_load(server, cache) -> None:
    seen = []
    path = fetch(server, lambda done, total: seen.append((done, total)))
    assert path == cache / "aclImdb_v1.tar.gz"
    assert path.read_bytes() == server.content
    assert remains(cache) == ["aclImdb_v1.tar.gz"]
    assert seen[-1] == (len(server.content),) * 2
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(imdb.load_imdb(imdb.Spec()).train) == 5
    fetch(server)
    assert server.requests == 1  # it lies there already


def test_download_shows_a_bar(server, capsys) -> None:
    fetch(server, True)
    assert "100%" in capsys.readouterr().err


def test_the_official_archive_is_the_default() -> None:
    assert imdb.URL == "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
    assert imdb.MD5 == "7c2ac02c03563afcf9b574c7e56c153a"


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"sent": 300}, "could not be fetched"),
        ({"sent": 0}, "could not be fetched"),
        ({"status": 404}, "could not be fetched"),
        ({"content": b"<html>Please log in"}, "checksum is wrong; nothing was kept"),
        ({"content": b""}, "checksum is wrong; nothing was kept"),
    ],
)
def test_broken_download_leaves_nothing_and_can_be_tried_again(server, cache, broken, sentence) -> None:
    right = server.content
    before = {name: getattr(server, name) for name in broken}
    vars(server).update(broken)
    with pytest.raises(DataMissingError, match=sentence):
        fetch(server)
    assert remains(cache) == []
    vars(server).update(before)
    assert fetch(server).read_bytes() == right


def test_no_network(cache) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as closed_at_once:
        port = closed_at_once.server_port
    with pytest.raises(DataMissingError, match=r"could not be fetched .*is there a network"):
        imdb.fetch_archive(url=f"http://127.0.0.1:{port}/x")
    assert remains(cache) == []


@pytest.mark.parametrize(("error", "sentence"), [(errno.ENOSPC, "the disk is full"), (errno.EIO, "can't be written")])
def test_full_disk_while_downloading(server, cache, monkeypatch, error, sentence) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(pooch.downloaders, "open", full_disk(error), raising=False)
        with pytest.raises(DataMissingError, match=sentence):
            fetch(server)
    assert remains(cache) == []
    assert fetch(server).is_file()


def test_interrupted_download_leaves_nothing(server, cache) -> None:
    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(server, interrupt)
    assert remains(cache) == []


def test_what_a_killed_download_left_is_swept(server, cache) -> None:
    cache.mkdir(parents=True)
    (cache / "tmpabc").write_bytes(b"half")
    fetch(server)
    assert remains(cache) == ["aclImdb_v1.tar.gz"]


def test_damaged_archive_in_the_cache_is_fetched_anew(server, cache) -> None:
    fetch(server).write_bytes(b"damaged")
    assert fetch(server).read_bytes() == server.content
    assert server.requests == 2


def test_two_at_once_download_once(server) -> None:
    server.delay = 0.2
    paths = []
    threads = [threading.Thread(target=lambda: paths.append(fetch(server))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(paths)) == 1
    assert len(paths) == 3
    assert server.requests == 1


def test_waiting_for_another_writer_ends(server, cache, monkeypatch) -> None:
    monkeypatch.setattr(source_module, "LOCK_SECONDS", 0.05)
    with source_module.only_writer(cache, "download.lock"), pytest.raises(DataMissingError, match="another process"):
        fetch(server)


def test_importing_imports_nothing_slow() -> None:
    code = "import sys, rnn_core.imdb; print([m for m in ('nltk', 'torch', 'pooch', 'joblib') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# The real thing, where it lies beside the project


def test_official_reviews(shared_data) -> None:
    archive = shared_data / "aclImdb_labelled.tar.gz"
    if not archive.is_file():
        pytest.skip(f"needs {archive}")
    texts = source_module.read_texts(archive)
    assert {split: np.bincount([label for _, label in texts[split]]).tolist() for split in texts} == {
        "train": [12_500, 12_500],
        "test": [12_500, 12_500],
    }
    assert texts["train"][0][0].startswith("Story of a man who has unnatural feelings for a pig.")
