"""Distinct sets S(q) and D(v), and the sizes of which all sets occur."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hrgeom.bounds._problem import BoundsProblem
from hrgeom.core import distinct_rows

__all__ = ["complete_sizes", "n_distinct", "numbered_sets"]


def numbered_sets(problem: BoundsProblem) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a number for every S(q) and one for every D(v), equal for equal sets, from 0 on."""
    r = problem.relevance
    of_queries, _ = distinct_rows(r.indptr, r.indices, r.n_documents)
    of_documents, _ = distinct_rows(*r.transposed, r.n_queries)
    return of_queries, of_documents


def n_distinct(problem: BoundsProblem) -> tuple[int, int]:
    """Return how many different S(q) and how many different D(v) there are."""
    of_queries, of_documents = problem.cached(numbered_sets)
    return int(of_queries.max()) + 1, int(of_documents.max()) + 1


def complete_sizes(problem: BoundsProblem) -> frozenset[int]:
    """Return the k > 0 for which every set of k documents is some S(q)."""
    r = problem.relevance
    if not _all_sets_of(r.n_documents, r.n_matches):  # too few queries, equal ones counted twice
        return frozenset()
    first = np.unique(problem.cached(numbered_sets)[0], return_index=True)[1]
    return _all_sets_of(r.n_documents, r.n_matches[first])


def _all_sets_of(m: int, sizes: NDArray[np.int64]) -> frozenset[int]:
    """Return the k > 0 of which there are at least as many as sets of k of m documents."""
    found, counts = np.unique(sizes, return_counts=True)
    pairs = zip(found.tolist(), counts.tolist(), strict=True)
    return frozenset(k for k, n in pairs if k > 0 and n >= math.comb(m, k))
