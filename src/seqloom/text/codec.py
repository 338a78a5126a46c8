"""A codec for one side of the pairs: text to ids and back.

    encode   text -> normal form -> units -> ids     feature ids first, <eos> last
    decode   ids -> units -> text                    no specials, no features; NFC if it was NFD

`open` in `encode`, `decode` and `tokens` are units without an id that ids from `size` on stand for:
those of one source that may be copied (text/copying.py).

What `decode` writes has been through normalisation, and so must be what it is compared with:
`normalize` writes any text the way `decode` would have written it, and a metric that compares
output with `normalize(reference)` compares like with like.

Written as `NAME.json`, with `NAME.pieces.json` beside it where pieces of words were learnt.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, Literal, Self, assert_never

from pydantic import ValidationError

from seqloom.atomic import replacing
from seqloom.config.section import Section
from seqloom.config.tokens import Bytes, Characters, Subwords, Tokens, Whitespace, Words
from seqloom.errors import UserError
from seqloom.symbols import EOS, SPECIALS, UNK
from seqloom.text.byte_fallback import BYTE_UNITS, Spelling
from seqloom.text.normalize import normalize, recompose
from seqloom.text.offsets import Span, offsets
from seqloom.text.tokenizers import subwords
from seqloom.text.tokenizers.bytes import ALL_BYTES, ByteTokenizer
from seqloom.text.tokenizers.characters import (
    CodePointTokenizer,
    GraphemeTokenizer,
    JamoTokenizer,
)
from seqloom.text.tokenizers.subwords import SubwordTokenizer
from seqloom.text.tokenizers.tokenizer import Tokenizer
from seqloom.text.tokenizers.whitespace import WhitespaceTokenizer
from seqloom.text.tokenizers.words import WordTokenizer
from seqloom.text.vocabulary import Vocabulary, by_frequency

_FORMAT: Final = 1


class _Saved(Section):
    """What `NAME.json` holds. Pieces of words are not listed: they are in their own file."""

    format: Literal[1] = _FORMAT
    settings: Tokens
    features: tuple[str, ...]
    tokens: tuple[str, ...]


class Codec:
    """Text to ids and back, by what was seen in training. Never changes once made."""

    def __init__(self, settings: Tokens, tokenizer: Tokenizer, vocabulary: Vocabulary) -> None:
        self.settings: Final = settings
        self.vocabulary: Final = vocabulary
        self._tokenizer: Final = tokenizer

    @classmethod
    def train(cls, settings: Tokens, texts: Iterable[str], features: Iterable[str] = ()) -> Self:
        """Reads the texts once and keeps none of them. `features` are all the feature values
        that may stand before a text; each gets a symbol of its own."""
        known = tuple(sorted(set(features)))
        formed = (normalize(text, settings.normalize, settings.lowercase) for text in texts)
        match settings:
            case Characters() | Whitespace() | Words():
                tokenizer = _listed(settings)
                counts = Counter(unit for text in formed for unit in tokenizer.split(text))
                tokens = tuple(by_frequency(counts, settings.min_count, settings.max_size))
                return cls._with(settings, tokenizer, known, tokens)
            case Bytes():
                return cls(settings, ByteTokenizer(), Vocabulary(known, ALL_BYTES))
            case Subwords():
                pieces = subwords.train(settings, formed, len(known))
                return cls._with(settings, pieces, known, pieces.vocabulary())
            case _:
                assert_never(settings)

    @classmethod
    def _with(
        cls,
        settings: Characters | Whitespace | Words | Subwords,
        tokenizer: Tokenizer,
        features: tuple[str, ...],
        tokens: tuple[str, ...],
    ) -> Self:
        """With the bytes behind the tokens, if unknown units are spelled."""
        if settings.byte_fallback:
            tokenizer = Spelling(tokenizer, frozenset(tokens), isinstance(settings, Whitespace))
            tokens += BYTE_UNITS
        return cls(settings, tokenizer, Vocabulary(features, tokens))

    @property
    def size(self) -> int:
        """How many ids there are, specials and features included."""
        return self.vocabulary.size

    @property
    def blank_led(self) -> bool:
        """Whether a unit that follows a blank begins with it."""
        return isinstance(self.settings, Words | Subwords)

    @property
    def pieces(self) -> bool:
        """Whether units are pieces of words."""
        return isinstance(self.settings, Subwords)

    @property
    def learnt(self) -> SubwordTokenizer | None:
        """What cuts words into learnt pieces; None where units are something else."""
        tokenizer = self._tokenizer
        inner = tokenizer.tokenizer if isinstance(tokenizer, Spelling) else tokenizer
        return inner if isinstance(inner, SubwordTokenizer) else None

    @property
    def parted(self) -> bool:
        """Whether there is a blank between any two units, and part of neither."""
        return isinstance(self.settings, Whitespace)

    def encode(
        self, text: str, features: Sequence[str] = (), open: Sequence[str] = ()
    ) -> list[int]:
        """The ids of the features, of the text, and <eos>; <unk> for whatever is not known."""
        find = self.vocabulary.feature_ids.get
        ids = [find(feature, UNK) for feature in features]
        find = self.vocabulary.token_ids.get
        extended = {unit: self.size + k for k, unit in enumerate(open)}.get
        ids += [find(unit) or extended(unit, UNK) for unit in self.units(text)]
        ids.append(EOS)
        return ids

    def decode(self, ids: Sequence[int], open: Sequence[str] = ()) -> str:
        """The text; <unk> reads '⁇', other specials and features are left out."""
        texts, known = self._texts, self.size
        units = (texts[id] if id < known else open[id - known] for id in ids)
        return self._written(unit for unit in units if unit is not None)

    def tokens(self, ids: Sequence[int], open: Sequence[str] = ()) -> tuple[str, ...]:
        """One readable token per id, for display: '<eos>', a feature as '[PL]', a blank as '␣'."""
        readable, known, show = self._readable, self.size, self._tokenizer.show
        return tuple(readable[id] if id < known else show(open[id - known]) for id in ids)

    def units(self, text: str) -> list[str]:
        """What the text is cut into."""
        return self._cut(text, self.settings.lowercase)

    def surface(self, text: str) -> list[str]:
        """The units as they were typed, in upper and lower case; as they are read where the case
        decides how the text is cut."""
        read, typed = self.units(text), self._cut(text, lowercase=False)
        return typed if len(typed) == len(read) else read

    def offsets(self, text: str) -> list[Span]:
        """Where each of the units was typed: start and end in characters (text/offsets.py)."""
        form, lowercase = self.settings.normalize, self.settings.lowercase
        return offsets(self._tokenizer, text, lambda part: normalize(part, form, lowercase))

    def unknown(self, text: str) -> tuple[str, ...]:
        """The units of the text that would become <unk>: each once, as they come."""
        units = dict.fromkeys(self.units(text))
        return tuple(unit for unit in units if unit not in self.vocabulary.token_ids)

    def normalize(self, text: str) -> str:
        """The text as `decode(encode(text))` would write it if all of it were known."""
        return self._written(self.units(text))

    def save(self, folder: Path, name: str) -> None:
        tokens, tokenizer = self.vocabulary.tokens, self._tokenizer
        if isinstance(tokenizer, Spelling):  # the bytes go without saying
            tokens, tokenizer = tokens[: -len(BYTE_UNITS)], tokenizer.tokenizer
        if isinstance(tokenizer, SubwordTokenizer):
            tokens = ()
            with replacing(_pieces_file(folder, name)) as part:
                part.write_text(tokenizer.to_json(), encoding="utf-8")
        saved = _Saved(settings=self.settings, features=self.vocabulary.features, tokens=tokens)
        with replacing(folder / f"{name}.json") as part:
            part.write_text(saved.model_dump_json(indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Raises UserError, naming the file, if one is missing, damaged or not of this kind."""
        path = folder / f"{name}.json"
        saved = _parsed(path)
        match saved.settings:
            case Characters() | Whitespace() | Words():
                tokenizer, tokens = _listed(saved.settings), saved.tokens
            case Bytes():
                tokenizer, tokens = ByteTokenizer(), ALL_BYTES
            case Subwords():
                tokenizer = _loaded_pieces(_pieces_file(folder, name))
                tokens = tokenizer.vocabulary()
            case _:
                assert_never(saved.settings)
        for entries in (saved.features, tokens):
            if len(set(entries)) != len(entries):
                raise _damaged(path, "an entry occurs twice")
        if isinstance(saved.settings, Bytes):
            return cls(saved.settings, tokenizer, Vocabulary(saved.features, tokens))
        return cls._with(saved.settings, tokenizer, saved.features, tokens)

    @cached_property
    def _texts(self) -> tuple[str | None, ...]:
        """What `decode` writes for each id; None where it writes nothing."""
        silent: list[str | None] = [None] * self.vocabulary.first_token
        silent[UNK] = self._tokenizer.unknown
        return (*silent, *self.vocabulary.tokens)

    @cached_property
    def _readable(self) -> tuple[str, ...]:
        """What `tokens` shows for each id."""
        features = (f"[{feature}]" for feature in self.vocabulary.features)
        return (*SPECIALS, *features, *map(self._tokenizer.show, self.vocabulary.tokens))

    def _cut(self, text: str, lowercase: bool) -> list[str]:
        return self._tokenizer.split(normalize(text, self.settings.normalize, lowercase))

    def _written(self, units: Iterable[str]) -> str:
        text = self._tokenizer.join(units)
        return recompose(text) if self.settings.normalize == "NFD" else text


