"""A loaded predictor: it writes and draws the same with the same seed, goes on from what it is given,
scores, explains, writes its files, and says in one line what it cannot do."""

import csv
import json

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

import seqloom
from seqloom.cli.main import app
from seqloom.config import override, read_recipe
from seqloom.config.tokens import Characters
from seqloom.data.bad_rows import Place
from seqloom.data.next_step.drawings import Drawing
from seqloom.data.next_step.strokes import Paper
from seqloom.data.next_step.texts import read_texts
from seqloom.errors import UserError
from seqloom.models.folder import WEIGHTS, save_weights
from seqloom.models.next_step_run import Setting, build_model
from seqloom.symbols import EOS
from seqloom.text.codec import Codec
from seqloom.training.next_step import text_task

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
SMALL = ["model.hidden=5", "model.layers=2", "model.embedding=3", "generation.max_length=12"]
STROKES = np.array([[0, 0, 0], [5, -5, 1], [-5, 3, 0], [2, 2, 1]], dtype=np.float32)
PAPER = Paper.of([Drawing(STROKES, Place("file", 1))])


def run_of(folder, name, *changes):
    """A predictor that has learnt nothing."""
    torch.manual_seed(1)
    recipe = override(read_recipe(f"graves2013-{name}"), [*SMALL, *changes])
    codec = Codec.train(Characters(), ["abc fox"]) if name != "handwriting" else None
    setting = Setting(recipe, codec, None if name == "text" else PAPER)
    setting.save(folder)
    save_weights(folder / WEIGHTS, dict(build_model(setting).named_parameters()))
    return folder


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    return run_of(tmp_path_factory.mktemp("text"), "text")


@pytest.fixture(scope="module")
def strokes(tmp_path_factory):
    return run_of(tmp_path_factory.mktemp("strokes"), "handwriting")


@pytest.fixture(scope="module")
def hand(tmp_path_factory):
    more = ["model.window.gaussians=2", "model.readout.components=2"]
    return run_of(tmp_path_factory.mktemp("hand"), "synthesis", *more)


def told(*arguments):
    """Exit status and all that was said."""
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    return result.exit_code, result.output


def test_the_same_seed_writes_the_same_text(text):
    generator = seqloom.load(text)
    first, again = generator.generate(3, seed=5), generator.generate(3, seed=5)
    assert [sample.text for sample in first] == [sample.text for sample in again]
    assert len({sample.text for sample in generator.generate(3, seed=6)}) == 3


def test_a_text_goes_on_from_its_prime(text):
    (sample,) = seqloom.load(text).generate(prime="fox\nab")
    assert sample.text.startswith("fox\nab")
    assert sample.given == 6


def test_drawings_go_on_from_their_prime(strokes):
    for sample in seqloom.load(strokes).generate(3, prime=STROKES):
        np.testing.assert_allclose(sample.offsets[: sample.given], STROKES, atol=1e-5)
        assert sample.given == 4


def test_a_drawing_of_a_text_has_a_window_over_all_its_characters(hand):
    explanation = seqloom.load(hand).explain("fox", max_length=7)
    phi = np.array(explanation.record()["phi"])
    assert phi.shape == (len(explanation.sample.phi), 3)
    assert (phi >= 0).all()


def test_a_primed_drawing_of_a_text_writes_both(hand):
    (sample,) = seqloom.load(hand).generate(text="fox", prime=("abc ", STROKES))
    assert sample.text == "abc fox"
    assert sample.given == 4


def test_scores_are_what_evaluation_adds_up(text, tmp_path, monkeypatch):
    monkeypatch.setattr(text_task, "DEV_LANES", 1)
    generator = seqloom.load(text)
    path = tmp_path / "test.txt"
    path.write_text("fox\nab c\n", encoding="utf-8")
    [score] = generator.score(["fox\nab c"])
    found = generator.evaluate([path])
    assert found.counts == {"tokens": 9, "characters": 9, "unknown tokens": 0}
    assert found.values["nats per token"] == pytest.approx(-score / 9)
    assert found.values["bits per character"] == pytest.approx(-score / 9 / np.log(2))


