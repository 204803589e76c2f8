"""Claims about lower bounds: the fewest dimensions that any embedding can have."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations, permutations, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hrgeom.bounds.lower import (
    chirotope,
    forster,
    largest_halved_sets,
    largest_shattered_sets,
    radon_dimension,
    radon_dimension_exactly,
    rainbows,
    signed_identity,
    squared_norm_bound,
)
from hrgeom.checker import certify
from hrgeom.claims._claim import Claim, Evidence
from hrgeom.claims._evidence import at_least, at_most, equal, fact
from hrgeom.claims._instances import (
    about_at_least,
    about_at_most,
    arrangements_in_plane,
    holding,
    is_match,
    relevances,
    subsets_of_sizes,
    trees,
    unit,
)
from hrgeom.constructions import moment_curve
from hrgeom.constructions.codes.spherical import simplex
from hrgeom.constructions.intervals import half_plane, interval
from hrgeom.core import DualEmbedding, Relevance
from hrgeom.datasets import random_dag, random_subsets

__all__ = ["CLAIMS"]


def _signed_identity() -> list[Evidence]:
    star = [{0}, {0, 1}, {0, 2}, {0, 3}]
    alone = {n: [{i} for i in range(n)] for n in (2, 3, 4)}
    blocks = [
        signed_identity(Relevance.from_sets(s, 1 + max(map(max, s)))) for s in (star, alone[3])
    ]
    angles = 2 * np.pi * np.arange(9) / 9
    circle = np.column_stack((np.cos(angles), np.sin(angles)))
    many = Relevance.from_sets([{i} for i in range(9)], 9)
    whole = [t.relevance for t in trees(40) if len(t.leaves) >= 3]
    stars = [(r, interval(r, dtype="float64", code="arc")) for r in whole]
    found = [signed_identity(r) for r in whole]
    bounds = [(b.row, b.any_threshold, b.threshold_zero, b.normalized) for b in found]
    e = DualEmbedding(circle, circle, threshold=0.9)
    return [
        equal("orders on a line: three queries with a document each", 0, _on_line(alone[3], 3)),
        at_least("the same, two of them", 1, _on_line(alone[2], 2)),
        equal(
            "arrangements in the plane, threshold 0: with a common document",
            0,
            arrangements_in_plane(star, 4),
        ),
        equal("the same, four alone", 0, arrangements_in_plane(alone[4], 4)),
        at_least("the same, three alone", 1, arrangements_in_plane(alone[3], 3)),
        equal(
            "nine alone in the plane, threshold 0.9, unit rows", "holds", certify(e, many).verdict
        ),
        equal("bounds found for the star: row, any, 0, unit rows", (2, 2, 3, 3), _four(blocks[0])),
        equal("bounds found for three alone", (2, 2, 2, 2), _four(blocks[1])),
        fact(
            "trees of three leaves whose bounds are 2, 2, 3, 3",
            bounds.count((2, 2, 3, 3)),
            len(bounds),
        ),
        fact("the same, in three dimensions with unit rows, certified", *holding(stars)),
    ]


def _four(block: Any) -> tuple[int, int, int, int]:
    return (block.row, block.any_threshold, block.threshold_zero, block.normalized)


def _on_line(sets: list[set[int]], m: int) -> int:
    """Return how many orders of m points on a line have all sets as half lines."""
    halves = (
        [set(o[:i]) for i in range(m + 1)] + [set(o[i:]) for i in range(m)]
        for o in permutations(range(m))
    )
    return sum(all(s in half for s in sets) for half in halves)


def _shattering() -> list[Evidence]:
    rows = []
    for t in (2, 3, 4):
        r = subsets_of_sizes(t, range(t + 1))
        found = largest_shattered_sets(r)
        words = unit(simplex(t - 1).words()) if t > 2 else np.array([[1.0], [-1.0]])
        by_row = DualEmbedding(is_match(r) @ words, words, notion="row")
        at_zero = DualEmbedding(2.0 * is_match(r) - 1, np.eye(t), threshold=0.0)
        attained = all(certify(e, r, notion=e.notion).holds for e in (by_row, at_zero))
        rows.append((found.any_threshold, found.row) == (t, t - 1) == (t, by_row.dim) and attained)
    queries = [subsets_of_sizes(t, range(t + 1)) for t in (2, 3)]
    turned = [largest_shattered_sets(_transposed(r)).row for r in queries]
    again = []
    for seed in range(8):
        r = random_subsets(12, 7, 3, seed=seed)
        found = largest_shattered_sets(r)
        again.append(
            len(found.documents) == _most_cut(r, _all_parts)
            and len(found.queries) == _most_cut(_transposed(r), _all_parts)
        )
    return [
        fact(
            "all subsets of t: bounds t and t - 1, both attained and certified",
            sum(rows),
            len(rows),
        ),
        equal(
            "the same with queries and documents exchanged, t = 2, 3: by row", "[2, 3]", str(turned)
        ),
        fact("largest shattered sets found, all subsets tried anew", sum(again), len(again)),
        _no_more_than_certified(lambda r: largest_shattered_sets(r).any_threshold),
    ]


def _radon() -> list[Evidence]:
    attained, bounds = [], []
    for m, k in ((4, 1), (6, 1), (5, 2), (6, 2), (7, 3)):
        r = subsets_of_sizes(m, range(k + 1))
        bounds.append(largest_halved_sets(r).row == radon_dimension(m, k) == min(2 * k, m - 1))
        if 2 * k < m - 1:
            e = moment_curve(r, notion="row")
        else:
            words = unit(simplex(m - 1).words())
            e = DualEmbedding(is_match(r) @ words, words, notion="row")
        attained.append(e.dim == radon_dimension(m, k) and certify(e, r, notion="row").holds)
    inside = Relevance.from_sets([set(c) for c in combinations(range(4), 2)], 4)
    points = np.array([[0, 3], [-3, -2], [3, -2], [0, 0]])
    exactly = DualEmbedding(_cutting(points, inside), points.astype(float), notion="row")
    again = []
    for seed in range(8):
        r = random_subsets(12, 7, 3, seed=seed)
        found = largest_halved_sets(r)
        again.append(len(found.documents) == _most_cut(r, _proper_halves))
    return [
        fact("all subsets of at most k: halved sets give min(2k, m - 1)", sum(bounds), len(bounds)),
        fact("the same, attained and certified by row", sum(attained), len(attained)),
        equal(
            "all pairs of four, by row",
            (2, "holds"),
            (exactly.dim, certify(exactly, inside).verdict),
        ),
        equal("their bound, min(2k, m - k)", 2, radon_dimension_exactly(4, 2)),
        fact("largest halved sets found, all subsets tried anew", sum(again), len(again)),
        _no_more_than_certified(lambda r: largest_halved_sets(r).threshold_zero),
    ]


def _cutting(points: NDArray[Any], relevance: Relevance) -> NDArray[np.float64]:
    """Return for every query the best of many directions in the plane."""
    angles = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    directions = np.column_stack((np.cos(angles), np.sin(angles)))
    scores = directions @ points.T
    best = []
    for own in is_match(relevance):
        gap = scores[:, own].min(axis=1) - scores[:, ~own].max(axis=1)
        best.append(directions[int(gap.argmax())])
    return np.array(best)


def _forster() -> list[Evidence]:
    rng = np.random.default_rng(0)
    hadamard = np.array([[1]])
    roots = []
    for _ in range(4):
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
        n = len(hadamard)
        r = Relevance.from_sets([set(np.flatnonzero(row > 0).tolist()) for row in hadamard], n)
        roots.append(abs(forster(r).ratio / math.sqrt(n) - 1))
    over = []
    for _ in range(30):
        matrix = rng.integers(-3, 4, (9, 12))
        over.append(
            float(squared_norm_bound(matrix)) / float(np.linalg.norm(matrix.astype(float), 2)) ** 2
        )
    alone = [forster(Relevance.from_sets([{i} for i in range(n)], n)).ratio for n in (6, 12, 20)]
    return [
        at_most("Hadamard matrices of 2 to 16 rows: bound over sqrt n, from 1", 1e-5, max(roots)),
        about_at_least("norms bounded, over LAPACK's, squared, least", 1.0, min(over), 1e-12),
        at_most("the same, largest", 1.001, max(over)),
        about_at_most("signed identities of 6, 12, 20: bound", 2.0, max(alone), 1e-5),
        _no_more_than_certified(lambda r: forster(r).threshold_zero),
    ]


def _rainbows(k: int) -> Relevance:
    """Return every partial rainbow of k classes of three documents."""
    choices = product((None, 0, 1, 2), repeat=k)
    sets = [{3 * c + v for c, v in enumerate(choice) if v is not None} for choice in choices]
    return Relevance.from_sets(sets, 3 * k)


def _rainbow() -> list[Evidence]:
    found = [rainbows(_rainbows(k)) for k in (1, 2, 3, 4)]
    dims = [(half_plane(r).dim, interval(r).dim) for r in map(_rainbows, (1, 2, 3, 4))]
    planes = [(r, half_plane(r)) for r in map(_rainbows, (1, 2, 3, 4))]
    covers = [(r, interval(r)) for r in map(_rainbows, (1, 2, 3, 4))]
    again = chirotope(_rainbows(2))
    return [
        equal(
            "bounds found for k = 1 to 4: row, 0",
            [(2 * k, 2 * k + 1) for k in (1, 2, 3, 4)],
            [(b.row, b.threshold_zero) for b in found],
        ),
        equal(
            "dimensions of half planes and interval covers, the same",
            dims,
            [(b.row, b.threshold_zero) for b in found],
        ),
        fact("half planes of them, certified", *holding(planes)),
        fact("interval covers of them, certified", *holding(covers)),
        equal("two classes by chirotopes: row, 0", (4, 5), (again.row, again.threshold_zero)),
        _no_more_than_certified(lambda r: rainbows(r, work=2_000_000).threshold_zero),
    ]


def _chirotope() -> list[Evidence]:
    tangled = random_dag(400, extra_parents=0.4).relevance
    found = chirotope(tangled, work=20_000_000)
    return [
        equal(
            "random_dag(400, extra_parents=0.4): row, 0", (5, 6), (found.row, found.threshold_zero)
        ),
        fact(
            "refutations followed without the solver",
            sum(r.verify(tangled) for r in found.refutations),
            len(found.refutations),
        ),
        _no_more_than_certified(lambda r: chirotope(r, work=1_000_000).threshold_zero),
    ]


def _no_more_than_certified(bound: Callable[[Relevance], int]) -> Evidence:
    """Return that a lower bound is at most the dimension of embeddings that hold."""
    cases = [*relevances(), *(t.relevance for t in trees(40)[::3])]
    kept = 0
    for r in cases:
        e = interval(r, dtype="float64")
        kept += certify(e, r).holds and bound(r) <= e.dim
    return fact("bounds at most the dimension of an embedding that holds", kept, len(cases))


def _transposed(r: Relevance) -> Relevance:
    return Relevance.from_sets(
        [set(np.flatnonzero(c).tolist()) for c in is_match(r).T], r.n_queries
    )


def _most_cut(r: Relevance, enough: Callable[[set[int], int], bool]) -> int:
    """Return the size of the largest set of documents whose parts, as bits, are enough."""
    matches = is_match(r)
    best = 0
    for t in range(1, 5):
        for chosen in combinations(range(r.n_documents), t):
            parts = set((matches[:, chosen] @ (1 << np.arange(t))).tolist())
            if enough(parts, t):
                best = t
                break
    return best


def _all_parts(parts: set[int], t: int) -> bool:
    return len(parts) == 1 << t


def _proper_halves(parts: set[int], t: int) -> bool:
    whole = (1 << t) - 1
    return all(p in parts or whole - p in parts for p in range(1, whole))


CLAIMS: tuple[Claim, ...] = (
    Claim(
        id="signed-identity",
        title="Three queries with a document each: d at least 2, or 3 with a common document",
        kind="theorem",
        statement=r"""
