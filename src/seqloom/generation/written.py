"""Samples into a file, by its extension.

.svg, .png     all drawings on one sheet
.jsonl, .csv   a line for each sample; of drawings in CSV a line for each point
.txt           texts, parted by a line '---' where there are several
"""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from seqloom.atomic import replacing
from seqloom.errors import UserError
from seqloom.explain.strokes import Drawing, svg_sheet
from seqloom.generation.results import Sample

OF_STROKES = (".svg", ".png", ".jsonl", ".csv")
OF_TEXT = (".txt", ".jsonl", ".csv")


def check_name(path: Path, draws: bool) -> None:
    """Raises UserError if samples cannot be written under this name, before any is drawn."""
    known = OF_STROKES if draws else OF_TEXT
    what = "strokes" if draws else "texts"
    if path.suffix == ".wav":
        raise UserError(
            f"{path}: {what} are no sound. Write them into a file that ends in {', '.join(known)}; "
            "sounds are for converters of log-mel frames, such as convert-voice."
        )
    if path.suffix not in known:
        raise UserError(
            f"{path}: {what} are written into files that end in {', '.join(known)}, but this one does "
            "not. Rename it."
        )


def write_samples(samples: Sequence[Sample], path: Path) -> None:
    """The file appears when it is whole."""
    with replacing(path) as part:
        if path.suffix == ".png":
            from seqloom.explain.strokes_png import png_sheet

            png_sheet(_drawings(samples), part)
        else:
            part.write_text(_text(samples, path.suffix), encoding="utf-8", newline="\n")


def _text(samples: Sequence[Sample], suffix: str) -> str:
    match suffix:
        case ".svg":
            return svg_sheet(_drawings(samples))
        case ".jsonl":
            rows = (json.dumps(sample.record(), ensure_ascii=False) for sample in samples)
            return "".join(f"{row}\n" for row in rows)
        case ".csv":
            return _csv(samples)
        case _:
            return plain(samples)


def plain(samples: Sequence[Sample]) -> str:
    """Texts one after the other."""
    return "\n---\n".join(sample.text for sample in samples) + "\n"


def _drawings(samples: Sequence[Sample]) -> list[Drawing]:
    return [
        Drawing(sample.offsets, sample.text, sample.given)
        for sample in samples
        if sample.offsets is not None and len(sample.offsets)
    ]


def _csv(samples: Sequence[Sample]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    if all(sample.offsets is None for sample in samples):
        table.writerow(["sample", "text"])
        table.writerows([number, sample.text] for number, sample in enumerate(samples, start=1))
        return out.getvalue()
    table.writerow(["sample", "point", "dx", "dy", "pen", "given"])
    for number, sample in enumerate(samples, start=1):
        offsets = [] if sample.offsets is None else sample.offsets.tolist()
        for point, (dx, dy, pen) in enumerate(offsets, start=1):
            given = int(point <= sample.given)
            table.writerow([number, point, f"{dx:.4f}", f"{dy:.4f}", int(pen), given])
    return out.getvalue()
