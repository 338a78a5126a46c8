"""Settings given one by one, as `decoder.layers=2` on the command line.

The value is read as YAML. Another `kind` drops the settings of the old one that the new one does
not have; an override itself is never dropped, whatever the order it was given in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from seqloom.config.schema import Tree, as_tree, family, section_of
from seqloom.config.section import Section
from seqloom.errors import UserError


@dataclass(frozen=True, slots=True)
class Override:
    path: tuple[str, ...]
    value: object

    @property
    def is_kind(self) -> bool:
        return self.path[-1] == "kind"


def parse(texts: Sequence[str]) -> list[Override]:
    """In the order they have to be applied: kinds first, the outer before the inner."""
    kinds_first = [_parse(text) for text in texts]
    kinds_first.sort(key=lambda each: (0, len(each.path)) if each.is_kind else (1, 0))
    return kinds_first


def _parse(text: str) -> Override:
    name, equals, value = text.partition("=")
    path = tuple(part.strip() for part in name.split("."))
    if not equals or not all(path):
        raise UserError(
            f"An override is written setting=value, such as decoder.layers=2, but found '{text}'."
        )
    return Override(path, _value(name, value))


def _value(name: str, text: str) -> object:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        raise UserError(
            f"The value of {name} cannot be read: {text!r}. "
            "Put quotes around text with special characters."
        ) from None


def apply(root: type[Section], tree: Tree, override: Override) -> Tree:
    """The tree with one setting changed.

    A name that no section has is put in all the same: validation says best what is wrong with it.
    """
    return _changed(root, tree, override, depth=0)


def _changed(section: type[Section] | None, tree: Tree, override: Override, depth: int) -> Tree:
    """`section` is what the tree should be, if that is known; `depth` names lead to it."""
    name, *rest = override.path[depth:]
    if not rest:
        return {**tree, name: override.value}
    below = as_tree(tree.get(name)) or {}
    field = section.model_fields.get(name) if section else None
    inner = section_of(field, below) if field else None
    if field and inner and rest == ["kind"]:
        below = _known_to_the_new(below, inner, family(field).get(str(override.value)))
    if field and not inner and not family(field):
        value = ".".join(override.path[: depth + 1])
        raise UserError(f"{value} is a single value and has no setting '{rest[0]}'.")
    return {**tree, name: _changed(inner, below, override, depth + 1)}


def _known_to_the_new(tree: Tree, old: type[Section], new: type[Section] | None) -> Tree:
    if new is None:
        return tree
    dropped = old.model_fields.keys() - new.model_fields.keys()
    return {name: value for name, value in tree.items() if name not in dropped}
