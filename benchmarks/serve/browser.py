"""What a reader of the page waits for: from a keystroke to its answer, timed by the browser itself.

    in the document   when the answer's elements are there
    painted           when the frame that has them has been drawn

Both count from the time stamp of the `input` event, so whatever the page does before it asks, the
service, the network and the drawing are all in it. A key follows once the answer to the one before
is painted; each source starts from an empty field.
"""

from collections.abc import Sequence
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from benchmarks.serve.chromium import MissingError, chromium
from benchmarks.serve.parts import Setup
from benchmarks.serve.service import running

if TYPE_CHECKING:
    from playwright.sync_api import JSHandle, Page

KEYSTROKES = 300
_FIRST = 3
"""Sources typed before it counts, for what is slow only the first time."""

_WATCH = """() => {
  const field = document.getElementById("source");
  let begun = null, painted, next;
  field.addEventListener("input", (event) => {
    begun = field.value ? event.timeStamp : null;
    if (begun === null) return;
    next = new Promise((resolve, reject) => {
      painted = resolve;
      setTimeout(reject, 30000, new Error("no answer was shown within 30 s"));
    });
  }, { capture: true });
  new MutationObserver((changes) => {
    if (begun === null || !changes.some(({ target }) => target.classList.contains("body"))) return;
    const [from, tell, there] = [begun, painted, performance.now()];
    begun = null;
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => tell([there - from, performance.now() - from]);
    requestAnimationFrame(() => port1.postMessage(null));
  }).observe(document.getElementById("answer"), { childList: true, subtree: true });
  return () => next;
}"""
"""Gives a function that waits for the answer to the last input, and tells both times in ms."""


def keystrokes(setup: Setup) -> dict[str, Any]:
    """Where there is no browser, only what is missing."""
    try:
        with chromium() as browser, running(setup.run, *setup.options) as service:
            page = browser.new_page()
            page.goto(service.address)
            page.wait_for_selector(".panel")
            answered = page.evaluate_handle(_WATCH)
            _typed(page, answered, setup.sources[:_FIRST])
            times = _typed(page, answered, setup.sources)
            version = browser.version
    except MissingError as error:
        return {"missing": str(error)}
    there, painted = zip(*times, strict=True)
    return {
        "browser": f"Chromium {version.partition('.')[0]}",
        "keystrokes": len(there),
        "in_the_document_ms": _figures(there),
        "painted_ms": _figures(painted),
    }


def _typed(page: "Page", answered: "JSHandle", sources: Sequence[str]) -> list[tuple[float, float]]:
    field = page.locator("#source")
    times: list[tuple[float, float]] = []
    for source in sources:
        field.fill("")
        for letter in source:
            page.keyboard.insert_text(letter)
            there, painted = page.evaluate("answered => answered()", answered)
            times.append((there, painted))
            if len(times) == KEYSTROKES:
                return times
    return times


def _figures(times: Sequence[float]) -> dict[str, float]:
    return {"p50": median(times), "p95": quantiles(times, n=20)[-1]}
