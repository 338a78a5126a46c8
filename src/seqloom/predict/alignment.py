"""Alignments in Pharaoh format, read off the attention weights.

    0-0 1-2 2-1        source position - output position, both counted from 0

Every output token but '<eos>' gets exactly one pair: the source token its step paid most attention
to, the first of equals. Positions count the source tokens after the features; neither a feature nor
'<eos>' is ever a partner, so a step that looked mostly at '<eos>' is given its best real token.
An empty source or an empty output has the empty alignment.
"""

from collections.abc import Sequence

from seqloom.errors import UserError
from seqloom.predict.result import Output
from seqloom.symbols import EOS, SPECIALS

END = SPECIALS[EOS]


def pharaoh(source_tokens: Sequence[str], output: Output, num_features: int = 0) -> str:
    """The pairs 'i-j' of one output; `num_features` leading source tokens are features."""
    pairs = alignment(source_tokens, output, num_features)
    return " ".join(f"{source}-{target}" for source, target in pairs)


def alignment(
    source_tokens: Sequence[str], output: Output, num_features: int = 0
) -> list[tuple[int, int]]:
    """(source position, output position) for each output token, in output order."""
    if output.attention is None:
        raise UserError(
            "An alignment needs attention weights, but this model has no attention. "
            "Train one with a Bahdanau, Luong or GNMT decoder."
        )
    num_source = len(without_eos(source_tokens))
    if num_source <= num_features:
        return []
    weights = output.attention[: len(without_eos(output.tokens)), num_features:num_source]
    return [(int(row.argmax()), position) for position, row in enumerate(weights)]


def without_eos(tokens: Sequence[str]) -> Sequence[str]:
    """The tokens without the '<eos>' that ends them, if one does."""
    return tokens[:-1] if tokens and tokens[-1] == END else tokens
