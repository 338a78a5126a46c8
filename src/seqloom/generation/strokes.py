"""A predictor of points at work: it draws, and says how likely it finds a drawing."""

from collections.abc import Sequence

import numpy as np
import torch

from seqloom.config.next_step_data import StrokeData
from seqloom.data.bad_rows import BadRows, Fault, Place
from seqloom.data.made import Report
from seqloom.data.next_step.drawings import Drawing, from_origin
from seqloom.data.next_step.strokes import Paper, StrokeSet, text_ids
from seqloom.data.series.absolute import check_fellow, usual_of
from seqloom.data.series.frames import judge
from seqloom.data.series.strokes import check_pen, check_reach
from seqloom.errors import UserError
from seqloom.generation.results import FileScores, Sample, Scores, SequenceScore, Strokes
from seqloom.models.next_step import NextPoint
from seqloom.models.next_step_run import NextStepRun, strokes_of
from seqloom.models.next_step_sampling import Draw, sample_points
from seqloom.search.stepper import Reals
from seqloom.training.next_step.drawings import drawings_to_test
from seqloom.training.next_step.stroke_task import stroke_batches

_ENDLESS = 1_000_000
"""Points of a drawing that is given."""


def draw(run: NextStepRun, text: str, prime: Strokes | None, how: Draw) -> list[Sample]:
    """Drawings that go on after `prime`; of its text and then `text`, where a text is drawn."""
    model, paper = _parts(run)
    before, strokes = ("", None) if prime is None else _given(run, prime, "prime")
    whole = before + text
    _check_text(run, whole, text)
    given = paper.start[None]
    if strokes is not None:
        first, points = paper.read(strokes)
        given = np.concatenate([first[None], points])
    ids = text_ids(whole, run.setting.codec) if run.setting.codec else None
    samples: list[Sample] = []
    for sample in sample_points(model, given, ids, how, run.recipe.model.ending == "window"):
        offsets = paper.written(np.concatenate([given[1:], sample.points]))
        own = 0 if strokes is None else len(offsets) - len(sample.points)
        samples.append(Sample(whole, offsets, own, sample.phi, sample.ended, paper.origin))
    return samples


def log_prob(run: NextStepRun, strokes: Strokes, where: str) -> float:
    """Of a drawing in units of the data, in nats. where: what it is called if it is none."""
    text, offsets = _given(run, strokes, where)
    if run.setting.codec and not text.strip():
        raise UserError(f"{where}: must write a text, but that is empty. Give the text it writes.")
    if len(offsets) <= (first := int(_parts(run)[1].origin)):
        raise UserError(
            f"{where}: must have at least {first + 1} points, as drawings here begin at (0, 0), but has "
            f"{len(offsets)}. Give more."
        )
    [found] = _log_probs(run, [Drawing(offsets, Place("strokes", 1), text)])
    return float(found.sum(dtype=np.float64)) - len(found) * _parts(run)[1].nats


def drawings_of(run: NextStepRun, file: str, bad: BadRows | None) -> FileScores:
    """Every drawing of a file."""
    each = _log_probs(run, drawings_to_test(run.recipe, [file], bad))
    return FileScores([SequenceScore(found - _parts(run)[1].nats) for found in each])


def scores(
    run: NextStepRun, files: Sequence[str], bad: BadRows | None, report: Report | None = None
) -> Scores:
    """Of some files, or of the recipe's own test set."""
    drawings = drawings_to_test(run.recipe, files, bad, report)
    found = _log_probs(run, drawings)
    nll = -sum(float(each.sum(dtype=np.float64)) for each in found)
    points, paper = sum(map(len, found)), _parts(run)[1]
    shift = points * paper.nats
    values = _per_point_and_drawing(nll, shift, points, len(drawings))
    if (unigram := paper.unigram) is not None:
        moves = [paper.read(drawing.offsets)[1] for drawing in drawings]
        alone = unigram.nats(moves, ends=run.recipe.model.ending == "end")
        of_it = _per_point_and_drawing(alone, shift, points, len(drawings))
        values |= {f"{name} of a unigram model": value for name, value in of_it.items()}
    return Scores(values, {"drawings": len(drawings), "points": points})


