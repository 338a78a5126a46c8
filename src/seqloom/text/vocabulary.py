"""A vocabulary: which token has which id.

    0..3      <pad> <unk> <sos> <eos>, the same in every vocabulary
    4..       feature symbols by code point, such as a language tag
    then      tokens

Specials and features are known by id only. No text leads to them: a user's literal '<eos>' is
looked up among the tokens, and the feature 'PL' and the token 'PL' are two entries.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from seqloom.symbols import SPECIALS


@dataclass(frozen=True)
class Vocabulary:
    """Features and tokens in the order of their ids. No entry occurs twice."""

    features: tuple[str, ...]
    tokens: tuple[str, ...]
    feature_ids: Mapping[str, int] = field(init=False, repr=False, compare=False)
    token_ids: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "feature_ids", _numbered(self.features, len(SPECIALS)))
        object.__setattr__(self, "token_ids", _numbered(self.tokens, self.first_token))
        assert len(self.feature_ids) == len(self.features), "a feature occurs twice"
        assert len(self.token_ids) == len(self.tokens), "a token occurs twice"

    @property
    def first_token(self) -> int:
        """The id of the first token: all before it are specials and features."""
        return len(SPECIALS) + len(self.features)

    @property
    def size(self) -> int:
        return self.first_token + len(self.tokens)

    def token(self, id: int) -> str:
        """The token with this id, which must be neither a special's nor a feature's."""
        return self.tokens[id - self.first_token]


def by_frequency(counts: Mapping[str, int], min_count: int, max_size: int | None) -> Iterable[str]:
    """The units of a training text, the most frequent first; equals stand by code point, so that
    the order of the text never matters."""
    kept = [unit for unit, count in counts.items() if count >= min_count]
    return sorted(kept, key=lambda unit: (-counts[unit], unit))[:max_size]


def _numbered(entries: Collection[str], first: int) -> dict[str, int]:
    return {entry: id for id, entry in enumerate(entries, start=first)}
