r"""Counting: few numbers make few relations, so some hierarchy takes many dimensions.

*Free numbers.* An embedding of a queries and b documents in d dimensions has N = d(a + b) numbers
at threshold 0, and besides them one threshold for all, or a by row. The ab heights, scores less
thresholds, are polynomials of degree 2 in them. A relation is the signs of the heights, none of
which is 0. By Warren's theorem m polynomials of degree D in N <= m variables have at most
(4eDm/N)^N vectors of signs +1 and -1. So at most (8e ab/N)^N relations have an embedding.

*All relations.* There are 2^(ab) relations between a queries and b documents. If each has an
embedding, then N > ab or ab ln 2 <= f(N) = N ln(8e ab/N). The slope of f is ln(8 ab/N), positive
for N < 8ab. So if N <= ab/8, then f(N) <= f(ab/8) = (ab/8) ln(64e). That is less than
ab ln 2 = (ab/8) ln 256, as e < 4: not so. Hence N > ab/8, and some relation has no embedding of
as few numbers.

*Hierarchies.* Any relation between a queries and b documents is in one of two levels: the queries
are nodes of the upper, the documents of the lower one, and edges join what matches. An embedding of
the hierarchy has one of the relation, in as many dimensions. With n = a + b nodes and a = b that is
some directed acyclic graph. With a = t it is one of treewidth at most t: a tree decomposition is a
path of bags, one for each node of the lower level, with that node and all t of the upper level, so
that each bag has t + 1 nodes, holds the edges of its own node, and any node is in one bag or in
all. Reachability is what the edges are, and no edge can be left out. If a score equal to the
threshold 0 means no match, a threshold a little above it does too: that is one threshold for all.

*What it does not say.* Nothing of a hierarchy at hand: it counts, and names none. (The relation of
all pairs is one of those counted, and takes one dimension.)
"""

import itertools

import sympy as sp

from .kit import at_least, equal, instance, positive, stated

ID = "counting"
TITLE = "Counting: some hierarchy of n nodes takes n/32 dimensions, some of treewidth t takes t/16"
A = sp.Symbol("a")
B = sp.Symbol("b")
N = sp.Symbol("N")
SIZE = sp.Symbol("n")
WIDTH = sp.Symbol("t")
STATEMENT = stated(
    r"""
[[Let $N \le ab$ be the free numbers of an embedding of $a$ queries and $b$ documents in $d$
dimensions: $d(a + b)$ at threshold 0, one more with one threshold for all, $a$ more by row.]] At
most $@relations$ relations have such an embedding. So some relation between them has none unless
$N > @free$: at threshold 0 it takes $d > @zero$, with a common threshold $d > @common$, by row
$d > @row$. Some directed acyclic graph of $n$ nodes, [[$n$ even,]] takes $d > @size$ at threshold
0, and some of treewidth at most $t$ [[and $n \ge 2t$ nodes]] takes $d > @width$, which is at
least $@least$.
""",
    relations=(8 * sp.E * A * B / N) ** N,
    free=A * B / 8,
    zero=A * B / (8 * (A + B)),
    common=(A * B / 8 - 1) / (A + B),
    row=(A * B / 8 - A) / (A + B),
    size=SIZE / 32,
    width=WIDTH * (SIZE - WIDTH) / (8 * SIZE),
    least=WIDTH / 16,
)
ASSUMPTIONS = ("no score equals its threshold",)
SOURCE = (
    "Warren 1968; Alon, Frankl and Rodl 1985 for ranks of sign matrices; Gokhale et al. 2026, "
    "arXiv:2606.18520, state orders of n and of t/log(n/t); hrgeom/bounds/lower/_counting.py"
)
STATUS = "proof on paper, formulas checked"
CITED = (
    "Warren 1968: m polynomials of degree D in N <= m variables have at most (4eDm/N)^N signs",
)


def steps():
    a, b, free = sp.symbols("a b N", positive=True)
    degree, many = sp.symbols("D m", positive=True)
    warren = (4 * sp.E * degree * many / free) ** free
    signs = warren.subs({degree: 2, many: a * b})
    yield equal("Warren", signs, (8 * sp.E * a * b / free) ** free, shows="relations")
    yield from few(a, b, free)
    yield from dimensions(a, b)
    yield from hierarchies(a, b)


