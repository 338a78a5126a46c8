"""Handwriting made at run time."""

from collections import Counter
from itertools import islice

import numpy as np
import pytest

from seqloom.data.by_hash import PARTS, part_of, texts
from seqloom.data.series import glyphs
from seqloom.data.series.absolute import check_offsets, look_absolute
from seqloom.data.series.glyphs import FONTS, glyph
from seqloom.data.series.hershey import PACES, Hand, lines, write
from seqloom.data.series.line_texts import ALPHABET, LONGEST, compose
from seqloom.data.series.strokes import check_pen, to_lines, to_points
from seqloom.errors import MissingExtra, UserError

pytest.importorskip("HersheyFonts")


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def corners(text: str, **hand) -> np.ndarray:
    """Where the pen is."""
    return to_points(write(text, Hand(**hand), random()).offsets)[:, :2]


def test_no_text_is_in_two_parts():
    parts = [{line.text for line in lines(0, 300, part)} for part in PARTS]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]


def test_another_seed_changes_no_texts_part():
    for part in PARTS:
        assert {part_of(text) for text in islice(texts(compose, 7, part), 50)} == {part}


def test_the_same_seed_writes_the_same_lines():
    first, second = ([*lines(3, 20, "train")] for _ in range(2))
    assert [line.text for line in first] == [line.text for line in second]
    assert all(np.array_equal(a.offsets, b.offsets) for a, b in zip(first, second, strict=True))


def test_asking_for_more_lines_leaves_the_first_ones_as_they_are():
    few, many = [*lines(3, 5, "dev")], [*lines(3, 9, "dev")]
    assert [line.text for line in few] == [line.text for line in many[:5]]
    assert len(many) == 9


def test_another_seed_writes_other_lines():
    assert [a.text for a in lines(1, 20, "train")] != [a.text for a in lines(2, 20, "train")]


def test_lines_are_printable_ascii_and_use_all_of_it():
    found = [*islice(texts(compose, 0, "train"), 5000)]
    assert set("".join(found)) == set(ALPHABET)
    assert max(map(len, found)) <= LONGEST
    assert all(text == text.strip() for text in found)


def test_lines_differ():
    found = Counter(islice(texts(compose, 0, "train"), 1000))
    assert len(found) > 990


def test_lines_are_drawings_of_a_usable_size():
    drawn = [*lines(0, 200, "train")]
    for line in drawn:
        check_pen(line.offsets)
        assert np.isfinite(line.offsets).all()
        assert line.offsets[-1, 2] == 1
    assert max(len(line.offsets) for line in drawn) <= 700
    check_offsets((line.offsets for line in drawn), "lines")


def test_lines_as_points_of_a_sheet_would_be_noticed():
    corner = np.array([5, 5, 0])
    drawn = (corner + to_points(line.offsets) for line in lines(0, 100, "train"))
    assert look_absolute(points.astype(np.float32) for points in drawn)


@pytest.mark.parametrize("font", FONTS)
def test_every_font_has_every_character(font):
    for character in ALPHABET:
        found = glyph(font, character, PACES[0])
        assert found.width > 0
        assert bool(found.lines) == (character != " ")


def test_an_l_is_one_straight_stroke_as_high_as_a_capital():
    (line,) = glyph("futural", "l", 0.1).lines
    assert np.ptp(line, axis=0) == pytest.approx([0, 1])
    assert line[-1, 1] == pytest.approx(0)
    assert line[0, 1] == pytest.approx(-1)


def test_a_straight_stroke_has_few_points():
    # Length 1, four times the pace is 0.4: 3 steps.
    (line,) = glyph("futural", "l", 0.1).lines
    assert len(line) == 4


def test_points_on_a_curve_are_evenly_apart():
    (line,) = glyph("futural", "O", 0.1).lines
    steps = np.hypot(*np.diff(line, axis=0).T)
    assert steps.max() <= 0.1 + 1e-9
    assert steps.min() > 0.09


def test_a_slower_pen_leaves_more_points():
    counts = [sum(len(line) for line in glyph("cursive", "g", pace).lines) for pace in PACES]
    assert counts == sorted(counts, reverse=True)


def test_corners_are_kept_at_any_pace():
    (line,) = glyph("futural", "v", 0.01).lines[:1]
    (coarse,) = glyph("futural", "v", 10.0).lines[:1]
    assert any(np.allclose(line[index], coarse[-1]) for index in range(len(line)))


def test_letters_follow_each_other():
    first, second = to_lines(write("ll", Hand(), random()).offsets)
    assert second[0, 0] - first[0, 0] == pytest.approx(glyph("futural", "l", 0.16).width)


def test_a_blank_is_a_gap():
    near, far = (corners(text)[-1, 0] for text in ("ll", "l l"))
    assert far - near == pytest.approx(glyph("futural", " ", 0.16).width)


def test_a_larger_hand_writes_larger():
    assert np.ptp(corners("H", size=2.0), axis=0) == pytest.approx(2 * np.ptp(corners("H"), axis=0))


def test_a_slanted_hand_leans_to_the_right():
    # One high, so its top stands 0.3 to the right of its foot.
    top, *_, foot = corners("l", slant=0.3)
    assert top[1] < foot[1]
    assert top[0] - foot[0] == pytest.approx(0.3)


def test_a_slope_turns_the_line_without_changing_lengths():
    level, sloping = corners("a line"), corners("a line", slope=0.05)
    before, after = (np.hypot(*np.diff(points, axis=0).T) for points in (level, sloping))
    assert after == pytest.approx(before, abs=1e-5)
    assert sloping[-1, 1] > level[-1, 1]


def test_a_steady_hand_writes_a_letter_always_alike():
    first, second = to_lines(write("ss", Hand(), random()).offsets)
    assert first - first[0] == pytest.approx(second - second[0], abs=1e-5)


def test_an_unsteady_hand_does_not():
    first, second = to_lines(write("ss", Hand(unsteady=1.0), random()).offsets)
    assert np.abs((first - first[0]) - (second - second[0])).max() > 1e-3


def test_an_unknown_character_is_refused():
    with pytest.raises(UserError, match="ASCII characters, but not 'é'"):
        write("café", Hand(), random())


def test_a_line_of_blanks_is_refused():
    with pytest.raises(UserError, match="must have something to draw"):
        write("  ", Hand(), random())


def test_an_unknown_font_is_refused_with_the_nearest_name():
    with pytest.raises(UserError, match=r"no single-stroke font 'cursve'. Did you mean 'cursive'"):
        glyph("cursve", "a", 0.1)


def test_where_the_fonts_are_missing_the_extra_is_named(monkeypatch):
    def absent(name: str):
        raise ImportError(name)

    glyph.cache_clear()
    glyphs._font.cache_clear()
    monkeypatch.setattr(glyphs, "import_module", absent)
    with pytest.raises(MissingExtra, match=r"pip install 'seqloom\[handwriting\]'"):
        glyph("futural", "a", 0.1)