def _listed(settings: Characters | Whitespace | Words) -> Tokenizer:
    match settings:
        case Characters(normalize="NFD"):
            return CodePointTokenizer()
        case Characters(jamo=True):
            return JamoTokenizer()
        case Characters():
            return GraphemeTokenizer()
        case Whitespace():
            return WhitespaceTokenizer()
        case Words():
            return WordTokenizer()
        case _:
            assert_never(settings)


def _pieces_file(folder: Path, name: str) -> Path:
    return folder / f"{name}.pieces.json"


def _parsed(path: Path) -> _Saved:
    try:
        return _Saved.model_validate_json(_text(path))
    except ValidationError as error:
        first = error.errors()[0]
        if first["loc"] == ("format",) and isinstance(first["input"], int):
            raise UserError(
                f"{path}: written in format {first['input']}, but this version of seqloom reads "
                f"format {_FORMAT}. Install the version that wrote it, or a later one."
            ) from error
        where = ".".join(map(str, first["loc"]))
        raise _damaged(path, f"{where}: {first['msg']}" if where else first["msg"]) from error


def _loaded_pieces(path: Path) -> SubwordTokenizer:
    try:
        return subwords.from_json(_text(path))
    except ValueError as error:
        raise _damaged(path, str(error)) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UserError(
            f"{path}: not found. A run folder needs its tokenizer files; copy it whole."
        ) from error
    except UnicodeDecodeError as error:
        raise _damaged(path, "it is not UTF-8") from error


def _damaged(path: Path, reason: str) -> UserError:
    return UserError(
        f"{path}: damaged, or not a tokenizer file of seqloom ({reason}). "
        f"Copy the run folder again, whole, or train anew."
    )
