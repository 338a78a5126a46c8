"""What every section of a recipe has in common: unknown keys are refused, values never change."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """One block of settings. Frozen, so that a run is what its recipe says it is."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False
    )
