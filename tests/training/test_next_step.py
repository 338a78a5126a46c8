"""Training of next-step predictors: a run that was stopped anywhere and went on equals one that was not,
the state of a stream carried included; and what is scored is what was read."""

import json
from math import exp, log
from random import Random

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from seqloom.config import override, read_recipe, with_files
from seqloom.models.next_step_run import load_next_step
from seqloom.training.loop import Step
from seqloom.training.next_step.task import next_step_task
from seqloom.training.next_step.text_task import text_nll
from seqloom.training.next_step.texts import encode
from seqloom.training.run import training

pytestmark = pytest.mark.usefixtures("unchecked_shapes")
SMALL = [
    "model.hidden=5", "model.layers=2", "model.embedding=3", "training.batch_size=3",
    "training.max_epochs=2", "training.validate_every=null", "training.device=cpu",
    "training.average=none", "model.dropout=0.2",
]  # fmt: skip


def text_file(tmp_path):
    random = Random(1)
    path = tmp_path / "text.txt"
    lines = ("".join(random.choices("abc ", k=random.randint(0, 12))) for _ in range(60))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def stroke_file(tmp_path, written=False):
    random = np.random.default_rng(1)
    path = tmp_path / "strokes.jsonl"
    rows = []
    for number in range(24):
        points = random.normal(size=(random.integers(3, 9), 3)).round(3)
        points[:, 2] = points[:, 2] > 0.5
        text = {"text": "abc"[: 1 + number % 3]} if written else {}
        rows.append(json.dumps({**text, "strokes": points.tolist()}))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(path)


def recipe_of(kind, tmp_path):
    more = ["data.dev_size=4"]
    match kind:
        case "stream":
            name, path, more = "text", text_file(tmp_path), ["data.steps=7"]
        case "lines":
            name, path = "text", text_file(tmp_path)
            more += ["data.stream=false", "data.dev_size=6"]
        case "strokes":
            name, path = "handwriting", stroke_file(tmp_path)
            more += ["data.add_origin=false", "model.readout.components=2"]
        case _:
            name, path = "synthesis", stroke_file(tmp_path, written=True)
            more += ["model.readout.components=2", "model.window.gaussians=2"]
    recipe = with_files(read_recipe(f"graves2013-{name}"), [path], [])
    return override(recipe, [*SMALL, *more])


def weights(folder):
    return load_file(folder / "weights.safetensors")


@pytest.mark.parametrize("kind", ["stream", "lines", "strokes", "written"])
def test_stopped_and_resumed_equals_never_stopped(kind, tmp_path):
    recipe = recipe_of(kind, tmp_path)
    steps = [e.loss for e in training(recipe, tmp_path / "whole") if isinstance(e, Step)]
    stop, updates, losses = Random(kind).randrange(2, len(steps) - 1), 0, []
    events = training(recipe, tmp_path / "halves")
    while updates < stop:
        event = next(events)
        if isinstance(event, Step):
            updates += 1
            losses.append(event.loss)
    events.close()
    rest = training(recipe, tmp_path / "halves", resume=True)
    losses += [event.loss for event in rest if isinstance(event, Step)]
    assert np.array_equal(losses, steps, equal_nan=True)
    whole, halves = weights(tmp_path / "whole"), weights(tmp_path / "halves")
    assert all(torch.equal(whole[name], halves[name]) for name in whole)


def test_a_stream_carries_its_state_to_the_next_batch_and_not_to_the_next_epoch(tmp_path):
    recipe = recipe_of("stream", tmp_path)
    task = next_step_task(recipe, tmp_path / "run", torch.device("cpu"), False)
    task.model.eval()
    first, second, *_ = task.batches.epoch(0)
    alone = float(task.loss(second, 1).nll)
    task.loss(first, 1)
    carried = task.carried()
    assert not any(values.requires_grad for values in carried.values())
    after = float(task.loss(second, 2).nll)
    assert after != alone
    task.carry(carried)
    assert float(task.loss(second, 3).nll) == after
    anew = float(task.loss(first, 4).nll)
    task.state = None
    assert float(task.loss(first, 5).nll) == anew


def test_the_dev_score_of_a_stream_is_its_text_read_in_one_piece(tmp_path):
    """Lanes of the dev set begin with an empty state; one lane of all steps has none to begin."""
    recipe = recipe_of("stream", tmp_path)
    task = next_step_task(recipe, tmp_path / "run", torch.device("cpu"), False)
    dev = task.texts.dev
    validation = task.score(task.model)
    nll = text_nll(task.model, dev, task.setting)
    assert validation.loss == pytest.approx(nll / dev.tokens)
    assert validation.metric == pytest.approx(nll / log(2) / dev.characters)


def test_who_asks_is_told_how_much_is_made(tmp_path):
    pytest.importorskip("HersheyFonts")
    recipe = override(read_recipe("graves2013-synthesis"), [*SMALL, "data.lines=21"])
    told = []
    next(training(recipe, tmp_path / "run", report=lambda *each: told.append(each)))
    assert told == [(done, 22) for done in range(23)]


def test_characters_are_counted_with_the_ends_of_their_lines(tmp_path):
    recipe = recipe_of("stream", tmp_path)
    task = next_step_task(recipe, tmp_path / "run", torch.device("cpu"), False)
    from seqloom.data.bad_rows import Place
    from seqloom.data.sources.lines import Line

    lines = [Line(Place("x", 1), "ab"), Line(Place("x", 2), "")]
    encoded = encode(lines, task.texts.codec, recipe.data)
    assert (encoded.tokens, encoded.characters) == (4, 4)


def test_nats_per_drawing_are_in_units_of_the_data(tmp_path):
    recipe = recipe_of("strokes", tmp_path)
    task = next_step_task(recipe, tmp_path / "run", torch.device("cpu"), False)
    validation = task.score(task.model)
    points, drawings = sum(task.dev.lengths), len(task.dev)
    scale = exp(task.setting.paper.nats)
    expected = (validation.loss * points + log(scale) * points) / drawings
    assert validation.metric == pytest.approx(expected)


def test_a_finished_run_is_loaded_as_it_was(tmp_path):
    recipe = recipe_of("written", tmp_path)
    for _ in training(recipe, tmp_path / "run"):
        pass
    run = load_next_step(tmp_path / "run")
    assert run.recipe == recipe
    assert run.setting.codec.vocabulary.tokens == ("a", "b", "c")
