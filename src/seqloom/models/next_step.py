"""The next-step predictor of Graves 2013 (arXiv 1308.0850): it reads x_1..x_t and says what x_{t+1} may
be.

    Pr(x) = prod_t Pr(x_{t+1} | y_t)       y_t = W f_t + b       f: nn/skip.py         eq. 3-6

    NextToken  text: a softmax over the vocabulary                                     section 2.1, 3
    NextPoint  pen strokes: a mixture density, and a bit for each lifting of the pen   section 4;
               from a text, through a soft window                                      section 5

What a model of strokes reads before the first point is given with the drawing. Where an end is learnt,
a bit after every point says whether the drawing is over; x_1..x_T then has the probability
prod_t p(x_t) (1 - e_{t-1}) * e_T, without the factor for e_0: no drawing is empty.

Teacher forcing and going step by step are one piece of code: a step is a sequence of length 1.

Sizes: N rows, T steps, V vocabulary, H features of the net, U characters, E features of each.
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from seqloom.nn.attention.attention import Memory
from seqloom.nn.readouts.bernoulli import bit_log_prob
from seqloom.nn.readouts.density import Density
from seqloom.nn.readouts.softmax import Softmax
from seqloom.nn.skip import NetState, SkipNet
from seqloom.symbols import PAD


class NextToken(nn.Module):
    """Text."""

    def __init__(self, embedding: nn.Embedding, net: SkipNet, readout: Softmax) -> None:
        super().__init__()
        self.embedding = embedding
        self.net = net
        self.readout = readout

    @property
    def vocabulary(self) -> int:
        return self.embedding.num_embeddings

    def start(self, rows: int) -> NetState:
        return self.net.start(rows, None)

    def score(
        self, inputs: Int[Tensor, "N T"], targets: Int[Tensor, "N T"], before: NetState
    ) -> tuple[Float[Tensor, "N T"], NetState]:
        """log p of every target, 0 on padding; and the state after the last step."""
        read = self.net(self.embedding(inputs.t()), before)
        valid = (targets != PAD).t()
        each = self.readout.log_prob(self.readout(read.features[valid]), targets.t()[valid])
        return torch.zeros_like(read.features[..., 0]).masked_scatter(valid, each).t(), read.last

    def loss(
        self, inputs: Int[Tensor, "N T"], targets: Int[Tensor, "N T"], before: NetState
    ) -> tuple[Float[Tensor, ""], NetState]:
        """-log p, summed, in nats."""
        scores, after = self.score(inputs, targets, before)
        return -scores.sum(), after

    def step(
        self, tokens: Int[Tensor, " N"], before: NetState
    ) -> tuple[Float[Tensor, "N V"], NetState]:
        """Logits of what follows."""
        read = self.net(self.embedding(tokens.unsqueeze(0)), before)
        return self.readout(read.features[0]), read.last


class Strokes(NamedTuple):
    """Drawings: what stands before the first point [N, 3], points [N, T, 3], standardised, lengths [N];
    and the texts that they write: ids [N, U], lengths [N]."""

    first: Tensor
    points: Tensor
    lengths: Tensor
    text: Tensor | None
    text_lengths: Tensor | None


class PointScores(NamedTuple):
    """[N, T], log p in nats, 0 on padding: of each point, and of being over or not after it."""

    points: Tensor
    ends: Tensor

    @property
    def together(self) -> Tensor:
        return self.points + self.ends


class PointStep(NamedTuple):
    """What may follow: parameters [N, P] of a point, or the end, a logit [N]. `left` [N]: the window has
    left the text; phi [N, U]: what it looked at."""

    parameters: Tensor
    end: Tensor | None
    state: NetState
    left: Tensor | None
    phi: Tensor | None


class NextPoint(nn.Module):
    """Pen strokes; `ending` says whether they are over, `letters` embeds the text to be written."""

    def __init__(
        self,
        net: SkipNet,
        density: Density,
        ending: nn.Linear | None,
        letters: nn.Embedding | None,
    ) -> None:
        super().__init__()
        self.net = net
        self.density = density
        self.ending = ending
        self.letters = letters

    def remember(self, text: Int[Tensor, "N U"], lengths: Int[Tensor, " N"]) -> Memory:
        """Texts as the window sees them."""
        assert self.letters is not None
        assert self.net.windowed is not None
        valid = torch.arange(text.shape[1], device=text.device) < lengths.unsqueeze(1)
        return self.net.windowed.window.remember(self.letters(text), valid)

    def start(self, rows: int, memory: Memory | None = None) -> NetState:
        return self.net.start(rows, memory)

    def score(self, batch: Strokes) -> PointScores:
        rows, steps, _ = batch.points.shape
        memory = None
        if batch.text is not None and batch.text_lengths is not None:
            memory = self.remember(batch.text, batch.text_lengths)
        points = batch.points.transpose(0, 1)
        inputs = torch.cat([batch.first.unsqueeze(0), points])
        features = self.net(inputs, self.start(rows, memory), memory).features
        step = torch.arange(steps, device=points.device).unsqueeze(1)
        valid: Bool[Tensor, "T N"] = step < batch.lengths
        each = self.density.log_prob(self.density(features[:-1][valid]), points[valid])
        scores = torch.zeros_like(features[:-1, :, 0]).masked_scatter(valid, each).t()
        if self.ending is None:
            return PointScores(scores, torch.zeros_like(scores))
        over = (step == batch.lengths - 1)[valid].to(points.dtype)
        ends = bit_log_prob(self.ending(features[1:][valid])[:, 0], over)
        return PointScores(scores, torch.zeros_like(scores.t()).masked_scatter(valid, ends).t())

    def loss(self, batch: Strokes) -> Float[Tensor, ""]:
        """-log p, summed, in nats of standardised points."""
        return -self.score(batch).together.sum()

    def step(
        self, point: Float[Tensor, "N 3"], before: NetState, memory: Memory | None = None
    ) -> PointStep:
        read = self.net(point.unsqueeze(0), before, memory)
        features, left, phi = read.features[0], None, None
        if memory is not None and read.phi is not None:
            left, phi = self._has_left(read.states, before, memory), read.phi[0]
        end = None if self.ending is None else self.ending(features)[:, 0]
        return PointStep(self.density(features), end, read.last, left, phi)

    def _has_left(self, after: NetState, before: NetState, memory: Memory) -> Bool[Tensor, " N"]:
        assert self.net.windowed is not None
        assert before.window is not None
        query = after.cells[0][0][0].unsqueeze(1)
        return self.net.windowed.window.ended(query, memory, (before.window.kappa,))[:, 0]
