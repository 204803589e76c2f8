r"""Radon: sets that are cut in two in every way, and all subsets of a size.

A set T of documents is *halved* if for each of its subsets P, but T and the empty set, P or T
without P is the part of T that some query matches. Heights are scores less thresholds.

*Theorem 1.* For t documents, the rows of X, weights c and a query q with threshold r, the weighted
sum of heights is <q, sum c_i x_i> - r sum c_i; for t queries, the rows of Q, and a document x it is
<x, sum c_i q_i> - sum c_i r_i. Ask that it is 0 for all vectors of the other side:

- d equations for documents at threshold 0, and for queries at threshold 0;
- d + 1 for documents with any thresholds (sum c_i = 0 too), and for queries with any
  (sum c_i r_i = 0 too).

With more members than equations there is such a c, not 0. What matches all members with c_i > 0
and none with c_i < 0 has a positive sum, what matches all with c_i < 0 and none with c_i > 0 a
negative one: neither exists. If both signs occur, P = {c_i > 0} is a proper part, and so is any
other where c_i = 0 are put: P or T without P is cut out, a contradiction. If only one sign occurs,
cut the members with c_i = 0 off; if there are none, P is T: the whole or the empty set is needed.
Where sum c_i = 0 both signs occur.

So with t halved documents, row thresholds and all others take d + 1 >= t; with the whole or the
empty set cut out too, threshold 0 takes d >= t; with t halved queries, the whole or the empty set
cut out too, d + 1 >= t and d >= t.

*Theorem 2, at most k of m.* If d <= 2k - 1 and d <= m - 2, take d + 2 documents and a c as for
rows. The rarer sign is that of at most (d + 2)/2 < k + 1 documents, say of A and positive; B are
those of the other. A itself is a subset of at most k, a query for it matches A and none of B, and
its sum is positive, not 0. So d >= min(2k, m - 1). Enough: the moment curve ranks in 2k dimensions,
and the m points 0, e_1, ..., e_(m-1) take any values up to one number a query.

*Exactly k, 1 <= k <= m/2.* Let d <= 2k - 1 and d <= m - k - 1. As before, but with k - |A| other
documents that are in neither A nor B: B has at most d + 1 <= m - k, so m - |A| - |B| >= k - |A|. So
d >= min(2k, m - k), which is 2k for m >= 3k. It is not min(2k, m - 1): the corners of a triangle
and a point inside have all pairs cut off by lines in the plane, m = 4 and k = 2. If exactly m - k
match, take the negative of each query: the same number.
"""

import itertools
from fractions import Fraction

import numpy as np
import sympy as sp

from .kit import at_least, at_most, equal, instance, positive, same_matrix, stated

ID = "radon"
TITLE = "Radon: all subsets of at most k of m take min(2k, m − 1) dimensions, halved sets t − 1"
T = sp.Symbol("t")
M = sp.Symbol("m")
K = sp.Symbol("k")
STATEMENT = stated(
    r"""
[[Let each proper subset $P$ of $t$ documents, or the rest of them, be what a query matches among
them.]] Row thresholds take $d \ge @row$; threshold 0 takes $d \ge @zero$ if all or none of them
are matched by some query too. The same holds for $t$ queries and the documents that match them,
where all or none is asked for in both notions. [[With row thresholds, $1 \le k \le m$,]] all
subsets of at most $k$ of $m$ documents take exactly the lesser of $@twice$ and $@simplex$
dimensions, and [[for $k \le m/2$]] all of exactly $k$ at least the lesser of $@twice$ and
$@rest$, which is exact [[for $m \ge 3k$]].
""",
    row=T - 1,
    zero=T,
    twice=2 * K,
    simplex=M - 1,
    rest=M - K,
)
ASSUMPTIONS = ("no score equals its threshold", "1 <= k <= m")
SOURCE = "Radon 1921; Wang et al. 2026, arXiv:2601.20844; hrgeom/bounds/lower/_radon.py"
STATUS = "proof on paper, formulas checked"


def steps():
    yield from relations()
    yield from signs()
    yield from sizes()
    yield from enough()


def relations():
    t, d = sp.symbols("t d", integer=True, positive=True)
    rows, c = sp.MatrixSymbol("X", t, d), sp.MatrixSymbol("c", t, 1)
    vector, levels = sp.MatrixSymbol("q", d, 1), sp.MatrixSymbol("r", t, 1)
    total = c.T * (rows * vector - levels)
    split = (rows.T * c).T * vector - c.T * levels
    yield same_matrix("the weighted sum of heights", total, split)
    r, ones = sp.Symbol("r", real=True), sp.MatrixSymbol("1", t, 1)
    total = c.T * (rows * vector - r * ones)
    split = (rows.T * c).T * vector - r * c.T * ones
    yield same_matrix("with one threshold in the row", total, split)


def least(t, n_equations, d, bound, shows=""):
    """The step that d is at least a bound, where otherwise there are fewer equations than t."""
    more = sp.Symbol("s", integer=True, nonnegative=True)
    enough = sp.solve(n_equations - (t + more), d)[0]
    return at_least("not fewer equations than members", enough, bound, {more: 0}, shows=shows)


def signs():
    n_members, dims = sp.symbols("t d", integer=True, positive=True)
    yield least(n_members, dims + 1, dims, n_members - 1, shows="row")
    yield least(n_members, dims, dims, n_members, shows="zero")
    size, height, rest = sp.symbols("c h rest", positive=True)
    yield positive("c > 0 and matched, or c < 0 and not", size * height)
    yield equal("two negatives", (-size) * (-height), size * height)
    yield positive("the sum is positive", rest + size * height)
    yield positive("c < 0 and matched: negative", -(rest * 0 + (-size) * height))


