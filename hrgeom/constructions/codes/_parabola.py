r"""Parabola: intervals by the sign of a quadratic, in integers.

Theorem. Let a query stand at the integer p and have the coordinates :math:`(p, p^2)` and 1 last;
let a document match positions l to r, put :math:`L = l - 1`, :math:`R = r + 1`, and give it the
coordinates :math:`(2(L + R), -2)` and :math:`-2LR - 1` last. Then its score is
:math:`2(p - L)(R - p) - 1`: at least 1 inside the interval, at most -1 outside.

Proof. Expand. Inside, both factors are integers of at least 1; outside, one of them is at most 0
and the other at least 0. A document that matches nothing has (0, 0) and -1. ∎

All numbers are integers below :math:`2 N^2` in size for N positions, centred at 0, so scores
are exact as long as the stored type carries them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.stored_types import largest_integer
from hrgeom.constructions.codes._block import CodeBlock
from hrgeom.constructions.covers import IntervalClass

__all__ = ["ParabolaCode"]


class ParabolaCode:
    """The parabola code for one stored type: integers with exact scores.

    Parameters
    ----------
    dtype : numpy.dtype
        The stored type; it limits how large the integers may be.

    Examples
    --------
    >>> from hrgeom.constructions.covers import laminar_cover
    >>> from hrgeom.core import Relevance
    >>> (class_,) = laminar_cover(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3))
    >>> block = ParabolaCode(np.dtype("int8")).block(class_, n_classes=1)
    >>> block.rows.tolist(), block.constants.tolist()
    ([[0, -2], [0, -2], [4, -2]], [7, 1, -1])
    """

    name = "parabola"

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self._most = largest_integer(dtype)
        # scores are computed in float32 for all but float64: partial sums must be exact there
        self._most_sum = max(self._most, 2**24)

    def query_constant(self, n_classes: int) -> float:
        """Return the last coordinate that all queries have: 1.

        Parameters
        ----------
        n_classes : int
            Number of classes, on which it does not depend.

        Returns
        -------
        constant : float
            Always 1.0.
        """
        return 1.0

    def block(self, class_: IntervalClass, n_classes: int) -> CodeBlock:
        """Return the integer coordinates of one class, in the stored type.

        Parameters
        ----------
        class_ : IntervalClass
            Intervals of positions.
        n_classes : int
            Number of classes; only the margin depends on it.

        Returns
        -------
        block : CodeBlock
            With `fits` False where the type does not hold the integers or their sums exactly.
        """
        center = (class_.n_positions - 1) // 2
        p = np.arange(class_.n_positions, dtype=np.int64) - center
        low, high = class_.left - 1 - center, class_.right + 1 - center
        empty = class_.is_empty
        rows = np.column_stack((2 * (low + high), np.full(len(low), -2)))
        rows[empty] = 0
        constants = np.where(empty, -1, -2 * low * high - 1)
        table = np.column_stack((p, p * p))
        stored = max(int(np.abs(a).max(initial=0)) for a in (table, rows, constants))
        sums = int((np.abs(rows) @ np.abs(table).max(axis=0) + np.abs(constants)).max(initial=0))
        fits = stored <= self._most and sums <= self._most_sum
        margin = self._margin(table, rows, constants, n_classes)
        return CodeBlock(
            table=self._cast(table),
            rows=self._cast(rows),
            constants=self._cast(constants),
            fits=fits,
            margin=margin,
            stored_margin=margin * (1 - 1e-9),  # integers: nothing rounds but the lengths
        )

    def _cast(self, values: NDArray[np.int64]) -> NDArray[Any]:
        if self.dtype == np.int8:  # a code that does not fit is not used; clipping keeps it quiet
            values = np.clip(values, -127, 127)
        with np.errstate(over="ignore"):
            return values.astype(self.dtype)

    @staticmethod
    def _margin(
        table: NDArray[np.int64],
        rows: NDArray[np.int64],
        constants: NDArray[np.int64],
        n_classes: int,
    ) -> float:
        """1 over the longest query (as if all classes were like this one) and document."""
        squares = (table.astype(float) ** 2).sum(axis=1)
        query = np.sqrt(n_classes * float(squares.max()) + 1)
        document = np.hypot(np.linalg.norm(rows.astype(float), axis=1), constants.astype(float))
        return 1.0 / float(query * document.max())
