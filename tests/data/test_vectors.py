from pathlib import Path

import pytest

from seqloom.data.vectors import coverage, read_vectors
from seqloom.errors import UserError

TOKENS = (" the", " Cat", ",", " film")
LINES = "the 1 2 3\n, 4 5 6\ncat 7 8 9\n. . . 0 0 1\nother 1 1 1\nthe 9 9 9\n"


def read(folder: Path, content: str) -> dict[int, list[float]]:
    path = folder / "v.txt"
    path.write_text(content, encoding="utf-8")
    return {id: row.tolist() for id, row in read_vectors(str(path), TOKENS, 4, 3).items()}


@pytest.mark.parametrize("head", ["", "6 3\n"])
def test_vectors_are_found_without_blank_and_in_lower_case(tmp_path: Path, head: str) -> None:
    # The first of a word counts; one with blanks inside is no fault.
    assert read(tmp_path, head + LINES) == {4: [1, 2, 3], 5: [7, 8, 9], 6: [4, 5, 6]}


def test_the_case_of_the_token_goes_before_lower_case(tmp_path: Path) -> None:
    assert read(tmp_path, "cat 1 1 1\nCat 2 2 2\n") == {5: [2, 2, 2]}


@pytest.mark.parametrize(
    ("content", "line", "found"),
    [
        ("the 1 2 3\ncat 1 2\n", 2, 2),
        ("the 1 2 3\ncat 1 2 3 4\n", 2, 4),
        ("the 1 2 3\ncat\n", 2, 0),
    ],
)
def test_a_line_of_another_width_than_the_first_is_to_be_mended(
    tmp_path: Path, content: str, line: int, found: int
) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, content)
    assert str(caught.value) == (
        f"{tmp_path}/v.txt:{line}: expected a word and 3 numbers, as in the first line, but found "
        f"{found}. Mend the line, or give other vectors."
    )


@pytest.mark.parametrize(
    "line", ["text\tlabel", "A film that came out in 2013", "word", "<html>", '{"a": 1}']
)
def test_a_file_of_another_kind_is_told_from_one_of_another_width(
    tmp_path: Path, line: str
) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, line + "\n")
    assert "v.txt:1: must be a word and its numbers" in str(caught.value)
    assert "embedding" not in str(caught.value)


def test_the_first_word_may_have_blanks_inside(tmp_path: Path) -> None:
    assert read(tmp_path, ". . . 0 0 1\nthe 1 2 3\n") == {4: [1, 2, 3]}


@pytest.mark.parametrize(
    ("content", "line", "found"), [("5 4\nthe 1 2 3 4\n", 1, 4), ("the 1 2\n", 1, 2)]
)
def test_a_wrong_width_is_named(tmp_path: Path, content: str, line: int, found: int) -> None:
    with pytest.raises(UserError) as caught:
        read(tmp_path, content)
    assert str(caught.value) == (
        f"{tmp_path}/v.txt:{line}: expected a word and 3 numbers, but found {found}. "
        f"Set model.embedding={found}, or give other vectors."
    )


@pytest.mark.parametrize("vector", ["1 x 3", "1 nan 3"])
def test_what_is_no_number_is_named(tmp_path: Path, vector: str) -> None:
    with pytest.raises(UserError, match=r"v.txt:2: "):
        read(tmp_path, f"a 1 2 3\nthe {vector}\n")


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="but is empty"):
        read(tmp_path, "")


def test_what_is_no_number_is_told_without_pythons_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"and 3 numbers, but 'x' is none\. Mend the line\.$"):
        read(tmp_path, "a 1 2 3\nthe 1 x 3\n")


def test_that_no_word_was_found_is_told_as_a_warning() -> None:
    assert coverage({}, 1200).startswith("not one of 1,200 tokens has a pretrained vector")


def test_coverage_is_told() -> None:
    assert coverage({4: 0, 5: 0}, 4) == "2 of 4 tokens (50.0%) have a pretrained vector."
