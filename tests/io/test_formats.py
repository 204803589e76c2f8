"""The registries of formats: what is chosen, what follows from an entry, and foreign entries."""

import subprocess
import sys
import textwrap
from dataclasses import replace

import pytest

from hrgeom._base.plugins import clear_plugins
from hrgeom.cli import main
from hrgeom.cli._main import parser
from hrgeom.core import Hierarchy
from hrgeom.errors import FormatError, HrgeomError
from hrgeom.io import (
    FORMAT_GROUP,
    HierarchyFormat,
    Judgments,
    VectorFormat,
    hierarchy_formats,
    judgment_formats,
    load,
    load_judgments,
    read_hierarchy,
    stem_of,
    vector_formats,
    write_hierarchy,
    write_judgments,
)

PETS = Hierarchy(["animal", "dog", "cat"], [(1, 0), (2, 0)])


def read_arrows(text):
    pairs = [line.split(" < ") for line in text.splitlines()]
    if any(len(pair) != 2 for pair in pairs):
        raise FormatError("every line must be child < parent")
    return Hierarchy.from_edges(pairs)


ARROWS = HierarchyFormat(
    name="arrows",
    suffixes=(".arrows",),
    description="lines of child < parent",
    sniff=lambda text: 0.8 if " < " in text else 0.0,
    read=read_arrows,
    write=lambda h: "".join(f"{h.labels[c]} < {h.labels[p]}\n" for c, p in h.edges.tolist()),
)


@pytest.fixture
def plugins(monkeypatch):
    """Entries as if an installed distribution had them."""

    def install(*entries):
        class Point:
            name, value, group, dist = "point", "x:y", "hrgeom.formats", None

            def load(self):
                return entries

        monkeypatch.setattr(
            "hrgeom._base.plugins._entry_points",
            lambda group: [Point()] if group == FORMAT_GROUP else [],
        )
        clear_plugins()

    yield install
    clear_plugins()


def edges(h):
    return {(h.labels[c], h.labels[p]) for c, p in h.edges.tolist()}


def test_names_and_suffixes():
    names = [entry.name for entry in hierarchy_formats()]
    assert names[:6] == ["json", "tsv", "csv", "ssv", "psv", "spaces"]
    assert [entry.name for entry in judgment_formats()][:5] == ["jsonl", "tsv", "csv", "ssv", "psv"]
    assert [entry.name for entry in vector_formats()] == [
        *("folder", "npy", "npz", "safetensors", "torch", "word2vec-text", "word2vec-binary"),
        "glove",
    ]


def test_an_entry_is_used_without_being_registered(tmp_path):
    write_hierarchy(PETS, tmp_path / "pets.txt", format=ARROWS)
    assert (tmp_path / "pets.txt").read_text() == "dog < animal\ncat < animal\n"
    assert edges(read_hierarchy(tmp_path / "pets.txt", format=ARROWS)) == edges(PETS)
    with pytest.raises(FormatError, match="edge_direction must be left out for the format arrows"):
        read_hierarchy(tmp_path / "pets.txt", format=ARROWS, edge_direction="parent-child")
    with pytest.raises(FormatError, match="must be one that is written: got 'arrows', only read"):
        write_hierarchy(PETS, tmp_path / "pets.txt", format=replace(ARROWS, write=None))
    with pytest.raises(FormatError, match=r"format must be one of json, .*: got 'arrows'"):
        read_hierarchy(tmp_path / "pets.txt", format="arrows")


def test_a_written_format_may_be_named(tmp_path):
    write_hierarchy(PETS, tmp_path / "pets.data", format="csv")
    assert (tmp_path / "pets.data").read_text().startswith("child,parent\n")


@pytest.mark.parametrize("name", ["qrels.jsonl", "qrels.tsv", "qrels.csv.gz"])
def test_judgments_are_written(tmp_path, name):
    judgments = Judgments(("q1", "q 2", "q3"), ("d1", "d,2", "d3"), (("q1", "d,2"), ("q3", "d1")))
    write_judgments(judgments, tmp_path / name)
    again = load_judgments(tmp_path / name)
    assert set(again.queries) == set(judgments.queries)
    assert set(again.documents) == set(judgments.documents)
    assert again.pairs == judgments.pairs
    with pytest.raises(FormatError, match=r"path must end in \.jsonl, \.tsv, "):
        write_judgments(judgments, tmp_path / "qrels.xml")
    with pytest.raises(FormatError, match="at least one judgment to write"):
        write_judgments(Judgments(("q",), (), ()), tmp_path / "qrels.tsv")


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("a/pets.json.gz", "pets"),
        ("pets.jsonl", "pets"),
        ("pets.v2.tsv", "pets.v2"),
        ("pets.csv", "pets"),
        ("wordnet", "wordnet"),
        ("pets.arrows", "pets.arrows"),
    ],
)
def test_stems(path, stem):
    assert stem_of(path) == stem


