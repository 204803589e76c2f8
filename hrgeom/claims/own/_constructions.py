"""Claims of hrgeom itself: the theorems behind its constructions."""

from __future__ import annotations

from hrgeom.claims._claim import Claim
from hrgeom.claims.own._direct_sums import (
    block_code_evidence,
    direct_sum_evidence,
    spherical_codes_evidence,
)
from hrgeom.claims.own._hubs_and_queries import (
    centroid_hubs_evidence,
    dual_frame_evidence,
    max_margin_evidence,
    moment_curve_evidence,
)
from hrgeom.claims.own._intervals_and_tries import (
    arc_margin_evidence,
    half_plane_evidence,
    interval_cover_evidence,
    kraft_trie_evidence,
    three_dimensions_evidence,
    weighted_trie_evidence,
)

__all__ = ["CLAIMS"]

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
        evidence=interval_cover_evidence,
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
        evidence=arc_margin_evidence,
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
        evidence=half_plane_evidence,
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
        evidence=three_dimensions_evidence,
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
        evidence=kraft_trie_evidence,
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
        evidence=weighted_trie_evidence,
        proofs=("weighted-trie", "direct-sum"),
        page="theory/direct-sum.md",
        remark="A first sketch weighted every bit of a word, by 1/2 or 1 over its length; only "
        "the last bit has to change. The margin of trees has no proof of its own: it follows from "
        "the two named.",
    ),
    Claim(
        id="direct-sum",
        title="Parts of any kind side by side: scores of at least 1/2 and at most -1/2",
        kind="theorem",
        statement=r"""
Let part $t$ of the documents have coordinates in which document $v$ scores at least $a_v$ with its
matches and at most $b_v < a_v$ with others. For all weights $w_t$ and $\beta > 0$ the queries
$(w_1 y_1, \dots, w_k y_k, \beta)$ and documents
$(0, x_v/w_t, 0, -\tfrac{a_v+b_v}{2\beta})/(a_v-b_v)$ score at least $1/2$ on matches and at most
$-1/2$ on others, and the normalized margin is at least $\tfrac12/(\max|q|\max|x|)$.
""",
        source="hrgeom, docs/theory/direct-sum.md",
        verdict="confirmed",
        evidence=direct_sum_evidence,
        proofs=("direct-sum",),
        page="theory/direct-sum.md",
        remark="Intervals, tries and hubs are put side by side at random weights; and the "
        "promises of two families, rounding included, are compared with certificates in five "
        "stored types.",
    ),
    Claim(
        id="block-code",
        title="Block code: margin (1/2)/(√Q + T) in 1 + Σ bᵢ dimensions",
        kind="theorem",
        statement=r"""
Let no query match two documents of a block, and let block $i$ have unit words in $b_i$ dimensions
with inner products at most $\mu_i \ge 0$. With $\alpha_i = 1/(1-\mu_i)$, $T = \max\alpha_i - 1/2$
and $Q$ the largest sum of $\alpha_i^2$ over the blocks of a query, $1 + \sum b_i$ dimensions and
threshold 0 separate all pairs with normalized margin at least $\tfrac12/(\sqrt Q+T)$.
""",
        source="hrgeom, docs/theory/direct-sum.md",
        verdict="confirmed",
        evidence=block_code_evidence,
        proofs=("block-code",),
        page="theory/direct-sum.md",
        remark="The theorem's embedding is built anew from blocks and codes. A first sketch took "
        "(1/2)/(√s + 1/2) for the most that block codes reach; spare words for queries that match "
        "none of a block pass it, and 1/(2√s) too.",
    ),
    Claim(
        id="spherical-codes",
        title="Spherical codes: least µ of few words, words for none, slices, fixed coordinates",
        kind="theorem",
        statement=r"""
$n$ unit words have an inner product of at least $-1/(n-1)$, attained by the simplex; more than
$b + 1$ words in $b$ dimensions have one of at least 0. A simplex with a word for queries that match
nothing has the gap $1 + 1/n$ for $n$ documents in $n$ dimensions. The vectors of squared length $N$
of a lattice of least squared length $d$ in an affine subspace at squared distance $p$ from 0 have
$\mu \le 1 - d/(2(N-p))$ around its foot. Words of $b$ signs with $t$ of them fixed have
$\mu' \le (b\mu-t)/(b-t)$ in $b-t$ dimensions.
""",
        source="hrgeom, docs/theory/spherical-codes.md",
        verdict="confirmed",
        evidence=spherical_codes_evidence,
        proofs=("spherical-codes",),
        page="theory/spherical-codes.md",
        remark="Samples of the library, sizes of slices as its table has them; "
        "`tests/constructions/test_spherical_codes.py` counts them. Random words show no more than "
        "that none of them does better.",
    ),
    Claim(
        id="centroid-hubs",
        title="Hubs: margin 1/(2√(AB) + 1) for every forest, A and B at most 1 + log₂ n",
        kind="theorem",
        statement=r"""
Every forest of $n$ nodes has an embedding at threshold 0 in at most $n + 1$ dimensions with
normalized margin at least $1/(2\sqrt{AB}+1)$, where its lists of hubs have lengths
$A, B \le 1 + \log_2 n$. A chain of $n$ nodes has hubs with lists of lengths $A$ and $B$ if and only
if $\binom{A+B}{A} > n$.
""",
        source="hrgeom, docs/theory/centroid-hubs.md",
        verdict="confirmed",
        evidence=centroid_hubs_evidence,
        proofs=("centroid-hubs",),
        page="theory/centroid-hubs.md",
        remark="Hubs are chosen for the least AB, so this is what is compared with the bound. "
        "O(log³ n) dimensions with this margin follow by compression (`jl-compression`).",
    ),
    Claim(
        id="moment-curve",
        title="Moment curve: any relevance in 2 min(k, s) + 1 dimensions, in integers",
        kind="theorem",
        statement=r"""
Let $s = \max|S(q)|$ and $k = \max|D(v)|$, equal documents and equal queries counted once. In
$2\min(k,s)+1$ dimensions threshold 0 separates all pairs in integers, matches scoring 1 and others
at most $-1$; in $2\min(k,s)$ every match ranks above every non-match.
""",
        source="hrgeom, docs/theory/moment-curve.md; after Wang et al. 2026",
        verdict="confirmed",
        evidence=moment_curve_evidence,
        proofs=("moment-curve",),
        page="theory/moment-curve.md",
        remark="In Python's integers. What floats carry of it: `moment-curve-floats`.",
    ),
    Claim(
        id="dual-frame",
        title="Dual frame: every match scores exactly 1, and no shorter vector does so",
        kind="theorem",
        statement=r"""
If the documents of $S(q)$ are linearly independent, the columns of $X$, then
$q = X(X^\top X)^{-1}\mathbf 1$ scores exactly 1 on every match, every other vector that does is
longer, and $|q|^2 = \mathbf 1^\top(X^\top X)^{-1}\mathbf 1$.
""",
        source="hrgeom, docs/theory/random.md",
        verdict="confirmed",
        evidence=dual_frame_evidence,
        proofs=("dual-frame",),
        page="theory/random.md",
        remark="In float64, so up to rounding.",
    ),
    Claim(
        id="max-margin",
        title="Max-margin queries: every mean of the signed documents bounds the margin",
        kind="theorem",
        statement=r"""
For documents $x_v$ with signs $\sigma_v = 1$ on matches and $-1$ on others, every unit $q$ and all
weights $\lambda \ge 0$ of sum 1 satisfy
$\min_v \sigma_v\langle q, x_v\rangle \le \|\sum_v\lambda_v\sigma_v x_v\|$; by row, with weights of
sum 1 on either side, the gap is at most that norm. Where some $q$ separates, both sides meet.
""",
        source="hrgeom, docs/theory/max-margin.md",
        verdict="confirmed",
        evidence=max_margin_evidence,
        proofs=("max-margin",),
        page="theory/max-margin.md",
        remark="The two sides meet to the tolerance of the solver, 1e-6.",
    ),
)