def few(a, b, free):
    f = free * sp.log(8 * sp.E * a * b / free)
    yield equal("its logarithm", sp.log((8 * sp.E * a * b / free) ** free), f)
    slope = sp.log(8 * a * b / free)
    yield equal("its slope", sp.diff(f, free), sp.expand_log(slope, force=True))
    more = sp.Symbol("s", positive=True)
    yield positive("which is positive", sp.log(1 + more))  # 8ab/N = 1 + s
    most = a * b / 8
    at = f.subs(free, most)
    yield equal("at ab/8", at, most * sp.log(64 * sp.E), shows="free")
    spare = 4 / sp.E
    yield equal("ab ln 2 less that", sp.log(2 ** (a * b)) - at, most * sp.log(spare))
    yield positive("is positive, as e < 4", sp.log(spare))


def dimensions(a, b):
    d = sp.Symbol("d", positive=True)
    for words, shows, extra, least in (
        ("threshold 0", "zero", 0, a * b / (8 * (a + b))),
        ("one threshold", "common", 1, (a * b / 8 - 1) / (a + b)),
        ("by row", "row", a, (a * b / 8 - a) / (a + b)),
    ):
        found = sp.solve(d * (a + b) + extra - a * b / 8, d)
        yield equal(words, found[0], least, shows=shows)


def hierarchies(a, b):
    n, t = sp.symbols("n t", positive=True)
    zero = a * b / (8 * (a + b))
    halves = zero.subs({a: n / 2, b: n / 2})
    yield equal("two levels of n/2 nodes", halves, n / 32, shows="size")
    narrow = zero.subs({a: t, b: n - t})
    yield equal("t nodes above n - t", narrow, t * (n - t) / (8 * n), shows="width")
    spare = sp.Symbol("s", nonnegative=True)
    wide = (t * (n - t) / (8 * n)).subs(n, 2 * t + spare)
    yield at_least("n >= 2t", wide, t / 16, {spare: 0}, shows="least")


def instances(rng):
    for a, b in ((2, 3), (3, 3), (3, 4)):
        found = len(on_a_line(a, b))
        yield instance(f"signs of products, {a} and {b}", found == 2 ** (a + b) / 2)
        yield instance("are no more than Warren's", found <= warren(a * b, a + b))
    for b in (3, 4):
        found, other = len(in_the_plane(b)), 4 * 6**b - 6 * 4**b + 4 * 2**b
        yield instance(f"three queries and {b} documents in the plane", found == other)
        yield instance("all of them have room", found <= warren(3 * b, 2 * (3 + b)))
    yield instance("of three and four some have none", len(in_the_plane(4)) < 2 ** (3 * 4))
    for a, b in rng.integers(2, 30, size=(5, 2)).tolist():
        free = a * b // 8
        few = free == 0 or warren(a * b, free) < 2 ** (a * b)
        yield instance(f"{free} numbers are too few for {a} and {b}", few)


def warren(pairs, free):
    """How many relations may have an embedding."""
    return STATEMENT.formulas["relations"].subs({A: pairs, B: 1, N: free})


def on_a_line(a, b):
    """Signs of q x for all signs of a numbers q and b numbers x."""
    signs = itertools.product((1, -1), repeat=a)
    others = list(itertools.product((1, -1), repeat=b))
    return {tuple(p * s for p in q for s in x) for q in signs for x in others}


def in_the_plane(b):
    """Three lines through 0 leave six sectors; documents are in any of them."""
    found = set()
    for facing in itertools.product((1, -1), repeat=3):
        # in turn, each line is crossed, then all once more; other orders are other facings
        upper = [
            tuple(-s if i < crossed else s for i, s in enumerate(facing)) for crossed in range(3)
        ]
        sectors = upper + [tuple(-s for s in sector) for sector in upper]
        found |= set(itertools.product(sectors, repeat=b))
    return found
