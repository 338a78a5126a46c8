"""An exported folder: a model as graphs that any ONNX runtime can run, and how it reads and writes text.

    export.json   what this folder is, and what the graphs take and give
    config.yaml   the recipe
    tokenizer/    both sides' vocabularies and tokenizers
    encoder.onnx, step.onnx, greedy.onnx
    weights.safetensors   the weights of all graphs, and the model's own by their names
    README.md     the card

Nothing in it is code, and loading it runs none.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt, ValidationError

from seqloom.config.section import Section
from seqloom.errors import UserError

FORMAT = 1
DESCRIPTION = "export.json"
ENCODER, STEP, GREEDY = "encoder.onnx", "step.onnx", "greedy.onnx"
GRAPHS = (ENCODER, STEP, GREEDY)
WEIGHTS = "weights.safetensors"
GRAPH_ONLY = "graph."
"""What the names of weights begin with that the model has in another order."""


class Checked(Section):
    """How the graphs were compared with the model before they were saved.

    on             what was asked: 'test set', 'dev set' or a file
    sources        how many
    ties           of these, outputs that differ but are equally likely to 1e-4
    largest        difference of two scores
    same           share of outputs that the graphs in 8 bits write as the model does; 1 otherwise
    scores         of the model, where what was asked has references
    int8_scores    of the graphs in 8 bits
    """

    on: str
    sources: NonNegativeInt
    ties: NonNegativeInt
    largest: NonNegativeFloat
    same: NonNegativeFloat = 1.0
    scores: dict[str, float] = Field(default_factory=dict)
    int8_scores: dict[str, float] = Field(default_factory=dict)


class Description(Section):
    """What export.json holds.

    memory, state  names of what the encoder hands to every step and of what goes from step to step
    attends        whether a step gives attention weights
    max_source     tokens that a source may have, <eos> counted; any number if not given
    sizes          bytes of each graph, and of the weights
    """

    format: PositiveInt
    seqloom: str
    kind: Literal["encoder_decoder"] = "encoder_decoder"
    int8: bool
    source_vocabulary: PositiveInt
    target_vocabulary: PositiveInt
    memory: tuple[str, ...]
    state: tuple[str, ...]
    attends: bool
    max_source: PositiveInt | None = None
    sizes: dict[str, NonNegativeInt]
    checked: Checked


class _Format(Section, extra="ignore"):
    """The two fields that every format has."""

    format: PositiveInt
    seqloom: str = "?"


def is_export(folder: Path) -> bool:
    """Whether this is an exported model rather than a run."""
    return (folder / DESCRIPTION).is_file()


def read_description(folder: Path) -> Description:
    """Raises UserError if it is not whole, or newer than this version reads."""
    path = folder / DESCRIPTION
    text = path.read_bytes()
    try:
        about = _Format.model_validate_json(text)
        if about.format > FORMAT:
            raise UserError(
                f"{folder}: exported in format {about.format} by seqloom {about.seqloom}, but this "
                f"version reads up to format {FORMAT}. Upgrade: pip install -U seqloom"
            )
        description = Description.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{path}: cannot be read as a description of an export ({where}: {first['msg']}). "
            "Export the run again: seqloom export RUN --out FOLDER"
        ) from error
    for name in {*GRAPHS, *description.sizes}:
        _check_size(folder / name, description.sizes.get(name))
    return description


def _check_size(path: Path, size: int | None) -> None:
    if not path.is_file():
        raise UserError(
            f"{path}: missing, so this export is not whole. Copy the whole folder again."
        )
    found = path.stat().st_size
    if size is not None and found != size:
        raise UserError(
            f"{path}: {size:,} bytes were exported, but it has {found:,}. Copy the file again."
        )
