r"""Interval cover on a parabola: d = 2k + 1, threshold 0, integer scores.

Let u be the position of a query in a class, centred (any integers that differ by 2), and let the
queries of a document v of this class be those with l < u < r, where l and r are positions between
two queries' (so u - l and r - u are odd). The query has (u, u^2) in the coordinates of the class
and 1 in the coordinate that all classes share; the document has (l + r, -1) there, 0 in the
coordinates of other classes, and -l r in the shared one.

*Machine-checked*, statement included: `interval_cover` in `proofs/rocq/interval_cover.v`, of
documents with 2(l + r), -2 and -2 l r - 1 for ends l, r at positions of queries, as the code has
them.
"""

import numpy as np
import sympy as sp

from .kit import at_least, at_most, coordinates, equal, instance, stated

ID = "interval-cover"
TITLE = "k classes of intervals fit in 2k + 1 dimensions"
K = sp.Symbol("k")
STATEMENT = stated(
    r"""
[[Let the documents be split into $k$ classes such that, within each class, the queries can be
put on a line with every $D(v)$ of the class an interval.]] Then $d = @dim$ dimensions and
threshold 0 separate all pairs: in integers, matches score at least $@match$ and all other pairs
at most $@other$.
""",
    dim=2 * K + 1,
    match=1,
    other=-1,
)
ASSUMPTIONS = ("every D(v) is an interval of the order of its class, or empty",)
SOURCE = "docs/theory/interval.md"
STATUS = "proof on paper, formulas checked"
ROCQ = (("interval_cover.v", "interval_cover"),)


def score(u, left, right):
    query, document = (u, u**2, 1), (left + right, -1, -left * right)
    return sum(a * b for a, b in zip(query, document, strict=True))


def steps():
    u, left, right = sp.symbols("u l r", integer=True)
    yield equal("the score is a product", score(u, left, right), (u - left) * (right - u))
    a, b = sp.symbols("a b", integer=True, nonnegative=True)
    first, odd, next_odd = {a: 0, b: 0}, 1 + 2 * a, 1 + 2 * b
    inside = score(u, u - odd, u + next_odd)
    yield equal("it is odd", sp.Mod(odd, 2), 1)
    yield equal("inside, u - l and r - u are odd and positive", inside, odd * next_odd)
    yield at_least(
        "so it is at least 1, attained next to both ends", inside, 1, first, shows="match"
    )
    below = score(u, u + odd, u + odd + next_odd)
    yield at_most("below l, where r is further away, it is at most -2", below, -2, first)
    above = score(u, u - odd - next_odd, u - odd)
    yield at_most("above r, where l is further away, it is at most -2", above, -2, first)
    beyond = score(u, u + odd, u + odd)
    yield at_most(
        "an empty D(v) has l = r beyond all positions: at most -1", beyond, -1, first, shows="other"
    )
    k = sp.Symbol("k", integer=True, positive=True)
    yield coordinates("two coordinates a class, and the shared one", 2, 1, k, shows="dim")


def instances(rng):
    for _ in range(20):
        n = int(rng.integers(2, 30))
        first, last = np.sort(rng.integers(0, n, size=2)).tolist()
        scores = [score(2 * p, 2 * first - 1, 2 * last + 1) for p in range(n)]
        matches = [first <= p <= last for p in range(n)]
        words = f"{n} positions, interval {first} to {last}"
        yield instance(f"{words}: signs", [s > 0 for s in scores] == matches)
        yield instance(f"{words}: integers other than 0", all(abs(s) >= 1 for s in scores))
