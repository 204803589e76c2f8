r"""Normalised margin: scores of documents that were scaled to unit length in floating point.

The checker computes the length of a document x of dimension d in float64 (unit roundoff u, smallest
subnormal eta), divides x by it and rounds to a type T (u_T, eta_T). Put D = d + 8, and let
D u_T <= 1 and D^2 u <= 1: for float32 and float64 that is every d up to 2^24 - 8.

*Length.* The sum of d squares meets at most d rounding factors (`rounding`), so it is
|x|^2 (1 + z) with |z| <= gamma_d + u; the u pays for squares that underflow: each brings at most
eta, twice that after the additions, and 2 d eta <= u |x|^2 as |x| >= 1e-140. A root changes by no
more than what is under it, |sqrt(1 + z) - 1| <= |z|, and is rounded once. So the length is
|x|(1 + alpha), |alpha| <= (gamma_d + u)(1 + u) + u <= gamma_m with m = d + 2.

*Coordinates.* An exact coordinate of x/|x| is multiplied by (1 + delta)(1 + delta_T)/(1 + alpha).
That is at most (1 + u)(1 + u_T)/(1 - gamma_m) <= 1 + u_T + gamma_D, and at least
(1 - u)(1 - u_T)/(1 + gamma_m) >= 1 - u_T - gamma_D. What underflows is off by at most eta_T more.

*Scores.* Summed with weights |q_k|: sum |q_k x_k|/|x| <= |q|, and sum |q_k| <= sqrt(d) |q| <= d
|q|, both by Cauchy and Schwarz.
"""

from fractions import Fraction

import mpmath
import numpy as np
import sympy as sp

from ._minifloats import MiniFloat
from .kit import at_least, at_most, equal, instance, stated
from .rounding import gamma

ID = "normalised-margin"
TITLE = "Documents scaled to unit length in floats: scores off by at most ‖q‖(u + γ + dη)"
D = sp.Symbol("d")
U = sp.Symbol("u")
UT = sp.Symbol("u_T")
ETA = sp.Symbol("eta_T")
STATEMENT = stated(
    r"""
[[Let $\tilde x$ be $x/|x|$ with length and quotient computed in float64 and the quotient rounded
to a type of unit roundoff $u_T$ and smallest subnormal $\eta_T$. With $u$ that of float64, let
$(d+8)u_T \le 1$ and $(d+8)^2u \le 1$.]] Then $\langle q,\tilde x\rangle$ is off from $\langle
q,x/|x|\rangle$ by at most $@off$ times $|q|$.
""",
    off=UT + (D + 8) * U / (1 - (D + 8) * U) + D * ETA,
)
ASSUMPTIONS = ("IEEE 754 arithmetic, round to nearest", "10^-140 <= |x| <= 10^140")
SOURCE = "docs/theory/certificate.md"
STATUS = "proof on paper, formulas checked"


def relative(d, unit_t, unit):
    """The bound over |q|, barring underflow."""
    return unit_t + gamma(d + 8, unit)


def steps():
    d = 1 + sp.Symbol("d", nonnegative=True)
    a, b = sp.symbols("a b", nonnegative=True)
    top, m = d + 8, d + 2
    unit_t, unit = 1 / (top + a), 1 / (top**2 + b)  # D u_T <= 1 and D^2 u <= 1
    w = sp.Symbol("w", nonnegative=True)
    for word, root in (("above", 1 + w), ("below", 1 / (1 + w))):
        moved, moved_square = (root, root**2) if word == "above" else (2 - root, 2 - root**2)
        yield at_most(f"a root {word} 1 is nearer to 1", moved, moved_square, {w: 0})
    u, t, g = sp.symbols("u u_T gamma", positive=True)
    given = {u: unit, t: unit_t}
    length = (1 + g + u) * (1 + u) - 1
    yield equal("the length", length, (g + u) * (1 + u) + u)
    alpha = sp.factor(length.subs({g: gamma(d, unit), **given}))
    yield at_most("is off by at most gamma_m", alpha, gamma(m, unit))
    eta, square = sp.Rational(1, 2**1074), sp.Rational(1, 10**280)
    yield at_most("squares that underflow, d < 2^27", 2 * 2**27 * eta, square / 2**53)
    given[g], allowed = gamma(m, unit), sp.factor(relative(d, unit_t, unit))
    high, more = (1 + u) * (1 + t) / (1 - g), (u + g) / (1 - g)
    yield equal("a coordinate, upwards", high - 1, t + more * (1 + t))
    yield at_most("at most u_T + gamma_D", sp.factor((high - 1).subs(given)), allowed)
    low, less = (1 - u) * (1 - t) / (1 + g), (u + g) / (1 + g)
    yield equal("and downwards", 1 - low, t + less * (1 - t))
    yield at_most("at most as much", sp.factor((1 - low).subs(given)), allowed)
    xx, xy, yy = sp.symbols("xx xy yy", real=True)
    part = yy**2 * xx - 2 * yy * xy * xy + xy**2 * yy  # of <y, y>x - <x, y>y
    yield equal("Cauchy and Schwarz: a square is left", part, yy * (xx * yy - xy**2))
    root = 1 + w
    yield at_least("sqrt d is at most d", root**2, root, {w: 0})
    dim, eta_t = sp.symbols("d eta_T", positive=True)
    whole = relative(dim, t, u) + dim * eta_t
    formula = t + (dim + 8) * u / (1 - (dim + 8) * u) + dim * eta_t
    yield equal("and d eta_T for what underflows", whole, formula, shows="off")


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def as_iv(value):
    return mpmath.iv.mpf(value.numerator) / value.denominator


def instances(rng):
    iv = mpmath.iv
    iv.dps = 60
    for unit_bits, bits in ((16, 8), (16, 16), (14, 6)):
        for _ in range(15):
            d = int(rng.integers(1, 7))
            work = MiniFloat(unit_bits, int(np.negative(400)))
            stored = MiniFloat(bits, int(np.negative(rng.integers(8, 14))))
            values = np.subtract(rng.integers(0, 2000, size=(2, d)), 1000).tolist()
            q, x = [[work.rounded(Fraction(v, 7)) for v in row] for row in values]
            if not any(x):
                continue
            sums = Fraction(0)
            for entry in x:
                sums = work.rounded(sums + work.rounded(entry * entry))
            length = work.root(sums)
            scaled = [stored.rounded(work.rounded(entry / length)) for entry in x]
            factor = relative(d, stored.unit_roundoff, work.unit_roundoff) + d * stored.smallest
            off = as_iv(dot(q, scaled)) - as_iv(dot(q, x)) / iv.sqrt(as_iv(dot(x, x)))
            bound = iv.sqrt(as_iv(dot(q, q))) * as_iv(factor)
            yield instance(f"{d} dimensions, {unit_bits} and {bits} bits", abs(off) <= bound)
