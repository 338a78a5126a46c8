"""docs/papers.md says what is there: each line leads to a file that defines what it names, its settings
choose that, its recipes have it, and no recipe and no kind of part is left out."""

import ast
import importlib
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, assert_never, get_args

import pytest
import typer
from torch import nn

from seqloom.cli.main import app
from seqloom.config import (
    DocumentRecipe,
    NextStepRecipe,
    Recipe,
    network,
    override,
    read_recipe,
    recipe_names,
)
from seqloom.config import attention as attentions
from seqloom.config.families import AnyRecipe
from seqloom.config.frames import FramesRecipe
from seqloom.models.build import build
from seqloom.models.build_documents import build_classifier
from seqloom.models.build_frames import Sizes, build_frames
from seqloom.models.build_next_step import build_next_point, build_next_token

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src"
COMMANDS = typer.main.get_command(app)
SIZES = Sizes(source=3, target=3, dates=2, horizon=5)
HEAD = "| paper | equation | what | file | recipe | setting | figure |"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`]+)`")


class Line(NamedTuple):
    """A line of a table: the file it links to and the names it says are in there; the recipes that have
    it; the recipe of the setting column (defaults of pairs if none), the settings to add to it, and the
    commands named there; and the cells as they stand."""

    file: Path
    names: list[str]
    recipes: list[str]
    base: str | None
    settings: list[str]
    commands: list[str]
    cells: list[str]

    @property
    def given(self) -> list[str]:
        return [setting for setting in self.settings if "=" in setting]

    def __str__(self) -> str:
        return f"{self.cells[0]}: {self.cells[2]}"


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|")]


def lines() -> list[Line]:
    page = ROOT / "docs" / "papers.md"
    rows = [row for row in page.read_text(encoding="utf-8").splitlines() if row.startswith("| ")]
    found: list[Line] = []
    for cells in (_cells(row) for row in rows if row != HEAD):
        assert len(cells) == len(_cells(HEAD)), cells
        [link] = LINK.findall(cells[3])
        chosen = CODE.findall(cells[5])
        bases = [each for each in chosen if each in recipe_names()]
        commands = [each for each in chosen if each.startswith("seqloom ")]
        found.append(
            Line(
                file=page.parent / link,
                names=CODE.findall(cells[3]),
                recipes=CODE.findall(cells[4]),
                base=bases[0] if bases else None,
                settings=[each for each in chosen if each not in [*bases, *commands]],
                commands=commands,
                cells=cells,
            )
        )
    return found


LINES = lines()
each_line = pytest.mark.parametrize("line", LINES, ids=str)
each_recipe = pytest.mark.parametrize(
    ("line", "name"),
    [(line, name) for line in LINES for name in line.recipes],
    ids=lambda part: str(part),
)


@cache
def model_of(name: str | None, given: tuple[str, ...] = ()) -> nn.Module:
    """The model of a recipe with settings of one's own, over a few symbols."""
    recipe: AnyRecipe = override(read_recipe(name) if name else Recipe(), given)
    match recipe:
        case Recipe():
            return build(recipe, 7, 7)
        case DocumentRecipe():
            return build_classifier(recipe.model, recipe.training, 7, 3)
        case NextStepRecipe():
            text = recipe.data.kind == "text"
            return (build_next_token if text else build_next_point)(recipe, 7)
        case FramesRecipe():
            return build_frames(recipe.model, recipe.training, SIZES)
        case _:
            assert_never(recipe)


def parts_of(line: Line) -> list[type[nn.Module]]:
    """Which of the names are parts of a model."""
    path = line.file.resolve().relative_to(SOURCES).with_suffix("")
    module = importlib.import_module(".".join(path.parts))
    named = [getattr(module, name, None) for name in line.names]
    return [part for part in named if isinstance(part, type) and issubclass(part, nn.Module)]


def has(model: nn.Module, part: type[nn.Module]) -> bool:
    return any(isinstance(module, part) for module in model.modules())


def value_of(recipe: Any, setting: str) -> Any:
    """What a recipe has for a setting; KeyError if there is no such setting."""
    value = recipe
    for name in setting.partition("=")[0].split("."):
        if name not in type(value).model_fields:
            raise KeyError(setting)
        value = getattr(value, name)
    return value


@each_line
def test_what_a_paper_is_said_to_have_is_in_the_file(line):
    tree = ast.parse(line.file.read_text(encoding="utf-8"))
    defined = {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef | ast.FunctionDef)}
    assert line.names
    assert set(line.names) <= defined


@each_line
def test_every_cell_of_a_line_says_something(line):
    assert all(line.cells)
    assert line.recipes or line.cells[4] in ("any", "–")
    assert line.settings or line.commands


@each_line
def test_the_settings_of_a_line_are_accepted_and_build_what_it_names(line):
    recipe = override(read_recipe(line.base) if line.base else Recipe(), line.given)
    for setting in line.settings:
        value_of(recipe, setting)
    model = model_of(line.base, tuple(line.given)) if parts_of(line) else nn.Identity()
    assert [part for part in parts_of(line) if not has(model, part)] == []


@pytest.mark.parametrize("command", [each for line in LINES for each in line.commands])
def test_a_command_of_a_line_is_one(command):
    name, *words = command.split()[1:]
    known = {option for parameter in COMMANDS.commands[name].params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


@each_recipe
def test_a_recipe_of_a_line_builds_the_parts_that_it_names(line, name):
    model = model_of(name) if parts_of(line) else nn.Identity()
    assert [part for part in parts_of(line) if not has(model, part)] == []


@each_recipe
def test_a_recipe_of_a_line_has_its_settings(line, name):
    """A setting without a value is one that the recipe has otherwise than by default."""
    recipe = read_recipe(name)
    chosen = override(read_recipe(line.base) if line.base else Recipe(), line.given)
    wanted = {each: value_of(chosen, each) for each in line.given}
    assert {each: value_of(recipe, each) for each in line.given} == wanted
    open_ = [each for each in line.settings if each not in line.given]
    usual = {each: value_of(type(recipe)(), each) for each in open_}
    assert [each for each in open_ if value_of(recipe, each) == usual[each]] == []


def test_every_recipe_has_a_line():
    named = {name for line in LINES for name in line.recipes}
    assert set(recipe_names()) == named


@pytest.mark.parametrize("part", get_args(get_args(network.Decoder)[0]))
def test_every_kind_of_decoder_has_a_line(part):
    assert f"decoder.kind={_kind(part)}" in _all_settings()


@pytest.mark.parametrize("part", get_args(get_args(attentions.Attention)[0]))
def test_every_kind_of_attention_has_a_line(part):
    assert f"decoder.attention.kind={_kind(part)}" in _all_settings()


@pytest.mark.parametrize("cell", get_args(network.CellKind))
def test_every_kind_of_cell_has_a_line(cell):
    assert f"encoder.cell={cell}" in _all_settings()


def _kind(part: Any) -> str:
    return part.model_fields["kind"].default


def _all_settings() -> set[str]:
    return {setting for line in LINES for setting in line.settings}
