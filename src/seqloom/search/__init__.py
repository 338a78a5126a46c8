"""Decoding for anything that can take a step."""

from seqloom.search.beam import beam_search
from seqloom.search.decode import search
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.sample import sample
from seqloom.search.stepper import EOS, PAD, SOS, UNK, Candidates, Ids, Reals, Stepper

__all__ = [
    "EOS",
    "PAD",
    "SOS",
    "UNK",
    "Candidates",
    "Hypothesis",
    "Ids",
    "Reals",
    "Stepper",
    "beam_search",
    "sample",
    "search",
]
