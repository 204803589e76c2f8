"""Active pairs of both sides: every match, and the non-matches that were hard in recent looks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Relevance

__all__ = ["ActivePairs", "Lists"]


_MOST_IMPORTANT = 4096.0
_GROWTH, _DECAY = 2.0, 0.75


@dataclass(frozen=True, eq=False)
class Lists:
    """The pairs of one side in CSR form: the items of every row, its matches first.

    `importance` holds what the loss of every listed pair is multiplied by, or nothing for 1.
    """

    start: NDArray[np.int64]
    items: NDArray[np.int32]
    n_matches: NDArray[np.int32]
    importance: NDArray[np.float32]


def _is_new(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which of sorted keys differ from the one before."""
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    return first


def _lists(
    rows: NDArray[np.int32],
    items: NDArray[np.int32],
    n_matches: int,
    n_rows: int,
    importance: NDArray[np.float32],
) -> Lists:
    """Return the lists of pairs of which the first `n_matches` match."""
    order = np.argsort(rows, kind="stable")
    return Lists(
        csr.indptr_from_counts(np.bincount(rows, minlength=n_rows).astype(np.int64)),
        items[order].astype(np.int32),
        np.bincount(rows[:n_matches], minlength=n_rows).astype(np.int32),
        importance[order] if len(importance) else importance,
    )


@dataclass
class ActivePairs:
    """Matches, and non-matches that some of the last looks found hard.

    What a look no longer finds hard comes back as soon as nothing holds it. Kept for a few looks,
    it is no longer lost and found in turn. Pairs that stay wrong from look to look grow more
    important, so that the many pairs that are right cannot hold them where they are.
    """

    relevance: Relevance
    looks_kept: int = 3
    keys: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    ages: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    important: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    importance: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, dtype=np.float32))

    def add(self, queries: NDArray[np.integer], documents: NDArray[np.integer]) -> None:
        """Take in the non-matches of a new look, and drop those seen last long ago."""
        # One sort by key and then by age, in one number.
        kept = self.looks_kept
        aged = self._keys(queries, documents) * kept, self.keys[self.ages + 1 < kept] * kept
        ages = self.ages[self.ages + 1 < kept] + 1
        keys, ages = np.divmod(np.sort(np.concatenate((aged[0], aged[1] + ages))), kept)
        first = _is_new(keys)
        self.keys, self.ages = keys[first], ages[first]

    def weigh(self, queries: NDArray[np.integer], documents: NDArray[np.integer]) -> None:
        """Make these pairs, which are wrong, more important; others become less so again."""
        wrong = np.sort(self._keys(queries, documents))
        keys = np.sort(np.concatenate((self.important, wrong)))
        keys = keys[_is_new(keys)]
        importance = np.ones(len(keys), dtype=np.float32)
        importance[np.searchsorted(keys, self.important)] = self.importance
        factor = np.full(len(keys), _DECAY)
        factor[np.searchsorted(keys, wrong)] = _GROWTH
        importance = np.clip(importance * factor, 1, _MOST_IMPORTANT).astype(np.float32)
        self.important, self.importance = keys[importance > 1], importance[importance > 1]

    def sides(self) -> tuple[Lists, Lists]:
        """Return the lists of the queries and those of the documents."""
        r = self.relevance
        others = np.divmod(self.keys, r.n_documents)
        queries = np.concatenate((csr.row_numbers(r.indptr), others[0].astype(np.int32)))
        documents = np.concatenate((r.indices, others[1].astype(np.int32)))
        weights = self._weights(queries, documents)
        return (
            _lists(queries, documents, r.n_pairs, r.n_queries, weights),
            _lists(documents, queries, r.n_pairs, r.n_documents, weights),
        )

    def _keys(
        self, queries: NDArray[np.integer], documents: NDArray[np.integer]
    ) -> NDArray[np.int64]:
        return queries.astype(np.int64) * self.relevance.n_documents + documents

    def _weights(
        self, queries: NDArray[np.int32], documents: NDArray[np.int32]
    ) -> NDArray[np.float32]:
        if not len(self.important):
            return np.zeros(0, dtype=np.float32)
        keys = self._keys(queries, documents)
        at = np.minimum(np.searchsorted(self.important, keys), len(self.important) - 1)
        return np.where(self.important[at] == keys, self.importance[at], np.float32(1))
