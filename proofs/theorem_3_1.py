r"""Theorem 3.1 of You et al. (2025) with its constants and its failure probability.

Algorithm 1: g_j normal in d dimensions, x_j = g_j/|g_j|, q the normalised sum of g_j over S(q).
Let rho = 1/sqrt(s), r = rho/2 and t = rho/2 - eps > 0.

Matches. Let |S(q)| = k > 1 (a single match scores 1). With h the sum over S(q) divided by sqrt(k),
the coordinates of (g_j, h) are d independent normal pairs of correlation rho_k = 1/sqrt(k) >= rho.
A score of at most z >= 0 means <g, h> <= z |g| |h| <= z (|g|^2 + |h|^2)/2. In the independent
normal variables x = (g + h)/sqrt(2 + 2 rho_k), y = (g - h)/sqrt(2 - 2 rho_k) of each coordinate,
that is: the sum of b y^2 - a x^2 over the coordinates is not negative, with
a = (1 + rho_k)(1 - z), b = (1 - rho_k)(1 + z). By Markov's inequality for
exp(theta (sum)/2) and theta = (a - b)/(2 a b), the probability is at most
(4 a b/(a + b)^2)^(d/2) = (1 - (rho_k - z)^2/(1 - rho_k z)^2)^(d/2) <= (1 - (rho_k - z)^2)^(d/2).
With z = r + eps, rho_k - z >= rho - r - eps = t.

Others. q and x_j are independent, so the score has the density C (1 - y^2)^((d-3)/2) on (-1, 1),
d >= 2. Then P(score >= y) <= (1 - y^2)^((d-1)/2)/2 for 0 <= y <= 1: both sides agree at 0 and 1,
and the derivative of the difference is (1 - y^2)^((d-3)/2) times C - (d-1) y/2, first positive,
then negative. As t <= 1/2, this is at most (1 - t^2)^(d/2) at y = r - eps = t. (For d = 1 scores
are +-1 with probability 1/2 each, and the bound holds as well.)

Together: 1 - t^2 < exp(-t^2), so any of the n m pairs is wrong with probability below
n m exp(-d t^2/2), which is at most delta for d >= 2 ln(n m/delta)/t^2.

No larger margin for all relevances: if every k-subset S is a query, then with the mean over S of
the matches minus that of the others, 2 eps <= <q, sum_S x/k - sum_(not S) x/(m-k)>, and the mean
square of the length of that vector over all S is m^2/(k^2 (m-k)^2) times k (m-k)/(m (m-1)) times
the sum of the squares of the centred x, which is at most m.
"""

from fractions import Fraction

import mpmath as mp
import sympy as sp

from .kit import at_least, equal, instance, positive, stated

ID = "theorem-3-1"
TITLE = "Theorem 3.1 of You et al. with constants"
S = sp.Symbol("s")
N = sp.Symbol("n")
M = sp.Symbol("m")
DELTA = sp.Symbol("delta")
EPS = sp.Symbol("epsilon")
H = sp.Symbol("H")
W = sp.Symbol("W")
STATEMENT = stated(
    r"""
[[Let $1 \le |S(q)| \le s$ for $n$ queries and $m$ documents, $0 \le \epsilon < 1/(2\sqrt s)$ and
$0 < \delta \le 1$.]] If
$$d \ge @dim,$$
then with probability above $@certain$ all matches of Algorithm [[1]] score above $r + \epsilon$
and all other pairs below $r - \epsilon$, where $r = @threshold$. [[Perfect $W$-ary trees of $H$
levels, $W \ge 2$:]] $d \ge @tree$ is enough.
""",
    dim=8 * S * sp.log(N * M / DELTA) / (1 - 2 * EPS * sp.sqrt(S)) ** 2,
    certain=1 - DELTA,
    threshold=1 / (2 * sp.sqrt(S)),
    tree=(16 * H**2 * sp.log(W) - 8 * H * sp.log(DELTA)) / (1 - 2 * EPS * sp.sqrt(H)) ** 2,
)
ASSUMPTIONS = (
    "every query matches at least one document",
    "eps is below 1/(2 sqrt(s)); for all k-subsets no larger one is possible as m grows",
)
SOURCE = "You et al. (2025), arXiv:2509.16411, Theorem 3.1; docs/theory/random.md"
CITED = ("Markov's inequality",)
STATUS = "proof on paper, formulas checked"


