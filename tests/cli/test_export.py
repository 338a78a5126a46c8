"""`seqloom export`, and the commands that answer with what it wrote."""

import pytest
from tests.cli.conftest import train_tiny


def test_what_was_exported_answers_as_the_run_does(invoke, tmp_path, pairs):
    run, out = tmp_path / "run", tmp_path / "out"
    assert train_tiny(tmp_path, run).exit_code == 0
    sources = tmp_path / "sources.txt"
    sources.write_text("가\n나다\n", encoding="utf-8")
    done = invoke("export", run, "--to", "onnx", "--out", out, "--check", sources)
    assert done.exit_code == 0, done.output
    assert "Checked on 2 sources" in done.stdout
    for more in ((), ("--beam", 3)):
        ours, theirs = (invoke("predict", folder, sources, *more) for folder in (run, out))
        assert theirs.stdout == ours.stdout
    ours, theirs = (invoke("score", folder, pairs).stdout.split() for folder in (run, out))
    assert [float(s) for s in theirs] == pytest.approx([float(s) for s in ours], abs=1e-4)


def test_an_export_is_described(invoke, tmp_path):
    run, out = tmp_path / "run", tmp_path / "out"
    assert train_tiny(tmp_path, run).exit_code == 0
    assert invoke("export", run, "--out", out).exit_code == 0
    head, *lines = invoke("info", out).stdout.splitlines()
    facts = dict(line.split(maxsplit=1) for line in lines)
    assert head == str(out)
    assert (facts["recipe"], facts["weights"]) == ("tiny", "32 bits")
    assert facts["checked"] == "8 sources (first 8 training pairs)"
    assert f"step.onnx ({(out / 'step.onnx').stat().st_size:,} bytes)" in facts["graphs"]
    assert "beam: 1" in invoke("info", out, "--settings").stdout


def test_without_a_test_set_some_training_pairs_are_asked(invoke, tmp_path):
    run = tmp_path / "run"
    assert train_tiny(tmp_path, run).exit_code == 0
    done = invoke("export", run, "--out", tmp_path / "out", "--int8")
    assert "first 8 training pairs" in done.stdout
    assert "In 8 bits" in done.stdout


def test_a_format_that_is_not_known_is_refused(invoke, tmp_path):
    assert invoke("export", tmp_path, "--to", "tflite", "--out", tmp_path / "o").exit_code == 2
