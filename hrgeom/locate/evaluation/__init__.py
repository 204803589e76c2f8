"""The locator on leaves that were held out, beside what else there is."""

from hrgeom.locate.evaluation._evaluate import evaluate
from hrgeom.locate.evaluation._values import Evaluation, MethodScores

__all__ = ["Evaluation", "MethodScores", "evaluate"]
