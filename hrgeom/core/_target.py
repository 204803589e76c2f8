"""Targets: the hierarchy, judgments or relevance that an embedding is built or checked for."""

from __future__ import annotations

from typing import Protocol

from hrgeom.core._hierarchy import Hierarchy
from hrgeom.core._relevance import Relevance
from hrgeom.errors import HierarchyError

__all__ = ["Target", "as_relevance", "target_labels"]


class Target(Protocol):
    """Object with a relevance: a `Hierarchy`, `Judgments`, or a `Relevance` itself."""

    @property
    def relevance(self) -> Relevance:
        """Who matches what."""
        ...


def as_relevance(target: Target) -> Relevance:
    """Return the relevance of a hierarchy, of judgments, or of a relevance itself.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        Or any other object with an attribute `relevance` that is a `Relevance`.

    Returns
    -------
    relevance : Relevance
        The attribute `relevance` of the target.

    Raises
    ------
    HierarchyError
        If it is none of these; the message says how to make one of what was given.

    Examples
    --------
    >>> r = Relevance.from_sets([{0, 2}, {1}], n_documents=3)
    >>> as_relevance(r) is r
    True
    """
    relevance = getattr(target, "relevance", None)
    if isinstance(relevance, Relevance):
        return relevance
    raise HierarchyError(
        f"target must be a Hierarchy, a Relevance or Judgments: got {_described(target)}"
    )


def target_labels(target: Target) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the labels of the queries and of the documents of a target.

    Of a hierarchy both are the labels of its nodes, and its closure is not computed for them.

    Parameters
    ----------
    target : Hierarchy, Relevance or Judgments
        As for `as_relevance`.

    Returns
    -------
    labels : pair of tuple of str
        Of the queries and of the documents.

    Raises
    ------
    HierarchyError
        If it is none of these.

    Examples
    --------
    >>> target_labels(Hierarchy(["animal", "dog"], [(1, 0)]))
    (('animal', 'dog'), ('animal', 'dog'))
    """
    if isinstance(target, Hierarchy):
        return target.labels, target.labels
    relevance = as_relevance(target)
    return relevance.query_labels, relevance.document_labels


def _described(target: object) -> str:
    """What was given, and what to do about it."""
    kind = type(target).__name__
    if hasattr(target, "query_labels") and hasattr(target, "documents"):
        return f"a {kind}; the embedding comes first, the target second"
    if hasattr(target, "embedding") and hasattr(target, "certificate"):
        return f"a {kind}; give what it was built for, the hierarchy or the judgments"
    if hasattr(target, "tocsr"):
        return (
            f"a {kind}; Relevance(indptr, indices, n_documents) takes those of a CSR matrix with a "
            "row per query and its relevant documents as columns"
        )
    if isinstance(target, str):
        return f"the text {target!r}; read_hierarchy reads files and bundled hierarchies"
    if hasattr(target, "columns") and hasattr(target, "itertuples"):
        return f"a {kind}; Hierarchy.from_edges takes frame[['child', 'parent']].values.tolist()"
    if hasattr(target, "is_directed"):
        return f"a {kind}; Hierarchy.from_networkx takes graphs with edges from child to parent"
    if isinstance(target, (list, tuple, set, frozenset)):
        return f"a {kind}; Hierarchy.from_edges takes (child, parent) pairs"
    if isinstance(target, dict):
        return f"a {kind}; Hierarchy.from_edges takes (child, parent) pairs of labels"
    return f"a {kind}"
