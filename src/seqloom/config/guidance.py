"""What guided alignment asks for: attention, alignments, and words that can be counted."""

from typing import TYPE_CHECKING

from seqloom.config.attention import LocalM, LocalP
from seqloom.config.network import Cho, Sutskever
from seqloom.config.tokens import Bytes

if TYPE_CHECKING:
    from seqloom.config.recipe import Recipe


def conflict(recipe: "Recipe") -> str:
    """Which settings do not go with guided alignment, and the way out; empty if all do."""
    if not recipe.training.guided_alignment:
        return ""
    guided = f"training.guided_alignment={recipe.training.guided_alignment:g}"
    if isinstance(recipe.decoder, Sutskever | Cho):
        return (
            f"{guided} guides attention, but decoder.kind={recipe.decoder.kind} has none. "
            "Set it to 0, or decoder.kind=bahdanau or luong."
        )
    asking = getattr(recipe.decoder, "attention", None)
    if isinstance(asking, LocalM | LocalP):
        return (
            f"{guided} asks for attention that can reach every link, but "
            f"decoder.attention.kind={asking.kind} learns nothing from one outside its window. "
            "Set decoder.attention.kind=general, or guided_alignment to 0."
        )
    if recipe.training.scheduled_sampling is not None:
        return (
            f"{guided} asks for the true target at every step, which scheduled sampling does not "
            "feed. Set training.scheduled_sampling=null, or guided_alignment to 0."
        )
    for side, tokens in (("source", recipe.source), ("target", recipe.target)):
        if isinstance(tokens, Bytes) or getattr(tokens, "byte_fallback", False):
            return (
                f"{guided} asks for words that bytes do not show, but {side} is written in bytes. "
                f"Set {side}.byte_fallback=false and another {side}.kind than bytes."
            )
    return ""
