"""A document as sentences: by the rules of a language (the library sentencex), or at separators.

    'It cost $3.50. Mr. Kim paid.'   ->   'It cost $3.50.'  'Mr. Kim paid.'

Blanks around a sentence are left out, and so are sentences of nothing else.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import assert_never

import regex

from seqloom.config.documents import ByLanguage, BySeparators, Sentences
from seqloom.errors import MissingExtra
from seqloom.text.normalize import normalize

Splitter = Callable[[str], list[str]]


def sentence_splitter(settings: Sentences) -> Splitter:
    """What cuts a text. Raises MissingExtra if the library for languages is not installed."""
    match settings:
        case ByLanguage():
            return _by_language(settings.language)
        case BySeparators():
            return _at(settings.separators)
        case _:
            assert_never(settings)


def _by_language(language: str) -> Splitter:
    try:
        segment: Callable[[str, str], list[str]] = import_module("sentencex").segment
    except ModuleNotFoundError as error:
        raise MissingExtra("Cutting a document into sentences by language", "documents") from error

    def split(text: str) -> list[str]:
        # Half a surrogate pair, which JSON can carry, is nothing that the library can read.
        return _kept(segment(language, normalize(text, "none", lowercase=False)))

    return split


def _at(separators: Iterable[str]) -> Splitter:
    # The longest first, so that ' || ' is not taken for two of '|'.
    longest_first = sorted(separators, key=len, reverse=True)
    pattern = regex.compile("|".join(map(regex.escape, longest_first)))

    def split(text: str) -> list[str]:
        return _kept(pattern.split(text))

    return split


def _kept(pieces: Iterable[str]) -> list[str]:
    return [stripped for piece in pieces if (stripped := piece.strip())]
