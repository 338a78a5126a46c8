"""Drawings beside the texts that they write, in files of pairs (data/series/pair_files.py):

    .npz  arrays TEXT_texts [N], STROKES_points [all T, 3] and STROKES_lengths [N]
    .tsv  text <tab> the name of a .npy file, counted from the folder of the .tsv

TEXT and STROKES are what the recipe calls the two. JSONL objects, which may say more of themselves, are
read in drawings.py.
"""

from collections.abc import Iterator

from seqloom.config.next_step_data import StrokeData
from seqloom.data.bad_rows import Fault, Place
from seqloom.data.series.frames import JSONL
from seqloom.data.series.pair_files import Columns, read_raw
from seqloom.errors import UserError

_ENDINGS = (".npz", ".tsv", ".tsv.gz")


def read_written(
    path: str, data: StrokeData, part: str
) -> Iterator[tuple[str, object, Place] | Fault]:
    """Texts, strokes that are not yet judged, and where they stand."""
    _check(path, data, part)
    columns = Columns(data.text_key, data.strokes_key, source_text=True, target_text=False)
    for raw in read_raw(path, columns, data.max_line_bytes):
        if isinstance(raw, Fault):
            yield raw
        elif not isinstance(raw.source, str) or not raw.source.strip():
            reason = f"'{data.text_key}' must be a text that is not empty."
            yield Fault(raw.place, reason, "Mend the row.", str(raw.source))
        else:
            yield raw.source, raw.target, raw.place


def _check(path: str, data: StrokeData, part: str) -> None:
    if not path.endswith(_ENDINGS):
        endings = ", ".join((*JSONL, *_ENDINGS))
        raise UserError(
            f"{path}: drawings of texts must be in a file that ends in {endings}, with "
            f"'{data.text_key}' and '{data.strokes_key}' in each record, but this one does not."
        )
    if part and path.endswith(".npz"):
        raise UserError(
            f"{path}: a file of drawings and texts holds one set, but its part '{part}' is asked for. "
            "Give each set a file of its own, and leave data.train_part and its fellows empty."
        )
