"""Claims of Wang et al. 2026, minimal embeddable dimension (arXiv:2601.20844): margins."""

from __future__ import annotations

import math

import numpy as np

from hrgeom.bounds.ceilings import subsets_ceiling, subsets_full_gap
from hrgeom.bounds.lower import packing_dim
from hrgeom.bounds.random import compressed_dim, compressed_rows
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, equal, fact, of_print, printed
from hrgeom.claims._instances import unit
from hrgeom.claims._subsets import exactly_k, full_gap, log_binomial, mean_queries, simplex
from hrgeom.constructions.queries import max_margin_queries
from hrgeom.datasets import random_subsets

__all__ = ["CLAIMS"]

_PAPER = "Wang et al. 2026, arXiv:2601.20844"
_VALUES = (
    (20, 2, 0.7647),
    (240, 2, 0.7116),
    (82115, 2, 0.7071),
    (82115, 10, 0.3162),
    (82115, 35, 0.1691),
)
_SIMPLICES = ((4, 2), (7, 3), (10, 3), (12, 6))


def _simplex_gap(m: int, k: int) -> float:
    relevance, documents = exactly_k(m, k), simplex(m)
    return full_gap(relevance, mean_queries(relevance, documents), documents)


def _ceiling() -> list[Evidence]:
    rows = [
        printed(f"ceiling of the full gap, m = {m:,}, k = {k}", value, subsets_full_gap(m, k), 1e-4)
        for m, k, value in _VALUES
    ]
    for m, k in _SIMPLICES:
        ceiling = subsets_full_gap(m, k)
        rows.append(
            printed(
                f"gap of the simplex, m = {m}, k = {k}, the ceiling",
                ceiling,
                _simplex_gap(m, k),
                1e-9,
            )
        )
    rng = np.random.default_rng(0)
    for m, k, d in ((8, 2, 4), (8, 2, 8), (10, 3, 9)):
        relevance = exactly_k(m, k)
        best = max(
            float(
                max_margin_queries(
                    unit(rng.standard_normal((m, d))), relevance, notion="row"
                ).margins.min()
            )
            for _ in range(3)
        )
        what = f"largest margin of random documents with best queries, m = {m}, k = {k}, d = {d}"
        rows.append(of_print(at_most(what, subsets_ceiling(m, k), best)))
    return rows


def _middle_term() -> list[Evidence]:
    rows = []
    for m, k in ((7, 3), (12, 4)):
        right = m / math.sqrt(k * (m - k) * (m - 1))
        what = f"gap of the simplex by m/√(k(m − k)(m − 1)), m = {m}, k = {k}"
        rows.append(printed(what, right, _simplex_gap(m, k), 1e-6))
    return rows


def _compression() -> list[Evidence]:
    least = {m: (m - 1) / math.log(m * m) for m in (100, 10_000, 1_000_000)}
    rows = [
        at_least(f"(m - 1)/ln(m²), m = {m:,}, beyond m = 100", least[100], least[m])
        for m in (10_000, 1_000_000)
    ]
    rank = int(np.linalg.matrix_rank(simplex(40) @ simplex(40).T))
    rows.append(equal("rank of the simplex of 40 documents, alone in having ε*, k = 1", 39, rank))
    m, eta = 1000, 0.8
    for k in (1, 2):
        # Some of the sets: with all of them there are more pairs, and d grows with their logarithm.
        relevance, documents = random_subsets(1000, m, k, seed=0), simplex(m)
        queries = mean_queries(relevance, documents)
        margin = subsets_ceiling(m, k)
        dim = compressed_dim(m, relevance.n_queries, margin, eta=eta, delta=0.1)
        form = 1 + 2 * math.log(m * relevance.n_queries / 0.1) / (eta * margin) ** 2
        kept = min(
            full_gap(relevance, *compressed_rows(queries, documents, dim, seed=seed)) / 2
            for seed in range(2)
        )
        what = f"d, against 1 + 2 ln(nm/δ)/(ε* − ε)² rounded up, k = {k}"
        rows.append(at_most(what, math.ceil(form), dim))
        what = (
            f"margin kept in d = {dim}, ε = {1 - eta:.1f} ε*, 1,000 {k}-subsets of {m:,}, two seeds"
        )
        rows.append(at_least(what, (1 - eta) * margin, kept))
    return rows


