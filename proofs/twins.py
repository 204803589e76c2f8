r"""Twins: multipliers of a part with classes of twins bound the margin of the whole hierarchy.

Node or class i stands for w_i twins, w_i >= 1. Pairs fall into groups: (i, j) for i other than j;
(i, i), a twin and itself; and for w_i >= 2 a twin and another of its class, which do not match. All
pairs of a group match, or none does.

*Spread.* Divide the weight of every group by its number of pairs, w_i w_j, w_i or w_i (w_i - 1),
and y_i by w_i. Then weights sum to a over all matching pairs and to b over the others as before,
and all y to the same Y. So weak duality (proof `sdp-weak-duality`) gives the bound for the part
with all its twins, if the large matrix is positive semidefinite; and the hierarchy has no larger
margin than its part.

*Means and rests.* For numbers f on the queries of a class write f = u + (f - u) with u their mean,
g = v + (g - v) for documents. Let p, q be the squared lengths of the rests and c their product. A
group of two classes sees the sums w_i u_i and w_j v_j only. Within a class the sum over a twin and
itself is w u v + c, and over all other pairs of twins it is the product of the sums less that,
w u w v - w u v - c. What a class adds to the quadratic form is therefore y u^2 + y' v^2 -
(l - m) u v, as the small matrix has it, and beside it (y p + y' q - (l + m/(w - 1)) c)/w. So the
form is that of the small matrix at the means, at least 0, and these rests.

*A rest is not negative.* c is at most the product of the lengths s and t of the two rests (and is
not needed where it is negative); and y s^2 + y' t^2 >= 2 sqrt(y y') s t >= k s t >= k c, where
k = l + m/(w - 1), if 4 y y' >= k^2.
"""

from fractions import Fraction

import sympy as sp

from .kit import at_least, equal, instance, stated

ID = "twins"
TITLE = "Multipliers of a part with classes of twins bound the margin of the whole"
OWN, PAIR = sp.symbols("lambda mu", nonnegative=True)
W = sp.Symbol("w")
A, B, TRACE = sp.symbols("a b Y")
REST = OWN + PAIR / (W - 1)
STATEMENT = stated(
    r"""
[[Let $k$ nodes or classes of twins of a hierarchy have weights $\lambda \ge 0$ on the pairs of two
of them, $\lambda_{ii}$ on a twin and itself and $\mu_i$ on different twins of a class of
$w_i \ge 2$, of sum $a$ over matches and $b$ over the others; let $A$ have the entries
$(\pm\lambda_{ij} - [i = j]\mu_i)/2$ between queries and documents, and let
$\mathrm{Diag}(y) - A$ be positive semidefinite, $Y = \sum y$. For every class of twins let
$4 y_i y'_i \ge r_i^2$, with $r_i$ the weight of rests, which sum to 0.]] This is $@rest$, and
no embedding, in any dimension, has a normalised margin, global notion, above $@margin$.
""",
    tex={"lambda": r"\lambda_{ii}", "mu": r"\mu_i", "w": "w_i"},
    rest=REST,
    margin=(TRACE + sp.Abs(A - B)) / (A + B),
)
ASSUMPTIONS = (
    "twins are matched by themselves alone and match the same nodes of the part besides",
    "some pair matches and some does not; rows of unit length; some weight is not 0",
)
SOURCE = "docs/theory/ceiling.md; hrgeom/bounds/ceilings/_part_ceiling.py"
STATUS = "proof on paper, formulas checked"


