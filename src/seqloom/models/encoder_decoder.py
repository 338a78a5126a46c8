"""The encoder-decoder: p(y | x) = prod_t p(y_t | y_1..y_{t-1}, x).

    read    a source becomes a memory (fixed) and a first state
    loss    teacher forcing over a batch of pairs
    score   log p of every target token, the same sum that the loss is made of
    step    one token further, for search

Which paper it is depends on the parts it is built from (models/build.py).

Sizes: B batch, S source length, T target length, N rows (hypotheses), V vocabulary, n real target
positions in the batch.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.nn.decoders.decoder import Decoder, DecoderMemory, DecoderState
from seqloom.nn.encoders.encoder import Encoder
from seqloom.nn.readouts.softmax import Maxout, Softmax
from seqloom.symbols import PAD, SOS


class Pairs(NamedTuple):
    """A padded batch: `source` [B, S], `target` [B, T], both with <eos>, and their lengths [B]."""

    source: Tensor
    source_lengths: Tensor
    target: Tensor
    target_lengths: Tensor


class Loss(NamedTuple):
    """Sums over the batch, in nats.

    smoothed  what training minimises: (1 - e) nll + e * mean over the vocabulary of -log p
    nll       -log p of the targets, <eos> counted
    tokens    how many positions that is
    """

    smoothed: Tensor
    nll: Tensor
    tokens: int


class EncoderDecoder(nn.Module):
    """Encoder, decoder, readout, and the embedding of what the decoder is fed."""

    def __init__(
        self,
        encoder: Encoder,
        embedding: nn.Embedding,
        decoder: Decoder,
        readout: Softmax | Maxout,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.embedding = embedding
        self.decoder = decoder
        self.readout = readout

    @property
    def vocabulary_size(self) -> int:
        """V of the target side."""
        return self.embedding.num_embeddings

    def read(
        self, source: Int[Tensor, "B S"], lengths: Int[Tensor, " B"]
    ) -> tuple[DecoderMemory, DecoderState]:
        """Encode sources and set the decoder up for the first step."""
        encoded = self.encoder(source, lengths)
        valid = torch.arange(source.shape[1], device=source.device) < lengths.unsqueeze(1)
        memory = self.decoder.remember(encoded, valid)
        return memory, self.decoder.start(encoded, memory)

    def step(
        self, tokens: Int[Tensor, " N"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N V"], Float[Tensor, "N S"] | None, DecoderState]:
        """Feed one token to every row: log p of the next, attention weights, new state."""
        features, weights, state = self.decoder.step(self.embedding(tokens), memory, state)
        return torch.log_softmax(self.readout(features), dim=-1), weights, state

    def loss(self, pairs: Pairs, smoothing: float) -> Loss:
        """The sum over the batch under teacher forcing; readout and softmax see real positions only."""
        return _summed(self._forced(pairs), _real(pairs), smoothing)

    def loss_sampled(self, pairs: Pairs, smoothing: float, probability: float) -> Loss:
        """As `loss`, but each input is with `probability` the model's own best guess of it
        (scheduled sampling, Bengio 2015)."""
        memory, state = self.read(pairs.source, pairs.source_lengths)
        fed = _shifted(pairs.target)
        tokens, log_probs = fed[:, 0], list[Tensor]()
        for t in range(fed.shape[1]):
            if t:
                own = torch.rand(len(fed), device=fed.device) < probability
                tokens = torch.where(own, log_probs[-1].argmax(1), fed[:, t])
            step, _, state = self.step(tokens, memory, state)
            log_probs.append(step)
        valid = pairs.target.t() != PAD
        return _summed(torch.stack(log_probs)[valid], _real(pairs), smoothing)

    def score(self, pairs: Pairs) -> Float[Tensor, "B T"]:
        """log p of every target token, <eos> included; 0 on padding."""
        log_probs = self._forced(pairs)
        scores = log_probs.new_zeros(pairs.target.t().shape)
        scores[pairs.target.t() != PAD] = log_probs.gather(1, _real(pairs).unsqueeze(1)).squeeze(1)
        return scores.t()

    def _forced(self, pairs: Pairs) -> Float[Tensor, "n V"]:
        """log p over the vocabulary at all real positions, step after step."""
        memory, state = self.read(pairs.source, pairs.source_lengths)
        embedded = self.embedding(_shifted(pairs.target).t())
        steps = self.decoder(embedded, memory, state)
        logits = self.readout(steps.features[pairs.target.t() != PAD])
        return torch.log_softmax(logits, dim=-1)


def _shifted(target: Int[Tensor, "B T"]) -> Int[Tensor, "B T"]:
    """What the decoder is fed: <sos>, then the target without its last token."""
    return torch.cat([torch.full_like(target[:, :1], SOS), target[:, :-1]], dim=1)


def _real(pairs: Pairs) -> Int[Tensor, " n"]:
    """Target tokens that are not padding, step after step."""
    steps = pairs.target.t()
    return steps[steps != PAD]


def _summed(log_probs: Float[Tensor, "n V"], targets: Int[Tensor, " n"], smoothing: float) -> Loss:
    nll = -log_probs.gather(1, targets.unsqueeze(1)).sum()
    if smoothing == 0.0:
        return Loss(nll, nll.detach(), len(targets))
    uniform = -log_probs.mean(dim=1).sum()
    return Loss((1 - smoothing) * nll + smoothing * uniform, nll.detach(), len(targets))
