"""`seqloom predict`: a line for a line, in each of the formats."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Invoke

SOURCES = "가나\n\n다\n가\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sources.txt"
    path.write_text(SOURCES, encoding="utf-8")
    return path


def test_line_i_answers_line_i_and_empty_is_empty(run: Path, file: Path, invoke: Invoke) -> None:
    done = invoke("predict", run, file, "--prefix", "k a")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line[:3] for line in lines] == ["k a", "", "k a", "k a"]


def test_standard_input_is_as_good_as_a_file(run: Path, file: Path, invoke: Invoke) -> None:
    assert invoke("predict", run, given=SOURCES).stdout == invoke("predict", run, file).stdout


def test_the_batch_size_changes_no_answer(run: Path, file: Path, invoke: Invoke) -> None:
    one, all_ = (invoke("predict", run, file, "--batch-size", n).stdout for n in (1, 64))
    assert one == all_


def test_scores_and_alignments_follow_a_tab(run: Path, invoke: Invoke) -> None:
    options = ("--scores", "--alignments", "--prefix", "n a")
    line, empty = invoke("predict", run, *options, given="나다\n\n").stdout.splitlines()
    text, score, alignment = line.split("\t")
    assert float(score) < 0
    assert [pair.split("-")[1] for pair in alignment.split()] == [
        str(place) for place in range(len(text.split()))
    ]
    assert empty == "\t0.0000\t"


def test_an_nbest_list_is_written_as_moses_does(run: Path, invoke: Invoke) -> None:
    lines = invoke("predict", run, "--nbest", 3, given="가\n\n나\n").stdout.splitlines()
    parts = [line.split(" ||| ") for line in lines]
    assert [part[0] for part in parts] == ["0", "0", "0", "1", "2", "2", "2"]
    scores = [float(part[2]) for part in parts[:3]]
    assert scores == sorted(scores, reverse=True)


def test_jsonl_holds_everything(run: Path, invoke: Invoke) -> None:
    options = ("--format", "jsonl", "--attention", "--nbest", 2, "--alignments")
    first, empty = map(
        json.loads, invoke("predict", run, *options, given="가ç\n\n").stdout.splitlines()
    )
    assert (first["line"], first["source"], first["unknown"]) == (0, "가ç", ["ç"])
    assert first["source_tokens"][-1] == "<eos>"
    assert len(first["outputs"]) == 2
    output = first["outputs"][0]
    assert output["origin"] == "beam"
    assert output["log_prob"] == pytest.approx(sum(output["token_log_probs"]), abs=1e-5)
    assert len(output["attention"]) == len(output["tokens"]) == len(output["token_log_probs"])
    assert sum(output["attention"][0]) == pytest.approx(1.0, abs=1e-3)
    assert [entry["text"] for entry in empty["outputs"]] == [""]


def test_a_seed_draws_the_same_again(run: Path, invoke: Invoke) -> None:
    draw = ("predict", run, "--sample", "--nbest", 4, "--temperature", 2, "--top-k", 3, "--seed", 7)
    assert invoke(*draw, given="가\n").stdout == invoke(*draw, given="가\n").stdout


def test_the_unknown_is_told_once_at_the_end(run: Path, invoke: Invoke) -> None:
    done = invoke("predict", run, given="가x\nx x\n나y\n가\n")
    assert done.stderr == (
        "Note: never seen in training and read as <unk> (lines with it): x (2), ␣ (1), y (1).\n"
    )


def test_the_output_file_is_whole_or_not_there(run: Path, tmp_path: Path, invoke: Invoke) -> None:
    out = tmp_path / "out.txt"
    bad = invoke("predict", run, "--output", out, given="가\na\tb\n")
    assert bad.exit_code == 2
    assert "stdin:2: expected 1 column (source), but found 2." in bad.stderr
    assert list(tmp_path.iterdir()) == []
    good = invoke("predict", run, "--output", out, given=SOURCES)
    assert good.stdout == ""
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.txt"], "missing.txt: no such file."),
        (["--beam", "0"], "search.beam must be at least 1, but is 0."),
        (
            ["--beam", "2", "--nbest", "3"],
            "search.nbest must be at most search.beam, but is 3 with a beam of 2.",
        ),
    ],
)
def test_a_mistake_is_named(run: Path, invoke: Invoke, arguments: list[str], message: str) -> None:
    done = invoke("predict", run, *arguments, given="가\n")
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_folder_without_a_run_is_named(tmp_path: Path, invoke: Invoke) -> None:
    assert "no such run folder" in invoke("predict", tmp_path / "none").stderr
    assert "not a seqloom run folder" in invoke("predict", tmp_path).stderr


def command(*arguments: object) -> list[str]:
    start = "import sys; sys.argv[0] = 'seqloom'; from seqloom.cli.main import main; main()"
    return [sys.executable, "-c", start, *map(str, arguments)]


def test_who_asks_over_a_pipe_is_answered_before_the_next_question(run: Path) -> None:
    with subprocess.Popen(
        command("predict", run), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        for source in ("가\n", "\n", "나\n"):
            process.stdin.write(source.encode())
            process.stdin.flush()
            assert process.stdout.readline().endswith(b"\n")


def test_a_reader_who_leaves_early_hears_no_complaint(run: Path, tmp_path: Path) -> None:
    many = tmp_path / "many.txt"
    many.write_text("가나다\n" * 5000, encoding="utf-8")
    reading, writing = os.pipe()
    with subprocess.Popen(
        command("predict", run, many, "--max-length", 1), stdout=writing, stderr=subprocess.PIPE
    ) as process:
        os.close(writing)
        os.read(reading, 1)
        os.close(reading)
        assert process.stderr
        assert process.stderr.read() == b""


def phrases_file(folder: Path, text: str) -> Path:
    path = folder / "phrases.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_constraint_is_in_every_answer(run: Path, invoke: Invoke) -> None:
    done = invoke("predict", run, "--beam", 4, "--constraint", "t a", given="가\n\n나\n")
    assert done.exit_code == 0, done.output
    first, empty, last = done.stdout.splitlines()
    assert "t a" in first
    assert empty == ""
    assert "t a" in last


def test_line_i_of_the_constraints_is_for_source_i(
    run: Path, tmp_path: Path, invoke: Invoke
) -> None:
    file = phrases_file(tmp_path, "t a\nk\n\nn\tt\n")
    done = invoke("predict", run, "--beam", 6, "--constraints", file, given="가\n\n나\n가\n")
    free = invoke("predict", run, "--beam", 6, given="나\n").stdout.splitlines()
    assert done.exit_code == 0, done.output
    first, empty, unbound, last = done.stdout.splitlines()
    assert "t a" in first
    assert (empty, [unbound]) == ("", free)
    assert {"n", "t"} <= set(last.split())


def test_both_kinds_of_constraints_go_together(run: Path, tmp_path: Path, invoke: Invoke) -> None:
    file = phrases_file(tmp_path, "t\n")
    options = ("--beam", 6, "--constraint", "n", "--constraints", file)
    [line] = invoke("predict", run, *options, given="가\n").stdout.splitlines()
    assert {"n", "t"} <= set(line.split())


@pytest.mark.parametrize(("text", "count"), [("t\n", 1), ("t\nt\nt\nt\n", 4)])
def test_constraints_for_another_number_of_lines_are_refused_with_both_counts(
    run: Path, tmp_path: Path, invoke: Invoke, text: str, count: int
) -> None:
    file, out = phrases_file(tmp_path, text), tmp_path / "out.txt"
    options = ("--beam", 4, "--constraints", file, "--batch-size", 1, "--output", out)
    done = invoke("predict", run, *options, given="가\n나\n다\n")
    assert done.exit_code == 2
    assert f"{file}: must have a line for each source, but has {count} for the 3" in done.stderr
    assert not out.exists()


def test_a_setting_of_the_search_can_be_set(run: Path, invoke: Invoke) -> None:
    options = ("--set", "search.groups=2", "--set", "search.diversity=1.5", "--beam", 4)
    done = invoke("predict", run, *options, "--nbest", 4, "--format", "jsonl", given="가\n")
    outputs = json.loads(done.stdout)["outputs"]
    assert {output["origin"] for output in outputs} == {"group 1", "group 2"}


def test_a_setting_does_as_its_option(run: Path, invoke: Invoke) -> None:
    for option, setting in (("--beam", "beam"), ("--max-length", "max_length")):
        by_option = invoke("predict", run, option, 3, "--scores", given="가\n나다\n")
        by_set = invoke(
            "predict", run, "--set", f"search.{setting}=3", "--scores", given="가\n나다\n"
        )
        assert by_set.stdout == by_option.stdout != ""


def test_an_nbest_list_asked_for_by_a_setting_is_written(run: Path, invoke: Invoke) -> None:
    options = ("--set", "search.beam=3", "--set", "search.nbest=2")
    lines = invoke("predict", run, *options, given="가\n").stdout.splitlines()
    assert [line.split(" ||| ")[0] for line in lines] == ["0", "0"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("search.grups=2", "Did you mean 'groups'?"),
        ("search.groups=two", "search.groups must be"),
        ("search.groups", "An override is written setting=value"),
        ("search.groups=3", "search.beam must be a multiple of search.groups (3), but is 1."),
        ("decoder.layers=2", "found 'decoder.layers': all else was settled when it was trained."),
        ("search=5", "such as search.groups=4, but found 'search'"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    run: Path, invoke: Invoke, setting: str, message: str
) -> None:
    done = invoke("predict", run, "--set", setting, given="가\n")
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
