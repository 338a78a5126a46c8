"""Files of any format -> pairs, and the rules that all formats have in common: source and target
are not empty, an id does not repeat within a file, and a file has at least one row."""

from collections.abc import Iterator, Sequence

from seqloom.config.data import Data
from seqloom.data.bad_rows import BadRows, Fault, settle
from seqloom.data.example import Example
from seqloom.data.sources.formats import files_of, read_rows
from seqloom.data.sources.ids import SeenIds
from seqloom.data.sources.lines import check_readable
from seqloom.data.sources.row import Row, feature_values
from seqloom.errors import UserError


def read_pairs(
    paths: Sequence[str], data: Data, *, bad: BadRows | None = None, need_target: bool = True
) -> Iterator[Example]:
    """All pairs of all files in order, read as they are asked for; duplicates are kept.

    bad          where bad rows are set aside; without it the first one raises a UserError
    need_target  False takes the target where there is one and None where there is not
    """
    for entry in paths:
        for path in files_of(entry, data, need_target):
            check_readable(path)
    return (example for entry in paths for example in _read_file(entry, data, bad, need_target))


def _read_file(entry: str, data: Data, bad: BadRows | None, need_target: bool) -> Iterator[Example]:
    seen = SeenIds()
    good = set_aside = 0
    for row in read_rows(entry, data, need_target):
        judged = row if isinstance(row, Fault) else _judge(row, seen, need_target)
        if isinstance(judged, Fault):
            settle(judged, bad)
            set_aside += 1
        else:
            good += 1
            yield judged
    if not good:
        raise UserError(_nothing(entry, set_aside, bad))


def _judge(row: Row, seen: SeenIds, need_target: bool) -> Example | Fault:
    if not row.source.strip():
        return _empty(row, "source")
    target = row.target if row.target and row.target.strip() else None
    if target is None and need_target:
        return _empty(row, "target")
    first = seen.first_line(row.id, row.place.line) if row.id else None
    if first is not None:
        return Fault(
            row.place,
            f"an id may occur once in a file, but '{row.id}' is in line {first} too.",
            "Give the row another id, or rename the column if it is no id.",
            row.content,
        )
    return Example(row.source, target, feature_values(row.features), str(row.place))


def _empty(row: Row, side: str) -> Fault:
    return Fault(
        row.place,
        f"the {side} must not be empty, but is.",
        "Fill it in or delete the row.",
        row.content,
    )


def _nothing(entry: str, set_aside: int, bad: BadRows | None) -> str:
    if bad is None or not set_aside:
        return f"{entry}: must have at least one row, but has none. Is it the right file?"
    return (
        f"{entry}: none of its {set_aside} rows can be used. "
        f"The reasons are in {bad.path}; is data.format right?"
    )
