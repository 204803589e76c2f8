"""A walk down the hierarchy: arrays, the children of every node, and a query in NumPy.

What a query retrieves holds with every node its ancestors. So only children of what is retrieved
need be scored, and nothing is missed: the hierarchy is its own index.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.export._interface import ExportTarget, Handover, Query
from hrgeom.export._python_query import number, opened, python_query, rows_beside, write_queries
from hrgeom.export._units import SCORE
from hrgeom.io import Vectors

__all__ = ["WALK"]

_SETUP = """X = np.load(HERE / "documents.npy")
ROOTS, STARTS, CHILDREN = (np.load(HERE / f"{x}.npy") for x in ("roots", "starts", "children"))"""
_BODY = """query, level, answer = QUERIES[ROWS[label]], ROOTS, {{}}
while len(level):
    scores = X[level] @ query
    near = scores > np.float32({threshold})
    level = level[near]
    answer.update(zip(level.tolist(), scores[near].tolist()))
    parts = [CHILDREN[STARTS[v] : STARTS[v + 1]] for v in level]
    level = np.unique(np.concatenate(parts)) if parts else level
return {{LABELS["documents"][v]: score for v, score in answer.items()}}"""


def _write(handover: Handover, folder: Path) -> None:
    tree = handover.hierarchy
    if tree is None:
        raise FormatError("a walk must have a hierarchy to go down: got none; say which (--tree)")
    np.save(folder / "documents.npy", handover.embedding.documents, allow_pickle=False)
    for name, array in _paths(tree, handover.embedding.document_labels).items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    write_queries(handover.embedding, folder)


def _paths(tree: Hierarchy, labels: tuple[str, ...]) -> dict[str, NDArray[np.int64]]:
    """Return the roots, and the children of every document, in the numbers of the documents.

    The documents are the nodes in their order, without leaves or with them.
    """
    here = np.isin(tree.labels, labels)
    row = np.cumsum(here) - 1
    starts, children = tree.children
    before = np.concatenate(([0], np.cumsum(here[children])))
    firsts = before[starts[:-1]][here]
    return {
        "roots": row[tree.roots[here[tree.roots]]],
        "starts": np.append(firsts, before[-1]),
        "children": row[children[here[children]]],
    }


def _query(handover: Handover) -> Query:
    return python_query(
        handover,
        SCORE,
        imports="",
        setup=_SETUP,
        body=_BODY.format(threshold=number(handover.threshold)),
    )


def _stored(names: dict[str, Any], folder: Path) -> Vectors:
    return rows_beside(folder, names["X"])


WALK = ExportTarget(
    name="walk",
    summary="arrays and a query in NumPy that walks down the hierarchy: exact, without an index",
    write=_write,
    query=_query,
    open=opened(_stored),
    units=SCORE,
    needs_hierarchy=True,
)
