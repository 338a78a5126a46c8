"""What to do with a run, as commands: in its card, and at the end of its training.

Files are named by a kind that the run reads. A test set is named only where the recipe has none.
"""

from seqloom.config import AnyRecipe, DocumentRecipe, FramesRecipe, NextStepRecipe, Recipe
from seqloom.config.frame_data import WindowData
from seqloom.config.next_step_data import StrokeData, TextData
from seqloom.config.series import StrokeSource


def usage(run: str, recipe: AnyRecipe) -> list[str]:
    """One command each; `run` is the folder as a shell takes it."""
    ending = _ending(recipe)
    evaluate = f"seqloom evaluate {run}" + ("" if _has_test(recipe) else f" TEST{ending}")
    match recipe:
        case NextStepRecipe():
            draws = isinstance(recipe.data, StrokeData)
            text = ' --text "TEXT"' if recipe.model.window is not None else ""
            out = " --out sheet.svg" if draws else ""
            return [evaluate, f"seqloom generate {run}{text}{out}"]
        case FramesRecipe():
            answer = "answer.csv" if isinstance(recipe.data, WindowData) else "answer.npz"
            file = f"FILE{ending}"
            return [
                evaluate,
                f"seqloom predict {run} {file} --output {answer}",
                f"seqloom explain {run} {file} --png picture.png",
            ]
        case Recipe() if recipe.series is not None:
            file = f"SOURCES{ending}"
            return [
                evaluate,
                f"seqloom predict {run} {file}",
                f"seqloom explain {run} {file} --png map.png",
            ]
        case _:
            return [
                evaluate,
                f"seqloom predict {run} {_sources(recipe)}",
                f'seqloom explain {run} "SOURCE" --html map.html',
            ]


def _has_test(recipe: AnyRecipe) -> bool:
    """Whether there is a test set of its own: files, data made at run time, or a part of what it is trained
    on."""
    data = recipe.data
    if data.test or getattr(data, "embedded", None) is not None:
        return True
    match data:
        case WindowData():
            return True
        case TextData():
            return data.stream and not data.dev and data.test_share > 0
        case StrokeData():
            return data.test_part != "" and any(path.endswith(".npz") for path in data.train)
        case _:
            return False


def _ending(recipe: AnyRecipe) -> str:
    """Of a file that the run reads."""
    match recipe:
        case NextStepRecipe():
            return ".jsonl" if isinstance(recipe.data, StrokeData) else ".txt"
        case FramesRecipe():
            return ".csv" if isinstance(recipe.data, WindowData) else ".npz"
        case Recipe() if isinstance(recipe.series, StrokeSource):
            return ".jsonl"
        case Recipe() if recipe.series is not None:
            return ".npz"
        case _:
            return ".tsv"


def _sources(recipe: AnyRecipe) -> str:
    return "DOCUMENTS.tsv" if isinstance(recipe, DocumentRecipe) else "SOURCES.txt"
