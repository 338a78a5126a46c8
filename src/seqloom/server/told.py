"""What is wrong with a request, in one sentence and without anything that the client wrote."""

from collections.abc import Mapping, Sequence
from typing import Any


def told(errors: Sequence[Mapping[str, Any]]) -> str:
    """Of pydantic's errors the first."""
    error = errors[0]
    kind, place = error["type"], _place(error["loc"])
    if kind == "extra_forbidden":
        return "There is a field that is not known. See /openapi.json for those that are."
    if kind == "value_error":
        return f"{place}: {str(error['msg']).removeprefix('Value error, ')}."
    return f"{place}: {error['msg']}."


def _place(location: Sequence[str | int]) -> str:
    """As 'sources.3'; unions are known by their field alone."""
    parts = [part for part in location if part != "body"]
    plain: list[str] = []
    for part in parts:
        if isinstance(part, str) and plain:
            break  # the member of a union, or a key that the client chose
        plain.append(str(part))
    return ".".join(plain) or "The body"