Let three queries each match a document of their own that the other two do not. By row, and with
one threshold of any value, $d \ge 2$. At threshold 0, $d \ge 3$ if besides some document matches
all three or some query matches their three documents, or if there are four such queries. With one
threshold and unit rows $d \ge 3$ if there is a common document or query. Larger blocks take no
more: 2, 2, 3 and 3 dimensions do.
""",
        source="hrgeom, hrgeom/bounds/lower/_signed_identity.py",
        verdict="confirmed",
        evidence=_signed_identity,
        proofs=("signed-identity",),
        remark="Orders on a line and directions in the plane are listed, all of them. Unit rows "
        "at any threshold rest on the proof alone. Sketches that give the signed identity of size "
        "3 the sign rank 3 are wrong: it is 2.",
    ),
    Claim(
        id="shattering",
        title="Shattered sets (VC): t documents take t dimensions, t - 1 by row; t queries take t",
        kind="theorem",
        statement=r"""
Let every subset of $t$ documents be what some query matches among them: $d \ge t$ with one
threshold of any value, $d \ge t - 1$ by row. Let every subset of $t$ queries be what some document
matches among them: $d \ge t$, by row too. All three are attained.
""",
        source="hrgeom, hrgeom/bounds/lower/_vc.py; after Vapnik and Chervonenkis 1971",
        verdict="confirmed",
        evidence=_shattering,
        proofs=("shattering",),
        remark="For a relevance at hand the bound is weak: hierarchies shatter little.",
    ),
    Claim(
        id="radon",
        title="Halved sets (Radon): all subsets of at most k of m documents take min(2k, m - 1)",
        kind="theorem",
        statement=r"""
