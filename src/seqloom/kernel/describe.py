"""What the kernel has to be told of a model besides its weights, and which models it knows.

Cells, sizes and layers follow from the names and shapes of the weights; here stand the few words
that do not. A setting that the kernel has never heard of must not be passed over in silence, whatever
its value: for each class of settings all fields stand here, each with the values that the kernel
knows. A model with any other value, or whose settings have a field that is not listed, is refused.
"""

from collections.abc import Mapping

from pydantic import BaseModel

from seqloom.config import attention, network
from seqloom.config.recipe import Recipe
from seqloom.config.search import Search

Values = tuple[object, ...] | None
"""The values of a setting that the kernel knows; None: all of them, as the weights show them or no
answer depends on them."""

_STACK: dict[str, Values] = {
    "cell": ("elman", "lstm", "gru"),
    "hidden": None,
    "layers": None,
    "residual": (None,),
    "dropout": None,
    "variational": None,
    "layer_norm": (False,),
    "zoneout": (0.0,),
    "kind": None,
    "embedding": None,
    "tied": None,
}
_ASKING: dict[str, Values] = {"attention": None, "copying": (False,)}
_SIZED: dict[str, Values] = {"kind": None, "hidden": None}

_RECIPE = (
    *(
        "family",
        "name",
        "description",
        "expected",
        "seed",
        "data",
        "source",
        "target",
        "shared_vocabulary",
    ),
    *("metrics", "encoder", "decoder", "training", "search"),
)

KNOWN: Mapping[type[BaseModel], Mapping[str, Values]] = {
    Recipe: dict.fromkeys(_RECIPE),
    network.RecurrentEncoder: {
        **_STACK,
        "bidirectional": (True, False),
        "reverse": None,
        "learned_start": (False,),
        "pyramid": ((),),
    },
    network.Sutskever: {**_STACK, "one_net": (False,)},
    network.Cho: {**_STACK, "maxout": None},
    network.Bahdanau: {**_STACK, **_ASKING, "maxout": None},
    network.Luong: {**_STACK, **_ASKING, "input_feeding": None},
    attention.Dot: {"kind": None, "scaled": (False,)},
    attention.General: {"kind": None},
    attention.Concat: _SIZED,
    attention.Additive: _SIZED,
}

_LENGTHS = {"max_length", "max_ratio", "min_length", "length_penalty"}
_NO_MATTER = {"diversity", "temperature", "top_k", "top_p", "seed", "batch_size"}
_ELSEWHERE = {"mbr_samples", "replace_unknown", "dictionary"}
_PLAIN = {"beam", "nbest"} | _LENGTHS | _NO_MATTER | _ELSEWHERE
"""Settings that the searches inside follow, that they do not look at, or that others follow."""


class UnsupportedError(ValueError):
    """The kernel does not know this model; another stepper does."""


def describe(recipe: Recipe) -> dict[str, str]:
    """The words that go with the weights. Raises UnsupportedError."""
    _check(recipe, "")
    if recipe.series is not None:
        raise _unknown("source.kind", recipe.series.kind)
    _check(recipe.encoder, "encoder.")
    _check(recipe.decoder, "decoder.")
    reverse = getattr(recipe.encoder, "reverse", False)
    words = {"decoder": recipe.decoder.kind, "reverse": "yes" if reverse else "no"}
    asked = getattr(recipe.decoder, "attention", None)
    if asked is not None:
        _check(asked, "decoder.attention.")
        words["score"] = asked.kind
    return words


def why_not(recipe: Recipe) -> str:
    """What the kernel does not know of such a model; empty if it knows all."""
    try:
        describe(recipe)
    except UnsupportedError as error:
        return str(error)
    return ""


def plain(settings: Search) -> bool:
    """Whether the kernel's own greedy or beam search does all that these settings ask for; any that
    is not known here has to have its default."""
    return not any(
        getattr(settings, name) != about.get_default(call_default_factory=True)
        for name, about in Search.model_fields.items()
        if name not in _PLAIN
    )


def _check(section: BaseModel, where: str) -> None:
    known = KNOWN.get(type(section))
    if known is None:
        raise _unknown(f"{where}kind", getattr(section, "kind", "?"))
    for field in type(section).model_fields:
        value = getattr(section, field)
        values = known.get(field, ())
        if values is not None and value not in values:
            raise _unknown(where + field, value)


def _unknown(setting: str, value: object) -> UnsupportedError:
    return UnsupportedError(f"The decoding kernel does not know {setting}={value}.")
