"""Reading and writing: write-then-read is the identity, and every error names its place."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import data_file

from hrgeom.core import Hierarchy
from hrgeom.errors import CycleError, FormatError, HierarchyError
from hrgeom.io._tables import certainty_of_delimiter
from hrgeom.io.hierarchies import hierarchy_from_bytes, read_hierarchy, write_hierarchy
from hrgeom.io.hierarchies._json import hierarchy_from_json, hierarchy_from_object
from hrgeom.io.hierarchies._tables import hierarchy_from_table, table_of_hierarchy
from hrgeom.io.judgments import read_judgments
from hrgeom.testing import dags

PETS = {("dog", "animal"), ("cat", "animal")}


def edge_labels(hierarchy):
    return {(hierarchy.labels[c], hierarchy.labels[p]) for c, p in hierarchy.edges.tolist()}


@pytest.fixture
def stdin(monkeypatch):
    def feed(data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return feed


@st.composite
def labeled(draw, label):
    """Hierarchies whose labels are drawn from a strategy."""
    plain = draw(dags(max_nodes=10))
    n = plain.n_nodes
    labels = draw(st.lists(label, min_size=n, max_size=n, unique=True))
    return Hierarchy(labels, plain.edges)


def any_text(*, without=""):
    return st.text(st.characters(exclude_categories=["Cs"], exclude_characters=without))


def table_text(*, without=""):
    return any_text(without=without).map(str.strip).filter(bool)


# --- JSON forms -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        {"nodes": ["animal", "dog", "cat"], "edges": [[1, 0], [2, 0]]},
        {"nodes": ["animal", "dog", "cat"], "edges": [["dog", "animal"], ["cat", "animal"]]},
        {
            "directed": True,
            "multigraph": False,
            "graph": {},
            "nodes": [{"id": "animal"}, {"id": "dog"}, {"id": "cat"}],
            "links": [
                {"source": "dog", "target": "animal"},
                {"source": "cat", "target": "animal", "weight": 1},
            ],
        },
        {
            "nodes": [{"id": "animal"}, {"id": "dog"}, {"id": "cat"}],
            "edges": [
                {"source": "dog", "target": "animal"},
                {"source": "cat", "target": "animal"},
            ],
        },
        {"name": "animal", "children": [{"name": "dog", "children": []}, {"name": "cat"}]},
        {"animal": [], "dog": ["animal"], "cat": ["animal"]},
    ],
    ids=["indices", "labels", "links", "node-link edges", "nested", "mapping"],
)
def test_json_forms_agree(value):
    hierarchy = hierarchy_from_object(value)
    assert hierarchy.labels == ("animal", "dog", "cat")
    assert edge_labels(hierarchy) == PETS


def test_mapping_numbers_nodes_in_order_of_appearance():
    hierarchy = hierarchy_from_json('{"dog": ["pet", "canine"], "cat": ["pet"], "pet": []}')
    assert hierarchy.labels == ("dog", "pet", "canine", "cat")
    assert edge_labels(hierarchy) == {("dog", "pet"), ("dog", "canine"), ("cat", "pet")}


def test_mapping_may_use_names_of_other_forms():
    hierarchy = hierarchy_from_object({"name": ["x"], "children": [], "links": ["x"]})
    assert edge_labels(hierarchy) == {("name", "x"), ("links", "x")}


def test_text_fields_become_metadata():
    value = {"name": "pets", "license": "CC0", "version": 3, "nodes": ["a"], "edges": []}
    assert hierarchy_from_object(value).metadata == {"name": "pets", "license": "CC0"}


def test_nested_form_keeps_no_metadata_and_reads_depth_first():
    value = {"name": "a", "source": "s", "children": [{"name": "b", "children": [{"name": "c"}]}]}
    value["children"].append({"name": "d"})
    hierarchy = hierarchy_from_object(value)
    assert hierarchy.labels == ("a", "b", "c", "d")
    assert hierarchy.metadata == {}
    assert hierarchy_from_object({"name": "alone"}).labels == ("alone",)


def test_node_link_reads_what_networkx_writes():
    graph = nx.DiGraph([(1, 0), (2, 0)], name="numbers")
    hierarchy = hierarchy_from_json(json.dumps(nx.node_link_data(graph, edges="links")))
    assert edge_labels(hierarchy) == {("1", "0"), ("2", "0")}
    assert hierarchy.metadata == {"name": "numbers"}


@given(hierarchy=labeled(any_text()))
def test_node_link_and_mapping_agree_with_the_hierarchy(hierarchy):
    node_link = nx.node_link_data(hierarchy.to_networkx(), edges="edges")
    assert hierarchy_from_json(json.dumps(node_link)).sha256 == hierarchy.sha256
    mapping = {label: hierarchy.parents(label) for label in hierarchy.labels}
    if not mapping.keys() <= {"nodes", "edges", "links"}:
        again = hierarchy_from_json(json.dumps(mapping))
        assert edge_labels(again) == edge_labels(hierarchy)
        assert set(again.labels) == set(hierarchy.labels)


def test_chains_of_50000_levels():
    n = 50_000
    value: dict = {"name": "0"}
    for node in range(1, n):
        value = {"name": str(node), "children": [value]}
    assert hierarchy_from_object(value).n_levels == n
    while value.get("children"):  # take it apart from the top, without recursion
        value = value["children"].pop()
    flat = {"nodes": [str(i) for i in range(n)], "edges": [[i, i - 1] for i in range(1, n)]}
    assert hierarchy_from_json(json.dumps(flat)).n_levels == n
    mapping = {str(i): [str(i - 1)] for i in range(1, n)}
    assert hierarchy_from_json(json.dumps(mapping)).n_levels == n


def test_json_that_nests_too_deeply_for_the_parser():
    n = 50_000
    text = '{"name": "x", "children": [' * n + "]}" * n
    with pytest.raises(FormatError, match="must not nest so deeply"):
        hierarchy_from_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '[["dog", "animal", 1]]',
        "3",
        '"dog"',
        "null",
        '{"dog": "animal"}',
        '{"nodes": ["dog"]}',
        '{"edges": []}',
        '{"nodes": ["dog"], "edges": "none"}',
        '{"name": "x", "license": "y"}',
        '{"name": 3, "children": []}',
    ],
)
def test_other_json_is_rejected_with_the_forms(text):
    with pytest.raises(FormatError, match=r"one of the forms .*children.*: got "):
        hierarchy_from_json(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": ["b"],\n "c" ["d"]}', r"must be JSON: got .* at line 2 column 6"),
        ('{"a": []} x', r"'Extra data' at line 1 column 11"),
        ('{"nodes": ["a"], "edges": [[' + "9" * 5000 + ", 0]]}", "must be JSON: got"),
        ('{"a": ["b"], "a": ["c"]}', r"keys .* must be distinct: got 'a' twice"),
        ('{"nodes": ["a"], "edges": [[0]]}', r"pair .* got \[0\] at edge 0"),
        ('{"nodes": ["a", "b"], "edges": [[1, 0], 7]}', r"pair .* got 7 at edge 1"),
        ('{"nodes": ["a", "b"], "edges": [[1.0, 0]]}', r"pair .* got \[1.0, 0\]"),
        ('{"nodes": ["a", "b"], "edges": [[true, 0]]}', r"pair .* got \[True, 0\]"),
        ('{"nodes": ["a", "b"], "edges": [["b", 0]]}', r"pair .* got \['b', 0\]"),
        (
            '{"nodes": ["a", "b", "c"], "edges": [[1, 0], ["c", "a"]]}',
            r"all numbers or all labels: got \[1, 0\] at edge 0 and \['c', 'a'\] at edge 1",
        ),
        ('{"a": ["b"], "c": [1]}', r"must list labels: got 1 \(int\) for 'c'"),
        ('{"name": "a", "children": [{"nom": "b"}]}', "each nested item .* under 'a'"),
        ('{"name": "a", "children": ["b"]}', "each nested item .* under 'a'"),
        ('{"name": "a", "children": [{"name": "b", "children": 3}]}', "each nested item"),
        ('{"directed": false, "nodes": [{"id": 1}], "links": []}', "directed: got directed False"),
        ('{"nodes": [{"id": 1}], "links": [], "edges": []}', "either links or edges: got both"),
        ('{"nodes": [{"id": 1}]}', "list of links or edges: got none"),
        ('{"nodes": [{"id": 1}, 2], "links": []}', "with 'id'.* got 2 at node 1"),
        ('{"nodes": [{"id": 1.5}], "links": []}', "with 'id'.* at node 0"),
        ('{"nodes": [{"id": true}], "links": []}', "with 'id'.* at node 0"),
        ('{"nodes": [{"id": 1}], "links": [{"source": 1}]}', "with 'target'.* at links 0"),
    ],
)
def test_malformed_json(text, message):
    with pytest.raises(FormatError, match=message):
        hierarchy_from_json(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "at least one node"),
        ('{"nodes": [], "edges": []}', "at least one node"),
        ('{"nodes": ["a", "a"], "edges": []}', "distinct: got 'a' at numbers 0 and 1"),
        ('{"nodes": ["a", 3], "edges": []}', r"text: got 3 \(int\)"),
        ('{"nodes": ["a", 3], "edges": [["a", "b"]]}', r"text: got 3 \(int\)"),
        ('{"nodes": ["a", "b"], "edges": [["a", "c"]]}', "known labels: got 'c' at edge 0"),
        ('{"nodes": ["a", "b"], "edges": [[0, 2]]}', r"nodes 0 to 1: got \[0, 2\] at edge 0"),
        ('{"nodes": ["a", "b"], "edges": [[0, -1]]}', r"nodes 0 to 1: got \[0, -1\]"),
        ('{"nodes": ["a"], "edges": [[36893488147419103232, 0]]}', "nodes 0 to 0: got an integer"),
        ('{"nodes": [{"id": 1}, {"id": "1"}], "links": []}', "distinct: got '1'"),
        (
            '{"nodes": [{"id": 1}], "links": [{"source": 1, "target": 2}]}',
            "known labels: got '2' at edge 0",
        ),
        ('{"name": "a", "children": [{"name": "a"}]}', "distinct: got 'a' twice"),
    ],
)
def test_json_that_is_no_hierarchy(text, message):
    with pytest.raises(HierarchyError, match=message):
        hierarchy_from_json(text)


# --- Tables -----------------------------------------------------------------------------------


def surest_delimiter(text):
    return max("\t,;|", key=lambda d: certainty_of_delimiter(text, d))


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("dog\tanimal\ncat\tanimal\n", "\t"),
        ("dog\tanimal\r\ncat\tanimal", "\t"),
        ("# pets\n\nChild\tPARENT\ndog\tanimal\n  \ncat\tanimal\n", "\t"),
        ("parent\tchild\nanimal\tdog\nanimal\tcat\n", "\t"),
        ("animal\ndog\tanimal\ncat\tanimal\n", "\t"),
        ("animal\t\ndog\tanimal\ncat\tanimal\n", "\t"),
        ("dog,animal\ncat,animal\n", ","),
        ('"dog","animal"\r\n\r\n"cat",animal\r\n', ","),
        ("PARENT,child\nanimal,dog\n# more\nanimal,cat\n", ","),
        ("animal,\ndog,animal\ncat,animal\n", ","),
    ],
)
def test_tables_agree(text, delimiter):
    assert surest_delimiter(text) == delimiter
    hierarchy = hierarchy_from_table(text, delimiter=delimiter)
    assert edge_labels(hierarchy) == PETS
    assert set(hierarchy.labels) == {"dog", "cat", "animal"}


def test_csv_labels_may_hold_anything_in_quotes():
    text = '"a, b","say ""hi"""\n"#1","two\n\n# lines"\n'
    hierarchy = hierarchy_from_table(text, delimiter=",")
    assert edge_labels(hierarchy) == {("a, b", 'say "hi"'), ("#1", "two\n\n# lines")}


