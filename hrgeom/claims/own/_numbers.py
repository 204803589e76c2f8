"""Claims of hrgeom itself: numbers of its pages that seconds are enough to compute again."""

from __future__ import annotations

from functools import cache

import numpy as np

from hrgeom.bounds.random import least_dim, random_rows_dim, theorem_3_1_dim_of
from hrgeom.checker import certify
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, equal, fact, printed
from hrgeom.claims._instances import holding
from hrgeom.constructions import centroid_hubs, hub_sizes, kraft_trie, moment_curve
from hrgeom.constructions.covers import consecutive_lower_bound, laminar_cover
from hrgeom.constructions.direct_sum import hybrid
from hrgeom.constructions.intervals import half_plane, interval
from hrgeom.core import Hierarchy, Relevance
from hrgeom.datasets import limit_small, load, perfect_tree, random_subsets, random_tree

__all__ = ["CLAIMS"]

_SHORT = 0.1  # of the usual search


@cache
def _nouns() -> Hierarchy:
    """WordNet's nouns, whose classes are found once for all claims."""
    return load("wordnet")


@cache
def _mammals() -> Hierarchy:
    return load("wordnet-mammals")


def _wordnet_facts() -> list[Evidence]:
    h = _nouns()
    r = h.relevance
    several = int((np.bincount(h.edges[:, 0], minlength=h.n_nodes) > 1).sum())
    crossing = len(np.unique(r.crossing_pairs))
    return [
        equal("nodes", 82_115, h.n_nodes),
        equal("edges", 84_427, h.n_edges),
        equal("roots", 1, len(h.roots)),
        equal("levels", 20, h.n_levels),
        equal("pairs of a node and a proper ancestor", 743_241, r.n_pairs - h.n_nodes),
        equal("matching pairs", 825_356, r.n_pairs),
        equal("pairs of a query and a document", 6_742_873_225, r.n_queries * r.n_documents),
        equal("most documents of a query, s", 35, r.max_matches),
        printed("documents of a query, mean", 10.05, r.n_pairs / r.n_queries, 0.01),
        equal("nodes with several parents", 2_213, several),
        equal("documents that cross another", 3_083, crossing),
    ]


def _wordnet_classes() -> list[Evidence]:
    r = _nouns().relevance
    cover = laminar_cover(r)
    return [
        equal("laminar classes found", 9, cover.n_classes),
        equal("lower bound, a clique of crossing documents", 8, cover.lower_bound),
        equal("lower bound for consecutive ones, a sunflower", 3, consecutive_lower_bound(r)),
    ]


def _wordnet_float32() -> list[Evidence]:
    h = _nouns()
    certificate = certify(e := hybrid(h.relevance, dim=30, effort=_SHORT), h)
    return [
        equal("dimensions, float32, with a tenth of the search", 29, e.dim),
        at_least(
            "their margin, certified", 9.8e-6, certificate.normalized_margin_lower_bound or 0.0
        ),
        equal("certificate over all pairs, one threshold", "holds", certificate.verdict),
        equal("pairs checked", 6_742_873_225, certificate.n_pairs),
        equal("violations", 0, certificate.n_violations),
    ]


def _wordnet_mammals() -> list[Evidence]:
    h = _mammals()
    r = h.relevance
    few, many = interval(r, dtype="float64"), moment_curve(r)
    certificate = certify(many, h)
    return [
        equal("nodes", 1_182, h.n_nodes),
        equal("s", 10, r.max_matches),
        equal("dimensions as one class of intervals", 3, few.dim),
        equal("its certificate, float64", "holds", certify(few, h).verdict),
        equal("dimensions on the moment curve", 21, many.dim),
        equal("bits of a score there", 186, many.parameters["score_bits"]),
        equal("its certificate, float64", "fails", certificate.verdict),
        equal("its wrong pairs", 1_673, certificate.n_violations),
    ]


def _tree_dimensions() -> list[Evidence]:
    trees = {
        "perfect (2, 12)": (perfect_tree(2, 12), 3, 12),
        "perfect (10, 5)": (perfect_tree(10, 5), 7, 17),
        "random recursive, 10,000": (random_tree(10_000), 5, 22),
        "star, 10,000": (random_tree(10_000, shape="star"), 5, None),
        "deep, 5,000": (random_tree(5_000, shape="deep"), 3, None),
    }
    rows, cases = [], []
    for name, (tree, in_float32, in_int8) in trees.items():
        r = tree.relevance
        built = [interval(r, dtype="float64"), interval(r)]
        rows.append(equal(f"{name}: float64", 3, built[0].dim))
        rows.append(equal(f"{name}: float32", in_float32, built[1].dim))
        if in_int8 is not None:
            built.append(kraft_trie(r, dtype="int8"))
            rows.append(equal(f"{name}: int8", in_int8, built[2].dim))
        cases += [(r, e) for e in built]
    tree = perfect_tree(2, 12)
    plane = half_plane(tree.relevance)
    margin = certify(plane, tree).margin_lower_bound or 0.0
    return [
        *rows,
        fact("certificates of these that hold", *holding(cases)),
        equal("perfect (2, 12), threshold 1 and rows of any length: float64", 2, plane.dim),
        printed("margin of these rows, times 10^8", 2.0, margin * 1e8, 0.1),
    ]