def test_the_score_of_a_drawing_is_in_units_of_the_data(strokes, tmp_path):
    generator = seqloom.load(strokes)
    path = tmp_path / "test.jsonl"
    # The recipe puts the origin before what it reads from files.
    path.write_text(json.dumps(STROKES[1:].tolist()), encoding="utf-8")
    [score] = generator.score([STROKES])
    found = generator.evaluate([path]).values
    assert found["nats per drawing (units of the data)"] == pytest.approx(-score, rel=1e-5)
    assert found["nats per drawing (units of the data)"] == pytest.approx(
        found["nats per drawing (standardised)"] + 3 * PAPER.nats, rel=1e-5
    )


def scored(run, path, *more):
    """The lines of `seqloom score`, in cells, and what is said at the end."""
    result = CliRunner().invoke(app, ["score", str(run), str(path), *more])
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.stdout.splitlines()], result.stderr


def test_the_lines_of_a_long_text_add_up_to_the_text(text, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("fox\n\nab c\n", encoding="utf-8")
    rows, said = scored(text, path, "--tokens")
    [whole] = seqloom.load(text).score(["fox\n\nab c"])
    assert [row[1::2] for row in rows] == [
        ["f", "o", "x", "<eos>"], ["<eos>"], ["a", "b", "␣", "c", "<eos>"],
    ]  # fmt: skip
    assert sum(float(row[0]) for row in rows) == pytest.approx(whole, abs=1e-5)
    assert [sum(map(float, row[2::2])) for row in rows] == pytest.approx(
        [float(row[0]) for row in rows], abs=1e-4
    )
    assert f"{-whole / 10 / np.log(2):.4f} bits per character" in said
    assert "over 10 tokens" in said


def test_a_token_is_scored_after_all_that_stands_before_it(text):
    """log p of a text is that of its beginning and of the rest after it, whatever is cut."""
    generator = seqloom.load(text)
    model, setting = generator.run.model, generator.run.setting
    codec = setting.codec
    ids = codec.encode("abc fox")
    with torch.inference_mode():
        inputs = torch.tensor([[EOS, *ids[:-1]]])
        each, _ = model.score(inputs, torch.tensor([ids]), model.start(1))
    assert generator.score(["abc fox"]) == pytest.approx([float(each.sum())], abs=1e-5)


def test_lines_that_are_sequences_are_scored_each_alone(tmp_path):
    run = run_of(tmp_path / "run", "text", "data.stream=false")
    path = tmp_path / "a.txt"
    path.write_text("fox\nab c\nfox\n", encoding="utf-8")
    rows, _ = scored(run, path)
    assert rows[0] == rows[2] != rows[1]


def test_a_drawing_is_scored_point_by_point_in_units_of_the_data(strokes, tmp_path):
    path = tmp_path / "a.jsonl"
    both = [STROKES[1:].tolist(), STROKES[1:3].tolist()]
    path.write_text("\n".join(map(json.dumps, both)), encoding="utf-8")
    rows, said = scored(strokes, path, "--tokens")
    expected = seqloom.load(strokes).score([STROKES, STROKES[:3]])
    assert [len(row) for row in rows] == [4, 3]
    assert [float(row[0]) for row in rows] == pytest.approx(expected, abs=1e-4)
    assert [sum(map(float, row[1:])) for row in rows] == pytest.approx(expected, abs=1e-4)
    assert "over 5 points of 2 drawing(s)" in said


@pytest.mark.parametrize("suffix", [".svg", ".png", ".jsonl", ".csv"])
def test_drawings_are_written_by_extension(strokes, tmp_path, suffix):
    path = tmp_path / f"sheet{suffix}"
    status, said = told("generate", strokes, "--samples", 3, "--bias", 1, "--out", path)
    assert status == 0, said
    assert path.stat().st_size > 0


def test_a_sheet_of_numbers_holds_what_was_drawn(strokes, tmp_path):
    path = tmp_path / "sheet"
    for suffix in (".csv", ".jsonl"):
        told("generate", strokes, "--samples", 2, "--seed", 3, "--out", f"{path}{suffix}")
    with (tmp_path / "sheet.csv").open(encoding="utf-8") as file:
        points = [row for row in csv.DictReader(file) if row["sample"] == "2"]
    lines = (tmp_path / "sheet.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert len(json.loads(lines[1])["strokes"]) == len(points)


@pytest.mark.parametrize("suffix", [".txt", ".jsonl", ".csv"])
def test_texts_are_written_by_extension(text, tmp_path, suffix):
    path = tmp_path / f"more{suffix}"
    prime = tmp_path / "begun.txt"
    prime.write_text("abc\nfo", encoding="utf-8")
    status, said = told("generate", text, "--prime", prime, "--samples", 2, "--out", path)
    assert status == 0, said
    assert "fo" in path.read_text(encoding="utf-8")


def test_text_goes_to_the_screen(text):
    status, said = told("generate", text, "--samples", 2, "--temperature", 0.5)
    assert status == 0
    assert said.count("---") == 1


def test_explain_writes_pictures_and_numbers(hand, tmp_path):
    png, svg, page, numbers = (
        tmp_path / f"new/w.{kind}" for kind in ("png", "svg", "html", "json")
    )
    files = ("--png", png, "--svg", svg, "--html", page, "--json", numbers)
    status, said = told("explain", hand, "fox", "--theme", "dark", *files)
    assert status == 0, said
    assert png.read_bytes().startswith(b"\x89PNG")
    assert svg.read_text(encoding="utf-8").startswith("<svg")
    assert "Window over the text" in page.read_text(encoding="utf-8")
    assert json.loads(numbers.read_text(encoding="utf-8"))["text"] == "fox"


@pytest.mark.parametrize("name", ["text", "strokes", "hand"])
def test_info_says_what_it_is(name, request):
    status, said = told("info", request.getfixturevalue(name))
    assert status == 0
    assert "seqloom generate" in said


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("text", ["generate", "--bias", 1], "bias is for strokes"),
        ("text", ["generate", "--text", "abc"], "writes text, not strokes"),
        ("text", ["generate", "--out", "a.svg"], "end in .txt"),
        ("text", ["generate", "--out", "a.wav"], "texts are no sound. Write them into a file that"),
        (
            "strokes",
            ["generate", "--out", "a.wav"],
            "no sound. Write them into a file that ends in .svg",
        ),
        ("text", ["generate", "--temperature", 0], "temperature must be above 0"),
        ("text", ["generate", "--samples", 0], "samples must be at least 1"),
        ("text", ["predict"], "seqloom generate"),
        ("text", ["explain", "abc"], "no window"),
        (
            "hand",
            ["explain", "fox", "--gates"],
            "--gates: not for models of the family next",
        ),
        (
            "hand",
            ["explain", "fox", "--method", "gradient"],
            "takes --png, --svg, --html, --json, --theme and --device.",
        ),
        (
            "hand",
            ["explain", "fox", "--theme", "dark"],
            "--theme: the colours of a PNG picture. Add",
        ),
        ("text", ["evaluate"], "names no test set"),
        ("strokes", ["generate"], "needs --out FILE"),
        ("strokes", ["generate", "--text", "a", "--out", "a.svg"], "draws freely"),
        ("hand", ["generate", "--out", "a.svg"], "give one with --text"),
        ("hand", ["generate", "--text", "q!", "--out", "a.svg"], "cannot draw 'q', '!'"),
    ],
)
def test_what_cannot_be_is_one_line(name, arguments, message, request):
    command, *more = arguments
    status, said = told(command, request.getfixturevalue(name), *more)
    assert status == 2
    assert message in said
    assert len(said.strip().splitlines()) == 1


def test_another_kind_of_prime_is_refused(text, strokes, hand):
    with pytest.raises(UserError, match="text to go on from"):
        seqloom.load(text).generate(prime=STROKES)
    with pytest.raises(UserError, match="Give strokes as prime"):
        seqloom.load(strokes).generate(prime="abc")
    with pytest.raises(UserError, match="need the text that they write"):
        seqloom.load(hand).generate(text="fox", prime=STROKES)


def test_a_damaged_paper_is_one_line(strokes, tmp_path):
    folder = run_of(tmp_path / "run", "handwriting")
    for damage in ("{}", "[1]", "no", '{"scaler": {"mean": [1]}, "origin": true}'):
        (folder / "strokes.json").write_text(damage, encoding="utf-8")
        with pytest.raises(UserError, match=r"strokes\.json: "):
            seqloom.load(folder)


def test_texts_of_files_are_read_whole(text, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("ab\n\nc", encoding="utf-8")
    assert seqloom.load(text).read_prime(path) == "ab\n\nc"
    assert len(list(read_texts([str(path)], seqloom.load(text).recipe.data))) == 3
