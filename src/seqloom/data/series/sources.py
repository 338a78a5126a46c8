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
from seqloom.data.series.absolute import check_fellow, check_offsets, usual_move
from seqloom.data.series.arrays import load_arrays
from seqloom.data.series.drawn import DRAWN, read_drawn
from seqloom.data.series.frame_pairs import PairRules, Side, read_frame_pairs
from seqloom.data.series.frames import JSONL, Frames, Limits, judge, raw_frames
from seqloom.data.series.strokes import check_pen, check_reach, simplified, to_offsets
from seqloom.errors import UserError
from seqloom.search.stepper import Reals

_SVG_CURVE = 1.0
"""How far the chords of a curve may be from it, in units of the file."""
_ANY_TEXT = 1_000_000
"""Characters of a target: those too long for the model are counted later, as tokens."""
_ENDLESS = 1_000_000
"""Points before anything is simplified."""
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
            longest=_longest_read(recipe),
            width=3 if isinstance(settings, StrokeSource) else width,
        ),
        target=Side(kind="text", name=names.target, longest=_ANY_TEXT),
    )
    try:
        for pair in read_frame_pairs(paths, rules, bad):
            assert not isinstance(pair.source, str)
            assert isinstance(pair.target, str)
            found = _example(pair.source, pair.place, recipe, pair.target)
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
    if path.endswith(DRAWN if isinstance(settings, StrokeSource) else ".wav"):
        found = _single(path, recipe, width)
        if isinstance(found, Fault):
            settle(found, bad)
            found = Example("", origin=str(found.place))
        yield found
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
            found = _example(judged.values, judged.place, recipe, None, usual)
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
    longest, strokes = _longest_read(recipe), isinstance(recipe.source, StrokeSource)
    for found in raw_frames(path, Limits(), key, part, DRAWN if strokes else (".wav",)):
        width = 3 if strokes else width
        yield found if isinstance(found, Fault) else judge(*found, longest, width)


def _single(path: str, recipe: Recipe, width: int | None) -> Example | Fault:
    """A file that is one source."""
    place = Place(path, 1)
    if isinstance(recipe.source, StrokeSource):
        drawn = read_drawn(path, _SVG_CURVE)
        return drawn if isinstance(drawn, Fault) else _finished(drawn, place, recipe)
    from seqloom.data.frames.voices import frames_of_wav

    sound = judge(place, frames_of_wav(path), recipe.data.max_source, width)
    return sound if isinstance(sound, Fault) else _named(sound.values, place)


def _longest_read(recipe: Recipe) -> int:
    """Drawings are simplified before they are judged by their length."""
    return _ENDLESS if isinstance(recipe.source, StrokeSource) else recipe.data.max_source


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
    values: Reals, place: Place, recipe: Recipe, target: str | None, usual: float = 0.0
) -> Example | Fault:
    """usual: how far the pen moves in most drawings of the file, where it is to be compared."""
    if not isinstance(recipe.source, StrokeSource):
        return _named(values, place, target)
    try:
        check_pen(values)
        check_fellow(values, usual)
        check_reach(values[:, :2])
    except UserError as error:
        return Fault(place, f"source: {error}", "Mend the drawing.", "")
    offsets = to_offsets(values) if recipe.source.points == "points" else values
    return _finished(offsets, place, recipe, target)


def _finished(
    offsets: Reals, place: Place, recipe: Recipe, target: str | None = None
) -> Example | Fault:
    """Simplified, and within the limit."""
    assert isinstance(recipe.source, StrokeSource)
    if recipe.source.simplify:
        offsets = simplified(offsets, recipe.source.simplify)
    if len(offsets) > (longest := recipe.data.max_source):
        reason = f"source: a drawing may have {longest} points, but this one has {len(offsets)}."
        return Fault(place, reason, "Raise data.max_source, or set source.simplify.", "")
    return _named(offsets, place, target)


def _named(values: Reals, place: Place, target: str | None = None) -> Example:
    return Example(str(place), target, origin=str(place), frames=values)


def _with_setting(error: UserError, settings: SeriesSource) -> UserError:
    """Which setting says what the check asks to be said."""
    text = str(error)
    if isinstance(settings, StrokeSource) and text.endswith("Say that they are points."):
        return UserError(text.replace("Say that they are points.", "Set source.points=points."))
    return error
