"""Diagnosis of failing queries, and comparison of models."""

from hrgeom.diagnosis._causes import CAUSES, Cause, Diagnosis, diagnose
from hrgeom.diagnosis._certificates import Inseparable, is_inseparable
from hrgeom.diagnosis._compare import N_DIAGNOSED, N_QUERIES, Comparison, Report, compare
from hrgeom.diagnosis._limits import Limit, dimension_limit
from hrgeom.diagnosis._readings import Reading
from hrgeom.diagnosis._separation import BetterQuery

__all__ = [
    "CAUSES",
    "N_DIAGNOSED",
    "N_QUERIES",
    "BetterQuery",
    "Cause",
    "Comparison",
    "Diagnosis",
    "Inseparable",
    "Limit",
    "Reading",
    "Report",
    "compare",
    "diagnose",
    "dimension_limit",
    "is_inseparable",
]
