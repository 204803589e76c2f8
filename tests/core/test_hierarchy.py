import pickle
import sys
import time

import definitions
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom.core import Hierarchy
from hrgeom.errors import CycleError, HierarchyError, HrgeomError
from hrgeom.testing import dags, forests, hierarchies, trees

DIAMOND = Hierarchy(["top", "left", "right", "low"], [(1, 0), (2, 0), (3, 1), (3, 2)])


def parents(h):
    return definitions.parents_of(h.edges, h.n_nodes)


# Structure


@given(h=hierarchies())
def test_closure_holds_ancestors_and_the_node_itself(h):
    sets = definitions.sets_of_hierarchy(parents(h))
    assert [h.relevance.matches(q).tolist() for q in range(h.n_nodes)] == [sorted(s) for s in sets]


@given(h=hierarchies())
def test_distances_are_those_of_breadth_first_search(h):
    expected = [
        away
        for q in range(h.n_nodes)
        for _, away in sorted(definitions.distances(parents(h), q).items())
    ]
    assert h.distances.tolist() == expected


@given(h=hierarchies())
def test_closure_and_distances_agree_with_networkx(h):
    graph = h.to_networkx()
    for label in h.labels:
        # edges run from child to parent, so what networkx reaches is what lies above
        assert set(h.ancestors(label)) == nx.descendants(graph, label)
        assert set(h.ancestors(label)) == nx.ancestors(graph.reverse(), label)
    indptr, indices = h.relevance.indptr, h.relevance.indices
    for q in range(h.n_nodes):
        away = nx.single_source_shortest_path_length(graph, h.labels[q])
        row = slice(indptr[q], indptr[q + 1])
        assert [away[h.labels[v]] for v in indices[row]] == h.distances[row].tolist()


@given(h=hierarchies())
def test_ancestors_come_as_labels_in_the_order_of_the_nodes(h):
    for node, label in enumerate(h.labels):
        above = sorted(definitions.ancestors(parents(h), node))
        assert h.ancestors(label) == [h.labels[v] for v in above]
        assert h.parents(label) == [h.labels[v] for v in sorted(parents(h)[node])]
        assert h.index(label) == node


@given(h=hierarchies())
def test_levels_are_longest_paths_from_a_root(h):
    expected = definitions.levels(parents(h))
    assert h.levels.tolist() == expected
    assert h.n_levels == max(expected) + 1
    assert not h.levels.flags.writeable


@given(h=hierarchies())
def test_roots_leaves_and_children(h):
    above = parents(h)
    below = [{c for c in range(h.n_nodes) if v in above[c]} for v in range(h.n_nodes)]
    assert h.roots.tolist() == [v for v in range(h.n_nodes) if not above[v]]
    assert h.leaves.tolist() == [v for v in range(h.n_nodes) if not below[v]]
    indptr, indices = h.children
    found = [indices[indptr[v] : indptr[v + 1]].tolist() for v in range(h.n_nodes)]
    assert found == [sorted(b) for b in below]
    assert h.is_forest == all(len(p) <= 1 for p in above)


@given(h=hierarchies(), data=st.data())
def test_edges_are_kept_and_sorted(h, data):
    edges = [tuple(e) for e in h.edges.tolist()]
    again = Hierarchy(h.labels, data.draw(st.permutations(edges)))
    assert [tuple(e) for e in again.edges.tolist()] == sorted(edges)
    assert again.n_edges == len(edges)


@given(h=hierarchies())
def test_crossing_pairs_are_those_of_the_definition(h):
    sets = definitions.sets_of_hierarchy(parents(h))
    expected = [list(pair) for pair in definitions.crossing_pairs(sets, h.n_nodes)]
    assert h.relevance.crossing_pairs.tolist() == expected
    assert h.relevance.crossing_pairs.dtype == np.int32
    assert h.relevance.crossing_pairs.shape == (len(expected), 2)


@given(h=st.one_of(trees(), forests()))
def test_forests_have_no_crossing_pairs(h):
    assert h.is_forest
    assert h.relevance.crossing_pairs.shape == (0, 2)


@given(h=trees())
def test_trees_have_one_root(h):
    assert len(h.roots) == 1
    assert h.n_edges == h.n_nodes - 1


def is_tree(h):
    return h.is_forest and len(h.roots) == 1


