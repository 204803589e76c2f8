"""What people bring as tables is read right, with remarks on what was mended, or refused in words.

Every kind of file has several variations; each asserts nodes and edges, or the whole message.
"""

import codecs
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError
from hrgeom.io import load_judgments, read_hierarchy, write_hierarchy
from hrgeom.io._foreign import text_kind
from hrgeom.io.hierarchies import hierarchy_from_bytes
from hrgeom.io.hierarchies._json import JSON
from hrgeom.io.hierarchies._tables import CSV, PSV, SSV, TSV
from hrgeom.testing import dags

PETS = {("dog", "animal"), ("cat", "animal"), ("puppy", "dog")}
ROWS = (("dog", "animal"), ("cat", "animal"), ("puppy", "dog"))


def edges(hierarchy):
    return {(hierarchy.labels[c], hierarchy.labels[p]) for c, p in hierarchy.edges.tolist()}


def read(text, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return hierarchy_from_bytes(data, name="data", **options)


def remarks(hierarchy):
    return [str(remark) for remark in hierarchy.remarks]


def refusal(text, **options):
    with pytest.raises(FormatError) as caught:
        read(text, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("data: ")
    return message.removeprefix("data: ")


# --- Delimiters -------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "tsv", "ssv", "psv", "txt", "json", "edgelist"])
@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|", " | ", ", ", "; "])
@pytest.mark.parametrize("header", ["", "child{}parent\n"])
def test_the_content_decides_whatever_the_suffix(tmp_path, suffix, delimiter, header):
    path = tmp_path / f"x.{suffix}"
    lines = "".join(delimiter.join(row) + "\n" for row in ROWS)
    path.write_text(header.format(delimiter) + lines)
    assert edges(read_hierarchy(path)) == PETS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A comma in labels of a table with tabs, in the first row, in every row, once each.
        ("Food, Drinks\nTea\tFood, Drinks\nRice\tFood, Drinks\n", {"Tea", "Rice"}),
        ("Tea, green\tFood, Drinks\nRice, brown\tFood, Drinks\n", {"Tea, green", "Rice, brown"}),
        ("Tea,green;Food, Drinks\nRice;Food, Drinks\n", {"Tea,green", "Rice"}),
        ("Rice, brown|Food, Drinks\nTea, green|Food, Drinks\n", {"Rice, brown", "Tea, green"}),
        ('"Tea, green",Food; Drinks\n"Rice;x",Food; Drinks\n', {"Tea, green", "Rice;x"}),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "tsv", "txt"])
def test_signs_in_labels_do_not_win(tmp_path, text, expected, suffix):
    path = tmp_path / f"x.{suffix}"
    path.write_text(text)
    assert {child for child, _ in edges(read_hierarchy(path))} == expected


def test_the_suffix_decides_between_signs_that_fit_equally(tmp_path):
    text = "a;b,c\nd;e,c\nf;e,c\n"
    assert refusal(text) == (
        "a table must have one kind of sign between its cells: got several that fit; "
        "say --format csv or ssv"
    )
    (tmp_path / "x.csv").write_text(text)
    assert edges(read_hierarchy(tmp_path / "x.csv")) == {("a;b", "c"), ("d;e", "c"), ("f;e", "c")}
    read = read_hierarchy(tmp_path / "x.csv", format="ssv", header=False)
    assert edges(read) == {("a", "b,c"), ("d", "e,c"), ("f", "e,c")}


def test_frames_and_empty_columns():
    text = "| child | parent |\n|:------|--------|\n| dog | animal |\n| cat | animal |\n"
    assert edges(read(text)) == {("dog", "animal"), ("cat", "animal")}
    assert edges(read("child,parent,\ndog,animal,\n,,\ncat,animal,\n")) == {
        ("dog", "animal"),
        ("cat", "animal"),
    }
    assert remarks(read("child,parent,\ndog,animal,\n,,\ncat,animal,\n")) == [
        "1 row without any label left out"
    ]


def test_lines_above_the_header():
    assert edges(read("sep=;\nchild;parent\ndog;animal\ncat;animal\npuppy;dog\n")) == PETS
    assert edges(read('"sep=,"\r\n' + "".join(",".join(row) + "\r\n" for row in ROWS))) == PETS
    table = read("Our pets\n\nVersion 2\nid\tparent_id\ndog\tanimal\ncat\tanimal\npuppy\tdog\n")
    assert edges(table) == PETS
    assert remarks(table) == ["2 rows above the header left out"]


