"""The claim about text beside a hierarchy: at which weights no text can turn a pair."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, fact
from hrgeom.claims._instances import is_match
from hrgeom.constructions import construct
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import random_subsets, random_tree
from hrgeom.derived import combine

__all__ = ["CLAIMS"]

_DIM = 5


def _text_and_hierarchy() -> list[Evidence]:
    below, left, turned, ties = [], [], [], []
    for seed, relevance in enumerate(_relevances()):
        e = construct(relevance, method="trie").embedding
        text = _text(relevance, seed)
        limits = combine(text, e, relevance).limits
        for part, limit in ((0.5, limits.any_text), (0.99, limits.these_texts or 0.0)):
            found = combine(text, e, relevance, weight=part * limit).certificate
            below.append(found.holds)
            left.append((found.margin_lower_bound or 0.0) / (limits.half_gap * (1 - part)))
        worst, gap = _planted(text, e, relevance)
        weight = 1.1 * gap / 2
        turned.append(not combine(worst, e, relevance, weight=weight, look=False).certificate.holds)
        ties.append(float(Fraction(limits.ties_at or 0) / _first_tie(text, e, relevance)))
    return [
        fact("certificates below the weights that are stated", sum(below), len(below)),
        at_least("margins that are left, over e - wc, but for 1e-3", 1 - 1e-3, min(left)),
        fact("planted pairs that 1.1 times e turns, rows of length 1", sum(turned), len(turned)),
        at_least("weights at which texts tie, over those by fractions", 1.0, min(ties)),
        at_most("the same, largest", 1 + 1e-12, max(ties)),
    ]


def _text(relevance: Relevance, seed: int) -> DualEmbedding:
    """Return random rows of length one."""
    rng = np.random.default_rng(seed)
    sides = [rng.standard_normal((n, _DIM)) for n in (relevance.n_queries, relevance.n_documents)]
    rows = [side / np.linalg.norm(side, axis=1, keepdims=True) for side in sides]
    return DualEmbedding(*rows)


def _relevances() -> list[Relevance]:
    """Return relevances small enough for fractions of all pairs of pairs."""
    trees = [random_tree(12, seed=seed).relevance for seed in range(4)]
    return [*trees, *(random_subsets(8, 7, 2, seed=seed).relevance for seed in range(4))]


def _planted(
    text: DualEmbedding, e: DualEmbedding, relevance: Relevance
) -> tuple[DualEmbedding, float]:
    """Return texts that set a worst match as far apart as can be, a best other pair as near.

    And the gap between the two, half of which is the e of the best threshold.
    """
    queries, documents = (rows.copy() for rows in (text.queries, text.documents))
    scores, own = _scores(e), is_match(relevance)
    match = np.unravel_index(np.where(own, scores, np.inf).argmin(), scores.shape)
    other = np.unravel_index(np.where(own, -np.inf, scores).argmax(), scores.shape)
    first, second = np.eye(2, _DIM)
    queries[match[0]], documents[match[1]] = first, -first
    if match[0] == other[0]:
        documents[other[1]] = first
    elif match[1] == other[1]:
        queries[other[0]] = -first
    else:
        queries[other[0]] = documents[other[1]] = second
    return DualEmbedding(queries, documents), float(scores[match] - scores[other])


def _scores(e: DualEmbedding) -> NDArray[Any]:
    queries, documents = e.values()
    product: NDArray[Any] = queries.astype(np.float64) @ documents.astype(np.float64).T
    return product


def _first_tie(text: DualEmbedding, e: DualEmbedding, relevance: Relevance) -> Fraction:
    """Return the least weight at which a match and another pair tie, all pairs in fractions."""
    s, t = (_exact(one) for one in (e, text))
    own = is_match(relevance)
    matches = [(s[i][v], t[i][v]) for i, v in np.argwhere(own).tolist()]
    others = [(s[i][v], t[i][v]) for i, v in np.argwhere(~own).tolist()]
    return min((a - b) / (y - x) for a, x in matches for b, y in others if y > x)


def _exact(e: DualEmbedding) -> list[list[Fraction]]:
    queries, documents = (
        [[Fraction(float(x)) for x in row] for row in rows] for rows in e.values()
    )
    return [
        [sum((a * b for a, b in zip(q, x, strict=True)), Fraction(0)) for x in documents]
        for q in queries
    ]


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="text-and-hierarchy",
        title="Text beside a hierarchy: below the weight e/c no text can turn a pair",
        kind="theorem",
        statement=r"""
Let matches score at least $r + e$ and all other pairs at most $r - e$, and let text scores lie in
an interval of middle $m$ and width $2c$. With weight $w$ on the text, $0 < w < e/c$, every match
exceeds $r + wm$ by at least $e - wc$, and every other pair is below it by as much. For $w \ge e/c$
there are such scores for which that fails. With text rows no longer than $a$ and $b$ it holds for
$m = 0$, $c = ab$.
""",
        source="hrgeom, docs/theory/text-and-hierarchy.md",
        verdict="confirmed",
        evidence=_text_and_hierarchy,
        proofs=("text-and-hierarchy",),
        page="theory/text-and-hierarchy.md",
        remark="Tries and random texts; the first tie over all pairs in fractions.",
    ),
)
