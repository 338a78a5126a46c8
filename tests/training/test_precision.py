"""The precision that weights are multiplied in while a model is trained."""

import json
from pathlib import Path

import pytest
import torch

from seqloom.config import Recipe, override
from seqloom.models.folder import load_weights
from seqloom.nn import processor
from seqloom.training.precision import choose_precision
from seqloom.training.run import training

CPU = torch.device("cpu")
WIDE = [
    "encoder.hidden=64", "encoder.embedding=64", "decoder.hidden=64", "decoder.embedding=64",
    "training.max_updates=4",
]  # fmt: skip


@pytest.mark.parametrize("instructions", ["avx512_bf16", "amx_bf16", "bf16"])
def test_a_processor_that_multiplies_bfloat16_does_so_where_asked(monkeypatch, instructions):
    monkeypatch.setattr(processor, "_capabilities", lambda: {instructions: True})
    assert choose_precision("auto", CPU) == torch.bfloat16
    assert choose_precision("float32", CPU) == torch.float32


@pytest.mark.parametrize("capabilities", [{}, {"avx2": True, "avx512_bf16": False}])
def test_other_processors_and_devices_do_so_only_by_name(monkeypatch, capabilities):
    monkeypatch.setattr(processor, "_capabilities", lambda: capabilities)
    assert choose_precision("auto", CPU) == torch.float32
    assert choose_precision("bfloat16", CPU) == torch.bfloat16
    assert choose_precision("auto", torch.device("cuda")) == torch.float32
    assert not processor.left_half_used()


def test_where_torch_has_no_library_for_it_it_is_no_gain(monkeypatch):
    monkeypatch.setattr(processor, "_capabilities", lambda: {"bf16": True})
    monkeypatch.setattr(processor, "_onednn", lambda: False)
    assert choose_precision("auto", CPU) == torch.float32


def trained(recipe: Recipe, folder: Path) -> tuple[list[float], dict[str, torch.Tensor]]:
    list(training(recipe, folder))
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["train_loss"] for line in lines], load_weights(
        folder / "weights.safetensors"
    )


def test_a_run_in_bfloat16_stays_near_and_keeps_weights_of_32_bits(
    recipe: Recipe, tmp_path: Path
) -> None:
    recipe = override(recipe, WIDE)
    exact, weights = trained(recipe, tmp_path / "exact")
    rounded = override(recipe, ["training.precision=bfloat16"])
    near, others = trained(rounded, tmp_path / "near")
    assert near != exact
    assert near == pytest.approx(exact, rel=0.01)
    assert {weight.dtype for weight in others.values()} == {torch.float32}
    assert weights.keys() == others.keys()
