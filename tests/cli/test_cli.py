"""The command line: results, exit codes, and errors that say what must hold."""

import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import hrgeom
from hrgeom.cli import _info as info_command
from hrgeom.cli import main
from hrgeom.cli._locate_options import with_forms_joined
from hrgeom.cli._main import parser

TREE = "dog\tanimal\ncat\tanimal\npuppy\tdog\nanimal\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder to work in, with a small tree."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tree.tsv").write_text(TREE)
    return tmp_path


@pytest.fixture
def run(capsys):
    """Run a command line; give exit status, standard output and standard error."""

    def run(*argv):
        status = main([str(a) for a in argv])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_construct_certify_recheck_query(here, run):
    status, out, err = run("construct", "--tree", "tree.tsv")
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "Every one of 4 queries retrieves exactly its ancestors and itself."
    assert lines[1].startswith("Tightest call: query '")
    assert lines[2:] == [
        "Use: score > 0.",
        "  hybrid, d = 3, float32, margin 0.3333 for rows of length 1, "
        "by theorem (direct sum, promise 0.33)",
        "written to tree.emb",
    ]
    assert "hrgeom: tried hybrid, d = 3: holds" in err
    assert "LIMIT and approximate indexes lose some (hrgeom explain exact scan)" in err
    names = {p.name for p in (here / "tree.emb").iterdir()}
    assert names == {
        "queries.npy",
        "documents.npy",
        "embedding.json",
        "labels.json",
        "certificate.json",
        "hierarchy.json.gz",
    }
    assert run("certify", "tree.emb", "--tree", "tree.tsv", "--notion", "row")[0] == 0
    assert (here / "tree.emb" / "certificate-row.json").exists()
    for notion in ("global", "row"):
        status, out, _ = run(
            "recheck", "tree.emb", "--tree", "tree.tsv", "--all", "--notion", notion
        )
        assert (status, out.split(":")[0]) == (0, "AGREES")
    status, out, _ = run("query", "tree.emb", "puppy")
    assert status == 0
    lines = out.splitlines()
    assert lines[0] == "puppy: 3 of 4 documents above threshold 0, exactly its ancestors and itself"
    path = [["right", label] for label in ("puppy", "dog", "animal")]
    assert [line.split()[:2] for line in lines[1:4]] == path
    assert "threshold 0" in lines[4]
    assert lines[5].split()[:3] == ["not", "retrieved", "cat"]


def test_json_results(here, run):
    _, out, _ = run("construct", "--tree", "tree.tsv", "--json")
    data = json.loads(out)
    assert data["certificate"]["verdict"] == "holds"
    assert data["tried"] == [
        {
            "method": "hybrid",
            "dim": 3,
            "promised": data["tried"][0]["promised"],
            "outcome": "holds",
        }
    ]
    _, out, _ = run("certify", "tree.emb", "--tree", "tree.tsv", "--json")
    assert json.loads(out)["n_pairs"] == 16
    _, out, _ = run("recheck", "tree.emb", "--tree", "tree.tsv", "--json")
    assert json.loads(out)["agrees"] is True
    _, out, _ = run("query", "tree.emb", "cat", "--json")
    data = json.loads(out)
    assert data["exact"] is True
    assert {d["document"] for d in data["documents"] if d["retrieved"]} == {"cat", "animal"}
    _, out, _ = run("info", "--tree", "tree.tsv", "--json")
    assert json.loads(out)["n_levels"] == 3
    _, out, _ = run("datasets", "--json")
    assert "wordnet" in json.loads(out)


def test_a_failing_embedding_exits_1_with_recall_by_distance(here, run):
    argv = ("construct", "--tree", "wordnet-mammals", "--method", "gaussian", "--dim", "8")
    status, out, _ = run(*argv, "--out", "g.emb")
    assert status == 1
    found = re.match(r"([\d,]+) of 1,182 queries do not retrieve exactly their ancestors and ", out)
    assert found is not None, out
    assert re.search(r"^For example query '.*' (misses|retrieves) ", out, re.M)
    assert "\n  gaussian, d = 8, float32, without a promise, fails\n" in out
    assert "recall by distance, % (above the threshold; 1,182 queries" in out
    status, out, _ = run("certify", "g.emb", "--tree", "wordnet-mammals", "--notion", "row")
    assert status == 1
    assert "recall by distance, % (in the top |S(q)|" in out
    status, out, _ = run("recheck", "g.emb", "--tree", "wordnet-mammals", "--queries", "5")
    assert (status, out.split(":")[0]) == (1, "AGREES")
    status, out, _ = run("query", "g.emb", "dog.n.01", "--json")
    assert status == 1
    data = json.loads(out)
    wrong = [d for d in data["documents"] if not d["right"]]
    assert wrong or data["missed"]
    status, out, _ = run("query", "g.emb", "dog.n.01")
    assert "WRONG" in out or "MISSED" in out
    status, out, _ = run(*argv, "--notion", "row", "--force", "--json", "--out", "g.emb")
    assert status == 1
    assert json.loads(out)["recall_by_distance"]["recall"][0] > 0


