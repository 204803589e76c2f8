# ruff: noqa: E501
"""OBO files with the oddities of real ones."""

import pytest
from same_hierarchy import assert_same, codes, edges

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import read_hierarchy
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.hierarchies._obo import hierarchy_from_obo, obo_of_hierarchy

GO_LIKE = r"""format-version: 1.2
data-version: releases/2024-01-17
subsetdef: goslim_agr "AGR slim"
synonymtypedef: syngo_official_label "label approved by the SynGO project"
default-namespace: gene_ontology
ontology: go
import: http://purl.obolibrary.org/obo/go/imports/ro_import.owl
property_value: owl:versionInfo "2024-01-17" xsd:string

! a comment line

[Term]
id: GO:0000001
name: biological process
namespace: biological_process
alt_id: GO:0044699
alt_id: GO:0000004 {xref="GOC:x"} ! the old unknown
def: "A process {of sorts}: \"big\"." [GOC:pdt, ISBN:0]
synonym: "physiological process" EXACT []
synonym: "shared words" RELATED [GOC:x]

[Term]
id: GO:0000002 ! trailing comment
name: cell \{division\} \! fast
synonym: "shared words" EXACT [x:y "z"]
is_a: GO:0000001 {source="GOC:tb", comment="a ! b"} ! biological process
is_a: GO:0000001 ! stated twice

[Term]
id: GO:0000003
name: cell wall
is_a: GO:0000004 ! by an alternative identifier
intersection_of: GO:0000001 ! x
intersection_of: part_of GO:0000002
relationship: part_of GO:0000002 {gci_filler="y"} ! cell division
relationship: regulates GO:0000001

[Term]
id: GO:0000005
name: obsolete wall
alt_id: GO:0000055
is_obsolete: true
replaced_by: GO:0000003

[Term]
id: GO:0000006
name: obsolete thing
is_obsolete: true
consider: GO:0000001

[Term]
id: GO:0000007
name: child of the obsolete
is_a: GO:0000005
is_a: GO:0000006

[Term]
id: GO:0000008
name: child of an imported one
is_a: BFO:0000015

[Typedef]
id: part_of
name: part of
is_transitive: true
is_a: overlaps

[Instance]
id: x:1
instance_of: GO:0000001

[Annotation]
subject: GO:0000001
"""

NAMES = {
    "GO:0000001": "biological process",
    "GO:0000002": "cell {division} ! fast",
    "GO:0000003": "cell wall",
    "GO:0000007": "child of the obsolete",
    "GO:0000008": "child of an imported one",
    "BFO:0000015": "BFO:0000015",
}
PARENTS = {
    "GO:0000002": ["GO:0000001"],
    "GO:0000003": ["GO:0000001"],
    "GO:0000007": ["GO:0000003"],
    "GO:0000008": ["BFO:0000015"],
}


@pytest.mark.parametrize(
    "change", [lambda t: t, lambda t: t.replace("\n", "\r\n"), lambda t: "\ufeff" + t]
)
@pytest.mark.parametrize("name", ["go.obo", "go.txt", "go.csv"])
def test_a_file_like_the_gene_ontology(tmp_path, change, name):
    (tmp_path / name).write_text(change(GO_LIKE), newline="", encoding="utf-8")
    h = read_hierarchy(tmp_path / name)
    assert_same(h, NAMES, PARENTS)
    assert {text: h.labels[node] for text, node in h.other_labels.items()} == {
        "GO:0044699": "GO:0000001",
        "GO:0000004": "GO:0000001",
        "physiological process": "GO:0000001",
        "GO:0000005": "GO:0000003",
        "GO:0000055": "GO:0000003",
        "obsolete wall": "GO:0000003",
    }
    assert codes(h) == {
        "imports": 1,
        "intersections": 2,
        "other-stanzas": 2,
        "obsolete": 2,
        "obsolete-parents": 1,
        "repeated-edges": 1,
        "other-relations": 2,
        "dangling-parents": 1,
        "ambiguous-other-labels": 1,
    }
    assert h.metadata == {
        "data-version": "releases/2024-01-17",
        "default-namespace": "gene_ontology",
        "ontology": "go",
    }
    assert h.find("GO:0000055") == "GO:0000003" == h.find("cell wall")


def test_relations_make_the_edges():
    part = hierarchy_from_obo(GO_LIKE, relation="part_of")
    assert edges(part) == {("GO:0000003", "GO:0000002")}
    both = hierarchy_from_obo(GO_LIKE, relation="is_a, part_of")
    assert edges(both) == {(c, p) for c, ps in PARENTS.items() for p in ps} | edges(part)
    with pytest.raises(FormatError, match=r"got none by has_part; there are is_a \(6\), part_of"):
        hierarchy_from_obo(GO_LIKE, relation="has_part")


def test_without_a_header_and_with_continued_lines():
    text = "[Term]\nid: a\nname: long \\\n  name\n\n[Term]\nid: b\nis_a: a\n[Term]\nid: b\nis_a: c\n[Term]\nid:c\n"
    h = hierarchy_from_bytes(text.encode(), name="x")
    assert_same(h, {"a": "long name", "b": "b", "c": "c"}, {"b": ["a", "c"]})


def test_no_comment_is_taken_for_a_name_and_no_brace_lost():
    text = '[Term]\nid: a\nname: Wow! {S}-form {x}\n[Term]\nid: b\nname: b {comment="q"} ! c\nis_a: a\n'
    assert hierarchy_from_obo(text).names == ("Wow! {S}-form {x}", "b")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("format-version: 1.2\n", "must have a .Term. stanza"),
        ("[Term]\nname: x\n", "must have an id: got none in that of line 1"),
        ("[Term]\nid: x\n", ""),
    ],
)
def test_wrong_files(text, message):
    if message:
        with pytest.raises(FormatError, match=message):
            hierarchy_from_obo(text)
    else:
        assert hierarchy_from_obo(text).n_nodes == 1


def test_writing_keeps_names_and_other_labels():
    h = Hierarchy(
        ["a:1", "a:2"],
        [(1, 0)],
        names=["two\nlines! {x}", ' "quoted" '],
        other_labels={"a:3": 1, "big dog": 1},
    )
    again = hierarchy_from_obo(obo_of_hierarchy(h))
    assert (again.names, again.other_labels, edges(again)) == (h.names, h.other_labels, edges(h))
