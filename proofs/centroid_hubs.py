r"""Centroid hubs: margin 1/O(log n) for every forest, at any depth.

Take the nodes of a forest one after the other as hubs; each splits the piece it is in. U(w) are the
hubs at or above w that were taken while w was in their piece, V(v) the hubs at or below v that
were.

*Theorem 1.* v is at or above w iff U(w) and V(v) meet, and then in just one hub. A common hub is at
or below v and at or above w. Conversely let v be at or above w; they start in one piece. Let c be
the hub with which they stop being so: one of them, or a node that separates them. Then c is on the
way from w to v, and both list it. No other hub is on both lists: earlier ones do not separate the
two, so are not on the way; later ones are taken in a piece that v or w has left.

*Embedding.* Query: 1 in the columns of U(q), beta last. Document: 1 in those of V(v), -1/(2 beta)
last. The score is the number of common hubs, 0 or 1, less 1/2. With A = max |U| and B = max |V| the
product of the lengths is at most sqrt((A + beta^2)(B + 1/(4 beta^2))), which is least,
sqrt(AB) + 1/2, for beta^2 = sqrt(A/B)/2. In integers: 1 and 1 last, 2 and -1 last.

*Theorem 2, forests.* Put L(n) = 1 + log2 n. Cut the forest into heavy paths, each node followed by
the child with most nodes below, and take the nodes of a path before those of the trees that hang
from it. Then |U|, |V| <= L(n) can be had. Take first the last node c of the path with more than n/2
nodes at or below. The trees below c, on the path or hanging, have at most n/2 nodes, so by
induction |U| <= 1 + L(n/2) there. Above c, trees that hang there included, are n' < n/2 nodes. Cut
such a *rest* at its weighted centroid on the path, and so on: in a rest of n' nodes
|U| <= 1 + L(n'). For the rest below the cut has at most n'/2 nodes, and its nodes have the cut and,
by induction, 1 + L(n'/2) others; a tree that hangs from the cut has t <= n' nodes, and its nodes
have the cut and L(t) others; the rest above the cut does not have it. With n' < n/2 this is within
L(n). A node gets a hub into V when it is taken itself, or when it stays above a cut, and then its
piece is at most half as large as before: with j cuts 2^j <= n, so at most log2 n + 1 times.

*Theorem 2, chains.* Let M(a, b) be the most nodes of a chain that can be served with |U| <= a and
|V| <= b. The first hub goes into V of all nodes above it and into U of all below, so what is above
has b - 1 left for V, what is below has a - 1 left for U, and any such split will do:
M(a, b) = M(a, b - 1) + 1 + M(a - 1, b), M(0, b) = M(a, 0) = 0. So M(a, b) = C(a + b, a) - 1,
exactly: no order of hubs does better.
"""

from itertools import permutations
from math import comb

import sympy as sp

from ._forests import children, matches, random_forest, sizes
from .kit import at_least, coordinates, equal, instance, kept, positive, stated

ID = "centroid-hubs"
TITLE = "Hubs: margin 1/(2√(AB) + 1) for every forest, with A, B at most 1 + log₂ n"
HALF = sp.Rational(1, 2)
A = sp.Symbol("A")
B = sp.Symbol("B")
N = sp.Symbol("n")
ROOT_A = sp.Symbol("sqrt_A")
ROOT_B = sp.Symbol("sqrt_B")
STATEMENT = stated(
    r"""
Every forest of $n$ nodes can be embedded with threshold 0 in at most $@dim$ dimensions, matches
at $@match$ and all others at $@other$, with normalised margin at least $@margin$, where the
lists of hubs have lengths $A$ and $B$ of at most $@lists$. A chain of $n$ nodes has hubs with
lists of lengths at most $A$ and $B$ if and only if $@chain > n$.
""",
    tex={"sqrt_A": r"\sqrt{A}", "sqrt_B": r"\sqrt{B}"},
    dim=N + 1,
    match=HALF,
    other=-HALF,
    margin=1 / (2 * ROOT_A * ROOT_B + 1),
    lists=1 + sp.log(N, 2),
    chain=sp.factorial(A + B) / (sp.factorial(A) * sp.factorial(B)),
)
ASSUMPTIONS = ("the matches of a node are its ancestors and itself",)
SOURCE = "docs/theory/centroid-hubs.md"
STATUS = "proof on paper, formulas checked"


