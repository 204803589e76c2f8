r"""Packing: a margin keeps vectors apart, and few dimensions have room for few of them.

Rows have length at most 1, scores are right by e (half a gap). Put ||y|| = max_x |<y, x>| over the
m vectors of the other side. By Cauchy and Schwarz ||y|| <= |y|.

*Apart, one threshold.* Let x match q and not q'. Then <q - q', x> >= (r + e) - (r - e), so
||q - q'|| >= 2e. All that is asked is that the sets differ.

*Apart, row thresholds.* Let x match q and not q', and y match q' and not q. Then
<q - q', x> - <q - q', y> >= 4e whatever the two thresholds, so one of the two is at least 2e in
size, and ||q - q'|| >= 2e again. If the sets are nested nothing follows: documents 1 and 1/2 on a
line and the query 1 twice, with other thresholds. For documents, let q match v and not w:
<q, v - w> >= 2e, with either notion, so it is enough that D(v) and D(w) differ.

*Ball and shell.* If N vectors of length at most 1 are 2e apart, balls of radius e around them do
not overlap and lie in one of radius 1 + e, so N e^d <= (1 + e)^d. If their length is 1, no point of
theirs is nearer to 0 than 1 - e, so N e^d <= (1 + e)^d - (1 - e)^d. The right side over e^d, with
e <= 1, grows with d: there is a least d.

*Two scales.* Leave out what is orthogonal to all x, which changes no score and adds no dimension:
then ||.|| is a norm, K = {||y|| < 1} is open and bounded. Let tau > 0 and z_1, ..., z_M a largest
set of the queries with ||z_i - z_j|| >= tau for any two: every query is nearer than tau to one.

- Normal variables have P(|Z| > u) <= exp(-u^2/2): the difference of the sides is 0 at 0 and at
  infinity, and first grows, then falls. So a normal vector G has ||G|| > u with probability at most
  m exp(-u^2/2), which is 1/2 for u^2 = 2 ln 2m: the Gaussian measure of uK is at least 1/2.
- That of z + uK is at least exp(-|z|^2/2) times as much, as uK = -uK: the density at y + z and that
  at y - z have the mean exp(-|z|^2/2) cosh <y, z> times that at y.
- With s = 2u/tau the sets s z_i + uK do not overlap, and |s z_i| <= s. So M exp(-s^2/2)/2 <= 1.
- Around one z_i there are queries 2e apart in the norm, within tau: as many copies of eK in
  (tau + e)K without overlap, at most (1 + tau/e)^d.

Together N <= 2 exp(s^2/2) (1 + tau/e)^d = 2 (2m)^(4/tau^2) (1 + tau/e)^d. (With tau = 2e every
query is a z_i: N <= 2 (2m)^(1/e^2) in any dimension.)

*All k-subsets.* They differ and none holds another. Their number N is a product of k factors
(m - i)/(k - i) >= m/k. Let 4/tau^2 = ln N/(2 ln 2m), so tau^2 = 8 ln(2m)/ln N, and half of ln N is
left over for d ln(1 + tau/e) + ln 2. If 2k^2 <= m, then 2m <= (m/k)^2, so ln 2m <= 2 ln(m/k) and
tau^2 <= 16/k.
"""

import itertools
from fractions import Fraction
from math import comb

import numpy as np
import sympy as sp

from .kit import at_least, equal, instance, positive, stated

