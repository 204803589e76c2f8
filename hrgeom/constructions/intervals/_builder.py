"""Interval embeddings of one relevance in any number of classes, for a stored type and a code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from hrgeom._base import csr
from hrgeom._base.checks import check_effort
from hrgeom._base.integers import ceil_div
from hrgeom.constructions.codes import ArcCode, CodeBlock, IntervalCode, ParabolaCode
from hrgeom.constructions.covers import (
    ConsecutiveCover,
    ConsecutivePalette,
    ForestCover,
    IntervalClass,
    IntervalCover,
    LaminarCover,
    LaminarPalette,
    ReservedCover,
)
from hrgeom.core import DualEmbedding, ForestRelevance, Relevance
from hrgeom.errors import ConstructionError

__all__ = ["CODES", "COVERS", "CodeName", "CoverName", "IntervalBuilder"]

CodeName = Literal["parabola", "arc"]
CoverName = Literal["laminar", "consecutive"]
CODES: tuple[CodeName, ...] = ("parabola", "arc")
COVERS: tuple[CoverName, ...] = ("laminar", "consecutive")
_CODES: dict[str, type[ParabolaCode] | type[ArcCode]] = {"parabola": ParabolaCode, "arc": ArcCode}
_COVERS: dict[str, type[LaminarCover] | type[ConsecutiveCover]] = {
    "laminar": LaminarCover,
    "consecutive": ConsecutiveCover,
}


class IntervalBuilder:
    """A palette of classes and a code, to be spread over any number of classes.

    Attributes
    ----------
    palette : LaminarPalette or ConsecutivePalette
    code : IntervalCode
    """

    palette: LaminarPalette | ConsecutivePalette

    def __init__(
        self,
        relevance: Relevance,
        dtype: np.dtype[Any],
        code: CodeName,
        cover: CoverName,
        effort: float,
        seed: int,
        reserve: float = 0.0,
    ) -> None:
        if code not in _CODES:
            raise ConstructionError(f"code must be one of {', '.join(_CODES)}: got {code!r}")
        if code == "arc" and dtype == np.int8:
            raise ConstructionError("code must be parabola for int8: got 'arc'")
        if cover not in _COVERS:
            raise ConstructionError(f"cover must be one of {', '.join(_COVERS)}: got {cover!r}")
        check_effort(effort)
        self.relevance = relevance
        self.dtype = dtype
        self.code: IntervalCode = _CODES[code](dtype)
        self.parameters: dict[str, Any] = {"cover": cover, "effort": effort, "seed": seed}
        self.reserve = reserve
        if reserve:
            self.parameters["reserve"] = reserve
        if cover == "laminar":
            self.palette = LaminarPalette.of(relevance, seed=seed)
        else:
            self.palette = ConsecutivePalette.of(relevance, seed=seed, effort=effort)
            self.parameters["kernel"] = self.palette.kernel

    def might_carry(self, n_classes: int) -> bool:
        """Return False if the stored type is too coarse for so few classes of any cover.

        If every document has a query of its own, as in a hierarchy (the query q of document q
        matches it, and no two match each other), two documents of a class never share both
        queries' positions: a class has at least as many positions as documents. The type is
        tried on one-position intervals, of which such a class is full.
        """
        if not _have_own_queries(self.relevance):
            return True
        n = ceil_div(self.relevance.n_documents, n_classes)
        at = np.arange(n, dtype=np.int64)
        class_ = IntervalClass(at.astype(np.int32), at, at, at, n)
        return self.code.block(class_, n_classes).fits

    def fewest_classes(self, most: int | None = None) -> int:
        """Double until the stored type carries the code, then halve the step back.

        Raises
        ------
        ConstructionError
            If it does not carry it in `most` classes, by default one for each document.
        """
        low = high = self.palette.n_colors
        most = max(low, min(most or self.relevance.n_documents, self.relevance.n_documents))
        possible = self.might_carry(most)
        while not possible or not self._fits(high):
            if not possible or high >= most:
                raise ConstructionError(
                    f"the stored type must carry the code: {self.dtype} does not carry "
                    f"{self.code.name} in {most} classes"
                )
            low, high = high, min(2 * high, most)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._fits(middle) else (middle, high)
        return high

    def _cover(self, n_classes: int) -> IntervalCover:
        cover = self._full_cover(n_classes)
        return ReservedCover(cover, self.reserve) if self.reserve else cover

    def _block(self, class_: IntervalClass, n_classes: int) -> CodeBlock:
        """Return the block of a class; free positions are to be of use, up to both ends.

        Its margin is that which is left when all of them are taken.
        """
        block = self.code.block(class_, n_classes)
        if not self.reserve:
            return block
        ends = np.array([0, class_.n_positions - 1])
        later = replace(class_, documents=ends.astype(np.int32), left=ends, right=ends)
        at_ends = self.code.block(later, n_classes)
        return replace(
            block,
            fits=block.fits and at_ends.fits,
            margin=min(block.margin, at_ends.margin),
            stored_margin=min(block.stored_margin, at_ends.stored_margin),
        )

    def _full_cover(self, n_classes: int) -> IntervalCover:
        classes = self.palette.spread(n_classes)
        if isinstance(self.relevance, ForestRelevance):
            return ForestCover(self.relevance, classes)
        make = _COVERS[self.parameters["cover"]]
        return make(self.relevance, classes, lower_bound=self.palette.lower_bound)

    def _fits(self, n_classes: int) -> bool:
        cover = self._cover(n_classes)
        return all(self._block(class_, cover.n_classes).fits for class_ in cover)

    def stored_margin(self, n_classes: int) -> float | None:
        """Return the margin of the rounded numbers, None where the type does not carry them."""
        cover = self._cover(n_classes)
        margin = np.inf
        for class_ in cover:
            block = self._block(class_, cover.n_classes)
            if not block.fits:
                return None
            margin = min(margin, block.stored_margin)
        return margin

    def embedding(self, n_classes: int) -> DualEmbedding | None:
        """Return the embedding, or None where the stored type does not carry it."""
        cover = self._cover(n_classes)
        k = cover.n_classes
        queries = np.zeros((cover.n_queries, 2 * k + 1), dtype=self.dtype)
        documents = np.zeros((cover.n_documents, 2 * k + 1), dtype=self.dtype)
        queries[:, -1] = self.code.query_constant(k)
        margin = np.inf
        for t, class_ in enumerate(cover):
            block = self._block(class_, k)
            if not block.fits:
                return None
            columns = slice(2 * t, 2 * t + 2)
            queries[:, columns] = block.table[class_.positions]
            documents[class_.documents, columns] = block.rows
            documents[class_.documents, -1] = block.constants
            margin = min(margin, block.margin)
        return DualEmbedding(
            queries,
            documents,
            threshold=0.0,
            query_labels=self.relevance.query_labels,
            document_labels=self.relevance.document_labels,
            construction="interval",
            parameters={
                "code": self.code.name,
                "n_classes": k,
                "n_classes_lower_bound": cover.lower_bound,
                **self.parameters,
            },
            promise={"dim": 2 * k + 1, "margin": margin, "theorem": "interval cover"},
        )


def _have_own_queries(relevance: Relevance) -> bool:
    """Return whether query v matches document v for all v, and no two match each other."""
    if relevance.n_queries != relevance.n_documents:
        return False
    if isinstance(relevance, ForestRelevance):
        return True
    every = np.arange(relevance.n_documents)
    query, document = csr.row_numbers(relevance.indptr), relevance.indices
    mutual = relevance.contains(document, query) & (document != query)
    return bool(relevance.contains(every, every).all()) and not mutual.any()
