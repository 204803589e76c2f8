"""What is odd about a hierarchy that was read, though nothing was mended."""

from __future__ import annotations

import unicodedata

import numpy as np

from hrgeom.core import Hierarchy, Remark
from hrgeom.io.hierarchies._repairs import counted

__all__ = ["labels_alike", "looks_reversed"]

_FACTOR = 5


def labels_alike(hierarchy: Hierarchy) -> Remark | None:
    """Return a remark on labels that differ only by letter case, spaces or Unicode form.

    Examples
    --------
    >>> print(labels_alike(Hierarchy(["Dog", "dog", "cat"], [])))
    2 labels differ from others only by letter case, spaces or Unicode form, such as 'Dog' and 'dog'
    """
    keys = [_folded(label) for label in hierarchy.labels]
    if len(set(keys)) == len(keys):
        return None
    groups: dict[str, list[int]] = {}
    for node, key in enumerate(keys):
        groups.setdefault(key, []).append(node)
    several = [group for group in groups.values() if len(group) > 1]
    one, other = (hierarchy.labels[node] for node in several[0][:2])
    shown = ascii if repr(one) == repr(other) or _looks_same(one, other) else repr
    n = sum(map(len, several))
    return Remark(
        "labels-alike",
        f"{n:,} labels differ from others only by letter case, spaces or Unicode form, such as "
        f"{shown(one)} and {shown(other)}",
        n,
    )


def _folded(label: str) -> str:
    if not label.isascii():
        label = _plain(label)
    return " ".join(label.casefold().split())


def _looks_same(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _plain(label: str) -> str:
    """A label in one Unicode form, without characters of no width."""
    composed = unicodedata.normalize("NFKC", label)
    return "".join(c for c in composed if unicodedata.category(c) != "Cf")


def looks_reversed(hierarchy: Hierarchy) -> Remark | None:
    """Return a remark if the edges look as if they ran from parent to child.

    Inner nodes of a hierarchy have several children and few nodes have several parents. Read the
    wrong way round, a tree has one leaf, a root for every leaf, and several parents everywhere.

    Examples
    --------
    >>> print(looks_reversed(Hierarchy(["animal", "dog", "cat"], [(0, 1), (0, 2)])))
    edges look reversed: 1 leaf and 2 roots, and no node has two children; if the first of a \
pair is the parent, say --edge-direction parent-child
    """
    n_roots, n_leaves = len(hierarchy.roots), len(hierarchy.leaves)
    parents = int(np.count_nonzero(np.diff(hierarchy.parent_indptr) > 1))
    children = int(np.count_nonzero(np.diff(hierarchy.children[0]) > 1))
    if not parents or parents < _FACTOR * children or n_roots <= n_leaves:
        return None
    if children and n_roots < _FACTOR * n_leaves:
        return None
    found = "no node has two children"
    if children:
        found = f"{counted(parents, 'node')} have several parents, {children:,} several children"
    leaves = f"{n_leaves:,} lea{'f' if n_leaves == 1 else 'ves'}"
    return Remark(
        "looks-reversed",
        f"edges look reversed: {leaves} and {counted(n_roots, 'root')}, and {found}; if the first "
        "of a pair is the parent, say --edge-direction parent-child",
        parents,
    )
