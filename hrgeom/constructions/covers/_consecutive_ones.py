"""Consecutive ones: placing sets into classes, and orders in which they are intervals.

Two kernels return the same: "native", the C extension, and "python", `PQTree`. Sets are CSR rows
(indptr, indices) of atoms, ascending within a row.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.csr import Indices, Indptr
from hrgeom._native.library import native_library
from hrgeom.constructions.covers._pq_tree import PQTree
from hrgeom.errors import KernelError

__all__ = ["KERNELS", "Rows", "consecutive_order", "default_kernel", "place"]

Rows = tuple[Indptr, Indices]
KERNELS = ("native", "python")


def default_kernel() -> str:
    """Return "native" if the C extension is built, else "python"."""
    return "python" if native_library() is None else "native"


def _native() -> Any:
    library = native_library()
    if library is None:
        raise KernelError("kernel must be python where the C extension is not built: got 'native'")
    return library


def place(
    sets: Rows,
    n_atoms: int,
    neighbors: Rows,
    n_classes: int,
    order: NDArray[np.integer],
    *,
    kernel: str,
) -> tuple[NDArray[np.int32], int]:
    """Put sets into classes that have the consecutive ones property, in the order given.

    A set goes to that one of the classes which stay consecutive with it that holds fewest of its
    neighbors, the lowest of equals; without neighbors this is first fit.

    Parameters
    ----------
    sets : (indptr, indices)
        Atoms of each set.
    n_atoms : int
    neighbors : (indptr, indices)
        For each set others that had better be in other classes.
    n_classes : int
    order : ndarray of int
        Sets to place.
    kernel : {"native", "python"}

    Returns
    -------
    classes : ndarray of int32, shape (n_sets,)
        -1 for sets that fit nowhere or are not in the order.
    n_visited : int
        Atoms and tree nodes visited, the atoms of each new tree included: the cost.
    """
    _check(kernel)
    classes = np.full(len(sets[0]) - 1, -1, dtype=np.int32)
    if kernel == "native":
        arrays = (*_contiguous(sets), *_contiguous(neighbors))
        queue = np.ascontiguousarray(order, dtype=np.int32)
        return classes, _native().pq_place(n_atoms, n_classes, *arrays, queue, classes)
    trees: dict[int, PQTree] = {}
    n_fresh = 0
    for s in order.tolist():
        near = classes[neighbors[1][neighbors[0][s] : neighbors[0][s + 1]]]
        n_near = np.bincount(near[near >= 0], minlength=n_classes)
        atoms = sets[1][sets[0][s] : sets[0][s + 1]].tolist()
        for c in np.argsort(n_near, kind="stable").tolist():
            if c not in trees:
                trees[c] = PQTree(n_atoms)
                n_fresh += n_atoms
            if trees[c].insert(atoms):
                classes[s] = c
                break
    return classes, n_fresh + sum(tree.n_visited for tree in trees.values())


def consecutive_order(
    sets: Rows, n_atoms: int, *, kernel: str
) -> tuple[NDArray[np.int32], int | None]:
    """Return an order of the atoms in which every set is consecutive.

    Returns
    -------
    order : ndarray of int32, shape (n_atoms,)
        Atoms from left to right; meaningless if a set failed.
    failed : int or None
        The first set that cannot be consecutive together with those before it.

    Examples
    --------
    >>> rows = np.array([0, 2, 4]), np.array([0, 2, 1, 2], dtype=np.int32)
    >>> consecutive_order(rows, 3, kernel="python")
    (array([0, 2, 1], dtype=int32), None)
    """
    _check(kernel)
    if kernel == "native":
        order = np.zeros(n_atoms, dtype=np.int32)
        failed = _native().pq_order(n_atoms, *_contiguous(sets), order)
        return order, None if failed < 0 else failed
    tree = PQTree(n_atoms)
    for s in range(len(sets[0]) - 1):
        if not tree.insert(sets[1][sets[0][s] : sets[0][s + 1]].tolist()):
            return np.zeros(n_atoms, dtype=np.int32), s
    return np.array(tree.frontier(), dtype=np.int32), None


def _check(kernel: str) -> None:
    if kernel not in KERNELS:
        raise KernelError(f"kernel must be one of {', '.join(KERNELS)}: got {kernel!r}")


def _contiguous(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    return (
        np.ascontiguousarray(rows[0], dtype=np.int64),
        np.ascontiguousarray(rows[1], dtype=np.int32),
    )