def steps():
    n_first, n_second = sp.symbols("w1 w2", positive=True)
    weight = sp.Symbol("lambda_12", nonnegative=True)
    spread = weight / (n_first * n_second)
    yield equal("a group of two classes keeps its sum", spread * n_first * n_second, weight)
    pairs = W * (W - 1)
    yield equal("twins of a class keep theirs", PAIR / pairs * pairs, PAIR)

    u, v, c = sp.symbols("u v c", real=True)
    yield equal(
        "two classes see means only", spread * (n_first * u) * (n_second * v), weight * u * v
    )
    y, z, p, q = sp.symbols("y z p q", nonnegative=True)
    same = W * u * v + c  # over a twin and itself
    others = (W * u) * (W * v) - same  # over different twins
    of_class = OWN / W * same - PAIR / pairs * others
    lengths = y / W * (W * u**2 + p) + z / W * (W * v**2 + q)
    small = y * u**2 + z * v**2 - (OWN - PAIR) * u * v
    beside = (y * p + z * q - REST * c) / W
    yield equal("a class: the small form, and a rest", lengths - of_class, small + beside)
    weighted = y * p + z * q - W * beside
    yield equal("the product of rests has this weight", weighted / c, REST, shows="rest")

    root, other, s, t, least = sp.symbols("r o s t k", nonnegative=True)  # roots of y and z
    more, less = sp.symbols("m n", nonnegative=True)
    k = 2 * root * other - more  # 4 y z >= k^2
    square = (root * s - other * t) ** 2
    yield equal("4 y z is a square", 4 * root**2 * other**2, (2 * root * other) ** 2)
    form = root**2 * s**2 + other**2 * t**2 - k * (s * t - less)
    yield equal("the rest in squares", form, square + more * s * t + k * less)
    yield at_least(
        "it is not negative", square + more * s * t + least * less, 0, {s: 0, t: 0, less: 0}
    )

    big_a, big_b, trace, margin = sp.symbols("a b Y e", positive=True)
    best = sp.solve((big_a + big_b) * margin - trace - sp.Abs(big_a - big_b), margin)[0]
    yield equal(
        "the largest margin", best, (trace + abs(big_a - big_b)) / (big_a + big_b), shows="margin"
    )


def instances(rng):
    for _ in range(6):
        counts = [1, *(int(x) for x in rng.integers(1, 4, size=2))]
        k = len(counts)
        weights = {(i, j): Fraction(int(x)) for (i, j), x in drawn(rng, k)}
        twins = [Fraction(int(rng.integers(0, 5))) if w > 1 else 0 for w in counts]
        y = [Fraction(int(x)) for x in rng.integers(1, 9, size=2 * k)]
        members = [(i, t) for i in range(k) for t in range(counts[i])]
        f, g = ({m: Fraction(int(rng.integers(0, 9))) for m in members} for _ in range(2))
        large = sum(y[i] / counts[i] * f[i, t] ** 2 for i, t in members)
        large += sum(y[k + i] / counts[i] * g[i, t] ** 2 for i, t in members)
        for first in members:
            for second in members:
                value = spread_weight(first, second, counts, weights, twins)
                large -= value * f[first] * g[second]
        u = [mean(f, i, counts) for i in range(k)]
        v = [mean(g, i, counts) for i in range(k)]
        small = sum(y[i] * u[i] ** 2 + y[k + i] * v[i] ** 2 for i in range(k))
        small -= sum(x * u[i] * v[j] for (i, j), x in weights.items())
        small += sum(twins[i] * u[i] * v[i] for i in range(k))
        for i, w in enumerate(counts):
            rests = [(f[i, t] - u[i], g[i, t] - v[i]) for t in range(w)]
            p, q, c = (
                sum(x * z for x, z in which)
                for which in (
                    [(a, a) for a, _ in rests],
                    [(b, b) for _, b in rests],
                    rests,
                )
            )
            own = weights[i, i] + (twins[i] / (w - 1) if w > 1 else 0)
            small += (y[i] * p + y[k + i] * q - own * c) / w
        yield instance(f"classes of {counts}: the form in two parts", large == small)


def drawn(rng, k):
    """Return weights on pairs of classes, matches all; the identity is the same for any signs."""
    for i in range(k):
        for j in range(k):
            yield (i, j), rng.integers(0, 9)


def spread_weight(first, second, counts, weights, twins):
    """Return the signed weight of a pair of twins."""
    (i, s), (j, t) = first, second
    if i != j:
        return weights[i, j] / (counts[i] * counts[j])
    if s == t:
        return weights[i, i] / counts[i]
    return -twins[i] / (counts[i] * (counts[i] - 1))


def mean(values, i, counts):
    return sum(values[i, t] for t in range(counts[i])) / counts[i]
