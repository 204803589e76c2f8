r"""Any multipliers that fit bound every margin: weak duality of the semidefinite programme.

Unit rows have a Gram matrix Z = V V^T with unit diagonal. Let r be the threshold, e >= 0 the
margin: sigma (z - r) >= e for all pairs, sigma = 1 for matches and -1 for others. Let there be
weights of 0 or more on the pairs, a in all on the matches and b on the others; A the symmetric
matrix with sigma weight/2 between query and document; and a diagonal matrix D with D - A positive
semidefinite. Then <A, Z> <= <D, Z>, because D - A = L L^T for some L and the product of two such
matrices is a sum of squares. <D, Z> is the trace of D. The weighted sum of all constraints says (a
+ b) e <= <A, Z> - r(a - b), and |r| <= 1 because a match and a non-match have scores between -1
and 1, so (a + b) e <= tr D + |a - b|. With one threshold for each query the same holds query by
query, with the sum of the |a_q - b_q|.

*Machine-checked*, statement included, over every ordered ring: `weak_duality_by_row` and
`weak_duality_global` in `proofs/rocq/weak_duality.v`; in `proofs/rocq/ceiling_check.v` that a check
in integers, by elimination, accepts only ceilings.
"""

from fractions import Fraction

import sympy as sp

from .kit import at_least, at_most, equal, instance, stated

ID = "sdp-weak-duality"
TITLE = "Multipliers of the semidefinite programme bound every margin"
A = sp.Symbol("a")
B = sp.Symbol("b")
TRACE = sp.Symbol("Y")
STATEMENT = stated(
    r"""
[[Let weights $\lambda \ge 0$ on the pairs sum to $a$ over the matches and to $b$ over the
others, let $A$ have the blocks $\pm\lambda/2$ between queries and documents, and let
$\mathrm{Diag}(y) - A$ be positive semidefinite, $Y = \sum y$.]] Then no embedding, in any
dimension, has a normalised margin, global notion, above $@margin$. With row thresholds the same
holds with $\sum_q |a_q - b_q|$ instead of $|a - b|$, where $a_q$ and $b_q$ are the sums over the
pairs of query $q$.
""",
    margin=(TRACE + sp.Abs(A - B)) / (A + B),
)
ASSUMPTIONS = (
    "some pair matches and some does not; with row thresholds, for every query with weights",
    "rows of unit length; some weight is not 0",
)
SOURCE = "docs/theory/optimum.md; hrgeom/constructions/_sdp.py"
STATUS = "proof on paper, formulas checked"
ROCQ = (
    ("weak_duality.v", "weak_duality_by_row"),
    ("weak_duality.v", "weak_duality_global"),
    ("ceiling_check.v", "ceiling_by_row"),
    ("ceiling_check.v", "ceiling_global"),
)


SIZES = "a query and two documents", "two queries and two documents"


def bound(trace, a, b):
    return (trace + abs(a - b)) / (a + b)


