"""The kernel says what the torch model says."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from tests.kernel.networks import (
    GREEDY,
    OTHERS,
    RECIPES,
    SOURCES,
    TARGET_VOCABULARY,
    kernel_of,
    model_of,
)
from tests.laws.variants import VARIANTS
from tests.laws.variants import model_of as variant_of

from seqloom.config import Recipe, Search
from seqloom.kernel import UnsupportedError
from seqloom.kernel.describe import describe
from seqloom.models.artifact import load_run
from seqloom.models.stepper import ModelStepper
from seqloom.search import search
from seqloom.search.beam import beam_search
from seqloom.symbols import EOS, SOS

FIXTURE = Path(__file__).parents[1] / "fixtures" / "run-format-1"
ALL = {**RECIPES, **OTHERS}


def _known(recipe: Recipe) -> bool:
    try:
        return bool(describe(recipe))
    except UnsupportedError:
        return False


VARIANTS_KNOWN = [name for name, recipe in VARIANTS.items() if _known(recipe)]
every_recipe = pytest.mark.parametrize("recipe", ALL.values(), ids=ALL.keys())


@every_recipe
def test_every_log_probability_and_weight_of_several_steps_is_that_of_torch(recipe: Recipe):
    torch_stepper, kernel = ModelStepper(model_of(recipe)), kernel_of(recipe)
    one, other = torch_stepper.start(SOURCES), kernel.start(SOURCES)
    tokens = np.full((len(SOURCES), 1), SOS)
    for step in range(4):
        expected, one = torch_stepper.step(one, tokens, TARGET_VOCABULARY, tokens)
        found, other = kernel.step(other, tokens, TARGET_VOCABULARY, tokens)
        by_id = np.argsort(expected.tokens), np.argsort(found.tokens)
        np.testing.assert_allclose(
            np.take_along_axis(found.log_probs, by_id[1], axis=2),
            np.take_along_axis(expected.log_probs, by_id[0], axis=2),
            atol=1e-5,
        )
        np.testing.assert_allclose(found.wanted, expected.wanted, atol=1e-5)
        if expected.weights is None:
            assert found.weights is None
        else:
            np.testing.assert_allclose(found.weights, expected.weights, atol=1e-5)
        tokens = (tokens * 7 + 5 * step + np.arange(len(SOURCES))[:, None]) % TARGET_VOCABULARY


@every_recipe
def test_greedy_search_finds_the_tokens_of_torch(recipe: Recipe):
    expected = search(ModelStepper(model_of(recipe)), SOURCES, GREEDY)
    found = search(kernel_of(recipe), SOURCES, GREEDY)
    assert [h[0].tokens for h in found] == [h[0].tokens for h in expected]


@every_recipe
def test_a_beam_finds_the_list_of_torch(recipe: Recipe):
    settings = Search(beam=3, nbest=3, max_ratio=1.0, max_length=6, length_penalty=0.6)
    expected = search(ModelStepper(model_of(recipe)), SOURCES, settings)
    found = search(kernel_of(recipe), SOURCES, settings)
    assert [[h.tokens for h in of] for of in found] == [[h.tokens for h in of] for of in expected]


@every_recipe
def test_the_loop_inside_the_kernel_finds_what_the_search_finds_through_it(recipe: Recipe):
    kernel = kernel_of(recipe)
    settings = Search(beam=1, max_ratio=1.5, min_length=2, length_penalty=0.7)
    inside = kernel.greedy(SOURCES, settings)
    assert inside is not None
    _same(inside, beam_search(kernel, SOURCES, settings))


def _same(found, expected) -> None:
    for one, other in zip(found, expected, strict=True):
        for mine, theirs in zip(one, other, strict=True):
            assert mine.tokens == theirs.tokens
            assert mine.token_log_probs == theirs.token_log_probs
            assert (mine.score, mine.finished) == (theirs.score, theirs.finished)
            assert mine.origin == theirs.origin
            np.testing.assert_array_equal(mine.weights, theirs.weights)


@pytest.mark.parametrize("name", VARIANTS_KNOWN)
def test_every_variant_of_the_settings_that_is_not_refused_says_what_torch_says(name: str):
    recipe = VARIANTS[name]
    model = deepcopy(variant_of(recipe)).float()
    kernel = kernel_of(recipe, model)
    sources = [[5, 9, 7, 4, 3], [8, 3], [3], [6, 10, 3]]
    settings = Search(beam=3, nbest=3, max_length=6)
    expected = beam_search(ModelStepper(model), sources, settings)
    for mine, theirs in zip(beam_search(kernel, sources, settings), expected, strict=True):
        assert [h.tokens for h in mine] == [h.tokens for h in theirs]
        np.testing.assert_allclose([h.score for h in mine], [h.score for h in theirs], atol=1e-4)


def test_a_run_folder_answers_as_it_does_with_torch():
    run = load_run(FIXTURE)
    kernel = kernel_of(run.recipe, run.model)
    sources = [[*range(4, 4 + length), EOS] for length in (3, 0, 9, 5)]
    for settings in (GREEDY, Search(beam=4, nbest=4)):
        expected = search(ModelStepper(run.model), sources, settings)
        for mine, theirs in zip(search(kernel, sources, settings), expected, strict=True):
            assert [h.tokens for h in mine] == [h.tokens for h in theirs]
            np.testing.assert_allclose(
                [h.score for h in mine], [h.score for h in theirs], atol=1e-4
            )
