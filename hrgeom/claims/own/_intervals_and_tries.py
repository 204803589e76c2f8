"""Claims about intervals and tries: exact retrieval in few dimensions."""

from __future__ import annotations

import math
from operator import eq

import numpy as np

from hrgeom.bounds.lower import signed_identity
from hrgeom.checker import certify
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, equal, fact
from hrgeom.claims._instances import (
    about_at_least,
    arrangements_in_plane,
    certified_margin,
    gaps,
    holding,
    is_match,
    least_margin,
    relevances,
    trees,
    unit,
)
from hrgeom.constructions import kraft_trie
from hrgeom.constructions.covers import (
    ConsecutiveCover,
    ConsecutivePalette,
    LaminarTrie,
    laminar_cover,
)
from hrgeom.constructions.direct_sum import hybrid
from hrgeom.constructions.direct_sum.encodings import trie_encoding
from hrgeom.constructions.intervals import half_plane, interval
from hrgeom.core import DualEmbedding, Relevance

__all__ = ["CLAIMS"]

_STATED = 3e-3  # a certificate states a margin to 0.2 %, from below


def _interval_cover() -> list[Evidence]:
    cases = [(r, interval(r, dtype="float64", cover="consecutive")) for r in relevances()]
    found = [gaps(r, *(rows.astype(np.int64) for rows in e.values())) for r, e in cases]
    whole = [bool((rows == np.rint(rows)).all()) for _, e in cases for rows in e.values()]
    sizes = [2 * ConsecutivePalette.of(r).n_colors + 1 == e.dim for r, e in cases]
    return [
        fact("covers of k classes with d = 2k + 1", sum(sizes), len(sizes)),
        fact("arrays of integers", sum(whole), len(whole)),
        at_least("least score of a match", 1, int(min(m for m, _ in found))),
        at_most("largest score of another pair", -1, int(max(o for _, o in found))),
        fact("certificates that hold", *holding(cases)),
    ]


def _arc_margin() -> list[Evidence]:
    every = [*relevances(), *(t.relevance for t in trees(30))]
    cases = [(r, interval(r, dtype="float64", code="arc", cover="laminar")) for r in every]
    ratios = []
    for r, e in cases:
        cover = laminar_cover(r)
        n = max(3, *(class_.n_positions for class_ in cover))
        promised = math.sin(math.pi / n) ** 2 / (math.sqrt(cover.n_classes) + 1)
        ratios.append(least_margin(r, unit(e.queries), unit(e.documents)) / promised)
    return [
        about_at_least("least margin over the one promised", 1.0, min(ratios), 1e-6),
        fact("certificates that hold", *holding(cases)),
    ]


def _half_plane() -> list[Evidence]:
    cases = [(r, half_plane(r)) for r in relevances()]
    on_trees = [(t.relevance, half_plane(t.relevance)) for t in trees()]
    sizes, ratios = [], []
    for r, e in [*cases, *on_trees]:
        palette = ConsecutivePalette.of(r)
        sizes.append(e.dim == 2 * palette.n_colors)
        n = max(c.n_positions for c in ConsecutiveCover(r, palette.spread(palette.n_colors)))
        margin = certify(e, r, threads=1).margin_lower_bound or 0.0
        ratios.append(margin * 3 * n * n)
    return [
        fact("covers of k classes with d = 2k", sum(sizes), len(sizes)),
        equal("dimensions of all trees", 2, max(e.dim for _, e in on_trees)),
        at_least("certified gap at threshold 1, times 3 N^2", 1, min(ratios)),
        fact("certificates that hold", *holding([*cases, *on_trees])),
    ]


def _three_dimensions() -> list[Evidence]:
    cases = [(t, interval(t.relevance, dtype="float64")) for t in trees()]
    bushy = [t.relevance for t, _ in cases if len(t.leaves) >= 3]
    lower = [signed_identity(r).threshold_zero for r in bushy]
    star = [{0}, {0, 1}, {0, 2}, {0, 3}]
    three = Relevance.from_sets([{0}, {1}, {2}], 3)
    angles = 2 * np.pi * np.arange(3) / 3
    corners = np.column_stack((np.cos(angles), np.sin(angles)))
    in_plane = DualEmbedding(corners, corners, threshold=0.0)
    return [
        equal("dimensions of all trees, at most", 3, max(e.dim for _, e in cases)),
        fact("certificates that hold", *holding((t.relevance, e) for t, e in cases)),
        equal("lower bound for trees of three leaves, at least", 3, min(lower)),
        equal(
            "arrangements in the plane: a root and three leaves", 0, arrangements_in_plane(star, 4)
        ),
        equal("the same, four alone", 0, arrangements_in_plane([{0}, {1}, {2}, {3}], 4)),
        at_least("the same, three alone", 1, arrangements_in_plane([{0}, {1}, {2}], 3)),
        equal("three alone in the plane", "holds", certify(in_plane, three).verdict),
    ]


