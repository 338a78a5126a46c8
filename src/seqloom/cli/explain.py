"""`seqloom explain`: what the model looked at, in the terminal and as PNG, SVG and HTML."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from seqloom.cli.options import (
    Beam,
    Device,
    MaxLength,
    NBest,
    Prefix,
    Run,
    SearchSettings,
    With,
    search_settings,
)
from seqloom.cli.unknown import Unknown


def explain(
    run: Run,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The source.")],
    feature: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VALUE", help="A feature of the source, such as a language. Repeatable."
        ),
    ] = None,
    png: Annotated[Path | None, typer.Option(metavar="FILE", help="The map as a picture.")] = None,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The map as a drawing that scales.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="One page with all outputs, to point at.")
    ] = None,
    beam: Beam = None,
    nbest: NBest = None,
    prefix: Prefix = "",
    max_length: MaxLength = None,
    settings: SearchSettings = None,
    also: With = None,
    device: Device = "auto",
) -> None:
    """Show the attention behind an answer.

    The map has a row for each output token and a column for each source token.
    With --prefix the answer begins with a text of yours, and what follows is
    the model's own.
    """
    from seqloom.api import load
    from seqloom.data.example import Example
    from seqloom.data.sources.row import feature_values
    from seqloom.explain import terminal_map

    model = load([run, *(also or [])], device)
    example = Example(text, features=feature_values(tuple(feature or ())))
    options = {"beam": beam, "nbest": nbest, "max_length": max_length}
    found = search_settings(model, settings, options)
    explanation = model.explain(example, prefix=prefix, **found)
    result = explanation.result
    console = Console(highlight=False, markup=False)
    for place, output in enumerate(result.outputs):
        console.print(
            f"{result.source} → {output.text}  (log p {output.log_prob:.3f})", soft_wrap=True
        )
        if output.tokens:
            console.print(terminal_map(result, place))
    unknown = Unknown(model.codec.source)
    unknown.add(result.unknown, example.features)
    if summary := unknown.summary():
        typer.echo(summary, err=True)
    for path, draw in ((png, explanation.png), (svg, explanation.svg), (html, explanation.html)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            draw(path)
            typer.echo(f"Wrote {path}", err=True)
