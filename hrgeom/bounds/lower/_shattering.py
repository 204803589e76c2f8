"""Search for large shattered or halved sets: items of which rows hold many subsets.

Rows split a set T of items into what they hold and what they do not. Two rules say which splits a
set must have:

- "all": every subset of T is held by a row, and the rest of T not;
- "halves": for every subset P other than T and the empty set, P or T without P;
- "halves and whole": that, and T or the empty set.

Each passes on from a set to its subsets, so the largest is found by adding items one by one. Rows
with the same items of T are a *cell*. Of n rows log2 n more items can be told apart, so a branch
ends where its smallest cell (or pair of opposite cells) is too small to beat the best set known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Relevance, distinct_rows, restricted

__all__ = ["Items", "Rule", "document_items", "largest", "query_items"]

Rule = Literal["all", "halves", "halves and whole"]

_MOST_PAIRS = 20_000  # of an input that is searched as a whole
_EVENLY = 256  # items that are tried besides the crossing ones


@dataclass(frozen=True)
class Items:
    """The sets that rows hold, each once, as CSR arrays over some of the items.

    `numbers` says which items these are; `complete` that no set of two or more others matters.
    """

    indptr: csr.Indptr
    indices: csr.Indices
    numbers: NDArray[np.int64]
    complete: bool

    @classmethod
    def of(
        cls,
        rows: tuple[csr.Indptr, csr.Indices],
        n_items: int,
        complete: bool,
        numbers: NDArray[np.int64],
    ) -> Items:
        """Return the items `numbers` with the distinct rows."""
        _, first = distinct_rows(*rows, n_items)
        entries, indptr = csr.entries_of(rows[0], first)
        return cls(indptr, rows[1][entries], numbers, complete)


def document_items(relevance: Relevance, *, crossing_only: bool) -> Items:
    """Return documents as items and queries as rows: all of them, or those that cross.

    Two shattered documents cross. For the other rules, `crossing_only` False, inputs of many pairs
    have the crossing documents and some others.
    """
    crossing = np.unique(relevance.crossing_pairs).astype(np.int64)
    complete = True
    if not crossing_only:
        complete = relevance.n_pairs <= _MOST_PAIRS
        crossing = _some(relevance.n_documents, crossing, whole=complete)
    rows = restricted(relevance, crossing)
    return Items.of(rows, len(crossing), complete, crossing)


def query_items(relevance: Relevance) -> Items:
    """Return queries as items and documents as rows.

    All queries if there are few pairs, else one for each set of crossing documents that some query
    matches, and some others.
    """
    complete = relevance.n_pairs <= _MOST_PAIRS
    crossing = np.unique(relevance.crossing_pairs)
    _, first = distinct_rows(*restricted(relevance, crossing), len(crossing))
    chosen = _some(relevance.n_queries, first, whole=complete)
    entries, indptr = csr.entries_of(relevance.indptr, chosen)
    rows = csr.transpose(indptr, relevance.indices[entries], relevance.n_documents)
    return Items.of(rows, len(chosen), complete, chosen)


def _some(n: int, wanted: NDArray[np.int64], *, whole: bool) -> NDArray[np.int64]:
    if whole:
        return np.arange(n)
    evenly = np.linspace(0, n - 1, min(n, _EVENLY)).astype(np.int64)
    return np.union1d(wanted, evenly)


def largest(items: Items, rule: Rule, work: int) -> tuple[tuple[int, ...], bool]:
    """Return the largest set found whose splits are those of a rule, and whether none is larger.

    `work` is the number of entries that may be looked at.
    """
    search = _Search(items, rule, work)
    n = len(items.numbers)
    if n:
        search.extend((), np.zeros(len(items.indptr) - 1, np.int64), np.arange(n), None)
    return tuple(sorted(items.numbers[list(search.best)].tolist())), search.work >= 0


class _Search:
    def __init__(self, items: Items, rule: Rule, work: int) -> None:
        self.rule, self.work = rule, work
        self.best: tuple[int, ...] = ()
        self.rows = csr.row_numbers(items.indptr)
        self.items = items.indices
        self.n_items = len(items.numbers)
        self.rows_of = csr.transpose(items.indptr, items.indices, self.n_items)

    def extend(
        self,
        chosen: tuple[int, ...],
        cell: NDArray[np.int64],
        candidates: NDArray[np.int64],
        entries: NDArray[np.int64] | None,
    ) -> None:
        """Add one of the candidates to a set; `cell` numbers the cells by bits, `entries` are those
        of candidates."""
        if len(chosen) > len(self.best):
            self.best = chosen
        n_cells = 1 << len(chosen)
        rows = self.rows if entries is None else self.rows[entries]
        items = self.items if entries is None else self.items[entries]
        self.work -= len(rows) + n_cells * len(candidates) + len(cell)
        if len(candidates) == 0 or self.work < 0:
            return
        # of each cell and candidate: how many rows hold the candidate, and how many do not
        place = np.full(self.n_items, -1, dtype=np.int64)
        place[candidates] = np.arange(len(candidates))
        n = len(candidates)
        inside = np.bincount(cell[rows] * n + place[items], minlength=n_cells * n)
        inside = inside.reshape(n_cells, n)
        outside = np.bincount(cell, minlength=n_cells)[:, None] - inside
        smallest = self._smallest(inside, outside)
        # a set of t items whose smallest cells hold c rows has at most t + log2(c) items
        most = len(chosen) + 1 + np.frexp(smallest.astype(np.float64))[1] - 1
        good = np.flatnonzero((smallest > 0) & (most > len(self.best)))
        good = good[np.argsort(-smallest[good], kind="stable")]
        following, most = candidates[good], most[good]
        for i, item in enumerate(following.tolist()):
            n_left = len(following) - i
            if min(len(chosen) + n_left, int(most[i])) <= len(self.best) or self.work < 0:
                return
            # rows that hold the item move to the upper half of the cells
            rest = following[i + 1 :]
            kept = np.zeros(self.n_items, dtype=np.bool_)
            kept[rest] = True
            indptr, holders = self.rows_of
            new = cell.copy()
            new[holders[indptr[item] : indptr[item + 1]]] += n_cells
            wanted = np.flatnonzero(kept[items])
            self.work -= len(items)
            self.extend((*chosen, item), new, rest, wanted if entries is None else entries[wanted])

    def _smallest(self, inside: NDArray[np.int64], outside: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for each candidate the rows of the smallest cell that the rule asks for."""
        if self.rule == "all":
            both: NDArray[np.int64] = np.minimum(inside.min(axis=0), outside.min(axis=0))
            return both
        pairs = outside + inside[::-1]  # a cell without the candidate, and its opposite with it
        if self.rule == "halves and whole":
            whole: NDArray[np.int64] = pairs.min(axis=0)
            return whole
        # cell 0 has none of the items, and its opposite all: not asked for, but grows into pairs
        # that are, r more items need 2^r - 1 rows there
        pairs[0] += 1
        proper: NDArray[np.int64] = pairs.min(axis=0)
        return proper