def sizes():
    half, k, slack = sp.symbols("h k s", integer=True, nonnegative=True)
    d = 2 * k - 1 - slack
    yield at_most("twice the rarer sign", d + 2, 2 * k + 1, {slack: 0})
    rarer = k + 1 + half  # more than k would be too many
    yield equal("so it is at most k", 2 * rarer - (d + 2), 1 + 2 * half + slack)

    few, many, extra = sp.symbols("A B m", integer=True, positive=True)
    others = extra - few - many
    spare = sp.Symbol("e", integer=True, nonnegative=True)
    dims = extra - k - 1 - spare  # d <= m - k - 1
    both = dims + 2  # |A| + |B| at most
    one = 1 + half  # A has at least one
    yield at_most("B has at most m - k", both - one, extra - k, {spare: 0, half: 0})
    left = others.subs(many, extra - k - spare) - (k - few)
    yield equal("k - |A| others are left", left, spare)
    yield at_least("d + 2 are at most m", extra - both.subs(k, 1 + half), 0, {spare: 0, half: 0})
    yield at_least("2k <= m - k for m = 3k + more", (3 * k + spare - k) - 2 * k, 0, {spare: 0})


def enough():
    k, m = sp.symbols("k m", integer=True, positive=True)
    more = sp.Symbol("s", integer=True, nonnegative=True)
    refused = {"twice": 2 * k - 1, "simplex": m - 2, "rest": m - k - 1}
    for name, refuted in refused.items():
        least = refuted + 1
        yield at_least(f"not at most {refuted}", refuted + (1 + more), least, {more: 0}, shows=name)
    v0, vi, r = sp.symbols("v_0 v_i r", real=True)
    level = r - v0
    yield equal("0 scores v_0 over the threshold", 0 - level, v0 - r)
    yield equal("e_i scores v_i over it", (vi - v0) - level, vi - r)
    t, root = sp.symbols("t t_j", real=True)
    yield equal(
        "a factor of the moment curve is a square", t**2 - 2 * root * t + root**2, (t - root) ** 2
    )
    low, high = sp.symbols("l e", real=True)
    yield equal("the negative query: differences change sign", (-low) - (-high), high - low)


def instances(rng):
    for _ in range(12):
        m, k = (int(x) for x in rng.integers((4, 1), (8, 4)))
        d = min(2 * k, m - 1) - 1
        yield radon_point(rng, m, k, d)
    for m in range(2, 7):
        masks = itertools.product((False, True), repeat=m)
        sets = [tuple(itertools.compress(range(m), mask)) for mask in masks]
        yield instance(f"subsets of {m}, 2k dimensions", all(ranked(m, s) for s in sets))
        corners = all(ranked_by_corners(m, s) for s in sets)
        yield instance(f"subsets of {m}, one dimension less than {m}", corners)
    points = [(0, 3), (-3, -3), (3, -3), (0, 0)]
    right = []
    for pair, (a, b) in LINES.items():
        scores = [a * x + b * y for x, y in points]
        right.append(first(scores, pair))
    pairs = list(itertools.combinations(range(4), 2))
    yield instance("a triangle and a point inside: all pairs", all(right) and list(LINES) == pairs)


LINES = {
    (0, 1): (-2, 1),
    (0, 2): (2, 1),
    (0, 3): (0, 1),
    (1, 2): (0, -1),
    (1, 3): (-2, -1),
    (2, 3): (2, -1),
}


def radon_point(rng, m, k, d):
    """In one dimension too few some subset of at most k has a point in common with the others."""
    points = np.subtract(rng.integers(0, 21, size=(m, d)), 10)
    chosen = points[: d + 2]
    equations = np.hstack((chosen, np.ones((len(chosen), 1), int))).T
    solution = sp.Matrix(*equations.shape, equations.ravel().tolist()).nullspace()[0]
    c = [Fraction(int(x.p), int(x.q)) for x in solution]
    above = [i for i, x in enumerate(c) if x > 0]
    below = [i for i, x in enumerate(c) if x < 0]
    small = min(above, below, key=len)
    mean = [mixture([abs(c[i]) for i in side], chosen[side].tolist()) for side in (above, below)]
    few = 0 < len(small) <= k and len(chosen) == d + 2 <= m
    return instance(f"at most {k} of {m}: {d} dimensions are too few", few and mean[0] == mean[1])


def mixture(weights, rows):
    total = sum(weights)
    return [
        sum(w * x for w, x in zip(weights, column, strict=True)) / total
        for column in zip(*rows, strict=True)
    ]


def ranked(m, members):
    """The coefficients of minus prod (t - t_j)^2 rank the members first, without the constant."""
    product = [1]
    for j in members:
        square = (j * j, -2 * j, 1)
        long = [0] * (len(product) + 2)
        for a, x in enumerate(product):
            for b, y in enumerate(square):
                long[a + b] += x * y
        product = long
    scores = [-sum(c * t**i for i, c in enumerate(product) if i > 0) for t in range(m)]
    return first(scores, members) and len(product) == 2 * len(members) + 1


def ranked_by_corners(m, members):
    value = [int(v in members) for v in range(m)]
    query = [v - value[0] for v in value[1:]]
    return first([0, *query], members)


def first(scores, members):
    inside = [s for v, s in enumerate(scores) if v in members]
    outside = [s for v, s in enumerate(scores) if v not in members]
    return not inside or not outside or min(inside) > max(outside)
