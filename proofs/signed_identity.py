r"""The signed identity: queries with a document each that the others do not match.

A *block* of size n are n queries and n documents with query i matching document j iff i = j. A
vector is *common* if it is one more document that matches all of the queries, or one more query
all of the documents.

*Relations.* Let c be weights of three documents with sum c_i h_i = 0 for the heights (score less
threshold) of all queries, c not 0. Then the c_i have one sign. For if not, up to a sign of c one is
positive, say c_1, and the others at most 0: query 1 has h_1 > 0, h_2, h_3 < 0, and all terms
c_i h_i at least 0, the first above it. In one dimension with row thresholds sum c_i x_i = 0 and
sum c_i = 0 have a solution, which has two signs: so d >= 2. In two at threshold 0 sum c_i x_i = 0
has one, of one sign, so that a query that scores all three above 0, or all below, has a sum that
is not 0: so d >= 3. A common document instead: exchange queries and documents (d = 2, threshold 0).
Of a block of size 4, the fourth query scores the documents 1, 2, 3 below 0, so d >= 3.

*Unit rows, one threshold.* Let d = 2 and rows have length 1. A query at the angle p takes the
documents at angles nearer to p than a, where cos a = r: an arc of length 2a, the same for all. (If
r >= 1 or r < -1 it takes none or all.) A common query, at the angle 0, takes three documents at
-a < t_1 < t_2 < t_3 < a. The arc of the query for t_2 holds it and neither t_1 nor t_3, so it lies
between them, p - a >= t_1 and p + a <= t_3: p > 0 and p < 0. (Two documents at the same angle have
the same scores.) A common document: exchange the sides. So d >= 3.

*No more.* Let e = 1/(2n). The documents x_j = (e j, 1 - e^2 j^2) and the queries (2 e i, 1) have
the scores 1 + e^2 i^2 - e^2 (i - j)^2, right by e^2/2 at the row's threshold, which is
r_i = 1 + e^2 i^2 - e^2/2. Divided by r_i, between 1 and 5/4, the queries have the one threshold 1.
The document (0, 2) scores 2/r_i > 1, the query (0, 2) scores 2(1 - e^2 j^2) >= 3/2: so any block
has d = 2 with a common vector. One coordinate more gives threshold 0, and scaling to unit length
changes no sign there: d = 3 with unit rows. Without a common vector n points of a circle score 1
with themselves and at most cos(2 pi/n) with the others: d = 2 with unit rows and one threshold.
Three at 120 degrees score 1 and -1/2: d = 2 at threshold 0. Finally 1 and -1 are a block of size 2
in one dimension.
"""

from fractions import Fraction

import numpy as np
import sympy as sp

from .kit import at_least, coordinates, equal, instance, positive, stated

ID = "signed-identity"
TITLE = "Three queries with a document each: 2 dimensions by row, 3 with a common vector"
STATEMENT = stated(
    r"""
[[Let three queries each match a document of their own that the other two do not.]] Row
thresholds take $d \ge @plain$, and so do all others. [[If one more document matches all three
queries, or one more query all three documents,]] $d \ge @common$ at threshold 0, and with a
common threshold of any value and rows of unit length. [[Four queries with a document each]] take
$d \ge @common$ at threshold 0. Larger blocks take no more. [[Three at threshold 0 without a
common vector, and two,]] take no more than $d = @plain$ and $d = @two$.
""",
    plain=2,
    common=3,
    two=1,
)
ASSUMPTIONS = ("no score equals its threshold",)
SOURCE = "hrgeom/bounds/lower/_signed_identity.py"
STATUS = "proof on paper, formulas checked"


def steps():
    yield from relations()
    yield from unit_rows()
    yield from no_more()


def relations():
    own, missed, lost = sp.symbols("h_1 h_2 h_3", positive=True)
    first = sp.Symbol("c_1", positive=True)
    second, third = sp.symbols("c_2 c_3", nonnegative=True)
    total = first * own + (-second) * (-missed) + (-third) * (-lost)
    yield at_least("two signs: a sum that is not 0", total, first * own, {second: 0, third: 0})
    one, other = sp.symbols("a b", nonnegative=True)
    same = first * own + one * missed + other * lost
    yield positive("one sign, a query that matches all", same)
    none = first * (-own) + one * (-missed) + other * (-lost)
    yield positive("or none", -none)
    x, y, z = sp.symbols("x y z", real=True)
    weights = (y - z, z - x, x - y)
    yield equal("on a line: weights of sum 0", sum(weights), 0)
    yield equal("and a mean of 0", sum(c * v for c, v in zip(weights, (x, y, z), strict=True)), 0)
    more = sp.Symbol("s", integer=True, nonnegative=True)
    yield at_least("so not one dimension", 1 + 1 + more, 2, {more: 0}, shows="plain")
    yield at_least("nor two at threshold 0", 2 + 1 + more, 3, {more: 0}, shows="common")
    length = sp.Symbol("t", positive=True)
    for own, missed in ((length, -length), (-length, length)):
        yield positive("a point of the line with itself", own * own)
        yield positive("and less the other one with it", -(own * missed))
    yield coordinates("the line has one coordinate", 0, 1, 0, shows="two")
    u = sp.symbols("u1:7", real=True)
    rows = [u[0:2], u[2:4], u[4:6]]

    def area(v, w):
        return v[0] * w[1] - v[1] * w[0]

    weights = (area(rows[1], rows[2]), area(rows[2], rows[0]), area(rows[0], rows[1]))
    for k in range(2):
        total = sum(c * v[k] for c, v in zip(weights, rows, strict=True))
        yield equal(f"in the plane: sum c_i x_i = 0, coordinate {k}", total, 0)


