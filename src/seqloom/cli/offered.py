"""Options that a command would not use, for the model or beside the others: refused, never silently
ignored."""

from typing import TYPE_CHECKING

import typer

from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.api import AnyModel

_ALWAYS = {"--device", "--with"}
"""Of every family; what --with brings together has been checked by whoever loaded it."""


def check_offered(context: typer.Context, model: "AnyModel", *offered: str) -> None:
    """Raises UserError if an option was given on the command line that is neither `offered` nor one of
    every family."""
    others = [name for name in _given(context) if name not in _ALWAYS.union(offered)]
    if others:
        raise UserError(
            f"{', '.join(others)}: not for models of the family {model.recipe.family}, of which "
            f"'seqloom {context.info_name}' takes {', '.join(offered)} and --device. Leave out what "
            "is not among them."
        )


def check_used(context: typer.Context, option: str, used: bool, why: str) -> None:
    """Raises UserError if this option was given on the command line, but is not used.

    why  what it is for, and what to do instead
    """
    if option in _given(context) and not used:
        raise UserError(f"{option}: {why}")


def _given(context: typer.Context) -> list[str]:
    """The options that were given, by their names. The source is told by its name: typer brings a click
    of its own from some version on, and with it another class."""
    given: list[str] = []
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE":
            given += [name for name in parameter.opts[:1] if name.startswith("--")]
    return given
