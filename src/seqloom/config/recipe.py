"""A recipe: every setting of one run, from the file to the score it is expected to reach."""

from typing import Literal, Self

from pydantic import model_validator

from seqloom.config.attention import Dot
from seqloom.config.data import Data
from seqloom.config.network import Bahdanau, Decoder, Encoder, Luong
from seqloom.config.search import Search
from seqloom.config.section import Section
from seqloom.config.tokens import Characters, Tokens
from seqloom.config.training import Training

Metric = Literal["exact", "wer", "per", "cer", "bleu", "chrf", "perplexity"]


class Recipe(Section):
    """The whole of a run's settings; `config.yaml` in a run folder is one of these."""

    name: str = "custom"
    description: str = ""
    expected: str = ""
    """The score this recipe reached, on what, and how long it took."""
    seed: int = 1

    data: Data = Data()
    source: Tokens = Characters()
    target: Tokens = Characters()
    shared_vocabulary: bool = False
    """One vocabulary for both sides; asks for the same settings of `source` and `target`."""
    metrics: tuple[Metric, ...] = ("exact", "cer")
    """What `evaluate` reports."""

    encoder: Encoder = Encoder()
    decoder: Decoder = Luong()
    training: Training = Training()
    search: Search = Search()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        memory = self.encoder.hidden * (2 if self.encoder.bidirectional else 1)
        match self.decoder:
            case Luong(attention=Dot()) | Bahdanau(attention=Dot()) if (
                self.decoder.hidden != memory
            ):
                raise ValueError(
                    f"decoder.attention: dot asks for states of equal size, but the decoder has "
                    f"{self.decoder.hidden} features and the encoder {memory}. Set "
                    f"decoder.hidden={memory} or decoder.attention.kind=general."
                )
            case _:
                pass
        if self.shared_vocabulary and self.source != self.target:
            raise ValueError(
                "shared_vocabulary asks for the same settings of source and target. "
                "Give both the same, or set shared_vocabulary=false."
            )
        if self.decoder.variational and self.training.scheduled_sampling is not None:
            raise ValueError(
                "training.scheduled_sampling goes step by step and draws the decoder's dropout anew at "
                "each. Set decoder.variational=false, or leave scheduled sampling out."
            )
        if conflict := self.search.conflict():
            raise ValueError(conflict)
        if self.data.embedded is not None and self.data.train:
            raise ValueError(
                f"data.train cannot stand beside data.embedded={self.data.embedded}, which makes its "
                "own data. Set data.embedded=null, or give the files with --data."
            )
        return self
