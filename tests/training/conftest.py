"""A recipe that trains in no time, over a handful of pairs."""

from pathlib import Path

import pytest

from seqloom.config import Recipe, override

TINY = [
    "encoder.hidden=4", "encoder.embedding=4", "decoder.hidden=4", "decoder.embedding=4",
    "training.max_updates=2", "training.device=cpu", "data.dev_size=2",
]  # fmt: skip


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("".join(f"{word}\t{word[::-1]}\n" for word in ("ab", "bc", "ca", "abc", "cb")))
    return override(Recipe(), [*TINY, f"data.train=['{pairs}']"])
