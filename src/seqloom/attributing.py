"""Attributions of all outputs of one answer, by any method, for whatever can answer.

Attention, occlusion and the deletion curve ask for answers and scores, which an exported model has too.
Gradients ask the torch models of runs, one or several that answer as one.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from seqloom.answering import Answering
from seqloom.attribution import METHODS, Attribution, Method
from seqloom.attribution.erased import Asked, ErasablePair, Erasing
from seqloom.attribution.faithfulness import faithfulness
from seqloom.attribution.occlusion import occlusion
from seqloom.data.example import Example
from seqloom.errors import UserError, suggestion
from seqloom.predict import Output, Result
from seqloom.search.forced import forced
from seqloom.search.stepper import Reals
from seqloom.symbols import EOS
from seqloom.text.copying import Source
from seqloom.text.series import Series

if TYPE_CHECKING:
    from seqloom.attribution.embedded import Question
    from seqloom.attribution.series import ErasableSeries
    from seqloom.models.encoder_decoder import EncoderDecoder

ERASED = {"unk": "Erased tokens are read as <unk>.", "remove": "Erased tokens are taken out."}

ERASED_FRAMES = {
    "unk": "Erased frames are read as zeros.",
    "remove": "Erased frames are taken out.",
}


def attributed(
    model: Answering,
    torch_models: "Callable[[], Sequence[EncoderDecoder]]",
    example: Example,
    result: Result,
    method: Method,
    erasing: Erasing,
    orders: int,
) -> tuple[Attribution | None, ...]:
    """One for each output; None for an output that there is nothing to say of.

    torch_models  of all members, one of a run alone; raises UserError where one of them has none
    orders        of the deletion curve; 0 leaves it out
    """
    check_method(method, erasing)
    if METHODS[method].torch:
        torch_models()
    read = model.codec.read(example.source, example.features, example.frames)
    found: list[Attribution | None] = []
    for output in result.outputs:
        if not output.ids or not result.source_tokens:
            found.append(None)
            continue
        asked = _erasable(model, read, output, erasing)
        weights, notes = _weights(torch_models, asked, output, method)
        if weights is None:
            found.append(None)
            continue
        trust = faithfulness(asked, weights, orders) if orders else None
        if trust or method == "occlusion":
            notes.append((ERASED_FRAMES if read.labels else ERASED)[erasing])
        found.append(
            Attribution(method, result.source_tokens, output.tokens, weights, trust, tuple(notes))
        )
    return tuple(found)


def _erasable(
    model: Answering, read: Source, output: Output, erasing: Erasing
) -> "ErasablePair | ErasableSeries":
    if not isinstance(read.ids, Series):
        return ErasablePair(model.score, Asked(read.ids, output.ids), erasing)
    from seqloom.attribution.series import ErasableSeries  # who reads frames has torch

    return ErasableSeries(model.score, read.ids, output.ids, erasing)


def check_method(method: Method, erasing: Erasing) -> None:
    """Raises UserError for a name that there is not."""
    if method not in METHODS:
        raise UserError(f"There is no method '{method}'. {suggestion(method, METHODS)}")
    if erasing not in ERASED:
        raise UserError(f"There is no way to erase '{erasing}'. {suggestion(erasing, ERASED)}")


def given(model: Answering, example: Example, target: str) -> Result:
    """A result whose one output is this text."""
    codec = model.codec
    source = codec.read(example.source, example.features, example.frames)
    ids = codec.target.encode(target, open=source.open)
    [hypothesis] = forced(model.stepper(), [source.ids], [ids])
    output = Output(
        text=codec.target.decode(hypothesis.tokens, source.open),
        tokens=codec.target.tokens((*hypothesis.tokens, EOS), source.open),
        token_log_probs=hypothesis.token_log_probs,
        score=hypothesis.score,
        attention=hypothesis.weights,
        finished=True,
        origin="given",
        ids=tuple(ids),
    )
    unknown = () if source.labels else codec.source.unknown(example.source)
    shown = source.labels or codec.source.tokens(source.plain)
    return Result(example.source, shown, (output,), unknown)


def _weights(
    torch_models: "Callable[[], Sequence[EncoderDecoder]]",
    asked: "ErasablePair | ErasableSeries",
    output: Output,
    method: Method,
) -> tuple[Reals | None, list[str]]:
    match method:
        case "attention":
            return output.attention, []
        case "occlusion":
            return occlusion(asked), []
        case _:
            return _gradient(torch_models(), asked, method)


def _gradient(
    models: "Sequence[EncoderDecoder]", asked: "ErasablePair | ErasableSeries", method: Method
) -> tuple[Reals, list[str]]:
    from seqloom.attribution.gradients import gradient_norm, gradient_x_input
    from seqloom.attribution.integrated import integrated_gradients

    question, baseline = _question(models, asked)
    notes: list[str] = []
    if method == "integrated":
        weights, gap, points = integrated_gradients(question)
        notes = [f"Baseline: {baseline}. {points} points, gap {gap:.3f} nats."]
    else:
        by = gradient_norm if method == "gradient-norm" else gradient_x_input
        weights = by(question)
    return weights.float().cpu().numpy(), notes


def _question(
    models: "Sequence[EncoderDecoder]", asked: "ErasablePair | ErasableSeries"
) -> "tuple[Question, str]":
    """What is differentiated, and what its baseline is."""
    from seqloom.attribution.embedded import PairQuestion
    from seqloom.attribution.series import SeriesQuestion
    from seqloom.models.tensors import pair_of

    if isinstance(asked, ErasablePair):
        source, target = asked.asked
        return PairQuestion(models, pair_of(source, target, models[0])), "<unk> for all but <eos>"
    pair = pair_of(asked.source, asked.target, models[0])
    return SeriesQuestion(models, pair, asked.source.joined), "frames of zeros"
