"""What holds for the gradients of every model: padding and batch never change them; what is handed out
adds up; a score in which nothing is moved is the model's own. And of several that answer as one."""

import pytest
import torch
from tests.laws.batches import alone, pairs_of, with_more_padding
from tests.laws.variants import VARIANTS, model_of

from seqloom.attribution.embedded import (
    PairQuestion,
    embeddings,
    gradients,
    log_probs,
    unknown,
)
from seqloom.attribution.gradients import gradient_norm, gradient_x_input
from seqloom.attribution.integrated import TOLERANCE, integrated_gradients

SOME = dict(sorted(VARIANTS.items())[:: max(1, len(VARIANTS) // 16)])
FEW = dict(list(SOME.items())[::3])
"""Among them are all decoders, Transformers too; each costs hundreds of passes."""
pytestmark = pytest.mark.usefixtures("unchecked_shapes")
SMOOTH = {n: r for n, r in FEW.items() if "layer_norm" not in n and "local" not in n}
"""Layer normalisation and a window that jumps have kinks, over which no number of points is enough; the
gap is then as large as it is said to be."""
UNLIKE = ("bahdanau-additive-", "transformer1x10-heads1-norm_first-of-transformer")
"""What the members of an ensemble are, for one."""
few_variants = pytest.mark.parametrize("recipe", FEW.values(), ids=FEW)
some_variants = pytest.mark.parametrize("recipe", SOME.values(), ids=SOME)
METHODS = (gradient_x_input, gradient_norm, lambda *a: integrated_gradients(*a).weights)


def close(actual: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(actual, expected, rtol=1e-7, atol=1e-9)


@some_variants
def test_a_model_that_is_given_its_own_embeddings_scores_as_before(recipe) -> None:
    model, pairs = model_of(recipe), pairs_of()
    close(log_probs([model], pairs, embeddings([model], pairs.source)), model.score(pairs))


@some_variants
def test_a_gradient_is_what_a_small_step_changes(recipe) -> None:
    model, pair = model_of(recipe), alone(pairs_of(), 3)
    [embedded], small = embeddings([model], pair.source), 1e-6
    along = torch.randn(embedded.shape, generator=torch.Generator().manual_seed(1)).double()
    ahead, back = (
        log_probs([model], pair, [embedded + sign * small * along])[0] for sign in (1, -1)
    )
    steps = torch.arange(pair.target.shape[1])
    [found] = gradients(PairQuestion([model], pair), [embedded.expand(len(steps), -1, -1)], steps)
    torch.testing.assert_close(
        (found * along).sum((1, 2)), (ahead - back) / (2 * small), rtol=1e-4, atol=1e-6
    )


@few_variants
@pytest.mark.parametrize("method", METHODS, ids=["gradient", "norm", "integrated"])
def test_padding_and_batch_never_change_an_attribution(recipe, method) -> None:
    model, pair = model_of(recipe), alone(pairs_of(), 3)
    expected = method(PairQuestion([model], pair))
    padded = method(PairQuestion([model], with_more_padding(pair, 3)))
    close(padded[:, :-3], expected)
    assert padded[:, -3:].count_nonzero() == 0
    close(method(PairQuestion([model], pair), 7), expected)


@few_variants
def test_integrated_gradients_are_complete(recipe) -> None:
    model, pair = model_of(recipe), alone(pairs_of(), 0)
    weights, gap, _ = integrated_gradients(PairQuestion([model], pair))
    with torch.no_grad():
        baseline = embeddings([model], unknown(pair))
        due = model.score(pair)[0] - log_probs([model], pair, baseline)[0]
    assert float((weights.sum(1) - due).abs().max()) == pytest.approx(gap, abs=1e-12)
    assert gap <= TOLERANCE + TOLERANCE * due.abs().max() or recipe not in SMOOTH.values()


@few_variants
@pytest.mark.parametrize("method", METHODS, ids=["gradient", "norm", "integrated"])
def test_copies_of_a_model_are_as_that_model(recipe, method) -> None:
    model, pair = model_of(recipe), alone(pairs_of(), 3)
    close(method(PairQuestion([model, model], pair)), method(PairQuestion([model], pair)))


def test_integrated_gradients_of_unlike_members_are_complete() -> None:
    rough = ("layer_norm", "copying", "local")
    smooth = [name for name in sorted(VARIANTS) if not any(word in name for word in rough)]
    names = [next(name for name in smooth if name.startswith(kind)) for kind in UNLIKE]
    models, pair = [model_of(VARIANTS[name]) for name in names], alone(pairs_of(), 0)
    weights, gap, _ = integrated_gradients(PairQuestion(models, pair))
    with torch.no_grad():
        there = torch.stack([model.score(pair)[0].exp() for model in models]).mean(0).log()
        due = there - log_probs(models, pair, embeddings(models, unknown(pair)))[0]
    assert float((weights.sum(1) - due).abs().max()) == pytest.approx(gap, abs=1e-12)
    assert gap <= TOLERANCE + TOLERANCE * due.abs().max()
    assert len({model.encoder.embedding.embedding_dim for model in models}) == 2


@some_variants
def test_the_model_is_left_as_it_was(recipe) -> None:
    model, pair = model_of(recipe), alone(pairs_of(), 0)
    model.zero_grad()  # the model is every test's: another may have left gradients
    parts, score = list(model.modules()), model.score(pair)
    gradient_norm(PairQuestion([model], pair))
    assert [*model.modules()] == parts
    assert all(parameter.grad is None for parameter in model.parameters())
    close(model.score(pair), score)
