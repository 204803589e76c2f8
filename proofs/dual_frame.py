r"""Dual frame: the shortest query that scores 1 on every match.

Let the documents of S(q) be linearly independent and X the matrix that has them as columns. Then
X'X is invertible, and q = X (X'X)^-1 1 has X'q = 1: every match scores 1. Any other vector with
these scores is q + z with X'z = 0. Such a z is its own part orthogonal to the columns,
z = y - X (X'X)^-1 X'y with y = z, and conversely every z of this form has X'z = 0. As q is a
combination of the columns it is orthogonal to z, so |q + z|^2 = |q|^2 + |z|^2, which is larger
unless z = 0. The squared length is 1'(X'X)^-1 1, the sum of the weights of the columns.
"""

import sympy as sp

from .kit import instance, same_matrix, stated

ID = "dual-frame"
TITLE = "Dual frame: every match scores exactly 1, and no shorter vector does so"
D, S = sp.symbols("d s", integer=True, positive=True)
X, ONES = sp.MatrixSymbol("X", D, S), sp.MatrixSymbol(r"\mathbf{1}", S, 1)
STATEMENT = stated(
    r"""
[[Let the documents of $S(q)$ be linearly independent, the columns of $X$, and $q = X(X^\top
X)^{-1}\mathbf 1$.]] Then $X^\top q = @scores$: every match has exactly this score, and every
other vector with these scores is longer. The squared length of $q$ is $@square$.
""",
    scores=ONES,
    square=ONES.T * (X.T * X).I * ONES,
)
ASSUMPTIONS = ("the documents of S(q) are linearly independent",)
SOURCE = "docs/theory/random.md"
STATUS = "proof on paper, formulas checked"


def steps():
    d, s, one = D, S, ONES
    y = sp.MatrixSymbol("y", d, 1)
    inverse = (X.T * X).I
    q = X * inverse * one
    z = y - X * inverse * X.T * y
    yield same_matrix("every match scores 1", X.T * q, one, shows="scores")
    yield same_matrix("z adds nothing to these scores", X.T * z, sp.ZeroMatrix(s, 1))
    yield same_matrix("a z that adds nothing is its own such part", z.subs(y, z), z)
    yield same_matrix("q is orthogonal to z", q.T * z, sp.ZeroMatrix(1, 1))
    whole = (q + z).T * (q + z)
    yield same_matrix("the squares of lengths add up", whole, q.T * q + z.T * z)
    yield same_matrix(
        "that of q is a sum of weights", q.T * q, one.T * inverse * one, shows="square"
    )


def instances(rng):
    for _ in range(15):
        d = int(rng.integers(1, 6))
        s = int(rng.integers(1, d + 1))
        X = sp.Matrix(rng.integers(0, 9, size=(d, s)).tolist())
        if X.rank() < s:
            continue
        weights = (X.T * X).LUsolve(sp.ones(s, 1))
        q = X * weights
        yield instance(f"{s} documents in {d} dimensions: scores", X.T * q == sp.ones(s, 1))
        yield instance(f"{s} documents in {d} dimensions: length", q.dot(q) == sum(weights))
        for z in X.T.nullspace():
            for scale in (1, sp.Rational(1, 3)):
                p = sum((q, scale * z), start=sp.zeros(d, 1))
                yield instance("another solution", X.T * p == sp.ones(s, 1))
                yield instance("is longer", p.dot(p) > q.dot(q))
