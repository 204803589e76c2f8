"""Relevances of forests without their pairs, against those with them."""

import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrgeom import certify, construct
from hrgeom.constructions.covers import ForestCover, LaminarCover
from hrgeom.core import ForestRelevance, ForestRows, Hierarchy, _closure, _hierarchy
from hrgeom.errors import HierarchyError
from hrgeom.testing import forests, trees

PATCHED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
FORESTS = st.one_of(trees(), forests())


def without_pairs(h):
    return ForestRelevance(h.parent_indptr, h.parent_indices, h.levels, h.labels)


@given(h=FORESTS)
def test_all_questions_have_the_same_answers(h):
    r, f = h.relevance, without_pairs(h)
    assert repr(f) == repr(r)
    assert f.n_pairs == r.n_pairs
    assert (f.n_queries, f.n_documents, f.max_matches) == (
        r.n_queries,
        r.n_documents,
        r.max_matches,
    )
    for name in ("indptr", "n_matches", "histogram", "n_queries_of", "crossing_pairs"):
        np.testing.assert_array_equal(getattr(f, name), getattr(r, name))
    for q in range(h.n_nodes):
        found = f.matches(q)
        np.testing.assert_array_equal(found, r.matches(q))
        assert found.dtype == np.int32
        assert not found.flags.writeable
    q, v = np.divmod(np.arange(h.n_nodes**2), h.n_nodes)
    np.testing.assert_array_equal(f.contains(q, v), r.contains(q, v))
    assert "indices" not in f.__dict__
    np.testing.assert_array_equal(f.indices, r.indices)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(f)).transposed[1], r.transposed[1])


@given(h=FORESTS, data=st.data())
def test_rows_of_ranges_in_preorder(h, data):
    f = without_pairs(h)
    order, place = f.preorder.order, f.preorder.place
    np.testing.assert_array_equal(place[order], np.arange(h.n_nodes))
    start = data.draw(st.integers(0, h.n_nodes))
    stop = data.draw(st.integers(start, h.n_nodes))
    indptr, indices = ForestRows(f.preorder)(start, stop)
    for i, query in enumerate(order[start:stop].tolist()):
        row = indices[indptr[i] : indptr[i + 1]]
        assert (np.diff(row) > 0).all()
        assert sorted(order[row].tolist()) == h.relevance.matches(query).tolist()


@given(h=FORESTS, data=st.data())
def test_covers_hold_the_same_pairs(h, data):
    k = data.draw(st.integers(1, h.n_nodes))
    raw = data.draw(st.lists(st.integers(0, k - 1), min_size=h.n_nodes, max_size=h.n_nodes))
    classes = np.unique(raw, return_inverse=True)[1].astype(np.int32)
    for mine, other in zip(
        ForestCover(without_pairs(h), classes), LaminarCover(h.relevance, classes), strict=True
    ):
        np.testing.assert_array_equal(mine.documents, other.documents)
        assert mine.n_positions == other.n_positions
        assert sorted(set(mine.positions.tolist())) == list(range(mine.n_positions))
        for i, v in enumerate(mine.documents.tolist()):
            inside = (mine.left[i] <= mine.positions) & (mine.positions <= mine.right[i])
            assert inside.tolist() == [v in h.relevance.matches(q) for q in range(h.n_nodes)]


@PATCHED
@given(h=FORESTS, notion=st.sampled_from(["global", "row"]), broken=st.booleans())
def test_certificates_are_the_same(h, notion, broken, monkeypatch):
    e = construct(h, method="interval", dtype="float64", certify=False).embedding
    if broken:
        documents = e.documents.copy()
        documents[0] = -documents[0]
        e = type(e)(e.queries, documents, threshold=0.0)
    first = certify(e, h, notion=notion, threads=1)
    monkeypatch.setattr(_hierarchy, "_EXPLICIT", 0)
    again = Hierarchy(h.labels, h.edges)
    assert isinstance(again.relevance, ForestRelevance)
    second = certify(e, again, notion=notion, threads=1)
    for name in ("verdict", "n_pairs", "n_matches", "n_violations", "n_violating_queries"):
        assert getattr(second, name) == getattr(first, name)
    assert second.margin_lower_bound == first.margin_lower_bound
    assert second.normalized_margin_lower_bound == first.normalized_margin_lower_bound
    assert "indices" not in again.relevance.__dict__


@PATCHED
@given(h=FORESTS)
def test_automatic_choice_of_a_large_forest(h, monkeypatch):
    monkeypatch.setattr(_hierarchy, "_EXPLICIT", 0)
    again = Hierarchy(h.labels, h.edges)
    result = construct(again, threads=1)
    assert result.certificate.holds
    assert result.embedding.construction == "interval"
    assert "indices" not in again.relevance.__dict__


def test_pairs_that_do_not_fit_are_refused_when_asked_for(monkeypatch):
    monkeypatch.setattr(_closure, "_ALWAYS_FITS", 0)
    monkeypatch.setattr(_closure, "available_bytes", lambda: 100)
    h = Hierarchy(["a", "b", "c"], [(1, 0), (2, 1)])
    with pytest.raises(HierarchyError, match="there are 6, which take 144 bytes, and 100 bytes"):
        without_pairs(h).indices  # noqa: B018


def test_a_chain_of_100_000_nodes_needs_no_pairs():
    n = 100_000
    h = Hierarchy([str(i) for i in range(n)], [(i, i + 1) for i in range(n - 1)])
    assert isinstance(h.relevance, ForestRelevance)
    assert h.relevance.n_pairs == n * (n + 1) // 2
    assert h.ancestors("99997") == ["99998", "99999"]
    assert h.relevance.contains(np.array([5, 5]), np.array([4, 70_000])).tolist() == [False, True]
