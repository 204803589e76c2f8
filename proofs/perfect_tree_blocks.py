r"""Trees with symmetries: invariant Gram matrices are those made of small blocks.

The nodes of a tree are of types, which form a tree themselves: every node of the type above b has
w_b >= 1 children of type b. There are n_a nodes of type a. Queries and documents are nodes. The
symmetries swap siblings of a type with all that is below them. Two nodes of types s and t, with a
lowest common ancestor of type a, go to all other such pairs: an orbit, with a score z_a. Let g be
the lowest type above s and t, or equal to one, and c the type next to a on the way to g: an orbit
with a above g is there if w_c >= 2. On the chain of types from the root to g, z_{-1} = 0. In a
symmetric tree, types are levels.

*Blocks to scores.* For every b with w_b >= 2, and for the root, let P_b be positive semidefinite
over the queries and documents of the types b and below, the products of vectors p_b. Give siblings
of type b the vertices of a regular simplex, products -1/(w_b - 1), in a space of each family's own,
and node u the sum over these b of the vertex of its ancestor u_b times p_b of its type; the root's
vertex is 1. Nodes that meet at a have the same ancestors down to a, siblings of type c next, and
below that ancestors of different families: the score is z_a = (sum of P_b, b down to a) - P_c/(w_c
- 1), without the last for a = g. So every choice of blocks is an invariant Gram matrix.

*Scores to blocks.* Let f live on type b, sum to zero over every family of siblings (or be constant,
for the root), and be lifted to the types s and t below as the ancestor's value over the number of
nodes below it. For a node u of type s, sum z f over the n_t nodes of type t: those that meet u at b
or below carry f(u_b), those at the type above b carry minus f(u_b) in all, the others cancel. What
remains is B_b |f|^2 for B_b = n_b sum_{a from b to g} (z_a - z_{above a})/n_a, so B_b is positive
semidefinite over the types and P_b = (1 - n_{above b}/n_b) B_b is too. Where w_a = 1, n_a is that
of the type above, and the orbit that is not there cancels: the sum runs over the others. The two
are inverse to each other.

*The largest margin* of an invariant Gram matrix is so found among blocks. Averaging over the
symmetries loses nothing: it keeps unit rows, and every constraint, which is the same for all pairs
of an orbit (with thresholds by row, those of a type are averaged too).

*For a ceiling* one direction is enough, from blocks to the whole. Let sigma lambda be signed
weights of orbits, y a number for every type of queries and of documents, and A_b(s, t) the sum of
sigma lambda over the orbits that meet at b or below, less that of the orbit that meets above b over
w_b - 1. Spread every weight evenly over its orbit and y over its type. Functions on the nodes of a
type s split into lifts, without factors, of those that live on some b, orthogonal to each other
(sums of families, sums of these, and so on; for w_b = 1 there are none). On lifts of one f with q =
|f|^2, to types with m_s nodes below each of type b, the spread matrix has the form of Diag(y) - A_b
times q/n_b: y/n_s on n_s/n_b q; a weight over n_b K pairs on q K; and for siblings a weight over
n_b (w_b - 1) m_s m_t pairs on the sum of f(u) f(u') over siblings u, u' times m_s m_t, which is
-q m_s m_t. Between lifts of different functions, orthogonal ones or of different b, the products
sum to 0. So if all Diag(y) - A_b are positive semidefinite, the whole matrix is, and weak duality
(proof `sdp-weak-duality`) says the rest.

*The limit.* Let all w_b grow. Without the last term simplices become orthonormal
vectors, whose products of siblings are 0: a subset of these serves every tree of these types, so
none has less than the margin e of the limit. Conversely let blocks for w = 2, 3, ... have margins
e_w. P_b(i, i) sums to 1 over b, so blocks are bounded, and some sequence of them converges, with a
threshold; in the constraints P_c/(w - 1) vanishes, so the limit's blocks have the limit of e_w as
their margin. That is at most e: so e is the infimum.
"""

from fractions import Fraction

import sympy as sp

from .kit import equal, instance, stated

ID = "perfect-tree-blocks"
TITLE = "The symmetries of a tree reduce its semidefinite programme to blocks of size 2H"
NEXT = sp.Symbol("P")
WIDTH = sp.Symbol("w")
STATEMENT = stated(
    r"""
[[Let the nodes of a tree be of types that form a tree, every node of the type above $b$ with
$w_b \ge 1$ children of type $b$; let $a$ be the type of the lowest common ancestor of two nodes of
types $s$ and $t$, and $c$ the type next to $a$ on the way to both.]] The Gram matrices of queries
and documents that the symmetries of the tree leave as they are, are those with $z(s, t, a) =
\sum_{b \le a} P_b(s, t) - @next$ (no last term if there is no such $c$), where each $P_b$ is
positive semidefinite over the types of queries and of documents from $b$ on, [[$b$ the root or
$w_b \ge 2$]]. Some embedding of largest margin has such a Gram matrix, for global thresholds and
for thresholds by row. Without the last term the largest margin is the infimum over all $w$. If
multipliers make all blocks positive semidefinite, they do so with the whole matrix.
""",
    tex={"P": "P_c(s, t)", "w": "w_c"},
    next=NEXT / (WIDTH - 1),
)
ASSUMPTIONS = ("nodes of the same type have the same number of children of each type",)
SOURCE = "docs/theory/ceiling.md; hrgeom/bounds/ceilings/_perfect_tree_blocks.py"
STATUS = "proof on paper, formulas checked"
LAST = 3  # the deepest common level of a pair that is written out
SIZES = "chains of 4 levels"


