"""A look over all pairs: the worst match of every query and its hardest non-matches.

Rows of whole numbers that fit into bytes are looked at by the sweep of the descent, whose integer
scores are exact; others in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom._base.blocks import score_blocks
from hrgeom._native.library import descent_library
from hrgeom.core import Relevance
from hrgeom.descent._passes import MOST_IN_BYTES, Bytes

__all__ = ["Look", "are_bytes", "in_ranges", "look"]

Rows = NDArray[np.float32]
_PRODUCTS_AT_A_TIME = 2**24
_RANGE = 96 * 64  # queries that a thread takes at a time
_FAR = 2**30  # beyond every difference of scores, and within 32 bits


@dataclass(frozen=True, eq=False)
class Look:
    """What a look over all pairs saw.

    Attributes
    ----------
    worst : ndarray of float32, shape (n,)
        Least score of a match of every query, inf without a match.
    best : ndarray of float32, shape (n,)
        Greatest score of a non-match above the query's cut, -inf where none is.
    queries, documents : ndarray of int32, shape (k,)
        The hardest non-matches, by query and then by document.
    scores : ndarray of float32, shape (k,)
        Their scores.
    match_scores : ndarray of float32, shape (n_pairs,)
        The scores of all matches.
    """

    worst: NDArray[np.float32]
    best: NDArray[np.float32]
    queries: NDArray[np.int32]
    documents: NDArray[np.int32]
    scores: NDArray[np.float32]
    match_scores: NDArray[np.float32]

    @property
    def rows_wrong(self) -> int:
        """Queries with a match that scores no more than a non-match."""
        return int(np.count_nonzero(self.worst <= self.best))


class _Found(NamedTuple):
    """Lists (n, most) of every query's hardest non-matches, ascending, filled up to `counts`."""

    counts: NDArray[np.int32]
    items: NDArray[np.int32]
    scores: NDArray[np.float32]


def are_bytes(rows: Rows) -> bool:
    """Return whether rows hold whole numbers that a look takes in bytes."""
    return bool((np.abs(rows) <= MOST_IN_BYTES).all() and (rows == np.rint(rows)).all())


def look(
    relevance: Relevance,
    queries: Rows,
    documents: Rows,
    cut: NDArray[np.float32],
    most: int,
    threads: int,
    *,
    in_bytes: bool = False,
) -> Look:
    """Return the worst matches, and the non-matches with scores above the cuts.

    Parameters
    ----------
    relevance : Relevance
        Which documents each query matches.
    queries, documents : ndarray of float32, shapes (n, d) and (m, d)
        Rows. Scores of integers are exact below 2**24.
    cut : ndarray of float32, shape (n,)
        Non-matches that score no more are not looked for.
    most : int
        So many of a query's non-matches are listed at most, the hardest.
    threads : int
        Threads of the C kernel; what is found does not depend on it.
    in_bytes : bool
        Rows are whole numbers, as `are_bytes` tells: several times faster in C.

    Returns
    -------
    seen : Look
        Observed in float32, not certified.

    Examples
    --------
    >>> r = Relevance.from_sets([{0}], n_documents=3)
    >>> rows = np.array([[1.0], [0.5], [-1.0]], dtype=np.float32)
    >>> seen = look(r, rows[:1], rows, np.zeros(1, dtype=np.float32), 2, 1)
    >>> seen.worst.tolist(), seen.documents.tolist(), seen.scores.tolist()
    ([1.0], [1], [0.5])
    """
    worst = np.full(len(queries), np.inf, dtype=np.float32)
    some = np.flatnonzero(relevance.n_matches)
    scores = _match_scores(relevance, queries, documents)
    if len(some):
        worst[some] = np.minimum.reduceat(scores, relevance.indptr[some])
    most = min(most, relevance.n_documents)
    search: Any = _search_numpy
    if descent_library() is not None:
        search = _search_bytes if in_bytes else _search_native
    found: _Found = search(relevance, queries, documents, cut, most, threads)
    is_listed = np.arange(most) < found.counts[:, None]
    best = np.where(is_listed, found.scores, -np.inf).max(axis=1, initial=-np.inf)
    rows = np.repeat(np.arange(len(queries), dtype=np.int32), found.counts)
    return Look(worst, best, rows, found.items[is_listed], found.scores[is_listed], scores)


