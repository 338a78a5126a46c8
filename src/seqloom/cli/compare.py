"""`seqloom compare`: an experiment file in, a table of systems out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.lab.experiment import Cell
    from seqloom.lab.grid import Grid, Outcome


def compare(
    experiment: Annotated[
        Path, typer.Argument(metavar="EXPERIMENT", help="A YAML file: rows, tasks, seeds.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Where runs and report go. Default: runs/compare/NAME."
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option(metavar="N", min=1, help="Trainings at a time; they share the cores.")
    ] = 1,
    only: Annotated[
        list[str] | None,
        typer.Option("--row", metavar="ROW", help="Run only this row. Repeatable."),
    ] = None,
    report: Annotated[
        bool, typer.Option("--report", help="Run nothing: write the report of what there is.")
    ] = False,
) -> None:
    """Train several systems under one budget, with several seeds, and compare them.

    The report has each score's mean and 95% interval, parameters, time and
    memory. Ctrl-C saves; the same command goes on where it stopped.
    """
    from seqloom.lab.experiment import cells, read_experiment
    from seqloom.lab.grid import Grid, results
    from seqloom.lab.report import write_report

    plan = read_experiment(experiment)
    if unknown := [name for name in only or [] if name not in plan.rows]:
        raise UserError(
            f"{experiment}: no row '{unknown[0]}'. Choose from: {', '.join(plan.rows)}."
        )
    folder = out or Path("runs") / "compare" / experiment.stem
    grid = list(cells(plan, folder))
    chosen = [cell for cell in grid if not only or cell.row in only]
    failed = 0 if report else _run(Grid(experiment, folder, jobs), chosen)
    written = write_report(plan, results(grid), folder)
    typer.echo(written.read_text("utf-8"))
    typer.echo(f"The report is in {written}.", err=True)
    if failed:
        raise typer.Exit(1)


def _run(grid: "Grid", chosen: "list[Cell]") -> int:
    """Run the cells, a line for each; how many failed."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from seqloom.console.progress import stderr

    console, failed = stderr(), 0
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=len(chosen))
        for outcome in grid.run(chosen):
            failed += outcome.result is None
            console.print(_told(outcome))
            progress.update(bar, advance=1, description=", ".join(grid.running))
    return failed


def _told(outcome: "Outcome") -> str:
    if outcome.result is None:
        return (
            f"{outcome.cell}: failed: {outcome.complaint} (see {outcome.cell.folder / 'log.txt'})"
        )
    scores = (
        f"{name} {score['value']:.2f}"
        for name, score in outcome.result["scores"].items()
        if score["value"] is not None
    )
    return f"{outcome.cell}: {', '.join(scores)}, {outcome.result['train_minutes']:.1f} min"
