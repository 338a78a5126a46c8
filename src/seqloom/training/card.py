"""The model card: what a run was trained on, how large it is, how it scores, how to get it again.

README.md      for people
summary.json   the same for scripts
commands.txt   what was typed, a line for each sitting
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seqloom.atomic import replacing
from seqloom.config import Decoder, Encoder, Recipe, TransformerDecoder, TransformerEncoder
from seqloom.training.run import Finished, Ready

COMMANDS = "commands.txt"


def note_command(folder: Path, command: str) -> None:
    """Remember how a sitting was started."""
    with (folder / COMMANDS).open("a", encoding="utf-8") as file:
        file.write(command.replace("\n", " ") + "\n")


def write_card(folder: Path, recipe: Recipe, ready: Ready, finished: Finished) -> None:
    """Write the card and its JSON twin into a finished run."""
    summary = _summary(folder, recipe, ready, finished)
    with replacing(folder / "README.md") as part:
        part.write_text(_card(folder, recipe, summary), encoding="utf-8")
    with replacing(folder / "summary.json") as part:
        part.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _summary(folder: Path, recipe: Recipe, ready: Ready, finished: Finished) -> dict[str, Any]:
    progress = finished.progress
    dev: dict[str, float] = {"loss": finished.validation.loss}
    if finished.validation.metric is not None:
        dev[recipe.training.metric] = finished.validation.metric
    commands = folder / COMMANDS
    return {
        "recipe": recipe.name,
        "seqloom": version("seqloom"),
        "seed": recipe.seed,
        "train_pairs": ready.train_pairs,
        "dev_pairs": ready.dev_pairs,
        "source_vocabulary": ready.source_vocabulary,
        "target_vocabulary": ready.target_vocabulary,
        "parameters": ready.parameters,
        "updates": progress.update,
        "epochs": progress.epoch,
        "seconds": round(progress.seconds, 1),
        "best_update": progress.best_update,
        "reason": finished.reason,
        "dev": dev,
        "commands": commands.read_text(encoding="utf-8").splitlines() if commands.exists() else [],
    }


def _card(folder: Path, recipe: Recipe, summary: dict[str, Any]) -> str:
    commands = "\n".join(summary["commands"])
    return f"""# {recipe.name}

{recipe.description or "A sequence-to-sequence model with attention."}

Trained with seqloom {summary["seqloom"]}; all settings are in `config.yaml`.

| | |
|---|---|
{_table(recipe, summary)}

## Scores

On the dev set, with the final weights (greedy search; the loss is -log p per target token in nats,
end of sequence counted):

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
seqloom predict {folder} FILE
seqloom evaluate {folder} TEST.tsv
seqloom explain {folder} "SOURCE" --html map.html
```
"""


def _table(recipe: Recipe, summary: dict[str, Any]) -> str:
    data = recipe.data
    facts = {
        "Training data": f"{_names(data.train, data.embedded)}: {summary['train_pairs']:,} pairs",
        "Dev data": f"{_dev(recipe)}: {summary['dev_pairs']:,} pairs",
        "Source": f"{recipe.source.kind}, {summary['source_vocabulary']:,} tokens",
        "Target": f"{recipe.target.kind}, {summary['target_vocabulary']:,} tokens",
        "Encoder": _encoder(recipe.encoder),
        "Decoder": f"{recipe.decoder.kind}, {_layers(recipe.decoder)}",
        "Parameters": f"{summary['parameters']:,}",
        "Training": f"{summary['updates']:,} updates, {summary['epochs']:,} full epochs, "
        f"{_duration(summary['seconds'])}; ended by: {summary['reason']}",
        "Final weights": _final(recipe, summary),
        "Seed": str(recipe.seed),
    }
    return "\n".join(
        f"| {name} | {text.replace('|', chr(92) + '|')} |" for name, text in facts.items()
    )


def _encoder(encoder: Encoder) -> str:
    if isinstance(encoder, TransformerEncoder):
        return f"{encoder.kind}, {_layers(encoder)}"
    directions = {True: ", both directions", "first": ", the first in both directions", False: ""}
    return _layers(encoder) + directions[encoder.bidirectional]


def _layers(part: Encoder | Decoder) -> str:
    size = f"{part.layers} x {part.hidden}"
    if isinstance(part, TransformerEncoder | TransformerDecoder):
        return f"{size}, {part.heads} heads"
    return f"{size} {part.cell}"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"


def _names(files: tuple[str, ...], embedded: str | None) -> str:
    return ", ".join(f"`{name}`" for name in files) or f"embedded `{embedded}`"


def _dev(recipe: Recipe) -> str:
    if recipe.data.train and not recipe.data.dev:
        return "held out of the training data"
    return _names(recipe.data.dev, recipe.data.embedded)


def _final(recipe: Recipe, summary: dict[str, Any]) -> str:
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
