"""What a converter of real-valued sequences is made of: frames in, frames out (Graves 2013, and encoder
and decoder with attention).
"""

from typing import Annotated, Literal, Self

from pydantic import Field, PositiveInt, model_validator

from seqloom.config.attention import Attention, General, conflict
from seqloom.config.densities import Bernoulli, FrameDensity, Gaussian
from seqloom.config.frame_data import FrameData, PairData, WindowData
from seqloom.config.network import CellKind, Probability
from seqloom.config.section import Section
from seqloom.config.training import Training


class _Recurrent(Section):
    cell: CellKind = "lstm"
    hidden: PositiveInt = 128
    """Features of one layer (of one direction, where there are two)."""
    layers: PositiveInt = 1
    bidirectional: bool = True
    """Read in both directions; false reads no frame before its time."""
    dropout: Probability = 0.1
    """On the inputs of every layer and on what is handed on."""
    variational: bool = False
    """Drop the same features at every step of a sequence (Gal & Ghahramani 2016)."""
    layer_norm: bool = False
    """Bring the sums inside the cells to mean 0 and variance 1 (Ba 2016)."""
    density: FrameDensity = Gaussian()


class OneToOne(_Recurrent):
    """A target frame for each source frame: the net of Graves 2013 with skip connections from the
    input to every layer and from every layer to the readout."""

    kind: Literal["one_to_one"] = "one_to_one"
    residual: bool = False
    """Learn how a target frame differs from its source frame; both need the same features."""


class Attending(_Recurrent):
    """Encoder and decoder with attention; source and target may differ in length."""

    kind: Literal["attention"] = "attention"
    embedding: PositiveInt = 64
    """Features that a linear map makes of a frame, on both sides."""
    decoder: Literal["bahdanau", "luong"] = "luong"
    """Whether the decoder asks before it updates (Bahdanau 2015) or after (Luong 2015)."""
    input_feeding: bool = False
    """With luong: the attentional state enters the next step."""
    attention: Attention = General()
    fed: Literal["written", "nothing"] = "written"
    """What a decoder's step is fed besides what is known of the future: the frame written before it;
    or nothing, so that no error is fed back and all steps run at once (Wen 2017, direct forecasts)."""
    ending: Literal["horizon", "bit"] = "horizon"
    """How long the output gets: a fixed number of frames; or until a learnt bit says that this frame
    was the last one."""
    max_length: PositiveInt = 2000
    """With ending=bit: frames at most."""


FrameModel = Annotated[OneToOne | Attending, Field(discriminator="kind")]


class FrameTraining(Training):
    """As everywhere, but for what a dev score can be."""

    metric: Literal["loss", "mse", "mae"] = "loss"  # pyright: ignore[reportIncompatibleVariableOverride]
    """What decides which checkpoint is best. All but loss let the model write the dev set on its own
    and compare, standardised, with what came."""
    label_smoothing: Probability = 0.0
    batch_tokens: PositiveInt = 65_536
    """Padded source plus target frames in a batch at most."""


class FramesRecipe(Section):
    """All settings of a converter of frames."""

    family: Literal["frames"] = "frames"
    name: str = "custom"
    description: str = ""
    expected: str = ""
    """The score this recipe reached, on what, and how long it took."""
    seed: int = 1
    data: FrameData = WindowData()
    model: FrameModel = Attending()
    training: FrameTraining = FrameTraining()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for asked in (_lengths, _bits, _attention, _feeding, _training):
            if impossible := asked(self):
                raise ValueError(impossible)
        return self

    @property
    def writes_bits(self) -> bool:
        """Whether every value of a target is 0 or 1."""
        return isinstance(self.model.density, Bernoulli)


def _lengths(recipe: FramesRecipe) -> str:
    """What a model cannot make of the lengths of its data."""
    match recipe.data, recipe.model:
        case WindowData(), OneToOne():
            return (
                "model.kind=one_to_one gives a frame for each source frame, but a window's past and "
                "future are different rows. Set model.kind=attention, or data.kind=pairs."
            )
        case WindowData(), Attending(ending="bit"):
            return (
                "model.ending=bit learns where targets end, but windows all have data.horizon rows. "
                "Set model.ending=horizon."
            )
        case PairData(), Attending(ending="horizon"):
            return (
                "model.ending=horizon writes a fixed number of frames, but data.kind=pairs has "
                "targets of any length. Set model.ending=bit."
            )
        case _:
            return ""


def _bits(recipe: FramesRecipe) -> str:
    """What cannot be done to targets that are 0 or 1."""
    if not recipe.writes_bits:
        return ""
    data, model = recipe.data, recipe.model
    if isinstance(data, WindowData) and data.level != "none":
        return (
            f"model.density.kind=bernoulli writes 0 or 1, but data.level={data.level} takes the level out "
            "of what is written. Set data.level=none."
        )
    if isinstance(model, OneToOne) and model.residual:
        return (
            "model.density.kind=bernoulli writes 0 or 1, but model.residual=true adds the source to what "
            "is written. Set model.residual=false."
        )
    return ""


def _attention(recipe: FramesRecipe) -> str:
    model = recipe.model
    if not isinstance(model, Attending):
        return ""
    data = recipe.data
    longest = data.lookback if isinstance(data, WindowData) else data.max_source
    source = model.hidden * (2 if model.bidirectional else 1)
    said = conflict(model.attention, model.hidden, source, longest)
    limit = "data.lookback" if isinstance(data, WindowData) else "data.max_source"
    return said.replace("data.max_source", limit).replace("decoder.", "model.")


def _feeding(recipe: FramesRecipe) -> str:
    """What goes against a decoder that is fed nothing, or what it is fed."""
    model = recipe.model
    if not isinstance(model, Attending):
        return ""
    if model.input_feeding and model.decoder == "bahdanau":
        return (
            "model.input_feeding belongs to model.decoder=luong, but it is bahdanau, whose state "
            "holds what was read before. Set model.input_feeding=false."
        )
    if model.fed == "nothing" and model.ending == "bit":
        return (
            "model.fed=nothing writes all steps at once, but with model.ending=bit their number is not "
            "known before. Set model.fed=written."
        )
    if model.fed == "nothing" and recipe.training.scheduled_sampling is not None:
        return (
            "training.scheduled_sampling feeds the model's own frames back, but model.fed=nothing. "
            "Leave one of the two out."
        )
    if model.variational and recipe.training.scheduled_sampling is not None:
        return (
            "training.scheduled_sampling goes step by step and draws dropout anew at each. "
            "Set model.variational=false, or leave scheduled sampling out."
        )
    return ""


def _training(recipe: FramesRecipe) -> str:
    settings = recipe.training
    if settings.label_smoothing or settings.guided_alignment:
        name = "label_smoothing" if settings.label_smoothing else "guided_alignment"
        return f"training.{name} is for models that write tokens, not frames. Set it to 0."
    if settings.scheduled_sampling is not None and not isinstance(recipe.model, Attending):
        return (
            "training.scheduled_sampling feeds the model's own frames back, but "
            "model.kind=one_to_one is fed the source alone. Leave it out."
        )
    ends = isinstance(recipe.model, Attending) and recipe.model.ending == "bit"
    if ends and settings.metric != "loss":
        return (
            f"training.metric={settings.metric} compares frame by frame, but with model.ending=bit "
            "outputs have lengths of their own. Set training.metric=loss."
        )
    if isinstance(recipe.data, PairData) and recipe.data.embedded and recipe.data.train:
        return (
            f"data.train cannot stand beside data.embedded={recipe.data.embedded}, which makes its "
            "own data. Set data.embedded=null, or give the files with --data."
        )
    return ""
