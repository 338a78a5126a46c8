"""A grid from the command line: run, stopped, gone on with, reported."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.lab.toy import written

from seqloom.errors import UserError
from seqloom.lab.experiment import cells, read_experiment
from seqloom.lab.grid import results

pytestmark = pytest.mark.slow


def compare(file: Path, out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from seqloom.cli.main import main; main()", "compare"]
    return subprocess.run(
        [*command, str(file), "--out", str(out), "--jobs", "2", *more],
        capture_output=True,
        text=True,
        env={**os.environ, "TOY": str(file.parent)},
        check=False,
    )


def test_a_grid_runs_reports_and_goes_on_where_it_was(tmp_path, monkeypatch):
    file, out = written(tmp_path), tmp_path / "out"
    first = compare(file, out, "--row", "without")
    assert first.returncode == 0, first.stderr
    kept = out / "letters" / "without" / "seed-1" / "result.json"
    written_at = kept.stat().st_mtime_ns
    assert "| without |" in first.stdout
    assert "| with attention |" not in first.stdout

    second = compare(file, out)
    assert second.returncode == 0, second.stderr
    assert kept.stat().st_mtime_ns == written_at
    report = json.loads((out / "report.json").read_text())
    rows = report["rows"]
    assert list(rows) == ["with attention", "without"]
    assert rows["without"]["per"]["seeds"] == 2
    mean = sum(
        result["scores"]["per"]["value"]
        for result in report["results"]
        if result["row"] == "without"
    )
    assert rows["without"]["per"]["mean"] == pytest.approx(mean / 2)
    # Of ten sources six have two words, three have three and one has four.
    assert [point["items"] for point in rows["without"]["lengths"]] == [6, 4]
    assert (out / "lengths.png").stat().st_size > 5000

    # Settings that changed since are never mixed with those that ran.
    monkeypatch.setenv("TOY", str(tmp_path))
    file.write_text(file.read_text().replace("max_epochs=2", "max_epochs=3"))
    with pytest.raises(UserError, match="was run with other settings"):
        results(cells(read_experiment(file), out))


def test_a_cell_that_fails_is_named_and_the_others_run(tmp_path):
    file, out = written(tmp_path), tmp_path / "out"
    file.write_text(
        file.read_text().replace("recipe: g2p}", "recipe: g2p, set: [training.device=cuda]}")
    )
    done = compare(file, out)
    assert done.returncode == 1
    assert "with attention / letters / seed 1: failed: seqloom: error:" in done.stderr
    assert "| without |" in done.stdout
