"""What engines return for an inner product: the product, its negative, or one less it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["COSINE_DISTANCE", "MAX_INNER_PRODUCT", "NEGATIVE", "ONE_MINUS", "SCORE", "Units"]

_UNIT_ROUNDOFF = 2.0**-24


@dataclass(frozen=True)
class Units:
    """What an engine returns for the inner product s of a query and a document.

    Parameters
    ----------
    name : str
        The formula, such as "1 - s".
    of : callable
        Takes s, returns what the engine returns.
    is_distance : bool
        Whether less is nearer: a document is retrieved below the threshold.
    is_cosine : bool
        Whether s is the inner product of unit rows, so that only its sign counts.
    has_one : bool
        Whether a 1 is added in float32, which rounds once more.

    Examples
    --------
    >>> one_minus = Units("1 - s", lambda s: 1 - s, is_distance=True, has_one=True)
    >>> one_minus.of(5.0), one_minus.comparison, one_minus.threshold(0.25)
    (-4.0, '<', '0.75')
    """

    name: str
    of: Callable[[float], float]
    is_distance: bool = False
    is_cosine: bool = False
    has_one: bool = False

    @property
    def comparison(self) -> str:
        """The sign between what the engine returns and the threshold."""
        return "<" if self.is_distance else ">"

    def threshold(self, score: float) -> str:
        """Return the threshold in these units, as text that float64 reads back exactly.

        Parameters
        ----------
        score : float
            Threshold of the inner products.

        Returns
        -------
        text : str
            Never "-0.0".
        """
        return repr(float(self.of(score)) + 0.0)

    def rounding(self, largest: float) -> float:
        """Return how much is lost when float32 scores are brought into these units.

        Parameters
        ----------
        largest : float
            The largest absolute score, or threshold.

        Returns
        -------
        bound : float
            In units of the score: the sum rounds once and its threshold once.
        """
        return 2 * _UNIT_ROUNDOFF * (1.0 + largest) if self.has_one else 0.0


SCORE = Units("s", lambda s: s)
NEGATIVE = Units("-s", lambda s: -s, is_distance=True)
ONE_MINUS = Units("1 - s", lambda s: 1.0 - s, is_distance=True, has_one=True)
COSINE_DISTANCE = Units("1 - cosine", lambda s: 1.0 - s, is_distance=True, is_cosine=True)
MAX_INNER_PRODUCT = Units(
    "1 + s, or 1 / (1 - s) below 0", lambda s: 1.0 + s if s >= 0 else 1.0 / (1.0 - s), has_one=True
)