ID = "packing"
TITLE = "Packing: N sets at margin ε take d ≥ ln N/ln(1 + 1/ε), and more in two scales"
E = sp.Symbol("epsilon")
D = sp.Symbol("d")
M = sp.Symbol("m")
TAU = sp.Symbol("tau")
K = sp.Symbol("k")
G = sp.Symbol("g")
STATEMENT = stated(
    r"""
[[Let rows have length at most 1 and scores the margin $\epsilon$, half a gap. Let $N$ queries
match different sets, with one threshold; or let none of their sets hold another, with thresholds
by row; or let $N$ documents have different $D(v)$, with either.]] Then $N$ is at most each of
$$@ball, \qquad @shell, \qquad @scales,$$
the second for vectors of unit length, the third for every $\tau > [[0]]$, where $m$ is the
number of vectors on the other side. [[All subsets of $k$ of $m$ documents, $2k^2 \le m$,]] so
take $d \ge @subsets$. With full gaps $g$ the first is $@gaps$.
""",
    ball=(1 + 1 / E) ** D,
    shell=(1 / E + 1) ** D - (1 / E - 1) ** D,
    scales=2 * (2 * M) ** (4 / TAU**2) * (1 + TAU / E) ** D,
    subsets=(K * sp.log(M / K) / 2 - sp.log(2)) / sp.log(1 + 4 / (E * sp.sqrt(K))),
    gaps=(1 + 2 / G) ** D,
)
ASSUMPTIONS = (
    "rows of length at most 1; exactly 1 for the second inequality",
    "epsilon is half a gap, above 0 and at most 1",
)
SOURCE = (
    "Wang et al. 2026, arXiv:2601.20844, for full gaps; Weller et al. 2025, arXiv:2508.21038; "
    "Bangachev et al. 2026, arXiv:2605.23556; hrgeom/bounds/lower/_packing.py"
)
STATUS = "proof on paper, formulas checked"


def steps():
    yield from apart()
    yield from room()
    yield from two_scales()
    yield from subsets()


def apart():
    e = sp.Symbol("e", positive=True)
    r, r2 = sp.symbols("r r'", real=True)
    extra = sp.symbols("a b c d", nonnegative=True)
    nearest = dict.fromkeys(extra, 0)
    a, b, c, d = extra
    x, y = r + e + a, r - e - b  # scores with q
    x2, y2 = r2 - e - c, r2 + e + d  # with q'
    one = (x - x2).subs(r2, r)
    yield at_least("one threshold: <q - q', x>", one, 2 * e, nearest)
    both = (x - x2) - (y - y2)
    yield at_least("row thresholds: <q - q', x> - <q - q', y>", both, 4 * e, nearest)
    yield positive("two numbers below 2 e in size", 4 * e - ((2 * e - t(1)) - -(2 * e - t(2))))
    yield at_least("documents: <q, v - w>", x - y, 2 * e, nearest)
    scores, levels = (1, Fraction(1, 2)), (Fraction(3, 4), Fraction(1, 4))
    found = [[score > level for score in scores] for level in levels]
    yield instance("one query, two nested sets", found == [[True, False], [True, True]])


def t(i):
    return sp.Symbol(f"t{i}", positive=True)


def room():
    e, d = sp.symbols("epsilon d", positive=True)
    ball = ((1 + e) / e) ** d
    yield equal("balls in a ball", ball, (1 + 1 / e) ** d, shows="ball")
    g = sp.Symbol("g", positive=True)
    yield equal("for a full gap", ((1 + 1 / e) ** d).subs(e, g / 2), (1 + 2 / g) ** d, shows="gaps")
    least = sp.log(11**d) / sp.log(1 + 1 / e).subs(e, sp.Rational(1, 10))
    yield equal("ln 11 is that of half gaps of 1/10", least, d)
    yield equal("full gaps of 1/10 have ln 21", (1 + 2 / g).subs(g, sp.Rational(1, 10)), 21)
    far, near, length = sp.symbols("f n l", nonnegative=True)
    # |z| = 1 <= |y| + |z - y|, with |z - y| = e - near
    y = 1 - (e - near) + far
    yield at_least("a point of a ball around a unit vector", y, 1 - e, {far: 0, near: 0})
    yield equal(
        "the shell",
        ((1 + e) ** d - (1 - e) ** d) / e**d,
        (1 / e + 1) ** d - (1 / e - 1) ** d,
        shows="shell",
    )
    inner, more = sp.symbols("I M", positive=True)  # (1/e - 1)^d, and what (1/e + 1)^d has more
    over = 1 + length  # 1/e
    grown = (over + 1) * (inner + more) - (over - 1) * inner - more
    yield equal("with d it grows by", grown, over * more + 2 * inner)
    yield positive("which is positive", over * more + 2 * inner)


