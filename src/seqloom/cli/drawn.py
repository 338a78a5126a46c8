"""Pictures and records of what a command shows, in files beside the terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import typer


def write_drawing(path: Path | None, draw: Callable[[Path], None]) -> None:
    """What `draw` writes, where the user asked for it, in a folder that may have to be made."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(path)
        typer.echo(f"Wrote {path}", err=True)


def write_record(path: Path | None, record: object, indent: int | None = 1) -> None:
    """The same as JSON. Letters of every script stay as they are."""

    def draw(path: Path) -> None:
        text = json.dumps(record, ensure_ascii=False, indent=indent)
        path.write_text(text + "\n", encoding="utf-8")

    write_drawing(path, draw)
