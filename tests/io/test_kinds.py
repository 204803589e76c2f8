"""Kinds of files that were misread once: each is read right or refused with the way out."""

import json
import time

import pytest

from hrgeom.errors import FormatError, HierarchyError
from hrgeom.io.hierarchies import hierarchy_from_bytes, read_hierarchy

PETS = {("dog", "animal"), ("cat", "animal"), ("puppy", "dog")}
IDS = {("D", "A"), ("C", "A"), ("P", "D")}
OBO = "format-version: 1.2\n\n[Term]\nid: A\nname: animal\n\n[Term]\nid: D\nis_a: A ! animal\n"


def read(text, **options):
    """The hierarchy of a text or bytes."""
    data = text if isinstance(text, bytes) else text.encode()
    return hierarchy_from_bytes(data, name="given", **options)


def edges(hierarchy):
    """Pairs of labels, child first."""
    return {(hierarchy.labels[a], hierarchy.labels[b]) for a, b in hierarchy.edges.tolist()}


def table(header, delimiter, rows=tuple(PETS), quote=""):
    """Rows below a header, between delimiters."""
    lines = [header] if header else []
    return "".join(
        delimiter.join(f"{quote}{cell}{quote}" for cell in line) + "\n"
        for line in (*lines, *sorted(rows))
    )


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|"])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize(
    "header",
    [
        None,
        ("CHILD", "Parent"),
        ("id", "parentId"),
        ("hyponym", "hypernym"),
        ("skos:narrower", "skos:broader"),
        ("source", "target"),
        ("Employee", "Manager"),
        ("category", "parent"),
        ("node", "is_a"),
        ("sku", "parent_sku"),
        ("department", "parent_department"),
    ],
)
def test_delimiters_and_headers(delimiter, quote, header):
    assert edges(read(table(header, delimiter, quote=quote))) == PETS
    if header:
        swapped = {(parent, child) for child, parent in PETS}
        assert edges(read(table(header[::-1], delimiter, swapped, quote))) == PETS


@pytest.mark.parametrize(
    "lines",
    [
        "name,parent,id|Dog,A,D|Cat,A,C|Puppy,D,P|Animal,,A",
        "id;parent_id;name;url|A;;Animal;http://x/a|D;A;Dog;|C;A;Cat;|P;D;Puppy;u",
        "parent_id\tname\tid\tposition|\tAnimal\tA\t1|A\tDog\tD\t2|A\tCat\tC\t3|D\tPuppy\tP\t4",
        "ID,Type,SKU,Name,Parent|A,x,s1,Animal,|D,x,s2,Dog,A|C,x,s3,Cat,A|P,x,s4,Puppy,D",
        "taxonID,scientificName,parentNameUsageID|A,Animal,|D,Dog,A|C,Cat,A|P,Puppy,D",
        "category_id,category_name,parent_category_id|A,Animal,NULL|D,Dog,A|C,Cat,A|P,Puppy,D",
        ",id,name,parent_id|0,A,Animal,|1,D,Dog,A|2,C,Cat,A|3,P,Puppy,D",
        "id,name,parent_id|1,A,Animal,|2,D,Dog,A|3,C,Cat,A|4,P,Puppy,D",  # row names of R
    ],
)
@pytest.mark.parametrize("above", ["", "# exported\n", "My shop,,\n,,\n", "\ufeff", "sep=,\n"])
def test_tables_with_a_name_beside_the_identifier(lines, above):
    if ("\t" in lines or ";" in lines) and above.startswith(("My", "sep")):
        above = ""
    found = read(above + lines.replace("|", "\n") + "\n")
    assert edges(found) == IDS
    names = {"A": "Animal", "D": "Dog", "C": "Cat", "P": "Puppy"}
    assert {label: found.name(label) for label in found.labels} == names


def test_an_identifier_of_two_names_is_found_by_both():
    found = read("id,name,parent_id\n1,A,\n2,Dog,1\n2,Hound,1\n")
    assert (found.find("Dog"), found.find("Hound"), found.name("2")) == ("2", "2", "Dog")


@pytest.mark.parametrize("null", ["NaN", "NULL", "None", "\\N", "-", "--", "n.a.", "undefined"])
def test_words_and_signs_for_no_parent(null):
    roots = f"child,parent\nanimal,{null}\nplant,{null}\n"
    for text in (
        roots + table(None, ","),
        f"id,name,parent\nanimal,A,{null}\nplant,P,{null}\n"
        "dog,D,animal\ncat,C,animal\npuppy,P,dog\n",
    ):
        found = read(text)
        assert edges(found) == PETS
        assert {r.code: r.count for r in found.remarks}["no-parent-values"] == 2


