"""The device of the GPU kernel in NumPy: the same integers, for tests on any machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker.kernels._cuda_cut import HIGHEST, LOWEST
from hrgeom.checker.kernels._cuda_interface import Numbers, Places

__all__ = ["EmulatedDevice"]

_ROW_BLOCK = 512

Digits = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _EmulatedScan:
    n_above: Numbers
    highest: Numbers
    by_part: Numbers  # the greatest scores of each part, (parts, n)

    def places(self, low: Numbers) -> Places:
        row, part = np.nonzero((self.by_part >= low).T)
        return Places(row, part)


@dataclass(frozen=True)
class EmulatedDevice:
    """Products of digits by float64, which holds them exactly below 2^53."""

    part_size: int = 16384

    def put(self, planes: NDArray[np.int8]) -> Digits:
        return planes.astype(np.float64)

    def scan(self, queries: Digits, documents: Digits, cut: Numbers) -> _EmulatedScan:
        n, m = queries.shape[1], documents.shape[1]
        n_above = np.zeros(n, dtype=np.int64)
        by_part = np.full((-(-m // self.part_size), n), LOWEST)
        for part in range(len(by_part)):
            for start in range(0, n, _ROW_BLOCK):
                at = slice(start, start + _ROW_BLOCK)
                scores = self._part_scores(queries[:, at], documents, part)
                above = scores > cut[at, None]
                n_above[at] += above.sum(axis=1)
                by_part[part, at] = np.where(above, LOWEST, scores).max(axis=1)
        return _EmulatedScan(n_above, by_part.max(axis=0), by_part)

    def pair_scores(
        self, queries: Digits, documents: Digits, row: Numbers, document: Numbers
    ) -> Numbers:
        q, x = queries[:, row], documents[:, document]
        return _combined(q, x, lambda a, b: np.einsum("ij,ij->i", a, b))

    def hits(
        self, queries: Digits, documents: Digits, places: Places, low: Numbers, cut: Numbers
    ) -> tuple[Numbers, Numbers]:
        found = self._hits(queries, documents, places, low, cut)
        n_hits = np.array([len(documents) for documents in found], dtype=np.int64)
        first = [documents[0] if len(documents) else HIGHEST for documents in found]
        return n_hits, np.array(first, dtype=np.int64)

    def listed(
        self,
        queries: Digits,
        documents: Digits,
        places: Places,
        low: Numbers,
        cut: Numbers,
        n_hits: Numbers,
    ) -> Numbers:
        found = self._hits(queries, documents, places, low, cut)
        return np.concatenate([np.empty(0, dtype=np.int64), *found])

    def _hits(
        self, queries: Digits, documents: Digits, places: Places, low: Numbers, cut: Numbers
    ) -> list[Numbers]:
        found = []
        for row, part in zip(places.row.tolist(), places.part.tolist(), strict=True):
            scores = self._part_scores(queries[:, row : row + 1], documents, part)[0]
            at = np.flatnonzero((scores >= low[row]) & (scores <= cut[row]))
            found.append(part * self.part_size + at)
        return found

    def _part_scores(self, queries: Digits, documents: Digits, part: int) -> Numbers:
        at = slice(part * self.part_size, (part + 1) * self.part_size)
        return _combined(queries, documents[:, at], lambda a, b: a @ b.T)


def _combined(q: Digits, x: Digits, product: Any) -> Numbers:
    """Return the integer scores of digits whose inner products are given by `product`."""
    leading = product(q[0], x[0])
    if len(q) == 1:
        return _int32(leading)
    middle = product(q[0], x[1]) + product(q[1], x[0])
    last = product(q[1], x[1])
    if len(q) == 3:
        last = last + product(q[0], x[2]) + product(q[2], x[0])
    return _int32(256 * leading + middle + np.floor(last / 256))


def _int32(scores: NDArray[np.float64]) -> Numbers:
    """Return scores as the device holds them, which must not overflow."""
    return scores.astype(np.int64).astype(np.int32).astype(np.int64)
