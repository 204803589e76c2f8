r"""Symmetric trees: invariant Gram matrices are those made of small positive semidefinite blocks.

A tree has n_a nodes on level a, each with w_{a+1} = n_{a+1}/n_a children. Queries and documents
are nodes; a pair of levels l and l' whose lowest common ancestor has level a has the score z_a
(for fixed l, l'; a = 0, ..., t = min(l, l'), and z_{-1} = 0).

*Blocks to scores.* Give siblings the vertices of a regular simplex, products -1/(w - 1), in a
space of each family's own, and node u the sum over its ancestors u_j of the vertex of u_j times a
vector p_j of its level; the root's vertex is 1. Nodes that meet at level a have the same ancestors
down to a, siblings at a + 1 and ancestors of different families below: so the score is z_a = P_0 +
... + P_a - P_{a+1}/(w_{a+1} - 1), without the last for a = t.

*Scores to blocks.* Let f live on level j, sum to zero over every family of siblings, and be lifted
to levels l and l' as the ancestor's value over the number of nodes below it. For a node u of level
l, sum z f over the n_{l'} nodes of level l': those that meet u at a >= j carry f(u_j), those at j
- 1 carry minus f(u_j) in all, the others cancel. What remains is B_j |f|^2 for B_j = n_j
sum_{a=j}^t (z_a - z_{a-1})/n_a, so B_j is positive semidefinite as a matrix over the levels and
P_j = (1 - n_{j-1}/n_j) B_j is too.

Nodes of one level may also be of several types, each node with the same number of children of each
type: then read types for levels. The formulas for a pair speak of the chain of types from the root
to the lowest one above both, and are the same.

The two are inverse to each other. So the largest margin of an invariant Gram matrix is found among
blocks; and averaging over the symmetries loses nothing, since it keeps unit rows, and every
constraint as it is the same for all pairs of an orbit (with thresholds by row, those of a level
are averaged too).
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
[[Let all nodes of level $l-1$ of a tree with $H$ levels have $w_l \ge 2$ children, and let $a$
be the level of the lowest common ancestor of two nodes of levels $l$ and $l'$.]] The Gram
matrices of queries and documents that the symmetries of the tree leave as they are, are those
with $z(l, l', a) = \sum_{j \le a} P_j(l, l') - @next$ (no last term for $a = \min(l, l')$),
where each $P_j$ is positive semidefinite over the levels of queries and of documents from $j$
on. Some embedding of largest margin has such a Gram matrix, for global thresholds and for
thresholds by row.
""",
    tex={"P": r"P_{a+1}(l, l')", "w": r"w_{a+1}"},
    next=NEXT / (WIDTH - 1),
)
ASSUMPTIONS = ("nodes of the same level have the same number of children",)
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
    rises = [(z - y) / n[a] for a, (y, z) in enumerate(pairs(scores))]
    siblings = n[j] - n[j - 1] if j else n[0]
    return siblings * sum(rises[j:])


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
    m = sp.Symbol("m", positive=True)  # siblings
    product = -1 / (m - 1)
    yield equal("the vertices of a simplex sum to 0", m * (1 + (m - 1) * product), 0)
    below = [*sp.symbols("N0:4"), 0]  # nodes of level l' below an ancestor of level a
    for j in levels:
        meets = sum((below[a] - below[a + 1]) * values[a] for a in levels[j:])
        cancelled = below[j] * values[j - 1] if j else 0
        rises = sum(below[a] * (z - y) for a, (y, z) in enumerate(pairs(values)) if a >= j)
        yield equal(f"the sum over a level, j = {j}", meets - cancelled, rises, sizes=SIZES)


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
