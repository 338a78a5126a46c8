"""One source on its way to an answer."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

Kind = Literal["predict", "score", "explain", "stream", "generate"]
Item = dict[str, Any]
"""What is asked of a worker: a source, and what goes with it."""
Told = dict[str, Any]
"""An answer, before it is JSON."""
Show = Callable[[bytes], None]
"""Told what there is of a streamed answer."""


class Reply(NamedTuple):
    """An HTTP status and a JSON object as bytes."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """What jobs must have in common to be answered together.

    settings  of the search, as JSON
    """

    model: str
    kind: Kind
    settings: str = "{}"

    @property
    def changes(self) -> dict[str, Any]:
        return json.loads(self.settings)

    @property
    def merges(self) -> bool:
        """Whether several can be answered together at all."""
        return self.kind in ("predict", "score")


@dataclass(eq=False, slots=True)
class Job:
    """Made inside the event loop.

    item      what is asked of the worker
    length    of the source: like lengths are answered together
    deadline  by the event loop's clock
    show      told what there is of an answer before it is whole
    """

    group: Group
    item: Item
    length: int
    deadline: float
    show: Callable[[bytes], None] | None = None
    reply: "asyncio.Future[Reply]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
