"""Frames to letters, end to end: each letter is a pattern that stays for a few frames, in noise."""

import json

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

import seqloom
from seqloom.cli.main import app
from seqloom.data.series.frame_pairs import write_frame_pairs
from seqloom.errors import UserError

LETTERS = "abcd"


def spoken(random: np.random.Generator, patterns: np.ndarray):
    """A text and its frames."""
    text = "".join(LETTERS[i] for i in random.integers(0, len(LETTERS), random.integers(2, 6)))
    frames = [np.repeat(patterns[[LETTERS.index(c)]], random.integers(3, 6), 0) for c in text]
    whole = np.concatenate(frames)
    return (whole + 0.1 * random.normal(size=whole.shape)).astype(np.float32), text


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder, random = tmp_path_factory.mktemp("recognise"), np.random.default_rng(0)
    patterns = random.normal(size=(len(LETTERS), 5))
    for name, count in (("train", 600), ("test", 50)):
        pairs = [spoken(random, patterns) for _ in range(count)]
        write_frame_pairs(folder / f"{name}.npz", pairs, ("source", "target"))
    recipe = {
        "name": "toy",
        "source": {"kind": "frames", "rate": 10},
        "metrics": ["exact", "cer", "perplexity"],
        "data": {"train": [str(folder / "train.npz")]},
        "encoder": {
            "kind": "recurrent", "cell": "gru", "layers": 2, "hidden": 24, "embedding": 16,
            "pyramid": [2],
        },
        "decoder": {
            "kind": "luong", "hidden": 32, "embedding": 16,
            "attention": {"kind": "location_aware", "window": 3, "filters": 4},
        },
        "training": {
            "optimizer": {"kind": "adam", "rate": 0.01}, "batch_size": 32, "max_epochs": 15,
            "metric": "cer",
        },
    }  # fmt: skip
    (folder / "toy.yaml").write_text(yaml.safe_dump(recipe))
    seqloom.train(folder / "toy.yaml", out=folder / "run", quiet=True)
    return folder


def asked(*arguments: object) -> str:
    result = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_frames_are_recognised(run):
    evaluation = seqloom.load(run / "run").evaluate([run / "test.npz"])
    assert evaluation.report["cer"].value < 15
    assert evaluation.report["perplexity"].value < 2


def test_an_array_is_answered_as_the_file_is(run):
    model = seqloom.load(run / "run")
    with np.load(run / "test.npz") as found:
        frames = found["source_points"][: found["source_lengths"][0]]
    result = model.predict(frames)
    assert asked("predict", run / "run", run / "test.npz").splitlines()[0] == result.text
    assert result.source_tokens[:2] == ("0.00s", "0.20s")
    assert len(result.source_tokens) == -(-len(frames) // 2)
    assert result.outputs[0].attention.shape[1] == len(result.source_tokens)


def test_a_beam_a_sample_and_several_models_answer_too(run):
    both = seqloom.load([run / "run", run / "run"])
    alone = seqloom.load(run / "run")
    frames = np.zeros((6, 5), np.float32)
    assert len(alone.predict(frames, beam=4, nbest=3).outputs) == 3
    assert alone.predict(frames, sample=True).text == alone.predict(frames, sample=True).text
    assert both.predict(frames).text == alone.predict(frames).text


def test_attention_is_shown_over_time(run, tmp_path):
    shown = asked(
        "explain", run / "run", run / "test.npz", "--at", 2, "--json", tmp_path / "a.json"
    )
    assert "0.20s" in shown
    told = json.loads((tmp_path / "a.json").read_text())["outputs"][0]
    assert told["attention"]["monotonicity"]
    assert len(told["weights"]) == len(told["units"]) == len(told["tokens"])


@pytest.mark.parametrize("method", ["attention", "gradient-norm", "integrated", "occlusion"])
def test_a_letter_is_owed_to_the_frames_in_which_it_was_spoken(run, method):
    patterns = np.random.default_rng(0).normal(size=(len(LETTERS), 5))
    text = "badcab"
    frames = np.repeat(patterns[[LETTERS.index(letter) for letter in text]], 4, 0)
    explained = seqloom.load(run / "run").explain(frames, method)
    found = explained.attributions[0]
    assert found.source_tokens[:2] == ("0.00s", "0.20s")
    assert explained.result.text == text
    strongest = found.weights[: len(text)].argmax(axis=1) // 2  # a letter is two positions long
    assert (np.abs(strongest - np.arange(len(text))) <= (method == "attention")).mean() > 0.6
    assert found.faithfulness.area > 0 or method in ("attention", "gradient-norm")


def test_pictures_and_pages_show_what_is_owed_to_frames(run, tmp_path):
    drawn = {f"--{kind}": tmp_path / f"a.{kind}" for kind in ("png", "svg", "html", "json")}
    options = ("--method", "occlusion", "--erasing", "remove")
    shown = asked("explain", run / "run", run / "test.npz", *options, *sum(drawn.items(), ()))
    assert "Erased frames are taken out." in shown
    assert all(file.stat().st_size > 500 for file in drawn.values())
    told = json.loads(drawn["--json"].read_text())
    assert told["method"] == "occlusion"
    assert told["units"][0] == {"text": "0.00s", "start": None, "end": None}
    assert len(told["outputs"][0]["weights"][0]) == len(told["units"])
    assert told["outputs"][0]["faithfulness"]["erasing"] == "remove"


def test_what_is_for_text_alone_is_refused_in_one_line(run, tmp_path):
    model = seqloom.load(run / "run")
    with pytest.raises(UserError, match="An export is for models that read text"):
        model.export(tmp_path / "x")
    with pytest.raises(UserError, match="reads frames of 5 features, but 'hello' is text"):
        model.predict("hello")
    with pytest.raises(UserError, match="as a numpy array, but is a list"):
        model.predict([[[1.0] * 5] * 3])
    with pytest.raises(UserError, match="must be a finite number"):
        model.predict(np.full((3, 5), np.nan))
