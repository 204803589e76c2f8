"""Rows to begin at, from an embedding made earlier or by another construction."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.checks import RowNumbers
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.errors import ConstructionError, ShapeError

__all__ = ["require_embedding", "start_record", "start_rows"]

_PADDING = 0.1  # length of what is added to a unit row in dimensions that it has not


def start_rows(
    start: DualEmbedding, relevance: Relevance, dim: int, seed: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return unit rows in the order of a relevance, padded to `dim` columns at random.

    Rows go by labels, whatever their order; a start without labels of its own must be in the order
    of the relevance.
    """
    if start.dim > dim:
        raise ConstructionError(
            f"start must have at most the {dim} dimensions asked for: got {start.dim}; leave out "
            "the dimension for as many, or begin at random"
        )
    queries, documents = start.values()
    chosen = (
        queries[_places("queries", start.query_labels, relevance.query_labels)],
        documents[_places("documents", start.document_labels, relevance.document_labels)],
    )
    rng = np.random.default_rng(seed)
    first, second = (_padded(rows, dim, rng) for rows in chosen)
    return first, second


def require_embedding(given: object) -> None:
    """Raise ConstructionError unless it is an embedding."""
    if not isinstance(given, DualEmbedding):
        advice = "; take its `embedding`" if hasattr(given, "embedding") else ""
        raise ConstructionError(
            f"start must be a DualEmbedding: got a {type(given).__name__}{advice}"
        )


def start_record(start: DualEmbedding) -> dict[str, Any]:
    """Return which embedding it was, for the parameters of what begins there."""
    return {
        "construction": start.construction,
        "dim": start.dim,
        "dtype": str(start.dtype),
        "sha256": dict(start.sha256),
    }


def _places(what: str, mine: tuple[str, ...], theirs: tuple[str, ...]) -> slice | NDArray[np.int64]:
    """Return where the rows of some labels are."""
    if mine == theirs or (isinstance(mine, RowNumbers) and len(mine) == len(theirs)):
        return slice(None)
    places = {label: row for row, label in enumerate(mine)}
    missing = [label for label in theirs if label not in places]
    if missing or len(mine) != len(theirs):
        detail = f", none for {missing[0]!r}" if missing else ""
        raise ShapeError(
            f"start must have the same {what} as what is to be built, in any order: got "
            f"{len(mine):,} for {len(theirs):,}{detail}"
        )
    return np.array([places[label] for label in theirs], dtype=np.int64)


def _padded(rows: NDArray[Any], dim: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return rows of length 1 (or 0) with more columns, small ones at random.

    Columns of zeros would stay zero: a gradient lies in the span of the rows of the other side.
    """
    wide = rows.astype(np.float64)
    peaks = np.abs(wide).max(axis=1, keepdims=True)
    wide /= np.where(peaks > 0, peaks, 1.0)  # so that no length over- or underflows
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    wide /= np.where(lengths > 0, lengths, 1.0)
    more = dim - wide.shape[1]
    if more:
        noise = rng.standard_normal((len(wide), more)) * (_PADDING / np.sqrt(more))
        wide = np.hstack((wide, noise))
    return wide.astype(np.float32)
