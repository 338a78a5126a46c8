"""Progress of data that is made."""

import io
import time

from rich.console import Console

from seqloom.console import making as module
from seqloom.console.making import making, working


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


def test_a_terminal_has_a_bar_from_the_first_report_until_all_is_done(monkeypatch):
    shown = said(monkeypatch, terminal=True)
    assert "speech" in shown
    assert "2/2,000" in shown.replace("2/2000", "2/2,000")
    file = io.StringIO()
    monkeypatch.setattr(file, "isatty", lambda: True, raising=False)
    with making(Console(file=file, force_terminal=True), "speech"):
        pass
    assert "speech" not in file.getvalue()


def test_work_that_begins_with_making_data_says_so():
    file = io.StringIO()
    with working(Console(file=file, force_terminal=True, width=80), "Answering") as report:
        report(1, 2000)
        time.sleep(0.2)
    assert "Making data: 1 of 2,000" in file.getvalue()


def test_lines_are_some_seconds_apart(monkeypatch):
    assert said(monkeypatch, wait=1000.0) == ""


def test_a_quiet_run_says_nothing(monkeypatch):
    assert said(monkeypatch, quiet=True) == ""
