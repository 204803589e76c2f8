r"""Facts about spherical codes that blocks of documents use.

A code is a set of n unit words in b dimensions, mu the largest inner product of two of them.

*Simplex.* The squared length of the sum of all words is n + 2 sum_(i<j) <x_i, x_j>, at least 0 and
at most n + n(n - 1) mu. So mu >= -1/(n - 1), and mu = -1/b is least for n = b + 1 words. The
vectors n e_i - (1, ..., 1), scaled, attain it in the b = n - 1 dimensions orthogonal to (1, ...,
1).

*More than b + 1 words* have mu >= 0, which +-e_i attain for up to 2b words. For let all inner
products be negative. Project all words but one, w, to the complement of w: inner products stay
negative, as <x, y> - <x, w><y, w> is less than <x, y>, and none of the words becomes 0, since its
inner product with another is not 0, if there are two or more. One word and one dimension less:
b + 2 words would leave two words in dimension 0.

*A word for none.* Queries that match no document of a block may have a word of their own. Then all
scores of others are at most mu, and the gap is 1 - mu, where words without it have a gap of
1 - max(mu, 0): 2 instead of 1 for a block of one document, with words 1 and -1 in one dimension;
1 + 1/n instead of 1 for n documents, with a simplex in n dimensions.

*Slices of lattices.* In a lattice of least squared length d take the vectors of squared length N in
an affine subspace whose foot c (the point next to 0) has squared length p. They have the squared
length N - p from c, as c is orthogonal to the subspace. Two of them are at least d apart, so
<x - c, y - c> <= N - p - d/2, and mu <= 1 - d/(2(N - p)).

*Fixed coordinates.* Of words of signs with b places and inner products at most b mu, those that
have +1 in t places are words of signs in the other b - t places, with inner products at most b mu -
t: mu' = (b mu - t)/(b - t).
"""

from fractions import Fraction
from itertools import combinations, product

import sympy as sp

from .kit import at_most, equal, instance, kept, positive, stated

ID = "spherical-codes"
TITLE = "Spherical codes: least µ of few words, words for none, slices, fixed coordinates"
N = sp.Symbol("n")
D = sp.Symbol("d")
LONG = sp.Symbol("N")
P = sp.Symbol("p")
B = sp.Symbol("b")
MU = sp.Symbol("mu")
T = sp.Symbol("t")
STATEMENT = stated(
    r"""
[[Of $n \ge 2$ unit words]] some pair has an inner product of at least $@simplex$, attained by the
simplex; [[with more than $b+1$ of them in $b$ dimensions]] some pair has a nonnegative product.
[[A simplex with a word for queries that match nothing]] has the gap $@gap$ for $n$ documents in
$n$ dimensions. [[The vectors of squared length $N$ of a lattice of least squared length $d$ in
an affine subspace at squared distance $p < N$ from 0]] have $\mu \le @slices$ around its foot.
[[Words of $b$ signs with $t < b$ of them fixed at $+1$]] have $\mu' \le @fixed$ in $@left$
dimensions.
""",
    simplex=-1 / (N - 1),
    gap=1 + 1 / N,
    slices=1 - D / (2 * (LONG - P)),
    fixed=(B * MU - T) / (B - T),
    left=B - T,
)
ASSUMPTIONS = ()
SOURCE = "docs/theory/spherical-codes.md"
STATUS = "proof on paper, formulas checked"


