"""Next-step predictors of every kind, small and in float64, and batches for them.

Sizes are different primes: 11 tokens, layers of 5, embeddings of 3 and 2, 3 Gaussians, 2 components.
"""

from typing import get_args

import numpy as np
import torch
from torch import nn

from seqloom.config.network import CellKind
from seqloom.config.next_step import NextStepRecipe, Readout
from seqloom.models.build_next_step import build_next_point, build_next_token
from seqloom.models.next_step import NextPoint, NextToken, Strokes

VOCABULARY = 11
MODEL = {"hidden": 5, "layers": 3, "embedding": 3}
TEXT = {"data": {"kind": "text"}}
WRITTEN = {"data": {"kind": "strokes", "condition": "text"}}
DRAWN = {"data": {"kind": "strokes"}}
WINDOW = {"gaussians": 3, "embedding": 2, "pace": 0.4}
MIXTURE = {"kind": "mixture", "components": 2}


def recipe(kind: dict[str, object], **model: object) -> NextStepRecipe:
    return NextStepRecipe.model_validate({**kind, "model": {**MODEL, **model}})


CELLS = {
    f"{cell}{suffix}": {"cell": cell, **more}
    for cell in get_args(CellKind)
    for suffix, more in {
        "": {},
        "-norm": {"layer_norm": True},
        "-zoneout": {"zoneout": 0.2},
    }.items()
}
TEXTS = {f"text-{name}": recipe(TEXT, **more) for name, more in CELLS.items()} | {
    "text-plain": recipe(TEXT, skip=False),
    "text-one-layer": recipe(TEXT, layers=1),
    "text-tied": recipe(TEXT, tied=True),
}
READOUTS = {
    kind: {"kind": kind}
    for member in get_args(get_args(Readout)[0])
    if (kind := member.model_fields["kind"].default) != "softmax"
}
STROKES = {
    f"{sort}-{name}": recipe(kind, readout=MIXTURE, **more, **window)
    for sort, kind, window in (
        ("strokes", DRAWN, {}),
        ("written", WRITTEN, {"window": WINDOW, "ending": "window"}),
    )
    for name, more in {
        **CELLS,
        "plain": {"skip": False},
        "one-layer": {"layers": 1},
    }.items()
}
STROKES |= {f"strokes-{kind}": recipe(DRAWN, readout=each) for kind, each in READOUTS.items()}
STROKES |= {
    "strokes-endless": recipe(DRAWN, readout=MIXTURE, ending="length"),
    "written-with-an-end": recipe(WRITTEN, readout=MIXTURE, window=WINDOW),
}
WINDOWED = {name: each for name, each in STROKES.items() if each.model.window}


def token_model(chosen: NextStepRecipe) -> NextToken:
    torch.manual_seed(2)
    return varied(build_next_token(chosen, VOCABULARY).double().eval())


def point_model(chosen: NextStepRecipe) -> NextPoint:
    torch.manual_seed(2)
    return varied(build_next_point(chosen, VOCABULARY).double().eval())


def varied(model: nn.Module):
    """Biases that are not 0, so that nothing cancels by chance."""
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() == 1 and "window" not in name:
                weight.add_(0.1 * torch.randn_like(weight))
    return model


LENGTHS = (7, 2, 1, 5)
TEXT_LENGTHS = (3, 6, 1, 4)


def tokens(lengths=LENGTHS) -> tuple[torch.Tensor, torch.Tensor]:
    """inputs and targets, <pad> behind each row."""
    random = np.random.default_rng(3)
    inputs = np.zeros((len(lengths), max(lengths)), dtype=np.int64)
    targets = np.zeros_like(inputs)
    for row, length in enumerate(lengths):
        inputs[row, :length] = random.integers(4, VOCABULARY, length)
        targets[row, :length] = random.integers(4, VOCABULARY, length)
    return torch.from_numpy(inputs), torch.from_numpy(targets)


def strokes(windowed: bool) -> Strokes:
    """Drawings with what is padding set to a number that would show."""
    random = torch.Generator().manual_seed(4)
    rows, most = len(LENGTHS), max(LENGTHS)
    points = torch.randn(rows, most, 3, generator=random).double()
    points[..., 2] = (points[..., 2] > 0).double()
    for row, length in enumerate(LENGTHS):
        points[row, length:] = 0.0
    text = torch.randint(4, VOCABULARY, (rows, max(TEXT_LENGTHS)), generator=random)
    for row, length in enumerate(TEXT_LENGTHS):
        text[row, length:] = 0
    first = torch.tensor([[0.0, 0.0, 1.0]]).double().repeat(rows, 1)
    lengths = torch.tensor(LENGTHS), torch.tensor(TEXT_LENGTHS)
    more = (text, lengths[1]) if windowed else (None, None)
    return Strokes(first, points, lengths[0], *more)


def rows_of(batch: Strokes, rows: list[int]) -> Strokes:
    """Some drawings, as they are padded."""
    return Strokes(*(None if part is None else part[rows] for part in batch))


def trimmed(batch: Strokes, row: int) -> Strokes:
    """One drawing without neighbours and without padding."""
    one = rows_of(batch, [row])
    text = one.text
    if text is not None and one.text_lengths is not None:
        text = text[:, : int(one.text_lengths)]
    return one._replace(points=one.points[:, : int(one.lengths)], text=text)
