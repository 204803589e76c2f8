"""The locator on leaves that were held out, beside what else there is."""

from hrgeom.locate.evaluation._evaluate import evaluate
from hrgeom.locate.evaluation._holdout import HoldOut, Queries
from hrgeom.locate.evaluation._measures import Found
from hrgeom.locate.evaluation._methods import by_scores
from hrgeom.locate.evaluation._towers import trained_towers
from hrgeom.locate.evaluation._values import Evaluation, MethodScores

__all__ = [
    "Evaluation",
    "Found",
    "HoldOut",
    "MethodScores",
    "Queries",
    "by_scores",
    "evaluate",
    "trained_towers",
]
