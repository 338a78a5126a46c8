"""One pair as the files give it, before any token is cut."""

from dataclasses import dataclass

Links = tuple[tuple[int, int], ...]
"""Source word and target word, both counted from 0."""


@dataclass(frozen=True, slots=True)
class Example:
    """A source with its features and, where it is known, its target.

    features  further values that join the source (language tag, morphological features)
    origin    'file:line', for messages
    links     which words belong together, where an alignment is given; and its 'file:line'
    """

    source: str
    target: str | None = None
    features: tuple[str, ...] = ()
    origin: str = ""
    links: Links = ()
    links_origin: str = ""
