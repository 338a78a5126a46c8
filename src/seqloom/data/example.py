"""One pair as the files give it, before any token is cut."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A source with its features and, where it is known, its target.

    features  further values that join the source (language tag, morphological features)
    origin    'file:line', for messages
    """

    source: str
    target: str | None = None
    features: tuple[str, ...] = ()
    origin: str = ""
