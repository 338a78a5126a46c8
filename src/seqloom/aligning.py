"""Word alignments of given pairs, by attention: the model is made to write each target.

    link    target word t, source word s = argmax_s sum_{j in s} mean_{i in t} a_ij

a_ij is what piece i of the target paid to piece j of the source. <eos> and features are no partners, nor
do they have one. What a word is: data/alignments.py, as guided training has it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import numpy as np

from seqloom.answering import Answering
from seqloom.data.alignments import words_of
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.metrics.alignment import Gold, Link, alignment_error, format_links, parse_gold
from seqloom.metrics.tally import Tally
from seqloom.search.forced import forced
from seqloom.search.stepper import Reals
from seqloom.text.codec import Codec
from seqloom.text.copying import Source

_TOGETHER = 32
"""Pairs aligned at once."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """The words of a pair and the links between them, source and target both from 0."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    links: tuple[Link, ...]


def aligned(model: Answering, examples: Iterable[Example]) -> Iterator[Aligned]:
    """One for each pair, in order."""
    waiting = iter(examples)
    while batch := list(islice(waiting, _TOGETHER)):
        sources = [model.codec.read(example.source, example.features) for example in batch]
        targets = [
            model.codec.target.encode(example.target or "", open=source.open)
            for example, source in zip(batch, sources, strict=True)
        ]
        found = forced(model.stepper(), [source.ids for source in sources], targets)
        for example, source, hypothesis in zip(batch, sources, found, strict=True):
            if hypothesis.weights is None:
                raise UserError(
                    "An alignment needs attention weights, but this model has none. Train one "
                    "with a Bahdanau, Luong or GNMT decoder."
                )
            yield _aligned(model, example, source, hypothesis.weights)


def _aligned(model: Answering, example: Example, source: Source, weights: Reals) -> Aligned:
    codec = model.codec
    read, written = codec.source.units(example.source), codec.target.units(example.target or "")
    sources = words_of(read, codec.source.pieces, len(source.ids) - 1 - len(read))
    targets = words_of(written, codec.target.pieces)
    links = [
        (int(np.argmax([weights[np.ix_(pieces, own)].sum() for own in sources])), place)
        for place, pieces in enumerate(targets)
        if sources
    ]
    first = len(source.ids) - 1 - len(read)
    return Aligned(
        _words(codec.source, read, sources, first),
        _words(codec.target, written, targets),
        (*links,),
    )


def _words(
    codec: Codec, units: Sequence[str], words: Sequence[Sequence[int]], first: int = 0
) -> tuple[str, ...]:
    return tuple("".join(units[place - first] for place in own).strip() for own in words)


def links_as(
    format: Literal["pharaoh", "tsv", "jsonl"], number: int, pair: Aligned
) -> Iterator[str]:
    """The lines of pair `number`, counted from 0."""
    match format:
        case "pharaoh":
            yield format_links(pair.links)
        case "tsv":
            for source, target in pair.links:
                words = (pair.source[source], pair.target[target])
                yield "\t".join(map(str, (number, source, target, *words)))
        case "jsonl":
            entry = {"source": pair.source, "target": pair.target, "links": pair.links}
            yield json.dumps({"line": number, **entry}, ensure_ascii=False)


def error_rate(pairs: Sequence[Aligned], gold: Sequence[Gold]) -> Tally:
    """The alignment error rate (metrics/alignment.py) over all pairs."""
    return alignment_error([frozenset(pair.links) for pair in pairs], gold)


def read_gold(path: Path, count: int) -> list[Gold]:
    """The gold links of `count` pairs, a line each."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file. Give one line of links a pair.") from None
    if len(lines) != count:
        raise UserError(
            f"{path}: must have a line for each of {count} pairs, but has {len(lines)}. Line i of "
            "both must belong together."
        )
    return [parse_gold(line, f"{path}:{number}") for number, line in enumerate(lines, start=1)]
