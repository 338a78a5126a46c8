"""The Transformer's decoder (Vaswani 2017, section 3.1): it looks back instead of carrying a state.

    x_t = sqrt(E) y_t + PE(t)
    x   = x + attention(x_t; x_1..x_t)           in each layer, with dropout and layer norm
    x   = x + attention(x_t; h_1..h_S)
    x   = x + W_2 max(0, W_1 x + b_1) + b_2

    attention(x; z) = W_O [softmax(q k / sqrt(F)) v for each head],  q = W_Q x, k = W_K z, v = W_V z

The modules are torch's own, so the weights are what a reader of torch expects. Their `forward` is
not used: it would go through the whole prefix again at every step. Here the keys and values of what
was written are the state, which grows by one position a step; those of the source are the memory.

The attention handed out is the last layer's to the source, the mean of its heads.

Sizes: B sources, N rows, T steps, S source length, H source features, E embedding (= the decoder's
features), A heads, F features of a head; t positions, of the source or written so far.
"""

from collections.abc import Iterator
from math import sqrt

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from seqloom.nn.attention.attention import padding_of
from seqloom.nn.decoders.decoder import Decoder, DecoderMemory, DecoderState, Steps
from seqloom.nn.encoders.encoder import Encoded
from seqloom.nn.positions import placed
from seqloom.nn.products import Linear, linear