def test_tsv_may_be_quoted():
    read = hierarchy_from_table('"a"\tb, "c"\n"a ""b"""\t"two\nlines"\n', delimiter="\t")
    assert edge_labels(read) == {("a", 'b, "c"'), ('a "b"', "two\nlines")}


def test_header_words_are_labels_after_the_first_row():
    text = "dog,parent\nchild,parent\n"
    assert edge_labels(hierarchy_from_table(text, delimiter=",")) == {
        ("dog", "parent"),
        ("child", "parent"),
    }


def test_sniffing_looks_past_rows_of_one_column():
    assert surest_delimiter("# a, b\n\nanimal\nsmall, dog\tanimal\n") == "\t"
    assert surest_delimiter("animal\ndog,animal\ncat,animal\tx\n") == ","
    assert edge_labels(hierarchy_from_bytes(b"animal\n", name="x")) == set()


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("dog,animal\na,b,c\n", FormatError, r"one or two columns: got 3 at line 2: \['a', 'b'"),
        ("dog,animal\n\n,animal\n", FormatError, r"child must not be empty: .* at line 3"),
        ('a,b\n"c\nd,b\n', FormatError, "well quoted: got .* at line 2"),
        ('a,b\n"c"d,b\n', FormatError, "well quoted: got .* at line 2"),
        ("child,parent\n", HierarchyError, "at least one node"),
        ("# nothing\n", FormatError, "must have a row: got comments only"),
        ("a,b\nb,c\nc,a\n", CycleError, "cycle: got one of length 3"),
    ],
)
def test_malformed_tables(text, error, message):
    with pytest.raises(error, match=message):
        hierarchy_from_table(text, delimiter=",")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# x\ndog,dog\n", "1 edge from a node to itself dropped, such as 'dog' at line 2"),
        (
            "a,b\n\nc,b\na,b\n",
            "1 repeated edge dropped, such as 'a' -> 'b' at line 1 and line 4",
        ),
        (
            'a,b\n"c\n\nd",b\na,b\na,b\n',
            "2 repeated edges dropped, such as 'a' -> 'b' at line 1 and line 5",
        ),
    ],
)
def test_edges_that_are_dropped_are_counted(text, message):
    hierarchy = hierarchy_from_table(text, delimiter=",")
    assert [str(remark) for remark in hierarchy.remarks] == [message]


