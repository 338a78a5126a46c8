"""The laws of next-step predictors: padding and order never matter, stepping is teacher forcing, gradients
reach every weight, a batch can be learnt by heart, and what was saved comes back bit for bit."""

import pytest
import torch
from tests.laws.next_step_variants import (
    LENGTHS,
    STROKES,
    TEXTS,
    WINDOWED,
    point_model,
    rows_of,
    strokes,
    token_model,
    tokens,
    trimmed,
)

from seqloom.data.next_step.strokes import Paper
from seqloom.data.series.scaling import Scaler
from seqloom.models.folder import WEIGHTS, save_weights
from seqloom.models.next_step_run import Setting, build_model, load_next_step
from seqloom.text.codec import Codec

each_text = pytest.mark.parametrize("recipe", TEXTS.values(), ids=TEXTS)
each_strokes = pytest.mark.parametrize("recipe", STROKES.values(), ids=STROKES)
each_windowed = pytest.mark.parametrize("recipe", WINDOWED.values(), ids=WINDOWED)


def batch_of(recipe):
    return strokes(recipe.model.window is not None)


@each_text
def test_padding_and_neighbours_never_change_a_text(recipe):
    model, (inputs, targets) = token_model(recipe), tokens()
    scores, _ = model.score(inputs, targets, model.start(4))
    for row, length in enumerate(LENGTHS):
        alone = inputs[[row], :length], targets[[row], :length]
        expected, _ = model.score(*alone, model.start(1))
        torch.testing.assert_close(scores[row, :length], expected[0], rtol=0, atol=1e-12)
        assert scores[row, length:].count_nonzero() == 0


@each_strokes
def test_padding_and_neighbours_never_change_a_drawing(recipe):
    model, batch = point_model(recipe), batch_of(recipe)
    scores = model.score(batch).together
    for row, length in enumerate(LENGTHS):
        expected = model.score(trimmed(batch, row)).together[0]
        torch.testing.assert_close(scores[row, :length], expected, rtol=0, atol=1e-12)
        assert scores[row, length:].count_nonzero() == 0


@each_strokes
def test_the_order_of_a_batch_never_matters(recipe):
    model, batch = point_model(recipe), batch_of(recipe)
    order = [2, 0, 3, 1]
    scores = model.score(rows_of(batch, order)).together
    expected = model.score(batch).together[order]
    torch.testing.assert_close(scores, expected, rtol=0, atol=1e-12)


@each_text
def test_a_text_in_steps_is_the_text_at_once(recipe):
    model, (inputs, targets) = token_model(recipe), tokens()
    scores, _ = model.score(inputs, targets, model.start(4))
    state, found = model.start(4), []
    for token, following in zip(inputs.unbind(1), targets.unbind(1), strict=True):
        logits, state = model.step(token, state)
        found.append(torch.log_softmax(logits, 1).gather(1, following[:, None])[:, 0])
    valid = targets != 0
    torch.testing.assert_close(torch.stack(found, 1)[valid], scores[valid], rtol=0, atol=1e-12)


@each_text
def test_a_text_in_pieces_is_the_text_at_once(recipe):
    model, (inputs, targets) = token_model(recipe), tokens((7, 7))
    whole, after = model.score(inputs, targets, model.start(2))
    first, state = model.score(inputs[:, :3], targets[:, :3], model.start(2))
    second, state = model.score(inputs[:, 3:], targets[:, 3:], state)
    torch.testing.assert_close(torch.cat([first, second], 1), whole, rtol=0, atol=1e-12)
    for found, expected in zip(state.cells, after.cells, strict=True):
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


@each_strokes
def test_a_drawing_in_steps_is_the_drawing_at_once(recipe):
    model, batch = point_model(recipe), batch_of(recipe)
    scores = model.score(batch)
    memory = None if batch.text is None else model.remember(batch.text, batch.text_lengths)
    state, point = model.start(4, memory), batch.first
    points, ends = [], []
    for number, following in enumerate(batch.points.unbind(1)):
        step = model.step(point, state, memory)
        points.append(model.density.log_prob(step.parameters, following))
        if number and step.end is not None:
            over = torch.tensor([length == number for length in LENGTHS])
            signed = torch.where(over, step.end, -step.end)
            ends.append(torch.nn.functional.logsigmoid(signed))
        state, point = step.state, following
    valid = torch.arange(7) < batch.lengths[:, None]
    torch.testing.assert_close(torch.stack(points, 1)[valid], scores.points[valid])
    if ends:
        found = torch.stack(ends, 1)
        torch.testing.assert_close(found[valid[:, :6]], scores.ends[:, :6][valid[:, :6]])


