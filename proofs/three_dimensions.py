r"""Every tree in three dimensions at threshold 0, and when three are least.

*Upper part.* Number the nodes of a tree in preorder, each node before what is below it and the
subtrees of its children one after the other. Then the nodes at or below v are the positions
first(v) to first(v) + size(v) - 1, an interval: the first child's subtree starts just after v, each
further child's just after that of the one before, and the last ends where v's does. Queries
p |-> (u, u^2, 1) with u = 2p and documents (l + r, -1, -l r) with l = 2 first - 1,
r = 2 (first + size) - 1 score (u - l)(r - u), which is an integer, at least 1 inside and at most -3
outside (`interval-cover`).

*Lower part.* Let three queries each match a document of their own that the other two do not, and
let one more document x match all three. Suppose that vectors in the plane have these signs at
threshold 0. Divide each query by its positive score with x: nothing changes its signs. Now all
queries lie on the line <q, x> = 1, at q(t) = (x + t x')/|x|^2, where x' is x turned by a right
angle. Along this line every score is an affine function of t. The query in the middle is a weighted
mean of the other two, so its own document, negative on those, is negative on it, a contradiction.
If two queries coincide they cannot have different signs at all. If x matches none of the three,
take -x.

*What this does not say.* Three queries with a document each, and nothing else, are separated in the
plane at threshold 0 by three vectors at right angles of 120 degrees: the signed identity of size 3
has sign rank 2. A common document, such as a root, is needed, or a fourth query with a document of
its own, which the first three all miss. A threshold r other than 0 is a coordinate more that is
constant on the queries, hence a document that scores alike on all of them, so d + 1 >= 3.

*Machine-checked*, statement included: `every_forest_in_three_integers` in
`proofs/rocq/three_dimensions.v`, of a forest given by parents, and the lower part in
`proofs/rocq/three_are_least.v`, where the plane is that of any ordered ring without divisors of
zero.
"""

import numpy as np
import sympy as sp

from ._forests import matches, preorder, random_tree, sizes
from .kit import at_least, at_most, coordinates, equal, instance, positive, stated

