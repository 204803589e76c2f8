"""Claims about hubs, the moment curve, the dual frame and max-margin queries."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, equal, fact
from hrgeom.claims._instances import (
    about_at_least,
    about_at_most,
    holding,
    is_match,
    least_margin,
    relevances,
    trees,
    unit,
)
from hrgeom.constructions import centroid_hubs, hub_sizes, moment_curve, moment_curve_exact
from hrgeom.constructions.queries import dual_frame, max_margin_queries
from hrgeom.core import Notion, Relevance
from hrgeom.datasets import random_dag, random_subsets, random_tree

__all__ = ["CLAIMS"]

_NOISE = 1e-9  # of sums in float64


def _centroid_hubs() -> list[Evidence]:
    cases, ratios, lists = [], [], []
    for tree in trees(100):
        r = tree.relevance
        sizes = hub_sizes(r)
        a, b = sizes.most_of_queries, sizes.most_of_documents
        e = centroid_hubs(r, dtype="float64")
        cases.append((r, e))
        ratios.append(
            least_margin(r, unit(e.queries), unit(e.documents)) * (2 * math.sqrt(a * b) + 1)
        )
        lists.append(math.sqrt(a * b) / (1 + math.log2(tree.n_nodes)))
    chains = [251, 252, 1000]
    found = [hub_sizes(random_tree(n, shape="chain").relevance) for n in chains]
    return [
        about_at_least("margin times 2 sqrt(AB) + 1", 1.0, min(ratios), _NOISE),
        at_most("sqrt(AB) over 1 + log2 n", 1.0, max(lists)),
        at_most("dimensions over n + 1", 1.0, max(e.dim / (r.n_documents + 1) for r, e in cases)),
        fact("certificates that hold", *holding(cases)),
        *[
            equal(
                f"chain of {n:,}: least AB with C(A + B, A) > n",
                _least_product(n),
                s.most_of_queries * s.most_of_documents,
            )
            for n, s in zip(chains, found, strict=True)
        ],
    ]


def _least_product(n: int) -> int:
    sizes = range(1, n.bit_length() + 1)
    wide = [(a, b) for a, b in product(sizes, sizes) if math.comb(a + b, a) > n]
    return min((a * b for a, b in wide), default=n)


def _moment_curve() -> list[Evidence]:
    ones, others, sizes, ranked, n = 0, [], 0, 0, 0
    for r in _curve_cases():
        degree = min(_distinct(r), _distinct_of_documents(r))
        q, x = moment_curve_exact(r)
        scores, matches = q @ x.T, is_match(r)
        ones += bool((scores[matches] == 1).all())
        others.append(int(max(scores[~matches])))
        rank_q, rank_x = moment_curve_exact(r, notion="row")
        rank = rank_q @ rank_x.T
        sizes += q.shape[1] == 2 * degree + 1 and rank_q.shape[1] == 2 * degree
        ranked += all(
            min(row[own]) > max(row[~own])
            for row, own in zip(rank, matches, strict=True)
            if own.any() and not own.all()
        )
        n += 1
    small = [random_subsets(100, 30, 2, seed=seed) for seed in range(3)]
    return [
        fact("relevances in 2 min(k, s) + 1 dimensions, one less to rank", sizes, n),
        fact("relevances whose matches all score 1, in integers", ones, n),
        at_most("largest score of another pair", -1, max(others)),
        fact("relevances ranked without the last coordinate", ranked, n),
        fact(
            "certificates that hold in float64, s = 2",
            *holding((r, moment_curve(r)) for r in small),
        ),
    ]


def _curve_cases() -> list[Relevance]:
    dags = [random_dag(25, extra_parents=0.4, seed=seed).relevance for seed in range(3)]
    return [*dags, *(random_subsets(40, 12, k, seed=k) for k in (1, 2, 3, 5))]


def _distinct(r: Relevance) -> int:
    """Return the largest |S(q)|, equal documents counted once."""
    columns = {tuple(c) for c in is_match(r).T.tolist()}
    return int(max(map(sum, zip(*columns, strict=True))))


def _distinct_of_documents(r: Relevance) -> int:
    """Return the largest |D(v)|, equal queries counted once."""
    rows = {tuple(row) for row in is_match(r).tolist()}
    return int(max(map(sum, zip(*rows, strict=True))))


def _dual_frame() -> list[Evidence]:
    off, longer, least = [], [], []
    for r in relevances()[:4]:
        e = dual_frame(r, dim=60, dtype="float64")
        matches = is_match(r)
        off.append(float(np.abs((e.queries @ e.documents.T)[matches] - 1).max()))
        for query in range(0, r.n_queries, 7):
            frame = e.documents[r.matches(query)]
            short = np.linalg.lstsq(frame, np.ones(len(frame)), rcond=None)[0]
            length = float(np.linalg.norm(e.queries[query]))
            longer.append(length / float(np.linalg.norm(short)))
            gram = np.linalg.inv(frame @ frame.T).sum()
            least.append(length**2 / float(gram))
    return [
        about_at_most("scores of matches, largest distance from 1", 0.0, max(off), _NOISE),
        about_at_most("length over that of LAPACK's least-norm solution", 1.0, max(longer), _NOISE),
        about_at_most("squared length over the formula's, largest", 1.0, max(least), _NOISE),
        about_at_least("the same, least", 1.0, min(least), _NOISE),
    ]


def _max_margin() -> list[Evidence]:
    rng = np.random.default_rng(0)
    apart, bounds, better = [], [], []
    notions: tuple[Notion, ...] = ("global", "row")
    for r, notion in product(relevances()[1:3], notions):
        documents = unit(rng.standard_normal((r.n_documents, 40)))
        best = max_margin_queries(documents, r, notion=notion)
        kept = np.isfinite(best.margins) & (best.margins > 0)
        apart += (best.margins / best.bounds)[kept].tolist()
        bounds += [
            _mean_bound(best, documents, r, i, notion) / best.bounds[i]
            for i in np.flatnonzero(kept).tolist()
        ]
        others = unit(best.queries + 0.05 * rng.standard_normal(best.queries.shape))
        scores, matches = others @ documents.T, is_match(r)
        match = np.where(matches, scores, np.inf).min(axis=1)
        other = np.where(matches, -np.inf, scores).max(axis=1)
        got = np.minimum(match, -other) if notion == "global" else (match - other) / 2
        better += (got - best.bounds)[kept].tolist()
    return [
        at_least("queries that separate, some", 100, len(apart)),
        about_at_least("margin over bound", 1.0, min(apart), 2e-6),
        about_at_most("bound anew from the weights, over the one stated", 1.0, max(bounds), _NOISE),
        at_most("margins of queries next to the best, less the bound", 0.0, max(better)),
    ]


def _mean_bound(best: Any, documents: NDArray[Any], r: Relevance, i: int, notion: Notion) -> float:
    """Return the length of the mean of the signed documents, by the weights of a solution."""
    entries = slice(best.indptr[i], best.indptr[i + 1])
    support, weights = best.documents[entries], best.weights[entries]
    own = np.isin(support, r.matches(int(best.numbers[i])))
    signs = np.where(own, 1.0, -1.0)
    if notion == "global":
        return float(np.linalg.norm((signs * weights / weights.sum()) @ documents[support]))
    total = np.where(own, weights[own].sum(), weights[~own].sum())
    return float(np.linalg.norm((signs * weights / total) @ documents[support])) / 2


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="centroid-hubs",
        title="Hubs: margin 1/(2√(AB) + 1) for every forest, A and B at most 1 + log₂ n",
        kind="theorem",
        statement=r"""
