"""Pharaoh lines and the alignment error rate."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqloom.errors import UserError
from seqloom.metrics import evaluate_alignments, format_links, parse_gold, parse_links

LINKS = st.frozensets(st.tuples(st.integers(0, 99), st.integers(0, 99)))


def rate(found: list[str], gold: list[str]) -> float:
    report = evaluate_alignments(
        [parse_links(line) for line in found], [parse_gold(line) for line in gold], bootstrap=10
    )
    return report["aer"].value


def test_aer_counts_sure_links_twice_and_possible_links_once():
    # A = 4 links; S = 3, of which 2 found; P = 4 (sure ones included), of which 3 found:
    # 1 - (2 + 3) / (4 + 3).
    assert rate(["0-0 1-1 2-3 3-3"], ["0-0 1-1 2-2 2p3"]) == pytest.approx(100 * 2 / 7)


def test_aer_sums_over_sentences_before_it_divides():
    # (1 + 1) + (0 + 0) over (1 + 1) + (3 + 1); a mean of the two rates would be 50.
    assert rate(["0-0", "0-1 1-2 2-3"], ["0-0", "0-0"]) == pytest.approx(100 * (1 - 2 / 6))


def test_all_sure_links_and_some_possible_ones_are_no_error():
    assert rate(["0-0 1-1"], ["0-0 1?1 2p2"]) == 0.0


def test_nothing_found_is_all_error_unless_nothing_was_sure():
    assert (rate([""], ["0-0"]), rate([""], ["0p0"])) == (100.0, 0.0)


@settings(deadline=None)
@given(LINKS)
def test_parsing_undoes_formatting(links: frozenset[tuple[int, int]]):
    assert parse_links(format_links(links)) == links


def test_links_are_written_in_order_of_their_positions():
    assert format_links([(10, 0), (2, 1), (2, 0), (2, 1)]) == "2-0 2-1 10-0"


def test_a_line_without_links_is_an_empty_alignment():
    assert parse_links("\n") == frozenset()


@pytest.mark.parametrize("word", ["3", "0-", "-1-2", "0:1", "0p1", "٣-١"])
def test_what_is_not_a_link_is_named_with_its_place(word: str):
    with pytest.raises(UserError) as caught:
        parse_links(f"0-0 {word}", origin="links.txt:7")
    assert str(caught.value) == (
        f"links.txt:7: expected links such as '0-1', separated by blanks, but found '{word}'. "
        "Positions count from 0."
    )


def test_alignments_and_gold_must_be_as_many():
    with pytest.raises(UserError, match=r"as many alignments as gold standards.* 2 and 1"):
        rate(["0-0", "1-1"], ["0-0"])
