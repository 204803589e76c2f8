"""The registry of constructions and the result: what is derived from entries, plug-ins too."""

import copy
import json
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import hrgeom
from hrgeom import Hierarchy, Relevance, construct
from hrgeom._base.plugins import clear_plugins
from hrgeom.cli import main
from hrgeom.constructions import (
    CONSTRUCTIONS,
    EFFORT,
    Construction,
    ConstructionResult,
    Option,
    Promise,
    all_constructions,
    constructions_table,
    find_construction,
    promise_of,
    promises,
)
from hrgeom.constructions import _registry as registry
from hrgeom.constructions.covers import ConsecutivePalette
from hrgeom.constructions.intervals import half_plane
from hrgeom.datasets import random_dag, random_tree
from hrgeom.errors import ConstructionError, HierarchyError, HrgeomError

PETS = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])

PLUGIN = """
from hrgeom.constructions import Construction, Option, Promise, kraft_trie

def build(relevance, *, dim=None, dtype="float32", seed=0, style="plain", code="arc",
          loom_width=1.0):
    made = kraft_trie(relevance, dim=dim, dtype=dtype, seed=seed)
    from dataclasses import replace
    return replace(made, construction=NAME, parameters={"seed": seed, "style": style})

def promise(relevance, *, dim, dtype, seed):
    return Promise(1, 0.9)

NAME = "woven"
ENTRY = Construction(NAME, build, "exact, as the trie", "patience",
    (Option("style", choices=("plain", "twill"), default="plain", help="how it is woven"),
     Option("code", choices=("arc", "knot"), help="how threads end"),
     Option("loom_width", float, default=1.0, help="in ells")),
    promise, "proved", page="")
"""


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A distribution that adds a construction; forgotten after the test."""
    folder = tmp_path / "site"
    info = folder / "woven-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / "woven_plugin.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: woven\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[hrgeom.constructions]\nwoven = woven_plugin:ENTRY\n")
    monkeypatch.syspath_prepend(folder)
    clear_plugins()
    yield folder
    clear_plugins()
    sys.modules.pop("woven_plugin", None)


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    """Run a command line in a folder with a tree; give exit status, output and errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tree.tsv").write_text("dog\tanimal\ncat\tanimal\npuppy\tdog\n")

    def run(*argv):
        status = main([str(a) for a in argv])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


# --- Entries of other distributions -----------------------------------------------------------


