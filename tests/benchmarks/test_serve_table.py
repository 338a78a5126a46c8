"""The rows about the page in a browser."""

from typing import Any

import pytest
from benchmarks.serve.table import section


def shown(browser: dict[str, Any]) -> str:
    return section(
        {
            "machine": {"processor": "P", "cores": 2, "load": 0.0},
            "setup": {"workers": 1, "threads": 1, "rounds": 3, "seconds": 10.0},
            "model": "g2p",
            "command": "serve",
            "browser": browser,
        }
    )


def test_what_a_browser_waited_for_has_a_row_for_the_document_and_one_for_the_paint() -> None:
    table = shown(
        {
            "browser": "Chromium 1",
            "in_the_document_ms": {"p50": 20.04, "p95": 30.0},
            "painted_ms": {"p50": 36.0, "p95": 46.0},
        }
    )
    assert "(Chromium 1, headless) | p50 <= 50 ms | p50 20.0 ms, p95 30.0 ms |" in table
    assert "| - painted |  | p50 36.0 ms, p95 46.0 ms |" in table


def test_where_there_is_no_browser_the_row_says_what_is_missing() -> None:
    assert "| p50 <= 50 ms | not measured: no browser at /nowhere |" in shown(
        {"missing": "no browser at /nowhere"}
    )


def test_a_browser_that_is_not_there_is_told_by_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    from benchmarks.serve import chromium

    monkeypatch.setattr(chromium, "CHROMIUM", "/nowhere/chromium")
    with (
        pytest.raises(chromium.MissingError, match="no browser at /nowhere/chromium"),
        chromium.chromium(),
    ):
        pass
