"""Claims of Wang et al. 2026, minimal embeddable dimension (arXiv:2601.20844): dimensions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from hrgeom.bounds.lower import largest_halved_sets, largest_shattered_sets, radon_dimension
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, equal, fact, of_print
from hrgeom.claims._subsets import at_most_k, full_gap, mean_queries, n_ranked, simplex
from hrgeom.constructions import moment_curve_exact
from hrgeom.core import Relevance

__all__ = ["CLAIMS"]

_PAPER = "Wang et al. 2026, arXiv:2601.20844"
_SMALL = ((4, 1), (5, 1), (4, 2), (5, 2), (6, 2), (6, 3), (7, 3))


def _moment_curve() -> list[Evidence]:
    rows = []
    for m, k in ((8, 1), (10, 2), (20, 2), (40, 2), (9, 3), (9, 4)):
        relevance = at_most_k(m, k)
        queries, documents = moment_curve_exact(relevance, notion="row")
        at = f"all subsets of at most {k} of {m}"
        rows.append(at_most(f"d, {at}", 2 * k, queries.shape[1]))
        right = n_ranked(relevance, queries, documents)
        rows.append(fact(f"queries ranked, whole numbers, {at}", right, relevance.n_queries))
        rows.append(
            at_least(f"Radon's bound, {at}, is k - 1 at least", k - 1, radon_dimension(m, k))
        )
    return rows


def _circle(m: int, k: int) -> tuple[list[list[Fraction]], dict[tuple[int, ...], list[Fraction]]]:
    """Return rational points (cos t, sin t, ..., cos kt, sin kt) and queries for all sets.

    A query is minus the coefficients of the product of 1 - cos(t - t_j), a trigonometric
    polynomial of degree at most k that is 0 on the set and positive elsewhere. Coefficients are
    found as products of complex numbers, e^(it) being (1 + iu)^2/(1 + u^2) for rational u.
    """
    points = []
    for u in range(m):
        c, s = Fraction(1 - u * u, 1 + u * u), Fraction(2 * u, 1 + u * u)
        powers, re, im = [], Fraction(1), Fraction(0)
        for _ in range(k):
            re, im = re * c - im * s, re * s + im * c
            powers += [re, im]
        points.append(powers)
    queries = {}
    for size in range(1, k + 1):
        for chosen in combinations(range(m), size):
            # f(t) = sum over n of c_n e^(int), c_-n the conjugate of c_n
            f = {0: (Fraction(1), Fraction(0))}
            for j in chosen:
                cos, sin = points[j][:2]
                factor = {
                    0: (Fraction(1), Fraction(0)),
                    1: (-cos / 2, sin / 2),
                    -1: (-cos / 2, -sin / 2),
                }
                product: dict[int, tuple[Fraction, Fraction]] = {}
                for a, (x, y) in f.items():
                    for b, (v, w) in factor.items():
                        old = product.get(a + b, (Fraction(0), Fraction(0)))
                        product[a + b] = (old[0] + x * v - y * w, old[1] + x * w + y * v)
                f = product
            row = []
            for n in range(1, k + 1):
                x, y = f.get(n, (Fraction(0), Fraction(0)))
                row += [-2 * x, 2 * y]
            queries[chosen] = row
    return points, queries


def _on_the_circle() -> list[Evidence]:
    rows = []
    for m, k in ((12, 1), (10, 2), (8, 3)):
        points, queries = _circle(m, k)
        right = 0
        for chosen, query in queries.items():
            scores = [sum(a * b for a, b in zip(query, x, strict=True)) for x in points]
            others = [scores[i] for i in range(m) if i not in chosen]
            right += min(scores[i] for i in chosen) > max(others)
        at = f"all subsets of at most {k} of {m}"
        squares = {sum(a * a for a in x) for x in points}
        rows += [
            fact(f"queries ranked on the circle, fractions, {at}", right, len(queries)),
            equal(
                f"squared lengths of the documents, {at}",
                f"all {k}",
                "all " + ", ".join(map(str, squares)),
            ),
            at_most(f"d for cosine, {at}", 2 * k + 1, len(points[0])),
            at_most(f"d for distances, {at}", 2 * k, len(points[0])),
        ]
    return rows


def _radon() -> list[Evidence]:
    rows = []
    for m, k in _SMALL:
        relevance = at_most_k(m, k)
        halved = largest_halved_sets(relevance)
        expected = min(2 * k, m - 1)
        rows.append(
            equal(f"Radon's bound found in the relation, m = {m}, k = {k}", expected, halved.row)
        )
        if 2 * k < m:
            queries, documents = moment_curve_exact(relevance, notion="row")
            dim, right = queries.shape[1], n_ranked(relevance, queries, documents)
        else:
            points = simplex(m)
            gap = full_gap(
                relevance.restrict_queries(_proper(relevance)),
                mean_queries(relevance, points)[_proper(relevance)],
                points,
            )
            dim, right = m - 1, relevance.n_queries if gap > 1e-9 else 0
        what = f"moment curve or simplex, m = {m}, k = {k}"
        rows.append(equal(f"d of the {what}", expected, dim))
        rows.append(fact(f"queries ranked by the {what}", right, relevance.n_queries))
    return rows


def _proper(relevance: Relevance) -> Any:
    return np.flatnonzero(relevance.n_matches < relevance.n_documents)


def _monotone() -> list[Evidence]:
    cases = [(m, k) for m in range(4, 31) for k in range(2, m + 1)]
    up = sum(
        radon_dimension(m, k - 1) <= radon_dimension(m, k) <= radon_dimension(m + 1, k)
        for m, k in cases
    )
    half = [(m, k) for m in range(2, 31) for k in range(m // 2, m + 1) if k]
    same = sum(radon_dimension(m, k) == m - 1 for m, k in half)
    found = [
        (
            m,
            k,
            largest_shattered_sets(at_most_k(m, k)).row,
            largest_halved_sets(at_most_k(m, k)).row,
        )
        for m, k in _SMALL
    ]
    return [
        of_print(fact("MED(m, k - 1) ≤ MED(m, k) ≤ MED(m + 1, k), m = 4 to 30", up, len(cases))),
        of_print(fact("MED(m, k) = MED(m, m) = m - 1 for k ≥ ⌊m/2⌋, m = 2 to 30", same, len(half))),
        fact(
            "k - 1 ≤ bound by VC dimension ≤ MED, small cases",
            sum(k - 1 <= v <= r for _, k, v, r in found),
            len(found),
        ),
    ]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="med-bounds",
        title="MED is between k - 1 and 2k: the cyclic polytope",
        kind="theorem",
        statement="The least dimension in which every set of at most $k$ of $m$ elements scores "
        "above the rest by inner products, $\\mathrm{MED}(m, k)$, is from $k - 1$ to $2k$: "
        "elements $(t, t^2, \\dots, t^{2k})$, query minus the coefficients of $\\prod_S (t - "
        "t_i)^2$.",
        source=f"{_PAPER}, theorem on linear scores",
        verdict="confirmed",
        evidence=_moment_curve,
        proofs=("moment-curve",),
        page="theory/moment-curve.md",
        remark="In whole numbers for all m by theorem; tried on small m. The constant coordinate "
        "that the source's example of a cyclic polytope lists is not needed. The lower bound is "
        "far from sharp: see `med-exactly`.",
    ),
    Claim(
        id="med-distances-cosine",
        title="MED for distances is at most 2k, for cosine at most 2k + 1",
        kind="theorem",
        statement="$k - 1 \\le \\mathrm{MED} \\le 2k$ for Euclidean distances, $k - 1 \\le "
        "\\mathrm{MED} \\le 2k + 1$ for cosine.",
        source=f"{_PAPER}, theorems on distances and cosine",
        verdict="confirmed",
        evidence=_on_the_circle,
        proofs=("trigonometric-curve", "moment-curve"),
        page="theory/moment-curve.md",
        remark="Cosine takes no more than 2k either, the evidence's construction: on (cos t, sin "
        "t, …, cos kt, sin kt) all documents have the same length, and the product of 1 − cos(t − "
        "tᵢ) over S is a query as the square is on the moment curve. With documents of one length "
        "the three scores rank alike.",
    ),
    Claim(
        id="med-exactly",
        title="MED is exactly min(2k, m - 1)",
        kind="theorem",
        statement="By Radon's theorem, $\\mathrm{MED}(m, k) = \\min(2k, m - 1)$ for inner "
        "products.",
        source=f"{_PAPER}, appendix",
        verdict="confirmed",
        evidence=_radon,
        proofs=("radon", "moment-curve"),
        page="theory/moment-curve.md",
        remark="Version 3 (June 2026) has Θ(k) in its abstract, which is what was read of it. "
        "For all subsets of at most k. If only those of exactly k are wanted, fewer may "
        "do: m = 4 and k = 2 take two dimensions.",
    ),
    Claim(
        id="med-monotone",
        title="MED grows with k and m, stays the same from half of m on, and VC dimension bounds "
        "it",
        kind="theorem",
        statement="$\\mathrm{MED}(m, k - 1) \\le \\mathrm{MED}(m, k) \\le \\mathrm{MED}(m + 1, "
        "k)$; $\\mathrm{MED}(m, k) = \\mathrm{MED}(m, m)$ for $k \\ge \\lfloor m/2\\rfloor$; the "
        "least dimension whose VC dimension is $k$ bounds it from below.",
        source=f"{_PAPER}, section on the definition",
        verdict="confirmed",
        evidence=_monotone,
        proofs=("radon", "shattering"),
        page="theory/moment-curve.md",
        remark="From the exact value, min(2k, m − 1).",
    ),
)
