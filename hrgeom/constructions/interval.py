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
that the other two do not (sign rank of the signed identity).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from hrgeom.constructions.codes import ArcCode, CodeBlock, IntervalCode, ParabolaCode
from hrgeom.constructions.covers.intervals import IntervalCover
from hrgeom.constructions.covers.laminar import LaminarCover, LaminarPalette
from hrgeom.embedding import DualEmbedding, as_dtype
from hrgeom.errors import ConstructionError
from hrgeom.relevance import Relevance

__all__ = ["default_code", "fewest_interval_classes", "interval"]

CodeName = Literal["parabola", "arc"]
_CODES: dict[str, type[ParabolaCode] | type[ArcCode]] = {"parabola": ParabolaCode, "arc": ArcCode}


def interval(
    relevance: Relevance,
    *,
    dim: int | None = None,
    dtype: str = "float32",
    code: CodeName | None = None,
    seed: int = 0,
) -> DualEmbedding:
    """Return the embedding of a laminar cover: threshold 0, d = 2k + 1.

    Parameters
    ----------
    relevance : Relevance
        Any.
    dim : int, optional
        Dimensions to use: more of them mean more, smaller classes and so more margin; an odd
        number is used, 2k + 1 <= dim. Default: the fewest that the stored type carries.
    dtype : {"float64", "float32", "float16", "int8"}
        The stored type.
    code : {"parabola", "arc"}, optional
        Integers whose scores are exact (default for int8, and for float64 unless `dim` asks for
        margin), or unit rows (default otherwise).
    seed : int
        Of the colouring's tie breaks.

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
    build = _Builder(relevance, as_dtype(dtype), code, seed)
    if dim is None:
        n_classes = build.fewest_classes()
    else:
        n_classes = (dim - 1) // 2
        least = build.palette.n_colours
        if n_classes < least:
            raise ConstructionError(
                f"dim must be at least 2k + 1 = {2 * least + 1} for the {least} classes found: "
                f"got {dim}"
            )
    embedding = build.embedding(n_classes)
    if embedding is None:
        raise ConstructionError(
            f"the stored type must carry the code: {dtype} does not carry {build.code.name} in "
            f"{n_classes} classes; ask for more dimensions or another type"
        )
    return embedding


def default_code(dtype: str, dim: int | None) -> CodeName:
    """Return the code for a stored type: exact integers, or more margin if `dim` asks for it."""
    return "parabola" if dtype == "int8" or (dtype == "float64" and dim is None) else "arc"


def fewest_interval_classes(
    relevance: Relevance, *, dtype: str, code: CodeName, seed: int = 0
) -> int:
    """Return the least number of classes found that the stored type carries."""
    return _Builder(relevance, as_dtype(dtype), code, seed).fewest_classes()


class _Builder:
    def __init__(
        self, relevance: Relevance, dtype: np.dtype[Any], code: CodeName, seed: int
    ) -> None:
        if code not in _CODES:
            raise ConstructionError(f"code must be one of {', '.join(_CODES)}: got {code!r}")
        if code == "arc" and dtype == np.int8:
            raise ConstructionError("code must be parabola for int8: got 'arc'")
        self.relevance = relevance
        self.dtype = dtype
        self.code: IntervalCode = _CODES[code](dtype)
        self.seed = seed
        self.palette = LaminarPalette.of(relevance, seed=seed)

    def fewest_classes(self) -> int:
        """Double until the stored type carries the code, then halve the step back."""
        low = self.palette.n_colours
        if self._fits(low):
            return low
        most = self.relevance.n_documents
        high = low
        while not self._fits(high):
            if high >= most:
                raise ConstructionError(
                    f"the stored type must carry the code: {self.dtype} does not carry "
                    f"{self.code.name}, not even with one document a class"
                )
            low, high = high, min(2 * high, max(most, self.palette.n_colours))
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._fits(middle) else (middle, high)
        return high

    def _cover(self, n_classes: int) -> IntervalCover:
        classes = self.palette.spread(n_classes)
        return LaminarCover(self.relevance, classes, lower_bound=self.palette.lower_bound)

    def _fits(self, n_classes: int) -> bool:
        cover = self._cover(n_classes)
        return all(self.code.block(class_, cover.n_classes).fits for class_ in cover)

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
                "cover": "laminar",
                "n_classes": k,
                "n_classes_lower_bound": cover.lower_bound,
                "seed": self.seed,
            },
            promise={"dim": 2 * k + 1, "margin": margin, "theorem": "interval cover"},
        )