def test_a_plugin_is_seen_everywhere(plugin, run, capsys):
    assert [c.name for c in all_constructions()] == [*(c.name for c in CONSTRUCTIONS), "woven"]
    assert "| woven | exact, as the trie | patience | style, code, loom_width | proved |" in (
        constructions_table()
    )
    assert construct(PETS, method="woven", style="twill").embedding.parameters["style"] == "twill"
    argv = ("construct", "--tree", "tree.tsv", "--method", "woven", "--json", "--force")
    status, out, _ = run(*argv, "--style", "twill", "--code", "knot")
    assert status == 0
    assert json.loads(out)["construction"] == "woven"
    assert json.loads(out)["parameters"]["style"] == "twill"
    with pytest.raises(SystemExit):
        main(["construct", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "woven: exact, as the trie (needs patience)" in text
    assert "--style {plain,twill} of --method woven: how it is woven (default: plain)" in text
    assert "--code {parabola,arc,knot} of --method interval or woven:" in text
    assert "--loom-width LOOM_WIDTH of --method woven: in ells (default: 1.0)" in text
    status, _, err = run("construct", "--tree", "tree.tsv", "--style", "plain", "--force")
    assert (status, "--style must come with --method woven: got --method auto" in err) == (2, True)
    status, _, err = run(
        "construct", "--tree", "tree.tsv", "--method", "interval", "--code", "knot", "--force"
    )
    assert (status, "code must be one of parabola, arc: got 'knot'" in err) == (2, True)


def test_the_automatic_choice_asks_plugins_and_trusts_certificates(plugin):
    assert promises(PETS.relevance)[0] == ("woven", Promise(1, 0.9))
    result = construct(PETS)  # what is promised falsely is tried, and its certificate decides
    assert result.tried[0].method == "woven"
    assert result.embedding.construction == "woven"
    with pytest.raises(ConstructionError, match="woven at d = 1: dim must be at least"):
        construct(PETS, dim=1)


def test_two_constructions_of_one_name_are_refused(plugin):
    (plugin / "woven_plugin.py").write_text(PLUGIN.replace('NAME = "woven"', 'NAME = "trie"'))
    sys.modules.pop("woven_plugin", None)
    clear_plugins()
    with pytest.raises(HrgeomError, match="'trie' is defined by hrgeom and again by entry point"):
        all_constructions()


def test_importing_hrgeom_loads_no_plugin(plugin):
    program = (
        "import sys; import hrgeom, hrgeom.constructions\n"
        "print('woven_plugin' in sys.modules)\n"
        "hrgeom.constructions.all_constructions(); print('woven_plugin' in sys.modules)"
    )
    path = f"import sys; sys.path[:0] = [{str(plugin)!r}]\n"
    done = subprocess.run([sys.executable, "-c", path + program], capture_output=True, check=True)
    assert done.stdout.split() == [b"False", b"True"]


# --- Promises ---------------------------------------------------------------------------------


def test_a_promise_is_worked_out_once(monkeypatch):
    relevance = random_dag(30, seed=2).relevance
    calls = []

    def promise(relevance, *, dim, dtype, seed):
        calls.append((dim, dtype, seed))
        return Promise(3, None)

    trie = find_construction("trie")
    entry = type(trie)("counted", trie.build, "-", "-", promise=promise, promise_kind="predicted")
    for _ in range(2):
        assert promise_of(relevance, entry) == Promise(3, None)
        assert promise_of(relevance, entry, dim=8, dtype="int8", seed=1) == Promise(3, None)
    assert calls == [(None, "float32", 0), (8, "int8", 1)]
    assert promise_of(relevance, "gaussian") is None
    with pytest.raises(ConstructionError, match="method must be auto or one of interval"):
        promise_of(relevance, "magic")


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_half_planes_are_promised_where_they_can_be_built(dtype):
    """Their promise knows types and dimensions; the automatic choice leaves them alone."""
    star = random_tree(1500, shape="star").relevance
    for dim in (None, 1, 2, 3, 40):
        promise = promise_of(star, "half-plane", dim=dim, dtype=dtype)
        try:
            built = half_plane(star, dim=dim, dtype=dtype)
        except ConstructionError:
            assert promise is None
        else:
            assert promise is not None
            assert built.dim <= promise.dim <= (dim or built.dim)
    fewest = 2 * ConsecutivePalette.of(star, seed=0, effort=1.0).n_colors
    assert promise_of(star, "half-plane", dtype="float64") == Promise(fewest, None)
    assert "half-plane" not in dict(promises(star, dtype="float64"))


# --- Options ----------------------------------------------------------------------------------


def test_options_are_declared_and_checked():
    interval = find_construction("interval")
    assert interval.accepted(effort=0.0, notion="row", code="arc") == {"effort": 0.0, "code": "arc"}
    with pytest.raises(ConstructionError, match="options of method interval must be among"):
        interval.require_options(notion="row")
    with pytest.raises(ConstructionError, match="cover must be one of laminar, consecutive: got"):
        construct(PETS, method="interval", cover="quilt")
    for value in ("fast", None, True, -1.0, float("nan")):
        with pytest.raises(ConstructionError, match="effort must be"):
            construct(PETS, effort=value)
    assert EFFORT.parse("2") == 2.0
    with pytest.raises(ConstructionError, match="effort must be of type float: got 'long'"):
        EFFORT.parse("long")
    assert Option("n_rounds", int).flag == "--n-rounds"


def test_effort_with_a_method_that_does_not_search_is_refused(run):
    status, _, err = run(
        "construct", "--tree", "tree.tsv", "--method", "block-code", "--effort", "2"
    )
    assert status == 2
    assert "options of method block-code must be among (): got 'effort'" in err


# --- The result -------------------------------------------------------------------------------


def test_a_result_is_certified_once(monkeypatch):
    looked = []

    def counting(*args, **kwargs):
        looked.append(kwargs)
        return hrgeom.certify(*args, **kwargs)

    monkeypatch.setattr("hrgeom.constructions._attempts.certify", counting)
    monkeypatch.setattr("hrgeom.constructions._construct.certify_embedding", counting)
    for options in ({}, {"method": "trie"}, {"notion": "row"}):
        looked.clear()
        result = construct(PETS, threads=1, kernel="numpy", **options)
        assert isinstance(result, ConstructionResult)
        assert result.certificate.holds
        assert (result.certificate.kernel, result.certificate.threads) == ("numpy", 1)
        assert len(looked) == max(1, len(result.tried)) == 1
        assert result.certificate.notion == options.get("notion", "global")
        assert result.embedding.source_sha256 == PETS.sha256
    looked.clear()
    result = construct(PETS, method="trie", certify=False)
    assert result.certificate is None
    assert looked == []
    with pytest.raises(ConstructionError, match="certify=False must come with a method by name"):
        construct(PETS, certify=False)


def test_a_failing_certificate_of_a_named_method_is_a_result():
    result = construct(PETS, method="gaussian", dim=1)
    assert result.certificate.verdict == "fails"
    assert repr(result) == (
        "ConstructionResult(gaussian: 4 queries, 4 documents, d = 1, float32; fails)"
    )
    assert result.embedding.basis == "certificate"
    text = f"{result.embedding!r}\n  without a promise, fails\n{result.certificate}"
    assert str(result) == text
    trie = construct(PETS, method="trie", certify=False)
    assert str(trie).endswith("\n  by theorem (Kraft trie, promise 0.14), not certified")
    own = replace(trie, embedding=replace(trie.embedding, basis=None))
    assert own.provenance == "basis not stated, promise 0.14, not certified"


def test_a_construction_that_names_no_vectors_gives_them_its_own_name(monkeypatch):
    def build(relevance, *, dim, dtype, seed):
        eye = np.eye(relevance.n_documents)
        queries = np.array([eye[relevance.matches(q)].sum(0) for q in range(relevance.n_queries)])
        return hrgeom.DualEmbedding(queries, eye, threshold=0.5)

    mine = Construction("mine", build, "a column per document", "nothing")
    monkeypatch.setattr(registry, "CONSTRUCTIONS", (*CONSTRUCTIONS, mine))
    result = construct(PETS, method="mine")
    assert result.certificate.holds
    assert repr(result.embedding).startswith("DualEmbedding(mine: 4 queries")


def test_a_result_taken_for_an_embedding_says_where_the_vectors_are(tmp_path):
    result = construct(PETS)
    with pytest.raises(HrgeomError, match="got a ConstructionResult; take its `embedding`"):
        hrgeom.certify(result, PETS)
    hint = "the vectors are in its attribute embedding"
    for misuse in (
        lambda: hrgeom.save(result, tmp_path / "x.emb"),
        lambda: result.queries,
    ):
        with pytest.raises(AttributeError, match=hint):
            misuse()
    with pytest.raises(AttributeError, match=r"no attribute 'wings'$"):
        result.wings  # noqa: B018
    again = copy.deepcopy(pickle.loads(pickle.dumps(result)))
    assert again.embedding.sha256 == result.embedding.sha256
    assert (again.certificate, again.tried) == (result.certificate, result.tried)


def test_the_notion_is_built_for_and_certified():
    pairs = Relevance.from_sets([{0, 1}, {1, 2}, {0, 2}], 3)
    row = construct(pairs, method="moment-curve", dtype="float64", notion="row")
    assert (row.embedding.notion, row.certificate.notion, row.embedding.dim) == ("row", "row", 4)
    trie = construct(pairs, method="trie", notion="row")
    assert (trie.embedding.notion, trie.certificate.notion) == ("global", "row")


@pytest.mark.parametrize("target", [[("dog", "animal")], "wordnet", {"dog": "animal"}, np.eye(2)])
@pytest.mark.parametrize("method", ["auto", "trie"])
def test_what_says_nothing_about_matches_is_refused(target, method):
    with pytest.raises(HierarchyError, match="target must be a Hierarchy, a Relevance or Judg"):
        construct(target, method=method)


def test_the_command_prints_what_was_tried_and_built(run):
    status, out, err = run("construct", "--tree", "tree.tsv", "--method", "trie", "--json")
    assert status == 0
    assert json.loads(out)["tried"] == []
    assert "built DualEmbedding(trie: 4 queries" in err
    _, out, err = run("construct", "--tree", "tree.tsv", "--json", "--force")
    (attempt,) = json.loads(out)["tried"]
    assert attempt["outcome"] == "holds"
    assert f"tried {attempt['method']}, d = {attempt['dim']}: holds" in err
