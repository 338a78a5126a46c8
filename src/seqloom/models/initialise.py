"""The weights before the first update: uniform everywhere (Sutskever 2014), or Xavier for what sees
inputs and orthogonal blocks for recurrence. Layer normalisations start with a gain of 1 either way.
Forget gates of LSTMs start from the bias that is set, or, where none is, uniform like all else and 1
with Xavier.

Draws from torch's default generator: seed it first for a repeatable start.
"""

from typing import TypeVar, assert_never

import torch
from torch import nn

from seqloom.config.training import Training
from seqloom.nn.cells.cell import Affine
from seqloom.nn.cells.layer_norm import LayerNormLSTM
from seqloom.nn.cells.learned_start import LearnedStart
from seqloom.nn.cells.lstm import LSTM
from seqloom.symbols import PAD

Model = TypeVar("Model", bound=nn.Module)


def initialised(model: Model, settings: Training) -> Model:
    """Fill the weights: uniform everywhere, or Xavier for inputs and orthogonal blocks for recurrence."""
    with torch.no_grad():
        match settings.init:
            case "uniform":
                for weight in model.parameters():
                    weight.uniform_(-settings.init_scale, settings.init_scale)
            case "xavier":
                _xavier(model)
            case _:
                assert_never(settings.init)
        for module in model.modules():
            if isinstance(module, nn.Embedding):
                module.weight[PAD].zero_()
            if isinstance(module, nn.LayerNorm):
                module.reset_parameters()
            forget = _forget_bias(settings)
            if isinstance(module, LSTM | LayerNormLSTM) and forget is not None:
                module.b[module.hidden : 2 * module.hidden] = forget
    return model


def _forget_bias(settings: Training) -> float | None:
    """None where it stays as it was drawn."""
    if settings.forget_bias is None and settings.init == "xavier":
        return 1.0
    return settings.forget_bias


def _xavier(model: nn.Module) -> None:
    for module in model.modules():
        match module:
            case nn.Linear():
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:  # pyright: ignore[reportUnnecessaryComparison]
                    nn.init.zeros_(module.bias)
            case LearnedStart():
                # Not zeros: the slope of a layer normalisation is steep where nothing varies.
                for part in module.s_0:
                    nn.init.normal_(part, std=0.1)
            case nn.MultiheadAttention():  # queries, keys and values are three maps, stored as one
                for block in module.in_proj_weight.split(module.embed_dim):
                    nn.init.xavier_uniform_(block)
                nn.init.zeros_(module.in_proj_bias)
            case Affine():
                for block in module.W.split(module.hidden):
                    nn.init.xavier_uniform_(block)
                for block in module.R.split(module.hidden):
                    nn.init.orthogonal_(block)
            case _:
                pass
    # A tied readout was filled as a Linear above: give the embedding the last word.
    for module in model.modules():
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=module.embedding_dim**-0.5)