def _packing() -> list[Evidence]:
    rows = []
    for m, k in ((6, 2), (12, 3), (14, 7)):
        gap = _simplex_gap(m, k)
        least = log_binomial(m, k) / math.log1p(2 / gap)
        rows.append(at_most(f"bound at the simplex's gap, m = {m}, k = {k}", float(m - 1), least))
    documents = unit(np.random.default_rng(0).standard_normal((30, 16)))
    relevance = exactly_k(30, 2)
    solution = max_margin_queries(documents, relevance, notion="row")
    gap = 2 * float(solution.margins.min())
    least = log_binomial(30, 2) / math.log1p(2 / gap)
    rows.append(
        at_most("bound at the gap of 30 random documents with best queries, k = 2", 16.0, least)
    )
    cases = [(m, k, g) for m in (20, 100, 1000) for k in (1, 2, 10) for g in (0.02, 0.1, 0.25)]
    same = sum(
        math.ceil(log_binomial(m, k) / math.log1p(2 / g))
        == packing_dim(math.comb(m, k), g / 2, unit=False)
        for m, k, g in cases
    )
    rows.append(fact("least d by logarithms and in whole numbers", same, len(cases)))
    return rows


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="robust-gap",
        title="All k-subsets: no gap above m/√(k(m − 1)(m − k)), and a simplex has it",
        kind="theorem",
        statement="Unit vectors for $m$ documents and all their $k$-subsets have a gap of at most "
        "$\\epsilon_*(m, k) = m/\\sqrt{k(m - 1)(m - k)}$, in any dimension; the regular simplex "
        "in $m - 1$ dimensions attains it.",
        source=f"{_PAPER}, robust gap",
        verdict="confirmed",
        evidence=_ceiling,
        proofs=("margin-ceiling",),
        page="theory/ceiling.md",
        remark="A full gap, worst match less best non-match: a margin as used here is half of it.",
    ),
    Claim(
        id="simplex-middle-term",
        title="The middle term of the simplex proof: m/√(k(m − k)(m − 1))",
        kind="theorem",
        statement="In the proof that the simplex attains the ceiling, the middle term is "
        "$m/\\sqrt{k(m - k)(m - 1)}$.",
        source=f"{_PAPER}, robust gap, proof for the simplex",
        verdict="open",
        evidence=_middle_term,
        proofs=("margin-ceiling",),
        page="theory/ceiling.md",
        remark="What the text has there is not known to us: a third party reports another form, "
        "and the text was not read. The term is derived in the proof file. Of version 3 (June "
        "2026) the abstract and the start of the introduction were read; neither has it.",
    ),
    Claim(
        id="compression-denominator",
        title="The denominator (ε* − ε)² of the compressed dimension",
        kind="theorem",
        statement="A gap $\\epsilon < \\epsilon_*$ is kept in $d = O(\\log m / (\\epsilon_* - "
        "\\epsilon)^2)$ dimensions, by a random projection.",
        source=f"{_PAPER}, robust gap, random projection",
        verdict="open",
        evidence=_compression,
        proofs=("jl-compression", "margin-ceiling"),
        page="theory/random.md",
        remark="What the text has there is not known to us: a third party reports the denominator "
        "max(1, ε* − ε)², and the text was not read. With that, d would not depend on ε as long "
        "as ε* − ε ≤ 1, so ε* itself would be reached in O(log m) dimensions; but for k = 1 only "
        "the simplex has ε*, of rank m − 1, and no constant is enough for all m. With the form "
        "above: d = 1 + 2 ln(nm/δ)/(ε* − ε)², margins being half gaps, for n queries.",
    ),
    Claim(
        id="wang-packing",
        title="Packing: d ≥ ln C(m, k)/ln(1 + 2/ε) at gap ε",
        kind="theorem",
        statement="All $k$-subsets of $m$ documents at gap $\\epsilon$ between unit vectors take "
        "$d \\ge \\ln\\binom mk/\\ln(1 + 2/\\epsilon)$.",
        source=f"{_PAPER}, robust gap",
        verdict="confirmed",
        evidence=_packing,
        proofs=("packing",),
        page="theory/ceiling.md",
        remark="Full gap. Queries of two sets are at least ε apart, and balls of half that size "
        "are disjoint.",
    ),
)
