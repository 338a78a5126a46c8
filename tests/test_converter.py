"""A converter as its users meet it: runs saved and loaded, forecasts, scores that can be summed by hand,
and the commands."""

import json
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from seqloom.cli.main import app
from seqloom.cli.predict_frames import write
from seqloom.config import read_recipe
from seqloom.converter import Converter
from seqloom.data.bad_rows import BadRows
from seqloom.data.frames.conversion import Conversion
from seqloom.data.frames.setting import Features, Setting
from seqloom.data.series.scaling import Scaler
from seqloom.data.speech.corpus import RATE
from seqloom.data.speech.espeak import Sound
from seqloom.data.speech.wav import read_wav, write_wav
from seqloom.errors import UserError
from seqloom.models.folder import WEIGHTS, save_recipe, save_weights
from seqloom.models.frames_run import build_converter, load_frames_run
from seqloom.training.run import Note, Ready, training

WINDOWS = """
family: frames
data: {{train: [{path}], time: date, known: [hour], lookback: 6, horizon: 3, targets: [b]}}
model: {{hidden: 5, embedding: 4, fed: {fed}, density: {{kind: {density}}}}}
training: {{max_updates: 2, batch_size: 8, metric: mse}}
"""
WITHOUT_DATES = WINDOWS.replace("time: date, known: [hour], ", "")
PAIRS = """
family: frames
data: {{kind: pairs, train: [{path}], constant: keep}}
model: {{kind: {kind}, hidden: 5{more}}}
training: {{max_updates: 2, batch_size: 4}}
"""


def table(folder, rows=60):
    path = folder / "t.csv"
    start = np.datetime64("2024-01-01T00", "s")
    lines = [
        f"{start + np.timedelta64(row, 'h')},{np.sin(row)},{10 + 2 * np.cos(row)}"
        for row in range(rows)
    ]
    path.write_text("date,a,b\n" + "\n".join(lines) + "\n")
    return path


def untrained(folder, text, setting):
    """A run as if it had been trained, its weights as they were drawn."""
    source = folder / "r.yaml"
    source.write_text(text)
    recipe, run = read_recipe(source), folder / "run"
    torch.manual_seed(3)
    model = build_converter(recipe, setting)
    save_recipe(run, recipe)
    setting.save(run)
    save_weights(run / WEIGHTS, dict(model.named_parameters()))
    return Converter(load_frames_run(run), run), model.eval()


def forecaster(folder, fed="written", density="mixture", windows=WINDOWS):
    side = Features(Scaler((0.0, 10.0), (0.7, 1.4)), ("a", "b"))
    text = windows.format(path=table(folder), fed=fed, density=density)
    return untrained(folder, text, Setting(side, side.only([1])))