Every forest of $n$ nodes has an embedding at threshold 0 in at most $n + 1$ dimensions with
normalized margin at least $1/(2\sqrt{AB}+1)$, where its lists of hubs have lengths
$A, B \le 1 + \log_2 n$. A chain of $n$ nodes has hubs with lists of at most $A$ and $B$ if and only
if $\binom{A+B}{A} > n$.
""",
        source="hrgeom, docs/theory/centroid-hubs.md",
        verdict="confirmed",
        evidence=_centroid_hubs,
        proofs=("centroid-hubs",),
        page="theory/centroid-hubs.md",
        remark="Hubs are chosen for the least AB, so this is what is compared with the bound. "
        "O(log³ n) dimensions with this margin follow by compression (`jl-compression`).",
    ),
    Claim(
        id="moment-curve",
        title="Moment curve: any relevance in 2 min(k, s) + 1 dimensions, in integers",
        kind="theorem",
        statement=r"""
Let $s = \max|S(q)|$ and $k = \max|D(v)|$, equal documents and equal queries counted once. In
$2\min(k,s)+1$ dimensions threshold 0 separates all pairs in integers, matches scoring 1 and others
at most $-1$; in $2\min(k,s)$ every match ranks above every non-match.
""",
        source="hrgeom, docs/theory/moment-curve.md; after Wang et al. 2026",
        verdict="confirmed",
        evidence=_moment_curve,
        proofs=("moment-curve",),
        page="theory/moment-curve.md",
        remark="In Python's integers. What floats carry of it: `moment-curve-floats`.",
    ),
    Claim(
        id="dual-frame",
        title="Dual frame: every match scores exactly 1, and no shorter vector does so",
        kind="theorem",
        statement=r"""
If the documents of $S(q)$ are linearly independent, the columns of $X$, then
$q = X(X^\top X)^{-1}\mathbf 1$ scores exactly 1 on every match, every other vector that does is
longer, and $|q|^2 = \mathbf 1^\top(X^\top X)^{-1}\mathbf 1$.
""",
        source="hrgeom, docs/theory/random.md",
        verdict="confirmed",
        evidence=_dual_frame,
        proofs=("dual-frame",),
        page="theory/random.md",
        remark="In float64, so up to rounding.",
    ),
    Claim(
        id="max-margin",
        title="Max-margin queries: every mean of the signed documents bounds the margin",
        kind="theorem",
        statement=r"""
For documents $x_v$ with signs $\sigma_v = 1$ on matches and $-1$ on others, every unit $q$ and all
weights $\lambda \ge 0$ of sum 1 satisfy
$\min_v \sigma_v\langle q, x_v\rangle \le \|\sum_v\lambda_v\sigma_v x_v\|$; by row, with weights of
sum 1 on either side, the gap is at most that norm. Where some $q$ separates, both sides meet.
""",
        source="hrgeom, docs/theory/max-margin.md",
        verdict="confirmed",
        evidence=_max_margin,
        proofs=("max-margin",),
        page="theory/max-margin.md",
        remark="The two sides meet to the tolerance of the solver, 1e-6.",
    ),
)