class TransformerDecoder(Decoder):
    """Memory: the padding of the source, then its keys and values for each layer. State: the keys
    and values of the target for each layer."""

    def __init__(
        self,
        layers: list[nn.TransformerDecoderLayer],
        norm: nn.Module,
        dropout: float,
        source: int,
    ) -> None:
        super().__init__()
        self.features = layers[0].self_attn.embed_dim
        fits = source == self.features
        self.fit = nn.Identity() if fits else Linear(source, self.features, bias=False)
        self.layers = nn.ModuleList(layers)
        self.norm = norm
        self.dropout = nn.Dropout(dropout)

    def remember(self, encoded: Encoded, valid: Bool[Tensor, "B S"]) -> DecoderMemory:
        source = self.fit(encoded.states)
        known = (keys_and_values(layer.multihead_attn, source) for layer in self._stack())
        return padding_of(valid, source), *known

    def start(self, encoded: Encoded, memory: DecoderMemory) -> DecoderState:
        return tuple(known[:, :, :, :0] for known in memory[1:])

    def forward(
        self, embedded: Float[Tensor, "T N E"], memory: DecoderMemory, state: DecoderState
    ) -> Steps:
        rows = embedded.transpose(0, 1).contiguous()
        features, weights, _ = self._advance(rows, memory, state)
        return Steps(features.transpose(0, 1), weights.transpose(0, 1))

    def step(
        self, embedded: Float[Tensor, "N E"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N F"], Float[Tensor, "N S"], DecoderState]:
        features, weights, state = self._advance(embedded.unsqueeze(1), memory, state)
        return features.squeeze(1), weights.squeeze(1), state

    def _advance(
        self, embedded: Float[Tensor, "N T E"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N T E"], Float[Tensor, "N T S"], DecoderState]:
        """Many steps from nothing, or one step from wherever the state is."""
        padding, *sources = memory
        written = state[0].shape[3]
        assert written == 0 or embedded.shape[1] == 1
        x = self.dropout(placed(embedded, written))
        query, after = x, list[Tensor]()
        for layer, past, source in zip(self._stack(), state, sources, strict=True):
            x, query, past = advanced(layer, x, past, source, padding)
            after.append(past)
        weights = paid(query, sources[-1], padding)
        return self.norm(x), weights.view(*x.shape[:2], -1), tuple(after)

    def _stack(self) -> Iterator[nn.TransformerDecoderLayer]:
        for layer in self.layers:
            assert isinstance(layer, nn.TransformerDecoderLayer)
            yield layer


def advanced(
    layer: nn.TransformerDecoderLayer,
    x: Float[Tensor, "N T E"],
    past: Float[Tensor, "N 2 A t F"],
    source: Float[Tensor, "B 2 A S F"],
    padding: Float[Tensor, "B S"],
) -> tuple[Float[Tensor, "N T E"], Float[Tensor, "B A W F"], Float[Tensor, "N 2 A t2 F"]]:
    """One layer: what it makes of x, what it asked of the source, and its new past."""
    inner = _entering(layer, layer.norm1, x)
    past = torch.cat([past, keys_and_values(layer.self_attn, inner)], dim=3)
    found = _answer(layer.self_attn, heads(layer.self_attn, inner), past, None)
    x = _leaving(layer, layer.norm1, x + layer.dropout1(found))

    # The hypotheses of a source ask as if they were steps: its keys are never repeated.
    inner = _entering(layer, layer.norm2, x).view(len(padding), -1, x.shape[2])
    query = heads(layer.multihead_attn, inner)
    found = _answer(layer.multihead_attn, query, source, padding[:, None, None])
    x = _leaving(layer, layer.norm2, x + layer.dropout2(found.view(x.shape)))

    inner = _entering(layer, layer.norm3, x)
    inner = layer.linear2(layer.dropout(torch.relu(layer.linear1(inner))))
    return _leaving(layer, layer.norm3, x + layer.dropout3(inner)), query, past


def keys_and_values(
    attention: nn.MultiheadAttention, z: Float[Tensor, "N t E"]
) -> Float[Tensor, "N 2 A t F"]:
    """W_K z and W_V z by heads."""
    size = attention.embed_dim
    weight, bias = attention.in_proj_weight[size:], attention.in_proj_bias[size:]
    both = linear(z, weight, bias)
    return both.unflatten(2, (2, attention.num_heads, -1)).permute(0, 2, 3, 1, 4)


def heads(attention: nn.MultiheadAttention, x: Float[Tensor, "N T E"]) -> Float[Tensor, "N A T F"]:
    """The queries W_Q x by heads."""
    size = attention.embed_dim
    weight, bias = attention.in_proj_weight[:size], attention.in_proj_bias[:size]
    query = linear(x, weight, bias)
    return query.unflatten(2, (attention.num_heads, -1)).transpose(1, 2)


def paid(
    query: Float[Tensor, "B A W F"],
    source: Float[Tensor, "B 2 A S F"],
    padding: Float[Tensor, "B S"],
) -> Float[Tensor, "B W S"]:
    """The mean over the heads of softmax(q k / sqrt(F)), which torch's fused attention keeps."""
    energies = query @ source[:, 0].transpose(2, 3) / sqrt(query.shape[3])
    return torch.softmax(energies + padding[:, None, None], dim=3).mean(1)


def _answer(
    attention: nn.MultiheadAttention,
    query: Float[Tensor, "N A T F"],
    known: Float[Tensor, "N 2 A t F"],
    padding: Float[Tensor, "N 1 1 t"] | None,
) -> Float[Tensor, "N T E"]:
    """What the heads find, put together; without padding no query sees what comes after it."""
    keys, values = known.unbind(1)
    found = scaled_dot_product_attention(
        query,
        keys,
        values,
        attn_mask=padding,
        dropout_p=attention.dropout if attention.training else 0.0,
        is_causal=padding is None and query.shape[2] > 1,
    )
    return attention.out_proj(found.transpose(1, 2).flatten(2))


def _entering(
    layer: nn.TransformerDecoderLayer, norm: nn.LayerNorm, x: Float[Tensor, "N T E"]
) -> Float[Tensor, "N T E"]:
    return norm(x) if layer.norm_first else x


def _leaving(
    layer: nn.TransformerDecoderLayer, norm: nn.LayerNorm, x: Float[Tensor, "N T E"]
) -> Float[Tensor, "N T E"]:
    return x if layer.norm_first else norm(x)
