"""Every recipe of text reads a plain TSV with --data: two columns, and nothing else to say."""

from pathlib import Path

import pytest

from seqloom.api import prepare_recipe
from seqloom.config import Recipe, recipe_names
from seqloom.training.pairs.prepare import prepare

PAIRS = [(f"ca{a} b{b}", f"k a {a} b{b}") for a in "abcdefg" for b in "aeiou"]


def of_text(name: str) -> bool:
    recipe = prepare_recipe(name)
    return isinstance(recipe, Recipe) and recipe.series is None


@pytest.mark.parametrize("name", [*filter(of_text, recipe_names())])
def test_a_recipe_reads_pairs_of_a_plain_tsv(name: str, tmp_path: Path) -> None:
    data = tmp_path / "pairs.tsv"
    data.write_text("".join(f"{s}\t{t}\n" for s, t in PAIRS), encoding="utf-8")
    recipe = prepare_recipe(name, [data])
    assert isinstance(recipe, Recipe)
    prepared = prepare(recipe, tmp_path / "run")
    assert len(prepared.train) + len(prepared.dev) == len(PAIRS)
