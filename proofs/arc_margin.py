r"""Arc code: intervals as arcs of a circle, and the margin that is left for unit rows.

With N positions put a = 2 pi/N. A query at p has (cos ap, sin ap) in the coordinates of its class
and beta in the shared coordinate. A document that matches the positions l to r of its class, with
middle c = (l + r)/2 and half-width h = (r - l)/2, has (cos ac, sin ac) and -tau/beta, where
tau = (cos ah + cos a(h + 1))/2. The score is cos a(p - c) - tau.

Inside, p is within h of c. Outside, the nearest positions, on either side of the circle, are at
h + 1, none is further than N/2, and as r - l + 1 < N the angle a(h + 1) is at most pi. The
cosine decreases from 0 to pi, because the difference of two cosines there is twice the product of
the sines of two angles in [0, pi]. So scores are at least g inside and at most -g outside, g half
the difference of the cosines at h and h + 1. It is least, sin^2(pi/N), for intervals of one
position or of all but one.

A query has length sqrt(k + beta^2) for k classes, a document sqrt(1 + tau^2/beta^2), tau^2 <= 1.
With beta^2 = sqrt k the product is at most sqrt k + 1, and no beta makes it smaller if tau^2 = 1.
An empty D(v), or one that holds all positions, is 0 but for -1 or 1 in the shared coordinate, and
scores that times beta.
"""

import mpmath
import sympy as sp

from .kit import at_least, coordinates, equal, instance, stated

ID = "arc-margin"
TITLE = "Arcs: k classes of N positions in 2k + 1 dimensions with margin sin²(π/N)/(√k + 1)"
K = sp.Symbol("k")
N = sp.Symbol("N")
ROOT = sp.Symbol("sqrt_k")
STATEMENT = stated(
    r"""
[[Let the documents be split into $k$ classes such that, within each class, the queries can be
put on a circle of $N \ge 3$ positions with every $D(v)$ of the class an interval.]] Then $d =
@dim$ dimensions and threshold 0 separate all pairs, and scaled to unit length the rows keep the
margin $@margin$.
""",
    tex={"sqrt_k": r"\sqrt{k}"},
    dim=2 * K + 1,
    margin=sp.sin(sp.pi / N) ** 2 / (ROOT + 1),
)
ASSUMPTIONS = ("every D(v) is an interval of the circle of its class, empty, or all of it",)
SOURCE = "docs/theory/interval.md"
STATUS = "proof on paper, formulas checked"


def steps():
    x, y = sp.symbols("x y", real=True)
    product = sp.cos(x) * sp.cos(y) + sp.sin(x) * sp.sin(y)
    yield equal("the products with (cos, sin) are a cosine", product, sp.expand_trig(sp.cos(x - y)))
    inside, outside = sp.cos(x - y), sp.cos(x + y)
    tau, gap = (inside + outside) / 2, (inside - outside) / 2
    yield equal("at h the score is g", inside - tau, gap)
    yield equal("at h + 1 it is -g", outside - tau, -gap)
    yield equal("g is a product of sines", sp.expand_trig(gap), sp.sin(x) * sp.sin(y))

    more, width, a, h = sp.symbols("e w a h", nonnegative=True)
    n = sp.Symbol("N", positive=True)
    middle, half = a * (2 * h + 1) / 2, a / 2
    yield equal("with x = a(2h + 1)/2 and y = a/2 the inner angle is ah", middle - half, a * h)
    yield equal("and the outer one a(h + 1)", middle + half, a * (h + 1))
    positions = width + 2 + more  # width = 2h, and at least one position is left out
    angle = 2 * sp.pi / positions * (width / 2 + 1)
    yield at_least("the angle at h + 1 is at most pi", sp.pi - angle, 0, {more: 0})
    step = sp.pi / positions
    yield equal("for N/2 it is pi", 2 * sp.pi / n * (n / 2), sp.pi)
    wide = step * (width + 1)
    yield at_least("pi/N is at most a(2h + 1)/2", wide, step, {width: 0})
    yield at_least("which is at most pi - pi/N", sp.pi - step, wide, {more: 0})
    yield equal(
        "so sin x >= sin y there: half their difference is a cosine and a sine of the half angles",
        sp.expand_trig((sp.sin(2 * x) - sp.sin(2 * y)) / 2),
        sp.expand_trig(sp.cos(x + y) * sp.sin(x - y)),
    )
    narrow = sp.expand_trig((sp.cos(0) - sp.cos(2 * x)) / 2)
    yield equal("for one position g is the square of a sine", narrow, sp.sin(x) ** 2)

    root, beta = sp.symbols("sqrt_k beta", positive=True)
    squares = (root**2 + beta**2) * (1 + 1 / beta**2)
    yield at_least(
        "the lengths' product is at least sqrt k + 1 at tau^2 = 1",
        sp.factor(squares - (root + 1) ** 2),
        0,
        {beta: sp.sqrt(root)},
    )
    part = sp.Symbol("s", nonnegative=True)  # tau^2 + s = 1
    yield at_least(
        "with beta^2 = sqrt k it is not more for any tau",
        (root + 1) ** 2,
        (root**2 + root) * (1 + (1 - part) / root),
        {part: 0},
    )
    yield equal("the square of beta over a query's length", root / (root**2 + root), 1 / (root + 1))
    yield at_least("is at least that of 1/(sqrt k + 1)", root + 1, 1, {root: 0})
    margin = sp.sin(sp.pi / n) ** 2 / (root + 1)
    yield equal(
        "the margin: g over the lengths",
        narrow.subs(x, sp.pi / n) / (root + 1),
        margin,
        shows="margin",
    )
    k = sp.Symbol("k", integer=True, positive=True)
    yield coordinates("cos and sin of every class, and the shared one", 2, 1, k, shows="dim")


def instances(rng):
    iv = mpmath.iv
    iv.dps = 30
    for _ in range(25):
        n, k = int(rng.integers(3, 30)), int(rng.integers(1, 9))
        left, more = rng.integers(0, n - 1, size=2).tolist()
        angle, right, half = 2 * iv.pi / n, left + more, iv.mpf(more) / 2
        tau = (iv.cos(angle * half) + iv.cos(angle * (half + 1))) / 2
        beta, centre = iv.sqrt(iv.sqrt(k)), angle * (left + half)
        document = (iv.cos(centre), iv.sin(centre), -tau / beta)
        longest = iv.sqrt(k + beta**2) * iv.sqrt(sum(x**2 for x in document))
        least = iv.sin(iv.pi / n) ** 2 / (iv.sqrt(k) + 1)
        kept = []
        for p in range(n):
            query = (iv.cos(angle * p), iv.sin(angle * p), beta)
            score = sum(a * b for a, b in zip(query, document, strict=True)) / longest
            inside = left <= p <= right or p + n <= right
            kept.append((score if inside else -score) > least)
        yield instance(f"{n} positions, {left} to {right}, {k} classes", all(kept))
