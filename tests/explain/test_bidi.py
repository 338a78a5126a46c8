"""Lines that run both ways, as a reader of both scripts expects them: left to right as they are drawn."""

import pytest

from seqloom.explain.bidi import LONGEST, Run, alone, visual_runs

LINES = [
    ("abc def", False, ["abc def"]),
    ("אבג דהו", True, ["אבג דהו"]),
    ("a שלום עולם b", False, ["a ", "שלום עולם", " b"]),
    ("סע John Smith הביתה", True, [" הביתה", "John Smith", "סע "]),
    ("סע John (actor) פה", True, [" פה", "John (actor)", "סע "]),
    ("סע (פה).", True, ["סע (פה)."]),
    ("קנה 3.5 kg, 12", True, ["kg, 12", " ", "3.5", "קנה "]),
    ("كم 1,5 من 2-1", True, ["1", "-", "2", " من ", "1,5", "كم "]),
    ("a מ\u05b6ה b", False, ["a ", "מ\u05b6ה", " b"]),
    ("نمی\u200cخواهم a", True, ["a", "نمی\u200cخواهم "]),
]


def _runs_left(part: str) -> bool:
    """Signs between, too, in these lines, which all run to the left but for Latin and numbers."""
    return not any(c.isascii() and c.isalnum() for c in part)


@pytest.mark.parametrize(("text", "right_to_left", "shown"), LINES, ids=[x[0] for x in LINES])
def test_runs_stand_in_the_order_of_drawing(text, right_to_left, shown):
    runs = visual_runs(text, right_to_left)
    assert [text[start:end] for start, end, _ in runs] == shown
    assert [run.right_to_left for run in runs] == [_runs_left(part) for part in shown]


def test_only_what_runs_to_the_left_is_marked():
    assert alone("(", False) == "("
    assert alone("(", True) == "\u200f(\u200f"


@pytest.mark.parametrize("text", ["", "א" * (LONGEST + 1)])
def test_what_cannot_be_ordered_stays_as_it_is(text):
    assert visual_runs(text, True) == ([Run(0, len(text), True)] if text else [])


def test_every_character_stands_once_in_a_long_line():
    text = "אב ab 12, " * 300
    runs = visual_runs(text, True)
    assert sorted(at for run in runs for at in range(run.start, run.end)) == [*range(len(text))]