@pytest.mark.parametrize(
    ("strategy", "features"),
    [
        (
            trees(),
            {
                "one node": lambda h: h.n_nodes == 1,
                "chain": lambda h: h.n_levels == h.n_nodes >= 5,
                "star": lambda h: h.n_levels == 2 and h.n_nodes >= 4,
                "large": lambda h: h.n_nodes >= 25,
                "root not first": lambda h: h.levels[0] > 0,
            },
        ),
        (
            forests(),
            {
                "several roots": lambda h: len(h.roots) > 2 and h.n_levels > 2,
                "no edge": lambda h: h.n_edges == 0 and h.n_nodes > 1,
            },
        ),
        (
            dags(),
            {
                "diamond": lambda h: len(h.relevance.crossing_pairs) > 0 and len(h.roots) == 1,
                "several roots": lambda h: len(h.roots) > 1 and not h.is_forest,
                "shortcut": lambda h: len(nx.transitive_reduction(h.to_networkx()).edges)
                < h.n_edges,
            },
        ),
        (
            hierarchies(),
            {
                "tree": is_tree,
                "forest": lambda h: h.is_forest and not is_tree(h),
                "dag": lambda h: not h.is_forest,
                "unicode": lambda h: any(ord(c) > 0xFFFF for label in h.labels for c in label),
            },
        ),
    ],
    ids=["trees", "forests", "dags", "hierarchies"],
)
def test_strategies_reach_the_edges(strategy, features, features_seen):
    assert features_seen(strategy, features) == features.keys()


def test_diamond_by_hand():
    assert DIAMOND.ancestors("low") == ["top", "left", "right"]
    assert DIAMOND.distances.tolist() == [0, 1, 0, 1, 0, 2, 1, 1, 0]
    assert DIAMOND.levels.tolist() == [0, 1, 1, 2]
    assert DIAMOND.relevance.crossing_pairs.tolist() == [[1, 2]]
    assert repr(DIAMOND) == "Hierarchy(4 nodes, 4 edges, 1 root, 3 levels)"
    assert repr(Hierarchy(["a", "b"], [])) == "Hierarchy(2 nodes, 0 edges, 2 roots, 1 level)"


def test_shortest_way_wins_over_an_earlier_longer_one():
    h = Hierarchy(["r", "a", "b", "q"], [(1, 0), (2, 1), (3, 2), (3, 0)])
    assert h.levels.tolist() == [0, 1, 2, 3]
    assert dict(zip(h.relevance.matches(3).tolist(), h.distances[-4:].tolist(), strict=True)) == {
        0: 1,
        1: 2,
        2: 1,
        3: 0,
    }


def test_long_chain_needs_no_recursion():
    n = 2 * sys.getrecursionlimit()
    h = Hierarchy([str(i) for i in range(n)], [(i, i + 1) for i in range(n - 1)])
    assert h.n_levels == n
    assert h.relevance.n_pairs == n * (n + 1) // 2
    assert h.distances[:n].tolist() == list(range(n))


# Making


@given(h=hierarchies())
def test_from_edges_with_labels_is_the_same_hierarchy(h):
    pairs = [(h.labels[c], h.labels[p]) for c, p in h.edges]
    again = Hierarchy.from_edges(pairs, labels=h.labels, metadata={"name": "x"})
    assert again.labels == h.labels
    np.testing.assert_array_equal(again.edges, h.edges)
    assert again.metadata == {"name": "x"}


def test_from_edges_takes_labels_in_order_of_appearance():
    h = Hierarchy.from_edges(iter([("dog", "animal"), ("cat", "animal"), ("cat", "pet")]))
    assert h.labels == ("dog", "animal", "cat", "pet")
    assert h.edges.tolist() == [[0, 1], [2, 1], [2, 3]]


@given(h=hierarchies())
def test_networkx_round_trip(h):
    graph = h.to_networkx()
    assert tuple(graph.nodes) == h.labels
    again = Hierarchy.from_networkx(graph)
    assert again.labels == h.labels
    np.testing.assert_array_equal(again.edges, h.edges)
    assert again.sha256 == h.sha256


def test_networkx_keeps_metadata_and_makes_text_of_nodes():
    graph = nx.DiGraph(name="numbers")
    graph.add_edge(2, 1)
    h = Hierarchy.from_networkx(graph)
    assert (h.labels, h.metadata) == (("2", "1"), {"name": "numbers"})
    assert h.to_networkx().graph == {"name": "numbers"}


def test_networkx_metadata_need_not_be_keywords():
    graph = nx.DiGraph()
    graph.add_edge("b", "a")
    graph.graph[1] = "one"
    graph.graph["incoming_graph_data"] = "two"
    assert Hierarchy.from_networkx(graph).to_networkx().graph == graph.graph


@pytest.mark.parametrize("kind", [nx.Graph, nx.MultiDiGraph])
def test_networkx_refuses_other_graphs(kind):
    with pytest.raises(HierarchyError, match=f"graph must be a DiGraph: got {kind.__name__}"):
        Hierarchy.from_networkx(kind([("b", "a")]))


