"""How good outputs are: exact match, WER, PER, CER, BLEU, chrF, perplexity, alignment error rate.

`evaluate` is the way in; each metric's exact definition opens its own file.
"""

from seqloom.metrics.alignment import Gold, Link, format_links, parse_gold, parse_links
from seqloom.metrics.bootstrap import Difference
from seqloom.metrics.evaluate import compare, evaluate, evaluate_alignments, higher_is_better
from seqloom.metrics.references import merge_references
from seqloom.metrics.report import Report, Score

__all__ = [
    "Difference",
    "Gold",
    "Link",
    "Report",
    "Score",
    "compare",
    "evaluate",
    "evaluate_alignments",
    "format_links",
    "higher_is_better",
    "merge_references",
    "parse_gold",
    "parse_links",
]
