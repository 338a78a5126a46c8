"""The laws for models that read frames: with and without a pyramid, whose positions are fewer than the
frames, in any of the recurrent decoders.

Sizes: B = 4 sources of 9, 4, 1 and 6 frames with F = 3 features.
"""

import pytest
import torch
from tests.laws.covering import covering
from tests.laws.variants import SMALL, TARGET_VOCABULARY

from seqloom.config import Recipe
from seqloom.models.build import build
from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.symbols import EOS, PAD, SOS

F = 3
FRAMES, TOKENS = (9, 4, 1, 6), (5, 6, 1, 2)
ATTENTIVE = {"hidden": 4, "window": 1, "filters": 2}


def decoder(kind: str, attention: str = "") -> dict[str, object]:
    if not attention:
        return {"kind": kind}
    asked = {"local-p": ("window",), "location_aware": ("hidden", "window", "filters")}
    return {
        "kind": kind,
        "attention": {"kind": attention, **{n: ATTENTIVE[n] for n in asked.get(attention, ())}},
    }


FACTORS = {
    "decoder": [
        decoder("bahdanau", "location_aware"),
        decoder("luong", "location_aware"),
        decoder("gnmt", "location_aware"),
        decoder("luong", "local-p"),
        decoder("bahdanau", "additive"),
        decoder("sutskever"),
        decoder("cho"),
    ],
    "pyramid": [[], [2], [2, 3], [1, 2]],
    "bidirectional": [True, False, "first"],
    "cell": ["lstm", "gru"],
    "reverse": [False, True],
    "layer_norm": [False, True],
}


def recipe_of(row) -> Recipe:
    encoder = {name: row[name] for name in FACTORS if name not in ("decoder",)}
    sizes = {"hidden": 5, "embedding": 4, "dropout": 0.25, "cell": row["cell"]}
    return Recipe.model_validate(
        {
            "source": {"kind": "frames"},
            "data": {"max_source": SMALL["max_source"]},
            "encoder": {"kind": "recurrent", **encoder, "hidden": 3, "embedding": 4, "layers": 3},
            "decoder": {**sizes, "layers": 2, **row["decoder"]},
        }
    )


def name_of(row) -> str:
    return "-".join(
        [
            row["decoder"]["kind"],
            row["decoder"].get("attention", {}).get("kind", "none"),
            "".join(map(str, row["pyramid"])) or "flat",
            f"both={row['bidirectional']}",
            row["cell"],
            *(name for name in ("reverse", "layer_norm") if row[name]),
        ]
    )


VARIANTS = {name_of(row): recipe_of(row) for row in covering(FACTORS)}
each_variant = pytest.mark.parametrize("recipe", VARIANTS.values(), ids=VARIANTS)


def model_of(recipe: Recipe) -> EncoderDecoder:
    torch.manual_seed(7)
    return build(recipe, F, TARGET_VOCABULARY).double().eval()


def sides() -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    random = torch.Generator().manual_seed(3)
    sources = [torch.randn(n, F, generator=random, dtype=torch.float64) for n in FRAMES]
    targets = [torch.randint(EOS + 1, TARGET_VOCABULARY, (n,), generator=random) for n in TOKENS]
    for target in targets:
        target[-1] = EOS
    return sources, targets


def together(sources, targets, noise: float = 0.0, wider: int = 0) -> Pairs:
    """Side by side; padding of sources may hold anything."""
    longest = max(map(len, sources)) + wider
    rows = torch.full((len(sources), longest, F), noise, dtype=torch.float64)
    for row, source in zip(rows, sources, strict=True):
        row[: len(source)] = source
    ids = torch.nn.utils.rnn.pad_sequence(targets, batch_first=True, padding_value=PAD)
    counts = (torch.tensor([len(each) for each in side]) for side in (sources, targets))
    source_lengths, target_lengths = counts
    return Pairs(rows, source_lengths, ids, target_lengths)


def stepped(model: EncoderDecoder, pairs: Pairs):
    memory, state = model.read(pairs.source, pairs.source_lengths)
    tokens, scores, paid = torch.full_like(pairs.target[:, 0], SOS), [], []
    for following in pairs.target.unbind(1):
        log_probs, weights, state = model.step(tokens, memory, state)
        scores.append(log_probs.gather(1, following.unsqueeze(1)).squeeze(1))
        paid.append(weights)
        tokens = following
    return torch.stack(scores, 1), paid


@each_variant
def test_neighbours_and_padding_never_change_a_score(recipe):
    model, (sources, targets) = model_of(recipe), sides()
    scores = model.score(together(sources, targets, noise=7.0, wider=3))
    for row, (source, target) in enumerate(zip(sources, targets, strict=True)):
        [expected] = model.score(together([source], [target]))
        torch.testing.assert_close(scores[row, : len(expected)], expected, rtol=0, atol=1e-9)


@each_variant
def test_the_order_of_a_batch_never_changes_an_answer(recipe):
    model, (sources, targets) = model_of(recipe), sides()
    order = [2, 0, 3, 1]
    turned = together([sources[i] for i in order], [targets[i] for i in order])
    expected = model.score(together(sources, targets))[order]
    torch.testing.assert_close(model.score(turned), expected, rtol=0, atol=1e-9)


@each_variant
def test_stepping_is_teacher_forcing(recipe):
    model, pairs = model_of(recipe), together(*sides())
    scores, _ = stepped(model, pairs)
    real = pairs.target != PAD
    torch.testing.assert_close(scores[real], model.score(pairs)[real], rtol=0, atol=1e-9)


@each_variant
def test_attention_is_a_distribution_over_the_positions_of_the_encoder(recipe):
    _, paid = stepped(model_of(recipe), together(*sides(), noise=7.0))
    joined = recipe.encoder.joined
    for weights in (each for each in paid if each is not None):
        torch.testing.assert_close(weights.sum(1), torch.ones(len(FRAMES)).double())
        for row, frames in enumerate(FRAMES):
            assert weights[row, -(-frames // joined) :].count_nonzero() == 0


@each_variant
def test_gradients_reach_every_parameter_and_every_frame(recipe):
    model, pairs = model_of(recipe), together(*sides())
    source = pairs.source.clone().requires_grad_()
    model.loss(pairs._replace(source=source), 0.1).smoothed.backward()
    for name, weight in model.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.count_nonzero() > 0, name
    for slope, frames in zip(source.grad, FRAMES, strict=True):
        assert (slope[:frames].abs().sum(1) > 0).all()
        assert slope[frames:].count_nonzero() == 0
