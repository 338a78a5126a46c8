"""`seqloom export`: a model as ONNX graphs that run without torch."""

from pathlib import Path
from shlex import quote
from typing import Annotated, Literal

import typer

from seqloom.cli.options import Run
from seqloom.console.progress import stderr


def export(
    run: Run,
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where the exported model goes.")
    ],
    to: Annotated[Literal["onnx"], typer.Option(help="The format.")] = "onnx",
    int8: Annotated[
        bool,
        typer.Option("--int8", help="Keep the weights in 8 bits; the card says what that costs."),
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Sources to check the graphs on, one a line. Default: the recipe's test set.",
        ),
    ] = None,
) -> None:
    """Export a model, to answer without torch: with seqloom, or in C++, Java or a browser.

    The graphs have to answer the test set as the model does, or nothing is exported.
    """
    from seqloom.api import load

    model = load(run, "cpu")
    with stderr().status("Exporting, and asking the graphs what the model is asked"):
        about = model.export(out, int8=int8, check=check)
    checked = about.checked
    typer.echo(f"Checked on {checked.sources:,} sources ({checked.on}): the answers are the same.")
    if int8:
        typer.echo(
            f"In 8 bits {1 - checked.same:.2%} of them change.{_scores(about.checked.scores)}"
        )
        for name, value in checked.scores.items():
            typer.echo(f"  {name} {value:.2f} -> {checked.int8_scores[name]:.2f}")
    typer.echo(f"The exported model is in {out}. Try it: seqloom predict {quote(str(out))} FILE")


def _scores(scores: dict[str, float]) -> str:
    return " Scores of the model, and in 8 bits:" if scores else ""
