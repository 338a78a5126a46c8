"""The recipes that come with seqloom, by name."""

from pathlib import Path

from seqloom.config.yaml_file import load
from seqloom.errors import UserError, suggestion


def folder() -> Path:
    """Inside the installed package, or beside the sources where they are used in place."""
    package = Path(__file__).parents[1]
    installed = package / "recipes"
    return installed if installed.is_dir() else package.parents[1] / "recipes"


def recipe_names() -> dict[str, str]:
    """The packaged recipes: name -> description."""
    return {
        path.stem: str(load(path).tree.get("description", ""))
        for path in sorted(folder().glob("*.yaml"))
    }


def recipe_path(name_or_path: str) -> Path:
    """A packaged recipe if there is one of this name, else a file."""
    packaged = folder() / f"{name_or_path}.yaml"
    given = Path(name_or_path)
    if given.name == name_or_path and packaged.is_file():
        return packaged
    if given.exists():
        return given
    if given.suffix in (".yaml", ".yml") or given.name != name_or_path:
        raise UserError(f"{name_or_path}: there is no such file.")
    raise UserError(
        f"Unknown recipe '{name_or_path}'. {suggestion(name_or_path, recipe_names())} "
        "A recipe of your own is given as the path of its YAML file."
    )