def test_single_quotes_around_every_cell():
    table = read("'child','parent'\n'dog','animal'\n'cat','animal'\n'puppy','dog'\n")
    assert edges(table) == PETS
    assert remarks(table) == ["8 cells in single quotes, which are taken off"]
    assert edges(read("'tis,word\nn't,word\n")) == {("'tis", "word"), ("n't", "word")}


def test_a_parent_without_a_row_that_may_mean_none():
    table = read("id,parent_id\n1,0\n2,1\n3,0\n")
    assert edges(table) == {("1", "0"), ("2", "1"), ("3", "0")}
    assert remarks(table) == [
        "2 rows with the parent '0', which has no row and becomes a node; leave the cell empty if "
        "it means no parent"
    ]
    assert remarks(read("id,parent_id\n1,0\n2,1\n0,\n")) == []


def test_paths_are_no_table_of_commas():
    text = "Food\nFood > Tea, Coffee\nFood > Rice, Corn\nFood > Party, Gifts\n"
    assert text_kind(text) is None
    with pytest.MonkeyPatch.context() as patch:
        formats = (TSV, CSV, SSV, PSV, JSON)
        patch.setattr("hrgeom.io.hierarchies._parsing.hierarchy_formats", lambda: formats)
        assert refusal(text) == unread("a path per line", EDGES)
    labels = "child,parent\nFood > Tea,Food\nFood > Rice,Food\n"
    assert edges(read(labels)) == {("Food > Tea", "Food"), ("Food > Rice", "Food")}


def test_spaces_are_asked_about_and_read_when_forced():
    text = "dog animal\ncat animal\npuppy dog\n"
    assert refusal(text) == (
        "text must be in a format that hrgeom reads: got what looks like two columns with spaces "
        "between; if so, say --format spaces (--format NAME forces)"
    )
    assert edges(read(text, format="spaces")) == PETS
    assert edges(read("# x\n dog   animal\ncat\tanimal\npuppy dog", format="spaces")) == PETS


# --- Headers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        *(
            "child,parent",
            "Child,PARENT",
            '"child","parent"',
            " child , parent ",
            "Child,Parent ID",
        ),
        *("id,parent_id", "ID,ParentId", "name,parent_name", "node,parent node", "key,parentKey"),
        *("source,target", "Source,Target", "from,to", "src,dst", "FromNodeId,ToNodeId"),
        *("hyponym,hypernym", "term,hypernym", "narrower,broader", "concept,skos:broader"),
        *("category,parent", "subcategory,category", "product,category", "term,is_a"),
        *("subject,object", "head,tail", "id1,id2", "node1,node2", "class,subClassOf"),
        *("employee,manager", "name,Reports To", "employee_id,manager_id", "id,supervisor"),
        *("taxon_id,parent_taxon_id", "tax_id,parent_tax_id", "descendant,ancestor", "x,parent"),
        "category_id,parent_category_id",
    ],
)
def test_usual_headers_are_known_in_both_orders(header):
    text = f"{header}\ndog,animal\ncat,animal\npuppy,dog\n"
    assert edges(read(text)) == PETS
    assert remarks(read(text)) in ([], ["2 cells had white space around them, which is left out"])
    first, second = header.split(",")
    if first.strip('1 "').lower() not in ("id", "node", "source", "from", "src", "fromnodeid"):
        assert edges(read(f"{second},{first}\nanimal,dog\nanimal,cat\ndog,puppy\n")) == PETS


def test_columns_are_found_among_others_by_their_names():
    text = "rank\tterm\tis_a\tweight\n1\tdog\tanimal\t2\n2\tcat\tanimal\t3\n3\tpuppy\tdog\t2\n"
    table = read(text, format="tsv")
    assert edges(table) == PETS
    assert remarks(table) == ["2 columns not read: 'rank', 'weight'"]
    closure = "id1,id2,weight\ncat,feline,1\ncat,animal,1\nfeline,animal,1\n"
    assert edges(read(closure, format="csv")) == {("cat", "feline"), ("feline", "animal")}