def test_auto_with_the_row_notion(here, run):
    status, out, _ = run("construct", "--tree", "tree.tsv", "--notion", "row")
    assert status == 0
    assert out.startswith(
        "Every one of 4 queries ranks its ancestors and itself above all other documents.\n"
    )
    assert "\nUse: the order of scores, for each query by itself.\n" in out


def test_details_are_for_those_who_ask(here, run):
    _, out, err = run("construct", "--tree", "tree.tsv", "--verbose")
    assert "\n  DualEmbedding(hybrid: 4 queries, 4 documents, d = 3, float32)\n" in out
    assert "\nHOLDS: 0 violations in 16 pairs (8 match), global notion, by theorem\n" in out
    assert "\n  arithmetic " in out
    assert re.search(r"^  kernel \w+, threads \d+, ", out, re.M)
    assert all(re.match(r"hrgeom: \[\d+\.\d s\] ", line) for line in err.splitlines())
    brief, short_err = run("certify", "tree.emb")[1:]
    long = run("certify", "tree.emb", "--verbose")[1]
    assert set(brief.splitlines()) - set(long.splitlines()) == {
        "  d = 3, float32, margin 0.3333 for rows of length 1"
    }
    assert "kernel" not in brief
    assert (short_err, run("certify", "tree.emb", "--quiet")[2]) == ("", "")
    with pytest.raises(SystemExit):
        run("certify", "tree.emb", "--quiet", "--verbose")


def test_judgments_are_no_ancestors(here, run):
    (here / "qrels.tsv").write_text("query\tdocument\na\tx\na\ty\nb\ty\n")
    out = run("construct", "--qrels", "qrels.tsv", "--out", "judged.emb")[1]
    assert out.startswith("Every one of 2 queries retrieves exactly its relevant documents.\n")
    assert run("query", "judged.emb", "b")[1].startswith(
        "b: 1 of 2 documents above threshold 0, exactly its relevant documents\n"
    )
    e = hrgeom.load("judged.emb")
    hrgeom.save(replace(e, queries=-e.queries), here / "wrong.emb", source=None)
    out = run("certify", "wrong.emb", "--qrels", "qrels.tsv")[1]
    assert out.startswith("2 of 2 queries do not retrieve exactly their relevant documents: ")
    assert re.search(r"\nFor example query '.' misses the relevant '.': score \S+ <= 0\.\n", out)
    assert re.search(r"\nFor example query '.' retrieves '.', not relevant to it: score ", out)
    assert "ancestor" not in out


# Planted violations: exit code 1 (found) or 2 (refused), and the pair or the place is named.


def planted(here, run, change):
    run("construct", "--tree", "tree.tsv", "--dtype", "float64")
    path = here / "tree.emb" / "documents.npy"
    documents = np.load(path)
    change(documents)
    np.save(path, documents)
    return run("certify", "tree.emb", "--tree", "tree.tsv")


def test_a_nudged_coordinate(here, run):
    def nudge(documents):
        documents[hrgeom.load("tree.emb").document_labels.index("cat"), -1] -= 100

    status, out, _ = planted(here, run, nudge)
    assert status == 1
    assert out.startswith(
        "1 of 4 queries does not retrieve exactly its ancestors and itself: 1 of 16 pairs is wrong."
    )
    assert "\nFor example query 'cat' misses itself: score " in out
    assert "  WRONG\n" in run("certify", "tree.emb", "--verbose")[1]


def test_a_nan(here, run):
    def spoil(documents):
        documents[1, 2] = np.nan

    status, out, err = planted(here, run, spoil)
    assert (status, out) == (2, "")
    assert "hrgeom: error: documents must be finite: got nan at row 1 ('animal'), column 2" in err


