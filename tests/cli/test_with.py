"""`--with RUN`: several models answer as one, in every command that answers."""

import json
import math
import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Invoke, train_tiny


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that differs in what it drew at the start; its vocabularies are the same."""
    folder = tmp_path_factory.mktemp("other")
    changes = ("--set", "decoder.hidden=5", "--set", "encoder.hidden=6")
    done = train_tiny(folder, folder / "run", *changes)
    assert done.exit_code == 0, done.output
    return folder / "run"


def log_probs(text: str) -> list[float]:
    return [float(part) for line in text.splitlines() for part in line.split("\t")[2::2]]


def test_scores_are_of_the_mean_probability(
    run: Path, other: Path, pairs: Path, invoke: Invoke
) -> None:
    one, its, both = (
        log_probs(invoke("score", *models, "--tokens").stdout)
        for models in ((run, pairs), (other, pairs), (run, pairs, "--with", other))
    )
    mean = [math.log((math.exp(p) + math.exp(q)) / 2) for p, q in zip(one, its, strict=True)]
    assert both == pytest.approx(mean, abs=1e-5)
    assert one != pytest.approx(its, abs=1e-3)


def test_a_list_is_reranked_by_the_mean_probability(
    run: Path, other: Path, tmp_path: Path, invoke: Invoke
) -> None:
    (tmp_path / "sources.txt").write_text("가\n", "utf-8")
    (tmp_path / "nbest.txt").write_text("0 ||| k a ||| -1\n", "utf-8")
    (tmp_path / "given.tsv").write_text("가\tk a\n", "utf-8")
    both = invoke("score", run, tmp_path / "given.tsv", "--with", other).stdout
    options = ("--sources", tmp_path / "sources.txt", "--with", other)
    done = invoke("rerank", run, tmp_path / "nbest.txt", *options)
    assert float(done.stdout.split(" ||| ")[-1]) == pytest.approx(float(both), abs=1e-3)


def test_a_run_with_itself_answers_as_alone(run: Path, invoke: Invoke) -> None:
    alone, twice = (
        invoke("predict", run, "--beam", 3, *more, given="가나\n\n다\n").stdout
        for more in ((), ("--with", run, "--with", run))
    )
    assert twice == alone


def test_an_evaluation_names_all_models(
    run: Path, other: Path, pairs: Path, invoke: Invoke
) -> None:
    options = ("--with", other, "--bootstrap", 0, "--json", "-", "--set", "search.beam=2")
    done = invoke("evaluate", run, pairs, *options)
    assert done.exit_code == 0, done.output
    twin = json.loads(done.stdout)
    assert (twin["run"], twin["with"]) == (str(run), [str(other)])


def test_an_explanation_shows_the_attention_of_both(run: Path, other: Path, invoke: Invoke) -> None:
    done = invoke("explain", run, "가나", "--with", other, "--set", "search.beam=2")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[1].split() == ["가", "나", "<eos>"]


def test_gates_are_shown_member_by_member(
    run: Path, other: Path, tmp_path: Path, invoke: Invoke
) -> None:
    options = ("--with", other, "--target", "k a", "--gates", "--json", tmp_path / "told.json")
    done = invoke("explain", run, "가나", *options)
    assert done.exit_code == 0, done.output
    first, second = done.stdout.index(f"1. {run}\n"), done.stdout.index(f"2. {other}\n")
    assert done.stdout.index("decoder 1\n", first) < second < done.stdout.rindex("decoder 1\n")
    [output] = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))["outputs"]
    assert [member["run"] for member in output["members"]] == [str(run), str(other)]


def test_a_member_without_an_index_is_told_how_to_get_one_beside_the_others(
    run: Path, other: Path, pairs: Path, tmp_path: Path, invoke: Invoke
) -> None:
    indexed = tmp_path / "run"
    shutil.copytree(run, indexed)
    invoke("index", indexed, pairs)
    options = ("--with", other, "--target", "k a n a", "--neighbours", 1)
    done = invoke("explain", indexed, "가나", *options)
    assert done.exit_code == 0, done.output
    assert done.stdout.count("가나 → k a [n] a <eos>") == 1
    assert done.stdout.splitlines()[-1] == (
        f"{other}: there is no index of training examples. Build one with: seqloom index {other}"
    )


def test_unlike_vocabularies_are_named(run: Path, tmp_path: Path, invoke: Invoke) -> None:
    unlike = tmp_path / "run"
    assert train_tiny(tmp_path, unlike, "--set", "target.kind=characters").exit_code == 0
    done = invoke("predict", run, "--with", unlike, given="가\n")
    assert done.exit_code == 2
    assert f"one target vocabulary, but {unlike} has other tokens" in done.stderr
    assert len(done.stderr.splitlines()) == 1
