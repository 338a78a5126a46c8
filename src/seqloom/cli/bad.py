"""Rows that cannot be read: the first one ends the command, or all are set aside in a file."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from seqloom.data.bad_rows import BadRows

SIDE_FILE = Path("bad-rows.tsv")

SkipBad = Annotated[
    bool,
    typer.Option("--skip-bad", help=f"Set bad rows aside in {SIDE_FILE}, with the reason."),
]


@contextmanager
def set_aside(wanted: bool) -> "Generator[BadRows | None]":
    """The side file, if one is wanted; at the end a line says what went there."""
    if not wanted:
        yield None
        return
    from seqloom.data.bad_rows import BadRows

    with BadRows(SIDE_FILE) as bad:
        yield bad
    if bad.count:
        typer.echo(
            f"Note: {bad.count:,} bad row(s) set aside, each with its reason, in {SIDE_FILE}.",
            err=True,
        )
