"""The ACL-IMDB film reviews (Maas et al. 2011): fetched, read, and encoded.

25,000 reviews to train and 25,000 to test, half of each positive. Smaller sets of the same layout
(`train/pos/*.txt`, `train/neg/*.txt`, `test/…`) are taken as well.
"""

from rnn_core.imdb.encoded import Dataset, Reviews, Spec, load_imdb, packed
from rnn_core.imdb.source import MD5, SPLITS, URL, Progress, fetch_archive, find_source, is_misnamed, raw_texts

__all__ = [
    "MD5",
    "SPLITS",
    "URL",
    "Dataset",
    "Progress",
    "Reviews",
    "Spec",
    "fetch_archive",
    "find_source",
    "is_misnamed",
    "load_imdb",
    "packed",
    "raw_texts",
]
