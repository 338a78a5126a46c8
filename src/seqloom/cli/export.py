"""`seqloom export`: a model as ONNX graphs that run without torch, or as a page that runs by itself."""

from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from seqloom.cli.options import Run
from seqloom.console.progress import stderr

if TYPE_CHECKING:
    from seqloom.runtime import Checked


def export(
    run: Run,
    out: Annotated[
        Path, typer.Option("--out", metavar="FOLDER", help="Where the exported model goes.")
    ],
    to: Annotated[Literal["onnx"], typer.Option(help="The format.")] = "onnx",
    int8: Annotated[
        bool,
        typer.Option("--int8", help="Keep the weights in 8 bits; the card says what that costs."),
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Sources to check the graphs on, one a line. Default: the recipe's test set.",
        ),
    ] = None,
    page: Annotated[
        bool,
        typer.Option(
            "--page",
            help="Write a page that runs the model in the browser, without a server behind it. A "
            "second model joins the first in the same FOLDER, to compare them.",
        ),
    ] = False,
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What the page calls the model. Default: its folder."),
    ] = None,
    runtime: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the npm package onnxruntime-web is, for --page. Default: ./node_modules, "
            "then npm's global folder.",
        ),
    ] = None,
) -> None:
    """Export a model, to answer without torch: with seqloom, or in C++, Java or a browser.

    The graphs have to answer the test set as the model does, or nothing is exported.
    """
    if page:
        return _page(run, out, name or run.resolve().name, runtime, int8=int8, check=check)
    from seqloom.api import load_pairs

    model = load_pairs(run, "export", "cpu")
    with stderr().status("Exporting, and asking the graphs what the model is asked"):
        about = model.export(out, int8=int8, check=check)
    checked = about.checked
    _tell(checked)
    if int8:
        typer.echo(
            f"In 8 bits {1 - checked.same:.2%} of them change.{_scores(about.checked.scores)}"
        )
        for name, value in checked.scores.items():
            typer.echo(f"  {name} {value:.2f} -> {checked.int8_scores[name]:.2f}")
    typer.echo(f"The exported model is in {out}. Try it: seqloom predict {quote(str(out))} FILE")
    return None


def _page(
    run: Path, out: Path, name: str, runtime: Path | None, *, int8: bool, check: Path | None
) -> None:
    """The model, exported or yet to be, on a page of its own or with those that are there."""
    from seqloom.extras import needs
    from seqloom.runtime import is_export

    with needs("export", "An export"):
        from seqloom.export.page import check_possible, find_package, write_page
    package = find_package(runtime)
    if is_export(run):
        write_page(run, out, name, package)
    else:
        from seqloom.api import load_pairs

        model = load_pairs(run, "export", "cpu")
        check_possible(model.recipe, name)
        with TemporaryDirectory() as folder:
            exported = Path(folder, "model")
            with stderr().status("Exporting, and asking the graphs what the model is asked"):
                about = model.export(exported, int8=int8, check=check)
            _tell(about.checked)
            write_page(exported, out, name, package)
    where = quote(str(out))
    typer.echo(f"The page is in {out}. Try it: python3 -m http.server --directory {where}")


def _tell(checked: "Checked") -> None:
    typer.echo(f"Checked on {checked.sources:,} sources ({checked.on}): the answers are the same.")


def _scores(scores: dict[str, float]) -> str:
    return " Scores of the model, and in 8 bits:" if scores else ""
