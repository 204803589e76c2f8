r"""Moment curve: any relevance in 2 min(k, s) + 1 dimensions (Wang et al. 2026).

Give the documents distinct integers t and the vectors (t, ..., t^2s, 1). Put
f_q(t) = prod (t - t_j)^2 over j in S(q), of degree 2|S(q)| <= 2s, and let the query be the
coefficients of 1 - 2 f_q. Its score is then the polynomial at t, 1 - 2 f_q(t). On a match that is
1. Else t differs from all t_j by an integer, so f_q >= 1, factor by factor, and the score is at
most -1. The last coordinate of all documents is 1: without it all scores of a query change by the
same amount, and in 2s dimensions every match still ranks above every non-match.

The other way round, queries get integers u and the vectors (u, ..., u^2k, 1), and document v the
coefficients of 1 - 2 f_v with f_v(u) = (u^2 + 1)^(k - |D(v)|) prod (u - u_j)^2 over j in D(v). The
first factor is at least 1 and changes no sign. It makes every f_v begin with u^2k: that coordinate
is -2 in all documents, adds the same to all scores of a query, and can go, which leaves 2k.

The coefficients of a product of factors t - t_j are, in absolute value, at most those of the
product of the t + |t_j|, so the absolute products in a score add up to at most
1 + 2 prod (T + |t_j|)^2 <= 1 + 2 (2T)^2s, with T the largest |t|.
"""

import numpy as np
import sympy as sp

from .kit import at_least, at_most, coordinates, equal, instance, kept, stated

ID = "moment-curve"
TITLE = "Moment curve: any relevance in 2 min(k, s) + 1 dimensions, in integers"
R = sp.Symbol("r")
T = sp.Symbol("T")
S = sp.Symbol("s")
STATEMENT = stated(
    r"""
[[Let $s = \max|S(q)|$ and $k = \max|D(v)|$, and $r$ the lesser of the two.]] In $d = @dim$
dimensions threshold 0 separates all pairs, in integers: matches score $@match$ and all others at
most $@other$. In $d = @rank$ every match scores above every non-match of its query. [[Where
queries have polynomials and $T$ is the largest of the documents' integers, in absolute value,]]
the products in a score add up to at most $@products$.
""",
    dim=2 * R + 1,
    match=1,
    other=-1,
    rank=2 * R,
    products=1 + 2 * (2 * T) ** (2 * S),
)
ASSUMPTIONS = ("last part: T >= 1, which is so with two documents or more",)
SOURCE = "Wang et al. 2026, arXiv:2601.20844; docs/theory/moment-curve.md"
STATUS = "proof on paper, formulas checked"


def times(coefficients, factor):
    """The coefficients of a product of two polynomials, lowest first."""
    long = [0] * len([*coefficients, *factor][:-1])
    for i, a in enumerate(coefficients):
        for j, b in enumerate(factor):
            long[i + j] += a * b
    return long


def square(root):
    return (root**2, -2 * root, 1)


def steps():
    t, root = sp.symbols("t t_j", integer=True)
    power = sp.Symbol("i", integer=True, nonnegative=True)
    term = sum(c * t ** (power + j) for j, c in enumerate(square(root)))
    factor = (t - root) ** 2
    yield equal("a factor takes t^i to three neighbouring powers", term, t**power * factor)
    apart, grown = sp.symbols("e f", nonnegative=True)
    one_more = (1 + grown) * (1 + apart) ** 2
    yield at_least("where that is 1 or more f stays at least 1", one_more, 1, {grown: 0, apart: 0})
    zero = (grown * factor).subs(t, root)
    yield equal("and f is 0 from a match's own factor on", zero, 0)
    yield equal("a match", kept(1) - 2 * zero, 1, shows="match")
    yield at_most("all others", 1 - 2 * (1 + grown), -1, {grown: 0}, shows="other")
    r = sp.Symbol("r", integer=True, positive=True)
    yield coordinates("two powers for every match, and the constant", 2, 1, r, shows="dim")
    yield coordinates("without the constant", 2, 0, r, shows="rank")
    u = sp.Symbol("u", integer=True)
    yield at_least("the factor that evens out degrees", u**2 + 1, 1, {u: 0})
    k, degree = sp.symbols("k D", integer=True, positive=True)
    yield equal("it adds what is missing to 2k", 2 * degree + 2 * (k - degree), 2 * k)
    small, spare, most = sp.symbols("a b T", nonnegative=True)
    sizes = sum(abs(c) * most**j for j, c in enumerate(square(small)))
    yield equal("the absolute coefficients of a factor at T", sizes, (most + small) ** 2)
    largest = small + spare
    wide, bound = sizes.subs(most, largest), (2 * largest) ** 2
    yield at_most("which is at most (2T)^2, as |t_j| <= T", wide, bound, {spare: 0})
    top = sp.Symbol("T", positive=True)
    s = sp.Symbol("s", integer=True, positive=True)
    whole = 1 + 2 * sp.Product((2 * top) ** 2, (sp.Symbol("j"), 1, s)).doit()
    yield equal("s factors, twice, and 1", whole, 1 + 2 * (2 * top) ** (2 * s), shows="products")


def coefficients(roots):
    """Of 1 - 2 f, the constant last."""
    product = [1]
    for root in roots:
        product = times(product, square(root))
    low, *high = [-2 * c for c in product]
    return [*high, 1 + low]


def instances(rng):
    for _ in range(15):
        n, s = rng.integers(1, 8, size=2).tolist()
        sets = [rng.choice(n, size=rng.integers(0, min(n, s) + 1), replace=False) for _ in range(6)]
        places = np.subtract(rng.permutation(n), n // 2).tolist()
        most = max(map(len, sets))
        right, ranked, small = [], [], []
        for members in sets:
            *query, last = coefficients([places[v] for v in members])
            high = [sum(c * t**j for j, c in enumerate(query, 1)) for t in places]
            scores = [c + last for c in high]
            right.append(all(x == 1 if v in members else x < 0 for v, x in enumerate(scores)))
            inside = [x for v, x in enumerate(high) if v in members]
            outside = [x for v, x in enumerate(high) if v not in members]
            ranked.append(not inside or not outside or min(inside) > max(outside))
            largest = max(map(abs, places))
            sums = sum(abs(c) * largest**j for j, c in enumerate([last, *query]))
            small.append(sums <= 1 + 2 * (2 * largest) ** (2 * most))
        yield instance("matches 1, others at most -1", all(right))
        yield instance("ranked without the constant", all(ranked))
        yield instance("sums of products", n == 1 or all(small))
        evened = []
        for members in sets:
            product = [1]
            for v in members:
                product = times(product, square(places[v]))
            for _ in range(most - len(members)):
                product = times(product, (1, 0, 1))
            at = [sum(c * t**j for j, c in enumerate(product)) for t in places]
            evened.append(len(product) == 2 * most + 1 and product.pop() == 1)
            evened.append(all(x == 0 if v in members else x >= 1 for v, x in enumerate(at)))
        yield instance("the other way round", all(evened))
