"""A document as sentences of words: ids for the model, pieces of text for the reader.

    max_words      a longer sentence goes on as a further one
    max_sentences  what follows is left out, and counted

A piece is a unit as it was typed, a blank before it included where there was one: pieces written one
after the other are the sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from seqloom.config.documents import DocumentData
from seqloom.text.codec import Codec
from seqloom.text.offsets import Span
from seqloom.text.sentences import Splitter


class Sentence(NamedTuple):
    """Word ids, and as many pieces of text."""

    words: list[int]
    pieces: list[str]


@dataclass(slots=True)
class Truncation:
    """What the limits did to the documents so far."""

    documents: int = 0
    sentences_broken: int = 0
    documents_cut: int = 0
    sentences_left_out: int = 0

    def __str__(self) -> str:
        """For the user; empty if every document is whole."""
        if not self.sentences_broken and not self.documents_cut:
            return ""
        told: list[str] = []
        if self.documents_cut:
            told.append(
                f"{_of(self.documents_cut, self.documents)} longer than data.max_sentences: "
                f"{_were(self.sentences_left_out, 'sentence')} left out."
            )
        if self.sentences_broken:
            counts = "counts" if self.sentences_broken == 1 else "count"
            told.append(
                f"{_were(self.sentences_broken, 'sentence')} longer than data.max_words and {counts} as "
                "several."
            )
        return " ".join(told)


def _of(some: int, all_: int) -> str:
    if all_ == 1:
        return "The document was"
    return f"Of {all_:,} documents {some:,} {'was' if some == 1 else 'were'}"


def _were(count: int, name: str) -> str:
    return f"{count:,} {name}{' was' if count == 1 else 's were'}"


@dataclass(frozen=True)
class Cutter:
    """Cuts documents and counts in `truncation` what it had to leave out."""

    codec: Codec
    split: Splitter
    max_words: int
    max_sentences: int
    truncation: Truncation = field(default_factory=Truncation)

    @classmethod
    def within(cls, codec: Codec, split: Splitter, limits: DocumentData) -> "Cutter":
        return cls(codec, split, limits.max_words, limits.max_sentences)

    def __call__(self, text: str) -> list[Sentence]:
        """None of the sentences is empty; there is none where the text has no words."""
        whole = self.split(text)
        told = self.truncation
        told.documents += 1
        # Sentences beyond the limit are not looked into: a document may be a book.
        kept = list(islice(self._parts(whole), self.max_sentences + 1))
        if len(kept) > self.max_sentences:
            told.documents_cut += 1
            told.sentences_left_out += max(1, len(whole) - self.max_sentences)
        return kept[: self.max_sentences]

    def spans(self, text: str) -> list[list[Span]]:
        """Where in the text each word of each of the sentences was typed, in characters."""
        return list(islice(self._spans(text), self.max_sentences))

    def _spans(self, text: str) -> Iterator[list[Span]]:
        end = 0
        for sentence in self.split(text):
            first = text.index(sentence, end)
            end = first + len(sentence)
            own = [(first + start, first + stop) for start, stop in self.codec.offsets(sentence)]
            for start in range(0, len(own), self.max_words):
                yield own[start : start + self.max_words]

    def _parts(self, sentences: list[str]) -> Iterator[Sentence]:
        for text in sentences:
            words = self.codec.encode(text)[:-1]  # a sentence has an end without a word for it
            pieces = self._pieces(text)
            assert len(words) == len(pieces)
            self.truncation.sentences_broken += len(words) > self.max_words
            for start in range(0, len(words), self.max_words):
                stop = start + self.max_words
                yield Sentence(words[start:stop], pieces[start:stop])

    def _pieces(self, text: str) -> list[str]:
        pieces = self.codec.surface(text)
        return [f" {piece}" for piece in pieces] if self.codec.parted else pieces