def _moment_curve_floats() -> list[Evidence]:
    # s, type: the largest m of those tried with scores exact, with entries exact
    stated = {
        (2, "float32"): (46, 100),
        (3, "float32"): (15, 30),
        (4, "float32"): (8, 15),
        (5, "float32"): (None, 10),
        (4, "float64"): (70, 150),
        (5, "float64"): (30, 70),
        (6, "float64"): (20, 30),
        (8, "float64"): (None, 20),
    }
    rows = []
    for (s, dtype), of_page in stated.items():
        bits = np.finfo(dtype).nmant + 1
        scores, entries = None, None
        for m in (8, 10, 15, 20, 30, 46, 70, 100, 150, 200):
            if m < 2 * s or (dtype == "float32" and m > 150):
                continue
            e = moment_curve(random_subsets(2000, m, s), dtype=dtype)
            scores = m if e.parameters["score_bits"] <= bits else scores
            entries = m if e.promise["exact"] else entries
        what = f"s = {s}, {dtype}: largest m, scores and entries"
        rows.append(equal(what, of_page, (scores, entries)))
    return rows


def _hub_lists() -> list[Evidence]:
    stated = {"uniform": (9, 2, 1.05e-1), "deep": (11, 4, 7.01e-2), "star": (2, 1, 2.61e-1)}
    rows = []
    for shape, (a, b, margin) in stated.items():
        sizes = hub_sizes(random_tree(10_000, shape=shape).relevance)
        found = (sizes.most_of_queries, sizes.most_of_documents)
        unit = 1e-3 if margin > 0.1 else 1e-4
        rows.append(equal(f"{shape}, 10,000 nodes: A, B", (a, b), found))
        rows.append(printed(f"{shape}: margin", margin, sizes.margin, unit))
    return rows


def _limit_small() -> list[Evidence]:
    r = limit_small()
    rank = moment_curve(r, notion="row")
    built = {
        "moment curve": (moment_curve(r, dtype="float32"), 5),
        "Kraft trie": (kraft_trie(r), 42),
        "interval": (interval(r), 41),
        "hubs": (centroid_hubs(r), 47),
    }
    return [
        equal("moment curve by row: dimensions", 4, rank.dim),
        equal("its certificate", "holds", certify(rank, r, notion="row").verdict),
        *[equal(f"{name}: dimensions", dim, e.dim) for name, (e, dim) in built.items()],
        fact("certificates that hold", *holding((r, e) for e, _ in built.values())),
    ]


