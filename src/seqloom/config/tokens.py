"""How a string becomes tokens: the kinds of units a source or a target may be made of."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from seqloom.config.section import Section

Normalization = Literal["none", "NFC", "NFD", "NFKC"]


class _Tokens(Section):
    normalize: Normalization = "NFC"
    """Unicode normal form applied before anything else. NFD splits Hangul into jamo and letters
    from their accents; NFKC also folds compatibility forms such as full-width digits."""
    lowercase: bool = False


class _Listed(_Tokens):
    """Kinds whose vocabulary lists every unit seen in training."""

    min_count: PositiveInt = 1
    """A unit seen less often than this in training becomes <unk>."""
    max_size: PositiveInt | None = None
    """Keep only this many of the most frequent units; all if not given."""
    byte_fallback: bool = False
    """Spell what would become <unk> in bytes, for which 256 units are added: nothing is unknown.
    The bytes learn from units rarer than `min_count`, so that should be 2 or more."""


class Characters(_Listed):
    """Grapheme clusters: what a reader takes for one character, combining marks included."""

    kind: Literal["characters"] = "characters"
    jamo: bool = False
    """Split each Hangul syllable into its letters (initial, vowel, final) as separate units. With
    `normalize: NFD` they are split in any case, and the letters of other scripts from their accents."""


class Whitespace(_Listed):
    """Units separated by blanks, such as phones or text that is already tokenised."""

    kind: Literal["whitespace"] = "whitespace"


class Words(_Listed):
    """Words and punctuation marks by Unicode's rules; blanks are restored on output."""

    kind: Literal["words"] = "words"


class Bytes(_Tokens):
    """The 256 bytes of UTF-8: nothing is ever unknown."""

    kind: Literal["bytes"] = "bytes"


class Subwords(_Tokens):
    """Units learnt from the training text: byte-pair encoding, unigram or wordpiece."""

    kind: Literal["bpe", "unigram", "wordpiece"]
    size: PositiveInt = 8000
    """Vocabulary size, special tokens included."""
    byte_fallback: bool = False
    """Spell what would become <unk> in bytes, for which 256 units come on top of `size`."""


Tokens = Annotated[Characters | Whitespace | Words | Bytes | Subwords, Field(discriminator="kind")]
