"""Minimum Bayes risk: the output most like all samples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.chrf import CHRF

from seqloom.predict.minimum_risk import minimum_risk
from seqloom.predict.result import Output
from seqloom.predict.similarity import chrf, edit

TEXTS = st.lists(st.text("abc ", max_size=9), min_size=1, max_size=5)


def samples(*texts: str) -> list[Output]:
    return [
        Output(text, tuple(text), (), -1.0, None, True, f"sample {number}")
        for number, text in enumerate(texts, start=1)
    ]


def test_the_expected_utility_is_the_mean_likeness_to_all_samples():
    # edit: ab-ab 1, ab-abcd 1/2, ab-xb 1/2, abcd-xb 1/4. Of ab, ab, abcd, xb:
    # U(ab) = (1 + 1 + .5 + .5) / 4, U(abcd) = (.5 + .5 + 1 + .25) / 4, U(xb) = the same
    ranked = minimum_risk(samples("xb", "ab", "abcd", "ab"), "edit")
    assert [output.text for output in ranked] == ["ab", "xb", "abcd"]
    assert [output.score for output in ranked] == pytest.approx([0.75, 0.5625, 0.5625])
    assert [output.origin for output in ranked] == ["sample 2", "sample 1", "sample 3"]


@pytest.mark.parametrize("utility", ["chrf", "edit"])
@pytest.mark.parametrize("text", ["", "a", "a bird"])
def test_samples_that_agree_give_that_output_with_full_utility(utility, text):
    [only] = minimum_risk(samples(text, text, text), utility)
    assert only.text == text
    assert only.score == pytest.approx(1.0)


@pytest.mark.parametrize("utility", ["chrf", "edit"])
def test_an_output_at_home_among_the_samples_beats_the_one_drawn_most_often(utility):
    drawn = samples("zzzzzzzz", "zzzzzzzz", "abcdefgh", "abcdefgx", "abcdefgy")
    assert minimum_risk(drawn, utility)[0].text == "abcdefgh"


@given(texts=TEXTS)
def test_chrf_is_sacrebleus_sentence_chrf(texts):
    found = chrf(texts)
    metric = CHRF()
    for row, output in enumerate(texts):
        for column, reference in enumerate(texts):
            score = metric.sentence_score(output, [reference]).score / 100
            assert found[row, column] == pytest.approx(1.0 if row == column else score)


def test_edit_counts_characters():
    assert edit(["abc", "abd", ""]).ravel() == pytest.approx([1, 2 / 3, 0, 2 / 3, 1, 0, 0, 0, 1])
