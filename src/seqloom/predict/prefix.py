"""What an output must begin with, as ids: given as a text, or token by token.

A text is cut into tokens anew, which need not be those that an output had: an output cut off within a
word reads like the word's first piece, or like two of them. Whoever has the tokens, as an output or
a trace shows them, and wants to go on from exactly there, gives these.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from seqloom.errors import UserError
from seqloom.predict.codecs import TargetCodec
from seqloom.symbols import EOS, PAD, SOS, SPECIALS, UNK

END: Final = SPECIALS[EOS]
UNKNOWN: Final = "⁇"
"""What <unk> reads in a text."""


class Prefix:
    """Either a text or tokens as they are shown; '<eos>' may be the last of these."""

    def __init__(
        self, codec: TargetCodec, text: str = "", tokens: Sequence[str] | None = None
    ) -> None:
        if text and tokens is not None:
            raise UserError(
                f"A prefix is given as a text or as tokens, but found both: {text!r} and "
                f"{' '.join(tokens)!r}. Give one of them."
            )
        self._codec = codec
        self._text = text
        self._tokens = tokens

    def ids(self, open: Sequence[str] = ()) -> list[int]:
        """For a source with these open units. Raises UserError for a token that there is not."""
        if self._tokens is None:
            ids = self._codec.encode(self._text, open=open)[:-1]
            if UNK in ids:
                self._check_known(open)
            return ids
        first = self._codec.size
        extended = range(first, first + len(open))
        shown = dict(zip(self._codec.tokens(extended, open), extended, strict=True))
        last = len(self._tokens) - 1
        return [self._id(token, shown, place == last) for place, token in enumerate(self._tokens)]

    def _check_known(self, open: Sequence[str]) -> None:
        """An unknown token is only what reads so, as in the text of an output."""
        for unit in self._codec.unknown(self._text):
            if unit not in open and unit.strip() != UNKNOWN:
                raise UserError(
                    f"A prefix must be of tokens that the model writes, but {unit!r} of "
                    f"{self._text!r} is none. Write it otherwise."
                )

    def _id(self, token: str, open: dict[str, int], last: bool) -> int:
        id = self._known.get(token, open.get(token))
        if id is None:
            raise UserError(
                f"prefix_tokens must be tokens that the model writes, but {token!r} is none. Give "
                "them as an output or a trace shows them."
            )
        if id == EOS and not last:
            raise UserError(
                f"prefix_tokens must have nothing after {END!r}, but found more. Cut them there."
            )
        return id

    @cached_property
    def _known(self) -> dict[str, int]:
        """The id of each token as it is shown; the first of those that look alike."""
        ids = [id for id in range(self._codec.size) if id not in (PAD, SOS)]
        found: dict[str, int] = {}
        for id, token in zip(ids, self._codec.tokens(ids), strict=True):
            found.setdefault(token, id)
        return found
