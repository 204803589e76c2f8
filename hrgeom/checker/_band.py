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

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from hrgeom.checker._rounding import gamma, product_sums
from hrgeom.core import DualEmbedding
from hrgeom.errors import ShapeError

__all__ = ["Band", "down", "mixture_error", "up"]

_OUTWARD = 4e-16  # relative: two roundings of a quotient and one of a sum

_MOST_OF_WAY = 0.9
_HALVINGS = 40
_EVEN = 1e-6  # sums of both ends that are so near to 1 are left as they are

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Band:
    """Which share of a mixture's weight on matches decides whether it retrieves a document.

    Attributes
    ----------
    threshold : float
        The threshold t of the scores.
    least_match, greatest_match : ndarray of float64, shape (n_documents,)
        Distances m and M: queries that match the document score from t + m to t + M. 0 without a
        match.
    least_other, greatest_other : ndarray of float64, shape (n_documents,)
        Distances n and N: all other queries score from t - N to t - n. 0 where all queries match.
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
    >>> from hrgeom.checker import band
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
        """The upper end N/(m + N), rounded up: with more weight on matches it is retrieved.

        1, which no weight exceeds, where nothing is promised.
        """
        share = _share(self.greatest_other, self.least_match, where_empty=self.n_queries_of == 0)
        found = np.minimum(1.0, share * (1 + _OUTWARD))
        return np.where(self.is_promised, found, 1.0)

    @property
    def lower(self) -> Values:
        """The lower end n/(M + n), rounded down: with less weight on matches it is not retrieved.

        0, below which no weight is, where nothing is promised.
        """
        share = _share(self.least_other, self.greatest_match, where_empty=self.n_queries_of == 0)
        found = share * (1 - _OUTWARD) * (self.n_queries_of > 0) + (self.n_queries_of == 0)
        return np.where(self.is_promised, found, 0.0)

    @property
    def width(self) -> Values:
        """The upper end less the lower: weights for which it depends on what is mixed."""
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
            least_match=np.where(has_match, down(self.least_match - off), 0.0),
            greatest_match=np.where(has_match, up(self.greatest_match + off), 0.0),
            least_other=np.where(has_other, down(self.least_other - off), 0.0),
            greatest_other=np.where(has_other, up(self.greatest_other + off), 0.0),
        )

    def moved_to(self, threshold: float) -> Band:
        """Return the band for another threshold, which takes no look at scores.

        Parameters
        ----------
        threshold : float
            Scores that exceed it are retrieved. A lower one brings both ends of every band down.

        Returns
        -------
        band : Band
            Without a promise for documents whose matches or other queries it does not separate.

        Examples
        --------
        >>> from hrgeom.checker import band
        >>> from hrgeom.core import Relevance
        >>> r = Relevance.from_sets([{0}, {0}, set()], n_documents=1)
        >>> e = DualEmbedding([[1.0], [2.0], [-3.0]], [[1.0]], threshold=0.0)
        >>> found = band(e, r).moved_to(-1.0)
        >>> found.lower.round(3).tolist(), found.upper.round(3).tolist()
        ([0.4], [0.5])
        """
        low, high = down(self.threshold - threshold), up(self.threshold - threshold)
        has_match, has_other = self.n_queries_of > 0, self.n_queries_of < self.n_queries
        return replace(
            self,
            threshold=threshold,
            least_match=np.where(has_match, down(self.least_match + low), 0.0),
            greatest_match=np.where(has_match, up(self.greatest_match + high), 0.0),
            least_other=np.where(has_other, down(self.least_other - high), 0.0),
            greatest_other=np.where(has_other, up(self.greatest_other - low), 0.0),
        )

    def even_threshold(self) -> float:
        """Return the threshold at which the median band of inner documents is around one half.

        Returns
        -------
        threshold : float
            Within nine tenths of the way to where the first document loses its promise; the
            band's own where there is no inner document, or one without a promise.
        """
        inner = _of_rows(self, self.is_inner)
        if not len(inner.lower) or not inner.is_promised.all():
            return self.threshold
        if abs(np.median(inner.lower) + np.median(inner.upper) - 1) < _EVEN:
            return self.threshold
        low, high = -_MOST_OF_WAY * inner.least_match.min(), _MOST_OF_WAY * inner.least_other.min()
        for _ in range(_HALVINGS):  # both ends of a band fall as the threshold does
            middle = (low + high) / 2
            moved = inner.moved_to(self.threshold - middle)
            if np.median(moved.lower) + np.median(moved.upper) > 1:
                low = middle
            else:
                high = middle
        return float(self.threshold - (low + high) / 2)

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
            both ends, the worst of each, and the median width. The same for inner ones at
            `even_threshold`, under "even".
        """
        at = self.moved_to(self.even_threshold())
        everything = np.ones(len(self.lower), dtype=bool)
        return {
            "threshold": self.threshold,
            "all": self._summary(everything),
            "inner": self._summary(self.is_inner),
            "even": {"threshold": at.threshold, **at._summary(at.is_inner)},
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


def _of_rows(band: Band, which: NDArray[np.bool_]) -> Band:
    """Return the band of some documents."""
    labels = tuple(band.document_labels[v] for v in np.flatnonzero(which).tolist())
    return replace(
        band,
        least_match=band.least_match[which],
        greatest_match=band.greatest_match[which],
        least_other=band.least_other[which],
        greatest_other=band.greatest_other[which],
        n_queries_of=band.n_queries_of[which],
        document_labels=labels,
    )


def _share(part: Values, rest: Values, where_empty: NDArray[np.bool_]) -> Values:
    """part/(part + rest), 1 for documents without a match, 0 where part is 0."""
    total = part + rest
    share = np.divide(part, total, out=np.zeros_like(total), where=total > 0)
    return np.where(where_empty, 1.0, share)


def down(values: float | Values) -> Values:
    """Return the floats below."""
    return np.asarray(np.nextafter(values, -np.inf))


def up(values: float | Values) -> Values:
    """Return the floats above."""
    return np.asarray(np.nextafter(values, np.inf))


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
    longest = np.abs(queries.astype(np.float64)).sum(axis=1).max(initial=0.0)
    steps = n_mixed + embedding.dim + 3  # roundings of a weight times two numbers
    underflow = 2 * steps * eta * (1 + sizes + longest)
    found = gamma(steps, u) * sums + 2 * gamma(n_mixed + 2, u) * abs(at) + underflow
    return np.asarray(found * (1 + 1e-6))
