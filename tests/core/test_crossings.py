import pickle

import definitions
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrgeom.core import Relevance, _bits, _crossing, _find_crossings
from hrgeom.errors import HierarchyError
from hrgeom.testing import dags, hierarchies, relevances

PATCHED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def by_witnesses(h):
    closure = h.relevance.indptr, h.relevance.indices
    edges = h.parent_indptr, h.parent_indices
    return _find_crossings.crossings_by_witnesses(closure, edges, h.levels)


def by_counting(r):
    return _find_crossings.crossings_by_counting((r.indptr, r.indices), r.transposed)


def assert_right(crossings, relevance):
    """All that crossings tell, against the definition."""
    sets = definitions.sets_of_relevance(relevance)
    expected = definitions.crossing_pairs(sets, relevance.n_documents)
    assert crossings.pairs.tolist() == [list(pair) for pair in expected]
    assert (crossings.pairs.dtype, crossings.pairs.shape) == (np.int32, (len(expected), 2))
    assert crossings.n_pairs == len(expected)
    ends = [v for pair in expected for v in pair]
    assert crossings.vertices.tolist() == sorted(set(ends))
    assert crossings.degrees.tolist() == [ends.count(v) for v in sorted(set(ends))]


@PATCHED
@given(h=hierarchies())
def test_listed_among_the_ancestors_of_witnesses(h, monkeypatch):
    monkeypatch.setattr(_find_crossings, "_LISTED_COST", 0.0)
    monkeypatch.setattr(_find_crossings, "_KEYS", 3)
    assert_right(by_witnesses(h), h.relevance)


@PATCHED
@given(h=hierarchies(), few=st.booleans())
def test_as_bits_from_the_deepest_level_up(h, few, monkeypatch):
    monkeypatch.setattr(_find_crossings, "_LISTED_COST", float("inf"))
    monkeypatch.setattr(_bits, "_CELLS", 3)
    monkeypatch.setattr(_find_crossings, "_GATHERED", 9)
    monkeypatch.setattr(_crossing, "_CELLS", 9)
    if not few:
        monkeypatch.setattr(_crossing, "_FEW_PAIRS", -1)
    assert_right(by_witnesses(h), h.relevance)


def test_bits_are_kept_where_pairs_are_many(monkeypatch):
    monkeypatch.setattr(_crossing, "_FEW_PAIRS", 0)
    n = 40  # one node below all others: they all cross
    r = Relevance.from_sets([{v} for v in range(n)] + [set(range(n))], n)
    crossings = by_counting(r)
    assert crossings.n_pairs == n * (n - 1) // 2
    assert isinstance(crossings.graph, _crossing.PairGraph)
    bits = np.packbits(~np.eye(n, dtype=bool), axis=1, bitorder="little")
    graph = _crossing.few_or_bits(_crossing.BitGraph(n, bits))
    assert isinstance(graph, _crossing.BitGraph)
    assert graph.row(3).nonzero()[0].tolist() == [v for v in range(n) if v != 3]


@given(r=relevances())
def test_by_counting(r):
    assert_right(by_counting(r), r)


@PATCHED
@given(r=relevances())
def test_by_counting_a_few_products_at_a_time(r, monkeypatch):
    monkeypatch.setattr(_find_crossings, "_PRODUCTS", 2)
    monkeypatch.setattr(_find_crossings, "_CELLS", 1)
    monkeypatch.setattr(_crossing, "_CELLS", 8)
    monkeypatch.setattr(_crossing, "_FEW_PAIRS", -1)
    assert_right(by_counting(r), r)


@given(h=dags(), data=st.data())
def test_both_ways_agree_and_restrict_alike(h, data):
    first, second = by_witnesses(h), by_counting(h.relevance)
    np.testing.assert_array_equal(first.pairs, second.pairs)
    some = sorted(data.draw(st.sets(st.integers(0, h.n_nodes - 1), min_size=1)))
    part = h.relevance.restrict_documents(np.array(some))
    sets = definitions.sets_of_relevance(h.relevance)
    kept = definitions.crossing_pairs(sets, h.n_nodes)
    expected = [[some.index(v), some.index(w)] for v, w in kept if {v, w} <= set(some)]
    assert part.crossing_pairs.tolist() == expected
    assert second.restricted(np.array(some)).pairs.tolist() == expected


def test_equal_documents_are_looked_at_once():
    """Two crossing sets, of 500 and of 700 documents each, in another order."""
    rng = np.random.default_rng(0)
    kind = rng.permutation(np.repeat([0, 1, 2], [500, 700, 300]))
    sets = [np.flatnonzero(kind == 0), np.flatnonzero(kind < 2), np.flatnonzero(kind == 1), [3]]
    r = Relevance.from_sets([set(map(int, s)) for s in sets], 1500)
    assert r.crossings.graph.n <= 4
    pairs = r.crossing_pairs
    assert r.crossings.n_pairs == len(pairs) >= 500 * 700 - 1200
    for v, w in pairs[:: len(pairs) // 50].tolist():
        assert {int(kind[v]), int(kind[w])} == {0, 1}
    assert (np.diff(pairs[:, 0] * 1500 + pairs[:, 1]) > 0).all()


def test_pairs_that_do_not_fit_are_refused(monkeypatch):
    monkeypatch.setattr(_crossing, "_ALWAYS_FITS", 0)
    monkeypatch.setattr(_crossing, "available_bytes", lambda: 100)
    r = Relevance.from_sets([{0}, {1}, {2}, {0, 1, 2}], 3)
    with pytest.raises(HierarchyError, match="crossing pairs must fit in memory: there are 3"):
        r.crossing_pairs  # noqa: B018


@given(h=hierarchies())
def test_relevances_pickle_with_their_way_to_find_crossings(h):
    again = pickle.loads(pickle.dumps(h.relevance))
    np.testing.assert_array_equal(again.crossing_pairs, h.relevance.crossing_pairs)
