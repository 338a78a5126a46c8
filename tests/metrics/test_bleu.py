"""BLEU and chrF: a sum done by hand, and sacreBLEU's own answers."""

import math

import pytest
import sacrebleu

from seqloom.metrics import evaluate

OUTPUTS = ["The cat sat on the mat.", "He doesn't read books, does he?", "It rains today"]
FIRST = ["The cat is on the mat.", "He does not read books, does he?", "It rains again today"]
SECOND = ["There is a cat on the mat.", "He reads no books.", "Today it rains"]
BOTH = [list(known) for known in zip(FIRST, SECOND, strict=True)]


def test_bleu_of_four_words_of_five_is_the_brevity_penalty():
    # All n-grams match, so BLEU is exp(1 - 5/4) alone.
    report = evaluate(["a b c d"], [["a b c d e"]], ["bleu"], bootstrap=0, tokenize="none")
    assert report["bleu"].value == pytest.approx(100 * math.exp(1 - 5 / 4))


def test_bleu_is_the_geometric_mean_of_four_precisions():
    # 5 of 6 words, 4 of 5 pairs, 3 of 4 triples, 2 of 3 quadruples match: the product is 1/3.
    report = evaluate(["a b c d e f"], [["a b c d e x"]], ["bleu"], bootstrap=0, tokenize="none")
    assert report["bleu"].value == pytest.approx(100 * (1 / 3) ** (1 / 4))


def test_chrf_weighs_recall_four_times_precision():
    # One character of one: only 1-grams exist in the output, all of them right; half are recalled.
    report = evaluate(["a"], [["ab"]], ["chrf"], bootstrap=0)
    precision, recall = 1.0, 0.5
    expected = 100 * 5 * precision * recall / (4 * precision + recall)
    assert report["chrf"].value == pytest.approx(expected)


def test_detokenised_scores_are_those_of_sacrebleu():
    report = evaluate(OUTPUTS, BOTH, ["bleu", "chrf"], bootstrap=0)
    assert report["bleu"].value == pytest.approx(
        sacrebleu.corpus_bleu(OUTPUTS, [FIRST, SECOND]).score
    )
    assert report["chrf"].value == pytest.approx(
        sacrebleu.corpus_chrf(OUTPUTS, [FIRST, SECOND]).score
    )


def test_lower_cased_tokenised_bleu_is_that_of_sacrebleu():
    outputs = ["The cat sat on THE mat .", "a b c d e"]
    references = ["the cat is on the mat .", "A b c d e"]
    report = evaluate(
        outputs, [[known] for known in references], ["bleu"], tokenize="none", lowercase=True
    )
    peer = sacrebleu.corpus_bleu(outputs, [references], tokenize="none", lowercase=True, force=True)
    assert report["bleu"].value == pytest.approx(peer.score)
    assert "case:lc|eff:no|tok:none" in report["bleu"].signature


def test_the_signature_is_sacrebleus():
    metric = sacrebleu.BLEU()
    metric.corpus_score(OUTPUTS, [FIRST, SECOND])
    report = evaluate(OUTPUTS, BOTH, ["bleu"], bootstrap=0)
    assert report["bleu"].signature == str(metric.get_signature())


def test_items_may_have_unlike_numbers_of_references():
    mixed = [BOTH[0], [FIRST[1]], BOTH[2]]
    report = evaluate(OUTPUTS, mixed, ["bleu"], bootstrap=0)
    peer = sacrebleu.BLEU().corpus_score(OUTPUTS, [FIRST, [SECOND[0], None, SECOND[2]]])  # type: ignore[list-item]
    assert report["bleu"].value == pytest.approx(peer.score)
    assert "nrefs:var" in report["bleu"].signature


def test_empty_outputs_score_zero():
    report = evaluate(["", ""], [["a b c d"], ["e f g h"]], ["bleu", "chrf"])
    assert (report["bleu"].value, report["chrf"].value) == (0.0, 0.0)


@pytest.mark.parametrize("metric", ["bleu", "chrf"])
def test_a_perfect_output_scores_a_hundred(metric: str):
    assert evaluate(FIRST, BOTH, [metric])[metric].value == pytest.approx(100.0)
