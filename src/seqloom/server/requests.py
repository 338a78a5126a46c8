"""What clients send. Bounds that no setting of the service changes stand here; the others in Limits."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from seqloom.attribution import Method
from seqloom.attribution.erased import Erasing
from seqloom.explain.levels import Level
from seqloom.server.next_step import LONGEST, MOST

_KOREAN = "가감"
"""Examples ask a model of Korean pronunciation."""


_BIAS = "Of strokes: the larger, the neater."
Bias = Annotated[float, Field(ge=0, le=20)] | None
Temperature = Annotated[float, Field(ge=0.01, le=100)] | None
Seed = Annotated[int, Field(ge=0, lt=2**31)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _Question(_Strict):
    """The model, and settings of its search; the recipe decides those that are not given."""

    model: str | None = Field(None, description="A name from /v1/models; the first if not given.")
    beam: Annotated[int, Field(ge=1, le=64)] | None = None
    nbest: Annotated[int, Field(ge=1, le=64)] | None = None
    length_penalty: Annotated[float, Field(ge=0, le=10)] | None = None
    coverage_penalty: Annotated[float, Field(ge=0, le=10)] | None = None
    max_length: Annotated[int, Field(ge=1, le=5_000)] | None = None
    max_ratio: Annotated[float, Field(gt=0, le=20)] | None = None
    min_length: Annotated[int, Field(ge=0, le=5_000)] | None = None
    no_repeat_ngram: Annotated[int, Field(ge=0, le=100)] | None = None
    groups: Annotated[int, Field(ge=1, le=64)] | None = None
    diversity: Annotated[float, Field(ge=0, le=100)] | None = None
    sample: bool | None = None
    temperature: Temperature = None
    top_k: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: Seed | None = None
    mbr: Literal["none", "chrf", "edit"] | None = None
    mbr_samples: Annotated[int, Field(ge=1, le=256)] | None = None
    replace_unknown: Literal["none", "copy"] | None = None
    prefix: str = Field("", description="Every output begins with this text.")
    prefix_tokens: Annotated[list[str], Field(max_length=5_000)] | None = Field(
        None, description="Every output begins with exactly these tokens."
    )
    constraints: Annotated[list[str], Field(max_length=32)] = Field(
        default_factory=list[str], description="Phrases that every output contains."
    )

    @property
    def changes(self) -> dict[str, Any]:
        """What is given of the search and of the demands on outputs."""
        given = {name: getattr(self, name) for name in _SETTINGS & self.model_fields_set}
        fields = _Question.model_fields
        return {
            name: value
            for name, value in given.items()
            if value != fields[name].get_default(call_default_factory=True)
        }


_SETTINGS = _Question.model_fields.keys() - {"model"}


class Predict(_Question):
    """One source, or several. The examples are for a model of Korean pronunciation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"source": _KOREAN},
                {"sources": [_KOREAN, "국물"], "beam": 5, "nbest": 3},
                {"source": _KOREAN, "prefix": "k", "attention": True},
                {"source": _KOREAN, "alignments": True},
            ]
        }
    )
    source: str | None = None
    sources: list[str] | None = None
    features: list[str] | list[list[str]] | None = Field(
        None, description="Of the source, or a list for each of the sources."
    )
    attention: bool = Field(False, description="Also the attention weights.")
    alignments: bool = Field(False, description="Also the alignment, in Pharaoh format (0-0 1-2).")


class Explain(_Question):
    """One source; of a model that writes what comes next, the text to be drawn or to go on from. The
    example is for a model of Korean pronunciation."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"source": _KOREAN, "beam": 5, "alternatives": 5}]}
    )
    source: str
    features: list[str] = Field(default_factory=list[str])
    alternatives: Annotated[int, Field(ge=0, le=50)] = 5
    method: Method | None = Field(None, description="Also what the outputs owe to the source.")
    level: Level = Field("piece", description="What its rows and columns are.")
    erasing: Erasing = Field("unk", description="What erasing a source token means.")
    bias: Bias = Field(None, description=_BIAS)
    orders: Annotated[int, Field(ge=0, le=50)] = Field(
        0, description="Random orders that its deletion curve is measured against; 0 leaves it out."
    )

    @property
    def changes(self) -> dict[str, Any]:
        kept = {"alternatives", "method", "level", "erasing", "orders"}
        bias = self.model_dump(include={"bias"}, exclude_none=True)
        return {**super().changes, **self.model_dump(include=kept), **bias}


class Stream(_Question):
    """One source, answered while the output grows. The example is for a model of Korean pronunciation."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"source": _KOREAN, "beam": 1}]})
    source: str
    features: list[str] = Field(default_factory=list[str])
    attention: bool = False


class Generate(_Strict):
    """New samples; the recipe's `generation` decides what is not given. The examples are for a model of
    handwriting."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "fox", "max_length": 300},
                {"text": "fox", "samples": 2, "bias": 1.5, "seed": 7, "max_length": 300},
                {"text": "fox", "window": True, "max_length": 300},
            ]
        }
    )
    model: str | None = None
    text: str = Field("", description="What is to be written, for models of handwriting.")
    prime: str = Field("", description="What to go on from, for models of text.")
    samples: Annotated[int, Field(ge=1, le=64)] = 1
    bias: Bias = Field(None, description=_BIAS)
    temperature: Temperature = None
    max_length: Annotated[int, Field(ge=1, le=LONGEST)] | None = Field(
        None, description=f"Points or tokens of a sample at most; all samples may have {MOST:,}."
    )
    seed: Seed = Field(1, description="The same one gives the same samples.")
    window: bool = Field(
        False, description="Also where the window over the text stood: a row for each point."
    )

    @property
    def changes(self) -> dict[str, Any]:
        """How samples are drawn, as far as it is given."""
        return self.model_dump(exclude={"model", "text", "prime"}, exclude_none=True)


class Score(_Strict):
    """Pairs of a source and a target. The example is for a model of Korean pronunciation."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"pairs": [[_KOREAN, "k a̠ ɡ a̠ m"]]}]})
    model: str | None = None
    pairs: list[tuple[str, str]]
    features: list[list[str]] | None = None
