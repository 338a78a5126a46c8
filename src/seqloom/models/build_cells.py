"""From settings to a recurrent cell. The type checker says what is missing when a variant is added."""

from typing import assert_never

from seqloom.config import network
from seqloom.nn.cells.cell import Affine, Cell
from seqloom.nn.cells.elman import Elman
from seqloom.nn.cells.gru import GRU
from seqloom.nn.cells.layer_norm import LayerNormElman, LayerNormGRU, LayerNormLSTM
from seqloom.nn.cells.learned_start import LearnedStart
from seqloom.nn.cells.lstm import LSTM
from seqloom.nn.cells.zoneout import Zoneout


def build_cell(settings: network.RecurrentEncoder | network.RecurrentDecoder, inputs: int) -> Cell:
    """A cell of one layer (of one direction, where there are two)."""
    cell = _kind(settings.cell, settings.layer_norm)(inputs, settings.hidden)
    if settings.zoneout:
        cell = Zoneout(cell, settings.zoneout)
    if isinstance(settings, network.RecurrentEncoder) and settings.learned_start:
        cell = LearnedStart(cell)
    return cell


def _kind(kind: network.CellKind, layer_norm: bool) -> type[Affine]:
    match kind:
        case "elman":
            return LayerNormElman if layer_norm else Elman
        case "lstm":
            return LayerNormLSTM if layer_norm else LSTM
        case "gru":
            return LayerNormGRU if layer_norm else GRU
        case _:
            assert_never(kind)
