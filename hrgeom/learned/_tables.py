"""Lookup tables: dual encoders with one trained row per query and one per document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.learned._torch import torch

__all__ = ["DualTables"]


class DualTables:
    """Two tables of float32 rows, of free length or kept at unit length.

    Parameters
    ----------
    queries, documents : ndarray of float, shapes (n, d) and (m, d)
        Initial rows; copied.
    unit : bool
        Whether to scale every row to unit length, now and after every change. Gradients are those
        of the scores; the scaling afterwards makes it projected descent on the spheres.
    device : str
        Device by its name in torch.

    Examples
    --------
    >>> t = DualTables(np.eye(2), np.eye(2), unit=False, device="cpu")
    >>> t.to_numpy()[0]
    array([[1., 0.],
           [0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        queries: NDArray[Any],
        documents: NDArray[Any],
        *,
        unit: bool,
        device: str,
    ) -> None:
        self.unit = unit
        self.queries, self.documents = (
            torch.tensor(np.asarray(rows, dtype=np.float32), device=device)
            for rows in (queries, documents)
        )
        for table in self:
            self.touched(table, torch.arange(len(table), device=device))

    def __iter__(self) -> Iterator[torch.Tensor]:
        return iter((self.queries, self.documents))

    def touched(self, table: torch.Tensor, rows: torch.Tensor) -> None:
        """Scale changed rows of a table back to unit length, if rows are to have unit length."""
        if self.unit:
            table[rows] = torch.nn.functional.normalize(table[rows], dim=1)

    def to_numpy(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return copies of both tables."""
        queries, documents = (table.cpu().numpy().copy() for table in self)
        return queries, documents
