"""Claims of Weller et al. 2025, limitations of embedding-based retrieval (arXiv:2508.21038)."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from hrgeom.bounds.lower import packing_dim, radon_dimension_exactly, signed_identity
from hrgeom.checker import certify
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, equal, fact, of_print, printed, ran
from hrgeom.claims._subsets import exactly_k, full_gap, log_binomial, mean_queries, simplex
from hrgeom.constructions import moment_curve
from hrgeom.constructions.intervals import half_plane, interval
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import limit_small, perfect_tree, published_table, random_tree

__all__ = ["CLAIMS"]

_PAPER = "Weller et al. 2025, arXiv:2508.21038"
_GAMMA = Fraction(1, 10)
_SHOWN = ((100, 10), (10**6, 100), (10**9, 1000), (10**11, 1000))
_PRINTED = (-10.5322, 4.0309, 0.0520, 0.0037)
_R_SQUARED = 0.999
_CORRECTED = {512: 509_000, 768: 1_699_000, 1024: 4_005_000, 3072: 107_063_000, 4096: 253_474_000}
_FULL_LIMIT = 50_000  # documents


def _sign_rank() -> list[Evidence]:
    rows = []
    trees = {"perfect tree (2, 4)": perfect_tree(2, 4), "random tree, 60 nodes": random_tree(60)}
    for name, tree in trees.items():
        relevance = tree.relevance
        block = signed_identity(relevance)
        zero, one = interval(relevance, dtype="float64"), half_plane(relevance)
        rows += [
            equal(
                f"sign rank of {name}, from below and by threshold 0",
                block.threshold_zero,
                zero.dim,
            ),
            equal(f"rank with one threshold, 1, {name}: sign rank less 1", zero.dim - 1, one.dim),
            equal(
                f"wrong pairs of both, {name}", 0, _wrong(zero, relevance) + _wrong(one, relevance)
            ),
        ]
    for m, k in ((6, 2), (8, 3)):
        relevance = exactly_k(m, k)
        by_row, by_zero = moment_curve(relevance, notion="row"), moment_curve(relevance)
        what = f"all {k}-subsets of {m}: d by threshold 0 less d by rows"
        rows.append(equal(what, 1, by_zero.dim - by_row.dim))
        rows.append(
            equal(
                f"wrong pairs of both, all {k}-subsets of {m}",
                0,
                _wrong(by_row, relevance) + _wrong(by_zero, relevance),
            )
        )
    return rows


def _wrong(embedding: DualEmbedding, relevance: Relevance) -> int:
    return certify(embedding, relevance, threads=1).n_violations


def _cell(n: int, k: int) -> int:
    """Return the printed formula, ln C(n, k) / ln 11, rounded up."""
    return math.ceil(log_binomial(n, k) / math.log(11))


def _packing() -> list[Evidence]:
    cells = {(int(r["n"]), int(r["k"])): int(r["d"]) for r in published_table("weller-packing")}
    same = sum(_cell(n, k) == d for (n, k), d in cells.items())
    whole = sum(
        packing_dim(math.comb(n, k), _GAMMA, unit=False) == d for (n, k), d in cells.items()
    )
    rows = [
        fact("cells of the table, logarithms of whole numbers rounded up", same, len(cells)),
        fact("cells of the table, (1 + 1/γ)^d ≥ C(n, k) in whole numbers", whole, len(cells)),
    ]
    rows += [equal(f"least d, n = {n:,}, k = {k:,}", cells[n, k], _cell(n, k)) for n, k in _SHOWN]
    for m, k in ((6, 2), (12, 3), (14, 7)):
        relevance, documents = exactly_k(m, k), simplex(m)
        margin = full_gap(relevance, mean_queries(relevance, documents), documents) / 2
        least = log_binomial(m, k) / math.log1p(1 / margin)
        rows.append(
            at_most(f"bound for the simplex of {m} documents, k = {k}", float(m - 1), least)
        )
    return rows


def _critical() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = published_table("weller-critical-n")
    return np.array([int(r["d"]) for r in table]), np.array([int(r["n"]) for r in table])


def _cubic() -> list[float]:
    """Return the least-squares cubic of the table, constant first, by the normal equations."""
    d, n = (column.tolist() for column in _critical())
    powers = [[Fraction(x) ** i for i in range(4)] for x in d]
    system = [
        [sum((p[i] * p[j] for p in powers), Fraction(0)) for j in range(4)]
        + [sum((p[i] * y for p, y in zip(powers, n, strict=True)), Fraction(0))]
        for i in range(4)
    ]
    for i in range(4):
        system[i] = [value / system[i][i] for value in system[i]]
        for j in range(4):
            if j != i:
                factor = system[j][i]
                system[j] = [a - factor * b for a, b in zip(system[j], system[i], strict=True)]
    return [float(row[4]) for row in system]


def _at(coefficients: tuple[float, ...] | list[float], d: int) -> float:
    return float(np.polynomial.polynomial.polyval(d, coefficients))


def _fit() -> list[Evidence]:
    d, n = _critical()
    exact = _cubic()
    floats = np.asarray(np.polynomial.Polynomial.fit(d, n, 3).convert().coef, dtype=np.float64)
    names = ("constant", "coefficient of d", "coefficient of d²", "coefficient of d³")
    rows = [
        printed(f"{name}, least squares in fractions", p, c, 1e-4)
        for name, p, c in zip(names, _PRINTED, exact, strict=True)
    ]
    close = int((np.abs(floats - np.array(exact)) <= 1e-6).sum())
    rows.append(fact("coefficients that numpy finds too, to 6 decimals", close, len(exact)))
    residuals = n - np.array([_at(exact, int(x)) for x in d])
    squares = 1 - float((residuals**2).sum() / ((n - n.mean()) ** 2).sum())
    rows.append(printed("r²", _R_SQUARED, squares, 1e-3))
    rows.append(
        equal(
            "n of the printed polynomial at d = 4, rounded; the table has 10",
            7,
            round(_at(_PRINTED, 4)),
        )
    )
    return rows


def _extrapolations() -> list[Evidence]:
    exact = _cubic()
    rows = []
    for row in published_table("weller-extrapolations"):
        d, n, unit = int(row["d"]), int(row["n"]), int(row["unit"])
        rows.append(printed(f"n at d = {d}, printed coefficients", n, _at(_PRINTED, d), unit))
        rows.append(printed(f"n at d = {d}, coefficients not rounded", n, _at(exact, d), unit))
    for d, n in _CORRECTED.items():
        what = f"n at d = {d}, coefficients not rounded"
        rows.append(printed(what, n, _at(exact, d), 1000, corrected=True))
    return rows


def _free() -> list[Evidence]:
    d, n = _critical()
    enough = sum(radon_dimension_exactly(int(y), 2) <= x for x, y in zip(d, n, strict=True))
    relevance = exactly_k(100, 2)
    embedding = moment_curve(relevance, notion="row")
    return [
        fact("rows where d is no less than Radon's bound for all pairs of n", enough, len(d)),
        of_print(fact("critical n grows with d", int((np.diff(n) > 0).sum()), len(d) - 1)),
        at_most(
            "d of the moment curve for all pairs of 100, where training took 18", 18, embedding.dim
        ),
        equal("its wrong pairs, certified", 0, _wrong(embedding, relevance)),
        *(
            ran(
                f"n all of whose pairs are learned in d = {dim}, at least",
                most,
                seen,
                seen <= most,
                "at most",
            )
            for dim, most, seen in ((4, 10, 20), (5, 14, 40), (6, 19, 60), (7, 24, 100))
        ),
    ]


def _limit() -> list[Evidence]:
    relevance = limit_small()
    sets = [frozenset(relevance.matches(q).tolist()) for q in range(relevance.n_queries)]
    sharing = sum(bool(a & b) for a, b in combinations(sets, 2))
    strength = (
        2 * sum(len(a & b) / len(a | b) for a, b in combinations(sets, 2) if a & b) / len(sets)
    )
    return [
        equal("queries", 1000, relevance.n_queries),
        equal("documents that match some query", 46, int((relevance.n_queries_of > 0).sum())),
        equal("different pairs of documents", 1000, len(set(sets))),
        at_least("pairs that 46 documents have; 45 have 990", 1000, math.comb(46, 2)),
        printed(
            "share of pairs of queries that share a document",
            0.085481,
            sharing / math.comb(len(sets), 2),
            1e-6,
        ),
        printed("mean sum of a query's Jaccard similarities", 28.4653, strength, 1e-4),
    ]


def _none() -> list[Evidence]:
    return []


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="weller-sign-rank",
        title="The least dimension is the sign rank or one less",
        kind="theorem",
        statement="For a relation $A$ of zeros and ones, $\\mathrm{rank}_\\pm(2A - 1) - 1 \\le "
        "\\mathrm{rank}_\\mathrm{rop}A = \\mathrm{rank}_\\mathrm{rt}A \\le "
        "\\mathrm{rank}_\\mathrm{gt}A \\le \\mathrm{rank}_\\pm(2A - 1)$: the least dimension to "
        "rank, to rank with a threshold for every query, and with one threshold.",
        source=f"{_PAPER}, section on theory",
        verdict="confirmed",
        evidence=_sign_rank,
        proofs=("signed-identity", "three-dimensions", "half-plane", "moment-curve"),
        page="theory/half-plane.md",
        remark="As quoted by notes on the paper and by Wang et al. 2026. It follows in two lines: "
        "thresholds are one coordinate more, constant on documents, and threshold 0 is a "
        "threshold. The lower end occurs: trees take 3 at threshold 0 and 2 at 1.",
    ),
    Claim(
        id="weller-packing",
        title="Packing: least dimension for all k-subsets at margin 0.1",
        kind="theorem",
        statement="All $k$-subsets of $n$ documents with margin $\\gamma$ between unit vectors "
        "take $d \\ge \\ln\\binom nk / \\ln(1 + 1/\\gamma)$; a table of 37 values for $\\gamma = "
        "0.1$, $n = 10^2$ to $10^{11}$ and $k = 2, 10, 100, 1000$.",
        source=f"{_PAPER}, packing bound",
        verdict="confirmed",
        evidence=_packing,
        proofs=("packing",),
        page="theory/ceiling.md",
        remark="γ is half a gap; for full gaps the denominator is ln(1 + 2/γ).",
    ),
    Claim(
        id="weller-critical-n",
        title="Free embeddings: the largest n whose pairs are all learned, by dimension",
        kind="empirical",
        statement="Vectors trained on all 2-subsets of $n$ documents (full-batch InfoNCE, Adam, "
        "$T = 0.1$, at most 100,000 steps) reach 100 % up to a critical $n$: 10 in $d = 4$, 36 in "
        "$d = 10$, 120 in $d = 20$, 261 in $d = 30$, 460 in $d = 40$, 626 in $d = 45$.",
        source=f"{_PAPER}, Table 6",
        verdict="observed here: differs",
        evidence=_free,
        proofs=("moment-curve",),
        page="theory/moment-curve.md",
        remark="Learned. Softmax in ours learns its temperature, on rows of unit length "
        "(docs/guide/experiments.md, a threshold a query): it goes further. The critical n is one "
        "of the training: four dimensions rank all pairs of any number of documents, and Radon's "
        "bound asks for no more.",
    ),
    Claim(
        id="weller-fit",
        title="A cubic through the critical n: coefficients and r²",
        kind="empirical",
        statement="$n = -10.5322 + 4.0309\\,d + 0.0520\\,d^2 + 0.0037\\,d^3$, $r^2 = 0.999$.",
        source=f"{_PAPER}, fit to Table 6",
        verdict="confirmed",
        evidence=_fit,
        page="theory/moment-curve.md",
        remark="The fit is right as a fit. It need not pass near its points: at d = 4 it gives 7, "
        "where the table has 10.",
    ),
    Claim(
        id="weller-extrapolation",
        title="Extrapolated critical n: 500k, 1.7m, 4m, 107m, 250m",
        kind="empirical",
        statement="By the cubic, the critical $n$ is 500k for $d = 512$, 1.7m for 768, 4m for "
        "1024, 107m for 3072 and 250m for 4096.",
        source=f"{_PAPER}, after the fit",
        verdict="confirmed with changes",
        evidence=_extrapolations,
        page="theory/moment-curve.md",
        remark="Units of the last digit printed are assumed to be 100,000 up to d = 768 and a "
        "million from 1024 on. The coefficients before rounding give 107m for 3072; those printed "
        "give 108m. For 4096 neither gives 250m, but 253m and 255m. It is an extrapolation of "
        "what training reached, and says nothing of what dimensions hold.",
    ),
    Claim(
        id="limit-density",
        title="LIMIT: density 0.085481 and query strength 28.4653",
        kind="empirical",
        statement="The relation of LIMIT has 1,000 queries with two of 46 documents each; the "
        "graph of its queries has density 0.085481 and mean strength 28.4653, more than other "
        "data sets (NQ 0 and 0, HotpotQA $3.7\\cdot10^{-5}$ and 0.1104, SciFact 0.001449 and "
        "0.4222, FollowIR-Core17 0.025641 and 0.5912).",
        source=f"{_PAPER}, table on qrel graphs",
        verdict="confirmed",
        evidence=_limit,
        page="theory/moment-curve.md",
        remark="For LIMIT, from the relation of LIMIT-small. Two queries are joined if they share "
        "a document, with their Jaccard similarity for a weight. The other data sets are not "
        "bundled.",
    ),
    Claim(
        id="limit-recall",
        title="LIMIT: recall of embedding models is low, of BM25 high",
        kind="empirical",
        statement="Recall at 2, 10 and 100 in %: Promptriever-4096 3.0, 6.8, 18.9; GritLM 2.4, "
        "4.1, 12.9; E5-Mistral 1.3, 2.2, 8.3; Qwen3 0.8, 1.8, 4.8; Gemini-3072 1.6, 3.5, 10.0; "
        "GTE-ModernColBERT 23.1, 34.6, 54.8; BM25 85.7, 90.4, 93.6. LIMIT-small at 2, 10 and 20: "
        "Promptriever 54.3, 90.0, 97.7; GTE-ModernColBERT 83.5, 97.6, 99.1; BM25 97.8, 100, 100.",
        source=f"{_PAPER}, tables on LIMIT",
        verdict="open",
        evidence=_none,
        page="theory/moment-curve.md",
        remark="Needs the texts and the models, which are not bundled.",
    ),
)
