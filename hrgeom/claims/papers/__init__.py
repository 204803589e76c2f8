"""Claims of published papers, one module or more per paper."""

from hrgeom.claims._claim import Claim
from hrgeom.claims.papers import (
    _archish2026,
    _bangachev2026,
    _gokhale2026,
    _wang2026,
    _wang2026_experiments,
    _wang2026_margins,
    _weller2025,
    _you2025,
)

__all__ = ["SOURCES"]

SOURCES: dict[str, tuple[str, tuple[Claim, ...]]] = {
    "you2025": ("You et al. 2025, hierarchical retrieval", _you2025.CLAIMS),
    "weller2025": ("Weller et al. 2025, limits of embeddings", _weller2025.CLAIMS),
    "archish2026": ("Archish et al. 2026, LIMIT in five dimensions", _archish2026.CLAIMS),
    "wang2026": (
        "Wang et al. 2026, minimal embeddable dimension",
        (*_wang2026.CLAIMS, *_wang2026_experiments.CLAIMS, *_wang2026_margins.CLAIMS),
    ),
    "bangachev2026": ("Bangachev et al. 2026, dimension and margin", _bangachev2026.CLAIMS),
    "gokhale2026": ("Gokhale et al. 2026, representations of hierarchies", _gokhale2026.CLAIMS),
}
"""Name of the page -> its title and claims, source by source."""