def steps():
    yield from matches()
    yield from others()
    yield from union()
    yield from trees()
    yield from ceiling()


def matches():
    rho, z = sp.symbols("rho z", positive=True)
    x, y = sp.symbols("x y", real=True)
    a, b = (1 + rho) * (1 - z), (1 - rho) * (1 + z)
    g = (x * sp.sqrt(2 + 2 * rho) + y * sp.sqrt(2 - 2 * rho)) / 2
    h = (x * sp.sqrt(2 + 2 * rho) - y * sp.sqrt(2 - 2 * rho)) / 2
    form = z * (g**2 + h**2) - 2 * g * h
    yield equal("the form in independent variables", form, b * y**2 - a * x**2)
    v, rate = sp.symbols("v rate", positive=True)  # 1 + lambda
    weight = sp.exp(-rate * v**2 / 2) / sp.sqrt(2 * sp.pi)
    mean = 2 * sp.integrate(weight, (v, 0, sp.oo), conds="none")
    yield equal("E exp(-lambda x^2/2)", mean, 1 / sp.sqrt(rate))
    p, q = sp.symbols("a b", positive=True)
    theta = (p - q) / (2 * p * q)
    product = (1 + theta * p) * (1 - theta * q)
    yield equal("the best theta", product, (p + q) ** 2 / (4 * p * q))
    yield equal("theta b stays below 1", 1 - theta * q, (p + q) / (2 * p))
    ratio = 1 - (rho - z) ** 2 / (1 - rho * z) ** 2
    yield equal("4 a b/(a + b)^2", 4 * a * b / (a + b) ** 2, ratio)
    yield equal("theta is positive for z < rho", a - b, 2 * (rho - z))


def others():
    d, y = sp.symbols("d y", positive=True)
    slope = sp.diff((d - 1) / 2 * sp.log(1 - y**2), y) * (1 - y**2)
    yield equal("the slope of the bound, over (1 - y^2)^((d-3)/2)/2", slope, -(d - 1) * y)
    rho, eps = sp.symbols("rho eps", nonnegative=True)
    t = rho / 2 - eps
    yield equal("the distance of matches", rho - (rho / 2 + eps), t)
    x = sp.Symbol("x", nonnegative=True)
    t = 1 / (2 + 2 * x)  # t <= 1/2
    yield at_least("4 (1 - t^2) exceeds 1", 4 * (1 - t**2), 3, {x: 0})


def union():
    x, n, m, delta = sp.symbols("x n m delta", positive=True)
    s, t = sp.symbols("s t", positive=True)
    gap = sp.exp(-x) - (1 - x)
    yield equal("exp(-x) and 1 - x agree at 0", gap.subs(x, 0), 0)
    yield equal("and then grow apart", sp.diff(gap, x), 1 - sp.exp(-x))
    d = 2 * sp.log(n * m / delta) / t**2
    wrong = n * m * sp.exp(-d * t**2 / 2)
    yield equal("n m exp(-d t^2/2) = delta", wrong, delta)
    yield equal("what is left", 1 - wrong, 1 - delta, shows="certain")
    room = sp.Symbol("epsilon", nonnegative=True)
    stated_dim = 8 * s * sp.log(n * m / delta) / (1 - 2 * room * sp.sqrt(s)) ** 2
    yield equal("with t = r - eps", d.subs(t, 1 / (2 * sp.sqrt(s)) - room), stated_dim, shows="dim")
    yield equal(
        "r is half of 1/sqrt(s)",
        1 / (2 * sp.sqrt(s)),
        s ** sp.Rational(-1, 2) / 2,
        shows="threshold",
    )
    eps = 1 / (2 * sp.sqrt(s)) - t
    yield equal("1 - 2 eps sqrt(s)", 1 - 2 * eps * sp.sqrt(s), 2 * t * sp.sqrt(s))
    yield equal("2/t^2", 8 * s / (2 * t * sp.sqrt(s)) ** 2, 2 / t**2)


