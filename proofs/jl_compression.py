r"""Compression: a normalised margin survives a random projection to O(log(nm)/margin^2) dimensions.

Let q and x be unit vectors with inner product rho = tanh(beta), and G a matrix of independent
normal variables with d rows. The coordinates of (G q, G x) are d independent normal pairs of
correlation rho, so the score of G q and G x, scaled to unit length, has the exact law (proof
`exact-law`): with zeta its atanh, there is a point of the hyperbolic plane with coordinates
(w, zeta) whose distance D from (0, beta), cosh D = cosh w cosh zeta cosh beta - sinh zeta
sinh beta, exceeds a with probability cosh(a)^-(d-1).

1. cosh D >= cosh(beta - zeta). So a score of at most z = tanh(c) < rho needs D >= beta - c, and has
   a probability below cosh(beta - c)^-(d-1); by symmetry the same holds for z > rho and a score of
   at least z.
2. cosh(beta - c)^2 = 1/(1 - tau^2/(1 - rho z)^2) with tau = rho - z, and 1 - rho z is
   1 + tau^2/4 - (rho + z)^2/4 <= 1 + tau^2/4. So cosh(beta - c) >= (1 + x)/(1 - x), x = tau^2/4.
3. ln((1 + x)/(1 - x)) >= 2 x = tau^2/2.

With tau = eta eps*, every pair keeps its side of its threshold up to (1 - eta) eps* if no score
moves by tau towards it, and any of the n m does with probability below n m
((1 - x)/(1 + x))^(d-1). Nothing was asked of the thresholds: one for all or one for every query.
(rho = 1 or -1: the score stays what it is.)

*The denominator is the square of what is given up, and nothing else.* The source's bound of this
kind, arXiv:2601.20844, must have (eps* - eps)^2 there and is reported to have max(1, .) around it;
its text was not at hand. Unit rows have eps* <= 1, so the maximum would be 1, and C ln(nm) + 1
dimensions would do for every eps < eps*, whatever the constant C. In this dimension margins have a
maximum (compactness), which would be eps*. Now let every single one of m documents be a query, with
eps* = m/(2 (m - 1)) (`margin-ceiling`, k = 1). Equality there needs sum x_i = 0 and
q_i = x_i, as c_i = x_i + x_i/(m - 1). So the other products <x_i, x_j> are at most
1 - m/(m - 1) = -1/(m - 1), and as they sum to -1 they are equal to it. Their Gram matrix has rank
m - 1: that many dimensions are needed, and C ln(m^2) + 1 is less for m = (4 C + 2)^2. With C = 2,
as above, 20 documents would get 13 dimensions, and take 19.
"""

import mpmath as mp
import numpy as np
import sympy as sp
from sympy.polys.matrices import DomainMatrix

from .kit import at_least, at_most, equal, instance, kept, positive, stated

ID = "jl-compression"
TITLE = "A margin in any dimension is nearly kept in logarithmically many"
N = sp.Symbol("n")
M = sp.Symbol("m", positive=True)
DELTA = sp.Symbol("delta")
X = sp.Symbol("x")
TAU = sp.Symbol("tau")
C = sp.Symbol("C")
STATEMENT = stated(
    r"""
[[Let unit vectors of $n$ queries and $m$ documents, in any dimension, have the margin
$\epsilon^*$ for one threshold or for one threshold a query, $0 < \eta \le 1$, $0 < \delta \le 1$
and $x = \tau^2/4$ with $\tau = \eta\epsilon^*$.]] If
$$d \ge @dim,$$
then a Gaussian projection to $d$ dimensions, scaled to unit length, keeps the thresholds right
with margin $\epsilon^* - \tau$ (strictly right for $\tau = \epsilon^*$) with probability above
$@certain$. This is less than $@simple$. For no constant $C$ would $@refuted$ dimensions do for
$n = m$ and all $\tau$, as a denominator $\max([[1]], \tau^{[[2]]})$ would have it.
""",
    dim=1 + sp.log(N * M / DELTA) / sp.log((1 + X) / (1 - X)),
    certain=1 - DELTA,
    simple=1 + 2 * sp.log(N * M / DELTA) / TAU**2,
    refuted=1 + C * sp.log(M**2),
)
ASSUMPTIONS = ("the exact law of scores (proof exact-law)",)
SOURCE = "docs/theory/random.md"
STATUS = "proof on paper, formulas checked"


