"""From an embedding to the rows that an engine is to hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blocks import score_blocks
from hrgeom.checker import certify
from hrgeom.core import DualEmbedding, Hierarchy, Relevance, Target, as_relevance
from hrgeom.errors import FormatError
from hrgeom.export._interface import ExportTarget, Handover

__all__ = ["handed_over", "own_relevance", "with_threshold"]


def handed_over(
    entry: ExportTarget,
    embedding: DualEmbedding,
    target: Target,
    *,
    dtype: str | None = None,
    options: Mapping[str, int] | None = None,
    leaves: bool = True,
) -> Handover:
    """Return the rows in a type that a target holds, and a threshold in float32.

    Without leaves, documents that only the query of the same label retrieves are left out.

    Raises
    ------
    FormatError
        If the target does not hold the type, the numbers leave its range, or there is no such
        option.
    """
    chosen = dtype or entry.types[0]
    if chosen not in entry.types:
        raise FormatError(f"the target {entry.name} holds {', '.join(entry.types)}: got {chosen}")
    assert embedding.threshold is not None
    hierarchy = target if isinstance(target, Hierarchy) else None
    n_documents = embedding.n_documents
    if not leaves:
        embedding, target = _without_leaves(embedding, as_relevance(target))
    queries, documents = (_rounded(rows, chosen, entry) for rows in embedding.values())
    threshold, lifted_from = float(np.float32(embedding.threshold)), None
    if entry.is_lifted and threshold:
        queries = _with_column(queries, -threshold)
        documents = _with_column(documents, 1.0)
        threshold, lifted_from = 0.0, threshold
    rows = replace(
        embedding,
        queries=queries,
        documents=documents,
        query_scale=1.0,
        document_scale=1.0,
        threshold=threshold,
        notion="global",
    )
    return Handover(
        rows,
        target,
        _settings(entry, options or {}),
        lifted_from,
        hierarchy,
        n_documents - rows.n_documents,
    )


def _without_leaves(
    embedding: DualEmbedding, relevance: Relevance
) -> tuple[DualEmbedding, Relevance]:
    """Return the rows and pairs of the documents that a search is needed for.

    A document whose only query has its own label is known without one: a leaf of a hierarchy.

    Raises
    ------
    FormatError
        If no document is left.
    """
    starts, queries = relevance.transposed
    labels = relevance.query_labels
    kept = [
        v
        for v, label in enumerate(relevance.document_labels)
        if starts[v + 1] - starts[v] != 1 or labels[queries[starts[v]]] != label
    ]
    if not kept:
        raise FormatError(
            "without leaves there must be documents left: got none that a query of another label "
            "retrieves"
        )
    part = relevance.restrict_documents(np.array(kept, dtype=np.int64))
    scale = embedding.document_scale
    rows = replace(
        embedding,
        documents=embedding.documents[kept],
        document_scale=scale[kept] if isinstance(scale, np.ndarray) else scale,
        document_labels=part.document_labels,
    )
    return rows, part


def with_threshold(embedding: DualEmbedding, target: Target | None) -> DualEmbedding:
    """Return an embedding that has a threshold: its own, or the one in the middle of the gap.

    Raises
    ------
    FormatError
        If it has none and there is no target to find one by; if labels repeat or are no UTF-8.
    """
    _check_labels(embedding.query_labels, "queries")
    _check_labels(embedding.document_labels, "documents")
    if embedding.threshold is not None:
        return embedding
    found = None if target is None else certify(embedding, target, notion="global").threshold
    if found is None:
        raise FormatError(
            "an embedding for an engine must have a threshold: got none; say --tree or --qrels "
            "(target=), by which one is found"
        )
    return replace(embedding, threshold=found)


def own_relevance(embedding: DualEmbedding) -> Relevance:
    """Return what an embedding retrieves by its float64 scores, where nothing else is known."""
    queries, documents = (rows.astype(np.float64) for rows in embedding.values())
    sets = (
        np.flatnonzero(scores > embedding.threshold)
        for block in score_blocks(queries, documents)
        for _, scores in block.rows()
    )
    return Relevance.from_sets(
        sets,
        embedding.n_documents,
        query_labels=embedding.query_labels,
        document_labels=embedding.document_labels,
    )


def _rounded(rows: NDArray[Any], dtype: str, entry: ExportTarget) -> NDArray[Any]:
    with np.errstate(over="ignore"):
        rounded = rows.astype(dtype)
    if not np.isfinite(rounded).all():
        largest = float(np.abs(rows).max())
        raise FormatError(
            f"numbers for the target {entry.name} must be within the range of {dtype}: got "
            f"{largest:g}; scale the rows down"
        )
    return rounded


def _with_column(rows: NDArray[Any], value: float) -> NDArray[Any]:
    column = np.full((len(rows), 1), value, dtype=rows.dtype)
    return np.hstack([rows, column])


def _check_labels(labels: tuple[str, ...], what: str) -> None:
    if len(set(labels)) < len(labels):
        twice = next(label for row, label in enumerate(labels) if label in labels[:row])
        raise FormatError(f"labels of the {what} must be distinct: got {twice!r} twice")
    for label in labels:
        if "\0" in label or any("\ud800" <= sign <= "\udfff" for sign in label):
            raise FormatError(
                f"labels for an engine must be UTF-8 without null characters: got {label!r}"
            )


def _settings(entry: ExportTarget, given: Mapping[str, int]) -> dict[str, int]:
    for name in given:
        if name not in entry.options:
            known = ", ".join(entry.options) or "none"
            raise FormatError(f"a setting of {entry.name} must be one of {known}: got {name!r}")
    return {**entry.options, **given}
