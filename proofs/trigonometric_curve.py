r"""Trigonometric curve: all sets of at most k documents of one length, in 2k dimensions.

Give the documents different angles t in [0, 2 pi) and the vectors (cos t, sin t, ..., cos kt,
sin kt), of squared length k. For a set S of at most k of them put
f(t) = prod (1 - cos(t - t_i)) over i in S. As cosines of sums are products of cosines and sines, f
is a trigonometric polynomial of degree |S| <= k: a constant and the product of the document's
vector with coefficients. Let the query be minus these coefficients. Its score is a constant less
f(t). Each factor is 2 sin^2((t - t_i)/2): 0 at t_i and positive at all other angles. So every
document of S scores the constant, and all others less.

As all documents have one length, inner products, cosines and distances to the query rank them
alike: |q - x|^2 = |q|^2 + |x|^2 - 2 <q, x>.
"""

from fractions import Fraction
from itertools import combinations

import numpy as np
import sympy as sp

from .kit import at_least, coordinates, equal, instance, stated

ID = "trigonometric-curve"
TITLE = "Trigonometric curve: all sets of at most k in 2k dimensions, for cosine and distance too"
K = sp.Symbol("k")
STATEMENT = stated(
    r"""
[[Let there be $m$ documents, and a query for every set of at most $k$ of them.]] In $d = @dim$
dimensions there are documents of squared length $@length$ and queries such that every member of a
set ranks above all documents outside it, by inner product, by cosine and by distance.
""",
    dim=2 * K,
    length=K,
)
ASSUMPTIONS = ("k >= 1",)
SOURCE = "Wang et al. 2026, arXiv:2601.20844, for 2k + 1; docs/theory/moment-curve.md"
STATUS = "proof on paper, formulas checked"


def steps():
    t, a, b = sp.symbols("t a b", real=True)
    factor = 2 * sp.sin((t - a) / 2) ** 2
    yield equal("a factor is a square", 1 - sp.cos(t - a), factor)
    yield equal("0 at its own angle", factor.subs(t, a), 0)
    yield at_least("nowhere negative", factor, 0, {t: a})
    product = sp.cos(a) * sp.cos(b)
    yield equal("degrees add up", product, (sp.cos(a + b) + sp.cos(a - b)) / 2)
    shifted = sp.cos(a) * sp.cos(t) + sp.sin(a) * sp.sin(t)
    yield equal("cos n(t - a) in the coordinates", sp.cos(t - a), shifted)
    k = sp.Symbol("k", integer=True, positive=True)
    yield coordinates("cos and sin of every degree", 2, 0, k, shows="dim")
    i = sp.Symbol("i", integer=True)
    whole = sp.Sum(sp.cos(i * t) ** 2 + sp.sin(i * t) ** 2, (i, 1, k))
    yield equal("the squared length", sp.simplify(whole), k, shows="length")
    q, x, qx = sp.symbols("qq xx qx", real=True)
    yield equal("a distance, squared", q - 2 * qx + x, (q + x) - 2 * qx)


def instances(rng):
    """Rational points of the circle; f itself, in fractions."""
    for m, sizes in ((7, (1,)), (6, (1, 2)), (6, (1, 2, 3))):
        u = rng.choice(np.arange(-9, 10), size=m, replace=False).tolist()
        circle = [(Fraction(1 - v * v, 1 + v * v), Fraction(2 * v, 1 + v * v)) for v in u]
        right = True
        for size in sizes:
            for chosen in combinations(range(m), size):
                scores = []
                for c, s in circle:
                    f = Fraction(1)
                    for j in chosen:
                        f *= 1 - (c * circle[j][0] + s * circle[j][1])
                    scores.append(-f)
                others = [scores[v] for v in range(m) if v not in chosen]
                right = right and min(scores[j] for j in chosen) > max(others)
        yield instance(f"all sets of {sizes} of {m}", right)
