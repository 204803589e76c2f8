"""A threshold for each query, for the row notion: hints to the program, which trusts none."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from hrgeom._recheck._exact import numbers
from hrgeom.core import DualEmbedding, Relevance, Scale

__all__ = ["row_thresholds"]

_MOST_SCORES = 2**23  # at a time
_ROUNDINGS = 4.0  # of each term, generously

_Floats = NDArray[np.float64]


def row_thresholds(embedding: DualEmbedding, relevance: Relevance) -> _Floats:
    """Return a number between the worst match and the best other document of each query.

    Scores are rounded; where the two come close, those that may be the worst or the best are
    computed again without rounding. Where no float64 lies between, or none should, any is returned.

    Parameters
    ----------
    embedding : DualEmbedding
        n queries and m documents.
    relevance : Relevance
        Which documents each query matches.

    Returns
    -------
    thresholds : ndarray of float64, shape (n,)
    """
    n, m = embedding.n_queries, embedding.n_documents
    documents = _scaled(embedding.documents, embedding.document_scale)
    lengths = np.linalg.norm(documents, axis=1).max(initial=0.0)
    thresholds = np.zeros(n)
    step = max(1, _MOST_SCORES // max(m, 1))
    for start in range(0, n, step):
        stop = min(start + step, n)
        scale = embedding.query_scale
        queries = _scaled(
            embedding.queries[start:stop], scale if isinstance(scale, float) else scale[start:stop]
        )
        scores = queries @ documents.T
        unit = np.finfo(np.float64).eps * _ROUNDINGS * (embedding.dim + 2)
        errors = unit * np.linalg.norm(queries, axis=1) * lengths
        for i in range(start, stop):
            at = i - start
            match = np.zeros(m, dtype=bool)
            match[relevance.matches(i)] = True
            thresholds[i] = _threshold(embedding, i, scores[at], match, float(errors[at]))
    return thresholds


def _threshold(
    embedding: DualEmbedding, query: int, scores: _Floats, match: NDArray[np.bool_], error: float
) -> float:
    worst = float(scores[match].min(initial=np.inf))
    best = float(scores[~match].max(initial=-np.inf))
    if best == -np.inf or worst == np.inf:
        return _beyond(worst, best, error)
    if worst - best > 4 * error:
        return (worst + best) / 2
    low = np.flatnonzero(match & (scores <= worst + 2 * error))
    high = np.flatnonzero(~match & (scores >= best - 2 * error))
    least = min(_exact(embedding, query, int(v)) for v in low)
    most = max(_exact(embedding, query, int(v)) for v in high)
    return _between(most, least)


def _beyond(worst: float, best: float, error: float) -> float:
    """Return a number below all matches, or above all other documents, where one side is empty."""
    if worst < np.inf:
        return worst - abs(worst) - 1.0 - 2 * error
    return best + abs(best) + 1.0 + 2 * error if best > -np.inf else 0.0


def _between(low: Fraction, high: Fraction) -> float:
    """Return a float64 strictly between two numbers, if one is found near their middle."""
    middle = float((low + high) / 2)
    near = (middle, np.nextafter(middle, np.inf), np.nextafter(middle, -np.inf))
    return next((float(x) for x in near if low < Fraction(float(x)) < high), middle)


def _exact(embedding: DualEmbedding, query: int, document: int) -> Fraction:
    """Return the exact score of a pair."""
    (q,) = numbers(embedding.queries[query : query + 1])
    (v,) = numbers(embedding.documents[document : document + 1])
    total = sum((Fraction(x) * Fraction(y) for x, y in zip(q, v, strict=True)), Fraction(0))
    scales = (embedding.query_scale, query), (embedding.document_scale, document)
    for scale, number in scales:
        total *= Fraction(scale if isinstance(scale, float) else float(scale[number]))
    return total


def _scaled(rows: NDArray[np.generic], scale: Scale) -> _Floats:
    factor = scale if isinstance(scale, float) else np.asarray(scale, dtype=np.float64)[:, None]
    scaled: _Floats = rows.astype(np.float64) * factor
    return scaled
