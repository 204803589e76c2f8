r"""Rows need half the dimensions: Algorithm 1 ranks all matches first for d >= 4 s ln(n s m/delta).

Let |S(q)| = k >= 2, i a match, j no match; x_i = g_i/|g_i|, u = |g_i|, c = g_i + w the sum over
S(q), with w normal of variance k - 1 per coordinate and independent of x_i, u and x_j, which are
independent themselves. Put a = <x_i, x_j>, a coordinate of a uniform unit vector.

1. <c, x_i - x_j> = u (1 - a) + <w, x_i - x_j>, and the last term is normal with variance
   (k - 1) |x_i - x_j|^2 = 2 (k - 1)(1 - a). A normal variable exceeds y >= 0 deviations with
   probability at most exp(-y^2/2)/2, so given u and a, j scores at least as much as i with
   probability at most exp(-u^2 (1 - a)/(4 (k - 1)))/2.
2. u^2 is chi-squared with d degrees of freedom: over u the mean is (1 + (1 - a)/(2 (k-1)))^(-d/2)/2
   = (1 + tau)^(-d/2) (1 - kappa a)^(-d/2)/2 with tau = 1/(2 (k-1)), kappa = 1/(2 k - 1).
3. With kappa = 2 p/(1 + p^2) and p = (sqrt k - sqrt(k-1))^2, (1 - kappa a)^(-d/2) is
   (1 + p^2)^(d/2) |x - p e|^-d for a unit vector x with coordinate a along e. The Poisson kernel
   (1 - p^2)/|x - p e|^d has the mean 1 over the unit sphere (mean value property of harmonic
   functions). So over a the mean is (1 + p^2)^(d/2)/(1 - p^2).
4. Together: K (2 sqrt(k-1)/(sqrt k + sqrt(k-1)))^d with K = 1/(2 (1 - p^2)), at most 8/15. The base
   is 1/(1 + b) with b = (sqrt(k/(k-1)) - 1)/2, and ln(1 + b) >= 1/(4 k), as
   ln(1 + b) >= 2 b/(2 + b). For k = 1 the match scores 1 and no other does, almost surely.
5. There are at most n s m triples (q, i, j): the probability that any of them is the wrong
   way round is below n s m exp(-d/(4 s)).
"""

import mpmath as mp
import sympy as sp

from .kit import at_least, equal, instance, stated

ID = "random-rows"
TITLE = "Algorithm 1 ranks all matches first in half the dimensions"
S = sp.Symbol("s")
N = sp.Symbol("n")
M = sp.Symbol("m")
DELTA = sp.Symbol("delta")
STATEMENT = stated(
    r"""
[[Let $1 \le |S(q)| \le s$ for $n$ queries and $m$ documents and $0 < \delta \le 1$.]] If $d \ge
@dim$, then with probability above $@certain$ every match of Algorithm [[1]] scores above every
non-match of the same query.
""",
    dim=4 * S * sp.log(N * M * S / DELTA),
    certain=1 - DELTA,
)
ASSUMPTIONS = (
    "every query matches at least one document",
    "the Poisson kernel of the ball has mean 1 over the sphere",
)
SOURCE = "docs/theory/random.md"
CITED = ("the mean value property of harmonic functions, for the Poisson kernel of the ball",)
STATUS = "proof on paper, formulas checked"


def steps():
    k, d, u = sp.symbols("k d u", positive=True)
    a = sp.Symbol("a", real=True)
    distance = 2 * (1 - a)  # |x_i - x_j|^2
    squared = (u * (1 - a)) ** 2 / ((k - 1) * distance)
    yield equal("half the squared deviations", squared / 2, u**2 * (1 - a) / (4 * (k - 1)))
    y, lam = sp.symbols("y lambda", positive=True)
    tail_slope = -sp.exp(-(y**2) / 2) / sp.sqrt(2 * sp.pi)
    bound_slope = sp.diff(sp.exp(-(y**2) / 2) / 2, y)
    factor = (bound_slope - tail_slope) / (sp.exp(-(y**2) / 2) / 2)
    yield equal("the normal tail: first above, then falling", factor, sp.sqrt(2 / sp.pi) - y)
    rate = sp.Symbol("rate", positive=True)  # lambda + 1/2
    chi = sp.exp(-rate * y) * y ** (d / 2 - 1) / (sp.gamma(d / 2) * 2 ** (d / 2))
    mean = sp.integrate(chi, (y, 0, sp.oo), conds="none")
    yield equal("the mean of exp(-lambda u^2)", mean, (2 * rate) ** (-d / 2))
    half = sp.Rational(1, 2)
    yield equal("its base", (2 * rate).subs(rate, lam + half), 1 + 2 * lam)
    yield from one_base()
    yield from exponent()


