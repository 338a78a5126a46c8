"""What is owed to a source of frames, position by position, with and without a pyramid: gradients against
small steps, integrals against their ends, and erasing against sources made by hand."""

import numpy as np
import pytest
import torch
from tests.laws.test_series import VARIANTS, F, model_of, sides, together

from seqloom.attribution.embedded import gradients
from seqloom.attribution.gradients import gradient_norm, gradient_x_input
from seqloom.attribution.integrated import TOLERANCE, integrated_gradients
from seqloom.attribution.occlusion import occlusion
from seqloom.attribution.series import ErasableSeries, SeriesQuestion
from seqloom.text.series import Series

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
SOME = dict(list(VARIANTS.items())[::3])
some_variants = pytest.mark.parametrize("recipe", SOME.values(), ids=SOME)


def pair():
    """A source of 9 frames, which no pyramid here divides evenly but that of 3, and its target."""
    sources, targets = sides()
    return together(sources[:1], targets[:1])


@some_variants
def test_frames_that_stay_what_they_are_score_as_before(recipe):
    model, asked = model_of(recipe), pair()
    question = SeriesQuestion([model], asked, recipe.encoder.joined)
    [own] = question.embeddings()
    assert own.shape[1:] == (-(-9 // recipe.encoder.joined), recipe.encoder.joined * F)
    torch.testing.assert_close(question.log_probs([own], question.steps), model.score(asked))


@some_variants
def test_a_gradient_is_what_a_small_step_changes(recipe):
    question = SeriesQuestion([model_of(recipe)], pair(), recipe.encoder.joined)
    [own], small = question.embeddings(), 1e-6
    along = torch.randn(own.shape, generator=torch.Generator().manual_seed(1)).double()
    ahead, back = (
        question.log_probs([own + sign * small * along], question.steps)[0] for sign in (1, -1)
    )
    steps = torch.arange(question.steps)
    [found] = gradients(question, [own.expand(len(steps), -1, -1)], steps)
    changed = (ahead - back) / (2 * small)
    torch.testing.assert_close((found * along).sum((1, 2)), changed, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(gradient_x_input(question), (found * own).sum(2))
    torch.testing.assert_close(gradient_norm(question), found.norm(dim=2))


@some_variants
def test_integrated_gradients_are_complete(recipe):
    model, asked = model_of(recipe), pair()
    weights, gap, _ = integrated_gradients(SeriesQuestion([model], asked, recipe.encoder.joined))
    nothing = model.score(asked._replace(source=torch.zeros_like(asked.source)))
    due = (model.score(asked) - nothing)[0].detach()
    assert float((weights.sum(1) - due).abs().max()) == pytest.approx(gap, abs=1e-12)
    smooth = not recipe.encoder.layer_norm and "local" not in str(recipe.decoder)
    assert gap <= TOLERANCE + TOLERANCE * due.abs().max() or not smooth


def test_copies_of_a_model_owe_what_one_owes():
    model, asked = model_of(next(iter(SOME.values()))), pair()
    one, three = (SeriesQuestion([model] * count, asked, 2) for count in (1, 3))
    torch.testing.assert_close(gradient_x_input(three), gradient_x_input(one))
    torch.testing.assert_close(three.log_probs(three.embeddings(), 2), model.score(asked)[:, :2])


FRAMES = np.arange(1, 11, dtype=np.float32).reshape(5, 2)


@pytest.mark.parametrize(
    ("erasing", "places", "left"),
    [
        ("unk", (), [1, 3, 5, 7, 9]),
        ("unk", (1,), [1, 3, 0, 0, 9]),
        ("unk", (0, 2), [0, 0, 5, 7, 0]),
        ("remove", (), [1, 3, 5, 7, 9]),
        ("remove", (1,), [1, 3, 9]),
        ("remove", (2,), [1, 3, 5, 7]),
        ("remove", (0, 1, 2), [0]),
    ],
)
def test_erasing_takes_all_frames_of_a_position(erasing, places, left):
    read = []

    def score(batch):
        read.append(batch.source[0, : batch.source_lengths[0], 0].tolist())
        return np.full((len(batch.source), 3), -1.0, dtype=np.float32)

    source = ErasableSeries(score, Series(FRAMES, 2), [7, 8, 3], erasing)
    assert source.num_parts == source.num_erasable == 3
    assert source.log_probs([places]).tolist() == [[-1, -1, -1]]
    assert read == [left]


def test_occlusion_is_what_is_lost_with_the_frames():
    """log p is the sum of the first feature: 25 of all frames."""

    def score(batch):
        return batch.source[:, :, 0].sum(axis=1, keepdims=True)

    source = ErasableSeries(score, Series(FRAMES, 2), [3])
    assert occlusion(source).tolist() == [[1 + 3, 5 + 7, 9]]
