"""Files -> Examples whose source is frames or strokes.

    pairs     every kind of file that `pair_files` reads, with a text as the target
    sources   to be answered: .jsonl (arrays, or objects with the source's key), .npy, .npz, .wav, and of
              strokes .inkml and .svg

An example goes by its file and record. What cannot be used is raised, or set aside.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from seqloom.config.recipe import Recipe
from seqloom.config.series import SeriesSource, StrokeSource
from seqloom.data.bad_rows import BadRows, Fault, Place, settle
from seqloom.data.example import Example
from seqloom.data.series.arrays import load_arrays
from seqloom.data.series.frame_pairs import PairRules, Side, read_frame_pairs
from seqloom.data.series.frames import JSONL, Frames, Limits, judge, raw_frames
from seqloom.data.series.inkml import read_inkml
from seqloom.data.series.strokes import (
    check_fellow,
    check_offsets,
    check_pen,
    check_reach,
    of_lines,
    simplified,
    to_offsets,
    usual_move,
)
from seqloom.data.series.svg_strokes import read_svg
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

_SVG_CURVE = 1.0
"""How far the chords of a curve may be from it, in units of the file."""
_ANY_TEXT = 1_000_000
"""Characters of a target: those too long for the model are counted later, as tokens."""
_DRAWN = (".inkml", ".svg")
_SEEN_FIRST = 100
"""Drawings that must look like offsets."""


class Keys(NamedTuple):
    """How the two sides are called in files."""

    source: str
    target: str


def keys(recipe: Recipe) -> Keys:
    """`data.source` and `data.target` where they are names."""
    data = recipe.data
    return Keys(
        data.source if isinstance(data.source, str) else "source",
        data.target if isinstance(data.target, str) else "target",
    )


def read_series_pairs(
    paths: Iterable[str], recipe: Recipe, width: int | None = None, bad: BadRows | None = None
) -> Iterator[Example]:
    """The good pairs of some files."""
    settings = _settings(recipe)
    names = keys(recipe)
    # Points are made offsets first, and judged as such here.
    strokes = isinstance(settings, StrokeSource) and settings.points == "offsets"
    rules = PairRules(
        source=Side(
            kind="strokes" if strokes else "frames",
            name=names.source,
            longest=recipe.data.max_source,
            width=3 if isinstance(settings, StrokeSource) else width,
        ),
        target=Side(kind="text", name=names.target, longest=_ANY_TEXT),
    )
    try:
        for pair in read_frame_pairs(paths, rules, bad):
            assert not isinstance(pair.source, str)
            assert isinstance(pair.target, str)
            found = _example(pair.source, pair.place, settings, pair.target)
            if isinstance(found, Fault):
                settle(found, bad)
            else:
                yield found
    except UserError as error:
        raise _with_setting(error, settings) from error


def read_series_sources(
    path: str, recipe: Recipe, bad: BadRows | None = None, width: int | None = None
) -> Iterator[Example]:
    """What a file asks a model about; targets in it are not looked at. A source that is set aside leaves
    an empty one in its place, so that answers stay beside their records."""
    settings = _settings(recipe)
    if isinstance(settings, StrokeSource) and path.endswith(_DRAWN):
        lines = read_inkml(path) if path.endswith(".inkml") else read_svg(path, _SVG_CURVE)
        if isinstance(lines, Fault):
            settle(lines, bad)
            yield Example("", origin=str(lines.place))
        else:
            yield _named(_finished(of_lines(lines), settings), Place(path, 1))
        return
    if path.endswith(".wav") and not isinstance(settings, StrokeSource):
        from seqloom.data.frames.voices import frames_of_wav

        sound = judge(Place(path, 1), frames_of_wav(path), recipe.data.max_source, width)
        if isinstance(sound, Fault):
            settle(sound, bad)
            yield Example("", origin=str(sound.place))
        else:
            yield _named(sound.values, sound.place)
        return
    usual = 0.0
    if isinstance(settings, StrokeSource) and settings.points == "offsets":
        good = (each for each in _judged(path, recipe, width) if isinstance(each, Frames))
        some = [each.values for each in islice(good, _SEEN_FIRST)]
        try:
            check_offsets(some, path)
        except UserError as error:
            raise _with_setting(error, settings) from error
        usual = usual_move(some)
    for judged in _judged(path, recipe, width):
        found = judged
        if isinstance(judged, Frames):
            found = _example(judged.values, judged.place, settings, None, usual)
        if isinstance(found, Fault):
            settle(found, bad)
            yield Example("", origin=str(found.place))
        else:
            assert isinstance(found, Example)
            yield found


def _judged(path: str, recipe: Recipe, width: int | None) -> Iterator[Frames | Fault]:
    name = keys(recipe).source
    key = name if path.endswith(JSONL) and _objects(path) else ""
    part = name if path.endswith(".npz") and f"{name}_points" in load_arrays(path) else ""
    longest = recipe.data.max_source
    width = 3 if isinstance(recipe.source, StrokeSource) else width
    for found in raw_frames(path, Limits(), key, part):
        yield found if isinstance(found, Fault) else judge(*found, longest, width)


def _objects(path: str) -> bool:
    """Whether a JSONL file has objects in its lines, rather than bare arrays."""
    from seqloom.data.sources.lines import Line, opened, read_lines

    with opened(path) as stream:
        first = next(iter(read_lines(stream, path, Limits().max_line_bytes)), None)
    return isinstance(first, Line) and first.text.lstrip().startswith("{")


def _settings(recipe: Recipe) -> SeriesSource:
    assert recipe.series is not None
    return recipe.series


def _example(
    values: Reals, place: Place, settings: SeriesSource, target: str | None, usual: float = 0.0
) -> Example | Fault:
    """usual: how far the pen moves in most drawings of the file, where it is to be compared."""
    if isinstance(settings, StrokeSource):
        try:
            check_pen(values)
            check_fellow(values, usual)
            check_reach(values[:, :2])
        except UserError as error:
            return Fault(place, f"source: {error}", "Mend the drawing.", "")
        values = _finished(to_offsets(values) if settings.points == "points" else values, settings)
    return _named(values, place, target)


def _finished(offsets: Reals, settings: StrokeSource) -> Reals:
    return simplified(offsets, settings.simplify) if settings.simplify else offsets


def _named(values: Reals, place: Place, target: str | None = None) -> Example:
    return Example(str(place), target, origin=str(place), frames=values)


def _with_setting(error: UserError, settings: SeriesSource) -> UserError:
    """Which setting says what the check asks to be said."""
    text = str(error)
    if isinstance(settings, StrokeSource) and text.endswith("Say that they are points."):
        return UserError(text.replace("Say that they are points.", "Set source.points=points."))
    return error
