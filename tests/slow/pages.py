"""The explorer page in a headless browser, for every test that looks at it.

Whatever a page complains of while it is open, an error, a warning or a request to a foreign host, is told
when it closes.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from benchmarks.serve.chromium import MissingError, chromium

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

PATIENCE = 30_000
"""Milliseconds for which a page may keep its reader waiting."""

Open = Callable[..., Any]
"""open(state, locale=, address=, ...): the page with `state` behind '#' in a context of its own; what
else is given is the context's."""


@contextmanager
def browsing() -> Generator[Any]:
    """A browser; the test is skipped where there is none."""
    try:
        with chromium() as browser:
            yield browser
    except MissingError as error:
        pytest.skip(str(error))


@contextmanager
def opening(browser: Any, address: str) -> Generator[Open]:
    """Opens pages, and closes them at the end. Raises AssertionError if anything went wrong in one."""
    contexts, wrong = [], []

    def noted(message: Any) -> None:
        # The browser tells by itself of what a server refuses, and of one that is gone.
        its_own = "/v1/" in message.location.get("url", "") or "CONNECTION_REFUSED" in message.text
        if message.type in ("error", "warning") and not its_own:
            wrong.append(message.text)

    def asked(request: Any) -> None:
        if not request.url.startswith((address, "data:")):
            wrong.append(f"foreign: {request.url}")

    def open_page(
        state: str = "", locale: str = "en", address: str = address, **options: Any
    ) -> Any:
        context = browser.new_context(locale=locale, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.on("console", noted)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", asked)
        page.goto(f"{address}/#{state}")
        page.wait_for_selector(".panel")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, wrong


def output(page: Any, panel: int = 0) -> Any:
    """The answer that a panel shows."""
    return page.locator(".panel").nth(panel).locator(".output")


def chip(page: Any, side: str, place: int) -> Any:
    """A token under the answer; `side` is source or target."""
    return page.locator(f".row.{side} button").nth(place)
