"""true and false where a number belongs: an error here, though pydantic would read 1 and 0."""

from collections.abc import Iterator

from seqloom.config.messages import must_be, plain_types
from seqloom.config.schema import Path, Tree, as_tree, section_of
from seqloom.config.section import Section


def misplaced(section: type[Section], tree: Tree, above: Path = ()) -> Iterator[tuple[Path, str]]:
    """The path of each, with what is wrong as a sentence."""
    for name, value in tree.items():
        field, path = section.model_fields.get(name), (*above, name)
        inner = as_tree(value) or {}
        if field is None:
            continue
        if below := section_of(field, inner):
            yield from misplaced(below, inner, path)
        elif isinstance(value, bool) and _numbers(field.annotation):
            yield path, must_be(".".join(path), field.annotation, value)


def _numbers(annotation: object) -> bool:
    types = plain_types(annotation)
    return bool not in types and (int in types or float in types)
