"""`seqloom explain`, `score`, `info` and `demo` on a tiny model."""

import json
from pathlib import Path

import pytest
import yaml
from tests.cli.conftest import Invoke


def test_an_explanation_has_a_row_for_each_output_token(run: Path, invoke: Invoke) -> None:
    done = invoke("explain", run, "가나", "--prefix", "k a")
    assert done.exit_code == 0
    head, columns, *rows = done.stdout.splitlines()
    assert head.startswith("가나 → k a")
    assert columns.split() == ["가", "나", "<eos>"]
    assert [row.split()[0] for row in rows[:2]] == ["k", "a"]


def test_the_search_is_shown_as_a_tree_with_what_else_was_likely(run: Path, invoke: Invoke) -> None:
    done = invoke("explain", run, "가나", "--prefix", "k a", "--beam", 2, "--tree")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    top = lines.index("가나")
    assert lines[top + 1].startswith("└── k a")
    taken = [line.split()[1] for line in lines[top:] if line.strip()[:1].isdigit()]
    assert taken[:2] == ["k", "a"]


def test_pictures_are_written_where_they_are_asked_for(
    run: Path, tmp_path: Path, invoke: Invoke
) -> None:
    files = [tmp_path / "new" / name for name in ("map.png", "map.svg", "map.html")]
    options = zip(("--png", "--svg", "--html"), files, strict=True)
    done = invoke(
        "explain", run, "가나", "--nbest", 2, *(part for pair in options for part in pair)
    )
    assert done.stderr == "".join(f"Wrote {file}\n" for file in files)
    assert files[0].read_bytes().startswith(b"\x89PNG")
    assert "가" in files[2].read_text(encoding="utf-8")


def test_a_score_is_the_sum_of_its_tokens(run: Path, pairs: Path, invoke: Invoke) -> None:
    plain = invoke("score", run, pairs).stdout.splitlines()
    rows = [
        line.split("\t") for line in invoke("score", run, pairs, "--tokens").stdout.splitlines()
    ]
    assert plain == [row[0] for row in rows]
    assert rows[3][1::2] == ["k", "a", "n", "a", "<eos>"]
    assert float(rows[3][0]) == pytest.approx(sum(map(float, rows[3][2::2])), abs=1e-5)


def test_a_score_is_what_search_found(run: Path, tmp_path: Path, invoke: Invoke) -> None:
    answer = json.loads(invoke("predict", run, "--format", "jsonl", given="가\n").stdout)
    output = next(iter(answer["outputs"]))
    if not output["text"]:
        output = json.loads(
            invoke("predict", run, "--format", "jsonl", "--prefix", "k", given="가\n").stdout
        )["outputs"][0]
    pair = tmp_path / "pair.tsv"
    pair.write_text(f"가\t{output['text']}\n", encoding="utf-8")
    scored = invoke("score", run, pair, "--tokens").stdout.split("\t")
    found = output["token_log_probs"]
    assert [float(x) for x in scored[2::2]][: len(found)] == pytest.approx(found, abs=1e-5)


def test_recipes_are_listed_with_what_they_are_for(invoke: Invoke) -> None:
    lines = invoke("info").stdout.splitlines()
    assert any(line.startswith("dates ") and len(line) > 20 for line in lines)


def test_a_recipe_is_shown_with_every_setting(invoke: Invoke) -> None:
    about, settings = invoke("info", "dates").stdout.split("\n\n", 1)
    assert about.startswith("dates: ")
    assert yaml.safe_load(settings)["training"]["clip"] == 1.0


def test_a_run_is_described(run: Path, invoke: Invoke) -> None:
    facts = dict(line.split(maxsplit=1) for line in invoke("info", run).stdout.splitlines()[1:])
    assert facts["state"] == "finished: training.max_updates=2 reached"
    assert "7 pairs" in facts["data"]
    assert facts["seed"] == "1"


def test_a_run_that_did_not_finish_says_how_to_go_on(
    run: Path, tmp_path: Path, invoke: Invoke
) -> None:
    for name in ("run.json", "config.yaml", "tokenizer/source.json", "tokenizer/target.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((run / name).read_bytes())
    assert f"seqloom train --resume --out {tmp_path}" in invoke("info", tmp_path).stdout


def test_the_demo_trains_once_and_shows_what_it_learnt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, invoke: Invoke
) -> None:
    sizes = {"train": 40, "dev": 4, "test": 36}
    monkeypatch.setattr("seqloom.data.dates.pairs.SIZES", sizes)
    monkeypatch.setattr("seqloom.cli.demo.SHOWN", ("ko",))
    out = tmp_path / "demo"
    small = ["training.max_updates=1", "encoder.hidden=8", "decoder.hidden=8"]
    command = ["demo", "--out", out, *(part for each in small for part in ("--set", each))]
    first = invoke(*command)
    assert first.exit_code == 0, first.output
    assert "ko: " in first.stdout
    assert {"attention-ko.png", "attention.html", "README.md"} <= {p.name for p in out.iterdir()}
    again = invoke(*command)
    assert "which is trained already" in again.stderr
    assert again.stdout == first.stdout
