"""The account of a run: one JSON line a validation, and TensorBoard where it is asked for."""

import json
from pathlib import Path
from typing import Any

from seqloom.atomic import replacing, writing
from seqloom.errors import MissingExtra

Record = dict[str, Any]


def read_journal(path: Path) -> list[Record]:
    """The records so far; a line cut short by a crash is left out."""
    if not path.exists():
        return []
    records: list[Record] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            records.append(json.loads(line))
        except ValueError:
            break
    return records


class Journal:
    """Appends to metrics.jsonl, from the record of update `until` on."""

    def __init__(self, path: Path, until: int, tensorboard: bool) -> None:
        self.path = path
        self.board = _board(path.parent) if tensorboard else None
        kept = [record for record in read_journal(path) if record["update"] <= until]
        with replacing(path) as part:
            lines = (json.dumps(record) + "\n" for record in kept)
            part.write_text("".join(lines), encoding="utf-8")

    def write(self, record: Record) -> None:
        """One line, flushed, so that a crash loses nothing."""
        with writing(self.path), self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        if self.board is not None:
            for name, value in record.items():
                if name != "update" and value is not None:
                    self.board.add_scalar(name, value, record["update"])
            self.board.flush()


def _board(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard.writer import SummaryWriter
    except ImportError:
        raise MissingExtra("training.tensorboard=true", "tensorboard") from None
    return SummaryWriter(str(folder / "tensorboard"))