def test_header_against_edge_direction():
    text = "child\tparent\ndog\tanimal\n"
    read = hierarchy_from_table(text, delimiter="\t", edge_direction="child-parent")
    assert edge_labels(read) == {("dog", "animal")}
    with pytest.raises(FormatError, match=r"agree with the header: got 'parent-child'.* at line 1"):
        hierarchy_from_table(text, delimiter="\t", edge_direction="parent-child")


# --- Sources ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pets.json", '{"dog": ["animal"], "cat": ["animal"]}'),
        ("pets.tsv", "dog\tanimal\ncat\tanimal\n"),
        ("PETS.CSV", "dog,animal\ncat,animal\n"),
        ("pets", ' \n{"dog": ["animal"], "cat": ["animal"]}'),
        ("pets.txt", "dog\tanimal\ncat\tanimal\n"),
        ("pets.dat", "dog,animal\ncat,animal\n"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_read_by_suffix_or_content(tmp_path, stdin, name, text, compressed, mark):
    data = (mark + text).encode()
    if compressed:
        data = gzip.compress(data)
    for path in (tmp_path / name, tmp_path / (name + ".gz")):
        path.write_bytes(data)
        assert edge_labels(read_hierarchy(path)) == PETS
        assert edge_labels(read_hierarchy(str(path))) == PETS
    stdin(data)
    assert edge_labels(read_hierarchy("-")) == PETS


def test_format_overrides_the_suffix(tmp_path):
    path = tmp_path / "pets.json"
    path.write_text("dog,animal\ncat,animal\n")
    assert edge_labels(read_hierarchy(path, format="csv")) == PETS
    path.write_text("a,b\tc\n")
    assert edge_labels(read_hierarchy(path, format="tsv")) == {("a,b", "c")}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.tsv", "animal\tdog\nanimal\tcat\n"),
        ("a.csv", "animal,dog\nanimal,cat\n"),
        ("a.json", '{"animal": ["dog", "cat"]}'),
        ("b.json", '{"nodes": ["animal", "dog", "cat"], "edges": [[0, 1], [0, 2]]}'),
        ("c.json", '{"name": "animal", "children": [{"name": "dog"}, {"name": "cat"}]}'),
    ],
)
def test_edge_direction_parent_child(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    assert edge_labels(read_hierarchy(path, edge_direction="parent-child")) == PETS


def test_bundled_names_and_the_files_that_hide_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_hierarchy("wordnet-mammals").n_nodes == 1182
    os.mkdir("wordnet-mammals")
    assert read_hierarchy("wordnet-mammals").n_nodes == 1182
    os.rmdir("wordnet-mammals")
    Path("wordnet-mammals").write_text("dog\tanimal\ncat\tanimal\n")
    assert edge_labels(read_hierarchy("wordnet-mammals")) == PETS


@pytest.mark.parametrize("source", ["wordnett", Path("wordnet"), Path("nowhere/x.json")])
def test_unknown_source_lists_the_bundled_names(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    message = rf"bundled hierarchy \(wordnet, wordnet-mammals\): got '{source}'"
    with pytest.raises(FormatError, match=message):
        read_hierarchy(source)


def test_near_misses_of_files_and_bundled_names_are_offered(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "products.csv").write_text("a,b\n")
    with pytest.raises(FormatError, match=r"got 'wordnt'; did you mean 'wordnet'\?$"):
        read_hierarchy("wordnt")
    with pytest.raises(FormatError, match=r"got 'product\.csv'; did you mean 'products\.csv'\?$"):
        read_hierarchy("product.csv")
    with pytest.raises(FormatError, match=r"got 'no/such\.csv'$"):
        read_hierarchy("no/such.csv")
    with pytest.raises(FormatError, match=r"the path of a file: got a list; Hierarchy\.from"):
        read_hierarchy([("a", "b")])


def test_misused_options(tmp_path):
    with pytest.raises(FormatError, match=r"format must be one of json, tsv, csv, .*: got 'xml'"):
        read_hierarchy("wordnet", format="xml")
    with pytest.raises(FormatError, match="edge_direction must be one of child-parent, parent-"):
        read_hierarchy("wordnet", edge_direction="up")
    with pytest.raises(FormatError, match="child-parent for the bundled 'wordnet-mammals'"):
        read_hierarchy("wordnet-mammals", edge_direction="parent-child")
    with pytest.raises(FormatError, match="must be a file: got the folder"):
        read_hierarchy(tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "must not be empty"),
        (b" \n\n", "must not be empty"),
        (
            b'{"a": ["b\xff"]}',
            "UTF-8: got byte 0xff at byte 9, line 1; .*say --encoding cp1252 or latin-1",
        ),
        (b"\xef\xbb\xbfa,\xe9\n", "UTF-8: got byte 0xe9 at byte 5"),
        (b'\xff\xfe{\x00"', "utf-16: got byte 0x22 at byte 4"),
        (b"a\0,\0b\0\n\0", "what looks like UTF-16; say --encoding utf-16-le or utf-16-be"),
        (b"\x1f\x8bnonsense", "gzip data must be whole"),
        (gzip.compress(b'{"a": []}', mtime=0)[:-5], "gzip data must be whole"),
        (gzip.compress(b'{"a": []}' * 99, mtime=0)[:20] + b"\0" * 30, "gzip data must be whole"),
        (b"[1]", "one of the forms"),
    ],
)
def test_damaged_data(tmp_path, stdin, data, message):
    path = tmp_path / "data"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=f"^{re.escape(str(path))}: .*{message}"):
        read_hierarchy(path)
    stdin(data)
    with pytest.raises(FormatError, match=f"^standard input: .*{message}"):
        read_hierarchy("-")