def _kraft_trie() -> list[Evidence]:
    every = [*relevances(), *(t.relevance for t in trees())]
    cases = [(r, kraft_trie(r, dtype="int8")) for r in every]
    scores = [gaps(r, *(rows.astype(np.int64) for rows in e.values())) for r, e in cases]
    most = [_most_of_matches(r, e) for r, e in cases]
    sizes = [e.dim == 1 + sum(e.parameters["heights"]) for _, e in cases]
    many = [t for n in (2, 9, 40, 150) for t in trees(n)]
    heights = [kraft_trie(t.relevance).parameters["heights"][0] for t in many]
    above = [(t.n_levels - 1) + math.log2(len(t.leaves)) for t in many]
    below = [max(t.n_levels - 1, math.log2(len(t.leaves))) for t in many]
    inside = [a <= h <= b for a, h, b in zip(below, heights, above, strict=True)]
    again = [h == _height(t.relevance) for h, t in zip(heights, many, strict=True)]
    return [
        fact("dimensions that are 1 + the sum of heights", sum(sizes), len(sizes)),
        equal("scores of matches, least", 1, int(min(m for m, _ in scores))),
        equal("the same, largest", 1, max(most)),
        at_most("largest score of another pair", -1, int(max(o for _, o in scores))),
        fact("certificates that hold, int8", *holding(cases)),
        fact("trees whose height is the formula's, worked out anew", sum(again), len(again)),
        fact("trees whose height is between the bounds", sum(inside), len(inside)),
        at_least("trees whose height is the upper bound", 1, sum(map(eq, heights, above))),
    ]


def _most_of_matches(relevance: Relevance, embedding: DualEmbedding) -> int:
    scores = embedding.queries.astype(np.int64) @ embedding.documents.T.astype(np.int64)
    return int(scores[is_match(relevance)].max())


def _height(relevance: Relevance) -> int:
    """Return the height of a tree's root by the formula, from the sets alone."""
    sets = [set(relevance.matches(q).tolist()) for q in range(relevance.n_queries)]
    height: dict[int, int] = {}
    for v in sorted(range(len(sets)), key=lambda v: -len(sets[v])):
        below = [height[c] for c in height if sets[c] - {c} == sets[v]]
        whole = math.ceil(math.log2(sum(2**h for h in below))) if below else 0
        height[v] = max(1 + max(below, default=-1), whole)
    return height[0]


