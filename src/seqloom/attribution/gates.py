"""Gates and states over time: what the cells of an encoder and a decoder let through at each step.

    LSTM   i, f, o   input, forget and output gate
    GRU    r, z      reset and update gate
    all    |h|       root mean square of the state after the step

Each is computed from the cell's own equation (nn/cells), by a copy of the model whose cells are watched
while they go step by step. The model that answers has no trace of this and is not slowed.

A gate is a number between 0 and 1 for each feature; here it is the mean over the features.

Sizes: N rows, T steps, G gate features, D features of a state.
"""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from seqloom.models.encoder_decoder import EncoderDecoder, Pairs
from seqloom.nn.cells.cell import Cell, CellState
from seqloom.nn.cells.gru import GRU
from seqloom.nn.cells.layer_norm import LayerNormGRU, LayerNormLSTM
from seqloom.nn.cells.learned_start import LearnedStart
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.cells.zoneout import Zoneout
from seqloom.nn.decoders.layers import Layers
from seqloom.nn.encoders.recurrent import RecurrentEncoder
from seqloom.symbols import SOS

SIZE = "|h|"


@dataclass(frozen=True, slots=True)
class Trace:
    """One cell over the tokens that it read: `layer` such as 'encoder 2, backward', and for each
    gate and for |h| a value at each token, in the order of the text."""

    layer: str
    tokens: tuple[str, ...]
    values: dict[str, tuple[float, ...]]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        rounded = {name: [round(v, 4) for v in row] for name, row in self.values.items()}
        return {"layer": self.layer, "tokens": list(self.tokens), "values": rounded}


class _Watched(Cell):
    """A cell that goes step by step and keeps an account of it."""

    def __init__(self, cell: Cell) -> None:
        super().__init__()
        self.cell = cell
        self.hidden, self.gates, self.parts = cell.hidden, cell.gates, cell.parts
        self.seen: list[dict[str, float]] = []

    def project(self, inputs: Tensor) -> Tensor:
        return self.cell.project(inputs)

    def forward(self, projected: Tensor, state: CellState) -> CellState:
        after = self.cell(projected, state)
        gates = gates_of(self.cell, projected, state)
        means = {name: float(gate[0].mean()) for name, gate in gates.items()}
        self.seen.append({**means, SIZE: float(after[0][0].square().mean().sqrt())})
        return after

    def start(self, rows: int) -> CellState:
        return self.cell.start(rows)


def gates_of(cell: nn.Module, projected: Tensor, state: CellState) -> dict[str, Tensor]:
    """The gates of one step [N, D] by their letters; none for a cell that has none."""
    match cell:
        case Zoneout() | LearnedStart():
            return gates_of(cell.cell, projected, state)
        case LSTM():
            return _sigmoids("ifo", projected + state[0] @ cell.R.t(), cell.hidden)
        case LayerNormLSTM():
            return _sigmoids("ifo", projected + cell.norm_h(state[0] @ cell.R.t()), cell.hidden)
        case GRU():
            return _sigmoids("rz", projected + state[0] @ cell.R.t(), cell.hidden)
        case LayerNormGRU():
            both = 2 * cell.hidden
            recurrent = cell.norm_h_rz((state[0] @ cell.R.t())[:, :both])
            return _sigmoids("rz", projected[:, :both] + recurrent, cell.hidden)
        case _:
            return {}


def _sigmoids(letters: str, blocks: Tensor, hidden: int) -> dict[str, Tensor]:
    """The gates stand in the first blocks, one letter each."""
    parts = torch.sigmoid(blocks[:, : hidden * len(letters)]).split(hidden, dim=1)
    return dict(zip(letters, parts, strict=True))


@torch.no_grad()
def traces(
    model: EncoderDecoder, pair: Pairs, source_tokens: Sequence[str], target_tokens: Sequence[str]
) -> list[Trace]:
    """Of all recurrent cells, while one pair is read and its target written; none for a model that
    has no such cells. The decoder's step t is the one that wrote output token t."""
    twin, watched = deepcopy(model).eval(), dict[int, _Watched]()
    _watch(twin, watched)
    memory, state = twin.read(pair.source, pair.source_lengths)
    found = _encoder_traces(twin.encoder, source_tokens) if watched else []
    for cell in watched.values():  # one net may be both encoder and decoder
        cell.seen.clear()
    for token in [SOS, *pair.target[0, : len(target_tokens) - 1].tolist()]:
        fed = torch.tensor([token], device=pair.source.device)
        _, _, state = twin.step(fed, memory, state)
    layers = getattr(twin.decoder, "layers", None)
    cells = list(layers.cells) if isinstance(layers, Layers) else []
    for number, cell in enumerate(cells, start=1):
        found += _trace(cell, f"decoder {number}", target_tokens, range(len(target_tokens)))
    return found


def no_gates(found: Sequence[Trace]) -> str:
    """Why these show no gates; empty if some do."""
    if not found:
        return "no gates, as this model has no recurrent cells."
    if {name for trace in found for name in trace.values} == {SIZE}:
        return "no gates, as the cells of this model have none, only a state (|h|)."
    return ""


def _watch(module: nn.Module, watched: dict[int, _Watched]) -> None:
    """Put an observer before every cell; one that is used in two places has one observer."""
    for name, part in list(module.named_children()):
        if isinstance(part, Cell):
            if id(part) not in watched:
                watched[id(part)] = _Watched(part)
            setattr(module, name, watched[id(part)])
        else:
            _watch(part, watched)


def _encoder_traces(encoder: nn.Module, tokens: Sequence[str]) -> list[Trace]:
    if not isinstance(encoder, RecurrentEncoder):
        return []
    count = len(tokens)
    # <eos> stays last where a source is read last to first.
    read = [*reversed(range(count - 1)), count - 1] if encoder.reverse else list(range(count))
    stack, found = encoder.stack, list[Trace]()
    both = len(stack.backwards) > 0
    for number, cell in enumerate(stack.forwards, start=1):
        found += _trace(cell, f"encoder {number}{', forward' if both else ''}", tokens, read)
        if number <= len(stack.backwards):
            name = f"encoder {number}, backward"
            found += _trace(stack.backwards[number - 1], name, tokens, read[::-1])
    return found


def _trace(cell: nn.Module, layer: str, tokens: Sequence[str], order: Sequence[int]) -> list[Trace]:
    """`order` says which token each step read."""
    assert isinstance(cell, _Watched)
    at = dict(zip(order, cell.seen, strict=True))
    names = list(cell.seen[0]) if cell.seen else []
    values = {name: tuple(at[place][name] for place in range(len(tokens))) for name in names}
    return [Trace(layer, tuple(tokens), values)]