def test_errors_of_the_content_name_the_source_and_keep_their_class(tmp_path):
    path = tmp_path / "cycle.csv"
    path.write_text("a,b\nb,c\nc,a\nd,a\n")
    with pytest.raises(CycleError, match=f"^{re.escape(str(path))}: edges must not") as caught:
        read_hierarchy(path)
    assert sorted(caught.value.cycle) == ["a", "b", "c"]


# --- Writing ----------------------------------------------------------------------------------


@given(hierarchy=labeled(any_text()), suffix=st.sampled_from([".json", ".json.gz"]))
def test_json_round_trip(tmp_path_factory, hierarchy, suffix):
    hierarchy.metadata |= {"name": "näme", "source": "a\nb", "license": "", "links": "x"}
    path = tmp_path_factory.mktemp("json") / f"x{suffix}"
    write_hierarchy(hierarchy, path)
    again = read_hierarchy(path)
    assert again.sha256 == hierarchy.sha256
    assert again.labels == hierarchy.labels
    assert again.metadata == hierarchy.metadata


@given(hierarchy=labeled(table_text()), suffix=st.sampled_from([".csv", ".csv.gz"]))
def test_csv_round_trip(tmp_path_factory, hierarchy, suffix):
    check_table_round_trip(tmp_path_factory, hierarchy, suffix)


