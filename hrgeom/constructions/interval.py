r"""Interval cover: exact retrieval in d = 2k + 1 dimensions for k classes.

Theorem. Let the documents be split into k classes such that, for each class, the queries can be
put on a line with every D(v) of the class an interval. Then d = 2k + 1 dimensions and the
threshold 0 separate every match from every non-match.

Proof. Give each class two coordinates in which queries depend on their position only, and let all
classes share one more, constant on queries. A document is zero in the coordinates of the other
classes, so its score is that of a code for intervals (`codes.parabola`, `codes.arc`): positive
inside its interval, negative outside. ∎

Every tree and forest is one laminar class (`covers.laminar`): d = 3, whatever its depth or size.
Three is least for a global threshold as soon as three queries each match a document of their own
that the other two do not (sign rank of the signed identity). Where documents cross, classes that
only have consecutive ones (`covers.consecutive`) are fewer, and take a search.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np

from hrgeom import _csr
from hrgeom.constructions.codes import ArcCode, CodeBlock, IntervalCode, ParabolaCode
from hrgeom.constructions.covers.consecutive import (
    ConsecutiveCover,
    ConsecutivePalette,
    consecutive_lower_bound,
)
from hrgeom.constructions.covers.intervals import IntervalClass, IntervalCover
from hrgeom.constructions.covers.laminar import LaminarCover, LaminarPalette
from hrgeom.constructions.promise import SHOWN, Promise
from hrgeom.embedding import DualEmbedding, as_dtype
from hrgeom.errors import ConstructionError
from hrgeom.relevance import Relevance

__all__ = ["default_code", "interval", "interval_promise"]

CodeName = Literal["parabola", "arc"]
CoverName = Literal["laminar", "consecutive"]
_CODES: dict[str, type[ParabolaCode] | type[ArcCode]] = {"parabola": ParabolaCode, "arc": ArcCode}
_COVERS: dict[str, type[LaminarCover] | type[ConsecutiveCover]] = {
    "laminar": LaminarCover,
    "consecutive": ConsecutiveCover,
}

_MOST_CLASSES = 64  # that are promised: where a type needs more, others need fewer dimensions


def interval(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    code: CodeName | None = None,
    cover: CoverName | None = None,
    effort: float = 1.0,
    seed: int = 0,
) -> DualEmbedding:
    """Return the embedding of an interval cover: threshold 0, d = 2k + 1.

    Parameters
    ----------
    relevance : Relevance
        Any.
    dim : int, optional
        Dimensions to use: more of them mean more, smaller classes and so more margin; an odd
        number is used, 2k + 1 <= dim. Default: the fewest that the stored type carries.
    dtype : {"float64", "float32", "float16", "bfloat16", "int8"}
        The stored type.
    code : {"parabola", "arc"}, optional
        Integers whose scores are exact (default for int8, and for float64 unless `dim` asks for
        margin), or unit rows (default otherwise).
    cover : {"laminar", "consecutive"}, optional
        Classes of nested or disjoint sets, found at once, or classes that are intervals in some
        order, fewer but found by a search. Default: laminar, unless the other needs fewer classes
        or only the other fits `dim`.
    effort : float
        Scales how long the search for the latter goes on; 1 means some ten seconds at most on
        hierarchies of 100,000 nodes.
    seed : int
        Of the colouring's and the search's tie breaks.

    Returns
    -------
    embedding : DualEmbedding
        `promise["margin"]` is the normalised margin before rounding to the stored type.

    Raises
    ------
    ConstructionError
        If `dim` is below 2k + 1 for the least k found, or the stored type cannot carry it.

    Examples
    --------
    >>> interval(Relevance.from_sets([{0}, {0, 1}, {0, 2}], 3), dtype="float64").dim
    3
    """
    code = code or default_code(dtype, dim)
    if dim is None:
        build, n_classes = _fewest(relevance, dtype, code, cover, effort, seed)
        embedding = build.embedding(n_classes)
    else:
        n_classes = (dim - 1) // 2
        for build in _builders(relevance, dtype, code, cover, effort, seed, n_classes):
            least = build.palette.n_colours
            embedding = build.embedding(n_classes) if n_classes >= least else None
            if embedding is not None:
                break
        if n_classes < least:
            raise ConstructionError(
                f"dim must be at least 2k + 1 = {2 * least + 1} for the {least} classes found: "
                f"got {dim}"
            )
    if embedding is None:
        raise ConstructionError(
            f"the stored type must carry the code: {dtype} does not carry {build.code.name} in "
            f"{n_classes} classes; ask for more dimensions or another type"
        )
    return embedding


def default_code(dtype: str, dim: int | None) -> CodeName:
    """Return the code for a stored type: exact integers, or more margin if `dim` asks for it."""
    return "parabola" if dtype == "int8" or (dtype == "float64" and dim is None) else "arc"


def interval_promise(
    relevance: Relevance, *, dim: int | None, dtype: str, seed: int
) -> Promise | None:
    """Return what `interval` promises for the stored numbers, None where nothing fits."""
    code = default_code(dtype, dim)
    margin: float | None = None
    if dim is None:
        try:
            build, n_classes = _fewest(relevance, dtype, code, None, 1.0, seed, _MOST_CLASSES)
        except ConstructionError:
            return None
        margin = build.stored_margin(n_classes)
    else:
        n_classes = (dim - 1) // 2
        for build in _builders(relevance, dtype, code, None, 1.0, seed, n_classes):
            if n_classes >= build.palette.n_colours:
                margin = build.stored_margin(n_classes)
            if margin is not None:
                break
    return None if margin is None else Promise(2 * n_classes + 1, SHOWN * margin)


def _fewest(
    relevance: Relevance,
    dtype: str,
    code: CodeName,
    cover: CoverName | None,
    effort: float,
    seed: int,
    most: int | None = None,
) -> tuple[_Builder, int]:
    """Return the builder that needs fewest classes, and how many."""
    build = _Builder(relevance, as_dtype(dtype), code, cover or "laminar", effort, seed)
    n_classes = build.fewest_classes(most)
    if cover is not None or n_classes == 1 or not build.might_carry(n_classes - 1):
        return build, n_classes
    if n_classes <= consecutive_lower_bound(relevance):
        return build, n_classes
    other = _Builder(relevance, as_dtype(dtype), code, "consecutive", effort, seed)
    try:
        return other, other.fewest_classes(n_classes - 1)
    except ConstructionError:
        return build, n_classes


def _builders(
    relevance: Relevance,
    dtype: str,
    code: CodeName,
    cover: CoverName | None,
    effort: float,
    seed: int,
    n_classes: int,
) -> Iterator[_Builder]:
    """Yield those to try for a number of classes, in turn."""
    build = _Builder(relevance, as_dtype(dtype), code, cover or "laminar", effort, seed)
    yield build
    if cover is None and build.palette.n_colours > 1 and build.might_carry(max(1, n_classes)):
        yield _Builder(relevance, as_dtype(dtype), code, "consecutive", effort, seed)


class _Builder:
    palette: LaminarPalette | ConsecutivePalette

    def __init__(
        self,
        relevance: Relevance,
        dtype: np.dtype[Any],
        code: CodeName,
        cover: CoverName,
        effort: float,
        seed: int,
    ) -> None:
        if code not in _CODES:
            raise ConstructionError(f"code must be one of {', '.join(_CODES)}: got {code!r}")
        if code == "arc" and dtype == np.int8:
            raise ConstructionError("code must be parabola for int8: got 'arc'")
        if cover not in _COVERS:
            raise ConstructionError(f"cover must be one of {', '.join(_COVERS)}: got {cover!r}")
        if not 0 <= effort < np.inf:
            raise ConstructionError(f"effort must be a number of at least 0: got {effort}")
        self.relevance = relevance
        self.dtype = dtype
        self.code: IntervalCode = _CODES[code](dtype)
        self.parameters: dict[str, Any] = {"cover": cover, "effort": effort, "seed": seed}
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
        n = -(-self.relevance.n_documents // n_classes)
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
        low = high = self.palette.n_colours
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
        classes = self.palette.spread(n_classes)
        make = _COVERS[self.parameters["cover"]]
        return make(self.relevance, classes, lower_bound=self.palette.lower_bound)

    def _fits(self, n_classes: int) -> bool:
        cover = self._cover(n_classes)
        return all(self.code.block(class_, cover.n_classes).fits for class_ in cover)

    def stored_margin(self, n_classes: int) -> float | None:
        """Return the margin of the rounded numbers, None where the type does not carry them."""
        cover = self._cover(n_classes)
        margin = np.inf
        for class_ in cover:
            block = self.code.block(class_, cover.n_classes)
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
            block: CodeBlock = self.code.block(class_, k)
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
    every = np.arange(relevance.n_documents)
    query, document = _csr.row_numbers(relevance.indptr), relevance.indices
    mutual = relevance.holds(document, query) & (document != query)
    return bool(relevance.holds(every, every).all()) and not mutual.any()
