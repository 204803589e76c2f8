"""Which nodes may be the parent of a text, and the features by which they are ranked."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.locate._mentions import MENTION_FEATURES, Mentions
from hrgeom.locate._signals import MAXIMA, SIGNALS, Signals, Views
from hrgeom.locate._tree import Tree
from hrgeom.locate._views import Left

__all__ = ["MOST_CANDIDATES", "N_FEATURES", "Candidates", "candidates_of"]

_INNER, _LEAVES = 58, 6
MOST_CANDIDATES = _INNER + _LEAVES
"""Candidates per text: inner nodes, and nodes that would get their first child."""

_PULL = {
    "votes.near": 1.0,
    "votes.wide": 0.7,
    "own.near": 0.5,
    "children": 0.7,
    "below": 0.4,
    "own": 0.4,
    "word.votes": 0.7,
    "word.children": 0.5,
    "word.own": 0.5,
    "gram.votes": 0.7,
    "gram.children": 0.5,
    "gram.own": 0.5,
    "head.votes": 0.5,
}
"""How much each signal, as a share of its greatest, counts in the choice of candidates."""
_OWN_MENTION, _CHILD_MENTION = 0.4, 0.3
_COMPARED = [
    name for name in SIGNALS if name not in {"own.wide", "own.near", "head.own", "head.share"}
]
"""Signals that are also given as what they lack to the best of the list."""
N_FEATURES = len(SIGNALS) + len(_COMPARED) + MENTION_FEATURES + 5 + 6
"""Features of a candidate."""
_BLOCK_ENTRIES, _GROUP_ENTRIES, _MOST_BLOCKS = 650_000, 5_200_000, 32
_GROUP = 64
_THREADS = 2  # each takes the memory of a block


@dataclass(frozen=True, eq=False)
class Candidates:
    """Nodes that may be the parent of each of b texts.

    Attributes
    ----------
    nodes : ndarray of int, shape (b, MOST_CANDIDATES)
        -1 where there are fewer.
    features : ndarray of float16, shape (b, MOST_CANDIDATES, f)
        Zeros where there is no node. In float32 they would be the largest array of a fit.
    """

    nodes: NDArray[np.int64]
    features: NDArray[np.float16]

    def part(self, rows: Any) -> Candidates:
        """Return those of some texts."""
        return Candidates(self.nodes[rows], self.features[rows])


def candidates_of(
    views: Views,
    rows: NDArray[Any],
    texts: Sequence[str],
    left: NDArray[np.int64] | None = None,
) -> Candidates:
    """Return the candidates of texts with these rows, as `RowView.queries` gives them.

    Where `left` gives the node that each text is, that node is left out of everything.
    """
    shape = (len(texts), MOST_CANDIDATES)
    found = Candidates(
        np.empty(shape, dtype=np.int64), np.empty((*shape, N_FEATURES), dtype=np.float16)
    )
    group, block = _sizes(views.tree.n)
    with ThreadPoolExecutor(_THREADS) as pool:  # products and sorts leave the interpreter free
        for start in range(0, len(texts), group):
            part = slice(start, start + group)
            queries = np.asarray(rows[part], dtype=np.float32)
            out = None if left is None else left[part]
            blocks = _of_group(views, queries, texts[part], out, block, pool)
            for k, each in zip(range(start, len(texts), block), blocks, strict=False):
                found.nodes[k : k + block] = each.nodes
                found.features[k : k + block] = each.features
    return found


def _sizes(n: int) -> tuple[int, int]:
    """Return how many texts are compared with n nodes at a time, and ranked at a time."""
    block = int(np.clip(_BLOCK_ENTRIES // n, 8, 128))
    return block * int(np.clip(_GROUP_ENTRIES // (n * block), 1, _MOST_BLOCKS)), block


def _of_group(
    views: Views,
    queries: NDArray[np.float32],
    texts: Sequence[str],
    left: NDArray[np.int64] | None,
    block: int,
    pool: ThreadPoolExecutor,
) -> list[Candidates]:
    """Return the candidates of texts, block by block.

    The rows of the nodes are read once for all of them: that takes longer than to multiply.
    """
    likeness = views.rows.likeness(queries, block, pool)

    def of(start: int) -> Candidates:
        part = slice(start, start + block)
        out = None if left is None else Left.of(views.tree, left[part])
        signals = views.signals(queries[part], likeness[start // block], texts[part], out)
        return _of_block(views.tree, signals, out)

    return list(pool.map(of, range(0, len(queries), block)))


def _of_block(tree: Tree, signals: Signals, left: Left | None) -> Candidates:
    place = _best(_pull(tree, signals), _INNER)
    inner = np.where(place >= 0, _at(tree.inner, np.maximum(place, 0)), -1)
    leaves = _best_leaves(tree, signals, left)
    nodes = np.concatenate([inner, leaves], axis=1)
    n_children = _n_children(tree, nodes, left)
    gathered = _gathered(tree, signals, place, nodes)
    gathered["head.share"] /= np.maximum(n_children, 1)
    mentioned = _mention_features(tree, signals.mentions, nodes)
    shape = _tree_features(tree, nodes, n_children, gathered)
    features = np.concatenate([*_signal_features(gathered, nodes), mentioned, shape], axis=2)
    features[nodes < 0] = 0
    return Candidates(nodes, features.astype(np.float16))


def _pull(tree: Tree, signals: Signals) -> NDArray[np.float32]:
    """Return how much speaks for each inner node, all signals together, shape (b, m)."""
    total = np.zeros_like(signals.inner["own"])
    for name, weight in _PULL.items():
        values = np.maximum(signals.inner[name], 0)
        scaled = values * (np.float32(weight**0.5) / _greatest(values))
        total += scaled * scaled
    mentions = signals.mentions
    of_children = mentions.of_parents(tree.parents)
    for found, weight in ((mentions, _OWN_MENTION), (of_children, _CHILD_MENTION)):
        place = tree.place[found.nodes]
        here = place >= 0
        strength = weight * np.minimum(found.features[here, 1], 3) * found.features[here, 5] ** 0.5
        np.add.at(total, (place[here], found.texts[here]), strength)
    return np.ascontiguousarray(total.T)


def _greatest(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the greatest value of each column, at least 1e-6.

    Many rows are taken as one: a maximum over short rows is slow.
    """
    n, n_texts = values.shape
    whole = n - n % _GROUP
    first = values[:whole].reshape(-1, _GROUP * n_texts).max(axis=0, initial=1e-6)
    rest = values[whole:].max(axis=0, initial=1e-6)
    return np.asarray(np.maximum(first.reshape(_GROUP, n_texts).max(axis=0), rest))