@given(hierarchy=labeled(table_text()), suffix=st.sampled_from([".tsv", ".tsv.gz", ".ssv", ".psv"]))
def test_tsv_round_trip(tmp_path_factory, hierarchy, suffix):
    check_table_round_trip(tmp_path_factory, hierarchy, suffix)


def check_table_round_trip(tmp_path_factory, hierarchy, suffix):
    path = tmp_path_factory.mktemp("table") / f"x{suffix}"
    write_hierarchy(hierarchy, path)
    # The content must tell the format, so that a table can be piped.
    for again in (read_hierarchy(path), hierarchy_from_bytes(path.read_bytes(), name="x")):
        assert edge_labels(again) == edge_labels(hierarchy)
        assert set(again.labels) == set(hierarchy.labels)


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".json"])
def test_awkward_labels_round_trip(tmp_path, suffix):
    labels = ["child", "parent", "[", "{", "\ufeffx", "a#", '"q"', "a,b", "-", "z\u2028z", "#"]
    hierarchy = Hierarchy(labels, [(0, 1), (3, 2), (4, 5)])
    path = tmp_path / f"x{suffix}"
    write_hierarchy(hierarchy, path)
    again = read_hierarchy(path)
    assert edge_labels(again) == edge_labels(hierarchy)
    assert set(again.labels) == set(labels)


