"""Evidence for what no embedding can do: ceilings of the margin, lower bounds on the dimension."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations, permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.bounds.ceilings import (
    is_subtree,
    perfect_tree_ceiling,
    subsets_ceiling,
    subsets_full_gap,
    subtree_ceiling,
    verify,
)
from hrgeom.bounds.lower import (
    forster,
    largest_halved_sets,
    largest_shattered_sets,
    radon_dimension,
    radon_dimension_exactly,
    signed_identity,
    squared_norm_bound,
)
from hrgeom.checker import certify
from hrgeom.claims._claim import Evidence
from hrgeom.claims._evidence import at_least, at_most, equal, fact, printed
from hrgeom.claims._instances import (
    about_at_least,
    about_at_most,
    arrangements_in_plane,
    certified_margin,
    gaps,
    holding,
    is_match,
    relevances,
    trees,
    unit,
)
from hrgeom.constructions import margin_upper_bound, moment_curve, sdp_optimum
from hrgeom.constructions.codes.spherical import simplex
from hrgeom.constructions.direct_sum import hybrid
from hrgeom.constructions.intervals import interval
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import load, perfect_tree, random_dag, random_subsets

__all__ = [
    "forster_evidence",
    "margin_ceiling_evidence",
    "perfect_tree_blocks_evidence",
    "radon_evidence",
    "sdp_weak_duality_evidence",
    "shattering_evidence",
    "signed_identity_evidence",
    "subtree_ceiling_evidence",
]

_SOLVER = 1e-4  # of the semidefinite programme as it stands


def margin_ceiling_evidence() -> list[Evidence]:
    attained = []
    for m, k in ((4, 2), (6, 1), (7, 3), (9, 4)):
        r = _subsets(m, (k,))
        words = unit(simplex(m - 1).words())
        q = unit(is_match(r) @ words)
        match, other = gaps(r, q, words)
        attained.append((match - other) / 2 / subsets_ceiling(m, k))
    solved = [
        sdp_optimum(_subsets(m, (k,))).dual_bound / subsets_ceiling(m, k)
        for m, k in ((4, 1), (5, 2))
    ]
    stated = {(20, 2): 0.7647, (240, 2): 0.7116, (82115, 2): 0.7071, (82115, 10): 0.3162}
    stated[82115, 35] = 0.1691
    return [
        about_at_least("simplex: margin over ceiling, least", 1.0, min(attained), 1e-12),
        about_at_most("the same, largest", 1.0, max(attained), 1e-12),
        about_at_least("semidefinite programme over ceiling, least", 1.0, min(solved), _SOLVER),
        about_at_most("the same, largest", 1.0, max(solved), _SOLVER),
        *[
            printed(f"full gap of all {k}-subsets of {m:,}", value, subsets_full_gap(m, k), 1e-4)
            for (m, k), value in stated.items()
        ],
    ]


def perfect_tree_blocks_evidence() -> list[Evidence]:
    stated = {
        1: (0.7698, 0.6230, 0.5532, 0.5102),
        2: (0.6075, 0.4509, 0.3795, 0.3369),
        math.inf: (0.3849, 0.3003, 0.2559, 0.2271),
    }
    rows, ceilings = [], []
    for w, values in stated.items():
        for h, value in enumerate(values, start=2):
            ceiling = perfect_tree_ceiling(w, h)
            ceilings.append(ceiling)
            name = "chain" if w == 1 else f"W = {'infinite' if w == math.inf else w}"
            rows.append(printed(f"ceiling, {name}, H = {h}", value, ceiling.upper, 1e-4))
    apart = [
        abs(_whole(w, h) - perfect_tree_ceiling(w, h).upper) for w, h in ((1, 4), (2, 3), (3, 3))
    ]
    by_row = perfect_tree_ceiling(2, 5, notion="row")
    ceilings.append(by_row)
    return [
        *rows,
        printed("ceiling by row, W = 2, H = 5", 0.3459, by_row.upper, 1e-4),
        fact(
            "ceilings proved by their own integers, both sides",
            sum(map(verify, ceilings)),
            len(ceilings),
        ),
        at_most("their two sides, apart by", 1e-6, max(c.upper - c.lower for c in ceilings)),
        at_most("without the reduction, apart by", _SOLVER, max(apart)),
    ]


def _whole(branching: int, n_levels: int) -> float:
    return sdp_optimum(perfect_tree(branching, n_levels).relevance).dual_bound


def subtree_ceiling_evidence() -> list[Evidence]:
    above, found = [], []
    for seed in range(2):
        dag = random_dag(16, extra_parents=0.4, seed=seed)
        part = subtree_ceiling(dag)
        found.append(is_subtree(dag, part.ceiling.shape, part.nodes) and verify(part.ceiling))
        above.append(part.ceiling.upper / sdp_optimum(dag.relevance).margin)
    mammals, nouns = load("wordnet-mammals"), load("wordnet")
    ceilings = [subtree_ceiling(h).ceiling.upper for h in (mammals, nouns)]
    r = mammals.relevance
    return [
        at_least("DAGs of 16 nodes: ceiling over the optimum", 1.0, min(above)),
        fact("trees found that are there, and ceilings verified", sum(found), len(found)),
        at_most("ceiling of WordNet's mammals, rounded up on the page", 0.2930, ceilings[0]),
        at_most("ceiling of WordNet's nouns, rounded up on the page", 0.2662, ceilings[1]),
        at_most(
            "certified margin of mammals in 16 dimensions, over the ceiling",
            1.0,
            certified_margin(r, hybrid(r, dim=16)) / ceilings[0],
        ),
    ]


def sdp_weak_duality_evidence() -> list[Evidence]:
    rng = np.random.default_rng(0)
    sides, poor = [], []
    for seed in range(4):
        r = random_dag(12, extra_parents=0.4, seed=seed).relevance
        best = sdp_optimum(r)
        sides.append(best.dual_bound - best.margin)
        for _ in range(25):
            weights = rng.random((12, 12)) ** 4 * (rng.random((12, 12)) < 0.6)
            near = best.weights * rng.uniform(0.5, 1.5, (12, 12))
            poor += [
                margin_upper_bound(r, weights, rng.standard_normal(24)) - best.margin,
                margin_upper_bound(r, near, best.diagonal) - best.margin,
            ]
    return [
        at_least("the solver's bound less the certified margin, least", 0.0, min(sides)),
        at_most("the same, largest", _SOLVER, max(sides)),
        at_least("bounds by other multipliers, less the margin, least", 0.0, min(poor)),
    ]


def signed_identity_evidence() -> list[Evidence]:
    star = [{0}, {0, 1}, {0, 2}, {0, 3}]
    alone = {n: [{i} for i in range(n)] for n in (2, 3, 4)}
    blocks = [
        signed_identity(Relevance.from_sets(s, 1 + max(map(max, s)))) for s in (star, alone[3])
    ]
    angles = 2 * np.pi * np.arange(9) / 9
    circle = np.column_stack((np.cos(angles), np.sin(angles)))
    many = Relevance.from_sets([{i} for i in range(9)], 9)
    whole = [t.relevance for t in trees(40) if len(t.leaves) >= 3]
    stars = [(r, interval(r, dtype="float64", code="arc")) for r in whole]
    found = [signed_identity(r) for r in whole]
    bounds = [(b.row, b.any_threshold, b.threshold_zero, b.normalized) for b in found]
    e = DualEmbedding(circle, circle, threshold=0.9)
    return [
        equal("orders on a line: three queries with a document each", 0, _on_line(alone[3], 3)),
        at_least("the same, two of them", 1, _on_line(alone[2], 2)),
        equal(
            "arrangements in the plane, threshold 0: with a common document",
            0,
            arrangements_in_plane(star, 4),
        ),
        equal("the same, four alone", 0, arrangements_in_plane(alone[4], 4)),
        at_least("the same, three alone", 1, arrangements_in_plane(alone[3], 3)),
        equal(
            "nine alone in the plane, threshold 0.9, unit rows", "holds", certify(e, many).verdict
        ),
        equal("bounds found for the star: row, any, 0, unit rows", (2, 2, 3, 3), _four(blocks[0])),
        equal("bounds found for three alone", (2, 2, 2, 2), _four(blocks[1])),
        fact(
            "trees of three leaves whose bounds are 2, 2, 3, 3",
            bounds.count((2, 2, 3, 3)),
            len(bounds),
        ),
        fact("the same, in three dimensions with unit rows, certified", *holding(stars)),
    ]


def _four(block: Any) -> tuple[int, int, int, int]:
    return (block.row, block.any_threshold, block.threshold_zero, block.normalized)


def _on_line(sets: list[set[int]], m: int) -> int:
    """Return how many orders of m points on a line have all sets as half lines."""
    halves = (
        [set(o[:i]) for i in range(m + 1)] + [set(o[i:]) for i in range(m)]
        for o in permutations(range(m))
    )
    return sum(all(s in half for s in sets) for half in halves)


def shattering_evidence() -> list[Evidence]:
    rows = []
    for t in (2, 3, 4):
        r = _subsets(t, range(t + 1))
        found = largest_shattered_sets(r)
        words = unit(simplex(t - 1).words()) if t > 2 else np.array([[1.0], [-1.0]])
        by_row = DualEmbedding(is_match(r) @ words, words, notion="row")
        at_zero = DualEmbedding(2.0 * is_match(r) - 1, np.eye(t), threshold=0.0)
        attained = all(certify(e, r, notion=e.notion).holds for e in (by_row, at_zero))
        rows.append((found.any_threshold, found.row) == (t, t - 1) == (t, by_row.dim) and attained)
    queries = [_subsets(t, range(t + 1)) for t in (2, 3)]
    turned = [largest_shattered_sets(_transposed(r)).row for r in queries]
    again = []
    for seed in range(8):
        r = random_subsets(12, 7, 3, seed=seed)
        found = largest_shattered_sets(r)
        again.append(
            len(found.documents) == _most_cut(r, _all_parts)
            and len(found.queries) == _most_cut(_transposed(r), _all_parts)
        )
    return [
        fact(
            "all subsets of t: bounds t and t - 1, both attained and certified",
            sum(rows),
            len(rows),
        ),
        equal(
            "the same with queries and documents exchanged, t = 2, 3: by row", "[2, 3]", str(turned)
        ),
        fact("largest shattered sets found, all subsets tried anew", sum(again), len(again)),
        _no_more_than_certified(lambda r: largest_shattered_sets(r).any_threshold),
    ]


def radon_evidence() -> list[Evidence]:
    attained, bounds = [], []
    for m, k in ((4, 1), (6, 1), (5, 2), (6, 2), (7, 3)):
        r = _subsets(m, range(k + 1))
        bounds.append(largest_halved_sets(r).row == radon_dimension(m, k) == min(2 * k, m - 1))
        if 2 * k < m - 1:
            e = moment_curve(r, notion="row")
        else:
            words = unit(simplex(m - 1).words())
            e = DualEmbedding(is_match(r) @ words, words, notion="row")
        attained.append(e.dim == radon_dimension(m, k) and certify(e, r, notion="row").holds)
    inside = Relevance.from_sets([set(c) for c in combinations(range(4), 2)], 4)
    points = np.array([[0, 3], [-3, -2], [3, -2], [0, 0]])
    exactly = DualEmbedding(_cutting(points, inside), points.astype(float), notion="row")
    again = []
    for seed in range(8):
        r = random_subsets(12, 7, 3, seed=seed)
        found = largest_halved_sets(r)
        again.append(len(found.documents) == _most_cut(r, _proper_halves))
    return [
        fact("all subsets of at most k: halved sets give min(2k, m - 1)", sum(bounds), len(bounds)),
        fact("the same, attained and certified by row", sum(attained), len(attained)),
        equal(
            "all pairs of four, by row",
            (2, "holds"),
            (exactly.dim, certify(exactly, inside).verdict),
        ),
        equal("their bound, min(2k, m - k)", 2, radon_dimension_exactly(4, 2)),
        fact("largest halved sets found, all subsets tried anew", sum(again), len(again)),
        _no_more_than_certified(lambda r: largest_halved_sets(r).threshold_zero),
    ]


def _cutting(points: NDArray[Any], relevance: Relevance) -> NDArray[np.float64]:
    """Return for every query the best of many directions in the plane."""
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    directions = np.column_stack((np.cos(angles), np.sin(angles)))
    scores = directions @ points.T
    best = []
    for own in is_match(relevance):
        gap = scores[:, own].min(axis=1) - scores[:, ~own].max(axis=1)
        best.append(directions[int(gap.argmax())])
    return np.array(best)


def forster_evidence() -> list[Evidence]:
    rng = np.random.default_rng(0)
    hadamard = np.array([[1]])
    roots = []
    for _ in range(4):
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
        n = len(hadamard)
        r = Relevance.from_sets([set(np.flatnonzero(row > 0).tolist()) for row in hadamard], n)
        roots.append(abs(forster(r).ratio / math.sqrt(n) - 1))
    over = []
    for _ in range(30):
        matrix = rng.integers(-3, 4, (9, 12))
        over.append(
            float(squared_norm_bound(matrix)) / float(np.linalg.norm(matrix.astype(float), 2)) ** 2
        )
    alone = [forster(Relevance.from_sets([{i} for i in range(n)], n)).ratio for n in (6, 12, 20)]
    return [
        at_most("Hadamard matrices of 2 to 16 rows: bound over sqrt n, from 1", 1e-5, max(roots)),
        about_at_least("norms bounded, over LAPACK's, squared, least", 1.0, min(over), 1e-12),
        at_most("the same, largest", 1.001, max(over)),
        about_at_most("signed identities of 6, 12, 20: bound", 2.0, max(alone), 1e-5),
        _no_more_than_certified(lambda r: forster(r).threshold_zero),
    ]


def _no_more_than_certified(bound: Callable[[Relevance], int]) -> Evidence:
    """Return that a lower bound is at most the dimension of embeddings that hold."""
    cases = [*relevances(), *(t.relevance for t in trees(40)[::3])]
    kept = 0
    for r in cases:
        e = interval(r, dtype="float64")
        kept += certify(e, r).holds and bound(r) <= e.dim
    return fact("bounds at most the dimension of an embedding that holds", kept, len(cases))


def _subsets(m: int, sizes: Any) -> Relevance:
    return Relevance.from_sets([set(c) for k in sizes for c in combinations(range(m), k)], m)


def _transposed(r: Relevance) -> Relevance:
    return Relevance.from_sets(
        [set(np.flatnonzero(c).tolist()) for c in is_match(r).T], r.n_queries
    )


def _most_cut(r: Relevance, enough: Callable[[set[int], int], bool]) -> int:
    """Return the size of the largest set of documents whose parts, as bits, are enough."""
    matches = is_match(r)
    best = 0
    for t in range(1, 5):
        for chosen in combinations(range(r.n_documents), t):
            parts = set((matches[:, chosen] @ (1 << np.arange(t))).tolist())
            if enough(parts, t):
                best = t
                break
    return best


def _all_parts(parts: set[int], t: int) -> bool:
    return len(parts) == 1 << t


def _proper_halves(parts: set[int], t: int) -> bool:
    whole = (1 << t) - 1
    return all(p in parts or whole - p in parts for p in range(1, whole))
