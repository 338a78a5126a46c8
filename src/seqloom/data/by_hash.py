"""Train, dev or test by a text's own hash: one text in ten is dev, one in ten is test.

Data that is made at run time has no files that part it. A text's part depends on the text alone, so no
text is ever in two parts, whatever the seed and however much is made.
"""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Literal

import numpy as np

Part = Literal["train", "dev", "test"]
PARTS: tuple[Part, ...] = ("train", "dev", "test")

Compose = Callable[[np.random.Generator], str]
"""Something that makes up a text."""


def part_of(text: str) -> Part:
    digit = int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") % 10
    return "dev" if digit == 8 else "test" if digit == 9 else "train"


def texts(compose: Compose, seed: int, part: Part) -> Iterator[str]:
    """Texts of one part without end; the same text may come again."""
    random = np.random.default_rng([seed, PARTS.index(part)])
    while True:
        text = compose(random)
        if part_of(text) == part:
            yield text
