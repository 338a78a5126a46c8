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
        typer.Option(
            metavar="N",
            min=1,
            help="States kept at most, one for each target token. Default: 300,000.",
        ),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option("--all", help="Leave no state out, however many there are."),
    ] = False,
    device: Device = "auto",
) -> None:
    """Keep what the decoder went through on training pairs, in the run's folder.

    `seqloom explain RUN TEXT --neighbours 5` then shows, for each output token, the
    training pairs whose state was nearest. Up to 300,000 states all are compared, which
    is exact; more of them (--all, or a larger --most) stand in a graph, which finds nearly
    all that are nearest and needs the extra 'neighbours'. They take two bytes a feature.
    """
    from seqloom.api import load_pairs
    from seqloom.attribution.neighbours import MOST_COMPARED
    from seqloom.errors import UserError

    if whole and most is not None:
        raise UserError(
            f"--all leaves no state out, but --most {most} would. Leave one of them out."
        )

    model = load_pairs(run, "index", device)
    with stderr().status("Reading the training pairs"):
        found = model.index(files or None, most=most, whole=whole)
    typer.echo(
        f"Kept {len(found.states):,} states of {len(found.pairs):,} pairs in {run / 'neighbours'}"
    )
    if not whole and len(found.states) == (most or MOST_COMPARED):
        typer.echo("Any further ones were left out; with --all none is.", err=True)