def one_base():
    c = sp.Symbol("c", positive=True)  # sqrt(k - 1)
    k = c**2 + 1
    root = sp.sqrt(k)
    a = sp.Symbol("a", real=True)
    tau, kappa = 1 / (2 * (k - 1)), 1 / (2 * k - 1)
    both = (1 + tau) * (1 - kappa * a)
    yield equal("tau and kappa", 1 + (1 - a) / (2 * (k - 1)), both)
    p = (root - c) ** 2
    yield equal("kappa = 2 p/(1 + p^2)", kappa * (1 + p**2), 2 * p)
    t = sp.Symbol("t", positive=True)
    yield equal("|x - p e|^2", (t - p * a) ** 2 + p**2 * (1 - a**2) - t**2, p**2 - 2 * a * p * t)
    base = (1 + p**2) / (1 + tau)
    yield equal("the base, squared", base * (root + c) ** 2, 4 * c**2)
    yield equal("p = 1/(sqrt k + sqrt(k-1))^2", p * (root + c) ** 2, 1)
    x, y = sp.symbols("x y", nonnegative=True)
    yield at_least("at most 1/4 for k >= 2", ((1 + x) + (1 + y)) ** 2, 4, {x: 0, y: 0})
    yield at_least("so 1/K >= 15/8", 2 * (1 - 1 / (4 + x) ** 2), sp.Rational(15, 8), {x: 0})
    b = (root / c - 1) / 2
    yield equal("1 + b", (root + c) / (2 * c), 1 + b)


def exponent():
    b = sp.Symbol("b", nonnegative=True)
    gap = sp.log(1 + b) - 2 * b / (2 + b)
    yield equal("at 0", gap.subs(b, 0), 0)
    yield equal("ln(1 + b) >= 2 b/(2 + b)", sp.diff(gap, b), b**2 / ((1 + b) * (2 + b) ** 2))
    root = 1 + 2 * b  # sqrt(k/(k-1))
    inverse = 1 - 1 / root**2  # 1/k
    more = 2 * b / (2 + b) - inverse / 4
    yield equal(
        "minus 1/(4 k)", sp.cancel(more), sp.cancel(b**2 * (7 * b + 5) / ((2 + b) * root**2))
    )
    s, m, n, delta = sp.symbols("s m n delta", positive=True)
    d = 4 * s * sp.log(n * s * m / delta)
    wrong = n * s * m * sp.exp(-d / (4 * s))
    yield equal("n s m exp(-d/(4 s)) = delta", wrong, delta)
    yield equal("what is left", 1 - wrong, 1 - delta, shows="certain")
    yield equal("the exponent", -d / (4 * s), -sp.log(n * s * m / delta))
    yield equal("d from it", 4 * s * sp.log(n * s * m / delta), d, shows="dim")


def instances(rng):
    """The Poisson kernel's mean where d is odd, exactly, and the dimension in intervals."""
    for d in (3, 5, 7):
        p = sp.Rational(int(rng.integers(1, 9)), 10)
        yield instance(f"Poisson kernel, d = {d}, p = {p}", poisson_mean(d, p) == 1)
    iv = mp.iv
    for _ in range(5):
        s = int(rng.integers(2, 50))
        n, m = (int(i) for i in rng.integers(50, 900, size=2))
        d = int(mp.ceil((4 * s * iv.log(n * s * m)).b))
        below = iv.sqrt(s - 1)
        base = 2 * below / (iv.sqrt(s) + below)
        yield instance(f"s = {s}, m = {m}, n = {n}, d = {d}", (n * s * m * base**d).b < 1)


def poisson_mean(d, p):
    """Integrate over the distance y from p e, where a = (1 + p^2 - y^2)/(2 p)."""
    y = sp.Symbol("y", positive=True)
    a = (1 + p**2 - y**2) / (2 * p)
    weight = sp.expand((1 - a**2) ** ((d - 3) // 2)) * y / p
    ends = (y, 1 - p, 1 + p)
    mass = sp.integrate(sp.expand(weight), ends)
    return sp.integrate(sp.expand(weight * (1 - p**2) / y**d), ends) / mass
