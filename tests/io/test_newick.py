"""Newick trees as programs write them."""

import pytest
from same_hierarchy import assert_same, codes, edges

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.hierarchies._newick import hierarchy_from_newick, newick_of_hierarchy


def read(text):
    return hierarchy_from_bytes(text.encode(), name="t")


@pytest.mark.parametrize(
    "text",
    [
        "((a,b)x,(c)y)r;",
        "((a:0.1,b:1e-3)x:2,(c:0)y:0.5)r:0;\n",
        "[&R] ( (a,b) x ,\n(c)y )\nr;\n",
        "(('a','b')'x',(c[&&NHX:S=human:B=90])y[a [nested] one])r;",
    ],
)
def test_variations_are_one_tree(text):
    h = read(text)
    assert_same(
        h, {n: n for n in "rxabyc"}, {"a": ["x"], "b": ["x"], "c": ["y"], "x": ["r"], "y": ["r"]}
    )
    assert codes(h).get("branch-lengths", 0) == (6 if ":2" in text else 0)


def test_quotes_and_underscores():
    h = read("('it''s (tame), a_b',Homo_sapiens,\"d q\")Root_1;")
    assert h.labels == ("Root_1", "it's (tame), a_b", "Homo_sapiens", "d q")
    assert h.names == ("Root 1", "it's (tame), a_b", "Homo sapiens", "d q")
    assert h.find("Homo sapiens") == "Homo_sapiens"


def test_unnamed_inner_nodes_are_called_by_their_leaves():
    h = read("((a,(b,c)),((d)));")
    assert h.parents("a") == ["mrca(a,c)"]
    assert h.parents("c") == ["mrca(b,c)"]
    assert h.parents("d") == ["mrca(d,d)"]
    assert h.parents("mrca(d,d)") == ["mrca(d,d) 2"]
    assert h.parents("mrca(d,d) 2") == ["mrca(a,d)"]
    assert codes(h) == {"unnamed-nodes": 5}


def test_support_values_are_no_labels_and_numbers_of_taxa_are():
    h = read("((a,b)95:0.1,(c,d)95:0.2)100;")
    assert set(h.labels) == {"mrca(a,d)", "mrca(a,b)", "mrca(c,d)", *"abcd"}
    assert codes(h) == {"support-values": 3, "unnamed-nodes": 3, "branch-lengths": 2}
    assert read("((1,2)3,4)5;").parents("1") == ["3"]


def test_several_trees_are_a_forest_and_depth_is_no_limit():
    assert read("(a,b)x;\n(c,d)y;\n").roots.tolist() == [0, 3]
    deep = "(" * 5_000 + "a" + ")" * 5_000 + ";"
    assert read(deep).n_levels == 5_001


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("((a,b);", "misplaced ';'"),
        ("(a,b));", r"misplaced '\)'"),
        ("(a,a)r;", "distinct: got 'a' twice"),
        ("(a,'b)r;", "must be a Newick tree: got"),
        ("(a,b[x)r;", "comment must end"),
        ("(a,b)r(c);", r"misplaced '\('"),
        ("((a,b)", "got 1 open at the end"),
    ],
)
def test_wrong_trees_are_refused_with_the_place(text, message):
    with pytest.raises(FormatError, match=message):
        hierarchy_from_newick(text)


def test_writing():
    h = Hierarchy(["r", "it's", "a_b c"], [(1, 0), (2, 0)])
    assert newick_of_hierarchy(h) == "('it''s','a_b c')r;\n"
    again = hierarchy_from_newick(newick_of_hierarchy(h))
    assert (edges(again), set(again.names)) == (edges(h), set(h.labels))
    for wrong in (
        Hierarchy(["a", "b"], []),
        Hierarchy(["a", "b", "c"], [(0, 1), (0, 2)]),
        Hierarchy(["1", "b"], [(1, 0)]),
        Hierarchy(["a"], []),
    ):
        with pytest.raises(FormatError):
            newick_of_hierarchy(wrong)