def test_a_commented_header_and_row_names_of_other_programs():
    assert edges(read("#parent\tchild\nanimal\tdog\nanimal\tcat\ndog\tpuppy\n")) == PETS
    assert edges(read("# about pets\n# FromNodeId\tToNodeId\n1\t0\n2\t0\n")) == {
        ("1", "0"),
        ("2", "0"),
    }
    r = '"child"\t"parent"\n"1"\t"dog"\t"animal"\n"2"\t"cat"\t"animal"\n"3"\t"puppy"\t"dog"\n'
    assert edges(read(r)) == PETS
    pandas = ",child,parent\n0,dog,animal\n1,cat,animal\n2,puppy,dog\n"
    assert edges(read(pandas, format="csv")) == PETS


ASKED = (
    "the first row must be an edge or a header of usual names such as child,parent: got {} at "
    "line 1, which may be either; say --no-header, --header or --columns child=1,parent=2 "
    "(names work too)"
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("thing,belonging\ndog,animal\ncat,animal\n", "'thing', 'belonging'"),
        ("id,value\nshop,\nshop.pets,\nshop.pets.dogs,12\nshop.food,7\n", "'id', 'value'"),
        ("way;count\na/b;3\na/c;4\n", "'way', 'count'"),
        ("Sorte|Gattung\n1|2\n3|2\n", "'Sorte', 'Gattung'"),
        ("name\tdescription\ndog\tbarks\ncat\tpurrs\n", "'name', 'description'"),
        ("employee,manager\nAnn,employee\nmanager,Bob\n", "'employee', 'manager'"),
    ],
)
def test_a_first_row_that_may_be_a_header_is_asked_about(text, shown):
    assert refusal(text) == ASKED.format(shown)
    table = read(text, header=False)
    first = tuple(part.strip("'") for part in shown.split(", "))
    assert first in edges(table)
    assert first not in edges(read(text, header=True, columns={"child": 1, "parent": 2}))


@pytest.mark.parametrize(
    "text",
    [
        "dog,animal\n",
        "dog,animal\ncat,animal\n",
        "puppy,dog\ncat,animal\ndog,animal\n",
        "GO:0000002\tGO:0000001\nGO:0000004\tGO:0000003\nGO:0000005\tGO:0000003\n",
        "poodle.n.01,dog.n.01\ntabby.n.01,cat.n.01\nmanx.n.01,cat.n.01\n",
        "7,1\n3,2\n4,2\n",
        "animal,\ncat,feline\nlion,feline\n",
        "a,b\nc,d\n",
        "rose,flower\na,b\nc,d\ne,b\ng,h\n",
    ],
)
def test_edge_lists_without_header_are_not_doubted(text):
    rows = [tuple(line.split("\t" if "\t" in line else ",")) for line in text.splitlines()]
    assert edges(read(text)) == {row for row in rows if row[1]}


def test_columns_by_number_and_by_name():
    text = "Gattung;Nr;Sorte\nTier;1;Hund\nTier;2;Katze\nHund;3;Welpe\n"
    expected = {("Hund", "Tier"), ("Katze", "Tier"), ("Welpe", "Hund")}
    assert edges(read(text, columns={"child": "Sorte", "parent": "Gattung"})) == expected
    assert edges(read(text, columns={"child": "sorte", "parent": 1})) == expected
    assert edges(read(text, columns={"child": 3, "parent": 1}, header=True)) == expected
    body = text.partition("\n")[2]
    assert edges(read(body, columns={"child": 3, "parent": 1})) == expected
    assert refusal(body) == (
        "a table of 3 columns must say which are the child and the parent, by a header with usual "
        "names or by --columns child=1,parent=2: got 'Tier', '1', 'Hund' at line 1"
    )
    assert refusal(text, columns={"child": 4, "parent": 1}) == (
        "columns must be numbers from 1 to 3: got 4"
    )
    assert refusal(text, columns={"child": "Art", "parent": 1}) == (
        "columns must be names in the header, each there once, or numbers from 1: got 'Art', "
        "header 'Gattung', 'Nr', 'Sorte' at line 1"
    )
    assert refusal(text, columns={"child": 1}) == (
        "columns must be given for child and parent, such as child=1,parent=2: got 'child'"
    )
    assert refusal(text, columns={"child": 1, "parent": 1}) == (
        "columns must be different ones: got {'child': 1, 'parent': 1}"
    )


def test_an_option_of_another_format_is_one_clear_error():
    assert refusal('{"a": ["b"]}', format="json", columns={"child": 1, "parent": 2}) == (
        "columns must be left out for the format json: it takes edge_direction"
    )
    assert refusal('{"a": ["b"]}', format="json", header=False).startswith(
        "header must be left out for the format json"
    )


