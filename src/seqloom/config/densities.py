"""What is written where the target is real-valued: a density over the next frame, told apart by `kind`."""

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from seqloom.config.section import Section

_FLOOR = 1e-4


class Regression(Section):
    """A mean for every step and one learnt scale for each feature, the same everywhere: maximum
    likelihood is least squares, each feature weighed by its own scale."""

    kind: Literal["regression"] = "regression"
    floor: PositiveFloat = _FLOOR
    """No scale gets below it."""


class Gaussian(Section):
    """A mean and a scale for every step and feature: the model says how sure it is."""

    kind: Literal["gaussian"] = "gaussian"
    floor: PositiveFloat = _FLOOR


class Mixture(Section):
    """Several Gaussians with weights (Bishop 1994): more than one future may be likely."""

    kind: Literal["mixture"] = "mixture"
    mixtures: PositiveInt = 5
    floor: PositiveFloat = _FLOOR


class Bernoulli(Section):
    """On or off: every feature of the target is 0 or 1, and the model says how likely 1 is. Such features
    are not standardised."""

    kind: Literal["bernoulli"] = "bernoulli"


FrameDensity = Annotated[Regression | Gaussian | Mixture | Bernoulli, Field(discriminator="kind")]
