"""New sequences from a next-step predictor: what is drawn is read, and the next is drawn.

All samples are drawn side by side; one that has ended draws on unseen until all have. The draws come
from a generator of their own, so that the same seed gives the same samples.

Sizes: N samples, V vocabulary, U characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from seqloom.models.next_step import NextPoint, NextToken, PointStep
from seqloom.models.tensors import device_of
from seqloom.nn.attention.attention import Memory
from seqloom.nn.readouts.bernoulli import bit_sample
from seqloom.nn.readouts.density import Spread
from seqloom.search.stepper import Reals
from seqloom.symbols import EOS, PAD, SOS, UNK

Ended = Literal["end", "window", "length"]
"""Why a sample is over: its end was drawn, the window left the text, or it may not be longer."""


@dataclass(frozen=True, slots=True)
class TokenSample:
    """The tokens after what was given, <eos> included where it was drawn."""

    ids: list[int]
    ended: Ended


@dataclass(frozen=True, slots=True, eq=False)
class PointSample:
    """Points [T, 3] after those given, standardised; and phi [T, U] where there is a window, of what was
    looked at while each of them was drawn."""

    points: Reals
    phi: Reals | None
    ended: Ended


@dataclass(frozen=True, slots=True)
class Draw:
    """How samples are drawn; `temperature` of tokens stands in `spread` too."""

    samples: int
    longest: int
    spread: Spread
    seed: int


@torch.inference_mode()
def sample_tokens(
    model: NextToken, given: Sequence[int], draw: Draw, lines: bool
) -> list[TokenSample]:
    """Texts that go on after the ids `given`, the first of which is <sos> or <eos>.

    lines  whether a text is over at <eos>; in a stream that is but the end of a line
    """
    device = device_of(model)
    generator = torch.Generator(device).manual_seed(draw.seed)
    state = model.start(draw.samples)
    head = torch.tensor(given[:-1], device=device).expand(draw.samples, -1)
    if head.shape[1]:
        state = model.score(head, torch.full_like(head, EOS), state)[1]
    token = torch.full((draw.samples,), given[-1], device=device)
    drawn: list[Tensor] = []
    over = torch.zeros(draw.samples, dtype=torch.bool, device=device)
    while len(drawn) < draw.longest and not over.all():
        logits, state = model.step(token, state)
        logits[:, [PAD, UNK, SOS]] = -torch.inf
        token = model.readout.sample(logits, generator, draw.spread)
        drawn.append(token)
        over = over | (token == EOS if lines else over)
    rows = torch.stack(drawn, dim=1).tolist() if drawn else [[] for _ in range(draw.samples)]
    return [_cut(row) if lines else TokenSample(row, "length") for row in rows]


def _cut(row: list[int]) -> TokenSample:
    if EOS not in row:
        return TokenSample(row, "length")
    return TokenSample(row[: row.index(EOS) + 1], "end")


@torch.inference_mode()
def sample_points(
    model: NextPoint,
    given: Reals,
    text: Sequence[int] | None,
    draw: Draw,
    stop_at_window: bool,
) -> list[PointSample]:
    """Drawings that go on after the points `given` [T, 3], standardised, the first of which is what
    stands before a drawing.

    text            ids of what is to be written, that of the given points first
    stop_at_window  end where the window has left the text
    """
    device, kind = device_of(model), next(model.parameters()).dtype
    generator = torch.Generator(device).manual_seed(draw.seed)
    memory = None if text is None else _memory(model, text, draw.samples)
    state = model.start(draw.samples, memory)
    read = torch.from_numpy(given).to(device, kind).unsqueeze(1).expand(-1, draw.samples, -1)
    if len(given) > 1:
        state = model.net(read[:-1], state, memory).last
    point = read[-1]
    rows = _Rows(draw.samples)
    # The end belongs to the point before: it says whether there is another one.
    for number in range(draw.longest + 1):
        step = model.step(point, state, memory)
        state = step.state
        drawn_yet = number > 0 or len(given) > 1
        rows.end(_ends(step, draw, generator, stop_at_window, drawn_yet), number)
        if rows.all_over or number == draw.longest:
            break
        point = model.density.sample(step.parameters, generator, draw.spread)
        rows.add(point, step.phi)
    return rows.samples()


def _memory(model: NextPoint, text: Sequence[int], samples: int) -> Memory:
    ids = torch.tensor([list(text)] * samples, device=device_of(model))
    return model.remember(ids, torch.full((samples,), len(text), device=ids.device))


def _ends(
    step: PointStep,
    draw: Draw,
    generator: torch.Generator,
    stop_at_window: bool,
    drawn_yet: bool,
) -> dict[Ended, list[bool]]:
    """Which samples are over before the next point, and why."""
    found: dict[Ended, list[bool]] = {}
    if step.end is not None and drawn_yet:
        found["end"] = bit_sample(step.end, generator, draw.spread).bool().tolist()
    if step.left is not None and stop_at_window and drawn_yet:
        found["window"] = step.left.tolist()
    return found


class _Rows:
    """What was drawn so far, and where each sample ended."""

    def __init__(self, samples: int) -> None:
        self.lengths: list[int | None] = [None] * samples
        self.ended: list[Ended] = ["length"] * samples
        self.points: list[Tensor] = []
        self.phi: list[Tensor] = []

    @property
    def all_over(self) -> bool:
        return all(length is not None for length in self.lengths)

    def end(self, found: dict[Ended, list[bool]], number: int) -> None:
        """Note which samples have ended, with `number` points drawn."""
        for why, rows in found.items():
            for row, over in enumerate(rows):
                if over and self.lengths[row] is None:
                    self.lengths[row], self.ended[row] = number, why

    def add(self, point: Tensor, phi: Tensor | None) -> None:
        self.points.append(point)
        if phi is not None:
            self.phi.append(phi)

    def samples(self) -> list[PointSample]:
        count = len(self.lengths)
        points = _numpy(self.points, (count, 0, 3))
        phi = _numpy(self.phi, (count, 0, 0)) if self.phi else None
        ends = [len(self.points) if length is None else length for length in self.lengths]
        return [
            PointSample(points[row, :end], None if phi is None else phi[row, :end], why)
            for row, (end, why) in enumerate(zip(ends, self.ended, strict=True))
        ]


def _numpy(steps: list[Tensor], empty: tuple[int, ...]) -> Reals:
    if not steps:
        return np.zeros(empty, dtype=np.float32)
    return torch.stack(steps, dim=1).float().cpu().numpy()
