"""Search for few classes with consecutive ones: first fit, then one class fewer again and again.

*Core.* A document v that crosses no document of a class can join it. For take an order of the
class and a query p in D(v), leave out the rest of D(v), and put all of D(v), in the order it had,
in place of p: sets that hold D(v) hold p, disjoint ones do not, those inside are intervals of
D(v). So a document that crosses fewer than k others can be left until the others have their k
classes; one of these holds none it crosses. Leaving such documents out again and again ends at
the k-core of the crossing graph, and only the core needs a search.

*Search.* Documents are placed in an order, each in the class that still takes it and holds fewest
documents it crosses. At first those that cross many others come first; those that fit nowhere gain
weight and come earlier in the next round; weights fade, and a little noise keeps rounds different.
With a single class a round decides for good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.constructions.covers._consecutive_ones import Rows, place
from hrgeom.core import Relevance, atoms_of

__all__ = ["Found", "few_classes"]

_VISITS = {"native": 300_000_000, "python": 3_000_000}  # at effort 1: several seconds
_ROUNDS = 10  # per set of a core, at effort 1
_FADE = 0.998
_NOISE = 0.02


@dataclass(frozen=True)
class Found:
    """Classes of the crossing documents.

    Attributes
    ----------
    vertices, classes : ndarray of int32
        The crossing documents, ascending, and their classes.
    n_classes : int
    lower_bound : int
        2 if one class was tried and is not enough, else 1.
    n_visited : int
        Atoms and tree nodes visited: what the search cost.
    """

    vertices: NDArray[np.int32]
    classes: NDArray[np.int32]
    n_classes: int
    lower_bound: int
    n_visited: int


def few_classes(
    relevance: Relevance,
    known: tuple[NDArray[np.int32], NDArray[np.int32]],
    *,
    lower_bound: int,
    seed: int,
    effort: float,
    kernel: str,
) -> Found:
    """Return a partition of the crossing documents into few classes with consecutive ones.

    Parameters
    ----------
    relevance : Relevance
    known : (vertices, classes)
        Some partition of the crossing documents to start from, such as a laminar one.
    lower_bound : int
        Where the search may stop.
    seed : int
    effort : float
        Scales how much is tried. The same effort, seed and kernel give the same classes.
    kernel : {"native", "python"}
    """
    vertices, classes = known
    n_classes = int(classes.max(initial=0)) + 1
    if n_classes == 1:
        return Found(vertices, classes, 1, 1, 0)
    search = _Search(relevance, vertices, seed, effort, kernel)
    better = search.attempt(1)
    if better is not None:
        return Found(vertices, better, 1, 1, search.n_visited)
    least = max(2, lower_bound)
    better = search.first_fit(n_classes - 1) if n_classes > least else None
    if better is not None:
        classes, n_classes = better, int(better.max()) + 1
    while n_classes > least and (better := search.attempt(n_classes - 1)) is not None:
        classes, n_classes = better, int(better.max()) + 1
    return Found(vertices, classes, n_classes, 2, search.n_visited)


class _Search:
    def __init__(
        self,
        relevance: Relevance,
        vertices: NDArray[np.int32],
        seed: int,
        effort: float,
        kernel: str,
    ) -> None:
        self._relevance = relevance
        self._vertices = vertices
        self._rng = np.random.default_rng(seed)
        self._effort = effort
        self._kernel = kernel
        self._most_visits = effort * _VISITS[kernel]
        self.n_visited = 0
        ends = np.searchsorted(vertices, relevance.crossing_pairs)
        both = np.concatenate((ends, ends[:, ::-1]))
        self._neighbors = csr.from_pairs(both[:, 0], both[:, 1], len(vertices))

    def first_fit(self, most: int) -> NDArray[np.int32] | None:
        """Return the classes of first fit, large sets first; None if it needs more than `most`."""
        sets, n_atoms = atoms_of(self._relevance, self._vertices)
        nobody = np.zeros(len(self._vertices) + 1, dtype=np.int64), np.empty(0, dtype=np.int32)
        order = np.argsort(-np.diff(sets[0]), kind="stable")
        classes, n_visited = place(sets, n_atoms, nobody, most, order, kernel=self._kernel)
        self.n_visited += n_visited
        return classes if classes.min() >= 0 else None

    def attempt(self, n_classes: int) -> NDArray[np.int32] | None:
        """Return so many classes, or None if they are not found: for one class, not possible."""
        layers = self._peel(n_classes)
        core = np.flatnonzero(layers < 0)
        classes = np.full(len(layers), -1, dtype=np.int32)
        if len(core):
            found = self._place_core(core, n_classes)
            if found is None:
                return None
            classes[core] = found
        for v in np.argsort(-layers, kind="stable")[: len(layers) - len(core)].tolist():
            near = set(classes[self._row(v)].tolist())
            classes[v] = next(c for c in range(n_classes) if c not in near)
        return classes

    def _row(self, v: int) -> NDArray[np.int32]:
        indptr, indices = self._neighbors
        return indices[indptr[v] : indptr[v + 1]]

    def _peel(self, n_classes: int) -> NDArray[np.int64]:
        """Return the round in which each document is left out, -1 for the core."""
        indptr, indices = self._neighbors
        rows = csr.row_numbers(indptr)
        layers = np.full(len(self._vertices), -1, dtype=np.int64)
        layer = 0
        while True:
            inside = (layers[rows] < 0) & (layers[indices] < 0)
            degree = np.bincount(rows[inside], minlength=len(layers))
            leaving = (layers < 0) & (degree < n_classes)
            if not leaving.any():
                return layers
            layers[leaving] = layer
            layer += 1

    def _place_core(self, core: NDArray[np.int64], n_classes: int) -> NDArray[np.int32] | None:
        sets, n_atoms = atoms_of(self._relevance, self._vertices[core])
        neighbors = self._neighbors_among(core)
        degree = np.diff(neighbors[0])
        weights = np.zeros(len(core))
        n_rounds = 1 if n_classes == 1 else int(np.ceil(self._effort * _ROUNDS * len(core)))
        for _ in range(n_rounds):
            if n_classes > 1 and self.n_visited >= self._most_visits:
                return None
            noise = _NOISE * self._rng.random(len(core))
            order = np.argsort(-(weights + degree / degree.max() + noise), kind="stable")
            classes, n_visited = place(
                sets, n_atoms, neighbors, n_classes, order, kernel=self._kernel
            )
            self.n_visited += n_visited
            failed = classes < 0
            if not failed.any():
                return classes
            weights = _FADE * weights + failed
        return None

    def _neighbors_among(self, core: NDArray[np.int64]) -> Rows:
        number = np.full(len(self._vertices), -1, dtype=np.int64)
        number[core] = np.arange(len(core))
        indptr, indices = self._neighbors
        rows, columns = number[csr.row_numbers(indptr)], number[indices]
        kept = (rows >= 0) & (columns >= 0)
        return csr.from_pairs(rows[kept], columns[kept], len(core))
