r"""Forster: a matrix whose spectral norm is small has no sign pattern of small rank.

Let B be n x m with all entries of size at least b > 0, and let d be the least rank of a matrix with
its signs: d <= m, and vectors q_i, x_j in d dimensions have sign <q_i, x_j> = sign B_ij, none of
them 0. The signs stay if all vectors move a little, so let any d of the x_j be independent.

*Isotropic position.* Some W, positive definite, makes the y_j = W^(1/2) x_j/|W^(1/2) x_j| satisfy
sum y_j y_j^T = (m/d) I. (m = d: a W that makes the x_j orthonormal.) For m > d, minimise
F(W) = sum ln(x_j^T W x_j) - (m/d) ln det W. It does not change if W is multiplied by a number, so
let det W = 1, with eigenvalues w_1 >= ... >= w_d.

- A minimum exists. The span of the last d - l eigenvectors holds at most d - l of the x_j, and by
  compactness there is delta > 0, the same for all W, such that all but d - l of the x_j have a part
  of length at least delta in the span of the first l. So one x_j more for each l: m - d + 1 of them
  have x^T W x >= delta^2 w_1, another one delta^2 w_2, and so on. Then
  F >= m ln delta^2 + (m - d) ln w_1 + sum ln w_l, where the last sum is 0, and F is large where
  w_1 is; where it is not, W is in a compact set.
- There the derivative in each direction H is 0: sum x_j^T H x_j/(x_j^T W x_j) = (m/d) tr(W^-1 H),
  so sum x_j x_j^T/(x_j^T W x_j) = (m/d) W^-1. Multiply by W^(1/2) on both sides.

Let p_i = W^(-1/2) q_i/|W^(-1/2) q_i|: the scores <p_i, y_j> are those of q_i and x_j up to positive
factors, and have their signs.

*Two sums.* Row i has sum_j <p_i, y_j>^2 = p_i^T (m/d) p_i = m/d, and |<p_i, y_j>| <= 1, so
sum_j |<p_i, y_j>| >= m/d, and sum_ij B_ij <p_i, y_j> >= b n m/d. On the other hand, with rows p_i
and y_j, it is tr(P^T B Y) <= |P|_F |B Y|_F <= |B| |P|_F |Y|_F = |B| sqrt(n) sqrt(m). So
d >= b sqrt(n m)/|B|.

*Thresholds.* Score less threshold is a score in d + 1 dimensions: (q, -r) and (x, 1). So thresholds
of any kind take the bound less 1.

*The norm from above.* G = B B^T, H = s I - G, R a Cholesky factor of H from floating point that
came to its end: R^T R = H + D with |D_ij| <= gamma |r_i| |r_j| for the columns r_i of R and gamma =
gamma_(n+1) (Higham, Accuracy and Stability, theorem 10.3; barring underflow). On the diagonal this
is |r_i|^2 <= h_ii + gamma |r_i|^2, so |r_i|^2 <= h_ii/(1 - gamma), and |D_ij| is at most
gamma/(1 - gamma) sqrt(h_ii h_jj): the entry of a matrix of rank 1 whose norm is its trace. H + D is
positive semidefinite, so the least eigenvalue of H, which is s - |B|^2, is at least
-gamma tr(H)/(1 - gamma), and |B|^2 <= s + gamma tr(H)/(1 - gamma), tr H = n s - |B|_F^2.

*The signed identity* of size n with a >= 1 on its diagonal and -1 elsewhere has the eigenvalues
a + 1 and a - (n - 1): for a = n/2 - 1 both are n/2 in size and the bound is 2, for a = 1 it is
n/(n - 2), n >= 4.
"""

from fractions import Fraction

import numpy as np
import sympy as sp

from .kit import at_least, at_most, equal, instance, same_matrix, stated