def test_networkx_nodes_that_read_the_same():
    with pytest.raises(HierarchyError, match="labels must be distinct: got '1' at numbers 0 and 1"):
        Hierarchy.from_networkx(nx.DiGraph([(1, "1")]))


def test_metadata_is_copied():
    metadata = {"name": "x"}
    h = Hierarchy(["a"], [], metadata=metadata)
    metadata["name"] = "y"
    assert h.metadata == {"name": "x"}


# Misuse


@pytest.mark.parametrize(
    ("labels", "edges", "message"),
    [
        ([], [], "at least one node: got none"),
        (["a", 1], [], r"labels must be text: got 1 \(int\) at number 1"),
        (["a", "b", "a"], [], "labels must be distinct: got 'a' at numbers 0 and 2"),
        (["a", "b"], [0, 1], r"pairs \(child, parent\): got an array of shape \(2,\)"),
        (["a", "b"], [(0, 1, 1)], r"pairs \(child, parent\): got an array of shape \(1, 3\)"),
        (["a", "b"], [(1, 0), (2, 0)], r"join nodes 0 to 1: got \[2, 0\] at edge 1"),
        (["a", "b"], [(-1, 0)], r"join nodes 0 to 1: got \[-1, 0\] at edge 0"),
        (["a", "b"], [(1, 0), (1, 1)], "not join a node to itself: got 'b' at edge 1"),
        (
            ["a", "b", "c"],
            [(1, 0), (2, 0), (1, 0)],
            "an edge must come once: got 'b' -> 'a' at edges 0 and 2",
        ),
    ],
)
def test_misuse_is_named(labels, edges, message):
    with pytest.raises(HierarchyError, match=message) as caught:
        Hierarchy(labels, edges)
    assert isinstance(caught.value, HrgeomError)
    assert isinstance(caught.value, ValueError)


def test_edges_that_are_no_whole_numbers_are_refused():
    with pytest.raises(HierarchyError, match="edges must be"):
        Hierarchy(["a", "b"], [(1.7, 0.0)])


@pytest.mark.parametrize("edge", [("b",), ("b", "a", "a")])
def test_from_edges_refuses_what_is_no_pair(edge):
    with pytest.raises(HierarchyError, match="edges must be pairs"):
        Hierarchy.from_edges([("b", "a"), edge])


def test_from_edges_refuses_unknown_labels():
    with pytest.raises(HierarchyError, match="known labels: got 'c' at edge 1"):
        Hierarchy.from_edges([("b", "a"), ("c", "a")], labels=["a", "b"])


@pytest.mark.parametrize("ask", ["index", "parents", "ancestors"])
def test_unknown_label(ask):
    with pytest.raises(HierarchyError, match="label must be a node of the hierarchy: got 'x'"):
        getattr(DIAMOND, ask)("x")


@given(h=hierarchies(), data=st.data())
def test_cycle_is_named(h, data):
    """Turn a hierarchy into one with a cycle by an edge from an ancestor back down."""
    below = [(v, q) for q in range(h.n_nodes) for v in definitions.ancestors(parents(h), q)]
    if not below:
        return
    edges = {tuple(e) for e in h.edges.tolist()} | {data.draw(st.sampled_from(below))}
    named = {(h.labels[c], h.labels[p]) for c, p in edges}
    with pytest.raises(CycleError, match="edges must not form a cycle") as caught:
        Hierarchy(h.labels, sorted(edges))
    cycle = caught.value.cycle
    assert len(cycle) >= 2
    assert len(set(cycle)) == len(cycle)
    assert all(step in named for step in zip(cycle, [*cycle[1:], cycle[0]], strict=True))
    assert isinstance(caught.value, HierarchyError)


def test_cycle_error_leaves_out_what_hangs_below_the_cycle():
    with pytest.raises(CycleError) as caught:
        Hierarchy(list("abcde"), [(0, 1), (1, 2), (2, 3), (3, 1), (4, 0)])
    assert sorted(caught.value.cycle) == ["b", "c", "d"]


# Digest


@given(h=hierarchies(), data=st.data())
def test_digest_does_not_depend_on_the_order_of_edges(h, data):
    edges = data.draw(st.permutations(h.edges.tolist()))
    assert Hierarchy(h.labels, edges, metadata={"name": "other"}).sha256 == h.sha256


@given(h=hierarchies(), data=st.data())
def test_digest_depends_on_every_label_and_every_edge(h, data):
    changed = list(h.labels)
    changed[data.draw(st.integers(0, h.n_nodes - 1))] += "?" * (1 + max(map(len, h.labels)))
    assert Hierarchy(changed, h.edges).sha256 != h.sha256
    for left_out in range(h.n_edges):
        assert Hierarchy(h.labels, np.delete(h.edges, left_out, axis=0)).sha256 != h.sha256


