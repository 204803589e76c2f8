"""Coordinates of one class of intervals, as a code for intervals gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray

from hrgeom.constructions.covers import IntervalClass

__all__ = ["CodeBlock", "IntervalCode"]


@dataclass(frozen=True)
class CodeBlock:
    """Stored numbers of one class; all other classes are 0 for its documents.

    Attributes
    ----------
    table : ndarray of the stored type, shape (n_positions, 2)
        The query coordinates of this class at every position.
    rows : ndarray of the stored type, shape (c, 2)
        The document coordinates of this class.
    constants : ndarray of the stored type, shape (c,)
        The documents' last coordinate, shared by all classes.
    fits : bool
        True if the stored type carries the code: the pairs at the ends of every interval are on
        their sides, by more than evaluating a score in floats can lose.
    margin : float
        Normalized margin that the theorem gives this class before rounding.
    stored_margin : float
        Normalized margin that the stored numbers have at least.
    """

    table: NDArray[Any]
    rows: NDArray[Any]
    constants: NDArray[Any]
    fits: bool
    margin: float
    stored_margin: float


class IntervalCode(Protocol):
    """A code for classes of intervals: scores are positive inside, negative outside."""

    name: str

    def query_constant(self, n_classes: int) -> float:
        """Return the queries' last coordinate.

        Parameters
        ----------
        n_classes : int
            Number of classes that share it.

        Returns
        -------
        constant : float
            The same for all queries, before rounding to the stored type.
        """
        ...

    def block(self, class_: IntervalClass, n_classes: int) -> CodeBlock:
        """Return the coordinates of one class among `n_classes`.

        Parameters
        ----------
        class_ : IntervalClass
            Intervals of positions.
        n_classes : int
            Number of classes of the cover.

        Returns
        -------
        block : CodeBlock
            Two coordinates for queries and documents, and the documents' last one.
        """
        ...
