"""`seqloom score`: how likely the model finds given outputs."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from seqloom.cli.bad import SkipBad, set_aside
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
    file: Annotated[str, typer.Argument(metavar="FILE", help="Pairs, as for training.")],
    tokens: Annotated[
        bool,
        typer.Option("--tokens", help="Append every target token and its own log probability."),
    ] = False,
    also: With = None,
    skip_bad: SkipBad = False,
    device: Device = "auto",
) -> None:
    """Print log p(target | source) for every pair, a line each.

    Natural logarithm, end of sequence counted: what training minimises and what search adds up.
    """
    from seqloom.api import load_pairs

    model = load_pairs([run, *(also or [])], "score", device)
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
    from seqloom.evaluation import read_test_set

    read = read_test_set(model.recipe, [file], bad)
    pairs = ((pair, pair.target or "") for pair in read)
    for some in arrived(pairs, PAIRS):
        yield from model.score(some)


def _parts(pair: "PairScore") -> list[str]:
    both = zip(pair.tokens, pair.token_log_probs, strict=True)
    return [part for token, value in both for part in (token, f"{value:.6f}")]
