"""From files to encoded sets: what is too long is left out, and counted."""

import pytest

from seqloom.config import Recipe, override, read_recipe
from seqloom.errors import UserError
from seqloom.training.pairs.prepare import prepare

LONG = "abcdefgh"


def sets_of(folder, train: str, dev: str):
    (folder / "train.tsv").write_text(train, encoding="utf-8")
    (folder / "dev.tsv").write_text(dev, encoding="utf-8")
    files = [f"data.{name}=[{folder / name}.tsv]" for name in ("train", "dev")]
    changes = [*files, "data.max_source=5", "data.max_target=4"]
    return prepare(override(Recipe(), changes), folder / "run")


def test_long_sources_are_left_out_of_both_sets(tmp_path):
    found = sets_of(tmp_path, f"ab\tx\n{LONG}\tx\n", f"abcd\tx\n{LONG}\tx\n{LONG}b\tx\n")
    assert (len(found.train), len(found.dev)) == (1, 1)
    assert [example.source for example in found.decoded] == ["abcd"]
    assert [note.split(" are longer")[0] for note in found.notes[:2]] == [
        "1 training pairs",
        "2 dev pairs",
    ]


def test_a_long_target_stays_in_the_dev_set(tmp_path):
    found = sets_of(tmp_path, f"ab\tabc\nab\t{LONG}\n", f"ab\t{LONG}\n")
    assert (len(found.train), len(found.dev)) == (1, 1)
    assert [example.target for example in found.decoded] == [LONG]


@pytest.mark.parametrize(("train", "dev", "name"), [(LONG, "ab", "training"), ("ab", LONG, "dev")])
def test_a_set_that_nothing_is_left_of_is_named(tmp_path, train, dev, name):
    with pytest.raises(UserError, match=f"no {name} pairs are left"):
        sets_of(tmp_path, f"{train}\tx\n", f"{dev}\tx\n")


@pytest.mark.parametrize("recipe", ["pointer-generator", "spell", "inflect"])
@pytest.mark.parametrize("shared", [True, False])
def test_a_copying_recipe_refuses_two_scripts_before_anything_is_written(tmp_path, recipe, shared):
    pairs = [("ein Hund, ja!", "개 한 마리, 응!"), ("der Hund 7", "그 개 7")] * 4
    rows = "".join(f"{source}\t{target}\tN\n" for source, target in pairs)
    (tmp_path / "train.tsv").write_text(rows, encoding="utf-8")
    files = f"data.train=[{tmp_path}/train.tsv]", f"data.dev=[{tmp_path}/train.tsv]"
    changes = [*files, "data.features=[3]", f"shared_vocabulary={str(shared).lower()}"]
    with pytest.raises(UserError) as error:
        prepare(override(read_recipe(recipe), changes), tmp_path / "run")
    # Words: 개 한 마리 응, 그 개; characters: 개 한 마 리 응, 그 개. Four times each.
    units = 24 if recipe == "pointer-generator" else 28
    assert str(error.value) == (
        f"decoder.copying asks for units that source and target share, but of {units} in targets "
        "none stands in a source: are the scripts different? Set decoder.copying=false."
    )
    assert not (tmp_path / "run" / "cache").exists()
