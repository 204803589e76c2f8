r"""The mixture band: which mixtures of query vectors retrieve a document, whatever they mix.

Document v scores its matches t + m to t + M, and all other queries t - N to t - n, with m and n
positive. A mixture z = sum p_q q has weights p_q >= 0 that sum to 1, and P is the sum of those on
matches of v.

*The threshold stays.* The score of z less t is sum p_q (s_q - t), for the weights sum to 1; scores
are linear in the query.

*Retrieved.* Each match adds at least m times its weight, each other query at least -N times: the
sum is at least m P - N (1 - P), which is positive for P > N/(m + N).

*Not retrieved.* It is at most M P - n (1 - P), negative for P < n/(M + n).

*No better numbers.* Mixtures of the query that scores t + m and the one that scores t - N attain
the lower bound, so that at P = N/(m + N) and below one of them is not retrieved; mixtures of those
that score t + M and t - n attain the upper one, so that at P > n/(M + n) one is retrieved.

*Off by e.* A vector whose score is within e of that of z is retrieved if m P - N (1 - P) > e, and
is not if M P - n (1 - P) < -e.

*Floats.* Let z be computed and stored, and scored, in floats of unit roundoff u, of weights that
were divided by their sum in these floats, r of them not 0. For a product p_q q_k v_k rows are
rounded once each, r roundings fall in the mean (a product, r - 1 sums), one where it is stored, d
in the score, of d numbers: so it is multiplied by 1 + theta, |theta| <= gamma_(r + d + 3), in the
words of `rounding`, and these products in size sum to at most A. The weights sum to 1 + s with
|s| <= gamma_(r + 1); divided by this sum they are convex, and the threshold is t/(1 + s), off by
|s t|/(1 - |s|), at most 2|s||t|. The threshold itself is rounded once more.

*Around one half.* With M = m and both ends at the same distance from 1/2, the band depends on the
gap g = m + n and the spread S = N - n of the other queries alone: its ends are g/(2g + S) and
(g + S)/(2g + S). For lower + upper = 1 says N(m + n) = m(m + N), that is m^2 = nN.

*Machine-checked* over every ordered ring, vectors and weights included: both ends of the band,
`mixture_is_retrieved` and `mixture_is_not_retrieved` in `proofs/rocq/mixture_band.v`.
"""

from fractions import Fraction

import sympy as sp

from .kit import at_least, at_most, equal, instance, positive, stated

ID = "mixture-band"
TITLE = (
    "Mixtures of queries: more than N/(m + N) on matches retrieves, less than n/(M + n) does not"
)
LOW, HIGH, NEAR, FAR, E = sp.symbols("m M n N e")
R, D, G, S = sp.symbols("r d g S")
A, T, K, J = sp.symbols("A T gamma_k gamma_j")
STATEMENT = stated(
    r"""
[[Let document $v$ score its matches from $t + m$ to $t + M$ and all other queries from $t - N$ to
$t - n$, $m, n > 0$, and let $z$ be a convex combination of query vectors of which the weight $P$ is
on matches of $v$.]] $v$ scores more than $t$ if $P > @upper$ and less if $P < @lower$; [[no better
numbers will do. A vector whose score is within $e$ of that of $z$ has]] $@wider$ and $@below$
[[instead. A mean of $r$ queries in $d$ dimensions, computed and scored in floats of unit roundoff
$u$, has an $e$ of at most]] $@error$, [[with $A$ at least $\sum_i|q_iv_i|$ for all $q$,]]
$k = @roundings$ and $j = @weights$. [[With $M = m$, a gap of
$g = m + n$ and a spread of $S = N - n$, the band that is centered]] ends at $@last$.
""",
    tex={"T": r"|t|"},
    upper=FAR / (LOW + FAR),
    lower=NEAR / (HIGH + NEAR),
    wider=(FAR + E) / (LOW + FAR),
    below=(NEAR - E) / (HIGH + NEAR),
    error=K * A + 2 * J * T,
    roundings=R + D + 3,
    weights=R + 2,
    last=(G + S) / (2 * G + S),
)
ASSUMPTIONS = (
    "weights of at least 0 that sum to 1",
    "for floats: IEEE 754, no underflow, ku and 2ju at most 1/2",
)
SOURCE = "docs/theory/mixture-band.md"
STATUS = "proof on paper, formulas checked"
ROCQ = (
    ("mixture_band.v", "mixture_is_retrieved"),
    ("mixture_band.v", "mixture_is_not_retrieved"),
)
ROCQ_PART = "both ends of the band"


def mixed(share, match, other):
    """Score less the threshold of a mixture of two queries, or of bounds on two kinds of them."""
    return share * match - (1 - share) * other


