"""Raw input to results."""

from seqloom.predict.predictor import Constraints, Predictor
from seqloom.predict.result import Output, Result

__all__ = ["Constraints", "Output", "Predictor", "Result"]
