"""Why an embedding fails: what no dimension allows, what the documents forbid, what a better query
would mend."""

from hrgeom.diagnosis.causes import CAUSES, Cause, Diagnosis, diagnose
from hrgeom.diagnosis.certificates import Inseparable, is_inseparable
from hrgeom.diagnosis.limits import Limit, dimension_limit
from hrgeom.diagnosis.separation import BetterQuery, separated_margin

__all__ = [
    "CAUSES",
    "BetterQuery",
    "Cause",
    "Diagnosis",
    "Inseparable",
    "Limit",
    "diagnose",
    "dimension_limit",
    "is_inseparable",
    "separated_margin",
]
