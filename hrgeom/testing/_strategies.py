"""Hypothesis strategies: small hierarchies, relevances and score problems with edge cases.

For tests of code that uses hrgeom; requires hypothesis (extra `testing`). All strategies shrink
towards few nodes, plain labels and small integers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.strategies import SearchStrategy
from numpy.typing import DTypeLike, NDArray

from hrgeom.core import Hierarchy, Relevance

__all__ = ["dags", "forests", "hierarchies", "relevances", "score_problems", "trees"]

# Documents around the panels (16, 32) and queries around the tiles (6, 12) of the C kernels.
_DOCUMENTS_AROUND_PANELS = (15, 16, 17, 31, 32, 33, 63, 64, 65)
_QUERIES_AROUND_TILES = (5, 6, 7, 11, 12, 13, 25)
_DIMENSIONS_AROUND_VECTORS = (15, 16, 17, 31, 32, 33, 70)
# With more products than this the dimension is cut down, since oracles in fractions are slow.
_MOST_PRODUCTS = 30_000


def trees(max_nodes: int = 30) -> SearchStrategy[Hierarchy]:
    """Return a strategy for hierarchies with one root in which no node has two parents.

    Parameters
    ----------
    max_nodes : int
        Largest number of nodes; the smallest is one.

    Returns
    -------
    strategy : SearchStrategy of Hierarchy
        Single nodes, chains and stars included; nodes are in any order.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20, deadline=None)
    ... @given(h=trees(max_nodes=8))
    ... def test_a_tree_has_one_edge_less_than_nodes(h):
    ...     assert h.n_edges == h.n_nodes - 1
    >>> test_a_tree_has_one_edge_less_than_nodes()
    """
    return _forest(max_nodes, one_root=True)


def forests(max_nodes: int = 30) -> SearchStrategy[Hierarchy]:
    """Return a strategy for hierarchies with any number of roots and no node with two parents.

    Parameters
    ----------
    max_nodes : int
        Largest number of nodes; the smallest is one.

    Returns
    -------
    strategy : SearchStrategy of Hierarchy
        Shrinks towards one node.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20, deadline=None)
    ... @given(h=forests(max_nodes=8))
    ... def test_every_tree_of_a_forest_has_one_root(h):
    ...     assert h.is_forest and h.n_edges == h.n_nodes - len(h.roots)
    >>> test_every_tree_of_a_forest_has_one_root()
    """
    return _forest(max_nodes, one_root=False)


def dags(max_nodes: int = 20) -> SearchStrategy[Hierarchy]:
    """Return a strategy for hierarchies in which a node may have up to four parents.

    Parameters
    ----------
    max_nodes : int
        Largest number of nodes; the smallest is one.

    Returns
    -------
    strategy : SearchStrategy of Hierarchy
        Diamonds, several roots and edges that also exist as longer paths included.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20, deadline=None)
    ... @given(h=dags(max_nodes=8))
    ... def test_edges_lead_to_lower_levels(h):
    ...     assert all(h.levels[child] > h.levels[parent] for child, parent in h.edges)
    >>> test_edges_lead_to_lower_levels()
    """
    return _dag(max_nodes)


def hierarchies() -> SearchStrategy[Hierarchy]:
    """Return a strategy for any hierarchy: a tree, a forest or a DAG of the default sizes.

    Returns
    -------
    strategy : SearchStrategy of Hierarchy
        Shrinks towards one node.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20, deadline=None)
    ... @given(h=hierarchies())
    ... def test_every_node_matches_itself(h):
    ...     assert all(q in h.relevance.matches(q) for q in range(h.n_nodes))
    >>> test_every_node_matches_itself()
    """
    return st.one_of(trees(), forests(), dags())


def relevances(max_queries: int = 15, max_documents: int = 15) -> SearchStrategy[Relevance]:
    """Return a strategy for relevances of arbitrary sets S(q).

    Parameters
    ----------
    max_queries, max_documents : int
        Largest numbers of queries and documents; there is at least one of each.

    Returns
    -------
    strategy : SearchStrategy of Relevance
        Empty sets, queries that match everything, and documents that no query matches included.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20, deadline=None)
    ... @given(r=relevances(max_queries=4))
    ... def test_both_sides_count_the_same_pairs(r):
    ...     assert r.n_queries <= 4 and r.n_matches.sum() == r.n_queries_of.sum()
    >>> test_both_sides_count_the_same_pairs()
    """
    return _relevance(st.integers(1, max_queries), st.integers(1, max_documents))


def score_problems(
    dtype: DTypeLike,
) -> SearchStrategy[tuple[NDArray[Any], NDArray[Any], Relevance]]:
    """Return a strategy for vectors of queries and documents, with their relevance.

    Parameters
    ----------
    dtype : dtype
        Type of both arrays: float32 or float64.

    Returns
    -------
    strategy : SearchStrategy of (queries, documents, relevance)
        Finite C-contiguous arrays of shapes (n, d) and (m, d), d up to 70, with n and m also
        around the widths of vectors and tiles. Small integers, fractions, repeated rows (exact
        ties), rows one ulp apart, subnormals and large numbers occur; the products of a pair
        sum below 1e30 in size for float32 and below 1e302 for float64.

    Raises
    ------
    ValueError
        If the type is another one.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> @settings(max_examples=20, deadline=None)
    ... @given(problem=score_problems("float32"))
    ... def test_scores_are_finite(problem):
    ...     queries, documents, relevance = problem
    ...     assert (queries @ documents.T).shape == (relevance.n_queries, relevance.n_documents)
    ...     assert np.isfinite(queries @ documents.T).all()
    >>> test_scores_are_finite()
    """
    chosen = np.dtype(dtype)
    if chosen not in (np.float32, np.float64):
        raise ValueError(f"dtype must be float32 or float64: got {chosen}")
    return _score_problem(chosen)


@st.composite
def _forest(draw: st.DrawFn, max_nodes: int, *, one_root: bool) -> Hierarchy:
    n = draw(st.integers(1, max_nodes))
    low = 0 if one_root else -1  # -1: another root
    if draw(st.booleans()):  # chains and near-chains, which free choice of parents hardly reaches
        steps = st.integers(0, 2)
        parents = [max(low, i - 1 - draw(steps)) for i in range(1, n)]
    else:
        parents = [draw(st.integers(low, i - 1)) for i in range(1, n)]
    return _renumbered(draw, n, [(i + 1, p) for i, p in enumerate(parents) if p >= 0])


@st.composite
def _dag(draw: st.DrawFn, max_nodes: int) -> Hierarchy:
    n = draw(st.integers(1, max_nodes))
    edges = [
        (i, parent)
        for i in range(1, n)
        for parent in sorted(draw(st.sets(st.integers(0, i - 1), max_size=4)))
    ]
    return _renumbered(draw, n, edges)


def _renumbered(draw: st.DrawFn, n: int, edges: list[tuple[int, int]]) -> Hierarchy:
    """Return the hierarchy with its nodes in a drawn order, so that parents may come last."""
    number = draw(st.permutations(range(n)))
    return Hierarchy(draw(_labels(n)), [(number[c], number[p]) for c, p in edges])


@st.composite
def _labels(draw: st.DrawFn, n: int) -> list[str]:
    if draw(st.sampled_from((False, False, False, True))):
        return draw(st.lists(st.text(max_size=6), min_size=n, max_size=n, unique=True))
    return [str(i) for i in range(n)]


@st.composite
def _relevance(
    draw: st.DrawFn,
    n_queries: SearchStrategy[int],
    n_documents: SearchStrategy[int],
    *,
    max_matches: int | None = None,
    plain_labels: bool = False,
) -> Relevance:
    n, m = draw(n_queries), draw(n_documents)
    everything = set(range(m))
    some = st.sets(st.integers(0, m - 1), max_size=max_matches)
    rare = st.one_of(st.just(everything), st.integers(0, m - 1).map(lambda v: everything - {v}))
    sets = [draw(st.one_of(some, some, some, rare)) for _ in range(n)]
    if plain_labels:
        return Relevance.from_sets(sets, m)
    return Relevance.from_sets(
        sets, m, query_labels=draw(_labels(n)), document_labels=draw(_labels(m))
    )


@st.composite
def _score_problem(
    draw: st.DrawFn, dtype: np.dtype[Any]
) -> tuple[NDArray[Any], NDArray[Any], Relevance]:
    n = draw(st.one_of(st.integers(1, 5), st.sampled_from(_QUERIES_AROUND_TILES)))
    m = draw(st.one_of(st.integers(1, 8), st.sampled_from(_DOCUMENTS_AROUND_PANELS)))
    d = draw(st.one_of(st.integers(1, 8), st.sampled_from(_DIMENSIONS_AROUND_VECTORS)))
    d = max(1, min(d, _MOST_PRODUCTS // (n * m)))
    elements = _elements(draw, dtype)
    queries = _rows(draw, n, d, dtype, elements)
    documents = _rows(draw, m, d, dtype, elements)
    relevance = draw(_relevance(st.just(n), st.just(m), max_matches=6, plain_labels=True))
    return queries, documents, relevance


def _elements(draw: st.DrawFn, dtype: np.dtype[Any]) -> SearchStrategy[float]:
    """Return a strategy for entries: one kind for a whole problem, or all of them mixed."""
    info = np.finfo(dtype)
    width = 32 if dtype == np.float32 else 64
    # 70 products of two such numbers stay below 1e30 and 1e302
    most = 2.0**43 if width == 32 else 2.0**497
    tiny = (float(info.smallest_subnormal), 3 * float(info.smallest_subnormal), float(info.tiny))
    integers = st.integers(-4, 4).map(float)
    fractions = st.sampled_from((0.1, -0.3, 0.7, 1 / 3, 1e-4)).map(lambda a: float(dtype.type(a)))
    wide = st.floats(-most, most, width=width)  # type: ignore[arg-type]
    extreme = st.sampled_from((*tiny, *(-t for t in tiny), most, -most))
    mixed = st.one_of(integers, fractions, wide, extreme)
    unit = st.floats(-1.0, 1.0, width=width)  # type: ignore[arg-type]
    return draw(st.sampled_from((integers, st.one_of(integers, fractions), unit, mixed)))


def _rows(
    draw: st.DrawFn, n: int, d: int, dtype: np.dtype[Any], elements: SearchStrategy[float]
) -> NDArray[Any]:
    """Return n rows out of a few distinct ones, some entries moved by an ulp: ties and near ties.

    Few draws make many rows, so examples stay small enough to shrink.
    """
    distinct = draw(st.integers(1, min(n, 5)))
    pool = draw(hnp.arrays(dtype, (distinct, d), elements=elements, fill=elements))
    chosen = draw(st.lists(st.integers(0, distinct - 1), min_size=n, max_size=n))
    rows = np.ascontiguousarray(pool[chosen])
    places = st.tuples(st.integers(0, n - 1), st.integers(0, d - 1), st.booleans())
    for i, k, up in draw(st.lists(places, max_size=4)):
        rows[i, k] = np.nextafter(rows[i, k], dtype.type(np.inf if up else -np.inf))
    return rows