def test_table_layout():
    hierarchy = Hierarchy(["animal", "a,b", "alone"], [(1, 0)])
    assert table_of_hierarchy(hierarchy, delimiter="\t") == "child\tparent\na,b\tanimal\nalone\n"
    assert table_of_hierarchy(hierarchy, delimiter=",") == 'child,parent\n"a,b",animal\nalone\n'


@pytest.mark.parametrize("suffix", [".json.gz", ".tsv.gz", ".csv.gz"])
def test_bytes_depend_on_the_content_only(tmp_path, monkeypatch, suffix):
    first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
    write_hierarchy(Hierarchy(["a", "b", "c"], [(1, 0), (2, 0)]), first)
    monkeypatch.setattr("time.time", lambda: 2e9)
    write_hierarchy(Hierarchy(["a", "b", "c"], [(2, 0), (1, 0)]), second)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes()[4:8] == b"\0\0\0\0"


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".ssv", ".psv"])
@pytest.mark.parametrize(
    "label", ["a\tb", "a\nb", "a\rb", "a\r\nb", "#a", "a;b", "a|b", "NaN", "2.0"]
)
def test_labels_in_quotes(tmp_path, suffix, label):
    path = tmp_path / f"x{suffix}"
    write_hierarchy(Hierarchy(["x", label, "2"], [(0, 1), (2, 0)]), path)
    assert edge_labels(read_hierarchy(path)) == {("x", label), ("2", "x")}


@pytest.mark.parametrize("suffix", [".tsv", ".csv"])
@pytest.mark.parametrize("label", ["", " ", "\n", " a", "a\u00a0"])
def test_blank_labels_cannot_go_to_a_table(tmp_path, suffix, label):
    with pytest.raises(FormatError, match="must not be blank"):
        write_hierarchy(Hierarchy([label], []), tmp_path / f"x{suffix}")


@pytest.mark.parametrize("suffix", [".tsv", ".csv", ".json"])
def test_lone_surrogates_cannot_be_written(tmp_path, suffix):
    with pytest.raises(FormatError, match=r"no lone surrogates: got .*\\ud800"):
        write_hierarchy(Hierarchy(["\ud800"], []), tmp_path / f"x{suffix}")