def two_scales():
    u, z, y, m, tau, e = sp.symbols("u z y m tau epsilon", positive=True)
    tail = 1 - sp.erf(u / sp.sqrt(2))
    gap = sp.exp(-(u**2) / 2) - tail
    yield equal("the tail's bound at 0", gap.subs(u, 0), 0)
    yield equal("and at infinity", sp.limit(gap, u, sp.oo), 0)
    slope = sp.diff(gap, u)
    rising = sp.exp(-(u**2) / 2) * (sp.sqrt(2 / sp.pi) - u)
    yield equal("it grows, then falls", slope, rising)
    size = sp.sqrt(2 * sp.log(2 * m))
    yield equal("m exp(-u^2/2) = 1/2", m * sp.exp(-(size**2) / 2), sp.Rational(1, 2))

    def density(at):
        return sp.exp(-(at**2) / 2)

    mean = (density(y + z) + density(y - z)) / 2
    cosh = (sp.exp(y * z) + sp.exp(-y * z)) / 2
    yield equal("along z: moved", mean, sp.exp(-(z**2) / 2) * cosh * density(y))
    w = sp.Symbol("w", positive=True)  # exp <y, z>
    yield equal("cosh >= 1", (w + 1 / w) / 2 - 1, (1 - w) ** 2 / (2 * w))
    s = 2 * size / tau
    yield equal("s z_i are 2u apart", s * tau, 2 * size)
    many = sp.exp(s**2 / 2)
    yield equal("exp(s^2/2)", sp.log(many), 4 * sp.log(2 * m) / tau**2)
    d = sp.Symbol("d", positive=True)
    yield equal("copies of eK", ((tau + e) / e) ** d, (1 + tau / e) ** d)
    whole = 2 * (2 * m) ** (4 / tau**2) * (1 + tau / e) ** d
    yield equal("together", 2 * many * (1 + tau / e) ** d, whole, shows="scales")
    alone = (4 / tau**2).subs(tau, 2 * e)
    yield equal("tau = 2e: in any dimension", alone, 1 / e**2)


def subsets():
    i, k, above = sp.symbols("i k m-k", nonnegative=True)
    m = k + above
    yield equal("(m - i)k - m(k - i)", (m - i) * k - m * (k - i), i * above)
    yield at_least("is not negative", i * above, 0, {i: 0})
    whole, two_m, size, root = sp.symbols("L l epsilon k", positive=True)  # ln N, ln 2m
    tau = sp.sqrt(8 * two_m / whole)
    yield equal("the cover takes half of ln N", 4 * two_m / tau**2, whole / 2)
    yield equal("ln N less the cover", whole - 4 * two_m / tau**2, whole / 2)
    spare = sp.Symbol("c", nonnegative=True)
    few = 2 * root**2 + spare  # m
    yield at_least("2m <= (m/k)^2", (few / root) ** 2, 2 * few, {spare: 0})
    each = sp.Symbol("r", positive=True)  # ln(m/k); ln 2m = 2 r - slack, ln N = k r + more
    bound = 8 * (2 * each) / (root * each)
    yield equal("tau^2 <= 16/k", bound, 16 / root)
    yield equal("tau/e", sp.sqrt(bound) / size, 4 / (size * sp.sqrt(root)))
    wide, dims = sp.symbols("m d", positive=True)
    rest = (root * sp.log(wide / root)) / 2 - sp.log(2)  # ln N >= k ln(m/k)
    room = sp.log(1 + 4 / (size * sp.sqrt(root)))
    least = (root * sp.log(wide / root) / 2 - sp.log(2)) / room
    yield equal(
        "half of ln N is at most d ln(1 + tau/e) + ln 2",
        sp.solve(rest - dims * room, dims)[0],
        least,
        shows="subsets",
    )


