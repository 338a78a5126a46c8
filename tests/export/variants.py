"""Every variant that the settings allow as torch model and as graphs, in 32 bits both."""

from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path

import torch
from tests.laws.variants import VARIANTS, model_of

from seqloom.config import Recipe
from seqloom.export import write_graphs
from seqloom.models.encoder_decoder import EncoderDecoder
from seqloom.runtime import FORMAT, Checked, Description, OnnxStepper
from seqloom.symbols import EOS

LENGTHS = (7, 2, 1, 5)
"""Of sources, <eos> counted; 1 is an empty line."""
EVERY = {name: recipe for name, recipe in VARIANTS.items() if "location_aware" not in name}
"""Those that there are graphs of."""


def single(recipe: Recipe) -> EncoderDecoder:
    """The variant's model in 32 bits, its pointer as it is outside of the law suite."""
    model = deepcopy(model_of(recipe)).float()
    if model.pointer is not None:
        for replaced in ("plain", "copies"):
            model.pointer.__dict__.pop(replaced, None)
    return model


def sources(model: EncoderDecoder, lengths: Iterable[int] = LENGTHS) -> list[list[int]]:
    """Ids by chance; of a model that copies, each third is never copied and some are unknown."""
    random = torch.Generator().manual_seed(3)
    size = 11 if model.pointer is None else model.pointer.source_vocabulary
    found: list[list[int]] = []
    for length in lengths:
        ids = torch.randint(EOS + 1, size, (length - 1,), generator=random).tolist()
        if model.pointer is not None:
            target = model.pointer.target_vocabulary
            codes = [-1, 4, target, 5, target + 1]
            ids = [s + size * (codes[s % 5] + 1) for s in ids]
        found.append([*ids, EOS])
    return found


def in_graphs(model: EncoderDecoder, folder: Path, *, int8: bool = False) -> OnnxStepper:
    """The same model as graphs in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    graphs = write_graphs(model, int8=int8)
    for name in ("encoder", "step", "greedy"):
        (folder / f"{name}.onnx").write_bytes(getattr(graphs, name).SerializeToString())
    about = Description(
        format=FORMAT,
        seqloom="0",
        int8=int8,
        source_vocabulary=1,
        target_vocabulary=model.vocabulary_size,
        memory=graphs.memory,
        state=graphs.state,
        attends=graphs.attends,
        sizes={},
        checked=Checked(on="nothing", sources=0, ties=0, largest=0.0),
    )
    return OnnxStepper(folder, about, threads=1)
