"""The way in: names, reports, references merged, and what is refused."""

import json
import subprocess
import sys

import pytest

from seqloom.config.recipe import Recipe
from seqloom.errors import UserError
from seqloom.metrics import evaluate, higher_is_better, merge_references


def test_scores_come_in_the_order_asked_for():
    report = evaluate(["a"], [["a"]], ["cer", "exact", "wer"])
    assert [score.name for score in report.scores] == ["cer", "exact", "wer"]


def test_json_has_the_same_keys_whatever_is_asked_for():
    twin = evaluate(["a", "b"], [["a"], ["c"]], ["wer"], bootstrap=0).to_dict()
    assert json.loads(json.dumps(twin, allow_nan=False)) == {
        "items": 2,
        "bootstrap": 0,
        "seed": 1,
        "confidence": 0.95,
        "scores": {
            "wer": {
                "value": 50.0,
                "low": None,
                "high": None,
                "unit": "%",
                "description": "outputs equal to no reference (word error rate of pronunciation)",
                "signature": "",
            }
        },
    }


def test_the_table_lines_up_and_ends_with_signatures():
    report = evaluate(["a b c d"] * 3, [["a b c d"]] * 3, ["exact", "bleu"])
    head, exact, bleu, items, signature = str(report).splitlines()
    assert head == "metric   value  95% interval"
    assert exact == "exact   100.00  100.00 to 100.00  %, outputs equal to a reference"
    assert bleu == "bleu    100.00  100.00 to 100.00  points, n-grams of 1 to 4 words matched"
    assert items == "3 items"
    assert signature.startswith("bleu: nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:")


def test_a_score_that_is_not_there_is_named_with_the_choice():
    with pytest.raises(
        UserError, match=r"No score 'bleu' in this report\. Choose from: exact, per\."
    ):
        evaluate(["a"], [["a"]], ["exact", "per"])["bleu"]


def test_an_unknown_metric_is_named_with_the_nearest():
    with pytest.raises(UserError) as caught:
        evaluate(["a"], [["a"]], ["chrff"])
    assert str(caught.value) == (
        "Unknown metric 'chrff'. Did you mean 'chrf'? "
        "Choose from: bleu, cer, chrf, exact, per, perplexity, wer."
    )


def test_outputs_and_references_must_be_as_many():
    with pytest.raises(UserError, match=r"as many outputs as lists of references.* 2 and 1"):
        evaluate(["a", "b"], [["a"]], ["wer"])


def test_perplexity_needs_one_log_probability_per_output():
    with pytest.raises(UserError, match=r"as many outputs as log_probs, but there are 1 and 2"):
        evaluate(["a"], [["a"]], ["perplexity"], log_probs=[-1.0, -1.0], num_tokens=[1])


def test_nothing_to_score_is_refused():
    with pytest.raises(UserError, match="at least one item"):
        evaluate([], [], ["wer"])


@pytest.mark.parametrize(("known", "shown"), [("cat", "'cat'"), ([], r"\[\]")])
def test_references_must_be_a_list_for_each_output(known: object, shown: str):
    with pytest.raises(UserError, match=rf"Output 2 must have a list .*, but has {shown}\."):
        evaluate(["a", "b"], [["a"], known], ["wer"])  # type: ignore[list-item]


def test_higher_is_better_for_matches_and_lower_for_errors():
    better = {name for name in ("exact", "bleu", "chrf") if higher_is_better(name)}
    worse = {
        name for name in ("loss", "wer", "per", "cer", "perplexity") if not higher_is_better(name)
    }
    assert (len(better), len(worse)) == (3, 5)


def test_higher_is_better_refuses_names_it_does_not_know():
    with pytest.raises(UserError, match="Unknown metric 'accuracy'"):
        higher_is_better("accuracy")


def test_the_default_metrics_of_a_recipe_are_known():
    metrics = Recipe().metrics
    assert [score.name for score in evaluate(["a"], [["a"]], metrics).scores] == list(metrics)


def test_merging_keeps_sources_in_order_with_all_their_targets():
    rows = [("THE", "DH AH"), ("A", "AH"), ("THE", "DH IY"), ("THE", "DH AH")]
    assert merge_references(rows) == (["THE", "A"], [["DH AH", "DH IY"], ["AH"]])


def test_merging_tells_sources_with_unlike_features_apart():
    rows = [(("go", "PST"), "went"), (("go", "PRS"), "goes")]
    assert merge_references(rows) == (
        [("go", "PST"), ("go", "PRS")],
        [["went"], ["goes"]],
    )


def test_metrics_never_import_torch():
    code = "import sys, seqloom.metrics; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
