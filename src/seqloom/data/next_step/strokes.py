"""Drawings as a model reads them: standardised, padded, with what is read before their first point.

Drawings that all begin at (0, 0) have nothing to predict there: the first point is read and not scored,
as in Graves 2013, where x_1 is a null vector. All others begin after START, a lifted pen.

Sizes: N drawings, T points to be predicted in the longest, U characters in the longest text.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from seqloom.data.next_step.drawings import Drawing
from seqloom.data.next_step.unigram import Unigram
from seqloom.data.series.scaling import Scaler, fit
from seqloom.errors import UserError
from seqloom.search.stepper import Ids, Reals
from seqloom.symbols import EOS, PAD
from seqloom.text.codec import Codec

START = (0.0, 0.0, 1.0)
PEN = 2


@dataclass(frozen=True, slots=True)
class Paper:
    """What is fixed for all drawings of a model, learnt from those it was trained on.

    origin    whether drawings begin at (0, 0) without having to predict it
    unigram   what a model that knows nothing of what was before would say of them
    """

    scaler: Scaler
    origin: bool
    unigram: Unigram | None = None

    @classmethod
    def of(cls, drawings: Sequence[Drawing]) -> Self:
        origin = all(not drawing.offsets[0, :PEN].any() for drawing in drawings)
        first = 1 if origin else 0
        moves = [drawing.offsets[first:] for drawing in drawings]
        scaler = fit(
            moves,
            as_they_are=(PEN,),
            names=("dx", "dy", "pen"),
            where=", ".join(dict.fromkeys(drawing.place.path for drawing in drawings)),
            remedy="Are these strokes (dx, dy, pen)?",
        )
        return cls(scaler, origin, Unigram.of([scaler.apply(each) for each in moves]))

    def record(self) -> dict[str, Any]:
        unigram = {"unigram": asdict(self.unigram)} if self.unigram else {}
        return {"scaler": self.scaler.record(), "origin": self.origin, **unigram}

    @classmethod
    def of_record(cls, record: dict[str, Any]) -> Self:
        """Raises UserError if this is no such record."""
        if not isinstance(record.get("scaler"), dict) or not isinstance(record.get("origin"), bool):
            raise UserError(
                "strokes.json must have a scaler and an origin. Restore the file, or train again."
            )
        return cls(Scaler.of_record(record["scaler"]), record["origin"], _unigram(record))

    @property
    def start(self) -> Reals:
        """What a new drawing begins after [3]."""
        if self.origin:
            return self.scaler.apply(np.zeros((1, 3), dtype=np.float32))[0]
        return np.array(START, dtype=np.float32)

    @property
    def nats(self) -> float:
        """What log p of a point falls by when it is told in units of the data."""
        return float(np.log(self.scaler.deviation[:PEN]).sum())

    def read(self, offsets: Reals) -> tuple[Reals, Reals]:
        """What stands before the first point to be predicted [3], and all those [T, 3]."""
        if not self.origin:
            return self.start, self.scaler.apply(offsets)
        moved = offsets.copy()
        moved[0, :PEN] = 0.0
        moved = self.scaler.apply(moved)
        return moved[0], moved[1:]

    def written(self, points: Reals) -> Reals:
        """A new drawing's points [T, 3] in units of the data, from (0, 0) where drawings begin there."""
        offsets = self.scaler.undo(points)
        offsets[:, PEN] = points[:, PEN] > 0.5
        first = np.zeros((1, 3), dtype=np.float32)
        return np.concatenate([first, offsets]) if self.origin else offsets


def _unigram(record: dict[str, Any]) -> Unigram | None:
    try:
        found = Unigram(**{name: float(value) for name, value in record["unigram"].items()})
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return found if found.usable else None


class StrokeBatch(NamedTuple):
    """first [N, 3]; points [N, T, 3] and lengths [N]; text [N, U] and its lengths [N], where there is
    one; `rows` are numbers of the set, from 0."""

    rows: Ids
    first: Reals
    points: Reals
    lengths: Ids
    text: Ids | None
    text_lengths: Ids | None


class StrokeSet:
    """Drawings, ready to be made batches of."""

    def __init__(self, drawings: Sequence[Drawing], paper: Paper, codec: Codec | None) -> None:
        read = [paper.read(drawing.offsets) for drawing in drawings]
        self.first = np.stack([first for first, _ in read])
        self.points = [points for _, points in read]
        self.texts = [text_ids(drawing.text, codec) for drawing in drawings] if codec else None
        self.places = [str(drawing.place) for drawing in drawings]

    def __len__(self) -> int:
        return len(self.points)

    @property
    def lengths(self) -> list[int]:
        return [len(points) for points in self.points]

    def collate(self, rows: NDArray[np.int64]) -> StrokeBatch:
        points = [self.points[row] for row in rows]
        lengths = np.array([len(each) for each in points])
        padded = np.zeros((len(rows), int(lengths.max()), 3), dtype=np.float32)
        for place, each in enumerate(points):
            padded[place, : len(each)] = each
        text, text_lengths = None, None
        if self.texts is not None:
            text, text_lengths = padded_ids([self.texts[row] for row in rows])
        return StrokeBatch(rows, self.first[rows], padded, lengths, text, text_lengths)


def text_ids(text: str, codec: Codec) -> list[int]:
    """The text as a window sees it: without an end."""
    ids = codec.encode(text)
    assert ids[-1] == EOS
    return ids[:-1]


def padded_ids(sequences: Sequence[Sequence[int]]) -> tuple[Ids, Ids]:
    """[N, U] and the lengths [N]."""
    lengths = np.array([len(each) for each in sequences])
    padded = np.full((len(sequences), int(lengths.max())), PAD, dtype=np.int64)
    for place, each in enumerate(sequences):
        padded[place, : len(each)] = each
    return padded, lengths
