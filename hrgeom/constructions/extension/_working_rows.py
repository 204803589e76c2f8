"""The rows of an embedding as unit vectors to work with, and back in its stored type.

With the threshold 0 every row is divided by its own length, which changes no verdict. With another
threshold all queries are divided by one number, their middle length, and so are all documents:
scores and threshold are then divided alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker import Certificate
from hrgeom.constructions.extension._free_positions import Placed
from hrgeom.core import DualEmbedding, Hierarchy

__all__ = ["WorkingRows"]

Rows = NDArray[np.float32]
Numbers = NDArray[np.int64]
_ALIKE = 1e-3  # lengths that differ by no more, relative, are one length
_LARGEST = 127  # in int8


@dataclass(frozen=True, eq=False)
class WorkingRows:
    """Rows in the order of the new hierarchy; those of other new nodes are still to be written.

    Attributes
    ----------
    queries, documents : ndarray of float32, shape (n, d)
        Old rows by their places and those of placed nodes, zeros elsewhere.
    threshold : float
        Threshold of their scores.
    lengths : tuple of float
        Length that a new query and a new document have when they are stored.
    is_unit : bool
        Whether the rows have length 1, so that margins are normalized margins.
    places : ndarray of int64
        Number in the new hierarchy of every old node, -1 where it is gone.
    begun : tuple of ndarray
        Queries and documents as they were at first.
    placed : Placed
        New nodes whose rows are known.
    """

    queries: Rows
    documents: Rows
    threshold: float
    lengths: tuple[float, float]
    is_unit: bool
    places: Numbers
    begun: tuple[Rows, Rows]
    placed: Placed

    @classmethod
    def of(cls, embedding: DualEmbedding, places: Numbers, n: int, placed: Placed) -> WorkingRows:
        """Return the rows of an embedding in the places of a new hierarchy of n nodes."""
        threshold = embedding.threshold
        assert threshold is not None
        sides: list[Rows] = []
        lengths: list[float] = []
        is_unit = True
        for rows, new_rows in zip(
            embedding.values(), (placed.queries, placed.documents), strict=True
        ):
            own = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
            length = float(np.median(own[own > 0], axis=None)) if own.any() else 1.0
            alike = bool(np.abs(own - length).max() <= _ALIKE * length)
            is_unit &= alike or threshold == 0
            divisor = np.where(own > 0, own, 1.0)[:, None] if threshold == 0 else length
            side = np.zeros((n, embedding.dim), dtype=np.float32)
            kept = places >= 0
            side[places[kept]] = (rows / divisor)[kept]
            if len(placed.nodes):  # the threshold is 0
                side[placed.nodes] = _unit(new_rows)
            sides.append(side)
            lengths.append(length)
        scale = lengths[0] * lengths[1]
        both = lengths[0], lengths[1]
        begun = sides[0].copy(), sides[1].copy()
        return cls(sides[0], sides[1], threshold / scale, both, is_unit, places, begun, placed)

    def margin(self, certificate: Certificate) -> float:
        """Return the margin that the old rows have here, by their certificate."""
        normalized = certificate.normalized_margin_lower_bound
        if self.is_unit and self.threshold == 0 and normalized is not None:
            return normalized
        return (certificate.margin_lower_bound or 0.0) / (self.lengths[0] * self.lengths[1])

    def stored(
        self, before: DualEmbedding, new: Hierarchy, free_queries: Numbers, free_documents: Numbers
    ) -> tuple[DualEmbedding, tuple[Numbers, Numbers]]:
        """Return the extended embedding, and where old rows are in it: -1 where they changed."""
        changed: dict[str, Any] = {}
        places = []
        for side, rows, begun, may_move, length in (
            ("query", self.queries, self.begun[0], free_queries, self.lengths[0]),
            ("document", self.documents, self.begun[1], free_documents, self.lengths[1]),
        ):
            free = may_move[(rows[may_move] != begun[may_move]).any(axis=1)]
            name = "queries" if side == "query" else "documents"
            old, scale = getattr(before, name), getattr(before, f"{side}_scale")
            numbers, scales = _as_stored(rows[free] * np.float32(length), old.dtype, scale)
            out = np.zeros((len(rows), old.shape[1]), dtype=old.dtype)
            kept = self.places >= 0
            out[self.places[kept]] = old[kept]
            out[self.placed.nodes] = getattr(self.placed, name)
            out[free] = numbers
            if np.ndim(scale):
                out_scale = np.ones(len(rows), dtype=np.float32)
                out_scale[self.places[kept]] = scale[kept]
                out_scale[free] = scales
                changed[f"{side}_scale"] = out_scale
            changed[name] = out
            changed[f"{side}_labels"] = new.labels
            at = self.places.copy()
            at[np.isin(at, free)] = -1
            places.append(at)
        found = replace(
            before,
            **changed,
            promise={},
            basis="certificate",
            source_sha256=new.sha256,
            parameters={**before.parameters, "extended": before.parameters.get("extended", 0) + 1},
        )
        return found, (places[0], places[1])


def _unit(rows: NDArray[Any]) -> NDArray[Any]:
    wide = rows.astype(np.float64)
    scaled: NDArray[Any] = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    return scaled


def _as_stored(rows: Rows, dtype: np.dtype[Any], scale: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return rows rounded to the stored type, and the scales of int8 with one per row."""
    if dtype != np.int8:
        return rows.astype(dtype), np.ones(len(rows), dtype=np.float32)
    if np.ndim(scale):
        steps = np.abs(rows).max(axis=1, initial=0) / _LARGEST
        scales = np.where(steps > 0, steps, 1).astype(np.float16).astype(np.float32)
    else:
        scales = np.full(len(rows), scale, dtype=np.float32)
    numbers = np.rint(rows / scales[:, None]).clip(-_LARGEST, _LARGEST).astype(np.int8)
    return numbers, scales
