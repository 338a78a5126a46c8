"""What a classifier needs to read documents and to name their labels: saved with the run.

tokenizer/words.json    the vocabulary of words (text/codec.py)
tokenizer/labels.json   the names of the labels, in the order of their numbers
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from seqloom.atomic import replacing
from seqloom.config.documents import DocumentRecipe
from seqloom.data.documents.cut import Cutter
from seqloom.data.documents.labels import Labels
from seqloom.errors import UserError
from seqloom.text.codec import Codec
from seqloom.text.sentences import sentence_splitter

_FOLDER, _WORDS, _LABELS = "tokenizer", "words", "labels.json"


@dataclass(frozen=True)
class DocumentCodec:
    """Text to sentences of word ids, numbers to labels."""

    recipe: DocumentRecipe
    words: Codec
    labels: Labels

    @classmethod
    def train(cls, recipe: DocumentRecipe, texts: Iterable[str], labels: Labels) -> Self:
        """Reads the texts once and keeps none of them."""
        return cls(recipe, Codec.train(recipe.tokens, _sentences(recipe, texts)), labels)

    def cutter(self) -> Cutter:
        """Cuts documents, counting anew what it has to leave out."""
        split = sentence_splitter(self.recipe.sentences)
        return Cutter.within(self.words, split, self.recipe.data)

    def save(self, folder: Path) -> None:
        inside = folder / _FOLDER
        inside.mkdir(parents=True, exist_ok=True)
        self.words.save(inside, _WORDS)
        with replacing(inside / _LABELS) as part:
            part.write_text(json.dumps(self.labels.names, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, recipe: DocumentRecipe) -> Self:
        """Raises UserError, naming the file, if one is missing or damaged."""
        inside = folder / _FOLDER
        return cls(recipe, Codec.load(inside, _WORDS), _labels(inside / _LABELS))


def _sentences(recipe: DocumentRecipe, texts: Iterable[str]) -> Iterator[str]:
    split = sentence_splitter(recipe.sentences)
    return (sentence for text in texts for sentence in split(text))


def _labels(path: Path) -> Labels:
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return Labels(tuple(dict.fromkeys(names)))
    except (OSError, ValueError):
        pass
    raise UserError(
        f"{path}: must be a list of labels, but is not. Copy the run folder again, whole."
    )
