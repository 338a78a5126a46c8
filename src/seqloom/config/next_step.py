"""What a next-step predictor is made of (Graves 2013): it reads x_t and says what x_{t+1} may be. Text,
handwriting, and handwriting of a given text.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt, model_validator

from seqloom.config.network import CellKind, Probability
from seqloom.config.next_step_data import NextStepData, StrokeData, TextData
from seqloom.config.section import Section
from seqloom.config.training import Training


class SoftmaxReadout(Section):
    """One probability for each token."""

    kind: Literal["softmax"] = "softmax"


class MixtureReadout(Section):
    """Bivariate Gaussians with correlation for where the pen goes, and a bit for its lifting."""

    kind: Literal["mixture"] = "mixture"
    components: PositiveInt = 20
    floor: PositiveFloat = 1e-4
    """No scale gets below it, in standard deviations of the data."""


class GaussianReadout(Section):
    """The same with a single Gaussian, to compare with."""

    kind: Literal["gaussian"] = "gaussian"
    floor: PositiveFloat = 1e-4


Readout = Annotated[SoftmaxReadout | MixtureReadout | GaussianReadout, Field(discriminator="kind")]


class Window(Section):
    """The soft window over the text to be written (Graves 2013, section 5.1)."""

    gaussians: PositiveInt = 10
    embedding: PositiveInt = 64
    """Features of a character of the text."""
    pace: PositiveFloat = 0.04
    """Characters per point before anything is learnt."""


class NextStepModel(Section):
    """A stack of recurrent layers."""

    cell: CellKind = "lstm"
    hidden: PositiveInt = 256
    """Features of one layer."""
    layers: PositiveInt = 3
    skip: bool = True
    """The input enters every layer, and every layer the output."""
    embedding: PositiveInt = 64
    """Features of a token; points enter as they are."""
    tied: bool = False
    """Of text: the readout shares its weights with the embedding."""
    dropout: Probability = 0.0
    """On the inputs of every layer and on what enters the readout."""
    variational: bool = False
    """Drop the same features at every step of a batch (Gal & Ghahramani 2016)."""
    layer_norm: bool = False
    """Bring the sums inside the cells to mean 0 and variance 1 (Ba 2016)."""
    zoneout: Probability = 0.0
    """A feature of the state keeps its old value with this probability (Krueger 2017)."""
    readout: Readout = SoftmaxReadout()
    window: Window | None = None
    """Asked for where drawings are conditioned on text, and impossible elsewhere."""
    ending: Literal["end", "window", "length"] = "end"
    """When a drawing is over: a bit learnt for it; once the window has left the text (Graves 2013,
    section 5.1); or never, until its greatest length."""


class Generation(Section):
    """How samples are drawn unless one says otherwise."""

    max_length: PositiveInt = 1000
    """Tokens or points at most."""
    temperature: PositiveFloat = 1.0
    """Below 1 is more careful, above 1 more daring; 1 draws from the model as it is."""
    bias: NonNegativeFloat = 0.0
    """Of drawings: the larger, the neater (Graves 2013, section 5.4); 0 draws from the model as it is."""


Score = Literal["loss", "perplexity", "bits_per_character", "nats_per_drawing"]


class NextStepTraining(Training):
    """As everywhere, but for what a dev score can be. Checkpoints are ordered by the loss."""

    metric: Score = "loss"  # pyright: ignore[reportIncompatibleVariableOverride]
    """What is shown beside the loss: perplexity and bits_per_character of text, nats_per_drawing of
    strokes (in units of the data)."""
    label_smoothing: Probability = 0.0
    batch_tokens: PositiveInt = 100_000
    """Padded tokens or points in a batch at most; the lanes of a stream are `batch_size` alone."""


class NextStepRecipe(Section):
    """All settings of a next-step predictor."""

    family: Literal["next_step"] = "next_step"
    name: str = "custom"
    description: str = ""
    expected: str = ""
    """The score this recipe reached, on what, and how long it took."""
    seed: int = 1
    data: NextStepData = TextData()
    model: NextStepModel = NextStepModel()
    training: NextStepTraining = NextStepTraining()
    generation: Generation = Generation()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        conflict = _training(self.training)
        match self.data:
            case TextData():
                conflict = conflict or _of_text(self)
            case StrokeData():
                conflict = conflict or _of_strokes(self.data, self)
        if conflict:
            raise ValueError(conflict)
        return self


def _training(settings: NextStepTraining) -> str:
    """What belongs to models of pairs only."""
    for name in ("label_smoothing", "guided_alignment"):
        if getattr(settings, name):
            return f"training.{name} is for models of pairs. Set training.{name}=0."
    if settings.scheduled_sampling is not None:
        return "training.scheduled_sampling is for models of pairs. Leave it out."
    return ""


def _of_text(recipe: NextStepRecipe) -> str:
    model = recipe.model
    if model.readout.kind != "softmax":
        return (
            f"model.readout.kind={model.readout.kind} is for strokes, but data.kind is text. "
            "Set model.readout.kind=softmax."
        )
    if model.window is not None or model.ending == "window":
        return (
            "model.window looks at a text while strokes are written, but data.kind is text. "
            "Set model.window=null and model.ending=end."
        )
    if recipe.generation.bias:
        return "generation.bias is for strokes: of text, set generation.temperature below 1."
    if recipe.training.metric == "nats_per_drawing":
        return (
            "training.metric=nats_per_drawing is for strokes. Set it to bits_per_character or loss."
        )
    return ""


def _of_strokes(data: StrokeData, recipe: NextStepRecipe) -> str:
    model = recipe.model
    if model.readout.kind == "softmax":
        return (
            "model.readout.kind=softmax is for text, but data.kind is strokes. "
            "Set model.readout.kind=mixture."
        )
    if model.tied:
        return "model.tied ties the readout to an embedding of tokens; strokes have none. Leave it out."
    if data.condition == "text" and model.window is None:
        return (
            "data.condition=text asks for a window that reads the text, but model.window is null. "
            "Set model.window.gaussians=10."
        )
    if data.condition == "none" and model.window is not None:
        return (
            "model.window reads a text, but data.condition is none. "
            "Set data.condition=text, or model.window=null."
        )
    if model.ending == "window" and model.window is None:
        return (
            "model.ending=window asks for a window, but model.window is null. Set model.ending=end."
        )
    if recipe.training.metric in ("perplexity", "bits_per_character"):
        return f"training.metric={recipe.training.metric} is for text. Set it to nats_per_drawing or loss."
    return ""
