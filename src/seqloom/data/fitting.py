"""Sources that a model can be asked about: location attention knows so many positions and no more (Luong
2015, section 3.1). Training leaves longer ones out; here they are told, or set aside, line by line.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from seqloom.config.attention import Location
from seqloom.config.network import GNMT, Bahdanau, Luong
from seqloom.config.recipe import Recipe
from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.example import Example
from seqloom.text.pair import PairCodec


def fitting(
    examples: Iterable[Example],
    recipe: Recipe,
    codec: PairCodec,
    bad: BadRows | None,
    *,
    every_row: bool = False,
) -> Iterator[Example]:
    """Those that are short enough.

    every_row  leave an empty source where one was too long, so that line i stays line i

    Raises UserError at the first that is too long, unless there is a place to set it aside.
    """
    limit = _limit(recipe)
    for example in examples:
        if limit is None or (fault := _fault(example, codec, limit)) is None:
            yield example
            continue
        settle(fault, bad)
        if every_row:
            yield replace(example, source="")


def _limit(recipe: Recipe) -> int | None:
    decoder = recipe.decoder
    attends = isinstance(decoder, Bahdanau | Luong | GNMT)
    if attends and isinstance(decoder.attention, Location):
        return decoder.attention.max_source
    return None


def _fault(example: Example, codec: PairCodec, limit: int) -> Fault | None:
    length = len(codec.read(example.source, example.features, example.frames).ids)
    if length <= limit:
        return None
    path, _, line = example.origin.rpartition(":")
    place = Place(path, int(line)) if line.isdecimal() else Place(example.origin, 0)
    return Fault(
        place,
        f"a source may have {limit} tokens, <eos> counted (decoder.attention.max_source), but this one "
        f"has {length}.",
        "Shorten it, or train with a larger maximum.",
        "\t".join(filter(None, (example.source, example.target, *example.features))),
    )
