"""The documents table: its counts can be redone by hand, and its page has what was run and no more."""

from pathlib import Path

import pytest
from benchmarks.documents.flops import training_flops
from benchmarks.documents.page import write_page
from benchmarks.documents.rows import Cell, cells, rows
from benchmarks.documents.sets import SETS
from benchmarks.documents.verdict import compared, difference, gaps

from seqloom.config.documents import Flat, Hierarchical

SIZES = {"embedding": 5, "hidden": 3, "attention": 2}


def test_operations_of_a_flat_model_are_those_of_one_level():
    # Layer 2 * 3 * 3 * (5 + 3) = 144; attention 6 * 2 + 2 + 6 = 20; times 2, and 3 for the way back.
    assert training_flops(Flat(**SIZES), 10.0) == 6 * 164


def test_sentences_are_shared_out_among_their_words():
    # The level of sentences reads 6 features: 2 * 3 * 3 * (6 + 3) + 20 = 182, a tenth of it a word.
    assert training_flops(Hierarchical(**SIZES), 10.0) == pytest.approx(6 * (164 + 18.2))


def test_means_need_no_scores():
    model = Hierarchical(pooling="mean", **SIZES)
    assert training_flops(model, 10.0) == pytest.approx(6 * (144 + 16.2))


def test_what_is_not_drawn_by_chance_is_run_once():
    found = cells([1, 2, 3])
    assert len(found) == len(SETS) * (3 * (len(rows()) - 1) + 1)
    assert Cell.named("imdb/han/2") in found


def result(accuracy: float) -> dict:
    scores = {name: {"value": accuracy} for name in ("accuracy", "macro_f1", "ece")}
    lengths = [{"from": 0, "to": 50, "documents": 7, "accuracy": accuracy}]
    lengths += [{"from": 50, "to": None, "documents": 5, "accuracy": None}]
    curves = {"most": [0.9, 0.5], "random": [0.9, 0.7], "least": [0.9, 0.9]}
    units = [
        {"unit": unit, "documents": 12, "shares": [0.0, 0.5], "curves": curves}
        for unit in ("word", "sentence")
    ]
    costs = dict.fromkeys(("minutes", "threads", "words_per_second"), 2.0)
    costs |= dict.fromkeys(("cpu_minutes", "words_per_cpu_second"))
    return {"scores": scores, "lengths": lengths, "deletion": units, **costs}


def test_the_page_has_what_was_run_and_no_more(tmp_path: Path):
    found = {Cell("imdb", "han", seed): result(80.0 + seed) for seed in (1, 2, 3)}
    write_page(found, tmp_path)
    text = (tmp_path / "documents-results.md").read_text("utf-8")
    # Mean 82, standard deviation 1: half an interval is 4.303 / sqrt(3) = 2.48.
    assert "| HAN | 82.00 ± 2.48 |" in text
    # Random minus most is 0 and then 0.2: 10 points in the mean.
    assert "| HAN | words | 10.00 ± 0.00 | 20.00 ± 0.00 |" in text
    assert "## imdb" in text
    assert "newsgroups" not in text.partition("## imdb")[2]
    assert (tmp_path / "images" / "documents-imdb-deletion.png").stat().st_size > 5000


def test_a_difference_has_the_interval_of_welch():
    # Variances 1 / 3 and 1 / 3: half is 2.776 sqrt(2 / 3) = 2.267, with (2/3)^2 / (2 (1/3)^2 / 2) = 4
    # degrees of freedom.
    low, high = difference([81, 82, 83], [70, 71, 72]) or (0.0, 0.0)
    assert (low, high) == pytest.approx((11 - 2.267, 11 + 2.267), abs=1e-3)
    # Against an exact value: 4.303 / sqrt(3) = 2.484.
    assert difference([81, 82, 83], [82]) == pytest.approx((-2.484, 2.484), abs=1e-3)
    assert difference([81], [82]) is None


def test_a_table_says_what_it_shows_and_no_more():
    values = {
        "HAN": [81.0, 82.0, 83.0],
        "HN-AVE": [70.0, 71.0, 72.0],
        "HN-MAX": [82.5, 82.0, 80.5],
        "flat": [91.0, 92.0, 93.0],
        "alone": [50.0],
        "bag": [90.0],
    }
    told = compared("Accuracy", values, ["bag"])
    above, below, close = told.split("; ")
    assert above == "Accuracy: HAN is above HN-AVE (+8.73 to +13.27)"
    assert below.startswith("below flat (-12.27 to -7.73), bag (")
    assert close.startswith("not told apart from HN-MAX (")
    assert "alone" not in told
    assert not compared("Accuracy", {"flat": [1.0, 2.0]}, [])
    assert not compared("Accuracy", {"HAN": [1.0], "flat": [1.0, 2.0]}, [])


def test_the_deletion_test_says_where_its_interval_has_0_in_it():
    values = {"words": [9.0, 10.0, 11.0], "sentences": [-9.0, 10.0, 3.0], "few": [4.0]}
    told = gaps(values | {"wrong": [-9.0, -10.0, -11.0]}, "any")
    assert told == (
        "Taking out what weighs most, against any: the curve is lower for words; higher for wrong; "
        "not told apart (the interval has 0 in it) for sentences; known from one seed only for few."
    )


def test_what_is_lower_with_each_seed_is_said_where_the_interval_has_0_in_it():
    told = gaps({"words": [1.0, 9.0, 2.0]}, "any")
    assert told.endswith("0 in it) for words, though lower with each of the 3 seeds.")


def test_a_mean_is_of_all_seeds_or_left_out(tmp_path: Path):
    found = {Cell("imdb", "han", seed): result(80.0 + seed) for seed in (1, 2, 3)}
    for cell, each in found.items():
        each["cpu_minutes"] = None if cell.seed == 2 else 7.0
    found |= {Cell("imdb", "hn-ave", seed): result(70.0 + seed) for seed in (1, 2, 3)}
    write_page(found, tmp_path)
    text = (tmp_path / "documents-results.md").read_text("utf-8")
    assert "| HAN | 2.0 |  | 2.0 |" in text
    assert "Accuracy: HAN is above HN-AVE (+7.73 to +12.27)." in text
    # The bin without documents has no sentence.
    assert "from 50 words on" not in text
    assert "against taking out random ones: the curve is lower for words of HAN, sentences" in text
    assert "The longest training took 2.0 minutes." in text
