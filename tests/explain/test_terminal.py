from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from seqloom.errors import UserError
from seqloom.explain import terminal_map
from seqloom.explain.terminal import bands, shade

SCRIPTS = {
    "latin": list("Tag 5"),
    "hangul": list("2024년 3월"),
    "kana and kanji": list("2024年3月5日カナ"),
    "arabic": list("٥ مارس"),
    "devanagari": ["क्ष", "त्रि", "य", " "],
    "thai": ["วั", "น", "ที่"],
    "combining": ["e\u0301", "\u0301", "ᄒ", "\u1161", "\u11ab"],
}


@pytest.mark.parametrize("source", SCRIPTS.values(), ids=SCRIPTS)
def test_all_rows_of_a_map_are_equally_wide(make_result, source: list[str]) -> None:
    lines = list(terminal_map(make_result(source, list("한ab日"))).lines(200))
    rows = lines[: 1 + 5]
    assert len({cell_len(row.plain) for row in rows}) == 1


def test_columns_of_wide_characters_stand_under_their_heading(make_result) -> None:
    shown = str(terminal_map(make_result(["년", "a"], ["x"])))
    assert shown.splitlines()[:3] == [
        "      년 a  <eos>",
        "    x ▓▓ ░░ ░░",
        "<eos> ░░ ░░ ▓▓",
    ]


def test_a_narrow_terminal_gets_every_column_once_in_bands(make_result) -> None:
    source = [*map(str, range(10, 60)), "<eos>"]
    cut = list(bands(source, 30))
    assert [column for band in cut for column in band] == list(range(len(source)))
    assert all(sum(len(source[c]) + 1 for c in band) <= 30 for band in cut)


def test_no_line_is_wider_than_the_terminal(make_result) -> None:
    shown = terminal_map(make_result(list("2024년 3월 5일 화요일"), list("2024-03-05"))).plain(40)
    assert max(cell_len(line) for line in shown.splitlines()) <= 40
    assert shown.count("<eos>") == 3


def test_a_pipe_gets_no_colour_and_a_terminal_gets_it(make_result) -> None:
    pipe, terminal = StringIO(), StringIO()
    result = make_result(["a"], ["b"])
    Console(file=pipe, width=80).print(terminal_map(result))
    Console(file=terminal, width=80, force_terminal=True, color_system="truecolor").print(
        terminal_map(result)
    )
    assert "\x1b" not in pipe.getvalue()
    assert "\x1b[38;2;" in terminal.getvalue()


def test_right_to_left_columns_keep_their_order_and_the_map_says_so(make_result) -> None:
    shown = str(terminal_map(make_result(["مرحبا", "بالعالم"], ["hello"])))
    assert shown.index("مرحبا") < shown.index("بالعالم")
    assert "\u200eمرحبا\u200e" in shown
    assert "first token leftmost" in shown


def test_a_heavier_weight_has_a_denser_shade() -> None:
    assert [shade(w, 2).plain for w in (0.0, 0.05, 0.25, 0.5, 0.75, 1.0)] == [
        "· ", "░░", "▒▒", "▓▓", "██", "██",
    ]  # fmt: skip


def test_an_output_that_is_not_there_is_named(make_result) -> None:
    with pytest.raises(UserError, match=r"no output number 2: this result has 1"):
        terminal_map(make_result(["a"], ["b"]), output=2)
