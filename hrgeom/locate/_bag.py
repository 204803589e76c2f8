"""Texts as rows of TF-IDF weights of what they hold: words, runs of letters, last words."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
        self.matrix = self._matrix(counted)

    def taken(self) -> Any:
        """Return the matrix of the texts of the nodes, which is not kept any longer."""
        matrix = self.matrix
        del self.matrix
        return matrix

    def rows(self, texts: Sequence[str]) -> Any:
        """Return a sparse matrix of one row per text."""
        return self._matrix(self._counted(texts, is_new=False))

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

    def _matrix(self, counted: _Counted) -> Any:
        """Return the sparse rows, put together from some texts at a time."""
        from scipy.sparse import vstack

        ends = csr.indptr_from_counts(counted.lengths.astype(np.int64))
        found = []
        for start in range(0, max(1, len(counted.lengths)), _SOME):
            lengths = counted.lengths[start : start + _SOME]
            part = slice(ends[start], ends[start + len(lengths)])
            found.append(self._rows(_Counted(counted.parts[part], counted.times[part], lengths)))
        return vstack(found, format="csr")

    def _rows(self, counted: _Counted) -> Any:
        from scipy.sparse import csr_matrix

        lengths, parts = counted.lengths, counted.parts
        indptr = csr.indptr_from_counts(lengths.astype(np.int64))
        values = self._weight_of(parts)
        values[parts < 0] = self._unknown
        values *= np.float32(1) + np.log(counted.times, dtype=np.float32)
        values /= np.repeat(_row_lengths(values, indptr), lengths)
        keep = (parts >= 0) & (values > 0)
        kept = csr.indptr_from_counts(
            np.bincount(csr.row_numbers(indptr)[keep], minlength=len(lengths)).astype(np.int64)
        )
        shape = (len(lengths), max(1, len(self._number)))
        found = csr_matrix((values[keep], parts[keep], kept), shape=shape)
        found.sort_indices()
        return found

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
