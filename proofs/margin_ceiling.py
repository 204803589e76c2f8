r"""Queries for all k-subsets of m documents: the largest margin, attained by a simplex.

Let unit documents x_i and, for every set S of k of them, a query q of length 1 be given. The worst
match is at most the mean of the matches, the best non-match at least the mean of the others: so
the full gap is at most the product of q with c_S = sum a_i x_i, where a_i = 1/k in S and -1/(m -
k) outside, and hence at most |c_S|. Over a random S, each a_i has the same mean square, and so has
each product of two, which follows from sum a_i = 0. With t = |sum x_i|^2 this gives the mean of
|c_S|^2, at most (m/sqrt(k(m - 1)(m - k)))^2. Some S has a gap of at most the root, and its margin
is half of it, with thresholds by row, the more so with one threshold.

Simplex: with <x_i, x_j> = -1/(m - 1), all |c_S| are equal and sum x_i = 0. The sum over S has one
product with every match and one with every other, and its normalised gap is the bound.

That last quotient is m/sqrt(k(m - k)(m - 1)), the middle term of a proof for the simplex. Its
square is derived here, and every form with one of the three factors lost, or written twice, is
shown to differ from it.
"""

import itertools
from fractions import Fraction

import sympy as sp

from .kit import Step, at_most, equal, instance, kept, stated

ID = "margin-ceiling"
TITLE = (
    "All k-subsets of m documents: no margin above m/(2√(k(m − 1)(m − k))), and a simplex has it"
)
M = sp.Symbol("m", positive=True)
K = sp.Symbol("k", positive=True)
STATEMENT = stated(
    r"""
[[Let $0 < k < m$, let $m$ documents be unit vectors, and let every set of $k$ of them have a
unit query.]] In no dimension, with thresholds by row or global, is the normalised margin larger
than $@margin$. The regular simplex in $@dim$ dimensions attains it with a threshold for all.
""",
    margin=M / (2 * sp.sqrt(K * (M - 1) * (M - K))),
    dim=M - 1,
)
ASSUMPTIONS = ("every set of k documents has a query", "rows of length at most 1")
SOURCE = "Wang et al. 2026, arXiv:2601.20844 (full gap: twice this); docs/theory/ceiling.md"
STATUS = "proof on paper, formulas checked"


def coefficients(m, k):
    """Return a_i inside S and outside."""
    return 1 / sp.sympify(k), -1 / sp.sympify(m - k)


def square_of_gap(m, k):
    """Return the square of Wang's number, the full gap."""
    return m**2 / sp.sympify(k * (m - 1) * (m - k))


def steps():
    k, others = sp.symbols("k l", positive=True)  # others = m - k
    m = k + others
    t = sp.Symbol("t", nonnegative=True)
    inside, outside = coefficients(m, k)
    total = k * inside + others * outside
    yield equal("the coefficients sum to 0", total, 0)
    square = (k * inside**2 + others * outside**2) / m
    yield equal("their mean square", square, 1 / (k * others))
    product = (total**2 - m * square) / (m * (m - 1))
    yield equal("their mean product", product, -1 / (k * others * (m - 1)))
    mean = m * square + (t - m) * product
    yield equal("the mean of |c_S|^2", mean, (m**2 - t) / (k * others * (m - 1)))
    documents = sp.Symbol("m", positive=True)
    difference = square_of_gap(m, k) - mean
    yield equal("is below the bound by", difference, t / (k * others * (m - 1)))
    size, part = sp.symbols("m k", positive=True)
    half_gap = size / (2 * sp.sqrt(part * (size - 1) * (size - part)))
    yield equal(
        "the margin is half the root",
        4 * kept(half_gap) ** 2,
        square_of_gap(size, part),
        shows="margin",
    )
    yield equal(
        "eigenvalues m/(m - 1) of trace m: so many",
        size / (size / (size - 1)),
        size - 1,
        shows="dim",
    )
    many = {k: 1 + documents}  # then m > 1
    yield at_most("which is not negative", mean.subs(many), square_of_gap(m, k).subs(many), {t: 0})

    score = -1 / (m - 1)  # of two vertices
    match, other = 1 + (k - 1) * score, k * score
    yield equal("a match of the sum over S", match, others / (m - 1))
    yield equal("another document", other, -k / (m - 1))
    yield equal("the gap of the sum", match - other, m / (m - 1))
    length = k * match
    yield equal("the square of its length", length, k * others / (m - 1))
    middle = (match - other) ** 2 / length
    yield equal("the gap of a simplex is the bound", middle, square_of_gap(m, k))
    factors = (k, others, m - 1)
    yield equal("the middle term", middle, m**2 / sp.prod(factors))
    for chosen in itertools.product((0, 1, 2), repeat=3):
        if chosen != (1, 1, 1):
            form = m**2 / sp.prod(f**n for f, n in zip(factors, chosen, strict=True))
            words = f"not with k, m - k, m - 1 to the powers {chosen} instead"
            yield differs(words, form, middle, {k: 2, others: 5})

    wide = sp.Symbol("s", positive=True)
    limit = sp.limit(square_of_gap(wide, k), wide, sp.oo)
    yield equal("for large m the full gap tends to 1/sqrt k", limit, 1 / k)


def differs(words, left, right, values):
    """Return the step that two expressions differ at some values."""
    at = [sp.sympify(e).subs(values) for e in (left, right)]
    return Step(words, at[0] != at[1], "symbolic")


PRINTED = {
    (20, 2): "0.7647",
    (240, 2): "0.7116",
    (82115, 2): "0.7071",
    (82115, 10): "0.3162",
    (82115, 35): "0.1691",
}


def instances(rng):
    for (m, k), printed in PRINTED.items():
        root = sp.sqrt(square_of_gap(m, k)).evalf(20)
        yield instance(f"({m}, {k}) is {printed}", f"{root:.4f}" == printed)
    for _ in range(3):
        m = int(rng.integers(3, 7))
        k = int(rng.integers(1, m))
        documents = rng.integers(1, 9, size=(m, 2)).tolist()
        unit = [rational_unit(p, q) for p, q in documents]
        inside, outside = (Fraction(str(a)) for a in coefficients(m, k))
        squares = []
        for chosen in itertools.combinations(range(m), k):
            a = [inside if i in chosen else outside for i in range(m)]
            c = [sum(x * v[j] for x, v in zip(a, unit, strict=True)) for j in range(2)]
            squares.append(sum(x * x for x in c))
        rest = k * (m - k) * (m - 1)
        total = [sum(v[j] for v in unit) for j in range(2)]
        expected = Fraction(m * m) - sum(x * x for x in total)
        mean = sum(squares) / Fraction(len(squares))
        yield instance(f"{m} documents in the plane, k = {k}", mean == expected / rest)
        yield instance("and some gap is at most the bound", min(squares) <= Fraction(m * m, rest))


def rational_unit(p, q):
    """Return a point of the circle with rational coordinates."""
    return Fraction(2 * p * q, p * p + q * q), Fraction(p * p - q * q, p * p + q * q)
