r"""Half planes: k classes of intervals fit in d = 2k dimensions with threshold 1.

A class has N positions, and the query at position p = 0, ..., N - 1 gets u = 2p - N + 1: the u are
integers that differ by 2, and |u| < N. A document of the class whose queries are those with
l < u < r, where l and r lie between two queries' (so u - l and r - u are odd, and |l|, |r| <= N),
gets (l + r, 1)/(H + l r) in the two coordinates of the class, with H = 2N^2, and 0 in all others; a
query has (u, H - u^2) there. As documents are 0 elsewhere, a score is that of one class.

The divisor is between N^2 and 3N^2, because each of N + l, N - l, N + r, N - r is at least 0. The
score is 1 plus a quotient whose sign is that of (u - l)(r - u): both factors are at least 1
inside, and outside one is at most -1 while the other is at least 1. A document that matches nothing
is 0 and scores 0.

A tree is one class: in preorder the nodes at or below any node are consecutive. Two dimensions are
least from three leaves on: see `three-dimensions`.

*Machine-checked*, statement included: `half_planes` in `proofs/rocq/half_plane.v`, and
`every_forest_in_two_fractions` in `proofs/rocq/two_dimensions.v`, where positions are counted with
one more for a root above the forest. In fractions: that rounding them to floats keeps the signs is
not part of it.
"""

from fractions import Fraction

import sympy as sp

from ._forests import matches, preorder, random_tree, sizes
from .kit import at_least, at_most, coordinates, equal, instance, kept, stated

ID = "half-plane"
TITLE = "k classes of intervals fit in 2k dimensions with threshold 1: every tree in 2"
K = sp.Symbol("k")
N = sp.Symbol("N")
STATEMENT = stated(
    r"""
[[Let the documents be split into $k$ classes such that, within each class, the queries can be
put on a line of at most $N$ positions with every $D(v)$ of the class an interval.]] Then $d =
@dim$ dimensions and the threshold $@level$ separate all pairs: matches score at least $@match$
and all others at most $@other$. In particular every tree fits in $d = @tree$.
""",
    dim=2 * K,
    level=1,
    match=1 + 1 / (3 * N**2),
    other=1 - 1 / (3 * N**2),
    tree=2,
)
ASSUMPTIONS = ("every D(v) is an interval of the order of its class, or empty",)
SOURCE = "docs/theory/half-plane.md"
STATUS = "proof on paper, formulas checked"
ROCQ = (
    ("half_plane.v", "half_planes"),
    ("two_dimensions.v", "laminar_classes_in_2k_fractions"),
    ("two_dimensions.v", "every_forest_in_two_fractions"),
)


def score(u, left, right, n):
    high = 2 * n**2
    query, document = (u, high - u**2), (left + right, 1)
    return sum(a * b for a, b in zip(query, document, strict=True)) / (high + left * right)


def steps():
    u, left, right, n = sp.symbols("u l r N", integer=True)
    yield equal(
        "the score is 1 plus a product over the divisor",
        score(u, left, right, n),
        1 + (u - left) * (right - u) / (2 * n**2 + left * right),
    )
    yield equal(
        "twice the divisor less N^2 is a sum of products of numbers that are at least 0",
        2 * (2 * n**2 + left * right - n**2),
        (n + left) * (n + right) + (n - left) * (n - right),
    )
    yield equal(
        "so is twice 3N^2 less the divisor",
        2 * (3 * n**2 - (2 * n**2 + left * right)),
        (n + left) * (n - right) + (n - left) * (n + right),
    )
    a, b, more = sp.symbols("a b e", nonnegative=True)
    divisor = sp.Symbol("D", positive=True)
    least, first = 1 / (divisor + more), {a: 0, b: 0, more: 0}
    inside = 1 + (1 + 2 * a) * (1 + 2 * b) / divisor
    yield at_least("inside, with 3N^2 = D + e, by so much above 1", inside, 1 + least, first)
    outside = 1 + (-1 - 2 * a) * (1 + 2 * b) / divisor
    yield at_most("outside by so much below 1", outside, 1 - least, first)
    size = sp.Symbol("N", positive=True)
    part = sp.Symbol("s", nonnegative=True)  # D = 3 N^2/(1 + s)
    gap = (1 + part) / (3 * size**2)
    above, below = 1 + 1 / (3 * size**2), 1 - 1 / (3 * size**2)
    yield at_least("matches", 1 + gap, above, {part: 0}, shows="match")
    yield at_most("all others", 1 - gap, below, {part: 0}, shows="other")
    yield equal("the threshold is in the middle", (kept(above) + below) / 2, 1, shows="level")
    k = sp.Symbol("k", integer=True, positive=True)
    yield coordinates("two coordinates a class, none shared", 2, 0, k, shows="dim")
    yield coordinates("a tree is one class", 2, 0, 1, shows="tree")


def instances(rng):
    for _ in range(10):
        nodes, recent = rng.integers(2, 14, size=2).tolist()
        parents = random_tree(rng, nodes, recent)
        position, size, found = preorder(parents), sizes(parents), matches(parents)
        ends = []
        for p, s in zip(position, size, strict=True):
            ends.append((2 * p - nodes, 2 * (p + s) - nodes))
        gaps, signs = [], []
        for q in range(nodes):
            u = 2 * position[q] + 1 - nodes
            gap = [score(u, *end, Fraction(nodes)) - 1 for end in ends]
            gaps += [abs(g) for g in gap]
            signs.append([g > 0 for g in gap] == [v in found[q] for v in range(nodes)])
        words = f"a tree of {nodes} nodes"
        yield instance(f"{words}: all pairs are on their sides of 1", all(signs))
        yield instance(f"{words}: by 1/(3N^2)", min(gaps) >= Fraction(1, 3 * nodes**2))
