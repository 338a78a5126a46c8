"""The two codecs of a model: one for sources and their features, one for targets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from seqloom.config.recipe import Recipe
from seqloom.text.codec import Codec
from seqloom.text.copying import MOST_OPEN, Source, with_copies

_FOLDER = "tokenizer"


class Pair(Protocol):
    """What a codec needs of a training example."""

    @property
    def source(self) -> str: ...

    @property
    def target(self) -> str | None: ...

    @property
    def features(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class PairCodec:
    """With a shared vocabulary both are the same codec: equal tokens have equal ids, and the
    feature symbols of the source have theirs on both sides.

    copying  whether source units may be copied: ids then say what a copy would be
    """

    source: Codec
    target: Codec
    copying: bool = False

    @classmethod
    def train(cls, recipe: Recipe, examples: Callable[[], Iterable[Pair]]) -> Self:
        """`examples` is called once for each reading of the training data, of which there are
        up to three: features, sources, targets."""
        features = {feature for pair in examples() for feature in pair.features}
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

    def read(self, text: str, features: Sequence[str] = ()) -> Source:
        """A source as numbers."""
        plain = self.source.encode(text, features)
        if not self.copying:
            return Source(plain, plain, ())
        ids, units = self.target.vocabulary.token_ids, self.source.units(text)
        return with_copies(plain, units, self.source.size, ids, self.target.size)

    @property
    def limits(self) -> tuple[int, int]:
        """What all ids of sources, and all of targets, are below."""
        if not self.copying:
            return self.source.size, self.target.size
        targets = self.target.size + MOST_OPEN
        return self.source.size * (targets + 1), targets

    @property
    def common(self) -> int:
        """How many source units are target units too."""
        units = self.target.vocabulary.token_ids
        return sum(unit in units for unit in self.source.vocabulary.tokens)

    def save(self, folder: Path) -> None:
        inside = folder / _FOLDER
        inside.mkdir(parents=True, exist_ok=True)
        self.source.save(inside, "source")
        self.target.save(inside, "target")

    @classmethod
    def load(cls, folder: Path, copying: bool = False) -> Self:
        inside = folder / _FOLDER
        return cls(Codec.load(inside, "source"), Codec.load(inside, "target"), copying)


def _both_sides(pairs: Iterable[Pair]) -> Iterator[str]:
    for pair in pairs:
        yield pair.source
        if pair.target is not None:
            yield pair.target
