"""Recipes from files and into files, with single settings overridden."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import ValidationError

from seqloom.config import overrides as changes
from seqloom.config.families import RecipeT, recipe_class
from seqloom.config.messages import explain
from seqloom.config.packaged import recipe_path
from seqloom.config.schema import complete, given
from seqloom.config.section import Section
from seqloom.config.switches import misplaced
from seqloom.config.yaml_file import Document, load
from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.config.families import AnyRecipe


def read_recipe(name_or_path: str | Path, overrides: Sequence[str] = ()) -> "AnyRecipe":
    """A packaged recipe by its name, or a YAML file; `overrides` such as 'decoder.layers=2'."""
    document = load(recipe_path(str(name_or_path)))
    return _overridden(recipe_class(document), document, overrides)


def override(recipe: RecipeT, overrides: Sequence[str]) -> RecipeT:
    """The recipe with some settings changed; all given to it before is kept where it still fits."""
    return _overridden(type(recipe), Document(given(recipe)), overrides)


def write_recipe(recipe: Section, path: Path) -> None:
    """Every setting, defaults too, so that the file means the same when defaults change."""
    settings = recipe.model_dump(mode="json")
    text = yaml.dump(settings, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    path.write_text(text, encoding="utf-8")


class _Dumper(yaml.SafeDumper):
    """Escapes the line breaks of Unicode, which PyYAML writes bare and then reads as blanks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _BREAKS & set(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_BREAKS = set("\r\x85\u2028\u2029")
_Dumper.add_representer(str, _text)


def _overridden(section: type[RecipeT], document: Document, overrides: Sequence[str]) -> RecipeT:
    for change in changes.parse(overrides):
        tree = changes.apply(section, document.tree, change)
        document = document.with_tree(tree, change.path)
    return _checked(section, document)


def _checked(section: type[RecipeT], document: Document) -> RecipeT:
    tree = complete(section, document.tree)
    for path, sentence in misplaced(section, tree):
        raise UserError(document.located(path, sentence))
    try:
        return section.model_validate(tree)
    except ValidationError as errors:
        path, sentence = explain(section, errors.errors()[0])
    raise UserError(document.located(path, sentence))
