r"""Chirotopes: the signs of determinants forbid subsets, so a refutation bounds the dimension.

*A relation and its signs.* Let c_0, ..., c_r be r + 1 vectors of R^r, the columns of a matrix, and
D_i the determinant without column i. Then (Cramer, or the expansion of a determinant with a row
twice)

    sum_i (-1)^i D_i c_i = 0.

In general position no D_i is 0, and this is the only relation up to a factor. For any q,

    sum_i (-1)^i D_i <q, c_i> = 0,

so the terms do not all have one sign: the signs of (-1)^i D_i are not those of <q, c_i>, nor all
the opposite ones. Each of the two exclusions is a clause in the variables "D_B > 0".

*General position.* Scores other than 0 keep their signs if the vectors are moved a little, and a
little is enough for all determinants to be other than 0: each is a polynomial that is not 0.

*Dimensions.* At threshold 0 the vectors are the documents, r = d. By row they are (x, 1) with the
query (q, -r_q), r = d + 1; the query (0, 1) has the whole set. For queries they are (q_i, -r_i) and
the documents (x, 1). Fewer dimensions are padded with zeros. So if no assignment satisfies the
clauses of rank r, then d >= r + 1 at threshold 0 and d >= r by row.

*A refutation* is a list of clauses that follow from what is before by unit propagation, the empty
one last: each holds in every assignment that satisfies the clauses.
"""

import itertools

import numpy as np
import sympy as sp

from .kit import at_least, equal, instance, positive, stated

ID = "chirotope"
TITLE = "Chirotopes: if no signs of determinants allow the subsets, the dimension is higher"
R = sp.Symbol("r")
STATEMENT = stated(
    r"""
[[Let subsets of $n$ documents be what queries match of them. For vectors of rank $r$ in general
position, any $r + 1$ of them have one linear relation, with the signs $(-1)^i \chi(C - c_i)$ of
determinants, and no subset has those signs on them or the opposite ones. Let no assignment of
signs to the $r$-subsets of the documents respect this for all subsets.]] Then $d \ge @zero$ at
threshold 0, and $d \ge @row$ with row thresholds, where the whole set may be added to the
subsets. The same holds for queries and the documents that match them, without the addition.
""",
    zero=R + 1,
    row=R,
)
ASSUMPTIONS = ("no score equals its threshold",)
SOURCE = "Lienkaemper 2023, arXiv:2312.17365; hrgeom/bounds/lower/_chirotope.py"
STATUS = "proof on paper, formulas checked"


def steps():
    for rank in (1, 2, 3, 4):
        columns = sp.Matrix(rank, rank + 1, sp.symbols(f"x_:{rank * (rank + 1)}", real=True))
        relation = sum(
            ((-1) ** i * without(columns, i) * columns[:, i] for i in range(rank + 1)),
            sp.zeros(rank, 1),
        )
        yield equal(
            f"the relation of vectors of rank {rank}",
            sum((entry**2 for entry in relation.expand()), sp.Integer(0)),
            0,
            sizes=f"rank {rank}",
        )
    weight, score, rest = sp.symbols("w s rest", positive=True)
    yield positive("all terms positive: their sum is not 0", weight * score + rest)
    yield positive("all terms negative: nor is it", -(weight * -score - rest))
    q, x, level = sp.symbols("q x r", real=True)
    yield equal("(q, -r) on (x, 1) is the height", q * x + (-level) * 1, q * x - level)
    yield equal("(0, 1) on (x, 1): the whole set", 0 * x + 1 * 1, 1)
    d, r = sp.symbols("d r", integer=True, positive=True)
    more = sp.Symbol("s", integer=True, nonnegative=True)
    yield equal(
        "at threshold 0 the rank is d: r + 1 + s is not refuted", d.subs(d, r + more), r + more
    )
    yield at_least(
        "rank r, and all below it, are refuted: d > r", r + 1 + more, r + 1, {more: 0}, shows="zero"
    )
    by_row = (r + 1 + more) - 1
    yield at_least("by row the rank is d + 1", by_row, r, {more: 0}, shows="row")


def without(columns, i):
    minor = columns.copy()
    minor.col_del(i)
    return minor.det(method="berkowitz")


def instances(rng):
    """Random vectors in integers: no subset that a query cuts off has the signs of a relation."""
    for _ in range(12):
        rank, n = int(rng.integers(1, 5)), 7
        vectors = np.subtract(rng.integers(0, 61, size=(n, rank)), 30).tolist()
        queries = np.subtract(rng.integers(0, 61, size=(40, rank)), 30).tolist()
        scores = [[dot(q, x) for x in vectors] for q in queries]
        right = True
        for circuit in itertools.combinations(range(n), rank + 1):
            matrix = sp.Matrix([vectors[v] for v in circuit]).T
            weights = [(-1) ** i * int(without(matrix, i)) for i in range(rank + 1)]
            if 0 in weights:
                continue
            for row in scores:
                terms = [w * row[v] for w, v in zip(weights, circuit, strict=True)]
                right = right and sum(terms) == 0
                right = right and not all(t > 0 for t in terms) and not all(t < 0 for t in terms)
        yield instance(f"{n} vectors of rank {rank}: no relation has the signs of scores", right)
    yield instance("the lines of rank 1: one positive, one negative", signs_of_rank_1())


def signs_of_rank_1():
    """Of two numbers with scores of different signs the signs differ, and all else is possible."""
    seen = {
        (np.sign(a), np.sign(b), np.sign(q * a), np.sign(q * b))
        for a in (-2, 3)
        for b in (-1, 5)
        for q in (-1, 1)
    }
    return all((a != b) == (s != t) for a, b, s, t in seen) and len(seen) == 8


def dot(left, right):
    return sum(a * b for a, b in zip(left, right, strict=True))
