"""Pictures of attention and of training. PNG pictures need the extra `train` (matplotlib), and
load it when first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

from seqloom.errors import MissingExtra
from seqloom.explain.html import html_page
from seqloom.explain.svg import svg_map, svg_picture
from seqloom.explain.terminal import terminal_map

if TYPE_CHECKING:
    from seqloom.explain.curves import training_curve
    from seqloom.explain.png import png_map, png_picture

__all__ = [
    "html_page",
    "png_map",
    "png_picture",
    "svg_map",
    "svg_picture",
    "terminal_map",
    "training_curve",
]

PNG = {
    "png_map": "seqloom.explain.png",
    "png_picture": "seqloom.explain.png",
    "training_curve": "seqloom.explain.curves",
}


def __getattr__(name: str) -> object:
    if name not in PNG:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(PNG[name]), name)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "matplotlib":
            raise
        raise MissingExtra("A PNG picture", "train") from missing
