"""`seqloom evaluate` for converters of frames: errors against what was to be written, beside those of the
plainest answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from seqloom.cli.table import columns

if TYPE_CHECKING:
    from seqloom.metrics.frames import FrameScores

_ABOUT = {
    "mse": "mean squared error, standardised",
    "mae": "mean absolute error, standardised",
    "mse_units": "mean squared error, in the data's units",
    "mae_units": "mean absolute error, in the data's units",
    "distance": "mean distance of two frames, in the data's units",
    "length_error": "frames too many or too few, per output",
}
_PLAIN = "_plain"


def frames_table(scores: "FrameScores") -> str:
    """One row for each measure; `plain` is the last known frame repeated, or the source unconverted."""
    rows: list[list[str]] = []
    for name, value in scores.values.items():
        if not name.endswith(_PLAIN):
            plain = scores.values.get(name + _PLAIN)
            shown = "" if plain is None else f"{plain:.4f}"
            rows.append([f"{name:<13} {_ABOUT[name]}", f"{value:.4f}", shown])
    told = columns(["", "model", "plain"], rows)
    return f"{told}\n{scores.pairs:,} pairs, {scores.frames:,} frames"


def frames_record(run: Path, files: list[str], scores: "FrameScores") -> dict[str, Any]:
    """The same for JSON."""
    return {"run": str(run), "data": files, **scores.record()}
