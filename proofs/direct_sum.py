r"""Direct sums: parts with any embedding of their own share one coordinate and one threshold.

Part t has coordinates in which a query has y_t(q) and document v of the part has x_v, with
<y_t(q), x_v> at least a_v if q matches v, and at most b_v < a_v if not. Give queries
(w_1 y_1(q), ..., w_k y_k(q), beta) with positive weights. Give document v of part t the vector
x_v/w_t in the part's coordinates, 0 in those of other parts, and -T'_v/beta last, where
T'_v = (a_v + b_v)/2; all of it divided by a_v - b_v.

As the document is 0 in other parts, the weights and beta cancel, and the score is
(<y_t(q), x_v> - T'_v)/(a_v - b_v): at least 1/2 for a match, at most -1/2 for all others. Scaled to
unit length, rows lose at most the product of the longest query and the longest document.

Weights. With T_v = T'_v/(a_v - b_v) a document is not longer than 1 iff
w_t^2 >= (|x_v|/(a_v - b_v))^2/(1 - T_v^2/beta^2), and then queries are shortest with the least such
weights; for that beta > |T_v|.

A document that no query matches, or all do, has no b_v or a_v of its own, and any that is further
away will do.
"""

from fractions import Fraction

import sympy as sp

from .kit import at_least, at_most, equal, instance, stated

ID = "direct-sum"
TITLE = "Parts of any kind side by side: scores of at least 1/2 and at most -1/2"
HALF = sp.Rational(1, 2)
LONG_Q = sp.Symbol("q")
LONG_X = sp.Symbol("x")
STATEMENT = stated(
    r"""
[[Split the documents into parts. Let part $t$ have coordinates in which a query has $y_t(q)$ and
document $v$ has $x_v$, with $\langle y_t(q), x_v\rangle \ge a_v$ if $q$ matches $v$ and $\le b_v
< a_v$ if not. For any weights $w_t > 0$ and $\beta > 0$ take the queries $(w_1 y_1(q), \dots,
w_k y_k(q), \beta)$ and documents $(0, x_v/w_t, 0, -\tfrac{a_v+b_v}{2\beta})/(a_v - b_v)$.]] They
score at least $@match$ on matches and at most $@other$ on all other pairs; the normalised margin
is at least $@margin$.
""",
    tex={"q": r"\max\|q\|", "x": r"\max\|x\|"},
    match=HALF,
    other=-HALF,
    margin=HALF / (LONG_Q * LONG_X),
)
ASSUMPTIONS = ("b_v < a_v for every document",)
SOURCE = "docs/theory/direct-sum.md"
STATUS = "proof on paper, formulas checked"


def score(product, high, low, weight, beta):
    """The product is <y, x>; what other parts add is 0."""
    return (weight * product / weight - beta * (high + low) / (2 * beta)) / (high - low)


def steps():
    weight, beta, gap, length = sp.symbols("w beta g x", positive=True)
    low, product = sp.symbols("b p", real=True)
    above, below = sp.symbols("e f", nonnegative=True)
    half, high = sp.Rational(1, 2), low + gap
    middle = (high + low) / 2
    here = score(product, high, low, weight, beta)
    yield equal("weights and beta cancel", here, (product - middle) / gap)
    match = score(high + above, high, low, weight, beta)
    yield at_least("matches", match, half, {above: 0}, shows="match")
    other = score(low - below, high, low, weight, beta)
    yield at_most("all others", other, -half, {below: 0}, shows="other")
    long_q, long_x = sp.symbols("q x", positive=True)
    more_q, more_x = sp.symbols("s t", nonnegative=True)  # a row is 1 + s times shorter
    scaled = (half + above) * (1 + more_q) * (1 + more_x) / (long_q * long_x)
    nearest = {above: 0, more_q: 0, more_x: 0}
    yield at_least("rows of unit length", scaled, half / (long_q * long_x), nearest, shows="margin")
    shift = middle / gap
    squares = (length / weight / gap) ** 2 + (middle / beta / gap) ** 2
    weights = (length / gap) ** 2 / (1 - shift**2 / beta**2)
    yield equal(
        "a document's length is 1 where the weight is that of the formula",
        sp.together(squares - 1),
        (weights / weight**2 - 1) * (1 - shift**2 / beta**2),
    )


def instances(rng):
    half = Fraction(1, 2)
    for _ in range(15):
        beta, scores = Fraction(int(rng.integers(1, 9)), 4), []
        parts = [rng.integers(0, 9, size=(9, 2)).tolist() for _ in range(3)]
        weights = [Fraction(w, 3) for w in rng.integers(1, 9, size=3).tolist()]
        queries = []
        for q in range(5):
            row = [w * y for w, part in zip(weights, parts, strict=True) for y in part[q]]
            queries.append([*row, beta])
        for t, part in enumerate(parts):
            for x in part[5:]:
                products = [sum(a * b for a, b in zip(y, x, strict=True)) for y in part[:5]]
                levels = sorted(set(products))
                if len(levels) == 1:
                    continue
                low, high = [Fraction(p) for p in levels[:2]]
                document = [Fraction(0)] * 7
                document[2 * t : 2 * (t + 1)] = [a / weights[t] for a in x]
                document[6] = -(low + high) / 2 / beta
                for row, product in zip(queries, products, strict=True):
                    sums = sum(a * b for a, b in zip(row, document, strict=True))
                    sums /= high - low
                    scores.append(sums >= half if product >= high else -sums >= half)
        yield instance("all pairs", all(scores))
