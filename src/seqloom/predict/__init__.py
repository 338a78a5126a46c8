"""Raw input to results."""

from seqloom.predict.predictor import Constraints, Predictor
from seqloom.predict.result import Output, Result
from seqloom.predict.trace import Trace

__all__ = ["Constraints", "Output", "Predictor", "Result", "Trace"]