def pairs_file(folder, lengths=((3, 3), (4, 4), (2, 2))):
    path = folder / "p.jsonl"
    rows = [
        {"source": [[float(i), 1.0] for i in range(s)], "target": [[2.0 * i] for i in range(t)]}
        for s, t in lengths
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    return path


def voices(folder, kind="one_to_one", more="", **pairs):
    source, target = Features(Scaler((0.0, 0.0), (1.0, 1.0))), Features(Scaler((1.0,), (2.0,)))
    text = PAIRS.format(path=pairs_file(folder, **pairs), kind=kind, more=more)
    return untrained(folder, text, Setting(source, target))


def test_a_loaded_run_has_the_same_bits(tmp_path):
    converter, model = forecaster(tmp_path)
    for name, weight in model.named_parameters():
        assert torch.equal(dict(converter.run.model.named_parameters())[name], weight)


@pytest.mark.parametrize("fed", ["written", "nothing"])
@pytest.mark.parametrize("density", ["regression", "gaussian", "mixture"])
def test_a_forecast_has_dates_and_rising_quantiles(tmp_path, fed, density):
    converter, _ = forecaster(tmp_path, fed, density)
    [answer] = converter.predict(table(tmp_path), levels=[0.9, 0.1, 0.5])
    assert answer.frames.shape == (3, 1)
    assert answer.names == ("b",)
    assert answer.times[0] == "2024-01-03T12:00:00"
    assert list(answer.quantiles) == [0.1, 0.5, 0.9]
    assert (np.diff(list(answer.quantiles.values()), axis=0) > 0).all()
    assert (answer.scale > 0).all()
    np.testing.assert_allclose(answer.attention.sum(axis=1), 1, rtol=1e-5)


def test_answers_name_their_record_where_another_was_set_aside(tmp_path):
    converter, _ = voices(tmp_path)
    path = tmp_path / "asked.jsonl"
    rows = [[[1.0, 2.0]], [[float("nan"), 1.0]], [[3.0, 4.0], [5.0, 6.0]]]
    path.write_text("\n".join(json.dumps({"source": row}) for row in rows) + "\n")
    with BadRows(tmp_path / "bad.tsv") as bad:
        answers = converter.predict(path, bad=bad)
    assert [answer.number for answer in answers] == [1, 3]
    assert [answer.record()["record"] for answer in answers] == [1, 3]
    assert [len(answer.frames) for answer in answers] == [1, 2]
    arrays = [np.ones((2, 2), np.float32), np.ones((3, 2), np.float32)]
    assert [answer.number for answer in converter.predict(arrays)] == [1, 2]


def test_the_same_seed_draws_the_same_futures(tmp_path):
    converter, _ = forecaster(tmp_path)
    first, same, other = (converter.predict(table(tmp_path), seed=s)[0] for s in (4, 4, 5))
    assert np.array_equal(first.quantiles[0.05], same.quantiles[0.05])
    assert not np.array_equal(first.quantiles[0.05], other.quantiles[0.05])
    assert np.array_equal(first.frames, other.frames)


def test_quantiles_of_one_gaussian_stand_where_tables_say(tmp_path):
    converter, _ = forecaster(tmp_path, "nothing", "gaussian")
    [answer] = converter.predict(table(tmp_path), levels=[0.5, 0.975])
    np.testing.assert_allclose(answer.quantiles[0.5], answer.frames, rtol=1e-5)
    apart = (answer.quantiles[0.975] - answer.frames) / answer.scale
    np.testing.assert_allclose(apart, 1.959964, rtol=1e-3)


def test_scores_are_those_of_the_forecasts_one_by_one(tmp_path):
    converter, _ = forecaster(tmp_path)
    path = table(tmp_path, 12)
    rows = np.loadtxt(path, delimiter=",", skiprows=1, usecols=2)
    wanted = np.array([rows[begin : begin + 3] for begin in range(6, 10)])
    answers = [
        converter.predict(path, at=begin + 1, samples=1)[0].frames[:, 0] for begin in range(6, 10)
    ]
    scores = converter.evaluate([path])
    off = np.array(answers) - wanted
    plain = rows[5:9, None] - wanted
    assert scores.pairs == 4
    np.testing.assert_allclose(scores.values["mse"], np.square(off / 1.4).mean(), rtol=1e-4)
    np.testing.assert_allclose(scores.values["mae_units"], np.abs(off).mean(), rtol=1e-4)
    np.testing.assert_allclose(scores.values["mse_plain"], np.square(plain / 1.4).mean(), rtol=1e-4)


def test_a_conversion_has_a_frame_for_each_of_its_source(tmp_path):
    converter, _ = voices(tmp_path)
    answers = converter.predict([np.ones((4, 2)), np.zeros((7, 2))])
    assert [answer.frames.shape for answer in answers] == [(4, 1), (7, 1)]
    alone = converter.predict(np.ones((4, 2)))[0]
    np.testing.assert_allclose(answers[0].frames, alone.frames, atol=1e-6)


def test_unequal_lengths_are_refused_and_the_way_out_is_named(tmp_path):
    converter, _ = voices(tmp_path)
    path = pairs_file(tmp_path, ((3, 3), (3, 2)))
    with pytest.raises(UserError, match=r"p\.jsonl:2: .*3 and 2 frames.*encoder-decoder"):
        converter.evaluate([path])


def test_outputs_of_any_length_are_compared_and_their_lengths_too(tmp_path):
    more = ", ending: bit, max_length: 5, embedding: 3"
    converter, _ = voices(tmp_path, "attention", more, lengths=((3, 2), (2, 6)))
    with torch.no_grad():
        converter.run.model.end.weight.zero_()
        converter.run.model.end.bias.fill_(-9.0)
    scores = converter.evaluate([tmp_path / "p.jsonl"])
    assert scores.values["length_error"] == (3 + 1) / 2
    assert len(converter.predict(np.ones((4, 2)))[0].frames) == 5


def test_training_writes_a_run_that_answers(tmp_path):
    (tmp_path / "r.yaml").write_text(
        WINDOWS.format(path=table(tmp_path), fed="written", density="gaussian")
    )
    events = list(training(read_recipe(tmp_path / "r.yaml"), tmp_path / "run"))
    [ready] = [event for event in events if isinstance(event, Ready)]
    assert (ready.facts.items, ready.facts.unit) == ("windows", "frame")
    assert ready.facts.train == 42 - 9 + 1
    assert ready.facts.dev == 6 - 3 + 1
    converter = Converter(load_frames_run(tmp_path / "run"), tmp_path / "run")
    assert converter.evaluate().pairs == 12 - 3 + 1


def test_pictures_are_drawn(tmp_path):
    converter, _ = forecaster(tmp_path)
    explanation = converter.explain(table(tmp_path))
    assert explanation.actual is not None
    explanation.png(tmp_path / "f.png")
    other, _ = voices(tmp_path)
    other.explain(np.ones((4, 2))).png(tmp_path / "v.png")
    assert (tmp_path / "f.png").read_bytes()[:4] == (tmp_path / "v.png").read_bytes()[:4]


def test_the_commands_answer(tmp_path):
    converter, _ = forecaster(tmp_path)
    run, path = str(converter.folder), str(table(tmp_path))
    said = CliRunner().invoke(app, ["predict", run, path])
    assert len(json.loads(said.stdout)["frames"]) == 3
    said = CliRunner().invoke(app, ["evaluate", run, path])
    assert "mean squared error, standardised" in said.stdout
    said = CliRunner().invoke(app, ["explain", run, path, "--png", str(tmp_path / "x.png")])
    assert "most attention" in said.stdout
    files = {f"--{kind}": str(tmp_path / f"x.{kind}") for kind in ("svg", "html", "json")}
    said = CliRunner().invoke(
        app, ["explain", run, path, *chain(*files.items()), "--theme", "dark"]
    )
    assert said.exit_code == 0
    told = json.loads(Path(files["--json"]).read_text())
    assert (len(told["known"]), len(told["actual"]), len(told["frames"])) == (6, 3, 3)
    assert [sum(row) for row in told["attention"]] == pytest.approx([1, 1, 1], abs=1e-5)
    page = Path(files["--html"]).read_text()
    assert page.count("<svg") == 2
    assert "step -" in page.partition("<details>")[2]
    assert ElementTree.parse(files["--svg"]).getroot().tag.endswith("svg")
    said = CliRunner().invoke(app, ["explain", run, path, "--gates", "--at", "40"])
    assert said.exit_code == 2
    assert "--gates: not for models of the family frames" in said.output
    said = CliRunner().invoke(app, ["info", run])
    assert "6 rows read, 3 forecast, hour known" in said.stdout
    said = CliRunner().invoke(app, ["predict", run, path, "--at", "99"])
    assert said.exit_code == 2


def speaker(folder):
    """A run of log-mel frames, and a sound to ask it about."""
    mel = Features(Scaler((-3.0,) * 80, (2.0,) * 80))
    text = PAIRS.format(path=pairs_file(folder), kind="one_to_one", more="")
    converter, _ = untrained(folder, text, Setting(mel, mel))
    samples = 0.5 * np.sin(np.arange(6 * 256) / 9)
    write_wav(folder / "in.wav", Sound(samples.astype(np.float32), RATE))
    return converter


def generated(converter, *options):
    arguments = ["generate", str(converter.folder), *map(str, options), "--device", "cpu"]
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


def test_log_mel_frames_are_generated_as_a_sound(tmp_path):
    converter, out = speaker(tmp_path), tmp_path / "out.wav"
    status, said = generated(converter, "--prime", tmp_path / "in.wav", "--out", out)
    assert status == 0, said
    sound = read_wav(str(out))
    assert (len(sound.samples), sound.rate) == (6 * 256, RATE)
    predicted = tmp_path / "predicted.wav"
    command = ["predict", str(converter.folder), str(tmp_path / "in.wav"), "--device", "cpu"]
    CliRunner().invoke(app, [*command, "--output", str(predicted)])
    assert predicted.read_bytes() == out.read_bytes()


def test_frames_are_generated_by_extension(tmp_path):
    converter, _ = voices(tmp_path)
    for suffix in (".jsonl", ".csv", ".npz"):
        out = tmp_path / f"out{suffix}"
        status, said = generated(converter, "--prime", tmp_path / "p.jsonl", "--out", out)
        assert status == 0, said
        assert out.stat().st_size > 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--prime", "p.jsonl", "--out", "a.wav"], "80 features, but these have 1. Write a file"),
        (["--prime", "p.jsonl", "--out", "a.svg"], "end in .jsonl, .csv, .npz, .npy, .png or .wav"),
        (["--prime", "p.jsonl"], "needs --out FILE"),
        (["--out", "a.csv"], "needs --prime FILE"),
        (["--text", "fox", "--out", "a.csv"], "--text says nothing here"),
        (["--samples", 2, "--out", "a.csv"], "--samples says nothing here"),
    ],
)
def test_what_frames_cannot_be_generated_as_is_one_line(tmp_path, options, message):
    status, said = generated(voices(tmp_path)[0], *options)
    assert status == 2
    assert message in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["x"], "Source 2: must be an array of numbers"),
        ([[1.0, 2.0], [3.0]], "Source 2: must be an array of numbers"),
        (np.zeros((2, 3)), "Source 2: must have frames of 2 features, but has the shape (2, 3)."),
        (np.zeros((0, 2)), "Source 2: must not be empty"),
        (np.full((2, 2), np.nan), "Source 2: all numbers that are looked at must be finite, but in row 1"),
        (np.full((2, 2), 1e300), "Source 2: all numbers that are looked at must be finite, but in row 1"),
    ],
    ids=["text", "ragged", "width", "empty", "nan", "huge"],
)  # fmt: skip
def test_sequences_from_python_are_checked(tmp_path, given, message):
    converter, _ = voices(tmp_path)
    with pytest.raises(UserError) as error:
        converter.predict([np.ones((4, 2)), given])
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_any_whole_number_is_a_seed(tmp_path):
    converter, _ = forecaster(tmp_path)
    path = table(tmp_path)
    few, many = (converter.predict(path, seed=seed)[0] for seed in (5, 2**70 + 5))
    assert np.array_equal(few.quantiles[0.05], many.quantiles[0.05])
    converter.explain(path, seed=2**70)


