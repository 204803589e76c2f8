r"""Direct sums in integers: the balance of a direct sum, rounded so that nothing else is.

Queries have :math:`A_t y_t(q)` with whole :math:`A_t \ge 1`, and a shared c; a document
:math:`B x_v` with a whole :math:`B \ge 1`, and a shared -z. Its scores are then at least
:math:`A_t B a_v - cz` on matches and at most :math:`A_t B b_v - cz` on others: the margin follows
exactly from the integers, whatever the rounding of :math:`A_t`, c, B and z has done to the
balance. Where one shared coordinate is too coarse for a threshold, a second one, 1 on queries,
fills the steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom.constructions.direct_sum._encoding import Encoding
from hrgeom.constructions.direct_sum._weights import Balance, QueryLevels

__all__ = ["LARGEST", "Quantized", "quantize"]

# Integers up to which entries go: all are stored exactly, and scores stay exact in float64.
LARGEST = {"int8": 127, "bfloat16": 256, "float16": 1024}


@dataclass(frozen=True)
class Quantized:
    """Whole factors and shared coordinates, and the margin that they give exactly.

    Attributes
    ----------
    factors : ndarray of int64, shape (k,)
        A_t.
    shared : tuple of int
        The queries' shared coordinates.
    margin : float
        Least gap over length of the documents, over the length of the longest query.
    """

    factors: NDArray[np.int64]
    shared: tuple[int, ...]
    largest: int
    margin: float

    def document(
        self, t: int, document_kinds: NDArray[np.float64], row_peak: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Return B, the shared coordinates -z and the gap over the length, for every kind."""
        return _best_rows(document_kinds, int(self.factors[t]), self.shared, self.largest, row_peak)


def quantize(
    levels: QueryLevels,
    encodings: Sequence[Encoding],
    balance: Balance,
    largest: int,
    n_shared: int,
    has_empty: bool,
) -> Quantized | None:
    """Return the integers nearest to a balance, or None where they separate nothing.

    `has_empty` says that there are documents which match nothing: -1 in the shared coordinates.
    """
    largest_entries = np.array([encoding.largest_entries[0] for encoding in encodings])
    scale = largest / max(balance.beta, float((balance.weights * largest_entries).max()))
    factors = np.maximum(1, np.rint(scale * balance.weights)).astype(np.int64)
    factors = np.minimum(factors, (largest // largest_entries).astype(np.int64))
    shared = (max(1, round(scale * balance.beta)), 1)[:n_shared]
    squared_norms = [
        a * a * o.squared_norms for a, o in zip(factors.astype(float), encodings, strict=True)
    ]
    length = float(levels.squared_lengths(squared_norms).max()) + sum(c * c for c in shared)
    gap = min(
        float(_best_rows(o.document_kinds, int(a), shared, largest, o.largest_entries[1])[2].min())
        for a, o in zip(factors, encodings, strict=True)
    )
    if has_empty:
        gap = min(gap, sum(shared) / float(np.sqrt(n_shared)))
    if gap <= 0:
        return None
    return Quantized(factors, shared, largest, gap / float(np.sqrt(length)))


def _best_rows(
    document_kinds: NDArray[np.float64],
    factor: int,
    shared: tuple[int, ...],
    largest: int,
    peak: float,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return B, -z and the gap over length, the largest there is for every kind of document.

    Parameters
    ----------
    document_kinds : ndarray of float64, shape (u, 3)
        As in `Encoding`.
    factor : int
        A_t.
    shared : tuple of int, length one or two
        The queries' shared coordinates.
    largest : int
        Entries go up to this.
    peak : float
        Largest entry of the documents' rows before they are scaled by B.

    Returns
    -------
    scales : ndarray of int64, shape (u,)
        B.
    shared : ndarray of int64, shape (u, number of shared coordinates)
        -z.
    gaps : ndarray of float64, shape (u,)
    """
    match_score, other_score, squares = document_kinds.T[:, :, None]
    scales = np.arange(1, max(1, int(largest // max(peak, 1))) + 1)
    # scores: at least `high` on matches, at most `low` on others, before the shared coordinates
    high, low = factor * scales * match_score, factor * scales * other_score
    middle = (high + low) / 2  # where a threshold would be best: c z comes as near as it can
    if len(shared) == 1:
        z = np.clip(np.rint(middle / shared[0]), -largest, largest)[None]
    else:
        first = np.clip(np.rint(middle / shared[0]), -largest, largest)
        z = np.stack((first, np.clip(np.rint(middle - shared[0] * first), -largest, largest)))
    # every B at once: the gap that is left on the worse side, over the length of the document
    level = np.tensordot(np.array(shared, dtype=float), z, axes=1)
    length = np.sqrt(scales**2 * squares + (z**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        gaps = np.where(length > 0, np.minimum(high - level, level - low) / length, -np.inf)
    best = gaps.argmax(axis=1)
    row = np.arange(len(document_kinds))
    return scales[best], -z[:, row, best].astype(np.int64).T, gaps[row, best]