Let each proper subset of $t$ documents or its complement among them be what some query matches of
them: $d \ge t - 1$ by row, and $d \ge t$ at threshold 0 if some query matches all or none of them.
All subsets of at most $k$ of $m$ documents take $\min(2k, m - 1)$ dimensions by row, and no more.
All subsets of exactly $k \le m/2$ take $\min(2k, m - k)$ at least.
""",
        source="hrgeom, hrgeom/bounds/lower/_radon.py; after Wang et al. 2026",
        verdict="confirmed",
        evidence=_radon,
        proofs=("radon",),
        remark="min(2k, m - 1) is no bound for exactly k: all pairs of four documents take two "
        "dimensions, a triangle's corners and a point inside.",
    ),
    Claim(
        id="rainbow",
        title="Rainbows: k classes of three documents take 2k dimensions, 2k + 1 at threshold 0",
        kind="theorem",
        statement=r"""
Let $T$ be $k$ classes of three documents. Let some query match just $\rho$ of $T$, for every $\rho$
with one document of each class, and for every $\rho$ with one of each class but a certain one:
$d \ge 2k$ by row, $d \ge 2k + 1$ at threshold 0. Half planes and interval covers have as many.
""",
        source="hrgeom, hrgeom/bounds/lower/_rainbow.py; after van Kampen and Flores, by the "
        "constraint method of Blagojević, Frick and Ziegler 2014",
        verdict="confirmed",
        evidence=_rainbow,
        proofs=("rainbow",),
        remark="So both constructions are optimal in the number of laminar classes. The theorem of "
        "Borsuk and Ulam is cited.",
    ),
    Claim(
        id="chirotope",
        title="Chirotopes: subsets that no signs of determinants allow, by a checked refutation",
        kind="theorem",
        statement=r"""
