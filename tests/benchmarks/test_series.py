"""The rows of the series page, the page that is written from their results, and one row from end to end."""

import json
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from benchmarks.series import row as rows_of
from benchmarks.series import run_row as run_row_of
from benchmarks.series.__main__ import keep, listed, parser
from benchmarks.series.__main__ import run as run_in_process
from benchmarks.series.judges import forecast
from benchmarks.series.page import write_page
from benchmarks.series.row import Row
from benchmarks.series.rows import LSTM_WITH_ATTENTION, ROWS
from benchmarks.series.run_row import run_row

from seqloom.config import override, read_recipe
from seqloom.config.next_step_data import TextData
from seqloom.data.bad_rows import Place
from seqloom.data.frames.setting import Features, Setting
from seqloom.data.series.scaling import Scaler
from seqloom.data.sources.lines import Line
from seqloom.text.codec import Codec
from seqloom.training.next_step.texts import encode

NAMES = [row.name for row in ROWS]
UNITS = ("standardised", "units of the data")
ERRORS = {"mse": 0.5, "mae": 0.25, "mse_plain": 1.5, "mae_plain": 1.25}
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
    scores = {**ERRORS, "coverage": 0.8125}
    page = written(tmp_path, {"forecast/multi-24": result("forecast/multi-24", scores=scores)})
    assert cells(page, "forecast/multi-24") == [
        "forecast/multi-24", "0.500 / 0.250", "0.650 / 0.624", "1.500 / 1.250", "81.2%",
        "12,345", "600", "31", "30",
    ]  # fmt: skip
    assert row("forecast/multi-24").command() in page
    assert "forecast/multi-48" not in page
    assert "Voice" not in page


def test_a_figure_that_an_earlier_run_did_not_measure_is_left_empty(tmp_path):
    nats = {f"nats per {of} ({unit})": 1.5 for of in ("point", "drawing") for unit in UNITS}
    one = {"nats per point (standardised) of a unigram model": 2.5}
    page = written(
        tmp_path,
        {
            "forecast/uni-48": result("forecast/uni-48", scores=ERRORS, cpu_minutes=None),
            "handwriting/mixture": result("handwriting/mixture", scores=nats | one),
        },
    )
    assert cells(page, "forecast/uni-48")[4:] == ["", "12,345", "600", "31", ""]
    assert cells(page, "handwriting/mixture")[1:10] == [
        *["1.500"] * 4,
        "2.500",
        "",
        "",
        "",
        "12,345",
    ]


def test_a_unigram_model_stands_beside_in_all_units(tmp_path):
    scores = {
        f"nats per {of} ({unit}){whose}": value + (10 if whose else 0)
        for value, (unit, of) in enumerate(product(UNITS, ("point", "drawing")))
        for whose in ("", " of a unigram model")
    }
    page = written(
        tmp_path, {"handwriting/gaussian": result("handwriting/gaussian", scores=scores)}
    )
    found = cells(page, "handwriting/gaussian")[1:9]
    assert [float(each) for each in found] == [0, 1, 2, 3, 10, 11, 12, 13]


def test_every_horizon_that_was_run_has_its_picture(tmp_path):
    results = {}
    for name in ("forecast/multi-24", "forecast/multi-336", "forecast/uni-48"):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        (folder / "forecast.png").write_bytes(name.encode())
        results[name] = result(name, scores=ERRORS, pictures={"forecast.png": "A forecast."})
    page = written(tmp_path, results)
    links = [line for line in page.splitlines() if line.startswith("![")]
    files = [tmp_path / "docs" / link.partition("](")[2].rstrip(")") for link in links]
    assert sorted(file.read_bytes().decode() for file in files) == sorted(results)


def test_results_of_another_machine_are_kept_until_the_row_runs_again(tmp_path):
    kept = tmp_path / "docs" / "results" / "series.json"

    def ran(out, name, minutes):
        (tmp_path / out / name).mkdir(parents=True)
        text = json.dumps(result(name, minutes=minutes))
        (tmp_path / out / name / "result.json").write_text(text)
        return keep(kept, tmp_path / out)

    assert keep(kept, tmp_path / "nothing") == {}
    assert not kept.exists()
    ran("one", "convert-voice", 1)
    ran("one", "forecast/uni-24", 2)
    found = ran("two", "convert-voice", 3)
    assert {name: each["minutes"] for name, each in found.items()} == {
        "convert-voice": 3,
        "forecast/uni-24": 2,
    }
    assert keep(kept, tmp_path / "nothing") == found


def test_the_ratio_of_voices_is_that_of_their_distances(tmp_path):
    scores = {"distance": 2.0, "distance_plain": 8.0}
    page = written(tmp_path, {"convert-voice": result("convert-voice", scores=scores)})
    assert cells(page, "convert-voice")[1:4] == ["2.00", "8.00", "0.25"]


def test_a_text_of_its_own_is_quoted(tmp_path):
    name = "text/char-peace-skip"
    scores = {"bits per character": 2.0, "perplexity per token": 4.0, "tokens": 1000}
    done = result(name, scores=scores, texts={"sample": "One\n\ntwo"})
    assert "\n    One\n\n    two\n" in written(tmp_path, {name: done})


