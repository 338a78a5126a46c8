"""Pairs with a series on one side or on both: what is spoken beside its sound, a text beside the strokes
that write it, one voice beside another.

    pair_files  the files
    here        the rules: finite numbers, one width, nothing empty, nothing too long, and where a model
                answers frame by frame, as many frames on both sides

A pair that breaks a rule becomes one line that names file and record. It stops the reading, or is set
aside.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from seqloom.atomic import replacing
from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.series.absolute import check_fellow, check_offsets, usual_move
from seqloom.data.series.frames import Frames, judge
from seqloom.data.series.pair_files import Columns, Raw, read_raw
from seqloom.data.series.strokes import check_pen
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

Kind = Literal["frames", "strokes", "text"]
_SEEN_FIRST = 100
"""Drawings that must look like offsets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What one side may be.

    name     its key in JSONL, the beginning of its arrays' names in .npz
    longest  frames, or characters of a text, at most
    width    features of a frame; if not given, those of the first good pair
    bits     every value is 0 or 1
    """

    kind: Kind = "frames"
    name: str = "source"
    longest: int = 10_000
    width: int | None = None
    bits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRules:
    """What a pair may be. same_length: the target has a frame for each one of the source."""

    source: Side = field(default_factory=Side)
    target: Side = field(default_factory=lambda: Side(name="target"))
    same_length: bool = False
    max_line_bytes: int = 50_000_000


@dataclass(frozen=True, slots=True, eq=False)
class FramePair:
    """Frames [T, F] or a text on each side, and where the pair came from."""

    source: Reals | str
    target: Reals | str
    place: Place


def read_frame_pairs(
    paths: Iterable[str], rules: PairRules, bad: BadRows | None = None
) -> Iterator[FramePair]:
    """The good pairs of some files, which must be alike; the others are raised or set aside."""
    assert not rules.same_length or "text" not in (rules.source.kind, rules.target.kind)
    for path in paths:
        for pair in _offsets(_judged(path, rules, bad), path, rules, bad):
            rules = _like(rules, pair)
            yield pair


def write_frame_pairs(
    path: Path, pairs: Iterable[tuple[Reals | str, Reals | str]], names: tuple[str, str]
) -> None:
    """Pairs as one .npz file that `read_frame_pairs` reads."""
    sides = zip(names, zip(*pairs, strict=True), strict=True)
    arrays = dict(chain.from_iterable(_arrays(name, values) for name, values in sides))
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]


def _arrays(name: str, values: "tuple[Reals | str, ...]") -> list[tuple[str, NDArray[Any]]]:
    texts = [each for each in values if isinstance(each, str)]
    if texts:
        return [(f"{name}_texts", np.array(texts))]
    series = [each for each in values if not isinstance(each, str)]
    lengths = np.array([len(each) for each in series], dtype=np.int64)
    return [(f"{name}_points", np.concatenate(series)), (f"{name}_lengths", lengths)]


def _judged(path: str, rules: PairRules, bad: BadRows | None) -> Iterator[FramePair]:
    columns = Columns(
        rules.source.name, rules.target.name,
        rules.source.kind == "text", rules.target.kind == "text",
    )  # fmt: skip
    for raw in read_raw(path, columns, rules.max_line_bytes):
        judged = raw if isinstance(raw, Fault) else judge_pair(raw, rules)
        if isinstance(judged, Fault):
            settle(judged, bad)
            continue
        rules = _like(rules, judged)
        yield judged


def _like(rules: PairRules, pair: FramePair) -> PairRules:
    """From the first pair on, every one is as wide."""
    source, target = _as_wide(rules.source, pair.source), _as_wide(rules.target, pair.target)
    return replace(rules, source=source, target=target)


def _as_wide(side: Side, value: Reals | str) -> Side:
    if isinstance(value, str) or side.width is not None:
        return side
    return replace(side, width=value.shape[1])


def _offsets(
    pairs: Iterator[FramePair], path: str, rules: PairRules, bad: BadRows | None
) -> Iterator[FramePair]:
    """The pairs whose drawings do not look like points. If the first ones together do, the file is
    refused."""
    first = list(islice(pairs, _SEEN_FIRST))
    source = _usual(rules.source.kind, [pair.source for pair in first], path)
    target = _usual(rules.target.kind, [pair.target for pair in first], path)
    for pair in chain(first, pairs):
        fault = _stray(pair, source, target)
        if fault is None:
            yield pair
        else:
            settle(fault, bad)


def _usual(kind: Kind, values: Sequence[Reals | str], path: str) -> float:
    """How far the pen moves on one side; 0 where that side is no drawing."""
    drawings = [each for each in values if not isinstance(each, str)] if kind == "strokes" else []
    check_offsets(drawings, path)
    return usual_move(drawings)


def _stray(pair: FramePair, source: float, target: float) -> Fault | None:
    for name, value, usual in (("source", pair.source, source), ("target", pair.target, target)):
        if isinstance(value, str) or not usual:
            continue
        try:
            check_fellow(value, usual)
        except UserError as error:
            return Fault(pair.place, f"{name}: {error}", "Mend the drawing.", "")
    return None


def judge_pair(raw: Raw, rules: PairRules) -> FramePair | Fault:
    """Every rule that pairs obey is here."""
    source = _value("source", raw.source, rules.source, raw.place)
    target = _value("target", raw.target, rules.target, raw.place)
    if isinstance(source, Fault):
        return source
    if isinstance(target, Fault):
        return target
    if rules.same_length and len(source) != len(target):
        reason = (
            "source and target must have a frame for each other, but have "
            f"{len(source)} and {len(target)} frames."
        )
        remedy = (
            "Align them, or take an encoder-decoder, which reads and writes any lengths: "
            "model.kind=attention, model.ending=bit, training.metric=loss."
        )
        return Fault(raw.place, reason, remedy, "")
    return FramePair(source, target, raw.place)


def _value(name: str, value: object, side: Side, place: Place) -> Reals | str | Fault:
    judged = (
        _text(value, side, place)
        if side.kind == "text"
        else judge(place, value, side.longest, side.width, f"data.max_{name}")
    )
    if isinstance(judged, Fault):
        return replace(judged, reason=f"{name}: {judged.reason}")
    if isinstance(judged, str):
        return judged
    if side.kind == "strokes":
        try:
            check_pen(judged.values)
        except UserError as error:
            return Fault(place, f"{name}: {error}", "Mend the drawing.", "")
    return _bits_of(name, judged) if side.bits else judged.values


def _bits_of(name: str, found: Frames) -> Reals | Fault:
    """The values, or where the first one is that is neither 0 nor 1."""
    wrong = np.argwhere((found.values != 0) & (found.values != 1))
    if not len(wrong):
        return found.values
    frame, feature = wrong[0].tolist()
    reason = (
        f"{name}: frame {frame + 1}, feature {feature + 1}: must be 0 or 1, but is "
        f"{found.values[frame, feature]:g}."
    )
    return Fault(found.place, reason, "Mend the row, or set another model.density.kind.", "")


def _text(value: object, side: Side, place: Place) -> str | Fault:
    if not isinstance(value, str):
        return Fault(place, "must be a text, but is none.", "Mend the row.", str(value)[:1000])
    if not value.strip():
        return Fault(place, "the text must not be empty, but is.", "Mend the row.", value)
    if len(value) > side.longest:
        reason = f"a text may have {side.longest} characters, but this one has {len(value)}."
        return Fault(place, reason, "Shorten it.", value)
    return value
