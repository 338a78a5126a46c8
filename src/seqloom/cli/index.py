"""`seqloom index`: the decoder states of training pairs, for `seqloom explain --neighbours`."""

from typing import Annotated

import typer

from seqloom.cli.options import Device, Run
from seqloom.console.progress import stderr


def index(
    run: Run,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="Pairs. Default: the run's own training data."),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="States kept at most, one for each target token."),
    ] = None,
    device: Device = "auto",
) -> None:
    """Keep what the decoder went through on training pairs, in the run's folder.

    `seqloom explain RUN TEXT --neighbours 5` then shows, for each output token, the
    training pairs whose state was nearest. All states are compared, which is quick up
    to some 100,000; they take two bytes a feature.
    """
    from seqloom.api import load_pairs

    model = load_pairs(run, "index", device)
    with stderr().status("Reading the training pairs"):
        found = model.index(files or None, most=most)
    typer.echo(
        f"Kept {len(found.states):,} states of {len(found.pairs):,} pairs in {run / 'neighbours'}"
    )
