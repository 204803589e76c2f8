import definitions
import networkx as nx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from hrgeom._base import memory
from hrgeom.core import Hierarchy, _closure
from hrgeom.errors import HierarchyError
from hrgeom.testing import hierarchies

PATCHED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def closure(h):
    return _closure.transitive_closure(h.parent_indptr, h.parent_indices, h.levels)


def assert_right(h):
    above = definitions.parents_of(h.edges, h.n_nodes)
    indptr, indices, distances = closure(h)
    for q in range(h.n_nodes):
        row = slice(indptr[q], indptr[q + 1])
        found = list(zip(indices[row].tolist(), distances[row].tolist(), strict=True))
        assert found == sorted(definitions.distances(above, q).items())
    assert (indices.dtype, distances.dtype) == (np.int32, np.int32)


@PATCHED
@given(h=hierarchies())
def test_sorted_a_few_entries_at_a_time(h, monkeypatch):
    monkeypatch.setattr(_closure, "_FEW", 2**62)
    monkeypatch.setattr(_closure, "_GATHERED", 3)
    assert_right(h)


@PATCHED
@given(h=hierarchies())
def test_written_out_a_few_columns_at_a_time(h, monkeypatch):
    monkeypatch.setattr(_closure, "_FEW", -1)
    monkeypatch.setattr(_closure, "_SORTED_COST", float("inf"))
    monkeypatch.setattr(_closure, "_DENSE_BYTES", 8)
    assert_right(h)


def random_graph(n, m, seed):
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, n, size=(4 * m, 2)), axis=1)[:, ::-1]
    return np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)[:m]


@pytest.mark.parametrize(("n", "m"), [(120, 3000), (300, 1500), (400, 500)])
def test_dense_graphs_agree_with_networkx(n, m):
    edges = np.random.default_rng(1).permutation(random_graph(n, m, 0))
    h = Hierarchy([f"n{i}" for i in range(n)], edges)
    graph = nx.DiGraph(h.edges.tolist())
    graph.add_nodes_from(range(n))
    indptr, indices, distances = closure(h)
    for q in range(n):
        row = slice(indptr[q], indptr[q + 1])
        expected = nx.single_source_shortest_path_length(graph, q)
        assert dict(zip(indices[row].tolist(), distances[row].tolist(), strict=True)) == expected


def test_distances_beyond_a_byte_are_kept():
    """Two long chains that every node of a wide level stands below."""
    n = 700
    chain = [(i + 1, i) for i in range(n - 1)]
    low = [(n + k, p) for k in range(60) for p in range(n - 1, n - 61, -1)]
    h = Hierarchy([str(i) for i in range(n + 60)], chain + low)
    indptr, indices, distances = closure(h)
    row = slice(indptr[n], indptr[n + 1])
    away = dict(zip(indices[row].tolist(), distances[row].tolist(), strict=True))
    assert away == {n: 0} | {v: 1 if v > n - 61 else n - 60 - v + 1 for v in range(n)}


def test_pairs_of_a_forest_are_counted_before_memory_is_taken(monkeypatch):
    monkeypatch.setattr(_closure, "_ALWAYS_FITS", 0)
    monkeypatch.setattr(_closure, "available_bytes", lambda: 5 * 24)
    h = Hierarchy(["a", "b", "c"], [(1, 0), (2, 1)])
    with pytest.raises(HierarchyError, match=r"pairs must fit in memory: there are 6, which .* 5;"):
        closure(h)
    monkeypatch.setattr(_closure, "available_bytes", lambda: 6 * 24)
    assert len(closure(h)[1]) == 6


def test_pairs_of_other_hierarchies_are_refused_as_they_come(monkeypatch):
    monkeypatch.setattr(_closure, "_ALWAYS_FITS", 0)
    monkeypatch.setattr(_closure, "available_bytes", lambda: 300 * 24)
    n = 20  # two levels, all joined to all: 40 nodes, 40 pairs of levels at least, 440 in truth
    edges = [(n + i, j) for i in range(n) for j in range(n)]
    h = Hierarchy([str(i) for i in range(2 * n)], edges)
    with pytest.raises(HierarchyError, match=r"there are at least 4[0-9][0-9], which"):
        closure(h)
    monkeypatch.setattr(_closure, "available_bytes", lambda: None)
    assert len(closure(h)[1]) == 440


def test_what_is_free_is_known_on_linux():
    free = memory.available_bytes()
    assert free is None or free > 0


@pytest.mark.parametrize(
    ("n_bytes", "words"),
    [(12, "12 bytes"), (1536, "1.5 KiB"), (2**34, "16 GiB"), (2**60, "1,048,576 TiB")],
)
def test_bytes_in_words(n_bytes, words):
    assert memory.in_words(n_bytes) == words