# --- Cells ------------------------------------------------------------------------------------


def test_cells_are_stripped_with_a_remark():
    table = read("child, parent\ndog, animal\n cat ,animal\u00a0\npuppy,dog\n")
    assert edges(table) == PETS
    assert remarks(table) == ["4 cells had white space around them, which is left out"]
    assert edges(read('"dog" , "animal"\n"cat ", "animal"\npuppy,dog\n')) == PETS


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|"])
def test_quotes_in_every_kind_of_table(delimiter):
    rows = [('"child"', '"parent"'), ('"dog"', "animal"), ("cat", '"animal"'), ('"puppy"', "dog")]
    assert edges(read("".join(delimiter.join(row) + "\r\n" for row in rows))) == PETS
    held = f'"a{delimiter}b"{delimiter}"say ""hi"""\nc{delimiter}"two\n\n# lines"\n'
    table = read(held, columns={"child": 1, "parent": 2})
    assert edges(table) == {(f"a{delimiter}b", 'say "hi"'), ("c", "two\n\n# lines")}


def test_quotes_that_are_part_of_a_label():
    table = read('"Weird Al" Yankovic\tmusician\n5" pipe\tpipe\ndrummer\tmusician\n')
    assert edges(table) == {
        ('"Weird Al" Yankovic', "musician"),
        ('5" pipe', "pipe"),
        ("drummer", "musician"),
    }
    assert remarks(table) == ["1 cell starts with a quote that is part of it"]
    assert refusal('child,parent\n"Weird Al" Yankovic,musician\n') == (
        "a quoted cell must be well quoted: got '\"Weird Al\" Yankovic' at line 2"
    )


@pytest.mark.parametrize(
    "mark", ["NaN", "nan", "NULL", "null", "None", "NA", "N/A", "<NA>", "\\N", '"NULL"', '""', ""]
)
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_nulls_are_no_parents(mark, delimiter):
    rows = [("id", "parent"), ("animal", mark), ("plant", mark), *ROWS]
    table = read("".join(delimiter.join(row) + "\n" for row in rows))
    assert edges(table) == PETS
    assert set(table.labels) == {"animal", "plant", "dog", "cat", "puppy"}
    bare = mark.strip('"')
    assert remarks(table) == ([f"2 parents {bare!r} read as no parent"] if bare else [])


def test_a_word_that_is_a_child_is_no_null():
    table = read("null,quantity\nzero,null\nNA,Africa\nWindhoek,NA\n")
    assert edges(table) == {
        ("null", "quantity"),
        ("zero", "null"),
        ("NA", "Africa"),
        ("Windhoek", "NA"),
    }
    assert [remark.code for remark in table.remarks] == ["null-labels"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,parent\n1,NaN\n2,1.0\n3,1.0\n4,2.0\n", {("2", "1"), ("3", "1"), ("4", "2")}),
        ("id,parent\n2,1.0\n3,1.0\n", {("2", "1"), ("3", "1")}),
        ("id,parent\n2.0,1\n3.0,2\n", {("2", "1"), ("3", "2")}),
        ("id,parent\n1,\n2,1.00\na,2\n", {("2", "1"), ("a", "2")}),
        ("id;parent\n10;\n-2;10.0\n", {("-2", "10")}),
    ],
)
def test_whole_numbers_with_a_decimal_point_meet(text, expected):
    table = read(text)
    assert edges(table) == expected
    assert "whole-numbers" in [remark.code for remark in table.remarks]


def test_numbers_that_do_not_meet():
    assert refusal("id,parent\n2,1\n2.0,1\n3,2.0\n") == (
        "ids must be written one way: got '2' and '2.0'; write whole numbers without a decimal "
        "point"
    )
    table = read("id,parent\n2.0,2\n2.1,2\n2.1.3,2.1\n")  # sections
    assert edges(table) == {("2.0", "2"), ("2.1", "2"), ("2.1.3", "2.1")}
    assert remarks(table) == ["1 label equal to others as numbers, such as '2.0'"]


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        (
            "C#\tlanguage\n#hashtag\tsocial\nF#\tlanguage\n",
            {("C#", "language"), ("#hashtag", "social"), ("F#", "language")},
            ["1 row that starts with '#' read as data, at line 2"],
        ),
        (
            "#hashtag,social\n#tag,social\nC#,language\nF#,language\n",
            {("#hashtag", "social"), ("#tag", "social"), ("C#", "language"), ("F#", "language")},
            ["2 rows that start with '#' read as data, at line 1"],
        ),
        (
            '# pets, dogs\n"#1",dog\n"#2",dog\n',
            {("#1", "dog"), ("#2", "dog")},
            [],
        ),
        (
            "a,b\n# more\nc,b\n# and more\n",
            {("a", "b"), ("c", "b")},
            ["2 lines that start with '#' left out below the first row, at line 2"],
        ),
    ],
)
def test_rows_that_start_with_a_hash(text, expected, found):
    table = read(text)
    assert edges(table) == expected
    assert remarks(table) == found