def test_suffix_and_metadata_that_cannot_be_written(tmp_path):
    with pytest.raises(FormatError, match=r"path must end in .json, .tsv, .* got .*x.xml'"):
        write_hierarchy(Hierarchy(["a"], []), tmp_path / "x.xml")
    with pytest.raises(
        FormatError, match=r"metadata must not be named nodes, edges, .*: got 'edges'"
    ):
        write_hierarchy(Hierarchy(["a"], [], metadata={"edges": "x"}), tmp_path / "x.json")
    write_hierarchy(Hierarchy(["a"], [], metadata={"n": 3, "t": "x"}), tmp_path / "x.json")
    assert read_hierarchy(tmp_path / "x.json").metadata == {"t": "x"}


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.json"
    write_hierarchy(Hierarchy(["old"], []), path)

    def no_space(_):
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(OSError, match="no space left"):
        write_hierarchy(Hierarchy(["new"], []), path)
    assert os.listdir(tmp_path) == ["x.json"]
    assert read_hierarchy(path).labels == ("old",)
    monkeypatch.undo()
    write_hierarchy(Hierarchy(["new"], []), path)
    assert os.listdir(tmp_path) == ["x.json"]
    assert read_hierarchy(path).labels == ("new",)


def test_write_follows_links_and_reports_missing_folders(tmp_path):
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "real" / "x.json")
    write_hierarchy(Hierarchy(["a"], []), link)
    assert link.is_symlink()
    assert read_hierarchy(tmp_path / "real" / "x.json").labels == ("a",)
    with pytest.raises(FileNotFoundError):
        write_hierarchy(Hierarchy(["a"], []), tmp_path / "missing" / "x.json")


# --- Judgments -------------------------------------------------------------------------------

JSONL = (
    '{"query-id": "q1", "corpus-id": "d1", "score": 1}\n\n'
    '{"query-id": "q1", "corpus-id": "d2", "score": 0}\n'
    '{"query-id": "q2", "corpus-id": "d1", "score": 2.5}\n'
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("qrels.jsonl", JSONL),
        ("qrels", JSONL),
        ("qrels.jsonl", JSONL.replace("query-id", "query").replace("corpus-id", "document")),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td2\t0\nq2\td1\t2\n"),
        ("qrels", "q1\td1\t1\nq1\td2\t-1\nq2\td1\t2\n"),
        ("qrels.csv", "Query,Document,Grade\nq1,d1,1\n# no\nq1,d2,0\nq2,d1\n"),
        ("qrels.txt", "q1,d1\nq1,d2,0\nq2,d1\nq2,d1,1\n"),
    ],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_judgment_forms_agree(tmp_path, stdin, name, text, compressed):
    data = gzip.compress(text.encode()) if compressed else text.encode()
    path = tmp_path / name
    path.write_bytes(data)
    stdin(data)
    for relevance in (read_judgments(path), read_judgments("-")):
        assert relevance.query_labels == ("q1", "q2")
        assert relevance.document_labels == ("d1", "d2")
        assert [relevance.matches(q).tolist() for q in range(2)] == [[0], [0]]


def test_judgments_without_any_match(tmp_path):
    path = tmp_path / "x.data"
    path.write_text("q,d,0\n")
    relevance = read_judgments(path, format="csv")
    assert (relevance.n_pairs, relevance.n_queries, relevance.n_documents) == (0, 1, 1)


def test_whole_numbers_are_labels_of_judgments(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"query-id": 7, "corpus-id": 12}\n')
    relevance = read_judgments(path)
    assert (relevance.query_labels, relevance.document_labels) == (("7",), ("12",))


