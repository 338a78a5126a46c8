"""One pair as the files give it, before any token is cut."""

from dataclasses import dataclass, field

from seqloom.search.stepper import Reals

Links = tuple[tuple[int, int], ...]
"""Source word and target word, both counted from 0."""

ARRAY = "array"
"""The name of a source that comes from no file."""


@dataclass(frozen=True, slots=True)
class Example:
    """A source with its features and, where it is known, its target.

    source    its text; of a real-valued source the name that it goes by, such as 'file:record'
    frames    [S, F], the source if it is real-valued, in the units of the data; two examples are told
              apart by their names alone
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
    frames: Reals | None = field(default=None, compare=False, repr=False)
