"""The checker: every (query, document) pair of an embedding, with a proven rounding bound."""

from hrgeom.checker._certificate import Certificate, Verdict, Witness
from hrgeom.checker._certify import certify
from hrgeom.checker._cost import certification_seconds
from hrgeom.checker._rounding import RoundingBounds, gamma, is_exact, product_sums, rounding_bounds

__all__ = [
    "Certificate",
    "RoundingBounds",
    "Verdict",
    "Witness",
    "certification_seconds",
    "certify",
    "gamma",
    "is_exact",
    "product_sums",
    "rounding_bounds",
]