def test_training_says_what_it_found_in_the_table(tmp_path):
    path = table(tmp_path)
    header, *rows = path.read_text().splitlines()
    del rows[20:25]
    lines = [f"{n},{row}" for n, row in enumerate(rows)]
    path.write_text("\n".join([f",{header}", *lines]) + "\n")
    text = WINDOWS.format(path=path, fed="written", density="gaussian")
    (tmp_path / "r.yaml").write_text(text)
    events = training(read_recipe(tmp_path / "r.yaml"), tmp_path / "run")
    left_out, uneven = [event.text for event in events if isinstance(event, Note)]
    assert left_out == f"{path}: column 1 has no name and counts the rows: it is left out"
    assert uneven.startswith(
        f"{path}: 1 of 54 steps in time are not 1:00:00 long, as most are; the"
    )
    assert "leads to row 21 (2024-01-02T01:00:00), 6:00:00 after the row before" in uneven
    assert load_frames_run(tmp_path / "run").setting.source.names == ("a", "b")


def test_a_picture_of_a_forecast_sets_bad_rows_aside_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    converter, _ = forecaster(tmp_path)
    path = table(tmp_path)
    first, second, *rest = path.read_text().splitlines()
    path.write_text("\n".join([first, second + ",oops", *rest]) + "\n")
    command = ["predict", str(converter.folder), str(path), "--output", "a.png", "--device", "cpu"]
    said = CliRunner().invoke(app, command)
    assert (said.exit_code, "t.csv:2: expected 3 columns" in said.output) == (2, True)
    said = CliRunner().invoke(app, [*command, "--skip-bad"])
    assert said.exit_code == 0, said.output
    assert "1 bad row(s) set aside" in said.output


