"""From a file to the cells of a grid, and what is wrong with a file in one line."""

import pytest
from tests.lab.toy import written

from seqloom.errors import UserError
from seqloom.lab.experiment import cells, read_experiment


@pytest.fixture
def toy(tmp_path, monkeypatch):
    monkeypatch.setenv("TOY", str(tmp_path))
    return written(tmp_path)


def test_every_row_meets_every_task_and_seed(toy, tmp_path):
    grid = list(cells(read_experiment(toy), tmp_path / "out"))
    assert [(cell.row, cell.task, cell.seed) for cell in grid] == [
        ("with attention", "letters", 1),
        ("without", "letters", 1),
        ("with attention", "letters", 2),
        ("without", "letters", 2),
    ]
    assert len({cell.folder for cell in grid}) == 4


def test_a_cell_has_what_all_share_then_its_own_and_its_seed(toy, tmp_path):
    recipe = list(cells(read_experiment(toy), tmp_path))[3].recipe
    assert recipe.training.max_epochs == 2
    assert recipe.decoder.kind == "sutskever"
    assert recipe.seed == 2
    assert recipe.data.test == (str(tmp_path / "test.tsv"),)
    assert recipe.metrics == ("per", "perplexity")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("title:", "titel:", r"toy.yaml:1: Unknown setting 'titel'. Did you mean 'title'"),
        ("recipe: g2p}", "recipe: gtp}", r"rows.with attention: Unknown recipe 'gtp'"),
        ("decoder.kind=sutskever", "decoder.knd=x", r"rows.without: Unknown setting 'decoder.knd'"),
        ("$TOY/", "$NOWHERE/", r"\$NOWHERE/train.tsv: the environment has no such variable"),
        ("test: [$TOY/test.tsv]", "test: []", "a task needs a test set"),
        ("without:", "../out:", "names a folder"),
        ("metrics: [per", "metrics: [pre", "Unknown value 'pre' for metrics"),
    ],
)
def test_a_mistake_is_told_in_one_line(toy, tmp_path, before, after, message):
    text = toy.read_text("utf-8")
    assert before in text
    toy.write_text(text.replace(before, after), "utf-8")
    with pytest.raises(UserError, match=message) as told:
        list(cells(read_experiment(toy), tmp_path))
    assert "\n" not in str(told.value)
