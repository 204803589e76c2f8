r"""Block code: blocks of documents that no query matches twice, each a spherical code.

Block i has a unit word for each document, inner products of different words are at most mu_i, where
0 <= mu_i < 1. Put alpha_i = 1/(1 - mu_i) and T_i = alpha_i - 1/2. A document has its word in the
coordinates of its block and -T_i/beta last; a query has, for each block, alpha_i times the word of
the document that it matches there, or 0 if it matches none, and beta last.

A match scores alpha_i - T_i = 1/2. A non-match scores at most alpha_i mu_i - T_i = -1/2 if the
query matches another document of the block, and -T_i <= -1/2 if it matches none.

With Q the largest sum of alpha_i^2 over the blocks of a query, and T the largest T_i, queries are
no longer than sqrt(Q + beta^2) and documents no longer than sqrt(1 + T^2/beta^2). The product is
least, sqrt Q + T, for beta^2 = T sqrt Q. Scaling rows to unit length divides every score by at most
that.
"""

from fractions import Fraction

import sympy as sp

from .kit import at_least, at_most, equal, instance, kept, stated

ID = "block-code"
TITLE = "Blocks as spherical codes: margin (1/2)/(√Q + T) in 1 + Σ bᵢ dimensions"
HALF = sp.Rational(1, 2)
ROOT = sp.Symbol("sqrt_Q")
T = sp.Symbol("T")
STATEMENT = stated(
    r"""
[[Split the documents into blocks such that no query matches two of a block, and give block $i$ a
code of unit words in $b_i$ dimensions with inner products at most $\mu_i$, $0 \le \mu_i < 1$.
Put $\alpha_i = 1/(1-\mu_i)$, $T = \max_i \alpha_i - 1/2$ and $Q$ for the largest sum of
$\alpha_i^2$ over the blocks in which a query matches a document; $d = 1 + \sum_i b_i$.]] Then
$d$ dimensions and threshold 0 separate all pairs, with matches at $@match$ and all others at
most $@other$; the normalised margin is at least $@margin$.
""",
    tex={"sqrt_Q": r"\sqrt{Q}"},
    match=HALF,
    other=-HALF,
    margin=HALF / (ROOT + T),
)
ASSUMPTIONS = ("no query matches two documents of a block", "some query matches a document")
SOURCE = "docs/theory/direct-sum.md"
STATUS = "proof on paper, formulas checked"


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def score(mu, product, beta):
    alpha = 1 / (1 - mu)
    shift = alpha - sp.Rational(1, 2)
    return alpha * product + beta * (-shift / beta)


def steps():
    beta, root, shift = sp.symbols("beta sqrt_Q T", positive=True)
    less = sp.Symbol("e", nonnegative=True)
    mu = less / (1 + less)  # every number from 0 on below 1
    half = sp.Rational(1, 2)
    match = score(mu, kept(1), beta)
    yield equal("a match has product 1", match, half, shows="match")
    below = sp.Symbol("f", nonnegative=True)
    other = score(mu, mu - below, beta)
    yield at_most("another word of the block has product at most mu", other, -half, {below: 0})
    none = score(mu, 0, beta)
    yield at_most("no word, product 0", none, -half, {less: 0}, shows="other")
    squares = (root**2 + beta**2) * (1 + shift**2 / beta**2)
    excess = sp.factor(squares - (root + shift) ** 2)
    best = {beta: sp.sqrt(root * shift)}
    yield at_least("the lengths' product is at least sqrt Q + T, attained", excess, 0, best)
    lengths = sp.sqrt(sp.factor(squares.subs(best)))
    yield equal("the margin", half / lengths, half / (root + shift), shows="margin")


def instances(rng):
    for _ in range(12):
        blocks, half = [], Fraction(1, 2)
        for n in rng.integers(1, 5, size=3).tolist():
            # (1 - t^2, 2t)/(1 + t^2) for different fractions t: rational points of the circle
            ratios = [Fraction(t, 7) for t in rng.choice(30, size=n, replace=False).tolist()]
            words = [((1 - t**2) / (1 + t**2), 2 * t / (1 + t**2)) for t in ratios]
            products = [dot(x, y) for i, x in enumerate(words) for y in words[:i]]
            blocks.append((words, 1 / (1 - max([Fraction(0), *products]))))
        beta = Fraction(int(rng.integers(1, 20)), 5)
        scores, lengths = [], []
        for words, alpha in blocks:
            shift = alpha - half
            parts = [[alpha * x for x in word] for word in [*words, (0, 0)]]
            for i, part in enumerate(parts):
                for v, word in enumerate(words):
                    document = (*word, -shift / beta)
                    score = dot((*part, beta), document)
                    scores.append(score == half if v == i else -score >= half)
                    lengths.append(dot(document, document) == 1 + (shift / beta) ** 2)
                lengths.append(dot(part, part) in (alpha**2, 0))
        yield instance("all scores", all(scores))
        yield instance("all lengths", all(lengths))