def test_a_sign_that_has_a_parent_is_a_label():
    assert ("-", "minus") in edges(read("child,parent\n-,minus\nminus,sign\nplus,sign\n"))


@pytest.mark.parametrize(
    ("text", "expected", "code"),
    [
        ("id,parent\n1,\n2,1.0\n3,1.0\n", {("2", "1"), ("3", "1")}, "whole-numbers"),
        ("id,name,parent_id\n1,a,\n2,b,1.0\n3,c,1.0\n", {("2", "1"), ("3", "1")}, "whole-numbers"),
        ("id,name,parent_id\n001,a,\n002,b,1\n003,c,1\n", None, "numbers-met"),
        ("id;name;parent\n1000;a;\n2;b;1,000\n3;c;1,000\n", None, "numbers-met"),
        (
            "child,parent\na,007\n7,b\n",
            {("a", "007"), ("7", "b")},
            "numbers-alike",
        ),
    ],
)
def test_numbers_written_two_ways_meet_or_are_remarked(text, expected, code):
    found = read(text)
    first = found.labels[0]
    assert edges(found) == (expected or {(label, first) for label in found.labels[1:]})
    assert code in [remark.code for remark in found.remarks]


@pytest.mark.parametrize("text", ["001,\n002,1\n003,1\n", "100000,\n2,1e5\n3,1e5\n"])
def test_ids_written_two_ways_in_a_table_of_edges_are_refused(text):
    with pytest.raises(FormatError, match="ids must be written one way"):
        read("id,parent_id\n" + text)


@pytest.mark.parametrize("cell", ["animal|pet", '"animal; pet"'])
def test_a_cell_with_several_parents(cell):
    both = f"child,parent\nanimal,\ndog,{cell}\npet,thing\n"
    found = read(both)
    assert edges(found) == {("dog", "animal"), ("dog", "pet"), ("pet", "thing")}
    assert "parents-split" in [remark.code for remark in found.remarks]
    found = read(f"child,parent\ndog,{cell}\ncat,{cell}\n")
    assert edges(found) == {("dog", cell.strip('"')), ("cat", cell.strip('"'))}
    assert [remark.code for remark in found.remarks] == ["signs-in-labels"]


@pytest.mark.parametrize(
    "text",
    [
        "subject\tpredicate\tobject\ndog\tis_a\tanimal\npuppy\thas_part\tleg\n",
        "child,parent,relation\ndog,animal,is_a\nleg,dog,part_of\n",
        '[{"child": "dog", "parent": "animal", "rel": "is_a"},'
        ' {"child": "leg", "parent": "dog", "rel": "part_of"}]',
    ],
)
def test_rows_of_several_relations_are_asked_about(text):
    with pytest.raises(FormatError, match=r"one relation: got 'is_a' \(1\).*say --relation NAME"):
        read(text)
    found = read(text, relation="is_a")
    assert edges(found) == {("dog", "animal")}
    assert [remark.code for remark in found.remarks] == ["other-relations"]
    with pytest.raises(FormatError, match=r"must be one of the rows: got 'bogus'; there are"):
        read(text, relation="bogus")