# --- Edges ------------------------------------------------------------------------------------


def test_repeated_edges_and_loops_are_counted():
    table = read("cat,feline\ncat,cat\nfeline,feline\nfeline,animal\ncat,feline\n")
    assert edges(table) == {("cat", "feline"), ("feline", "animal")}
    assert remarks(table) == [
        "1 repeated edge dropped, such as 'cat' -> 'feline' at line 1 and line 5",
        "2 edges from a node to itself dropped, such as 'cat' at line 2",
    ]
    mapping = read('{"cat": ["feline", "feline", "cat"]}')
    assert edges(mapping) == {("cat", "feline")}
    assert remarks(mapping) == [
        "1 repeated edge dropped, such as 'cat' -> 'feline' at edge 0 and edge 1",
        "1 edge from a node to itself dropped, such as 'cat' at edge 2",
    ]
    assert refusal("cat,feline\nlion,feline\ncat,feline\n", strict=True) == (
        "data must need no repair where it is read strictly: "
        "1 repeated edge dropped, such as 'cat' -> 'feline' at line 1 and line 3"
    )


@pytest.mark.parametrize("loops", [False, True])
def test_a_whole_closure_is_reduced(loops):
    chain = [f"n{i}" for i in range(6)]
    rows = [(a, b) for i, a in enumerate(chain) for b in chain[i + 1 :]]
    rows += [("other", b) for b in chain[3:]]
    if loops:
        rows += [(a, a) for a in chain]
    table = read("id1,id2,weight\n" + "".join(f"{a},{b},1\n" for a, b in rows), format="csv")
    assert edges(table) == {*pairwise(chain), ("other", "n3")}
    assert "12 edges of 18 left out: the whole closure is listed, and they follow" in remarks(table)


def test_a_shortcut_alone_is_no_closure():
    rows = "a,b\nb,c\nc,d\na,d\n"
    assert len(edges(read(rows))) == 4
    assert remarks(read(rows)) == []


@given(plain=dags(max_nodes=9))
def test_a_closure_that_was_written_comes_back(tmp_path_factory, plain):
    """A hierarchy of ours is never reduced, even if it is the closure of itself."""
    path = tmp_path_factory.mktemp("closure") / "x.tsv"
    hierarchy = Hierarchy([f"n{i}" for i in range(plain.n_nodes)], plain.edges)
    write_hierarchy(hierarchy, path)
    assert edges(read_hierarchy(path)) == edges(hierarchy)


REVERSED = (
    "edges look reversed: 1 leaf and 3 roots, and no node has two children; if the first of a "
    "pair is the parent, say --edge-direction parent-child"
)


@pytest.mark.parametrize(
    "text",
    [
        "animal\tdog\nanimal\tcat\ndog\tpuppy\ndog\thound\n",
        "source,target\nanimal,dog\nanimal,cat\ndog,puppy\ndog,hound\n",
        '{"animal": ["dog", "cat"], "dog": ["puppy", "hound"]}',
    ],
)
def test_a_tree_read_the_wrong_way_round_is_noticed(text):
    assert REVERSED in remarks(read(text))
    right = read(text, edge_direction="parent-child")
    assert edges(right) == {
        ("dog", "animal"),
        ("cat", "animal"),
        ("puppy", "dog"),
        ("hound", "dog"),
    }
    assert remarks(right) == []


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("dog", "Dog", "'dog' and 'Dog'"),
        ("Caf\u00e9", "Cafe\u0301", "'Caf\\xe9' and 'Cafe\\u0301'"),
        ("dog beds", "dog  beds", "'dog beds' and 'dog  beds'"),
        ("dog beds", "dog\u00a0beds", "'dog beds' and 'dog\\xa0beds'"),
        ("Straße", "STRASSE", "'Straße' and 'STRASSE'"),
    ],
)
def test_labels_that_look_alike_are_named(one, other, shown):
    table = read(f"child,parent\n{one},x\ny,{other}\n")
    assert remarks(table) == [
        "2 labels differ from others only by letter case, spaces or Unicode form, such as " + shown
    ]


