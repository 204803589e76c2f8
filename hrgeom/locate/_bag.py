"""Texts as rows of TF-IDF weights of what they hold: words, runs of letters, last words."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr

__all__ = ["Bag"]

_COMMON = 100  # texts that may always hold the same part
_SOME = 4096  # texts whose rows are made at a time


@dataclass(frozen=True, eq=False)
class _Counted:
    """Parts of texts, text after text: numbers (-1 for unknown ones), times, parts per text."""

    parts: NDArray[np.int32]
    times: NDArray[np.uint16]
    lengths: NDArray[np.int32]

    @cached_property
    def indptr(self) -> NDArray[np.int64]:
        return csr.indptr_from_counts(self.lengths.astype(np.int64))

    def row_numbers(self) -> NDArray[np.int32]:
        return csr.row_numbers(self.indptr)

    def some(self, most: int) -> Iterator[tuple[int, _Counted]]:
        """Yield the first text and the parts of that many texts at a time."""
        for start in range(0, len(self.lengths), most):
            lengths = self.lengths[start : start + most]
            part = slice(self.indptr[start], self.indptr[start + len(lengths)])
            yield start, _Counted(self.parts[part], self.times[part], lengths)


class Bag:
    """Sparse unit rows of texts over the vocabulary of those it was made of.

    Parts that are in no text of the vocabulary count in the length of a row, so that a text of
    unknown words is near to nothing.

    Parameters
    ----------
    parts_of : callable
        From a text to its parts.
    texts : sequence of str
        The texts of the nodes.
    """

    def __init__(self, parts_of: Callable[[str], list[str]], texts: Sequence[str]) -> None:
        self._parts_of = parts_of
        self._number: dict[str, int] = {}
        self._weight = np.zeros(0)
        self._unknown = float(np.log(len(texts) + 1))
        counted = self._counted(texts, is_new=True)
        held = np.bincount(counted.parts, minlength=len(self._number))
        self._weight = np.log((len(texts) + 1) / (held + 0.5))
        # What is in many texts says little of any, and takes most of the time.
        self._weight[held > max(_COMMON, len(texts) / 10)] = 0
        self._transposed = self._filled(counted, np.where(self._weight > 0, held, 0))

    def taken(self) -> Any:
        """Return the texts of the nodes, a row per part and a column per text: not kept longer."""
        found = self._transposed
        del self._transposed
        return found

    def rows(self, texts: Sequence[str]) -> Any:
        """Return a sparse matrix of one row per text."""
        from scipy.sparse import csr_matrix

        counted = self._counted(texts, is_new=False)
        values = self._values(counted)
        keep = (counted.parts >= 0) & (values > 0)
        kept = np.bincount(counted.row_numbers()[keep], minlength=len(texts)).astype(np.int64)
        indptr = csr.indptr_from_counts(kept)
        shape = (len(texts), max(1, len(self._number)))
        found = csr_matrix((values[keep], counted.parts[keep], indptr), shape=shape)
        found.sort_indices()
        return found

    def _counted(self, texts: Sequence[str], is_new: bool) -> _Counted:
        """Return the numbers of the parts of texts, and how often each is there."""
        number, parts, times, lengths = self._number, array("i"), array("H"), array("i")
        for text in texts:
            counts = Counter(self._parts_of(text))
            if is_new:
                parts.extend(number.setdefault(part, len(number)) for part in counts)
            else:
                parts.extend(number.get(part, -1) for part in counts)
            times.extend(counts.values())
            lengths.append(len(counts))
        return _Counted(
            np.frombuffer(parts, dtype=np.int32),
            np.frombuffer(times, dtype=np.uint16),
            np.frombuffer(lengths, dtype=np.int32),
        )

    def _filled(self, counted: _Counted, sizes: NDArray[np.int64]) -> Any:
        """Return the transposed matrix, rows of these sizes, filled some texts at a time."""
        from scipy.sparse import csr_matrix

        indptr = csr.indptr_from_counts(np.append(sizes, 0)[: max(1, len(sizes))])
        columns = np.empty(indptr[-1], dtype=np.int32)
        values = np.empty(indptr[-1], dtype=np.float32)
        free, n_texts = indptr[:-1].copy(), len(counted.lengths)
        for start, part in counted.some(_SOME):
            weights = self._values(part)
            keep = np.flatnonzero(weights > 0)
            keep = keep[np.argsort(part.parts[keep], kind="stable")]
            held, first, times = np.unique(part.parts[keep], return_index=True, return_counts=True)
            place = np.arange(len(keep)) + np.repeat(free[held] - first, times)
            columns[place] = start + part.row_numbers()[keep]
            values[place] = weights[keep]
            free[held] += times
        return csr_matrix((values, columns, indptr), shape=(len(indptr) - 1, n_texts))

    def _values(self, counted: _Counted) -> NDArray[np.float32]:
        """Return the weight of every part in its text, whose length is 1 with unknown parts."""
        lengths, parts = counted.lengths, counted.parts
        values = self._weight_of(parts)
        values[parts < 0] = self._unknown
        values *= np.float32(1) + np.log(counted.times, dtype=np.float32)
        values /= np.repeat(_row_lengths(values, counted.indptr), lengths)
        return values

    def _weight_of(self, columns: NDArray[np.int32]) -> NDArray[np.float32]:
        if not len(self._weight):
            return np.zeros(len(columns), dtype=np.float32)
        return self._weight.astype(np.float32)[columns]


def _row_lengths(values: NDArray[np.float32], indptr: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the Euclidean length of every row, 1 for rows of zeros."""
    found = np.zeros(len(indptr) - 1, dtype=np.float32)
    some = np.flatnonzero(np.diff(indptr))
    if len(some):
        found[some] = np.sqrt(np.add.reduceat(values * values, indptr[some]))
    return np.where(found > 1e-6, found, np.float32(1))
