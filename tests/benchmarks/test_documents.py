"""The documents table: its counts can be redone by hand, and its page has what was run and no more."""

from pathlib import Path

import pytest
from benchmarks.documents.flops import training_flops
from benchmarks.documents.page import write_page
from benchmarks.documents.rows import Cell, cells, rows
from benchmarks.documents.sets import SETS

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
