"""SVG drawings as strokes: paths, lines and polylines, in the order of the file.

Only where the pen goes counts: fill, width and colour do not. Rectangles, circles and text are no
strokes and are passed over. `transform` is not applied; an element under one is refused rather than
read in the wrong place. A file is one drawing, y grows downwards.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from seqloom.data.bad_rows import Fault, Place
from seqloom.data.series.strokes import Line, check_reach
from seqloom.data.series.svg_path import path_lines
from seqloom.data.series.xml_tree import read_tree
from seqloom.errors import UserError

_UNDRAWN = ("defs", "clipPath", "mask", "symbol", "marker", "pattern")


def read_svg(path: str, tolerance: float) -> list[Line] | Fault:
    """The strokes of a file; no curve is farther from its chords than the tolerance, in the units of
    the file."""
    root = read_tree(path)
    if isinstance(root, Fault):
        return root
    try:
        lines = [line for data in _paths(root) for line in path_lines(data, tolerance)]
        if not lines:
            raise UserError("must have at least one path that draws, but has none.")
        for number, line in enumerate(lines, start=1):
            check_reach(line, f"stroke {number}, ")
    except RecursionError:
        return Fault(Place(path, 1), "groups must not be so deeply nested.", "Mend the file.", "")
    except UserError as error:
        return Fault(Place(path, 1), str(error), "Mend the file.", "")
    return lines


def _paths(root: Element) -> Iterator[str]:
    """Whatever is drawn, as path data."""
    for element in root:
        if element.tag in _UNDRAWN:
            continue
        data = list(_paths(element))
        own = _path(element)
        if (data or own) and element.get("transform"):
            raise UserError(
                f"strokes must have no transform, but <{element.tag}> has one. "
                "Apply it in the program that drew them."
            )
        yield from [own, *data] if own else data


def _path(element: Element) -> str:
    get = element.get
    match element.tag:
        case "path":
            return get("d", "")
        case "line":
            return f"M{get('x1', '0')} {get('y1', '0')}L{get('x2', '0')} {get('y2', '0')}"
        case "polyline" | "polygon" if get("points", "").strip():
            return f"M{get('points')}{'Z' if element.tag == 'polygon' else ''}"
        case _:
            return ""
