"""Pieces of words as units, learnt from the training text.

    bpe        byte-pair encoding: merge the most frequent pair, again and again (Sennrich 2016)
    unigram    drop from many candidates those the text misses least (Kudo 2018)
    wordpiece  pieces learnt as in bpe; a word is cut into the longest that fit, from the left

The text is first cut into runs of letters and digits, runs of other marks, and blanks; no piece
crosses such a border. A run that follows a blank begins with it, and so does the first of a text,
as if a blank stood before it. Pieces written one after the other are the text, blanks included.
Every character of the training text is a piece.

The file is that of the `tokenizers` library. Ids 0..3 are the specials; their names mix letters
with other marks, as no run does, so no text can reach them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, assert_never

import tokenizers
from tokenizers import Regex, models, pre_tokenizers, trainers

from seqloom.config.tokens import Subwords
from seqloom.errors import UserError
from seqloom.symbols import SPECIALS, UNK
from seqloom.text.display import visible

_SPECIALS = list(SPECIALS)
# U+200C is the non-joiner inside Persian words.
LETTERS = r"\p{L}\p{M}\p{N}_\u200c"
# A run is cut after 40 characters, so that no line, however strange, makes a word without end.
RUNS = rf" ?[{LETTERS}]{{1,40}}| ?[^\s{LETTERS}]{{1,40}}|\s"
_MIN_PAIR_COUNT = 2


@dataclass(frozen=True)
class SubwordTokenizer:
    pieces: tokenizers.Tokenizer = field(repr=False)
    unknown: str = "⁇"

    def split(self, text: str) -> list[str]:
        if not text:
            return []
        text = " " + text
        cut = self.pieces.encode(text, add_special_tokens=False)
        if UNK not in cut.ids:
            return cut.tokens
        spans = zip(cut.ids, cut.tokens, cut.offsets, strict=True)
        return [text[a:b] if id == UNK else piece for id, piece, (a, b) in spans]

    def join(self, units: Iterable[str]) -> str:
        return "".join(units).removeprefix(" ")

    def show(self, unit: str) -> str:
        return visible(unit)

    def vocabulary(self) -> tuple[str, ...]:
        """The pieces in the order of their ids, specials left out."""
        ids = self.pieces.get_vocab(with_added_tokens=False)
        return tuple(sorted(ids, key=ids.__getitem__)[len(SPECIALS) :])

    def to_json(self) -> str:
        return self.pieces.to_str(pretty=True)


def train(settings: Subwords, texts: Iterable[str], num_features: int) -> SubwordTokenizer:
    """Learn pieces from normalised texts, read once and never kept: what is kept are the distinct
    words and their counts. The same texts give the same pieces."""
    size = settings.size - num_features
    model, trainer = _model_and_trainer(settings, size)
    learner = tokenizers.Tokenizer(model)
    learner.pre_tokenizer = pre_tokenizers.Split(Regex(RUNS), "isolated")
    learner.train_from_iterator(_checked(texts, settings, num_features), trainer)
    learnt = json.loads(learner.to_str())
    # The library looks for added tokens in the text itself, where a user may have written them.
    learnt["added_tokens"] = []
    if settings.kind == "unigram":
        learnt["model"]["vocab"] = _settled(learnt["model"]["vocab"])
    return SubwordTokenizer(tokenizers.Tokenizer.from_str(json.dumps(learnt)))


def from_json(text: str) -> SubwordTokenizer:
    """Raises ValueError if the text is not what `to_json` writes."""
    try:
        pieces = tokenizers.Tokenizer.from_str(text)
    except Exception as error:  # the library raises nothing narrower
        raise ValueError(str(error)) from error
    if [pieces.id_to_token(id) for id in range(len(SPECIALS))] != _SPECIALS:
        raise ValueError("the first four entries are not the special tokens")
    return SubwordTokenizer(pieces)


def _model_and_trainer(settings: Subwords, size: int) -> tuple[models.Model, trainers.Trainer]:
    unknown = _SPECIALS[UNK]
    match settings.kind:
        case "bpe":
            return models.BPE(unk_token=unknown), trainers.BpeTrainer(
                vocab_size=size,
                min_frequency=_MIN_PAIR_COUNT,
                special_tokens=_SPECIALS,
                show_progress=False,
            )
        case "wordpiece":
            return models.WordPiece(
                unk_token=unknown, continuing_subword_prefix=""
            ), trainers.WordPieceTrainer(
                vocab_size=size,
                min_frequency=_MIN_PAIR_COUNT,
                special_tokens=_SPECIALS,
                continuing_subword_prefix="",
                show_progress=False,
            )
        case "unigram":
            return models.Unigram(), trainers.UnigramTrainer(
                vocab_size=size, unk_token=unknown, special_tokens=_SPECIALS, show_progress=False
            )
        case _:
            assert_never(settings.kind)


def _checked(texts: Iterable[str], settings: Subwords, num_features: int) -> Iterator[str]:
    """The texts with a blank before each, and at their end a check that every character fits in."""
    alphabet = {" "}
    for text in texts:
        alphabet.update(text)
        yield " " + text
    if len(alphabet) == 1:
        raise UserError(
            f"kind={settings.kind} learns its pieces from the training text, but it is empty. "
            f"Give training data, or set kind=bytes."
        )
    least = len(SPECIALS) + num_features + len(alphabet)
    if settings.size < least:
        raise UserError(
            f"size must be at least {least} for kind={settings.kind}, as many as the training text "
            f"has characters, with {len(SPECIALS)} special tokens and {num_features} features, but "
            f"is {settings.size}. Set a larger size, or kind=bytes."
        )


def _settled(vocab: list[list[Any]]) -> list[list[Any]]:
    """A unigram vocabulary made the same in every process.

    The library visits words in random order. That leaves noise in the last digits of the scores
    and in the order of the pieces, and it adds characters that fell out in random order, each
    0.0001 above the one before, starting from the lowest score. Here scores are rounded, those
    characters all get the lowest score, and pieces stand by code point.
    """
    specials, pieces = vocab[: len(SPECIALS)], vocab[len(SPECIALS) :]
    lowest = min(score for _, score in pieces)
    added = lowest + 0.0001 * sum(len(piece) == 1 for piece, _ in pieces)
    settled = [
        [piece, round(lowest if len(piece) == 1 and score <= added else score, 4)]
        for piece, score in pieces
    ]
    return specials + sorted(settled)
