"""All subsets of k documents, simplices and the moment curve as published, for claims on them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.claims._claim import Evidence
from hrgeom.claims._evidence import shown
from hrgeom.claims._instances import is_match, unit
from hrgeom.core import Relevance

__all__ = [
    "at_most_k",
    "curve_recall",
    "differ",
    "exactly_k",
    "full_gap",
    "log_binomial",
    "mean_queries",
    "n_ranked",
    "simplex",
]


def exactly_k(m: int, k: int) -> Relevance:
    """Return the relevance with a query for every set of k of m documents."""
    return Relevance.from_sets([set(c) for c in combinations(range(m), k)], m)


def at_most_k(m: int, k: int) -> Relevance:
    """Return the relevance with a query for every set of 1 to k of m documents."""
    sizes = range(1, k + 1)
    return Relevance.from_sets([set(c) for s in sizes for c in combinations(range(m), s)], m)


def simplex(m: int) -> NDArray[np.float64]:
    """Return the regular simplex: m unit rows in m - 1 dimensions, products -1/(m - 1).

    Helmert's basis of the vectors that sum to 0: column j is j ones, -j and zeros, scaled.
    """
    basis = np.triu(np.ones((m, m - 1)))
    basis[np.arange(1, m), np.arange(m - 1)] = -np.arange(1, m)
    return unit(basis / np.linalg.norm(basis, axis=0))


def mean_queries(relevance: Relevance, documents: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for every query the sum over S(q), scaled to unit length."""
    return unit(is_match(relevance) @ documents)


def full_gap(
    relevance: Relevance, queries: NDArray[np.float64], documents: NDArray[np.float64]
) -> float:
    """Return the least of all queries' worst match minus best non-match, in floating point."""
    scores, matches = queries @ documents.T, is_match(relevance)
    worst = np.where(matches, scores, np.inf).min(axis=1)
    best = np.where(matches, -np.inf, scores).max(axis=1)
    return float((worst - best).min())


def log_binomial(n: int, k: int) -> float:
    """Return ln C(n, k), from the whole number, which is exact however large."""
    return math.log(math.comb(n, k))


def curve_recall(sets: Iterable[Iterable[int]], m: int, dtype: Any) -> float:
    """Return the recall at |S| of the moment curve as published, t = 0, ..., m - 1, in floats.

    Documents (t, ..., t^2s), queries the coefficients of minus the product of (t - t_j)^2. Entries
    are rounded once; products are added up column by column, so that every machine does the same.
    A match that does not score above all other documents is missed.
    """
    rows = [tuple(s) for s in sets]
    degree = 2 * max(len(s) for s in rows)
    powers = [np.array([float(t**i) for t in range(m)], dtype=dtype) for i in range(1, degree + 1)]
    found = total = 0
    for s in rows:
        coefficients = [1]
        for root in (*s, *s):
            shifted = [0, *coefficients]
            coefficients = [a - root * b for a, b in zip(shifted, [*coefficients, 0], strict=True)]
        scores = np.zeros(m, dtype=dtype)
        for i, c in enumerate(coefficients[1:]):
            scores += dtype(-float(c)) * powers[i]
        others = np.delete(scores, s)
        found += int((scores[list(s)] > others.max()).sum())
        total += len(s)
    return found / total


def differ(what: str, stated: float, computed: float, unit_of_last: float) -> Evidence:
    """Return the evidence that a value computed does not round to the value printed."""
    holds = abs(stated - computed) > unit_of_last / 2
    return Evidence(what, shown(stated), shown(computed), holds, "not the same to the last digit")


def n_ranked(relevance: Relevance, queries: Any, documents: Any) -> int:
    """Return how many queries rank all their matches above all others, in exact numbers."""
    scores = queries @ documents.T
    right = 0
    for q in range(relevance.n_queries):
        matches = relevance.matches(q)
        others = np.delete(scores[q], matches)
        right += len(others) == 0 or min(scores[q, matches]) > max(others)
    return right
