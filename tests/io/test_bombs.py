"""Files that would take all memory, or never end: refused by their size and kind, at once."""

import bz2
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import hrgeom
from hrgeom import DualEmbedding, Hierarchy, certify, load, read_hierarchy, save
from hrgeom._base import regular_files
from hrgeom._base.memory import available_bytes
from hrgeom._base.regular_files import (
    check_archive,
    check_fits,
    open_regular,
    read_limited,
    unpacked_gzip,
)
from hrgeom.cli import main
from hrgeom.errors import FormatError
from hrgeom.io.vectors import format_of_vectors

TREE = Hierarchy(["animal", "dog"], [(1, 0)])
ROWS = DualEmbedding(np.eye(2), np.eye(2), query_labels=TREE.labels, document_labels=TREE.labels)

posix = pytest.mark.skipif(os.name == "nt", reason="pipes and devices of POSIX")


@pytest.fixture
def made(tmp_path):
    """An embedding folder with a certificate and its hierarchy."""
    return save(ROWS.made_for(TREE), tmp_path / "x.emb", certificate=certify(ROWS, TREE),
                source=TREE)  # fmt: skip


def zeros(n):
    """n zeros compressed by gzip, made of members, so that none is made in memory."""
    member = gzip.compress(bytes(2**24))
    return member * (n // 2**24)


def test_a_gzip_bomb_is_refused_after_a_part(tmp_path):
    path = tmp_path / "tree.csv.gz"
    path.write_bytes(zeros(2**31))
    with pytest.raises(FormatError, match=r"expand to at most 64 MiB, or 200 times its size"):
        read_hierarchy(path)


def test_what_expands_as_text_does_is_read():
    text = b"dog,animal\n" * 10**6
    packed = gzip.compress(text)
    assert len(text) > 200 * len(packed) / 2
    assert unpacked_gzip(packed) == text
    small = gzip.compress(bytes(2**22))  # a thousandfold, and small
    assert unpacked_gzip(small) == bytes(2**22)


def test_gzip_inside_gzip_is_refused():
    with pytest.raises(FormatError, match="gzip inside gzip"):
        unpacked_gzip(gzip.compress(gzip.compress(b"dog,animal\n")))


def npz(path, shape, compression=zipfile.ZIP_DEFLATED, n_arrays=2):
    """A .npz file of zeros, written by chunks."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "<f8", "fortran_order": False, "shape": shape}
    )
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name in ("queries", "documents")[:n_arrays]:
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                file.write(head.getvalue())
                for _ in range(int(np.prod(shape)) * 8 // 2**20):
                    file.write(bytes(2**20))


def test_a_bomb_of_arrays_is_refused_by_its_directory(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    npz("bomb.npz", (2**13, 2**12))
    assert Path("bomb.npz").stat().st_size < 2**20
    for argv in (["certify", "bomb.npz"], ["compare", "bomb.npz"]):
        assert main([*argv, "--tree", "wordnet-mammals"]) == 2
        assert "must expand to at most 64 MiB" in capsys.readouterr().err


def test_arrays_that_compress_well_are_read(tmp_path):
    path = tmp_path / "x.npz"
    np.savez_compressed(path, queries=np.eye(2, 1000), documents=np.eye(2, 1000))
    check_archive(path)
    (tmp_path / "not.zip").write_bytes(bz2.compress(b"no archive"))
    check_archive(tmp_path / "not.zip")


def test_a_header_that_promises_more_than_there_is(made):
    path = made / "queries.npy"
    data = path.read_bytes()
    for shape in ("(2, 8589934592)", "(99999999999999999999, 2)", "(-2, 2)", "(True, 2)"):
        text = data[10:128].replace(b"(2, 2)", shape.encode()).rstrip()
        path.write_bytes(data[:10] + text.ljust(117) + b"\n" + data[128:])
        with pytest.raises(FormatError):
            load(made)


@posix
@pytest.mark.parametrize("name", ["queries.npy", "embedding.json", "labels.json", "documents.npy"])
@pytest.mark.parametrize("kind", ["pipe", "/dev/zero", "/dev/tty0", "/"])
def test_what_is_no_file_is_refused_at_once(made, capsys, name, kind):
    (made / name).unlink()
    if kind == "pipe":
        os.mkfifo(made / name)
    else:
        (made / name).symlink_to(kind)
    for argv in (["certify"], ["query"], ["export"], ["recheck"]):
        more = {"query": ["dog"], "export": ["--to", "npz", "--out", "y.npz"]}.get(argv[0], [])
        assert main([argv[0], str(made), *more]) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        assert "must" in err or "No such" in err


@posix
def test_a_certificate_that_is_no_file_is_refused(made, capsys):
    (made / "certificate.json").unlink()
    os.mkfifo(made / "certificate.json")
    assert main(["recheck", str(made), "--all"]) == 2
    assert "must be a file: got a pipe" in capsys.readouterr().err


@posix
def test_devices_are_refused_wherever_a_path_goes(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for argv, said in (
        (["info", "--tree", "/dev/zero"], "source must be a file: got the device"),
        (["certify", "/dev/zero", "--tree", "wordnet-mammals"], "must be a file: got a device"),
        (["bounds", "--qrels", "/dev/zero"], "source must be a file: got the device"),
    ):
        assert main(argv) == 2
        assert said in capsys.readouterr().err
    with pytest.raises(FormatError, match="got a device"), open_regular("/dev/null"):
        pass


@posix
def test_a_pipe_of_the_shell_is_read(tmp_path):
    """`--tree <(zcat ...)` names a pipe, and the user does."""
    source = str(Path(hrgeom.__file__).parents[1])
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m hrgeom info --tree <(printf 'dog\\tanimal\\n')"],
        env={**os.environ, "PYTHONPATH": source},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("hierarchy: 2 nodes"), done.stderr


def test_more_than_there_is_memory_for_is_refused_first(tmp_path, monkeypatch):
    path = tmp_path / "large.npy"
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "<f8", "fortran_order": False, "shape": (2**37, 8)}
        )
        file.truncate(2**43)  # a hole: no disk is taken
    with pytest.raises(FormatError, match="must fit into memory"):
        format_of_vectors(path)
    monkeypatch.setattr(regular_files, "available_bytes", lambda: 1000)
    with pytest.raises(FormatError, match=r"it takes 1.95 KiB, and 1,000 bytes are free"):
        check_fits(2000, "it")
    with pytest.raises(FormatError, match="must fit into half of the memory"):
        read_limited(io.BytesIO(bytes(2000)), "it")
    monkeypatch.setattr(regular_files, "available_bytes", lambda: None)
    check_fits(10**18, "it")
    assert read_limited(io.BytesIO(bytes(2000)), "it") == bytes(2000)
    assert available_bytes() is None or available_bytes() > 0


LAUGHS = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 9))
RDF = """<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [<!ENTITY e0 "http://a/">{}]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:rdfs="http://www.w3.org/2000/01/rdf-schema#"><rdfs:Class rdf:about="&e0;b">
  <rdfs:label>{}</rdfs:label><rdfs:subClassOf rdf:resource="&e0;c"/></rdfs:Class></rdf:RDF>
"""


def test_entities_of_xml_that_expand_are_refused(tmp_path):
    pytest.importorskip("rdflib")
    path = tmp_path / "x.rdf"
    backwards = "".join(reversed(LAUGHS.replace("<", "\n<").splitlines()))
    loop = '<!ENTITY a "&b;b"><!ENTITY b "&a;a">'
    for entities, label in ((LAUGHS, "&e8;"), (backwards, "&e8;"), (loop, "&a;")):
        path.write_text(RDF.format(entities, label))
        with pytest.raises(FormatError, match=r"entities of XML must expand|recursive entity"):
            read_hierarchy(path)
    path.write_text(RDF.format('<!ENTITY n "&e0;&e0;">', "&n;"))
    assert read_hierarchy(path).name("http://a/b") == "http://a/http://a/"
    path.write_text(RDF.format('<!ENTITY x SYSTEM "file:///etc/passwd">', "pet &x;"))
    assert read_hierarchy(path).name("http://a/b") == "pet "


@posix
def test_files_beside_must_not_lead_away(made, capsys):
    """A source inside the folder of a stranger, and a link beside it to a file of ours."""
    nodes = "1\t|\t1\t|\tno rank\t|\n2\t|\t1\t|\tkingdom\t|\n"
    (made / "nodes.dmp").write_text(nodes)
    (made.parent / "secret").write_text("1\t|\tsecret\t|\t\t|\tscientific name\t|\n")
    (made / "names.dmp").symlink_to("../secret")
    path = made / "embedding.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"tree": "nodes.dmp"}))
    assert main(["query", str(made), "2"]) == 2
    err = capsys.readouterr().err
    assert "names.dmp must lie in the folder of nodes.dmp" in err
    linked = made.parent / "linked"  # as caches of downloads lay files out
    linked.mkdir()
    for name in ("nodes.dmp", "names.dmp"):
        (linked / name).symlink_to(made / name)
    assert read_hierarchy(linked / "nodes.dmp").name("1") == "secret"


def test_parquet_that_repeats_for_ever_is_refused(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "x.parquet"
    cells = arrow.DictionaryArray.from_arrays(arrow.array(np.zeros(2 * 10**7, np.int32)), ["dog"])
    parquet.write_table(arrow.table({"child": cells, "parent": cells}), path)
    assert path.stat().st_size < 10**6
    with pytest.raises(FormatError, match="Parquet must expand to at most 64 MiB"):
        read_hierarchy(path)


DEEP = 100_000


@pytest.mark.parametrize("name", ["embedding.json", "labels.json", "certificate.json"])
@pytest.mark.parametrize("shape", ['{{"format": {}}}', "{}", '{{"queries": {}}}'])
def test_json_that_nests_for_ever_is_refused(made, capsys, name, shape):
    for open_, close in (("[", "]"), ('{"a":', "}")):
        deep = open_ * DEEP + "1" + close * DEEP
        (made / name).write_text(shape.format(deep))
        assert main(["recheck", str(made), "--all"]) == 2
        assert "must not nest so deeply" in capsys.readouterr().err


def test_headers_of_npy_that_python_cannot_parse(made):
    path = made / "queries.npy"
    whole = path.read_bytes()
    for text in ("-" * 5000 + "1", "(" * 5000, "{'descr': ", "\0" * 100, "{1: 2}", "[" * 90):
        head = text.encode().ljust(6000) + b"\n"
        path.write_bytes(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head)
        with pytest.raises(FormatError, match="must have a readable header"):
            load(made)
    for data in (b"", b"PK\x03\x04", whole[:5], b"\x93NUMPY\x09\x00" + whole[8:], whole[:40]):
        path.write_bytes(data)
        with pytest.raises(FormatError):
            load(made)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("queries.npy", whole)
    with pytest.raises(FormatError):
        load(made)


def test_pickles_are_refused_and_not_run(made, tmp_path):
    class Planted:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "run",))

    for path in (made / "queries.npy", tmp_path / "x.npz"):
        objects = np.array([Planted()], dtype=object)
        np.save(path, objects) if path.suffix == ".npy" else np.savez(path, queries=objects)
    with pytest.raises(FormatError, match="no objects, which are a pickle"):
        load(made)
    assert main(["certify", str(tmp_path / "x.npz"), "--tree", "wordnet-mammals"]) == 2
    assert not (tmp_path / "run").exists()


def test_a_key_that_is_there_twice_is_refused(made, capsys):
    path = made / "embedding.json"
    text = path.read_text()
    path.write_text(text.replace('"threshold"', '"threshold": 7, "threshold"', 1))
    assert main(["certify", str(made)]) == 2
    assert "keys of a JSON object must be distinct: got 'threshold'" in capsys.readouterr().err


def test_large_json_is_refused_by_its_size(made, monkeypatch):
    with (made / "embedding.json").open("r+b") as file:
        file.truncate(2**40)
    with pytest.raises(FormatError, match="must have at most 64 MiB: got 1 TiB"):
        load(made)
    with (made / "labels.json").open("r+b") as file:
        file.truncate(2**43)
    shutil.copy(save(ROWS, made.parent / "y.emb") / "embedding.json", made / "embedding.json")
    with pytest.raises(FormatError, match="must fit into memory"):
        load(made)


def test_a_forged_notion_is_seen(made, capsys):
    path = made / "certificate.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"notion": "row"}))
    assert main(["recheck", str(made), "--all"]) == 2
    assert "must be for the global notion: got row" in capsys.readouterr().err
