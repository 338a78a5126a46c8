"""A recipe: every setting of one run, from the file to the score it is expected to reach."""

from typing import Literal, Self

from pydantic import model_validator

from seqloom.config import guidance, looking, pairing, series
from seqloom.config.attention import conflict as attention_conflict
from seqloom.config.copying import conflict as copying_conflict
from seqloom.config.copying import copies
from seqloom.config.data import Data
from seqloom.config.network import (
    GNMT,
    Bahdanau,
    Decoder,
    Encoder,
    Luong,
    RecurrentDecoder,
    RecurrentEncoder,
)
from seqloom.config.search import Search
from seqloom.config.section import Section
from seqloom.config.series import FrameSource, Source, StrokeSource
from seqloom.config.tokens import Characters, Tokens
from seqloom.config.training import Training

Metric = Literal["exact", "wer", "per", "cer", "bleu", "chrf", "perplexity"]


class Recipe(Section):
    """The whole of a run's settings; `config.yaml` in a run folder is one of these."""

    family: Literal["pairs"] = "pairs"
    name: str = "custom"
    description: str = ""
    expected: str = ""
    """The score this recipe reached, on what, and how long it took."""
    seed: int = 1

    data: Data = Data()
    source: Source = Characters()
    """Units of text, or real-valued frames or strokes."""
    target: Tokens = Characters()
    shared_vocabulary: bool = False
    """One vocabulary for both sides; asks for the same settings of `source` and `target`."""
    metrics: tuple[Metric, ...] = ("exact", "cer")
    """What `evaluate` reports."""

    encoder: Encoder = RecurrentEncoder()
    decoder: Decoder = Luong()
    training: Training = Training()
    search: Search = Search()

    @property
    def series(self) -> FrameSource | StrokeSource | None:
        """How real-valued sources are read; None for text."""
        return self.source if isinstance(self.source, FrameSource | StrokeSource) else None

    @property
    def copying(self) -> bool:
        """Whether source units may be copied into the output."""
        return copies(self.decoder)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.training.metric in ("accuracy", "macro_f1"):
            raise ValueError(
                f"training.metric={self.training.metric} is for labels. For pairs choose loss, exact, "
                "wer, per, cer, bleu or chrf."
            )
        if conflict := series.conflict(self):
            raise ValueError(conflict)
        if conflict := looking.conflict(self.decoder, self.search):
            raise ValueError(conflict)
        if not isinstance(self.source, FrameSource | StrokeSource) and (
            conflict := copying_conflict(self.source, self.target, self.decoder, self.search)
        ):
            raise ValueError(conflict)
        if conflict := pairing.conflict(self.encoder, self.decoder, self.shared_vocabulary):
            raise ValueError(conflict)
        if isinstance(self.decoder, Bahdanau | Luong | GNMT) and (
            conflict := attention_conflict(
                self.decoder.attention,
                self.decoder.hidden,
                self.encoder.features,
                self.data.max_source,
            )
        ):
            raise ValueError(conflict)
        if self.shared_vocabulary and self.source != self.target:
            raise ValueError(
                "shared_vocabulary asks for the same settings of source and target. "
                "Give both the same, or set shared_vocabulary=false."
            )
        if (
            isinstance(self.decoder, RecurrentDecoder)
            and self.decoder.variational
            and self.training.scheduled_sampling is not None
        ):
            raise ValueError(
                "training.scheduled_sampling goes step by step and draws the decoder's dropout anew at "
                "each. Set decoder.variational=false, or leave scheduled sampling out."
            )
        if conflict := guidance.conflict(self):
            raise ValueError(conflict)
        if conflict := self.search.conflict():
            raise ValueError(conflict)
        if self.data.embedded is not None and self.data.train:
            raise ValueError(
                f"data.train cannot stand beside data.embedded={self.data.embedded}, which makes its "
                "own data. Set data.embedded=null, or give the files with --data."
            )
        return self
