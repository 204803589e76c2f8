"""Rows of text and hierarchy side by side, at any weight, with the threshold of a theorem."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker import Certificate, certify, rounding_bounds
from hrgeom.core import DualEmbedding, Target
from hrgeom.derived._largest_weight import Extent, Point
from hrgeom.derived._limits import Tie, WeightLimits
from hrgeom.errors import ConstructionError

__all__ = ["Pieces"]

_SAFELY = 1 + 1e-6  # above the rounding of lengths and quotients
_ROUNDING = 2.0**-23  # above that of w t, relative to its length


class Pieces:
    """The two embeddings to be put side by side, in the order of the relevance.

    Parameters
    ----------
    text, hierarchy : DualEmbedding
    alone : Certificate
        Of the hierarchy's rows, which must hold.

    Attributes
    ----------
    text_rows, own_rows : pair of ndarray
        Queries and documents, of one type that holds them all.
    """

    def __init__(self, text: DualEmbedding, hierarchy: DualEmbedding, alone: Certificate) -> None:
        if not alone.holds or not alone.margin_lower_bound:
            raise ConstructionError(
                "the hierarchy's vectors must hold with a margin, which the text takes part of: "
                f"got verdict {alone.verdict}, margin {alone.margin_lower_bound}"
            )
        self.text, self.alone, self.hierarchy = text, alone, hierarchy
        self._half_gap: float = alone.margin_lower_bound
        values = *text.values(), *hierarchy.values()
        work = np.result_type(*values)
        rows = [one.astype(work, copy=False) for one in values]
        self.text_rows, self.own_rows = (rows[0], rows[1]), (rows[2], rows[3])
        self._length = math.prod(float(_lengths(side).max()) for side in self.text_rows)
        if self._length == 0:
            raise ConstructionError("text vectors must not all be zero: got zeros on one side")

    def limits(self) -> WeightLimits:
        """Return what is known without a look at the pairs."""
        return WeightLimits(self._half_gap, self._half_gap / (self._length * _SAFELY))

    def with_interval(self, limits: WeightLimits, extent: Extent) -> WeightLimits:
        """Return the limits with the interval of the exact text scores of all pairs.

        Sums in any order are within both bounds of exact ones.
        """
        bounds = rounding_bounds(*self.text_rows)
        off = float((bounds.filter + bounds.score).max()) * _SAFELY + self._length * _ROUNDING
        low, high = extent.low - off, extent.high + off
        return replace(
            limits,
            text_scores=(low, high),
            these_texts=self._half_gap / ((high - low) / 2 * _SAFELY),
        )

    def at(self, weight: float, threshold: float | None) -> DualEmbedding:
        """Return the rows side by side."""
        rows, own = self.text_rows, self.own_rows
        queries = (rows[0].astype(np.float64) * weight).astype(rows[0].dtype)
        e = self.hierarchy
        return replace(
            e,
            queries=np.hstack((queries, own[0])),
            documents=np.hstack((rows[1], own[1])),
            query_scale=1.0,
            document_scale=1.0,
            threshold=threshold,
            notion=self.alone.notion,
            construction="combined",
            parameters={
                "weight": weight,
                "text_dim": self.text.dim,
                "hierarchy": {"construction": e.construction, "parameters": e.parameters},
            },
            promise={},
            basis="certificate",
        )

    def certified(
        self, weight: float, limits: WeightLimits, target: Target, checking: dict[str, Any]
    ) -> tuple[DualEmbedding, Certificate]:
        """Return the rows at a weight and their certificate, with the threshold of the theorem.

        Where no theorem speaks, the best threshold of these rows is taken.
        """
        found = self.at(weight, self._threshold(weight, limits))
        certificate = certify(found, target, notion=self.alone.notion, **checking)
        return replace(found, threshold=certificate.threshold), certificate

    def _threshold(self, weight: float, limits: WeightLimits) -> float | None:
        own = self.alone.threshold
        if own is None or weight < limits.any_text:
            return own
        if limits.text_scores is None or limits.these_texts is None or weight >= limits.these_texts:
            return None
        return own + weight * (limits.text_scores[0] + limits.text_scores[1]) / 2

    def tie(self, point: Point) -> tuple[Fraction | None, Tie]:
        """Return the exact weight at which two pairs tie, None if they never do, and their labels.

        It is that of the exact products w t, which the stored numbers round.
        """
        (match_text, match_own), (other_text, other_own) = (
            tuple(_exact(q[i], x[v]) for q, x in (self.text_rows, self.own_rows))
            for i, v in ((point.query, point.match), (point.other_query, point.other))
        )
        q, x = self.hierarchy.query_labels, self.hierarchy.document_labels
        names = Tie(q[point.query], x[point.match], q[point.other_query], x[point.other])
        rise = other_text - match_text
        return ((match_own - other_own) / rise if rise > 0 else None), names


def _lengths(rows: NDArray[Any]) -> NDArray[np.float64]:
    squares = np.einsum("ij,ij->i", rows, rows, dtype=np.float64)
    lengths: NDArray[np.float64] = np.sqrt(squares)
    return lengths


def _exact(a: NDArray[Any], b: NDArray[Any]) -> Fraction:
    pairs = zip(a.tolist(), b.tolist(), strict=True)
    return sum((Fraction(x) * Fraction(y) for x, y in pairs), Fraction(0))
