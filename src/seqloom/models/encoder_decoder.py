"""The encoder-decoder: p(y | x) = prod_t p(y_t | y_1..y_{t-1}, x).

    read    a source becomes a memory (fixed) and a first state
    loss    teacher forcing over a batch of pairs
    score   log p of every target token, the same sum that the loss is made of
    step    one token further, for search

Which paper it is depends on the parts it is built from (models/build.py). With a pointer the numbers of
a source also say what a copy of each would be, and those of a target may be copies (text/copying.py).

Sizes: B batch, S source length (positions that the encoder makes of it, where attention is meant), T target
length, N rows (hypotheses), V vocabulary, U = V and the
copied units of the batch that V has not, n real target positions in the batch.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from seqloom.nn.decoders.decoder import Decoder, DecoderMemory, DecoderState
from seqloom.nn.encoders.encoder import Encoder
from seqloom.nn.readouts.pointer import Copies, Pointer
from seqloom.nn.readouts.softmax import Maxout, Softmax
from seqloom.symbols import PAD, SOS, UNK


class Pairs(NamedTuple):
    """A padded batch: `source` [B, S], `target` [B, T], both with <eos>, and their lengths [B]; or a
    source of frames, [B, S, F], without.

    links  [B, T, S]  what attention should be, each row a distribution, or zeros where nothing is
           asked of it; None if nothing is asked at all
    """

    source: Tensor
    source_lengths: Tensor
    target: Tensor
    target_lengths: Tensor
    links: Tensor | None = None


class Loss(NamedTuple):
    """Sums over the batch, in nats.

    smoothed  what training minimises: (1 - e) nll + e * mean over the vocabulary of -log p; guided
              by alignments A, also w * sum over target tokens of - sum_j A_tj log a_tj (Chen 2016)
    nll       -log p of the targets, <eos> counted
    tokens    how many positions that is
    """

    smoothed: Tensor
    nll: Tensor
    tokens: int


class EncoderDecoder(nn.Module):
    """Encoder, decoder, readout, and the embedding of what the decoder is fed; a pointer to copy."""

    def __init__(
        self,
        encoder: Encoder,
        embedding: nn.Embedding,
        decoder: Decoder,
        readout: Softmax | Maxout,
        pointer: Pointer | None = None,
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.embedding = embedding
        self.decoder = decoder
        self.readout = readout
        self.pointer = pointer

    @property
    def vocabulary_size(self) -> int:
        """V of the target side, copied units that are not in it left out."""
        return self.embedding.num_embeddings

    def read(
        self, source: Int[Tensor, "B S"] | Float[Tensor, "B S F"], lengths: Int[Tensor, " B"]
    ) -> tuple[DecoderMemory, DecoderState]:
        """Encode sources and set the decoder up for the first step."""
        plain = source if self.pointer is None else self.pointer.plain(source)
        encoded = self.encoder(plain, lengths)
        memory = self.decoder.remember(encoded, encoded.valid)
        state = self.decoder.start(encoded, memory)
        copies = () if self.pointer is None else self.pointer.copies(source)
        return (*memory, *copies), state

    def step(
        self, tokens: Int[Tensor, " N"], memory: DecoderMemory, state: DecoderState
    ) -> tuple[Float[Tensor, "N U"], Float[Tensor, "N S"] | None, DecoderState]:
        """Feed one token to every row: log p of the next, attention weights, new state."""
        memory, copies = self.parted(memory)
        features, weights, state = self.decoder.step(self._embedded(tokens), memory, state)
        if copies is not None:
            width = len(features) // len(copies.ids)
            copies = Copies(*(part.repeat_interleave(width, 0) for part in copies))
        return self._log_probs(features, weights, copies), weights, state

    def loss(self, pairs: Pairs, smoothing: float, guided: float = 0.0) -> Loss:
        """The sum over the batch under teacher forcing; readout and softmax see real positions only.

        guided  w, the weight of the distance between attention and `pairs.links`
        """
        features, weights, copies = self._forced(pairs)
        targets = _real(pairs)
        if copies is None:
            summed = self.readout.loss(features, targets, smoothing)
            loss = Loss(summed.smoothed, summed.nll, len(targets))
        else:
            log_probs = self._log_probs(features, weights, copies)
            loss = self._summed(log_probs, targets, smoothing)
        if not guided or pairs.links is None or weights is None:
            return loss
        asked = pairs.links.transpose(0, 1)[pairs.target.t() != PAD]
        tiny = torch.finfo(weights.dtype).tiny
        apart = -(asked * weights.clamp_min(tiny).log()).sum()
        return loss._replace(smoothed=loss.smoothed + guided * apart)

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
        return self._summed(torch.stack(log_probs)[valid], _real(pairs), smoothing)

    def score(self, pairs: Pairs) -> Float[Tensor, "B T"]:
        """log p of every target token, <eos> included; 0 on padding."""
        log_probs = self._log_probs(*self._forced(pairs))
        scores = log_probs.new_zeros(pairs.target.t().shape)
        scores[pairs.target.t() != PAD] = log_probs.gather(1, _real(pairs).unsqueeze(1)).squeeze(1)
        return scores.t()

    def _forced(
        self, pairs: Pairs
    ) -> tuple[Float[Tensor, "n F"], Float[Tensor, "n S"] | None, Copies | None]:
        """What the readout sees at all real positions, step after step; where they are asked for the
        attention paid there, and what may be copied there."""
        memory, state = self.read(pairs.source, pairs.source_lengths)
        memory, copies = self.parted(memory)
        embedded = self._embedded(_shifted(pairs.target).t())
        steps = self.decoder(embedded, memory, state)
        valid = pairs.target.t() != PAD
        asked = copies is not None or pairs.links is not None
        weights = steps.weights[valid] if asked and steps.weights is not None else None
        if copies is not None:
            copies = Copies(*(part.expand(len(valid), *part.shape)[valid] for part in copies))
        return steps.features[valid], weights, copies

    def _log_probs(
        self,
        features: Float[Tensor, "n F"],
        weights: Float[Tensor, "n S"] | None,
        copies: Copies | None,
    ) -> Float[Tensor, "n U"]:
        """`copies` has a row for each position."""
        logits = self.readout(features)
        if self.pointer is None or copies is None:
            return torch.log_softmax(logits, dim=-1)
        assert weights is not None, "a pointer needs attention"
        return self.pointer(features, logits, weights, *copies)

    def _embedded(self, tokens: Tensor) -> Tensor:
        """What the decoder is fed: a copied unit that is not in the vocabulary reads as <unk>."""
        if self.pointer is not None:
            tokens = torch.where(tokens < self.vocabulary_size, tokens, UNK)
        return self.embedding(tokens)

    def parted(self, memory: DecoderMemory) -> tuple[DecoderMemory, Copies | None]:
        """What the decoder remembers of the sources, and what may be copied of them."""
        if self.pointer is None:
            return memory, None
        return memory[:-2], Copies(*memory[-2:])

    def _summed(
        self, log_probs: Float[Tensor, "n U"], targets: Int[Tensor, " n"], smoothing: float
    ) -> Loss:
        nll = -log_probs.gather(1, targets.unsqueeze(1)).sum()
        if smoothing == 0.0:
            return Loss(nll, nll.detach(), len(targets))
        uniform = -log_probs[:, : self.vocabulary_size].mean(dim=1).sum()
        return Loss((1 - smoothing) * nll + smoothing * uniform, nll.detach(), len(targets))


def _shifted(target: Int[Tensor, "B T"]) -> Int[Tensor, "B T"]:
    """What the decoder is fed: <sos>, then the target without its last token."""
    return torch.cat([torch.full_like(target[:, :1], SOS), target[:, :-1]], dim=1)


def _real(pairs: Pairs) -> Int[Tensor, " n"]:
    """Target tokens that are not padding, step after step."""
    steps = pairs.target.t()
    return steps[steps != PAD]
