"""`seqloom rerank`: the model's order, in the format it came in."""

from pathlib import Path

import pytest
from tests.cli.conftest import Invoke

SOURCES = "가\n나\n다\n"
MOSES = """0 ||| n a ||| lm= -1.5 tm= -2 ||| -3.5
0 ||| k a ||| lm= -2.5 tm= -2 ||| -4.5
2 ||| t a ||| lm= -1 ||| -1
"""


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "sources.txt").write_text(SOURCES, "utf-8")
    (tmp_path / "nbest.txt").write_text(MOSES, "utf-8")
    return tmp_path / "nbest.txt", tmp_path / "sources.txt"


def log_probs(run: Path, folder: Path, invoke: Invoke, *pairs: str) -> list[float]:
    (folder / "given.tsv").write_text("\n".join(pairs) + "\n", "utf-8")
    return [float(line) for line in invoke("score", run, folder / "given.tsv").stdout.splitlines()]


def rows(text: str) -> list[list[str]]:
    return [line.split(" ||| ") for line in text.splitlines()]


def test_hypotheses_come_in_the_order_of_the_models_log_probability(
    run: Path, files: tuple[Path, Path], tmp_path: Path, invoke: Invoke
) -> None:
    known = log_probs(run, tmp_path, invoke, "가\tn a", "가\tk a", "다\tt a")
    done = invoke("rerank", run, files[0], "--sources", files[1])
    assert done.exit_code == 0
    found = rows(done.stdout)
    assert [row[0] for row in found] == ["0", "0", "2"]
    expected = sorted(zip(known[:2], ["n a", "k a"], strict=True), reverse=True)
    assert [row[1] for row in found[:2]] == [output for _, output in expected]
    assert [float(row[3]) for row in found[:2]] == pytest.approx([p for p, _ in expected], abs=1e-3)
    assert found[2][2] == f"lm= -1 seqloom= {known[2]:.4f}"


def test_a_weight_adds_to_the_score_that_was_there(
    run: Path, files: tuple[Path, Path], tmp_path: Path, invoke: Invoke
) -> None:
    known = log_probs(run, tmp_path, invoke, "가\tn a", "가\tk a", "다\tt a")
    found = rows(invoke("rerank", run, files[0], "--sources", files[1], "--weight", 0.1).stdout)
    by_output = {row[1]: float(row[3]) for row in found}
    assert by_output["n a"] == pytest.approx(-3.5 + 0.1 * known[0], abs=1e-3)
    assert by_output["k a"] == pytest.approx(-4.5 + 0.1 * known[1], abs=1e-3)


def test_what_predict_wrote_can_be_reranked(
    run: Path, files: tuple[Path, Path], invoke: Invoke
) -> None:
    made = invoke("predict", run, files[1], "--nbest", 3)
    files[0].write_text(made.stdout, "utf-8")
    found = invoke("rerank", run, files[0], "--sources", files[1])
    assert found.exit_code == 0
    assert sorted(row[:2] for row in rows(found.stdout)) == sorted(
        row[:2] for row in rows(made.stdout)
    )


def test_a_model_and_itself_rerank_as_it_does_alone(
    run: Path, files: tuple[Path, Path], invoke: Invoke
) -> None:
    alone, twice = (
        invoke("rerank", run, files[0], "--sources", files[1], *more).stdout
        for more in ((), ("--with", run))
    )
    assert twice == alone != ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("k a\n", "nbest.txt:1: expected 'LINE ||| OUTPUT ||| ...', but found 'k a'"),
        ("7 ||| k a ||| -1\n", "nbest.txt:1: there is no source 7"),
        ("1 ||| a ||| -1\n0 ||| a ||| -1\n", "nbest.txt:2: sources must come in order"),
    ],
)
def test_a_list_that_does_not_fit_is_named(
    run: Path, files: tuple[Path, Path], invoke: Invoke, text: str, message: str
) -> None:
    files[0].write_text(text, "utf-8")
    done = invoke("rerank", run, files[0], "--sources", files[1])
    assert done.exit_code == 2
    assert message in done.stderr


def test_a_weight_needs_scores(run: Path, files: tuple[Path, Path], invoke: Invoke) -> None:
    files[0].write_text("0 ||| k a\n", "utf-8")
    assert invoke("rerank", run, files[0], "--sources", files[1]).stdout.startswith(
        "0 ||| k a ||| -"
    )
    done = invoke("rerank", run, files[0], "--sources", files[1], "--weight", 1)
    assert done.exit_code == 2
    assert "this line has none" in done.stderr
