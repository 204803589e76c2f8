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
from hrgeom.core import DualEmbedding, Relevance, Scale, Target, as_relevance
from hrgeom.errors import FormatError, ShapeError

__all__ = ["SCORES", "ModelScore", "Vectors", "aligned", "read_labels", "realigned"]

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
        One per row; there may be more rows than needed. None: the rows are those of the hierarchy,
        in its order.
    source : str
        What to call them in messages.
    threshold : float, optional
        As in `DualEmbedding`, where the file states it.
    query_scale, document_scale : float or ndarray of shape (n,) or (m,)
        As in `DualEmbedding`: a vector is its stored numbers times its scale.
    """

    queries: NDArray[Any]
    documents: NDArray[Any]
    query_labels: Sequence[str] | None = None
    document_labels: Sequence[str] | None = None
    source: str = "vectors"
    threshold: float | None = None
    query_scale: Scale = 1.0
    document_scale: Scale = 1.0


def aligned(vectors: Vectors, target: Target, *, score: ModelScore = "dot") -> DualEmbedding:
    """Return the vectors as an embedding whose rows are the labels of `target`, in its order.

    Parameters
    ----------
    vectors : Vectors
        As a file or a model has them; rows without labels must be in the order of `target`.
    target : Hierarchy, Relevance or Judgments
        Whose labels the rows are to have.
    score : {"dot", "cosine", "poincare"}
        How the model means its vectors. cosine: rows are divided by their lengths, in float64, and
        rounded to the stored type. The others change nothing.

    Returns
    -------
    embedding : DualEmbedding
        Row notion, no threshold, the stored type of the vectors.

    Raises
    ------
    ShapeError
        If a label has no row or two, one array has two lists of labels, numbers of rows or
        dimensions differ, or a length is zero where score is cosine.
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
    relevance = as_relevance(target)
    labels = vectors.query_labels, vectors.document_labels
    if (
        vectors.queries is vectors.documents
        and labels[0] is not labels[1]
        and (None in labels or tuple(labels[0] or ()) != tuple(labels[1] or ()))
    ):
        raise ShapeError(
            f"{vectors.source}: one array for both sides must have one list of labels: got two"
        )
    sides: list[NDArray[Any]] = []
    scales: list[Scale] = []
    for what, rows, scale, mine, theirs in (
        (
            "queries",
            vectors.queries,
            vectors.query_scale,
            vectors.query_labels,
            relevance.query_labels,
        ),
        (
            "documents",
            vectors.documents,
            vectors.document_scale,
            vectors.document_labels,
            relevance.document_labels,
        ),
    ):
        name = f"{what} of {vectors.source}"
        if rows.ndim != 2 or rows.shape[1] < 1:
            raise ShapeError(f"{name} must be a matrix, one row each: got shape {rows.shape}")
        if mine is None:
            if len(rows) != len(theirs):
                raise ShapeError(
                    f"{name} must have a row each, {len(theirs):,}, or labels: got "
                    f"{len(rows):,} rows without labels"
                )
            chosen = rows
            scales.append(scale)
        else:
            if len(mine) != len(rows):
                raise ShapeError(
                    f"{name} must have one label per row: got {len(mine):,} labels, "
                    f"{len(rows):,} rows"
                )
            places = _places(mine, theirs, name)
            chosen = rows[places]
            scales.append(scale[places] if isinstance(scale, np.ndarray) and scale.ndim else scale)
        # Byte order is the file's business; 128 bits are no stored type and refused below.
        chosen = chosen.astype(chosen.dtype.newbyteorder("="), copy=False)
        sides.append(_unit_rows(chosen, name, theirs) if score == "cosine" else chosen)
    try:
        return DualEmbedding(
            queries=sides[0],
            documents=sides[1],
            notion="row",
            query_scale=scales[0],
            document_scale=scales[1],
            query_labels=relevance.query_labels,
            document_labels=relevance.document_labels,
            parameters={"source": vectors.source, "score": score},
        )
    except ShapeError as error:
        raise ShapeError(f"{vectors.source}: {error}") from None


def realigned(embedding: DualEmbedding, relevance: Relevance, source: str) -> DualEmbedding:
    """Return an embedding with the rows of a relevance, by their labels.

    One whose labels are mere numbers is taken as it is, if it has as many rows.

    Parameters
    ----------
    embedding : DualEmbedding
        May have more rows than needed.
    relevance : Relevance
        Whose labels the rows are to have, in its order.
    source : str
        What to call the embedding in messages.

    Returns
    -------
    embedding : DualEmbedding
        The same stored numbers and scales, in the order of `relevance`.

    Raises
    ------
    ShapeError
        If a label has no row, or numbers of rows differ.

    Examples
    --------
    >>> from hrgeom.core import Hierarchy
    >>> relevance = Hierarchy(["animal", "dog"], [(1, 0)]).relevance
    >>> names = ("dog", "animal")
    >>> e = DualEmbedding([[2.0], [1.0]], [[2.0], [1.0]], query_labels=names, document_labels=names)
    >>> realigned(e, relevance, "it").queries.tolist()
    [[1.0], [2.0]]
    """
    changed: dict[str, Any] = {}
    for side, what, theirs in (
        ("query", "queries", relevance.query_labels),
        ("document", "documents", relevance.document_labels),
    ):
        mine: tuple[str, ...] = getattr(embedding, f"{side}_labels")
        is_numbered = len(mine) == len(theirs) and mine == tuple(map(str, range(len(mine))))
        if mine == theirs or is_numbered:
            continue
        places = _places(mine, theirs, f"{what} of {source}")
        scale = getattr(embedding, f"{side}_scale")
        changed[what] = getattr(embedding, what)[places]
        changed[f"{side}_scale"] = scale[places] if np.ndim(scale) else scale
        changed[f"{side}_labels"] = theirs
    return replace(embedding, **changed) if changed else embedding


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


def _places(mine: Sequence[str], theirs: Sequence[str], name: str) -> NDArray[np.int64]:
    """Return the row of every label that is needed; each must have one."""
    place: dict[str, int] = {}
    needed = set(theirs)
    for row, label in enumerate(mine):
        if label in needed and place.setdefault(label, row) != row:
            raise ShapeError(
                f"{name} must have one row per label: got {label!r} at rows {place[label]} "
                f"and {row}"
            )
    missing = [label for label in theirs if label not in place]
    if missing:
        shown = ", ".join(map(repr, missing[:3])) + (", ..." if len(missing) > 3 else "")
        raise ShapeError(
            f"{name} must have a row for every label: got none for {len(missing):,} of "
            f"{len(theirs):,}, {shown}"
        )
    return np.array([place[label] for label in theirs], dtype=np.int64)


def _unit_rows(rows: NDArray[Any], name: str, labels: Sequence[str]) -> NDArray[Any]:
    """Return the rows divided by their lengths, in the same type."""
    if rows.dtype.kind == "i":
        raise ShapeError(f"{name} must be floats for score 'cosine': got {rows.dtype}")
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
