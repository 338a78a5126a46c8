"""A line of a JSONL file of drawings: an array, or an object that has it under a key, beside its text if
one is wanted. An object may say itself what its array is, as those that `seqloom generate` writes do;
the recipe's settings are for arrays that do not:

    "points": "offsets" or "points"     "origin": true where the first offset is the origin, (0, 0)
"""

import json
from typing import Any, NamedTuple

from seqloom.config.next_step_data import StrokeData
from seqloom.errors import UserError


class Row(NamedTuple):
    """Of a JSONL file: the text, if one is wanted; the strokes, not yet judged; what they are; and
    whether the row says so itself."""

    text: str
    strokes: object
    data: StrokeData
    told: bool = False


def read_row(line: str, data: StrokeData) -> Row:
    """Raises UserError, without a place, for what is no such row."""
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(f"must be valid JSON, but is not ({reason}).") from error
    if data.condition == "none" and not isinstance(row, dict):
        return Row("", row, data)
    keys = [data.strokes_key] if data.condition == "none" else [data.text_key, data.strokes_key]
    for key in keys:
        if not isinstance(row, dict) or key not in row:
            raise UserError(f"must be an object with the key '{key}', but has none.")
    text = row[data.text_key] if data.condition == "text" else ""
    if not isinstance(text, str) or (data.condition == "text" and not text.strip()):
        raise UserError(f"'{data.text_key}' must be a text that is not empty.")
    return _told(Row(text, row[data.strokes_key], data), row.get("points"), row.get("origin"))


def _told(row: Row, points: object, origin: object) -> Row:
    """Keys of these names that hold something else are the user's own."""
    changes: dict[str, object] = {}
    told = points in ("offsets", "points")
    if told:
        changes["points"] = points
    if isinstance(origin, bool):
        changes["add_origin"] = row.data.add_origin and not origin
    return row._replace(data=row.data.model_copy(update=changes), told=told)
