"""The laws, for converters of frames: padding, order, stepping, gradients, learning; and that weights are
distributions and quantiles rise."""

from typing import get_args

import pytest
import torch
from tests.laws.frame_variants import (
    ATTENDING,
    HORIZON,
    ONE_TO_ONE,
    SOURCES,
    VARIANTS,
    alone,
    model_of,
    pairs_of,
)

from seqloom.config.densities import Bernoulli, FrameDensity
from seqloom.config.frames import Attending, OneToOne

each_variant = pytest.mark.parametrize("settings", VARIANTS.values(), ids=VARIANTS)
fixed = {name: s for name, s in ATTENDING.items() if s.ending == "horizon"}
fed_back = {name: s for name, s in fixed.items() if s.fed == "written"}
switches = {n: s for n, s in VARIANTS.items() if isinstance(s.density, Bernoulli)}
smooth = {n: s for n, s in VARIANTS.items() if n not in switches}


def close(actual, expected):
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-9)


def sum_of(model, given, target):
    return sum(model.loss(given, target))


@each_variant
def test_a_loss_is_the_sum_of_the_pairs_alone(settings):
    model, (given, target) = model_of(settings), pairs_of(settings)
    rows = [sum_of(model, *alone(given, target, row)) for row in range(3)]
    close(sum_of(model, given, target), sum(rows))


@each_variant
def test_the_order_of_a_batch_never_changes_what_is_written(settings):
    model, (given, _) = model_of(settings), pairs_of(settings)
    order = torch.tensor([2, 0, 1])
    turned = type(given)(*(part[order] for part in given))
    usual, other = (model.write(each, model.density.mean) for each in (given, turned))
    close(other.lengths, usual.lengths[order])
    for row, from_row in enumerate(order.tolist()):
        length = int(usual.lengths[from_row])
        close(other.frames[row, :length], usual.frames[from_row, :length])


@each_variant
def test_neighbours_never_change_what_is_written(settings):
    model, (given, target) = model_of(settings), pairs_of(settings)
    written = model.write(given, model.density.mean)
    for row in range(3):
        one, _ = alone(given, target, row)
        one = one._replace(known=given.known[row : row + 1])
        own = model.write(one, model.density.mean)
        length = int(own.lengths[0])
        assert int(written.lengths[row]) == length
        close(written.frames[row, :length], own.frames[0, :length])


@pytest.mark.parametrize("settings", fixed.values(), ids=fixed)
def test_stepping_is_teacher_forcing(settings):
    """Fed the true frames one by one, a model gives each of them the density that the loss is made of."""
    model, (given, target) = model_of(settings), pairs_of(settings)
    truth = iter(target.values.transpose(0, 1))
    written = model.write(
        given, lambda p: next(truth) if len(p) == 3 else target.values.flatten(0, 1)
    )
    nll = -model.density.log_prob(written.parameters.flatten(0, 1), target.values.flatten(0, 1))
    close(nll.sum(), model.loss(given, target).frames)


@pytest.mark.parametrize("settings", ATTENDING.values(), ids=ATTENDING)
def test_attention_is_a_distribution_over_real_frames(settings):
    model, (given, _) = model_of(settings), pairs_of(settings)
    weights = model.write(given, model.density.mean).weights
    assert weights is not None
    for row, length in enumerate(SOURCES):
        assert weights[row, :, length:].count_nonzero() == 0
    if settings.attention.kind != "local-p":
        close(weights.sum(2), torch.ones_like(weights[..., 0]))


@each_variant
def test_gradients_reach_every_parameter(settings):
    model, (given, target) = model_of(settings).train(), pairs_of(settings)
    sum_of(model, given, target).backward()
    without = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert without == []


@each_variant
def test_one_batch_can_be_overfitted(settings):
    model, (given, target) = model_of(settings).train(), pairs_of(settings)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    before = float(sum_of(model, given, target).detach())
    for _ in range(60):
        optimizer.zero_grad()
        loss = sum_of(model, given, target)
        loss.backward()
        optimizer.step()
    frames = int(target.lengths.sum())
    assert float(loss.detach()) < before - 0.5 * frames


@pytest.mark.parametrize("settings", fed_back.values(), ids=fed_back)
def test_fed_its_own_means_with_certainty_a_loss_is_that_of_running_free(settings):
    model, (given, target) = model_of(settings), pairs_of(settings)
    written = model.write(given, model.density.mean)
    free = -model.density.log_prob(written.parameters.flatten(0, 1), target.values.flatten(0, 1))
    close(model.loss(given, target, own=1.1).frames, free.sum())


