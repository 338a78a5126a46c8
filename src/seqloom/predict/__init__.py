"""Raw input to results."""

from seqloom.predict.predictor import Predictor
from seqloom.predict.result import Output, Result

__all__ = ["Output", "Predictor", "Result"]
