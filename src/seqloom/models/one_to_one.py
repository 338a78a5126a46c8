"""One frame out for each frame in (Graves 2013, section 2, with a target that is not the next input):

    h1_t = H(x_t, h1_{t-1})
    hn_t = H(x_t, h(n-1)_t, hn_{t-1})         the input enters every layer
    e_t  = b + sum_n W_n hn_t                 every layer enters the readout
    loss = -sum_t log p(y_t | e_t)

With `residual` the density says how the target differs from the source: its means are x_t + mu_t, so that
a net which has learnt nothing hands its source on.

H is a cell in one direction or, since the whole source is there, in both.

Known limit: source and target have the same length. Where they differ an encoder-decoder is the way.

Sizes: B sources, N = B * W rows, T frames, I source features, G target features, D features of a layer.
"""

import torch
from jaxtyping import Float, Int
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
from seqloom.nn.cells.cell import Cell
from seqloom.nn.cells.stack import mirrored, reversed_rows, run
from seqloom.nn.dropout import Dropout
from seqloom.nn.readouts.bernoulli import Bernoulli


class OneToOne(FrameModel):
    """Layers with skip connections, and a density. `backwards` is empty, or has a cell for each of
    `forwards`."""

    def __init__(
        self,
        forwards: list[Cell],
        backwards: list[Cell],
        dropout: Dropout,
        density: FrameDensity,
        residual: bool,
    ) -> None:
        super().__init__()
        self.forwards = nn.ModuleList(forwards)
        self.backwards = nn.ModuleList(backwards)
        self.dropout = dropout
        self.density = density
        self.residual = residual

    @property
    def feeds_back(self) -> bool:
        return False

    def loss(self, given: Given, target: Target, own: float = 0.0) -> Loss:
        valid = real(target.lengths, target.values.shape[1])
        seen = self.read(given.source, given.lengths)
        parameters = self._parameters_of(seen[valid], given.source[valid])
        nll = -self.density.log_prob(parameters, target.values[valid]).sum()
        return Loss(nll, torch.zeros_like(nll))

    def write(self, given: Given, choose: Choose, outputs: int = 1) -> Written:
        seen, shape = self.read(given.source, given.lengths), given.source.shape[:2]
        parameters = self._parameters_of(seen.flatten(0, 1), given.source.flatten(0, 1))
        parameters = parameters.unflatten(0, shape).repeat_interleave(outputs, 0)
        frames = choose(parameters.flatten(0, 1)).unflatten(0, parameters.shape[:2])
        return Written(frames, parameters, None, given.lengths.repeat_interleave(outputs, 0))

    def _parameters_of(
        self, seen: Float[Tensor, "n H"], source: Float[Tensor, "n I"]
    ) -> Float[Tensor, "n P"]:
        parameters = self.density(seen)
        if not self.residual:
            return parameters
        assert not isinstance(self.density, Bernoulli), (
            "the recipe refuses it: bits are not added to"
        )
        return self.density.shifted(parameters, source)

    def read(
        self, source: Float[Tensor, "B T I"], lengths: Int[Tensor, " B"]
    ) -> Float[Tensor, "B T H"]:
        """What all layers say of each position, side by side."""
        x = source.transpose(0, 1)
        mirror = mirrored(lengths, len(x)) if len(self.backwards) else None
        below = x
        outputs: list[Tensor] = []
        for layer, cell in enumerate(self.forwards):
            states = run(cell, below)[0]
            if mirror is not None:
                back = run(self.backwards[layer], reversed_rows(below, mirror))[0]
                states = torch.cat([states, reversed_rows(back, mirror)], dim=2)
            states = self.dropout(states)
            outputs.append(states)
            below = torch.cat([x, states], dim=2)
        return torch.cat(outputs, dim=2).transpose(0, 1)
