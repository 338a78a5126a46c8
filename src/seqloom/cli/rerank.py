"""`seqloom rerank`: reorder somebody's n-best list by what a model thinks of it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from seqloom.cli.bad import SkipBad, set_aside
from seqloom.cli.options import Device, Run, With
from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.data.example import Example
    from seqloom.data.sources.nbest import Entry
    from seqloom.model import Model


def rerank(
    run: Run,
    nbest: Annotated[
        str,
        typer.Argument(
            metavar="NBEST",
            help="LINE ||| OUTPUT ||| ..., as Moses or 'predict --nbest' writes it.",
        ),
    ],
    sources: Annotated[
        str,
        typer.Option(metavar="FILE", help="The sources, one a line, that LINE counts from 0."),
    ],
    weight: Annotated[
        float | None,
        typer.Option(
            metavar="W", help="Rank by SCORE + W * log p instead of by the model's log p alone."
        ),
    ] = None,
    length_penalty: Annotated[
        float, typer.Option(metavar="A", help="Divide log p by ((5 + length) / 6) ** A.")
    ] = 0.0,
    also: With = None,
    skip_bad: SkipBad = False,
    device: Device = "auto",
) -> None:
    """Print the n-best list again, each source's hypotheses in the model's order.

    log p(output | source) is a natural logarithm, end of sequence counted; it
    joins the features, if there are any, as 'seqloom='.
    """
    from seqloom.api import load_pairs
    from seqloom.data.sources.inputs import read_sources
    from seqloom.data.sources.lines import opened
    from seqloom.data.sources.nbest import read_nbest

    model = load_pairs([run, *(also or [])], "rerank", device)
    data = model.recipe.data
    with set_aside(skip_bad) as bad, opened(nbest) as stream:
        lists = read_nbest(stream, nbest, data.max_line_bytes, bad)
        for source, entries in _matched(lists, read_sources(sources, data), sources):
            for entry in _reranked(model, source, entries, weight, length_penalty):
                typer.echo(str(entry))


def _matched(
    lists: "Iterable[list[Entry]]", sources: "Iterator[Example]", file: str
) -> "Iterator[tuple[Example, list[Entry]]]":
    """Each list with its source; both are read once, in order."""
    read = 0
    for entries in lists:
        first = entries[0]
        if first.source < read:
            raise UserError(
                f"{first.origin}: sources must come in order, each with its hypotheses together, "
                f"but {first.source} follows {read - 1}. Sort the list by its first field."
            )
        source = next(islice(sources, first.source - read, None), None)
        if source is None:
            raise UserError(
                f"{first.origin}: there is no source {first.source}: {file} ends before it. "
                "Give the sources that the list was made from; they count from 0."
            )
        read = first.source + 1
        yield source, entries


def _reranked(
    model: "Model",
    source: "Example",
    entries: "list[Entry]",
    weight: float | None,
    length_penalty: float,
) -> "list[Entry]":
    from seqloom.search.penalties import length_penalty as lp

    found = model.score((source, entry.output) for entry in entries)
    ranked: list[Entry] = []
    for entry, score in zip(entries, found, strict=True):
        value = score.log_prob / lp(len(score.tokens), length_penalty)
        total = value if weight is None else _score_of(entry) + weight * value
        ranked.append(entry.scored(total, "seqloom", value))
    # A stable sort: equals stay as they were.
    return sorted(ranked, key=lambda entry: -(entry.score or 0.0))


def _score_of(entry: "Entry") -> float:
    if entry.score is None:
        raise UserError(
            f"{entry.origin}: --weight adds to the list's own scores, but this line has none. "
            "Leave --weight out to rank by the model alone."
        )
    return entry.score
