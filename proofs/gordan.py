r"""Gordan's alternative: a query vector that separates, or weights that prove there is none.

Let s_v = 1 for the matches of a query and -1 for the others, and lift the documents to z_v =
s_v (x_v, 1) for row thresholds, s_v x_v for threshold 0, s_v (x_v, -r) and besides them (0, |r|)
for a threshold r other than 0.

*A vector is positive on all z_v iff a query separates.* By rows (q, t) scores s_v (<q, x_v> + t):
the threshold is -t. For r it scores s_v (<q, x_v> - r t), and t > 0 by the last point, so that q/t
has the threshold r; conversely (q, 1) is positive on it.

*Not both.* A vector that is positive on all z_v has a positive product with their sum of weights
>= 0, one of them positive, so the sum is not 0.

*One of them.* Let no weights give 0. Then 0 is not in the convex hull of the z_v, which is compact
and has a point p nearest to 0, of square P = |p|^2 > 0. Let z be one of the points, g = P - <p, z>
and D = |z - p|^2. If g > 0 the point p + t(z - p) of the hull, 0 < t <= 1, is shorter than p: at
t = g/D if g <= D, and at t = 1 if g > D. So <p, z> >= P > 0 for all of them.

*How many.* By Caratheodory's theorem coordinates + 1 points with weights are enough.

*The check.* Let M be square, w with M w = e, R and w' any floats, and E = I - RM of norm a < 1 (the
largest row sum of sizes). RM = I - E has an inverse, so M and R have. Then y = w - w' has
RM y = R(e - Mw'), and y = RM y + E y, |y| <= |R(e - Mw')| + a |y|: |y| <= |R(e - Mw')|/(1 - a). If
all entries of w' exceed that, those of w are positive. In the plane weights of three points are
known: for a, b, c the determinants det(b, c), det(c, a), det(a, b).
"""

from fractions import Fraction
from itertools import combinations

import numpy as np
import sympy as sp

from .kit import at_least, equal, instance, positive, same_matrix, stated

ID = "gordan"
TITLE = "Gordan: a query vector separates, or a few documents prove that none does"
RESIDUAL = sp.Symbol("P")
ALPHA = sp.Symbol("alpha")
STATEMENT = stated(
    r"""
[[Lift documents to $z_v = \sigma_v(x_v, 1)$ for row thresholds, $\sigma_v x_v$ for threshold 0,
and $\sigma_v(x_v, -r)$ with $(0, |r|)$ besides them for $r \ne 0$.]] Either some query vector
scores all matches above and all others below its threshold, or weights $\lambda \ge [[0]]$, not
all zero, have $\sum_v \lambda_v z_v = [[0]]$; never both. [[If $Mw = e$ and $\alpha = \|I -
RM\|_\infty < 1$,]] then $\|w - w'\|_\infty$ is at most $@error$ for every $w'$.
""",
    tex={"P": r"\|R(e - Mw')\|_\infty"},
    error=RESIDUAL / (1 - ALPHA),
)
ASSUMPTIONS = ("finitely many documents",)
SOURCE = "docs/theory/diagnosis.md"
CITED = ("Caratheodory 1907: a point of a convex hull in dimension d is a mean of d + 1 points",)
STATUS = "proof on paper, formulas checked"

SIGNS = (1, -1)


def steps():
    yield from lifts()
    yield from alternative()
    yield from check()


def lifts():
    score, level, last = sp.symbols("qx r t", real=True)
    sign, scale = sp.Symbol("s", real=True), sp.Symbol("T", positive=True)
    rows = sign * score + sign * 1 * last
    yield equal("rows: the threshold is -t", rows, sign * (score - (-last)))
    lifted = sign * score + sign * (-level) * scale
    yield equal("threshold r: q/t", lifted / scale, sign * (score / scale - level))


