"""The shortcut that attention makes: gradient norms of several runs on one pair, one map below the other.

    python experiments/shortcut.py "값어치" runs/attention runs/none --out shortcut.svg

    W_tj = || d log p(y_t) / d x_j || / sum_k || d log p(y_t) / d x_k ||        each row adds up to 1

Without the division the rows of steps that a model is sure of would all be pale. The output is the one
that the first run gives, or --target; all runs are asked about the same. --out may end in .svg or .png.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from seqloom.api import load_pairs
from seqloom.errors import UserError
from seqloom.explain import png_stack, svg_stack
from seqloom.explain.attention_map import AttentionMap

TITLE = "Gradient norm, output step by source step"


def shares(shown: AttentionMap, title: str) -> AttentionMap:
    """A map of gradient norms with rows that add up to 1."""
    sums = shown.weights.sum(axis=1, keepdims=True)
    weights = shown.weights / np.maximum(sums, np.finfo(np.float32).tiny)
    peaks = len(set(weights.argmax(axis=1).tolist()))
    note = f"Over {len(weights)} steps the largest share is on {peaks} different source tokens."
    return replace(
        shown, weights=weights, title=title, notes=(note,), largest=1.0, unit="of the step"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("source", help="a text that all runs read")
    parser.add_argument("runs", nargs="+", help="run folders, with and without attention")
    parser.add_argument("--target", help="the output to explain; the first run's own if not given")
    parser.add_argument("--out", type=Path, default=Path("shortcut.svg"))
    given = parser.parse_args()
    target, maps = given.target, list[AttentionMap]()
    for run in given.runs:
        model = load_pairs(run, "a map of gradient norms")
        target = model.predict(given.source).text if target is None else target
        explained = model.explain(given.source, "gradient-norm", target=target, orders=0)
        maps.append(shares(explained.map(), f"{run} ({model.recipe.decoder.kind})"))
    if given.out.suffix == ".png":
        png_stack(maps, TITLE, given.out)
    else:
        given.out.write_text(svg_stack(maps, TITLE), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except UserError as error:
        raise SystemExit(f"shortcut: {error}") from None
