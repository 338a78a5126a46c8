"""`seqloom train`: pairs in, a run folder out."""

import sys
from itertools import count
from pathlib import Path
from shlex import join, quote
from typing import TYPE_CHECKING, Annotated

import typer

from seqloom.cli.options import Settings, recipes
from seqloom.cli.session import next_steps, train_to_end
from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.config import AnyRecipe

RUNS = Path("runs")


def train(
    recipe: Annotated[
        str | None,
        typer.Argument(
            metavar="RECIPE",
            help="A recipe's name (see 'seqloom info') or a YAML file. With --resume: not needed.",
            autocompletion=recipes,
        ),
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Training pairs, instead of the recipe's; SOURCE,TARGET for two parallel files. "
            "Repeatable.",
        ),
    ] = None,
    dev: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="Pairs to validate on; split off if not given."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="RUN", help="The run folder. Default: runs/NAME.")
    ] = None,
    settings: Settings = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in --out where it stopped.")
    ] = False,
    skip_bad: Annotated[
        bool,
        typer.Option(
            "--skip-bad", help="Set bad rows aside in a file, with the reason, and go on."
        ),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress: only notes and the outcome.")
    ] = False,
) -> None:
    """Train a model on pairs of source and target, or on documents with labels.

    Ctrl-C saves and says how to go on. A run that was stopped and resumed
    equals one that was never stopped.
    """
    changes = [*(settings or []), *(["data.skip_bad=true"] if skip_bad else [])]
    if resume:
        folder = out or _latest(recipe)
        chosen = _resumed(folder, data or [], dev or [], changes)
    else:
        chosen = _new(recipe, data or [], dev or [], changes)
        folder = out or _free(chosen.name)
    train_to_end(
        chosen,
        folder,
        resume=resume,
        command=join(["seqloom", *sys.argv[1:]]),
        go_on=f"seqloom train --resume --out {quote(str(folder))}",
        quiet=quiet,
    )
    typer.echo(next_steps(folder, chosen), err=True)


def _new(recipe: str | None, data: list[str], dev: list[str], changes: list[str]) -> "AnyRecipe":
    if recipe is None:
        raise UserError("train needs a RECIPE: a name from 'seqloom info' or a YAML file.")
    from seqloom.api import prepare_recipe

    return prepare_recipe(recipe, data, dev, changes)


def _resumed(folder: Path, data: list[str], dev: list[str], changes: list[str]) -> "AnyRecipe":
    """The settings the run began with, and what is changed now. Its data cannot change: where a run
    stands is a place in its data."""
    from seqloom.config import read_recipe

    config = folder / "config.yaml"
    if not config.exists():
        raise UserError(
            f"{folder}: nothing to go on with: there is no run here. "
            f"Start one with: seqloom train RECIPE --out {quote(str(folder))}"
        )
    recipe = read_recipe(config, changes)
    for name, files, own in (("--data", data, recipe.data.train), ("--dev", dev, recipe.data.dev)):
        if files and tuple(files) != own:
            raise UserError(
                f"{folder}: {name} must stay as it was (or be left out) when a run goes on, but is "
                f"{', '.join(files)} instead of {', '.join(own) or 'nothing'}. "
                "For other data start anew, without --resume."
            )
    return recipe


def _named(name: str) -> list[Path]:
    """runs/NAME, runs/NAME-2 and so on, as many as there are, and the first free one."""
    folders: list[Path] = []
    for number in count(1):
        folders.append(RUNS / (name if number == 1 else f"{name}-{number}"))
        if not _taken(folders[-1]):
            break
    return folders


def _taken(folder: Path) -> bool:
    """What a start left behind that failed over its data may be written over."""
    return folder.exists() and any(
        entry.name != "cache" and not entry.name.startswith("bad-") for entry in folder.iterdir()
    )


def _free(name: str) -> Path:
    return _named(name)[-1]


def _latest(recipe: str | None) -> Path:
    """The last run of a recipe in its usual place."""
    if recipe is None:
        raise UserError("--resume needs --out RUN, the folder of the run to go on with.")
    from seqloom.config import read_recipe

    taken = _named(read_recipe(recipe).name)[:-1]
    if not taken:
        raise UserError(f"no run of '{recipe}' to go on with in {RUNS}. Name one with --out RUN.")
    return taken[-1]