def steps():
    entries = [sp.symbols(f"{name}:6", real=True) for name in "lv"]
    left, rows = (sp.Matrix(3, 2, e) for e in entries)
    product = ((left * left.T) * (rows * rows.T)).trace()
    squares = sum(x**2 for x in left.T * rows)
    yield equal("<L L^T, V V^T> is a sum of squares", product, squares, sizes="3 x 2")
    yield at_least("so it is not negative", squares, 0, {x: 0 for e in entries for x in e})

    y = sp.symbols("y:3", real=True)
    gram = sp.Matrix(3, 3, lambda i, j: 1 if i == j else sp.Symbol(f"z{min(i, j)}{max(i, j)}"))
    yield equal("<D, Z> is the trace of D", (sp.diag(*y) * gram).trace(), sum(y), sizes="3 x 3")

    # a query, a document that matches and one that does not
    p, n = sp.symbols("p n", nonnegative=True)
    r, e = sp.symbols("r e", real=True)
    a = sp.Matrix([[0, p / 2, -n / 2], [p / 2, 0, 0], [-n / 2, 0, 0]])
    score, other = gram[0, 1], gram[0, 2]
    weighted = p * (score - r) + n * (r - other)
    yield equal("the weighted sum", weighted, (a * gram).trace() - r * (p - n), sizes=SIZES[0])
    slack, more = sp.symbols("s t", nonnegative=True)
    kept = {score: r + e + slack, other: r - e - more}
    yield at_least("is at least e(a + b)", weighted.subs(kept), e * (p + n), {slack: 0, more: 0})

    margin = sp.Symbol("e", nonnegative=True)
    yield at_most("r <= 1, as r + e + s is a score", 1 - (margin + slack), 1, {margin: 0, slack: 0})
    yield at_least("r >= -1, as r - e - t is one", -1 + margin + more, -1, {margin: 0, more: 0})
    up, down = sp.symbols("u w", nonnegative=True)
    for excess, sign in ((up, 1), (-up, -1)):
        gain = abs(excess) - (1 - down) * sign * excess
        yield equal(f"|a - b| covers r(a - b), sign {sign}", gain, down * up)

    big_a, big_b, trace = sp.symbols("a b Y", positive=True)
    best = sp.solve((big_a + big_b) * margin - trace - sp.Abs(big_a - big_b), margin)[0]
    yield equal("the largest margin", best, bound(trace, big_a, big_b), shows="margin")
    over = (trace + sp.Abs(big_a - big_b)) / (big_a + big_b)
    yield equal("times all weights", over * (big_a + big_b), trace + sp.Abs(big_a - big_b))
    # two queries with thresholds of their own; documents 2 and 3 match one each
    gram = sp.Matrix(4, 4, lambda i, j: 1 if i == j else sp.Symbol(f"z{min(i, j)}{max(i, j)}"))
    weights, levels = sp.symbols("p1 n1 n2 p2"), sp.symbols("r1 r2")
    block = sp.Matrix(2, 2, [weights[0], -weights[1], -weights[2], weights[3]]) / 2
    a = sp.BlockMatrix([[sp.zeros(2), block], [block.T, sp.zeros(2)]]).as_explicit()
    weighted = 0
    for q, r in enumerate(levels):
        own, other = weights[2 * q + q], weights[2 * q + (1 - q)]
        match, rest = gram[q, 2 + q], gram[q, 3 - q]
        weighted += own * (match - r) + other * (r - rest)
    thresholds = levels[0] * (weights[0] - weights[1]) + levels[1] * (weights[3] - weights[2])
    yield equal(
        "by row: the weighted sum", weighted, (a * gram).trace() - thresholds, sizes=SIZES[1]
    )


def instances(rng):
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    yield instance("q = x_0 = -x_1 is best", bound(half + quarter + quarter, half, half) == 1)
    yield instance("one-sided weights bound by more", bound(half + half, half, 0) == 3)
    # three queries, a document each: A has norm 1/8 between 1/6 on matches, 1/12 on the others
    most = bound(6 * Fraction(1, 8), half, half)
    yield instance("three pairs", most == Fraction(3, 4))
    for _ in range(10):
        p, n = rng.integers(41, 49, size=2).tolist(), rng.integers(71, 79, size=2).tolist()
        slopes = ((1, 0), (p[0], n[0]), (-p[1], n[1]))
        rows = [rational_unit(*slope) for slope in slopes]  # nearly a regular triangle
        matches = [dot(v, v) for v in rows]
        others = [dot(v, w) for v in rows for w in rows if v != w]
        margin = half * (min(matches) - max(others))
        words = f"three unit vectors {slopes}"
        yield instance(words, matches == [1] * 3 and Fraction(3, 5) < margin <= most)


def dot(v, w):
    return sum(x * y for x, y in zip(v, w, strict=True))


def rational_unit(p, q):
    """Return a point of the circle with rational coordinates."""
    return Fraction(2 * p * q, p * p + q * q), Fraction(p * p - q * q, p * p + q * q)
