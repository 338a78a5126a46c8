"""What the page has to know of a model besides its graphs: model.json.

Both vocabularies with every token as people see it, and what was learnt of pieces of words; the
settings of the search; the names of what goes from graph to graph; and of characters what browsers do
not tell, or not all alike.
"""

from typing import Final

from seqloom.config import Recipe
from seqloom.config.tokens import Words
from seqloom.export.pieces import pieces, runs
from seqloom.export.word_breaks import word_breaks
from seqloom.runtime import Description
from seqloom.text.byte_fallback import is_byte
from seqloom.text.codec import Codec
from seqloom.text.display import visible
from seqloom.text.pair import PairCodec

_JAMO: Final = range(0x1100, 0x1200)


def told(about: Description, recipe: Recipe, codec: PairCodec) -> dict[str, object]:
    """Raises UserError for pieces of words that the page cannot cut."""
    return {
        "memory": about.memory,
        "state": about.state,
        "attends": about.attends,
        "max_source": about.max_source,
        "copying": codec.copying,
        "search": recipe.search.model_dump(mode="json"),
        "source": side(codec.source, "source"),
        "target": side(codec.target, "target"),
        **tables(codec),
    }


def tables(codec: PairCodec) -> dict[str, object]:
    """What is asked of characters, as far as these codecs ask it."""
    sides = (codec.source, codec.target)
    return {
        "letters": _letters() if codec.copying else {},
        "breaks": word_breaks() if any(isinstance(each.settings, Words) for each in sides) else {},
        "runs": runs() if any(each.pieces for each in sides) else {},
    }


def side(codec: Codec, name: str) -> dict[str, object]:
    """One of the two codecs; `name` is for errors."""
    vocabulary = codec.vocabulary
    return {
        "settings": codec.settings.model_dump(mode="json"),
        "features": vocabulary.features,
        "tokens": [token for token in vocabulary.tokens if not is_byte(token)],
        "shown": codec.tokens(range(codec.size)),
        "pieces": pieces(codec, name),
    }


def _letters() -> dict[str, str]:
    """Conjoining jamo as the letters that people see."""
    return {chr(point): visible(chr(point)) for point in _JAMO}