def test_labels_that_differ_by_more_are_not_named():
    assert remarks(read("a1,x\na2,x\ná3,x\n")) == []


# --- Refusals ---------------------------------------------------------------------------------


def unread(kind, advice):
    return (
        f"text must be in a format that hrgeom reads: got what looks like {kind}; {advice} "
        "(--format NAME forces)"
    )


EDGES = "write it as a table with the header child,parent"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("format-version: 1.2\n\n[Term]\nid: A:1\nname: a, b\n", "OBO"),
        ("! comment\nformat-version: 1.4\n[Term]\nid: A:1\nis_a: B, C\n", "OBO"),
        ("@prefix a: <http://a#> .\na:x a:y a:z, a:w ;\n a:b a:c .\n", "Turtle (RDF)"),
        ("# licence\nPREFIX a: <http://a#>\na:x a:y a:z, a:w .\n", "Turtle (RDF)"),
        ('<?xml version="1.0"?>\n<a b="c, d"/>\n<e f="g, h"/>\n', "XML"),
        ('<?xml version="1.0"?>\n<graphml><node id="a,b"/></graphml>', "GraphML"),
        ('<rdf:RDF xmlns="x,y"><owl:Class/></rdf:RDF>', "RDF/XML or OWL"),
        ("<http://a> <http://b> <http://c,d> .\n" * 3, "N-Triples (RDF)"),
        ("digraph pets {\n dog -> animal;\n cat -> animal;\n}\n", "Graphviz DOT"),
        ("graph TD\n  dog --> animal\n  cat --> animal\n", "a Mermaid diagram"),
        ("flowchart LR\n  dog[Dog] --> animal\n", "a Mermaid diagram"),
        ("mindmap\n  root((Animals))\n    Dogs\n    Cats\n", "a Mermaid diagram"),
        ("@startuml\n  animal <|-- dog\n@enduml\n", "a PlantUML diagram"),
        ("graph [\n node [ id 1 ]\n]\n", "GML"),
        ("((a,b)c,(d,e)f)g;\n", "Newick"),
        ('*Vertices 2\n1 "a"\n2 "b"\n*Arcs\n1 2\n', "a Pajek network"),
        ("animals\n├── dogs\n│   └── puppies\n└── cats\n", "the output of `tree`"),
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "txt"])
def test_text_of_other_kinds_is_named(tmp_path, text, kind, suffix):
    """Whatever reads these formats, a table of them is never made."""
    path = tmp_path / f"x.{suffix}"
    path.write_text(text)
    assert text_kind(text) == (kind, EDGES)
    formats = (TSV, CSV, SSV, PSV, JSON)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hrgeom.io.hierarchies._parsing.hierarchy_formats", lambda: formats)
        with pytest.raises(FormatError) as caught:
            read_hierarchy(path)
    assert str(caught.value) == f"{path}: {unread(kind, EDGES)}"


@pytest.mark.parametrize(
    ("text", "kind", "advice"),
    [
        (
            "<!DOCTYPE html>\n<html>404, not found</html>",
            "an HTML page",
            "download the data itself",
        ),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 3\n",
            "a Git LFS pointer",
            "fetch the file itself with `git lfs pull`",
        ),
        (
            "animal\ndog\ncat\n",
            "a list of labels",
            "if every line is a node without an edge, say --allow-no-edges",
        ),
        (
            "Food, Drinks\nrice\npets\ncats\n",
            "a list of labels",
            "if every line is a node without an edge, say --allow-no-edges",
        ),
    ],
)
def test_text_without_a_reader_is_refused(text, kind, advice):
    assert refusal(text) == unread(kind, advice)


