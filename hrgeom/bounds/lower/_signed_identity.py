r"""Queries with a document each that the others do not match: the signed identity.

A *block* of size n are n queries and n documents such that query i matches document j iff i = j.
It has a *common* vector if one more document matches all of the queries, or one more query all of
the documents.

Theorem. A block of size 3 takes

- :math:`d \ge 2` with row thresholds, and so with one threshold of any value;
- :math:`d \ge 2` with threshold 0, and :math:`d \ge 3` if it has a common vector or the size is 4;
- :math:`d \ge 3` if it has a common vector, with one threshold and rows of unit length.

Larger blocks take no more, with or without a common vector. A block of size 2 takes nothing by
itself.

Proof. *Rows.* On a line the document between two others is in no half line alone. *Threshold 0.*
In the plane a query takes the vectors of an open half plane. If one query x matches all three
documents, they lie in a half plane and are ordered by their angle, and a half plane that holds the
middle one holds one of the others. A common document is the same with queries and documents
exchanged. Of four documents, let a_i be the angle from the one before i to the one after i, on the
side of i: a half plane that holds i alone needs a_i > pi, and the four a_i sum to 4 pi. d = 1 has
rank 1, where two queries are equal or opposite. *Unit rows.* In the plane, at threshold r, a query
takes the documents on an open arc of a length that is the same for all. With a common query all
three documents lie on one such arc A. An arc that holds just the middle one lies between the other
two, inside A, and is shorter than A, a contradiction. With a common document exchange the sides. ∎

*No more.* Points on a circle with half planes that cut off one each: d = 2, one threshold, unit
rows. At threshold 0 three vectors at 120 degrees serve three queries and their documents: scores 1
and -1/2. So the signed identity of size 3 has sign rank 2, not 3, and three leaves without a common
ancestor take two dimensions. A star of any size takes three at threshold 0, with unit rows
(interval cover).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.bounds._problem import BoundsProblem
from hrgeom.bounds._theorem import NotApplicableError, Statement, Theorem
from hrgeom.bounds.lower._least_dimensions import LeastDimensions
from hrgeom.core import Relevance

__all__ = ["THEOREM", "SignedIdentity", "signed_identity"]

_COMMON_TRIED = 16
_ALL_TRIED = 500  # pairs of an input that is searched to the end


@dataclass(frozen=True)
class SignedIdentity(LeastDimensions):
    """A block and what follows from it.

    Attributes
    ----------
    queries, documents : tuple of int
        Numbers of the block: queries[i] matches documents[j] iff i = j. Three with a common vector
        if such were found; else four; else three; else none.
    common_document : int or None
        A document that matches all the queries.
    common_query : int or None
        A query that matches all the documents.

    Examples
    --------
    >>> SignedIdentity((0, 1, 2), (0, 1, 2)).row
    2
    """

    queries: tuple[int, ...]
    documents: tuple[int, ...]
    common_document: int | None = None
    common_query: int | None = None

    @property
    def row(self) -> int:
        """Least dimension with a threshold for every query."""
        return 2 if len(self.queries) >= 3 else 1

    @property
    def threshold_zero(self) -> int:
        """Least dimension with threshold 0."""
        return 3 if self._is_common or len(self.queries) >= 4 else self.row

    @property
    def normalized(self) -> int:
        """Least dimension with one threshold and a positive margin after scaling to unit length."""
        return 3 if self._is_common else self.row

    @property
    def _is_common(self) -> bool:
        return self.common_document is not None or self.common_query is not None


def signed_identity(relevance: Relevance) -> SignedIdentity:
    """Return a block of the signed identity, the strongest one found.

    Lower bounds on the dimension: `row`, `any_threshold`, `threshold_zero`, and `normalized` for
    one threshold and unit rows (any positive normalized margin; None is asked for by the others).
    Tight for every tree of three leaves or more: 2, 2, 3 and 3.

    Parameters
    ----------
    relevance : Relevance
        Any. Up to 500 matching pairs are searched to the end; more of them greedily, so that a
        block may be missed (no tree with three leaves is).

    Returns
    -------
    block : SignedIdentity
        Certified: its pairs have been looked up.

    References
    ----------
    The module's theorem; `proofs/signed_identity.py`.

    Examples
    --------
    >>> block = signed_identity(Relevance.from_sets([{0}, {0, 1}, {0, 2}, {0, 3}], 4))
    >>> block.queries, block.documents, block.common_document
    ((1, 2, 3), (1, 2, 3), 0)
    >>> block.row, block.threshold_zero
    (2, 3)
    """
    rows, columns = (relevance.indptr, relevance.indices), relevance.transposed
    exhaustive = relevance.n_pairs <= _ALL_TRIED
    pairs = _Pairs(rows, columns)
    found = _with_common(pairs, exhaustive)
    if found is not None:
        return found
    for size in (4, 3):
        block = pairs.block(size, np.ones(len(pairs.first), dtype=np.bool_), exhaustive)
        if block:
            queries, documents = zip(*block, strict=True)
            return SignedIdentity(queries, documents)
    return SignedIdentity((), ())


def _with_common(pairs: _Pairs, exhaustive: bool) -> SignedIdentity | None:
    """Return a block of three with a common vector; those that match most are tried first."""
    for side, (rows, ends) in enumerate(((pairs.columns, pairs.first), (pairs.rows, pairs.second))):
        size = np.diff(rows[0])
        order = np.argsort(-size, kind="stable")
        order = order[size[order] >= 3]
        for common in (order if exhaustive else order[:_COMMON_TRIED]).tolist():
            members = np.zeros(int(ends.max()) + 1, dtype=np.bool_)
            members[_row(rows, common)] = True
            block = pairs.block(3, members[ends], exhaustive)
            if block:
                queries, documents = zip(*block, strict=True)
                if side == 0:
                    return SignedIdentity(queries, documents, common_document=common)
                return SignedIdentity(queries, documents, common_query=common)
    return None


def _row(rows: tuple[csr.Indptr, csr.Indices], i: int) -> NDArray[np.int32]:
    return rows[1][rows[0][i] : rows[0][i + 1]]


class _Pairs:
    """The matching pairs (first[i], second[i]), those that exclude fewest others first."""

    def __init__(
        self,
        rows: tuple[csr.Indptr, csr.Indices],
        columns: tuple[csr.Indptr, csr.Indices],
    ) -> None:
        self.rows, self.columns = rows, columns
        first, second = csr.row_numbers(rows[0]), rows[1]
        excluded = np.diff(rows[0])[first] + np.diff(columns[0])[second]
        order = np.argsort(excluded, kind="stable")
        self.first, self.second = first[order], second[order]

    def block(
        self, size: int, allowed: NDArray[np.bool_], exhaustive: bool
    ) -> list[tuple[int, int]]:
        """Return a block of this size among the allowed pairs, or nothing."""
        left = np.flatnonzero(allowed)
        chosen = self._any(size, left) if exhaustive else self._greedy(size, left)
        return [(int(self.first[i]), int(self.second[i])) for i in chosen]

    def _greedy(self, size: int, left: NDArray[np.int64]) -> list[int]:
        chosen: list[int] = []
        while len(chosen) < size and len(left):
            chosen.append(int(left[0]))
            q, v = self.first[left[0]], self.second[left[0]]
            kept = ~np.isin(self.first[left], _row(self.columns, v))
            left = left[kept & ~np.isin(self.second[left], _row(self.rows, q))]
        return chosen if len(chosen) == size else []

    def _any(self, size: int, left: NDArray[np.int64]) -> list[int]:
        """Go through all sets of pairs that exclude each other from neither side."""
        apart = self._apart[np.ix_(left, left)]
        after = [int.from_bytes(np.packbits(row, bitorder="little"), "little") for row in apart]

        def extend(n_more: int, common: int) -> list[int] | None:
            if n_more == 0:
                return []
            while common.bit_count() >= n_more:
                i = (common & -common).bit_length() - 1
                common &= common - 1
                rest = extend(n_more - 1, common & after[i])
                if rest is not None:
                    return [i, *rest]
            return None

        return [int(left[i]) for i in extend(size, (1 << len(left)) - 1) or []]

    @cached_property
    def _apart(self) -> NDArray[np.bool_]:
        """Whether neither query of two pairs matches the other's document."""
        matches = np.zeros((len(self.rows[0]) - 1, len(self.columns[0]) - 1), dtype=np.bool_)
        matches[self.first, self.second] = True
        across = matches[np.ix_(self.first, self.second)]
        neither: NDArray[np.bool_] = ~across & ~across.T
        return neither


def _statements(problem: BoundsProblem) -> list[Statement]:
    found = signed_identity(problem.relevance)
    if not found.queries:
        raise NotApplicableError(
            "no three queries have a document each that the others do not match"
        )
    common = found.common_document is not None or found.common_query is not None
    reason = f"a block of {len(found.queries)}" + (", with a common vector" if common else "")
    return found.statements(reason)


THEOREM = Theorem(
    name="signed-identity",
    quantity="dimension",
    side="lower",
    statement="Three queries with a document each that the others do not match take 2 dimensions, "
    "at times 3",
    says=_statements,
    status="certified",
    proof="signed-identity",
    page="theory/limits.md",
)
