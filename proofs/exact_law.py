r"""Exact law of the scores of random directions: an isotropic point of the hyperbolic plane.

Let g and h be normal vectors in d >= 2 dimensions, with independent pairs of coordinates of
correlation rho = tanh(beta); for a match of a query with |S(q)| = k take g = g_j and h the sum of
g_i over S(q) divided by sqrt(k), so rho = 1/sqrt(k); for a non-match rho = 0.

1. In polar coordinates u = |g|, v = |h|, r = their score, the density of (u, v, r) is the product
   of the areas of the spheres of d - 1 and d - 2 dimensions, (2 pi)^-d (1 - rho^2)^(-d/2),
   (u v)^(d-1) (1 - r^2)^((d-3)/2) and exp(-(u^2 - 2 rho r u v + v^2)/(2 (1 - rho^2))).
2. Put u v = p, u/v = e^w and integrate p out (a Gamma integral); put r = tanh(zeta). The density
   of (w, zeta) is (d-1)/(2 pi) cosh(zeta) X^-d with X = cosh w cosh zeta cosh beta - sinh zeta
   sinh beta.
3. cosh(zeta) dw dzeta is the area of the hyperbolic plane, with the point (w, zeta) of the
   hyperboloid (cosh zeta cosh w, cosh zeta sinh w, sinh zeta), and X is cosh D for its distance D
   from (0, beta): the law is isotropic. In polar coordinates (D, phi) about that point its density
   is (d-1)/(2 pi) sinh D cosh^-d D, so cosh(D)^-(d-1) = y is uniform in (0, 1), and independent
   of phi, which is uniform.
4. zeta <= c iff cos phi >= A(D); for c <= beta no phi does for D < beta - c, and the part
   arccos(A)/pi of them for larger D. Integrate over y from 0 to Y = cosh(beta - c)^-(d-1).
5. For rho = 0 integrate w out of 2: a Beta law. And given g, h has the component rho |g| + sigma Z
   along it and length sigma W across, W ~ chi_{d-1}: the noncentral t law.

Tails add up over pairs to expected numbers; by the union bound these bound the probability of any
wrong pair. For rows, given the query and the match, the non-matches are independent directions, so
the best of m - k of them has the law F^(m-k).
"""

import mpmath as mp
import sympy as sp

from .kit import equal, instance, kept, positive, stated

ID = "exact-law"
TITLE = "The law of a score of Algorithm 1"
BETA = sp.Symbol("beta")
C = sp.Symbol("c")
DIST = sp.Symbol("D")
DIM = sp.Symbol("d")
SCORE = sp.Symbol("r")
STATEMENT = stated(
    r"""
[[Let $g, h$ be normal vectors in $d \ge 2$ dimensions whose pairs of coordinates are independent
with correlation $\rho = \tanh\beta$, and $c \le \beta$.]] Then
$$P\Big(\frac{\langle g, h\rangle}{\|g\|\|h\|} \le \tanh c\Big) = @inverse\int_{[[0]]}^Y \arccos
A\,dy, \quad A = @angle, \quad y = @uniform,$$
with $Y = @share$. [[A match of a query with $|S(q)| = k \ge 2$ has $\rho = 1/\sqrt k$, any other
pair $\rho = 0$,]] and for $\rho = [[0]]$ the law of $@shifted$, with $r$ the score, is that of
$\mathrm{Beta}(a, a)$ with $a = @parameter$.
""",
    inverse=1 / sp.pi,
    angle=(sp.sinh(BETA) * sp.cosh(DIST) - sp.sinh(C)) / (sp.cosh(BETA) * sp.sinh(DIST)),
    uniform=sp.cosh(DIST) ** (1 - DIM),
    share=sp.cosh(BETA - C) ** (1 - DIM),
    shifted=(1 + SCORE) / 2,
    parameter=(DIM - 1) / 2,
)
ASSUMPTIONS = ("the directions g_j are independent standard normal vectors", "d >= 2")
SOURCE = "docs/theory/random.md"
STATUS = "proof on paper, formulas checked"

CELLS = 60


def sphere(n):
    """Area of the unit sphere in n dimensions."""
    return 2 * sp.pi ** (n / 2) / sp.gamma(n / 2)


def beta_function(a, b):
    return sp.gamma(a) * sp.gamma(b) / sp.gamma(a + b)


def steps():
    yield from lengths_integrated_out()
    yield from polar_coordinates()
    yield from where_the_score_is_low()
    yield from beta_law()
    yield from noncentral_t()


