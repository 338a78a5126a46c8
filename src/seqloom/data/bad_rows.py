"""Rows that cannot be used: a fault stops the reading, or is set aside in a side file.

A reader never raises over one row. It hands on a `Fault` in the row's place, and `settle` decides:
without `BadRows` the first fault is raised as a UserError; with it each fault becomes one line

    file:line <tab> reason <tab> the row's content, 1,000 characters of it at most, then CUT

of the side file, written at once, so that nothing vanishes silently even if the run is killed.
"""

from dataclasses import dataclass
from os import PathLike, devnull
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TextIO

from seqloom.errors import UserError

CONTENT_KEPT = 1000
"""Characters of a bad row that the side file keeps."""

CUT = "… [cut]"
"""Stands after content of which there was more."""

_SKIPPING = "Or set such rows aside with --skip-bad (data.skip_bad=true)."
_VISIBLE = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})


class Place(NamedTuple):
    """Where a row begins; the first line is 1. For Parquet the line is the number of the row."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one row: the rule and what was found, the way out, and the content."""

    place: Place
    reason: str
    remedy: str
    content: str

    def error(self, skippable: bool = True) -> UserError:
        """skippable: whether what was asked for can do without this row."""
        way = f" {_SKIPPING}" if skippable else ""
        return UserError(f"{self.place}: {self.reason} {self.remedy}{way}")


class BadRows:
    """The side file. It is created with the first bad row; `count` says how many there were.

    A row met again (every epoch reads the files anew) is written and counted once.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        self.count = 0
        self._known: set[int] = set()
        self._file: TextIO | None = None

    def add(self, fault: Fault) -> None:
        key = hash((fault.place, fault.reason))
        if key in self._known:
            return
        self._known.add(key)
        self.count += 1
        content = fault.content[:CONTENT_KEPT].translate(_VISIBLE)
        if len(fault.content) > CONTENT_KEPT:
            content += CUT
        try:
            self._write(f"{fault.place}\t{fault.reason.translate(_VISIBLE)}\t{content}\n")
        except OSError as error:
            raise UserError(
                f"{self.path}: bad rows cannot be written there: {error.strerror}."
            ) from error

    def _write(self, line: str) -> None:
        if self._file is None:
            self._file = self.path.open(
                "w", encoding="utf-8", errors="backslashreplace", buffering=1, newline="\n"
            )
        self._file.write(line)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class PassedOver(BadRows):
    """Bad rows that are in nobody's way: only kept in mind, in their order."""

    def __init__(self) -> None:
        super().__init__(devnull)
        self.faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.faults.append(fault)


def settle(fault: Fault, bad: BadRows | None) -> None:
    """Set the row aside if there is a place for it; raise it otherwise."""
    if bad is None:
        raise fault.error()
    bad.add(fault)