def instances(rng):
    yield from signs()
    yield instance("two on a line: the shell is full", shell(1, 1) == shell(1, Fraction(1, 9)) == 2)
    yield instance("three have no room", not has_room(1, 3, Fraction(1, 9), 1))
    for _ in range(5):
        d, n, m = (int(a) for a in rng.integers((2, 12, 4), (4, 16, 8)))
        queries = [unit(rng, d) for _ in range(n)]
        documents = [unit(rng, d) for _ in range(m)]
        right = [len(q) == d and dot(q, q) == 1 for q in queries]
        yield instance(f"unit vectors in {d} dimensions", all(right))
        scores = [[dot(q, x) for x in documents] for q in queries]
        yield global_notion(d, queries, scores)
        yield row_notion(d, queries, scores, int(rng.integers(1, m)))


def signs():
    """Orthonormal documents, a query with the same on its pair and the negative elsewhere."""
    for root in (2, 3):
        m = root**2
        sets = list(itertools.combinations(range(m), 2))
        rows = [[Fraction(1 if v in s else -1, root) for v in range(m)] for s in sets]
        chosen = [(q, [v in s for v in range(m)]) for q, s in zip(rows, sets, strict=True)]
        gaps = [
            min(itertools.compress(q, own))
            - max(a for a, mine in zip(q, own, strict=True) if not mine)
            for q, own in chosen
        ]
        near = min(distance(p, q) for p, q in itertools.combinations(rows, 2))
        words = f"all pairs of {m}"
        yield instance(words, set(gaps) == {Fraction(2, root)} and near == Fraction(8, m))
        yield instance("have room", has_room(m, comb(m, 2), gaps[0] / 2, m))


def global_notion(d, queries, scores):
    """The best threshold of some: different sets are apart, and there is room for all."""
    flat = sorted({s for row in scores for s in row})
    e, high = max(((b - a) / 2, b) for a, b in itertools.pairwise(flat))
    first = {}
    for q, row in zip(queries, scores, strict=True):
        first.setdefault(tuple(s >= high for s in row), q)
    kept = list(first.values())
    return kept_apart(f"global, d = {d}, {len(first)} sets", d, kept, e, len(scores[0]))


def row_notion(d, queries, scores, k):
    """The k best documents of each query, with the least gap: the same."""
    best = {}
    for q, row in zip(queries, scores, strict=True):
        order = sorted(range(len(row)), key=lambda v: row[v], reverse=True)
        gap = row[order[k - 1]] - row[order[k]]
        chosen = frozenset(order[:k])
        if gap > 0 and gap > best.get(chosen, (0, None))[0]:
            best[chosen] = (gap, q)
    e = min(gap for gap, _ in best.values()) / 2
    kept = [q for _, q in best.values()]
    return kept_apart(f"row, d = {d}, {len(kept)} sets of {k}", d, kept, e, len(scores[0]))


def kept_apart(words, d, kept, e, m):
    near = [distance(p, q) >= (2 * e) ** 2 for p, q in itertools.combinations(kept, 2)]
    return instance(words, all(near) and has_room(d, len(kept), e, m))


def shell(d, e):
    return (1 / Fraction(e) + 1) ** d - (1 / Fraction(e) - 1) ** d


def has_room(d, n, e, m):
    """Ball, shell and, with tau = 2/3 and 2/5, two scales."""
    two = [2 * (2 * m) ** (t * t) * (1 + Fraction(2, t) / e) ** d for t in (3, 5)]
    return n <= shell(d, e) <= (1 + 1 / Fraction(e)) ** d and all(n <= room for room in two)


def unit(rng, d):
    """A rational vector of length 1, from one of d - 1 whole numbers (stereographic)."""
    p = np.subtract(rng.integers(0, 21, size=d - 1), 10).tolist()
    square = Fraction(sum(a * a for a in p))
    return [*(2 * a / (square + 1) for a in p), (square - 1) / (square + 1)]


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def distance(a, b):
    """The square of it."""
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))
