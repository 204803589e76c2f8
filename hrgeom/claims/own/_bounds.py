"""Claims of hrgeom itself: laws of random directions, ceilings, lower bounds, rounding."""

from __future__ import annotations

from hrgeom.claims._claim import Claim
from hrgeom.claims.own._limits import (
    forster_evidence,
    margin_ceiling_evidence,
    perfect_tree_blocks_evidence,
    radon_evidence,
    sdp_weak_duality_evidence,
    shattering_evidence,
    signed_identity_evidence,
    subtree_ceiling_evidence,
)
from hrgeom.claims.own._random_directions import (
    exact_law_evidence,
    jl_compression_evidence,
    normalized_margin_evidence,
    quantization_evidence,
    random_rows_evidence,
    rounding_evidence,
)

__all__ = ["CLAIMS"]

CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="exact-law",
        title="The law of a score of Algorithm 1",
        kind="theorem",
        statement=r"""
For two Gaussian directions in $d \ge 2$ dimensions whose coordinates have correlation
$\rho = \tanh\beta$ ($1/\sqrt k$ for a match of a query with $|S(q)| = k$, 0 for any other pair) and
$c \le \beta$,
$$P(\text{score} \le \tanh c) = \frac1\pi\int_0^Y \arccos A\,dy, \quad
A = \frac{\sinh\beta\cosh D - \sinh c}{\cosh\beta\sinh D}, \quad \cosh D = y^{-1/(d-1)},$$
$Y = \cosh(\beta-c)^{-(d-1)}$. For other pairs $(1 + \text{score})/2$ is
$\mathrm{Beta}(\frac{d-1}2, \frac{d-1}2)$. Sums of these tails are the expected numbers of wrong
pairs.
""",
        source="hrgeom, docs/theory/random.md",
        verdict="confirmed",
        evidence=exact_law_evidence,
        proofs=("exact-law",),
        page="theory/random.md",
        remark="A first form of it was a noncentral t mixed over |g| ~ chi_d. That is the same "
        "law, and loses its tails in floating point; here it is the second route.",
    ),
    Claim(
        id="random-rows",
        title="Algorithm 1 ranks all matches first in half the dimensions of Theorem 3.1",
        kind="theorem",
        statement=r"""
Let $1 \le |S(q)| \le s$ for $n$ queries and $m$ documents and $0 < \delta \le 1$. If $d \ge 4
s\ln(nsm/\delta)$, then with probability above $1 - \delta$ every match of Algorithm 1 scores above
every non-match of the same query.
""",
        source="hrgeom, docs/theory/random.md",
        verdict="confirmed",
        evidence=random_rows_evidence,
        proofs=("random-rows",),
        page="theory/random.md",
        remark="The second route is the exact law, which bounds the probability by the number of "
        "wrong matches expected. No margin is claimed.",
    ),
    Claim(
        id="jl-compression",
        title="A margin in any dimension is nearly kept in logarithmically many",
        kind="theorem",
        statement=r"""
Let unit vectors of $n$ queries and $m$ documents have the margin $\epsilon^*$,
$0 < \eta, \delta \le 1$ and $x = (\eta\epsilon^*)^2/4$. In
$d \ge 1 + \ln(nm/\delta)/\ln\frac{1+x}{1-x}$ dimensions, which is less than
$1 + 2\ln(nm/\delta)/(\eta\epsilon^*)^2$, a Gaussian projection scaled to unit length keeps the
thresholds right with margin $(1-\eta)\epsilon^*$ with probability above $1-\delta$. Algorithm 1 is
this compression of orthonormal documents.
""",
        source="hrgeom, docs/theory/random.md",
        verdict="confirmed",
        evidence=jl_compression_evidence,
        proofs=("jl-compression", "exact-law"),
        page="theory/random.md",
        remark="The optimum of the perfect tree (2, 4) is projected. A first sketch had O(ε*⁻² "
        "log m) with no constant.",
    ),
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
        evidence=margin_ceiling_evidence,
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
        evidence=perfect_tree_blocks_evidence,
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
        evidence=subtree_ceiling_evidence,
        proofs=("perfect-tree-blocks", "sdp-weak-duality"),
        page="theory/ceiling.md",
        remark="The step from the part to the whole is that a part has no smaller margin. The "
        "search is greedy, so lower ceilings may exist: WordNet's largest certified margin is "
        "0.0862. Needs cvxpy.",
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
        evidence=sdp_weak_duality_evidence,
        proofs=("sdp-weak-duality",),
        page="theory/optimum.md",
        remark="The programme's own multipliers meet a certified embedding to 1e-4; random ones "
        "bound it from above. Needs cvxpy.",
    ),
    Claim(
        id="signed-identity",
        title="Three queries with a document each: d at least 2, or 3 with a common document",
        kind="theorem",
        statement=r"""
Let three queries each match a document of their own that the other two do not. By row, and with
one threshold of any value, $d \ge 2$. At threshold 0, $d \ge 3$ if besides some document matches
all three or some query matches their three documents, or if there are four such queries. With one
threshold and unit rows $d \ge 3$ if there is a common document or query. Larger blocks take no
more: 2, 2, 3 and 3 dimensions do.
""",
        source="hrgeom, hrgeom/bounds/lower/_signed_identity.py",
        verdict="confirmed",
        evidence=signed_identity_evidence,
        proofs=("signed-identity",),
        remark="Orders on a line and directions in the plane are listed, all of them. Unit rows "
        "at any threshold rest on the proof alone. Sketches that give the signed identity of size "
        "3 the sign rank 3 are wrong: it is 2.",
    ),
    Claim(
        id="shattering",
        title="Shattered sets (VC): t documents take t dimensions, t - 1 by row; t queries take t",
        kind="theorem",
        statement=r"""
Let every subset of $t$ documents be what some query matches among them: $d \ge t$ with one
threshold of any value, $d \ge t - 1$ by row. Let every subset of $t$ queries be what some document
matches among them: $d \ge t$, by row too. All three are attained.
""",
        source="hrgeom, hrgeom/bounds/lower/_vc.py; after Vapnik and Chervonenkis 1971",
        verdict="confirmed",
        evidence=shattering_evidence,
        proofs=("shattering",),
        remark="For a relevance at hand the bound is weak: hierarchies shatter little.",
    ),
    Claim(
        id="radon",
        title="Halved sets (Radon): all subsets of at most k of m documents take min(2k, m - 1)",
        kind="theorem",
        statement=r"""
Let each proper subset of $t$ documents or its complement among them be what some query matches of
them: $d \ge t - 1$ by row, and $d \ge t$ at threshold 0 if some query matches all or none of them.
All subsets of at most $k$ of $m$ documents take $\min(2k, m - 1)$ dimensions by row, and no more.
All subsets of exactly $k \le m/2$ take $\min(2k, m - k)$ at least.
""",
        source="hrgeom, hrgeom/bounds/lower/_radon.py; after Wang et al. 2026",
        verdict="confirmed",
        evidence=radon_evidence,
        proofs=("radon",),
        remark="min(2k, m - 1) is no bound for exactly k: all pairs of four documents take two "
        "dimensions, a triangle's corners and a point inside.",
    ),
    Claim(
        id="forster",
        title="Forster's bound: sign rank from a spectral norm, proved whatever the rounding",
        kind="theorem",
        statement=r"""
A matrix with the signs of the $n \times m$ matrix $B$, whose entries are at least $b$ in size, has
rank at least $b\sqrt{nm}/\|B\|$: as many dimensions at threshold 0, one less at any other. The
norm is bounded from above in floating point with a proof. Hadamard matrices reach $\sqrt n$,
signed identities no more than 2.
""",
        source="hrgeom, hrgeom/bounds/lower/_forster.py; after Forster 2002",
        verdict="confirmed",
        evidence=forster_evidence,
        proofs=("forster",),
        remark="Weak for hierarchies, almost all of whose entries are -1.",
    ),
    Claim(
        id="quantisation",
        title="Rounding the vectors moves a score by at most ‖q - q'‖‖x‖ + ‖q'‖‖x - x'‖",
        kind="theorem",
        statement=r"""
$|\langle q,x\rangle - \langle q',x'\rangle| \le |q-q'||x| + |q'||x-x'|$, at most $(2u+u^2)|q||x|$
for floats of unit roundoff $u$. So a normalized margin $\varepsilon$ keeps its sign if $(1+u)^2 <
1+\varepsilon$. Rounding to integers times $c$ moves a row by at most $c\sqrt d/2$.
""",
        source="hrgeom, docs/theory/certificate.md",
        verdict="confirmed",
        evidence=quantization_evidence,
        proofs=("quantisation",),
        page="theory/certificate.md",
        remark="Scores in fractions. Certificates do not use it: they check the rounded vectors.",
    ),
    Claim(
        id="rounding",
        title="A score in floats, in any order: off by at most γₙ times the sum of its parts + 2nη",
        kind="theorem",
        statement=r"""
Let $n$ of the products $q_kx_k$ be nonzero, evaluated and added in floats of unit roundoff $u$ and
smallest subnormal $\eta$, in any order, fused or not. If $nu \le 1/2$ the result is within
$\gamma_n\sum_k|q_kx_k| + 2n\eta$ of $\langle q,x\rangle$, $\gamma_n = nu/(1-nu)$. If all products
are multiples of $2^g \ge \eta$ and $\sum_k|q_kx_k| \le 2^{g+p}$ for the type's precision $p$, it
is exact.
""",
        source="hrgeom, docs/theory/certificate.md; Higham, Accuracy and Stability, section 3.1",
        verdict="confirmed",
        evidence=rounding_evidence,
        proofs=("rounding",),
        page="theory/certificate.md",
        remark="Errors in fractions, in float64, float32 and float16, random orders.",
    ),
    Claim(
        id="normalised-margin",
        title="Documents scaled to unit length in floats: scores off by at most ‖q‖(u + γ + dη)",
        kind="theorem",
        statement=r"""
Let $\tilde x$ be $x/|x|$ computed in float64 and rounded to a type of unit roundoff $u_T$ and
smallest subnormal $\eta_T$. Then
$|\langle q,\tilde x\rangle - \langle q,x/|x|\rangle| \le |q|(u_T + \gamma_{d+8} + d\,\eta_T)$, with
$\gamma$ that of float64.
""",
        source="hrgeom, docs/theory/certificate.md",
        verdict="confirmed",
        evidence=normalized_margin_evidence,
        proofs=("normalised-margin",),
        page="theory/certificate.md",
        remark="Lengths in 60 decimal digits.",
    ),
)
