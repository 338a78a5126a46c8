"""The loop: what an update is made of, when it validates, and when it ends."""

import math

import pytest
import torch
from tests.training.tiny import PAIRS, fit_of, fixed, shuffled, tiny_model, weights

from seqloom.config import SGD, Adam, Constant, Plateau, Sampling, Training
from seqloom.errors import UserError
from seqloom.models.tensors import pairs_of
from seqloom.training.loop import Fit, fit

pytestmark = pytest.mark.usefixtures("unchecked_shapes")

PLAIN = Training(
    optimizer=SGD(rate=1.0), schedule=Constant(), label_smoothing=0.1, clip=0.0, max_updates=1
)


def with_settings(**changes: object) -> Training:
    return PLAIN.model_copy(update=changes)


def moved(run: Fit) -> torch.Tensor:
    """How far the weights have gone at the end, as one vector."""
    before = weights(run.model)
    list(fit(run))
    return torch.cat([(w - before[n]).flatten() for n, w in weights(run.model).items()])


def test_two_small_batches_together_are_one_large_batch():
    # Of unlike lengths, so that a mean of two means would be something else.
    small, large = PAIRS[:2], PAIRS[2:3]
    two = moved(fit_of(fixed(small, large), with_settings(accumulate=2)))
    one = moved(fit_of(fixed([*small, *large]), PLAIN))
    torch.testing.assert_close(two, one, rtol=1e-4, atol=1e-6)


def test_a_last_group_that_is_not_full_still_counts():
    run = fit_of(fixed(*([pair] for pair in PAIRS)), with_settings(accumulate=2, max_updates=99))
    run.settings = run.settings.model_copy(update={"max_epochs": 1})
    steps = [step for step in fit(run) if step.tokens]
    lengths = [len(target) for _, target in PAIRS]
    assert [step.tokens for step in steps] == [
        lengths[0] + lengths[1],
        lengths[2] + lengths[3],
        lengths[4],
    ]


def test_an_update_goes_down_the_gradient_of_the_mean_loss_per_token():
    model = tiny_model()
    run = fit_of(fixed(PAIRS), PLAIN, model=model)
    [step] = fit(run)
    again = tiny_model()
    [batch] = fixed(PAIRS).epoch(0)
    loss = again.loss(pairs_of(batch, again), 0.1)
    (loss.smoothed / loss.tokens).backward()
    for weight, expected in zip(model.parameters(), again.parameters(), strict=True):
        torch.testing.assert_close(weight, expected - expected.grad)
    assert step.loss == pytest.approx(loss.nll.item() / loss.tokens, rel=1e-6)
    assert step.tokens == sum(len(target) for _, target in PAIRS)


def test_the_gradient_is_clipped_to_its_norm():
    free = fit_of(fixed(PAIRS), PLAIN)
    long = moved(free)
    [step] = fit(fit_of(fixed(PAIRS), PLAIN))
    assert step.norm == pytest.approx(long.norm().item(), rel=1e-5)
    short = moved(fit_of(fixed(PAIRS), with_settings(clip=0.01)))
    assert short.norm().item() == pytest.approx(0.01, rel=1e-3)
    torch.testing.assert_close(short / short.norm(), long / long.norm(), rtol=1e-3, atol=1e-5)


def test_a_gradient_within_the_limit_is_left_alone():
    free, limited = (moved(fit_of(fixed(PAIRS), with_settings(clip=c))) for c in (0.0, 1e6))
    assert torch.equal(free, limited)


def test_the_rate_follows_the_schedule():
    settings = with_settings(schedule=Constant(warmup=4), max_updates=5)
    rates = [
        step.rate for step in fit(fit_of(fixed(PAIRS[:2], PAIRS[2:]), settings)) if step.tokens
    ]
    assert rates == pytest.approx([0.25, 0.5, 0.75, 1.0, 1.0])


def test_a_rate_falls_when_the_dev_loss_stands_still():
    settings = with_settings(schedule=Plateau(patience=0), max_updates=4, validate_every=1)
    run = fit_of(fixed(PAIRS), settings, losses=[3.0, 3.0, 2.0, 2.0])
    assert [step.rate for step in fit(run)] == [1.0, 1.0, 0.5, 0.5]


def test_scheduled_sampling_changes_what_is_learnt_from_its_start_on():
    never = with_settings(scheduled_sampling=Sampling(start=0.0, end=0.0, updates=1))
    often = with_settings(scheduled_sampling=Sampling(start=0.9, end=0.9, updates=1))
    forced, same, other = (moved(fit_of(fixed(PAIRS), s)) for s in (PLAIN, never, often))
    torch.testing.assert_close(same, forced, rtol=1e-4, atol=1e-6)
    assert not torch.allclose(other, forced, rtol=1e-2)


def validated_at(settings: Training, losses: list[float] | None = None) -> tuple[list[int], str]:
    """The updates that were validated after, in epochs of two batches, and why the run ended."""
    run = fit_of(fixed(PAIRS[:2], PAIRS[2:]), settings, losses=losses or [])
    return [s.update for s in fit(run) if s.validation is not None], run.progress.finished


