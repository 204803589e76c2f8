"""NCBI taxonomy dumps: folders, nodes.dmp alone, merged identifiers."""

import gzip

import pytest
from same_hierarchy import assert_same, codes

from hrgeom.errors import FormatError
from hrgeom.io import read_hierarchy
from hrgeom.io.hierarchies import hierarchy_from_bytes


def dump(*rows):
    return "".join("\t|\t".join(row) + "\t|\n" for row in rows)


NODES = dump(
    ("1", "1", "no rank", "", "8", "0"),
    ("9605", "1", "genus", "HO", "5", "1"),
    ("9606", "9605", "species", "HS", "5", "1"),
    ("9607", "9605", "species", "HS", "5", "1"),
)
NAMES = dump(
    ("1", "all", "", "synonym"),
    ("1", "root", "", "scientific name"),
    ("9605", "Homo", "", "scientific name"),
    ("9605", "Linnaeus", "", "authority"),
    ("9606", "Homo sapiens", "", "scientific name"),
    ("9606", "human", "", "genbank common name"),
    ("9606", "shared", "", "synonym"),
    ("9607", "Homo", "Homo <two>", "scientific name"),
    ("9607", "shared", "", "synonym"),
    ("5", "elsewhere", "", "scientific name"),
)
MERGED = dump(("63221", "9606"), ("12", "99"))
PARENTS = {"9605": ["1"], "9606": ["9605"], "9607": ["9605"]}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "nodes.dmp").write_text(NODES)
    (tmp_path / "names.dmp").write_text(NAMES)
    (tmp_path / "merged.dmp").write_text(MERGED)
    return tmp_path


@pytest.mark.parametrize("name", ["", "nodes.dmp"])
def test_a_folder_and_the_file_in_it(folder, name):
    h = read_hierarchy(folder / name)
    assert_same(
        h,
        {"1": "root", "9605": "Homo", "9606": "Homo sapiens", "9607": "Homo"},
        PARENTS,
        {"all": "1", "human": "9606", "63221": "9606"},
    )
    assert codes(h) == {"ambiguous-other-labels": 1}
    assert h.find("63221") == h.find("human") == "9606"


def test_compressed_files(folder):
    for path in list(folder.iterdir()):
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert read_hierarchy(folder).find("Homo sapiens") == "9606"


def test_nodes_alone_are_shown_by_number():
    h = hierarchy_from_bytes(NODES.encode(), name="standard input")
    assert_same(h, {n: n for n in ("1", "9605", "9606", "9607")}, PARENTS)
    assert codes(h) == {"no-names-file": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1\t|\n", "at least 3 fields between bars: got 1 at line 1"),
        (NODES + "x\t|\t1\t|\tspecies\t|\n", "must be numbers.*line 5"),
        (NODES + "1\t|\t1\t|\tspecies\t|\n", "must come once: got 1 again at line 5"),
    ],
)
def test_wrong_dumps_are_refused_with_the_line(text, message):
    with pytest.raises(FormatError, match=message):
        hierarchy_from_bytes(text.encode(), name="t", format="taxdump")


def test_a_folder_of_none_of_the_formats_is_refused(tmp_path):
    with pytest.raises(FormatError, match="source must be a file: got the folder"):
        read_hierarchy(tmp_path)
