r"""Kraft trie: a laminar class as a prefix code, scores of 1 and at most -1.

*Heights.* The sets D(v) of a class are a forest by inclusion, under a virtual root. Leaves have
height 0, and h(v) = max(1 + max h(c), ceil log2 sum 2^h(c)) over the children c of v. A child's
word is to have h(v) - h(c) >= 1 signs. The lengths meet Kraft's inequality: sum 2^-(h(v) - h(c)) <=
1.

*Words.* Take the children by descending height, so by ascending length of their words, and let F(c)
be the sum of 2^-length over those before c. It is a multiple of 2^-length(c), because all terms
are, and at most 1 - 2^-length(c). So length(c) binary digits write it: the word of c, 0 for -1 and
1 for +1. The words are prefix-free: a later child's F is larger by at least 2^-length(c), so its
first length(c) digits make another number.

*Scores.* The words on the way from the virtual root to v make its code c(v), of k(v) signs, zeros
beyond. A query has the code y of the deepest set of the class that contains it, and zeros if none
does. The score of v is 2<y, c(v)> - (2k(v) - 1). If the query matches v, then v is at or above the
deepest set, y begins with c(v), and all k(v) products are 1. If not, either the deepest set is
above v and y is 0 where c(v) goes on, or the way to it branches off the way to v; then the words of
two siblings differ where both have signs. So of the products e >= 0 are 0 and w >= 0 are -1, with e
+ w >= 1.

*Height of a tree.* 2^h(v) <= 2^(L - 1) l, for L levels and l leaves at and below v: it is so for a
leaf, and passes from the children to v in either case of the maximum. A tree whose root holds all
others needs no virtual root, and so h <= (H - 1) + log2(number of leaves). No height can be less
than H - 1 or than log2(number of leaves).

Classes lie side by side; all share the coordinate of 2k(v) - 1. So d = 1 + the sum of the heights.

*Machine-checked*, statement included: `laminar_classes_in_1_plus_heights_integers` in
`proofs/rocq/kraft_classes.v` and `height_of_a_tree` in `proofs/rocq/kraft_height.v`; for a tree
without a virtual root `every_tree_in_1_plus_height_integers` in `proofs/rocq/kraft_tree.v`. They
say that such codes exist, not that the library's are these.
"""

from itertools import count

import sympy as sp

from ._forests import children, matches, random_tree
from .kit import at_least, at_most, equal, instance, kept, stated

ID = "kraft-trie"
TITLE = "Laminar classes as tries: integer scores, 1 on matches and at most -1 elsewhere"
H = sp.Symbol("H")
L = sp.Symbol("l")
STATEMENT = stated(
    r"""
[[Split the documents into laminar classes, each a forest under a virtual root, and put $h = 0$
for leaves and $h(v) = \max(1 + \max_c h(c), \lceil\log_2\sum_c 2^{h(c)}\rceil)$ over the
children $c$ of $v$; $d$ is 1 more than the sum of the virtual roots' heights, or
than the height of a single tree, which needs none.]] Then $d$
dimensions separate all pairs with threshold 0, in integers: matches score exactly $@match$, all
others at most $@other$. A tree with $H$ levels and $l$ leaves has height at most $@height$, and
at least $@levels$ and $@logs$.
""",
    match=1,
    other=-1,
    height=H - 1 + sp.log(L, 2),
    levels=H - 1,
    logs=sp.log(L, 2),
)
ASSUMPTIONS = ("in each class the sets D(v) are pairwise nested or disjoint",)
SOURCE = "docs/theory/trie.md"
STATUS = "proof on paper, formulas checked"
ROCQ = (
    ("kraft_classes.v", "laminar_classes_in_1_plus_heights_integers"),
    ("kraft_classes.v", "every_forest_in_1_plus_height_integers"),
    ("kraft_tree.v", "every_tree_in_1_plus_height_integers"),
    ("kraft_height.v", "height_of_a_tree"),
)


def score(n_right, n_zero, n_wrong):
    length = n_right + n_zero + n_wrong
    return 2 * (n_right - n_wrong) - (2 * length - 1)


