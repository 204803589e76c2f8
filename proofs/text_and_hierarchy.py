r"""Text and hierarchy in one vector: the weights at which no text can turn a pair.

Rows [w t ; h] of queries and [t ; h] of documents score s + w t: that of the hierarchy, and w times
that of the text.

*Holds.* Matches score at least r + e, all other pairs at most r - e, and the text scores of all
pairs are in an interval of middle m and half width c. So a match scores at least
r + e + w (m - c), another pair at most r - e + w (m + c), on either side of r + w m by e - w c,
which is positive for w < e/c. In the row notion r may be another for every query.

*Any text.* Scores of rows of lengths a and b lie within ab of 0, by Cauchy and Schwarz: m = 0 and
c = ab.

*No larger weight will do.* A match at r + e with the least text score and another pair at r - e
with the greatest tie at w = e/c, and are the wrong way round beyond.

*These texts.* Two pairs of scores (s, t) and (s', t') with s > s' and t < t' tie at
w = (s - s')/(t' - t) and are the wrong way round beyond; the least such weight over all matches and
other pairs is the largest that holds for these texts.

*Within a side* two documents come in the order of their text scores where these differ by more than
1/w times what their hierarchy scores differ by.
"""

from fractions import Fraction

import sympy as sp

from .kit import at_least, at_most, equal, instance, positive, stated

ID = "text-and-hierarchy"
TITLE = "Text beside a hierarchy: below the weight e/c no text can turn a pair, beyond it one does"
R, W, M, E, C, A, B = sp.symbols("r w m e c a b")
STATEMENT = stated(
    r"""
[[Let matches score at least $r + e$ and all other pairs at most $r - e$, let text scores lie in an
interval of middle $m$ and width $2c > 0$, and let the text have weight $w > 0$.]] Every match
scores at least $@match$, every other pair at most $@other$; so for $w < @limit$ matches exceed
$r + wm$ and other pairs are below it. For $w \ge @limit$ there are such scores for which that
fails. [[With text rows no longer than $a$ and $b$ it holds for $m = 0$ and]] $c = @lengths$.
""",
    match=R + W * M + (E - W * C),
    other=R + W * M - (E - W * C),
    limit=E / C,
    lengths=A * B,
)
ASSUMPTIONS = ("exact scores",)
SOURCE = "docs/theory/text-and-hierarchy.md"
STATUS = "proof on paper, formulas checked"


def combined(score, weight, text):
    return score + weight * text


def steps():
    r, m, s, t = sp.symbols("r m s t", real=True)
    e, c, w = sp.symbols("e c w", positive=True)
    more, less, spare = sp.symbols("x y f", nonnegative=True)
    none = {more: 0, less: 0}
    match = combined(r + e + more, w, (m - c) + less)
    yield at_least("a match", match, r + w * m + (e - w * c), none, shows="match")
    other = combined(r + -e + -more, w, (m + c) + -less)
    yield at_most("another pair", other, r + w * m + -(e - w * c), none, shows="other")
    below = sp.Symbol("g", positive=True)  # e = w c + g
    yield equal("below e/c something is left", (e - w * c).subs(e, w * c + below), below)
    square_q, square_x, product = sp.symbols("qq xx qx", real=True)
    part = square_x**2 * square_q - 2 * square_x * product**2 + product**2 * square_x
    cauchy = square_x * (square_q * square_x - product**2)
    yield equal("the square of xx q - qx x, Cauchy and Schwarz", part, cauchy)
    a, b = sp.symbols("a b", positive=True)
    longest = sp.sqrt(square_q * square_x).subs({square_q: a**2, square_x: b**2})
    yield equal("so a product of rows is at most", longest, a * b, shows="lengths")
    worst = combined(r + e, w, m - c) - combined(r - e, w, m + c)
    yield equal("a match and another pair tie at e/c", worst.subs(w, e / c), 0)
    yield equal("and at no other weight", *sp.solve(worst, w), e / c, shows="limit")
    yield positive("and are turned beyond", -worst.subs(w, e / c + below))
    apart, rise = sp.symbols("A B", positive=True)
    gap = combined(s, w, t) - combined(s - apart, w, t + rise)
    yield equal("two pairs of these texts tie", gap.subs(w, apart / rise), 0)
    yield positive("are in order before", gap.subs(apart, w * rise + below))
    yield positive("and turned beyond", -gap.subs(w, apart / rise + below))
    first = combined(s, w, t + (apart / w + spare)) - combined(s + apart, w, t)
    yield equal("within a side the text decides", first, w * spare)


def instances(rng):
    for _ in range(20):
        scores, texts = ([Fraction(a, 64) for a in rng.integers(1, 640, 12).tolist()] for _ in "st")
        is_match = [True, *rng.integers(0, 2, 10).astype(bool).tolist(), False]
        middle = Fraction(640, 64)
        scores = [
            middle + s if own else middle - s for s, own in zip(scores, is_match, strict=True)
        ]
        e = min(abs(s - middle) for s in scores)
        m, c = (max(texts) + min(texts)) / 2, (max(texts) - min(texts)) / 2
        yield instance("the interval", (m - c, m + c) == (min(texts), max(texts)) and c > 0)
        pairs = list(zip(scores, texts, is_match, strict=True))
        for part in (Fraction(1, 2), Fraction(99, 100)):
            w = part * e / c
            right = all((combined(s, w, t) > middle + w * m) == own for s, t, own in pairs)
            yield instance(f"{part} of e/c", right)
        ties = [
            (s - s2) / (t2 - t)
            for s, t, own in pairs
            for s2, t2, own2 in pairs
            if own and not own2 and t2 > t
        ]
        for factor, holds in ((Fraction(99, 100), True), (Fraction(101, 100), False)):
            w = factor * min(ties, default=Fraction(1))
            least = min(combined(s, w, t) for s, t, own in pairs if own)
            most = max(combined(s, w, t) for s, t, own in pairs if not own)
            yield instance("the first tie decides", (least > most) == (holds or not ties))
