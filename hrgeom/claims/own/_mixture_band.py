"""The claim about mixtures of queries: which weight on matches decides what they retrieve."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from hrgeom.checker import Band, band, certify
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_most, fact
from hrgeom.constructions import construct
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import random_subsets, random_tree

__all__ = ["CLAIMS"]

_MIXTURES = 200
_CLOSE = Fraction(1, 10**12)


def _mixture_band() -> list[Evidence]:
    kept, ends, turned, n_mixtures, n_ends = 0, [], 0, 0, 0
    for seed, (relevance, method) in enumerate(_problems()):
        e = construct(relevance, method=method, dtype="float64").embedding
        found = band(e, relevance, threshold=_threshold(e, relevance, method))
        scores = _scores(e)
        rng = np.random.default_rng(seed)
        for weights in _mixtures(rng, relevance.n_queries):
            kept += _n_broken(found, relevance, scores, weights) == 0
            n_mixtures += 1
        for off, is_turned in _ends(found, relevance, scores):
            ends.append(off)
            turned += is_turned
            n_ends += 1
    return [
        fact("mixtures that do what the bands of all documents say", kept, n_mixtures),
        at_most("largest distance of an end from that in fractions", 1e-12, float(max(ends))),
        fact("ends beyond which two queries do the contrary", turned, n_ends),
    ]


def _problems() -> list[tuple[Relevance, str]]:
    trees = [(random_tree(12, seed=seed).relevance, "trie") for seed in range(3)]
    hubs = [(random_tree(10, seed=5).relevance, "centroid-hubs")]
    sets = [(random_subsets(8, 7, 2, seed=seed).relevance, "interval") for seed in range(2)]
    return [*trees, *hubs, *sets]


def _threshold(e: DualEmbedding, relevance: Relevance, method: str) -> float:
    if e.threshold is not None:
        return e.threshold
    found = certify(e, relevance, notion="global").threshold
    assert found is not None
    return found


def _mixtures(rng: np.random.Generator, n: int) -> Iterator[list[Fraction]]:
    """Yield weights that sum to 1, of a few queries or of many."""
    for _ in range(_MIXTURES):
        kept = rng.random(n) < rng.choice([2 / n, 0.5])
        numbers = np.where(kept, rng.integers(1, 100, n), 0)
        numbers[rng.integers(n)] += 1
        yield [Fraction(a, int(numbers.sum())) for a in numbers.tolist()]


def _scores(e: DualEmbedding) -> list[list[Fraction]]:
    queries, documents = (
        [[Fraction(float(x)) for x in row] for row in rows] for rows in e.values()
    )
    return [
        [sum((a * b for a, b in zip(q, x, strict=True)), Fraction(0)) for x in documents]
        for q in queries
    ]


def _n_broken(
    found: Band, relevance: Relevance, scores: list[list[Fraction]], weights: list[Fraction]
) -> int:
    shares = [Fraction(0)] * relevance.n_documents
    for q, weight in enumerate(weights):
        for v in relevance.matches(q).tolist():
            shares[v] += weight
    n_broken, t = 0, Fraction(found.threshold)
    for v, share in enumerate(shares):
        score = sum((w * row[v] for w, row in zip(weights, scores, strict=True)), Fraction(0))
        missed = share > Fraction(float(found.upper[v])) and score <= t
        taken = share < Fraction(float(found.lower[v])) and score > t
        n_broken += missed or taken
    return n_broken


def _ends(
    found: Band, relevance: Relevance, scores: list[list[Fraction]]
) -> Iterator[tuple[Fraction, bool]]:
    """Yield how far each end is from its formula, and whether two queries turn just inside it."""
    t, indptr, queries = Fraction(found.threshold), *relevance.transposed
    for v in np.flatnonzero(found.is_inner).tolist():
        own = set(queries[indptr[v] : indptr[v + 1]].tolist())
        excess = [row[v] - t for row in scores]
        matches = [x for q, x in enumerate(excess) if q in own]
        others = [x for q, x in enumerate(excess) if q not in own]
        m, M, n, N = min(matches), max(matches), -max(others), -min(others)
        upper, lower = N / (m + N), n / (M + n)
        inside = lower + _CLOSE
        yield abs(Fraction(float(found.upper[v])) - upper), upper * m - (1 - upper) * N <= 0
        yield abs(Fraction(float(found.lower[v])) - lower), inside * M - (1 - inside) * n > 0


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="mixture-band",
        title="Mixtures of queries: more than N/(m + N) on matches retrieves, less than n/(M + n) "
        "does not",
        kind="theorem",
        statement=r"""
Let document $v$ score its matches from $t + m$ to $t + M$ and all other queries from $t - N$ to
$t - n$, with $m, n > 0$. A convex combination of query vectors, of which the weight $P$ is on
matches of $v$, scores more than $t$ if $P > N/(m + N)$ and less if $P < n/(M + n)$; no better
numbers will do.
""",
        source="hrgeom, docs/theory/mixture-band.md",
        verdict="confirmed",
        evidence=_mixture_band,
        proofs=("mixture-band",),
        page="theory/mixture-band.md",
        remark="Tries, hubs and intervals; mixtures and the ends of all bands in fractions.",
    ),
)
