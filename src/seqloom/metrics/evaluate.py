"""Outputs and references in, named scores with bootstrap intervals out.

The names are those of a recipe's `metrics`; what each means exactly stands at the top of its file:

    exact, wer   exact.py         per, cer     edit.py
    bleu, chrf   bleu.py          perplexity   perplexity.py
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple, assert_never, cast, get_args

from seqloom.errors import UserError, suggestion
from seqloom.metrics.alignment import Gold, Link, alignment_error
from seqloom.metrics.bleu import Tokenize, bleu, chrf
from seqloom.metrics.bootstrap import Difference, difference, intervals
from seqloom.metrics.edit import cer, per
from seqloom.metrics.exact import exact, wer
from seqloom.metrics.pairs import Pair, pair_up, same_number
from seqloom.metrics.perplexity import perplexity
from seqloom.metrics.report import Report, Score
from seqloom.metrics.tally import Tally

TextMetric = Literal["exact", "wer", "per", "cer", "bleu", "chrf"]
Metric = TextMetric | Literal["perplexity"]


class Meaning(NamedTuple):
    unit: str
    description: str


MEANINGS: dict[str, Meaning] = {
    "exact": Meaning("%", "outputs equal to a reference"),
    "wer": Meaning("%", "outputs equal to no reference (word error rate of pronunciation)"),
    "per": Meaning("%", "edits of blank-separated symbols over reference length"),
    "cer": Meaning("%", "edits of characters over reference length"),
    "bleu": Meaning("points", "n-grams of 1 to 4 words matched"),
    "chrf": Meaning("points", "n-grams of 1 to 6 characters matched"),
    "perplexity": Meaning("", "per token, end of sequence counted"),
    "aer": Meaning("%", "alignment error rate"),
}


def evaluate(
    outputs: Sequence[str],
    references: Sequence[Sequence[str]],
    metrics: Sequence[str],
    *,
    log_probs: Sequence[float] | None = None,
    num_tokens: Sequence[int] | None = None,
    bootstrap: int = 1000,
    seed: int = 1,
    tokenize: Tokenize = "13a",
    lowercase: bool = False,
) -> Report:
    """Score output i against all of references i.

    log_probs, num_tokens  for perplexity: natural log probability of each item's reference, and its
                           tokens, end of sequence counted
    bootstrap              resamples for the intervals; 0 draws none
    tokenize, lowercase    how BLEU cuts words (bleu.py); `lowercase` holds for BLEU and chrF only
    """
    names: list[Metric] = [_known(name) for name in metrics]
    pairs = pair_up(outputs, references)
    tallies = [
        _perplexity(log_probs, num_tokens, len(pairs))
        if name == "perplexity"
        else _tally(name, pairs, tokenize, lowercase)
        for name in names
    ]
    return _report(names, tallies, len(pairs), bootstrap, seed)


def evaluate_alignments(
    found: Sequence[frozenset[Link]],
    gold: Sequence[Gold],
    *,
    bootstrap: int = 1000,
    seed: int = 1,
) -> Report:
    """The alignment error rate ('aer') of the links found for sentence pair i against gold i."""
    same_number(len(found), len(gold), "alignments", "gold standards")
    return _report(["aer"], [alignment_error(found, gold)], len(found), bootstrap, seed)


def compare(
    first: Sequence[str],
    second: Sequence[str],
    references: Sequence[Sequence[str]],
    metric: str,
    *,
    bootstrap: int = 1000,
    seed: int = 1,
    tokenize: Tokenize = "13a",
    lowercase: bool = False,
) -> Difference:
    """Two systems' outputs for the same items, by paired bootstrap: first minus second."""
    name = _known(metric)
    if name == "perplexity":
        raise UserError(
            "compare works on outputs, which have no perplexity. Choose another metric."
        )
    if bootstrap < 1:
        raise UserError(f"bootstrap must be at least 1 to compare, but is {bootstrap}.")
    systems = [pair_up(outputs, references) for outputs in (first, second)]
    one, other = (_tally(name, pairs, tokenize, lowercase) for pairs in systems)
    return difference(one, other, bootstrap, seed)


def higher_is_better(name: str) -> bool:
    """Whether a rise of this metric, or of 'loss', is good news."""
    return name != "loss" and _known(name) in ("exact", "bleu", "chrf")


def _tally(name: TextMetric, pairs: list[Pair], tokenize: Tokenize, lowercase: bool) -> Tally:
    match name:
        case "exact":
            return exact(pairs)
        case "wer":
            return wer(pairs)
        case "per":
            return per(pairs)
        case "cer":
            return cer(pairs)
        case "bleu":
            return bleu(pairs, tokenize, lowercase)
        case "chrf":
            return chrf(pairs, lowercase)
        case _:
            assert_never(name)


def _perplexity(
    log_probs: Sequence[float] | None, num_tokens: Sequence[int] | None, items: int
) -> Tally:
    if log_probs is None or num_tokens is None:
        raise UserError(
            "perplexity needs log_probs and num_tokens of the references, which only the model can "
            "give. Pass both, or leave perplexity out of the metrics."
        )
    same_number(items, len(log_probs), "outputs", "log_probs")
    same_number(items, len(num_tokens), "outputs", "num_tokens")
    return perplexity(log_probs, num_tokens)


def _report(
    names: Sequence[str], tallies: list[Tally], items: int, bootstrap: int, seed: int
) -> Report:
    if bootstrap < 0:
        raise UserError(f"bootstrap must be at least 0 (no intervals), but is {bootstrap}.")
    drawn = intervals(tallies, bootstrap, seed) if bootstrap and tallies else None
    scores = [
        Score(
            name,
            tally.value,
            *(drawn[at] if drawn else (None, None)),
            *MEANINGS[name],
            tally.signature,
        )
        for at, (name, tally) in enumerate(zip(names, tallies, strict=True))
    ]
    return Report(tuple(scores), items, bootstrap, seed)


def _known(name: str) -> Metric:
    known = (*get_args(TextMetric), "perplexity")
    if name not in known:
        raise UserError(f"Unknown metric '{name}'. {suggestion(name, known)}")
    return cast(Metric, name)
