"""Law 9: a beam of width 1 is greedy, a wide enough one is exhaustive, and what search says of an
output is what the model says of it under teacher forcing."""

from itertools import product

import pytest
import torch
from tests.laws.batches import pairs_of, together
from tests.laws.variants import VARIANTS, model_of

from seqloom.config import Search
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.models.stepper import ModelStepper
from seqloom.search import search
from seqloom.symbols import EOS, PAD, SOS, UNK

TINY, LONGEST = 6, 3
"""Ids of the target side, of which two are ordinary tokens, and tokens of an output at most."""
OUTPUTS = [
    output for length in range(LONGEST + 1) for output in product([UNK, 4, 5], repeat=length)
]
WIDE = 3**LONGEST * 4
"""As many hypotheses as there ever are continuations."""
each_variant = pytest.mark.parametrize("recipe", VARIANTS.values(), ids=VARIANTS)


def sources() -> list[list[int]]:
    return [[i for i in source if i != PAD] for source in pairs_of().source.tolist()]


def greedy(model: EncoderDecoder, source: list[int], longest: int) -> tuple[int, ...]:
    """The likeliest token at every step until <eos>."""
    memory, state = model.read(torch.tensor([source]), torch.tensor([len(source)]))
    output, token = [], SOS
    while token != EOS and len(output) <= longest:
        log_probs, _, state = model.step(torch.tensor([token]), memory, state)
        log_probs[0, [PAD, SOS]] = -torch.inf
        token = int(log_probs.argmax())
        output.append(token)
    return tuple(output)


def forced(model: EncoderDecoder, source: list[int]) -> dict[tuple[int, ...], float]:
    """log p of every possible output."""
    targets = [torch.tensor([*output, EOS]) for output in OUTPUTS]
    pairs = together([torch.tensor(source)] * len(targets), targets)
    return dict(zip(OUTPUTS, model.score(pairs).sum(1).tolist(), strict=True))


@each_variant
def test_a_beam_of_one_is_greedy(recipe):
    model, longest = model_of(recipe), 8
    found = search(ModelStepper(model), sources(), Search(beam=1, max_length=longest))
    for source, [best] in zip(sources(), found, strict=True):
        steps = (*best.tokens, EOS) if best.finished else best.tokens
        assert greedy(model, source, longest)[: len(steps)] == steps
        assert best.finished or len(steps) == longest


@each_variant
def test_a_wide_beam_is_exhaustive_and_says_the_forced_score(recipe):
    model = model_of(recipe, TINY)
    wide = Search(beam=WIDE, nbest=len(OUTPUTS), max_length=LONGEST)
    narrow = [[min(i, TINY - 1) for i in source] for source in sources()]
    for source, found in zip(narrow, search(ModelStepper(model), narrow, wide), strict=True):
        expected = forced(model, source)
        ranked = sorted(expected.values(), reverse=True)
        assert {h.tokens for h in found} == set(OUTPUTS)
        assert [h.score for h in found] == pytest.approx(ranked, abs=1e-5)
        assert [h.score for h in found] == pytest.approx(
            [expected[h.tokens] for h in found], abs=1e-5
        )


@each_variant
def test_neighbours_never_change_what_a_beam_finds(recipe):
    stepper = ModelStepper(model_of(recipe))
    beam = Search(beam=3, nbest=3, max_length=6)
    for source, found in zip(sources(), search(stepper, sources(), beam), strict=True):
        [expected] = search(stepper, [source], beam)
        assert [h.tokens for h in found] == [h.tokens for h in expected]
        assert [h.score for h in found] == pytest.approx([h.score for h in expected], abs=1e-5)