def test_a_dropped_edge(here, run):
    run("construct", "--tree", "tree.tsv")
    (here / "less.tsv").write_text(TREE.replace("puppy\tdog", "puppy"))
    status, out, err = run("certify", "tree.emb", "--tree", "less.tsv")
    assert (status, "query 'puppy' retrieves 'dog', not above it: " in out) == (1, True)
    status, _, err = run("query", "tree.emb", "puppy", "--tree", "less.tsv")
    assert status == 1
    (here / "tree.tsv").write_text(TREE.replace("puppy\tdog", "puppy"))
    assert run("query", "tree.emb", "puppy")[0] == 0  # it has its own copy of the old one
    other = hrgeom.read_hierarchy("tree.tsv")
    hrgeom.write_hierarchy(other, here / "tree.emb" / "hierarchy.json.gz")
    status, _, err = run("query", "tree.emb", "puppy")
    assert status == 2
    assert "must still be the one the embedding was made from" in err


def test_swapped_queries(here, run):
    run("construct", "--tree", "tree.tsv")
    path = here / "tree.emb" / "queries.npy"
    np.save(path, np.load(path)[::-1])
    status, out, _ = run("certify", "tree.emb", "--tree", "tree.tsv")
    assert (status, "For example query '" in out) == (1, True)
    # an old certificate is contradicted by the new arrays
    status, out, _ = run("recheck", "tree.emb", "--tree", "tree.tsv")
    assert status == 1


def test_undecided_exits_3(here, run):
    (here / "one.tsv").write_text("a\n")
    big = 2.0**60
    e = hrgeom.DualEmbedding([[big, 1.0, -big, 0.7]], [[1.0, 0.7, 1.0, -1.0]], threshold=0.0)
    hrgeom.save(e, here / "one.emb")
    argv = ("certify", "one.emb", "--tree", "one.tsv", "--no-exact")
    status, out, _ = run(*argv)
    assert status == 3
    assert out.startswith(
        "No pair is proved wrong, but 1 of 1 pairs is undecided: too near to tell without exact "
    )
    assert "1 pair undecided" in run(*argv, "--verbose")[1]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["construct", "--tree", "missing.json"], "missing.json"),
        (["construct", "--tree", "cycle.tsv"], "edges must not form a cycle"),
        (["construct", "--tree", "tree.tsv", "--method", "gaussian"], "dim must be given"),
        (["construct", "--tree", "tree.tsv", "--out", "no/such"], "parent of the output folder"),
        (["construct", "--tree", "tree.tsv", "--out", "tree.tsv"], "must be new, or an"),
        (["construct", "--tree", "tree.tsv", "--out", "made.emb"], "must not exist yet"),
        (["extend", "made.emb", "--tree", "tree.tsv", "--out", "no/x"], "parent of the output"),
        (["quantize", "made.emb", "--tree", "one.tsv", "--out", "no/x"], "parent of the output"),
        (["construct", "--tree", "tree.tsv", "--out", "tree.tsv", "--force"], "must be new, or an"),
        (["construct", "--tree", "-"], "--out must be given"),
        (["certify", "missing.emb", "--tree", "tree.tsv"], "must hold embedding.json"),
        (["datasets", "perfect-tree"], "--out must say which file"),
        (["query", "made.emb", "wolf", "--tree", "one.tsv"], "got 'wolf'"),
        (["query", "made.emb", "a"], "--tree or --qrels must be given"),
    ],
)
def test_bad_input_exits_2_with_one_line(here, run, argv, message):
    (here / "cycle.tsv").write_text("a\tb\nb\ta\n")
    (here / "one.tsv").write_text("a\n")
    e = hrgeom.DualEmbedding([[1.0]], [[1.0]], query_labels=("a",), document_labels=("a",))
    hrgeom.save(e, here / "made.emb")
    status, out, err = run(*argv, "--quiet")
    assert (status, out) == (2, "")
    assert err.startswith("hrgeom: error: ")
    assert err.count("\n") == 1
    assert message in err
    assert sorted(p.name for p in here.iterdir()) == [
        "cycle.tsv",
        "made.emb",
        "one.tsv",
        "tree.tsv",
    ]


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["fly"],
        ["construct"],
        ["construct", "--tree", "x", "--dim", "0"],
        ["construct", "--tree", "x", "--seed", "-1"],
    ],
)
def test_misuse_exits_2(argv, capsys):
    with pytest.raises(SystemExit) as exit_:
        main(argv)
    assert exit_.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith("hrgeom: error: ")
    assert "--help` shows what there is)" in err
    assert err.count("\n") == 1  # no usage before it


def test_too_large_a_request_is_an_error_not_a_traceback(here, run):
    status, _, err = run("construct", "--tree", "tree.tsv", "--method", "gaussian", "--dim", 10**13)
    assert status == 2
    assert "hrgeom: error: not enough memory: " in err


