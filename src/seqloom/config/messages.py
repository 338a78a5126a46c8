"""What pydantic finds wrong, as one sentence: the setting, the rule and what was given."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, cast, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from seqloom.config.schema import as_tree, family, section_of
from seqloom.config.section import Section
from seqloom.errors import suggestion


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in the settings an error lies.

    path     the names down to the setting
    section  the section that the last name was looked up in
    field    what that section says of it; None if it does not know the name
    item     the position in a list, from 0
    """

    path: tuple[str, ...]
    section: type[Section]
    field: FieldInfo | None
    item: int | None

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def label(self) -> str:
        return self.name if self.item is None else f"{self.name}: item {self.item + 1}"

    @property
    def annotation(self) -> object:
        """The type of the setting, or of the item."""
        annotation = self.field.annotation if self.field else object
        if self.item is None:
            return annotation
        lists = [each for each in get_args(annotation) if get_origin(each) is tuple]
        items = [each for each in get_args([*lists, annotation][0]) if each is not Ellipsis]
        return items[min(self.item, len(items) - 1)]


_ELSEWHERE = {
    ("target", "strokes"): " Strokes are written by graves2013-synthesis (from a text).",
    ("target", "frames"): " Frames are written by convert-voice and forecast (from frames).",
}
"""Kinds that are known in recipes of another family."""


def explain(root: type[Section], error: ErrorDetails) -> tuple[tuple[str, ...], str]:
    """The path of the setting that is wrong, and the sentence."""
    spot = _spot(root, error["loc"])
    if error["type"] == "union_tag_invalid" and spot.field:
        return (*spot.path, "kind"), _unknown_kind(spot.name, spot.field, error["input"])
    return spot.path, _sentence(spot, error)


def _sentence(spot: _Spot, error: ErrorDetails) -> str:
    given: object = error["input"]
    limits = error.get("ctx", {})
    match error["type"]:
        case "extra_forbidden":
            choice = suggestion(spot.path[-1], spot.section.model_fields)
            return f"Unknown setting {spot.name!r}. {choice}"
        case "literal_error":
            return _unknown_value(spot.label, given, _choices(spot.annotation))
        case "value_error":
            return str(limits["error"])
        case "greater_than" | "greater_than_equal" | "less_than" | "less_than_equal":
            return f"{spot.label} must be {_limit(spot, limits)}, but is {_shown(given)}."
        case "missing":  # the list is too short
            return must_be(spot.name, spot.field and spot.field.annotation, given)
        case _:
            return must_be(spot.label, spot.annotation, given)


def must_be(name: str, annotation: object, given: object) -> str:
    return f"{name} must be {_described(annotation)}, but is {_shown(given)}."


def _spot(root: type[Section], location: tuple[int | str, ...]) -> _Spot:
    """Pydantic's location has a family's kind and a union's type among the names."""
    path: list[str] = []
    section, field = root, None
    parts = list(location)
    below: type[Section] | None = root
    while parts and below is not None:
        section = below
        path.append(str(parts.pop(0)))
        field = section.model_fields.get(path[-1])
        kind = {"kind": parts.pop(0)} if field and family(field) and parts else {}
        below = section_of(field, kind) if field else None
    item = next((part for part in parts if isinstance(part, int)), None)
    return _Spot(tuple(path), section, field, item)


def _unknown_kind(name: str, field: FieldInfo, given: object) -> str:
    kind = (as_tree(given) or {}).get("kind")
    elsewhere = _ELSEWHERE.get((name, str(kind)), "")
    return f"{_unknown_value(f'{name}.kind', kind, family(field))}{elsewhere}"


def _unknown_value(name: str, given: object, known: Iterable[object]) -> str:
    choice = suggestion(str(given), map(str, known))
    return f"Unknown value {_shown(given)} for {name}. {choice}"


def _choices(annotation: object) -> list[object]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [choice for each in get_args(annotation) for choice in _choices(each)]


def _limit(spot: _Spot, limits: dict[str, float]) -> str:
    match limits:
        case {"gt": limit} if int in plain_types(spot.annotation):
            return f"at least {limit + 1:g}"
        case {"gt": limit}:
            return f"above {limit:g}"
        case {"ge": limit}:
            return f"at least {limit:g}"
        case {"lt": limit}:
            return f"below {limit:g}"
        case {"le": limit}:
            return f"at most {limit:g}"
        case _:
            raise AssertionError(limits)


def plain_types(annotation: object) -> set[object]:
    """Everything a type is made of: int and str for tuple[int | str, ...]."""
    if get_args(annotation):
        return {plain for each in get_args(annotation) for plain in plain_types(each)}
    return {annotation}


def _described(annotation: object) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _described(inner[0])
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin is tuple and Ellipsis in inner:
        return "a list such as [a, b]"
    if origin is tuple:
        return f"a list of {len(inner)} numbers"
    if inner:
        return " or ".join(dict.fromkeys(_described(each) for each in inner))
    return _NAMES.get(annotation, "a section of settings")


_NAMES: dict[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    type(None): "null",
}


def _shown(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return f"{value!r:.60}"
        case tuple() | list():
            items = cast("tuple[object, ...]", value)
            return f"[{', '.join(map(_shown, items)):.60}]"
        case _:
            return f"{value!s:.60}"
