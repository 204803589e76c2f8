r"""Weighted trie: the codes of the Kraft trie, with a last bit that counts double if alone.

The codes are those of `kraft-trie`: c(v) is made of the words of the steps from the virtual root to
v, siblings' words are prefix-free, and a query has the code y of the deepest set that contains it.
Now document v weighs the places of its code: 1 each, but 2 for the last place if the last step's
word has this one place only. Let P(v) be the sum of the weights.

A match has all places right and scores P(v). A non-match either branches off, and is wrong in at
least one place, which takes twice the weight from P(v); or it ends above v, and then all places of
the last step at least are 0, whose weights sum to 2 or more: two places of weight 1, or one of
weight 2. Either way the score is at most P(v) - 2.

So P(v) - 1 is in the middle, the scores above it are 1 and at most -1, and the gap of 2 is the same
as for <y, c(v)> alone with twice its weights: 2<y, c(v)> - (2k - 1) has entries of 2 where this has
entries of 1. The squared length of the document's part is k(v), or k(v) + 3 with a double place,
where the Kraft trie has 4k(v).
"""

import sympy as sp

from ._forests import matches, random_tree
from .kit import at_least, at_most, equal, instance, stated
from .kraft_trie import codes

ID = "weighted-trie"
TITLE = "Tries with weights: scores P on matches and at most P - 2 elsewhere, in shorter rows"
P = sp.Symbol("P")
STATEMENT = stated(
    r"""
[[Let $c(v)$ be the codes of a Kraft trie of a laminar class, and let a document have weight 1 on
each place of its code, but 2 on the last place where the word of its last step is a single sign.
Let $P(v)$ be the sum of the weights.]] Then matches of $v$ score $P(v)$ and all other queries at
most $@other$.
""",
    tex={"P": r"P(v)"},
    other=P - 2,
)
ASSUMPTIONS = ("the sets D(v) of the class are pairwise nested or disjoint",)
SOURCE = "docs/theory/direct-sum.md"
STATUS = "proof on paper, formulas checked"


def steps():
    right, zero, wrong = sp.symbols("a e w", nonnegative=True)  # weights of the places

    def lost(zero, wrong):
        return zero + 2 * wrong

    score = sum(weight * product for weight, product in ((right, 1), (zero, 0), (wrong, -1)))
    total = sum((right, zero, wrong))
    yield equal("what is lost, of zeros and of wrong places", total - score, lost(zero, wrong))
    yield equal("a match loses nothing", lost(0, 0), 0)
    least, whole = {zero: 0, wrong: 0}, sp.Symbol("P", positive=True)
    yield at_least("one wrong place at least", lost(zero, 1 + wrong), 2, least)
    yield at_most("of P", whole - lost(zero, 1 + wrong), whole - 2, least, shows="other")
    yield at_least("zeros of weight 2 at least", lost(2 + zero, wrong), 2, least)
    places = sp.Symbol("m", integer=True, nonnegative=True)
    yield at_least("two places or more of weight 1", 2 + places, 2, {places: 0})
    ones = sp.Symbol("k", integer=True, positive=True)
    yield equal("one place of weight 2 adds 3 to the squares", (ones - 1) * 1**2 + 2**2, ones + 3)


def instances(rng):
    for _ in range(12):
        n, recent = rng.integers(2, 30, size=2).tolist()
        parents = random_tree(rng, n, recent)
        (_, code), found = codes(parents), matches(parents)
        right = []
        for v in range(n):
            weights = [1] * len(code[v])
            if v > 0 and len(code[v]) - len(code[parents[v]]) == 1:
                weights = [*weights[1:], 2]
            row = [a * b for a, b in zip(weights, code[v], strict=True)]
            for q in range(n):
                score = sum(a * b for a, b in zip(row, code[q], strict=False))
                matched = v in found[q]
                right.append(score == sum(weights) if matched else sum(weights) - score >= 2)
        yield instance(f"a tree of {n} nodes: all pairs", all(right))
