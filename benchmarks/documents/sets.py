"""The sets of the documents table, made as JSONL from the archives in SEQLOOM_DATA.

imdb        film reviews, good or bad (Maas 2011); `<br />` becomes a line break
newsgroups  posts, 20 groups; headers, quotes and footers are taken off, as they give the answer away
            (scikit-learn's own functions, so that figures can be compared)
long        the reviews of 300 words and more, with their rating of 8 as the label: long documents with
            a question that no single word answers, the task of Yang 2016 on a smaller scale

A tenth of each training set, drawn once for all seeds, is the dev set. Nothing else is left out but
posts of which nothing remains.
"""

import json
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import compress
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.quality.rows import data_folder
from seqloom.data.example import Example
from seqloom.data.split import HoldOut

LONG = 300
"""Words, parted by blanks, from which on a review is long."""
PARTS = ("train", "dev", "test")


class Labelled(NamedTuple):
    text: str
    label: str


Read = Callable[[str], Iterable[Labelled]]
"""'train' or 'test' -> the documents."""


@dataclass(frozen=True, slots=True)
class Set:
    """about    what it is, for the page of results
    bounds   lengths in words at which the table by length is cut
    changes  settings for all rows: more epochs for fewer documents
    """

    name: str
    about: str
    read: Read
    bounds: tuple[int, ...]
    changes: tuple[str, ...] = ()


def files_of(chosen: Set, folder: Path) -> list[str]:
    """Train, dev and test, written where they are missing."""
    paths = [folder / f"{part}.jsonl" for part in PARTS]
    if not all(path.exists() for path in paths):
        folder.mkdir(parents=True, exist_ok=True)
        train = list(chosen.read("train"))
        split = HoldOut.plan((Example(each.text) for each in train), len(train) // 10, seed=1)
        dev = [split.is_dev(Example(each.text)) for each in train]
        rest = [not held for held in dev]
        sets = (compress(train, rest), compress(train, dev), chosen.read("test"))
        for path, documents in zip(paths, sets, strict=True):
            _write(path, documents)
    return [str(path) for path in paths]


def _write(path: Path, documents: Iterable[Labelled]) -> None:
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        for document in documents:
            file.write(json.dumps(document._asdict(), ensure_ascii=False) + "\n")
    part.rename(path)


def _members(archive: str, inside: str) -> Iterator[tuple[list[str], str]]:
    """Path and text of every file below a folder of an archive."""
    with tarfile.open(data_folder() / archive) as tar:
        for member in tar:
            path = member.name.removeprefix("./").split("/")
            if member.isfile() and inside in path:
                file = tar.extractfile(member)
                assert file is not None
                yield path, file.read().decode("utf-8" if "imdb" in archive else "latin-1")


def _reviews(part: str) -> Iterator[tuple[str, str, str]]:
    """Text, 'pos' or 'neg', rating."""
    for path, text in _members("imdb/aclImdb-labelled.tar.gz", part):
        if path[-2] in ("pos", "neg"):
            rating = path[-1].removesuffix(".txt").partition("_")[2]
            yield re.sub(r"<br\s*/?>", "\n", text), path[-2], rating


def imdb(part: str) -> Iterator[Labelled]:
    return (Labelled(text, label) for text, label, _ in _reviews(part))


def long(part: str) -> Iterator[Labelled]:
    return (Labelled(text, r) for text, _, r in _reviews(part) if len(text.split()) >= LONG)


def newsgroups(part: str) -> Iterator[Labelled]:
    library: Any = import_module("sklearn.datasets._twenty_newsgroups")
    for path, text in _members("newsgroups/20news-bydate.tar.gz", f"20news-bydate-{part}"):
        text = library.strip_newsgroup_header(text)
        text = library.strip_newsgroup_footer(library.strip_newsgroup_quoting(text))
        if any(character.isalnum() for character in text):
            yield Labelled(text, path[-2])


SETS = [
    Set(
        "imdb",
        "film reviews, good or bad",
        imdb,
        (150, 300, 500),
        ("training.max_epochs=4",),
    ),
    Set(
        "newsgroups",
        "posts of 20 groups, without headers, quotes and footers",
        newsgroups,
        (50, 150, 400),
        ("data.max_sentences=100", "training.max_epochs=12"),
    ),
    Set(
        "long",
        f"film reviews of {LONG} words and more, 8 ratings",
        long,
        (400, 600),
        ("data.max_sentences=100", "training.max_epochs=8"),
    ),
]
