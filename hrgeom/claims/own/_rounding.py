"""Claims about rounding: what floating point and stored types do to scores and margins."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom._base.floats import UNIT_ROUNDOFF
from hrgeom.checker import certify, gamma, rounding_bounds
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, fact
from hrgeom.claims._instances import is_match
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import random_subsets

__all__ = ["CLAIMS"]

_FLOATS: tuple[Any, ...] = (np.float64, np.float32, np.float16)


def _quantization() -> list[Evidence]:
    rng = np.random.default_rng(0)
    ratios, relative, grids = [], [], []
    for _, dtype in product(range(20), _FLOATS[1:]):
        q, x = rng.standard_normal((2, 12))
        p, y = q.astype(dtype).astype(float), x.astype(dtype).astype(float)
        moved = abs(_exact(q, x) - _exact(p, y))
        bound = _length(q - p) * _length(x) + _length(p) * _length(x - y)
        ratios.append(float(moved) / bound)
        u = float(np.finfo(dtype).eps) / 2
        relative.append(float(moved) / ((2 * u + u * u) * _length(q) * _length(x)))
        scale = float(np.abs(q).max()) / 127
        grids.append(_length(q - scale * np.rint(q / scale)) / (scale * math.sqrt(12) / 2))
    kept = []
    for seed in range(10):
        r = random_subsets(40, 20, 3, seed=seed)
        e = _with_margin(r, 0.01, seed)
        small = DualEmbedding(
            e.queries.astype(np.float16), e.documents.astype(np.float16), threshold=0.0
        )
        kept.append((1 + 2.0**-11) ** 2 < 1.01 and certify(small, r, threads=1).holds)
    return [
        at_most("scores moved, over ‖q - q'‖‖x‖ + ‖q'‖‖x - x'‖", 1.0, max(ratios)),
        at_most("the same, over (2u + u^2)‖q‖‖x‖", 1.0, max(relative)),
        at_most("rows in whole numbers times c, moved by, over c sqrt(d)/2", 1.0, max(grids)),
        fact("margins of 0.01 that float16 keeps, certified", sum(kept), len(kept)),
    ]


def _with_margin(relevance: Relevance, margin: float, seed: int) -> DualEmbedding:
    """Return unit rows in float64 whose normalized margin is this one, at threshold 0.

    Documents are orthonormal and queries have +-margin on them, so every score is +-margin.
    """
    m = relevance.n_documents
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.standard_normal((m + 1, m + 1)))[0]
    scores = np.where(is_match(relevance), margin, -margin)
    rest = math.sqrt(1 - m * margin**2)
    queries = np.column_stack((scores, np.full(len(scores), rest)))
    return DualEmbedding(queries @ turn, np.eye(m, m + 1) @ turn, threshold=0.0)


def _rounding() -> list[Evidence]:
    rng = np.random.default_rng(0)
    ratios: list[float] = []
    for _, dtype, n in product(range(40), _FLOATS, (3, 20)):
        q, x = rng.standard_normal((2, n)).astype(dtype)
        info = np.finfo(dtype)
        total = dtype(0)
        for i in rng.permutation(n):
            total = dtype(total + q[i] * x[i])
        sums = sum(abs(Fraction(float(a)) * Fraction(float(b))) for a, b in zip(q, x, strict=True))
        bound = Fraction(gamma(n, float(info.eps) / 2)) * sums + 2 * n * Fraction(
            float(info.smallest_subnormal)
        )
        ratios.append(float(abs(Fraction(float(total)) - _exact(q, x)) / bound))
    whole = []
    for _, dtype in product(range(20), _FLOATS):
        p = np.finfo(dtype).nmant + 1
        most = math.isqrt(2**p // 12)  # 12 products sum to at most 2^p
        q, x = rng.integers(-most, most + 1, (2, 12)).astype(dtype)
        total = dtype(0)
        for i in rng.permutation(12):
            total = dtype(total + q[i] * x[i])
        whole.append(Fraction(float(total)) == _exact(q, x))
    q, x = rng.standard_normal((20, 30)), rng.standard_normal((15, 30))
    bounds = rounding_bounds(q, x).score
    errors = [
        float(abs(Fraction(float(q[i] @ x[j])) - _exact(q[i], x[j]))) / bounds[i]
        for i, j in product(range(20), range(15))
    ]
    return [
        at_most("error over its bound, any order, three types", 1.0, max(ratios)),
        at_least("the same, so the bound is not idle", 0.02, max(ratios)),
        at_most("error of matrix products over what certificates allow", 1.0, max(errors)),
        fact("scores of small integers that are exact", sum(whole), len(whole)),
    ]


def _normalized_margin() -> list[Evidence]:
    rng = np.random.default_rng(0)
    ratios: list[float] = []
    for _, dtype, d in product(range(10), _FLOATS, (3, 20)):
        q, x = rng.standard_normal((2, d)) * 10.0 ** rng.integers(-20, 20)
        scaled = (x / np.linalg.norm(x)).astype(dtype).astype(float)
        info = np.finfo(dtype)
        bound = _length(q) * (
            float(info.eps) / 2 + gamma(d + 8, UNIT_ROUNDOFF) + d * float(info.smallest_subnormal)
        )
        ratios.append(_off_unit(q, x, scaled) / bound)
    return [
        at_most("scores with unit rows, off by, over the bound", 1.0, max(ratios)),
        at_least("the same, so the bound is not idle", 0.02, max(ratios)),
    ]


def _off_unit(q: NDArray[Any], x: NDArray[Any], scaled: NDArray[Any]) -> float:
    """Return |<q, scaled> - <q, x/|x|>|, worked out in 60 digits."""
    with localcontext() as context:
        context.prec = 60
        terms = [tuple(map(Decimal, map(float, t))) for t in zip(q, x, scaled, strict=True)]
        length = sum((b * b for _, b, _ in terms), Decimal(0)).sqrt()
        return float(abs(sum((a * (c - b / length) for a, b, c in terms), Decimal(0))))


def _exact(q: NDArray[Any], x: NDArray[Any]) -> Fraction:
    products = (Fraction(float(a)) * Fraction(float(b)) for a, b in zip(q, x, strict=True))
    return sum(products, Fraction(0))


def _length(row: NDArray[Any]) -> float:
    return float(np.linalg.norm(row))


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="quantisation",
        title="Rounding the vectors moves a score by at most ‖q - q'‖‖x‖ + ‖q'‖‖x - x'‖",
        kind="theorem",
        statement=r"""
