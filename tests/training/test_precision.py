"""The precision that weights are multiplied in while a model is trained."""

import json
from pathlib import Path

import pytest
import torch

from seqloom.config import Recipe, override
from seqloom.models.folder import load_weights
from seqloom.training.precision import choose_precision
from seqloom.training.run import training

CPU = torch.device("cpu")
WIDE = [
    "encoder.hidden=64", "encoder.embedding=64", "decoder.hidden=64", "decoder.embedding=64",
    "training.max_updates=4", "training.device=cpu", "data.dev_size=2",
]  # fmt: skip


def of_processor(monkeypatch: pytest.MonkeyPatch, **capabilities: bool) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)


@pytest.mark.parametrize("instructions", ["avx512_bf16", "amx_bf16", "bf16"])
def test_a_processor_that_multiplies_bfloat16_does_so_where_asked(monkeypatch, instructions):
    of_processor(monkeypatch, **{instructions: True})
    assert choose_precision("auto", CPU) == torch.bfloat16
    assert choose_precision("float32", CPU) == torch.float32


def test_other_processors_do_so_only_by_name(monkeypatch):
    of_processor(monkeypatch, avx2=True, avx512_bf16=False)
    assert choose_precision("auto", CPU) == torch.float32
    assert choose_precision("bfloat16", CPU) == torch.bfloat16


def test_a_gpu_is_asked_itself(monkeypatch):
    of_processor(monkeypatch, avx512_bf16=False)
    for has, kind in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(
            torch.cuda, "is_bf16_supported", lambda including_emulation, has=has: has
        )
        assert choose_precision("auto", torch.device("cuda")) == kind
    assert choose_precision("auto", torch.device("mps")) == torch.float32


def trained(recipe: Recipe, folder: Path) -> tuple[list[float], dict[str, torch.Tensor]]:
    list(training(recipe, folder))
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    return [json.loads(line)["train_loss"] for line in lines], load_weights(
        folder / "weights.safetensors"
    )


def test_a_run_in_bfloat16_stays_near_and_keeps_weights_of_32_bits(tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"{word}\t{word[::-1]}\n" for word in ("ab", "bc", "ca", "abc", "cb")))
    recipe = override(Recipe(), [*WIDE, f"data.train=['{pairs}']"])
    exact, weights = trained(recipe, tmp_path / "exact")
    rounded = override(recipe, ["training.precision=bfloat16"])
    near, others = trained(rounded, tmp_path / "near")
    assert near != exact
    assert near == pytest.approx(exact, rel=0.01)
    assert {weight.dtype for weight in others.values()} == {torch.float32}
    assert weights.keys() == others.keys()
