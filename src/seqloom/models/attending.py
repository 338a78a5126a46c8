"""Encoder and decoder with attention over real-valued frames (Bahdanau 2015 and Luong 2015, whose
embeddings of tokens become linear maps of frames).

    h_1..h_S = reader(W_x x_j)                        j = 1..S
    u_t      = W_u [y_{t-1} ; k_t]                    what a step is fed: the frame written before it, and
                                                      what is known of its own date
    u_t      = W_u k_t + E_t                          fed nothing that was written: the step's number
    s_t, c_t = decoder(u_t, h)
    p(y_t)   = density(W_y [s_t ; c_t] + b)           loss = -sum_t log p(y_t)
    p(end_t) = sigmoid(w_e [s_t ; c_t] + b_e)         where outputs have no fixed length

Fed nothing, a step does not wait for the one before: all are written at once, and no error is fed back
(direct forecasts, Wen 2017). Fed what was written, the model may in training be fed its own mean with some
probability (scheduled sampling, Bengio 2015), since that is what it will live on.

Sizes: B sources, W outputs of each, N = B * W rows, S source frames, T target frames, I source features,
G target features, C features of a date, E features of what is fed, F features of a readout.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from seqloom.models.frames import (
    Choose,
    FrameDensity,
    FrameModel,
    Given,
    Loss,
    Target,
    Written,
    real,
)
from seqloom.nn.cells.stack import Stack
from seqloom.nn.decoders.decoder import Decoder, DecoderMemory, DecoderState
from seqloom.nn.decoders.layers import per_row
from seqloom.nn.encoders.encoder import Encoded

_ENDED = 0.5
"""An output ends with the frame whose probability of being the last is above this."""


class _Known(NamedTuple):
    """A source after reading, and what its steps are fed besides frames: W_u k_t [T, B, E], or None
    where the date is not known."""

    memory: DecoderMemory
    state: DecoderState
    dates: Tensor | None


class Attending(FrameModel):
    """Exactly one of `places` (for a decoder fed nothing) and `written` (the map of what is fed back)
    is there; `dates` where dates are known; `end` where outputs have no fixed length."""

    def __init__(
        self,
        frame: nn.Linear,
        reader: Stack,
        decoder: Decoder,
        density: FrameDensity,
        *,
        written: nn.Linear | None,
        places: nn.Embedding | None,
        dates: nn.Linear | None,
        end: nn.Linear | None,
        longest: int,
    ) -> None:
        super().__init__()
        assert (written is None) != (places is None)
        self.frame = frame
        self.reader = reader
        self.decoder = decoder
        self.density = density
        self.written = written
        self.places = places
        self.dates = dates
        self.end = end
        self.longest = longest

    @property
    def feeds_back(self) -> bool:
        return self.written is not None

    def loss(self, given: Given, target: Target, own: float = 0.0) -> Loss:
        known = self._read(given)
        values = target.values.transpose(0, 1)
        if own:
            features = self._sampled(given, known, values, own)
        else:
            fed = torch.cat([given.first.unsqueeze(0), values[:-1]])
            entering = self._entering(fed, known)
            features = self.decoder(entering, known.memory, known.state).features
        features = features.transpose(0, 1)
        valid = real(target.lengths, features.shape[1])
        parameters = self.density(features[valid])
        nll = -self.density.log_prob(parameters, target.values[valid]).sum()
        return Loss(nll, self._ends(features, target, valid))

    def write(self, given: Given, choose: Choose, outputs: int = 1) -> Written:
        known = self._read(given)
        if self.places is not None:
            return self._at_once(given, known, choose, outputs)
        return self._one_by_one(given, known, choose, outputs)

    def _read(self, given: Given) -> _Known:
        states, last = self.reader(self.frame(given.source).transpose(0, 1), given.lengths)
        valid = real(given.lengths, given.source.shape[1])
        encoded = Encoded(self.reader.dropout(states).transpose(0, 1), last, valid)
        memory = self.decoder.remember(encoded, valid)
        dates = None if self.dates is None else self.dates(given.known.transpose(0, 1))
        return _Known(memory, self.decoder.start(encoded, memory), dates)

    def _entering(
        self, fed: Float[Tensor, "T B G"], known: _Known, first: int = 0
    ) -> Float[Tensor, "T B E"]:
        """u_t of steps from `first` on."""
        steps, rows = fed.shape[:2]
        if self.written is not None:
            entering = self.written(fed)
        else:
            assert self.places is not None
            numbers = torch.arange(first, first + steps, device=fed.device)
            entering = self.places(numbers).unsqueeze(1).expand(-1, rows, -1)
        if known.dates is None:
            return entering
        dates = known.dates[first : first + steps]
        return entering + per_row(dates.transpose(0, 1), rows).transpose(0, 1)

    def _sampled(
        self, given: Given, known: _Known, values: Float[Tensor, "T B G"], own: float
    ) -> Float[Tensor, "T B F"]:
        """Features of all steps, each fed the true frame or, with probability `own`, the mean of what
        was expected; no gradient goes through what is fed."""
        before, state = given.first, known.state
        features: list[Tensor] = []
        for t, value in enumerate(values):
            entering = self._entering(before.unsqueeze(0), known, t)[0]
            seen, _, state = self.decoder.step(entering, known.memory, state)
            features.append(seen)
            expected = self.density.mean(self.density(seen.detach())).detach()
            guess = torch.rand(len(value), 1, device=value.device) < own
            before = torch.where(guess, expected, value)
        return torch.stack(features)

    def _ends(self, features: Tensor, target: Target, valid: Tensor) -> Tensor:
        if self.end is None:
            return features.new_zeros(())
        logits = self.end(features)[..., 0][valid]
        steps = torch.arange(features.shape[1], device=features.device)
        last = (steps == target.lengths.unsqueeze(1) - 1)[valid].to(logits.dtype)
        return F.binary_cross_entropy_with_logits(logits, last, reduction="sum")

    def _at_once(self, given: Given, known: _Known, choose: Choose, outputs: int) -> Written:
        rows = len(given.source)
        fed = given.first.expand(self.longest, rows, -1)
        steps = self.decoder(self._entering(fed, known), known.memory, known.state)
        seen = steps.features.transpose(0, 1)
        parameters = self.density(seen.flatten(0, 1)).unflatten(0, seen.shape[:2])
        parameters = parameters.repeat_interleave(outputs, 0)
        frames = choose(parameters.flatten(0, 1)).unflatten(0, parameters.shape[:2])
        weights = steps.weights
        if weights is not None:
            weights = weights.transpose(0, 1).repeat_interleave(outputs, 0)
        return Written(frames, parameters, weights, self._lengths(len(frames), given))

    def _one_by_one(self, given: Given, known: _Known, choose: Choose, outputs: int) -> Written:
        state = tuple(part.repeat_interleave(outputs, 0) for part in known.state)
        before = given.first.repeat_interleave(outputs, 0)
        lengths = self._lengths(len(before), given)
        frames: list[Tensor] = []
        all_parameters: list[Tensor] = []
        paid: list[Tensor] = []
        for t in range(self.longest):
            entering = self._entering(before.unsqueeze(0), known, t)[0]
            features, weights, state = self.decoder.step(entering, known.memory, state)
            parameters = self.density(features)
            before = choose(parameters)
            frames.append(before)
            all_parameters.append(parameters)
            if weights is not None:
                paid.append(weights)
            if self.end is not None:
                ended = torch.sigmoid(self.end(features)[:, 0]) > _ENDED
                lengths = torch.where(ended & (lengths > t + 1), t + 1, lengths)
                if int(lengths.max()) <= t + 1:
                    break
        attention = torch.stack(paid, 1) if paid else None
        return Written(torch.stack(frames, 1), torch.stack(all_parameters, 1), attention, lengths)

    def _lengths(self, rows: int, given: Given) -> Tensor:
        return torch.full((rows,), self.longest, dtype=torch.int64, device=given.lengths.device)
