"""Data that is made once and kept."""

import json
from collections.abc import Iterator

import numpy as np
import pytest

from seqloom.data.made import kept
from seqloom.data.series.frame_pairs import PairRules, Side, read_frame_pairs
from seqloom.errors import UserError

TO_TEXT = PairRules(target=Side(kind="text", name="target"))
COUNTS = {"train": 3, "test": 2}


class Maker:
    """Counts how often it is asked."""

    def __init__(self, fails_at: str = "") -> None:
        self.asked: list[str] = []
        self.fails_at = fails_at

    def __call__(self, part: str, count: int) -> Iterator[tuple[np.ndarray, str]]:
        self.asked.append(part)
        if part == self.fails_at:
            raise UserError("stopped")
        for number in range(count):
            yield np.full((number + 1, 2), number, dtype=np.float32), f"{part} {number}"


def test_parts_that_have_pairs_have_a_file(tmp_path):
    files = kept(tmp_path / "a", {}, COUNTS, Maker())
    assert [*files] == ["train", "test"]
    found = list(read_frame_pairs([files["test"]], TO_TEXT))
    assert [pair.target for pair in found] == ["test 0", "test 1"]
    assert found[1].source.tolist() == [[1, 1], [1, 1]]


def test_the_manifest_tells_what_it_was_made_from(tmp_path):
    kept(tmp_path / "a", {"seed": 7}, COUNTS, Maker(), lambda: {"maker": "1.5"})
    manifest = json.loads((tmp_path / "a" / "manifest.json").read_text())
    assert manifest["settings"] == {"seed": 7}
    assert manifest["versions"] == {"maker": "1.5"}
    assert manifest["whole"] is True


def test_what_is_there_is_used_again_without_asking_for_versions(tmp_path):
    def absent() -> dict[str, str]:
        raise AssertionError

    maker = Maker()
    kept(tmp_path / "a", {"sizes": (1, 2)}, COUNTS, maker)
    kept(tmp_path / "a", {"sizes": (1, 2)}, COUNTS, maker, absent)
    assert maker.asked == ["train", "test"]


@pytest.mark.parametrize(
    ("settings", "counts"), [({"seed": 2}, COUNTS), ({"seed": 1}, {"train": 4, "test": 2})]
)
def test_other_settings_or_counts_are_made_anew(tmp_path, settings, counts):
    maker = Maker()
    kept(tmp_path / "a", {"seed": 1}, COUNTS, maker)
    kept(tmp_path / "a", settings, counts, maker)
    assert maker.asked == ["train", "test"] * 2


def test_what_was_broken_off_is_made_anew(tmp_path):
    with pytest.raises(UserError, match="stopped"):
        kept(tmp_path / "a", {}, COUNTS, Maker(fails_at="test"))
    maker = Maker()
    kept(tmp_path / "a", {}, COUNTS, maker)
    assert maker.asked == ["train", "test"]


def test_a_file_that_was_taken_away_is_made_anew(tmp_path):
    maker = Maker()
    files = kept(tmp_path / "a", {}, COUNTS, maker)
    (tmp_path / "a" / "test.npz").unlink()
    assert kept(tmp_path / "a", {}, COUNTS, maker) == files
    assert (tmp_path / "a" / "test.npz").exists()


def test_a_damaged_manifest_is_made_anew(tmp_path):
    kept(tmp_path / "a", {}, COUNTS, Maker())
    (tmp_path / "a" / "manifest.json").write_text("{")
    maker = Maker()
    kept(tmp_path / "a", {}, COUNTS, maker)
    assert maker.asked == ["train", "test"]


def test_progress_is_told_from_nothing_to_all(tmp_path):
    told: list[tuple[int, int]] = []
    kept(tmp_path / "a", {}, COUNTS, Maker(), report=lambda done, total: told.append((done, total)))
    assert told == [(done, 5) for done in range(6)]


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(UserError, match="has files that were not made here"):
        kept(tmp_path, {}, COUNTS, Maker())
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(UserError, match="must be a folder to keep data in, but is a file"):
        kept(tmp_path / "a", {}, COUNTS, Maker())


def test_files_of_other_settings_do_not_pass_for_those_that_were_broken_off(tmp_path):
    kept(tmp_path / "a", {"seed": 1}, COUNTS, Maker())
    with pytest.raises(UserError, match="stopped"):
        kept(tmp_path / "a", {"seed": 2}, COUNTS, Maker(fails_at="train"))
    maker = Maker()
    kept(tmp_path / "a", {"seed": 2}, COUNTS, maker)
    assert maker.asked == ["train", "test"]
