"""Files -> Example, one at a time, in memory that does not grow with the file.

    read_pairs     TSV, CSV, JSONL, Parquet or parallel files, for training and evaluation
    read_sources   one line in, one Example out, for prediction

Every format has a file of its own here. Each turns a file into `Row`s (row.py), with a `Fault` in
the place of every row that cannot be read; `pairs` judges what all formats have in common.
"""

from seqloom.data.sources.inputs import read_sources
from seqloom.data.sources.pairs import read_pairs

__all__ = ["read_pairs", "read_sources"]
