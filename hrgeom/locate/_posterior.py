"""Posteriors over the parents of texts, and what follows for their ancestors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate._candidates import Candidates
from hrgeom.locate._tree import Tree

__all__ = ["Posteriors", "deepest_right", "expected_scores"]

_COUNTED = 24  # likeliest candidates that expectations are taken over


@dataclass(frozen=True, eq=False)
class Posteriors:
    """For each of b texts the probability of each candidate, and of none of them.

    Attributes
    ----------
    nodes : ndarray of int, shape (b, c)
        Candidates, likeliest first; -1 where there are fewer.
    shares : ndarray of float32, shape (b, c)
        Their probabilities.
    none : ndarray of float32, shape (b,)
        Probability that none of them is right.
    """

    nodes: NDArray[np.int64]
    shares: NDArray[np.float32]
    none: NDArray[np.float32]

    @classmethod
    def of(cls, candidates: Candidates, probabilities: NDArray[np.float32]) -> Posteriors:
        """Return probabilities with their candidates, likeliest first."""
        shares = np.where(candidates.nodes >= 0, probabilities[:, :-1], 0)
        order = np.lexsort((candidates.nodes, -shares), axis=1)
        return cls(
            np.take_along_axis(candidates.nodes, order, axis=1),
            np.take_along_axis(shares, order, axis=1),
            probabilities[:, -1],
        )

    @classmethod
    def together(cls, parts: list[Posteriors]) -> Posteriors:
        """Return posteriors one after another; of none, none."""
        if not parts:
            return cls(
                np.zeros((0, 1), np.int64), np.zeros((0, 1), np.float32), np.zeros(0, np.float32)
            )
        return cls(
            np.concatenate([each.nodes for each in parts]),
            np.concatenate([each.shares for each in parts]),
            np.concatenate([each.none for each in parts]),
        )

    def __len__(self) -> int:
        return len(self.nodes)

    def part(self, rows: Any) -> Posteriors:
        """Return those of some texts."""
        return Posteriors(self.nodes[rows], self.shares[rows], self.none[rows])

    def weights(self, n: int) -> Any:
        """Return the probabilities as a sparse matrix, shape (b, n)."""
        from scipy.sparse import csr_matrix

        indptr = np.arange(0, self.nodes.size + 1, self.nodes.shape[1])
        columns = np.maximum(self.nodes, 0).ravel()
        # A copy: what follows sorts the numbers of the matrix in place.
        values = self.shares.flatten()
        found = csr_matrix((values, columns, indptr), shape=(len(self.nodes), n))
        found.sum_duplicates()
        return found

    def of_ancestors(self, tree: Tree) -> Any:
        """Return the probability of each node to be a right ancestor: sparse, shape (b, n)."""
        return (self.weights(tree.n) @ tree.closure).tocsr()


def deepest_right(
    tree: Tree, nodes: NDArray[np.int64], parents: list[NDArray[np.int64]]
) -> NDArray[np.bool_]:
    """Return which candidates are right: the parents, or else the deepest ancestors in the list.

    Parameters
    ----------
    tree : Tree
        The hierarchy.
    nodes : ndarray of int, shape (b, c)
        Candidates, -1 for none.
    parents : list of ndarray of int
        The right parents of each text.
    """
    found = np.zeros(nodes.shape, dtype=np.bool_)
    for row, (listed, right) in enumerate(zip(nodes, parents, strict=True)):
        hit = np.isin(listed, right)
        if not hit.any():
            above = np.isin(listed, np.unique(tree.closure[right].indices))
            levels = np.where(above, tree.levels[np.maximum(listed, 0)], -1)
            hit = above & (levels == levels.max())
        found[row] = hit
    return found


def expected_scores(tree: Tree, posteriors: Posteriors) -> Any:
    """Return the expected F1 of S(v) for every candidate and ancestor v: sparse, shape (b, n).

    The expectation is over the likeliest candidates; where none of them is right, F1 counts as 0.
    """
    from scipy.sparse import csr_matrix

    nodes, shares = posteriors.nodes[:, :_COUNTED], posteriors.shares[:, :_COUNTED]
    keep = (nodes >= 0) & (shares > 1e-6)
    text = np.nonzero(keep)[0]
    candidates, weight = nodes[keep], shares[keep]
    # Each text has columns of its own, (text, node), so that one product serves all of them.
    sets = tree.closure[candidates]
    length = np.diff(sets.indptr)
    keys, columns = np.unique(np.repeat(text, length) * tree.n + sets.indices, return_inverse=True)
    own = csr_matrix((sets.data, columns, sets.indptr), shape=(len(candidates), len(keys)))
    of_text, node = keys // tree.n, keys % tree.n
    above = tree.closure[node]
    place = np.searchsorted(
        keys, np.repeat(of_text, np.diff(above.indptr)) * tree.n + above.indices
    )
    upward = csr_matrix((above.data, place, above.indptr), shape=(len(keys), len(keys)))
    common = (own @ upward.T).tocoo()
    sizes = tree.set_sizes
    f1 = 2 * common.data / (sizes[candidates[common.row]] + sizes[node[common.col]])
    total = np.bincount(common.col, weight[common.row] * f1, minlength=len(keys))
    indptr = np.searchsorted(of_text, np.arange(len(posteriors) + 1))
    return csr_matrix((total, node, indptr), shape=(len(posteriors), tree.n))
