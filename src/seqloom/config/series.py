"""Sources that are no text: frames of numbers and pen strokes; and such data made at run time.

How wide a frame is comes from the training data, and how its features are scaled is kept in the run.
"""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from seqloom.config.section import Section
from seqloom.config.tokens import Bytes, Characters, Subwords, Whitespace, Words

if TYPE_CHECKING:
    from seqloom.config.recipe import Recipe

Speed = Annotated[int, Field(ge=80, le=450)]
Pitch = Annotated[int, Field(ge=0, le=99)]


class FrameSource(Section):
    """Real-valued frames, standardised feature by feature. Files are .jsonl, .npz, .tsv (text beside the
    name of a .npy file) or 'FRAMES,...' in two files (docs/data-made.md); to predict also .npy and .wav."""

    kind: Literal["frames"] = "frames"
    constant: Literal["refuse", "keep"] = "refuse"
    """A feature that never varies in training: an error, or left as it is."""
    rate: PositiveFloat | None = None
    """Frames a second, for the labels of pictures; without it they count frames."""


class StrokeSource(Section):
    """Pen strokes: offsets (dx, dy, pen), pen 1 where the pen is lifted after the point. To predict also
    .inkml and .svg."""

    kind: Literal["strokes"] = "strokes"
    points: Literal["offsets", "points"] = "offsets"
    """What arrays hold: how far the pen moves, or where it is."""
    simplify: NonNegativeFloat = 0.0
    """Drop points that lie no farther than this from the line drawn without them; 0 keeps all."""


SeriesSource = FrameSource | StrokeSource
Source = Annotated[
    Characters | Whitespace | Words | Bytes | Subwords | FrameSource | StrokeSource,
    Field(discriminator="kind"),
]


class Spoken(Section):
    """Sentences of digits and words that espeak-ng speaks. No sentence is in two parts."""

    train: PositiveInt = 4000
    dev: PositiveInt = 200
    test: PositiveInt = 300
    seed: int = 1
    voice: str = "en-us"
    speakers: tuple[str, ...] = ("m1", "m2", "m3", "m4", "f1", "f2", "f4")
    """Variants of the voice, which `espeak-ng --voices=variant` lists."""
    dev_speakers: tuple[str, ...] = ("m5",)
    test_speakers: tuple[str, ...] = ("f3",)
    """Those of dev and test, if they are others."""
    speeds: tuple[Speed, Speed] = (150, 180)
    """Words a minute, the fewest and the most."""
    pitches: tuple[Pitch, Pitch] = (40, 60)


class Handwritten(Section):
    """Lines of text in the Hershey single-stroke fonts. No text is in two parts."""

    train: PositiveInt = 10_000
    dev: PositiveInt = 300
    test: PositiveInt = 500
    seed: int = 1


def conflict(recipe: "Recipe") -> str:
    """Which settings do not go with the kind of source, and the way out; empty if all do."""
    if not isinstance(recipe.source, FrameSource | StrokeSource):
        return _of_text(recipe)
    kind, encoder, data = f"source.kind={recipe.source.kind}", recipe.encoder, recipe.data
    refused = (
        (
            encoder.kind == "transformer",
            "is read by a recurrent encoder, but encoder.kind=transformer. Set encoder.kind=recurrent.",
        ),
        (
            recipe.shared_vocabulary,
            "has no vocabulary to share. Set shared_vocabulary=false.",
        ),
        (recipe.copying, "has no units to copy. Set decoder.copying=false."),
        (
            recipe.search.replace_unknown != "none",
            "has no words to replace unknown ones with. Set search.replace_unknown=none.",
        ),
        (bool(data.features), "has no features beside it. Leave data.features out."),
        (
            recipe.training.guided_alignment > 0,
            "has no words to align. Set training.guided_alignment=0.",
        ),
        (
            data.embedded == "dates",
            "reads numbers, but data.embedded=dates is text. Set data.embedded=speech or hershey, or "
            "null.",
        ),
        (
            data.embedded == "hershey" and recipe.source.kind == "frames",
            "reads frames, but data.embedded=hershey has strokes. Set source.kind=strokes.",
        ),
        (
            data.embedded == "speech" and recipe.source.kind == "strokes",
            "reads strokes, but data.embedded=speech has frames. Set source.kind=frames.",
        ),
    )
    return next((f"{kind} {reason}" for wrong, reason in refused if wrong), "")


def _of_text(recipe: "Recipe") -> str:
    if getattr(recipe.encoder, "pyramid", ()):
        return (
            f"encoder.pyramid joins the steps of frames and strokes, but source.kind={recipe.source.kind}. "
            "Set encoder.pyramid=[], or source.kind=frames."
        )
    if recipe.data.embedded in ("speech", "hershey"):
        kind = {"speech": "frames", "hershey": "strokes"}[recipe.data.embedded]
        return (
            f"data.embedded={recipe.data.embedded} has numbers as sources, but source.kind="
            f"{recipe.source.kind} reads text. Set source.kind={kind}."
        )
    return ""
