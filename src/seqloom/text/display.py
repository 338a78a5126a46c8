"""Units made visible for people, as in attention maps: no unit prints as nothing.

' '           ␣        a blank
'\\n'          ␊        control characters by their pictures
U+0301        ◌́        a mark without its letter stands on a dotted circle
U+1112        ㅎ       a conjoining jamo as the letter that every Korean font has
U+200F        <U+200F> anything else without a shape
"""

import unicodedata
from functools import lru_cache

_SHAPELESS = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp", "Zs"}
_JOINERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}
"""Shape what stands around them: joiners, and the tags that make a flag another flag."""


@lru_cache(maxsize=1 << 14)
def visible(unit: str) -> str:
    """The unit as it can be shown; a joiner between visible characters is left at its work."""
    if len(unit) == 1:
        return _shown(unit)
    inside = "".join(char if _joins(char) else _shown(char) for char in unit[1:])
    return _shown(unit[0]) + inside


def _joins(char: str) -> bool:
    """Whether the character works on its neighbours and must be left as it is among them. Those
    that would turn the direction of what follows are not."""
    return unicodedata.category(char).startswith("M") or char in _JOINERS


def _shown(char: str) -> str:
    if char == " ":
        return "␣"
    if char < " ":
        return chr(0x2400 + ord(char))
    category = unicodedata.category(char)
    if category in _SHAPELESS:
        return f"<U+{ord(char):04X}>"
    return "◌" + char if category.startswith("M") else _letter(char)


def _letter(char: str) -> str:
    if not "\u1100" <= char <= "\u11ff":
        return char
    # 'HANGUL JONGSEONG KIYEOK' is the letter 'HANGUL LETTER KIYEOK' at the end of a syllable.
    name = unicodedata.name(char).split()[-1]
    try:
        return unicodedata.lookup(f"HANGUL LETTER {name}")
    except KeyError:
        return char
