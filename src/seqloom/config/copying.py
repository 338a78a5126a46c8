"""What copying from the source asks for: attention, and units that can be equal on both sides.

characters, whitespace             a letter may be a phone, a word another word
words, bpe, unigram, wordpiece     units that begin with the blank before them
bytes                              bytes only
"""

from seqloom.config.network import Cho, Decoder, Sutskever
from seqloom.config.search import Search
from seqloom.config.tokens import Bytes, Tokens

_ALIKE = (
    {"characters", "whitespace"},
    {"words", "bpe", "unigram", "wordpiece"},
    {"bytes"},
)
"""Kinds of units that can meet."""


def copies(decoder: Decoder) -> bool:
    """Whether the decoder has a pointer."""
    return not isinstance(decoder, Sutskever | Cho) and decoder.copying


def conflict(source: Tokens, target: Tokens, decoder: Decoder, search: Search) -> str:
    """Why nothing can be copied with these settings, and the way out; empty if it can."""
    if search.replace_unknown != "none" and isinstance(source, Bytes):
        return (
            f"search.replace_unknown={search.replace_unknown} asks for source units that stand for "
            "something, but source.kind=bytes. Set it to none, or source.kind=characters."
        )
    if not copies(decoder):
        return ""
    if not any({source.kind, target.kind} <= kinds for kinds in _ALIKE):
        return (
            f"decoder.copying asks for units that source and target can share, but "
            f"source.kind={source.kind} and target.kind={target.kind} never match. "
            f"Set target.kind={source.kind}, or decoder.copying=false."
        )
    if _spells(source) != _spells(target):
        return (
            "decoder.copying asks for byte_fallback on both sides or on neither, but only the "
            f"{'source' if _spells(source) else 'target'} has it. Set both alike."
        )
    return ""


def _spells(tokens: Tokens) -> bool:
    return not isinstance(tokens, Bytes) and tokens.byte_fallback
