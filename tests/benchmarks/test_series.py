"""The rows of the series page, the page that is written from their results, and one row from end to end."""

import json

import numpy as np
import pytest
from benchmarks.series import row as rows_of
from benchmarks.series.__main__ import listed, parser
from benchmarks.series.__main__ import run as run_in_process
from benchmarks.series.judges import forecast
from benchmarks.series.page import write_page
from benchmarks.series.row import Row
from benchmarks.series.rows import LSTM_WITH_ATTENTION, ROWS
from benchmarks.series.run_row import run_row

from seqloom.config import override, read_recipe

NAMES = [row.name for row in ROWS]
COST = {"parameters": 12345, "updates": 600, "epochs": 2, "minutes": 31.2, "cpu_minutes": 29.7}


def row(name):
    return next(each for each in ROWS if each.name == name)


def result(name, **changes):
    nothing = {"texts": {}, "pictures": {}}
    return {**COST, "command": row(name).command(), **nothing, **changes}


def written(tmp_path, results):
    write_page(ROWS, results, tmp_path / "runs", tmp_path / "docs" / "series.md")
    return (tmp_path / "docs" / "series.md").read_text(encoding="utf-8")


def cells(page, name):
    line = next(line for line in page.splitlines() if line.startswith(f"| {name} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_no_two_rows_have_one_name():
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_settings_of_a_row_are_accepted_quick_ones_too(name):
    chosen = row(name)
    recipe = override(read_recipe(chosen.recipe), chosen.settings(list(chosen.test)))
    override(recipe, chosen.quick)


def test_what_a_row_needs_is_a_row_that_needs_nothing():
    for each in ROWS:
        assert [row(name).needs for name in each.needs] == [()] * len(each.needs)


def test_a_command_names_data_and_settings():
    assert row("forecast/uni-48").command() == (
        'seqloom train forecast --data "$SEQLOOM_DATA/ett/ETTh1.csv" --set data.horizon=48 '
        "--set 'data.columns=[OT]' --out runs/forecast-uni-48"
    )


def test_a_page_of_nothing_has_no_table(tmp_path):
    assert "|" not in written(tmp_path, {})


def test_only_what_was_run_is_written_with_its_cost_and_command(tmp_path):
    scores = {"mse": 0.5, "mae": 0.25, "mse_plain": 1.5, "mae_plain": 1.25}
    page = written(tmp_path, {"forecast/multi-24": result("forecast/multi-24", scores=scores)})
    assert cells(page, "forecast/multi-24") == [
        "forecast/multi-24", "0.500 / 0.250", "0.650 / 0.624", "1.500 / 1.250",
        "12,345", "600", "31", "30",
    ]  # fmt: skip
    assert row("forecast/multi-24").command() in page
    assert "forecast/multi-48" not in page
    assert "Voice" not in page


def test_the_ratio_of_voices_is_that_of_their_distances(tmp_path):
    scores = {"distance": 2.0, "distance_plain": 8.0}
    page = written(tmp_path, {"convert-voice": result("convert-voice", scores=scores)})
    assert cells(page, "convert-voice")[1:4] == ["2.00", "8.00", "0.25"]


def test_a_text_of_its_own_is_quoted(tmp_path):
    name = "text/char-peace-skip"
    scores = {"bits per character": 2.0, "perplexity per token": 4.0, "tokens": 1000}
    done = result(name, scores=scores, texts={"sample": "One\n\ntwo"})
    assert "\n    One\n\n    two\n" in written(tmp_path, {name: done})


def test_a_picture_is_copied_beside_the_page(tmp_path):
    folder = tmp_path / "runs" / "convert-voice"
    folder.mkdir(parents=True)
    (folder / "spectra.png").write_bytes(b"picture")
    scores = {"distance": 2.0, "distance_plain": 8.0}
    done = result("convert-voice", scores=scores, pictures={"spectra.png": "Three voices."})
    page = written(tmp_path, {"convert-voice": done})
    [link] = [line for line in page.splitlines() if line.startswith("![")]
    copied = tmp_path / "docs" / link.partition("](")[2].rstrip(")")
    assert copied.read_bytes() == b"picture"
    assert "convert-voice: Three voices." in page


def test_legibility_has_a_line_for_each_bias(tmp_path):
    name = "recognise/handwriting"
    scores = {"cer": 1.0, "cer, low": 0.5, "cer, high": 1.5, "monotonicity": 0.9, "sequences": 500}
    for bias, value in (("0", 20.0), ("0.5", 10.0)):
        key = f"written at bias {bias}, cer"
        scores |= {key: value, f"{key}, low": value - 2, f"{key}, high": value + 2}
    page = written(tmp_path, {name: result(name, scores={**scores, "lines written": 100})})
    assert cells(page, "0") == ["0", "20.00", "18.00 to 22.00"]
    assert cells(page, "0.5") == ["0.5", "10.00", "8.00 to 12.00"]


def test_the_list_adds_minutes_up():
    chosen = [row("forecast/uni-24"), row("convert-voice")]
    assert listed(chosen).endswith(f"in all: {sum(each.minutes for each in chosen)}")


def test_a_row_whose_needs_have_not_run_is_left_out_in_a_line(tmp_path, capsys):
    options = parser().parse_args(["--out", str(tmp_path)])
    assert run_in_process(options, row("recognise/handwriting")) == 1
    assert capsys.readouterr().out == (
        "recognise/handwriting: left out, as it needs synthesis/hershey.\n"
    )


@pytest.fixture
def hours(tmp_path, monkeypatch):
    """A data folder with a table as ETTh1 is, a month where that has two years."""
    names = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]
    start = np.datetime64("2016-07-01T00", "s")
    lines = [
        ",".join([str(start + np.timedelta64(n, "h")).replace("T", " "), *(
            f"{np.sin(n * (1 + f / 7)):.4f}" for f in range(7)
        )])
        for n in range(80)
    ]  # fmt: skip
    path = tmp_path / "data" / "ett" / "ETTh1.csv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join([",".join(["date", *names]), *lines]) + "\n")
    monkeypatch.setenv("SEQLOOM_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(forecast, "AT", 70)


TINY = (
    "data.split={kind: shares}", "data.lookback=6", "data.horizon=3", "data.dev_stride=1",
    "model.hidden=3", "training.max_updates=2", "training.batch_size=16",
)  # fmt: skip


@pytest.mark.usefixtures("hours", "unchecked_shapes")
def test_a_row_is_trained_judged_and_kept_and_not_trained_twice(tmp_path):
    tiny = Row(
        "tiny", "forecast", 1, forecast.judge, "hours", files=("ett/ETTh1.csv",), changes=TINY
    )
    folder = tmp_path / "out" / "tiny"
    found = run_row(tiny, folder, tmp_path / "out")
    assert json.loads((folder / "result.json").read_text()) == found
    assert found["updates"] == 2
    assert found["scores"]["mse_plain"] > 0
    assert (folder / "forecast.png").exists()
    before = (folder / "run" / "weights.safetensors").stat().st_mtime_ns
    again = run_row(tiny, folder, tmp_path / "out")
    assert again["scores"] == found["scores"]
    assert (folder / "run" / "weights.safetensors").stat().st_mtime_ns == before
    assert again["cpu_minutes"] >= found["cpu_minutes"]


def test_published_figures_are_those_of_the_data_sets_readme():
    readme = rows_of.data_folder() / "README.md"
    if not readme.is_file():
        pytest.skip("the data sets are not here")
    [line] = [each for each in readme.read_text().splitlines() if each.startswith("| `ett`")]
    for mse, mae in LSTM_WITH_ATTENTION.values():
        assert f"{mse:.3f} / {mae:.3f}".replace("0.", ".") in line


def test_words_stand_beside_what_others_report(tmp_path):
    scores = {"bits per character": 2.0, "perplexity per token": 205.0, "tokens": 1000}
    page = written(tmp_path, {"text/wikitext-2": result("text/wikitext-2", scores=scores)})
    assert "is 205.0, 2.0 times that of the smallest of them" in page
