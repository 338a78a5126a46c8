"""What the README promises of every answer, asked of one small model through the public interface."""

import json
import math
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest

import seqloom
from seqloom.api import prepare_recipe
from seqloom.config import Recipe, override
from seqloom.errors import UserError
from seqloom.model import Model
from seqloom.training.checkpoint import read_checkpoint
from seqloom.training.run import Step, training

pytestmark = pytest.mark.slow

SMALL = [
    "encoder.hidden=16",
    "encoder.embedding=8",
    "encoder.dropout=0.1",
    "decoder.hidden=16",
    "decoder.embedding=8",
    "training.optimizer.rate=0.01",
    "training.batch_size=16",
    "training.max_epochs=4",
    "training.device=cpu",
    "search.max_length=12",
]
SOUNDS = dict(zip("가나다라마바", ["ka", "na", "ta", "la", "ma", "pa"], strict=True))
NOT_FINITE = (
    r"(the loss|the gradient's norm) became (nan|inf) at update \d+ \(epoch 1, batch \d+, training "
    r"pairs \d+, \d+, \d+, \d+, \d+, \.\.\.\)\. What was saved before stands: lower "
    r"training\.optimizer\.rate, and go on or start again\."
)
SEARCHES = {
    "greedy": {"beam": 1},
    "beam": {"beam": 4, "nbest": 4},
    "penalties": {"beam": 4, "nbest": 3, "length_penalty": 1.0, "coverage_penalty": 0.2},
    "sampling": {"sample": True, "nbest": 3, "top_k": 5, "seed": 3},
}
each_search = pytest.mark.parametrize("settings", SEARCHES.values(), ids=SEARCHES)


@dataclass(frozen=True)
class Pairs:
    """Files of syllables and their sounds, and what is in the dev file."""

    train: Path
    dev: Path
    rows: list[tuple[str, str]]

    @property
    def sources(self) -> list[str]:
        """Ten lines, two of them without anything to answer."""
        return [*(source for source, _ in self.rows[:6]), "", "가", " ", "나" * 9]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory) -> Pairs:
    folder, random = tmp_path_factory.mktemp("data"), Random(4)
    words: dict[str, str] = {}
    while len(words) < 240:
        syllables = random.choices(list(SOUNDS), k=random.randint(1, 5))
        words["".join(syllables)] = "".join(SOUNDS[syllable] for syllable in syllables)
    rows = list(words.items())
    files = {"train": rows[:200], "dev": rows[200:]}
    for name, part in files.items():
        text = "".join(f"{source}\t{target}\n" for source, target in part)
        (folder / name).write_text(text, encoding="utf-8")
    return Pairs(folder / "train", folder / "dev", files["dev"])


@pytest.fixture(scope="module")
def recipe(pairs) -> Recipe:
    return prepare_recipe(Recipe(), [pairs.train], [pairs.dev], SMALL)


@pytest.fixture(scope="module")
def model(recipe, tmp_path_factory) -> Model:
    return seqloom.train(recipe, out=tmp_path_factory.mktemp("runs") / "sounds")


@each_search
@pytest.mark.parametrize("batch_size", [1, 3])
def test_an_answer_does_not_depend_on_the_batch_size(model, pairs, settings, batch_size):
    expected = model.predict(pairs.sources, **settings)
    assert_same(model.predict(pairs.sources, **settings, batch_size=batch_size), expected)


@each_search
def test_an_answer_does_not_depend_on_its_neighbours(model, pairs, settings):
    together = model.predict(pairs.sources, **settings)
    assert_same([model.predict(source, **settings) for source in pairs.sources], together)


@each_search
def test_an_answer_does_not_depend_on_the_order(model, pairs, settings):
    forwards = model.predict(pairs.sources, **settings, batch_size=3)
    backwards = model.predict(pairs.sources[::-1], **settings, batch_size=3)
    assert_same(backwards[::-1], forwards)


def assert_same(found, expected):
    assert [[o.text for o in r.outputs] for r in found] == [
        [o.text for o in r.outputs] for r in expected
    ]
    for result, other in zip(found, expected, strict=True):
        for output, same in zip(result.outputs, other.outputs, strict=True):
            assert output.score == pytest.approx(same.score, abs=1e-5)
            assert output.token_log_probs == pytest.approx(same.token_log_probs, abs=1e-5)


