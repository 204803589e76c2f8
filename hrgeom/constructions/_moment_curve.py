r"""Moment curve: any relevance in d <= 2 min(k, s) + 1 dimensions, in integers (Wang et al. 2026).

Theorem (arXiv:2601.20844). Let s = max |S(q)| and k = max |D(v)|. Then d = 2 min(k, s) + 1
dimensions separate all pairs with threshold 0, with integer scores of 1 on matches and at most -1
on all others; d = 2 min(k, s) dimensions rank every match above every non-match.

Proof. Give the documents distinct integers t and the vectors :math:`(t, \dots, t^{2s}, 1)`. Put
:math:`f_q(t) = \prod_{j \in S(q)} (t - t_j)^2`, of degree 2|S(q)| <= 2s, and let the query be
the coefficients of :math:`1 - 2f_q`: its score is :math:`1 - 2f_q(t)`. On a match that is 1; else
t is an integer apart from all t_j, f_q >= 1 and the score is at most -1. The last coordinate of
documents is constant, so without it the scores of a query all change alike: 2s dimensions rank.
The other way round, queries get integers u, and document v the coefficients of 1 - 2f_v with
:math:`f_v(u) = (u^2 + 1)^{k - |D(v)|} \prod_{j \in D(v)} (u - u_j)^2`. The first factor, at
least 1, is there to rank: every f_v then begins with :math:`u^{2k}`, whose coordinate adds the
same to all scores of a query and can be left out. (A global threshold does without it.) ∎

Documents with equal D(v) share one t, queries with equal S(q) one u: s and k above may count
each such group once. The integers are 0, 1, -1, 2, -2, ..., those of the largest sets first.

Precision. With :math:`T = \max |t|` the numbers in a score add up to at most
:math:`1 + 2\prod_j (T + |t_j|)^2 \le 1 + 2(2T)^{2s}`; floats of p bits evaluate every score
exactly while that is below 2^p, and store every entry exactly somewhat longer. Columns and query
rows are scaled by powers of two, which changes no bit and no sign at threshold 0, so only the
range of the integers counts. Rounded entries void the theorem: the certificate decides. The
normalized margin is at least 1 over the longest query and the longest document, of the order of
:math:`(2T)^{-2s}`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker import certify
from hrgeom.constructions._moments import CurveSide
from hrgeom.constructions._promise import SHOWN, Promise
from hrgeom.core import DualEmbedding, Notion, Relevance, as_dtype
from hrgeom.errors import ConstructionError

__all__ = ["moment_curve", "moment_curve_exact", "moment_curve_promise", "moment_margin"]

_INT8_MOST = 127
_PROMISED_BITS = 64  # of t^(2s): beyond, certificates of floats fail
_PROMISED_PAIRS = 2**22  # that are certified for a promise
_RANGE_BITS = 2098  # from the least to the largest float64


def moment_curve(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float64",
    notion: Notion = "global",
    seed: int = 0,
) -> DualEmbedding:
    """Return the moment curve embedding: exact in integers, as far as the stored type holds them.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    dim : int, optional
        At least 2 min(k, s) + 1, or 2 min(k, s) to rank, which is what is used; more buys
        nothing here.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type. Floats may round; int8 must hold the integers as they are.
    notion : {"global", "row"}
        One threshold, 0, or a ranking with one dimension less.
    seed : int
        Not used: nothing is random.

    Returns
    -------
    embedding : DualEmbedding
        `promise["exact"]` says whether every entry is stored exactly. If so, the theorem holds
        for the stored numbers and `promise["margin"]` is its normalized margin (None for the row
        notion, where lengths of documents differ); if not, nothing is promised.
        `parameters`: `side`, which of the two is on the curve; `n_points` there; `score_bits`:
        scores are exact in floats of at least so many bits.

    Raises
    ------
    ConstructionError
        If `dim` is too small, int8 cannot hold the integers, or their powers of 1 and of the
        largest position, whatever the scale, do not both fit in a float64.

    References
    ----------
    .. [1] Wang et al., R^2k is Theoretically Large Enough for Embedding-based Top-k Retrieval,
       arXiv:2601.20844.

    Examples
    --------
    >>> e = moment_curve(Relevance.from_sets([{0, 1}, {1, 2}, {0, 2}], 3), notion="row")
    >>> e.dim, e.promise["exact"]
    (4, True)
    """
    stored = as_dtype(dtype)
    side, _ = _side(relevance)
    if side.bits > _RANGE_BITS:
        raise ConstructionError(
            f"sets must be small for the moment curve, 2 s log2 T <= {_RANGE_BITS}, or its powers "
            f"exceed the range of float64: got s = {side.degree}, T = {side.n_points // 2:,}"
        )
    curve = _Curve.of(relevance, notion)
    least = curve.queries.shape[1]
    if dim is not None and dim < least:
        raise ConstructionError(
            f"dim must be at least that of the moment curve, {least}: got {dim}"
        )
    if stored == np.int8:
        most = max(int(np.abs(a).max()) for a in (curve.queries, curve.documents))
        if most > _INT8_MOST:
            raise ConstructionError(
                f"int8 must hold the integers of the moment curve, up to {_INT8_MOST}: got {most}"
            )
    columns, rows = curve.exponents(scaled=stored != np.int8)
    queries, queries_exact = _rounded(curve.queries, columns - rows[:, None], stored)
    documents, documents_exact = _rounded(curve.documents, -columns[None, :], stored)
    exact = queries_exact and documents_exact
    margin = None
    if exact and notion == "global":
        lengths = np.linalg.norm(queries.astype(np.float64), axis=1)
        longest = np.linalg.norm(documents.astype(np.float64), axis=1).max()
        margin = float((np.ldexp(1.0, -rows) / (lengths * longest)).min())
    return DualEmbedding(
        queries,
        documents,
        threshold=0.0 if notion == "global" else None,
        notion=notion,
        query_labels=relevance.query_labels,
        document_labels=relevance.document_labels,
        construction="moment-curve",
        parameters={
            "side": curve.side,
            "n_points": curve.n_points,
            "score_bits": curve.score_bits,
            "seed": seed,
        },
        promise={"dim": least, "margin": margin, "theorem": "moment curve", "exact": exact},
    )


def moment_curve_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int
) -> Promise | None:
    """Return what `moment_curve` promises, None where an entry would be rounded.

    Float64 holds no more than 53 bits, so most sets are turned away by the bound on the powers;
    the others are small enough to build. Rounded ones are certified if pairs are few.
    """
    if relevance.cached(_bits) > _PROMISED_BITS:
        return None
    try:
        embedding = moment_curve(relevance, dim=dim, dtype=dtype)
    except ConstructionError:
        return None
    margin = embedding.promise["margin"]
    if margin is None and relevance.n_queries * relevance.n_documents <= _PROMISED_PAIRS:
        certificate = certify(embedding, relevance, threads=1)
        margin = certificate.normalized_margin_lower_bound if certificate.holds else None
    return None if margin is None else Promise(embedding.dim, SHOWN * margin)


def _bits(relevance: Relevance) -> float:
    return _side(relevance)[0].bits


def moment_curve_exact(
    relevance: Relevance, *, notion: Notion = "global"
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the integer vectors of the theorem, neither scaled nor rounded.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches; any relevance is allowed.
    notion : {"global", "row"}
        One threshold, 0, or a ranking with one dimension less.

    Returns
    -------
    queries, documents : ndarray of Python int (dtype object), shapes (n, d) and (m, d)
        Scores of 1 on matches and at most -1 on all others (global notion).

    Raises
    ------
    ConstructionError
        If `notion` is neither.

    References
    ----------
    .. [1] Wang et al., R^2k is Theoretically Large Enough for Embedding-based Top-k Retrieval,
       arXiv:2601.20844.

    Examples
    --------
    >>> queries, documents = moment_curve_exact(Relevance.from_sets([{0}, {1}], 3))
    >>> queries @ documents.T
    array([[1, -1, -1],
           [-1, 1, -1]], dtype=object)
    """
    curve = _Curve.of(relevance, notion)
    return curve.queries, curve.documents


