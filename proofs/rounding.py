r"""Rounding of scores: the bound that the checker subtracts, and scores that do not round at all.

*Standard model* (IEEE 754, round to nearest): one operation gives the exact result times 1 + delta
with |delta| <= u, if nothing underflows; sums that are subnormal are exact, and a product, or a
fused product and sum, that underflows is off by at most half the smallest subnormal eta.

*Factors.* A product of n factors (1 + delta_i) or 1/(1 + delta_i) is 1 + theta with |theta| <=
gamma_n = nu/(1 - nu), if nu < 1. By induction: 1 + theta times 1 + delta is off by at most u + (1 +
u) gamma_n, and divided by 1 + delta by at most (u + gamma_n)/(1 - u); both are at most gamma_(n +
1). gamma grows with n.

*Scores.* Let n of the products q_k x_k be nonzero. Zero products are exact, and adding 0 changes
nothing. In any order, each of the n products is multiplied once, and then takes part in at most n -
1 additions, as each addition joins two of n groups; a fused multiplication and addition rounds once
instead of twice. So the computed score is sum q_k x_k (1 + theta_k) with |theta_k| <= gamma_n,
which is within gamma_n sum |q_k x_k| of the exact one. A product that underflows brings at most eta
more, carried through at most n factors: at most 1 + gamma_n <= 2 times that if nu <= 1/2. So the
bound is gamma_n sum |q_k x_k| + 2 n eta.

*Exact sums.* If column k of the queries holds multiples of 2^a and of the documents multiples of
2^b, products are multiples of 2^(a + b), so of 2^g for any g <= a + b in all columns; so are
all partial sums. An integer of absolute value at most 2^p is a float of p bits, so partial sums are
floats as long as they are at most 2^(g + p), which the sum of the |q_k x_k| bounds.
"""

from fractions import Fraction

import numpy as np
import sympy as sp

from ._minifloats import MiniFloat
from .kit import at_least, at_most, equal, instance, stated

ID = "rounding"
TITLE = "A score in floats, in any order: off by at most γₙ times the sum of its parts + 2nη"
N = sp.Symbol("n")
U = sp.Symbol("u")
A = sp.Symbol("A")
ETA = sp.Symbol("eta")
G = sp.Symbol("g")
P = sp.Symbol("p")
STATEMENT = stated(
    r"""
[[Let $n$ of the products $q_kx_k$ be nonzero, evaluated and added in floating point of unit
roundoff $u$ and smallest subnormal $\eta$, in any order, fused or not, without overflow, and let
$nu \le 1/2$ and $A = \sum_k|q_kx_k|$.]] The result is within $@off$ of $\langle q,x\rangle$.
[[If all products are multiples of $2^g \ge \eta$]] and $A \le @exact$ for the type's precision
$p$, the result is exact.
""",
    off=N * U / (1 - N * U) * A + 2 * N * ETA,
    exact=2 ** (G + P),
)
ASSUMPTIONS = ("IEEE 754 arithmetic, round to nearest", "no overflow")
SOURCE = "docs/theory/certificate.md; Higham, Accuracy and Stability, 2nd ed., section 3.1"
CITED = ("the standard model of floating point, for IEEE 754",)
STATUS = "proof on paper, formulas checked"


def gamma(n, u):
    return n * u / (1 - n * u)