ID = "forster"
TITLE = "Forster: a sign pattern of entries of at least b takes rank b √(nm)/‖B‖"
SMALL = sp.Symbol("b")
N = sp.Symbol("n", positive=True)
M = sp.Symbol("m", positive=True)
NORM = sp.Symbol("B", positive=True)
S = sp.Symbol("s")
GAMMA = sp.Symbol("gamma")
TRACE = sp.Symbol("T")
STATEMENT = stated(
    r"""
[[Let $B$ be a real $n \times m$ matrix with $|B_{ij}| \ge b > 0$.]] A matrix with its signs has
rank at least $@rank$. So threshold 0 takes as many dimensions if $B$ is positive just on
matches, and a common threshold of any value, or row thresholds, take at least $@other$. [[If a
floating-point Cholesky factor of $H = sI - BB^\top$ is found, and $\gamma = \gamma_{n+1}$,]]
then $\|B\|^{[[2]]}$ is at most $@norm$.
""",
    tex={"B": r"\|B\|", "T": r"\operatorname{tr} H"},
    rank=SMALL * sp.sqrt(N * M) / NORM,
    other=SMALL * sp.sqrt(N * M) / NORM - 1,
    norm=S + GAMMA / (1 - GAMMA) * TRACE,
)
ASSUMPTIONS = (
    "no score equals its threshold",
    "last part: the standard model of floating point without underflow, H exact",
)
SOURCE = (
    "Forster 2002; Forster, Krause, Lokam, Mubarakzjanov, Schmitt, Simon 2001; Rump 2006; "
    "hrgeom/bounds/lower/_forster.py"
)
CITED = (
    "backward error of Cholesky factors: Higham, Accuracy and Stability, theorem 10.3",
    "a continuous function on a compact set has a minimum",
)
STATUS = "proof on paper, formulas checked"


def steps():
    yield from position()
    yield from sums()
    yield from norm()
    yield from signed_identity()


def position():
    m, d, spare = sp.symbols("m d m-d", positive=True)
    number, form, det = sp.symbols("c x^TWx det", positive=True)
    before = m * sp.log(form) - m / d * sp.log(det)
    after = m * sp.log(number * form) - m / d * sp.log(number**d * det)
    yield equal("multiples of W have the same F", after, sp.expand_log(before))
    first, rest, delta = sp.symbols("w_1 w delta", positive=True)
    # m - d + 1 of the logarithms are at least that of the largest eigenvalue, d - 1 of the others
    many = (spare + 1) * sp.log(delta * first) + (d - 1) * sp.log(delta * rest)
    least = (d + spare) * sp.log(delta) + spare * sp.log(first)
    left = sp.log(first) + (d - 1) * sp.log(rest)
    yield equal("F is large where w_1 is", sp.expand_log(many), sp.expand_log(least + left))
    yield equal("and all together are m", (spare + 1) + (d - 1), d + spare)
    size = sp.Symbol("d", integer=True, positive=True)
    w, h = sp.MatrixSymbol("W", size, size), sp.MatrixSymbol("H", size, size)
    x, q = sp.MatrixSymbol("x", size, 1), sp.MatrixSymbol("q", size, 1)
    t = sp.Symbol("t", real=True)
    along = x.T * (w + t * h) * x
    yield same_matrix("the slope of x^T W x", along - x.T * w * x, t * x.T * h * x)
    values = sp.symbols("a b c e f g u v", positive=True)
    a, b, c, e, f, g, u, v = values
    two, change = sp.Matrix([[a, c], [c, b]]), sp.Matrix([[e, f], [f, g]])
    slope = sp.diff(sp.log((two + t * change).det()), t).subs(t, 0)
    yield equal(
        "the slope of ln det, for two by two", slope, (two.inv() * change).trace(), sizes="2 x 2"
    )
    point = sp.Matrix([u, v])
    grows = sp.diff(sp.log((point.T * (two + t * change) * point)[0]), t).subs(t, 0)
    ratio = (point * point.T * change).trace() / (point.T * two * point)[0]
    yield equal("and that of ln x^T W x is a trace too", grows, ratio, sizes="2 x 2")
    root = sp.MatrixSymbol("R", size, size)  # W^(1/2), symmetric
    yield same_matrix("scores stay", (root.I * q).T * (root.T * x), q.T * root.I.T * root.T * x)
    yield same_matrix("which is q^T x", q.T * (root * root.I) * x, q.T * x)


def sums():
    d, n, m, b, norm = sp.symbols("d n m b B", positive=True)
    below = sp.Symbol("t", nonnegative=True)
    size = 1 / (1 + below)  # |<p, y>| <= 1
    yield at_least("|<p, y>| >= <p, y>^2", size - size**2, 0, {below: 0})
    small, far = sp.symbols("s e", nonnegative=True)
    entry = b + far
    yield at_least("|B_ij <p, y>| >= b |<p, y>|", entry * small, b * small, {far: 0})
    lower = b * n * m / d
    upper = norm * sp.sqrt(n) * sp.sqrt(m)
    yield equal(
        "where the two meet", sp.solve(lower - upper, d)[0], b * sp.sqrt(n * m) / norm, shows="rank"
    )
    less = sp.solve((lower - upper).subs(d, d + 1), d)[0]
    yield equal(
        "with a coordinate for thresholds", less, b * sp.sqrt(n * m) / norm - 1, shows="other"
    )
    dims = sp.Symbol("d", integer=True, positive=True)
    q, x = sp.MatrixSymbol("q", dims, 1), sp.MatrixSymbol("x", dims, 1)
    r = sp.MatrixSymbol("r", 1, 1)
    long_q, long_x = sp.BlockMatrix([[q], [-r]]), sp.BlockMatrix([[x], [sp.Identity(1)]])
    product = sp.block_collapse(long_q.T * long_x)
    yield same_matrix("a threshold is a coordinate", product, q.T * x - r.T)