def steps():
    n = 2 + sp.Symbol("n", integer=True, nonnegative=True)  # words
    mu, less = sp.symbols("mu e", nonnegative=True)
    pairs = n * (n - 1) / 2

    def least(n_words):
        return -1 / (n_words - 1)

    square = n + 2 * pairs * least(n)
    yield equal("with mu = -1/(n - 1) the sum has no length", sp.factor(square), 0)
    shorter = n + 2 * pairs * (least(n) - less)
    yield at_most("with less its square would be negative", sp.factor(shorter), 0, {less: 0})
    own, other = (n - 1) ** 2 + (n - 1), -2 * (n - 1) + (n - 2)
    yield equal("simplex: <x_i, x_j> over <x_i, x_i>", sp.factor(other / own), least(n))
    words = sp.Symbol("n", positive=True)
    given = words + 2 * (words * (words - 1) / 2) * mu
    yield equal("where the sum has no length", given.subs(mu, -1 / (words - 1)), 0)
    yield equal(
        "n(n - 1) times it", words * (words - 1) * kept(-1 / (words - 1)), -words, shows="simplex"
    )
    xy, xw, yw = sp.symbols("xy xw yw", positive=True)  # less the inner products
    x_part, y_part = {"x": 1, "w": xw}, {"y": 1, "w": yw}  # x + xw w, y + yw w
    dots = {("x", "y"): -xy, ("x", "w"): -xw, ("w", "y"): -yw, ("w", "w"): 1}
    projected = sum(a * b * dots[i, j] for i, a in x_part.items() for j, b in y_part.items())
    yield positive("projected, two words keep a negative inner product", -sp.expand(projected))
    count = sp.Symbol("n", integer=True, positive=True)
    gap = 1 - least(count + 1)
    yield equal(
        "n documents and a word for none are n + 1 words: the gap", gap, 1 + 1 / count, shows="gap"
    )
    yield equal("which for one document is 2", gap.subs(count, 1), 2)
    radius, apart, far = sp.symbols("r d f", nonnegative=True)  # r = N - p
    norm, foot = sp.symbols("N p", positive=True)
    yield equal("|x - c|^2 with <x, c> = |c|^2", norm - 2 * foot + foot, norm - foot)
    inner = (2 * radius - (apart + far)) / 2  # |x - y|^2 = d + f
    yield at_most("slices", inner, radius - apart / 2, {far: 0})
    yield equal("over the square of the radius", (norm - apart / 2) / norm, 1 - apart / (2 * norm))
    whole = sp.Symbol("N", positive=True)
    part = (whole - foot - apart / 2) / (whole - foot)
    yield equal("with N - p", part, 1 - apart / (2 * (whole - foot)), shows="slices")
    b, t = sp.symbols("b t", positive=True)
    yield equal(
        "of b - t places", kept((b * mu - t) / (b - t)) * (b - t), b * mu - t, shows="fixed"
    )
    yield equal("so many are left", b - t, (b + t) - 2 * t, shows="left")
    yield equal("t places give t", (t * 1 + (b * mu - t)) / b, mu)


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def largest(words):
    """mu, for words of one length."""
    if len({dot(x, x) for x in words}) > 1:
        raise ValueError("words of different lengths")
    return Fraction(max(dot(x, y) for x, y in combinations(words, 2)), dot(words[0], words[0]))


def instances(rng):
    for n in range(2, 8):
        words = [[n * (i == j) - 1 for j in range(n)] for i in range(n)]
        yield instance(f"simplex of {n} words", largest(words) * (1 - n) == 1)
        yield instance("orthogonal to ones", not any(map(sum, words)))
    # D4: integers of even sum, least squared length 2; x_1 = 1 is a slice of p = 1
    vectors = [x for x in product(range(5), repeat=4) if sum(x) % 2 == 0]
    for norm, fixed in ((2, 0), (4, 0), (2, 1), (4, 1), (6, 1)):
        around = [[a - 2 for a in x] for x in vectors]
        slice_ = [x for x in around if dot(x, x) == norm and (fixed == 0 or x[0] == fixed)]
        from_foot = [[x[0] * (fixed == 0), *x[1:]] for x in slice_]
        radius = norm - fixed**2
        yield instance(f"slice {norm}, {fixed}: radius", radius == dot(from_foot[0], from_foot[0]))
        mu, bound = largest(from_foot), 1 - Fraction(2, 2 * radius)
        yield instance(f"slice {norm}, {fixed}: mu", mu == bound if norm == 2 else mu <= bound)
    signs = [[2 * a - 1 for a in x] for x in product(range(2), repeat=6)]
    even = [x for x in signs if x.count(1) % 2 == 0]
    for words in (even, *(rng.permutation(signs)[:20].tolist() for _ in range(8))):
        kept = largest([x[1:] for x in words if x[0] == 1])
        bound = (6 * largest(words) - 1) / 5
        yield instance("one fixed place", kept == bound if words is even else kept <= bound)
