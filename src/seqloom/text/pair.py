"""The two codecs of a model: one for sources and their features, one for targets."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from seqloom.config.recipe import Recipe
from seqloom.text.codec import Codec

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
    feature symbols of the source have theirs on both sides."""

    source: Codec
    target: Codec

    @classmethod
    def train(cls, recipe: Recipe, examples: Callable[[], Iterable[Pair]]) -> Self:
        """`examples` is called once for each reading of the training data, of which there are
        up to three: features, sources, targets."""
        features = {feature for pair in examples() for feature in pair.features}
        if recipe.shared_vocabulary:
            shared = Codec.train(recipe.source, _both_sides(examples()), features)
            return cls(shared, shared)
        sources = (pair.source for pair in examples())
        targets = (pair.target for pair in examples() if pair.target is not None)
        return cls(
            Codec.train(recipe.source, sources, features), Codec.train(recipe.target, targets)
        )

    def save(self, folder: Path) -> None:
        inside = folder / _FOLDER
        inside.mkdir(parents=True, exist_ok=True)
        self.source.save(inside, "source")
        self.target.save(inside, "target")

    @classmethod
    def load(cls, folder: Path) -> Self:
        inside = folder / _FOLDER
        return cls(Codec.load(inside, "source"), Codec.load(inside, "target"))


def _both_sides(pairs: Iterable[Pair]) -> Iterator[str]:
    for pair in pairs:
        yield pair.source
        if pair.target is not None:
            yield pair.target