@pytest.mark.parametrize("option", [("--code", "arc"), ("--cover", "laminar")])
def test_options_of_one_method_are_not_ignored_by_others(here, run, option):
    status, _, err = run("construct", "--tree", "tree.tsv", *option)
    assert status == 2
    assert f"{option[0]} must come with --method interval: got --method auto" in err
    status, _, err = run("construct", "--tree", "tree.tsv", "--method", "trie", *option)
    assert status == 2
    assert "options of method trie must be among (effort)" in err


def test_effort_reaches_the_construction_chosen(here, run):
    edges = "".join(f"{a}{b}\t{a}\n{a}{b}\t{b}\n" for a in "pqrs" for b in "tuvw")
    (here / "dag.tsv").write_text(edges)
    assert run("construct", "--tree", "dag.tsv", "--effort", "0.5")[0] == 0
    assert (
        json.loads((here / "dag.emb" / "embedding.json").read_text())["parameters"]["effort"] == 0.5
    )


def test_classes_are_printed_beside_their_lower_bound(here, run):
    (here / "dag.tsv").write_text("c\ta\nc\tb\nd\tb\n")
    argv = ("construct", "--tree", "dag.tsv", "--method", "interval", "--verbose")
    out = run(*argv, "--cover", "laminar")[1]
    assert "classes: 2 (laminar cover; any such cover has at least 2)" in out
    out = run(*argv, "--force")[1]
    assert "classes: 1 (consecutive cover; any such cover has at least 1)" in out


def test_version_names_the_kernel(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--version"])
    assert exit_.value.code == 0
    assert capsys.readouterr().out == f"hrgeom {hrgeom.__version__}, {hrgeom.kernel_info()}\n"


def test_without_the_extension_every_command_says_so(here, run, monkeypatch):
    monkeypatch.setattr("hrgeom.checker.kernels._native.native_library", lambda: None)
    status, out, err = run("construct", "--tree", "tree.tsv", "--verbose")
    assert status == 0
    assert "kernel numpy" in out
    assert err.count("the C extension is not built") == 1
    status, _, err = run("certify", "tree.emb", "--tree", "tree.tsv", "--kernel", "serial")
    assert status == 2
    assert "kernel must be available on this machine: got 'serial', have numpy" in err


def test_info_of_odd_data(here, run):
    (here / "odd.tsv").write_text("b\ta\nc\tb\nc\ta\nlonely\n d\tc\n")
    status, out, _ = run("info", "--tree", "odd.tsv")
    assert status == 0
    assert "1 node without any edge, such as 'lonely'" in out
    assert "1 edge that longer paths make redundant, such as 'c' -> 'a'" in out
    assert "2 roots, such as 'a'" in out


def test_info_numbers_of_mammals():
    data = info_command.describe(hrgeom.read_hierarchy("wordnet-mammals"))
    assert (data["n_nodes"], data["n_edges"]) == (1182, 1182)
    assert sum(data["histogram_of_ancestors"]) == 1182
    assert sum(data["pairs_by_distance"]) == data["n_proper_pairs"] + 1182


@pytest.mark.parametrize(
    ("argv", "n_nodes"),
    [
        (["perfect-tree", "--branching", "3", "--levels", "4"], 40),
        (["random-tree", "--nodes", "50", "--shape", "deep"], 50),
        (["random-dag", "--nodes", "60", "--extra-parents", "0.5"], 60),
        (["wordnet-mammals"], 1182),
    ],
)
def test_datasets_are_written(here, run, argv, n_nodes):
    status, out, _ = run("datasets", *argv, "--out", "made.json.gz")
    assert status == 0
    assert "written to made.json.gz" in out
    assert hrgeom.read_hierarchy("made.json.gz").n_nodes == n_nodes


def test_standard_input_and_python_m(here):
    command = [
        sys.executable,
        "-m",
        "hrgeom",
        "construct",
        "--tree",
        "-",
        "--out",
        "t.emb",
        "--json",
    ]
    done = subprocess.run(command, input=TREE.encode(), capture_output=True, check=True)
    assert json.loads(done.stdout)["certificate"]["verdict"] == "holds"


def test_a_reader_that_leaves_is_no_error(here):
    command = f"{sys.executable} -m hrgeom info --tree wordnet-mammals --json | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, check=False)
    assert done.stdout == b"{\n"
    assert b"Error" not in done.stderr


def test_examples_in_the_help_parse():
    """Every command's help ends with an example; the examples are command lines that parse."""
    top = parser()
    subparsers = next(a for a in top._actions if hasattr(a, "choices") and a.choices)
    for name, sub in subparsers.choices.items():
        words = shlex.split(sub.epilog.removeprefix("example: hrgeom "))
        example = with_forms_joined(words)
        assert example[0] == name
        assert top.parse_args(example).command == name