def norm():
    gamma, h, s = sp.symbols("gamma h s", positive=True)
    length = sp.Symbol("r", positive=True)
    most = sp.solve(h + gamma * length - length, length)[0]
    yield equal("the square of a column", most, h / (1 - gamma))
    other = sp.Symbol("k", positive=True)
    square = gamma**2 * most * most.subs(h, other)  # of an entry of D
    yield equal("an entry of D", square, (gamma / (1 - gamma)) ** 2 * h * other)
    v, w, a, c = sp.symbols("v w a c", real=True)
    gap = (v**2 + w**2) * (a**2 + c**2) - (v * a + w * c) ** 2
    yield equal("rank 1: at most its trace", gap, (v * c - w * a) ** 2, sizes="2 x 2")
    least, trace, error = sp.symbols("lambda T g", real=True)
    yield equal(
        "the square of the norm", sp.solve(s - least + error * trace, least)[0], s + error * trace
    )
    share = gamma / (1 - gamma)
    bound = sp.solve(s - least + share * trace, least)[0]
    yield equal("with gamma", bound, s + gamma / (1 - gamma) * trace, shows="norm")
    n, total = sp.symbols("n F", positive=True)
    yield equal("the trace of H", n * (s - total / n), n * s - total)


def signed_identity():
    n = sp.Symbol("n", integer=True, positive=True)
    a, v, rest = sp.symbols("a v w", real=True)  # an entry, and the sum of the others
    yield equal("ones", a - (n - 1), (a + 1) - n)
    yield equal("an entry of a vector of sum 0", (a * v - rest).subs(rest, -v), (a + 1) * v)
    half = n / sp.Integer(2)
    yield equal(
        "the largest two agree", (a + 1).subs(a, half - 1), -(a - (n - 1)).subs(a, half - 1)
    )
    yield equal("so the bound is 2", n / half, 2)
    spare = sp.Symbol("s", integer=True, nonnegative=True)
    many = 4 + spare
    yield at_least("the diagonal is at least 1", many / sp.Integer(2) - 1, 1, {spare: 0})
    yield at_most("without weights |2| is the lesser", 2, -(1 - (many - 1)), {spare: 0})


def instances(rng):
    yield from hadamard()
    for _ in range(6):
        yield refused(rng)
    for n in (4, 5, 8):
        for a in (1, Fraction(n, 2) - 1):
            b = [[a if i == j else -1 for j in range(n)] for i in range(n)]
            square = n * n * min(a, 1) ** 2 / squared_norm(b)
            expected = 2 if a == Fraction(n, 2) - 1 else Fraction(n, n - 2)
            yield instance(f"signed identity of {n}, diagonal {a}", square == expected**2)


def hadamard():
    """Orthogonal rows of n signs: the norm is the root of n, and so is the bound."""
    matrix = np.ones((1, 1), dtype=int)
    for _ in range(4):
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
        n = len(matrix)
        yield instance(f"{n} signs", np.array_equal(matrix @ matrix.T, n * np.eye(n, dtype=int)))


def refused(rng):
    """Whole vectors in d dimensions, and the matrix of their scores: its ratio is at most d."""
    n, m, d = (int(x) for x in rng.integers((3, 3, 1), (6, 6, 4)))
    scores = np.zeros((n, m), dtype=int)
    while not scores.all():
        scores = np.subtract(rng.integers(0, 9, size=(n, d)), 4) @ rng.integers(0, 9, size=(d, m))
    least = int(np.abs(scores).min())
    ratio = least**2 * n * m / squared_norm(scores.tolist())
    return instance(f"{n} x {m}, rank {d}", ratio <= d**2)


def squared_norm(matrix):
    """The largest eigenvalue of B B^T, in algebraic numbers."""
    b = sp.Matrix(matrix)
    return max((b * b.T).charpoly().as_expr().as_poly().real_roots())
