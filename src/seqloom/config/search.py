"""How the output is looked for: beam search or sampling."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from seqloom.config.section import Section


class Search(Section):
    """Settings of decoding. Scores are natural-log probabilities with the end of sequence counted."""

    beam: PositiveInt = 1
    """Hypotheses kept per source; 1 is greedy search."""
    nbest: PositiveInt = 1
    """Hypotheses returned per source; at most `beam` for beam search."""
    length_penalty: NonNegativeFloat = 0.0
    """alpha of Wu 2016, eq. 14: lp(Y) = ((5 + |Y|) / 6) ** alpha; 0 ranks by log probability. Samples
    are not ranked, so it is without a use to them."""
    coverage_penalty: NonNegativeFloat = 0.0
    """beta of Wu 2016, eq. 14: cp = beta * sum_j log(min(sum_t a_tj, 1)); asks for attention. Samples
    are not ranked, so it is without a use to them."""
    max_length: PositiveInt | None = None
    """Tokens an output may have; if not given: `max_ratio` times the source, and 20 more."""
    max_ratio: PositiveFloat = 3.0
    min_length: NonNegativeInt = 0
    no_repeat_ngram: NonNegativeInt = 0
    """No run of so many tokens comes twice in one output; 0 allows any."""

    groups: PositiveInt = 1
    """Groups that the beam is divided into for diverse beam search; 1 is plain beam search."""
    diversity: NonNegativeFloat = 0.5
    """What a token costs for each hypothesis of earlier groups that chose it at the same step."""

    sample: bool = False
    """Draw outputs from the model's distribution instead of searching for the best; `nbest` of them."""
    temperature: PositiveFloat = 1.0
    top_k: NonNegativeInt = 0
    """Sample among the k likeliest tokens only; 0 takes all."""
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Sample among the likeliest tokens that together reach this probability."""
    seed: int = 1

    mbr: Literal["none", "chrf", "edit"] = "none"
    """Rank samples by how much they are like all samples (minimum Bayes risk): by chrF or by edit
    distance; asks for `sample`."""
    mbr_samples: PositiveInt = 32
    """Samples drawn for it, of which the `nbest` best are returned."""

    replace_unknown: Literal["none", "copy", "dictionary"] = "none"
    """What stands for an <unk> of the output: itself; the source unit that its step paid most
    attention to; or the entry of that unit in `dictionary`, and the unit where there is none."""
    dictionary: str | None = None
    """A file with lines SOURCE<tab>TARGET, for `replace_unknown: dictionary`."""

    batch_size: PositiveInt = 64
    """Sources decoded together; the answer does not depend on it."""

    def conflict(self) -> str:
        """Which of these settings do not go together, and the way out; empty if all do."""
        if self.mbr != "none" and not self.sample:
            return (
                f"search.mbr={self.mbr} ranks samples, but search.sample is false. "
                "Set search.sample=true."
            )
        if self.mbr != "none" and self.nbest > self.mbr_samples:
            return (
                f"search.nbest must be at most search.mbr_samples, but is {self.nbest} of "
                f"{self.mbr_samples} samples. Set search.mbr_samples={self.nbest} or more."
            )
        if self.replace_unknown == "dictionary" and self.dictionary is None:
            return (
                "search.replace_unknown=dictionary asks for a file, but search.dictionary names "
                "none. Set search.dictionary=FILE, or search.replace_unknown=copy."
            )
        if self.sample and self.groups > 1:
            return (
                f"search.groups divides a beam, but is {self.groups} for sampling. "
                "Set search.groups=1 or search.sample=false."
            )
        return "" if self.sample else self._conflict_of_the_beam()

    def unused(self, given: Collection[str]) -> str:
        """Which of the settings that somebody has just given has no use beside the others, and the way
        out; empty if all have one. A recipe may have penalties for its beam and be sampled from."""
        for name in ("length_penalty", "coverage_penalty"):
            if self.sample and name in given and getattr(self, name):
                return (
                    f"search.{name} ranks what a beam finds, but with search.sample=true outputs are "
                    "drawn and not ranked. Leave it out, or set search.sample=false."
                )
        return ""

    def _conflict_of_the_beam(self) -> str:
        if self.nbest > self.beam:
            return (
                f"search.nbest must be at most search.beam, but is {self.nbest} with a beam of "
                f"{self.beam}. Set search.beam={self.nbest} or more."
            )
        if self.beam % self.groups:
            return (
                f"search.beam must be a multiple of search.groups ({self.groups}), but is "
                f"{self.beam}. Set search.beam={-(-self.beam // self.groups) * self.groups}."
            )
        return ""
