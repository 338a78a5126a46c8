"""From files to encoded sets: what is too long is left out, and counted."""

import pytest

from seqloom.config import Recipe, override
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