@each_search
def test_output_i_belongs_to_input_i(model, pairs, settings):
    results = model.predict(pairs.sources, **settings, batch_size=2)
    assert [result.source for result in results] == pairs.sources


@each_search
def test_an_empty_line_in_is_an_empty_line_out(model, settings):
    results = model.predict(["가나", "", "다", " \t", "라"], **settings)
    assert [bool(result.text) for result in results] == [True, False, True, False, True]


def test_what_validation_measured_is_what_score_adds_up(model, pairs):
    scores = model.score(pairs.rows, batch_size=7)
    tokens = sum(len(score.tokens) for score in scores)
    journal = (model.folders[0] / "metrics.jsonl").read_text(encoding="utf-8").splitlines()
    best = min(json.loads(line)["dev_loss"] for line in journal)
    assert -sum(score.log_prob for score in scores) / tokens == pytest.approx(best, abs=1e-5)


def test_perplexity_is_counted_with_the_same_scores(model, pairs):
    scores = model.score(pairs.rows)
    loss = -sum(s.log_prob for s in scores) / sum(len(s.tokens) for s in scores)
    report = model.evaluate([pairs.dev], metrics=["perplexity"], bootstrap=0).report
    assert report["perplexity"].value == pytest.approx(math.exp(loss), rel=1e-5)


@each_search
def test_search_and_score_agree_on_every_output(model, pairs, settings):
    for result in model.predict([source for source, _ in pairs.rows], **settings):
        finished = [output for output in result.outputs if output.finished]
        scores = model.score((result.source, output.text) for output in finished)
        for output, score in zip(finished, scores, strict=True):
            assert output.tokens == score.tokens
            assert output.token_log_probs == pytest.approx(score.token_log_probs, abs=1e-5)
            assert output.log_prob == pytest.approx(score.log_prob, abs=1e-5)


def test_a_forced_target_has_the_score_of_that_target(model, pairs):
    for source, target in pairs.rows[:10]:
        [score] = model.score([(source, target)])
        result = model.predict(source, prefix=target, beam=3)
        forced = result.outputs[0].token_log_probs[: len(target)]
        assert forced == pytest.approx(score.token_log_probs[:-1], abs=1e-5)


@each_search
def test_attention_comes_with_every_hypothesis(model, pairs, settings):
    for result in model.predict([source for source, _ in pairs.rows], **settings):
        assert len(result.outputs) == settings.get("nbest", 1)
        for output in result.outputs:
            assert output.attention.shape == (len(output.tokens), len(result.source_tokens))
            assert (output.attention >= 0).all()
            np.testing.assert_allclose(output.attention.sum(axis=1), 1.0, atol=1e-5)


@pytest.mark.parametrize("name", ["beam", "penalties"])
def test_hypotheses_stand_best_first(model, pairs, name):
    for result in model.predict(pairs.sources, **SEARCHES[name]):
        scores = [output.score for output in result.outputs]
        assert scores == sorted(scores, reverse=True)


def test_characters_never_seen_in_training_are_reported(model):
    known, unknown = model.predict(["가나", "가힣나?"])
    assert known.unknown == ()
    assert unknown.unknown == ("힣", "?")
    assert unknown.text


def test_a_run_that_falls_apart_keeps_its_last_checkpoint(recipe, tmp_path):
    calm = override(recipe, ["training.optimizer={kind: sgd, rate: 0.1}"])
    wild = override(calm, ["training.optimizer.rate=1.0e+38"])
    last = tmp_path / "checkpoints" / "last.safetensors"
    stop_after(4, calm, tmp_path)
    before = last.read_bytes()
    with pytest.raises(UserError) as caught:
        stop_after(9, wild, tmp_path)
    assert re.fullmatch(NOT_FINITE, str(caught.value))
    assert last.read_bytes() == before
    assert read_checkpoint(last)[1].update == 4
    list(training(calm, tmp_path, resume=True))
    assert seqloom.load(tmp_path).predict("가나").text is not None


def stop_after(updates, recipe, folder):
    events = training(recipe, folder, resume=True)
    assert len(list(islice((e for e in events if isinstance(e, Step)), updates))) == updates
    events.close()
