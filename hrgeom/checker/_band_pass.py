"""The pass that finds the mixture band: four extremes of every document, over all queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.arithmetic import check_matrix_products, plain_arithmetic
from hrgeom._base.blocks import default_threads
from hrgeom._base.mapped import guarded
from hrgeom.checker._band import Band, down, up
from hrgeom.checker._numbering import Numbering, numbering_of
from hrgeom.checker._rounding import (
    check_scores_fit,
    gamma,
    overflows_float32,
    product_sums,
    rounding_bounds,
)
from hrgeom.core import DualEmbedding, Target, as_embedding, as_relevance, fitted
from hrgeom.errors import ShapeError

__all__ = ["band"]

_TILE_BYTES = 2**23  # of scores: what is looked at again should still be in the cache
_TILE_QUERIES = 1024
_FINE = 1e-4  # share of m or n that rounding in float32 may take; float64 otherwise

Values = NDArray[np.float64]


def band(
    embedding: DualEmbedding,
    target: Target,
    *,
    threshold: float | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Band:
    """Return the mixture band of every document, certified over all pairs.

    Parameters
    ----------
    embedding : DualEmbedding
        One row per query and document of `target`, found by their labels as `certify` finds them.
    target : Hierarchy, Relevance or Judgments
        Which documents each query matches.
    threshold : float, optional
        One threshold for all queries. Default: the embedding's; where it states none, that of its
        certificate in the global notion (`Certificate.threshold`) has to be given.
    threads : int, optional
        Default: the processors this process may use.
    progress : callable, optional
        Called with (queries done, queries in all).

    Returns
    -------
    band : Band
        Documents in the order of the target.

    Raises
    ------
    ShapeError
        If the embedding does not fit the target, there is no threshold, or scores could overflow.

    Notes
    -----
    One pass over all pairs by matrix products in the type of the rows, whose rounding is bounded as
    in a certificate; documents for which float32 is too coarse are looked at again in float64.
    Time O(n m d); the scores are never all in memory.

    References
    ----------
    Higham 2002, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., section 3.1, for the
    rounding of a dot product.

    Examples
    --------
    >>> from hrgeom.core import Hierarchy
    >>> h = Hierarchy(["animal", "dog", "cat"], [(1, 0), (2, 0)])
    >>> rows = [[1.0, 0.0, 0.0], [1.0, 2.0, -2.0], [1.0, -2.0, 2.0]]
    >>> e = DualEmbedding(rows, [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0]], threshold=0.5)
    >>> found = band(e, h)
    >>> found.upper.tolist()[0], found.lower.tolist()[0]  # all match it
    (0.0, 0.0)
    """
    as_embedding(embedding)
    relevance = as_relevance(target)
    at = embedding.threshold if threshold is None else float(threshold)
    if at is None or not np.isfinite(at):
        raise ShapeError(
            f"a mixture band must have one threshold for all queries: got {at}; give that of the "
            "certificate in the global notion"
        )
    with guarded(embedding.queries, embedding.documents), plain_arithmetic():
        check_matrix_products()
        in_order = fitted(embedding, relevance)
        numbering = numbering_of(relevance)
        queries, documents = (numbering.rows(side) for side in in_order.values())
        look = _Look(queries, documents, numbering, at, threads or default_threads(), progress)
        extremes = np.stack(look.extremes())
    order = numbering.rows(np.arange(relevance.n_documents))
    placed = np.empty_like(extremes)
    placed[:, order] = extremes
    m, most, n, farthest = placed
    return Band(
        at,
        m,
        most,
        n,
        farthest,
        n_queries_of=relevance.n_queries_of,
        n_queries=relevance.n_queries,
        document_labels=tuple(relevance.document_labels),
    )


@dataclass(frozen=True, eq=False)
class _Look:
    """One look over all pairs, document by document."""

    queries: NDArray[Any]
    documents: NDArray[Any]
    numbering: Numbering
    threshold: float
    threads: int
    progress: Callable[[int, int], None] | None

    def extremes(self) -> tuple[Values, Values, Values, Values]:
        """Return m, M, n, N of every document, rounded outward; 0 where there is no pair."""
        sums = product_sums(self.documents, self.queries)  # over all queries, for every document
        check_scores_fit(sums)
        work = self.queries.dtype
        if work == np.float32 and overflows_float32(sums):
            work = np.dtype(np.float64)
        found = self._in(work, np.arange(len(self.documents)), sums)
        if work == np.float32:
            coarse = _coarse(found, sums, self.queries.shape[1])
            if len(coarse):
                again = self._in(np.dtype(np.float64), coarse, sums[coarse])
                for whole, part in zip(found, again, strict=True):
                    whole[coarse] = part
        return found

    def _in(
        self, work: np.dtype[Any], which: NDArray[np.int64], sums: Values
    ) -> tuple[Values, Values, Values, Values]:
        """Return the extremes of some documents by scores in a type."""
        documents = self.documents[which].astype(work)
        queries = self.queries.astype(work, copy=False)
        low_match, high_match, low_other, high_other = self._scores(queries, documents, which)
        bound = rounding_bounds(documents, queries, work, sums=sums)
        # The score in the type is off by no more than `filter`, which has its own bound in it.
        off = np.zeros(len(which)) if bound.is_exact else bound.filter
        t = self.threshold
        m = np.where(np.isfinite(low_match), down(down(low_match - t) - off), 0.0)
        M = np.where(np.isfinite(high_match), up(up(high_match - t) + off), 0.0)
        n = np.where(np.isfinite(high_other), down(down(t - high_other) - off), 0.0)
        N = np.where(np.isfinite(low_other), up(up(t - low_other) + off), 0.0)
        return m, M, n, N

    def _scores(
        self, queries: NDArray[Any], documents: NDArray[Any], which: NDArray[np.int64]
    ) -> list[Values]:
        """Least and greatest score of the matches of every document, and of its other queries."""
        n, is_all = len(queries), len(which) == len(self.documents)
        total = [np.full(len(which), value) for value in (np.inf, -np.inf, np.inf, -np.inf)]
        step = max(1, min(_TILE_QUERIES, self.numbering.most_rows(2**26)))
        place = None if is_all else _places(which, len(self.documents))

        def work(start: int) -> tuple[int, list[NDArray[Any]]]:
            stop = min(start + step, n)
            pairs = _pairs(self.numbering, start, stop, place)
            with plain_arithmetic():
                return stop, _of_block(queries[start:stop], documents, *pairs)

        for stop, part in self._map(work, range(0, n, step)):
            for k, values in enumerate(part):
                (np.minimum, np.maximum)[k % 2](total[k], values, out=total[k])
            if self.progress is not None:
                self.progress(stop, n)
        return total

    def _map(self, work: Callable[[int], Any], starts: range) -> Iterator[Any]:
        if self.threads == 1 or len(starts) == 1:
            yield from map(work, starts)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            yield from pool.map(work, starts)


def _coarse(found: tuple[Values, ...], sums: Values, dim: int) -> NDArray[np.int64]:
    """Return documents whose m or n float32 rounds by more than a small share of it."""
    off = 2 * gamma(dim + 4, 2.0**-24) * sums
    m, n = found[0], found[2]
    return np.flatnonzero(((m != 0) & (off > _FINE * m)) | ((n != 0) & (off > _FINE * n)))


def _places(which: NDArray[np.int64], m: int) -> NDArray[np.int64]:
    """Return for every document its place among some, -1 for the others."""
    place = np.full(m, -1, dtype=np.int64)
    place[which] = np.arange(len(which))
    return place


def _pairs(
    numbering: Numbering, start: int, stop: int, place: NDArray[np.int64] | None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of the matches of some queries, by column."""
    indptr, indices = numbering.matches(start, stop)
    rows = np.repeat(np.arange(stop - start), np.diff(indptr))
    columns = indices.astype(np.int64) if place is None else place[indices]
    if place is not None:
        rows, columns = rows[columns >= 0], columns[columns >= 0]
    order = np.argsort(columns, kind="stable")
    return rows[order], columns[order]


def _of_block(
    queries: NDArray[Any],
    documents: NDArray[Any],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
) -> list[NDArray[Any]]:
    """Return the four extremes of every document over a block of queries, in tiles."""
    m = len(documents)
    out = [np.full(m, v, dtype=queries.dtype) for v in (np.inf, -np.inf, np.inf, -np.inf)]
    low_match, high_match, low_other, high_other = out
    width = max(1, _TILE_BYTES // (queries.itemsize * len(queries)))
    room = np.empty((len(queries), min(width, m)), dtype=queries.dtype)
    for first in range(0, m, width):
        last = min(first + width, m)
        scores = room[:, : last - first]
        np.matmul(queries, documents[first:last].T, out=scores)
        own = slice(*np.searchsorted(columns, (first, last)))
        r, c = rows[own], columns[own] - first
        values = scores[r, c]
        np.minimum.at(low_match, columns[own], values)
        np.maximum.at(high_match, columns[own], values)
        scores[r, c] = np.inf
        scores.min(axis=0, out=low_other[first:last])
        scores[r, c] = -np.inf
        scores.max(axis=0, out=high_other[first:last])
    return out
