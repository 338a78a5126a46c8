"""What training minimises: smoothing by hand, and scheduled sampling between its two ends."""

from math import log

import pytest
import torch
from tests.laws.batches import pairs_of
from tests.laws.variants import TARGET_VOCABULARY, VARIANTS, built, model_of

from seqloom.config import Recipe
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.nn.readouts.softmax import Softmax
from seqloom.symbols import SOS

SHAPES = {recipe.decoder.kind: recipe for recipe in reversed(VARIANTS.values())}
"""The first model of each kind of decoder."""
each_decoder = pytest.mark.parametrize("recipe", SHAPES.values(), ids=SHAPES)


def sure_of(*probabilities: float) -> EncoderDecoder:
    """A model that gives every position the same distribution."""
    model = model_of(next(iter(VARIANTS.values())))
    readout = Softmax(model.decoder.features, len(probabilities), tied_to=None).double()
    with torch.no_grad():
        readout.output.weight.zero_()
        readout.output.bias.copy_(torch.tensor(probabilities, dtype=torch.float64).log())
    return EncoderDecoder(model.encoder, model.embedding, model.decoder, readout)


def only(*target: int) -> Pairs:
    """One pair with that target."""
    pairs = pairs_of([(2, len(target))])
    return pairs._replace(target=torch.tensor([target]))


def test_the_loss_counts_the_end_and_is_in_nats():
    loss = sure_of(0.1, 0.1, 0.1, 0.2, 0.5).loss(only(4, 4, 3), smoothing=0.0)
    assert loss.nll.item() == pytest.approx(-2 * log(0.5) - log(0.2))
    assert loss.smoothed.item() == pytest.approx(loss.nll.item())
    assert loss.tokens == 3


def test_label_smoothing_by_hand():
    # (1 - e) times -log p of the target, and e times the mean of -log p over all five tokens.
    loss = sure_of(0.1, 0.1, 0.1, 0.2, 0.5).loss(only(4, 3), smoothing=0.2)
    mean = -(3 * log(0.1) + log(0.2) + log(0.5)) / 5
    assert loss.nll.item() == pytest.approx(-log(0.5) - log(0.2))
    assert loss.smoothed.item() == pytest.approx(0.8 * loss.nll.item() + 0.2 * 2 * mean)


@each_decoder
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_scheduled_sampling_with_probability_zero_is_teacher_forcing(recipe, smoothing):
    model, pairs = model_of(recipe), pairs_of()
    sampled, forced = model.loss_sampled(pairs, smoothing, 0.0), model.loss(pairs, smoothing)
    torch.testing.assert_close(sampled.smoothed, forced.smoothed, rtol=0, atol=1e-9)
    torch.testing.assert_close(sampled.nll, forced.nll, rtol=0, atol=1e-9)
    assert sampled.tokens == forced.tokens


def free_run(model: EncoderDecoder, pairs: Pairs) -> tuple[list[int], float]:
    """What the only pair's source makes the model write if it is fed its own guesses, and -log p of
    the target on that way."""
    memory, state = model.read(pairs.source, pairs.source_lengths)
    token, guesses, nll = torch.tensor([SOS]), list[int](), 0.0
    for target in pairs.target[0].tolist():
        log_probs, _, state = model.step(token, memory, state)
        nll -= log_probs[0, target].item()
        token = log_probs.argmax(1)
        guesses.append(token.item())
    return guesses, nll


def opinionated(recipe: Recipe, seed: int) -> EncoderDecoder:
    """With weights so large that its guess may change from step to step."""
    torch.manual_seed(seed)
    model = built(recipe).double().eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:  # a large bias would make it stick to one guess
                weight.normal_(std=3.0)
    return model


@each_decoder
def test_scheduled_sampling_with_probability_one_feeds_the_models_own_guesses(recipe):
    pairs = pairs_of([(5, 9)])
    models = (opinionated(recipe, seed) for seed in range(40))
    model = next(model for model in models if len(set(free_run(model, pairs)[0])) > 1)
    _, nll = free_run(model, pairs)
    assert model.loss_sampled(pairs, 0.0, 1.0).nll.item() == pytest.approx(nll)


@each_decoder
def test_scheduled_sampling_reaches_every_parameter(recipe):
    model = model_of(recipe)
    model.zero_grad()
    model.loss_sampled(pairs_of(), 0.1, 0.5).smoothed.backward()
    unreached = [name for name, w in model.named_parameters() if not w.grad.count_nonzero()]
    assert unreached == []


def test_an_untrained_model_is_about_as_good_as_chance():
    loss = sure_of(*[1 / TARGET_VOCABULARY] * TARGET_VOCABULARY).loss(pairs_of(), 0.3)
    assert loss.smoothed.item() / loss.tokens == pytest.approx(log(TARGET_VOCABULARY))


def test_the_distance_between_attention_and_an_alignment_by_hand():
    # The sum over aligned target tokens of -log of the attention to the token they are aligned to.
    model, pairs = model_of(SHAPES["luong"]), pairs_of([(3, 2)])
    links = torch.zeros(1, 2, 3).double()
    links[0, 0, 1] = 1.0
    memory, state = model.read(pairs.source, pairs.source_lengths)
    _, paid, _ = model.step(torch.tensor([SOS]), memory, state)
    plain = model.loss(pairs, 0.1)
    guided = model.loss(pairs._replace(links=links), 0.1, guided=0.3)
    expected = plain.smoothed.item() - 0.3 * log(paid[0, 1].item())
    assert guided.smoothed.item() == pytest.approx(expected)
    assert guided.nll.item() == pytest.approx(plain.nll.item())
    unaligned = model.loss(pairs._replace(links=torch.zeros_like(links)), 0.1, guided=0.3)
    assert unaligned.smoothed.item() == pytest.approx(plain.smoothed.item())
