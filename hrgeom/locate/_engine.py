"""Texts to posteriors: the part of a locator that knows no embedding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.blas import one_blas_thread
from hrgeom.core import Hierarchy
from hrgeom.errors import NotFiniteError, ShapeError
from hrgeom.locate._calibration import Calibration, f1_of_sets, true_extremes
from hrgeom.locate._candidates import Candidates, candidates_of
from hrgeom.locate._decisions import best_nodes
from hrgeom.locate._posterior import Posteriors, deepest_right
from hrgeom.locate._reranker import Reranker, fit_reranker
from hrgeom.locate._signals import Views
from hrgeom.locate._tree import Tree
from hrgeom.locate._views import unit

__all__ = ["Corpus", "Engine", "fit_engine", "rows_of_texts"]

_MOST_FITTED, _MOST_CALIBRATED = 3000, 1000
_BATCH = 128  # texts given to an encoder at a time
_SOME = 16  # texts whose sets are compared at a time


def rows_of_texts(
    encoder: Callable[[list[str]], Any], texts: Sequence[str], dim: int | None = None
) -> NDArray[np.float32]:
    """Return the rows of an encoder, checked; equal texts have equal rows.

    Raises
    ------
    ShapeError
        If the encoder does not return one row per text, of the length asked for.
    NotFiniteError
        If it returns NaN or infinity.
    """
    # A text that comes again has the row of the first of its kind.
    seen: dict[str, int] = {}
    first = np.array([seen.setdefault(text, i) for i, text in enumerate(texts)], dtype=np.int64)
    # Texts of about the same length together: encoders fill up a batch to its longest text.
    order = sorted(seen.values(), key=lambda i: len(texts[i]))
    del seen
    found = np.zeros((0, dim or 0), dtype=np.float32)
    for start in range(0, len(order), _BATCH):
        part = order[start : start + _BATCH]
        batch = [texts[i] for i in part]
        rows = _checked(encoder(batch), batch, dim)
        if not start:
            dim, found = rows.shape[1], np.empty((len(texts), rows.shape[1]), dtype=np.float32)
        found[part] = rows
    again = np.flatnonzero(first != np.arange(len(texts)))
    found[again] = found[first[again]]
    return found


def _checked(given: Any, texts: list[str], dim: int | None) -> NDArray[np.float32]:
    rows = np.asarray(given)
    fits = rows.ndim == 2 and len(rows) == len(texts) and rows.dtype.kind in "fiuV"
    if not fits or (dim is not None and rows.shape[1] != dim) or not rows.shape[1]:
        wanted = "" if dim is None else f" of {dim} numbers"
        raise ShapeError(
            f"an encoder must return one row{wanted} for each of {len(texts):,} texts: got "
            f"{rows.dtype}, shape {rows.shape}"
        )
    numbers = rows.astype(np.float32)
    finite = np.isfinite(numbers).all(axis=1)
    if not finite.all():
        text = texts[int(np.argmin(finite))]
        raise NotFiniteError(f"rows of an encoder must be finite: got {text[:80]!r} without")
    return numbers


@dataclass(frozen=True, eq=False)
class Corpus:
    """Texts of the nodes and their rows.

    Attributes
    ----------
    texts : list of str
        One per node.
    rows : ndarray of float16, shape (n, k)
        Unit rows of the encoder, `mean` taken off, at unit length again.
    mean : ndarray of float32, shape (k,)
        Mean of the unit rows.
    """

    texts: list[str]
    rows: NDArray[np.float16]
    mean: NDArray[np.float32]

    @classmethod
    def of(cls, texts: list[str], rows: NDArray[np.float32]) -> Corpus:
        """Return texts with the rows that an encoder gave them, one per text."""
        parts = [slice(start, start + _BATCH) for start in range(0, len(rows), _BATCH)]
        total = np.sum([unit(rows[part]).sum(axis=0, dtype=np.float64) for part in parts], axis=0)
        mean = (total / len(rows)).astype(np.float32)
        kept = np.empty(rows.shape, dtype=np.float16)
        for part in parts:
            kept[part] = unit(unit(rows[part]) - mean)
        return cls(texts, kept, mean)


class Engine:
    """From texts with rows to posteriors.

    Attributes
    ----------
    tree : Tree
        The hierarchy.
    corpus : Corpus
        What is said of the nodes.
    reranker : Reranker
        Ranks candidates.
    calibration : Calibration
        What was seen on texts of known place.
    kept : tuple of (Posteriors, list of ndarray)
        Posteriors and right ancestors of the calibration texts; empty once it has been stored.
    """

    def __init__(
        self,
        tree: Tree,
        corpus: Corpus,
        reranker: Reranker,
        calibration: Calibration,
        views: Views | None = None,
        kept: tuple[Posteriors, list[NDArray[np.int64]]] | None = None,
    ) -> None:
        self.tree, self.corpus = tree, corpus
        self.kept = kept or (Posteriors.together([]), [])
        self.reranker, self.calibration = reranker, calibration
        self._views = views or views_of(tree, corpus)

    @property
    def dim(self) -> int:
        """Length of the rows of the encoder."""
        return len(self.corpus.mean)

    def candidates(self, rows: NDArray[Any], texts: Sequence[str]) -> Candidates:
        """Return the candidates of new texts."""
        return candidates_of(self._views, self._views.rows.queries(rows), texts)

    def posteriors(self, rows: NDArray[Any], texts: Sequence[str]) -> Posteriors:
        """Return the posteriors of new texts."""
        with one_blas_thread():
            found = self.candidates(rows, texts)
            return Posteriors.of(found, self.reranker.probabilities(found))


def views_of(tree: Tree, corpus: Corpus) -> Views:
    """Return the views of a corpus."""
    return Views(tree, corpus.texts, corpus.rows, corpus.mean)


def fit_engine(hierarchy: Hierarchy, corpus: Corpus, seed: int) -> Engine:
    """Return an engine fitted to a hierarchy with the texts of its nodes.

    Leaves are left out one at a time: their parents are what is to be found. Some are kept for the
    calibration.
    """
    tree = Tree(hierarchy)
    views = views_of(tree, corpus)
    fitted, kept = _leaves(tree, seed)
    with one_blas_thread():
        reranker = _fitted(views, corpus, fitted, seed)
        found = _known(views, corpus, kept)
        posteriors = Posteriors.of(found, reranker.probabilities(found))
    del found
    truth = [np.unique(tree.closure[right].indices) for right in _parents(tree, kept)]
    calibration = _calibrated(tree, posteriors, truth)
    return Engine(tree, corpus, reranker, calibration, views, (posteriors, truth))


def _fitted(views: Views, corpus: Corpus, leaves: NDArray[np.int64], seed: int) -> Reranker:
    found = _known(views, corpus, leaves)
    right = deepest_right(views.tree, found.nodes, _parents(views.tree, leaves))
    return fit_reranker(found, right, seed)


def _leaves(tree: Tree, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return leaves with a parent to fit on, and others to calibrate on."""
    leaves = np.flatnonzero((tree.n_children == 0) & (tree.first_parent >= 0))
    leaves = np.random.default_rng(seed).permutation(leaves)
    n_kept = min(_MOST_CALIBRATED, len(leaves) // 4 if len(leaves) > 40 else len(leaves) // 2)
    return np.sort(leaves[n_kept : n_kept + _MOST_FITTED]), np.sort(leaves[:n_kept])


def _known(views: Views, corpus: Corpus, nodes: NDArray[np.int64]) -> Candidates:
    texts = [corpus.texts[node] for node in nodes]
    return candidates_of(views, corpus.rows[nodes], texts, nodes)


def _parents(tree: Tree, nodes: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    indptr, indices = tree.parents.indptr, tree.parents.indices
    return [indices[indptr[node] : indptr[node + 1]] for node in nodes]


def _calibrated(tree: Tree, posteriors: Posteriors, truth: list[NDArray[np.int64]]) -> Calibration:
    found = []
    for start in range(0, max(1, len(truth)), _SOME):
        part, right = posteriors.part(slice(start, start + _SOME)), truth[start : start + _SOME]
        _, nodes, expected = best_nodes(tree, part, 1)
        lowest, highest = true_extremes(part.of_ancestors(tree), right)
        found.append((expected[:, 0], f1_of_sets(tree, nodes[:, 0], right), lowest, highest))
    expected, true, lowest, highest = (np.concatenate(each) for each in zip(*found, strict=True))
    return Calibration.of(expected, true, (lowest, highest))
