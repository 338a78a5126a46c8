"""`seqloom demo`: the whole of it on data that comes along: train, evaluate, predict, explain."""

import sys
from pathlib import Path
from shlex import join, quote
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from seqloom.cli.groups import by_group, group_of, group_table
from seqloom.cli.options import Settings
from seqloom.cli.session import train_to_end
from seqloom.cli.written import one_line
from seqloom.console.progress import stderr

if TYPE_CHECKING:
    from seqloom.evaluation import Evaluation
    from seqloom.model import Model
    from seqloom.predict import Result

SHOWN = ("ko", "ar", "hi", "ja", "de")
"""Languages whose answers are shown with their attention."""


def demo(
    out: Annotated[
        Path,
        typer.Option(metavar="RUN", help="The run folder. A finished run in it is used again."),
    ] = Path("runs/demo"),
    settings: Settings = None,
) -> None:
    """Train a model that reads dates written in 18 languages, and look at what it does.

    Takes a few minutes on two cores and downloads nothing. Stopped, it goes on where it was.
    """
    model = _model(out, settings or [])
    console = Console(highlight=False, markup=False)
    with stderr().status("Reading dates it has never seen"):
        evaluation = model.evaluate()
    console.print("\nDates it has never seen:\n" + evaluation.report.table())
    console.print("\nBy language:\n" + group_table(by_group(evaluation)))
    shown = _chosen(evaluation)
    _print(console, evaluation, shown)
    _draw(console, out, {group: evaluation.results[place] for group, place in shown.items()})
    run = quote(str(out))
    console.print(
        f'\nTry your own: seqloom explain {run} "2024년 5월 17일"   seqloom predict {run}',
        soft_wrap=True,
    )


def _model(out: Path, settings: list[str]) -> "Model":
    from seqloom.api import as_pairs, load
    from seqloom.config import read_recipe

    if (out / "summary.json").exists():
        typer.echo(f"Using the model in {out}, which is trained already.", err=True)
        return as_pairs(load(out), "demo")
    started = (out / "config.yaml").exists()
    model = train_to_end(
        read_recipe(out / "config.yaml" if started else "dates", settings),
        out,
        resume=started,
        command=join(["seqloom", *sys.argv[1:]]),
        go_on=f"seqloom demo --out {quote(str(out))}",
    )
    return as_pairs(model, "demo")


def _chosen(evaluation: "Evaluation") -> dict[str, int]:
    """For each language the place of its first date with a word in it."""
    first: dict[str, int] = {}
    for place, example in enumerate(evaluation.examples):
        if sum(map(str.isalpha, example.source)) > 1:
            first.setdefault(group_of(example.origin), place)
    return {group: first[group] for group in SHOWN if group in first}


def _print(console: Console, evaluation: "Evaluation", shown: dict[str, int]) -> None:
    from seqloom.explain import terminal_map

    for group, place in shown.items():
        result, references = evaluation.results[place], evaluation.references[place]
        verdict = "right" if result.text in references else f"wrong: {references[0]}"
        console.print(
            f"\n{group}: {result.source} → {one_line(result.text)}  ({verdict})", soft_wrap=True
        )
        console.print(terminal_map(result))


def _draw(console: Console, out: Path, results: dict[str, "Result"]) -> None:
    from seqloom.atomic import replacing
    from seqloom.explain import html_page, png_map

    for group, result in results.items():
        png_map(result, out / f"attention-{group}.png")
    page = out / "attention.html"
    with replacing(page) as part:
        part.write_text(html_page(list(results.values()), "Dates, read"), encoding="utf-8")
    console.print(
        f"\nThe same as pictures: {out}/attention-*.png, and as one page: {page}", soft_wrap=True
    )
