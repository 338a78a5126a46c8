"""A model folder written in any earlier version answers as it did then."""

import json
from pathlib import Path

import pytest

import seqloom
from seqloom.models.folder import FORMAT
from tests.fixtures.make_run import ASKED, answered

FIXTURES = Path(__file__).parent / "fixtures"
FOLDERS = sorted(FIXTURES.glob("run-format-*"))


def test_every_format_has_its_fixture():
    assert [path.name for path in FOLDERS] == [f"run-format-{n}" for n in range(1, FORMAT + 1)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_run_folder_of_old_answers_as_it_did(folder):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    found = answered(seqloom.load(folder, device="cpu"))
    assert found["scores"] == pytest.approx(expected["scores"], abs=1e-5)
    for search in ("greedy", "beam"):
        assert len(found[search]) == len(ASKED)
        for outputs, then in zip(found[search], expected[search], strict=True):
            assert [o["text"] for o in outputs] == [o["text"] for o in then]
            assert [list(o["tokens"]) for o in outputs] == [o["tokens"] for o in then]
            for output, same in zip(outputs, then, strict=True):
                assert output["token_log_probs"] == pytest.approx(same["token_log_probs"], abs=1e-5)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_fixture_is_small(folder):
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 60_000
