"""A confusion matrix as a PNG picture: each row is shaded by the share of its label's documents, and
says how many there are.
"""

# matplotlib's own annotations leave **kwargs untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from pathlib import Path

import numpy as np
from rich.cells import cell_len

from seqloom.explain.fonts import drawable
from seqloom.explain.labels import clip, label
from seqloom.explain.paper import blues, dress, save, sheet
from seqloom.explain.theme import LIGHT, Theme, on
from seqloom.metrics.confusion import LONGEST_LABEL, Confusion

SQUARE = 0.42
"""The side of a square in inches."""
CELL = 0.085
"""The width of a terminal cell of a label, in inches."""


def png_confusion(confusion: Confusion, path: str | Path, theme: Theme = LIGHT) -> None:
    """Write the picture."""
    names = [drawable(clip(label(name), LONGEST_LABEL)) for name in confusion.names]
    side = SQUARE * len(names)
    margin = CELL * max(cell_len(name.text) for name in names) + 0.5
    width, height = margin + side + 0.3, side + margin + 0.3
    width, height = max(width, 2.5), max(height, 2.5)
    figure = sheet(theme, width, height)
    box = (margin / width, margin / height, side / width, side / height)
    axes = dress(figure.add_axes(box), theme)
    shares = confusion.counts / np.maximum(confusion.counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap=blues(theme), vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(confusion.counts):
        ink = on(blues(theme)(shares[row, column]))
        axes.text(column, row, f"{count}", ha="center", va="center", fontsize=8, color=ink)
    axes.set_xticks(range(len(names)), [name.text for name in names], rotation=60, ha="right")
    axes.set_yticks(range(len(names)), [name.text for name in names])
    for tick in axes.get_xticklabels():
        tick.set_rotation_mode("anchor")
    axes.tick_params(length=0, labelsize=9, labelcolor=theme.ink)
    axes.set_xlabel("label given", fontsize=9)
    axes.set_ylabel("true label", fontsize=9)
    save(figure, path)
