"""The embedding: one vector per query, one per document, and the threshold between."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hrgeom._validation import as_labels
from hrgeom.errors import NotFiniteError, ShapeError

__all__ = ["STORED_TYPES", "DualEmbedding", "Notion", "as_dtype"]

Notion = Literal["global", "row"]
STORED_TYPES = ("float64", "float32", "float16", "int8")


def as_dtype(name: str | np.dtype[Any]) -> np.dtype[Any]:
    """Return the NumPy dtype of a stored type.

    >>> as_dtype("int8")
    dtype('int8')
    """
    text = str(np.dtype(name)) if not isinstance(name, str) else name
    if text not in STORED_TYPES:
        raise ShapeError(f"dtype must be one of {', '.join(STORED_TYPES)}: got {text!r}")
    return np.dtype(text)


@dataclass(frozen=True, eq=False)
class DualEmbedding:
    """Query and document vectors whose inner products are the scores.

    Parameters
    ----------
    queries, documents : array_like, shapes (n, d) and (m, d), d >= 1
        The stored numbers: float64, float32, float16 or int8, one type for both. Finite.
    threshold : float, optional
        r: a document is retrieved if its score exceeds r. None: the row notion only, or a
        threshold still to be found.
    notion : {"global", "row"}
        What the embedding is meant to achieve: one threshold for all queries, or a ranking with
        S(q) on top for every query.
    query_scale, document_scale : float
        A vector is its stored numbers times this scale; only int8 may have other than 1, and
        then a number that float32 holds, so that vectors are exact in float64.
    query_labels, document_labels : sequence of str, optional
    construction : str
        What made it.
    parameters : dict
        With which options, the seed included; JSON values only.
    promise : dict
        What the theorem behind the construction says: `dim`, `margin` (normalised, in exact
        arithmetic, before rounding to the stored type; None if nothing is promised), `theorem`.
    source_sha256 : str
        Digest of the hierarchy it was made from, if any.

    Raises
    ------
    ShapeError
        Arrays that do not fit each other, or of another type.
    NotFiniteError
        NaN or infinity, with its place.
    """

    queries: NDArray[Any]
    documents: NDArray[Any]
    threshold: float | None = None
    notion: Notion = "global"
    query_scale: float = 1.0
    document_scale: float = 1.0
    query_labels: tuple[str, ...] = ()
    document_labels: tuple[str, ...] = ()
    construction: str = "given"
    parameters: dict[str, Any] = field(default_factory=dict)
    promise: dict[str, Any] = field(default_factory=dict)
    source_sha256: str | None = None

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "queries", _as_rows(self.queries, "queries"))
        set_(self, "documents", _as_rows(self.documents, "documents"))
        q, x = self.queries, self.documents
        if q.shape[1] != x.shape[1]:
            raise ShapeError(
                f"queries and documents must share dimension d: got queries {q.shape}, "
                f"documents {x.shape}"
            )
        if q.dtype != x.dtype:
            raise ShapeError(
                f"queries and documents must share a stored type: got {q.dtype} and {x.dtype}"
            )
        if self.notion not in ("global", "row"):
            raise ShapeError(f"notion must be 'global' or 'row': got {self.notion!r}")
        if self.threshold is not None and not np.isfinite(self.threshold):
            raise NotFiniteError(f"threshold must be finite: got {self.threshold}")
        for name, scale in (("query", self.query_scale), ("document", self.document_scale)):
            if not 0 < scale < np.inf or float(np.float32(scale)) != scale:
                raise ShapeError(
                    f"{name}_scale must be a positive number that float32 holds: got {scale}"
                )
            if scale != 1 and q.dtype != np.int8:
                raise ShapeError(f"{name}_scale must be 1 for {q.dtype}: got {scale}")
        set_(self, "query_labels", as_labels(self.query_labels or None, len(q), "query_labels"))
        set_(
            self,
            "document_labels",
            as_labels(self.document_labels or None, len(x), "document_labels"),
        )
        self._check_finite()

    def _check_finite(self) -> None:
        for name, rows, labels in (
            ("queries", self.queries, self.query_labels),
            ("documents", self.documents, self.document_labels),
        ):
            if rows.dtype == np.int8:
                continue
            for start in range(0, len(rows), 4096):
                finite = np.isfinite(rows[start : start + 4096])
                if not finite.all():
                    row, column = np.argwhere(~finite)[0]
                    row += start
                    raise NotFiniteError(
                        f"{name} must be finite: got {rows[row, column]} at row {row} "
                        f"({labels[row]!r}), column {column}"
                    )

    @property
    def n_queries(self) -> int:
        """Number of query vectors n."""
        return len(self.queries)

    @property
    def n_documents(self) -> int:
        """Number of document vectors m."""
        return len(self.documents)

    @property
    def dim(self) -> int:
        """Dimension d."""
        return int(self.queries.shape[1])

    @property
    def dtype(self) -> np.dtype[Any]:
        """The stored type."""
        return self.queries.dtype

    @property
    def bits_per_vector(self) -> int:
        """Bits that one stored vector takes."""
        return self.dim * self.dtype.itemsize * 8

    def of(self, against: object) -> DualEmbedding:
        """Return this embedding with the digest of the hierarchy it was made for, if it is one."""
        return replace(self, source_sha256=getattr(against, "sha256", None))

    def values(self) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return the vectors the stored numbers stand for, without rounding.

        float64 stays float64; float32, float16 and unscaled int8 become float32 arrays, scaled
        int8 becomes float64.
        """
        if self.dtype == np.float64:
            return self.queries, self.documents
        if (self.query_scale, self.document_scale) == (1.0, 1.0):
            work = np.float32
            return self.queries.astype(work, copy=False), self.documents.astype(work, copy=False)
        queries, documents = self.queries.astype(np.float64), self.documents.astype(np.float64)
        return queries * self.query_scale, documents * self.document_scale

    @cached_property
    def sha256(self) -> dict[str, str]:
        """Digests of the two stored arrays: type, shape and numbers."""
        return {"queries": _digest(self.queries), "documents": _digest(self.documents)}

    def __repr__(self) -> str:
        return (
            f"DualEmbedding({self.construction}: {self.n_queries} queries, "
            f"{self.n_documents} documents, d = {self.dim}, {self.dtype})"
        )


def _as_rows(values: ArrayLike, name: str) -> NDArray[Any]:
    rows = np.asanyarray(values)
    if rows.ndim != 2 or rows.shape[0] < 1 or rows.shape[1] < 1:
        raise ShapeError(
            f"{name} must be a matrix with at least one row and column: got shape {rows.shape}"
        )
    if str(rows.dtype) not in STORED_TYPES:
        raise ShapeError(f"{name} must be of {', '.join(STORED_TYPES)}: got {rows.dtype}")
    return np.ascontiguousarray(rows)


def _digest(rows: NDArray[Any]) -> str:
    little = rows.astype(rows.dtype.newbyteorder("<"), copy=False)
    digest = hashlib.sha256(f"{rows.dtype} {rows.shape}\n".encode())
    for start in range(0, len(little), 65536):
        digest.update(np.ascontiguousarray(little[start : start + 65536]).data)
    return digest.hexdigest()