$|\langle q,x\rangle - \langle q',x'\rangle| \le |q-q'||x| + |q'||x-x'|$, at most $(2u+u^2)|q||x|$
for floats of unit roundoff $u$. So a normalized margin $\varepsilon$ keeps its sign if $(1+u)^2 <
1+\varepsilon$. Rounding to integers times $c$ moves a row by at most $c\sqrt d/2$.
""",
        source="hrgeom, docs/theory/certificate.md",
        verdict="confirmed",
        evidence=_quantization,
        proofs=("quantisation",),
        page="theory/certificate.md",
        remark="Scores in fractions. Certificates do not use it: they check the rounded vectors.",
    ),
    Claim(
        id="rounding",
        title="A score in floats, in any order: off by at most γₙ times the sum of its parts + 2nη",
        kind="theorem",
        statement=r"""
Let $n$ of the products $q_kx_k$ be nonzero, evaluated and added in floats of unit roundoff $u$ and
smallest subnormal $\eta$, in any order, fused or not. If $nu \le 1/2$ the result is within
$\gamma_n\sum_k|q_kx_k| + 2n\eta$ of $\langle q,x\rangle$, $\gamma_n = nu/(1-nu)$. If all products
are multiples of $2^g \ge \eta$ and $\sum_k|q_kx_k| \le 2^{g+p}$ for the type's precision $p$, it
is exact.
""",
        source="hrgeom, docs/theory/certificate.md; Higham, Accuracy and Stability, section 3.1",
        verdict="confirmed",
        evidence=_rounding,
        proofs=("rounding",),
        page="theory/certificate.md",
        remark="Errors in fractions, in float64, float32 and float16, random orders.",
    ),
    Claim(
        id="normalised-margin",
        title="Documents scaled to unit length in floats: scores off by at most ‖q‖(u + γ + dη)",
        kind="theorem",
        statement=r"""
Let $\tilde x$ be $x/|x|$ computed in float64 and rounded to a type of unit roundoff $u_T$ and
smallest subnormal $\eta_T$. Then
$|\langle q,\tilde x\rangle - \langle q,x/|x|\rangle| \le |q|(u_T + \gamma_{d+8} + d\,\eta_T)$, with
$\gamma$ that of float64.
""",
        source="hrgeom, docs/theory/certificate.md",
        verdict="confirmed",
        evidence=_normalized_margin,
        proofs=("normalised-margin",),
        page="theory/certificate.md",
        remark="Lengths in 60 decimal digits.",
    ),
)
