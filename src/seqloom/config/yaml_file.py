"""A YAML file as a tree of settings, and the line that each setting stands on."""

from dataclasses import dataclass, field
from pathlib import Path as FilePath

import yaml

from seqloom.config.schema import Path, Tree, as_tree
from seqloom.errors import UserError


@dataclass(frozen=True, slots=True)
class Document:
    """places  where a setting was read, as 'file:line'"""

    tree: Tree
    places: dict[Path, str] = field(default_factory=dict[Path, str])

    def with_tree(self, tree: Tree, changed: Path) -> "Document":
        """Another tree; what is at `changed`, or no longer there, does not come from the file."""
        places = {
            path: place
            for path, place in self.places.items()
            if path[: len(changed)] != changed and _has(tree, path)
        }
        return Document(tree, places)

    def located(self, path: Path, sentence: str) -> str:
        """A sentence on the setting at `path`, after its place if it comes from the file."""
        place = self.places.get(path)
        return f"{place}: {sentence}" if place else sentence


def _has(tree: Tree, path: Path) -> bool:
    name, *rest = path
    return name in tree and (not rest or _has(as_tree(tree[name]) or {}, tuple(rest)))


def load(path: FilePath) -> Document:
    text = _text(path)
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        places = _places(node, str(path))
        tree: object = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        raise UserError(_syntax(path, error)) from None
    except RecursionError:
        raise UserError(f"{path}: nested too deeply, or within itself.") from None
    except (yaml.YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"{path}: not valid YAML: {reason}.") from None
    if tree is None:
        return Document({})
    if (settings := as_tree(tree)) is None:
        raise UserError(f"{path}:1: expected settings such as 'seed: 1', but found {tree!r:.60}.")
    return Document(settings, places)


def _text(path: FilePath) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path}: not UTF-8 text. Save it as UTF-8.") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}.") from None


def _syntax(path: FilePath, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    return f"{path}:{line}: not valid YAML: {error.problem or error.context}."


def _places(node: object, file: str, above: Path = ()) -> dict[Path, str]:
    """Refuses what YAML lets pass: a name given twice, or one that is not text."""
    places: dict[Path, str] = {}
    if not isinstance(node, yaml.MappingNode):
        return places
    for key, value in node.value:
        place = f"{file}:{key.start_mark.line + 1}"
        path = (*above, str(key.value))
        if key.tag != "tag:yaml.org,2002:str":
            raise UserError(f"{place}: the name of a setting must be text. Put quotes around it.")
        if path in places:
            raise UserError(f"{place}: {'.'.join(path)} is given twice. Remove one of the two.")
        places[path] = place
        places |= _places(value, file, path)
    return places
