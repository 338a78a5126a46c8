"""The cached decoder against torch's own, which goes through the whole prefix every time."""

import pytest
import torch
from torch import Tensor, nn

from seqloom.nn.decoders.transformer import TransformerDecoder
from seqloom.nn.encoders.encoder import Encoded
from seqloom.nn.encoders.transformer import TransformerEncoder
from seqloom.nn.positions import placed

B, S, T, E, HEADS, LAYERS = 3, 5, 4, 6, 3, 2
LENGTHS = torch.tensor([5, 2, 1])
VALID = torch.arange(S) < LENGTHS.unsqueeze(1)

each_norm = pytest.mark.parametrize("norm_first", [False, True])


def decoder_of(norm_first: bool, source: int = E) -> TransformerDecoder:
    """With weights that are nowhere zero, biases and gains included."""
    torch.manual_seed(4)
    layers = [
        nn.TransformerDecoderLayer(
            E, HEADS, dim_feedforward=7, dropout=0.3, batch_first=True, norm_first=norm_first
        )
        for _ in range(LAYERS)
    ]
    decoder = TransformerDecoder(layers, nn.LayerNorm(E), dropout=0.3, source=source)
    with torch.no_grad():
        for weight in decoder.parameters():
            weight.normal_(std=0.7)
    return decoder.double().eval()


def encoded(features: int = E) -> Encoded:
    random = torch.Generator().manual_seed(8)
    states = torch.randn(B, S, features, generator=random, dtype=torch.float64)
    return Encoded(states, [], torch.ones(B, S).bool())


def fed() -> Tensor:
    """[T, B, E]"""
    random = torch.Generator().manual_seed(9)
    return torch.randn(T, B, E, generator=random, dtype=torch.float64)


def by_torch(decoder: TransformerDecoder, embedded: Tensor, source: Tensor) -> Tensor:
    """[T, B, E]: every prefix, whole, through torch's own layers."""
    rows, steps = placed(embedded.transpose(0, 1), 0), []
    for t in range(1, len(embedded) + 1):
        x = rows[:, :t]
        for layer in decoder.layers:
            unseen = torch.ones(t, t, dtype=torch.bool).triu(1)
            x = layer(x, source, tgt_mask=unseen, memory_key_padding_mask=~VALID)
        steps.append(decoder.norm(x)[:, -1])
    return torch.stack(steps)


def close(actual: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(actual, expected, rtol=0, atol=1e-12)


@each_norm
def test_cached_steps_are_torchs_decoder_over_the_whole_prefix(norm_first):
    decoder, source = decoder_of(norm_first), encoded()
    expected = by_torch(decoder, fed(), source.states)
    memory = decoder.remember(source, VALID)
    state = decoder.start(source, memory)
    for embedded, features in zip(fed(), expected, strict=True):
        found, _, state = decoder.step(embedded, memory, state)
        close(found, features)


@each_norm
def test_teacher_forcing_is_torchs_decoder(norm_first):
    decoder, source = decoder_of(norm_first), encoded()
    memory = decoder.remember(source, VALID)
    steps = decoder(fed(), memory, decoder.start(source, memory))
    close(steps.features, by_torch(decoder, fed(), source.states))


def test_weights_are_the_mean_over_the_heads_of_the_last_layer():
    decoder, source = decoder_of(norm_first=False), encoded()
    memory = decoder.remember(source, VALID)
    steps = decoder(fed(), memory, decoder.start(source, memory))
    asked: list[tuple[Tensor, Tensor]] = []
    last = decoder.layers[-1].multihead_attn
    watch = last.register_forward_pre_hook(lambda _, given: asked.append(given[:2]))
    by_torch(decoder, fed(), source.states)
    watch.remove()
    query, key = asked[-1]
    _, expected = last(query, key, key, key_padding_mask=~VALID, average_attn_weights=True)
    close(steps.weights, expected.transpose(0, 1))


def test_the_state_grows_by_one_position_a_step_and_the_memory_is_never_touched():
    decoder, source = decoder_of(norm_first=True), encoded()
    memory = decoder.remember(source, VALID)
    before, state = [part.clone() for part in memory], decoder.start(source, memory)
    assert [tuple(part.shape) for part in state] == [(B, 2, HEADS, 0, E // HEADS)] * LAYERS
    for t, embedded in enumerate(fed(), start=1):
        earlier = [part.clone() for part in state]
        _, _, state = decoder.step(embedded, memory, state)
        assert [part.shape[3] for part in state] == [t] * LAYERS
        for part, kept in zip(state, earlier, strict=True):
            assert torch.equal(part[:, :, :, :-1], kept)
    assert all(map(torch.equal, memory, before))


def test_hypotheses_ask_one_memory():
    # Two different hypotheses of each source, at once and one after the other.
    decoder, source = decoder_of(norm_first=True), encoded()
    memory = decoder.remember(source, VALID)
    start = decoder.start(source, memory)
    both = tuple(part.repeat_interleave(2, 0) for part in start)
    rows = torch.stack([fed()[0], fed()[1]], dim=1).flatten(0, 1)
    features, weights, _ = decoder.step(rows, memory, both)
    for hypothesis in range(2):
        expected, paid, _ = decoder.step(fed()[hypothesis], memory, start)
        close(features[hypothesis::2], expected)
        close(weights[hypothesis::2], paid)


def test_a_source_of_another_size_is_brought_to_the_decoders():
    decoder, source = decoder_of(norm_first=True, source=4), encoded(4)
    memory = decoder.remember(source, VALID)
    steps = decoder(fed(), memory, decoder.start(source, memory))
    close(steps.features, by_torch(decoder, fed(), source.states @ decoder.fit.weight.t()))


def test_the_encoder_reads_the_same_with_and_without_gradients():
    # Without them torch takes another way through its layers.
    torch.manual_seed(6)
    layer = nn.TransformerEncoderLayer(8, 2, 7, batch_first=True, norm_first=True)
    encoder = TransformerEncoder(nn.Embedding(9, 8), [layer], nn.LayerNorm(8), 0.1).double().eval()
    source = torch.tensor([[4, 5, 6, 3], [7, 3, 0, 0]])
    lengths = torch.tensor([4, 2])
    slow, last, _ = encoder(source, lengths)
    with torch.inference_mode():
        fast, *_ = encoder(source, lengths)
    close(fast[0], slow[0])
    close(fast[1, :2], slow[1, :2])
    assert last == []
