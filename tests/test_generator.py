"""A loaded predictor: it writes and draws the same with the same seed, goes on from what it is given,
scores, explains, writes its files, and says in one line what it cannot do."""

import csv
import json
import re

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
        ("text", ["generate", "--temperature", 0], "temperature must be between 0.001 and 1000"),
        ("text", ["generate", "--temperature", 1e300], "between 0.001 and 1000, but is 1e+300"),
        ("strokes", ["generate", "--out", "a.svg", "--temperature", 1e-45], "but is 1e-45"),
        (
            "strokes",
            ["generate", "--out", "a.svg", "--bias", 1e39],
            "bias must be between 0 and 100, but is 1e+39",
        ),
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


def test_a_unigram_model_stands_beside_in_all_units_of_the_scores(strokes, tmp_path):
    """In units of the data every point costs as much more or less, whoever tells it. A drawing has 4 points
    that are told: the origin, which is put before them, is not."""
    path = tmp_path / "a.jsonl"
    path.write_text(f"{STROKES.tolist()}\n" * 2, encoding="utf-8")
    values = seqloom.load(strokes).evaluate([path]).values
    for whose in ("", " of a unigram model"):
        point, drawing, point_own, drawing_own = (
            values[f"nats per {of} ({unit}){whose}"]
            for unit in ("standardised", "units of the data")
            for of in ("point", "drawing")
        )
        assert drawing == pytest.approx(4 * point)
        assert drawing_own == pytest.approx(4 * point_own)
        assert point_own - point == pytest.approx(PAPER.nats)


def test_a_hand_goes_on_from_an_archive_of_texts_and_strokes(hand, tmp_path):
    path = tmp_path / "lines.npz"
    np.savez(path, text_texts=["ab"], strokes_points=STROKES, strokes_lengths=[4])
    generator = seqloom.load(hand)
    text, offsets = generator.read_prime(path)
    assert (text, offsets.tolist()) == ("ab", STROKES.tolist())
    (sample,) = generator.generate(text="c", prime=(text, offsets))
    assert sample.text == "abc"
    assert generator.evaluate([path]).counts["drawings"] == 1


def test_texts_of_files_are_read_whole(text, tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("ab\n\nc", encoding="utf-8")
    assert seqloom.load(text).read_prime(path) == "ab\n\nc"
    assert len(list(read_texts([str(path)], seqloom.load(text).recipe.data))) == 3


def primed(run, path, seed=2):
    """The points that a drawing goes on from when a file is its prime."""
    (sample,) = seqloom.load(run).generate(
        prime=seqloom.load(run).read_prime(path), seed=seed, max_length=3
    )
    return sample.offsets[: sample.given]


def test_what_was_generated_is_read_again_as_it_was(strokes, tmp_path):
    """The recipe puts the origin before what it reads, but these drawings have theirs."""
    path = tmp_path / "sheet.jsonl"
    assert told("generate", strokes, "--samples", 2, "--seed", 3, "--out", path)[0] == 0
    row = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert (row["points"], row["origin"]) == ("offsets", True)
    drawn = seqloom.load(strokes).generate(2, seed=3)
    np.testing.assert_allclose(primed(strokes, path), drawn[0].offsets, atol=1e-3)
    rows, _ = scored(strokes, path, "--tokens")
    assert [len(row) - 1 for row in rows] == [len(each.offsets) - 1 for each in drawn]
    expected = seqloom.load(strokes).score([each.offsets for each in drawn])
    assert [float(row[0]) for row in rows] == pytest.approx(expected, abs=1e-2)


def test_what_was_generated_is_read_again_by_a_run_on_points(strokes, tmp_path):
    path = tmp_path / "sheet.jsonl"
    told("generate", strokes, "--out", path)
    run = run_of(tmp_path / "run", "handwriting", "data.points=points")
    np.testing.assert_array_equal(primed(run, path), primed(strokes, path))


def test_keys_of_that_name_that_say_something_else_are_passed_over(strokes, tmp_path):
    plain, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    points = STROKES[1:].tolist()
    plain.write_text(json.dumps({"strokes": points}), encoding="utf-8")
    more = {"points": [1, 2], "origin": "Kyoto", "strokes": points}
    other.write_text(json.dumps(more), encoding="utf-8")
    assert len(primed(strokes, plain)) == 4
    np.testing.assert_array_equal(primed(strokes, other), primed(strokes, plain))


INK = '<ink xmlns="http://www.w3.org/2003/InkML"><trace>{}</trace></ink>'


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (
            "3 4",
            "a.inkml:1: a drawing must have at least 2 points, but this one has 1. Leave it out.",
        ),
        (
            "3 4, 5 1e300",
            "a.inkml:1: trace 1, point 2: must have finite numbers of usual size, but is at "
            "(5, 1e+300). Mend the file.",
        ),
    ],
)
@pytest.mark.parametrize("command", ["score", "evaluate", "generate"])
def test_ink_that_is_no_drawing_is_one_line(strokes, tmp_path, command, points, message):
    path = tmp_path / "a.inkml"
    path.write_text(INK.format(points), encoding="utf-8")
    given = ("--prime", path, "--out", tmp_path / "a.svg") if command == "generate" else (path,)
    status, said = told(command, strokes, *given)
    assert status == 2
    assert message in said
    assert len(said.strip().splitlines()) == 1


