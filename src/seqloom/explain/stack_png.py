"""Several maps as one PNG picture, one below the other, each drawn as it is alone."""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from numpy.typing import NDArray

from seqloom.explain.attention_map import AttentionMap
from seqloom.explain.png import DOTS, TITLE, TITLE_FONT, draw, inches, spelt_out

_WHITE = 255
Pixels = NDArray[np.uint8]


def png_stack(maps: Sequence[AttentionMap], title: str, path: str | Path) -> None:
    """Write the picture."""
    images = [_pixels(_headline(title)), *(_pixels(draw(spelt_out(each))) for each in maps)]
    width = max(image.shape[1] for image in images)
    imsave(path, np.concatenate([_widened(image, width) for image in images]), dpi=DOTS)


def _headline(title: str) -> Figure:
    figure = Figure(figsize=(inches(len(title), 1.3 * TITLE_FONT) + 0.2, TITLE), facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.1 / figure.get_figwidth(), 0.1, title, size=1.2 * TITLE_FONT, weight="bold")
    return figure


def _pixels(figure: Figure) -> Pixels:
    figure.set_dpi(DOTS)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3]


def _widened(image: Pixels, width: int) -> Pixels:
    room = ((0, 0), (0, width - image.shape[1]), (0, 0))
    return np.pad(image, room, constant_values=_WHITE)
