"""The largest of the lower bounds on the dimension, for one notion of threshold."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from hrgeom.core import Notion, Relevance
from hrgeom.errors import ShapeError

__all__ = ["Limit", "dimension_limit"]

# Module and function: each gives an object with `row`, `any_threshold`, maybe `threshold_zero`.
# Not `forster`: it takes 40 s on WordNet's mammals and 80 s on its nouns, the others
# 11 s and 8 s, and says 1 (2 for threshold 0) where they say 2 and 4 (3 and 5). Sign matrices with
# many matches are another matter: `diagnose` takes its number as `limit`.
_BOUNDS = (
    ("hrgeom.bounds.lower._signed_identity", "signed_identity"),
    ("hrgeom.bounds.lower._vc", "vc_dimension"),
    ("hrgeom.bounds.lower._radon", "radon"),
)


@dataclass(frozen=True)
class Limit:
    """No embedding whatever has fewer dimensions than `dim`.

    Attributes
    ----------
    dim : int
    theorem : str
        The bound that says so, that of the largest value.
    notion : {"global", "row"}
        Of which embeddings it speaks. Rows: of all, as one threshold serves as everyone's.
    threshold : float or None
        Of the global notion: 0, or any other; None for whichever.
    """

    dim: int
    theorem: str
    notion: Notion = "row"
    threshold: float | None = None

    def check(self, notion: Notion, threshold: float | None) -> None:
        """Raise ShapeError unless the limit holds for this notion and threshold."""
        if self.notion == "row" or (
            notion == "global" and (self.threshold is None or self.threshold == threshold)
        ):
            return
        raise ShapeError(
            "limit must be one for the notion and threshold at hand: got one for "
            f"{self.notion} {self.threshold}, needed for {notion} {threshold}"
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "dim": self.dim,
            "theorem": self.theorem,
            "notion": self.notion,
            "threshold": self.threshold,
        }


def dimension_limit(
    relevance: Relevance, *, notion: Notion = "row", threshold: float | None = None
) -> Limit:
    """Return the best lower bound on the dimension, of signed identity, VC dimension and Radon.

    Lower bound, for any positive margin, however small. Not tight in general: a dimension above it
    need not be enough.

    Parameters
    ----------
    relevance : Relevance
    notion : {"global", "row"}
    threshold : float, optional
        Of the global notion: 0, which takes more dimensions at times, or any other, which all take
        the same. Default: any.

    Returns
    -------
    limit : Limit

    References
    ----------
    The theorems of `hrgeom.bounds.lower._signed_identity`, `vc` and `radon`.

    Examples
    --------
    A root and three leaves, one threshold 0: three dimensions; two for row thresholds.

    >>> star = Relevance.from_sets([{0}, {0, 1}, {0, 2}, {0, 3}], 4)
    >>> dimension_limit(star).dim
    2
    >>> dimension_limit(star, notion="global", threshold=0.0).dim
    3
    """
    is_zero = notion == "global" and threshold == 0
    level = 0.0 if is_zero else None
    best = Limit(1, "every embedding has a dimension", notion, level)
    for module, name in _BOUNDS:
        found = getattr(import_module(module), name)(relevance)
        dim = found.row if notion == "row" else found.any_threshold
        if is_zero:
            dim = max(dim, getattr(found, "threshold_zero", 0))
        if dim > best.dim:
            best = Limit(dim, name.replace("_", "-"), notion, level)
    return best
