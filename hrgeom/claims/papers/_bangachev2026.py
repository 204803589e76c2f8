"""Claims of Bangachev et al. 2026, dimensionality and retrieval models (arXiv:2605.23556)."""

from __future__ import annotations

import math

import numpy as np

from hrgeom.bounds.ceilings import subsets_ceiling
from hrgeom.bounds.lower import packing_dim, radon_dimension_exactly, subsets_packing_dim
from hrgeom.bounds.random import compressed_dim, compressed_rows, kept_margin
from hrgeom.checker import certify
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, equal, fact, of_print, printed, ran
from hrgeom.claims._instances import is_match, unit
from hrgeom.claims._subsets import exactly_k, full_gap, mean_queries, simplex
from hrgeom.constructions import moment_curve, moment_margin
from hrgeom.constructions.queries import max_margin_queries
from hrgeom.datasets import published_table, random_subsets

__all__ = ["CLAIMS"]

_PAPER = "Bangachev et al. 2026, arXiv:2605.23556"
_EARLIER = {  # dimension -> best margins for the numbers of documents in _EARLIER_N
    15: (0.1987, 0.1178, 0.0702, 0.0565, 0.0458, 0.0376, 0.0349),
    20: (0.2898, 0.1628, 0.1002, 0.0779, 0.0676, 0.0587, 0.0525),
    25: (0.2901, 0.1864, 0.1308, 0.0964, 0.0849, 0.0770, 0.0695),
}
_EARLIER_N = (20, 40, 80, 120, 160, 200, 240)
_SAMPLED = {  # k -> (InfoNCE, sigmoid) for 100, 200, ..., 25,600 queries of 100 documents
    4: ((10, 12, 14, 16, 20, 23, 28, 28), (6, 8, 9, 11, 12, 14, 15, 16, 17)),
    5: ((10, 13, 16, 19, 23, 26, 30), (7, 9, 11, 13, 14, 16, 17, 19, 19)),
    6: ((11, 16, 17, 21, 25, 28), (8, 10, 12, 14, 16, 18, 19, 21, 22)),
}
_RUNS = {  # loss -> (n, least d printed, least d of ours), one threshold for all queries
    "sigmoid": ((20, 6, 5), (40, 7, 6), (60, 7, 7), (80, 8, 8), (100, 8, 8)),
    "softmax": ((20, 10, 9), (40, 14, 13), (60, 19, 19), (80, 22, 20), (100, 23, 24)),
}


def _shared_threshold_zero(n: int, k: int) -> float:
    """Return the margin at threshold 0 of x_i = (a e_i, b), q = (c 1_S, -b), b^2 = 1/(2√k + 1)."""
    margin = 1 / (2 * math.sqrt(k) + 1)
    a, c = math.sqrt(1 - margin), math.sqrt((1 - margin) / k)
    relevance = exactly_k(n, k)
    documents = np.column_stack((a * np.eye(n), np.full(n, math.sqrt(margin))))
    queries = np.column_stack(
        (c * is_match(relevance), np.full(relevance.n_queries, -math.sqrt(margin)))
    )
    scores, matches = queries @ documents.T, is_match(relevance)
    return float(min(scores[matches].min(), -scores[~matches].max()))


def _limit() -> list[Evidence]:
    rows = []
    for n, k in ((10, 1), (9, 4), (20, 2)):
        at = f"n = {n}, k = {k}"
        lower = 1 / (2 * math.sqrt(k) + 1)
        rows.append(
            printed(
                f"margin at threshold 0, 1/(2√k + 1), {at}",
                lower,
                _shared_threshold_zero(n, k),
                1e-9,
            )
        )
        rows.append(at_most(f"the same against the ceiling, {at}", subsets_ceiling(n, k), lower))
    for k in (2, 10, 100, 10_000):
        n = 10**6 * k
        upper = subsets_ceiling(n, k) * 2 * math.sqrt(k)
        lower = 2 * math.sqrt(k) / (2 * math.sqrt(k) + 1)
        rows.append(
            at_most(
                f"ceiling over 1/(2√k), n = 10⁶ k, k = {k:,}: 1 + 1/k at most", 1 + 1 / k, upper
            )
        )
        rows.append(
            at_least(
                f"reached at threshold 0 over 1/(2√k), k = {k:,}: 1 - 1/√k at least",
                1 - 1 / math.sqrt(k),
                lower,
            )
        )
    return rows


