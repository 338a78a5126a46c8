"""One document as the files give it, before it is cut into sentences."""

from dataclasses import dataclass
from typing import NamedTuple

from seqloom.data.bad_rows import Place


@dataclass(frozen=True, slots=True)
class Document:
    """A text with its labels: one, or any number where data.multi_label says so; None if they are
    not known. `origin` is 'file:line', for messages. `fault` says why a row was set aside, for which an
    empty text stands."""

    text: str
    labels: tuple[str, ...] | None = None
    origin: str = ""
    fault: str = ""


class Row(NamedTuple):
    """What every format turns its rows into. `label` is a field, uncut, or labels that the format
    itself keeps apart; `content` is the whole row, for the side file."""

    place: Place
    text: str
    label: str | tuple[str, ...] | None
    content: str