def _random_dimensions() -> list[Evidence]:
    cases: dict[str, tuple[Relevance, tuple[int, int, int, int]]] = {
        "perfect (2, 6)": (perfect_tree(2, 6).relevance, (432, 251, 259, 161)),
        "perfect (5, 4)": (perfect_tree(5, 4).relevance, (346, 192, 195, 125)),
        "WordNet mammals": (_mammals().relevance, (1188, 654, 686, 423)),
        "WordNet nouns": (_nouns().relevance, (6531, 2786, 3764, 1643)),
    }
    what = "theorem 3.1, exact law, rows by formula, rows by exact law"
    return [
        equal(
            f"{name}: {what}",
            stated,
            (
                theorem_3_1_dim_of(r),
                least_dim(r).dim,
                random_rows_dim(r.max_matches, r.n_documents, r.n_queries),
                least_dim(r, notion="row").dim,
            ),
        )
        for name, (r, stated) in cases.items()
    ]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="wordnet-nouns",
        title="WordNet 3.0 nouns: the hierarchy as bundled",
        kind="empirical",
        statement="""
82,115 nodes, 84,427 edges, one root, 20 levels; 743,241 pairs of a node and a proper ancestor, at
most 35 documents a query (itself counted), 6,742,873,225 pairs in all; 2,213 nodes with several
parents, 3,083 documents that cross another.
""",
        source="hrgeom, docs/frontier.md and docs/theory/interval.md",
        verdict="confirmed",
        evidence=_wordnet_facts,
    ),
    Claim(
        id="wordnet-classes",
        title="WordNet nouns: 9 laminar classes, at least 8 of them, at least 3 of intervals",
        kind="empirical",
        statement="""
The documents of WordNet's nouns split into 9 laminar classes. No laminar cover has fewer than 8,
and no cover with consecutive ones fewer than 3.
""",
        source="hrgeom, docs/frontier.md",
        verdict="confirmed",
        evidence=_wordnet_classes,
        proofs=("sunflower",),
        page="frontier.md",
        remark="Five classes of intervals, so 11 dimensions in float64, take a search of some ten "
        "seconds and are not computed again here: `hrgeom construct --tree wordnet --fewest "
        "--dtype float64`.",
    ),
    Claim(
        id="wordnet-float32",
        title="WordNet nouns are retrieved without error in 30 dimensions of float32, and in 29",
        kind="empirical",
        statement="""
Vectors of 30 numbers in float32, unit rows, one threshold: every query of WordNet's nouns
retrieves its ancestors and itself, and nothing else, over all 6,742,873,225 pairs, with margin
1.1e-5. With a tenth of the search 29 are found, with margin 9.8e-6.
""",
        source="hrgeom, README.md",
        verdict="confirmed",
        evidence=_wordnet_float32,
        page="frontier.md",
        remark="The 29 are built and certified here; the 30 of README.md take the whole search.",
    ),
    Claim(
        id="wordnet-mammals",
        title="WordNet's mammals: 3 dimensions as intervals, 21 and errors on the moment curve",
        kind="empirical",
        statement="""
The 1,182 mammals (s = 10) are one laminar class: 3 dimensions of float64. The moment curve takes
21 and 186 bits a score, and fails in float64 with 1,673 wrong pairs.
""",
        source="hrgeom, docs/theory/moment-curve.md",
        verdict="confirmed",
        evidence=_wordnet_mammals,
        page="theory/moment-curve.md",
    ),
    Claim(
        id="tree-dimensions",
        title="Trees: 3 dimensions in float64, as printed in float32 and int8, 2 as half planes",
        kind="empirical",
        statement="""
Fewest dimensions, certified: 3 in float64 for every tree; in float32 3 for the perfect tree (2,
12), 7 for (10, 5), 5 for a random recursive tree and a star of 10,000 nodes, 3 for a deep one of
5,000; in int8 12, 17 and 22 for the first three. Two in float64 with threshold 1 and rows of any
length.
""",
        source="hrgeom, docs/frontier.md and docs/theory/half-plane.md",
        verdict="confirmed",
        evidence=_tree_dimensions,
        page="frontier.md",
        remark="Fewest of what is offered: no claim that none does with fewer, but for 3 at "
        "threshold 0 (`three-dimensions`). The chain and the margins for a budget are left out "
        "for time.",
    ),
    Claim(
        id="moment-curve-floats",
        title="Moment curve: what floats carry breaks at few documents",
        kind="empirical",
        statement="""
For 2,000 random s-subsets of m documents, of m = 8, 10, 15, 20, 30, 46, 70, 100, 150, m at least
2s, the largest with exact scores and with exact entries are, in float32, 46 and 100 for s = 2, 15
and 30 for s = 3, 8 and 15 for s = 4, none and 10 for s = 5; in float64 70 and 150 for s = 4, 30
and 70 for s = 5, 20 and 30 for s = 6, none and 20 for s = 8.
""",
        source="hrgeom, docs/theory/moment-curve.md",
        verdict="confirmed",
        evidence=_moment_curve_floats,
        page="theory/moment-curve.md",
        remark="With fewer documents less is left out of a set than is in it: m = 10 still has "
        "exact scores in float64 for s = 8. Up to m = 200.",
    ),
    Claim(
        id="hub-lists",
        title="Hubs of trees of 10,000 nodes: lists and margins as printed",
        kind="empirical",
        statement="""
Longest lists A and B, and the margin: 9, 2 and 1.05e-1 for a random recursive tree, 11, 4 and
7.01e-2 for a deep one, 2, 1 and 2.61e-1 for a star.
""",
        source="hrgeom, docs/theory/centroid-hubs.md",
        verdict="confirmed",
        evidence=_hub_lists,
        page="theory/centroid-hubs.md",
        remark="Chain and caterpillar take longer; for chains see `centroid-hubs`.",
    ),
    Claim(
        id="limit-small-dimensions",
        title="LIMIT-small in 5 dimensions, or 4 to rank",
        kind="empirical",
        statement="""
46 documents, 1,000 queries with two matches each: the moment curve takes 4 dimensions by row and
5 with one threshold, intervals 41, the Kraft trie 42, hubs 47, all certified.
""",
        source="hrgeom, docs/theory/moment-curve.md and docs/frontier.md",
        verdict="confirmed",
        evidence=_limit_small,
        page="theory/moment-curve.md",
    ),
    Claim(
        id="random-dimensions",
        title="Algorithm 1: dimensions by theorem and by the exact law, delta = 1/2",
        kind="empirical",
        statement="""
Dimensions by Theorem 3.1, by the exact law, and for rows by the formula and by the exact law:
432, 251, 259, 161 for the perfect tree (2, 6); 346, 192, 195, 125 for (5, 4); 1,188, 654, 686,
423 for WordNet's mammals; 6,531, 2,786, 3,764, 1,643 for its nouns.
""",
        source="hrgeom, docs/theory/random.md",
        verdict="confirmed",
        evidence=_random_dimensions,
        proofs=("theorem-3-1", "random-rows", "exact-law"),
        page="theory/random.md",
        remark="Runs of Algorithm 1 on the nouns themselves take minutes and are left out.",
    ),
)
