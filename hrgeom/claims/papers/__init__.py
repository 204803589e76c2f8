"""Claims of published papers, one module or more per paper."""

from hrgeom.claims.papers import (
    _bangachev2026,
    _gokhale2026,
    _wang2026,
    _wang2026_experiments,
    _wang2026_margins,
    _weller2025,
    _you2025,
)

__all__ = ["CLAIMS"]

CLAIMS = (
    *_you2025.CLAIMS,
    *_weller2025.CLAIMS,
    *_wang2026.CLAIMS,
    *_wang2026_experiments.CLAIMS,
    *_wang2026_margins.CLAIMS,
    *_bangachev2026.CLAIMS,
    *_gokhale2026.CLAIMS,
)
"""The claims of all papers, source by source."""
