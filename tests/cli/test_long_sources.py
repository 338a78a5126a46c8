"""What location attention has no positions for is told by its line, or set aside; the rest is answered."""

from pathlib import Path

import pytest
from tests.cli.conftest import Invoke
from tests.export.runs import saved

from seqloom.config import Location, Luong

RULE = (
    "a source may have 5 tokens, <eos> counted (decoder.attention.max_source), but this one has 6."
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The fourth source of its test set has five letters, where the model has room for four and <eos>."""
    monkeypatch.chdir(tmp_path)
    decoder = Luong(hidden=6, embedding=7, attention=Location(max_source=5))
    saved(tmp_path / "run", decoder=decoder, longest=5)
    return tmp_path / "run"


def test_the_first_one_is_named(run: Path, invoke: Invoke) -> None:
    found = invoke("predict", run, given="abc\ncabba\n")
    assert found.exit_code == 2
    assert f" stdin:2: {RULE} Shorten it, or train with a larger maximum. " in found.stderr


def test_set_aside_it_leaves_an_empty_line(run: Path, invoke: Invoke, tmp_path: Path) -> None:
    whole = invoke("predict", run, given="abc\ncab\n").stdout.splitlines()
    sources = tmp_path / "sources.txt"
    sources.write_text("abc\ncabba\ncab\n", encoding="utf-8")
    found = invoke("predict", run, sources, "--skip-bad")
    assert found.exit_code == 0
    assert found.stdout.splitlines() == [whole[0], "", whole[1]]
    told = (tmp_path / "bad-rows.tsv").read_text(encoding="utf-8")
    assert told == f"{sources}:2\t{RULE}\tcabba\n"


@pytest.mark.parametrize("command", ["evaluate", "score"])
def test_a_test_set_that_has_one_can_be_used(run: Path, invoke: Invoke, command: str) -> None:
    test = run.parent / "test.tsv"
    found = invoke(command, run, test)
    assert found.exit_code == 2
    assert f"{test}:4: {RULE}" in found.stderr
    assert invoke(command, run, test, "--skip-bad").exit_code == 0
