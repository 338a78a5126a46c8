"""The documentation says what is there: links lead somewhere, recipes build, commands are accepted. The
table of papers has laws of its own (test_papers.py)."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from seqloom.cli.main import app
from seqloom.config import (
    DocumentRecipe,
    NextStepRecipe,
    Recipe,
    read_recipe,
    recipe_names,
)
from seqloom.models.build import build
from seqloom.models.build_documents import build_classifier
from seqloom.models.build_next_step import build_next_point, build_next_token

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
COMMANDS = typer.main.get_command(app)
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def blocks(language: str) -> list[str]:
    """What stands between fences in any page."""
    texts = (page.read_text(encoding="utf-8") for page in PAGES)
    return [code for text in texts for kind, code in BLOCK.findall(text) if kind == language]


def command_lines() -> list[str]:
    """Every `seqloom ...` in a fenced block, alone or in a pipe; and, in running text, those that
    have a command."""
    fenced = [line for code in blocks("bash") for line in code.replace("\\\n", "").splitlines()]
    piped = [part.strip() for line in fenced for part in line.split("|")]
    inline = re.findall(r"`(seqloom \w[^`\n]*)`", "\n".join(p.read_text() for p in PAGES))
    return [line for line in [*piped, *inline] if line.startswith("seqloom ")]


@each_page
def test_links_lead_to_files(page):
    links = LINK.findall(page.read_text(encoding="utf-8"))
    local = [link.partition("#")[0] for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


RECIPES = {name: read_recipe(name) for name in recipe_names()}
OF_PAIRS = [recipe for recipe in RECIPES.values() if isinstance(recipe, Recipe)]
OF_DOCUMENTS = [recipe for recipe in RECIPES.values() if isinstance(recipe, DocumentRecipe)]
NEXT_STEP = [recipe for recipe in RECIPES.values() if isinstance(recipe, NextStepRecipe)]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_has_its_name_and_a_description(name):
    assert RECIPES[name].name == name
    assert RECIPES[name].description


@pytest.mark.parametrize("recipe", OF_PAIRS, ids=lambda recipe: recipe.name)
def test_a_recipe_of_pairs_builds_a_model(recipe):
    shared = 7 if recipe.shared_vocabulary else 9
    assert build(recipe, 7, shared).vocabulary_size == shared


@pytest.mark.parametrize("recipe", NEXT_STEP, ids=lambda recipe: recipe.name)
def test_a_recipe_of_the_next_step_builds_a_model(recipe):
    written = recipe.data.kind == "text"
    model = (build_next_token if written else build_next_point)(recipe, 7)
    assert len(model.net.layers) == recipe.model.layers


@pytest.mark.parametrize("recipe", OF_DOCUMENTS, ids=lambda recipe: recipe.name)
def test_a_recipe_of_documents_builds_a_model(recipe):
    assert build_classifier(recipe.model, recipe.training, 7, 3).readout.out_features == 3


@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.splitlines()[-1])
def test_python_in_the_docs_compiles(code):
    compile(code, "docs", "exec")


@pytest.mark.parametrize("line", command_lines())
def test_a_command_in_the_docs_is_one(line):
    name, *words = shlex.split(line, comments=True)[1:]
    options = dict.fromkeys(word.partition("=")[0] for word in words if word.startswith("-"))
    assert name in COMMANDS.commands
    known = {o for p in COMMANDS.commands[name].params for o in [*p.opts, *p.secondary_opts]}
    assert set(options) - {"-", "--help"} <= known


def test_the_readme_names_every_recipe():
    text = PAGES[0].read_text(encoding="utf-8")
    assert [name for name in recipe_names() if f"`{name}`" not in text] == []
