r"""Gordon: a margin is kept by a random projection, whatever the number of queries.

Cited: for a Gaussian matrix G of d rows and a set T of unit vectors, E min_T |G t| >= a_d - w(T),
with a_d the mean length of a Gaussian vector of dimension d and w(T) = E max_T <g, t> (Gordon
1988); a_d >= d/sqrt(d + 1); the maximum of N Gaussian variables of variance at most 1 has a mean of
at most sqrt(2 ln N), and so has the maximum of N lengths |G x| beyond sqrt(d), for unit x.

*Threshold 0.* Let unit documents x_v, v = 1, ..., m, and unit queries have products of at least e
on matches and at most -e on others, and let s_v be the signs of a query q. For weights l of sum 1
let y = sum s_v l_v x_v. Then |y| >= <q, y> = sum l_v s_v <q, x_v> >= e.

*Width.* For t = y/|y| the product <g, t> is at most max_v |<g, x_v>| / e: w(T) <= sqrt(2 ln 2m)/e,
the maximum of 2 m variables. This holds for the union over all queries, of whatever number.

*A matrix.* E max_v |G x_v| <= sqrt(d) + sqrt(2 ln m). Let c be (a_d - w(T)) over that. Then
E (min_T |G t| - c max_v |G x_v|) >= 0, and some G has min_T |G t| >= c max_v |G x_v|.

*Its documents.* Scale G x_v to unit length, z_v = G x_v/|G x_v|. For weights l let k be the sum of
l_v/|G x_v| and l'_v = l_v/(|G x_v| k), of sum 1. Then sum s_v l_v z_v = k G y' with y' that of l',
so its length is at least k |y'| min_T |G t| >= (1/max_v |G x_v|) e c max_v |G x_v| = e c. The hull
of the signed documents is at least e c from 0, and (proof `max-margin`) the direction of its
nearest point is a query with products of at least e c on matches and at most -e c on others.

*The dimension.* Let d >= 2 ln(2m)/(h e)^2. Then w(T) <= h sqrt(d), sqrt(2 ln m) <= h e sqrt(d), and
c >= (sqrt(d/(d + 1)) - h)/(1 + h e).

*Rows.* Let the half gap be e, with a threshold for every query, and y the difference of a mean of
matches and a mean of others. |y| >= 2 e, and <g, t> is at most the range of <g, x_v> over 2 e, of
mean at most 2 sqrt(2 ln m)/(2 e). If a_d exceeds that, some G has |G t| > 0 on all of T (closed
and bounded away from 0): the two hulls of G x_v have no point in common, and some query has all
its matches above all others (proof `gordan`).
"""

import sympy as sp

from .kit import at_least, equal, instance, positive, stated

ID = "gordon"
TITLE = "A margin is kept in 2 ln(2m)/(ηε)² dimensions, for any number of queries"
M = sp.Symbol("m")
ETA = sp.Symbol("eta")
EPS = sp.Symbol("epsilon")
D = sp.Symbol("d", positive=True)
STATEMENT = stated(
    r"""
[[Let unit vectors of $m$ documents and any number of queries, in any dimension, have products of
at least $\epsilon$ on matches and at most $-\epsilon$ on others.]] For $d \ge @least$ there are
unit vectors of dimension $d$ with $@kept$ in place of $\epsilon$. [[If they have the half gap
$\epsilon$ with a threshold for every query,]] any $d$ with $@mean > @width$ ranks all matches
above all others.
""",
    least=2 * sp.log(2 * M) / (ETA * EPS) ** 2,
    kept=EPS * (sp.sqrt(D / (D + 1)) - ETA) / (1 + ETA * EPS),
    mean=D / sp.sqrt(D + 1),
    width=sp.sqrt(2 * sp.log(M)) / EPS,
)
ASSUMPTIONS = ("Gordon's comparison", "m >= 1", "0 < epsilon <= 1", "0 < eta < sqrt(d/(d + 1))")
SOURCE = "Gordon 1988; Bangachev et al. 2026, arXiv:2605.23556, Theorem 1.4"
CITED = ("Gordon 1988: comparison of Gaussian processes",)
STATUS = "proof on paper, formulas checked"