def _best(values: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Return the columns of the greatest values above 0, greatest first, and -1 for the rest."""
    n = values.shape[1]
    found = np.full((len(values), most), -1)
    k = min(most, n)
    if k:
        columns = np.argpartition(-values, k - 1, axis=1)[:, :k]
        reached = np.take_along_axis(values, columns, axis=1)
        order = np.lexsort((columns, -reached), axis=1)
        columns = np.take_along_axis(columns, order, axis=1)
        reached = np.take_along_axis(reached, order, axis=1)
        found[:, :k] = np.where(reached > 0, columns, -1)
    return found


def _best_leaves(tree: Tree, signals: Signals, left: Left | None) -> NDArray[np.int64]:
    """Return the nodes without children that are most like the texts."""
    nodes = signals.nodes
    whole = _whole_groups(nodes["own"].shape)
    values = whole[: tree.n]
    np.add(nodes["word.own"], nodes["gram.own"], out=values)
    values *= np.float32(0.5)
    values += nodes["own"]
    values[tree.inner] = 0
    if left is not None:
        values[left.nodes, np.arange(len(left.nodes))] = 0
    return _best_by_groups(whole, _LEAVES)


def _whole_groups(shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return zeros, rows added to full groups: to add them later would take a copy."""
    return np.zeros((shape[0] + -shape[0] % _GROUP, shape[1]), dtype=np.float32)


def _best_by_groups(values: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Return the rows of the greatest values of each column, as `_best` does for rows.

    The greatest are in the groups of rows, all of one size, with the greatest maxima: most values
    are seen once.
    """
    n_texts = values.shape[1]
    grouped = values.reshape(-1, _GROUP, n_texts)
    groups = _best(np.ascontiguousarray(grouped.max(axis=1).T), most)
    rows = (np.maximum(groups, 0)[:, :, None] * _GROUP + np.arange(_GROUP)).reshape(n_texts, -1)
    reached = values[rows, np.arange(n_texts)[:, None]]
    reached[np.repeat(groups < 0, _GROUP, axis=1)] = 0
    place = _best(reached, most)
    found = np.take_along_axis(rows, np.maximum(place, 0), axis=1)
    return np.where(place >= 0, found, -1)


def _gathered(
    tree: Tree, signals: Signals, place: NDArray[np.int64], nodes: NDArray[np.int64]
) -> dict[str, NDArray[np.float32]]:
    """Return every signal of the candidates; a leaf has no children that speak for it."""
    n_inner = place.shape[1]
    text = np.arange(len(nodes))[:, None]
    inner, leaves = np.maximum(place, 0), np.maximum(nodes[:, n_inner:], 0)
    found = {}
    for name in SIGNALS:
        if name in MAXIMA:
            found[name] = tree.child_maxima(signals.nodes[MAXIMA[name]], nodes)
            continue
        mine = np.zeros(nodes.shape, dtype=np.float32)
        if len(tree.inner):
            mine[:, :n_inner] = signals.inner[name][inner, text]
        of_leaves = signals.of_leaves(name, leaves)
        if of_leaves is not None:
            mine[:, n_inner:] = of_leaves
        found[name] = mine
    return found


def _n_children(tree: Tree, nodes: NDArray[np.int64], left: Left | None) -> NDArray[np.float32]:
    """Return how many children the candidates have, the text itself not counted."""
    counts = np.where(nodes >= 0, tree.n_children[np.maximum(nodes, 0)], 0).astype(np.float32)
    if left is not None and len(left.parents[0]):
        keys = np.sort(left.parents[0] * tree.n + tree.inner[left.parents[1]])
        counts[_row_of(keys, nodes, tree.n) >= 0] -= 1
    return counts


def _signal_features(
    gathered: dict[str, NDArray[np.float32]], nodes: NDArray[np.int64]
) -> list[NDArray[np.float32]]:
    """Return the signals, and what they lack to the best of the list."""
    values = np.stack([gathered[name] for name in SIGNALS], axis=-1)
    compared = np.stack([gathered[name] for name in _COMPARED], axis=-1)
    best = np.where(nodes[..., None] >= 0, compared, -np.inf).max(axis=1, keepdims=True)
    best[~np.isfinite(best)] = 0
    return [values, compared - best]


def _mention_features(
    tree: Tree, mentions: Mentions, nodes: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return the mention of each candidate, and of its children together."""
    found = np.zeros((*nodes.shape, MENTION_FEATURES + 5), dtype=np.float32)
    keys = mentions.texts * tree.n + mentions.nodes
    order = np.argsort(keys)
    row = _row_of(keys[order], nodes, tree.n)
    here = row >= 0
    found[here, :MENTION_FEATURES] = mentions.features[order][row[here]]
    found[here, MENTION_FEATURES] = 1
    keys, together = _together(mentions.of_parents(tree.parents), tree.n)
    row = _row_of(keys, nodes, tree.n)
    here = row >= 0
    found[here, MENTION_FEATURES + 1 :] = together[row[here]]
    return found


def _together(mentions: Mentions, n: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the (text, node) pairs as sorted keys: longest, how many, ends a text, earliest."""
    keys, row = np.unique(mentions.texts * n + mentions.nodes, return_inverse=True)
    found = np.zeros((len(keys), 4), dtype=np.float32)
    np.maximum.at(found[:, 0], row, mentions.features[:, 1])
    found[:, 1] = np.log1p(np.bincount(row, minlength=len(keys)))
    np.maximum.at(found[:, 2], row, mentions.features[:, 4])
    np.maximum.at(found[:, 3], row, 1 - mentions.features[:, 0])
    return keys, found


def _row_of(keys: NDArray[np.int64], nodes: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return the row of each (text, candidate) among sorted keys, -1 where there is none."""
    if not len(keys):
        return np.full(nodes.shape, -1)
    wanted = np.arange(len(nodes))[:, None] * n + nodes
    row = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where((keys[row] == wanted) & (nodes >= 0), row, -1)


def _tree_features(
    tree: Tree,
    nodes: NDArray[np.int64],
    n_children: NDArray[np.float32],
    gathered: dict[str, NDArray[np.float32]],
) -> NDArray[np.float32]:
    """Return where the candidates stand, and what share of all votes falls below them."""
    known = np.maximum(nodes, 0)
    below, beside = _shares_below(tree, nodes, gathered)
    return np.stack(
        [
            np.log1p(n_children),
            tree.levels[known] / 10,
            np.log(tree.n_below[known]),
            n_children == 0,
            below,
            beside,
        ],
        axis=-1,
    ).astype(np.float32)


def _shares_below(
    tree: Tree, nodes: NDArray[np.int64], gathered: dict[str, NDArray[np.float32]]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the share of the candidates' votes below each, and below a parent of each."""
    from scipy.sparse import csr_matrix

    votes = (
        gathered["votes.near"]
        + 0.5 * gathered["own.near"]
        + 0.3 * gathered["word.votes"]
        + 0.1 * gathered["votes.wide"]
    )
    votes = np.where(nodes >= 0, votes, 0)
    indptr = np.arange(0, votes.size + 1, votes.shape[1])
    spread = csr_matrix(
        (votes.ravel(), np.maximum(nodes, 0).ravel(), indptr), shape=(len(nodes), tree.n)
    )
    below = np.asarray((spread @ tree.closure).toarray())
    total = votes.sum(axis=1, keepdims=True) + 1e-9
    parent = tree.first_parent[np.maximum(nodes, 0)]
    mine = np.take_along_axis(below, np.maximum(nodes, 0), axis=1) / total
    beside = np.take_along_axis(below, np.maximum(parent, 0), axis=1) / total
    return mine, np.where(parent >= 0, beside, 1)


def _at(values: NDArray[np.int64], place: NDArray[np.int64]) -> NDArray[np.int64]:
    return values[place] if len(values) else np.full(place.shape, -1)
