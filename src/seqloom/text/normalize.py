"""Text in one form: the Unicode normal form and the letter case that the settings ask for.

The same letter can be written in several ways: 'é' is one code point in NFC and a letter followed
by an accent in NFD; a Hangul syllable is one code point in NFC and two or three jamo in NFD. A
model must see one way only. Readers see NFC: `recompose` undoes NFD on output.
"""

import re
import unicodedata

from seqloom.config.tokens import Normalization

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def normalize(text: str, form: Normalization, lowercase: bool) -> str:
    """The text in the given form; doing it twice changes nothing more.

    Half a surrogate pair, which JSON can carry but UTF-8 cannot, becomes U+FFFD.
    """
    if text.isascii():
        return text.lower() if lowercase else text
    text = _formed(_LONE_SURROGATES.sub("\ufffd", text), form)
    # The form comes first since NFKC brings capitals ('℡' is 'TEL'), and again since lowering can
    # leave it.
    return _formed(text.lower(), form) if lowercase else text


def recompose(text: str) -> str:
    """NFC: jamo become syllables again, and accents join their letters."""
    return unicodedata.normalize("NFC", text)


def _formed(text: str, form: Normalization) -> str:
    return text if form == "none" else unicodedata.normalize(form, text)
