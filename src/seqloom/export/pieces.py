"""Learnt pieces of words for programs that lack the library which learnt them.

    bpe        merges     pairs, those that are merged first at the beginning
    unigram    scores     of each token its log-probability; `unknown`, that of a character without one
    wordpiece  nothing    its tokens say all

    letters    what runs of letters, digits and marks are made of      both as in word_breaks.py:
    blanks     what stands alone                                       [gap, length, gap, length, ...]

Browsers know letters from other marks too, but each as of the version of Unicode that it was built
with; a vocabulary was cut by those of the library. Only what seqloom itself writes can be told.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tokenizers import Regex, pre_tokenizers

from seqloom.errors import UserError
from seqloom.export.word_breaks import SURROGATES
from seqloom.symbols import SPECIALS, UNK
from seqloom.text.codec import Codec
from seqloom.text.tokenizers.subwords import LETTERS, RUNS

_UNKNOWN_PENALTY: Final = 10.0
"""How far the library puts a character without a score below the lowest score there is."""
_CUT: Final = {
    "normalizer": None,
    "pre_tokenizer": {
        "type": "Split",
        "pattern": {"Regex": RUNS},
        "behavior": "Isolated",
        "invert": False,
    },
    "added_tokens": [],
    "truncation": None,
    "padding": None,
}
_MODELS: Final[Mapping[str, Mapping[str, object]]] = {
    "bpe": {
        "type": "BPE",
        "dropout": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
    },
    "unigram": {"type": "Unigram", "unk_id": UNK, "byte_fallback": False},
    "wordpiece": {
        "type": "WordPiece",
        "continuing_subword_prefix": "",
        "max_input_chars_per_word": 100,
    },
}


def pieces(codec: Codec, side: str) -> dict[str, object]:
    """What a codec's tokens do not say of its pieces; nothing where units are something else.

    Raises UserError, naming the side, for pieces that seqloom did not make.
    """
    if codec.learnt is None:
        return {}
    file = json.loads(codec.learnt.to_json())
    check(file, codec.settings.kind, side)
    match codec.settings.kind:
        case "bpe":
            return {"merges": file["model"]["merges"]}
        case "unigram":
            scores = [score for _, score in file["model"]["vocab"]]
            return {"scores": scores[len(SPECIALS) :], "unknown": min(scores) - _UNKNOWN_PENALTY}
        case _:
            return {}


def check(file: Mapping[str, Any], kind: str, side: str) -> None:
    """Raises UserError unless the file of the library, parsed, is as seqloom would have made it."""
    wanted = {**_CUT, **{f"model.{name}": value for name, value in _MODELS[kind].items()}}
    for name, value in wanted.items():
        part, _, key = name.rpartition(".")
        given = (file[part] if part else file).get(key)
        if given != value:
            raise UserError(
                f"{side}: {name} of its pieces must be {json.dumps(value)} for a page without a server, "
                f"but is {json.dumps(given)}. Use seqloom serve, or train pieces with seqloom."
            )


def runs() -> dict[str, list[int]]:
    """Which characters are letters and which are blanks where a text is cut into runs."""
    return {"letters": list(_stretches(f"[{LETTERS}]+")), "blanks": list(_stretches(r"\s+"))}


def _stretches(pattern: str) -> Iterator[int]:
    cut = pre_tokenizers.Split(Regex(pattern), "removed", invert=True).pre_tokenize_str
    end = 0
    # In two parts, for surrogates have no place in a text: no stretch goes on behind them.
    for first, last in ((0, SURROGATES.start), (SURROGATES.stop, sys.maxunicode + 1)):
        for _, (start, stop) in cut("".join(map(chr, range(first, last)))):
            yield from (first + start - end, stop - start)
            end = first + stop
