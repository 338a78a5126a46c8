"""Every text of a picture is drawn in letters, whatever its script: names of columns, labels, titles."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seqloom.data.frames.conversion import Conversion
from seqloom.explain.confusion import png_confusion
from seqloom.explain.conversion import Explanation
from seqloom.explain.curves import training_curve
from seqloom.explain.series import Forecast, forecast_plot
from seqloom.lab.lengths import Point, draw_lengths
from seqloom.lab.summary import Estimate
from seqloom.metrics.confusion import Confusion

VALUES = np.arange(4, dtype=np.float32)


def explanation(name: str) -> Explanation:
    answer = Conversion(VALUES[:2, None], VALUES[:2, None], names=(name,))
    return Explanation(answer, VALUES[:, None], None, ahead=True)


def forecast(name: str, path: Path) -> None:
    forecast_plot([Forecast(name, VALUES, {0.5: VALUES})], path)


def lengths(name: str, path: Path) -> None:
    point = Point("to 10", 5.0, 10, Estimate(20.0, None, 1))
    draw_lengths(name, name, {name: [point]}, path)


PICTURES: dict[str, Callable[[str, Path], None]] = {
    "a column of an explanation": lambda name, path: explanation(name).png(path),
    "the same as a drawing": lambda name, path: explanation(name).svg(path),
    "a column of a forecast": forecast,
    "a label": lambda name, path: png_confusion(Confusion((name, "b"), np.eye(2, dtype=np.int64)), path),
    "a metric": lambda name, path: training_curve([{"update": 1, name: 1.0}], path, name),
    "an experiment": lengths,
}  # fmt: skip


def seen(path: Path) -> bytes:
    """What a reader sees: an empty box in place of a letter looks like any other empty box."""
    if path.read_bytes()[:4] != b"\x89PNG":
        return path.read_bytes()
    with Image.open(path) as picture:
        return picture.convert("RGB").tobytes()


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_two_names_in_hangul_are_told_apart(
    draw: Callable[[str, Path], None], tmp_path: Path
) -> None:
    pictures: list[bytes] = []
    for name in ("온도", "화요", "온도"):
        draw(name, tmp_path / "picture")
        pictures.append(seen(tmp_path / "picture"))
    assert pictures[0] != pictures[1]
    assert pictures[0] == pictures[2]


@pytest.mark.parametrize("draw", PICTURES.values(), ids=PICTURES)
def test_a_name_with_dollars_is_no_formula(
    draw: Callable[[str, Path], None], tmp_path: Path
) -> None:
    draw("$\\frac{1}$", tmp_path / "picture")  # as a formula it would not parse