def _weighted_trie() -> list[Evidence]:
    matches_exact, others_below, least, n_cases = 0, 0, [], 0
    for r in relevances():
        trie = LaminarTrie(laminar_cover(r))
        for t in range(trie.cover.n_classes):
            n_cases += 1
            (part,) = trie_encoding(trie, t, np.arange(r.n_documents, dtype=np.int32)).make()
            scores = (part.table[part.query_rows] @ part.rows.T).astype(int)
            total = np.abs(part.rows).sum(axis=1)
            matches = is_match(r)[:, part.documents]
            away = total - scores
            matches_exact += bool((away[matches] == 0).all())
            others_below += bool((away[~matches] >= 2).all())
            least.append(int(np.abs(part.rows).max(initial=0)))
    ratios = []
    for tree in trees():
        r = tree.relevance
        h = kraft_trie(r).parameters["heights"][0]
        promised = 0.5 / (math.sqrt(h * (h + 3) / 4) + h / 2)
        ratios.append(certified_margin(r, hybrid(r, dim=h + 1, dtype="float64")) / promised)
    return [
        fact("classes whose matches score P", matches_exact, n_cases),
        fact("classes whose others score P - 2 at most", others_below, n_cases),
        equal("largest weight", 2, max(least)),
        about_at_least(
            "trees in h + 1 dimensions: certified margin over promise", 1.0, min(ratios), _STATED
        ),
    ]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="interval-cover",
        title="k classes of intervals: d = 2k + 1, threshold 0, integers",
        kind="theorem",
        statement=r"""
Let the documents be split into $k$ classes such that, within each class, the queries can be put on
a line with every $D(v)$ an interval. Then $2k+1$ dimensions and the threshold 0 separate all pairs:
in integers, matches score at least 1 and all others at most $-1$.
""",
        source="hrgeom, docs/theory/interval.md",
        verdict="confirmed",
        evidence=_interval_cover,
        proofs=("interval-cover",),
        page="theory/interval.md",
        remark="Six relevances in which documents cross, DAGs and subsets, covers found by the "
        "search. A first sketch gave scores of 1/4 and -3/4; whole numbers came out of it.",
    ),
    Claim(
        id="arc-margin",
        title="Arcs: normalized margin sin²(π/N)/(√k + 1) in 2k + 1 dimensions",
        kind="theorem",
        statement=r"""
In $2k+1$ dimensions, $k$ classes of at most $N \ge 3$ positions on circles keep the normalized
margin $\sin^2(\pi/N)/(\sqrt k+1)$ at threshold 0.
""",
        source="hrgeom, docs/theory/interval.md",
        verdict="confirmed",
        evidence=_arc_margin,
        proofs=("arc-margin",),
        page="theory/interval.md",
        remark="Margins of rows scaled to unit length, in float64. A first sketch had "
        "(π/N)²/8/√(2(k + 1)), which is less for all N.",
    ),
    Claim(
        id="half-plane",
        title="Half planes: d = 2k with threshold 1, every tree in two dimensions",
        kind="theorem",
        statement=r"""
With $k$ classes of intervals of at most $N$ positions, $2k$ dimensions and the threshold 1 separate
all pairs, by at least $1/(3N^2)$ on either side. So every tree takes two dimensions.
""",
        source="hrgeom, docs/theory/half-plane.md",
        verdict="confirmed",
        evidence=_half_plane,
        proofs=("half-plane",),
        page="theory/half-plane.md",
        remark="Rows of any length: no normalized margin is left. A first sketch had 2k "
        "dimensions for thresholds by row only.",
    ),
    Claim(
        id="three-dimensions",
        title="Every tree in three dimensions at threshold 0; no tree of three leaves in two",
        kind="theorem",
        statement=r"""
Every tree is separated at threshold 0 in three dimensions, in integers, whatever its depth and
size. Three is least for every tree of three leaves or more, and for any four queries with a
document each. Three queries with a document each and nothing besides take two.
""",
        source="hrgeom, docs/theory/interval.md",
        verdict="confirmed",
        evidence=_three_dimensions,
        proofs=("three-dimensions",),
        page="theory/interval.md",
        remark="The lower part a second time: all arrangements of three and four directions in "
        "the plane are listed. A first sketch gave the sign rank of the signed identity as its "
        "reason; that of size 3 is 2, and a common document is what makes it 3.",
    ),
    Claim(
        id="kraft-trie",
        title="Kraft trie: d = 1 + heights, matches score 1, others at most -1; height of a tree",
        kind="theorem",
        statement=r"""
Split the documents into laminar classes, forests under virtual roots, and put $h = 0$ for leaves,
$h(v) = \max(1 + \max_c h(c), \lceil\log_2\sum_c 2^{h(c)}\rceil)$ else. Then 1 + the sum of the
virtual roots' heights dimensions separate all pairs at threshold 0 in integers: matches score
exactly 1, all others at most $-1$. A tree with $H$ levels and $l$ leaves has height at most
$(H-1) + \log_2 l$, so at most $(H-1) + \log_2 n$, and at least $H-1$ and $\log_2 l$.
""",
        source="hrgeom, docs/theory/trie.md",
        verdict="confirmed",
        evidence=_kraft_trie,
        proofs=("kraft-trie",),
        page="theory/trie.md",
        remark="Stored as int8. A first sketch had nodes instead of leaves in the logarithm; with "
        "leaves, chains attain the bound.",
    ),
    Claim(
        id="weighted-trie",
        title="Weighted trie: only a last bit that is alone counts double",
        kind="theorem",
        statement=r"""
Give a document of a Kraft trie the weight 1 on each place of its code, 2 on the last one if the
last step's word has this place only, and let $P(v)$ be their sum. Matches of $v$ score $P(v)$, all
other queries at most $P(v) - 2$. So a tree with a trie of $h$ bits has the normalized margin
$\tfrac12/(\sqrt{h(h+3)/4} + h/2)$ in $h + 1$ dimensions.
""",
        source="hrgeom, docs/theory/direct-sum.md and docs/frontier.md",
        verdict="confirmed",
        evidence=_weighted_trie,
        proofs=("weighted-trie", "direct-sum"),
        page="theory/direct-sum.md",
        remark="A first sketch weighted every bit of a word, by 1/2 or 1 over its length; only "
        "the last bit has to change. The margin of trees has no proof of its own: it follows from "
        "the two named.",
    ),
)
