"""The two workloads, and their data: token files that every system reads alike.

    pron  cmudict, letters to phones
    mt    multi30k, English to German, byte-pair encoding of 8,000 units a side

Each is cut into tokens once; a system only splits lines at blanks. Written are train, dev and test as
.src and .tgt and as .tsv, the vocabularies, and `decode.src`: sources of one length, so that in decoding
nobody pads. Pairs with more than LONGEST tokens a side are left out, for everyone.
"""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.quality.rows import data_folder

LONGEST = 60
_PARTS = ("train", "dev", "test")

Pair = tuple[list[str], list[str]]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes that decide the work.

    hidden   features of one direction of an encoder layer; a decoder layer has twice as many
    batch    pairs in a training batch
    steps    decoder steps of an output in the decoding measurements
    length   tokens of a source there
    """

    embedding: int
    hidden: int
    layers: int
    batch: int
    steps: int
    length: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A workload on disk.

    source_vocabulary, target_vocabulary  units, without special ones
    source_tokens, target_tokens          of the training pairs; <eos> counted
    """

    name: str
    folder: Path
    source_vocabulary: int
    target_vocabulary: int
    pairs: int
    source_tokens: int
    target_tokens: int


SHAPES = {
    "pron": Shape(embedding=128, hidden=128, layers=1, batch=256, steps=8, length=8),
    "mt": Shape(embedding=512, hidden=256, layers=2, batch=80, steps=16, length=16),
}
_QUICK_PAIRS = {"pron": 4000, "mt": 2000}


def prepare(name: str, out: Path, quick: bool) -> Prepared:
    """The workload's files, written where they are not there yet; `quick` takes the first pairs only."""
    folder = out / "data" / (f"{name}-quick" if quick else name)
    about = folder / "about.json"
    if not about.exists():
        folder.mkdir(parents=True, exist_ok=True)
        counts = _write(name, folder, _QUICK_PAIRS[name] if quick else None)
        about.write_text(json.dumps(counts, indent=1) + "\n", "utf-8")
    return Prepared(name=name, folder=folder, **json.loads(about.read_text("utf-8")))


def _write(name: str, folder: Path, limit: int | None) -> dict[str, int]:
    read = {"pron": _pron, "mt": _mt}[name]
    sets = {part: list(islice(pairs, limit)) for part, pairs in read().items()}
    for part, pairs in sets.items():
        _write_pairs(folder, part, pairs)
    train = sets["train"]
    source = Counter(token for pair in train for token in pair[0])
    target = Counter(token for pair in train for token in pair[1])
    for side, counts in (("src", source), ("tgt", target)):
        lines = (f"{token}\t{count}\n" for token, count in counts.most_common())
        (folder / f"vocab.{side}").write_text("".join(lines), "utf-8")
    wanted = [pair[0] for pair in sets["test"] if len(pair[0]) == SHAPES[name].length]
    (folder / "decode.src").write_text("".join(" ".join(s) + "\n" for s in wanted), "utf-8")
    return {
        "source_vocabulary": len(source),
        "target_vocabulary": len(target),
        "pairs": len(train),
        "source_tokens": source.total() + len(train),
        "target_tokens": target.total() + len(train),
    }


def _write_pairs(folder: Path, part: str, pairs: list[Pair]) -> None:
    for side, index in (("src", 0), ("tgt", 1)):
        lines = (" ".join(pair[index]) + "\n" for pair in pairs)
        (folder / f"{part}.{side}").write_text("".join(lines), "utf-8")
    lines = (" ".join(source) + "\t" + " ".join(target) + "\n" for source, target in pairs)
    (folder / f"{part}.tsv").write_text("".join(lines), "utf-8")


def _fitting(pairs: Iterable[Pair]) -> Iterator[Pair]:
    return (pair for pair in pairs if all(0 < len(side) <= LONGEST for side in pair))


def _pron() -> dict[str, Iterator[Pair]]:
    def words(part: str) -> Iterator[Pair]:
        lines = (data_folder() / "cmudict" / f"{part}.txt").read_text("utf-8").splitlines()
        for line in filter(None, lines):
            word, phones = line.split("  ", 1)
            yield list(word.lower()), phones.split()

    return {part: _fitting(words(part)) for part in _PARTS}


def _mt() -> dict[str, Iterator[Pair]]:
    lines = {
        (part, side): _lines(f"{name}.lc.norm.tok.{side}.gz")
        for part, name in zip(_PARTS, ("train", "val", "test_2016_flickr"), strict=True)
        for side in ("en", "de")
    }
    cutters = {side: _Cutter(lines["train", side]) for side in ("en", "de")}
    cut = {key: map(cutters[key[1]], text) for key, text in lines.items()}
    return {part: _fitting(zip(cut[part, "en"], cut[part, "de"], strict=True)) for part in _PARTS}


def _lines(name: str) -> list[str]:
    with gzip.open(data_folder() / "multi30k" / name, "rt", encoding="utf-8") as file:
        return file.read().splitlines()


class _Cutter:
    """Byte-pair encoding learnt from some lines; a piece that goes on ends in @@."""

    def __init__(self, lines: list[str], size: int = 8000) -> None:
        from tokenizers import Tokenizer, models, pre_tokenizers, trainers

        self._tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<unk>"))
        self._tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        trainer = trainers.BpeTrainer(
            vocab_size=size,
            end_of_word_suffix="</w>",
            special_tokens=["<unk>"],
            show_progress=False,
        )
        self._tokenizer.train_from_iterator(lines, trainer)

    def __call__(self, line: str) -> list[str]:
        pieces = self._tokenizer.encode(line).tokens
        return [p.removesuffix("</w>") if p.endswith("</w>") else f"{p}@@" for p in pieces]
