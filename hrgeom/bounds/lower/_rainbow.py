r"""Rainbows: classes of three documents of which queries match one each, in every way.

A *rainbow* of k classes of three documents has one document of each. T is the union of the classes.

Theorem. Let every rainbow, and every rainbow of all classes but a certain one, be
:math:`S(q) \cap T` for some query q. Then row thresholds, and so all others, take :math:`d \ge 2k`,
and threshold 0 takes :math:`d \ge 2k + 1`. The same holds for k classes of three queries and the
sets D(v) of documents.

Proof. By Borsuk and Ulam: a continuous odd map of a sphere of dimension 3k - 1 into as many
coordinates has a zero. The sphere are pairs (a, b) of nonnegative weights on T of sum 1 without a
common document; the map is :math:`\sum_v (a_v - b_v)(x_v, 1)`, and for each class c other than the
last :math:`\delta_c(a) - \delta_c(b)` with :math:`\delta_c(w)` the sum of :math:`w_u w_v` over the
pairs of c. At a zero each of a and b has at most one document of each such class, since three are
not enough for two and two. One of them, say a, has at most one of the last class. Some rainbow,
whole or without the last class, has all documents of a and none of b. Its query scores above its
threshold on all of a and below it on all of b; but a and b have the same mean. At threshold 0 the
coordinates 1 are not needed. `proofs/rainbow.py` has the formulas. ∎

Both are exact for the queries that match at most one document of each class: such sets are k
laminar classes, for which `half_plane` takes 2k dimensions and `interval` 2k + 1.

The search adds class after class, of the documents that most queries match: a class fits if every
rainbow of the classes so far, and one document more of the class, is what some query matches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from hrgeom._base import csr
from hrgeom._base.counted import counted
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.bounds.lower._least_dimensions import LeastDimensions
from hrgeom.bounds.lower._shattering import Items, document_items, query_items
from hrgeom.core import Relevance

__all__ = ["THEOREM", "Rainbows", "rainbows"]

Classes = tuple[tuple[int, int, int], ...]

_SHARE = 4  # its entries of work take longer than those of other searches, so many times
_MOST_ITEMS = 512  # that the search looks at: those in most rows


@dataclass(frozen=True)
class Rainbows(LeastDimensions):
    """Classes of three of which all rainbows are seen, of documents and of queries.

    Attributes
    ----------
    documents : tuple of (int, int, int)
        Classes of documents: every rainbow, and every one without the last class, is what some
        query matches among them.
    queries : tuple of (int, int, int)
        Classes of queries, with the documents that match them.

    Examples
    --------
    >>> Rainbows(((0, 1, 2), (3, 4, 5)), ()).row, Rainbows(((0, 1, 2),), ()).threshold_zero
    (4, 3)
    """

    documents: Classes
    queries: Classes

    @property
    def row(self) -> int:
        """Least dimension with a threshold for every query."""
        return max(1, 2 * self._most)

    @property
    def threshold_zero(self) -> int:
        """Least dimension with threshold 0."""
        return 2 * self._most + 1 if self._most else 1

    @property
    def _most(self) -> int:
        return max(len(self.documents), len(self.queries))


def rainbows(relevance: Relevance, *, work: int = 40_000_000) -> Rainbows:
    """Return the most classes found of which queries match one document each, in every way.

    Lower bounds on the dimension, for row thresholds (`row`) and threshold 0 (`threshold_zero`),
    with no margin asked for.

    Parameters
    ----------
    relevance : Relevance
        Any.
    work : int
        Bounds the search of either side, in matrix entries looked at; the default is a few seconds.

    Returns
    -------
    found : Rainbows
        Certified: all rainbows have been seen. More classes may exist.

    References
    ----------
    The theorem of this module, `proofs/rainbow.py`; the constraint method is that of Blagojevic,
    Frick and Ziegler 2014, *Tverberg plus constraints*.

    Examples
    --------
    Two classes of three documents, all pairs of one of each, and single ones: four dimensions with
    row thresholds, five with threshold 0.

    >>> sets = [{a, b} for a in range(3) for b in range(3, 6)] + [{v} for v in range(6)]
    >>> found = rainbows(Relevance.from_sets(sets, 6))
    >>> found.documents, found.row, found.threshold_zero
    (((3, 4, 5), (0, 1, 2)), 4, 5)
    """
    return Rainbows(
        _most_classes(document_items(relevance, crossing_only=False), work),
        _most_classes(query_items(relevance), work),
    )


def _most_classes(items: Items, work: int) -> Classes:
    search = _Search(items, work)
    search.extend((), (1 << len(search.rows_of)) - 1)
    return tuple(tuple(search.numbers[v] for v in triple) for triple in search.best)


class _Search:
    """Depth first, items in most rows first; sets of rows and of items are integers, a bit each."""

    def __init__(self, items: Items, work: int) -> None:
        n_rows, n_items = len(items.indptr) - 1, len(items.numbers)
        indptr, rows = csr.transpose(items.indptr, items.indices, n_items)
        sizes = np.diff(indptr)
        # what no row holds, or every row, is in no class
        useful = np.flatnonzero((sizes > 0) & (sizes < n_rows))
        chosen = useful[np.argsort(-sizes[useful], kind="stable")][:_MOST_ITEMS]
        self.numbers = items.numbers[chosen].tolist()
        self.rows_of = [_bits(rows[indptr[i] : indptr[i + 1]], n_rows) for i in chosen.tolist()]
        self.all_rows = (1 << n_rows) - 1
        self.cost = 1 + n_rows // 64  # of one operation on sets of rows
        self.work = work - self.cost * len(chosen) ** 2
        self.best: Classes = ()
        # Items of different classes are held together, those of one class each without the other.
        self.together = [self._where(lambda a, b: bool(a & b), x) for x in range(len(chosen))]
        self.apart = [
            self._where(lambda a, b: bool(a & ~b) and bool(b & ~a), x) for x in range(len(chosen))
        ]

    def extend(self, classes: Classes, allowed: int) -> None:
        """Add one more class of allowed items in every way, its first item after that of the last.

        `allowed` are the items that are held together with each of those in the classes.
        """
        cells = self._cells(classes)
        after = classes[-1][0] + 1 if classes else 0
        for x in _members(allowed >> after << after):
            for y in _members(allowed & self.apart[x] >> x << x):
                third = allowed & self.apart[x] & self.apart[y] >> y << y
                self._pair(classes, cells, (x, y), allowed, third)
                if self.work < 0:
                    return

    def _pair(
        self, classes: Classes, cells: list[int], pair: tuple[int, int], allowed: int, third: int
    ) -> None:
        """Add every class of two items and one of the third ones."""
        x, y = pair
        step, look = 1 + len(self.rows_of) // 64, self.cost * _n_cells(len(classes) + 1)
        beside = allowed & self.together[x] & self.together[y]
        if len(classes) + 1 + beside.bit_count() // 3 <= len(self.best):
            self.work -= (
                step * third.bit_count()
            )  # with none of them there is room for more classes
            return
        split = self._split(cells, x, y)
        for z in _members(third):
            if self.work < 0:
                return
            self.work -= step
            left = beside & self.together[z]
            if len(classes) + 1 + left.bit_count() // 3 > len(self.best):
                self.work -= look
                if _are_seen(split, self.rows_of[z]):
                    self._take((*classes, (x, y, z)), left)

    def _split(self, cells: list[int], x: int, y: int) -> tuple[list[int], list[int]]:
        """Return the rows of each cell that hold one of two items, and those that hold neither.

        Both are empty if some rainbow with one of the two is not seen, whatever the third item.
        """
        first, second = self.rows_of[x], self.rows_of[y]
        one = [cell & rows for rows in (first & ~second, second & ~first) for cell in cells]
        if not all(one):
            return [], []
        return one, [cell & ~(first | second) for cell in cells]

    def _take(self, classes: Classes, left: int) -> None:
        """Keep classes of which all rainbows are seen, and go on with the items that are left."""
        if len(classes) > len(self.best):
            last = next((c for c in classes if self._may_be_last(classes, c)), None)
            if last is not None:
                self.best = (*(c for c in classes if c != last), last)
        if len(classes) + left.bit_count() // 3 > len(self.best):
            self.extend(classes, left)

    def _may_be_last(self, classes: Classes, last: tuple[int, int, int]) -> bool:
        """Return whether all rainbows of the other classes are seen without this one."""
        none = self.all_rows
        for v in last:
            none &= ~self.rows_of[v]
        self.work -= self.cost * _n_cells(len(classes) - 1)
        return all(cell & none for cell in self._cells(tuple(c for c in classes if c != last)))

    def _cells(self, classes: Classes) -> list[int]:
        """Return for each rainbow the rows that hold it and nothing else of the classes."""
        cells = [self.all_rows]
        for triple in classes:
            x, y, z = (self.rows_of[v] for v in triple)
            only = (x & ~y & ~z, y & ~x & ~z, z & ~x & ~y)
            cells = [cell & rows for cell in cells for rows in only]
        return cells

    def _where(self, test: Callable[[int, int], bool], x: int) -> int:
        """Return the items whose rows pass a test with those of item x."""
        rows = self.rows_of[x]
        return sum(1 << y for y, other in enumerate(self.rows_of) if y != x and test(rows, other))


def _n_cells(n_classes: int) -> int:
    """Return how many rainbows there are of the first class, the first two and so on."""
    return sum(3**k for k in range(1, n_classes + 1))


def _are_seen(split: tuple[list[int], list[int]], rows: int) -> bool:
    """Return whether some row is left of every cell, with an item more in rows of its own."""
    one, neither = split
    return bool(one) and all(cell & ~rows for cell in one) and all(cell & rows for cell in neither)


def _members(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _bits(rows: csr.Indices, n_rows: int) -> int:
    held = np.zeros(n_rows, dtype=np.bool_)
    held[rows] = True
    return int.from_bytes(np.packbits(held, bitorder="little").tobytes(), "little")


def _statements(problem: BoundsProblem) -> list[Statement]:
    found = rainbows(problem.relevance, work=problem.work // _SHARE)
    if not found.documents and not found.queries:
        raise NotApplicableError("no three documents are matched one at a time, and none of them")
    reason = (
        f"{counted(len(found.documents), 'class', 'classes')} of three documents, "
        f"{len(found.queries)} of three queries"
    )
    return found.statements(reason)


THEOREM = Theorem(
    name="rainbow",
    quantity="dimension",
    side="lower",
    statement="k classes of three documents with all rainbows take 2k dimensions, 2k + 1 at "
    "threshold 0",
    says=_statements,
    status="certified",
    proof="rainbow",
    page="theory/limits.md",
)
"""The theorem of this module."""
