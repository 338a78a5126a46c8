"""One small PNG picture of every kind, in any theme."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from seqloom.attribution import Attribution, Faithfulness
from seqloom.attribution.gates import Trace
from seqloom.data.frames.conversion import Conversion
from seqloom.explain import png_deletion, png_picture, png_stack, training_curve
from seqloom.explain.attention_map import AttentionMap
from seqloom.explain.confusion import png_confusion
from seqloom.explain.conversion import Explanation
from seqloom.explain.deletion import deletion_curve
from seqloom.explain.document_png import png_document
from seqloom.explain.gate_strips import gate_strips
from seqloom.explain.series import Forecast, forecast_plot, quantiles_of
from seqloom.explain.shaded import ShadedDocument, ShadedSentence
from seqloom.explain.strokes import Drawing
from seqloom.explain.strokes_png import png_sheet
from seqloom.explain.theme import THEMES, Theme
from seqloom.explain.window import Window
from seqloom.explain.window_png import png_window
from seqloom.metrics.confusion import Confusion

MAP = AttentionMap(
    ("값", "어"), ("k", "a"), np.array([[4.0, -2.0], [0.0, 1.0]], np.float32), ("a note",),
    "Occlusion", 4.0, True, "nats",
)  # fmt: skip
CURVE = Faithfulness((0, 1, 2), (-1.0, -6.0, -8.0), (-1.0, -4.0, -8.0), 1.0, 0.2, "unk", (1, 0))
DOCUMENT = ShadedDocument(
    "neg   (neg 0.900, pos 0.100)",
    (
        ShadedSentence(("정말", " 지루했다"), (0.1, 1.0), ("+0.20", "+2.00"), 1.0, "+2.20"),
        ShadedSentence(("so", " good"), (-0.2, -0.8), ("-0.40", "-1.60"), -0.9, "-2.00"),
    ),
    "Occlusion, of the label neg",
    True,
    notes=("a note",),
)
OFFSETS = np.array([[5, 5, 0], [0, 10, 0], [10, 0, 1], [0, -8, 1]], dtype=np.float32)
KNOWN = np.arange(5, dtype=np.float32)
QUANTILES = quantiles_of(np.arange(12, dtype=np.float32).reshape(4, 3))


def _deletion(path: Path, theme: Theme) -> None:
    attribution = Attribution("occlusion", ("값", "어"), ("k", "a"), MAP.weights, CURVE)
    png_deletion(deletion_curve(attribution), path, theme)


def _conversion(path: Path, theme: Theme) -> None:
    attention = np.full((3, 5), 0.2, np.float32)
    frames = np.ones((3, 1), np.float32)
    answer = Conversion(frames, frames, attention=attention)
    scheme = next(name for name, each in THEMES.items() if each is theme)
    Explanation(answer, KNOWN[:, None], None, ahead=True).png(path, scheme)


def _training(path: Path, theme: Theme) -> None:
    records = [{"update": n, "train_loss": 1 / n, "dev_loss": 2 / n, "rate": 0.1} for n in (1, 2)]
    training_curve(records, path, theme=theme)


PICTURES: dict[str, Callable[[Path, Theme], None]] = {
    "map": lambda path, theme: png_picture(MAP, path, theme),
    "deletion": _deletion,
    "gates": lambda path, theme: png_stack(
        gate_strips([Trace("encoder 1", ("값", "<eos>"), {"i": (0.25, 0.5)})]), "Gates", path, theme
    ),
    "document": lambda path, theme: png_document(DOCUMENT, path, theme),
    "confusion": lambda path, theme: png_confusion(
        Confusion.of([0, 1, 2, 0], [0, 1, 2, 2], ["a", "긍정", "c"]), path, theme
    ),
    "window": lambda path, theme: png_window(
        Window(np.eye(3, 2, dtype=np.float32), "ab", OFFSETS), path, theme
    ),
    "strokes": lambda path, theme: png_sheet(
        [Drawing(OFFSETS, "so"), Drawing(OFFSETS, given=2)], path, theme=theme
    ),
    "forecast": lambda path, theme: forecast_plot(
        [Forecast("load", KNOWN, QUANTILES, KNOWN[:3])], path, theme=theme
    ),
    "conversion": _conversion,
    "training": _training,
}