def test_a_table_without_an_edge_is_refused_unless_it_is_meant():
    text = "id,parent\n1,\n2,NaN\n3,\n"
    assert refusal(text) == (
        "a text of several lines must have an edge: got 3 rows without any, which looks like a "
        "list of labels; if every line is a node without an edge, say --allow-no-edges"
    )
    assert read(text, allow_no_edges=True).labels == ("1", "2", "3")
    assert read("Food, Drinks\nrice\ntea\n", allow_no_edges=True).labels == (
        *("Food, Drinks", "rice", "tea"),
    )
    assert read("child,parent\nanimal\nplant\n").labels == ("animal", "plant")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "Body Parts;X01\nGlands, Upper;X01.236\nGlands, Lower;X01.250\n",
            "3 rows in which no label occurs twice, as in names and values",
        ),
        (
            "Glands\tX01\nGlands\tX03.1\nUpper\tX01.2\nLower\tX01.3\nLower\tX02.3\n",
            "names beside tree numbers such as 'X01.2'",
        ),
    ],
)
def test_names_beside_values_are_no_edges(text, found):
    assert refusal(text) == (
        f"rows must be edges: got {found}; if they are edges, say --columns child=1,parent=2"
    )
    assert read(text, columns={"child": 1, "parent": 2}).n_edges == len(text.splitlines())


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (
            b"PAR1\x15\x00rest",
            "a Parquet file; write it as CSV (pandas: read_parquet(...).to_csv(...))",
        ),
        (
            b"PK\x03\x04\x14\0\0\0xl/workbook.xml",
            "a zip archive (or an Excel or Numbers file); unpack it, or save the sheet as CSV",
        ),
        (b"BZh91AY&SY\x8f\0", "bzip2 data; unpack it with bunzip2"),
        (
            b"\x93NUMPY\x01\0rest",
            "a NumPy array; write the edges as text; vectors go to `hrgeom compare`",
        ),
    ],
)
def test_binary_data_is_named(data, found, monkeypatch):
    monkeypatch.setattr("hrgeom.io.hierarchies._parsing.hierarchy_formats", lambda: (TSV, JSON))
    assert refusal(data) == f"a hierarchy must be text: got {found}"
    assert edges(read(b"ORC,creature\nBZh,creature\n", format=CSV)) == {
        ("ORC", "creature"),
        ("BZh", "creature"),
    }


# --- Encodings --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_byte_order_marks_are_followed(mark, encoding):
    text = "child\tparent\r\nK\u00e4se\tMilch\r\nQuark\tMilch\r\n"
    table = read(mark + text.encode(encoding))
    assert edges(table) == {("K\u00e4se", "Milch"), ("Quark", "Milch")}
    assert edges(read(text.encode("utf-16-le"), encoding="utf-16-le")) == edges(table)


def test_other_encodings_are_suggested_and_given():
    data = "K\u00e4se,Milch\nQuark,Milch\n".encode("cp1252")
    assert refusal(data) == (
        "text must be UTF-8: got byte 0xe4 at byte 1, line 1; if it is from Windows or older, say "
        "--encoding cp1252 or latin-1"
    )
    assert ("K\u00e4se", "Milch") in edges(read(data, encoding="cp1252"))
    assert refusal(data, encoding="ascii") == "text must be ascii: got byte 0xe4 at byte 1"
    for wrong in ("utf8000", "base64"):
        assert refusal(data, encoding=wrong) == (
            f"encoding must be one that Python knows, such as utf-16 or latin-1: got '{wrong}'"
        )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ends_of_lines(end):
    assert edges(read(end.join(",".join(row) for row in ROWS))) == PETS
    assert edges(read(end.join(["child;parent", *(";".join(row) for row in ROWS), ""]))) == PETS


# --- JSON -------------------------------------------------------------------------------------


def test_nulls_in_json_are_nothing():
    nested = '{"name": "flare", "children": [{"name": "a", "children": null}, {"name": "b"}]}'
    assert edges(read(nested)) == {("a", "flare"), ("b", "flare")}
    assert edges(read('{"name": "x", "children": null}')) == set()
    assert edges(read('{"animal": null, "dog": ["animal"]}')) == {("dog", "animal")}