ID = "three-dimensions"
TITLE = "Every tree fits in 3 dimensions at threshold 0, and no tree of three leaves in 2"
STATEMENT = stated(
    r"""
Every tree is separated at threshold 0 in $d = @tree$ dimensions, in integers. [[If three queries
each match a document of their own that the other two do not,]] then $d \ge @plain$ at any
threshold, and $d \ge @common$ at threshold 0 [[if besides some document matches all three or
none of them]]. So $@common$ is least there for every tree [[with three leaves or more, and for
any four queries with a document each]]. [[For three queries with a document each and nothing
besides,]] $d = @plain$ suffices at threshold 0.
""",
    tree=3,
    plain=2,
    common=3,
)
ASSUMPTIONS = ("lower part: one threshold for all queries",)
SOURCE = "docs/theory/interval.md"
STATUS = "proof on paper, formulas checked"
ROCQ = (
    ("three_dimensions.v", "every_forest_in_three_integers"),
    ("three_are_least.v", "not_in_the_plane"),
    ("three_are_least.v", "no_tree_of_three_leaves_in_the_plane"),
    ("three_are_least.v", "not_on_a_line"),
    ("three_are_least.v", "three_queries_fit_in_the_plane"),
)


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def steps():
    def last(position, n_below):
        return position + n_below - 1

    first, size, before = sp.symbols("first size before", integer=True, nonnegative=True)
    u, left, right = 2 * before, 2 * first - 1, 2 * last(first, size) + 1
    score = u * (left + right) - u**2 - left * right
    yield equal("the score is a product", score, (u - left) * (right - u))
    other, one = sp.symbols("size2 one", integer=True, nonnegative=True)
    child = first + 1
    sibling = child + size
    yield equal("a child starts after its sibling before ends", sibling, last(child, size) + 1)
    ends, whole = last(sibling, other), last(first, 1 + size + other)
    yield equal("the last child ends where the parent does", ends, whole)
    inside = score.subs({before: first + one, size: one + other + 1})
    yield at_least("inside the score is at least 1", inside, 1, {one: 0, other: 0})
    nearest = {one: 0, other: 0}
    above = score.subs({before: first + size + one}).subs(size, 1 + other)
    yield at_most("beyond the last, it is at most -3", above, -3, nearest)
    below = score.subs({first: before + 1 + one, size: 1 + other})
    yield at_most("before the first, too", below, -3, nearest)

    yield coordinates(
        "an interval class: two coordinates, and the shared one", 2, 1, 1, shows="tree"
    )

    x1, x2, y1, y2, q1, q2, t = sp.symbols("x1 x2 y1 y2 q1 q2 t", real=True)
    length = x1**2 + x2**2
    x, turned, query = (x1, x2), (-x2, x1), (q1, q2)
    yield equal("x' is orthogonal to x", dot(turned, x), 0)
    yield equal("and as long", dot(turned, turned), length)
    for k in range(2):
        here = dot(query, x) * x[k] + dot(query, turned) * turned[k]
        yield equal(f"x and x' span the plane, coordinate {k}", here, length * query[k])

    def on_line(at):
        return tuple((a + at * b) / length for a, b in zip(x, turned, strict=True))

    yield equal("q(t) scores 1 with x", dot(on_line(t), x), 1)
    yield equal("and t with x'", dot(on_line(t), turned), t)
    a, b, lost, missed = sp.symbols("a b e f", positive=True)
    yield equal(
        "a score at the middle is the weighted mean of those at the ends",
        (a + b) * dot(on_line(t + a), (y1, y2)),
        b * dot(on_line(t), (y1, y2)) + a * dot(on_line(t + a + b), (y1, y2)),
    )
    middle = (b * -lost + a * -missed) / (a + b)
    yield positive("which is negative if both are", -middle)
    more = sp.Symbol("s", integer=True, nonnegative=True)
    yield at_least("so not the plane at threshold 0", 2 + 1 + more, 3, {more: 0}, shows="common")
    words = "a threshold other than 0 is one coordinate"
    yield at_least(words, (3 + more) - 1, 2, {more: 0}, shows="plain")
    three = sp.Matrix([[2, -1, -1], [0, sp.sqrt(3), -sp.sqrt(3)]])
    for i in range(3):
        for j in range(3):
            product, sign = three[:, i].dot(three[:, j]), 4 if i == j else -2
            yield equal(f"three vectors in the plane, {i} and {j}", product, sign)


def instances(rng):
    for _ in range(10):
        nodes, recent = rng.integers(2, 16, size=2).tolist()
        parents = random_tree(rng, nodes, recent)
        position, size, found = preorder(parents), sizes(parents), matches(parents)
        right = []
        for q in range(nodes):
            u, scores = 2 * position[q], []
            for p, s in zip(position, size, strict=True):
                low, high = 2 * p - 1, 2 * (p + s) - 1
                scores.append(u * (low + high) - u**2 - low * high)
            right.append([s >= 1 for s in scores] == [v in found[q] for v in range(nodes)])
        yield instance(f"a tree of {nodes} nodes: all pairs", all(right))
    draws = np.subtract(rng.integers(0, 41, size=(7, 20000, 2)), 20)
    queries, documents, common = draws[:3], draws[3:6], draws[6]
    signs = np.sign(np.einsum("ink,jnk->ijn", queries, documents))
    own, other = np.eye(3, dtype=bool), ~np.eye(3, dtype=bool)
    identity = np.all(signs[own] > 0, axis=0) & np.all(signs[other] < 0, axis=0)
    with_common = np.einsum("ink,nk->in", queries, common)
    alike = np.all(with_common > 0, axis=0) | np.all(with_common < 0, axis=0)
    yield instance("some integers in the plane realise the signed identity", any(identity))
    yield instance("none of them with a document in common", not any(identity & alike))
