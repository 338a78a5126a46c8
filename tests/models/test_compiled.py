"""A run answers with the compiled kernel wherever that can answer, else with torch."""

from pathlib import Path

import pytest
import torch

import seqloom
from seqloom.config import Recipe, RecurrentEncoder
from seqloom.kernel import KernelStepper, available
from seqloom.models.artifact import Run, load_run
from seqloom.models.build import build
from seqloom.models.stepper import ModelStepper

FIXTURE = Path(__file__).parents[1] / "fixtures" / "run-format-1"
WORDS = ["가", "나무", "사람", "한국어", "아버지", "국물"]
pytestmark = pytest.mark.skipif(not available(), reason="the kernel was not built")


@pytest.fixture
def run() -> Run:
    return load_run(FIXTURE)


def test_a_run_on_the_cpu_answers_with_the_kernel_packed_once(run):
    stepper = run.stepper()
    assert isinstance(stepper, KernelStepper)
    assert run.stepper() is stepper


def test_the_environment_can_ask_for_torch(run, monkeypatch):
    monkeypatch.setenv("SEQLOOM_KERNEL", "0")
    assert isinstance(run.stepper(), ModelStepper)


def test_torch_answers_in_other_precisions_and_in_training(run):
    run.model.train()
    assert isinstance(run.stepper(), ModelStepper)
    run.model.double().eval()
    assert isinstance(run.stepper(), ModelStepper)


def test_torch_answers_where_the_kernel_does_not_know_a_part(run):
    recipe = Recipe(encoder=RecurrentEncoder(learned_start=True))
    model = build(recipe, run.codec.source.size, run.codec.target.size).eval()
    assert isinstance(Run(recipe, run.codec, model).stepper(), ModelStepper)


def test_torch_answers_for_a_model_that_is_not_what_its_recipe_says(run):
    run.model.decoder.register_parameter("other", torch.nn.Parameter(torch.zeros(3)))
    assert isinstance(run.stepper(), ModelStepper)


def test_weights_that_have_changed_are_packed_again(run):
    before = run.stepper()
    with torch.no_grad():
        run.model.embedding.weight.mul_(2)
    after = run.stepper()
    assert after is not before
    with torch.no_grad():
        run.model.embedding.weight.div_(2)
    assert run.stepper() is not after


@pytest.mark.parametrize("settings", [{"beam": 1}, {"beam": 4, "nbest": 4}], ids=["greedy", "beam"])
def test_what_the_kernel_finds_has_the_score_that_torch_gives_it(settings):
    model = seqloom.load(FIXTURE, "cpu")
    results = model.predict(WORDS, **settings)
    found = [(r.source, o) for r in results for o in r.outputs if o.finished]
    assert found
    scores = model.score((source, output.text) for source, output in found)
    for (_, output), score in zip(found, scores, strict=True):
        assert output.tokens == score.tokens
        assert output.log_prob == pytest.approx(score.log_prob, rel=1e-4)
