r"""Quantisation: how far rounding the stored vectors can move a score.

<q, x> - <q', x'> = <q - q', x> + <q', x - x'>, and by Cauchy and Schwarz neither term is larger
than the product of the lengths: the inner product's square falls short of the product of squares by
a square.

*Certificates.* If all scores are on their sides of a threshold by a margin of e, and the bound is
less than e for every pair, then the rounded vectors are on the same sides, by the difference.

*Floats of unit roundoff u*, no entry underflowing: |q - q'| <= u|q| and |q'| <= (1 + u)|q|, so
scores move by at most (2u + u^2)|q||x|. A normalised margin e survives if (1 + u)^2 < 1 + e.

*Integers times a scale c*, rounded to nearest: entries move by at most c/2, so
|q - q'| <= c sqrt(d)/2.
"""

from fractions import Fraction

import sympy as sp

from ._minifloats import MiniFloat
from .kit import at_most, equal, instance, same_matrix, stated

ID = "quantisation"
TITLE = "Rounding the vectors moves a score by at most ‖q − q'‖‖x‖ + ‖q'‖‖x − x'‖"
XX = sp.Symbol("xx")
XY = sp.Symbol("xy")
YY = sp.Symbol("yy")
U = sp.Symbol("u")
Q = sp.Symbol("q")
X = sp.Symbol("x")
C = sp.Symbol("c")
D = sp.Symbol("d")
STATEMENT = stated(
    r"""
$|\langle q,x\rangle - \langle q',x'\rangle|$ is at most $|q-q'||x| + |q'||x-x'|$, as the square
of a product with $y$ falls short by $@square$. [[With vectors rounded to floats of unit roundoff
$u$, without underflow,]] that is at most $@floats$, so a normalised margin above $@least$ keeps
its sign. [[Rounding to integers times a scale $c$]] moves a vector by at most $@integers$.
""",
    tex={
        "xx": r"\|x\|^2",
        "yy": r"\|y\|^2",
        "xy": r"\langle x, y\rangle",
        "q": r"\|q\|",
        "x": r"\|x\|",
    },
    square=YY * (XX * YY - XY**2),
    floats=(2 * U + U**2) * Q * X,
    least=(1 + U) ** 2 - 1,
    integers=C * sp.sqrt(D) / 2,
)
ASSUMPTIONS = ("rounding to nearest, in range",)
SOURCE = "docs/theory/certificate.md"
STATUS = "proof on paper, formulas checked"


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def minus(a, b):
    return [x - y for x, y in zip(a, b, strict=True)]


def of_floats(u):
    return 2 * u + u**2


def steps():
    d = sp.Symbol("d", integer=True, positive=True)
    q, x, other_q, other_x = (sp.MatrixSymbol(name, d, 1) for name in ("q", "x", "q2", "x2"))
    moved = (q - other_q).T * x + other_q.T * (x - other_x)
    yield same_matrix("the difference, split", q.T * x - other_q.T * other_x, moved)
    xx, xy, yy = sp.symbols("xx xy yy", real=True)
    part = yy**2 * xx - 2 * yy * xy * xy + xy**2 * yy  # of <y, y>x - <x, y>y
    yield equal(
        "Cauchy and Schwarz: a square is left", part, yy * (xx * yy - xy**2), shows="square"
    )
    u, length_q, length_x, spare = sp.symbols("u q x e", nonnegative=True)
    near_q = (1 + u) * length_q
    bound = u * length_q * length_x + near_q * (u * length_x)
    yield equal("floats", bound, of_floats(u) * length_q * length_x, shows="floats")
    margin = (1 + u) ** 2 - 1 + spare
    yield equal("a margin of more keeps the rest", margin - of_floats(u), spare)
    yield equal("so the least is", (1 + u) ** 2 - 1, of_floats(u), shows="least")
    entry, less = sp.symbols("a f", nonnegative=True)
    scale = 2 * (entry + less)
    c = sp.Symbol("c", positive=True)
    yield equal(
        "d entries of c/2",
        sp.sqrt(sp.factor(d * (c / 2) ** 2)),
        c * sp.sqrt(d) / 2,
        shows="integers",
    )
    bound = (scale * sp.sqrt(d) / 2) ** 2
    yield at_most("integers: d entries of at most c/2", d * entry**2, bound, {less: 0})


def instances(rng):
    for _ in range(25):
        bits, d = int(rng.integers(2, 9)), int(rng.integers(1, 6))
        type_ = MiniFloat(bits, least_exponent=-(10**3))
        q, x = [[Fraction(a, 97) for a in rng.integers(1, 500, size=d).tolist()] for _ in range(2)]
        near_q, near_x = [[type_.rounded(a) for a in row] for row in (q, x)]
        moved = (dot(q, x) - dot(near_q, near_x)) ** 2
        off_q, off_x = [minus(a, b) for a, b in ((q, near_q), (x, near_x))]
        first, other = dot(off_q, off_q) * dot(x, x), dot(near_q, near_q) * dot(off_x, off_x)
        # a <= sqrt(A) + sqrt(B) in squares
        excess = moved - first - other
        yield instance("the bound", excess <= 0 or excess**2 <= 4 * first * other)
        u = type_.unit_roundoff
        yield instance("floats", moved <= of_floats(u) ** 2 * dot(q, q) * dot(x, x))
        scale = Fraction(1, 7)
        off = minus(q, [round(a / scale) * scale for a in q])
        yield instance("integers", dot(off, off) <= d * scale**2 / 4)
