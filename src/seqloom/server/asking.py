"""What a client asks becomes jobs, within the limits; what comes back replies, or a FailedError."""

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any, NoReturn, Protocol

from seqloom.config.search import Search
from seqloom.server.bodies import BUSY, RefusedError
from seqloom.server.dispatcher import BusyError, Dispatcher, LateError, LostError
from seqloom.server.failures import FailedError
from seqloom.server.job import Group, Job, Kind, Reply
from seqloom.server.searching import chosen_search
from seqloom.server.settings import Settings

_log = logging.getLogger(__name__)

_TEXTS = ("source", "target", "prime")


class Serving(Protocol):
    """What the app knows of the crew."""

    @property
    def models(self) -> list[dict[str, Any]]: ...
    @property
    def ready(self) -> bool: ...


class Asking:
    """Makes jobs of what a client asks, within the limits."""

    def __init__(self, settings: Settings, crew: Serving, dispatcher: Dispatcher) -> None:
        self._limits = settings.limits
        self._log_text = settings.log_text
        self._crew = crew
        self._dispatcher = dispatcher

    @property
    def models(self) -> list[dict[str, Any]]:
        return self._crew.models

    def model(self, name: str | None) -> str:
        names: list[str] = [model["name"] for model in self._crew.models]
        if name is None:
            return names[0]
        if name not in names:
            raise FailedError(
                404, "no_model", f"There is no such model. Known: {', '.join(names)}."
            )
        return name

    def jobs(
        self,
        kind: Kind,
        name: str,
        changes: dict[str, Any],
        items: Sequence[dict[str, Any]],
    ) -> list[Job]:
        """A job for each item. Raises FailedError for what goes beyond the limits."""
        self._check(changes, items)
        self._check_search(name, changes)
        group = Group(name, kind, json.dumps(changes, sort_keys=True))
        deadline = asyncio.get_running_loop().time() + self._limits.deadline
        if self._log_text:
            _log.info("%s of %s: %s", kind, name, json.dumps([*items], ensure_ascii=True))
        return [Job(group, item, len(item["source"]), deadline) for item in items]

    async def replies(self, jobs: Sequence[Job]) -> list[Reply]:
        """Raises FailedError where there is no answer, or where one is an error."""
        try:
            replies = await self._dispatcher.ask(jobs)
        except BusyError as busy:
            raise FailedError(429, "busy", BUSY, busy.seconds) from None
        except LateError:
            message = f"There was no answer within {self._limits.deadline:g} seconds."
            raise FailedError(503, "late", message, 1) from None
        except LostError:
            message = "The process that worked on this request died. Ask again."
            raise FailedError(503, "lost", message, 1) from None
        return replies

    def _check(self, changes: dict[str, Any], items: Sequence[dict[str, Any]]) -> None:
        limits = self._limits
        most = min(limits.sources, limits.queue)
        if len(items) > most:
            _too_long(f"A request may ask about {most:,} sources at most, not {len(items):,}")
        texts = [item[side] for item in items for side in _TEXTS if side in item]
        texts += [feature for item in items for feature in item["features"]]
        texts += [changes.get("prefix", ""), *changes.get("constraints", ())]
        texts += changes.get("prefix_tokens", ())
        longest = max(map(len, texts))
        if longest > limits.characters:
            _too_long(f"A text may have {limits.characters:,} characters at most, not {longest:,}")

    def _check_search(self, name: str, changes: dict[str, Any]) -> None:
        given = {key: value for key, value in changes.items() if key in Search.model_fields}
        [defaults] = [model["search"] for model in self._crew.models if model["name"] == name]
        if not given or not defaults:
            return  # the recipe's own go together, and not every model searches
        try:
            chosen_search(Search.model_validate(defaults), given)
        except RefusedError as error:
            raise FailedError(422, "refused", str(error)) from None


def _too_long(sentence: str) -> NoReturn:
    raise FailedError(422, "too_long", f"{sentence}. Ask in parts.")