def trees():
    H = sp.Symbol("H", positive=True, integer=True)
    w = sp.Symbol("w", nonnegative=True)
    W = w + 2
    nodes = (W**H - 1) / (W - 1)
    yield equal("W^H - m", (W**H - nodes) * (1 + w), W**H * w + 1)
    yield positive("is positive", W**H * w + 1)
    X, delta = sp.symbols("X delta", positive=True)
    terms = 16 * H**2 * sp.log(X) - 8 * H * sp.log(delta)
    yield equal("ln(m^2/delta) with m = W^H", 8 * H * (2 * H * sp.log(X) - sp.log(delta)), terms)
    base, room = sp.symbols("W epsilon", positive=True)
    whole = 8 * H * (2 * H * sp.log(base) - sp.log(delta)) / (1 - 2 * room * sp.sqrt(H)) ** 2
    terms = 16 * H**2 * sp.log(base) - 8 * H * sp.log(delta)
    yield equal("with s = H", whole, terms / (1 - 2 * room * sp.sqrt(H)) ** 2, shows="tree")


def ceiling():
    m, k, square = sp.symbols("m k square", positive=True)
    yield equal("centred: the others' mean in that of S", 1 / k + 1 / (m - k), m / (k * (m - k)))
    # E |sum_S y|^2 with P(i in S) = k/m, P(i, j in S) = k(k-1)/(m(m-1)), |sum of all y| = 0.
    one, two = k / m, k * (k - 1) / (m * (m - 1))
    mean = one * square - two * square
    yield equal("mean square of a sum over S", mean, k * (m - k) / (m * (m - 1)) * square)
    length = (m / (k * (m - k))) ** 2 * mean.subs(square, m)
    yield equal("(2 eps)^2 at most", length, m**2 / (k * (m - 1) * (m - k)))


def instances(rng):
    """Exact laws at hand: matches at most 0 for d = 2, non-matches for d = 3 and 5; and what the
    dimension of the theorem gives, in interval arithmetic. All from both sides."""
    for _ in range(5):
        rho = Fraction(int(rng.integers(12, 20)), 20)
        square = 1 - rho**2
        p = (1 - rho) / 2
        yield instance(f"d = 2, rho = {rho}, score <= 0", square / 4 <= p <= square)
        yield instance(f"d = 3, score >= {rho}", square / 4 <= p <= square / 2)
        five = (1 - rho) ** 2 * (2 + rho) / 4
        yield instance(f"d = 5, score >= {rho}", square**2 / 6 <= five <= square**2 / 2)
    iv = mp.iv
    for _ in range(5):
        s, n, m = (int(i) for i in rng.integers(20, 90, size=3))
        delta = 1 / iv.mpf(int(rng.integers(1, 9)))
        eps = int(rng.integers(1, 9)) / (20 * iv.sqrt(s))
        t = 1 / (2 * iv.sqrt(s)) - eps
        d = int(mp.ceil((8 * s * iv.log(n * m / delta) / (1 - 2 * eps * iv.sqrt(s)) ** 2).b))
        failure = n * m * (1 - t**2) ** (iv.mpf(d) / 2)
        words = f"s = {s}, m = {m}, n = {n}, d = {d}"
        yield instance(words, (delta / 2).b <= failure.a and failure.b <= delta.a)
