"""Recall of the tables for chosen queries, during training and in the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.blocks import block_ranges
from hrgeom.learned._graded import Graded
from hrgeom.learned._tables import DualTables
from hrgeom.learned._torch import torch

__all__ = ["Recall", "recall"]


@dataclass(frozen=True, eq=False)
class Recall:
    """Recall of some queries: the share of S(q) in the top |S(q)| of all documents.

    A match that ties with the best document outside the top does not count.

    Attributes
    ----------
    by_distance : ndarray of float64, shape (n_distances,)
        Recall of the pairs of each distance, from 0 to 1; NaN where there is none.
    n_pairs : ndarray of int64, shape (n_distances,)
        Number of pairs of each distance.
    failing : ndarray of int64, shape (k,)
        Numbers of the queries whose S(q) is not retrieved in full.
    n_queries : int
        Number of queries.
    """

    by_distance: NDArray[np.float64]
    n_pairs: NDArray[np.int64]
    failing: NDArray[np.int64]
    n_queries: int

    @property
    def pairs(self) -> float:
        """Recall over the pairs of all distances."""
        seen = self.n_pairs > 0
        return float(self.by_distance[seen] @ self.n_pairs[seen] / self.n_pairs.sum())

    @property
    def exact(self) -> float:
        """Share of the queries whose S(q) is retrieved in full."""
        return 1 - len(self.failing) / self.n_queries

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form, with recall in per cent."""
        return {
            "pairs": round(100 * self.pairs, 3),
            "exact": round(100 * self.exact, 3),
            "by_distance": [
                None if np.isnan(r) else round(100 * r, 3) for r in self.by_distance.tolist()
            ],
            "n_pairs": self.n_pairs.tolist(),
            "n_queries": self.n_queries,
        }


def recall(
    tables: DualTables,
    hierarchy: Graded,
    numbers: NDArray[np.int64],
    *,
    counted: NDArray[np.bool_] | None = None,
) -> Recall:
    """Return the recall of some queries, observed in float32.

    Parameters
    ----------
    tables : DualTables
        Query and document vectors.
    hierarchy : Hierarchy or GradedRelevance
        Matches with distances.
    numbers : ndarray of int64, shape (k,)
        Numbers of the queries, at least one.
    counted : ndarray of bool, shape (n_pairs,), optional
        Pairs to count, such as those held out. Default: all. `failing` always counts all pairs.

    Returns
    -------
    recall : Recall
        By distance and over all pairs.
    """
    queries, documents = tables
    reduction = _Counts(hierarchy, counted)
    for at in block_ranges(len(numbers), documents.element_size() * len(documents)):
        block = numbers[at]
        chosen = torch.as_tensor(block, device=queries.device)
        reduction.add(block, queries[chosen] @ documents.T)
    return reduction.result()


class _Counts:
    """Recall as a reduction over blocks of scores, which stay on their device."""

    def __init__(self, hierarchy: Graded, counted: NDArray[np.bool_] | None) -> None:
        self._hierarchy = hierarchy
        self._counted = counted
        n_distances = int(hierarchy.distances.max()) + 1
        self._hits = np.zeros(n_distances, dtype=np.int64)
        self._total = np.zeros(n_distances, dtype=np.int64)
        self._failing: list[NDArray[np.int64]] = []
        self._n_queries = 0

    def add(self, numbers: NDArray[np.int64], scores: torch.Tensor) -> None:
        """Count the pairs of some queries, by their scores of all documents."""
        relevance, n_distances = self._hierarchy.relevance, len(self._total)
        entries, starts = csr.entries_of(relevance.indptr, numbers)
        rows = csr.row_numbers(starts)
        found = _in_top(scores, np.diff(starts), rows, relevance.indices[entries])
        self._failing.append(numbers[np.bincount(rows[~found], minlength=len(numbers)) > 0])
        kept = np.ones(len(entries), dtype=np.bool_)
        if self._counted is not None:
            kept = self._counted[entries]
        away = self._hierarchy.distances[entries]
        self._total += np.bincount(away[kept], minlength=n_distances)
        self._hits += np.bincount(away[kept & found], minlength=n_distances)
        self._n_queries += len(numbers)

    def result(self) -> Recall:
        """Return the recall over all queries so far."""
        with np.errstate(invalid="ignore"):
            shares = self._hits / self._total
        return Recall(shares, self._total, np.concatenate(self._failing), self._n_queries)


def _in_top(
    scores: torch.Tensor,
    sizes: NDArray[np.int64],
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Return whether each (row, column) is among the `sizes[row]` highest of its row, no ties."""
    m = scores.shape[1]
    best = torch.topk(scores, min(int(sizes.max()) + 1, m), dim=1).values.cpu().numpy()
    cuts = np.full(len(sizes), -np.inf, dtype=np.float32)  # for queries that match everything
    some = np.flatnonzero(sizes < m)
    cuts[some] = best[some, sizes[some]]
    at = (torch.as_tensor(index, device=scores.device).long() for index in (rows, columns))
    return np.asarray(scores[tuple(at)].cpu().numpy() > cuts[rows])
