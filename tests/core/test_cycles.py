import pickle

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom.core import Hierarchy, _cycles, without_cycles
from hrgeom.errors import CycleError


@st.composite
def graphs(draw):
    """Labels and distinct edges without loops, cycles allowed."""
    n = draw(st.integers(1, 9))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] != e[1])
    edges = draw(st.lists(pairs, unique=True, max_size=25)) if n > 1 else []
    return [f"n{i}" for i in range(n)], edges


def as_networkx(labels, edges):
    graph = nx.DiGraph([(int(a), int(b)) for a, b in edges])
    graph.add_nodes_from(range(len(labels)))
    return graph


def groups(labels, edges):
    found = nx.strongly_connected_components(as_networkx(labels, edges))
    return sorted(sorted(c) for c in found if len(c) > 1)


@given(given_=graphs())
def test_error_counts_all_groups_and_shows_real_cycles(given_):
    labels, edges = given_
    expected = groups(*given_)
    if not expected:
        assert without_cycles(labels, edges).labels == tuple(labels)
        return
    for ask in (without_cycles, Hierarchy):
        with pytest.raises(CycleError, match="edges must not form") as caught:
            ask(labels, edges)
        error = caught.value
        assert error.n_groups == len(expected)
        assert error.n_nodes == sum(map(len, expected))
        named = {(labels[a], labels[b]) for a, b in edges}
        assert len(error.cycles) == min(3, len(expected))
        for cycle in error.cycles:
            assert len(set(cycle)) == len(cycle) >= 2
            assert set(zip(cycle, [*cycle[1:], cycle[0]], strict=True)) <= named
    assert set(error.arguments) >= {"labels", "edges", "metadata", "remarks"}


@given(given_=graphs())
def test_condensing_keeps_who_is_above_whom(given_):
    labels, edges = given_
    result = without_cycles(labels, edges, "condense")
    h = Hierarchy(result.labels, result.edges, other_labels=result.other_labels)
    whole = groups(*given_)
    graph = as_networkx(labels, edges)
    for v, label in enumerate(labels):
        assert h.labels[result.numbers[v]] == h.find(label)
        above = {h.find(labels[w]) for w in nx.descendants(graph, v)} - {h.find(label)}
        assert set(h.ancestors(h.find(label))) == above
    assert h.n_nodes == len(labels) - sum(len(c) - 1 for c in whole)
    assert [r.code for r in result.remarks] == ["cycles-condensed"] * bool(whole)
    if whole:
        assert result.remarks[0].count == len(whole)


@given(given_=graphs())
def test_dropped_edges_leave_no_cycle_and_none_can_be_put_back(given_):
    labels, edges = given_
    result = without_cycles(labels, edges, "drop")
    Hierarchy(result.labels, result.edges)
    kept = {tuple(e) for e in result.edges.tolist()}
    dropped = set(edges) - kept
    assert kept <= set(edges)
    for edge in dropped:
        with pytest.raises(CycleError):
            Hierarchy(labels, sorted(kept | {edge}))
    assert sum(r.count for r in result.remarks) == len(dropped)
    if not groups(*given_):
        assert not dropped


def test_depth_first_search_where_putting_back_would_take_long(monkeypatch):
    monkeypatch.setattr(_cycles, "_LOOKS", 0)
    edges = [(a, b) for a in range(6) for b in range(6) if a != b]
    result = without_cycles(list("abcdef"), edges, "drop")
    assert len(result.edges) == 15
    Hierarchy(result.labels, result.edges)


def test_two_cycles_are_both_told():
    labels = list("abcdefg")
    edges = [(0, 1), (1, 0), (2, 3), (3, 4), (4, 2), (5, 0), (0, 6)]
    with pytest.raises(CycleError) as caught:
        Hierarchy(labels, edges)
    assert "got 2 groups of nodes that are above and below one another, 5 nodes in all, " in str(
        caught.value
    )
    assert "'a' -> 'b' -> 'a'; 'c' -> 'd' -> 'e' -> 'c'; condense" in str(caught.value)
    text = without_cycles(labels, edges, "drop").remarks[0].message
    assert text.startswith("2 edges of 7 left out so that no cycle remains, ")


def test_a_long_cycle_makes_a_short_message():
    n = 100_000
    labels = [f"category_{i}" * 9 for i in range(n)]
    edges = np.column_stack((np.arange(n), np.roll(np.arange(n), -1)))
    with pytest.raises(CycleError) as caught:
        Hierarchy(labels, edges)
    assert len(str(caught.value)) < 500
    assert "length 100000" in str(caught.value)
    assert len(caught.value.cycle) == n
    assert len(without_cycles(labels, edges, "drop").edges) == n - 1
    condensed = without_cycles(labels, edges, "condense")
    assert len(condensed.labels) == 1
    assert len(condensed.other_labels) == n - 1
    assert len(str(condensed.remarks[0])) < 300


def test_cycle_errors_pickle():
    with pytest.raises(CycleError) as caught:
        Hierarchy(["a", "b"], [(0, 1), (1, 0)], metadata={"name": "x"})
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.cycle) == (str(caught.value), ["a", "b"])
    assert again.arguments["metadata"] == {"name": "x"}
