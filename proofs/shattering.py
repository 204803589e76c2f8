r"""Shattering: sets of which every subset is cut out, and the dimensions they take.

A set T of documents is *shattered* if every subset of it is S(q) intersected with T for some query
q; a set of queries, if every subset of it is what some document matches among them. The *height* of
a pair is its score less the threshold: positive on matches, negative on others.

*Documents.* For t documents, the rows of X, weights c and any query q with threshold r,

    sum_i c_i (<q, x_i> - r) = <q, sum_i c_i x_i> - r sum_i c_i.

1. One threshold r for all queries and d < t: d equations in t unknowns have a solution c, not 0, of
   sum c_i x_i = 0. The weighted sum of heights is b = -r sum c_i, the same for all queries.
2. Row thresholds and d + 1 < t: one with sum c_i = 0 besides. Then b = 0.

*Queries.* For t queries, the rows of Q, with thresholds r_i, and any document x,

    sum_i c_i (<q_i, x> - r_i) = <sum_i c_i q_i, x> - sum_i c_i r_i.

3. d < t: sum c_i q_i = 0 has a solution c, not 0, and b = -sum c_i r_i, the same for all documents.

*Contradiction.* Change the sign of c if b < 0. Some vector of the other side matches just the
members with c_i < 0. Each of its terms c_i h_i is then negative, or 0 where c_i is; not all are 0.
Their sum is negative, not b.

*No better in general.* Documents e_1, ..., e_t: the query with 1 on a subset and -1 elsewhere has
threshold 0 and these scores, d = t; exchange the sides for t queries. With row thresholds the t
points 0, e_1, ..., e_(t-1) take any values v_0, ..., v_(t-1) up to one number a query: the query is
(v_i - v_0), and the number v_0 goes into its threshold. So d = t - 1.
"""

import itertools

import numpy as np
import sympy as sp

from .kit import at_least, equal, instance, positive, same_matrix, stated

ID = "shattering"
TITLE = "Shattering: t documents take d ≥ t with one threshold, t − 1 by row; t queries take t"
T = sp.Symbol("t")
STATEMENT = stated(
    r"""
[[Let every subset of $t$ documents be what some query matches among them:]] $d \ge @common$ with
a common threshold of any value, and $d \ge @row$ with row thresholds. [[Let every subset of $t$
queries be what some document matches among them:]] $d \ge @common$, with row thresholds too. All
bounds are attained.
""",
    common=T,
    row=T - 1,
)
ASSUMPTIONS = ("no score equals its threshold",)
SOURCE = "Vapnik and Chervonenkis 1971, for half spaces; hrgeom/bounds/lower/_vc.py"
STATUS = "proof on paper, formulas checked"


def steps():
    t, d = sp.symbols("t d", integer=True, positive=True)
    rows, c = sp.MatrixSymbol("X", t, d), sp.MatrixSymbol("c", t, 1)
    vector, ones = sp.MatrixSymbol("q", d, 1), sp.MatrixSymbol("1", t, 1)
    r = sp.Symbol("r", real=True)
    left = c.T * (rows * vector - r * ones)
    right = (rows.T * c).T * vector - r * c.T * ones
    yield same_matrix("documents: the weighted sum of heights", left, right)
    levels = sp.MatrixSymbol("r", t, 1)
    left = c.T * (rows * vector - levels)
    right = (rows.T * c).T * vector - c.T * levels
    yield same_matrix("queries: the same", left, right)
    spare = sp.Symbol("s", integer=True, nonnegative=True)
    few = t - 1 - spare  # d < t
    yield equal("more unknowns than equations", t - few, 1 + spare)
    fewer = t - 2 - spare  # d + 1 < t
    yield equal("with one more equation, too", t - (fewer + 1), 1 + spare)
    enough = at_least("so d >= t", t + spare, t, {spare: 0}, shows="common")
    yield enough
    yield at_least("by row d + 1 >= t", (t + spare) - 1, t - 1, {spare: 0}, shows="row")
    size, height = sp.symbols("c h", positive=True)
    yield positive("a member with c < 0, matched", -(-size * height))
    yield positive("a member with c > 0, not matched", -(size * -height))
    rest, b = sp.symbols("rest b", nonnegative=True)
    total = -rest - size * height
    yield positive("so the sum is not b", b - total)
    v0, vi, other = sp.symbols("v_0 v_i r", real=True)
    level = other - v0
    yield equal("by row: 0 scores v_0 over the threshold", 0 - level, v0 - other)
    yield equal("e_i scores v_i over it", (vi - v0) - level, vi - other)


def instances(rng):
    for size in range(1, 5):
        subsets = [set(s) for n in range(size + 1) for s in itertools.combinations(range(size), n)]
        signs = [[1 if v in s else -1 for v in range(size)] for s in subsets]
        at_zero = np.array(signs)
        words = f"{size} documents in as many dimensions"
        yield instance(words, cut(at_zero @ np.eye(size, dtype=int)))
        corners = np.eye(size, dtype=int)[:, 1:]
        first = at_zero[:, :1]
        by_row = (at_zero[:, 1:] - first) @ corners.T + first
        yield instance("in one less by row", cut(by_row))
    for case in CASES:
        for _ in range(4):
            yield refused(rng, case)


CASES = ("documents, one threshold", "documents, by row", "queries")


def refused(rng, case):
    """Members in one dimension too few: none of many vectors cuts out what the relation forbids."""
    by_row = case == "documents, by row"
    size = int(rng.integers(2, 5))
    d = size - (2 if by_row else 1)
    members = np.subtract(rng.integers(0, 11, size=(size, d)), 5)
    levels = np.subtract(rng.integers(0, 11, size=size), 5)
    if case == "documents, one threshold":
        levels = np.full(size, levels[0])
    equations = np.hstack((members, np.ones((size, 1), int))) if by_row else members
    c = null_vector(equations.T)
    b = 0 if by_row else -sum(c * levels)
    c, b = (c, b) if b >= 0 else (-c, -b)
    vectors = np.subtract(rng.integers(0, 21, size=(3000, d)), 10)
    own = np.subtract(rng.integers(0, 41, size=(3000, 1)), 20)
    heights = vectors @ members.T - (own if by_row else levels)
    same = np.all(heights @ c == b)
    forbidden = np.all(np.where(c < 0, heights > 0, (heights < 0) | (c == 0)), axis=1)
    several = len({tuple(row) for row in (heights > 0).tolist()}) > 1
    words = f"{case}: {size} in {d} dimensions"
    return instance(words, c.any() and same and several and not forbidden.any())


def null_vector(equations):
    """Integers c, not all 0, that solve equations of right side 0."""
    solution = sp.Matrix(*equations.shape, equations.ravel().tolist()).nullspace()[0]
    whole = sp.ilcm(1, *(x.q for x in solution))
    return np.array([int(x * whole) for x in solution])


def cut(heights):
    """Whether rows of heights cut out every subset of the columns, once."""
    patterns = {tuple(row) for row in (heights > 0).tolist()}
    return len(patterns) == len(heights) == 2 ** len(heights.T)
