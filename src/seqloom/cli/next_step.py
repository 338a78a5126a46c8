"""What the commands do with the run of a next-step predictor; `generate` has a file of its own."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import typer

from seqloom.cli.drawn import write_drawing, write_record
from seqloom.cli.scale import Scale
from seqloom.errors import UserError

if TYPE_CHECKING:
    from seqloom.api import AnyModel
    from seqloom.config.next_step import NextStepRecipe
    from seqloom.console.making import Report
    from seqloom.data.bad_rows import BadRows
    from seqloom.explain.theme import Scheme
    from seqloom.generation.results import Strokes, WindowExplanation
    from seqloom.generator import Generator


def is_generator(model: "AnyModel") -> "TypeGuard[Generator]":
    """Told by its recipe: importing the class would need torch, which other models may do without."""
    return model.recipe.family == "next_step"


def refuse_prediction(generator: "Generator") -> None:
    """Raises UserError: there is no source to answer."""
    raise UserError(
        f"{generator.folder}: says what comes next and answers no source. "
        f"Use: seqloom generate {generator.folder}"
    )


def evaluate_generator(
    generator: "Generator", files: list[str] | None, bad: "BadRows | None", report: "Report"
) -> tuple[str, dict[str, Any]]:
    """A table, and the same as data."""
    scores = generator.evaluate(files, bad=bad, report=report)
    return scores.table(), scores.to_dict()


def score_generator(generator: "Generator", file: str, tokens: bool, bad: "BadRows | None") -> None:
    """A line for each sequence; what they come to goes to standard error."""
    found = generator.score_file(file, bad=bad)
    for each in found.sequences:
        cells = [f"{each.log_prob:.6f}"]
        if tokens:
            values = [f"{value:.6f}" for value in each.log_probs.tolist()]
            both = zip(each.tokens, values, strict=True) if each.tokens else zip(values)
            cells += [cell for part in both for cell in part]
        typer.echo("\t".join(cells))
    typer.echo(found.summary(), err=True)


def tell_unknown(generator: "Generator", text: str) -> None:
    """Says what of a text to go on from the model has never seen, if there is anything."""
    from seqloom.cli.unknown import Unknown

    codec = generator.run.setting.codec
    assert codec is not None
    unknown = Unknown(codec)
    for line in text.split("\n"):
        unknown.add(codec.unknown(line), ())
    if note := unknown.summary():
        typer.echo(note, err=True)


def tell_scale(generator: "Generator", name: str, strokes: "Strokes") -> None:
    """Says so where strokes to go on from are of another size than those of the training."""
    paper = generator.run.setting.paper
    assert paper is not None
    scale = Scale(paper.scaler)
    scale.add(name, strokes[1] if isinstance(strokes, tuple) else strokes)
    scale.tell()


def explain_generator(
    explanation: "WindowExplanation",
    png: Path | None,
    svg: Path | None,
    html: Path | None,
    json_file: Path | None,
    theme: "Scheme",
) -> None:
    """Show for which points of the pen the window stood at each character."""
    sample, window = explanation.sample, explanation.window
    typer.echo(f"{sample.text!r} in {len(window.phi)} points, ended by: {sample.ended}")
    for character, stretch in zip(window.characters, window.stretches(), strict=True):
        typer.echo(f"{character}  {stretch}")
    write_drawing(png, partial(explanation.png, theme=theme))
    write_drawing(svg, explanation.svg)
    write_drawing(html, explanation.html)
    if json_file is not None:
        write_record(json_file, explanation.record(), indent=None)


def next_step_facts(folder: Path, recipe: "NextStepRecipe") -> list[tuple[str, str]]:
    """What `info` says of this family alone, as names and texts."""
    from seqloom.models.next_step_run import Setting

    setting, model = Setting.load(folder), recipe.model
    facts: list[tuple[str, str]] = []
    if setting.codec is not None:
        facts.append(("vocabulary", f"{setting.codec.size:,} {setting.codec.settings.kind}"))
    if setting.paper is not None:
        dx, dy, _ = setting.paper.scaler.deviation
        begin = "drawings begin at (0, 0)" if setting.paper.origin else "drawings begin anywhere"
        facts.append(("points", f"deviation {dx:.4g} of dx, {dy:.4g} of dy; {begin}"))
        facts.append(("ending", model.ending))
    skip = ", with skip connections" if model.skip else ""
    facts.append(("layers", f"{model.layers} x {model.hidden} {model.cell}{skip}"))
    facts.append(("readout", model.readout.kind))
    facts.append(("ask it with", f"seqloom generate {folder}"))
    return facts
