"""Claims about ceilings: the largest margin that any embedding can have."""

from __future__ import annotations

import math

import numpy as np

from hrgeom.bounds.ceilings import (
    PartCeiling,
    bundled_ceilings,
    is_subtree,
    part_ceiling,
    perfect_tree_ceiling,
    subsets_ceiling,
    subsets_full_gap,
    subtree_ceiling,
    verify,
)
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, fact, printed
from hrgeom.claims._instances import (
    about_at_least,
    about_at_most,
    certified_margin,
    gaps,
    is_match,
    subsets_of_sizes,
    unit,
)
from hrgeom.constructions import margin_upper_bound, sdp_optimum
from hrgeom.constructions.codes.spherical import simplex
from hrgeom.constructions.direct_sum import hybrid
from hrgeom.core import Hierarchy
from hrgeom.datasets import load, perfect_tree, random_dag

__all__ = ["CLAIMS"]

_SOLVER = 1e-4  # of the semidefinite programme as it stands


def _margin_ceiling() -> list[Evidence]:
    attained = []
    for m, k in ((4, 2), (6, 1), (7, 3), (9, 4)):
        r = subsets_of_sizes(m, (k,))
        words = unit(simplex(m - 1).words())
        q = unit(is_match(r) @ words)
        match, other = gaps(r, q, words)
        attained.append((match - other) / 2 / subsets_ceiling(m, k))
    solved = [
        sdp_optimum(subsets_of_sizes(m, (k,))).dual_bound / subsets_ceiling(m, k)
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


def _perfect_tree_blocks() -> list[Evidence]:
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


def _subtree_ceiling() -> list[Evidence]:
    above, found = [], []
    for seed in range(2):
        dag = random_dag(16, extra_parents=0.4, seed=seed)
        part = subtree_ceiling(dag)
        found.append(is_subtree(dag, part.ceiling.shape, part.nodes) and verify(part.ceiling))
        above.append(part.ceiling.upper / sdp_optimum(dag.relevance).margin)
    mammals, nouns = load("wordnet-mammals"), load("wordnet")
    parts = [(h, subtree_ceiling(h)) for h in (mammals, nouns)]
    found += [is_subtree(h, p.ceiling.shape, p.nodes) and verify(p.ceiling) for h, p in parts]
    ceilings = [part.ceiling.upper for _, part in parts]
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


def _part_ceiling() -> list[Evidence]:
    stored = bundled_ceilings()
    mammals, nouns = load("wordnet-mammals"), load("wordnet")
    ceilings = [
        part_ceiling(h, stored[name])
        for h, name in ((mammals, "wordnet-mammals"), (nouns, "wordnet"))
    ]
    star = Hierarchy(list("rabc"), [(1, 0), (2, 0), (3, 0)])
    multipliers = PartCeiling(
        labels=("r", "a"),
        counts=np.array([1, 3]),
        rows=np.array([0, 0, 1, 1]),
        columns=np.array([0, 1, 0, 1]),
        weights=np.array([1, 6, 4, 4]),
        twins=np.array([0, 3]),
        diagonal=np.array([2, 3, 2, 5]),
        step=1,
    )
    by_twins = part_ceiling(star, multipliers)
    return [
        at_most("ceiling of WordNet's mammals, rounded up on the page", 0.2583, ceilings[0]),
        at_most("ceiling of WordNet's nouns, rounded up on the page", 0.2254, ceilings[1]),
        at_least(
            "a root and three leaves: a ceiling by twins less the optimum",
            0.0,
            by_twins - sdp_optimum(star.relevance).margin,
        ),
        at_most(
            "certified margin of mammals in 16 dimensions, over the ceiling",
            1.0,
            certified_margin(mammals.relevance, hybrid(mammals.relevance, dim=16)) / ceilings[0],
        ),
    ]


def _sdp_weak_duality() -> list[Evidence]:
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


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="margin-ceiling",
        title="All k-subsets of m documents: no margin above m/(2√(k(m - 1)(m - k))), attained",
        kind="theorem",
        statement=r"""
If every set of $k$ of $m$ documents has a query, no normalized margin exceeds
$\frac{m}{2\sqrt{k(m-1)(m-k)}}$ in any dimension, with thresholds by row or global. The regular
simplex in $m - 1$ dimensions attains it with one threshold.
""",
        source="hrgeom, docs/theory/ceiling.md; after Wang et al. 2026",
        verdict="confirmed",
        evidence=_margin_ceiling,
        proofs=("margin-ceiling",),
        page="theory/ceiling.md",
        remark="The source states the full gap, twice as much. The semidefinite programme is a "
        "route that knows nothing of subsets. The proof derives the middle term of the simplex "
        "anew.",
    ),
    Claim(
        id="perfect-tree-blocks",
        title="Ceilings of perfect trees: the semidefinite programme in blocks of size 2H",
        kind="theorem",
        statement=r"""
Some embedding of a perfect tree of largest margin, global or by row, has a Gram matrix that the
tree's symmetries leave as it is, and these are made of one positive semidefinite matrix of at most
$2H$ rows a level. So the ceiling of every perfect tree is found and proved from both sides: for $W
= 2$ and $H = 2, \dots, 5$ it is 0.6075, 0.4509, 0.3795, 0.3369; for chains 0.7698, 0.6230, 0.5532,
0.5102; for $W \to \infty$, the infimum over all trees with $H$ levels, 0.3849, 0.3003, 0.2559,
0.2271.
""",
        source="hrgeom, docs/theory/ceiling.md",
        verdict="confirmed",
        evidence=_perfect_tree_blocks,
        proofs=("perfect-tree-blocks", "sdp-weak-duality"),
        page="theory/ceiling.md",
        remark="Each ceiling is verified from integers, without the solver. Needs cvxpy.",
    ),
    Claim(
        id="subtree-ceiling",
        title="A ceiling for any hierarchy: that of a tree inside it; WordNet 0.2662",
        kind="theorem",
        statement=r"""
If some nodes of a hierarchy are among each other in the relation of a tree with symmetries, no
embedding of the hierarchy has a larger normalized margin than that tree. For WordNet's nouns that
is at most 0.2662, for its mammals 0.2930, global thresholds.
""",
        source="hrgeom, docs/theory/ceiling.md",
        verdict="confirmed",
        evidence=_subtree_ceiling,
        proofs=("perfect-tree-blocks", "sdp-weak-duality"),
        page="theory/ceiling.md",
        remark="The step from the part to the whole is that a part has no smaller margin. The "
        "search is greedy and uses trees only: multipliers on parts with twins give lower "
        "ceilings. Needs cvxpy.",
    ),
    Claim(
        id="part-ceiling",
        title="Multipliers on parts with twins: WordNet 0.2254, its mammals 0.2583",
        kind="theorem",
        statement=r"""
Multipliers of a part of a hierarchy, in which classes of leaves with the same nodes above them
stand for one, bound the margin of the whole. For WordNet's nouns those that are stored prove
0.2254, for its mammals 0.2583, one threshold for all queries.
""",
        source="hrgeom, docs/theory/ceiling.md",
        verdict="confirmed",
        evidence=_part_ceiling,
        proofs=("twins", "sdp-weak-duality"),
        page="theory/ceiling.md",
        remark="Checked without a solver. Descent has 0.1558 and 0.246 in 128 dimensions.",
    ),
    Claim(
        id="sdp-weak-duality",
        title="Multipliers of the semidefinite programme bound every margin",
        kind="theorem",
        statement=r"""
Let weights $\lambda \ge 0$ on the pairs sum to $a$ over the matches and to $b$ over the others, let
$A$ have the blocks $\pm\lambda/2$ between queries and documents, and let $\mathrm{Diag}(y) - A$ be
positive semidefinite. Then no embedding, in any dimension, has a normalized margin, global notion,
above $(\sum y + |a - b|)/(a + b)$.
""",
        source="hrgeom, docs/theory/optimum.md",
        verdict="confirmed",
        evidence=_sdp_weak_duality,
        proofs=("sdp-weak-duality",),
        page="theory/optimum.md",
        remark="The programme's own multipliers meet a certified embedding to 1e-4; random ones "
        "bound it from above. Needs cvxpy.",
    ),
)
