"""What is said: digits and everyday words, in small letters without signs, as it is pronounced.

seven three nine one         call anna at five two eight       bring twelve green boxes
the fox sees a quiet river   play it at half past seven
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from numpy.random import Generator

from seqloom.data.by_hash import Part, texts
from seqloom.errors import UserError

T = TypeVar("T")

DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ALPHABET = " abcdefghijklmnopqrstuvwxyz"

_NUMBERS = (*DIGITS[2:], "ten", "eleven", "twelve", "twenty", "thirty", "forty", "sixty", "ninety")
_NAMES = ("anna", "ben", "clara", "jack", "mary", "oscar", "peter", "rosa", "victor", "zoe")
_COLOURS = ("black", "blue", "brown", "green", "red", "silver", "white", "yellow")
_THINGS = ("apple", "book", "box", "bridge", "chair", "door", "garden", "lamp", "letter", "picture",
           "river", "ship", "table", "window", "jug", "violin")  # fmt: skip
_MANY = (
    "apples",
    "books",
    "boxes",
    "chairs",
    "doors",
    "jugs",
    "keys",
    "lamps",
    "letters",
    "tables",
)
_BEASTS = ("bird", "cat", "dog", "fox", "horse", "mouse", "queen", "teacher", "zebra", "child")
_SEEING = ("sees", "finds", "likes", "paints", "knows", "follows", "leaves", "passes")
_KINDS = ("big", "cold", "dark", "good", "little", "new", "old", "quiet", "round", "small", "warm")
_DOING = (
    "bring",
    "buy",
    "carry",
    "count",
    "give me",
    "look for",
    "send",
    "show me",
    "take",
    "wash",
)
_PLAYING = ("begin", "call", "come back", "go home", "open it", "play it", "stop it", "wake me up")
_TRIES = 1000
"""Repetitions in a row that say there are no more sentences."""


def sentences(seed: int, count: int, split: Part) -> Iterator[str]:
    """So many different sentences of one part; none is in two parts."""
    said: set[str] = set()
    again = 0
    for text in texts(compose, seed, split):
        if len(said) == count:
            return
        again = again + 1 if text in said else 0
        if again > _TRIES:
            raise UserError(
                f"{split} cannot have {count} different sentences: there are about {len(said)}. "
                "Ask for fewer."
            )
        if text not in said:
            said.add(text)
            yield text


def compose(random: Generator) -> str:
    match int(random.integers(5)):
        case 0:
            return _digits(random, 3, 6)
        case 1:
            return f"call {_choice(random, _NAMES)} at {_digits(random, 3, 4)}"
        case 2:
            words = (_choice(random, each) for each in (_DOING, _NUMBERS, _COLOURS, _MANY))
            return " ".join(words)
        case 3:
            seeing = " ".join(_choice(random, each) for each in (_BEASTS, _SEEING))
            return f"the {seeing} the {_choice(random, _KINDS)} {_choice(random, _THINGS)}"
        case _:
            past = _choice(random, ("half past", "ten past", "twenty to"))
            return f"{_choice(random, _PLAYING)} at {past} {_choice(random, DIGITS[1:])}"


def _digits(random: Generator, fewest: int, most: int) -> str:
    return " ".join(_choice(random, DIGITS) for _ in range(random.integers(fewest, most + 1)))


def _choice(random: Generator, choices: Sequence[T]) -> T:
    return choices[int(random.integers(len(choices)))]