def steps():
    top, low, more = sp.symbols("h c e", integer=True, nonnegative=True)
    total = sp.Symbol("sum", positive=True)  # of 2^h(c) over the children
    yield equal("a word's share, summed", total * 2 ** -(top - low) / 2**low, total / 2**top)
    room = total + more  # 2^h(v), by its definition at least the sum
    yield at_most("so all shares are at most 1", total / room, 1, {more: 0})

    number, length, longer = sp.symbols("F i j", integer=True, nonnegative=True)
    first, extra = number * 2**-length, sp.Symbol("x", nonnegative=True)
    finer = number * 2**longer / 2 ** (length + longer)
    yield equal("a multiple of 2^-i is one of 2^-(i + j)", first, finer)
    later = first + (1 + extra) * 2**-length
    digits = sp.expand(later * 2**length)
    yield at_least("a later word begins with a larger number", digits, number + 1, {extra: 0})

    n_right, n_zero, n_wrong = sp.symbols("a e w", integer=True, nonnegative=True)
    yield equal("a match: all products are 1", score(kept(n_right), 0, 0), 1, shows="match")
    some, none = {n_zero: 0, n_wrong: 0}, score(n_right, 1 + n_zero, n_wrong)
    yield at_most("a query that ends above v, at least one is 0", none, -1, some, shows="other")
    other = score(n_right, n_zero, 1 + n_wrong)
    yield at_most("one that branches off, at least one is -1", other, -3, some)

    levels = sp.Symbol("L", integer=True, positive=True)  # at and below the children
    leaves, spread = sp.symbols("l s", nonnegative=True)

    def bound(n_levels, n_leaves):
        return 2 ** (n_levels - 1) * n_leaves

    yield equal("a leaf", 2**0, bound(1, 1))
    n_levels, n_leaves = sp.symbols("H l", positive=True)
    exponent = sp.expand_log(sp.log(bound(n_levels, n_leaves)) / sp.log(2))
    yield equal(
        "the bound's logarithm", exponent, n_levels - 1 + sp.log(n_leaves, 2), shows="height"
    )
    steps_down = sp.Sum(1, (sp.Symbol("i"), 2, n_levels))
    yield equal(
        "a level more is at least one place more", steps_down.doit(), n_levels - 1, shows="levels"
    )
    taller = sp.Symbol("t", nonnegative=True)
    words = "l words without prefixes: 2^h is at least l"
    yield at_least(
        words, sp.log(n_leaves, 2) + taller, sp.log(n_leaves, 2), {taller: 0}, shows="logs"
    )
    yield at_most(
        "the highest child doubled, its leaves among those of v",
        2 * bound(levels, leaves),
        bound(levels + 1, leaves + spread),
        {spread: 0},
    )
    yield at_most(
        "less than twice the sum, each summand bounded with as many levels and its own leaves",
        2 * (bound(levels, leaves) + bound(levels, spread)),
        bound(levels + 1, leaves + spread),
        {leaves: 0},
    )


def codes(parents):
    """Heights, and the codes that the proof describes."""
    n, below = len(parents), children(parents)
    height = [0] * n
    for v in reversed(range(n)):
        sums = sum(2 ** height[c] for c in below[v])
        least = next(e for e in count() if 2**e >= sums)
        height[v] = max([least, *(1 + height[c] for c in below[v])])
    code = [()] * n
    for v in range(n):
        used = 0
        for c in sorted(below[v], key=height.__getitem__, reverse=True):
            n_signs = height[v] - height[c]
            word = f"{used >> height[c]:0{n_signs}b}"
            code[c] = code[v] + tuple(2 * int(digit) - 1 for digit in word)
            used += 2 ** height[c]
    return height, code


def instances(rng):
    for _ in range(12):
        n, recent = rng.integers(2, 30, size=2).tolist()
        parents = random_tree(rng, n, recent)
        (height, code), found = codes(parents), matches(parents)
        right = []
        for q in range(n):
            for v in range(n):
                products = [a * b for a, b in zip(code[q], code[v], strict=False)]
                here = 2 * sum(products) - (2 * len(code[v]) - 1)
                right.append(here == 1 if v in found[q] else here < 0)
        words = f"a tree of {n} nodes"
        yield instance(f"{words}: all pairs", all(right))
        levels, leaves = max(map(len, found)), n - len({p for p in parents if p is not None})
        top, power = height[0], 2 ** height[0]
        yield instance(
            f"{words}: no code is longer than the height", len(max(code, key=len)) <= top
        )
        yield instance(f"{words}: the height is at most the bound", 2 * power <= 2**levels * leaves)
        yield instance(f"{words}: and at least its parts", top + 1 >= levels and power >= leaves)
