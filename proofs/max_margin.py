r"""Max-margin queries: a certificate that no query vector does better for given documents.

Let x_v be the documents, sigma_v = 1 for the matches of a query and -1 for all others, and
y_v = sigma_v x_v. Let y = sum lambda_v y_v with weights lambda_v >= 0 that sum to 1.

*Bound.* A minimum is at most any weighted mean, so for a unit vector q the least of the <q, y_v> is
at most <q, y>, which is at most |y| by Cauchy and Schwarz: |y|^2 - <q, y>^2 is the squared length
of the part of y that is orthogonal to q. In the row notion the weights sum to 1 over the matches
and over the others: least match less best non-match is then at most <q, y>.

*Attained.* Let p be the shortest of the sums y, a point of a convex set that is compact. For every
y of the set <p, y> >= |p|^2. For let <p, y - p> = -g with g > 0. Then p + t(y - p), also in the
set for t from 0 to 1, is shorter than p: at t = g/|y - p|^2 if that is at most 1, and at t = 1
otherwise. So if p is not 0 all <p/|p|, y_v> are at least |p|, and in the row notion all differences
are: the bound is attained by the direction of p.

*Orthogonal documents with a shared coordinate.* Let the documents be (sqrt(1 - C) x_v, -sqrt C)
with orthonormal x_v, |S(q)| = s, 0 < C < 1. A query a on its matches' x_v, 0 on the others', and b
last has the margin 1 if 2 = a sqrt(1 - C) and 1 = b sqrt C, and the length sqrt(4s/(1 - C) + 1/C),
which is least, 2 sqrt s + 1, at C = 1/(1 + 2 sqrt s).
"""

from fractions import Fraction

import numpy as np
import sympy as sp

from .kit import at_least, equal, instance, positive, stated

ID = "max-margin"
TITLE = "Max-margin queries: every mean of the signed documents bounds the margin"
YY = sp.Symbol("yy")
QY = sp.Symbol("qy")
ROOT = sp.Symbol("sqrt_s")
STATEMENT = stated(
    r"""
[[Let $q$ be a unit vector and $\lambda \ge 0$ weights of sum 1; with row thresholds of sum 1
over the matches and over the others. Put $y = \sum_v \lambda_v\sigma_v x_v$.]] Then $\min_v
\sigma_v\langle q, x_v\rangle \le \|y\|$, and by row $\min_{v \in S}\langle q, x_v\rangle -
\max_{v \notin S}\langle q, x_v\rangle \le \|y\|$, as $\langle q, y\rangle^{[[2]]}$ falls short
of $\|y\|^{[[2]]}$ by a square, $@square$. Where some $q$ makes the left side positive the sides
meet, at the direction of the shortest sum. [[Documents $(\sqrt{1 - C}\,x_v, -\sqrt C)$ with
orthonormal $x_v$, $|S(q)| = s$]] have a margin of at least $@margin$ at the best $C$.
""",
    tex={"yy": r"\|y\|^2", "qy": r"\langle q, y\rangle", "sqrt_s": r"\sqrt{s}"},
    square=YY - QY**2,
    margin=1 / (2 * ROOT + 1),
)
ASSUMPTIONS = ("finitely many documents", "with row thresholds, some match and some do not")
SOURCE = "docs/theory/max-margin.md"
STATUS = "proof on paper, formulas checked"


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def steps():
    weight, above, mean, weights = sp.symbols("w e M W", nonnegative=True)
    least = sp.Symbol("m", real=True)
    yield at_least(
        "one more score >= m keeps the weighted sum >= m times the sum of weights",
        (weights * least + mean) + weight * (least + above),
        (weights + weight) * least,
        {mean: 0, above: 0},
    )
    lambdas, inside, outside = sp.symbols("L a b", real=True)
    yield equal(
        "row notion: with weights of sum 1 on either side the mean is a difference of means",
        (lambdas * inside + (1 - lambdas) * inside)
        + -(lambdas * outside + (1 - lambdas) * outside),
        inside - outside,
    )
    product, square = sp.symbols("qy yy", real=True)  # <q, y> and |y|^2, with <q, q> = 1

    def combined(a, b, aa, ab, bb):
        """|a u + b v|^2 with |u|^2, <u, v>, |v|^2."""
        return a**2 * aa + 2 * a * b * ab + b**2 * bb

    part = combined(1, -product, square, product, 1)
    yield equal("the square of y - <q, y>q", part, square - product**2, shows="square")

    gap, far, length = sp.symbols("g D P", positive=True)  # D = |y - p|^2, P = |p|^2

    def moved(t):
        return combined(1, t, length, -gap, far)

    yield positive("moved by t = g/D, p is shorter", length - moved(gap / far))
    t = sp.Symbol("t", real=True)
    yield equal("the square of a sum", moved(t), length - 2 * gap * t + far * t**2)
    near = sp.Symbol("h", positive=True)  # D = g - h, so that g/D > 1
    yield positive("moved by 1 if g > D", (length - moved(1)).subs(far, gap - near))
    root, share = sp.symbols("sqrt_s C", positive=True)
    odds = sp.Symbol("o", positive=True)  # C = 1/(1 + o)
    matched = 2 / sp.sqrt(1 - share)
    last = 1 / sp.sqrt(share)
    score = sp.sqrt(1 - share) * matched - sp.sqrt(share) * last
    yield equal("matches score 1", score, 1)
    yield equal("others -1", -sp.sqrt(share) * last, -1)
    squares = (root**2 * matched**2 + last**2).subs(share, 1 / (1 + odds))
    yield at_least(
        "the squared length is least where o = 2 sqrt s",
        sp.factor(squares - (2 * root + 1) ** 2),
        0,
        {odds: 2 * root},
    )
    length = sp.sqrt(sp.factor(squares.subs(odds, 2 * root)))
    yield equal(
        "the margin there: 1 over the length", 1 / length, 1 / (2 * root + 1), shows="margin"
    )