def steps():
    p, q, s, t = sp.symbols("p q s t", real=True)
    both = p * s + (1 - p) * q
    yield equal("the threshold stays", both - t, p * (s - t) + (1 - p) * (q - t))
    m, n = sp.symbols("m n", positive=True)
    M, N = sp.symbols("M N", positive=True)
    spare = sp.Symbol("f", nonnegative=True)
    share, rest = sp.symbols("P Q", nonnegative=True)
    lost, gained = sp.symbols("x y", nonnegative=True)
    none = {lost: 0, gained: 0}
    score = share * (m + lost) - rest * (N + -gained)
    yield at_least("each query at its worst", score, share * m - rest * N, none)
    score = share * (M + -lost) - rest * (n + gained)
    yield at_most("each query at its best", score, share * M - rest * n, none)
    found = sp.solve(mixed(p, m, N), p)
    yield equal("the least is 0 at one share only", *found, N / (m + N), shows="upper")
    found = sp.solve(mixed(p, M, n), p)
    yield equal("so is the greatest", *found, n / (M + n), shows="lower")
    beyond = sp.Symbol("h", positive=True)
    yield positive("above it more is left", mixed(N / (m + N) + beyond, m, N))
    yield positive("below it less", -mixed(n / (M + n) - beyond, M, n))
    yield positive("beyond the lower end one is retrieved", mixed(n / (M + n) + beyond, M, n))
    yield at_most("up to the upper end one is not", mixed(N / (m + N) - spare, m, N), 0)
    e = sp.Symbol("e", nonnegative=True)
    found = sp.solve(mixed(p, m, N) - e, p)
    yield equal("e is left", *found, (N + e) / (m + N), shows="wider")
    found = sp.solve(mixed(p, M, n) + e, p)
    yield equal("e is lacking", *found, (n - e) / (M + n), shows="below")
    r, d = sp.symbols("r d", integer=True, positive=True)
    rows, product, sums, stored = 2, 1, r - 1, 1
    all_of_them = rows + (product + sums) + stored + d
    yield equal("roundings of a product", all_of_them, r + d + 3, shows="roundings")
    division, of_threshold = 1, 1
    yield equal(
        "of a weight over the sum, and of t", division + r + of_threshold, r + 2, shows="weights"
    )
    size, total, k, j = sp.symbols("T A gamma_k gamma_j", nonnegative=True)
    off, twice = 1 / (2 + spare), 2  # |s| at most 1/2
    yield at_most("t/(1 + s) is off by", size * off / (1 - off), twice * off * size, {spare: 0})
    yield equal(
        "the two together", k * total + twice * (j * size), k * total + 2 * j * size, shows="error"
    )
    yield equal("t less t/(1 + s)", t - t / (1 + s), s * t / (1 + s))
    g, S = sp.symbols("g S", positive=True)
    near = g - m
    middle = centered(g, S)
    yield equal("m^2 = nN of a gap and a spread", middle**2, (near * (near + S)).subs(m, middle))
    upper = ((near + S) / (m + near + S)).subs(m, middle)
    lower = (near / (m + near)).subs(m, middle)
    yield equal("the centered band", upper, (g + S) / (2 * g + S), shows="last")
    yield equal("its ends sum to one", upper + lower, 1)


def centered(g, S):
    """The m at which the band is centered."""
    return g * (g + S) / (2 * g + S)


def keeps(P, excess, lower, upper):
    """Whether a score this much above the threshold is what the band says of the share P."""
    return (upper >= P or excess > 0) and (lower <= P or excess < 0)


def instances(rng):
    for _ in range(40):
        n_queries = int(rng.integers(2, 9))
        scores = [Fraction(a, 16) for a in rng.integers(1, 200, size=n_queries).tolist()]
        is_match = [True, False, *rng.integers(0, 2, n_queries - 2).astype(bool).tolist()]
        t = Fraction(int(rng.integers(-99, 99)), 7)
        own = [s for s, match in zip(scores, is_match, strict=True) if match]
        others = [s for s, match in zip(scores, is_match, strict=True) if not match]
        m, M, n, N = min(own), max(own), min(others), max(others)
        upper, lower = N / (m + N), n / (M + n)
        for _ in range(12):
            weights = [Fraction(a) for a in rng.integers(0, 50, size=n_queries).tolist()]
            total = sum(weights) + 1
            weights = [weights[0] + 1, *weights[1:]]
            weights = [w / total for w in weights]
            pairs = list(zip(weights, scores, is_match, strict=True))
            score = sum(w * ((t + s) if match else (t - s)) for w, s, match in pairs)
            P = sum(w for w, _, match in pairs if match)
            words = "a mixture does what the band says"
            yield instance(words, keeps(P, score - t, lower, upper))
        at_upper = upper * (t + m) + (1 - upper) * (t - N)
        at_lower = lower * (t + M) + (1 - lower) * (t - n)
        yield instance("at both ends two queries are at the threshold", at_upper == t == at_lower)
        for P in (upper, lower):
            yield instance("and nothing is said of these shares", keeps(P, 0, lower, upper))
        for P in (1 + upper, lower / 2):
            yield instance("the threshold itself is on neither side", not keeps(P, 0, lower, upper))
