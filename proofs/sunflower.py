r"""Sunflowers: documents with a query in common and private ones take half as many classes.

*A class of intervals.* Let w documents share a query, at the position p of a line on which the
D(v) of the class are intervals. Each contains p, so it is [p - a, p + b] with a, b >= 0. Let one
document reach furthest left and one (perhaps the same) furthest right. Every other interval is in
the union of these two: left of p in the first, right of p in the second. So a query that it matches
matches one of these, and only these two can have a query that matches none of the others: at most
two of w such documents are in one class, and k classes have w <= 2 k.

*Laminar classes.* Two documents cross if they share a query and each has a query that the other
does not have. In a laminar class no two cross, so documents that all cross one another are in
classes of their own.

*Climbing.* In a hierarchy let v and w cross: some x is below both, and neither is above the other.
Ways from x up to v and to w exist. While x has a single parent, both ways pass through it, unless x
is v or w itself; but then it would be below the other. So the parent is below both, or one of them:
in the latter case it would be below the other, as before. Climbing ends, as there is no circle, so
it ends at a node with several parents that is below both. Hence every pair that crosses is one of
ancestors of a node with several parents.
"""

import sympy as sp

from .kit import at_least, at_most, equal, instance, stated

ID = "sunflower"
TITLE = "Sunflowers: w documents with a common query and private ones take w/2 classes"
W = sp.Symbol("w", nonnegative=True)
STATEMENT = stated(
    r"""
[[Let $w$ documents share a query, and let each have a query that matches none of the others.]] Then
every split of the documents into classes of intervals has at least $@classes$ classes. [[Two
documents cross if they share a query and neither has all queries of the other.]] Documents of which
any pair crosses are in as many laminar classes. In a hierarchy each pair that crosses is a
pair of ancestors of some node with several parents.
""",
    classes=W / 2,
)
ASSUMPTIONS = ("in every class all D(v) are intervals of one order of the queries",)
SOURCE = "docs/theory/interval.md; Dilworth 1950 finds the largest in a hierarchy"
STATUS = "proof on paper, formulas checked"


def steps():
    p = sp.Symbol("p", real=True)
    a, b, more = sp.symbols("a b t", nonnegative=True)
    yield at_least("left of p the first covers", p - a, p - (a + more), {more: 0})
    yield at_most("right of p the second covers", p + b, p + (b + more), {more: 0})
    yield at_most("both reach p from the left", p - (a + more), p, {a: 0, more: 0})
    yield at_least("and to the right", p + (b + more), p, {b: 0, more: 0})
    k, fewer = sp.symbols("k s", nonnegative=True)
    w = 2 * k - fewer  # at most two of every class
    yield equal("classes, and what is missing to two of each", (w + fewer) / 2, k)
    yield at_least("classes", (W + fewer) / 2, W / 2, {fewer: 0}, shows="classes")


def instances(rng):
    for _ in range(4):
        ends = [(int(x), int(y)) for x, y in rng.integers(0, 9, size=(7, 2))]
        sets = [set(range(9 - x, 10 + y)) for x, y in ends]
        private = [i for i, own in enumerate(sets) if own - union(sets, i)]
        yield instance(f"intervals {ends} around 9", len(private) <= 2)
    classes = {(1, 0, 2): ({0, 1}, {0, 2}), (3, 0, 4): ({0, 3}, {0, 4})}
    both = all(is_interval(x, order) for order, pair in classes.items() for x in pair)
    yield instance("four petals in two classes", both)
    petals = [x for pair in classes.values() for x in pair]
    private = [own - union(petals, i) for i, own in enumerate(petals)]
    yield instance("each has a query of its own", private == [{1}, {2}, {3}, {4}])
    for _ in range(4):
        n = 12
        parents = [
            sorted({int(x) for x in rng.integers(0, v, size=int(rng.integers(1, 3)))})
            for v in range(1, n)
        ]
        above = ancestors([[], *parents])
        crossing = [
            (v, w)
            for v in range(n)
            for w in range(v)
            if v not in above[w] and w not in above[v] and any({v, w}.issubset(up) for up in above)
        ]
        several = [x for x, own in enumerate([[], *parents]) if len(own) == 2]
        found = all(any({v, w}.issubset(above[x]) for x in several) for v, w in crossing)
        yield instance(f"{len(crossing)} pairs that cross, {len(several)} with two parents", found)


def union(sets, left_out):
    return set().union(*(s for i, s in enumerate(sets) if i != left_out))


def is_interval(positions, order):
    places = sorted(order.index(x) for x in positions)
    return places == list(range(places[0], places[0] + len(places)))


def ancestors(parents):
    """Return the ancestors of every node and itself; parents come first."""
    above = []
    for v, own in enumerate(parents):
        above.append({v}.union(*(above[p] for p in own)))
    return above
