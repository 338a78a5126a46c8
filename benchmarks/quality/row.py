"""Trains and judges one row of the quality table: python -m benchmarks.quality.row NAME FOLDER"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch

import seqloom
from benchmarks.quality.rows import ROWS, Row, raw_references
from seqloom.api import finish, prepare_recipe
from seqloom.config import Recipe
from seqloom.metrics import evaluate
from seqloom.model import Model
from seqloom.training.loop import Step
from seqloom.training.run import training


def recipe_of(row: Row, folder: Path) -> Recipe:
    """The row's recipe over the row's data."""
    files = asdict(row.prepare(folder / "data"))
    changes = [f"data.{part}={json.dumps([files[part]])}" for part in ("train", "dev", "test")]
    return prepare_recipe(
        row.recipe, changes=[*changes, f"data.format={files['format']}", *row.changes]
    )


def train(row: Row, folder: Path) -> Model:
    """Train, or go on where a run that was stopped left off."""
    run = folder / "run"
    done = run / "finished"
    if not done.exists():
        recipe = recipe_of(row, folder)
        for event in training(recipe, run, resume=(run / "run.json").exists()):
            if isinstance(event, Step) and event.validation is not None:
                print(event.update, event.validation, flush=True)
        done.touch()
    return finish(run)


def judge(row: Row, model: Model) -> dict[str, object]:
    """Scores on the test set; for translation both ways of counting BLEU."""
    started = time.perf_counter()
    if not row.raw:
        evaluation = model.evaluate()
        scores = evaluation.report.to_dict()["scores"]
    else:
        evaluation = model.evaluate(metrics=["bleu"], tokenize="none", lowercase=True)
        scores = {
            "bleu_tokenised": evaluation.report.to_dict()["scores"]["bleu"],
            **_detokenised(row, evaluation),
        }
    return {"scores": scores, "decode_seconds": round(time.perf_counter() - started, 1)}


def _detokenised(row: Row, evaluation: seqloom.Evaluation) -> dict[str, object]:
    from sacremoses import MosesDetokenizer

    detokenizer = MosesDetokenizer(lang=row.language)
    outputs = [detokenizer.detokenize(result.text.split()) for result in evaluation.results]
    report = evaluate(
        outputs, [[line] for line in raw_references(row.raw)], ["bleu", "chrf"], lowercase=True
    )
    return report.to_dict()["scores"]


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    row = next(row for row in ROWS if row.name == name)
    whole = not (folder / "run" / "run.json").exists()
    model = train(row, folder)
    # Tells a busy machine from slow training, if this sitting was all of it.
    cpu = time.process_time()
    journal = [
        json.loads(line) for line in (folder / "run" / "metrics.jsonl").read_text().splitlines()
    ]
    result = judge(row, model) | {
        "minutes": round(journal[-1]["seconds"] / 60, 2),
        "cpu_minutes": round(cpu / 60, 2) if whole else None,
        "threads": torch.get_num_threads(),
        "epochs": journal[-1]["epoch"],
        "updates": journal[-1]["update"],
        "parameters": sum(weight.numel() for weight in model.run.model.parameters()),
        "published": row.published,
    }
    (folder / "result.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
