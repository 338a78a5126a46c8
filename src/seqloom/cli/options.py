"""Arguments and options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.model import Model

Device = Annotated[
    Literal["auto", "cpu", "cuda", "mps"],
    typer.Option(help="Where the arithmetic runs; auto takes a GPU if there is one."),
]
Run = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run folder, as 'seqloom train' wrote it.")
]
With = Annotated[
    list[Path] | None,
    typer.Option(
        "--with",
        metavar="RUN",
        help="Another model, to answer as one with RUN: their probabilities are averaged. "
        "Repeatable.",
    ),
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
SearchSettings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="search.NAME=VALUE",
        help="Change a setting of the search, such as search.groups=4. Repeatable.",
    ),
]


def recipes(incomplete: str) -> list[tuple[str, str]]:
    """For the shell: packaged recipes, then YAML files."""
    from seqloom.config import recipe_names

    files = (str(path) for path in sorted(Path().glob("*.yaml")))
    names = {**recipe_names(), **dict.fromkeys(files, "a file")}
    return [(name, about) for name, about in names.items() if name.startswith(incomplete)]


def search_settings(
    model: "Model", changes: list[str] | None, options: dict[str, Any]
) -> dict[str, Any]:
    """Those that were given on the command line; the recipe decides the others.

    changes  by --set; an option that sets the same comes before it

    If only an n-best list was asked for, and no beam, the beam is wide enough for it.
    """
    settings = {**_set(changes or []), **_given(options)}
    nbest = options.get("nbest")
    widened = nbest is not None and nbest > model.recipe.search.beam
    if widened and "beam" not in settings and not settings.get("sample"):
        settings["beam"] = nbest
    return settings


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _set(changes: list[str]) -> dict[str, Any]:
    """Names without 'search.', and values. Raises UserError for what is no setting of the search."""
    from seqloom.config.overrides import parse

    settings: dict[str, Any] = {}
    for change in parse(changes):
        section, *name = change.path
        if section != "search" or not name:
            raise UserError(
                "--set changes how a model searches, such as search.groups=4, but found "
                f"'{'.'.join(change.path)}': all else was settled when it was trained. Train another "
                "with: seqloom train --set"
            )
        settings[".".join(name)] = change.value
    return settings