def lengths_integrated_out():
    d, p, a = sp.symbols("d p a", positive=True)
    w, rho, r = sp.symbols("w rho r", real=True)
    u, v = sp.sqrt(p) * sp.exp(w / 2), sp.sqrt(p) * sp.exp(-w / 2)
    yield equal("u v = p", u * v, p)
    jacobian = sp.Matrix([u, v]).jacobian([p, w]).det()
    yield equal("du dv = dp dw / 2", jacobian**2, sp.Rational(1, 4))
    energy = (u**2 - 2 * rho * r * u * v + v**2) / (2 * (1 - rho**2))
    rate = (sp.cosh(w) - rho * r) / (1 - rho**2)
    yield equal(
        "the exponent is -p times the rate", energy.rewrite(sp.exp), (p * rate).rewrite(sp.exp)
    )
    gamma = sp.integrate(p ** (d - 1) * sp.exp(-a * p), (p, 0, sp.oo), conds="none")
    yield equal("p is a Gamma variable", gamma, sp.gamma(d) / a**d)
    constant = sphere(d) * sphere(d - 1) * sp.gamma(d) / (2 * sp.pi) ** d / 2
    yield equal("the constant", sp.gammasimp(constant) * sp.pi, (d - 1) / 2)
    zeta, beta = sp.symbols("zeta beta", real=True)
    yield equal("dr = dzeta/cosh^2", sp.diff(sp.tanh(zeta), zeta), 1 - sp.tanh(zeta) ** 2)
    X = sp.cosh(w) * sp.cosh(zeta) * sp.cosh(beta) - sp.sinh(zeta) * sp.sinh(beta)
    base = sp.cosh(w) - sp.tanh(beta) * sp.tanh(zeta)
    yield equal(
        "the rate in X", (base * sp.cosh(zeta) * sp.cosh(beta)).rewrite(sp.exp), X.rewrite(sp.exp)
    )
    C, B, x = sp.symbols("C B x", positive=True)  # cosh zeta, cosh beta, X; 1 - rho^2 = B^-2
    powers = B**d * C ** (3 - d) * C**-2 * (x / (C * B) * B**2) ** -d
    yield equal("all powers together", powers, C * x**-d)


def polar_coordinates():
    E, F, t = sp.symbols("E F t", positive=True)  # e^beta, e^D, tan(phi/2)
    b, B, s, S = (E - 1 / E) / 2, (E + 1 / E) / 2, (F - 1 / F) / 2, (F + 1 / F) / 2
    cos, sin = (1 - t**2) / (1 + t**2), 2 * t / (1 + t**2)
    x0, x1, x2 = B * S - b * s * cos, s * sin, b * S - B * s * cos
    yield equal("on the hyperboloid", x0**2 - x1**2 - x2**2, 1)
    yield equal("X = cosh D", x0 * B - x2 * b, S)
    d_d, d_phi = F, (1 + t**2) / 2  # d/dD = F d/dF, d/dphi = (1 + t^2)/2 d/dt
    polar = sp.Matrix([x1, x2]).jacobian([F, t]).det() * d_d * d_phi
    yield equal("dx1 dx2 = x0 sinh D dD dphi", sp.cancel(polar), x0 * s)
    w, zeta = sp.symbols("w zeta", real=True)
    x1, x2 = sp.cosh(zeta) * sp.sinh(w), sp.sinh(zeta)
    flat = sp.Matrix([x1, x2]).jacobian([w, zeta]).det()
    x0 = sp.cosh(zeta) * sp.cosh(w)
    yield equal("dx1 dx2 = x0 cosh(zeta) dw dzeta", flat, x0 * sp.cosh(zeta))
    D, d = sp.symbols("D d", positive=True)
    cumulative = -(sp.cosh(D) ** (1 - d))
    density = (d - 1) * sp.sinh(D) * sp.cosh(D) ** -d
    yield equal("P(D > a) = cosh(a)^-(d-1)", sp.diff(cumulative, D), density)
    y = sp.cosh(D) ** (1 - d)
    yield equal(
        "y in D", -sp.diff(y, D) * sp.cosh(D), kept(y) * (d - 1) * sp.sinh(D), shows="uniform"
    )
    beta, c = sp.symbols("beta c", real=True)
    last = sp.cosh(beta - c) ** (1 - d)
    yield equal("Y is y at D = beta - c", y.subs(D, beta - c), last, shows="share")
    yield equal(
        "it grows with c",
        sp.diff(last, c) * sp.cosh(beta - c),
        kept(last) * (d - 1) * sp.sinh(beta - c),
    )


