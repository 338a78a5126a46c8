"""Progress of data that is made."""

import io

from rich.console import Console

from seqloom.console import making as module
from seqloom.console.making import making


def said(monkeypatch, *, terminal: bool = False, quiet: bool = False, wait: float = 0.0) -> str:
    monkeypatch.setattr(module, "QUIET_SECONDS", wait)
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=80)
    if terminal:
        monkeypatch.setattr(file, "isatty", lambda: True, raising=False)
    with making(console, "speech", quiet) as report:
        for done in range(3):
            report(done, 2000)
    return file.getvalue()


def test_elsewhere_than_on_a_terminal_there_are_lines(monkeypatch):
    lines = said(monkeypatch).splitlines()
    assert lines == ["speech: 0 of 2,000", "speech: 1 of 2,000", "speech: 2 of 2,000"]


def test_lines_are_some_seconds_apart(monkeypatch):
    assert said(monkeypatch, wait=1000.0) == ""


def test_a_quiet_run_says_nothing(monkeypatch):
    assert said(monkeypatch, quiet=True) == ""
