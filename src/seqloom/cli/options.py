"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

Device = Annotated[
    Literal["auto", "cpu", "cuda", "mps"],
    typer.Option(help="Where the arithmetic runs; auto takes a GPU if there is one."),
]
Run = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run folder, as 'seqloom train' wrote it.")
]
Beam = Annotated[
    int | None,
    typer.Option(
        metavar="N", help="Hypotheses kept per source; 1 is greedy. Default: the recipe's."
    ),
]
NBest = Annotated[
    int | None,
    typer.Option(metavar="N", help="Outputs per source, best first. Widens the beam if need be."),
]
MaxLength = Annotated[
    int | None, typer.Option(metavar="N", help="Tokens an output may have at most.")
]
BatchSize = Annotated[
    int | None,
    typer.Option(metavar="N", help="Sources decoded together; no answer depends on it."),
]
LengthPenalty = Annotated[
    float | None,
    typer.Option(metavar="A", help="alpha of Wu 2016, eq. 14: above 0 favours longer outputs."),
]
CoveragePenalty = Annotated[
    float | None,
    typer.Option(
        metavar="B", help="beta of Wu 2016, eq. 14: above 0 favours using all the source."
    ),
]
Prefix = Annotated[str, typer.Option(metavar="TEXT", help="Every output has to begin with this.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Change a setting, such as decoder.layers=2. Repeatable.",
    ),
]


def recipes(incomplete: str) -> list[tuple[str, str]]:
    """For the shell: packaged recipes, then YAML files."""
    from seqloom.config import recipe_names

    files = (str(path) for path in sorted(Path().glob("*.yaml")))
    names = {**recipe_names(), **dict.fromkeys(files, "a file")}
    return [(name, about) for name, about in names.items() if name.startswith(incomplete)]


def given(settings: dict[str, Any]) -> dict[str, Any]:
    """Those that were given on the command line; the recipe decides the others."""
    return {name: value for name, value in settings.items() if value is not None}


def beam_for(beam: int | None, nbest: int | None, recipes: int) -> int | None:
    """The beam asked for; if only an n-best list was, one that is wide enough for it."""
    if beam is None and nbest is not None and nbest > recipes:
        return nbest
    return beam
