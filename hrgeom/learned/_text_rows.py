"""Rows of texts: those of a frozen encoder, or sums of word pieces that are trained."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.learned._torch import torch

__all__ = ["Pieces", "TextRows", "summed"]

_SHORTEST = 1e-6  # texts without a known piece stay zero


class Pieces(torch.nn.Module):  # type: ignore[misc,unused-ignore]
    """The rows of word pieces that occur, as parameters.

    Parameters
    ----------
    table : ndarray of float32, shape (v, t)
        Rows of all pieces.
    texts : list of sparse matrix, shape (k, v)
        In which those that are trained or needed occur.
    """

    def __init__(self, table: NDArray[np.float32], texts: list[Any]) -> None:
        super().__init__()
        self._whole = table
        self.used = np.unique(np.concatenate([each.indices for each in texts]))
        self.rows = torch.nn.Parameter(torch.from_numpy(table[self.used]))

    def table(self) -> NDArray[np.float32]:
        """Return the rows of all pieces; those that occurred nowhere are as they were."""
        found = self._whole.copy()
        found[self.used] = self.rows.detach().numpy()
        return found


class TextRows:
    """What a tower is given of texts.

    Parameters
    ----------
    rows : ndarray of float, shape (k, t), or sparse matrix, shape (k, v)
        Rows of texts, or weights of their pieces.
    pieces : Pieces, optional
        Rows of the pieces, where weights are given.
    """

    def __init__(self, rows: Any, pieces: Pieces | None) -> None:
        self._pieces = pieces
        self._n = rows.shape[0]
        if pieces is None:
            self._rows = torch.from_numpy(np.ascontiguousarray(rows, dtype=np.float32))
            return
        self._indptr = rows.indptr.astype(np.int64)
        self._columns = torch.from_numpy(np.searchsorted(pieces.used, rows.indices))
        self._weights = torch.from_numpy(rows.data.astype(np.float32))

    def of(self, numbers: NDArray[np.int64]) -> torch.Tensor:
        """Return the rows of these texts; sums of pieces have unit length."""
        if self._pieces is None:
            return self._rows[torch.from_numpy(numbers)]
        places, starts = csr.entries_of(self._indptr, numbers)
        place = torch.from_numpy(places)
        sums = torch.nn.functional.embedding_bag(
            self._columns[place],
            self._pieces.rows,
            torch.from_numpy(starts[:-1]),
            mode="sum",
            per_sample_weights=self._weights[place],
        )
        return torch.nn.functional.normalize(sums, eps=_SHORTEST)

    def all(self) -> torch.Tensor:
        """Return the rows of all texts."""
        return self.of(np.arange(self._n))


def summed(weights: Any, table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the same rows without torch: sums of pieces, at unit length."""
    sums = np.asarray(weights @ table, dtype=np.float32)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    return np.asarray(sums / np.maximum(lengths, np.float32(_SHORTEST)))
