r"""Coherence: means of members as queries, for documents that are nearly orthogonal.

Let unit documents have inner products of at most c = 1/(4k) in size, and let the query of a set of
k of them be their sum. A member scores at least 1 - (k - 1)c, any other document at most kc: a gap
of at least 1 - (2k - 1)c = 1/2 + 1/(4k). The sum has a squared length of at most
k + k(k - 1)c = k + (k - 1)/4. So the gap over the length is at least 1/(2 sqrt(2k)): in squares,
8k (1/2 + 1/(4k))^2 >= k + (k - 1)/4.

*Random documents.* Two random directions have a score above c or below -c with probability at most
(1 - c^2)^((d-1)/2) <= exp(-c^2 (d - 1)/2) (`theorem-3-1`, both tails). There are fewer than m^2/2
pairs, so fewer than one beyond c is expected where (d - 1)c^2 >= 2 ln(m^2/2), that is
d >= 1 + 32 k^2 (2 ln m - ln 2), and 64 k^2 ln m is more.
"""

from fractions import Fraction

import sympy as sp

from .kit import at_least, equal, instance, kept, stated

ID = "coherence"
TITLE = "Coherence 1/(4k): sums of members rank all k-sets with gap 1/(2√(2k))"
K, M = sp.Symbol("k", positive=True), sp.Symbol("m", positive=True)
STATEMENT = stated(
    r"""
[[Let unit documents have inner products of at most $1/(4k)$ in size, and let the query of every set
of $k$ of them be the sum of its members.]] Scaled to unit length, every member scores above every
other document by at least $@gap$. Of $m$ random directions in $d \ge @dim$ dimensions fewer than
$@pairs$ pair with larger inner products is expected.
""",
    gap=1 / (2 * sp.sqrt(2 * K)),
    dim=64 * K**2 * sp.log(M),
    pairs=1,
)
ASSUMPTIONS = ("k >= 1", "m >= 2", "the tail bound of theorem-3-1")
SOURCE = "Wang et al. 2026, arXiv:2601.20844, section on centroids; docs/theory/random.md"
STATUS = "proof on paper, formulas checked"


def steps():
    more = sp.Symbol("j", nonnegative=True)
    k = 1 + more
    c = 1 / (4 * k)
    least = (1 - (k - 1) * c) - k * c
    yield equal("the least gap", least, sp.Rational(1, 2) + 1 / (4 * k))
    longest = k + k * (k - 1) * c
    yield equal("the squared length", longest, k + (k - 1) / 4)
    yield at_least("8k times the square of the gap", sp.factor(8 * k * least**2), longest)
    size = sp.Symbol("k", positive=True)
    gap, squares = 1 / (2 * sp.sqrt(2 * size)), 1 / (8 * size)
    yield equal("the gap over the length: a root", sp.sqrt(squares), gap, shows="gap")
    m, x = sp.symbols("m x", positive=True)
    below = sp.exp(-x) - (1 - x)
    yield equal("1 - x <= exp(-x): at 0", below.subs(x, 0), 0)
    yield equal("and then they grow apart", sp.diff(below, x), 1 - sp.exp(-x))
    c = 1 / (4 * size)
    needed = sp.expand_log(2 * sp.log(m**2 / 2) / c**2)
    enough = 64 * size**2 * sp.log(m)
    less = 32 * size**2 * sp.log(2)
    yield equal("what is needed less 1", needed + less, enough, shows="dim")
    spare = (32 * size**2 * sp.log(2)).subs(size, k)
    least_spare = 32 * sp.log(2)
    yield at_least("what 64 k^2 ln m has more", sp.expand(spare), least_spare, {more: 0})
    yield at_least("is more than 1", least_spare, 1)
    d = 1 + needed
    expected = kept(m**2 / 2) * sp.exp(-(c**2) * (d - 1) / 2)
    yield equal("pairs expected there", expected, 1, shows="pairs")


def instances(rng):
    """Documents with all inner products c, and with k of them at worst."""
    for k in range(1, 30):
        c = Fraction(1, 4 * k)
        gram = [[1 if i == j else c for j in range(k)] for i in range(k)]
        longest = sum(map(sum, gram))
        least = sum((*(-c for _ in gram[1:]), *(-c for _ in gram), 1))
        yield instance(f"k = {k}: the gap and the length", 8 * k * least**2 >= longest)
        yield instance(f"k = {k}: the gap is 1/2 + 1/(4k)", least == Fraction(2 * k + 1, 4 * k))
