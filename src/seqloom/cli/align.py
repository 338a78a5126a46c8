"""`seqloom align`: which source word each target word of given pairs belongs to, and how far that is from a
gold standard."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from seqloom.cli.options import Device, Run, With


def align(
    run: Run,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Pairs. Default: the recipe's test set."),
    ] = None,
    format: Annotated[
        Literal["pharaoh", "tsv", "jsonl"],
        typer.Option(
            help="pharaoh: 0-0 1-2, a line a pair; tsv: a line a link; jsonl: an object a pair."
        ),
    ] = "pharaoh",
    gold: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Alignments to compare with, line by line (0-0 sure, 0p1 possible): prints the "
            "alignment error rate instead.",
        ),
    ] = None,
    also: With = None,
    device: Device = "auto",
) -> None:
    """Align given pairs by attention: the model is made to write each target.

    Each target word is linked to the source word that it looked at most. A word
    is what stands between blanks, or a token where tokens are not pieces of words;
    both sides count from 0.
    """
    from seqloom.aligning import error_rate, links_as, read_gold
    from seqloom.api import load_pairs
    from seqloom.evaluation import read_test_set

    model = load_pairs([run, *(also or [])], "align", device)
    aligned = model.align(read_test_set(model.recipe, files or None))
    if gold is None:
        for number, pair in enumerate(aligned):
            for line in links_as(format, number, pair):
                typer.echo(line)
        return
    pairs = list(aligned)
    found = error_rate(pairs, read_gold(gold, len(pairs)))
    typer.echo(f"AER {found.value:.2f}  ({len(pairs):,} pairs)")