def _per_point_and_drawing(
    nll: float, shift: float, points: int, drawings: int
) -> dict[str, float]:
    """-log p of a whole set, standardised, and with `shift` added in units of the data."""
    own = nll + shift
    return {
        "nats per point (standardised)": nll / points,
        "nats per drawing (standardised)": nll / drawings,
        "nats per point (units of the data)": own / points,
        "nats per drawing (units of the data)": own / drawings,
    }


@torch.inference_mode()
def _log_probs(run: NextStepRun, drawings: Sequence[Drawing]) -> list[Reals]:
    """log p of each point of each drawing, standardised, and of being over or not after it; in nats."""
    model, paper = _parts(run)
    drawn = StrokeSet(drawings, paper, run.setting.codec)
    found: dict[int, Reals] = {}
    for batch in stroke_batches(drawn, run.setting).in_order():
        each = model.score(strokes_of(batch, model)).together.float().cpu().numpy()
        for row, length, values in zip(batch.rows, batch.lengths, each, strict=True):
            found[int(row)] = values[:length]
    return [found[row] for row in range(len(drawn))]


def _given(run: NextStepRun, strokes: Strokes, where: str) -> tuple[str, Reals]:
    """The text, where the model reads one, and the offsets; checked, as both may be anyone's."""
    written = run.setting.codec is not None
    text, offsets = strokes if isinstance(strokes, tuple) else (None, strokes)
    if written and not isinstance(text, str):
        raise UserError(
            f"{where}: strokes need the text that they write. Give both: (text, strokes), or a record "
            f"with '{_keys(run)}' in a .jsonl, .npz or .tsv file."
        )
    return (text or "" if written else ""), _offsets(offsets, run, where)


def _offsets(given: object, run: NextStepRun, where: str) -> Reals:
    """Read as those of a file are, which may have to begin with the point that they count from."""
    judged = judge(Place(where, 0), given, _ENDLESS)
    if isinstance(judged, Fault):
        raise UserError(f"{where}: {judged.reason} Give offsets (dx, dy, pen).")
    offsets, data = judged.values, run.recipe.data
    try:
        check_pen(offsets)
        check_reach(offsets[:, :2])
        check_fellow(offsets, usual_of(_parts(run)[1].scaler))
    except UserError as error:
        raise UserError(f"{where}: {error} Give offsets (dx, dy, pen).") from error
    assert isinstance(data, StrokeData)
    counted = data.add_origin and data.points == "offsets" and bool(offsets[0, :2].any())
    return from_origin(offsets) if counted else offsets


def _keys(run: NextStepRun) -> str:
    data = run.recipe.data
    return f"{getattr(data, 'text_key', '')}' and '{getattr(data, 'strokes_key', '')}"


def _check_text(run: NextStepRun, whole: str, text: str) -> None:
    codec = run.setting.codec
    if codec is None:
        if text:
            raise UserError(
                f"'{run.recipe.name}' draws freely, not from a text. Leave the text out, or train a "
                "recipe with a window, such as graves2013-synthesis."
            )
        return
    if not text.strip():
        raise UserError(f"'{run.recipe.name}' draws a text: give one with --text (text=...).")
    if unknown := codec.unknown(whole):
        raise UserError(
            f"'{run.recipe.name}' cannot draw {', '.join(map(repr, unknown[:5]))}: training had no "
            "such character. Leave it out, or train with drawings of it."
        )


def _parts(run: NextStepRun) -> tuple[NextPoint, Paper]:
    assert isinstance(run.model, NextPoint)
    assert run.setting.paper is not None
    return run.model, run.setting.paper