def test_digest_tells_where_labels_end():
    assert Hierarchy(["a", "bc"], []).sha256 != Hierarchy(["ab", "c"], []).sha256
    assert Hierarchy(["a", "b"], []).sha256 != Hierarchy(["b", "a"], []).sha256


def test_digest_tells_labels_from_edges():
    # as bytes, length and text of the last label of the one are the edges of the other
    labels = [f"n{i}" for i in range(10)]
    with_edges = Hierarchy(labels, [(8, 0), (9, 0)])
    without = Hierarchy([*labels, "\t" + 7 * "\0"], [])
    assert with_edges.sha256 != without.sha256


def test_digest_of_an_unpaired_surrogate():
    assert Hierarchy(["\ud800"], []).sha256 != Hierarchy(["\ud801"], []).sha256


# --- Names and other labels -------------------------------------------------------------------


def named():
    return Hierarchy(
        ["P1", "P2", "P3"],
        [(1, 0), (2, 0)],
        names=["animal", "dog", None],
        other_labels={"hound": 1, "P2": 1, "alt:3": np.int64(2)},
    )


def test_names_default_to_the_labels():
    h = Hierarchy(["a", "b"], [(1, 0)])
    assert h.names is h.labels
    assert h.other_labels == {}
    assert Hierarchy(["a", "b"], [(1, 0)], names=["a", None]).names == ("a", "b")


def test_names_and_other_labels_are_found_and_leave_the_digest():
    h = named()
    assert h.names == ("animal", "dog", "P3")
    assert h.name("P1") == "animal"
    assert h.other_labels == {"hound": 1, "alt:3": 2}
    assert [h.find(text) for text in ("P2", "dog", "hound", "alt:3", "P3")] == [
        *("P2", "P2", "P2", "P3", "P3")
    ]
    assert h.sha256 == Hierarchy(h.labels, h.edges).sha256


def test_a_label_comes_before_other_labels_and_these_before_names():
    h = Hierarchy(["a", "b", "c"], [], names=["b", "x", "y"], other_labels={"x": 2})
    assert (h.find("b"), h.find("x")) == ("b", "c")


def test_what_is_not_found_offers_the_nearest_and_what_is_ambiguous_the_labels():
    h = Hierarchy(["A > Dogs", "B > Dogs", "C"], [], names=["Dogs", "Dogs", "Dog Beds"])
    with pytest.raises(HierarchyError, match=r"name of 2, such as 'A > Dogs', 'B > Dogs'; give"):
        h.find("Dogs")
    with pytest.raises(HierarchyError, match="got 'dog beds'; nearest: 'Dog Beds'"):
        h.find("dog beds")
    with pytest.raises(HierarchyError, match=r"got 'zzzzzzzz'$"):
        h.find("zzzzzzzz")


def test_the_nearest_of_many_names_come_quickly():
    h = Hierarchy([f"category {i}" for i in range(100_000)], [])
    started = time.process_time()
    with pytest.raises(HierarchyError, match="nearest: 'category 31415'"):
        h.find("Category 31415")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"names": ["x"]}, "one entry per node, 2: got 1"),
        ({"names": ["x", 3]}, r"must be text or None: got 3 \(int\) at number 1"),
        ({"other_labels": {"x": 2}}, "nodes 0 to 1: got 2 for 'x'"),
        ({"other_labels": {"x": True}}, "node numbers: got True"),
        ({"other_labels": {3: 1}}, "must be text: got 3"),
        ({"other_labels": {"a": 1}}, "label of another node: got 'a' for 'b'"),
    ],
)
def test_wrong_names_are_refused(given, message):
    with pytest.raises(HierarchyError, match=message):
        Hierarchy(["a", "b"], [(1, 0)], **given)


def test_names_survive_pickle_and_networkx():
    h = named()
    for again in (pickle.loads(pickle.dumps(h)), Hierarchy.from_networkx(h.to_networkx())):
        assert (again.names, again.other_labels) == (h.names, h.other_labels)
        assert again.sha256 == h.sha256


def test_networkx_in_both_directions():
    graph = nx.DiGraph([("animal", "dog"), ("animal", "cat")])
    hierarchy = Hierarchy.from_networkx(graph, edge_direction="parent-child")
    assert hierarchy.parents("dog") == hierarchy.parents("cat") == ["animal"]
    back = Hierarchy.from_networkx(hierarchy.to_networkx(), edge_direction="child-parent")
    assert back.sha256 == hierarchy.sha256
    with pytest.raises(HierarchyError, match="edge_direction must be child-parent or parent-child"):
        Hierarchy.from_networkx(graph, edge_direction="up")
