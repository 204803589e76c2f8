"""The explorer as a widget: the same data and script as on the page."""

import pytest

import hrgeom
from hrgeom.errors import HrgeomError
from hrgeom.report import explorer

TREE = hrgeom.Hierarchy.from_edges([("dog", "animal"), ("cat", "animal")])


def test_the_widget_holds_the_explorer():
    pytest.importorskip("anywidget", reason="anywidget is not installed")
    widget = explorer(hrgeom.construct(TREE).embedding, TREE, name="pets")
    assert widget.label in TREE.labels
    assert widget.data["views"][0]["name"] == "pets"
    assert "export default { render }" in widget._esm
    assert "mountExplorer" in widget._esm
    widget.label = "cat"


def test_without_anywidget_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "anywidget", None)
    with pytest.raises(HrgeomError, match="hrgeom\\[notebook\\]"):
        explorer(hrgeom.construct(TREE).embedding, TREE)
