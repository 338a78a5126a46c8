"""Decoding for anything that can take a step."""

from seqloom.search.beam import beam_search
from seqloom.search.decode import search
from seqloom.search.ensemble import EnsembleStepper, log_mean
from seqloom.search.hypothesis import Hypothesis
from seqloom.search.sample import sample
from seqloom.search.stepper import Candidates, Ids, Reals, Stepper

__all__ = [
    "Candidates",
    "EnsembleStepper",
    "Hypothesis",
    "Ids",
    "Reals",
    "Stepper",
    "beam_search",
    "log_mean",
    "sample",
    "search",
]
