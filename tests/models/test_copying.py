"""Copying from end to end: what is not in any vocabulary is scored, searched and written alike."""

import pytest
import torch

from seqloom.config import (
    GNMT,
    Bahdanau,
    Characters,
    Luong,
    Recipe,
    RecurrentEncoder,
    Search,
    TransformerDecoder,
    TransformerEncoder,
)
from seqloom.data.batching import Batch, pad
from seqloom.data.example import Example
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.models.stepper import ModelStepper
from seqloom.models.tensors import pairs_of
from seqloom.search import search
from seqloom.symbols import EOS
from seqloom.text.copying import Source
from seqloom.text.pair import PairCodec

SMALL = {"hidden": 6, "embedding": 4, "copying": True}
READER = RecurrentEncoder(hidden=3, embedding=5)
RECIPES = {
    "luong": Recipe(encoder=READER, decoder=Luong(**SMALL)),
    "bahdanau": Recipe(encoder=READER, decoder=Bahdanau(**SMALL)),
    "gnmt": Recipe(encoder=READER, decoder=GNMT(**SMALL)),
    "transformer": Recipe(
        encoder=TransformerEncoder(hidden=6, heads=2, feedforward=5, layers=1),
        decoder=TransformerDecoder(hidden=6, heads=2, feedforward=5, layers=1, copying=True),
    ),
}
each_decoder = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
PAIRS = [Example("ab", "ba", ("PL",)), Example("c", "ab")]
ASKED = ["xaby", "ab", "zzz"]


def made(recipe: Recipe) -> tuple[PairCodec, EncoderDecoder]:
    codec = PairCodec.train(recipe, lambda: PAIRS)
    torch.manual_seed(3)
    model = build(recipe, codec.source.size, codec.target.size).double().eval()
    torch.nn.init.constant_(model.pointer.gate.bias, -2.0)  # rather copy than write
    return codec, model


def batch(model: EncoderDecoder, codec: PairCodec, pairs: list[tuple[Source, str]]) -> Pairs:
    source, source_lengths = pad([source.ids for source, _ in pairs])
    target, target_lengths = pad([codec.target.encode(t, open=s.open) for s, t in pairs])
    return pairs_of(Batch(source, source_lengths, target, target_lengths, source_lengths), model)


@each_decoder
def test_a_beam_says_the_forced_score_of_what_is_only_copied(recipe):
    codec, model = made(recipe)
    sources = [codec.read(text, ("PL",)) for text in ASKED]
    beam = Search(beam=12, nbest=12, max_length=3)
    found = search(ModelStepper(model), [source.ids for source in sources], beam)
    assert any(id >= codec.target.size for h in found[0] for id in h.tokens)
    for source, hypotheses in zip(sources, found, strict=True):
        assert all(id < codec.target.size + len(source.open) for h in hypotheses for id in h.tokens)
        finished = [h for h in hypotheses if h.finished]
        target, lengths = pad([[*h.tokens, EOS] for h in finished])
        read, read_lengths = pad([source.ids] * len(finished))
        scores = model.score(Pairs(*map(torch.from_numpy, (read, read_lengths, target, lengths))))
        assert [h.score for h in finished] == pytest.approx(scores.sum(1).tolist(), abs=1e-5)


@each_decoder
def test_probabilities_of_a_step_sum_to_one(recipe):
    codec, model = made(recipe)
    ids, lengths = pad([codec.read(text, ("PL",)).ids for text in ASKED])
    memory, state = model.read(torch.from_numpy(ids), torch.from_numpy(lengths))
    # The second time fed what only the first and the last source have.
    for token in (2, codec.target.size):
        log_probs, _, state = model.step(torch.full((3,), token), memory, state)
        assert log_probs.shape[1] == codec.target.size + 2
        torch.testing.assert_close(log_probs.exp().sum(1), torch.ones(3).double())


@each_decoder
@pytest.mark.parametrize("sampled", [False, True])
def test_the_loss_of_unseen_units_is_finite_and_trains_everything(recipe, sampled):
    codec, model = made(recipe)
    pairs = batch(model, codec, [(codec.read(t), t[::-1]) for t in ASKED])
    loss = model.loss_sampled(pairs, 0.1, 0.5) if sampled else model.loss(pairs, 0.1)
    assert loss.smoothed.isfinite()
    loss.smoothed.backward()
    assert all(w.grad is not None and w.grad.isfinite().all() for w in model.parameters())


def test_neighbours_with_more_unseen_units_change_nothing():
    codec, model = made(RECIPES["luong"])
    pairs = [(codec.read(t), t[::-1]) for t in ASKED]
    scores = model.score(batch(model, codec, pairs))
    for row, pair in enumerate(pairs):
        [alone] = model.score(batch(model, codec, [pair]))
        torch.testing.assert_close(scores[row, : len(alone)], alone)


def test_samples_may_be_copies():
    codec, model = made(RECIPES["luong"])
    source = codec.read("xyz")
    [drawn] = search(ModelStepper(model), [source.ids], Search(sample=True, nbest=40, max_length=4))
    assert any(id >= codec.target.size for h in drawn for id in h.tokens)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": {"kind": "bpe"}}, "source.kind=bpe and target.kind=characters never match"),
        ({"source": {"kind": "characters", "byte_fallback": True}}, "only the source has it"),
    ],
)
def test_units_that_cannot_match_are_refused_with_the_recipe(settings, message):
    with pytest.raises(ValueError, match=message):
        Recipe.model_validate({"decoder": {"kind": "luong", "copying": True}, **settings})


def test_attention_is_asked_for():
    with pytest.raises(ValueError, match="copying"):
        Recipe.model_validate({"decoder": {"kind": "sutskever", "copying": True}})


def test_characters_need_no_shared_vocabulary():
    assert not Recipe(decoder=Luong(copying=True), source=Characters()).shared_vocabulary
