"""Samples of a next-step predictor: the same seed draws the same, bias 0 and temperature 1 draw from the
density itself, and every sample ends."""

import numpy as np
import pytest
import torch
from tests.laws.next_step_variants import STROKES, TEXTS, point_model, token_model

from seqloom.models.next_step_sampling import Draw, sample_points, sample_tokens
from seqloom.nn.readouts.density import AS_IT_IS, Spread
from seqloom.symbols import EOS, PAD, SOS, UNK

START = np.array([[0, 0, 1]], dtype=np.float32)
GIVEN = np.array([[0, 0, 1], [0.5, 1, 0], [-1, 0.2, 1]], dtype=np.float32)


def draw(samples=4, longest=9, seed=1, spread=AS_IT_IS):
    return Draw(samples, longest, spread, seed)


def drawn(name, how, given=START, text=(5, 6, 7)):
    recipe = STROKES[name]
    text = text if recipe.model.window else None
    return sample_points(point_model(recipe), given, text, how, recipe.model.ending == "window")


@pytest.mark.parametrize("name", ["strokes-lstm", "strokes-endless", "written-lstm"])
def test_the_same_seed_draws_the_same(name):
    first, again, other = (drawn(name, draw(seed=seed)) for seed in (3, 3, 4))
    for one, two in zip(first, again, strict=True):
        assert np.array_equal(one.points, two.points)
        assert one.ended == two.ended
    assert any(
        one.points.shape != two.points.shape or not np.array_equal(one.points, two.points)
        for one, two in zip(first, other, strict=True)
    )


def test_the_same_seed_writes_the_same():
    model = token_model(TEXTS["text-lstm"])
    first, again, other = (
        sample_tokens(model, [EOS], draw(seed=seed, longest=30), lines=False) for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize("name", STROKES)
def test_a_drawing_always_ends(name):
    for sample in drawn(name, draw()):
        assert len(sample.points) <= 9
        assert np.isfinite(sample.points).all()
        assert (sample.ended == "length") == (len(sample.points) == 9) or sample.ended != "length"
        if sample.phi is not None:
            assert sample.phi.shape == (len(sample.points), 3)


def test_without_another_rule_only_the_length_ends():
    assert [s.ended for s in drawn("strokes-endless", draw(longest=6))] == ["length"] * 4


def test_a_sure_end_ends_after_the_first_point():
    recipe = STROKES["strokes-lstm"]
    model = point_model(recipe)
    with torch.no_grad():
        model.ending.bias.fill_(1e4)
    samples = sample_points(model, START, None, draw(), stop_at_window=False)
    assert [(len(s.points), s.ended) for s in samples] == [(1, "end")] * 4


def test_a_window_in_a_hurry_ends_a_drawing():
    recipe = STROKES["written-lstm"]
    model = point_model(recipe)
    with torch.no_grad():
        model.net.windowed.window.W.bias[6:] = 3.0
    samples = sample_points(model, START, [5, 6, 7], draw(longest=50), stop_at_window=True)
    assert {s.ended for s in samples} == {"window"}


def test_specials_are_never_written():
    model = token_model(TEXTS["text-lstm"])
    with torch.no_grad():
        model.readout.output.bias[[PAD, UNK, SOS]] = 50.0
    ids = {id for s in sample_tokens(model, [EOS], draw(9, 20), lines=False) for id in s.ids}
    assert ids.isdisjoint({PAD, UNK, SOS})


def test_a_line_is_over_at_its_end_and_a_stream_is_not():
    model = token_model(TEXTS["text-lstm"])
    with torch.no_grad():
        model.readout.output.bias[EOS] = 50.0
    (line,) = sample_tokens(model, [SOS], draw(1, 5), lines=True)
    (stream,) = sample_tokens(model, [SOS], draw(1, 5), lines=False)
    assert (line.ids, line.ended) == ([EOS], "end")
    assert (stream.ids, stream.ended) == ([EOS] * 5, "length")


@pytest.mark.usefixtures("unchecked_shapes")
def test_as_it_is_first_points_are_drawn_from_the_density_itself():
    """Mean and lifted pens of 20,000 first points, against the density that teacher forcing sees."""
    model = point_model(STROKES["strokes-endless"])
    many = sample_points(model, GIVEN, None, draw(20_000, 1), stop_at_window=False)
    read = torch.from_numpy(GIVEN).double().unsqueeze(1)
    step = model.step(read[2], model.net(read[:2], model.start(1)).last)
    found = torch.from_numpy(np.stack([sample.points[0] for sample in many]))
    expected = model.density.mean(step.parameters)[0].float()
    torch.testing.assert_close(found.mean(0), expected, rtol=0, atol=0.05)


@pytest.mark.usefixtures("unchecked_shapes")
def test_as_it_is_tokens_come_as_often_as_they_are_likely():
    model = token_model(TEXTS["text-lstm"])
    many = sample_tokens(model, [EOS, 7], draw(20_000, 1), lines=False)
    found = torch.bincount(torch.tensor([s.ids[0] for s in many]), minlength=11) / 20_000
    state = model.start(1)
    for token in (EOS, 7):
        logits, state = model.step(torch.tensor([token]), state)
    logits[:, [PAD, UNK, SOS]] = -torch.inf
    expected = torch.softmax(logits[0], 0).float()
    torch.testing.assert_close(found, expected, rtol=0, atol=0.015)


@pytest.mark.usefixtures("unchecked_shapes")
def test_bias_draws_points_closer_together():
    wild, neat = (
        drawn("strokes-gaussian", draw(300, 1, spread=Spread(bias, 1.0))) for bias in (0.0, 3.0)
    )
    spread = [np.stack([s.points[0] for s in each])[:, :2].std() for each in (wild, neat)]
    assert spread[1] < 0.1 * spread[0]
