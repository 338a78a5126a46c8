"""`experiments/shortcut.py`: gradient norms of runs with and without attention in one picture."""

import runpy
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.cli.conftest import train_tiny

SCRIPT = Path(__file__).parents[2] / "experiments" / "shortcut.py"
SVG = "{http://www.w3.org/2000/svg}"
WITHOUT = ("decoder.kind=sutskever", "encoder.bidirectional=false", "encoder.reverse=true")


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("without")
    done = train_tiny(
        folder, folder / "run", *(part for each in WITHOUT for part in ("--set", each))
    )
    assert done.exit_code == 0, done.output
    return folder / "run"


def called(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> None:
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, arguments)])
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_both_maps_stand_in_one_drawing_and_their_rows_add_up_to_1(
    run: Path, without: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "shortcut.svg"
    called(monkeypatch, "가나", run, without, "--target", "k a n a", "--out", out)
    groups = list(ElementTree.parse(out).iter(SVG + "g"))
    titles = [group.findtext(SVG + "text") for group in groups]
    assert titles == [f"{run} (luong)", f"{without} (sutskever)"]
    for group in groups:
        squares = [square for square in group.iter(SVG + "rect") if square.get("data-t")]
        for row in range(5):
            own = [s for s in squares if s.get("data-t") == str(row)]
            total = sum(float(square.get("fill-opacity", "")) for square in own)
            assert total == pytest.approx(1.0, abs=0.02)


def test_a_picture_is_written_by_the_ending_of_its_name(
    run: Path, without: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called(monkeypatch, "가나", run, without, "--out", tmp_path / "shortcut.png")
    assert (tmp_path / "shortcut.png").read_bytes().startswith(b"\x89PNG")


def test_what_a_user_can_mend_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=r"^shortcut: .*nowhere"):
        called(monkeypatch, "가나", tmp_path / "nowhere")
