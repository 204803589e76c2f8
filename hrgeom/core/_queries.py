"""Which query a text stands for, and the names that are shown beside labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hrgeom._base.nearest import nearest
from hrgeom.core._hierarchy import Hierarchy
from hrgeom.errors import HierarchyError

if TYPE_CHECKING:
    from hrgeom.core._target import Target

__all__ = ["query_of"]


def query_of(
    text: str, labels: Sequence[str], target: Target | None
) -> tuple[str, Mapping[str, str]]:
    """Return the label of the query that a text stands for, and the names that differ from labels.

    Parameters
    ----------
    text : str
        Label of a query; or another label or a name of its node, where the target is a hierarchy.
    labels : sequence of str
        Labels of the queries.
    target : Hierarchy, Relevance or Judgments, optional
        What may know names.

    Raises
    ------
    HierarchyError
        If it stands for no query, with the nearest labels and names, or is the name of several.

    Examples
    --------
    >>> h = Hierarchy(["P1", "P2"], [(1, 0)], names=["animal", "dog"])
    >>> query_of("dog", h.labels, h)
    ('P2', {'P1': 'animal', 'P2': 'dog'})
    """
    names: dict[str, str] = {}
    if isinstance(target, Hierarchy) and target.names is not target.labels:
        named = zip(target.labels, target.names, strict=True)
        names = {label: name for label, name in named if name != label}
    label = text
    if text not in labels and isinstance(target, Hierarchy):
        label = target.find(text)
    if label not in labels:
        near = nearest(text, labels)
        offered = f"; nearest: {', '.join(map(repr, near))}" if near else ""
        raise HierarchyError(f"label must be a query of the embedding: got {text!r}{offered}")
    return label, names
