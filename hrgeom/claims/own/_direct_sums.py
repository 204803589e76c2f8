"""Claims about direct sums, block codes and spherical codes."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from operator import eq
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.checker import certify
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, equal, fact
from hrgeom.claims._instances import (
    about_at_least,
    about_at_most,
    certified_margin,
    gaps,
    holding,
    is_match,
    least_margin,
    relevances,
    trees,
    unit,
)
from hrgeom.constructions import centroid_hubs, kraft_trie
from hrgeom.constructions.codes.spherical import (
    cross_polytope,
    golay,
    largest_inner,
    menu,
    simplex,
    slices,
)
from hrgeom.constructions.covers import block_cover
from hrgeom.constructions.direct_sum import block_code, hybrid, mixed
from hrgeom.constructions.intervals import interval
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import random_tree

__all__ = ["CLAIMS"]

_NOISE = 1e-9  # of sums in float64
_STATED = 3e-3  # a certificate states a margin to 0.2 %, from below
_TYPES = ("float64", "float32", "float16", "bfloat16", "int8")
# b -> words of the largest slice at 1/2, as docs/theory/spherical-codes.md has them
_KISSING = {3: 12, 4: 24, 5: 40, 6: 72, 7: 126, 8: 240, 12: 756, 16: 4320, 23: 93150, 24: 196560}


def _direct_sum() -> list[Evidence]:
    rng = np.random.default_rng(0)
    raw = [_sum_of_parts(r, rng) for r in relevances() for _ in range(3)]
    ratios, cases = [], []
    for r, family, dtype in product(relevances()[1:2], (hybrid, mixed), _TYPES):
        e = family(r, dim=40, dtype=dtype)
        cases.append((r, e))
        ratios.append(certified_margin(r, e) / e.promise["margin"])
    return [
        about_at_least(
            "random weights: least score of a match", 0.5, min(m for m, _ in raw), _NOISE
        ),
        about_at_most(
            "random weights: largest of another pair", -0.5, max(o for _, o in raw), _NOISE
        ),
        about_at_least(
            "hybrid and mixed, five types: certified margin over promise", 1.0, min(ratios), _STATED
        ),
        fact("certificates that hold", *holding(cases)),
    ]


def _sum_of_parts(relevance: Relevance, rng: np.random.Generator) -> tuple[float, float]:
    """Return the extreme scores of three parts, of three kinds, at random weights."""
    part_of = rng.integers(3, size=relevance.n_documents)
    beta = float(rng.uniform(0.2, 5))
    queries: list[NDArray[Any]] = []
    rows: list[NDArray[Any]] = []
    centers = np.zeros(relevance.n_documents)
    builders: tuple[Any, ...] = (interval, kraft_trie, centroid_hubs)
    for t, build in enumerate(builders):
        members = np.flatnonzero(part_of == t)
        part = relevance.restrict_documents(members)
        e = build(part, dtype="float64")
        scores, matches = e.queries @ e.documents.T, is_match(part)
        own = np.where(matches, scores, np.inf).min(axis=0)
        other = np.where(matches, -np.inf, scores).max(axis=0)
        own = np.where(matches.any(axis=0), own, other + 1)
        other = np.where(matches.all(axis=0), own - 1, other)
        weight = float(rng.uniform(0.2, 5))
        queries.append(weight * e.queries)
        block = np.zeros((relevance.n_documents, e.dim))
        block[members] = e.documents / weight / (own - other)[:, None]
        rows.append(block)
        centers[members] = (own + other) / 2 / (own - other)
    q = np.column_stack((*queries, np.full(relevance.n_queries, beta)))
    match, other_pair = gaps(relevance, q, np.column_stack((*rows, -centers / beta)))
    return float(match), float(other_pair)


def _block_code() -> list[Evidence]:
    ratios, sizes = [], []
    for r in [*relevances(), *(t.relevance for t in trees()[::2])]:
        for pick in (0, -1):
            e, promised = _plain_blocks(r, pick)
            ratios.append(least_margin(r, unit(e.queries), unit(e.documents)) / promised)
            sizes.append(certify(e, r, threads=1).holds)
    star = random_tree(60, shape="deep").relevance
    plain = 0.5 / (math.sqrt(star.max_matches) + 0.5)
    spare = certified_margin(star, block_code(star, dim=500, dtype="float64"))
    s = star.max_matches
    return [
        about_at_least("margin over (1/2)/(sqrt Q + T)", 1.0, min(ratios), _NOISE),
        fact("certificates that hold", sum(sizes), len(sizes)),
        at_least(
            f"a tree of s = {s} with words for none, over (1/2)/(sqrt s + 1/2)", 1.0, spare / plain
        ),
        at_least("the same, over 1/(2 sqrt s)", 1.0, spare * 2 * math.sqrt(s)),
    ]


def _plain_blocks(relevance: Relevance, pick: int) -> tuple[DualEmbedding, float]:
    """Return the theorem's embedding without spare words, and the margin that it promises."""
    blocks = block_cover(relevance)
    used = [np.flatnonzero(blocks == b) for b in range(int(blocks.max()) + 1)]
    matches = is_match(relevance).astype(np.float64)
    queries: list[NDArray[Any]] = []
    documents: list[NDArray[Any]] = []
    alphas = []
    for members in used:
        code = [c for c in menu(len(members)) if c.mu <= 0.9][pick]
        words = unit(code.words(len(members)))
        alpha = 1 / (1 - max(code.mu, 0.0))
        alphas.append(alpha)
        queries.append(alpha * matches[:, members] @ words)
        rows = np.zeros((relevance.n_documents, code.dim))
        rows[members] = words
        documents.append(rows)
    heights = np.array(alphas) - 0.5
    of_query = sum(a**2 * matches[:, m].sum(axis=1) for a, m in zip(alphas, used, strict=True))
    q, t = float(np.max(of_query)), float(heights.max())
    beta = math.sqrt(t * math.sqrt(q))
    last = np.zeros(relevance.n_documents)
    for members, height in zip(used, heights, strict=True):
        last[members] = -height / beta
    last[blocks < 0] = -0.5 / beta
    e = DualEmbedding(
        np.column_stack((*queries, np.full(relevance.n_queries, beta))),
        np.column_stack((*documents, last)),
        threshold=0.0,
    )
    return e, 0.5 / (math.sqrt(q) + t)


