"""Free positions among those of a laminar cover: room for nodes that come later.

A document of interval [l, r] keeps some free positions at the end of it, and so does the whole
line. Where several intervals end, those of the innermost come first: then the sets of a class stay
nested or disjoint as intervals, free positions included, and every document matches the queries
that it did.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.covers._intervals import IntervalClass, IntervalCover

__all__ = ["ReservedCover"]


class ReservedCover:
    """A laminar cover with free positions: an `IntervalCover`.

    Parameters
    ----------
    cover : IntervalCover
        In every class, intervals are nested or disjoint.
    reserve : float
        Above 0: every document of p positions, and every class of p, keeps at least one more, and
        at least `reserve` times p. A class has an odd number of positions, so that its middle is
        one of them.

    Examples
    --------
    A document that matches everything, and two inside it:

    >>> from hrgeom.constructions.covers import laminar_cover
    >>> from hrgeom.core import Relevance
    >>> cover = laminar_cover(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3))
    >>> (class_,) = ReservedCover(cover, 0.1)
    >>> class_.left.tolist(), class_.right.tolist(), class_.n_positions
    ([0, 1, 3], [5, 2, 4], 7)
    """

    def __init__(self, cover: IntervalCover, reserve: float) -> None:
        self.n_queries, self.n_documents = cover.n_queries, cover.n_documents
        self.n_classes, self.lower_bound = cover.n_classes, cover.lower_bound
        self._cover, self._reserve = cover, reserve

    def __iter__(self) -> Iterator[IntervalClass]:
        for class_ in self._cover:
            yield self._spaced(class_)

    def _spaced(self, class_: IntervalClass) -> IntervalClass:
        left, right, n = class_.left.copy(), class_.right.copy(), class_.n_positions
        used = np.flatnonzero(~class_.is_empty)
        # by the end of the interval, and the innermost first where ends are the same
        used = used[np.lexsort((-left[used], right[used]))]
        free = self._free(right[used] - left[used] + 1)
        ends = right[used]
        up_to = np.cumsum(free)  # free positions at the end of each interval and before
        before = np.append(0, up_to)[np.searchsorted(ends, np.arange(n), side="left")]
        right[used] = ends + up_to
        left[used] += before[left[used]]
        n_positions = n + int(free.sum()) + int(self._free(np.array([n]))[0])
        return IntervalClass(
            documents=class_.documents,
            left=left,
            right=right,
            positions=class_.positions + before[class_.positions],
            n_positions=n_positions + 1 - n_positions % 2,
        )

    def _free(self, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
        free: NDArray[np.int64] = np.maximum(1, np.ceil(self._reserve * sizes)).astype(np.int64)
        return free
