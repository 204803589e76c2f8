"""Small hierarchies and relevances for the evidence of our own claims, and their scores."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base import csr
from hrgeom.checker import certify
from hrgeom.claims._claim import Evidence
from hrgeom.claims._evidence import shown
from hrgeom.core import DualEmbedding, Hierarchy, Relevance
from hrgeom.datasets import TREE_SHAPES, perfect_tree, random_dag, random_subsets, random_tree

__all__ = [
    "about_at_least",
    "about_at_most",
    "arrangements_in_plane",
    "certified_margin",
    "gaps",
    "holding",
    "is_match",
    "least_margin",
    "relevances",
    "subsets_of_sizes",
    "trees",
    "unit",
]


def trees(n_nodes: int = 60) -> list[Hierarchy]:
    """Return two random trees of every shape, and two perfect trees."""
    shaped = [random_tree(n_nodes, shape=s, seed=seed) for s in TREE_SHAPES for seed in (0, 1)]
    return [*shaped, perfect_tree(2, 5), perfect_tree(4, 3)]


def relevances() -> list[Relevance]:
    """Return relevances in which documents cross: those of four DAGs, and two of random subsets."""
    dags = [random_dag(80, extra_parents=0.3, seed=seed) for seed in (0, 1)]
    dags += [random_dag(100, extra_parents=0.6, n_levels=6, seed=seed) for seed in (0, 1)]
    subsets = [random_subsets(60, 20, 3, seed=seed) for seed in (0, 1)]
    return [*(dag.relevance for dag in dags), *subsets]


def subsets_of_sizes(m: int, sizes: Iterable[int]) -> Relevance:
    """Return the relevance with one query for every set of m documents that has one of the sizes.

    >>> subsets_of_sizes(4, (1, 2)).n_queries
    10
    """
    return Relevance.from_sets([set(c) for k in sizes for c in combinations(range(m), k)], m)


def is_match(relevance: Relevance) -> NDArray[np.bool_]:
    """Return the relation as a matrix, one row per query."""
    matches = np.zeros((relevance.n_queries, relevance.n_documents), dtype=np.bool_)
    matches[csr.row_numbers(relevance.indptr), relevance.indices] = True
    return matches


def gaps(relevance: Relevance, queries: NDArray[Any], documents: NDArray[Any]) -> tuple[Any, Any]:
    """Return the least score of a match and the largest score of another pair."""
    scores, matches = queries @ documents.T, is_match(relevance)
    return scores[matches].min(), scores[~matches].max()


def least_margin(
    relevance: Relevance, queries: NDArray[Any], documents: NDArray[Any], threshold: float = 0.0
) -> float:
    """Return the least signed distance of a score from the threshold, in floating point."""
    match, other = gaps(relevance, queries, documents)
    return float(min(match - threshold, threshold - other))


def holding(cases: Iterable[tuple[Relevance, DualEmbedding]]) -> tuple[int, int]:
    """Return how many certificates hold, and how many there are."""
    verdicts = [certify(e, r, threads=1).holds for r, e in cases]
    return sum(verdicts), len(verdicts)


def certified_margin(relevance: Relevance, embedding: DualEmbedding) -> float:
    """Return the certified normalized margin, 0 if there is none."""
    return certify(embedding, relevance, threads=1).normalized_margin_lower_bound or 0.0


def unit(rows: NDArray[Any]) -> NDArray[np.float64]:
    """Return rows scaled to unit length; zero rows stay."""
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1))


def about_at_least(what: str, bound: float, computed: float, slack: float) -> Evidence:
    """Return the evidence that a value is at least a bound, up to rounding.

    >>> about_at_least("a sum", 1.0, 1 - 1e-12, 1e-9).how
    'at least, but for 1e-09'
    """
    holds = computed >= bound - slack
    return Evidence(what, shown(bound), shown(computed), holds, f"at least, but for {slack:g}")


def about_at_most(what: str, bound: float, computed: float, slack: float) -> Evidence:
    """Return the evidence that a value is at most a bound, up to rounding."""
    holds = computed <= bound + slack
    return Evidence(what, shown(bound), shown(computed), holds, f"at most, but for {slack:g}")


def arrangements_in_plane(sets: list[set[int]], m: int) -> int:
    """Return how many arrangements of m directions in the plane have all sets as half planes.

    All orders of the m lines, and either end of each for the document: the half planes hold
    m neighbors of the 2m ends, of which those that are documents are retrieved.
    """
    count = 0
    for order, flipped in product(permutations(range(m)), product((False, True), repeat=m)):
        ends = [(v, not f) for v, f in zip(order, flipped, strict=True)]
        ends += [(v, not is_document) for v, is_document in ends]
        around = [*ends, *ends]
        halves = [{v for v, is_document in around[i : i + m] if is_document} for i in range(2 * m)]
        count += all(s in halves for s in sets)
    return count
