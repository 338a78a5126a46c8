"""What the kernel has to be told of a model besides its weights, and which models it knows.

Cells, sizes and layers follow from the names and shapes of the weights; here stand the few words
that do not. A setting that the kernel has never heard of must not be passed over in silence: every
field that is not among the known ones has to have its default.
"""

from pydantic import BaseModel

from seqloom.config.recipe import Recipe
from seqloom.config.search import Search

_STACK = {"kind", "cell", "hidden", "layers", "dropout", "variational", "embedding", "tied"}
_ENCODER = _STACK | {"bidirectional", "reverse"}
_DECODER = _STACK | {"maxout", "attention", "input_feeding"}
_ATTENTION = {"kind", "hidden"}
_LENGTHS = {"max_length", "max_ratio", "min_length", "length_penalty"}
_SAMPLING = {"temperature", "top_k", "top_p", "seed"}
_GREEDY = _LENGTHS | _SAMPLING | {"batch_size"}

_CELLS = ("elman", "lstm", "gru")
_DECODERS = ("sutskever", "cho", "bahdanau", "luong")
_SCORES = ("dot", "general", "concat", "additive")


class UnsupportedError(ValueError):
    """The kernel does not know this model; another stepper does."""


def describe(recipe: Recipe) -> dict[str, str]:
    """The words that go with the weights. Raises UnsupportedError."""
    _known(recipe.encoder, "encoder", "kind", ("recurrent",))
    _known(recipe.decoder, "decoder", "kind", _DECODERS)
    _known(recipe.encoder, "encoder", "cell", _CELLS)
    _known(recipe.decoder, "decoder", "cell", _CELLS)
    _known(recipe.encoder, "encoder", "bidirectional", (True, False))
    _only(recipe.encoder, "encoder", _ENCODER)
    _only(recipe.decoder, "decoder", _DECODER)
    reverse = getattr(recipe.encoder, "reverse", False)
    words = {"decoder": recipe.decoder.kind, "reverse": "yes" if reverse else "no"}
    attention = getattr(recipe.decoder, "attention", None)
    if attention is not None:
        _known(attention, "decoder.attention", "kind", _SCORES)
        _only(attention, "decoder.attention", _ATTENTION)
        words["score"] = attention.kind
    return words


def greedy_suffices(settings: Search) -> bool:
    """Whether the kernel's own greedy search does all that these settings ask for."""
    return not _others(settings, _GREEDY)


def _known(section: BaseModel, name: str, field: str, known: tuple[object, ...]) -> None:
    given = getattr(section, field, known[0])
    if given not in known:
        listed = ", ".join(map(str, known))
        raise UnsupportedError(
            f"The decoding kernel knows {name}.{field} {listed}, but not {given}."
        )


def _only(section: BaseModel, name: str, known: set[str]) -> None:
    for field in _others(section, known):
        raise UnsupportedError(f"The decoding kernel does not know the setting {name}.{field}.")


def _others(section: BaseModel, known: set[str]) -> list[str]:
    """Settings beyond the known ones that do not have their defaults."""
    return [
        field
        for field, about in type(section).model_fields.items()
        if field not in known
        and getattr(section, field) != about.get_default(call_default_factory=True)
    ]