def test_a_relation_that_goes_down_is_refused():
    with pytest.raises(FormatError, match="which has it last; say --columns child=3,parent=1"):
        read("subject,predicate,object\nanimal,skos:narrower,dog\nanimal,skos:narrower,cat\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,value\nflare,\nflare.a,\nflare.a.b,12\nflare.a.c,12\n", "may be either"),
        ("flare\t1\nflare.a\t2\nflare.a.b\t12\nflare.a.c\t12\n", "may be either"),
        ("foo,12\nbar,7\nbaz,3\nqux,12\n", "names beside numbers such as '12'"),
        ("Body;X01\nUpper;X01.236.249\nLower;X01.236.250\n", "no label occurs twice"),
        (
            "Department,Category,Subcategory\nanimal,dog,puppy\nanimal,cat,kitten\nplant,oak,acorn\n",
            "levels side by side, 'Department' above 'Category'; write a path per line",
        ),
        ("dog -> animal\ncat -> animal\npuppy -> dog\n", "a path per line"),
        ("a\na.b\na.b.c\na.d\n", "paths with dots"),
        ("# animal\n## dog\n### puppy\n", "headings of Markdown"),
        ("animal:\n  dog:\n    puppy:\n  cat:\n", "YAML"),
        ("import os\ndef f(a, b):\n    return a\nprint(f(1, 2))\n", "an indented list"),
        (
            "Prefix: : <http://x/>\nOntology: <http://x/o>\nClass: D\n  SubClassOf: A\n",
            "Manch",
        ),
        ("((dog,cat)animal,oak)life", "Newick without its semicolon; add it"),
        ("Foo (bar, baz)\nQux (a, b)\n", "a list of labels"),
        ("child,parent\na,b\nb,a\n", "cycle"),
        ("qid\tpid\n1\td1\n2\td2\n", "which are read by --qrels"),
        ("query-id,corpus-id,score\n1,d1,1\n2,d2,1\n", "which are read by --qrels"),
    ],
)
def test_what_is_no_hierarchy_is_refused_by_name(text, said):
    with pytest.raises((FormatError, HierarchyError)) as caught:
        read(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_object_of_many_labels_is_recognized_at_once():
    n = 100_000
    text = json.dumps({str(i): [str(i // 2)] for i in range(1, n)})
    start = time.process_time()
    assert read(text).n_nodes == n
    assert time.process_time() - start < 6  # 0.7 s; 9 s where columns met in pairs


@pytest.mark.parametrize("null", ["", "NULL"])
def test_a_table_of_identifiers_without_a_parent_is_refused(null):
    text = f"id,name,parent_id,upper\n1,A,{null},\n2,B,{null},1\n"
    with pytest.raises(FormatError, match="got 2 rows without any in the column 'parent_id'"):
        read(text)
    assert read(text, allow_no_edges=True).n_edges == 0
    assert edges(read(text, columns={"child": "id", "parent": "upper"})) == {("2", "1")}


@pytest.mark.parametrize(
    "text",
    [
        OBO.replace("is_a: A ! animal\n", ""),
        '[{"id": 1, "parent": null}, {"id": 2, "parent": null}]',
        '{"graphs": [{"nodes": [{"id": "urn:A", "lbl": "a", "type": "CLASS"},'
        ' {"id": "urn:B", "lbl": "b", "type": "CLASS"}], "edges": []}]}',
    ],
)
def test_nodes_without_any_edge_are_remarked(text):
    found = read(text)
    assert [str(r) for r in found.remarks if r.code == "no-edges"] == ["2 nodes, without any edge"]


@pytest.mark.parametrize("value", ["value", "size"])
@pytest.mark.parametrize("sign", [".", "/"])
def test_paths_beside_values_are_refused_whatever_is_said_of_the_header(value, sign):
    text = f"id,{value}\nflare,\nflare.a,\nflare.a.b,12\nflare.a.c,12\n".replace(".", sign)
    with pytest.raises(FormatError, match="beside values that are none"):
        read(text, header=True)
    assert len(edges(read(text, header=True, columns={"child": 1, "parent": 2}))) == 2


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("category\nA > B > C\nA > B > D\n", {"A", "A > B", "A > B > C", "A > B > D"}),
        ("path\nA/B/C\nA/B/D\n", {"A", "A/B", "A/B/C", "A/B/D"}),
        ("id,path\n1,A\n2,A > B\n3,A > B > C\n", {"1", "2", "3"}),
        ("category_id\tcategory_path\n1\tA\n2\tA > B\n", {"1", "2"}),
        ('"A > B, b > C"\n"A > B, b > D"\n', {"A", "A > B, b", "A > B, b > C", "A > B, b > D"}),
        ("category\ncategory > B\ncategory > C\n", {"category", "category > B", "category > C"}),
        ("1 - A\n3237 - A > L\n2 - A > P, Q\n", {"1", "3237", "2"}),
    ],
)
def test_paths_below_a_header_in_quotes_and_beside_identifiers(text, labels):
    found = read(text)
    assert set(found.labels) == labels
    assert found.is_forest
    assert len(found.roots) == 1


CHILDREN = ["children", "Children", "subcategories", "subs", "items", "childNodes", "categories"]


@pytest.mark.parametrize("below", CHILDREN)
@pytest.mark.parametrize("name", ["name", "Name", "title", "label"])
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: {"status": "ok", "data": v}])
def test_nested_json_under_other_names_and_in_answers(below, name, wrap):
    tree = {name: "animal", below: [{name: "dog", below: [{name: "puppy"}]}, {name: "cat"}]}
    assert edges(read(json.dumps(wrap(tree)))) == PETS


@pytest.mark.parametrize(
    "value",
    [
        [["dog", "animal"], ["cat", "animal"], ["puppy", "dog"]],
        [["parent", "child"], ["animal", "dog"], ["animal", "cat"], ["dog", "puppy"]],
        {"dog": "animal", "cat": "animal", "puppy": "dog", "animal": None},
        {"child": ["dog", "cat", "puppy"], "parent": ["animal", "animal", "dog"]},
        {"count": 3, "results": [{"child": c, "parent": p} for c, p in sorted(PETS)]},
        {"columns": ["child", "parent"], "index": [0, 1, 2], "data": sorted(PETS)},
        {
            "id": {"0": "animal", "1": "dog", "2": "cat", "3": "puppy"},
            "parent": {"0": None, "1": "animal", "2": "animal", "3": "dog"},
        },
    ],
)
def test_json_as_programs_write_it(value):
    assert edges(read(json.dumps(value))) == PETS


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({str(i): [f"n{i}", f"word {i}"] for i in range(3)}, "no label occurs twice"),
        ([["Rome", "3"], ["Paris", "2"], ["Bonn", "1"]], "say --edge-direction child-parent"),
        ({"name": "x", "version": "1"}, "one of the forms"),
        ({"name": "pets", "dog": ["animal"], "cat": ["animal"]}, "one of the forms"),
    ],
)
def test_json_of_other_things_is_refused(value, said):
    with pytest.raises(FormatError, match=said):
        read(json.dumps(value))


