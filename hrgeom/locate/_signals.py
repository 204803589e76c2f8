"""What speaks for each node as the parent of a text: votes of its children, likeness, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate._bag import Bag
from hrgeom.locate._mentions import Mentions, NameIndex
from hrgeom.locate._tree import Tree
from hrgeom.locate._views import BagView, Left, RowView, transposed
from hrgeom.locate._words import grams_of, heads_of, words_of

__all__ = ["MAXIMA", "SIGNALS", "Signals", "Views"]

SIGNALS = (
    "votes.wide",
    "own.wide",
    "votes.near",
    "own.near",
    "own",
    "child",
    "children",
    "below",
    "word.own",
    "word.child",
    "word.children",
    "word.votes",
    "gram.own",
    "gram.child",
    "gram.children",
    "gram.votes",
    "head.own",
    "head.votes",
    "head.share",
)
"""Names of the signals, in the order of the features."""
MAXIMA = {"child": "own", "word.child": "word.own", "gram.child": "gram.own"}
"""Signals that are the greatest of another among the children."""

_WIDE, _NEAR = 10.0, 40.0  # reciprocal temperatures of the votes by likeness of rows


@dataclass(frozen=True, eq=False)
class Signals:
    """Numbers for a block of b texts.

    Attributes
    ----------
    inner : dict of str to ndarray of float32, shape (m, b)
        For the inner nodes as parents.
    nodes : dict of str to ndarray of float32 or bool, shape (n, b)
        For all nodes: those of `inner` that a node without children has as well, but for votes.
    totals : ndarray of float32, shape (b,)
        What "own.near" is divided by.
    mentions : Mentions
        Names of nodes in the texts.
    """

    inner: dict[str, NDArray[np.float32]]
    nodes: dict[str, NDArray[Any]]
    totals: NDArray[np.float32]
    mentions: Mentions

    def of_leaves(self, name: str, nodes: NDArray[np.int64]) -> NDArray[np.float32] | None:
        """Return a signal of nodes without children, shape (b, c) as they are, or None."""
        text = np.arange(len(nodes))[:, None]
        if name == "own.near":  # all votes would be one more large array
            votes = np.exp((self.nodes["own"][nodes, text] - np.float32(1)) * np.float32(_NEAR))
            return np.asarray(votes / self.totals[:, None])
        if name not in self.nodes:
            return None
        return self.nodes[name][nodes, text].astype(np.float32)


class Views:
    """All ways to see the texts of the nodes.

    Parameters
    ----------
    tree : Tree
        The hierarchy.
    texts : sequence of str
        One per node.
    rows : ndarray of float16, shape (n, k)
        Unit rows of an encoder, `mean` taken off.
    mean : ndarray of float32, shape (k,)
        Mean of the unit rows before.
    """

    def __init__(
        self,
        tree: Tree,
        texts: Sequence[str],
        rows: NDArray[np.float16],
        mean: NDArray[np.float32],
    ) -> None:
        self.tree = tree
        self.rows = RowView(tree, rows, mean)
        self.bags = {
            "word": BagView(tree, Bag(words_of, texts)),
            "gram": BagView(tree, Bag(grams_of, texts)),
        }
        self._heads = Bag(heads_of, texts)
        self._with_head = self._heads.taken().sign()
        self._names = NameIndex(texts)
        self._ones = np.ones(tree.n, dtype=np.float32)

    def signals(
        self,
        rows: NDArray[np.float32],
        likeness: NDArray[np.float32],
        texts: Sequence[str],
        left: Left | None = None,
    ) -> Signals:
        """Return the signals of texts with these rows, as `RowView.queries` gives them.

        Parameters
        ----------
        rows : ndarray of float32, shape (b, k)
            One per text.
        likeness : ndarray of float32, shape (n, b)
            Products of them with those of the nodes, which are changed.
        texts : sequence of str
            The b texts.
        left : Left, optional
            The nodes that they are.
        """
        totals = np.ones(len(texts), dtype=np.float32)
        found = Signals({}, {}, totals, self._mentions(texts, left))
        self._add_rows(found, rows, likeness, left)
        for name, view in self.bags.items():
            self._add_bag(found, name, view, texts, left)
        self._add_heads(found, texts, left)
        return found

    def _sums(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the sums over all nodes, by a product, which is faster than a sum."""
        return np.asarray(self._ones @ values, dtype=np.float32)

    def _mentions(self, texts: Sequence[str], left: Left | None) -> Mentions:
        found = self._names.mentions(texts)
        return found if left is None else found.without(left.nodes)

    def _add_rows(
        self,
        found: Signals,
        queries: NDArray[np.float32],
        likeness: NDArray[np.float32],
        left: Left | None,
    ) -> None:
        tree, inner = self.tree, found.inner
        if left is not None:
            likeness[left.nodes, np.arange(len(queries))] = 0
        inner["children"] = self.rows.of_children(likeness, queries, left)
        inner["below"] = self.rows.of_all_below(likeness, queries, left)
        if left is not None:
            likeness[left.nodes, np.arange(len(queries))] = -1
        # Cosines are at most 1, and float32 holds exp(-80): no maximum has to be found.
        votes = likeness - np.float32(1)
        votes *= np.float32(_WIDE)
        np.exp(votes, out=votes)
        for name in ("wide", "near"):
            total = self._sums(votes)
            inner[f"votes.{name}"] = np.asarray(tree.child_sums(votes) / total, dtype=np.float32)
            inner[f"own.{name}"] = np.asarray(votes[tree.inner] / total, dtype=np.float32)
            if name == "wide":  # to the fourth power: `_NEAR` is four times `_WIDE`
                votes *= votes
                votes *= votes
        found.totals[:] = total
        found.nodes["own"] = found.nodes["below"] = likeness
        inner["own"] = likeness[tree.inner]

    def _add_bag(
        self, found: Signals, name: str, view: BagView, texts: Sequence[str], left: Left | None
    ) -> None:
        tree, inner = self.tree, found.inner
        queries = view.queries(texts)
        likeness = view.likeness(queries, left)
        found.nodes[f"{name}.own"] = likeness
        inner[f"{name}.own"] = likeness[tree.inner]
        inner[f"{name}.children"] = view.of_children(likeness, queries, left)
        votes = likeness * likeness
        votes *= likeness
        inner[f"{name}.votes"] = tree.child_sums(votes) / (self._sums(votes) + np.float32(1e-3))

    def _add_heads(self, found: Signals, texts: Sequence[str], left: Left | None) -> None:
        tree, inner = self.tree, found.inner
        rows = self._heads.rows(texts).sign()
        same = transposed(rows @ self._with_head)
        np.minimum(same, 1, out=same)
        if left is not None:
            same[left.nodes, np.arange(len(texts))] = 0
        children = tree.child_sums(same)
        found.nodes["head.own"] = same > 0
        inner["head.own"] = same[tree.inner]
        inner["head.votes"] = children / (np.float32(1) + self._sums(same))
        inner["head.share"] = children
