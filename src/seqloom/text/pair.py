"""The two codecs of a model: one for sources and their features, one for targets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from seqloom.config.recipe import Recipe
from seqloom.config.series import FrameSource, StrokeSource
from seqloom.config.tokens import Whitespace
from seqloom.errors import UserError
from seqloom.text.codec import Codec
from seqloom.text.copying import MOST_OPEN, Source, with_copies
from seqloom.text.series import Series

FOLDER = "tokenizer"


class Pair(Protocol):
    """What a codec needs of a training example."""

    @property
    def source(self) -> str: ...

    @property
    def target(self) -> str | None: ...

    @property
    def features(self) -> tuple[str, ...]: ...


class SeriesReader(Protocol):
    """How frames become what a model reads (data/series/reader.py)."""

    @property
    def width(self) -> int:
        """F, the features of a frame."""
        ...

    def read(self, name: str, frames: NDArray[np.float32]) -> Series: ...
    def labels(self, series: Series) -> tuple[str, ...]:
        """What the positions are called."""
        ...

    def save(self, folder: Path) -> None: ...


@dataclass(frozen=True)
class PairCodec:
    """With a shared vocabulary both are the same codec: equal tokens have equal ids, and the
    feature symbols of the source have theirs on both sides.

    copying  whether source units may be copied: ids then say what a copy would be
    series   how real-valued sources are read; None for text. With it there are no source units, and
             `source` knows none
    """

    source: Codec
    target: Codec
    copying: bool = False
    series: SeriesReader | None = None

    @classmethod
    def train(cls, recipe: Recipe, examples: Callable[[], Iterable[Pair]]) -> Self:
        """`examples` is called once for each reading of the training data, of which there are
        up to three: features, sources, targets."""
        features = {feature for pair in examples() for feature in pair.features}
        assert not isinstance(recipe.source, FrameSource | StrokeSource)
        if recipe.shared_vocabulary:
            shared = Codec.train(recipe.source, _both_sides(examples()), features)
            return cls(shared, shared, recipe.copying)
        sources = (pair.source for pair in examples())
        targets = (pair.target for pair in examples() if pair.target is not None)
        return cls(
            Codec.train(recipe.source, sources, features),
            Codec.train(recipe.target, targets),
            recipe.copying,
        )

    @classmethod
    def of_series(cls, recipe: Recipe, targets: Iterable[str], series: SeriesReader) -> Self:
        """For real-valued sources."""
        none = Codec.train(Whitespace(), ())
        return cls(none, Codec.train(recipe.target, targets), series=series)

    @property
    def source_size(self) -> int:
        """How many source ids there are; of a series the features of a frame."""
        return self.source.size if self.series is None else self.series.width

    def read(
        self, text: str, features: Sequence[str] = (), frames: NDArray[np.float32] | None = None
    ) -> Source:
        """A source as numbers: a text, or the frames that go by that name."""
        if self.series is not None:
            return self._series(self.series, text, frames)
        if frames is not None:
            raise UserError("This model reads text, but frames were given. Give a text.")
        plain = self.source.encode(text, features)
        if not self.copying:
            return Source(plain, plain, ())
        ids, units = self.target.vocabulary.token_ids, self.source.units(text)
        return with_copies(plain, units, self.source.size, ids, self.target.size)

    def _series(
        self, reader: SeriesReader, name: str, frames: NDArray[np.float32] | None
    ) -> Source:
        if frames is None:
            raise UserError(
                f"This model reads frames of {reader.width} features, but {name[:40]!r} is text. Give an "
                "array, or a file of frames."
            )
        series = reader.read(name, frames)
        return Source(series, range(len(series)), (), reader.labels(series))

    @property
    def limits(self) -> tuple[int, int]:
        """What all ids of sources, and all of targets, are below."""
        if not self.copying:
            return self.source.size, self.target.size
        targets = self.target.size + MOST_OPEN
        return self.source.size * (targets + 1), targets

    def save(self, folder: Path) -> None:
        inside = folder / FOLDER
        inside.mkdir(parents=True, exist_ok=True)
        self.source.save(inside, "source")
        self.target.save(inside, "target")
        if self.series is not None:
            self.series.save(inside)

    @classmethod
    def load(cls, folder: Path, copying: bool = False) -> Self:
        inside = folder / FOLDER
        return cls(Codec.load(inside, "source"), Codec.load(inside, "target"), copying)


def _both_sides(pairs: Iterable[Pair]) -> Iterator[str]:
    for pair in pairs:
        yield pair.source
        if pair.target is not None:
            yield pair.target