def test_without_an_interval_every_epoch_ends_with_a_validation():
    settings = with_settings(max_updates=None, max_epochs=3)
    assert validated_at(settings) == ([2, 4, 6], "training.max_epochs=3 reached")


def test_validations_come_at_their_interval():
    settings = with_settings(max_updates=9, validate_every=3)
    assert validated_at(settings) == ([3, 6, 9], "training.max_updates=9 reached")


def test_a_run_that_ends_between_two_validations_ends_with_one():
    settings = with_settings(max_updates=7, validate_every=3)
    assert validated_at(settings) == ([3, 6, 7], "training.max_updates=7 reached")
    assert validated_at(with_settings(max_updates=1)) == ([1], "training.max_updates=1 reached")
    settings = with_settings(max_updates=None, max_epochs=1, validate_every=5)
    assert validated_at(settings) == ([2], "training.max_epochs=1 reached")


def test_patience_ends_a_run_that_gets_no_better():
    settings = with_settings(max_updates=99, validate_every=1, patience=2)
    losses = [3.0, 2.0, 2.5, 1.9, 1.9, 2.2]
    assert validated_at(settings, losses) == ([1, 2, 3, 4, 5, 6], "no improvement in 2 validations")


def test_patience_is_not_lost_before_the_least_number_of_updates():
    settings = with_settings(max_updates=99, validate_every=1, patience=2, min_updates=6)
    losses = [3.0, 3.0, 3.0, 3.0, 3.0, 2.0, 2.0]
    assert validated_at(settings, losses) == ([*range(1, 9)], "no improvement in 2 validations")
    settings = with_settings(max_updates=99, validate_every=1, patience=2, min_updates=4)
    assert validated_at(settings, losses) == ([1, 2, 3, 4], "no improvement in 2 validations")


def test_a_small_set_is_read_again_until_the_least_number_of_updates():
    settings = with_settings(max_updates=None, max_epochs=1, min_updates=5)
    assert validated_at(settings) == ([2, 4, 5], "training.min_updates=5 reached")
    settings = with_settings(max_updates=3, max_epochs=1, min_updates=5)
    assert validated_at(settings) == ([2, 3], "training.max_updates=3 reached")


def test_a_set_with_updates_enough_is_trained_as_without_a_least_number():
    for least in (1, 3, 4):
        settings = with_settings(max_updates=None, max_epochs=2, min_updates=least)
        assert validated_at(settings) == ([2, 4], "training.max_epochs=2 reached")
    losses = [3.0, 2.0, 2.5, 1.9, 1.9, 2.2]
    settings = with_settings(max_updates=99, validate_every=1, patience=2, min_updates=4)
    assert validated_at(settings, losses) == ([1, 2, 3, 4, 5, 6], "no improvement in 2 validations")


def test_the_best_validation_is_remembered():
    run = fit_of(
        fixed(PAIRS), with_settings(max_updates=4, validate_every=1), losses=[3.0, 1.5, 1.5, 2.0]
    )
    list(fit(run))
    assert (run.progress.best_score, run.progress.best_update) == (1.5, 2)
    assert run.progress.since_best == 2


def test_minutes_are_a_limit():
    settings = with_settings(max_updates=None, max_minutes=1e-6)
    assert validated_at(settings) == ([1], "training.max_minutes=1e-06 reached")


def complaint(run: Fit) -> str:
    with pytest.raises(UserError) as caught:
        list(fit(run))
    return str(caught.value)


def test_a_loss_that_is_not_a_number_names_the_batch():
    run = fit_of(fixed(PAIRS[:2], PAIRS[2:]), with_settings(max_updates=9))
    for step in fit(run):
        assert step.update == 1
        with torch.no_grad():
            run.model.readout.output.bias.fill_(math.nan)
        break
    assert complaint(run) == (
        "the loss became nan at update 2 (epoch 1, batch 2, training pairs 3, 4, 5). What was "
        "saved before stands: lower training.optimizer.rate, and go on or start again."
    )


def test_a_gradient_that_is_not_finite_names_the_batch():
    run = fit_of(fixed(PAIRS[:2], PAIRS[2:]), PLAIN)
    run.model.readout.output.bias.register_hook(lambda gradient: gradient * math.inf)
    before = weights(run.model)
    message = complaint(run)
    assert message.startswith("the gradient's norm became ")
    assert " at update 1 (epoch 1, batch 1, training pairs 1, 2). " in message
    assert all(torch.equal(w, before[n]) for n, w in weights(run.model).items())


def test_only_the_first_pairs_of_a_large_batch_are_named():
    run = fit_of(fixed(PAIRS * 2), PLAIN)
    with torch.no_grad():
        run.model.readout.output.bias.fill_(math.inf)
    assert "training pairs 1, 2, 3, 4, 5, ...)" in complaint(run)


def test_the_training_loss_falls(tmp_path):
    settings = with_settings(optimizer=Adam(rate=0.02), max_updates=60, clip=1.0, patience=None)
    losses = [s.loss for s in fit(fit_of(shuffled(tmp_path), settings)) if s.tokens]
    assert sum(losses[-3:]) < 0.7 * sum(losses[:3])
