"""`seqloom train`: the folder it leaves, what it says, how it stops and goes on."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Invoke, train_tiny
from typer.testing import Result

from seqloom.console.progress import Meter


def test_a_run_folder_is_whole(run: Path) -> None:
    written = {path.name for path in run.iterdir()}
    assert written >= {
        "config.yaml", "weights.safetensors", "metrics.jsonl", "curve.png", "README.md",
        "summary.json", "commands.txt", "tokenizer",
    }  # fmt: skip


def test_training_says_what_it_does_without_control_codes(trained: tuple[Path, Result]) -> None:
    folder, done = trained
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0].startswith("Note: no dev set was given: ")
    assert lines[1] == f"Training {folder} on 7 pairs, 1 to validate on."
    assert lines[-5].startswith("Finished: training.max_updates=2 reached.")
    assert f"seqloom predict {folder}" in lines[-2]
    assert "\x1b" not in done.stderr
    assert "\r" not in done.stderr


def test_a_line_is_printed_for_a_validation(tmp_path: Path) -> None:
    done = train_tiny(
        tmp_path,
        tmp_path / "run",
        "--set",
        "training.validate_every=1",
        "--set",
        "training.metric=per",
    )
    lines = [line.split() for line in done.stderr.splitlines() if line.startswith("epoch")]
    assert [line[:4] for line in lines] == [
        ["epoch", "1", "update", "1"],
        ["epoch", "1", "update", "2"],
    ]
    assert {"train", "dev", "per"} <= set(lines[0])
    assert lines[0][-1] == "best"


def test_quiet_leaves_only_notes_and_the_outcome(tmp_path: Path) -> None:
    done = train_tiny(tmp_path, tmp_path / "run", "--quiet")
    assert [line.split()[0] for line in done.stderr.splitlines()[:3]] == [
        "Note:",
        "Finished:",
        "The",
    ]


def test_the_card_and_its_twin_tell_the_same(run: Path) -> None:
    summary = json.loads((run / "summary.json").read_text(encoding="utf-8"))
    card = (run / "README.md").read_text(encoding="utf-8")
    assert (summary["train_pairs"], summary["dev_pairs"], summary["updates"]) == (7, 1, 2)
    assert f"| Parameters | {summary['parameters']:,} |" in card
    assert f"| loss | {summary['dev']['loss']:.4f} |" in card
    assert len(summary["commands"]) == 1
    assert summary["commands"][0] in card


def test_a_run_without_out_takes_the_first_free_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invoke: Invoke, pairs: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs/tiny").mkdir(parents=True)
    (tmp_path / "runs/tiny/mine.txt").touch()
    (tmp_path / "tiny.yaml").write_text(
        "name: tiny\nencoder: {hidden: 8}\ndecoder: {hidden: 8}\ntraining: {max_updates: 1}\n",
        encoding="utf-8",
    )
    done = invoke("train", "tiny.yaml", "--data", pairs)
    assert done.exit_code == 0
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"tiny", "tiny-2"}


def test_an_existing_run_is_not_written_over(tmp_path: Path, run: Path) -> None:
    done = train_tiny(tmp_path, run)
    assert done.exit_code == 2
    assert "there is a run here already" in done.stderr


def test_bad_rows_are_set_aside_when_asked(tmp_path: Path, invoke: Invoke) -> None:
    data = tmp_path / "bad.tsv"
    data.write_text("가\tk a\n나\tn a\n나\n다\tt a\n", encoding="utf-8")
    recipe = tmp_path / "tiny.yaml"
    recipe.write_text("encoder: {hidden: 8}\ndecoder: {hidden: 8}\ntraining: {max_updates: 1}\n")
    stopped = invoke("train", recipe, "--data", data, "--out", tmp_path / "run")
    assert stopped.stderr.startswith(f"seqloom: error: {data}:3: expected 2 columns")
    done = invoke("train", recipe, "--data", data, "--out", tmp_path / "run", "--skip-bad")
    assert done.exit_code == 0
    assert "1 bad row" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch"], "Unknown recipe 'nosuch'."),
        (["g2p", "--data", "missing.tsv"], "missing.tsv: no such file."),
        (["g2p", "--set", "encoder.hiden=3"], "Did you mean 'hidden'?"),
        (["g2p", "--set", "encoder.layers=two"], "encoder.layers must be"),
        (["g2p"], "no training data: give files with --data FILE"),
        (["g2p", "--dev", "dev.tsv"], "give that with --data FILE"),
        ([], "train needs a RECIPE"),
        (["--resume"], "--resume needs --out RUN"),
        (["--resume", "--out", "none"], "none: nothing to go on with"),
        (["g2p", "--resume"], "no run of 'g2p' to go on with"),
    ],
)
def test_a_mistake_is_named_and_leaves_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    invoke: Invoke,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = invoke("train", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert [path for path in tmp_path.rglob("*") if path.name != "runs"] == []


class Signals:
    """A display that sends signals to its own process after certain updates."""

    def __init__(self, *numbers: int, after: int = 1) -> None:
        self.numbers = numbers
        self.after = after

    def show(self, meter: Meter) -> None:
        if meter.counters.update == self.after:
            for number in self.numbers:
                signal.raise_signal(number)

    def close(self) -> None: ...


@pytest.fixture
def signals(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Signals]]:
    """The display that the next training uses; afterwards signals must be as they were."""
    used: list[Signals] = []
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr("seqloom.console.session.display", lambda *_: used[0])
    yield used
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_run_that_was_stopped_and_resumed_equals_one_that_was_not(
    tmp_path: Path, run: Path, invoke: Invoke, signals: list[Signals]
) -> None:
    out = tmp_path / "run"
    signals.append(Signals(signal.SIGINT))
    done = train_tiny(tmp_path, out)
    assert done.exit_code == 130
    go_on = f"seqloom train --resume --out {out}"
    assert done.stderr.splitlines()[-1] == f"Stopped at update 1; saved. Go on with: {go_on}"

    signals[:] = [Signals()]
    resumed = invoke(*go_on.split()[1:])
    assert resumed.exit_code == 0
    assert "Going on after update 1." in resumed.stderr
    weights = "weights.safetensors"
    assert (out / weights).read_bytes() == (run / weights).read_bytes()
    assert len(json.loads((out / "summary.json").read_bytes())["commands"]) == 2


def test_a_termination_saves_too(tmp_path: Path, signals: list[Signals]) -> None:
    signals.append(Signals(signal.SIGTERM))
    done = train_tiny(tmp_path, tmp_path / "run")
    assert done.exit_code == 143
    assert "Stopped at update 1; saved." in done.stderr


def test_a_second_signal_stops_at_once(tmp_path: Path, signals: list[Signals]) -> None:
    signals.append(Signals(signal.SIGINT, signal.SIGINT))
    done = train_tiny(tmp_path, tmp_path / "run")
    assert done.exit_code == 130
    assert "Stopped at once; the last checkpoint stands. Go on with: seqloom train" in done.stderr


def test_a_signal_after_the_last_update_waits_for_the_final_weights(
    tmp_path: Path, signals: list[Signals]
) -> None:
    signals.append(Signals(signal.SIGINT, after=2))
    done = train_tiny(tmp_path, tmp_path / "run")
    assert done.exit_code == 0
    assert (tmp_path / "run/summary.json").exists()


def test_a_signal_while_data_is_prepared_just_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("seqloom.training.pairs.task.prepare", interrupted)
    done = train_tiny(tmp_path, tmp_path / "run")
    assert done.exit_code == 130
    assert done.stderr == "Stopped before there was anything to save.\n"
    assert not (tmp_path / "run").exists()


def test_data_cannot_change_when_a_run_goes_on(tmp_path: Path, run: Path, invoke: Invoke) -> None:
    done = invoke("train", "--resume", "--out", run, "--data", "other.tsv")
    assert done.exit_code == 2
    assert "--data must stay as it was" in done.stderr


def test_a_finished_run_says_which_limit_to_raise(run: Path, invoke: Invoke) -> None:
    done = invoke("train", "--resume", "--out", run)
    assert done.exit_code == 2
    assert "training.max_updates=2 reached" in done.stderr