def steps():
    beta, root_a, root_b = sp.symbols("beta sqrt_A sqrt_B", positive=True)
    half = sp.Rational(1, 2)
    for common, score in ((1, half), (0, -half)):
        here = kept(common) * 1 + beta * (-1 / (2 * beta))
        shown = "match" if common else "other"
        yield equal(f"the score with {common} common hubs", here, score, shows=shown)
    squares = (root_a**2 + beta**2) * (root_b**2 + 1 / (4 * beta**2))
    excess = sp.factor(squares - (root_a * root_b + half) ** 2)
    best = {beta: sp.sqrt(root_a / root_b / 2)}
    yield at_least("the squared lengths' product is at least, attained", excess, 0, best)
    margin = half / (root_a * root_b + half)
    yield equal("the margin", margin, 1 / (2 * root_a * root_b + 1), shows="margin")
    for common, score in ((1, 1), (0, -1)):
        yield equal(f"in integers, {common}", 1 * 2 * common + 1 * -1, score)

    rest = sp.Symbol("m", positive=True)

    def logs(n):
        return 1 + sp.log(n, 2)

    def shown(expression):
        return sp.simplify(sp.expand_log(expression))

    yield equal("below the first cut", shown(1 + logs(rest / 2) - logs(rest)), 0)
    below = shown(1 + (1 + logs(rest / 2)) - (1 + logs(rest)))
    yield equal("below a cut of a rest, as many as 1 + L(m)", below, 0)
    grows = sp.diff(logs(rest), rest)
    yield positive("L grows, so a hanging tree of t <= m nodes has 1 + L(t) <= 1 + L(m)", grows)
    yield equal("a rest of n/2 nodes would have L(n)", shown(1 + logs(rest / 2) - logs(rest)), 0)
    yield equal("one node has one hub", logs(1), 1)
    n = sp.Symbol("n", integer=True, positive=True)
    yield equal(
        "twice the nodes, one hub more", sp.expand_log(logs(2 * n)) - 1, logs(n), shows="lists"
    )
    yield coordinates("a column for every hub, and the last", 1, 1, n, shows="dim")
    cuts = sp.Symbol("j", integer=True, nonnegative=True)
    yield equal("j cuts and itself, n = 2^j nodes at least", shown(logs(2**cuts)), cuts + 1)

    a, b = sp.symbols("A B", integer=True, positive=True)

    def nodes(above, below):
        choices = sp.factorial(above + below) / (sp.factorial(above) * sp.factorial(below))
        return choices - 1

    split = nodes(a, b - 1) + 1 + nodes(a - 1, b)
    yield equal("the recurrence", split + 1, nodes(a, b) + 1, shows="chain")
    yield equal("nothing is served without U", nodes(0, b), 0)
    yield equal("nor without V", nodes(a, 0), 0)


def lists(parents, hubs):
    """U and V of every node, by their definition; the pieces are sets."""
    n, above = len(parents), matches(parents)
    piece = [0] * n
    upper, lower = [set() for _ in range(n)], [set() for _ in range(n)]
    for step, hub in enumerate(hubs):
        mine, here = [w for w in range(n) if piece[w] == piece[hub]], {}
        for w in mine:
            if hub in above[w]:
                upper[w].add(hub)
            if w in above[hub]:
                lower[w].add(hub)
        for w in mine:  # parts are named by the node next to the hub, or by the hub's upper side
            if w == hub:
                here[w] = ("taken", hub)
            elif hub in above[w]:
                way = [c for c in above[w] if hub in above[c] and c != hub]
                here[w] = (step, min(way))
            else:
                here[w] = (step, "above")
        for w in mine:
            piece[w] = here[w]
    return upper, lower


def halving(parents):
    """The hubs of theorem 2."""
    size, below, hubs = sizes(parents), children(parents), []

    def rest(nodes, weights):
        if nodes:
            sums = [sum(weights[:i]) for i, _ in enumerate(nodes, 1)]
            i = next(i for i, s in enumerate(sums) if 2 * s >= sum(weights))
            hubs.append(nodes[i])
            rest(nodes[:i], weights[:i])
            rest(nodes[i:][1:], weights[i:][1:])

    def whole(root):
        upper, weights, hanging, v = [], [], [], root
        while 2 * size[v] > size[root]:
            heavy = max(below[v], key=size.__getitem__, default=v)
            upper.append(v)
            hanging += [c for c in below[v] if c != heavy]
            weights.append(sum([1, *(size[c] for c in below[v] if c != heavy)]))
            if heavy == v:
                break
            v = heavy
        hubs.append(upper.pop())
        rest(upper, weights[: len(upper)])
        for tree in [*hanging, *([v] if v not in [*upper, *hubs] else [])]:
            whole(tree)

    for root, parent in enumerate(parents):
        if parent is None:
            whole(root)
    return hubs


def chain_hubs(first, after, a, b):
    """Hubs for the nodes from `first` to before `after` of a chain, |U| <= a, |V| <= b."""
    if first == after:
        return []
    hub = min(after, first + comb(a + b - 1, a)) - 1
    return [hub, *chain_hubs(first, hub, a, b - 1), *chain_hubs(hub + 1, after, a - 1, b)]


def longest(some):
    return max(map(len, some))


def instances(rng):
    for _ in range(8):
        n, recent = rng.integers(1, 30, size=2).tolist()
        parents = random_forest(rng, n, recent)
        found = matches(parents)
        for words, hubs in (("any", rng.permutation(n).tolist()), ("halving", halving(parents))):
            upper, lower = lists(parents, hubs)
            counts = [[len(upper[q] & lower[v]) for v in range(n)] for q in range(n)]
            expected = [[int(v in found[q]) for v in range(n)] for q in range(n)]
            name = f"{words} hubs of a forest of {n} nodes"
            yield instance(f"{name}: one in common, or none", counts == expected)
            yield instance(f"{name}: each node once", sorted(hubs) == list(range(n)))
        ends = 2 ** longest(upper), 2 ** longest(lower)
        yield instance(f"{n} nodes: lists of at most 1 + log2 n", max(ends) <= 2 * n)
    for a, b in ((1, 1), (1, 4), (4, 1), (2, 3), (3, 2), (3, 3)):
        n = len(range(1, comb(a + b, a)))
        chain = [None, *range(n)][:n]
        hubs = chain_hubs(0, n, a, b)
        upper, lower = lists(chain, hubs)
        yield instance(f"a chain, {a} and {b}: all nodes", sorted(hubs) == list(range(n)))
        yield instance(f"a chain, {a} and {b}", (longest(upper), longest(lower)) == (a, b))
    for n in range(1, 6):
        reached = set()
        for hubs in permutations(range(n)):
            upper, lower = lists([None, *range(n)][:n], hubs)
            reached.add((longest(upper), longest(lower)))
        enough = {(a, b) for a in range(1, 6) for b in range(1, 6) if comb(a + b, a) > n}
        yield instance(f"a chain of {n}: all orders need as much", reached <= enough)
