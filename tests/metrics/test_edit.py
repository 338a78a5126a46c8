"""Exact match, WER, PER and CER against sums done by hand."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqloom.metrics import evaluate

TEXTS = st.text(alphabet="ab ", max_size=8)
ITEMS = st.lists(st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=3)), min_size=1, max_size=5)


def value(metric: str, outputs: list[str], references: list[list[str]]) -> float:
    return evaluate(outputs, references, [metric], bootstrap=0)[metric].value


def test_exact_is_the_share_of_outputs_equal_to_a_reference():
    assert value("exact", ["a", "b", "c", "d"], [["a"], ["b"], ["c"], ["x"]]) == 75.0


def test_wer_is_the_share_of_words_with_any_mistake():
    # One mistake or three: a word is wrong as a whole.
    outputs = ["k æ t", "d ɔ ɡ", "b ɜ d"]
    assert value("wer", outputs, [["k æ t"], ["d ɒ ɡ"], ["f ɪ ʃ"]]) == pytest.approx(200 / 3)


def test_an_output_equal_to_the_second_reference_is_right():
    assert value("wer", ["t ə m ɑ t oʊ"], [["t ə m eɪ t oʊ", "t ə m ɑ t oʊ"]]) == 0.0


def test_per_divides_all_edits_by_all_reference_symbols():
    # 1 substitution of 3, 1 deletion of 2, 2 insertions on 1: 4 edits over 6 symbols. A mean of the
    # three rates would be 94.4.
    outputs = ["k ɑ t", "ɡ", "a b c"]
    assert value("per", outputs, [["k æ t"], ["ɡ oʊ"], ["a"]]) == pytest.approx(100 * 4 / 6)


def test_a_symbol_of_several_letters_is_one_symbol():
    assert value("per", ["tʃ iː"], [["tʃʰ iː"]]) == 50.0


def test_per_on_text_is_edit_distance_over_words():
    # 'the' inserted, 'sat' -> 'sits'.
    assert value("per", ["the cat sits the down"], [["the cat sat down"]]) == 50.0


def test_edits_at_the_start_cost_as_much_as_anywhere():
    assert value("per", ["c"], [["a b c"]]) == pytest.approx(100 * 2 / 3)


def test_per_takes_the_reference_with_the_fewest_edits():
    # 2 edits from the first, 1 from the second, whose length counts.
    assert value("per", ["a b c"], [["a x y", "a b c d"]]) == 25.0


def test_per_takes_the_longer_of_equally_near_references():
    assert value("per", ["a b"], [["a", "a b c"]]) == pytest.approx(100 / 3)


def test_cer_counts_characters_and_blanks():
    # kitten -> sitting: 3 edits over 7; 'a b' -> 'ab': 1 over 2.
    assert value("cer", ["kitten", "a b"], [["sitting"], ["ab"]]) == pytest.approx(100 * 4 / 9)


def test_an_empty_output_misses_the_whole_reference():
    scores = evaluate([""], [["a b c"]], ["exact", "wer", "per", "cer"], bootstrap=0)
    assert [score.value for score in scores.scores] == [0.0, 100.0, 100.0, 100.0]


def test_every_edit_of_an_empty_reference_counts_a_hundred():
    assert value("per", ["a b"], [[""]]) == 200.0


@pytest.mark.parametrize(("metric", "best"), [("exact", 100.0), ("per", 0.0), ("cer", 0.0)])
def test_hangul_syllables_equal_the_same_syllables_in_jamo(metric: str, best: float):
    jamo = unicodedata.normalize("NFD", "한국어")
    assert len(jamo) == 8
    assert value(metric, [jamo], [["한국어"]]) == best


def test_compatibility_forms_stay_different():
    assert value("exact", ["１２"], [["12"]]) == 0.0


def test_blanks_at_the_ends_and_runs_of_blanks_do_not_count():
    assert value("exact", [" a  b "], [["a b"]]) == 100.0


@settings(deadline=None)
@given(ITEMS)
def test_wer_and_exact_add_up_to_a_hundred(items: list[tuple[str, list[str]]]):
    outputs, references = zip(*items, strict=True)
    report = evaluate(outputs, references, ["exact", "wer"], bootstrap=0)
    assert report["exact"].value + report["wer"].value == pytest.approx(100.0)


@settings(deadline=None)
@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))
def test_no_edits_means_exact_and_exact_means_no_edits(output: str, known: list[str]):
    report = evaluate([output], [known], ["exact", "per", "cer"], bootstrap=0)
    right = report["exact"].value == 100.0
    assert (report["per"].value == 0.0) == (report["cer"].value == 0.0) == right


@settings(deadline=None)
@given(ITEMS)
def test_the_order_of_references_never_matters(items: list[tuple[str, list[str]]]):
    outputs, references = zip(*items, strict=True)
    turned = [known[::-1] for known in references]
    metrics = ["wer", "per", "cer"]
    there, back = (evaluate(outputs, r, metrics, bootstrap=0) for r in (references, turned))
    assert there == back
