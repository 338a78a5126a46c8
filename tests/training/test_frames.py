"""Training of converters of frames from the command line: a run that was stopped and went on equals one
that was not, and its end names commands that fit."""

import json
import shlex
import signal

import numpy as np
import pytest
from typer.testing import CliRunner

from seqloom.cli.main import app

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
WINDOWS = """
family: frames
data: {{train: [{path}], time: date, known: [hour], lookback: 6, horizon: 3, targets: [b]}}
model: {{hidden: 5, embedding: 4, dropout: 0.2, fed: written, density: {{kind: mixture, mixtures: 2}}}}
training: {{max_epochs: 2, batch_size: 8, metric: mse, device: cpu, scheduled_sampling: {{updates: 5}}}}
"""
PAIRS = """
family: frames
data: {{kind: pairs, train: [{path}], dev_size: 3}}
model: {{kind: one_to_one, hidden: 5, dropout: 0.2, density: {{kind: regression}}}}
training: {{max_epochs: 3, batch_size: 4, average: ema, ema_decay: 0.9, device: cpu}}
"""


class StopAfter:
    """A display that sends a signal to its own process after an update."""

    def __init__(self, update=0):
        self.update = update

    def show(self, meter):
        if meter.counters.update == self.update:
            signal.raise_signal(signal.SIGINT)

    def close(self): ...


def windows(folder):
    start = np.datetime64("2024-01-01T00", "s")
    rows = [f"{start + np.timedelta64(n, 'h')},{np.sin(n)},{np.cos(n)}" for n in range(60)]
    (folder / "t.csv").write_text("date,a,b\n" + "\n".join(rows) + "\n")
    return WINDOWS.format(path=folder / "t.csv")


def pairs(folder):
    random = np.random.default_rng(1)
    rows = [random.normal(size=(random.integers(2, 6), 2)) for _ in range(15)]
    lines = [json.dumps({"source": row.tolist(), "target": (-row).tolist()}) for row in rows]
    (folder / "p.jsonl").write_text("\n".join(lines) + "\n")
    return PAIRS.format(path=folder / "p.jsonl")


def told(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.mark.parametrize("made", [windows, pairs])
def test_stopped_and_resumed_equals_never_stopped(made, tmp_path, monkeypatch):
    recipe, shown = tmp_path / "r.yaml", [StopAfter()]
    recipe.write_text(made(tmp_path))
    monkeypatch.setattr("seqloom.console.session.display", lambda *_: shown[0])
    assert told("train", recipe, "--out", tmp_path / "whole").exit_code == 0
    shown[:] = [StopAfter(3)]
    stopped = told("train", recipe, "--out", tmp_path / "halves")
    assert stopped.exit_code == 130
    go_on = stopped.stderr.splitlines()[-1].partition("Go on with: ")[2]
    shown[:] = [StopAfter()]
    resumed = told(*shlex.split(go_on)[1:])
    assert "Going on after update 3." in resumed.stderr
    assert resumed.exit_code == 0
    for name in ("weights.safetensors", "checkpoints/best.safetensors"):
        whole, halves = tmp_path / "whole" / name, tmp_path / "halves" / name
        assert halves.read_bytes() == whole.read_bytes()


def test_the_end_of_a_training_names_commands_that_answer(tmp_path):
    recipe, run, table = tmp_path / "r.yaml", tmp_path / "run", tmp_path / "t.csv"
    recipe.write_text(windows(tmp_path))
    said = told("train", recipe, "--out", run, "--set", "training.max_updates=2").stderr
    hints = [line.strip() for line in said.splitlines() if line.startswith("  seqloom ")]
    assert [hint.split()[1] for hint in hints] == ["evaluate", "predict", "explain"]
    for hint in hints:
        words = [str(table) if word == "FILE.csv" else word for word in shlex.split(hint)[1:]]
        named = [
            tmp_path / word if word.startswith(("answer", "picture")) else word for word in words
        ]
        assert told(*named).exit_code == 0
    assert (tmp_path / "answer.csv").exists()
    assert (tmp_path / "picture.png").exists()