def score(blocks, w, meet):
    """Return z at a meet: blocks[j] is P_j, w[j] the number of siblings on level j."""
    above = sum(blocks[: meet + 1])
    return above - blocks[meet + 1] / (w[meet + 1] - 1) if meet < LAST else above


def block(scores, n, j):
    """Return P_j of scores[a] = z_a, n[a] the number of nodes on level a."""
    siblings = n[j] - n[j - 1] if j else n[0]
    return siblings * sum(rises(n, scores)[j:])


def steps():
    levels = range(LAST + 1)
    w = [1, *sp.symbols("w1:4", positive=True)]
    n = [sp.prod(w[: a + 1]) for a in levels]
    blocks = sp.symbols("P0:4", real=True)
    scores = [score(blocks, w, a) for a in levels]
    for j in levels:
        yield equal(
            f"P_{j} comes back from its scores", block(scores, n, j), blocks[j], sizes=SIZES
        )
    values = sp.symbols("z0:4", real=True)
    back = [block(values, n, j) for j in levels]
    for a in levels:
        yield equal(f"z_{a} comes back from its blocks", score(back, w, a), values[a], sizes=SIZES)

    for p, width, a in zip(blocks[1:], w[1:], levels, strict=False):
        lost = (sum(blocks[: a + 1]) - scores[a]).subs({p: NEXT, width: WIDTH})
        part = NEXT / (WIDTH - 1)
        yield equal(f"what z_{a} lacks", lost, part, shows="next", sizes=SIZES)
    yield equal("it vanishes as w grows", sp.limit(part, WIDTH, sp.oo), 0)
    m = sp.Symbol("m", positive=True)  # siblings
    product = -1 / (m - 1)
    yield equal("the vertices of a simplex sum to 0", m * (1 + (m - 1) * product), 0)
    for j in levels[1:]:
        # branching 1: as many nodes as on the level above, and the score in between is left out
        single = sum(rises([*n[:j], n[j - 1], *n[j + 1 :]], values))
        fewer = sum(rises([*n[:j], *n[j + 1 :]], [*values[: j - 1], *values[j:]]))
        yield equal(f"branching 1 at level {j}", single, fewer, sizes=SIZES)
    yield from from_blocks_to_the_whole()
    below = [*sp.symbols("N0:4"), 0]  # nodes of level l' below an ancestor of level a
    for j in levels:
        meets = sum((below[a] - below[a + 1]) * values[a] for a in levels[j:])
        cancelled = below[j] * values[j - 1] if j else 0
        risen = sum(below[a] * (z - y) for a, (y, z) in enumerate(pairs(values)) if a >= j)
        yield equal(f"the sum over a level, j = {j}", meets - cancelled, risen, sizes=SIZES)


def rises(n, values):
    """Return the rises of the values, each over a number of nodes."""
    return [(z - y) / n_a for n_a, (y, z) in zip(n, pairs(values), strict=True)]


def from_blocks_to_the_whole():
    """Yield the form of the spread matrix on lifts of one function, q its squared length."""
    n, q, first, second, inside = sp.symbols("n_b q m_s m_t K", positive=True)
    y, weight = sp.symbols("y lambda", real=True)
    yield equal("lifts: y", y / (n * first) * (first * q), q / n * y)
    yield equal("lifts: a meet below", weight / (n * inside) * (q * inside), q / n * weight)
    total = sp.Symbol("F", real=True)  # of f over a family, which is 0
    siblings = (total**2 - q).subs(total, 0)
    spread = weight / (n * (WIDTH - 1) * first * second)
    part = spread * siblings * first * second
    yield equal("lifts: a meet above", part, -q / n * weight / (WIDTH - 1))


def pairs(values):
    """Return every value with the one before it, 0 before the first."""
    return list(zip([0, *values], values, strict=False))


def instances(rng):
    for _ in range(3):
        w = [1, *(int(x) for x in rng.integers(2, 4, size=2))]
        nodes = [(i, j) for i in range(w[1]) for j in range(w[2])]
        z = [Fraction(int(x)) for x in rng.integers(1, 9, size=3)]
        n = [1, w[1], w[1] * w[2]]
        matrix = [[z[meet(u, v)] for v in nodes] for u in nodes]
        words = f"leaves of the tree {w[1:]}"
        eigenvectors = {
            0: [1] * len(nodes),
            1: [(u[0] == 0) - (u[0] == 1) for u in nodes],
            2: [(u == (0, 0)) - (u == (0, 1)) for u in nodes],
        }
        for j, vector in eigenvectors.items():
            image = [sum(x * y for x, y in zip(row, vector, strict=True)) for row in matrix]
            siblings = Fraction(n[j] - n[j - 1]) if j else Fraction(1)
            eigenvalue = block(z, n, j) / siblings * n[2]
            yield instance(f"{words}: block {j}", image == [eigenvalue * x for x in vector])


def meet(u, v):
    return 2 if u == v else int(u[0] == v[0])
