"""Threads wait for long if nothing else runs, shortly beside others; what the user says stands."""

import os
from pathlib import Path

import pytest

from seqloom import tuning
from seqloom.tuning import PRODUCTS, SPINS, SPINS_ALONE, tune


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "ONEDNN_PRIMITIVE_CACHE_CAPACITY"):
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