def _match_scores(relevance: Relevance, queries: Rows, documents: Rows) -> NDArray[np.float32]:
    """Return the score of every match, in the order of the relevance's indices."""
    rows = csr.row_numbers(relevance.indptr)
    out = np.empty(len(rows), dtype=np.float32)
    step = max(1, _PRODUCTS_AT_A_TIME // queries.shape[1])
    for start in range(0, len(out), step):
        part = slice(start, start + step)
        left, right = queries[rows[part]], documents[relevance.indices[part]]
        out[part] = np.einsum("ij,ij->i", left, right)
    return out


def in_ranges(work: Callable[[int, int], Any], n_rows: int, size: int, threads: int) -> None:
    """Call ``work(first, last)`` for ranges that cover the rows, some at a time."""
    starts = range(0, n_rows, size)
    if threads == 1 or len(starts) == 1:
        for start in starts:
            work(start, min(start + size, n_rows))
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda start: work(start, min(start + size, n_rows)), starts))


def _search_bytes(
    relevance: Relevance,
    queries: Rows,
    documents: Rows,
    cut: NDArray[np.float32],
    most: int,
    threads: int,
) -> _Found:
    library: Any = descent_library()
    n, m = len(queries), relevance.n_documents
    rows = Bytes.exactly(queries, documents, library.PANEL)
    # Above a number means above the whole number that is not more.
    cuts = np.floor(cut.astype(np.float64)).clip(-_FAR, _FAR).astype(np.int32)
    counts, items = np.empty(n, dtype=np.int32), np.zeros((n, most), dtype=np.int32)
    whole, scores = np.zeros((n, most), dtype=np.int32), np.zeros((n, most), dtype=np.float32)
    arrays = (
        rows.queries, rows.panels, relevance.indptr, relevance.indices, cuts, counts, items, whole,
    )  # fmt: skip

    def work(first: int, last: int) -> None:
        library.list_hardest(
            library.kernels()[-1], first, last, n, m, rows.queries.shape[1], most, _FAR, arrays
        )
        part = slice(first, last)
        items[part], scores[part] = _in_order(counts[part], items[part], whole[part])

    in_ranges(work, n, _RANGE, threads)
    return _Found(counts, items, scores)


def _in_order(
    counts: NDArray[np.int32], items: NDArray[np.int32], scores: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return lists by ascending item: both numbers in one, so that one sort moves them."""
    both = (items.astype(np.int64) << 32) + (scores.astype(np.int64) + 2**31)
    both[np.arange(items.shape[1]) >= counts[:, None]] = np.iinfo(np.int64).max
    both.sort(axis=1)
    in_order = (both & 0xFFFFFFFF) - 2**31
    return (both >> 32).astype(np.int32), in_order.astype(np.float32)


def _search_native(
    relevance: Relevance,
    queries: Rows,
    documents: Rows,
    cut: NDArray[np.float32],
    most: int,
    threads: int,
) -> _Found:
    library: Any = descent_library()
    n, dim = queries.shape
    panels = library.pack_rows(relevance.n_documents, dim, np.ascontiguousarray(documents))
    rows = np.ascontiguousarray(queries)
    cut = np.array(cut, dtype=np.float32)
    counts = np.empty(n, dtype=np.int32)
    items, scores = np.zeros((n, most), dtype=np.int32), np.zeros((n, most), dtype=np.float32)

    def work(first: int, last: int) -> None:
        library.hardest_rows(
            relevance.n_documents, dim, most, first, last, rows, panels,
            relevance.indptr, relevance.indices, cut, counts, items, scores,
        )  # fmt: skip

    in_ranges(work, n, _RANGE, threads)
    return _Found(counts, items, scores)


def _search_numpy(
    relevance: Relevance,
    queries: Rows,
    documents: Rows,
    cut: NDArray[np.float32],
    most: int,
    threads: int,
) -> _Found:
    del threads  # the matrix product has its own
    n = len(queries)
    counts, items = np.zeros(n, dtype=np.int32), np.zeros((n, most), dtype=np.int32)
    found_scores = np.zeros((n, most), dtype=np.float32)
    for block in score_blocks(queries, documents):
        for q, scores in block.rows():
            scores[relevance.matches(q)] = -np.inf
            found = np.flatnonzero(scores > cut[q])
            if len(found) > most:
                found = np.sort(found[np.argsort(-scores[found], kind="stable")[:most]])
            counts[q] = len(found)
            items[q, : len(found)] = found
            found_scores[q, : len(found)] = scores[found]
    return _Found(counts, items, found_scores)
