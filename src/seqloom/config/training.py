"""How a model is fitted: optimizer, schedule, budget, validation and averaging."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from seqloom.config.network import Probability
from seqloom.config.section import Section


class Adam(Section):
    kind: Literal["adam"] = "adam"
    rate: PositiveFloat = 1e-3
    betas: tuple[Probability, Probability] = (0.9, 0.999)
    eps: PositiveFloat = 1e-8


class AdamW(Adam):
    kind: Literal["adamw"] = "adamw"  # pyright: ignore[reportIncompatibleVariableOverride]
    weight_decay: NonNegativeFloat = 0.01


class SGD(Section):
    kind: Literal["sgd"] = "sgd"
    rate: PositiveFloat = 1.0
    momentum: Probability = 0.0


Optimizer = Annotated[Adam | AdamW | SGD, Field(discriminator="kind")]


class Constant(Section):
    kind: Literal["constant"] = "constant"
    warmup: NonNegativeInt = 0
    """Updates over which the rate rises linearly from 0; every schedule has it."""


class Plateau(Section):
    """Multiply the rate by `factor` when dev loss has not improved for more than `patience`
    validations."""

    kind: Literal["plateau"] = "plateau"
    warmup: NonNegativeInt = 0
    factor: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.5
    patience: NonNegativeInt = 2
    floor: NonNegativeFloat = 0.0
    """The rate never falls below this share of the first one."""


class InverseSqrt(Section):
    """rate * sqrt(warmup / update) after the warm-up."""

    kind: Literal["inverse_sqrt"] = "inverse_sqrt"
    warmup: PositiveInt = 1000


class Cosine(Section):
    """Falls along half a cosine to `floor` of the first rate at the last update."""

    kind: Literal["cosine"] = "cosine"
    warmup: NonNegativeInt = 0
    floor: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0


Schedule = Annotated[Constant | Plateau | InverseSqrt | Cosine, Field(discriminator="kind")]


class Sampling(Section):
    """Scheduled sampling (Bengio 2015): feed the model its own output with a probability that rises
    from `start` to `end`."""

    start: Probability = 0.0
    """The probability at the beginning."""
    end: Probability = 0.25
    """The probability that is risen to, and then kept."""
    updates: PositiveInt = 5000
    """Updates until `end` is reached; with the curves that never quite arrive, until 99% of the way
    there is gone."""
    decay: Literal["linear", "exponential", "inverse_sigmoid"] = "linear"
    """How feeding the true token goes out of use: evenly, fastest at first, or slowly at first and
    fastest halfway (Bengio 2015, section 2.4)."""


class Training(Section):
    """The budget and everything that decides how it is spent."""

    optimizer: Optimizer = Adam()
    schedule: Schedule = Plateau()
    label_smoothing: Probability = 0.1
    clip: NonNegativeFloat = 1.0
    """Largest global gradient norm; 0 does not clip."""
    scheduled_sampling: Sampling | None = None
    guided_alignment: NonNegativeFloat = 0.0
    """Weight of the cross-entropy between attention and `data.alignments` (Chen 2016); 0 asks for
    none. Local attention cannot be guided: a link outside its window would teach it nothing."""

    batch_size: PositiveInt = 64
    """Pairs in a batch at most."""
    batch_tokens: PositiveInt = 8192
    """Padded source plus target tokens in a batch at most."""
    accumulate: PositiveInt = 1
    """Batches whose gradients are added up before one update."""

    max_epochs: PositiveInt = 60
    max_updates: PositiveInt | None = None
    max_minutes: PositiveFloat | None = None
    """Whichever limit is met first ends training."""
    min_updates: NonNegativeInt = 0
    """Neither `max_epochs` nor `patience` ends training before so many updates: a set of a few hundred
    examples is read more often, until the rate has risen and the averages have followed. The other
    limits hold all the same."""
    validate_every: PositiveInt | None = None
    """Updates between validations; once an epoch if not given."""
    checkpoint_every: PositiveInt | None = None
    """Updates between checkpoints; at every validation if not given."""
    patience: PositiveInt | None = 10
    """Stop after this many validations without improvement; null never stops early."""
    metric: Literal[
        "loss", "exact", "wer", "per", "cer", "bleu", "chrf", "accuracy", "macro_f1"
    ] = "loss"
    """What decides which checkpoint is best. Of pairs all but loss need a greedy decoding of the dev
    set; accuracy and macro_f1 are for labels."""
    dev_decode: PositiveInt = 500
    """Dev pairs decoded at a validation where the metric asks for it."""

    average: Literal["none", "last", "best", "ema"] = "none"
    """What the final weights are: the best checkpoint, the mean of the last or of the best
    `average_over` validations, or an exponential moving average of all updates."""
    average_over: PositiveInt = 5
    ema_decay: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.999

    init: Literal["xavier", "uniform"] = "xavier"
    """xavier with orthogonal recurrent weights, or uniform(-init_scale, init_scale)."""
    init_scale: PositiveFloat = 0.08
    forget_bias: float | None = 1.0
    """What the biases of LSTM forget gates start from. null leaves them to `init`: drawn like all else
    where that is uniform, as in papers that start so; 1 with xavier, which draws no biases."""

    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"
    precision: Literal["float32", "bfloat16", "auto"] = "float32"
    """What weights are multiplied in. bfloat16 rounds to 8 bits of mantissa, which makes recurrent nets
    train up to twice as fast on a processor with instructions for it; auto takes it there, and float32
    elsewhere. All else stays in 32 bits, and so does a trained model. Torch's own layers, which a
    Transformer is made of, are left in 32 bits."""
    threads: PositiveInt | None = None
    """CPU threads; what torch chooses if not given."""
    tensorboard: bool = False
