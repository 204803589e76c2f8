"""`hrgeom extend`, and the chain of certificates that `recheck --chain` follows."""

import json
from importlib.resources import files as package_files

import jsonschema
import pytest

from hrgeom import write_hierarchy
from hrgeom.cli._main import main
from hrgeom.datasets import later_version, random_tree
from hrgeom.io import load

SCHEMA = json.loads((package_files("hrgeom") / "schemas/certificate.schema.json").read_text())


@pytest.fixture
def old():
    return random_tree(60, seed=1)


@pytest.fixture
def built(old, tmp_path):
    """A folder with the embedding of a tree."""
    write_hierarchy(old, tmp_path / "old.json")
    places = ("--tree", tmp_path / "old.json", "--out", tmp_path / "old.emb")
    assert run("construct", *places, "--method", "descent", "--dim", 16, "--threads", 1) == 0
    return tmp_path / "old.emb"


def run(*arguments):
    return main([*map(str, arguments), "--quiet"])


def version(old, tmp_path, name, **changes):
    path = tmp_path / f"{name}.json"
    write_hierarchy(later_version(old, **changes), path)
    return path


def test_two_versions_one_after_the_other(old, built, tmp_path, capsys):
    second = version(old, tmp_path, "second", leaves=3, seed=1)
    third = version(old, tmp_path, "third", leaves=3, inner=1, removed=2, moved=1, seed=1)
    out = [tmp_path / "second.emb", tmp_path / "third.emb"]
    assert run("extend", built, "--tree", second, "--out", out[0], "--threads", 1, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["certificate"]["verdict"] == "holds"
    assert told["changes"]["added_leaves"] == 3
    assert told["rows_kept"] == told["rows_of_old_nodes"] == 120
    assert told["margin"] >= told["margin_asked"] == told["margin_before"] / 2
    run("extend", out[0], "--tree", third, "--out", out[1], "--threads", 1)
    files = {path.name for path in out[1].iterdir()}
    assert {"link-1.npz", "link-2.npz"} <= files
    stated = json.loads((out[1] / "certificate.json").read_text())
    assert list(stated["chain"]) == ["link-1.npz", "link-2.npz"]
    jsonschema.validate(stated, SCHEMA)
    capsys.readouterr()
    for folder, n in zip(out, (1, 2), strict=True):
        assert run("recheck", folder, "--chain", "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["agrees"], told["n_links"], told["first"]["n_queries"]) == (True, n, 60)
        assert run("recheck", folder, "--all") == 0
        assert run("certify", folder) == 0
        capsys.readouterr()
    # A certificate of all pairs builds on nothing.
    assert run("recheck", out[1], "--chain") == 2
    assert "builds on no other" in capsys.readouterr().err


@pytest.fixture
def second(old, built, tmp_path):
    tree = version(old, tmp_path, "second", leaves=3, seed=1)
    out = tmp_path / "second.emb"
    assert run("extend", built, "--tree", tree, "--out", out, "--threads", 1) == 0
    return out


def test_a_link_that_is_another_file(second, capsys):
    path = second / "link-1.npz"
    path.write_bytes(path.read_bytes() + b"\0")
    assert run("recheck", second, "--chain") == 2
    assert "must be the link that the certificate states" in capsys.readouterr().err
    path.unlink()
    assert run("recheck", second, "--chain") == 2
    assert "must be there" in capsys.readouterr().err


@pytest.mark.parametrize("field", ["margin_lower_bound", "normalised_margin_lower_bound"])
def test_a_certificate_that_says_more_than_its_chain(second, field, capsys):
    path = second / "certificate.json"
    stated = json.loads(path.read_text())
    stated[field] *= 1.01
    path.write_text(json.dumps(stated))
    assert run("recheck", second, "--chain") == 2
    assert "must state what is found" in capsys.readouterr().err


def test_an_extended_folder_can_be_replaced(second, built, tmp_path):
    tree = tmp_path / "second.json"
    assert run("extend", built, "--tree", tree, "--out", second) == 2
    assert run("extend", built, "--tree", tree, "--out", second, "--force") == 0


def test_a_locator_that_stays_behind_is_said(built, old, tmp_path, capsys):
    (built / "locator").mkdir()
    tree, out = version(old, tmp_path, "second", leaves=1, seed=1), tmp_path / "second.emb"
    assert main(["extend", str(built), "--tree", str(tree), "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert f"is not carried over; hrgeom locate fit {out} makes one" in said.err
    assert "1 leaf added, 60 nodes as before" in said.out
    assert not (out / "locator").exists()


def test_leaves_at_positions_that_were_reserved(old, tmp_path, capsys):
    write_hierarchy(old, tmp_path / "old.json")
    built, out = tmp_path / "old.emb", tmp_path / "new.emb"
    options = ("--method", "interval", "--dtype", "float64", "--reserve", 2, "--threads", 1)
    assert run("construct", "--tree", tmp_path / "old.json", "--out", built, *options) == 0
    tree = version(old, tmp_path, "new", leaves=6, seed=3)
    capsys.readouterr()
    arguments = ("--tree", tree, "--out", out, "--threads", 1, "--json")
    assert run("extend", built, *arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["placed"] == 6
    assert found["rows_kept"] == found["rows_of_old_nodes"] == 120
    assert load(out).dim == 3
    assert run("recheck", out, "--chain") == 0
    options = ("--method", "interval", "--reserve", 11, "--force")
    with pytest.raises(SystemExit):
        run("construct", "--tree", tmp_path / "old.json", "--out", built, *options)
    assert "reserve must be from 0 to 10" in capsys.readouterr().err


def test_renamed_nodes_keep_their_rows(old, built, tmp_path):
    text = (tmp_path / "old.json").read_text()
    label = old.labels[7]
    (tmp_path / "new.json").write_text(text.replace(json.dumps(label), '"another name"'))
    (tmp_path / "renames.tsv").write_text(f"{label}\tanother name\n")
    out = tmp_path / "new.emb"
    arguments = ("--tree", tmp_path / "new.json", "--out", out)
    assert run("extend", built, *arguments, "--renames", tmp_path / "renames.tsv") == 0
    one, other = load(built), load(out)
    row = other.query_labels.index("another name")
    assert other.queries[row].tobytes() == one.queries[7].tobytes()
    assert run("recheck", out, "--chain") == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b\n", "must have two columns, separated by a tab: got 1 in line 1"),
        ("nobody\tsomebody\n", "must start at a label of the old hierarchy: got 'nobody'"),
        ("a\tb\na\tc\n", "must name every old label once: got 'a' again in line 2"),
    ],
)
def test_renames_that_say_nothing(text, message, built, old, tmp_path, capsys):
    tree = version(old, tmp_path, "new", leaves=1)
    (tmp_path / "renames.tsv").write_text(text)
    arguments = ("--tree", tree, "--out", tmp_path / "new.emb")
    assert run("extend", built, *arguments, "--renames", tmp_path / "renames.tsv") == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "new.emb").exists()


def test_a_folder_without_certificate_or_hierarchy(built, old, tmp_path, capsys):
    tree = version(old, tmp_path, "new", leaves=1)
    arguments = ("--tree", tree, "--out", tmp_path / "new.emb")
    (built / "hierarchy.json.gz").unlink()
    assert run("extend", built, *arguments) == 2
    assert "--old" in capsys.readouterr().err
    assert run("extend", built, *arguments, "--old", tree) == 2
    assert "--old must be the hierarchy the embedding was made for" in capsys.readouterr().err
    assert run("extend", built, *arguments, "--old", tmp_path / "old.json") == 0
    (built / "certificate.json").unlink()
    assert run("extend", built, *arguments, "--force") == 2
    assert "certificate.json" in capsys.readouterr().err


def test_labels_of_another_hierarchy(built, tmp_path, capsys):
    (tmp_path / "new.tsv").write_text("x\ty\nz\ty\n")
    arguments = ("--tree", tmp_path / "new.tsv", "--out", tmp_path / "new.emb")
    assert run("extend", built, *arguments) == 2
    assert "must have nodes of the old one" in capsys.readouterr().err
    assert not (tmp_path / "new.emb").exists()


def test_too_little_margin_is_exit_status_1(built, old, tmp_path, capsys):
    tree = version(old, tmp_path, "new", leaves=30, seed=1)
    arguments = ("--tree", tree, "--out", tmp_path / "new.emb", "--keep-margin", 1)
    assert run("extend", built, *arguments) == 1
    assert "less than the" in capsys.readouterr().out
