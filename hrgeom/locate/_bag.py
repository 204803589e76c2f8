"""Texts as rows of TF-IDF weights of what they hold: words, runs of letters, last words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr

__all__ = ["Bag"]

_COMMON = 100  # texts that may always hold the same part


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
        counts = [Counter(parts_of(text)) for text in texts]
        frequency = Counter(chain.from_iterable(counts))
        self._number = {part: i for i, part in enumerate(frequency)}
        held = np.fromiter(frequency.values(), np.float64, len(frequency))
        self._weight = np.log((len(texts) + 1) / (held + 0.5))
        # What is in many texts says little of any, and takes most of the time.
        self._weight[held > max(_COMMON, len(texts) / 10)] = 0
        self._unknown = float(np.log(len(texts) + 1))
        self.matrix = self._matrix(counts)

    def rows(self, texts: Sequence[str]) -> Any:
        """Return a sparse matrix of one row per text."""
        return self._matrix([Counter(self._parts_of(text)) for text in texts])

    def _matrix(self, counts: list[Counter[str]]) -> Any:
        from scipy.sparse import csr_matrix

        lengths = np.fromiter(map(len, counts), np.int64, len(counts))
        indptr = csr.indptr_from_counts(lengths)
        total = int(indptr[-1])
        number = self._number
        columns = np.fromiter(
            (number.get(part, -1) for row in counts for part in row), np.int64, total
        )
        times = np.fromiter((n for row in counts for n in row.values()), np.float64, total)
        values = np.where(columns < 0, self._unknown, self._weight_of(columns)) * (
            1 + np.log(times)
        )
        values /= np.repeat(_row_lengths(values, indptr), lengths)
        keep = (columns >= 0) & (values > 0)
        kept = csr.indptr_from_counts(
            np.bincount(csr.row_numbers(indptr)[keep], minlength=len(counts)).astype(np.int64)
        )
        shape = (len(counts), max(1, len(number)))
        found = csr_matrix(
            (values[keep].astype(np.float32), columns[keep].astype(np.int32), kept), shape=shape
        )
        found.sort_indices()
        return found

    def _weight_of(self, columns: NDArray[np.int64]) -> NDArray[np.float64]:
        if not len(self._weight):
            return np.zeros(len(columns))
        return self._weight[columns]


def _row_lengths(values: NDArray[np.float64], indptr: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the Euclidean length of every row, 1 for rows of zeros."""
    squares = np.concatenate([[0.0], np.cumsum(values**2)])
    lengths = np.sqrt(np.maximum(squares[indptr[1:]] - squares[indptr[:-1]], 0))
    return np.where(lengths > 1e-9, lengths, 1.0)