def _spherical_codes() -> list[Evidence]:
    rng = np.random.default_rng(0)
    found = [largest_inner(simplex(b).words()) for b in (3, 7, 15)]
    tight = [Fraction(-1, b) for b in (3, 7, 15)]
    crowded = [
        float(_largest(unit(rng.standard_normal((b + 2, b)))))
        for b in (2, 3, 5)
        for _ in range(200)
    ]
    kissing = {
        s.dim: max(t.size for t in slices() if t.dim == s.dim and t.inner == Fraction(1, 2))
        for s in slices()
        if s.dim in _KISSING
    }
    small = [s for s in slices() if s.size <= 400][::6]
    within = [_largest(unit(s.code().words())) <= float(s.inner) + 1e-12 for s in small]
    words = 1 - 2 * golay().astype(np.int64)
    fixed = [words[(words[:, :t] == 1).all(axis=1)][:, t:] for t in range(1, 6)]
    bounds = [Fraction(24 * Fraction(1, 3) - t, 24 - t) for t in range(1, 6)]
    return [
        fact(
            "simplices whose inner product is -1/(n - 1), in integers",
            sum(map(eq, found, tight)),
            3,
        ),
        at_least("b + 2 random words: least of the largest inner products", 0.0, min(crowded)),
        equal(
            "cross-polytope in 12 dimensions",
            Fraction(0),
            largest_inner(cross_polytope(12).words()),
        ),
        *[
            equal(
                f"a simplex for {n} documents with a word for none: gap",
                1 + Fraction(1, n),
                _gap(n),
            )
            for n in (3, 7)
        ],
        fact(
            "largest slices at 1/2, by dimension, as on the page",
            sum(kissing[b] == n for b, n in _KISSING.items()),
            len(_KISSING),
        ),
        fact("slices of at most 400 words within their bound, all pairs", sum(within), len(within)),
        fact(
            "Golay code, 1 to 5 places fixed, within the bound",
            sum(largest_inner(w) <= b for w, b in zip(fixed, bounds, strict=True)),
            5,
        ),
    ]


