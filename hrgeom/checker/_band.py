r"""The mixture band: which mixtures of the query vectors retrieve a document, whatever they mix.

Statement. Let document v score its matches in :math:`[t + m, t + M]` and all other queries in
:math:`[t - N, t - n]`, with m and n positive and t the threshold. A mixture
:math:`z = \sum_q p_q q` of query vectors, with weights of at least 0 that sum to 1, of which a
share P is on matches of v, scores more than t if :math:`P > N/(m + N)`, and less than t if
:math:`P < n/(M + n)`.

Proof. As weights sum to 1, :math:`\langle z, v\rangle - t = \sum_q p_q (\langle q, v\rangle - t)`,
which is at least :math:`mP - N(1 - P)` and at most :math:`MP - n(1 - P)`. ∎

No other numbers will do: a mixture of the least match and the lowest other query is at the
threshold or below it for every P up to the first number, and one of the greatest match and the
highest other query is above it for every P beyond the second.

Where v has no other query, N = n = 0 says the right thing, that every mixture retrieves it; where
it has no match, m = M = 0 does, that none does. Where m or n is not known to be positive, nothing
is promised.

Rounding. The numbers are known as floats and a bound on their rounding. A smaller m, a larger N
raise the first number, a larger M, a smaller n lower the second, so that extremes rounded outward
give a band that holds.

A mixture that is off. If its score is within e of the score of z, the same holds with
:math:`(N + e)/(m + N)` and :math:`(n - e)/(M + n)`: extremes moved outward by e. A mean of r stored
queries in floats of unit roundoff u, scored in the same type, has an e of at most
:math:`\gamma_{r + d + 3} A + 2 \gamma_{r + 2} |t|`, where A bounds the sum of
:math:`|q_k v_k|` over k for every query q and d is the dimension. For a product
:math:`p q_k v_k` meets one rounding in each of the two rows, r in the mean, one when that is
stored, and d in the score. Weights that were divided by their sum in this type sum to
:math:`1 + s` with :math:`|s| \le \gamma_{r + 1}`; the score of such a mean exceeds t where that of
the convex mixture exceeds :math:`t/(1 + s)`, and t itself is rounded once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hrgeom._base.arithmetic import check_matrix_products, plain_arithmetic
from hrgeom._base.blocks import default_threads
from hrgeom._base.mapped import guarded
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

__all__ = ["Band", "band", "mixture_error"]

_TILE_BYTES = 2**23  # of scores: what is looked at again should still be in the cache
_TILE_QUERIES = 1024
_FINE = 1e-4  # share of m or n that rounding in float32 may take; float64 otherwise
_OUTWARD = 4e-16  # relative: two roundings of a quotient and one of a sum

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Band:
    """Which share of a mixture's weight on matches decides whether it retrieves a document.

    Attributes
    ----------
    threshold : float
        The threshold t of the scores.
    least_match, greatest_match : ndarray of float64, shape (n_documents,)
        m and M: queries that match the document score from t + m to t + M. 0 without a match.
    least_other, greatest_other : ndarray of float64, shape (n_documents,)
        n and N: all other queries score from t - N to t - n. 0 where all queries match.
    n_queries_of : ndarray of int64, shape (n_documents,)
        How many queries match each document.
    n_queries : int
        Queries in all.
    document_labels : tuple of str
        One per document.

    Notes
    -----
    m and n are rounded down, M and N up, by the bounds of the scores.

    Examples
    --------
    >>> from hrgeom.core import Relevance
    >>> r = Relevance.from_sets([{0}, {0}, set()], n_documents=1)
    >>> e = DualEmbedding([[1.0], [2.0], [-3.0]], [[1.0]], threshold=0.0)
    >>> found = band(e, r)
    >>> found.lower.round(3).tolist(), found.upper.round(3).tolist()
    ([0.6], [0.75])
    """

    threshold: float
    least_match: Values
    greatest_match: Values
    least_other: Values
    greatest_other: Values
    n_queries_of: NDArray[np.int64]
    n_queries: int
    document_labels: tuple[str, ...]

    @property
    def is_promised(self) -> NDArray[np.bool_]:
        """Whether anything is promised: matches score above t, all others below, for certain."""
        has_match, has_other = self.n_queries_of > 0, self.n_queries_of < self.n_queries
        above = ~has_match | (self.least_match > 0)
        below = ~has_other | (self.least_other > 0)
        return np.asarray(above & below)

    @property
    def upper(self) -> Values:
        """N/(m + N), rounded up: mixtures with more weight on matches retrieve the document.

        1, which no weight exceeds, where nothing is promised.
        """
        share = _share(self.greatest_other, self.least_match, where_empty=self.n_queries_of == 0)
        found = np.minimum(1.0, share * (1 + _OUTWARD))
        return np.where(self.is_promised, found, 1.0)

    @property
    def lower(self) -> Values:
        """n/(M + n), rounded down: mixtures with less weight on matches do not retrieve it.

        0, below which no weight is, where nothing is promised.
        """
        share = _share(self.least_other, self.greatest_match, where_empty=self.n_queries_of == 0)
        found = share * (1 - _OUTWARD) * (self.n_queries_of > 0) + (self.n_queries_of == 0)
        return np.where(self.is_promised, found, 0.0)

    @property
    def width(self) -> Values:
        """`upper` less `lower`: the weights for which it depends on what is mixed."""
        return self.upper - self.lower

    def widened(self, error: float | NDArray[Any]) -> Band:
        """Return the band of mixtures whose scores are off.

        Parameters
        ----------
        error : float or ndarray of shape (n_documents,)
            By how much at most, at least 0: for every document, or for each (`mixture_error`).

        Returns
        -------
        band : Band
            Wider, and without a promise for documents with less room than that.

        Raises
        ------
        ShapeError
            If a number is negative or not finite.
        """
        off = np.asarray(error, dtype=np.float64)
        if not (np.isfinite(off).all() and (off >= 0).all()):
            raise ShapeError(f"error must be finite numbers of at least 0: got {error}")
        has_match, has_other = self.n_queries_of > 0, self.n_queries_of < self.n_queries
        return replace(
            self,
            least_match=np.where(has_match, _down(self.least_match - off), 0.0),
            greatest_match=np.where(has_match, _up(self.greatest_match + off), 0.0),
            least_other=np.where(has_other, _down(self.least_other - off), 0.0),
            greatest_other=np.where(has_other, _up(self.greatest_other + off), 0.0),
        )

    def share_within(self, least: float, most: float, *, inner: bool = False) -> float:
        """Return the share of documents whose band lies in an interval.

        Parameters
        ----------
        least, most : float
            Ends of the interval of weights.
        inner : bool
            Only documents that two queries or more match, and not all.

        Returns
        -------
        share : float
            From 0 to 1; NaN without such documents.
        """
        inside = (self.lower >= least) & (self.upper <= most)
        inside = inside[self.is_inner] if inner else inside
        return float(inside.mean()) if len(inside) else float("nan")

    @property
    def is_inner(self) -> NDArray[np.bool_]:
        """Documents that two queries or more match, and not all: those that mixtures are about."""
        return np.asarray((self.n_queries_of > 1) & (self.n_queries_of < self.n_queries))

    def to_dict(self) -> dict[str, Any]:
        """Return the overall numbers: JSON values only.

        Returns
        -------
        data : dict
            For all documents and for inner ones: how many, how many without a promise; medians of
            both ends, the worst of each, and the median width.
        """
        everything = np.ones(len(self.lower), dtype=bool)
        return {
            "threshold": self.threshold,
            "all": self._summary(everything),
            "inner": self._summary(self.is_inner),
        }

    def _summary(self, which: NDArray[np.bool_]) -> dict[str, Any]:
        lower, upper, n = self.lower[which], self.upper[which], int(which.sum())
        data: dict[str, Any] = {
            "n_documents": n,
            "n_without_promise": int(np.count_nonzero(~self.is_promised[which])),
        }
        if n == 0:
            return data
        return data | {
            "lower_median": float(np.median(lower)),
            "upper_median": float(np.median(upper)),
            "width_median": float(np.median(upper - lower)),
            "lower_worst": float(lower.min()),
            "upper_worst": float(upper.max()),
        }


def _share(part: Values, rest: Values, where_empty: NDArray[np.bool_]) -> Values:
    """part/(part + rest), 1 for documents without a match, 0 where part is 0."""
    total = part + rest
    share = np.divide(part, total, out=np.zeros_like(total), where=total > 0)
    return np.where(where_empty, 1.0, share)


def _down(values: Values) -> Values:
    return np.asarray(np.nextafter(values, -np.inf))


def _up(values: Values) -> Values:
    return np.asarray(np.nextafter(values, np.inf))


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
        m = np.where(np.isfinite(low_match), _down(_down(low_match - t) - off), 0.0)
        M = np.where(np.isfinite(high_match), _up(_up(high_match - t) + off), 0.0)
        n = np.where(np.isfinite(high_other), _down(_down(t - high_other) - off), 0.0)
        N = np.where(np.isfinite(low_other), _up(_up(t - low_other) + off), 0.0)
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


def mixture_error(
    embedding: DualEmbedding,
    n_mixed: int,
    dtype: DTypeLike = np.float32,
    *,
    threshold: float | None = None,
) -> Values:
    """Return how far the score of a stored mixture may be off, for every document.

    Parameters
    ----------
    embedding : DualEmbedding
        Whose queries are mixed.
    n_mixed : int
        Of how many queries at most, those of weight 0 not counted.
    dtype : {"float32", "float64"}
        The type in which rows are read, weights are divided by their sum, the mean is computed
        and stored, and scores are computed, in any order.
    threshold : float, optional
        Default: the embedding's, or 0.

    Returns
    -------
    error : ndarray of float64, shape (n_documents,)
        For `Band.widened`, in the order of the embedding's documents.

    Raises
    ------
    ShapeError
        If `n_mixed` is below 1, or so large that rounding is not bounded.

    Notes
    -----
    The last paragraph at the head of this module's file. A mean that is divided by its length keeps
    what it retrieves at threshold 0 and at no other: threshold and scores would have to be divided
    by the same number.

    References
    ----------
    Higham 2002, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., lemma 3.1.

    Examples
    --------
    >>> e = DualEmbedding([[1.0], [2.0], [-3.0]], [[1.0]], threshold=0.0)
    >>> bool(mixture_error(e, n_mixed=2)[0] < 1e-5)
    True
    """
    if n_mixed < 1:
        raise ShapeError(f"n_mixed must be at least 1: got {n_mixed}")
    info: np.finfo[Any] = np.finfo(np.dtype(dtype))
    u, eta = float(info.eps) / 2, float(info.smallest_subnormal)
    at = threshold if threshold is not None else embedding.threshold or 0.0
    queries, documents = embedding.values()
    sums = product_sums(documents, queries)
    sizes = np.abs(documents.astype(np.float64)).sum(axis=1)
    steps = (
        n_mixed + embedding.dim + 3
    )  # roundings that a product of a weight and two numbers meets
    underflow = 2 * steps * eta * (1 + sizes)
    found = gamma(steps, u) * sums + 2 * gamma(n_mixed + 2, u) * abs(at) + underflow
    return np.asarray(found * (1 + 1e-6))