# --- Entries of other distributions -----------------------------------------------------------


def test_everything_follows_from_a_foreign_entry(tmp_path, plugins, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plugins(ARROWS)
    assert hierarchy_formats()[-1] is ARROWS
    assert ARROWS not in (*judgment_formats(), *vector_formats())
    write_hierarchy(PETS, "pets.arrows")  # by its suffix
    assert edges(read_hierarchy("pets.arrows")) == edges(PETS)
    (tmp_path / "unnamed").write_text("dog < animal\ncat < animal\n")  # by its content
    assert edges(read_hierarchy("unnamed")) == edges(PETS)
    assert stem_of("pets.arrows") == "pets"
    assert main(["construct", "--tree", "pets.arrows", "--quiet"]) == 0
    assert "written to pets.emb" in capsys.readouterr().out
    assert main(["certify", "pets.emb"]) == 0
    assert main(["datasets", "perfect-tree", "--levels", "2", "--out", "t.arrows"]) == 0
    help_text = parser()._subparsers._group_actions[0].choices["info"].format_help()
    assert ", arrows;" in " ".join(help_text.split())


def test_format_on_the_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pets.json").write_text("dog,animal\ncat,animal\n")
    assert main(["info", "--tree", "pets.json", "--format", "json"]) == 2
    assert "pets.json: text must be JSON" in capsys.readouterr().err
    assert main(["info", "--tree", "pets.json", "--format", "csv", "--json"]) == 0
    assert '"n_edges": 2' in capsys.readouterr().out
    assert main(["construct", "--tree", "pets.json", "--format", "csv", "--quiet"]) == 0
    assert main(["certify", "pets.emb", "--format", "csv"]) == 2  # of what? it has a copy
    assert main(["certify", "pets.emb", "--tree", "pets.json", "--format", "csv"]) == 0
    (tmp_path / "qrels.csv").write_text("q\td\t1\n")
    argv = ["construct", "--qrels", "qrels.csv", "--out", "q.emb", "--quiet", "--format"]
    assert main([*argv, "tsv"]) == 0
    capsys.readouterr()
    assert main([*argv, "json", "--force"]) == 2
    assert "format must be one of jsonl, tsv, csv" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["info", "--tree", "pets.json", "--format", "xml"])
    assert "argument --format: must be one of json, tsv, " in capsys.readouterr().err


def test_a_foreign_format_of_vectors_is_an_export_target(tmp_path, plugins, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plugins(
        VectorFormat(
            name="dump",
            suffixes=(".dump",),
            description="bytes of the documents",
            sniff=lambda path, start: 0.0,
            write=lambda e, path: path.write_bytes(e.documents.tobytes()),
        )
    )
    write_hierarchy(PETS, "pets.tsv")
    assert main(["construct", "--tree", "pets.tsv", "--quiet"]) == 0
    assert main(["export", "pets.emb", "--to", "dump", "--out", "pets.dump"]) == 0
    assert "not read back: hrgeom only writes this format" in capsys.readouterr().out
    assert (tmp_path / "pets.dump").read_bytes() == load("pets.emb").documents.tobytes()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "csv"}, "its own name: 'HierarchyFormat csv' is defined by hrgeom and again by"),
        ({"suffixes": (".tsv",)}, "'.tsv' is claimed by 'tsv' and by 'arrows'"),
    ],
)
def test_clashes_name_both(plugins, capsys, change, message):
    plugins(replace(ARROWS, **change))
    with pytest.raises(HrgeomError, match=message):
        hierarchy_formats()
    assert len(judgment_formats()) >= 5
    assert main(["datasets"]) == 2
    assert "hrgeom: error: every " in capsys.readouterr().err


def test_an_installed_distribution(tmp_path):
    """The whole way: metadata on the path, nothing loaded before it is needed."""
    info = tmp_path / "arrows-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: arrows\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[hrgeom.formats]\narrows = arrows_format:ARROWS\n")
    (tmp_path / "arrows_format.py").write_text(
        textwrap.dedent(
            """
            from hrgeom import Hierarchy
            from hrgeom.io import HierarchyFormat
            ARROWS = HierarchyFormat(
                name="arrows", suffixes=(".arrows",), description="lines of child < parent",
                sniff=lambda text: 0.8 if " < " in text else 0.0,
                read=lambda t: Hierarchy.from_edges([l.split(" < ") for l in t.splitlines()]),
            )
            """
        )
    )
    (tmp_path / "pets.arrows").write_text("dog < animal\n")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "import hrgeom; assert 'arrows_format' not in sys.modules\n"
        f"print(hrgeom.read_hierarchy({str(tmp_path / 'pets.arrows')!r}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "Hierarchy(2 nodes, 1 edge, 1 root, 2 levels)\n", done.stderr
