"""Several maps as one PNG picture, one below the other, each drawn as it is alone."""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.image import imsave
from numpy.typing import NDArray

from seqloom.explain.attention_map import AttentionMap
from seqloom.explain.paper import DOTS, give_fonts, sheet
from seqloom.explain.png import TITLE, TITLE_FONT, draw, inches, spelt_out
from seqloom.explain.theme import LIGHT, Theme

Pixels = NDArray[np.uint8]


def png_stack(
    maps: Sequence[AttentionMap], title: str, path: str | Path, theme: Theme = LIGHT
) -> None:
    """Write the picture."""
    drawn = [_headline(title, theme), *(draw(spelt_out(each), theme) for each in maps)]
    images = [_pixels(each) for each in drawn]
    width = max(image.shape[1] for image in images)
    wide = [_widened(image, width, theme) for image in images]
    imsave(path, np.concatenate(wide), dpi=DOTS)


def _headline(title: str, theme: Theme) -> Figure:
    width = inches(len(title), 1.3 * TITLE_FONT) + 0.2
    figure = sheet(theme, width, TITLE)
    size = 1.2 * TITLE_FONT
    figure.text(0.1 / width, 0.1, title, size=size, weight="bold", color=theme.ink)
    return figure


def _pixels(figure: Figure) -> Pixels:
    give_fonts(figure)
    figure.set_dpi(DOTS)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[:, :, :3]


def _widened(image: Pixels, width: int, theme: Theme) -> Pixels:
    empty = np.empty((image.shape[0], width - image.shape[1], 3), dtype=np.uint8)
    empty[:] = np.round(np.multiply(to_rgb(theme.paper), 255))
    return np.hstack([image, empty])
