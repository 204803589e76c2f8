"""What counts on a device: integer scores of digits, and nothing that rounds.

`_cuda_device.py` does it with Triton, `_cuda_emulated.py` in NumPy, with the same integers.
Queries and documents are digits as `hrgeom.checker._digits` makes them; scores are its A, of as
many digits as the queries have (the documents may have more).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Device", "Places", "Scan"]

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Places:
    """Where to look again: queries and the parts of the documents, by query and then by part.

    Attributes
    ----------
    row, part : ndarray of int64, shape (p,)
        Number of the query, and of the part: documents from ``part * Device.part_size`` on.
    """

    row: Numbers
    part: Numbers

    def some(self, at: NDArray[Any]) -> Places:
        """Return a selection, in the same order."""
        return Places(self.row[at], self.part[at])


class Scan(Protocol):
    """What one pass over all documents found."""

    @property
    def n_above(self) -> Numbers:
        """Documents whose score exceeds the query's cut, (n,)."""
        ...

    @property
    def highest(self) -> Numbers:
        """The greatest score that does not, (n,); -2^31 where there is none."""
        ...

    def places(self, low: Numbers) -> Places:
        """Return where a score not above the cut may be `low` (n,) or more."""
        ...


class Device(Protocol):
    """Where digits are multiplied. Pickles, and holds no state between calls."""

    @property
    def part_size(self) -> int:
        """Documents of a part."""
        ...

    def put(self, planes: NDArray[np.int8]) -> Any:
        """Return digits (number of digits, rows, d) as the other methods take them."""
        ...

    def scan(self, queries: Any, documents: Any, cut: Numbers) -> Scan:
        """Return the counts and the greatest scores of all queries against their cuts."""
        ...

    def pair_scores(self, queries: Any, documents: Any, row: Numbers, document: Numbers) -> Numbers:
        """Return the score of every pair (row, document)."""
        ...

    def hits(
        self, queries: Any, documents: Any, places: Places, low: Numbers, cut: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Return per place how many scores are from `low` to `cut`, and the first such document."""
        ...

    def listed(
        self,
        queries: Any,
        documents: Any,
        places: Places,
        low: Numbers,
        cut: Numbers,
        n_hits: Numbers,
    ) -> Numbers:
        """Return those documents, place by place, `n_hits` of each, ascending."""
        ...
