r"""Rainbows: k classes of three documents take 2k dimensions, 2k + 1 at threshold 0.

T is the union of k classes of three documents. A *rainbow* has one document of every class; a
rainbow *without class k* one of every other class and none of class k. Let every rainbow, and every
rainbow without class k, be S(q) intersected with T for some query q. Heights are scores less
thresholds: positive on matches, negative on others.

*A sphere.* Pairs (a, b) of nonnegative weights on T, of sum 1 together and without a common
document, are the boundary of the cross-polytope of R^(3k): a sphere of dimension 3k - 1, on which
(a, b) -> (b, a) is the antipodal map.

*An odd map.* For weights w let delta_c(w) be the sum of w_u w_v over the three pairs of documents
of class c: 0 just if at most one document of class c has weight. Let F(a, b) be

    sum_v a_v (x_v, 1) - sum_v b_v (x_v, 1)    and    delta_c(a) - delta_c(b) for c < k.

It is continuous, F(b, a) = -F(a, b), and has d + 1 + k - 1 coordinates. If these are at most
3k - 1, that is d <= 2k - 1, the theorem of Borsuk and Ulam gives a zero.

*At the zero*, let s and t be the documents of positive weight in a and in b. A class has three
documents, so not both have two of it: one of delta_c(a) and delta_c(b) is 0, hence both are, and s
and t have at most one document each of every class c < k. Of class k one of them has at most one;
let it be s (the other case is the same). Complete s to a rainbow that avoids t: of a class of which
s has none take a document that t does not have. There is one for c < k, as t has at most one of
three, and for class k unless t has all of it; then take a rainbow without class k. Some query q
matches just this part of T: all of s and none of t. Then

    sum a_v h_v > 0 > sum b_v h_v    (a sum without terms is 0, but not both are)

for the heights h_v = <q, x_v> - r. But F = 0 makes the two sums equal: sum a_v x_v = sum b_v x_v
and sum a_v = sum b_v. So d >= 2k.

*Threshold 0.* The coordinates 1 are not needed, as r = 0: d + k - 1 coordinates, a zero for
d <= 2k. So d >= 2k + 1.

*Queries.* Let T be 3k queries, and let documents match their rainbows. Put (q_i, r_i) for
(x_v, 1): the heights with a document x are <q_i, x> - r_i, and the same two lines hold; with
r_i = 0 these coordinates are not needed.

*Enough.* Class c takes coordinates 2c - 1 and 2c, with its documents at three points of a circle;
the part of a query there is what cuts off the one it matches of them, or 0 if it matches none. One
threshold for all is right. With one more coordinate, -1 for documents and the threshold for
queries, it is 0. So 2k and 2k + 1 are exact, for all queries whose sets have at most one document
of each class.

*Machine-checked*: that so many dimensions are enough, `rainbows_in_2k_and_2k_plus_1` in
`proofs/rocq/rainbow.v`. The lower part is not; it rests on the theorem of Borsuk and Ulam.
"""

import itertools
from fractions import Fraction

import numpy as np
import sympy as sp

from .kit import at_least, coordinates, equal, instance, positive, stated

ID = "rainbow"
TITLE = "Rainbows: k classes of three documents take 2k dimensions by row, 2k + 1 at threshold 0"
K = sp.Symbol("k")
STATEMENT = stated(
    r"""
[[Let $T$ be $k$ classes of three documents each. Let some query match just the documents $\rho$
of $T$, for every $\rho$ with one document of each class, and for every $\rho$ with one of each
class but a certain one.]] Then $d \ge @row$ with row thresholds, and $d \ge @zero$ at threshold
0. The same holds [[for $k$ classes of three queries]] and the documents that match them. Both
are exact: as many dimensions do for all queries [[that match at most one document of each
class]].
""",
    row=2 * K,
    zero=2 * K + 1,
)
ASSUMPTIONS = ("no score equals its threshold", "k >= 1", "the theorem of Borsuk and Ulam")
SOURCE = (
    "hrgeom, hrgeom/bounds/lower/_rainbow.py; by the constraint method of Blagojevic, Frick and "
    "Ziegler 2014, after van Kampen 1932 and Flores 1933"
)
CITED = ("the theorem of Borsuk and Ulam, 1933",)
STATUS = "proof on paper, formulas checked"
ROCQ = (("rainbow.v", "rainbows_in_2k_and_2k_plus_1"),)
ROCQ_PART = "as many dimensions are enough"


def steps():
    yield from odd_map()
    yield from sizes()
    yield from contradiction()
    yield from enough()


def odd_map():
    a, b, x = (sp.symbols(f"{name}_1:4", real=True) for name in "abx")
    first = sum(ai * xi for ai, xi in zip(a, x, strict=True))
    second = sum(bi * xi for bi, xi in zip(b, x, strict=True))
    yield equal("the linear part is odd", second - first, -(first - second))
    yield equal("delta_c is odd in (a, b)", delta(b) - delta(a), -(delta(a) - delta(b)))
    yield equal("one document of the class: 0", delta(a).subs({a[1]: 0, a[2]: 0}), 0)
    u, v, w = sp.symbols("u v w", positive=True)
    yield positive("two documents of the class: positive", delta((u, v, 0)))
    yield positive("three of them: positive", delta((u, v, w)))