def test_a_forecast_reads_the_last_rows_of_an_array_only(tmp_path):
    converter, _ = forecaster(tmp_path, windows=WITHOUT_DATES)
    rows = np.stack([np.sin(np.arange(12_000.0)), 10 + np.cos(np.arange(12_000.0))], axis=1)
    rows[5] = np.nan
    np.save(tmp_path / "long.npy", rows)
    [answer] = converter.predict(tmp_path / "long.npy")
    [short] = converter.predict(rows[-6:])
    np.testing.assert_array_equal(answer.frames, short.frames)
    rows[-2] = np.nan
    np.save(tmp_path / "long.npy", rows)
    with pytest.raises(
        UserError, match=r"long\.npy:1: of the last 6 rows, frame 5, feature 1: must"
    ):
        converter.predict(tmp_path / "long.npy")


def test_what_is_too_short_for_a_forecast_is_set_aside(tmp_path):
    converter, _ = forecaster(tmp_path, windows=WITHOUT_DATES)
    path = tmp_path / "a.jsonl"
    short, enough = [[1.0, 2.0]] * 5, [[float(n), 10.0] for n in range(6)]
    path.write_text(f"{json.dumps(short)}\n{json.dumps(enough)}\n")
    with pytest.raises(
        UserError, match=r"a\.jsonl:1: a forecast looks at 6 rows, but here are 5\."
    ):
        converter.predict(path)
    with BadRows(tmp_path / "bad.tsv") as bad:
        assert [answer.number for answer in converter.predict(path, bad=bad)] == [2]


