"""How the output is looked for: beam search or sampling."""

from typing import Annotated

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from seqloom.config.section import Section


class Search(Section):
    """Settings of decoding. Scores are natural-log probabilities with the end of sequence counted."""

    beam: PositiveInt = 1
    """Hypotheses kept per source; 1 is greedy search."""
    nbest: PositiveInt = 1
    """Hypotheses returned per source; at most `beam` for beam search."""
    length_penalty: NonNegativeFloat = 0.0
    """alpha of Wu 2016, eq. 14: lp(Y) = ((5 + |Y|) / 6) ** alpha; 0 ranks by log probability."""
    coverage_penalty: NonNegativeFloat = 0.0
    """beta of Wu 2016, eq. 14: cp = beta * sum_j log(min(sum_t a_tj, 1))."""
    max_length: PositiveInt | None = None
    """Tokens an output may have; if not given: `max_ratio` times the source, and 20 more."""
    max_ratio: PositiveFloat = 3.0
    min_length: NonNegativeInt = 0

    sample: bool = False
    """Draw outputs from the model's distribution instead of searching for the best; `nbest` of them."""
    temperature: PositiveFloat = 1.0
    top_k: NonNegativeInt = 0
    """Sample among the k likeliest tokens only; 0 takes all."""
    top_p: Annotated[float, Field(gt=0.0, le=1.0)] = 1.0
    """Sample among the likeliest tokens that together reach this probability."""
    seed: int = 1

    batch_size: PositiveInt = 64
    """Sources decoded together; the answer does not depend on it."""