def steps():
    e, product, rest, weight = sp.symbols("epsilon p rest l", positive=True)
    slack = sp.Symbol("s", nonnegative=True)
    yield at_least("a term of <q, y>", weight * (e + slack), weight * e, {slack: 0})
    length = e + slack
    yield at_least("a product over |y|, against e", product / e - product / length, 0, {slack: 0})
    d, m, h = sp.symbols("d m eta", positive=True)
    log = sp.Symbol("L", positive=True)  # 2 ln(2m)
    root = sp.sqrt(log) / (h * e)  # of the least d
    yield equal("w(T) at the least d", sp.sqrt(log) / e, h * root)
    yield equal("sqrt(2 ln m) is less than", sp.sqrt(log), h * e * root)
    more = sp.Symbol("t", nonnegative=True)
    yield at_least("and so at larger d", h * (root + more), sp.sqrt(log) / e, {more: 0})
    yield equal("2 ln(2m) over 2 ln m", 2 * sp.log(2 * m) - 2 * sp.log(m), 2 * sp.log(2))
    least = 2 * sp.log(2 * m) / (h * e) ** 2
    yield equal("the least d", (root**2).subs(log, 2 * sp.log(2 * m)), least, shows="least")
    a = d / sp.sqrt(d + 1)
    share = (sp.sqrt(d / (d + 1)) - h) / (1 + h * e)
    yield equal("c with w = h sqrt(d)", (a - h * sp.sqrt(d)) / (sp.sqrt(d) * (1 + h * e)), share)
    left = e * (sp.sqrt(d / (d + 1)) - h) / (1 + h * e)
    yield equal("what is kept of e", e * share, left, shows="kept")
    yield equal(
        "w(T) is below a_d: a ratio above 0",
        (a - h * sp.sqrt(d)) * sp.sqrt(d + 1),
        d - h * sp.sqrt(d * (d + 1)),
    )
    scale, largest = sp.symbols("k M", positive=True)
    yield equal("weights of sum 1 again", (weight / (product * scale)) * scale * product, weight)
    yield equal("the length that is left", (1 / largest) * e * scale * largest, e * scale)
    yield positive("a mean that is not negative is attained", rest)
    low, high = sp.symbols("a b", real=True)
    yield equal(
        "rows: mean of matches less mean of others", (high - low) - 2 * ((high - low) / 2), 0
    )
    width = sp.sqrt(2 * sp.log(m))
    yield equal("the range over 2 e", (width - -width) / (2 * e), width / e, shows="width")
    yield from mean_length()


def mean_length():
    """a_d a_(d+1) = d and a_d increases, so a_d >= d/a_(d+1) >= d/sqrt(d + 1)."""
    d = sp.Symbol("d", positive=True)

    def mean(n):
        return sp.sqrt(2) * sp.gamma((n + 1) / 2) / sp.gamma(n / 2)

    yield equal("a_d a_(d+1) = d", sp.gammasimp(mean(d) * mean(d + 1)), d)
    yield equal("d over sqrt(d + 1), squared", (d / sp.sqrt(d + 1)) ** 2, d**2 / (d + 1))
    yield equal("times the root", d / sp.sqrt(d + 1) * sp.sqrt(d + 1), d)
    more = sp.Symbol("t", nonnegative=True)
    mean_d = d / sp.sqrt(d + 1) + more
    yield at_least("a_d is at least this", mean_d, d / sp.sqrt(d + 1), {more: 0}, shows="mean")


def instances(rng):
    for d in (1, 2, 5, 40):
        exact = sp.sqrt(2) * sp.gamma(sp.Rational(d + 1, 2)) / sp.gamma(sp.Rational(d, 2))
        yield instance(f"a_{d} is above d/sqrt(d + 1)", exact**2 > sp.Rational(d * d, d + 1))
