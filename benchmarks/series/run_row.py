"""Trains and judges one row of the page: python -m benchmarks.series.run_row NAME FOLDER OUT [--quick]

A row that was stopped goes on where it was. Seconds of all sittings are added up in cpu.json.
"""

import gzip
import json
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import torch

import seqloom
from benchmarks.series.row import Judging, Result, Row, paths
from benchmarks.series.rows import ROWS
from seqloom.api import fitted, prepare_recipe
from seqloom.atomic import replacing
from seqloom.config import AnyRecipe
from seqloom.console.session import Stopped
from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.api import AnyModel

_HEAD = 2000
"""Lines of a long text that a quick run reads."""

_NOTED = 10.0
"""Seconds between two notes of how long the processor has been used."""


def recipe_of(row: Row, folder: Path, quick: bool) -> AnyRecipe:
    """The row's recipe over the row's data."""
    train, dev, test = (_files(names, folder, quick) for names in (row.files, row.dev, row.test))
    changes = [*row.settings(test), *(row.quick if quick else ())]
    return prepare_recipe(row.recipe, train, dev, changes)


def _files(names: tuple[str, ...], folder: Path, quick: bool) -> list[str]:
    found = paths(names)
    return [_head(Path(path), folder) if quick and path.endswith(".gz") else path for path in found]


def _head(path: Path, folder: Path) -> str:
    short = folder / "data" / path.name.removesuffix(".gz")
    short.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "rb") as file:
        short.write_bytes(b"".join(islice(file, _HEAD)))
    return str(short)


def train(row: Row, folder: Path, quick: bool) -> "AnyModel":
    """Train, or go on where a run that was stopped left off."""
    run, done = folder / "run", folder / "trained"
    if not done.exists():
        recipe = recipe_of(row, folder, quick)
        going_on = (run / "run.json").exists()
        fitted(recipe, run, resume=going_on, command=row.command(), quiet=False)
        done.touch()
    return seqloom.load(run)


@contextmanager
def counted(folder: Path) -> Generator[None]:
    """Add the CPU seconds of what is done inside to those of earlier sittings.

    They are written down every few seconds, for a sitting may be killed.
    """
    path, began, over = folder / "cpu.json", time.process_time(), Event()
    before = json.loads(path.read_text()) if path.exists() else 0.0

    def write() -> None:
        with replacing(path) as part:
            part.write_text(json.dumps(before + time.process_time() - began) + "\n")

    def keep_writing() -> None:
        while not over.wait(_NOTED):
            write()

    writing = Thread(target=keep_writing, daemon=True)
    writing.start()
    try:
        yield
    finally:
        over.set()
        writing.join()
        write()


def run_row(row: Row, folder: Path, out: Path, quick: bool = False) -> Result:
    """Train and judge; what came of it is written to result.json, and returned."""
    folder.mkdir(parents=True, exist_ok=True)
    with counted(folder):
        model = train(row, folder, quick)
        judged = row.judge(Judging(row, model, folder, out, quick))
    result = _about(row, model, folder) | {
        "scores": judged.scores,
        "texts": judged.texts,
        "pictures": judged.pictures,
        "quick": quick,
    }
    text = json.dumps(result, indent=1, ensure_ascii=False)
    (folder / "result.json").write_text(text + "\n", encoding="utf-8")
    return result


def _about(row: Row, model: "AnyModel", folder: Path) -> Result:
    lines = (folder / "run" / "metrics.jsonl").read_text().splitlines()
    journal = [json.loads(line) for line in lines]
    last, metric = journal[-1], model.recipe.training.metric
    network = model.run.model
    assert isinstance(network, torch.nn.Module)
    return {
        "command": row.command(),
        "minutes": round(last["seconds"] / 60, 2),
        "cpu_minutes": round(json.loads((folder / "cpu.json").read_text()) / 60, 2),
        "threads": torch.get_num_threads(),
        "epochs": last["epoch"],
        "updates": last["update"],
        "curve": [[each["update"], each[metric]] for each in journal if metric in each],
        "parameters": sum(weight.numel() for weight in network.parameters()),
    }


def main() -> None:
    name, folder, out, *quick = sys.argv[1:]
    row = next(row for row in ROWS if row.name == name)
    try:
        run_row(row, Path(folder), Path(out), bool(quick))
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except Stopped as stopped:
        print(stopped, file=sys.stderr)
        sys.exit(stopped.status)


if __name__ == "__main__":
    main()