def instances(rng):
    for _ in range(20):
        n, d = rng.integers(2, 7, size=2).tolist()
        rows = np.subtract(rng.integers(0, 9, size=(n, d)), 4).tolist()
        sides = (1, -1)
        signs = [*sides, *rng.choice(sides, size=n)[2:].tolist()]
        yield instance("documents on both sides", len(set(signs)) == 2)
        q = np.subtract(rng.integers(0, 9, size=d), 4).tolist()
        weights = [Fraction(w) for w in rng.integers(1, 9, size=n).tolist()]
        sums = {sign: dot(weights, [s == sign for s in signs]) for sign in sides}
        signed = [sign * dot(q, row) for sign, row in zip(signs, rows, strict=True)]
        for notion in ("global", "row"):
            total = [sum(weights)] * n if notion == "global" else [sums[s] for s in signs]
            shares = [w / t for w, t in zip(weights, total, strict=True)]
            y = [
                dot([s * a for s, a in zip(signs, shares, strict=True)], x)
                for x in zip(*rows, strict=True)
            ]
            found = min(signed)
            if notion == "row":
                found = sum(
                    min(x for x, s in zip(signed, signs, strict=True) if s == side) for side in sums
                )
            yield instance(f"{notion}: the bound", found <= 0 or found**2 <= dot(q, q) * dot(y, y))
    for _ in range(10):
        first, other = np.subtract(rng.integers(0, 9, size=(2, 3)), 4).tolist()
        along = [Fraction(b - a) for a, b in zip(first, other, strict=True)]
        if any(along):
            t = min(max(-dot(first, along) / dot(along, along), Fraction(0)), Fraction(1))
            p = [a + t * b for a, b in zip(first, along, strict=True)]
            scores = (dot(p, first), dot(p, other))
            yield instance("two documents: the shortest mean attains it", min(scores) == dot(p, p))
