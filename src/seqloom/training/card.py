"""The model card: what a run was trained on, how large it is, how it scores, how to get it again.

README.md      for people
summary.json   the same for scripts
commands.txt   what was typed, a line for each sitting
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from seqloom.atomic import replacing
from seqloom.config import AnyRecipe, Recipe
from seqloom.training.run import Finished, Ready
from seqloom.training.task import Facts
from seqloom.training.usage import usage

COMMANDS = "commands.txt"


def note_command(folder: Path, command: str) -> None:
    """Remember how a sitting was started."""
    with (folder / COMMANDS).open("a", encoding="utf-8") as file:
        file.write(command.replace("\n", " ") + "\n")


def write_card(folder: Path, recipe: AnyRecipe, ready: Ready, finished: Finished) -> None:
    """Write the card and its JSON twin into a finished run."""
    summary = _summary(folder, recipe, ready, finished)
    with replacing(folder / "README.md") as part:
        part.write_text(_card(folder, recipe, ready.facts, summary), encoding="utf-8")
    with replacing(folder / "summary.json") as part:
        part.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _summary(folder: Path, recipe: AnyRecipe, ready: Ready, finished: Finished) -> dict[str, Any]:
    progress = finished.progress
    dev: dict[str, float] = {"loss": finished.validation.loss}
    if finished.validation.metric is not None:
        dev[recipe.training.metric] = finished.validation.metric
    commands = folder / COMMANDS
    return {
        "recipe": recipe.name,
        "seqloom": version("seqloom"),
        "seed": recipe.seed,
        f"train_{ready.facts.items}": ready.facts.train,
        f"dev_{ready.facts.items}": ready.facts.dev,
        **ready.facts.sizes,
        "parameters": ready.parameters,
        "updates": progress.update,
        "epochs": progress.epoch,
        "seconds": round(progress.seconds, 1),
        "best_update": progress.best_update,
        "reason": finished.reason,
        "dev": dev,
        "commands": commands.read_text(encoding="utf-8").splitlines() if commands.exists() else [],
    }


def _card(folder: Path, recipe: AnyRecipe, facts: Facts, summary: dict[str, Any]) -> str:
    commands, use = "\n".join(summary["commands"]), "\n".join(usage(str(folder), recipe))
    return f"""# {recipe.name}

{recipe.description or "A sequence-to-sequence model with attention."}

Trained with seqloom {summary["seqloom"]}; all settings are in `config.yaml`.

| | |
|---|---|
{_table(recipe, facts, summary)}

## Scores

On the dev set, with the final weights ({_how(recipe, facts)}):

| | |
|---|---|
{_scores(summary["dev"])}

![Training curve](curve.png)

## How it was made

```
{commands}
```

The same settings again: `seqloom train config.yaml --out NEW`, in this folder if data paths allow.

## How to use it

```
{use}
```
"""


def _how(recipe: AnyRecipe, facts: Facts) -> str:
    loss = f"the loss is -log p per {facts.unit} in nats"
    if isinstance(recipe, Recipe):
        return f"greedy search; {loss}, end of sequence counted"
    return loss


def _table(recipe: AnyRecipe, told: Facts, summary: dict[str, Any]) -> str:
    facts = {
        "Training data": f"{_names(recipe, 'train')}: {told.train:,} {told.items}",
        "Dev data": f"{_dev(recipe)}: {told.dev:,} {told.items}",
        **told.about,
        "Parameters": f"{summary['parameters']:,}",
        "Training": f"{summary['updates']:,} updates, {summary['epochs']:,} full epochs, "
        f"{_duration(summary['seconds'])}; ended by: {summary['reason']}",
        "Final weights": _final(recipe, summary),
        "Seed": str(recipe.seed),
    }
    return "\n".join(
        f"| {name} | {text.replace('|', chr(92) + '|')} |" for name, text in facts.items()
    )


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def _names(recipe: AnyRecipe, part: Literal["train", "dev"]) -> str:
    files: tuple[str, ...] = getattr(recipe.data, part)
    embedded = getattr(recipe.data, "embedded", None)
    return ", ".join(f"`{name}`" for name in files) or f"embedded `{embedded}`"


def _dev(recipe: AnyRecipe) -> str:
    if recipe.data.train and not recipe.data.dev:
        return "held out of the training data"
    return _names(recipe, "dev")


def _final(recipe: AnyRecipe, summary: dict[str, Any]) -> str:
    settings = recipe.training
    match settings.average:
        case "none":
            return f"the best on the dev set, after update {summary['best_update']:,}"
        case "ema":
            return (
                f"a moving average of all updates (decay {settings.ema_decay}), "
                f"the best on the dev set, after update {summary['best_update']:,}"
            )
        case "last" | "best":
            return f"the mean of the {settings.average} {settings.average_over} validations"


def _scores(dev: dict[str, float]) -> str:
    return "\n".join(f"| {name} | {value:.4f} |" for name, value in dev.items())