def steps():
    n = sp.Symbol("n", integer=True, nonnegative=True)
    room = sp.Symbol("r", positive=True)
    u = 1 / (n + 1 + room)  # any u with (n + 1)u < 1
    here, after = gamma(n, u), gamma(n + 1, u)
    yield equal("gamma_n with this u", sp.factor(here), n / (1 + room))
    yield equal("gamma_(n + 1)", sp.factor(after), (n + 1) / room)
    yield at_least("gamma grows", after, here)
    delta, theta = sp.symbols("delta theta", real=True)
    times = (1 + theta) * (1 + delta) - 1
    yield equal("times a factor", times, delta + (1 + delta) * theta)
    over = (1 + theta) / (1 + delta) - 1
    yield equal("over a factor", over, (theta - delta) / (1 + delta))
    farthest = times.subs({theta: here, delta: u})
    yield equal("at its largest", farthest, (n + 1) * u / (1 - n * u))
    yield at_most("is at most gamma_(n + 1)", sp.factor(farthest), after)
    farthest = over.subs({theta: here, delta: -u})
    yield equal("the other at its largest", farthest, (n + 1 - n * u) * u / (1 - n * u) / (1 - u))
    yield at_most("is at most gamma_(n + 1), too", sp.factor(farthest), after)
    yield equal("no factors", gamma(0, u), 0)
    yield equal("one", gamma(1, delta), delta / (1 - delta))
    spare = sp.Symbol("s", nonnegative=True)
    share = 1 / (2 + spare)  # nu <= 1/2
    yield at_most("an underflow at most doubles", 1 + gamma(1, share), 2, {spare: 0})
    total, eta, roundoff = sp.symbols("A eta u", nonnegative=True)
    theta, twice = gamma(n, roundoff), 2
    off = theta * total + n * twice * eta
    yield equal(
        "n products, each with its underflow",
        off,
        n * roundoff / (1 - n * roundoff) * total + 2 * n * eta,
        shows="off",
    )
    joined = sp.Symbol("m", integer=True, positive=True)
    yield equal("m products, one multiplication and m - 1 additions each", 1 + (joined - 1), joined)
    a, b, g, more, p = sp.symbols("a b g j p", integer=True, nonnegative=True)
    k, other = sp.symbols("k l", integer=True)
    product = ((k * 2**a) * (other * 2**b)).subs(b, g + more - a)
    yield equal("a product is a multiple of 2^g", product, (k * other * 2**more) * 2**g)
    yield equal("a sum of multiples is one", k * 2**g + other * 2**g, (k + other) * 2**g)
    yield equal("a multiple of at most 2^(g + p)", 2 ** (g + p) / 2**g, 2**p, shows="exact")


def evaluated(rng, type_, q, x):
    """A score in the type: pairs of sums joined in random order, some products fused into them."""
    waiting = list(zip(q, x, strict=True))
    sums = [type_.rounded(a * b) for a, b in waiting[::2]]
    fused = waiting[1::2]
    while fused:
        a, b = fused.pop()
        i = rng.integers(len(sums))
        sums[i] = type_.rounded(sums[i] + a * b)
    while len(sums) > 1:
        i, j = rng.choice(len(sums), size=2, replace=False).tolist()
        joined = type_.rounded(sums[i] + sums[j])
        sums = [joined, *(s for at, s in enumerate(sums) if at not in (i, j))]
    return sums.pop()


def instances(rng):
    for least in np.negative((1000, 6)).tolist():
        for _ in range(40):
            n, type_ = int(rng.integers(1, 7)), MiniFloat(int(rng.integers(4, 9)), least)
            values = np.subtract(rng.integers(0, 600, size=(2, n)), 300).tolist()
            q, x = [[type_.rounded(Fraction(v, 64)) for v in row] for row in values]
            products = [a * b for a, b in zip(q, x, strict=True)]
            size, underflow = sum(map(abs, products)), 2 * n * type_.smallest
            off = evaluated(rng, type_, q, x) - sum(products)
            bound = gamma(n, type_.unit_roundoff) * size + underflow
            words = f"{n} products, {type_.bits} bits, least exponent {least}"
            yield instance(f"{words}: the bound", abs(off) <= bound)
    type_ = MiniFloat(9, 0)
    for _ in range(20):
        q, x = np.subtract(rng.integers(0, 15, size=(2, 8)), 7).tolist()
        products = [a * b for a, b in zip(q, x, strict=True)]
        if sum(map(abs, products)) <= 2**9:
            found = evaluated(rng, type_, map(Fraction, q), map(Fraction, x))
            yield instance("integers of 9 bits: exact", found == sum(products))
