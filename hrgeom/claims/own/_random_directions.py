"""Evidence for random directions and for rounding: laws of scores, and what floats do to them."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.bounds.random import (
    compressed_dim,
    compressed_rows,
    least_dim,
    n_wrong_pairs,
    random_rows_dim,
    score_cdf,
    theorem_3_1_dim,
    wrong_pairs,
)
from hrgeom.checker import certify, gamma, rounding_bounds
from hrgeom.claims._claim import Evidence
from hrgeom.claims._evidence import at_least, at_most, fact
from hrgeom.claims._instances import is_match, unit
from hrgeom.constructions import sdp_optimum
from hrgeom.constructions.queries import gaussian_centroid
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import perfect_tree, random_dag, random_subsets, random_tree

__all__ = [
    "exact_law_evidence",
    "jl_compression_evidence",
    "normalized_margin_evidence",
    "quantization_evidence",
    "random_rows_evidence",
    "rounding_evidence",
]

_FLOATS: tuple[Any, ...] = (np.float64, np.float32, np.float16)


def exact_law_evidence() -> list[Evidence]:
    from scipy import stats

    z = np.linspace(-0.9, 0.0, 10)
    of_others = 0.0
    for d in (2, 5, 50, 300):
        beta = stats.beta.cdf((1 + z) / 2, (d - 1) / 2, (d - 1) / 2)
        of_others = max(of_others, float(np.abs(score_cdf(d, 0.0, z) / beta - 1).max()))
    of_matches = max(_off_noncentral_t(d, k) for d, k in product((10, 40), (2, 5, 20)))
    tree = perfect_tree(2, 5).relevance
    at = wrong_pairs(tree, 60)
    runs = np.array([n_wrong_pairs(tree, at, seed) for seed in range(300)])
    error = float(runs.std(ddof=1)) / math.sqrt(len(runs))
    rows = wrong_pairs(tree, 40, notion="row")
    row_runs = np.array([n_wrong_pairs(tree, rows, seed) for seed in range(300)])
    row_error = float(row_runs.std(ddof=1)) / math.sqrt(len(row_runs))
    return [
        at_most("non-matches: largest relative distance from the Beta law", 1e-9, of_others),
        at_most("matches: the same from the noncentral t, mixed over lengths", 1e-6, of_matches),
        _simulated(
            "wrong pairs in 300 runs, perfect tree (2, 5), d = 60, mean", at.expected, runs, error
        ),
        _simulated("the same, wrong matches by row, d = 40", rows.expected, row_runs, row_error),
    ]


def _off_noncentral_t(d: int, k: int) -> float:
    """Return the largest relative distance of the law from E_u F(z sqrt(d-1)/sqrt(1-z^2))."""
    from scipy import stats

    nodes, weights = np.polynomial.legendre.leggauss(60)
    low, high = (float(stats.chi.ppf(p, d)) for p in (1e-13, 1 - 1e-13))
    u = (high - low) / 2 * nodes + (high + low) / 2
    density = weights * (high - low) / 2 * stats.chi.pdf(u, d)
    off = 0.0
    for z in np.linspace(0.3, 1.0, 5) / math.sqrt(k):
        t = z * math.sqrt(d - 1) / math.sqrt(1 - z * z)
        given_length = np.asarray(stats.nct.cdf(t, d - 1, u / math.sqrt(k - 1)))
        mixed = float(density @ given_length)
        off = max(off, abs(float(score_cdf(d, 1 / math.sqrt(k), z)) / mixed - 1))
    return off


def _simulated(what: str, stated: float, runs: NDArray[Any], error: float) -> Evidence:
    mean = float(runs.mean())
    how = f"within four standard errors, {4 * error:.2g}"
    return Evidence(what, f"{stated:.3f}", f"{mean:.3f}", abs(mean - stated) <= 4 * error, how)


def random_rows_evidence() -> list[Evidence]:
    expected, dims = [], []
    for r in _hierarchies():
        s, m, n = r.max_matches, r.n_documents, r.n_queries
        for delta in (0.5, 0.01):
            d = random_rows_dim(s, m, n, delta=delta)
            expected.append(wrong_pairs(r, d, notion="row").expected / delta)
            dims.append(least_dim(r, notion="row", delta=delta).dim / d)
    tree = perfect_tree(2, 4).relevance
    d = random_rows_dim(4, 15, 15, delta=0.5)
    good = [
        certify(
            gaussian_centroid(tree, dim=d, dtype="float64", seed=i), tree, notion="row", threads=1
        ).holds
        for i in range(100)
    ]
    return [
        at_most("wrong matches expected by the exact law, over delta", 1.0, max(expected)),
        at_most("least dimension by the exact law, over the theorem's", 1.0, max(dims)),
        at_least(
            f"runs of 100 that hold, perfect tree (2, 4), d = {d}, delta = 1/2", 50, sum(good)
        ),
    ]


def _hierarchies() -> list[Relevance]:
    return [
        perfect_tree(2, 6).relevance,
        perfect_tree(5, 4).relevance,
        random_tree(200, seed=0).relevance,
        random_dag(150, extra_parents=0.3, seed=0).relevance,
    ]


def jl_compression_evidence() -> list[Evidence]:
    subsets = random_subsets(50, 40, 4)
    identity = np.eye(40)
    queries, documents = compressed_rows(unit(is_match(subsets).astype(float)), identity, 100)
    algorithm = gaussian_centroid(subsets, dim=100, dtype="float64", seed=0)
    apart = max(
        float(np.abs(queries - algorithm.queries).max()),
        float(np.abs(documents - algorithm.documents).max()),
    )
    tree = perfect_tree(2, 4).relevance
    best = sdp_optimum(tree)
    q, x, r = best.embedding.queries, best.embedding.documents, best.embedding.threshold or 0.0
    sides = np.where(is_match(tree), 1.0, -1.0)
    tails, good, total = [], 0, 0
    for eta, delta in product((1.0, 0.5), (0.5, 0.1)):
        d = compressed_dim(15, 15, best.margin, eta=eta, delta=delta)
        kept = (1 - eta) * best.margin
        level = sides * r + kept  # what the signed score has to exceed
        tails.append(float(score_cdf(d, np.clip(sides * (q @ x.T), -1, 1), level).sum()) / delta)
        for seed in range(50):
            new_q, new_x = compressed_rows(q, x, d, seed=seed)
            good += bool((sides * (new_q @ new_x.T - r) > kept).all())
            total += 1
    simple = [
        compressed_dim(m, n, eps, eta=eta) <= 1 + math.ceil(2 * math.log(n * m) / (eta * eps) ** 2)
        for m, n, eps, eta in product((3, 100, 82115), (5, 10**6), (0.01, 0.2, 1.0), (0.3, 1.0))
    ]
    special = [
        compressed_dim(m, m, 1 / (2 * math.sqrt(s)), delta=0.5) <= theorem_3_1_dim(s, m, m) + 1
        for m, s in product((100, 82115), (2, 10, 35))
    ]
    return [
        at_most("Algorithm 1 and its form as a compression, same seed: apart by", 1e-12, apart),
        at_most("pairs that are expected wrong by the exact law, over delta", 1.0, max(tails)),
        at_least(
            f"projections of {total} that keep the margin, delta at most 1/2", total / 2, good
        ),
        fact("dimensions within 1 + 2 ln(nm)/(eta eps)^2", sum(simple), len(simple)),
        fact("dimensions at eps = 1/(2 sqrt s) within Theorem 3.1 + 1", sum(special), len(special)),
    ]


def quantization_evidence() -> list[Evidence]:
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


def rounding_evidence() -> list[Evidence]:
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


def normalized_margin_evidence() -> list[Evidence]:
    rng = np.random.default_rng(0)
    ratios: list[float] = []
    for _, dtype, d in product(range(10), _FLOATS, (3, 20)):
        q, x = rng.standard_normal((2, d)) * 10.0 ** rng.integers(-20, 20)
        scaled = (x / np.linalg.norm(x)).astype(dtype).astype(float)
        info = np.finfo(dtype)
        bound = _length(q) * (
            float(info.eps) / 2 + gamma(d + 8, 2.0**-53) + d * float(info.smallest_subnormal)
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