def unit_rows():
    p, t, a = sp.symbols("p t a", real=True)
    score = sp.cos(p) * sp.cos(t) + sp.sin(p) * sp.sin(t)
    yield equal("a score of unit rows", score, sp.cos(p - t))
    inside = sp.Symbol("f", positive=True)
    apart = sp.Symbol("g", nonnegative=True)
    first, last = -a + inside, a - inside
    from_left, from_right = first + apart + a, last - apart - a  # p - a >= t_1, p + a <= t_3
    yield equal("the least p", from_left, inside + apart)
    yield positive("is above 0", from_left)
    yield equal("the largest", -from_right, inside + apart)
    yield positive("is below 0", -from_right)


def no_more():
    i, j, e = sp.symbols("i j e", positive=True)
    score = (2 * e * i) * (e * j) + (1 - e**2 * j**2)
    yield equal("points on a parabola", score, 1 + e**2 * i**2 - e**2 * (i - j) ** 2)
    level = 1 + e**2 * i**2 - e**2 / 2
    yield equal("a match is right by", score.subs(j, i) - level, e**2 / 2)
    far = sp.Symbol("k", nonnegative=True)
    half = sp.Rational(1, 2)
    yield equal("others by", level - score, e**2 * ((i - j) ** 2 - half))
    yield at_least("which is as much", (1 + far) ** 2 - half, half, {far: 0})
    most = sp.Symbol("s", nonnegative=True)
    n = i + most
    scaled = level.subs(e, 1 / (2 * n))
    yield positive("thresholds are below 5/4", sp.Rational(5, 4) - scaled)
    start = sp.Symbol("i - 1", nonnegative=True)
    yield at_least("and above 1", level.subs(i, 1 + start), 1 + e**2 / 2, {start: 0})
    yield equal("(0, 2) as a document", 2 / sp.Rational(5, 4), sp.Rational(8, 5))
    last = 2 * (1 - (j / (2 * (j + most))) ** 2)
    yield at_least("and as a query", last, sp.Rational(3, 2), {most: 0})
    three = sp.Matrix([[2, -1, -1], [0, sp.sqrt(3), -sp.sqrt(3)]])
    expected = sp.Matrix(3, 3, lambda a, b: 4 if a == b else -2)
    for a in range(3):
        for b in range(3):
            product = (three.T * three)[a, b]
            yield equal(f"three at 120 degrees, {a} and {b}", product, expected[a, b])


def instances(rng):
    for n in range(1, 9):
        yield parabola(n)
    line = np.subtract(rng.integers(0, 21, size=(9, 20000, 1)), 10)
    yield instance("on a line, by row: none", not realised(line, by_row=True).any())
    plane = np.subtract(rng.integers(0, 21, size=(7, 20000, 2)), 10)
    zero = realised(plane, 0)
    yield instance("in the plane at 0: some", zero.any())
    yield instance("none with a common document", not (zero & common(plane, 0)).any())
    swapped = plane[[3, 4, 5, 0, 1, 2, 6]]
    yield instance(
        "none with a common query", not (realised(swapped, 0) & common(swapped, 0)).any()
    )
    yield from on_circle(rng)


def parabola(n):
    """A block of n with a common document and a common query, at threshold 1, in two dimensions."""
    e = Fraction(1, 2 * n)
    documents = [(e * j, 1 - (e * j) ** 2) for j in range(1, n + 1)]
    levels = [1 + (e * i) ** 2 - e**2 / 2 for i in range(1, n + 1)]
    queries = [(2 * e * i / r, 1 / r) for i, r in enumerate(levels, 1)]
    scores = [[a * x + b * y for x, y in documents] for a, b in queries]
    right = [(s > 1) == (i == j) for i, row in enumerate(scores) for j, s in enumerate(row)]
    high = [2 * b > 1 for _, b in queries] + [2 * y > 1 for _, y in documents]
    whole = len(documents) == len(queries) == n
    return instance(f"a block of {n} with common vectors", whole and all(right) and all(high))


def realised(draws, threshold=0, by_row=False):
    """Whether the first three queries and documents of each draw are a block."""
    scores = np.einsum("ink,jnk->ijn", draws[:3], draws[3:6])
    levels = draws[6:, None, :, 0] if by_row else threshold
    return np.all((scores > levels) == np.eye(3, dtype=bool)[:, :, None], axis=(0, 1))


def common(draws, threshold):
    """Whether the last vector of each draw is above the threshold with the first three."""
    return np.all(np.einsum("ink,nk->in", draws[:3], draws[6]) > threshold, axis=0)


def on_circle(rng):
    """Whole vectors of length 65: blocks at some thresholds, none with a common vector."""
    points = [(x, y) for x in range(66) for y in range(66) if x**2 + y**2 == 65**2]
    whole = np.array([(s * x, t * y) for x, y in points for s in (1, -1) for t in (1, -1)])
    draws = whole[rng.integers(0, len(whole), size=(7, 60000))]
    found = {level: realised(draws, level) for level in (0, 1500, 2500, 3500)}
    yield instance("unit rows, one threshold: some", all(block.any() for block in found.values()))
    beside = [(block & common(draws, level)).any() for level, block in found.items()]
    yield instance("with a common document none", not any(beside))
    longer = np.concatenate((draws[:6], 9 * draws[6:]))
    beside = [(block & common(longer, level)).any() for level, block in found.items()]
    yield instance("but with a longer one", any(beside))