def moment_margin(relevance: Relevance) -> float:
    """Return the normalized margin of `moment_curve` in exact arithmetic, for the global notion.

    Half the gap between the worst match and the best non-match of rows of unit length, scaled as
    `moment_curve` scales them but not rounded. All n * m scores are computed as Python integers:
    for small inputs.

    Parameters
    ----------
    relevance : Relevance
        Any small one.

    Returns
    -------
    margin : float
        Infinity if there is no match or no non-match.

    Examples
    --------
    >>> round(moment_margin(Relevance.from_sets([{0}, {1}], 3)), 4)
    0.1359
    """
    curve = _Curve.of(relevance, "global")
    columns, _ = curve.exponents()
    queries = curve.queries * _powers(columns - columns.min())
    documents = curve.documents * _powers(columns.max() - columns)
    scores = queries @ documents.T
    squares = np.multiply.outer((queries**2).sum(axis=1), (documents**2).sum(axis=1))
    cosines = np.sqrt((scores**2 / squares).astype(np.float64))  # int / int rounds once
    cosines[scores < 0] *= -1
    matches = scores > 0
    if matches.all() or not matches.any():
        return math.inf
    return float(cosines[matches].min() - cosines[~matches].max()) / 2


@dataclass(frozen=True)
class _Curve:
    """The integer vectors: columns t^1, t^2, ... and t^0 last, or fewer to rank."""

    side: Literal["documents", "queries"]
    n_points: int
    queries: NDArray[Any]
    documents: NDArray[Any]

    @classmethod
    def of(cls, relevance: Relevance, notion: Notion) -> _Curve:
        if notion not in ("global", "row"):
            raise ConstructionError(f"notion must be 'global' or 'row': got {notion!r}")
        side, on_documents = _side(relevance)
        polynomials = side.polynomials(padded=notion == "row" and not on_documents)
        powers = side.curve()
        # t^0 last; to rank, without the one coordinate that is the same for all documents
        order = [*range(1, 2 * side.degree + 1), 0]
        if notion == "row" and side.degree > 0:
            order.remove(0 if on_documents else 2 * side.degree)
        polynomials, powers = polynomials[:, order], powers[:, order]
        if on_documents:
            return cls("documents", side.n_points, polynomials, powers)
        return cls("queries", side.n_points, powers, polynomials)

    @property
    def score_bits(self) -> int:
        """Bits of the largest sum of |q_k x_k|, with the largest x_k of all documents."""
        sums = np.abs(self.queries) @ np.abs(self.documents).max(axis=0)
        return int(sums.max()).bit_length()

    def exponents(self, *, scaled: bool = True) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return e per column and b per query: numbers q 2^(e - b) and x 2^-e near 1 in size.

        |q||x| is at least the sum of |q_k x_k|, and near it where 2^(2e) is about |x_k / q_k|:
        of the largest x_k of all documents and the largest q_k, queries scaled by their sums.
        Zeros unless `scaled`.
        """
        if not scaled:
            return np.zeros(self.queries.shape[1], np.int64), np.zeros(len(self.queries), np.int64)
        q, x = _log2(self.queries), _log2(self.documents).max(axis=0)
        terms = q + x
        top = terms.max(axis=1, keepdims=True)
        top = np.where(np.isfinite(top), top, 0)
        sums = top + np.log2(np.maximum(np.exp2(terms - top).sum(axis=1, keepdims=True), 1))
        largest = (q - sums).max(axis=0)
        # a column that is 0 on one side comes to 1 on the other
        x = np.where(np.isfinite(x), x, np.where(np.isfinite(largest), -largest, 0))
        largest = np.where(np.isfinite(largest), largest, -x)
        columns = np.rint((x - largest) / 2).astype(np.int64)
        rows = np.floor((q + columns).max(axis=1))
        return columns, np.where(np.isfinite(rows), rows, 0).astype(np.int64)


def _side(relevance: Relevance) -> tuple[CurveSide, bool]:
    """Return the better side to put on the curve, and whether it is the documents."""
    rows, columns = (relevance.indptr, relevance.indices), relevance.transposed
    documents, queries = CurveSide(rows, columns), CurveSide(columns, rows)
    on_documents = documents.cost <= queries.cost
    return (documents if on_documents else queries), on_documents


def _powers(exponents: NDArray[np.int64]) -> NDArray[Any]:
    powers: NDArray[Any] = 2 ** exponents.astype(object)
    return powers


def _log2(integers: NDArray[Any]) -> NDArray[np.float64]:
    """Return log2 |a|, -inf for 0, whatever the size of the integers."""
    of_one = np.frompyfunc(lambda a: math.log2(abs(a)) if a else -math.inf, 1, 1)
    return np.asarray(of_one(integers), dtype=np.float64)


def _rounded(
    integers: NDArray[Any], exponents: NDArray[np.int64], stored: np.dtype[Any]
) -> tuple[NDArray[Any], bool]:
    """Return integers times 2^exponents in the stored type, and whether none was rounded."""
    values, exact = np.frompyfunc(_float, 2, 2)(integers, exponents.astype(object))
    doubles = values.astype(np.float64)
    rows = doubles.astype(stored)
    return rows, bool(exact.all()) and np.array_equal(rows.astype(np.float64), doubles)


def _float(a: int, exponent: int) -> tuple[float, bool]:
    """Return a 2^exponent rounded once, and whether that is exact."""
    numerator, denominator = a << max(exponent, 0), 1 << max(-exponent, 0)
    value = numerator / denominator
    above, below = value.as_integer_ratio()
    return value, above * denominator == numerator * below