def alternative():
    weight, product = sp.symbols("w a", positive=True)
    others = sp.Symbol("W", nonnegative=True)
    yield positive("a sum with weights has a positive product", weight * product + others)

    gap, far, length = sp.symbols("g D P", positive=True)

    def moved(t):
        """|p + t(z - p)|^2, where <p, z - p> = (P - g) - P."""
        return length + 2 * t * ((length - gap) - length) + t**2 * far

    yield positive("moved by t = g/D, p is shorter", length - moved(gap / far))
    t = sp.Symbol("t", real=True)
    products = length + t**2 * far + 2 * t * (length - gap - length)  # |p|^2, |z-p|^2, <p, z-p>
    yield equal("the square of a sum", moved(t), products)
    near = sp.Symbol("h", positive=True)  # D = g - h, so that g/D > 1
    yield positive("moved by 1 if g > D", (length - moved(1)).subs(far, gap - near))


def check():
    n = sp.Symbol("n", integer=True, positive=True)
    m, r = sp.MatrixSymbol("M", n, n), sp.MatrixSymbol("R", n, n)
    e, near = sp.MatrixSymbol("e", n, 1), sp.MatrixSymbol("u", n, 1)
    w = m.I * e
    yield same_matrix("RM(w - w') = R(e - Mw')", r * m * (w - near), r * (e - m * near))
    left = sp.Identity(n) - r * m
    yield same_matrix("y = RM y + E y", r * m * near + left * near, near)
    share = sp.Symbol("k", positive=True)  # 1 - a
    size, slack = sp.symbols("Y S", nonnegative=True)  # |y| + S = |RM y| + a |y|
    solved = size - (1 - share) * size + slack
    yield at_least("|y| <= |RM y|/(1 - a)", solved / share, size, {slack: 0})
    residual, alpha = sp.symbols("P alpha", positive=True)
    most = sp.solve(residual + alpha * size - size, size)[0]
    yield equal("the bound, where they meet", most, residual / (1 - alpha), shows="error")
    a, b, c = (sp.symbols(f"{name}_1 {name}_2", real=True) for name in "abc")
    for k in range(2):
        total = det(b, c) * a[k] + det(c, a) * b[k] + det(a, b) * c[k]
        words = f"three points of the plane, coordinate {k}"
        yield equal(words, total, 0, sizes="three points of the plane")


def det(a, b):
    return a[0] * b[1] - a[1] * b[0]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def instances(rng):
    """Documents on a line with a threshold, and in the plane with threshold 0: z_v is plane."""
    for _ in range(60):
        n = int(rng.integers(1, 6))
        for level in (None, 0, *(3 * side for side in SIGNS)):
            width = 2 if level == 0 else 1
            points = np.subtract(rng.integers(0, 9, size=(n, width)), 4).tolist()
            sides = rng.choice(SIGNS, size=n).tolist()
            tail = {None: [1], 0: []}.get(level, [-(level or 0)])
            zs = [[s * a for a in [*x, *tail]] for x, s in zip(points, sides, strict=True)]
            zs += [[0, abs(level)]] if level else []
            found = next((p for p in candidates(zs) if min(dot(p, z) for z in zs) > 0), None)
            yield instance(f"{level}: just one of the two", (found is None) == has_weights(zs))
            if found is not None:
                yield instance(f"{level}: the query", separates(found, points, sides, level))


def has_weights(zs):
    """Whether one, two or three of the points have positive weights and sum 0."""
    if any(not any(z) for z in zs):
        return True
    if any(det(a, b) == 0 and dot(a, b) < 0 for a, b in combinations(zs, 2)):
        return True
    around = [(det(b, c), det(c, a), det(a, b)) for a, b, c in combinations(zs, 3)]
    return any(min(turns) > 0 or max(turns) < 0 for turns in around)


def candidates(zs):
    """Vectors one of which is positive on all points if any is.

    The vectors that are form a cone, bounded by rays across some points: the sum of two is inside
    it. Or the cone is a half plane, and all points are multiples of one.
    """
    across = [[side * -z[1], side * z[0]] for z in zs for side in SIGNS]
    return [*zs, *([*map(sum, zip(u, v, strict=True))] for u in across for v in across)]


def separates(vector, points, sides, level):
    """The definition: matches above the threshold, others below."""
    if level is None:
        q, threshold = vector[:1], -vector[1]
    elif level == 0:
        q, threshold = vector, 0
    else:
        q, threshold = [Fraction(vector[0], vector[1])], level
    return all(
        (dot(q, x) > threshold) == (s > 0) for x, s in zip(points, sides, strict=True)
    ) and all(dot(q, x) != threshold for x in points)
