"""Slow oracles: every quantity as plainly as its definition, scores in fractions.

Nothing here uses the CSR arrays' algorithms, floating-point arithmetic or a kernel.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import isqrt


def parents_of(edges, n_nodes):
    """The set of parents of every node, from (child, parent) pairs."""
    parents = [set() for _ in range(n_nodes)]
    for child, parent in edges:
        parents[int(child)].add(int(parent))
    return parents


def ancestors(parents, node):
    """Proper ancestors: walk up along parents until nothing new comes."""
    found = set()
    to_do = [node]
    while to_do:
        for parent in parents[to_do.pop()]:
            if parent not in found:
                found.add(parent)
                to_do.append(parent)
    return found


def distances(parents, node):
    """Edges on the shortest way up to each ancestor, and 0 to the node itself, breadth first."""
    away = {node: 0}
    queue = deque([node])
    while queue:
        below = queue.popleft()
        for parent in parents[below]:
            if parent not in away:
                away[parent] = away[below] + 1
                queue.append(parent)
    return away


def levels(parents):
    """Edges on the longest path from a root down to each node: raise until nothing changes."""
    found = [0] * len(parents)
    for _ in parents:
        found = [max((found[p] + 1 for p in above), default=0) for above in parents]
    return found


def sets_of_hierarchy(parents):
    """S(q) for every node: its ancestors and itself."""
    return [ancestors(parents, q) | {q} for q in range(len(parents))]


def sets_of_relevance(relevance):
    """S(q) for every query, cut out of the stored rows."""
    indptr, indices = relevance.indptr.tolist(), relevance.indices.tolist()
    return [set(indices[indptr[q] : indptr[q + 1]]) for q in range(len(indptr) - 1)]


def queries_of(sets, n_documents):
    """D(v) = {q : v in S(q)} for every document."""
    return [{q for q, s in enumerate(sets) if v in s} for v in range(n_documents)]


def crossing_pairs(sets, n_documents):
    """Pairs v < w whose sets D(v), D(w) meet while neither holds the other."""
    D = queries_of(sets, n_documents)
    return [
        (v, w)
        for v, w in combinations(range(n_documents), 2)
        if D[v] & D[w] and not D[v] <= D[w] and not D[w] <= D[v]
    ]


def score(q, x) -> Fraction:
    """<q, x> exactly; the entries are floats, hence rationals."""
    return sum((Fraction(a) * Fraction(b) for a, b in zip(q, x, strict=True)), Fraction(0))


def absolute_score(q, x) -> Fraction:
    """sum_k |q_k x_k| exactly."""
    return score([abs(a) for a in q], [abs(b) for b in x])


def scores(queries, documents) -> list[list[Fraction]]:
    """All exact scores, a row per query."""
    exact_documents = [[Fraction(b) for b in x] for x in documents.tolist()]
    return [
        [score(q, x) for x in exact_documents]
        for q in ([Fraction(a) for a in row] for row in queries.tolist())
    ]


def root(a: Fraction) -> Fraction:
    """The square root of a positive rational, to 200 bits."""
    p, q = a.numerator, a.denominator
    places = 200 + max(0, q.bit_length() - p.bit_length() + 1)
    return Fraction(isqrt((p << 2 * places) // q), 1 << places)


def normalized_scores(queries, documents) -> list[list[Fraction]] | None:
    """All scores of rows of length one, to 198 bits; None if a row is zero."""
    squares = [[score(row, row) for row in rows.tolist()] for rows in (queries, documents)]
    if 0 in squares[0] or 0 in squares[1]:
        return None
    over_q, over_x = ([root(1 / a) for a in rows] for rows in squares)
    return [
        [a * p * q for a, q in zip(row, over_x, strict=True)]
        for row, p in zip(scores(queries, documents), over_q, strict=True)
    ]


def best_margin(rows, sets, notion) -> Fraction | None:
    """Half the gap: of every query (row), or by the best threshold for all (global)."""
    if notion == "row":
        margins = [ranking_margin(row, own) for row, own in zip(rows, sets, strict=True)]
        return min((a / 2 for a in margins if a is not None), default=None)
    low = [a for row, own in zip(rows, sets, strict=True) for a in matches(row, own)]
    high = [a for row, own in zip(rows, sets, strict=True) for a in others(row, own)]
    return (min(low) - max(high)) / 2 if low and high else None


def matches(row: Sequence[Fraction], own: set[int]) -> list[Fraction]:
    """The scores of S(q)."""
    return [row[v] for v in sorted(own)]


def others(row: Sequence[Fraction], own: set[int]) -> list[Fraction]:
    """The scores of all documents outside S(q)."""
    return [a for v, a in enumerate(row) if v not in own]


def worst_match(row, own) -> Fraction | None:
    """The lowest score in S(q); None if there is no match."""
    return min(matches(row, own), default=None)


def best_other(row, own) -> Fraction | None:
    """The highest score outside S(q); None if every document matches."""
    return max(others(row, own), default=None)


def ranking_margin(row, own) -> Fraction | None:
    """Worst match minus best non-match; None if there is none of either."""
    low, high = worst_match(row, own), best_other(row, own)
    return None if low is None or high is None else low - high


def violating_matches(row, own, threshold: float) -> int:
    """Global notion: matches that do not exceed the threshold."""
    return sum(a <= Fraction(threshold) for a in matches(row, own))


def violating_others(row, own, threshold: float) -> int:
    """Global notion: non-matches that do not stay below the threshold."""
    return sum(a >= Fraction(threshold) for a in others(row, own))


def row_violations(row, own) -> int:
    """Row notion: non-matches that reach the worst match; none if there is no match."""
    low = worst_match(row, own)
    return 0 if low is None else sum(a >= low for a in others(row, own))
