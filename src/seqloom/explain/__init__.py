"""Pictures of attention, of what stands beside it, and of training. PNG pictures need the extra `train`
(matplotlib), and load it when first asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

from seqloom.errors import MissingExtra
from seqloom.explain.deletion import svg_deletion
from seqloom.explain.html import html_page
from seqloom.explain.stack import svg_stack
from seqloom.explain.svg import svg_map, svg_picture
from seqloom.explain.terminal import terminal_map

if TYPE_CHECKING:
    from seqloom.explain.curves import training_curve
    from seqloom.explain.deletion_png import png_deletion
    from seqloom.explain.png import png_map, png_picture
    from seqloom.explain.stack_png import png_stack

__all__ = [
    "html_page",
    "png_deletion",
    "png_map",
    "png_picture",
    "png_stack",
    "svg_deletion",
    "svg_map",
    "svg_picture",
    "svg_stack",
    "terminal_map",
    "training_curve",
]

PNG = {
    "png_deletion": "seqloom.explain.deletion_png",
    "png_map": "seqloom.explain.png",
    "png_picture": "seqloom.explain.png",
    "png_stack": "seqloom.explain.stack_png",
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