@each_variant
def test_outputs_side_by_side_are_those_of_one_at_a_time(settings):
    model, (given, _) = model_of(settings), pairs_of(settings)
    one, three = (model.write(given, model.density.mean, n) for n in (1, 3))
    close(three.frames, one.frames.repeat_interleave(3, 0))


def quantiles_of(settings):
    model, (given, _) = model_of(settings), pairs_of(settings)
    parameters = model.write(given, model.density.mean).parameters.flatten(0, 1)
    return model.density.components(parameters).quantiles([0.01, 0.1, 0.5, 0.9, 0.99])


@pytest.mark.parametrize("settings", smooth.values(), ids=smooth)
def test_quantiles_rise_with_their_level(settings):
    assert (quantiles_of(settings).diff(dim=0) > 0).all()


@pytest.mark.parametrize("settings", switches.values(), ids=switches)
def test_quantiles_of_bits_are_bits_and_never_fall(settings):
    quantiles = quantiles_of(settings)
    assert ((quantiles == 0) | (quantiles == 1)).all()
    assert (quantiles.diff(dim=0) >= 0).all()
    assert quantiles.unique().tolist() == [0, 1]


@pytest.mark.parametrize("settings", switches.values(), ids=switches)
def test_what_is_written_of_bits_is_how_likely_a_one_is(settings):
    model, (given, _) = model_of(settings), pairs_of(settings)
    written = model.write(given, model.density.mean)
    chance = written.frames.flatten(0, 1)
    assert ((chance > 0) & (chance < 1)).all()
    bits = torch.ones_like(chance)
    found = model.density.log_prob(written.parameters.flatten(0, 1), bits)
    close(found, chance.log().sum(1))


def test_a_reader_of_one_direction_sees_no_frame_before_its_time():
    settings = ONE_TO_ONE["one-way"]
    model, (given, _) = model_of(settings), pairs_of(settings)
    changed = given.source.clone()
    changed[:, 4:] += 1.0
    first, second = (
        model.write(given._replace(source=each), model.density.mean).parameters
        for each in (given.source, changed)
    )
    close(first[:, :4], second[:, :4])
    assert not torch.allclose(first[:, 4:], second[:, 4:])


def test_a_residual_net_that_says_nothing_hands_its_source_on():
    settings = ONE_TO_ONE["residual"]
    model, (given, _) = model_of(settings), pairs_of(settings)
    with torch.no_grad():
        for parameter in model.density.parameters():
            parameter.zero_()
    close(model.write(given, model.density.mean).frames, given.source)


def test_an_output_ends_with_the_frame_whose_bit_says_so():
    settings = ATTENDING["bit"]
    model, (given, _) = model_of(settings), pairs_of(settings)
    with torch.no_grad():
        model.end.weight.zero_()
        model.end.bias.fill_(10.0)
    assert model.write(given, model.density.mean).lengths.tolist() == [1, 1, 1]
    with torch.no_grad():
        model.end.bias.fill_(-10.0)
    written = model.write(given, model.density.mean)
    assert written.lengths.tolist() == [settings.max_length] * 3


def test_the_bits_of_a_target_cost_what_their_sum_says():
    """With p(end) = 1/2 everywhere every frame costs log 2."""
    settings = ATTENDING["bit"]
    model, (given, target) = model_of(settings), pairs_of(settings)
    with torch.no_grad():
        model.end.weight.zero_()
        model.end.bias.zero_()
    close(model.loss(given, target).ends, target.lengths.sum() * torch.tensor(2.0).double().log())


def test_what_is_known_of_the_future_matters_from_its_step_on():
    settings = fixed["luong"]
    model, (given, _) = model_of(settings), pairs_of(settings)
    other = given.known.clone()
    other[:, 3:] += 1.0
    first, second = (
        model.write(given._replace(known=each), model.density.mean).parameters
        for each in (given.known, other)
    )
    close(first[:, :3], second[:, :3])
    assert not torch.allclose(first[:, 3:], second[:, 3:])
    assert first.shape[1] == HORIZON


def test_every_kind_of_model_is_among_the_variants():
    assert {type(each) for each in VARIANTS.values()} == {Attending, OneToOne}


def test_every_density_is_among_the_variants_of_both_kinds():
    known = set(get_args(get_args(FrameDensity)[0]))
    assert {type(each.density) for each in ATTENDING.values()} == known
    assert {type(each.density) for each in ONE_TO_ONE.values()} == known
