"""`seqloom info` for runs of the family frames: the features, how they are scaled, and the lengths."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seqloom.config import FramesRecipe

_SHOWN = 8


def frames_facts(folder: Path, recipe: "FramesRecipe") -> list[tuple[str, str]]:
    """What only this family has to say, as names and texts."""
    from seqloom.config.frame_data import WindowData
    from seqloom.data.frames.setting import Features, Setting

    def listed(side: Features) -> str:
        scaler, kept = side.scaler, range(min(_SHOWN, side.width))
        each = [
            f"{side.name(f)} (0 or 1)"
            if side.bits
            else f"{side.name(f)} (mean {scaler.mean[f]:.4g}, deviation {scaler.deviation[f]:.4g})"
            for f in kept
        ]
        return ", ".join(each) + (f" and {side.width - _SHOWN} more" if side.width > _SHOWN else "")

    setting, data = Setting.load(folder), recipe.data
    facts = [("source", listed(setting.source)), ("target", listed(setting.target))]
    if isinstance(data, WindowData):
        known = f", {' and '.join(data.known)} known" if data.known else ""
        facts.append(("windows", f"{data.lookback} rows read, {data.horizon} forecast{known}"))
    return facts
