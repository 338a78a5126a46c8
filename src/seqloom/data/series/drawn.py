"""Files that are one drawing each: InkML (.inkml) and SVG (.svg)."""

from seqloom.data.bad_rows import Fault
from seqloom.data.series.inkml import read_inkml
from seqloom.data.series.strokes import of_lines
from seqloom.data.series.svg_strokes import read_svg
from seqloom.search.stepper import Reals

DRAWN = (".inkml", ".svg")


def read_drawn(path: str, curve: float) -> Reals | Fault:
    """Offsets [T, 3] from the first point. curve: how far chords may be from the curves of an SVG."""
    lines = read_inkml(path) if path.endswith(".inkml") else read_svg(path, curve)
    return lines if isinstance(lines, Fault) else of_lines(lines)