If no signs of determinants of $n$ vectors of rank $r$ respect what queries match among $n$
documents, then $d \ge r + 1$ at threshold 0 and $d \ge r$ by row. A tangled hierarchy of 400 nodes
takes 5 by row and 6 at threshold 0 so.
""",
        source="hrgeom, hrgeom/bounds/lower/_chirotope.py; after Lienkaemper, arXiv:2312.17365",
        verdict="confirmed",
        evidence=_chirotope,
        proofs=("chirotope",),
        remark="WordNet's bound is not raised: rank 5 is not refuted by any set that was tried.",
    ),
    Claim(
        id="forster",
        title="Forster's bound: sign rank from a spectral norm, proved whatever the rounding",
        kind="theorem",
        statement=r"""
A matrix with the signs of the $n \times m$ matrix $B$, whose entries are at least $b$ in size, has
rank at least $b\sqrt{nm}/\|B\|$: as many dimensions at threshold 0, one less at any other. The
norm is bounded from above in floating point with a proof. Hadamard matrices reach $\sqrt n$,
signed identities no more than 2.
""",
        source="hrgeom, hrgeom/bounds/lower/_forster.py; after Forster 2002",
        verdict="confirmed",
        evidence=_forster,
        proofs=("forster",),
        remark="Weak for hierarchies, almost all of whose entries are -1.",
    ),
)