def _dual() -> list[Evidence]:
    rows = []
    for n, k in ((6, 2), (8, 3), (10, 5)):
        matches = is_match(exactly_k(n, k))
        n_queries = len(matches)
        signs = np.where(matches, 1 / (2 * n_queries * k), -1 / (2 * n_queries * (n - k)))
        bound = math.sqrt(signs.size) * float(np.linalg.norm(signs, 2))
        at = f"all {k}-subsets of {n}"
        rows.append(printed(f"sum of absolute entries, {at}", 1, float(np.abs(signs).sum()), 1e-9))
        rows.append(
            printed(
                f"√(Nn) times the norm of J, {at}: the ceiling", subsets_ceiling(n, k), bound, 1e-9
            )
        )
        relevance, documents = exactly_k(n, k), simplex(n)
        margin = full_gap(relevance, mean_queries(relevance, documents), documents) / 2
        rows.append(at_most(f"margin of the simplex, {at}", bound * (1 + 1e-12), margin))
    return rows


def _compression() -> list[Evidence]:
    rows = []
    n, eta = 1000, 0.8
    for k in (1, 2):
        # Some of the sets: with all of them there are more pairs, and d grows with their logarithm.
        relevance, documents = random_subsets(1000, n, k, seed=0), simplex(n)
        margin = subsets_ceiling(n, k)
        dim = compressed_dim(n, relevance.n_queries, margin, eta=eta, delta=0.1)
        queries, points = compressed_rows(mean_queries(relevance, documents), documents, dim)
        kept = full_gap(relevance, queries, points) / 2
        what = f"margin kept of {n:,} documents and 1,000 {k}-subsets in d = {dim}, η = {eta:g}"
        rows.append(at_least(what, (1 - eta) * margin, kept))
    # Queries are chosen after the projection: the logarithm of n alone, and a smaller η.
    margin = subsets_ceiling(n, 2)
    dim = math.ceil(2 * math.log(2 * n) / (0.5 * margin) ** 2)
    for epsilon in (0.5, 0.25, 0.1):
        least = _least_dim(n, 0.25, (1 - epsilon) * 0.25)
        what = f"least d with {1 - epsilon:g} of m = 1/4 by Gordon, over 18 ln(2n)/(εm)², n = {n:,}"
        rows.append(at_most(what, 1.0, least / (18 * math.log(2 * n) / (epsilon * 0.25) ** 2)))
    relevance = random_subsets(12, n, 2, seed=1)
    flat = np.random.default_rng(0).standard_normal((n - 1, dim))
    points = unit(simplex(n) @ flat)
    best = max_margin_queries(points, relevance, notion="row", tolerance=1e-2)
    what = f"the same with the best queries, 12 pairs, d = 2 ln(2n)/(ηm)² = {dim}, η = 0.5"
    kept = math.floor(100 * float(best.margins.min())) / 100  # as far as the solver is exact
    rows.append(at_least(what, 0.5 * margin, kept))
    return rows


def _least_dim(n: int, margin: float, kept: float) -> int:
    """Return the least dimension in which Gordon's theorem keeps a margin."""
    high = 1
    while kept_margin(n, margin, high) < kept:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if kept_margin(n, margin, middle) >= kept else (middle, high)
    return high