def where_the_score_is_low():
    E, F, G, cos = sp.symbols("E F G cos", positive=True)  # e^beta, e^D, e^c, cos(phi)
    b, B, s, S = (E - 1 / E) / 2, (E + 1 / E) / 2, (F - 1 / F) / 2, (F + 1 / F) / 2
    low = (G - 1 / G) / 2
    A = (b * S - low) / (B * s)
    yield equal("zeta <= c iff cos(phi) >= A", low - (b * S - B * s * cos), B * s * (cos - A))
    yield equal("A = 1 at D = beta - c", A.subs(F, E / G), 1)
    beta, D, c = sp.symbols("beta D c", positive=True)
    angle = (sp.sinh(beta) * sp.cosh(D) - sp.sinh(c)) / (sp.cosh(beta) * sp.sinh(D))
    above = sp.sinh(beta) * sp.cosh(D) - sp.sinh(c)
    yield equal("A as stated", kept(angle) * (sp.cosh(beta) * sp.sinh(D)), above, shows="angle")
    phi = sp.Symbol("phi", positive=True)
    share = sp.integrate(1 / (2 * sp.pi), (phi, -sp.acos(cos), sp.acos(cos)))
    yield equal(
        "the part of phi in (-arccos A, arccos A)", share, 1 / sp.pi * sp.acos(cos), shows="inverse"
    )
    yield equal(
        "1 - A has the sign of sinh(D - beta) + sinh c", B * s * (1 - A), (F / E - E / F) / 2 + low
    )
    yield equal(
        "A + 1 that of sinh(D + beta) - sinh c", B * s * (1 + A), (F * E - 1 / (F * E)) / 2 - low
    )


def beta_law():
    d, s = sp.symbols("d s", positive=True)
    w = sp.Symbol("w", positive=True)
    yield equal("cosh^-2 w = 1 - s with s = tanh^2 w", 1 / sp.cosh(w) ** 2, 1 - sp.tanh(w) ** 2)
    slope = 2 * sp.sqrt(s) * (1 - s)
    yield equal(
        "ds = 2 sqrt(s) (1 - s) dw", sp.diff(sp.tanh(w) ** 2, w), slope.subs(s, sp.tanh(w) ** 2)
    )
    half = sp.Rational(1, 2)
    integrand = 2 * (1 - s) ** (d / 2) / slope  # twice, for both signs of w
    yield equal("a Beta integral", integrand, s ** (half - 1) * (1 - s) ** (d / 2 - 1))
    constant = (d - 1) / (2 * sp.pi) * beta_function(half, d / 2)
    other = 1 / beta_function(half, (d - 1) / 2)
    yield equal("the constant in r", sp.gammasimp(constant / other), 1)
    a = (d - 1) / 2
    constant = sp.gammasimp(2 ** (d - 2) * other * beta_function(a, a))
    yield equal("the constant in (1 + r)/2", constant, 1)
    p, b = sp.symbols("p b", positive=True)  # b = (1 + r)/2
    r = sp.Symbol("r", real=True)
    yield equal("(1 + r)/2 and back", 2 * kept((1 + r) / 2) - 1, r, shows="shifted")
    yield equal("its parameter", sp.solve((d - 3) / 2 - (p - 1), p)[0], a, shows="parameter")
    yield equal("1 - r^2 in b", 1 - (2 * b - 1) ** 2, 4 * b * (1 - b))


def noncentral_t():
    T, V = sp.symbols("T V", positive=True)
    z = sp.Symbol("z", positive=True)
    score = T / sp.sqrt(T**2 + V**2)
    yield positive("the score rises with T", sp.factor(sp.diff(score, T)))
    t = z / sp.sqrt(1 - z**2)
    yield equal("and is z at T = t V", (score**2).subs(T, t * V), z**2)


def instances(rng):
    """P(score <= 0) for even d: <g, h> is the difference of (1 + rho) G and (1 - rho) G' with
    independent Gamma(d/2) variables, so it is the law of a Beta(d/2, d/2) at (1 - rho)/2."""
    x = sp.Symbol("x")
    with mp.workdps(30):
        for d in (2, 4, 6):
            rho = sp.Rational(int(rng.integers(1, 9)), 10)
            n = d // 2
            cdf = sp.integrate((x * (1 - x)) ** (n - 1), x) / beta_function(n, n)
            exact = cdf.subs(x, (1 - rho) / 2)
            low, high = enclosure(d, mp.mpf(rho.p) / rho.q)
            value = mp.mpf(exact.p) / exact.q
            yield instance(f"d = {d}, rho = {rho}: {exact}", low <= value <= high <= low * 1.1)


def enclosure(d, rho):
    """Lower and upper sums at c = 0, where the integrand falls with y; d and rho positive."""
    Y = mp.sqrt((1 - rho**2) ** (d - 1))
    values = [mp.acos(rho)]
    for i in range(1, CELLS):
        cosh = (Y * i / CELLS) ** (mp.mpf(1) / (1 - d))
        values.append(mp.acos(rho * cosh / mp.sqrt(cosh**2 - 1)))
    values.append(0)
    step = Y / CELLS / mp.pi
    return step * sum(values[1:]), step * sum(values[:CELLS])
