# ruff: noqa: E501
"""GraphML and GML as editors write them."""

import networkx as nx
import pytest
from same_hierarchy import assert_same, codes, edges

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.hierarchies._graph_files import graphml_of_hierarchy

PARENTS = {"n1": ["n0"], "n2": ["n0"]}
NAMES = {"n0": "animal", "n1": "dog", "n2": "cat & co"}
YED = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
  <!--Created by yEd 3.20-->
  <key for="port" id="d1" yfiles.type="portgraphics"/>
  <key for="node" id="d6" yfiles.type="nodegraphics"/>
  <key for="edge" id="d10" yfiles.type="edgegraphics"/>
  <graph edgedefault="directed" id="G">
    <node id="n0"><data key="d6"><y:ShapeNode><y:NodeLabel> animal </y:NodeLabel></y:ShapeNode></data></node>
    <node id="n1"><data key="d6"><y:ShapeNode><y:NodeLabel>dog</y:NodeLabel></y:ShapeNode></data><port name="p"/></node>
    <node id="n2"><data key="d6"><y:ShapeNode><y:NodeLabel>cat &amp; co</y:NodeLabel></y:ShapeNode></data></node>
    <edge id="e0" source="n1" target="n0"><data key="d10"/></edge>
    <edge id="e1" source="n2" target="n0"/>
    <hyperedge/>
  </graph>
</graphml>
"""


def read(text, **options):
    return hierarchy_from_bytes(text.encode(), name="t", **options)


def test_graphml_of_an_editor():
    h = read(YED)
    assert_same(h, NAMES, PARENTS)
    assert codes(h) == {"other-edges": 1, "edge-weights": 1}


@pytest.mark.parametrize("direction", [None, "parent-child"])
def test_graphml_and_gml_of_networkx(direction):
    graph = nx.DiGraph()
    for label, name in NAMES.items():
        graph.add_node(label, name=name)
    pairs = [("n1", "n0"), ("n2", "n0")]
    graph.add_edges_from([pair[::-1] for pair in pairs] if direction else pairs)
    assert_same(
        read("\n".join(nx.generate_graphml(graph)), edge_direction=direction), NAMES, PARENTS
    )
    h = read("\n".join(nx.generate_gml(graph)), edge_direction=direction)
    assert_same(h, {n: n for n in NAMES}, PARENTS)


def test_gml_with_repeated_labels_keeps_the_numbers():
    text = 'Creator "x"\ngraph [\n directed 1\n node [ id 3 label "a" ]\n node [ id 7 label "a" ]\n edge [ source 7 target 3 ]\n]'
    assert_same(read(text), {"3": "a", "7": "a"}, {"7": ["3"]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (YED.replace('"directed"', '"undirected"'), "graph must be directed"),
        (YED.replace('id="e1"', 'directed="false"'), "edges must be directed"),
        (YED.replace('target="n0"/>', 'target="n9"/>'), "must join nodes: got 'n9' at edge 2"),
        (YED.replace('id="n1"', 'id="n0"'), "node must come once: got 'n0'"),
        (YED[:-12], "text must be XML"),
        ("graph [ node [ id 0 ] ]", "graph must be directed"),
        ("graph [ directed 1 node [ id ] ]", "text must be GML"),
    ],
)
def test_wrong_files_are_refused(text, message):
    with pytest.raises(FormatError, match=message):
        read(text)


def test_writing_graphml():
    h = Hierarchy(['a "b"', "c\n<d>"], [(1, 0)], names=["x & y", None])
    again = read(graphml_of_hierarchy(h))
    assert (again.labels, again.names, edges(again)) == (h.labels, h.names, edges(h))
    with pytest.raises(FormatError, match="no control signs"):
        graphml_of_hierarchy(Hierarchy(["a\0"], []))
