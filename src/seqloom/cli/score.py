"""`seqloom score`: how likely the model finds given outputs, or texts and drawings."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from seqloom.cli.bad import SkipBad, set_aside
from seqloom.cli.next_step import is_generator, score_generator
from seqloom.cli.options import Device, Run, With
from seqloom.cli.stdin import arrived

if TYPE_CHECKING:
    from seqloom.answering import PairScore
    from seqloom.data.bad_rows import BadRows
    from seqloom.model import Model

PAIRS = 1024
"""Pairs held at a time."""


def score(
    run: Run,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="Pairs, or for a next-step model texts or drawings, as for training.",
        ),
    ],
    tokens: Annotated[
        bool,
        typer.Option(
            "--tokens",
            help="Append every token and its own log probability; of drawings those of the points.",
        ),
    ] = False,
    also: With = None,
    skip_bad: SkipBad = False,
    device: Device = "auto",
) -> None:
    """Print log p(target | source) for every pair, a line each.

    Natural logarithm, end of sequence counted: what training minimises and what search adds up.
    A row that --skip-bad sets aside has no line.

    A next-step model prints log p of every line of a text, given the lines
    before it where it was trained on one long text; or of every drawing, in
    units of the data. Last comes the mean per token or point, and of texts
    the perplexity and the bits per character.
    """
    from seqloom.api import as_pairs, load

    found = load([run, *(also or [])], device)
    if is_generator(found):
        with set_aside(skip_bad) as bad:
            score_generator(found, file, tokens, bad)
        return
    model = as_pairs(found, "score")
    log_prob, num_tokens = 0.0, 0
    with set_aside(skip_bad) as bad:
        for pair in _scores(model, file, bad):
            log_prob += pair.log_prob
            num_tokens += len(pair.tokens)
            typer.echo("\t".join([f"{pair.log_prob:.6f}", *(_parts(pair) if tokens else [])]))
    mean = log_prob / num_tokens
    typer.echo(
        f"{mean:.4f} per token over {num_tokens:,} tokens, <eos> counted: "
        f"perplexity {math.exp(-mean):.3f}",
        err=True,
    )


def _scores(model: "Model", file: str, bad: "BadRows | None") -> Iterator["PairScore"]:
    from seqloom.data.fitting import fitting
    from seqloom.evaluation import read_test_set

    read = read_test_set(model.recipe, [file], bad)
    pairs = ((pair, pair.target or "") for pair in fitting(read, model.recipe, model.codec, bad))
    for some in arrived(pairs, PAIRS):
        yield from model.score(some)


def _parts(pair: "PairScore") -> list[str]:
    both = zip(pair.tokens, pair.token_log_probs, strict=True)
    return [part for token, value in both for part in (token, f"{value:.6f}")]