def test_windows_are_cut_from_tables_only(tmp_path):
    (tmp_path / "t.npy").write_bytes(b"")
    text = WINDOWS.format(path=tmp_path / "t.npy", fed="written", density="gaussian")
    (tmp_path / "r.yaml").write_text(text)
    with pytest.raises(UserError, match=r"t\.npy: windows are cut from tables, which end in \.csv"):
        list(training(read_recipe(tmp_path / "r.yaml"), tmp_path / "run"))


def test_a_sequence_from_python_may_be_as_long_as_one_of_a_file(tmp_path):
    converter, _ = voices(tmp_path)
    most = converter.recipe.data.max_source
    assert len(converter.predict(np.ones((most, 2)))[0].frames) == most
    with pytest.raises(
        UserError, match=rf"Source 1: a sequence may have {most} frames, but this one"
    ):
        converter.predict(np.ones((most + 1, 2)))


def test_every_sound_and_the_record_of_a_picture_are_named(tmp_path):
    converter, _ = voices(tmp_path)
    status, said = generated(
        converter, "--prime", tmp_path / "p.jsonl", "--out", tmp_path / "a.png"
    )
    assert status == 0, said
    assert "a picture shows one answer, here that of record 1" in said
    frames = [np.zeros((2, 80), np.float32)] * 2
    answers = [Conversion(each, each, {}, number=n) for n, each in enumerate(frames, start=3)]
    assert [path.name for path in write(tmp_path / "mm.wav", answers)] == ["mm-3.wav", "mm-4.wav"]
    assert (tmp_path / "mm-4.wav").stat().st_size > 0


def test_what_is_not_explained_may_be_bad(tmp_path):
    converter, _ = voices(tmp_path)
    path = tmp_path / "a.jsonl"
    good = json.dumps({"source": [[1.0, 2.0]] * 3})
    path.write_text(f"{good}\nbroken\n")
    assert len(converter.explain(path).answer.frames) == 3
    path.write_text(f"broken\n{good}\n")
    with pytest.raises(UserError, match=r"a\.jsonl:1: must be valid JSON") as error:
        converter.explain(path)
    assert "--skip-bad" not in str(error.value)
