"""Long inputs out of short ones: captions joined in twos and threes, for experiments/joined.yaml.

    SEQLOOM_DATA=... python experiments/joined.py runs/joined

Every caption of a set begins one line; one or two others, drawn at random, follow it. Both sides are
joined alike, so the translation of a line is the translations of its parts in order.
"""

import gzip
import os
import random
import sys
from pathlib import Path

SETS = {"train": "train", "dev": "val", "test": "test_2016_flickr"}


def captions(folder: Path, name: str, language: str) -> list[str]:
    with gzip.open(folder / f"{name}.lc.norm.tok.{language}.gz", "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def joined(pairs: list[tuple[str, str]], seed: int) -> list[tuple[str, str]]:
    """As many lines as pairs, of two captions or of three."""
    draw = random.Random(seed)
    groups = [[pair, *draw.choices(pairs, k=1 + (place % 2))] for place, pair in enumerate(pairs)]
    return [(" ".join(de for de, _ in group), " ".join(en for _, en in group)) for group in groups]


def main() -> None:
    data, out = Path(os.environ["SEQLOOM_DATA"], "multi30k"), Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    for seed, (part, name) in enumerate(SETS.items()):
        pairs = list(zip(captions(data, name, "de"), captions(data, name, "en"), strict=True))
        for side, language in enumerate(("de", "en")):
            lines = [pair[side] for pair in joined(pairs, seed)]
            (out / f"{part}.{language}").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