def _packing() -> list[Evidence]:
    """The bound with C = 1/2 and 4 for 2, as far as it is proved, and with C = 1 where tried."""
    rows = []
    cases = [
        (n, k, m) for n in (10**3, 10**5, 10**7) for k in (2, 5, 20) for m in (0.001, 0.01, 0.05)
    ]
    cases = [(n, k, m) for n, k, m in cases if 2 * k * k <= n]
    weaker = sum(
        subsets_packing_dim(n, k, m)
        >= (k * math.log(n / k) / 2 - math.log(2)) / math.log1p(4 / (m * math.sqrt(k)))
        for n, k, m in cases
    )
    rows.append(
        fact(
            "packing in whole numbers is no less than (k ln(n/k)/2 − ln 2)/ln(1 + 4/(m√k))",
            weaker,
            len(cases),
            corrected=True,
        )
    )
    held = [(d, n, 2, m) for d, n, m in _measured()]
    held += [
        (n - 1, n, k, subsets_ceiling(n, k)) for n in range(2, 41) for k in range(1, n // 2 + 1)
    ]
    held += [(5, n, 2, moment_margin(exactly_k(n, 2))) for n in (6, 12, 24)]
    right = sum(
        d >= k * math.log(n / k) / math.log1p(2 / (m * math.sqrt(k))) for d, n, k, m in held
    )
    rows.append(
        fact(
            "embeddings with d ≥ C k ln(n/k)/ln(1 + 2/(m√k)) for C = 1: measured, simplices, "
            "moment curve",
            right,
            len(held),
        )
    )
    return rows


def _measured() -> list[tuple[int, int, float]]:
    """Return the dimensions, numbers of documents and positive margins measured, k = 2."""
    rows = [
        (int(row["d"]), int(row["n"]), float(row["margin"]))
        for row in published_table("bangachev-margins")
    ]
    earlier = [(d, n, m) for d, ms in _EARLIER.items() for n, m in zip(_EARLIER_N, ms, strict=True)]
    return [(d, n, m) for d, n, m in (*rows, *earlier) if m > 0]


def _margins() -> list[Evidence]:
    rows = _measured()
    below = sum(m <= subsets_ceiling(n, 2) for _, n, m in rows)
    room = sum(subsets_packing_dim(n, 2, m) <= d for d, n, m in rows)
    shares = [m / subsets_ceiling(n, 2) for _, n, m in rows]
    return [
        fact("margins measured that do not exceed the ceiling for their n", below, len(rows)),
        at_most("largest margin measured over its ceiling", 1.0, max(shares)),
        fact("dimensions no less than packing at the margin measured", room, len(rows)),
    ]


def _least() -> list[tuple[int, int, int | None]]:
    return [
        (int(row["n"]), int(row["sigmoid"]), int(row["infonce"]) if row["infonce"] else None)
        for row in published_table("bangachev-least-dim")
    ]


def _losses() -> list[Evidence]:
    rows = _least()
    enough = sum(radon_dimension_exactly(n, 2) <= s for n, s, _ in rows)
    apart = sum(i is None or s < i for _, s, i in rows)
    relevance = exactly_k(240, 2)
    embedding = moment_curve(relevance, notion="row")
    both = [(n, i) for n, _, i in rows if i is not None]
    slope = float(np.polyfit(np.log([n for n, _ in both]), np.log([i for _, i in both]), 1)[0])
    logs = np.log([n for n, _, _ in rows])
    d = np.array([s for _, s, _ in rows], dtype=float)
    off = float(np.abs(np.polyval(np.polyfit(logs, d, 1), logs) - d).max())
    return [
        fact(
            "least d of the sigmoid loss no less than Radon's bound, min(4, n - 2)",
            enough,
            len(rows),
        ),
        of_print(fact("sigmoid below InfoNCE, or InfoNCE above 30", apart, len(rows))),
        equal("d of the moment curve for all pairs of 240", 4, embedding.dim),
        equal(
            "its wrong pairs in float64, certified",
            0,
            certify(embedding, relevance, threads=1).n_violations,
        ),
        of_print(at_most("sigmoid: largest distance of d to a line in ln n", 1.0, off)),
        of_print(
            at_least("InfoNCE: slope of ln d by ln n, n = 20 to 200, above 1/3", 1 / 3, slope)
        ),
        *(
            ran(
                f"least d, one threshold, {loss}, n = {n}",
                stated,
                seen,
                abs(seen - stated) <= 2,
                "within 2",
            )
            for loss, values in _RUNS.items()
            for n, stated, seen in values
        ),
    ]


def _sampled() -> list[Evidence]:
    rows = []
    for k, (infonce, sigmoid) in _SAMPLED.items():
        lower = sum(s < i for i, s in zip(infonce, sigmoid, strict=False))
        rows.append(of_print(fact(f"sigmoid below InfoNCE, k = {k}", lower, len(infonce))))
    for k in (4, 5, 6):
        relevance = random_subsets(400, 100, k, seed=0)
        embedding = moment_curve(relevance, notion="row")
        rows.append(
            at_most(f"d of the moment curve, 400 random {k}-subsets of 100", 2 * k, embedding.dim)
        )
    relevance = random_subsets(400, 100, 4, seed=0)
    wrong = certify(moment_curve(relevance, notion="row"), relevance, threads=1).n_violations
    rows.append(equal("its wrong pairs in float64, certified, k = 4", 0, wrong))
    return rows


def _theta() -> list[Evidence]:
    rows = []
    for n, k in ((40, 2), (24, 3)):
        relevance = exactly_k(n, k)
        dim = math.ceil(4 * k * math.log(n / k))
        points = unit(np.random.default_rng(0).standard_normal((n, dim)))
        chosen = np.random.default_rng(1).choice(relevance.n_queries, 150, replace=False)
        best = max_margin_queries(points, relevance, notion="row", queries=chosen)
        share = float(best.margins.min()) / subsets_ceiling(n, k)
        at = f"d = 4 k ln(n/k) = {dim}, 150 sets, n = {n}, k = {k}"
        rows.append(at_least(f"margin of random documents over the ceiling, {at}", 0.2, share))
    for n, k in ((10**3, 2), (10**4, 10), (10**6, 20)):
        least = subsets_packing_dim(n, k, subsets_ceiling(n, k) / 2)
        what = f"packing at half the ceiling over k ln(n/k), n = {n:,}, k = {k}: 0.2 at least"
        rows.append(at_least(what, 0.2, least / (k * math.log(n / k))))
    return rows


def _polynomial() -> list[Evidence]:
    sizes = (8, 16, 32)
    margins = [moment_margin(exactly_k(n, 2)) for n in sizes]
    slope = float(np.polyfit(np.log(sizes), np.log(margins), 1)[0])
    powers = [packing_dim(math.comb(10**6, k), 10.0**-6) for k in (2, 4, 8)]
    fits = sum(p <= k * k for p, k in zip(powers, (2, 4, 8), strict=True))
    return [
        at_least("k = 2, d = 5, moment curve: slope of ln margin against ln n", -6.0, slope),
        fact("packing at margin 1/n, n = 10⁶, asks for k² at most, k = 2, 4, 8", fits, 3),
    ]


def _none() -> list[Evidence]:
    return []


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="bangachev-limit",
        title="All k-subsets: the largest margin is (1 + o(1))/(2√k)",
        kind="theorem",
        statement="For the relation $S_{n,k}$ of all $k$-subsets of $n$ documents, $m(\\infty, "
        "S_{n,k}) = (1 + o(1))/(2\\sqrt k)$: unit vectors with products of at least $m$ on "
        "matches and at most $-m$ elsewhere.",
        source=f"{_PAPER}, introduction",
        verdict="confirmed",
        evidence=_limit,
        proofs=("margin-ceiling",),
        page="theory/ceiling.md",
        remark="For k and n/k growing. The source asks for threshold 0, for which 1/(2√k + 1) is "
        "reached; with a threshold of its own the simplex has n/(2√(k(n − 1)(n − k))), and no "
        "embedding of either kind has more.",
    ),
    Claim(
        id="bangachev-dual",
        title="Dual ceiling: the least norm of a matrix with the signs of A",
        kind="theorem",
        statement="For any $J$ with the signs of $A$ and $\\sum |J_{qi}| = 1$, margins are at "
        "most $\\sqrt{Nn}\\,\\|J\\|_\\mathrm{op}$.",
        source=f"{_PAPER}, spectral bound; authors' repository",
        verdict="confirmed",
        evidence=_dual,
        proofs=("sdp-weak-duality", "margin-ceiling"),
        page="theory/ceiling.md",
        remark="The sum of J times the products is at least m and at most √(Nn) times the norm. "
        "For all k-subsets the J that is constant on matches and on others, with rows that sum to "
        "0, gives the ceiling itself, so the bound is sharp there for row thresholds.",
    ),
    Claim(
        id="bangachev-compression",
        title="The largest margin is nearly kept in O(m⁻² log n) dimensions",
        kind="theorem",
        statement="$m(C_\\epsilon\\, m(\\infty, A)^{-2}\\log n,\\, A) \\ge (1 - \\epsilon)\\, "
        "m(\\infty, A)$ for every relation $A$ of $N$ queries and $n$ documents.",
        source=f"{_PAPER}, Theorem 1.4",
        verdict="confirmed",
        evidence=_compression,
        proofs=("gordon", "max-margin", "jl-compression"),
        page="theory/random.md",
        remark="By Gordon's comparison, with queries chosen after the projection: d = 2 "
        "ln(2n)/(ηm)² keeps m(√(d/(d + 1)) − η)/(1 + ηm), whatever the number N of queries; with η "
        "= ε/3 that is (1 − ε)m, C = 18 ln(2n)/(ε² ln n). A projection of given queries is proved "
        "with ln(Nn) in place of ln(2n) (`jl-compression`).",
    ),
    Claim(
        id="bangachev-packing",
        title="Lower bound d ≥ C k log(n/k)/log(1 + 2/(m√k))",
        kind="theorem",
        statement="All $k$-subsets of $n$ documents with margin $m$ take $d \\ge C "
        "k\\log(n/k)/\\log(1 + 2/(m\\sqrt k))$.",
        source=f"{_PAPER}, Theorem 1.5",
        verdict="confirmed with changes",
        evidence=_packing,
        proofs=("packing",),
        page="theory/ceiling.md",
        remark="Changed: the constant, which is not named in what we have, and its range. Proved "
        "for 2k² ≤ n: d ≥ (k ln(n/k)/2 − ln 2)/ln(1 + 4/(m√k)). Nothing tried contradicts C = 1.",
    ),
    Claim(
        id="bangachev-theta",
        title="Θ(k log(n/k)) dimensions are needed and enough for margins of order 1/√k",
        kind="theorem",
        statement="For all $k$-subsets of $n$ documents $d = \\Theta(k\\log(n/k))$ is necessary "
        "and sufficient for a margin of $\\Theta(k^{-1/2})$.",
        source=f"{_PAPER}, abstract",
        verdict="open",
        evidence=_theta,
        proofs=("packing",),
        page="theory/ceiling.md",
        remark="Needed: follows from the lower bound (proof `packing`, for 2k² ≤ n). Enough: "
        "observed on random documents with best queries; what is proved here takes k² log n.",
    ),
    Claim(
        id="bangachev-polynomial",
        title="Θ(k²) dimensions give a margin that is an inverse polynomial",
        kind="theorem",
        statement="Below $k\\log(n/k)$ dimensions some margin is left: with $d = \\Theta(k^2)$ it "
        "is an inverse polynomial.",
        source=f"{_PAPER}, Theorem 1.6",
        verdict="open",
        evidence=_polynomial,
        page="theory/moment-curve.md",
        remark="The polynomial is not named in what we have. For fixed k the moment curve does so "
        "in 2k + 1 dimensions, with an exponent that grows with k.",
    ),
    Claim(
        id="bangachev-margins",
        title="Best margins seen in training, all pairs of 20 to 240 documents",
        kind="empirical",
        statement="Best margins for $n = 20, 40, 80, 120, 160, 200, 240$: sigmoid loss .2901, "
        ".1985, .1549, .1287, .1037, .0938, .0886 in $d = 30$, .2382 to .0446 in $d = 18$, .0100 "
        "and then 0 in $d = 6$; InfoNCE .2419 to .0265 in $d = 30$, .2066, .0917, .0193 and then "
        "0 in $d = 18$. An earlier run of the sigmoid loss: .1987 to .0349 in $d = 15$, .2898 to "
        ".0525 in 20, .2901 to .0695 in 25.",
        source=f"{_PAPER}, authors' repository, k2_maximal_margin_summary.csv",
        verdict="open",
        evidence=_margins,
        proofs=("margin-ceiling", "packing"),
        page="theory/ceiling.md",
        remark="Learned; not run here. No margin exceeds the "
        "ceiling, and none is too large for its dimension.",
    ),
    Claim(
        id="bangachev-losses",
        title="Sigmoid loss needs far fewer dimensions than InfoNCE: 6 to 10 against 10 to 30",
        kind="empirical",
        statement="Least $d$ with a positive margin on all pairs of $n = 20, 40, \\dots, 240$: "
        "sigmoid 6, 7, 7, 8, 8, 9, 9, 9, 9, 9, 10, 10; InfoNCE 10, 14, 19, 22, 23, 26, 28, 28, "
        "29, 30 and none up to 30. Logarithmic for the one; for the other a power of $n$, about "
        "$n^{1/3}$.",
        source=f"{_PAPER}, authors' repository, min_nonzero_margin_summary.csv",
        verdict="observed here: agrees",
        evidence=_losses,
        proofs=("radon", "moment-curve"),
        page="theory/moment-curve.md",
        remark="Learned; ours are in docs/guide/experiments.md, a twentieth of the steps. "
        "The table is of one threshold for all queries: with one for each, softmax needs no more "
        "than sigmoid there. Four dimensions have a "
        "positive margin for any n, so these are bounds on losses, not on vectors. The printed "
        "values of InfoNCE rise faster than n^(1/3), which is the cubic of Weller et al.; a rerun "
        "is said to reach 5 at n = 20.",
    ),
    Claim(
        id="bangachev-sampled",
        title="Random k-subsets of 100 documents: least d by both losses",
        kind="empirical",
        statement="$N = 100, 200, \\dots, 25{,}600$ random $k$-subsets of 100 documents, least "
        "$d$. InfoNCE: 10, 12, 14, 16, 20, 23, 28, 28 for $k = 4$; 10, 13, 16, 19, 23, 26, 30 for "
        "5; 11, 16, 17, 21, 25, 28 for 6; none beyond. Sigmoid: 6, 8, 9, 11, 12, 14, 15, 16, 17; "
        "7, 9, 11, 13, 14, 16, 17, 19, 19; 8, 10, 12, 14, 16, 18, 19, 21, 22.",
        source=f"{_PAPER}, authors' repository",
        verdict="open",
        evidence=_sampled,
        proofs=("moment-curve",),
        page="theory/moment-curve.md",
        remark="Learned; not run here. 2k dimensions are enough for any number of sets.",
    ),
    Claim(
        id="bangachev-early-stopping",
        title="InfoNCE loses the margin it had: stop early",
        kind="empirical",
        statement="InfoNCE's final margins are below the best: $d = 30$, $n = 240$ has .0265 at "
        "20,000 steps and -.0081 at the end; the sigmoid loss keeps improving.",
        source=f"{_PAPER}, authors' repository",
        verdict="open",
        evidence=_none,
        page="guide/training.md",
        remark="Learned; not run here.",
    ),
)
