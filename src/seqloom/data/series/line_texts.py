"""What lines of handwriting say: words, numbers and signs in the manner of notes and letters.

    Bring 14 jars, please.     "Quiet!" he said     Fix the zip by 9:30     jx. 4th quarter: +2.5%

Every printable ASCII character occurs. A word in five is made up from syllables, so that a model learns
letters and not a list of words; the rare letters of English have their share that way.
"""

import string
from collections.abc import Callable, Sequence
from typing import TypeVar

from numpy.random import Generator

T = TypeVar("T")

SHORTEST, LONGEST = 8, 30
"""Characters of a line."""
ALPHABET = string.printable[:95]
"""Every character that a line may have: ASCII from the blank to the tilde."""

_TRIES = 12
"""Pieces tried for the room that is left: not all are short enough."""


def _each(words: str) -> list[str]:
    return words.split()


_WORDS = _each("""
a able about above across after again all along always and answer any apple are around ask at autumn
away back bag bake ball bank be before begin below best better between big bird black blue boat book
both box bread break bridge bring brother brown brush build busy but buy by call came candle cap car
carry cat chair change child city clean clear clock close cloud coat coffee cold come cook corner
could count country crazy cross cup dance dark day deep desk dinner do dog door down dozen draw dream
drink drive dry during each early earth easy eat edge eight empty end enjoy enough even evening every
exam exit expect eye face fall far farm fast father few field find fire first fish five fix floor fly
fold follow food for forest forget found four fox free fresh friend from front full game garden gave
get gift give glass go gold good grass great green ground grow guess had half hand happy hard has hat
have he head hear heavy help her here high hill him his hold home hope horse hot hour house how I ice
if in inside into is it jacket jam jar jazz job join joke journey joy judge juice jump June just keep
kettle key kind king kitchen knee knife know lake lamp land large last late laugh lazy leaf learn leave
left letter light like line list listen little live long look lose loud love low lunch machine made
mail make many map market may maybe me mean meet milk mind mix money moon more morning most mother
mountain move much music must my name near neck need never new next night nine no noise north nose not
note nothing now number oak of off often old on once one only open or orange other our out over own
oxygen page paint paper park part pass path pay pencil people piano picture piece place plan plant play
please point pond poor price pull push puzzle queen question quick quiet quite quote rain ran reach
read ready red rest rice ride right ring river road rock room round run safe said salt same sand save
saw say school sea season seat second see seed seem send seven shade shall she shelf ship shoe shop
short should show side sign silver sing sister sit six size sky sleep slow small smile snow so some
song soon sound soup south spoon spring square stand star start stay step still stone stop storm story
street strong such sugar summer sun sure swim table take talk tall taste taxi tea teach tell ten tent
than that the their them then there these they thing think this three through time to today together
tomorrow took top town train travel tree true try turn twelve twenty two under until up upon us use
valley van vase very view village violin visit voice wait walk wall want warm was wash watch water wave
way we weather week well went were west wet what wheel when where which while white who whole why wide
will wind window winter wish with without wolf wood word work world would write yard year yellow yes yet
you young your zebra zero zigzag zone zoo
""")
_ONSETS = _each(
    "b c d f g h j k l m n p q r s t v w x y z bl br ch cr dr fl gr pl qu sh st th tr wh"
)
_VOWELS = _each("a e i o u y ai ea ee ie oo ou")
_CODAS = ["", "", "", *_each("b d f g k l m n p r s t v w x z ck ll nd ng nt rk st")]
_ENDS = (".", ".", ".", ",", ",", "!", "?", ";", ":")
_PAIRS = ('""', "''", "()", "[]", "{}", "<>", "**", "__", "``")
_SIGNS = ("&", "+", "=", "-", "/", "~", "|", "@", "#", "%", "$", "^", "\\", "*", "_", "<", ">")


def compose(random: Generator) -> str:
    """One line, its length spread evenly between the shortest and the longest, or little less."""
    longest = int(random.integers(SHORTEST, LONGEST + 1))
    line = _piece(random, first=True)[:longest]
    for _ in range(_TRIES):
        piece = _piece(random, first=False)
        if len(line) + 1 + len(piece) <= longest:
            line += f" {piece}"
        if len(line) >= longest - 1:
            break
    return line


def _piece(random: Generator, first: bool) -> str:
    """What stands between two blanks."""
    draw = random.random()
    if draw < 0.12:
        return _choice(random, _NUMBERS)(random)
    if draw < 0.15:
        return _choice(random, _SIGNS)
    word = _word(random)
    if draw < 0.20:
        pair = _choice(random, _PAIRS)
        return f"{pair[0]}{word}{pair[1]}"
    return f"{word}{_choice(random, _ENDS)}" if draw > 0.85 and not first else word


def _word(random: Generator) -> str:
    word = _made_up(random) if random.random() < 0.2 else _choice(random, _WORDS)
    draw = random.random()
    return word.capitalize() if draw < 0.18 else word.upper() if draw < 0.22 else word


def _made_up(random: Generator) -> str:
    """One to three syllables."""
    parts = (_ONSETS, _VOWELS, _CODAS) * int(random.integers(1, 4))
    return "".join(_choice(random, part) for part in parts)


def _choice(random: Generator, choices: Sequence[T]) -> T:
    return choices[int(random.integers(len(choices)))]


def _whole(random: Generator) -> str:
    return str(random.integers(10 ** int(random.integers(1, 5))))


def _clock(random: Generator) -> str:
    return f"{random.integers(24)}:{random.integers(60):02}"


def _date(random: Generator) -> str:
    sign = "/-."[int(random.integers(3))]
    return (
        f"{random.integers(1, 32)}{sign}{random.integers(1, 13)}{sign}{random.integers(1900, 2100)}"
    )


def _price(random: Generator) -> str:
    return f"${random.integers(1, 200)}.{random.integers(100):02}"


def _share(random: Generator) -> str:
    return f"{'+-'[int(random.integers(2))]}{random.integers(100)}.{random.integers(10)}%"


_NUMBERS: list[Callable[[Generator], str]] = [_whole, _whole, _clock, _date, _price, _share]
