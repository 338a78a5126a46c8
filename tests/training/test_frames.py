"""Training of converters of frames from the command line: a run that was stopped and went on equals one
that was not, and its end names commands that fit."""

import json
import shlex
import signal

import numpy as np
import pytest
from typer.testing import CliRunner

import seqloom
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


HEATER = """
family: frames
data: {{train: [{path}], targets: [heater], time: date, lookback: 24, horizon: 6, level: none}}
model: {{hidden: 5, embedding: 4, density: {{kind: bernoulli}}}}
training: {{max_updates: 2, batch_size: 8, metric: mse, device: cpu}}
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


def heater(folder, last="1"):
    """A heater that is on by day, and a temperature."""
    start = np.datetime64("2024-01-01T00", "s")
    bits = [str(int(6 <= n % 24 < 18)) for n in range(120)]
    rows = [
        f"{start + np.timedelta64(n, 'h')},{20 + np.sin(n):.3f},{bit}"
        for n, bit in enumerate([*bits[:-1], last])
    ]
    (folder / "t.csv").write_text("date,degrees,heater\n" + "\n".join(rows) + "\n")
    (folder / "r.yaml").write_text(HEATER.format(path=folder / "t.csv"))
    return folder / "r.yaml"


@pytest.mark.parametrize("fed", ["nothing", "written"])
def test_a_switch_is_told_as_a_probability_and_never_scaled(fed, tmp_path):
    recipe, run = heater(tmp_path), tmp_path / "run"
    trained = told("train", recipe, "--out", run, "--set", f"model.fed={fed}")
    assert trained.exit_code == 0, trained.stderr
    sides = json.loads((run / "features.json").read_text())
    assert (sides["source"]["mean"][1], sides["source"]["deviation"][1]) == (0.0, 1.0)
    assert sides["source"]["mean"][0] == pytest.approx(20, abs=0.1)
    assert sides["target"] == {
        "names": ["heater"], "bits": True, "mean": [0.0], "deviation": [1.0],
    }  # fmt: skip
    answered = told("predict", run, tmp_path / "t.csv", "--output", tmp_path / "a.jsonl")
    assert answered.exit_code == 0, answered.stderr
    answer = json.loads((tmp_path / "a.jsonl").read_text())
    chances = [frame[0] for frame in answer["frames"]]
    assert all(0 < chance < 1 for chance in chances)
    assert {value[0] for each in answer["quantiles"].values() for value in each} <= {0.0, 1.0}
    assert 0 < seqloom.load(run).evaluate().values["mse"] < 1
    assert "heater (0 or 1)" in told("info", run).stdout


def test_a_switch_that_is_half_on_is_one_line_or_set_aside(tmp_path):
    recipe = heater(tmp_path, last="0.5")
    said = told("train", recipe, "--out", tmp_path / "run")
    assert said.exit_code == 2
    assert f"{tmp_path / 't.csv'}:121: 'heater' must be 0 or 1, but is 0.5." in said.stderr
    aside = told("train", recipe, "--out", tmp_path / "aside", "--skip-bad")
    assert aside.exit_code == 0
    assert (tmp_path / "aside" / "bad-train.tsv").read_text().count("\n") == 1


def test_pairs_whose_targets_are_bits_are_learnt(tmp_path):
    rows = [{"source": [[n * 0.5], [1.0], [-n]], "target": [[n % 2], [1], [0]]} for n in range(12)]
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    recipe, run = tmp_path / "r.yaml", tmp_path / "run"
    recipe.write_text(PAIRS.format(path=tmp_path / "p.jsonl").replace("regression", "bernoulli"))
    assert told("train", recipe, "--out", run).exit_code == 0
    assert json.loads((run / "features.json").read_text())["target"]["bits"] is True
    (tmp_path / "bad.jsonl").write_text('{"source": [[1.0]], "target": [[3]]}\n')
    said = told("evaluate", run, tmp_path / "bad.jsonl")
    assert said.exit_code == 2
    assert "bad.jsonl:1: target: frame 1, feature 1: must be 0 or 1, but is 3." in said.stderr


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
