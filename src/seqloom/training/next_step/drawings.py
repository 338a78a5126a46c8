"""The drawings of a recipe: from its files, or made at run time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from seqloom.config.next_step import NextStepRecipe
from seqloom.config.next_step_data import StrokeData
from seqloom.data.bad_rows import BadRows, Place
from seqloom.data.example import Example
from seqloom.data.made import Report, counted, silent
from seqloom.data.next_step.drawings import Drawing, read_drawings
from seqloom.data.series.arrays import has_part
from seqloom.data.split import HoldOut
from seqloom.errors import UserError

Part = Literal["train", "dev", "test"]
SHARE = 20
"""Of embedded lines: so many to train on make one for dev, and one for testing."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Both sets, and what there is to say about them."""

    train: list[Drawing]
    dev: list[Drawing]
    notes: list[str] = field(default_factory=list[str])


def prepare_drawings(recipe: NextStepRecipe, folder: Path, report: Report | None = None) -> Drawn:
    """Read both sets; the dev set is split off where there is none.

    report  is told how much is made of data that is made here
    """
    data = _data(recipe)
    if data.embedded is not None:
        train, dev = embedded(recipe, ("train", "dev"), report)
        return Drawn(train, dev)
    if not data.train:
        raise UserError(
            "no training data: give files with --data FILE or set data.train in the recipe."
        )
    folder.mkdir(parents=True, exist_ok=True)
    notes: list[str] = []
    train = _read(data, data.train, data.train_part, folder / "bad-train.tsv", notes)
    files, part = _files(data, "dev")
    if files:
        return Drawn(train, _read(data, files, part, folder / "bad-dev.tsv", notes), notes)
    examples = [Example(drawing.text or str(drawing.place)) for drawing in train]
    split = HoldOut.plan(examples, data.dev_size, recipe.seed)
    held = [split.is_dev(example) for example in examples]
    dev = [drawing for drawing, out in zip(train, held, strict=True) if out]
    train = [drawing for drawing, out in zip(train, held, strict=True) if not out]
    if not train:
        raise UserError("no drawing is left to train on. Name a dev set with --dev FILE.")
    notes.append(f"no dev set was given: {len(dev):,} of the drawings are held out as one")
    return Drawn(train, dev, notes)


def drawings_to_test(
    recipe: NextStepRecipe,
    files: Sequence[str] = (),
    bad: BadRows | None = None,
    report: Report | None = None,
) -> list[Drawing]:
    """Those of some files, or the recipe's own test set."""
    data = _data(recipe)
    if not files and data.embedded is not None:
        return embedded(recipe, ("test",), report)[0]
    own, part = _files(data, "test")
    if files:
        # A file of the user's own may be one that holds several sets, or one that does not.
        part = data.test_part if all(name in data.train for name in files) else ""
    chosen = tuple(files) or own
    if not chosen:
        raise UserError(
            "this recipe names no test set. Give files to evaluate on, or set data.test when you train."
        )
    try:
        return read_drawings(chosen, data, part, bad)
    except UserError:
        if not files or not data.test_part:
            raise
        return read_drawings(chosen, data, data.test_part, bad)


def embedded(
    recipe: NextStepRecipe, parts: Sequence[Part], report: Report | None = None
) -> list[list[Drawing]]:
    """Lines of text in single-stroke fonts, made anew by the recipe's seed, part by part."""
    from seqloom.data.series.hershey import lines

    data, told = _data(recipe), report or silent
    few = max(1, data.lines // SHARE)
    counts = [data.lines if part == "train" else few for part in parts]
    total, found = sum(counts), list[list[Drawing]]()
    told(0, total)
    for part, count in zip(parts, counts, strict=True):
        made = counted(lines(recipe.seed, count, part), sum(counts[: len(found)]), total, told)
        found.append(
            [
                Drawing(line.offsets, Place("hershey", number), line.text)
                for number, line in enumerate(made, start=1)
                if len(line.offsets) <= data.max_points
            ]
        )
    return found


def _files(data: StrokeData, part: Literal["dev", "test"]) -> tuple[tuple[str, ...], str]:
    """The files of a set and the part of them: its own, or that part of the training files."""
    name = data.dev_part if part == "dev" else data.test_part
    own = data.dev if part == "dev" else data.test
    if own:
        return own, name
    files = (path for path in data.train if name and path.endswith(".npz"))
    return tuple(path for path in files if has_part(path, name)), name


def _read(
    data: StrokeData, files: Sequence[str], part: str, side_file: Path, notes: list[str]
) -> list[Drawing]:
    bad = BadRows(side_file) if data.skip_bad else None
    drawings = read_drawings(files, data, part, bad)
    if bad is not None:
        bad.close()
        if bad.count:
            notes.append(f"{bad.count:,} bad row(s) set aside, each with its reason, in {bad.path}")
    return drawings


def _data(recipe: NextStepRecipe) -> StrokeData:
    assert isinstance(recipe.data, StrokeData)
    return recipe.data