@pytest.mark.parametrize(
    ("text", "expected", "by_position"),
    [
        (
            '{"nodes": [{"id": "1"}, {"id": "0"}], "links": [{"source": 0, "target": 1}]}',
            {("1", "0")},
            True,
        ),
        (
            '{"nodes": [{"name": "dog"}, {"name": "pet"}], "links": [{"source": 0, "target": 1}]}',
            {("dog", "pet")},
            True,
        ),
        (
            '{"nodes": [{"id": 5}, {"id": 7}], "links": [{"source": 1, "target": 0}]}',
            {("7", "5")},
            True,
        ),
        (
            '{"graph": [], "nodes": [{"id": 1}, {"id": 0}], "links": [{"source": 0, "target": 1}]}',
            {("1", "0")},
            True,
        ),
        (
            '{"nodes": [{"id": 1}, {"id": 0}], "links": [{"source": 0, "target": 1}]}',
            {("0", "1")},
            False,
        ),
        (
            '{"nodes": [{"id": "1"}, {"id": "0"}], "links": [{"source": "0", "target": "1"}]}',
            {("0", "1")},
            False,
        ),
    ],
)
def test_links_by_position_and_by_id(text, expected, by_position):
    graph = read(text)
    assert edges(graph) == expected
    found = "1 link read as positions in the list of nodes, as D3 and old networkx write them"
    assert remarks(graph) == [found] * by_position


def test_links_that_are_neither():
    text = '{"nodes": [{"id": "a"}, {"id": "7"}], "links": [{"source": 7, "target": 0}]}'
    assert refusal(text) == (
        "links must name nodes by their ids, or by positions from 0: got the number 7, and 2 nodes "
        "with ids that are text"
    )


# --- Judgments --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "qid\tpid\n1\td1\n2\td2\n",
        "QID, DocID\n1, d1\n2, d2\n",
        "corpus-id,query-id\nd1,1\nd2,2\n",
        "doc_id;topic;relevance\nd1;1;1\nd2;2;2\n",
        "query_id|iteration|doc_id|relevance\n1|0|d1|1\n2|0|d2|1\n",
        "1,d1\n2,d2\n",
        "1\td1\t1\n2\td2\t1\n",
    ],
)
@pytest.mark.parametrize("suffix", ["csv", "tsv", "qrels"])
def test_judgments_with_usual_headers(tmp_path, text, suffix):
    path = tmp_path / f"x.{suffix}"
    path.write_text(text)
    found = load_judgments(path)
    assert found.pairs == (("1", "d1"), ("2", "d2"))


def test_judgments_that_are_asked_about(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("frage,text\n1,d1\n1,d2\n")
    with pytest.raises(FormatError) as caught:
        load_judgments(path)
    assert str(caught.value) == (
        f"{path}: the first row must be a judgment or a header of usual names such as "
        "query-id,corpus-id,score: got 'frage', 'text' at line 1, which may be either; say "
        "--no-header, --header or --columns query=1,document=2 (names work too)"
    )
    assert load_judgments(path, header=True).pairs == (("1", "d1"), ("1", "d2"))
    columns = {"query": "text", "document": "frage"}
    assert load_judgments(path, columns=columns).pairs == (("d1", "1"), ("d2", "1"))


def test_repeated_judgments_are_counted(tmp_path):
    path = tmp_path / "x.tsv"
    path.write_text("q\td\t1\nq\td\t2\nq\te\t0\n")
    found = load_judgments(path)
    assert (found.pairs, found.documents) == ((("q", "d"),), ("d", "e"))
    assert remarks(found) == ["1 repeated judgment left out, such as that of lines 1 and 2"]
    with pytest.raises(
        FormatError, match="must need no repair where it is read strictly: 1 repeat"
    ):
        load_judgments(path, strict=True)


# --- Round trips ------------------------------------------------------------------------------

_PIECES = ["\t", ",", ";", "|", '"', "#", "'", "\n", "\r", " ", "\u00e9", "e\u0301", "\u2028", "\\"]
_WORDS = ["NaN", "NULL", "None", "2", "2.0", "child", "parent", "id", "<a>", "@prefix", "[Term]"]
_LABELS = st.one_of(
    st.sampled_from(_WORDS),
    st.lists(st.sampled_from([*_PIECES, "a", "b", "1"]), min_size=1, max_size=6).map("".join),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
).map(str.strip)


@given(
    plain=dags(max_nodes=8), data=st.data(), suffix=st.sampled_from(["tsv", "csv", "ssv", "psv"])
)
def test_odd_labels_come_back_from_every_table(tmp_path_factory, plain, data, suffix):
    n = plain.n_nodes
    labels = data.draw(st.lists(_LABELS.filter(bool), min_size=n, max_size=n, unique=True))
    hierarchy = Hierarchy(labels, plain.edges)
    path = tmp_path_factory.mktemp("odd") / f"x.{suffix}"
    write_hierarchy(hierarchy, path)
    again = read_hierarchy(path)
    assert edges(again) == edges(hierarchy)
    assert set(again.labels) == set(labels)
