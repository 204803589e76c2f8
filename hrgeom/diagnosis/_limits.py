"""The strongest quick lower bound on the dimension, for one notion of threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hrgeom.bounds import Setting, lower_dimension_limit
from hrgeom.core import Notion, Relevance
from hrgeom.errors import ShapeError

__all__ = ["Limit", "dimension_limit"]


@dataclass(frozen=True)
class Limit:
    """A proved limit: no embedding has fewer dimensions than `dim`.

    Attributes
    ----------
    dim : int
        Least dimension that is not excluded.
    theorem : str
        Name of the theorem, in `hrgeom.bounds.all_theorems()`.
    notion : {"global", "row"}
        The kind of embeddings it speaks of. Rows: of all, as one threshold is one for every query.
    threshold : float or None
        Of the global notion: 0; None for whichever.

    Examples
    --------
    >>> Limit(3, "radon").to_dict()["dim"]
    3
    """

    dim: int
    theorem: str
    notion: Notion = "row"
    threshold: float | None = None

    def check(self, notion: Notion, threshold: float | None) -> None:
        """Raise ShapeError unless the limit holds for this notion and threshold.

        Parameters
        ----------
        notion : {"global", "row"}
            Whether the embedding has one threshold or one for every query.
        threshold : float or None
            Of the global notion; None for whichever.

        Raises
        ------
        ShapeError
            If the limit speaks of other embeddings only.
        """
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
    """Return the strongest lower bound on the dimension by the theorems that answer quickly.

    It holds for any positive margin, however small. It is not tight in general: a dimension above
    it need not be enough. The theorems are those of `hrgeom.bounds.lower_dimension_limit`, all that
    are quick; Forster's is not, so that a limit from it is to be given by number.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    notion : {"global", "row"}
        Whether all queries share a threshold.
    threshold : float, optional
        Of the global notion: 0, which takes more dimensions at times, or any other, which all take
        the same. Default: any.

    Returns
    -------
    limit : Limit
        With the name of the theorem that says so.

    References
    ----------
    The theorem named in `theorem`; its source and page are in the registry, `hrgeom.bounds`.

    Examples
    --------
    A root and three leaves, one threshold 0: three dimensions; two for row thresholds.

    >>> star = Relevance.from_sets([{0}, {0, 1}, {0, 2}, {0, 3}], 4)
    >>> dimension_limit(star).dim
    2
    >>> dimension_limit(star, notion="global", threshold=0.0).dim
    3
    """
    setting: Setting = "zero" if notion == "global" and threshold == 0 else notion
    level = 0.0 if setting == "zero" else None
    bound = lower_dimension_limit(relevance, setting)
    if bound is None or bound.value is None or bound.value <= 1:
        return Limit(1, "every embedding has a dimension", notion, level)
    return Limit(int(bound.value), bound.theorem, notion, level)