def steps():
    E, F, W = sp.symbols("E F W", positive=True)  # e^beta, e^zeta, e^w
    b, B, s, S = (E - 1 / E) / 2, (E + 1 / E) / 2, (F - 1 / F) / 2, (F + 1 / F) / 2
    cosh_w = (W + 1 / W) / 2
    distance = cosh_w * S * B - s * b
    apart = (F / E + E / F) / 2
    yield equal("cosh D - cosh(beta - zeta)", distance - apart, (cosh_w - 1) * S * B)
    yield equal("is not negative", cosh_w - 1, (1 - W) ** 2 / (2 * W))
    rho, z = sp.symbols("rho z", real=True)
    tau = rho - z
    tanh = tau / (1 - rho * z)
    yield equal("tanh(beta - c)", tanh.subs({rho: b / B, z: s / S}), (E / F - F / E) / (2 * apart))
    yield equal("1 - tanh^2 = cosh^-2", 1 - ((E / F - F / E) / (2 * apart)) ** 2, 1 / apart**2)
    mean = (rho + z) / 2
    yield equal("1 - rho z", 1 - rho * z, 1 + tau**2 / 4 - mean**2)
    x = sp.Symbol("x", positive=True)
    square = 1 - 4 * x / (1 + x) ** 2  # tau^2 = 4 x
    yield equal("at rho = -z", square, ((1 - x) / (1 + x)) ** 2)
    r = sp.Symbol("r", nonnegative=True)
    y = 1 / (1 + r)  # x below 1
    gap = sp.log((1 + x) / (1 - x)) - 2 * x
    yield equal("ln((1 + x)/(1 - x)) - 2 x at 0", gap.subs(x, 0), 0)
    slope = sp.diff(gap, x)
    yield equal("and its slope", slope, 2 * x**2 / (1 - x**2))
    yield at_least("is not negative below 1", 1 - y**2, 0, {r: 0})
    n, m, delta, t = sp.symbols("n m delta tau", positive=True)
    d = 1 + sp.log(n * m / delta) / sp.log((1 + x) / (1 - x))
    exponent = (d - 1) * sp.log((1 + x) / (1 - x))
    yield equal("the union bound is delta", n * m * sp.exp(-exponent), delta)
    yield equal(
        "the exponent", kept(d) - 1, sp.log(n * m / delta) / sp.log((1 + x) / (1 - x)), shows="dim"
    )
    wrong = n * m * sp.exp(-exponent)
    yield equal("what is left", 1 - wrong, 1 - delta, shows="certain")
    yield equal("2 x = tau^2/2", (2 * x).subs(x, t**2 / 4), t**2 / 2)
    logs = sp.Symbol("l", positive=True)
    above = (1 + logs / (2 * x)).subs({x: t**2 / 4, logs: sp.log(n * m / delta)})
    yield equal(
        "with 2 x for the logarithm", above, 1 + 2 * sp.log(n * m / delta) / t**2, shows="simple"
    )
    yield from denominator()


def denominator():
    """No maximum of 1 and the square of what is given up."""
    below, above = sp.symbols("a b", nonnegative=True)
    gap = (1 - below) - (-1 + above)
    yield at_most("a full gap of unit rows", gap, 2, {below: 0, above: 0})
    m = sp.Symbol("m", positive=True)
    ceiling = m**2 / (4 * 1 * (m - 1) * (m - 1))
    others = -1 / (m - 1)
    yield equal("c_i as a multiple of x_i", 1 - others, m / (m - 1))
    yield equal("the ceiling for k = 1", ceiling, ((1 - others) / 2) ** 2)
    yield equal("products with the others are at most", 1 - m / (m - 1), others)
    yield equal("sum to -1", (m - 1) * others, -1)
    yield equal("their matrix on ones", 1 + (m - 1) * others, 0)
    yield equal("and on vectors of sum 0", 1 - others, m / (m - 1))
    C, y = sp.symbols("C y", positive=True)
    flat = 1 + C * sp.log(m**2)
    yield equal("n = m queries and documents", flat, 1 + 2 * C * sp.log(m), shows="refuted")
    spare = y - 1 - sp.log(y)
    yield equal("ln y <= y - 1: equal at 1", spare.subs(y, 1), 0)
    yield equal("where the slope changes sign", sp.diff(spare, y), (y - 1) / y)
    root = 4 * C + 2  # of m; ln(m^2) < 4 root
    left = (root**2 - 1) - (C * 4 * root + 1)
    yield equal("m - 1 exceeds C ln(m^2) + 1 by more than", left, 8 * C + 2)
    yield positive("which is positive", 8 * C + 2)


def instances(rng):
    """P(score <= 0) for d = 2 is (1 - rho)/2; and the bound on cosh(beta - c), exactly."""
    for _ in range(5):
        v = sp.Rational(int(rng.integers(1, 20)), 20)
        rho, bound = (1 - v**2) / (1 + v**2), 2 * v / (1 + v**2)  # tanh(beta), 1/cosh(beta)
        yield instance(f"d = 2, rho = {rho}", (1 - rho) / 2 == bound * v / 2 < bound)
        yield instance(f"rho = -z = {rho}: equal", cosh_squared(rho, -rho) == least(rho, -rho))
        low, high = np.sort(rng.choice(range(1, 198), size=2, replace=False)).tolist()
        rho, z = sp.Rational(high, 99), sp.Rational(low, 99)
        words = f"rho = {rho}, z = {z}, less 1: at least"
        yield instance(words, cosh_squared(rho - 1, z - 1) >= least(rho - 1, z - 1))
    m, iv = 20, mp.iv
    simplex = sp.Matrix(m, m, lambda i, j: m - 1 if i == j else -1)  # m - 1 times the products
    needed = DomainMatrix.from_Matrix(simplex).to_field().rank()
    claimed = int(mp.ceil((1 + 2 * iv.log(m * m)).b))
    yield instance(f"{m} documents in {claimed} dimensions take {needed}", claimed < needed)
    yield instance("13 and 19", (claimed, needed) == (13, 19))


def cosh_squared(rho, z):
    return (1 - rho * z) ** 2 / ((1 - rho**2) * (1 - z**2))


def least(rho, z):
    x = (rho - z) ** 2 / 4
    return ((1 + x) / (1 - x)) ** 2
