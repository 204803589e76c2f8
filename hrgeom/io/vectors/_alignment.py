"""Vectors under labels of their own, put in the order of a hierarchy or of judgments."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.json_text import parse_json
from hrgeom._base.sources import decoded, naming, read_bytes, suffix_of
from hrgeom.core import (
    DualEmbedding,
    Remark,
    RowRule,
    Scale,
    Target,
    row_places,
    row_remarks,
    target_labels,
)
from hrgeom.errors import FormatError, ShapeError
from hrgeom.io.vectors._number_types import as_stored, in_one_type

__all__ = [
    "SCORES",
    "ModelScore",
    "Vectors",
    "aligned",
    "alignment_remarks",
    "in_stored_types",
    "read_labels",
]

ModelScore = Literal["dot", "cosine", "poincare"]
SCORES: tuple[ModelScore, ...] = ("dot", "cosine", "poincare")


@dataclass(frozen=True, eq=False)
class Vectors:
    """Vectors as a file or a model has them.

    Attributes
    ----------
    queries, documents : ndarray, shapes (n, d) and (m, d)
        The stored numbers, one row per query and per document.
    query_labels, document_labels : sequence of str, optional
        One per row; there may be more rows than needed. None, or row numbers as `DualEmbedding`
        makes them up: the rows are those of the hierarchy, in its order.
    source : str
        What to call them in messages.
    threshold : float, optional
        As in `DualEmbedding`, where the file states it.
    query_scale, document_scale : float or ndarray of shape (n,) or (m,)
        As in `DualEmbedding`: a vector is its stored numbers times its scale.
    remarks : tuple of Remark
        What was repaired or left out when they were read.
    """

    queries: NDArray[Any]
    documents: NDArray[Any]
    query_labels: Sequence[str] | None = None
    document_labels: Sequence[str] | None = None
    source: str = "vectors"
    threshold: float | None = None
    query_scale: Scale = 1.0
    document_scale: Scale = 1.0
    remarks: tuple[Remark, ...] = ()


def aligned(
    vectors: Vectors,
    target: Target,
    *,
    score: ModelScore = "dot",
    rows: RowRule | None = None,
) -> DualEmbedding:
    """Return the vectors as an embedding whose rows are the labels of `target`, in its order.

    Parameters
    ----------
    vectors : Vectors
        As a file or a model has them, in stored types or whole numbers; rows without labels must be
        in the order of `target`.
    target : Hierarchy, Relevance or Judgments
        Whose labels the rows are to have.
    score : {"dot", "cosine", "poincare"}
        How the model means its vectors. cosine: rows are divided by their lengths, in float64, and
        rounded to the stored type. The others change nothing.
    rows : {"labels", "order"}, optional
        As for `DualEmbedding.aligned_to`: what counts where labels leave a doubt.

    Returns
    -------
    embedding : DualEmbedding
        In the stored type of the vectors. The threshold is that of the vectors for the score "dot";
        without one it is meant for the row notion.

    Raises
    ------
    ShapeError
        If a label has no row or two, one array has two lists of labels, numbers of rows or
        dimensions differ, `rows` must be said, or a length is zero where score is cosine.
    NotFiniteError
        If a row that is used holds NaN or infinity.

    Examples
    --------
    >>> from hrgeom.core import Hierarchy
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> rows = np.array([[0.0, 2.0], [1.0, 0.0], [5.0, 5.0]])
    >>> names = ["dog", "animal", "stone"]
    >>> aligned(Vectors(rows, rows, names, names), h).queries.tolist()
    [[1.0, 0.0], [0.0, 2.0]]
    """
    vectors = in_stored_types(vectors)
    _check_one_array(vectors)
    labels = target_labels(target)
    queries, query_scale = _side(vectors, "queries", labels[0], score, rows)
    documents, document_scale = _side(vectors, "documents", labels[1], score, rows)
    threshold = vectors.threshold if score == "dot" else None
    try:
        return DualEmbedding(
            queries=queries,
            documents=documents,
            threshold=threshold,
            notion="row" if threshold is None else "global",
            query_scale=query_scale,
            document_scale=document_scale,
            query_labels=labels[0],
            document_labels=labels[1],
            parameters={"source": vectors.source, "score": score},
        )
    except ShapeError as error:
        raise ShapeError(f"{vectors.source}: {error}") from None


def in_stored_types(vectors: Vectors) -> Vectors:
    """Return vectors with both sides in one stored type, which changes no number.

    Parameters
    ----------
    vectors : Vectors
        In any types of NumPy.

    Returns
    -------
    vectors : Vectors
        With a remark where the sides were in two types.

    Raises
    ------
    ShapeError
        If a side is no matrix, or its numbers are in no stored type and not whole.

    Examples
    --------
    >>> in_stored_types(Vectors(np.array([[1, 2]]), np.array([[0.5, 1.0]]))).queries.dtype
    dtype('float64')
    """
    for what, rows in (("queries", vectors.queries), ("documents", vectors.documents)):
        if rows.ndim != 2 or rows.shape[1] < 1:
            raise ShapeError(
                f"{what} of {vectors.source} must be a matrix, one row each: got shape {rows.shape}"
            )
    if vectors.documents is vectors.queries:
        rows = as_stored(vectors.queries, f"vectors of {vectors.source}")
        return replace(vectors, queries=rows, documents=rows)
    queries, documents, remarks = in_one_type(
        as_stored(vectors.queries, f"queries of {vectors.source}"),
        as_stored(vectors.documents, f"documents of {vectors.source}"),
    )
    return replace(
        vectors, queries=queries, documents=documents, remarks=(*vectors.remarks, *remarks)
    )


def alignment_remarks(
    vectors: Vectors | DualEmbedding, target: Target, rows: RowRule | None = None
) -> tuple[Remark, ...]:
    """Return what is to be said about how rows were put in the order of a target.

    Parameters
    ----------
    vectors : Vectors or DualEmbedding
        Before they were put in order.
    target : Hierarchy, Relevance or Judgments
        Whose labels the rows were to have.
    rows : {"labels", "order"}, optional
        As for `aligned`.

    Returns
    -------
    remarks : tuple of Remark
        About rows without labels, and rows that are left out.

    Examples
    --------
    >>> from hrgeom.core import Hierarchy
    >>> h = Hierarchy(["animal", "dog"], [(1, 0)])
    >>> rows = np.ones((3, 1))
    >>> names = ["stone", "dog", "animal"]
    >>> print(*alignment_remarks(Vectors(rows, rows, names, names), h))
    1 of the 3 rows left out, as nothing asks for their labels, such as 'stone'
    """
    v, wanted = vectors, target_labels(target)
    sides = [
        ("queries", v.query_labels, len(v.queries), wanted[0]),
        ("documents", v.document_labels, len(v.documents), wanted[1]),
    ]
    if [*sides[0][1:]] == [*sides[1][1:]]:
        sides = [("rows", *sides[0][1:])]
    elif v.queries is v.documents and v.query_labels is not None and rows != "order":
        sides = [("rows", v.query_labels, len(v.queries), (*wanted[0], *wanted[1]))]  # one table
    return row_remarks(sides, rows)


def _check_one_array(vectors: Vectors) -> None:
    """Raise ShapeError for one array of both sides with two lists of labels."""
    one, other = vectors.query_labels, vectors.document_labels
    if vectors.queries is not vectors.documents or one is other:
        return
    if one is None or other is None or tuple(one) != tuple(other):
        raise ShapeError(
            f"{vectors.source}: one array for both sides must have one list of labels: got two"
        )


def _side(
    vectors: Vectors,
    what: str,
    wanted: tuple[str, ...],
    score: ModelScore,
    rows: RowRule | None,
) -> tuple[NDArray[Any], Scale]:
    """Return the rows of one side in order, and their scale."""
    stored, side = getattr(vectors, what), "query" if what == "queries" else "document"
    labels, scale = getattr(vectors, f"{side}_labels"), getattr(vectors, f"{side}_scale")
    name = f"{what} of {vectors.source}"
    places = row_places(labels, wanted, name, n_rows=len(stored), rows=rows)
    if places is not None:
        stored = stored[places]
        scale = scale[places] if np.ndim(scale) else scale
    return (_unit_rows(stored, name, wanted) if score == "cosine" else stored), scale


def read_labels(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """Read labels: one per line, or a JSON list if the name ends in `.json`; UTF-8, maybe gzip.

    Parameters
    ----------
    path : str or path-like
        A file.

    Returns
    -------
    labels : tuple of str
        In the order of the file.

    Raises
    ------
    FormatError
        If a line is empty, or the JSON is no list of text.

    Examples
    --------
    >>> import os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "labels.txt")
    ...     with open(path, "w") as file:
    ...         _ = file.write("animal\\ndog\\n")
    ...     read_labels(path)
    ('animal', 'dog')
    """
    name, data = read_bytes(path)
    with naming(name):
        text = decoded(data)
        if suffix_of(name, ("json",)):
            found = parse_json(text)
            if not isinstance(found, list) or not all(isinstance(label, str) for label in found):
                raise FormatError("labels must be a JSON list of text")
            return tuple(found)
        labels = tuple(line.removesuffix("\r") for line in text.removesuffix("\n").split("\n"))
        if "" in labels:
            raise FormatError(f"labels must not be empty: got line {labels.index('') + 1}")
        return labels


def _unit_rows(rows: NDArray[Any], name: str, labels: Sequence[str]) -> NDArray[Any]:
    """Return the rows divided by their lengths, in the same type."""
    if rows.dtype.kind == "i":
        rows = rows.astype(np.float32)  # unit rows are no whole numbers
    wide = rows.astype(np.float64)
    # Squares of numbers beyond 1e154 or below 1e-154 leave float64: divide by the largest first.
    largest = np.abs(wide).max(axis=1, keepdims=True)
    zero = np.flatnonzero(largest == 0)
    if len(zero):
        raise ShapeError(
            f"{name} must have a length for score 'cosine': got zero at row {zero[0]} "
            f"({labels[zero[0]]!r})"
        )
    with np.errstate(invalid="ignore"):  # NaN and infinity are reported with their place later
        wide = wide / largest
        unit: NDArray[Any] = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    return unit.astype(rows.dtype)
