"""Recipes by family: what a model reads and what it gives back.

    pairs      a sequence of tokens in, a sequence of tokens out (config/recipe.py)
    documents  a document in, its label out (config/documents.py)
    frames     real-valued frames in, real-valued frames out (config/frames.py)
    next_step  a sequence in, what comes next out (config/next_step.py)

A recipe says which with `family: NAME`; one that does not is of pairs. A family is imported when a recipe
of it is first met: a model of pairs that is loaded to answer should not wait for the others.
"""

from collections.abc import Sequence
from functools import reduce
from importlib import import_module
from operator import or_
from typing import TYPE_CHECKING, Any, TypeVar, cast

from seqloom.config.recipe import Recipe
from seqloom.config.section import Section
from seqloom.config.yaml_file import Document
from seqloom.errors import UserError, suggestion

if TYPE_CHECKING:
    from seqloom.config.documents import DocumentRecipe
    from seqloom.config.frames import FramesRecipe
    from seqloom.config.next_step import NextStepRecipe

    AnyRecipe = Recipe | DocumentRecipe | NextStepRecipe | FramesRecipe

FAMILIES = {
    "pairs": ("seqloom.config.recipe", "Recipe"),
    "documents": ("seqloom.config.documents", "DocumentRecipe"),
    "frames": ("seqloom.config.frames", "FramesRecipe"),
    "next_step": ("seqloom.config.next_step", "NextStepRecipe"),
}
"""Where the recipe of each family stands."""

RecipeT = TypeVar("RecipeT", bound=Section)


def __getattr__(name: str) -> Any:
    if name != "AnyRecipe":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return reduce(or_, map(_class, FAMILIES))


def _class(family: str) -> "type[AnyRecipe]":
    module, name = FAMILIES[family]
    return getattr(import_module(module), name)


def recipe_class(document: Document) -> "type[AnyRecipe]":
    """The class of the recipe in a file. Raises UserError for a family that there is not."""
    name = document.tree.get("family", "pairs")
    if name in FAMILIES:
        return _class(str(name))
    sentence = f"Unknown family {name!r}. {suggestion(str(name), FAMILIES)}"
    raise UserError(document.located(("family",), sentence))


def of_pairs(recipe: "AnyRecipe", what: str) -> Recipe:
    """The recipe, if it is of pairs. Raises UserError, saying what asks for that, if it is not."""
    if isinstance(recipe, Recipe):
        return recipe
    raise UserError(
        f"{what} is for models of pairs, but '{recipe.name}' is of the family {recipe.family}. "
        "`seqloom info` lists the recipes."
    )


def with_files(recipe: RecipeT, train: Sequence[str], dev: Sequence[str]) -> RecipeT:
    """The recipe with files of the user's own; what belonged to the data it had goes."""
    own = cast(Any, recipe).data
    if train:
        alone = {"train": tuple(train), "dev": tuple(dev), "test": ()} | {
            name: type(own).model_fields[name].get_default()
            for name in ("embedded", "alignments")
            if name in type(own).model_fields
        }
        # The features of embedded data are columns that only it has.
        features = {"features": ()} if getattr(own, "embedded", None) else {}
        own = own.model_copy(update=alone | features)
    elif dev:
        if not own.train:
            raise UserError("a dev set needs training data beside it: give that with --data FILE.")
        own = own.model_copy(update={"dev": tuple(dev)})
    return recipe.model_copy(update={"data": own})