def delta(weights):
    return sum(u * v for u, v in itertools.combinations(weights, 2))


def sizes():
    k = sp.Symbol("k", integer=True, positive=True)
    spare = sp.Symbol("s", integer=True, nonnegative=True)
    by_row = (2 * k - 1 - spare) + 1 + (k - 1)
    yield equal("by row: coordinates and the sphere's dimension", 3 * k - 1 - by_row, spare)
    at_zero = (2 * k - spare) + (k - 1)
    yield equal("at threshold 0: the same", 3 * k - 1 - at_zero, spare)
    more, d = sp.symbols("more d", integer=True, positive=True)
    no_zero = sp.solve((d + 1 + k - 1) - (3 * k - 1 + more), d)[0]
    yield at_least("no zero by row: more coordinates", no_zero, 2 * k, {more: 1}, shows="row")
    no_zero = sp.solve((d + k - 1) - (3 * k - 1 + more), d)[0]
    yield at_least("nor at threshold 0", no_zero, 2 * k + 1, {more: 1}, shows="zero")
    yield coordinates("enough by row: two coordinates a class", 2, 0, k, shows="row")
    yield coordinates("and one more at threshold 0", 2, 1, k, shows="zero")
    few = sp.Symbol("t", integer=True, nonnegative=True)
    left = 3 - (1 - few)
    yield at_least("t has at most one of three: two are left", left, 2, {few: 0})


def contradiction():
    weight, height, rest = sp.symbols("a h rest", positive=True)
    yield positive("matches with weight", weight * height + rest)
    yield positive("others with weight", -(weight * -height))
    a, b, x, y, r = sp.symbols("a b x y r", real=True)
    sums = (a * (x - r), b * (y - r))
    split = (a * x - b * y) - r * (a - b)
    yield equal("the two sums differ by the zero's coordinates", sums[0] - sums[1], split)


def enough():
    for chosen, (a, b) in CUTS.items():
        scores = [a * x + b * y for x, y in CORNERS]
        others = [s for v, s in enumerate(scores) if v != chosen]
        yield equal("a corner is cut off at threshold 1", scores[chosen] - 1, 1)
        yield at_least("from the two others", 1 - max(others), 1)


CORNERS = ((1, 0), (-1, 1), (-1, -1))
CUTS = {0: (2, 0), 1: (0, 2), 2: (0, -2)}


def instances(rng):
    for k in (1, 2, 3):
        partial = list(itertools.product((None, 0, 1, 2), repeat=k))
        right = all(separated(k, choice) for choice in partial)
        yield instance(f"all partial rainbows of {k} classes in {2 * k} dimensions", right)
    for k, n_times in ((1, 6), (2, 10), (3, 3)):
        for _ in range(n_times):
            yield too_few(rng, k, 2 * k - 1, zero=False)
            yield too_few(rng, k, 2 * k, zero=True)


def separated(k, choice):
    """The query of a partial rainbow scores more than 1 on it and less on all others of T."""
    query = [c for chosen in choice for c in ((0, 0) if chosen is None else CUTS[chosen])]
    for c, v in itertools.product(range(k), range(3)):
        document = [0] * (2 * k)
        document[2 * c : 2 * c + 2] = CORNERS[v]
        score = sum(q * x for q, x in zip(query, document, strict=True))
        if (score > 1) != (choice[c] == v) or score == 1:
            return False
    return True


def too_few(rng, k, d, *, zero):
    """Among random vectors, parts s and t of T as in the proof with a common mean (or sum).

    The first d + 2 (or d + 1) of T in some order are dependent; some such choice must do.
    """
    size = d + 1 if zero else d + 2
    points = np.subtract(rng.integers(0, 41, size=(3 * k, d)), 20)
    lifted = points if zero else np.hstack((points, np.ones((3 * k, 1), int)))
    for chosen in itertools.combinations(range(3 * k), size):
        for weights in relations(lifted[list(chosen)]):
            s = {v for v, w in zip(chosen, weights, strict=True) if w > 0}
            t = {v for v, w in zip(chosen, weights, strict=True) if w < 0}
            if any(cannot(k, *sides) for sides in ((s, t), (t, s))):
                return instance(f"{k} classes: {d} dimensions are too few", True)
    return instance(f"{k} classes: {d} dimensions are too few", False)


def relations(rows):
    for vector in sp.Matrix(*rows.shape, rows.ravel().tolist()).T.nullspace():
        yield [Fraction(int(x.p), int(x.q)) for x in vector]


def cannot(k, s, t):
    """Whether some rainbow, whole or without class k, has all of s and none of t."""
    choices = [[v for v in range(3 * k) if v // 3 == c and v not in t] for c in range(k)]
    wanted = [[v for v in s if v // 3 == c] for c in range(k)]
    if any(len(w) > 1 for w in wanted):
        return False
    # class k: its own, any other, or none
    return all(w or c for w, c in zip(wanted[:-1], choices[:-1], strict=True))