def _gap(n: int) -> Fraction:
    """Return 1 - mu of n + 1 words, one of them for queries that match nothing."""
    return 1 - largest_inner(simplex(n).words(n + 1))


def _largest(words: NDArray[Any]) -> float:
    products = words @ words.T
    np.fill_diagonal(products, -np.inf)
    return float(products.max())


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="direct-sum",
        title="Parts of any kind side by side: scores of at least 1/2 and at most -1/2",
        kind="theorem",
        statement=r"""
Let part $t$ of the documents have coordinates in which document $v$ scores at least $a_v$ with its
matches and at most $b_v < a_v$ with others. For all weights $w_t$ and $\beta > 0$ the queries
$(w_1 y_1, \dots, w_k y_k, \beta)$ and documents
$(0, x_v/w_t, 0, -\tfrac{a_v+b_v}{2\beta})/(a_v-b_v)$ score at least $1/2$ on matches and at most
$-1/2$ on others, and the normalized margin is at least $\tfrac12/(\max|q|\max|x|)$.
""",
        source="hrgeom, docs/theory/direct-sum.md",
        verdict="confirmed",
        evidence=_direct_sum,
        proofs=("direct-sum",),
        page="theory/direct-sum.md",
        remark="Intervals, tries and hubs are put side by side at random weights; and the "
        "promises of two families, rounding included, are compared with certificates in five "
        "stored types.",
    ),
    Claim(
        id="block-code",
        title="Block code: margin (1/2)/(√Q + T) in 1 + Σ bᵢ dimensions",
        kind="theorem",
        statement=r"""
Let no query match two documents of a block, and let block $i$ have unit words in $b_i$ dimensions
with inner products at most $\mu_i \ge 0$. With $\alpha_i = 1/(1-\mu_i)$, $T = \max\alpha_i - 1/2$
and $Q$ the largest sum of $\alpha_i^2$ over the blocks of a query, $1 + \sum b_i$ dimensions and
threshold 0 separate all pairs with normalized margin at least $\tfrac12/(\sqrt Q+T)$.
""",
        source="hrgeom, docs/theory/direct-sum.md",
        verdict="confirmed",
        evidence=_block_code,
        proofs=("block-code",),
        page="theory/direct-sum.md",
        remark="The theorem's embedding is built anew from blocks and codes. A first sketch took "
        "(1/2)/(√s + 1/2) for the most that block codes reach; spare words for queries that match "
        "none of a block pass it, and 1/(2√s) too.",
    ),
    Claim(
        id="spherical-codes",
        title="Spherical codes: least µ of few words, words for none, slices, fixed coordinates",
        kind="theorem",
        statement=r"""
Some two of $n$ unit words have an inner product of at least $-1/(n-1)$, attained by the simplex;
more than $b + 1$ words in $b$ dimensions have one of at least 0. A simplex with a word for
queries that match nothing has the gap $1 + 1/n$ for $n$ documents in $n$ dimensions. The vectors
of squared length $N$ of a lattice of least squared length $d$ in an affine subspace at squared
distance $p$ from 0 have $\mu \le 1 - d/(2(N-p))$ around its foot. Words of $b$ signs with $t$ of
them fixed have $\mu' \le (b\mu-t)/(b-t)$ in $b-t$ dimensions.
""",
        source="hrgeom, docs/theory/spherical-codes.md",
        verdict="confirmed",
        evidence=_spherical_codes,
        proofs=("spherical-codes",),
        page="theory/spherical-codes.md",
        remark="Samples of the library, sizes of slices as its table has them; "
        "`tests/constructions/test_spherical_codes.py` counts them. Random words show no more than "
        "that none of them does better.",
    ),
)
