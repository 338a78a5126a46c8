"""A headless Chromium, driven through Playwright. Either may be missing, and then it is said which."""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"


class MissingError(Exception):
    """There is no browser here; the message says what to install."""


@contextmanager
def chromium() -> "Generator[Browser]":
    """Raises MissingError if there is none."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError as error:
        raise MissingError("playwright is not installed: pip install playwright") from error
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except Error as error:
            raise MissingError(f"no browser at {CHROMIUM}: apt-get install chromium") from error
        yield browser
        browser.close()