def test_rows_on_characters_are_drawn_as_they_learnt(tmp_path):
    scores = {"bits per character": 2.0, "perplexity per token": 4.0, "tokens": 1000}
    curve = [(250, 2.7), (500, 2.4)]
    for more in ({}, {"curve": curve}):
        names = [f"text/char-peace-{kind}" for kind in ("skip", "plain")]
        page = written(tmp_path, {name: result(name, scores=scores, **more) for name in names})
        drawn = tmp_path / "docs" / "images" / "series-text-learning.png"
        assert ("series-text-learning.png" in page) == drawn.exists() == bool(more)


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
    assert 0 <= found["scores"]["coverage"] <= 1
    assert (folder / "forecast.png").exists()
    before = (folder / "run" / "weights.safetensors").stat().st_mtime_ns
    again = run_row(tiny, folder, tmp_path / "out")
    assert again["scores"] == found["scores"]
    assert (folder / "run" / "weights.safetensors").stat().st_mtime_ns == before
    assert again["cpu_minutes"] >= found["cpu_minutes"]


def test_seconds_of_the_processor_are_written_down_while_it_works(tmp_path, monkeypatch):
    monkeypatch.setattr(run_row_of, "_NOTED", 0.01)
    noted = tmp_path / "cpu.json"
    noted.write_text("100.0")
    with run_row_of.counted(tmp_path):
        while json.loads(noted.read_text()) <= 100.05:
            sum(range(10_000))
    assert json.loads(noted.read_text()) > 100.05


def test_published_figures_are_those_of_the_data_sets_readme():
    readme = rows_of.data_folder() / "README.md"
    if not readme.is_file():
        pytest.skip("the data sets are not here")
    [line] = [each for each in readme.read_text().splitlines() if each.startswith("| `ett`")]
    for mse, mae in LSTM_WITH_ATTENTION.values():
        assert f"{mse:.3f} / {mae:.3f}".replace("0.", ".") in line


def test_words_stand_beside_what_others_report(tmp_path):
    results = {
        f"text/wikitext-2-{kind}": result(
            f"text/wikitext-2-{kind}",
            scores={"bits per character": 2.0, "perplexity per token": found, "tokens": 1000},
        )
        for kind, found in (("skip", 205.0), ("plain", 307.5))
    }
    page = written(tmp_path, results)
    assert (
        "text/wikitext-2-skip: 600 updates, 30 minutes of one CPU core, lead to 205.0, 2.0 times"
        in page
    )
    assert "lead to 307.5, 3.0 times that of the smallest of them" in page
    assert page.count("index of gluon-nlp") == 1


def changes(name):
    return set(row(name).changes)


def test_rows_with_and_without_skip_connections_differ_in_nothing_else():
    for name in ("text/wikitext-2", "text/char-shakespeare", "text/char-peace"):
        assert changes(f"{name}-plain") - changes(f"{name}-skip") == {"model.skip=false"}
        assert changes(f"{name}-skip") < changes(f"{name}-plain")
    assert "model.layers=2" in changes("text/wikitext-2-skip")


class Sure:
    """A forecaster of a table that counts its rows: it says when it is asked, and what it is told to."""

    def __init__(self, path, low, high):
        self.recipe = override(read_recipe("forecast"), [
            f"data.train=[{path}]", "data.split={kind: shares}", "data.lookback=6", "data.horizon=3",
        ])  # fmt: skip
        side = Features(Scaler((0.0,), (1.0,)), ("row",))
        self.run = SimpleNamespace(setting=Setting(side, side))
        self.low, self.high, self.asked = low, high, []

    def predict(self, sources, *, levels):
        assert list(levels) == [0.1, 0.9]
        self.asked = [float(source.values[-1, 0]) for source in sources]
        return [
            SimpleNamespace(
                quantiles={0.1: source.actual + self.low, 0.9: source.actual + self.high}
            )
            for source in sources
        ]


def test_coverage_is_the_share_of_what_came_that_lay_within_the_band(tmp_path):
    """200 rows, of which 161 to 200 are for testing: forecasts of three begin at row 161 and at 184."""
    path = tmp_path / "t.csv"
    start = np.datetime64("2024-01-01T00", "s")
    lines = [f"{start + np.timedelta64(n, 'h')},{n + 1}" for n in range(200)]
    path.write_text("date,row\n" + "\n".join(lines) + "\n")
    steps = np.array([[-1.0], [0.5], [1.0]])
    for low, high, expected in (
        (-1, 1, 1.0), (0, 0, 1.0), (0.5, 1, 0.0), (steps, steps + 2, 1 / 3),
    ):  # fmt: skip
        sure = Sure(path, low, high)
        assert forecast.coverage(sure) == pytest.approx(expected)
        assert sure.asked == [160, 183]


def test_bits_are_told_per_character_whatever_the_units(tmp_path):
    """The same text in characters, bytes and subwords has as many characters, though not as many tokens."""
    lines = [Line(Place("text", n), text) for n, text in enumerate(["größer", "als ich"], start=1)]
    counts = {}
    for kind, tokens in (("characters", {}), ("bytes", {}), ("bpe", {"size": 300})):
        data = TextData.model_validate({"tokens": {"kind": kind, **tokens}})
        codec = Codec.train(data.tokens, [line.text for line in lines])
        counts[kind] = encode(lines, codec, data)
    assert {found.characters for found in counts.values()} == {6 + 1 + 7 + 1}
    assert counts["bytes"].tokens == counts["characters"].tokens + 2
