"""The rows of the quality table: a data set, a recipe, the published figure it is held against."""

import gzip
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = (
    "ady arm bul dut fre geo gre hin hun ice jpn kor lit rum vie".split()  # noqa: SIM905
)
PUBLISHED_LSTM = dict(
    zip(
        LANGUAGES,
        (
            28.00,
            14.67,
            31.11,
            16.44,
            6.22,
            26.44,
            18.89,
            6.67,
            5.33,
            10.00,
            7.56,
            46.89,
            19.11,
            10.67,
            4.67,
        ),
        strict=True,
    )
)
"""Test WER of the tuned LSTM, Gorman et al. 2020, table 2."""


@dataclass(frozen=True, slots=True)
class Files:
    """Paths as the recipe's `data` section takes them."""

    train: str
    dev: str
    test: str
    format: str = "auto"


@dataclass(frozen=True, slots=True)
class Row:
    """One training run and how it is judged.

    published  what others reached, in words
    raw        for translation: the test references before tokenisation, for detokenised BLEU
    """

    name: str
    recipe: str
    prepare: Callable[[Path], Files]
    published: str
    changes: tuple[str, ...] = ()
    raw: str = ""
    language: str = ""


def data_folder() -> Path:
    """Where the real data sets are: SEQLOOM_DATA, or the folder beside the checkout."""
    default = Path(__file__).parents[2].parent / "shared" / "data"
    return Path(os.environ.get("SEQLOOM_DATA", default))


def _g2p(language: str) -> Callable[[Path], Files]:
    def files(_: Path) -> Files:
        folder = data_folder() / "g2p15"
        return Files(*(str(folder / f"{language}_{part}.tsv") for part in ("train", "dev", "test")))

    return files


def _cmudict(folder: Path) -> Files:
    """The dictionary's own format (WORD, two blanks, phones, CRLF) as TSV."""
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[str] = []
    for part in ("train", "dev", "test"):
        lines = (data_folder() / "cmudict" / f"{part}.txt").read_text("utf-8").splitlines()
        path = folder / f"{part}.tsv"
        path.write_text(
            "".join("\t".join(line.split("  ", 1)) + "\n" for line in lines if line), "utf-8"
        )
        paths.append(str(path))
    return Files(*paths)


def _multi30k(source: str, target: str) -> Callable[[Path], Files]:
    def files(_: Path) -> Files:
        folder = data_folder() / "multi30k"
        pairs = (
            ",".join(str(folder / f"{part}.lc.norm.tok.{side}.gz") for side in (source, target))
            for part in ("train", "val", "test_2016_flickr")
        )
        return Files(*pairs, format="parallel")

    return files


def raw_references(name: str) -> list[str]:
    """Untokenised test references of multi30k."""
    with gzip.open(data_folder() / "multi30k" / name, "rt", encoding="utf-8") as file:
        return [line.rstrip("\n") for line in file]


ROWS = [
    *(
        Row(f"g2p15/{language}", "g2p", _g2p(language), f"{PUBLISHED_LSTM[language]:.2f}")
        for language in LANGUAGES
    ),
    Row("cmudict", "cmudict", _cmudict, "21.69 (Toshniwal & Livescu 2016, attention)"),
    Row(
        "multi30k/en-de",
        "translate",
        _multi30k("en", "de"),
        "39.00 (nmtpytorch, embedding 128, hidden 256)",
        raw="test_2016_flickr.de.gz",
        language="de",
    ),
    Row(
        "multi30k/de-en",
        "translate",
        _multi30k("de", "en"),
        "none on this split with these tokens",
        raw="test_2016_flickr.en.gz",
        language="en",
    ),
]
