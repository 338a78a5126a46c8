"""A training from the command line: to its end, or to the line that says how to go on."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import typer

from seqloom.console.session import Stopped

if TYPE_CHECKING:
    from seqloom.api import AnyModel
    from seqloom.config import AnyRecipe


def train_to_end(
    recipe: "AnyRecipe",
    folder: Path,
    *,
    resume: bool,
    command: str,
    go_on: str,
    quiet: bool = False,
) -> "AnyModel":
    """Train, and return the model; a signal ends the process with a line on how to go on.

    command  what the user typed, for the model card
    go_on    what to type to go on after a stop
    """
    from seqloom.api import fitted

    try:
        return fitted(recipe, folder, resume=resume, command=command, quiet=quiet)
    except Stopped as stopped:
        hint = f" Go on with: {go_on}" if stopped.resumable else ""
        typer.echo(f"{stopped}{hint}", err=True)
        raise typer.Exit(stopped.status) from None


def next_steps(folder: Path, recipe: "AnyRecipe") -> str:
    """Where the model is, and what to do with it."""
    from seqloom.training.usage import usage

    commands = "".join(f"\n  {command}" for command in usage(quote(str(folder)), recipe))
    return f"The model is in {folder}. Try it:{commands}"