@pytest.mark.parametrize(
    ("name", "text", "error", "message"),
    [
        ("x.jsonl", '\n{"query-id": "q" "d"}', FormatError, "line 2 must be a JSON object: .*line"),
        ("x.jsonl", '{"a": 1, "a": 2}', FormatError, "line 1 must .* distinct: got 'a' twice"),
        (
            "x.jsonl",
            '{"query": "q", "product_id": "d"}',
            FormatError,
            "must have query-id or query, corpus-id or .* line 1",
        ),
        ("x.jsonl", '{"query": "q", "document": "d", "label": "I"}', FormatError, "score or grade"),
        ("x.jsonl", '{"query-id": 1.5, "corpus-id": "d"}', FormatError, "must have .* at line 1"),
        ("x.jsonl", '{"query-id": "q", "corpus-id": true}', FormatError, "must have .* at line 1"),
        ("x.jsonl", "[1, 2]", FormatError, r"must have .* got \[1, 2\] at line 1"),
        (
            "x.jsonl",
            '{"query-id": "q", "corpus-id": "d", "score": true}',
            FormatError,
            "grade must be a number: got True at line 1",
        ),
        (
            "x.jsonl",
            '{"query-id": "q", "corpus-id": "d", "score": null}',
            FormatError,
            "score or grade: got .* at line 1",
        ),
        ("x.csv", "q,d,1\nq,e,good\n", FormatError, "grade must be a number: got 'good' at line 2"),
        ("x.csv", "q,d,nan\n", FormatError, "grade must be a number: got 'nan' at line 1"),
        ("x.csv", "q,d\nq\n", FormatError, r"must have .* got \['q'\] at line 2"),
        ("x.csv", "q z d 1\n", FormatError, "must have .* at line 1"),
        ("x.tsv", "q\tz\td\t1\n", FormatError, "must have .* at line 1"),
        ("x.csv", "q,,1\n", FormatError, "must have .* at line 1"),
        ("x.csv", "query,document,grade\n", FormatError, "at least one judgment"),
        ("x.csv", "", FormatError, "must not be empty"),
        (
            "x.csv",
            "q,d,1\nr,d,1\nq,d,0\n",
            HierarchyError,
            "one way: got 'q', 'd' as a match and as none at lines 1 and 3",
        ),
    ],
)
def test_malformed_judgments(tmp_path, name, text, error, message):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(error, match=f"^{re.escape(str(path))}: .*{message}"):
        read_judgments(path)


def test_misused_judgment_sources(tmp_path):
    with pytest.raises(FormatError, match="source must be a file or '-': got 'wordnet'"):
        read_judgments("wordnet")
    with pytest.raises(FormatError, match=r"format must be one of jsonl, tsv, csv, .*: got 'json'"):
        read_judgments("-", format="json")


# --- Data beside the checkout, and imports ----------------------------------------------------


@pytest.mark.parametrize(
    ("name", "n_nodes", "n_edges", "n_roots"),
    [
        ("wordnet30-nouns", 82115, 84427, 1),
        ("wordnet30-mammals", 1182, 1182, 1),
        ("disease-ontology", 12247, 12296, 1),
        ("schema-org", 1474, 1535, 11),
        ("shopify-product-taxonomy", 10595, 10569, 26),
    ],
)
def test_real_hierarchies(tmp_path, name, n_nodes, n_edges, n_roots):
    hierarchy = read_hierarchy(data_file(f"{name}.json.gz"))
    assert (hierarchy.n_nodes, hierarchy.n_edges) == (n_nodes, n_edges)
    assert len(hierarchy.roots) == n_roots
    assert hierarchy.metadata.keys() == {"name", "source", "license"}
    assert hierarchy.metadata["name"] == name
    write_hierarchy(hierarchy, tmp_path / "x.tsv.gz")
    assert edge_labels(read_hierarchy(tmp_path / "x.tsv.gz")) == edge_labels(hierarchy)


def test_real_judgments():
    relevance = read_judgments(data_file("limit-small") / "qrels.jsonl")
    assert (relevance.n_queries, relevance.n_documents) == (1000, 46)
    assert relevance.histogram.tolist() == [0, 0, 1000]
    assert relevance.query_labels[:2] == ("query_0", "query_1")
    assert relevance.document_labels[relevance.matches(0)[0]] == "Geneva Durben"


def test_import_stays_light():
    code = "import sys, hrgeom.io; print({'scipy', 'networkx'} & sys.modules.keys())"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.returncode, result.stdout.strip()) == (0, "set()"), result.stderr
