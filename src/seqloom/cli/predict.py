"""`seqloom predict`: one line in, one line out, in the input's order and in constant memory."""

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from seqloom.cli.bad import SkipBad, set_aside
from seqloom.cli.constraints import Constraint, ConstraintFile, with_phrases
from seqloom.cli.documents import (
    PREDICTING,
    is_classifier,
    predict_documents,
    reading_otherwise,
)
from seqloom.cli.next_step import is_generator, refuse_prediction
from seqloom.cli.offered import check_offered
from seqloom.cli.options import (
    BatchSize,
    Beam,
    CoveragePenalty,
    Device,
    LengthPenalty,
    MaxLength,
    NBest,
    Prefix,
    Run,
    SearchSettings,
    With,
    search_settings,
)
from seqloom.cli.predict_frames import is_converter, predict_frames
from seqloom.cli.series import series_sources
from seqloom.cli.stdin import arrived, standard_input
from seqloom.cli.unknown import Unknown
from seqloom.cli.written import Format, Writer

if TYPE_CHECKING:
    from seqloom.data.bad_rows import BadRows
    from seqloom.data.example import Example
    from seqloom.model import Model

BATCHES = 16
"""Batches read at a time where lines need not be answered one by one."""


def predict(
    context: typer.Context,
    run: Run,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|-",
            help="Sources, one a line, features after tabs; documents: a file or a folder as in training, "
            "labels not needed. Default: standard input.",
            show_default=False,
        ),
    ] = "-",
    beam: Beam = None,
    nbest: NBest = None,
    scores: Annotated[
        bool, typer.Option("--scores", help="Append the score that the search ranks by.")
    ] = False,
    alignments: Annotated[
        bool,
        typer.Option("--alignments", help="Append the alignment, in Pharaoh format (0-0 1-2)."),
    ] = False,
    format: Annotated[
        Format,
        typer.Option(help="jsonl writes an object a line with tokens and log probabilities."),
    ] = "text",
    attention: Annotated[
        bool, typer.Option("--attention", help="With jsonl: the attention weights too.")
    ] = False,
    sample: Annotated[
        bool | None,
        typer.Option("--sample", help="Draw outputs instead of searching for the best."),
    ] = None,
    temperature: Annotated[
        float | None, typer.Option(help="Sampling: below 1 is more careful, above 1 more daring.")
    ] = None,
    top_k: Annotated[
        int | None, typer.Option(help="Sampling: among the k likeliest tokens only.")
    ] = None,
    top_p: Annotated[
        float | None,
        typer.Option(help="Sampling: among the likeliest that reach this probability."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Sampling: the same seed draws the same.")
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="ROW|DATE",
            help="Forecasts: the row (from 1) or the date of a table to begin with. Default: behind "
            "its last row.",
        ),
    ] = None,
    samples: Annotated[
        int, typer.Option(metavar="N", help="Forecasts: futures drawn for their quantiles.")
    ] = 200,
    prefix: Prefix = "",
    constraint: Constraint = None,
    constraints: ConstraintFile = None,
    replace_unknown: Annotated[
        bool | None,
        typer.Option(
            "--replace-unknown",
            help="Put the source word that was looked at most for a word the model cannot write.",
        ),
    ] = None,
    dictionary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Its translation instead: lines SOURCE<tab>TARGET."),
    ] = None,
    length_penalty: LengthPenalty = None,
    coverage_penalty: CoveragePenalty = None,
    max_length: MaxLength = None,
    batch_size: BatchSize = None,
    settings: SearchSettings = None,
    also: With = None,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write there; the file appears when whole.")
    ] = None,
    skip_bad: SkipBad = False,
    device: Device = "auto",
) -> None:
    """Answer every line of a file or of standard input.

    An empty line is answered with an empty line, and so is one set aside. With --nbest above 1 an input
    gets several lines: its number (from 0), output and score, as 0 ||| a ||| -1.

    A classifier of documents writes the label of each and how probable it is, parted by a tab.
    """
    if attention and format != "jsonl":
        raise typer.BadParameter("goes with --format jsonl only.", param_hint="--attention")
    from seqloom.api import as_pairs, load

    model = load([run, *(also or [])], device)
    if is_classifier(model):
        check_offered(context, model, *PREDICTING)
        model = reading_otherwise(model, settings)
        with _opened(output) as out, set_aside(skip_bad) as bad:
            for line in predict_documents(model, file, format, bad):
                out.write(line + "\n")
                out.flush()
        return
    if is_generator(model):
        refuse_prediction(model)
        return
    if is_converter(model):
        with set_aside(skip_bad) as bad:
            predict_frames(
                model, file, output, at=at, samples=samples, seed=seed or 1,
                attention=attention, bad=bad,
            )  # fmt: skip
        return
    model = as_pairs(model, "predict")
    if alignments and model.recipe.series is not None:
        raise typer.BadParameter("is for sources of text.", param_hint="--alignments")
    options = {
        "beam": beam,
        "nbest": nbest,
        "sample": sample,
        "temperature": temperature,
        "top_k": top_k,
        "top_p": top_p,
        "seed": seed,
        "length_penalty": length_penalty,
        "coverage_penalty": coverage_penalty,
        "replace_unknown": "dictionary" if dictionary else "copy" if replace_unknown else None,
        "dictionary": dictionary,
        "max_length": max_length,
        "batch_size": batch_size,
    }
    found = search_settings(model, settings, options)
    writer = Writer(format, found.get("nbest", 1) != 1, scores, alignments, attention)
    unknown = Unknown(model.codec.source)
    number = 0
    limit = BATCHES * model.search(**found).batch_size
    with _opened(output) as out, set_aside(skip_bad) as bad:
        chunks = _chunks(file, model, limit, bad)
        for chunk, phrases in with_phrases(chunks, constraint or [], constraints, file):
            results = model.stream(chunk, prefix=prefix, constraints=phrases.__getitem__, **found)
            for example, result in zip(chunk, results, strict=True):
                out.write(writer.write(number, result, len(example.features)) + "\n")
                unknown.add(result.unknown, example.features if result.source_tokens else ())
                number += 1
            out.flush()
    if summary := unknown.summary():
        typer.echo(summary, err=True)


def _chunks(
    file: str, model: "Model", limit: int, bad: "BadRows | None"
) -> Iterator[list["Example"]]:
    from seqloom.data.fitting import fitting
    from seqloom.data.sources import read_sources

    if model.recipe.series is not None:
        yield from arrived(series_sources(file, model, bad), limit)
        return
    if file != "-":
        examples = read_sources(file, model.recipe.data, bad=bad)
        yield from arrived(fitting(examples, model.recipe, model.codec, bad, every_row=True), limit)
        return
    if sys.stdin.isatty():
        end = "Ctrl-Z and Enter" if os.name == "nt" else "Ctrl-D"
        typer.echo(f"One source a line; {end} ends.", err=True)
    stdin = standard_input()
    examples = read_sources(stdin, model.recipe.data, bad=bad)
    fit = fitting(examples, model.recipe, model.codec, bad, every_row=True)
    yield from arrived(fit, limit, stdin.would_wait)


@contextmanager
def _opened(output: Path | None) -> Generator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    from seqloom.atomic import replacing

    with replacing(output) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        yield file
