"""`seqloom explain` for converters of frames: the forecast beside what came, and what it looked at."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from seqloom.cli.drawn import write_drawing, write_record

if TYPE_CHECKING:
    from seqloom.explain.conversion import Explanation
    from seqloom.explain.theme import Scheme


def explain_frames(
    explanation: "Explanation",
    png: Path | None,
    svg: Path | None,
    html: Path | None,
    json_file: Path | None,
    theme: "Scheme",
) -> None:
    """In the terminal where most attention went; what else was asked for in files."""
    typer.echo(str(explanation))
    write_drawing(png, partial(explanation.png, theme=theme))
    write_drawing(svg, partial(explanation.svg, theme=theme))
    write_drawing(html, explanation.html)
    if json_file is not None:
        write_record(json_file, explanation.to_dict())
