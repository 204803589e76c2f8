"""State of a dense descent: rows that move on the sphere, dealt into groups, and the threshold."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.core import Notion, Relevance
from hrgeom.descent._dense_loss import (
    Block,
    Sums,
    blocks_of,
    document_gradient,
    extremes,
    look,
    query_gradient,
    threshold_gradient,
)
from hrgeom.descent._torch import torch
from hrgeom.errors import ShapeError

__all__ = ["Extremes", "Rows", "State", "dealt"]

_GROUPS = 8
_QUERIES_PER_GROUP = 4  # at least; very few queries are fewer groups
_QUERY_STEPS = 4  # per visit; documents step once per visit, but in every group's
_FIRST_THRESHOLD = 0.3
_WARM_UP = 50  # visits
_MOMENTUM, _SECOND, _EPS = 0.9, 0.9, 1e-6
_THRESHOLD_RATE, _THRESHOLD_SECOND = 0.1, 0.99


class Rows(Protocol):
    """What has rows for queries and documents."""

    @property
    def queries(self) -> NDArray[Any]:
        """Rows of the queries, shape (n_queries, d)."""

    @property
    def documents(self) -> NDArray[Any]:
        """Rows of the documents, shape (n_documents, d)."""


@dataclass(frozen=True)
class Extremes:
    """What limits the margin of a state.

    Attributes
    ----------
    low, high : float
        Worst match and best other document of all; inf and -inf where there is none.
    row : float
        Least half gap of a query that has both; inf where none has.
    rows_wrong : int
        Queries without a threshold of their own.
    """

    low: float
    high: float
    row: float
    rows_wrong: int

    @property
    def threshold(self) -> float:
        """Middle of the gap, or a threshold on the right side of all there is."""
        low = self.low if math.isfinite(self.low) else self.high + 2
        high = self.high if math.isfinite(self.high) else low - 2
        return (low + high) / 2

    def margin(self, notion: Notion) -> float:
        """Return the half gap of a notion, inf where nothing limits it."""
        return self.row if notion == "row" else (self.low - self.high) / 2


class State:
    """Rows, their moments and the threshold, on the device; queries group after group.

    Parameters
    ----------
    relevance : Relevance
    dim : int
    notion : {"global", "row"}
    seed : int
    start : Rows or None
    device : str
    tile_bytes : int
        Most bytes of a tile of scores.
    """

    def __init__(
        self,
        relevance: Relevance,
        dim: int,
        *,
        notion: Notion,
        seed: int,
        start: Rows | None,
        device: str,
        tile_bytes: int,
    ) -> None:
        self.notion, self.device = notion, device
        self._rng = np.random.default_rng(seed)
        queries, documents = _first_rows(relevance, dim, self._rng, start)
        n_groups = min(_GROUPS, -(-relevance.n_queries // _QUERIES_PER_GROUP))
        self._order, bounds = dealt(relevance, n_groups, self._rng)
        self._groups = blocks_of(
            relevance, self._order, bounds, dim=dim, tile_bytes=tile_bytes, device=device
        )
        self._queries = _Moving(queries[self._order], device)
        self._documents = _Moving(documents, device)
        self._threshold = torch.tensor(_FIRST_THRESHOLD, device=device)
        self._threshold_moments = torch.zeros(2, device=device)
        self._visits = 0

    def epoch(self, temperature: float, rate: float) -> None:
        """Visit every group once, in an order of its own."""
        for group in self._rng.permutation(len(self._groups)).tolist():
            self._visits += 1
            warm = min(1.0, self._visits / _WARM_UP)
            self._visit(self._groups[group], temperature, rate * warm)

    def _visit(self, group: list[Block], temperature: float, rate: float) -> None:
        documents = self._documents.rows
        by_document = torch.zeros_like(documents)
        by_threshold = torch.zeros_like(self._threshold)
        for block in group:
            for _ in range(_QUERY_STEPS):
                self._step_queries(block, temperature, 2 * rate)
            queries = block.of_queries(self._queries.rows)
            sums, _, _ = look(block, queries, documents, temperature, weighted=False)
            threshold = self._thresholds(sums)
            document_gradient(block, queries, documents, sums, threshold, by_document)
            by_threshold += threshold_gradient(sums, threshold).sum()
        self._documents.step(slice(None), by_document, rate)
        if self.notion == "global":
            self._step_threshold(by_threshold / (group[-1].stop - group[0].start), rate)

    def _thresholds(self, sums: Sums) -> torch.Tensor:
        if self.notion == "row":
            return sums.best_threshold()
        return self._threshold.expand_as(sums.low)

    def _step_queries(self, block: Block, temperature: float, rate: float) -> None:
        queries = block.of_queries(self._queries.rows)
        sums, of_matches, of_others = look(
            block, queries, self._documents.rows, temperature, weighted=True
        )
        # The best threshold of a row moves with the row, but there the loss is flat in it.
        gradient = query_gradient(sums, self._thresholds(sums), of_matches, of_others)
        self._queries.step(slice(block.start, block.stop), gradient, rate)

    def _step_threshold(self, gradient: torch.Tensor, rate: float) -> None:
        first, second = self._threshold_moments
        first.lerp_(gradient, 1 - _MOMENTUM)
        second.lerp_(gradient * gradient, 1 - _THRESHOLD_SECOND)
        self._threshold = self._threshold - _THRESHOLD_RATE * rate * first / (second.sqrt() + 1e-12)

    def rows(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return copies of the rows, queries in the order of the relevance."""
        moved = self._queries.numpy()
        queries = np.empty_like(moved)
        queries[self._order] = moved
        return queries, self._documents.numpy()

    def extremes(self) -> Extremes:
        """Look at all pairs, in float32."""
        low, high, row, wrong = math.inf, -math.inf, math.inf, 0
        for block in (block for group in self._groups for block in group):
            queries = block.of_queries(self._queries.rows)
            worst, best = extremes(block, queries, self._documents.rows)
            has_match, has_other = block.counts > 0, block.counts < block.n_documents
            gaps = (worst - best)[has_match & has_other]
            low = _least(low, worst[has_match])
            high = -_least(-high, -best[has_other])
            row = _least(row, gaps / 2)
            wrong += int((~(gaps > 0)).sum())
        return Extremes(low, high, row, wrong)


