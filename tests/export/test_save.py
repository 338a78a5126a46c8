"""`Model.export`: a folder that answers as the run does, or no folder."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest
import torch
from tests.export.runs import PAIRS, saved

import seqloom
from seqloom.errors import UserError
from seqloom.export import save, write
from seqloom.runtime import OnnxStepper


@pytest.fixture
def run(tmp_path):
    saved(tmp_path / "run")
    return seqloom.load(tmp_path / "run")


@pytest.fixture
def exported(run, tmp_path):
    run.export(tmp_path / "out")
    return seqloom.load(tmp_path / "out")


def complaint(run, folder, **options) -> str:
    with pytest.raises(UserError) as caught:
        run.export(folder, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [{}, {"beam": 1, "nbest": 1}, {"sample": True}, {"prefix": "y"}, {"groups": 3}],
    ids=["beam", "greedy", "sampling", "prefix", "groups"],
)
def test_every_search_finds_what_it_finds_with_torch(run, exported, settings):
    sources = [source for source, _ in PAIRS] + ["", "zz"]
    both = zip(run.predict(sources, **settings), exported.predict(sources, **settings), strict=True)
    for ours, theirs in both:
        assert [o.tokens for o in theirs.outputs] == [o.tokens for o in ours.outputs]
        assert theirs.source_tokens == ours.source_tokens
        assert [o.score for o in theirs.outputs] == pytest.approx([o.score for o in ours.outputs])
        for one, other in zip(ours.outputs, theirs.outputs, strict=True):
            if one.attention is not None:
                np.testing.assert_allclose(other.attention, one.attention, atol=1e-5)


def test_scores_and_evaluations_are_those_of_torch(run, exported):
    ours, theirs = run.score(PAIRS), exported.score(PAIRS)
    assert [s.tokens for s in theirs] == [s.tokens for s in ours]
    for one, other in zip(ours, theirs, strict=True):
        assert other.token_log_probs == pytest.approx(one.token_log_probs, abs=1e-5)
    reports = [m.evaluate(metrics=["wer", "perplexity"]).report.table() for m in (run, exported)]
    assert reports[0] == reports[1]


def test_the_folder_says_how_it_was_checked(run, tmp_path):
    about = run.export(tmp_path / "out").checked
    assert (about.on, about.sources, about.ties) == ("test set", len(PAIRS), 0)
    assert about.largest < 1e-4
    assert json.loads((tmp_path / "out" / "export.json").read_bytes())["checked"]["sources"] == 5


def test_sources_of_ones_own_are_checked_instead(run, tmp_path):
    (tmp_path / "mine.txt").write_text("ab\nb\n", encoding="utf-8")
    assert run.export(tmp_path / "out", check=tmp_path / "mine.txt").checked.sources == 2


def test_graphs_that_say_something_else_are_not_exported(run, tmp_path, monkeypatch):
    written = write.write_graphs

    def wrong(model, **options):
        weight = model.readout.output.bias
        before = weight.detach().clone()
        weight.data += 0.01 * torch.arange(len(weight))
        graphs = written(model, **options)
        weight.data.copy_(before)
        return graphs

    monkeypatch.setattr(save, "write_graphs", wrong)
    message = complaint(run, tmp_path / "out")
    assert re.search(r"test\.tsv:1: the graphs and the model do not say the same", message)
    assert not (tmp_path / "out").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"run", "test.tsv"}


def test_a_part_that_has_no_nodes_is_named(run, tmp_path):
    run.run.model.readout = type("Mixture", (type(run.run.model.embedding),), {})(3, 3)
    assert "because nobody has written Mixture" in complaint(run, tmp_path / "out")


def test_only_an_older_export_is_replaced(run, tmp_path):
    (tmp_path / "out").mkdir()
    run.export(tmp_path / "out")
    run.export(tmp_path / "out")
    assert {p.name for p in tmp_path.iterdir()} == {"run", "out", "test.tsv"}
    assert "Choose another folder" in complaint(run, tmp_path / "run")
    assert seqloom.load(tmp_path / "run").predict("ab") is not None


def test_an_export_is_not_exported_again(exported, tmp_path):
    assert "run folder" in complaint(exported, tmp_path / "again")


def test_8_bits_take_a_quarter_of_the_size_and_say_what_they_cost(tmp_path):
    saved(tmp_path / "run", hidden=96)
    run = seqloom.load(tmp_path / "run")
    exact, rounded = run.export(tmp_path / "a"), run.export(tmp_path / "b", int8=True)
    assert sum(rounded.sizes.values()) <= 0.3 * sum(exact.sizes.values())
    assert set(rounded.checked.scores) == set(rounded.checked.int8_scores) == {"wer", "per"}
    assert "| wer |" in (tmp_path / "b" / "README.md").read_text(encoding="utf-8")
    expected, found = (seqloom.load(tmp_path / f).score(PAIRS) for f in "ab")
    assert [s.log_prob for s in found] == pytest.approx([s.log_prob for s in expected], abs=0.5)
    assert [s.log_prob for s in found] != [s.log_prob for s in expected]


def test_the_example_on_the_card_answers_as_the_model_does(run, tmp_path):
    run.export(tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(import json.*?)```", card, re.DOTALL)
    asked = "\nprint(' '.join(answer(list('cabba'))))"
    command = [sys.executable, "-c", example + asked]
    found = subprocess.run(
        command, cwd=tmp_path / "out", capture_output=True, check=True, text=True
    )
    greedy = run.predict("cabba", beam=1, nbest=1, max_length=None, max_ratio=3.0)
    assert found.stdout.strip() == greedy.text


def test_the_graph_with_the_loop_is_used_for_plain_greedy_search(exported, monkeypatch):
    asked = []
    inside = OnnxStepper.greedy
    monkeypatch.setattr(
        OnnxStepper, "greedy", lambda *given: asked.append(inside(*given)) or asked[-1]
    )
    exported.predict("ab", beam=1, nbest=1)
    exported.predict("ab")
    assert [found is None for found in asked] == [False, True]
