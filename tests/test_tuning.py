"""Threads wait for long if nothing else runs, shortly beside others; few products are remembered, and
memory comes in large pages; what the user says stands."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seqloom import tuning
from seqloom.tuning import PRODUCTS, SPINS, SPINS_ALONE, tune


def pages() -> str:
    path = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    return path.read_text("ascii") if path.exists() else ""


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "GOMP_SPINCOUNT",
        "OMP_WAIT_POLICY",
        "ONEDNN_PRIMITIVE_CACHE_CAPACITY",
        "THP_MEM_ALLOC_ENABLE",
    ):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("running", "spins"),
    [
        pytest.param("0.00 0.01 0.05 1/76 28880\n", SPINS_ALONE, id="alone"),
        pytest.param("0.00 0.01 0.05 2/76 28880\n", SPINS, id="beside-another"),
        pytest.param("0.00 0.01 0.05 11/76 28880\n", SPINS, id="beside-ten"),
        pytest.param("", SPINS, id="another-form"),
        pytest.param(None, SPINS, id="not-linux"),
    ],
)
def test_threads_spin_for_long_only_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, running: str | None, spins: int
) -> None:
    if running is not None:
        (tmp_path / "loadavg").write_text(running, encoding="ascii")
    monkeypatch.setattr(tuning, "_RUNNING", tmp_path / "loadavg")
    tune()
    assert os.environ["GOMP_SPINCOUNT"] == str(spins)


@pytest.mark.parametrize("name", ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"])
def test_what_the_user_chose_stands(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "7")
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "7")
    monkeypatch.setenv("THP_MEM_ALLOC_ENABLE", "0")
    before = dict(os.environ)
    tune()
    assert dict(os.environ) == before


def test_few_products_are_remembered_unless_the_user_wants_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tune()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == str(PRODUCTS)
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "1024")
    tune()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "1024"


@pytest.mark.skipif(
    "[always]" not in pages() and "[madvise]" not in pages(), reason="no huge pages are granted"
)
def test_large_tensors_come_in_large_pages() -> None:
    """In a process of its own, as torch looks once. A page of 4 KB each would be 25,000 faults."""
    script = (
        "import resource, seqloom.tuning; seqloom.tuning.tune(); import torch; torch.ones(1 << 20);"
        "faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt;"
        "before = faults(); torch.ones(25_600_000); print(faults() - before)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert int(found.stdout) < 5000
