"""What settings there are: sections within sections, and families told apart by `kind`.

A tree is a recipe as YAML gives it, nothing checked: settings by name, sections as dicts.
"""

from collections.abc import Mapping
from inspect import isclass
from typing import cast, get_args

from pydantic.fields import FieldInfo

from seqloom.config.section import Section

Tree = dict[str, object]
Path = tuple[str, ...]
"""The names from the outermost section to a setting."""


def as_tree(value: object) -> Tree | None:
    """The value if it can be a section of settings."""
    return cast(Tree, value) if isinstance(value, dict) else None


def family(field: FieldInfo) -> dict[str, type[Section]]:
    """The members by kind; empty for a setting that is no family."""
    if field.discriminator is None:
        return {}
    return {
        kind: member
        for member in _sections(field)
        for kind in get_args(member.model_fields["kind"].annotation)
    }


def section_of(field: FieldInfo, given: Mapping[str, object]) -> type[Section] | None:
    """The section that a setting's value has to be, or None if it is a plain value.

    In a family `kind` decides; None if there is no such kind.
    """
    if members := family(field):
        return members.get(str(given.get("kind", _default_kind(field))))
    return next(iter(_sections(field)), None)


def complete(section: type[Section], tree: Tree) -> Tree:
    """The tree with a `kind` in every family: where none is given, the default's."""
    return {name: _complete_value(section, name, value) for name, value in tree.items()}


def _complete_value(section: type[Section], name: str, value: object) -> object:
    field = section.model_fields.get(name)
    inner = as_tree(value)
    if field is None or inner is None:
        return value
    below = section_of(field, inner)
    if below is None:
        return value
    kind = {"kind": _default_kind(field)} if family(field) else {}
    return kind | complete(below, inner)


def given(section: Section) -> Tree:
    """The settings that were given rather than left at their defaults, kinds always included."""
    return {
        name: given(value) if isinstance(value := getattr(section, name), Section) else value
        for name in type(section).model_fields
        if name in section.model_fields_set or name == "kind"
    }


def _sections(field: FieldInfo) -> list[type[Section]]:
    choices = get_args(field.annotation) or (field.annotation,)
    return [choice for choice in choices if isclass(choice) and issubclass(choice, Section)]


def _default_kind(field: FieldInfo) -> object:
    return getattr(field.default, "kind", None)