def _least(so_far: float, values: torch.Tensor) -> float:
    # What is not a number is wrong, never ignored.
    least = float(values.nan_to_num(nan=-math.inf).min()) if len(values) else math.inf
    return min(so_far, least)


class _Moving:
    """Unit rows with their moments; a step is one of Adam on the sphere."""

    def __init__(self, rows: NDArray[np.float32], device: str) -> None:
        self.rows = torch.from_numpy(rows).to(device)
        self._first = torch.zeros_like(self.rows)
        # One per row, the mean square length of its gradient: a step turns with the sphere.
        self._second = self.rows.new_zeros((len(rows), 1))

    def step(self, part: slice, gradient: torch.Tensor, rate: float) -> None:
        """Move some rows by at most about `rate`, against a gradient, which is overwritten."""
        rows, first, second = self.rows[part], self._first[part], self._second[part]
        gradient -= (gradient * rows).sum(1, keepdim=True) * rows  # the sphere's tangent
        first.lerp_(gradient, 1 - _MOMENTUM)
        second.lerp_(gradient.square().sum(1, keepdim=True), 1 - _SECOND)
        rows.addcdiv_(first, second.sqrt() + _EPS, value=-rate)
        rows /= rows.norm(dim=1, keepdim=True)

    def numpy(self) -> NDArray[np.float32]:
        """Return a copy of the rows, of unit length wherever an interrupted step left them."""
        rows: NDArray[np.float32] = _unit(self.rows.cpu().numpy())
        return rows


def _unit(rows: NDArray[Any]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float32] = (rows / np.maximum(lengths, 1e-30)).astype(np.float32)
    return unit


def dealt(
    relevance: Relevance, n_groups: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], list[int]]:
    """Return the queries group after group, and the bounds of the groups.

    Neighbors in depth-first order, which match nearly the same documents, go into different groups,
    and within a group the queries are in depth-first order.
    """
    order = _depth_first(relevance)
    n_rounds = -(-len(order) // n_groups)
    group = rng.permuted(np.tile(np.arange(n_groups), (n_rounds, 1)), axis=1).ravel()[: len(order)]
    sizes = np.bincount(group, minlength=n_groups)
    bounds = np.concatenate(([0], np.cumsum(sizes[sizes > 0])))
    return order[np.argsort(group, kind="stable")], bounds.tolist()


def _depth_first(relevance: Relevance) -> NDArray[np.int64]:
    """Return the queries sorted by what they match, the most matched documents first."""
    rank = np.empty(relevance.n_documents, dtype=np.int64)
    rank[np.argsort(-relevance.n_queries_of, kind="stable")] = np.arange(relevance.n_documents)
    ranks, rows = rank[relevance.indices], csr.row_numbers(relevance.indptr)
    # Big-endian, so that bytes compare as the numbers do, and a shorter row before a longer one.
    text = ranks[np.lexsort((ranks, rows))].astype(">u4").tobytes()
    ends = (4 * relevance.indptr).tolist()
    keys = [text[a:b] for a, b in pairwise(ends)]
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)


def _first_rows(
    relevance: Relevance, dim: int, rng: np.random.Generator, start: Rows | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return unit rows to begin with: those of `start`, or random ones."""
    sizes = (relevance.n_queries, dim), (relevance.n_documents, dim)
    if start is not None:
        if (start.queries.shape, start.documents.shape) != sizes:
            raise ShapeError(
                f"the start must have rows of shapes {sizes[0]} and {sizes[1]}: "
                f"got {start.queries.shape} and {start.documents.shape}"
            )
        return _unit(start.queries.astype(np.float32)), _unit(start.documents.astype(np.float32))
    documents = _unit(rng.standard_normal(sizes[1], dtype=np.float32))
    queries = rng.standard_normal(sizes[0], dtype=np.float32)
    some = np.flatnonzero(relevance.n_matches)
    if len(some):
        queries[some] = _sums(documents, relevance, some)
    return _unit(queries), documents


def _sums(
    documents: NDArray[np.float32], relevance: Relevance, queries: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the sum of the matches of each query, which must have some."""
    from scipy import sparse

    ones = np.ones(relevance.n_pairs, dtype=np.float32)
    shape = (relevance.n_queries, relevance.n_documents)
    matrix: Any = sparse.csr_array((ones, relevance.indices, relevance.indptr), shape=shape)
    sums: NDArray[np.float32] = (matrix @ documents)[queries]
    return sums