@each_text
def test_gradients_reach_all_of_a_text_model(recipe):
    model, (inputs, targets) = token_model(recipe), tokens()
    model.train()
    model.loss(inputs, targets, model.start(4))[0].backward()
    assert [n for n, w in model.named_parameters() if w.grad is None or not w.grad.any()] == []


@each_strokes
def test_gradients_reach_all_of_a_stroke_model(recipe):
    model = point_model(recipe)
    model.train()
    model.loss(batch_of(recipe)).backward()
    assert [n for n, w in model.named_parameters() if w.grad is None or not w.grad.any()] == []


@each_windowed
def test_what_the_window_shows_enters_every_layer(recipe):
    model, batch = point_model(recipe), batch_of(recipe)
    model.loss(batch).backward()
    first = 3 if recipe.model.skip else 0
    for cell in model.net.layers[1:]:
        weight = dict(cell.named_parameters())
        slope = next(w.grad for name, w in weight.items() if name.rpartition(".")[2] == "W")
        assert (slope[:, first : first + 2].abs().sum(0) > 0).all()


@each_windowed
def test_the_window_pays_nothing_to_padding_and_only_moves_forward(recipe):
    model, batch = point_model(recipe), batch_of(recipe)
    memory = model.remember(batch.text, batch.text_lengths)
    read = model.net(batch.points.transpose(0, 1), model.start(4, memory), memory)
    padding = torch.arange(6) >= batch.text_lengths[:, None]
    assert read.phi.masked_select(padding.expand_as(read.phi)).count_nonzero() == 0
    assert (read.phi.masked_select(~padding.expand_as(read.phi)) > 0).any()
    assert (read.states.window.kappa.diff(dim=0) > 0).all()


@each_strokes
def test_a_later_point_never_changes_an_earlier_score(recipe):
    model, batch = point_model(recipe), batch_of(recipe)
    changed = batch.points.clone()
    changed[0, 5:] += 1.0
    before, after = model.score(batch), model.score(batch._replace(points=changed))
    assert torch.equal(before.points[0, :5], after.points[0, :5])
    assert not torch.equal(before.points[0, 5:], after.points[0, 5:])


@pytest.mark.usefixtures("unchecked_shapes")
@pytest.mark.parametrize("name", ["text-lstm", "text-plain"])
def test_a_text_can_be_learnt_by_heart(name):
    model, (inputs, targets) = token_model(TEXTS[name]), tokens()
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    for _ in range(100):
        loss, _ = model.loss(inputs, targets, model.start(4))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) / 15 < 0.5


@pytest.mark.usefixtures("unchecked_shapes")
@pytest.mark.parametrize("name", ["strokes-lstm", "written-lstm"])
def test_drawings_can_be_learnt_by_heart(name):
    """Nats fall far below those of a standard normal, which are 2.8 a point without the pen."""
    recipe = STROKES[name].model_copy(
        update={"model": STROKES[name].model.model_copy(update={"hidden": 13, "layers": 1})}
    )
    model, batch = point_model(recipe), batch_of(recipe)
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), 0.05)
    losses: list[float] = []
    for _ in range(120):
        loss = model.loss(batch) / 15
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
    assert min(losses) < -1  # at this rate there are leaps on the way


@pytest.mark.usefixtures("unchecked_shapes")
@pytest.mark.parametrize("recipe", [*TEXTS.values(), *STROKES.values()], ids=[*TEXTS, *STROKES])
def test_save_load_same_bits(recipe, tmp_path):
    text = recipe.data.kind == "text"
    codec = Codec.train(recipe_tokens(recipe), ["abcdefg"])
    paper = None if text else Paper(Scaler((0.1, 0.2, 0.0), (3.0, 2.0, 1.0)), origin=True)
    setting = Setting(recipe, codec if text or recipe.model.window else None, paper)
    model = build_model(setting).eval()
    setting.save(tmp_path)
    save_weights(tmp_path / WEIGHTS, dict(model.named_parameters()))
    run = load_next_step(tmp_path)
    assert run.setting.paper == paper
    assert run.recipe == recipe
    assert not run.model.training
    for name, weight in model.named_parameters():
        assert torch.equal(dict(run.model.named_parameters())[name], weight)


def recipe_tokens(recipe):
    return getattr(recipe.data, "tokens", None) or TEXTS["text-lstm"].data.tokens
