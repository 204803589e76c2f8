import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings

from hrgeom.core import _redundant, redundant_edges
from hrgeom.testing import hierarchies

PATCHED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(("looked_up", "most_bits"), [(2**21, 0), (-1, 2**32), (-1, -1)])
@PATCHED
@given(h=hierarchies())
def test_what_the_transitive_reduction_leaves_out(h, looked_up, most_bits, monkeypatch):
    monkeypatch.setattr(_redundant, "_LOOKED_UP", looked_up)
    monkeypatch.setattr(_redundant, "_MOST_BITS", most_bits)
    monkeypatch.setattr(_redundant, "_GATHERED", 9)
    graph = nx.DiGraph(h.edges.tolist())
    reduced = set(nx.transitive_reduction(graph).edges)
    expected = sorted(edge for edge in graph.edges if edge not in reduced)
    assert list(map(tuple, redundant_edges(h).tolist())) == expected