def test_pairs_that_are_edges_on_ones_word():
    pairs = [["Rome", "Italy"], ["Paris", "France"], ["Bonn", "Germany"]]
    assert read(json.dumps(pairs), edge_direction="child-parent").n_edges == 3


@pytest.mark.parametrize(
    "text",
    [
        "id1,id2,weight\npuppy,dog,1\npuppy,animal,1\ndog,animal,1\ncat,animal,1\n",
        "ancestor,descendant,depth\ndog,puppy,1\nanimal,puppy,2\nanimal,dog,1\nanimal,cat,1\n"
        "dog,dog,0\n",
        '{"child": "puppy", "parent": "dog"}\n{"child": "puppy", "parent": "animal"}\n'
        '{"child": "dog", "parent": "animal"}\n{"child": "cat", "parent": "animal"}\n',
    ],
)
def test_a_whole_closure_of_any_form_is_reduced(text):
    found = read(text)
    assert edges(found) == PETS
    assert "closure-reduced" in [remark.code for remark in found.remarks]


@pytest.mark.parametrize("other", ["\u200bdog", "Dog", "d\u00adog"])
def test_labels_that_look_alike_are_named(other):
    found = read(f"child,parent\n{other},animal\npuppy,dog\n")
    assert "labels-alike" in [remark.code for remark in found.remarks]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\x1a"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_ends_of_lines_and_encodings(end, encoding):
    text = table(("child", "parent"), ",")
    text = text[:-1] + end if "\x1a" in end else text.replace("\n", end)
    assert edges(read(text.encode(encoding))) == PETS


@pytest.mark.parametrize("text", [OBO, OBO.replace("\n", "\r\n"), "! x\n" + OBO, OBO[21:]])
def test_obo_under_any_header(text):
    found = read(text)
    assert (edges(found), found.names[0]) == ({("D", "A")}, "animal")


def test_a_list_to_be_done_is_an_outline():
    assert edges(read("- [ ] animal\n  - [x] dog\n")) == {("dog", "animal")}


def test_a_folder_of_another_kind_is_refused_with_the_files_it_may_hold(tmp_path):
    (tmp_path / "queries.jsonl").write_text("{}\n")
    with pytest.raises(FormatError, match=r"holds none of nodes\.dmp, .*--qrels"):
        read_hierarchy(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "1\t|\troot\t|\t\t|\tscientific name\t|\n2\t|\tBacteria\t|\tB <b>\t|\tauthority\t|\n",
        "12\t|\t74109\t|\n30\t|\t29\t|\n",
    ],
)
def test_other_files_of_a_taxdump_name_the_one_to_give(text):
    with pytest.raises(FormatError, match="taxdump"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "Level 1,Level 2,Level 3\nFood,Fruit,Apple\nFood,Fruit,Pear\nFood,Veg,Leek\n",
        "level1\tlevel2\nFood\tFruit\nFood\tVeg\nToys\tCars\n",
        "Product category 1;Product category 2\nFood;Fruit\nFood;Veg\n",
        "Division,Category,Subcategory\nFood,Fruit,Apple\nFood,Fruit,Pear\nFood,Veg,Leek\n",
    ],
)
def test_levels_side_by_side_are_refused_with_the_way_out(text):
    with pytest.raises(
        FormatError, match=r"levels side by side, .* a path per line, such as A > B"
    ):
        hierarchy_from_bytes(text.encode(), name="t")


@pytest.mark.parametrize("text", ["graph TD\n  A --> B\n  B --> C\n", "mindmap\n  root\n    A\n"])
def test_diagrams_in_words_are_no_outlines(text):
    with pytest.raises(FormatError, match="a Mermaid diagram; write it as a table"):
        hierarchy_from_bytes(text.encode(), name="t")
