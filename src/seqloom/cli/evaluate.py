"""`seqloom evaluate`: the task's metrics on a test set, with intervals, and the same as JSON."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from seqloom.cli.bad import SkipBad, set_aside
from seqloom.cli.documents import (
    EVALUATING,
    evaluate_documents,
    is_classifier,
    reading_otherwise,
)
from seqloom.cli.evaluate_frames import frames_record, frames_table
from seqloom.cli.groups import by_group, group_table
from seqloom.cli.next_step import evaluate_generator, is_generator
from seqloom.cli.offered import check_offered
from seqloom.cli.options import (
    BatchSize,
    Beam,
    CoveragePenalty,
    Device,
    LengthPenalty,
    MaxLength,
    Run,
    SearchSettings,
    With,
    search_settings,
)
from seqloom.cli.predict_frames import is_converter
from seqloom.cli.written import one_line
from seqloom.console.making import working
from seqloom.console.progress import stderr

if TYPE_CHECKING:
    from seqloom.evaluation import Evaluation
    from seqloom.metrics import Report


def evaluate(
    context: typer.Context,
    run: Run,
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE",
            help="Test pairs, or documents with labels. Default: the recipe's test set.",
        ),
    ] = None,
    metrics: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="exact,wer,per,cer,bleu,chrf,perplexity. Default: the recipe's."
        ),
    ] = "",
    json_file: Annotated[
        str,
        typer.Option("--json", metavar="FILE|-", help="Write the scores as JSON; - prints them."),
    ] = "",
    predictions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a TSV: source, references (' ||| '), output."),
    ] = None,
    deletion: Annotated[
        bool,
        typer.Option(
            "--deletion", help="Documents: does taking out what is weighed most change the answer?"
        ),
    ] = False,
    png: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Documents: which labels are confused.")
    ] = None,
    bootstrap: Annotated[
        int, typer.Option(metavar="N", help="Resamples for the intervals; 0 draws none.")
    ] = 1000,
    tokenize: Annotated[
        Literal["13a", "none", "intl", "char", "zh"],
        typer.Option(help="How BLEU finds words; none for text that is tokenised already."),
    ] = "13a",
    lowercase: Annotated[
        bool, typer.Option("--lowercase", help="BLEU and chrF without regard to case.")
    ] = False,
    beam: Beam = None,
    length_penalty: LengthPenalty = None,
    coverage_penalty: CoveragePenalty = None,
    max_length: MaxLength = None,
    batch_size: BatchSize = None,
    settings: SearchSettings = None,
    also: With = None,
    skip_bad: SkipBad = False,
    device: Device = "auto",
) -> None:
    """Score a model on pairs it has not seen.

    A source that stands in several rows counts once and is right with any of
    its targets; for BLEU and chrF every row counts.

    Documents: accuracy, macro-F1, calibration and which labels are confused.
    """
    from seqloom.api import as_pairs, load

    models = [run, *(also or [])]
    model = load(models, device)
    if is_classifier(model):
        check_offered(context, model, *EVALUATING)
        model = reading_otherwise(model, settings)
        with stderr().status("Reading the test set"), set_aside(skip_bad) as bad:
            text, twin = evaluate_documents(
                model, files, bootstrap=bootstrap, deletion=deletion, png=png, bad=bad
            )
        if json_file != "-":
            typer.echo(text)
        if json_file:
            told = {"run": str(run), "data": files or [], **twin}
            _write(json_file, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return
    if is_generator(model):
        with working(stderr(), "Reading the test set") as report, set_aside(skip_bad) as bad:
            text, twin = evaluate_generator(model, files, bad, report)
        if json_file != "-":
            typer.echo(text)
        if json_file:
            _write(json_file, json.dumps({"run": str(run), "data": files or [], **twin}) + "\n")
        return
    if is_converter(model):
        with working(stderr(), "Answering the test set") as report, set_aside(skip_bad) as bad:
            scores = model.evaluate(files, bad=bad, report=report)
        if json_file != "-":
            typer.echo(frames_table(scores))
        if json_file:
            _write(json_file, json.dumps(frames_record(run, files or [], scores)) + "\n")
        return
    model = as_pairs(model, "evaluate")
    options = {
        "beam": beam,
        "length_penalty": length_penalty,
        "coverage_penalty": coverage_penalty,
        "max_length": max_length,
        "batch_size": batch_size,
    }
    with working(stderr(), "Answering the test set") as report, set_aside(skip_bad) as bad:
        evaluation = model.evaluate(
            files or None,
            metrics=[name.strip() for name in metrics.split(",") if name.strip()] or None,
            bootstrap=bootstrap,
            tokenize=tokenize,
            lowercase=lowercase,
            bad=bad,
            report=report,
            **search_settings(model, settings, options),
        )
    groups = by_group(evaluation)
    if json_file != "-":
        typer.echo(evaluation.report.table())
        if groups:
            typer.echo("\n" + group_table(groups))
    if json_file:
        _write(json_file, json.dumps(_twin(models, files, evaluation, groups), indent=2) + "\n")
    if predictions:
        _write(str(predictions), _tsv(evaluation))


def _twin(
    models: list[Path],
    files: list[str] | None,
    evaluation: "Evaluation",
    groups: dict[str, "Report"],
) -> dict[str, Any]:
    run, *others = map(str, models)
    twin: dict[str, Any] = {"run": run, "with": others} if others else {"run": run}
    twin |= {"data": files or [], **evaluation.report.to_dict()}
    if groups:
        twin["groups"] = {name: report.to_dict() for name, report in groups.items()}
    return twin


def _tsv(evaluation: "Evaluation") -> str:
    rows = zip(evaluation.examples, evaluation.references, evaluation.results, strict=True)
    return "".join(
        f"{_cell(example.source)}\t{_cell(' ||| '.join(references))}\t{_cell(result.text)}\n"
        for example, references, result in rows
    )


def _cell(text: str) -> str:
    return one_line(text).replace("\t", " ")


def _write(path: str, text: str) -> None:
    """Into a file, whole or not at all; to standard output for '-'."""
    if path == "-":
        typer.echo(text, nl=False)
        return
    from seqloom.atomic import replacing

    with replacing(Path(path)) as part:
        part.write_text(text, encoding="utf-8")
