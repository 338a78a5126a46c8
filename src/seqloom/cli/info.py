"""`seqloom info`: what recipes there are, what is in one, and how a run went."""

import json
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from seqloom.cli.info_frames import frames_facts
from seqloom.cli.next_step import next_step_facts
from seqloom.cli.options import recipes
from seqloom.console.progress import clock

if TYPE_CHECKING:
    from seqloom.config import AnyRecipe, Recipe


def info(
    subject: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN|RECIPE",
            help="A run or exported folder, a recipe's name or a YAML file. Without it: a list of "
            "the recipes.",
            autocompletion=recipes,
        ),
    ] = None,
    settings: Annotated[
        bool | None,
        typer.Option(help="Print every setting as YAML. Default: for recipes.", show_default=False),
    ] = None,
) -> None:
    """Describe a run, an exported model or a recipe, or list the recipes."""
    from seqloom.config import read_recipe

    if subject is None:
        typer.echo(_listed())
    elif Path(subject).is_dir():
        folder = Path(subject)
        recipe, text = _export(folder) if (folder / "export.json").is_file() else _run(folder)
        typer.echo(text)
        if settings:
            typer.echo("\n" + _yaml(recipe))
    else:
        recipe = read_recipe(subject)
        typer.echo(_described(recipe))
        if settings is not False:
            typer.echo("\n" + _yaml(recipe))


def _listed() -> str:
    from seqloom.config import recipe_names

    known = recipe_names()
    width = max(map(len, known))
    recipes = "\n".join(f"{name:<{width}} {about}" for name, about in known.items())
    return f"{recipes}\n\nMore on one: seqloom info RECIPE. Train one: seqloom train RECIPE."


def _described(recipe: "AnyRecipe") -> str:
    lines = [f"{recipe.name}: {recipe.description}" if recipe.description else recipe.name]
    if recipe.expected:
        lines.append(f"Expected: {recipe.expected}")
    return "\n".join(lines)


def _yaml(recipe: "AnyRecipe") -> str:
    """As `config.yaml` in a run folder."""
    import yaml

    settings = recipe.model_dump(mode="json")
    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=100).rstrip()


def _run(folder: Path) -> tuple["AnyRecipe", str]:
    from seqloom.models.folder import WEIGHTS, load_recipe, load_weights
    from seqloom.training.journal import read_journal

    recipe = load_recipe(folder)
    summary = _summary(folder)
    journal = read_journal(folder / "metrics.jsonl")
    facts = [("recipe", recipe.name), ("state", _state(folder, summary))]
    facts.append(("data", _data(recipe, summary)))
    facts += _of_family(folder, recipe)
    if (folder / WEIGHTS).exists():
        weights = load_weights(folder / WEIGHTS).values()
        facts.append(("parameters", f"{sum(weight.numel() for weight in weights):,}"))
    if journal:
        facts.append(("trained", _trained(journal[-1])))
        facts.append(("dev scores", _scores(recipe, summary, journal)))
    facts.append(("seed", str(recipe.seed)))
    return recipe, _told(folder, facts)


def _of_family(folder: Path, recipe: "AnyRecipe") -> list[tuple[str, str]]:
    """What the runs of one family alone have to say."""
    match recipe.family:
        case "pairs":
            from seqloom.models.artifact import load_setting

            codec = load_setting(folder)[1]
            if codec.series is not None:
                sizes = f"{codec.series.width} source features, {codec.target.size:,} target"
            else:
                sizes = _sizes(codec.source.size, codec.target.size)
            return [("vocabularies", sizes), ("on a CPU", _answering(recipe))]
        case "documents":
            return []
        case "next_step":
            return next_step_facts(folder, recipe)
        case "frames":
            return frames_facts(folder, recipe)


def _export(folder: Path) -> tuple["AnyRecipe", str]:
    from seqloom.config import read_recipe
    from seqloom.extras import needs

    with needs("runtime", f"{folder}: an exported model"):
        from seqloom.runtime import read_description

    about, recipe = read_description(folder), read_recipe(str(folder / "config.yaml"))
    checked = about.checked
    facts = [("recipe", recipe.name), ("state", f"exported by seqloom {about.seqloom}")]
    facts.append(("weights", "8 bits" if about.int8 else "32 bits"))
    facts.append(("vocabularies", _sizes(about.source_vocabulary, about.target_vocabulary)))
    facts.append(("graphs", ", ".join(f"{n} ({size:,} bytes)" for n, size in about.sizes.items())))
    facts.append(("checked", f"{checked.sources:,} sources ({checked.on})"))
    if about.int8:
        facts.append(("the same", f"{checked.same:.2%} of the answers in 8 bits"))
    return recipe, _told(folder, facts)


def _answering(recipe: "Recipe") -> str:
    from seqloom.kernel import available, why_not

    if not available():
        return "answers with torch: the compiled kernel was not built here, or SEQLOOM_KERNEL is 0"
    unknown = why_not(recipe)
    return f"answers with torch: {unknown}" if unknown else "answers with the compiled kernel"


def _told(folder: Path, facts: list[tuple[str, str]]) -> str:
    return "\n".join([str(folder), *(f"{name:<13} {text}" for name, text in facts)])


def _sizes(source: int, target: int) -> str:
    return f"{source:,} source, {target:,} target"


def _summary(folder: Path) -> dict[str, Any]:
    """What training wrote at its end; nothing before that."""
    path = folder / "summary.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _state(folder: Path, summary: dict[str, Any]) -> str:
    if summary:
        return f"finished: {summary['reason']}"
    return f"not finished; go on with: seqloom train --resume --out {quote(str(folder))}"


def _data(recipe: "AnyRecipe", summary: dict[str, Any]) -> str:
    embedded = getattr(recipe.data, "embedded", None)
    names = ", ".join(recipe.data.train) or f"embedded: {embedded}"
    items = next((name[6:] for name in summary if name.startswith("train_")), "")
    if not items:
        return names
    return (
        f"{names} ({summary[f'train_{items}']:,} {items}, {summary[f'dev_{items}']:,} dev {items})"
    )


def _trained(last: dict[str, Any]) -> str:
    return f"{last['update']:,} updates, {clock(last['seconds'])} (at the last validation)"


def _scores(recipe: "AnyRecipe", summary: dict[str, Any], journal: list[dict[str, Any]]) -> str:
    metric = recipe.training.metric
    names = ["loss", *([] if metric == "loss" else [metric])]
    if summary:
        final = ", ".join(f"{name} {summary['dev'][name]:.4f}" for name in names)
        return f"{final} (the final weights)"
    last = journal[-1]
    values = {"loss": last["dev_loss"], metric: last.get(metric, last["dev_loss"])}
    return ", ".join(f"{name} {values[name]:.4f}" for name in names) + " (the last validation)"