def test_ink_that_is_no_drawing_is_set_aside_from_a_folder(strokes, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "ink"
    folder.mkdir()
    for name, points in (("a", "3 4"), ("b", "3 4, 5 1e300"), ("c", "3 4, 5 6, 7 7")):
        (folder / f"{name}.inkml").write_text(INK.format(points), encoding="utf-8")
    status, said = told("score", strokes, folder, "--skip-bad")
    assert status == 0, said
    assert "over 2 points of 1 drawing(s)" in said
    assert "2 bad row(s) set aside" in said
    (folder / "c.inkml").unlink()
    status, said = told("score", strokes, folder, "--skip-bad")
    assert status == 2
    assert f"{folder}: no drawing is left. Mend the file, or name another." in said


def without_test_set(folder):
    """A run on a text of which one line is not UTF-8."""
    path = folder / "book.txt"
    path.write_bytes(b"abc fox\n" * 20 + b"\xff\xfe\n" + b"fox abc\n" * 20)
    return run_of(folder / "run", "text", f"data.train=[{path}]", "data.skip_bad=true"), path


def test_evaluating_on_the_own_text_sets_bad_lines_aside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run, path = without_test_set(tmp_path)
    status, said = told("evaluate", run)
    assert status == 2
    assert f"{path}:21: " in said
    status, said = told("evaluate", run, "--skip-bad")
    assert status == 0, said
    assert "1 bad row(s) set aside" in said


def test_a_test_file_of_the_recipe_is_read_with_bad_lines_set_aside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, path = without_test_set(tmp_path)
    run = run_of(tmp_path / "other", "text", f"data.test=[{path}]")
    assert told("evaluate", run)[0] == 2
    status, said = told("evaluate", run, "--skip-bad")
    assert status == 0, said


def test_characters_never_seen_are_told_of_a_text_to_go_on_from(text, tmp_path):
    prime = tmp_path / "begun.txt"
    prime.write_text("abé\nfoé!", encoding="utf-8")
    run = CliRunner().invoke(app, ["generate", str(text), "--prime", str(prime)])
    assert run.exit_code == 0
    assert run.stderr == (
        "Note: never seen in training and read as <unk> (lines with it): é (2), ! (1).\n"
    )
    prime.write_text("ab\nfo", encoding="utf-8")
    run = CliRunner().invoke(app, ["generate", str(text), "--prime", str(prime)])
    assert (run.exit_code, run.stderr) == (0, "")


NO_STROKES = [
    ([[0, 0, 0], [np.nan, 1, 1]], "frame 2, feature 1: must be a finite number of usual size"),
    ([[0, 0], [1, 1]], "a point must have dx, dy and pen, but has 2 numbers."),
    (
        [[0, 0, 0], [1, 3e38, 1]],
        "point 2: must have finite numbers of usual size, but is at (1, 3e+38)",
    ),
    ([[0, 0, 0], [1, 1, 2]], "point 2: the pen must be 0 or 1, but is 2."),
    ([], "the sequence must not be empty, but is."),
    ([["a", "b", "c"]], "frames must hold numbers only"),
    (np.zeros((2, 2, 3)), "must have frames and features, but has 3 dimensions."),
    (5, "must be an array of frames, but is none."),
    ([np.zeros((2, 3)), np.zeros((3, 3))], "frame 1: must hold numbers only, but holds a ndarray."),
]


@pytest.mark.parametrize(("given", "message"), NO_STROKES, ids=[each for _, each in NO_STROKES])
def test_strokes_from_python_are_checked(strokes, given, message):
    numbers = isinstance(given, list) and not any(isinstance(each, np.ndarray) for each in given)
    given = np.array(given) if numbers else given
    with pytest.raises(UserError) as error:
        seqloom.load(strokes).generate(prime=given)
    assert str(error.value).startswith("prime: ")
    assert message in str(error.value)
    with pytest.raises(UserError) as error:
        seqloom.load(strokes).score([STROKES, given])
    assert str(error.value).startswith("drawing 2: ")
    assert message in str(error.value)
    assert str(error.value).endswith(" Give offsets (dx, dy, pen).")


def test_one_drawing_or_text_is_no_list(strokes, text):
    for run, item in ((strokes, STROKES), (text, "abc")):
        with pytest.raises(UserError, match=r"scores a list\. Give one"):
            seqloom.load(run).score(item)


def test_a_drawing_that_is_scored_has_a_point_besides_the_origin_and_its_text(strokes, hand):
    with pytest.raises(UserError, match=r"^drawing 1: must have at least 2 points, .* but has 1"):
        seqloom.load(strokes).score([STROKES[:1]])
    with pytest.raises(UserError, match=r"^drawing 1: strokes need the text that they write"):
        seqloom.load(hand).score([STROKES])
    with pytest.raises(UserError, match=r"^drawing 1: must write a text, but that is empty"):
        seqloom.load(hand).score([(" ", STROKES)])


@pytest.mark.parametrize("seed", [2**70 + 5, -(2**70) + 5])
def test_any_whole_number_is_a_seed(text, strokes, seed):
    generator = seqloom.load(text)
    assert generator.generate(seed=seed)[0].text == generator.generate(seed=5)[0].text
    generator = seqloom.load(strokes)
    both = [generator.generate(seed=each)[0].offsets for each in (seed, 5)]
    np.testing.assert_array_equal(*both)


def test_strokes_from_python_begin_where_those_of_a_file_do(strokes, tmp_path):
    """The recipe counts offsets from an origin that is not among them."""
    path, bare = tmp_path / "a.jsonl", STROKES[1:]
    path.write_text(json.dumps(bare.tolist()), encoding="utf-8")
    generator = seqloom.load(strokes)
    (sample,) = generator.generate(prime=bare, max_length=3)
    np.testing.assert_array_equal(sample.offsets[: sample.given], primed(strokes, path))
    np.testing.assert_allclose(primed(strokes, path), STROKES, atol=1e-6)
    (from_file,) = generator.score_file(path).sequences
    assert generator.score([bare]) == pytest.approx([from_file.log_prob])
    assert generator.score([STROKES]) == generator.score([bare])


def test_points_from_python_are_noticed_by_the_moves_of_the_training(strokes):
    turns = np.linspace(0, 6, 40)
    points = np.column_stack([400 + 90 * np.cos(turns), 600 + 90 * np.sin(turns), turns == 6])
    with pytest.raises(
        UserError, match=r"^prime: must be offsets .* looks like points .* Give offs"
    ):
        seqloom.load(strokes).generate(prime=points.astype(np.float32))


def test_a_drawing_of_another_size_is_told(strokes, tmp_path):
    path, out = tmp_path / "a.jsonl", tmp_path / "out.svg"
    told_of = []
    for size in (1, 100, 0.01):
        rows = (STROKES * [size, size, 1]).tolist()
        path.write_text(json.dumps({"strokes": rows, "points": "offsets"}), encoding="utf-8")
        status, said = told("generate", strokes, "--prime", path, "--out", out)
        assert status == 0, said
        told_of += re.findall(r"\(\S+ (\S+) times as far\)", said) or [""]
    # Of its five points two do not move, the origin and the one that is added: sqrt(3 / 5) of the size.
    assert told_of == ["", "77", "0.0077"]
