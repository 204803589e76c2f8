"""With --json, standard output is one JSON document, whatever a command is asked to print."""

import argparse
import json
import shutil
from importlib.util import find_spec

import numpy as np
import pytest
from encoders import shop

import hrgeom
from hrgeom._base.json_text import parse_json
from hrgeom.claims import CLAIMS, Evidence, _registry
from hrgeom.cli import _claims, _output, main
from hrgeom.cli._locate_options import with_forms_joined
from hrgeom.cli._main import parser

TREE = "dog\tanimal\ncat\tanimal\npuppy\tdog\nanimal\n"
QRELS = "query-id\tcorpus-id\tscore\na\tx\t1\nb\ty\t1\nb\tz\t1\n"
# A chain and a root apart: rows of zeros and a node of its own reach the edges of every count.
WIDE = "".join(f"{i}\t{i // 2}\n" for i in range(1, 20)) + "alone\n"

ODD = "id,parent\n1,NaN\n2,1.0\n2,1.0\nDog,2.0\ndog ,2.0\nd,d\n"

OBO = "[Term]\nid: P:1\nname: pet\n\n[Term]\nid: P:2\nrelationship: part_of P:1\nis_a: P:1\n"

LOOP = "dog,animal\nanimal,dog\n"

LATER = TREE + "kitten\tcat\n"

FILES = {
    "later.tsv": LATER,
    "renamed.tsv": LATER.replace("puppy", "pup"),
    "renames.tsv": "puppy\tpup\n",
    "loop.csv": LOOP,
    "pets.obo": OBO,
    "tree.tsv": TREE,
    "qrels.tsv": QRELS,
    "wide.tsv": WIDE,
    "odd.csv": ODD,
    "shop.csv": shop(),
    "texts.csv": "label,name,definition\noffice lamps,office lamps,light for a desk\n",
    "fresh.csv": "id,text\n7,blue office lamps\n8,garden gloves for children\n",
}

CASES = (
    """
construct --tree tree.tsv --out new.emb
construct --tree tree.tsv --out good.emb --force --effort 0
construct --qrels qrels.tsv --out new.emb --notion row
construct --tree tree.tsv --out new.emb --no-source
construct --tree tree.tsv --out new.emb --source
construct --tree tree.tsv --out new.emb --edge-direction child-parent --dtype int8 --dim 6
construct --tree wide.tsv --out new.emb --bytes 64 --proved
construct --tree wide.tsv --out new.emb --margin 0.02 --minutes 1
construct --tree wide.tsv --out new.emb --fewest
construct --tree tree.tsv --out new.emb --method interval --code arc --cover consecutive
construct --tree tree.tsv --out new.emb --method interval --dtype float64 --reserve 0.5
construct --tree tree.tsv --out new.emb --method trie --notion row
construct --tree tree.tsv --format tsv --out new.emb --method sdp
construct --tree tree.tsv --out new.emb --method centroid-hubs --notion global
construct --tree tree.tsv --out new.emb --method treewidth --dtype float64
construct --tree wide.tsv --out new.emb --method gaussian --dim 1 --seed 3
construct --tree wide.tsv --out new.emb --method gaussian --dim 1 --notion row
construct --qrels qrels.tsv --out new.emb --method gaussian --dim 1
construct --tree tree.tsv --out new.emb --method descent --dim 4 --dtype int8 --bits 4 --effort 0.1
construct --tree tree.tsv --out new.emb --method descent --dim 4 --effort 0.1 --even-scores 0.1
construct --qrels qrels.tsv --out new.emb --method descent --dim 4 --device cpu --minutes 0.002
construct --tree tree.tsv --out new.emb --method descent --start good.emb --effort 0.1 --dim 4
construct --qrels qrels.tsv --out new.emb --method descent --start judged.emb --effort 0.1
certify good.emb --tree tree.tsv --device cpu
certify good.emb --tree tree.tsv --checkpoint run.checkpoint
certify good.emb
certify good.emb --tree tree.tsv --format tsv --edge-direction child-parent --notion row
certify good.emb --no-exact
certify bad.emb
certify bad.emb --notion row
certify judged.emb --qrels qrels.tsv
certify bare.npz --tree tree.tsv
certify bare.npz,score=cosine --tree tree.tsv --rows order
certify lacking.vec --tree tree.tsv
certify good.emb --band
certify bad.emb --notion global --band --band-within 0.25,0.9 --band-rows new.csv
certify judged.emb --qrels qrels.tsv --band --band-rows new.csv --notion global
recheck good.emb --rows labels
recheck good.emb
recheck good.emb --queries 1 --accept-sample
recheck good.emb --tree tree.tsv --format tsv --edge-direction child-parent --notion global --all
recheck bad.emb --queries 2 --seed 1
recheck judged.emb --qrels qrels.tsv
recheck extended.emb --chain
extend good.emb --tree later.tsv --out new.emb
extend good.emb --tree later.tsv --old tree.tsv --edge-direction child-parent --out new.emb
extend good.emb --tree later.tsv --no-source --out new.emb
extend good.emb --tree renamed.tsv --renames renames.tsv --keep-margin 0.1 --out new.emb
extend good.emb --tree later.tsv --out good.emb --force --source
train --tree tree.tsv --format tsv --dim 4 --recipe masked --steps 3 --out new.emb
plan --tree tree.tsv --format tsv --edge-direction child-parent
plan --certify --documents 1e6 --queries 1e5 --cores 8 --machines 2 --price-per-hour 3
plan --certify --documents 1e6 --gpus 2 --gpu-price-per-hour 4
train --tree tree.tsv --edge-direction child-parent --dim 4 --recipe masked --steps 3 --out new.emb
train --tree tree.tsv --dim 4 --recipe masked --steps 3 --out new.emb --source
train --tree tree.tsv --dim 4 --recipe masked --steps 3 --out new.emb --no-source
train --tree tree.tsv --dim 4 --recipe standard --steps 3 --out bad.emb --force
plan --tree tree.tsv --edge-direction child-parent
plan --tree tree.tsv --dim 3 --dtype float64
plan --tree tree.tsv --margin 0.4
plan --tree tree.tsv --bytes 32 --effort 0
plan --qrels qrels.tsv --figure plan.png
plan --nodes 1000 --depth 9 --branching 2 --max-ancestors 12 --seed 1
bounds --tree tree.tsv --no-solver
bounds --tree wide.tsv --format tsv --edge-direction child-parent --margin 0.3 --no-solver
bounds --qrels qrels.tsv --certify none --no-solver
bounds --tree tree.tsv --certify all --effort 0 --seed 1 --no-solver
bounds --list
bounds --tree tree.tsv --theorem radon --no-solver
locate fit shop.emb --model ENCODER --seed 1 --force
locate fit fresh.emb --texts texts.csv --parts name,definition --model ENCODER
locate fit fresh.emb --text-encoding utf-8 --tree shop.csv --model ENCODER
locate fit fresh.emb --edge-direction child-parent --tree shop.csv --model ENCODER
locate shop.emb lamps --model ENCODER
locate shop.emb lamps --model ENCODER --tree shop.csv --edge-direction child-parent
locate shop.emb lamps --model ENCODER --min-expected 0.99 --conformal 0.2 --decision rank
locate shop.emb lamps --model ENCODER --decision majority
locate shop.emb --texts fresh.csv --model ENCODER
locate shop.emb --texts fresh.csv --text-encoding utf-8 --out new.npz --force --model ENCODER
locate evaluate --tree shop.csv --hold-out 0.2 --splits 1 --dims none --model ENCODER
locate evaluate --tree shop.csv --texts texts.csv --parts name --splits 1 --dims 8 --model ENCODER
locate evaluate --tree shop.csv --text-encoding utf-8 --splits 1 --dims none --model ENCODER
locate evaluate --tree shop.csv --queries 9 --splits 1 --model ENCODER
locate evaluate --tree shop.csv --edge-direction child-parent --seed 1 --splits 1 --model ENCODER
locate evaluate --trained --tree shop.csv --queries 3 --splits 1 --dims none --model ENCODER
compare good.emb bad.emb --tree tree.tsv --format tsv --edge-direction child-parent
compare good.emb bad.emb --tree tree.tsv --notion global --queries 2 --diagnose 1 --seed 1
compare judged.emb --qrels qrels.tsv --effort 0
compare bad.emb --tree tree.tsv --out compared --force
compare lacking.vec bare.npz,rows=order --tree tree.tsv
report good.emb bad.emb --out page.html --queries all --seed 1 --notion global
report bad.emb --tree tree.tsv --format tsv --edge-direction child-parent --out page.html --force
report bare.npz,rows=order --tree tree.tsv --out page.html --no-bounds --no-vectors
report good.emb --out page.html --bounds --vectors --effort 0 --title Pets
plot --tree tree.tsv --format tsv --edge-direction child-parent --out arcs.svg
plot good.emb --what profile --out profile.png --force
plot good.emb bad.emb --what frontier --effort 0 --seed 1 --out frontier.png
query good.emb puppy --rows labels
query bare.npz puppy --tree tree.tsv
query good.emb puppy
query good.emb puppy --tree tree.tsv --format tsv --edge-direction child-parent
query bad.emb puppy
query judged.emb b --qrels qrels.tsv
convert tree.tsv new.json
convert tree.tsv new.nodes.csv --to id-table --edge-direction child-parent
construct --tree tree.tsv --quantize auto --out new.emb
combine bare.npz,score=cosine good.emb --out new.emb
combine bare.npz good.emb --tree tree.tsv --edge-direction child-parent --look --out new.emb
combine bare.npz good.emb --weight 1e-3 --notion row --out good.emb --force --source
combine bare.npz,score=cosine good.emb --out new.emb --no-source
combine queries.npz,queries=q,documents=d judged.emb --qrels qrels.tsv --out new.emb
combine bare.npz good.emb --rows order --weight 100 --no-look --out new.emb
quantize good.emb --out new.emb
quantize good.emb --tree tree.tsv --edge-direction child-parent --rows order --out new.emb
quantize good.emb --notion row --rounds 1 --no-source --out good.emb --force
quantize good.emb --source --out new.emb
quantize judged.emb --qrels qrels.tsv --out new.emb
export good.emb --to npz --out new.npz
export judged.emb --to folder --out new.emb
export good.emb --to npy --side queries --out new.npy --force
export bad.emb --to word2vec-text --side documents --out new.vec
info --tree tree.tsv --format tsv --edge-direction child-parent
export good.emb --to safetensors --out new.safetensors
export good.emb --to npz --out new.npz --force
export bad.emb --to npy --side documents --out new.npy
export judged.emb --to word2vec-text --side queries --out new.txt
export good.emb --to folder --out new.emb
export good.emb --to csv --out new.csv --leaves
export good.emb --to csv --out new.csv --dtype float16 --sample 2 --no-leaves
export good.emb --to csv --out new.csv --tree tree.tsv --format tsv
export bad.emb --to csv --out new.csv
export bad.emb --to csv --out new.csv --keep --sample all
export bad.emb --to beir --out new --no-check --edge-direction child-parent --tree tree.tsv
export judged.emb --to csv --out new.csv --check --qrels qrels.tsv
info --tree tree.tsv --edge-direction child-parent --format tsv
info --tree wide.tsv
info --tree odd.csv --encoding utf-8
info --tree pets.obo --relation part_of
info --tree wordnet-mammals
info --tree loop.csv --on-cycle condense
claims
claims wang-packing
explain
explain row notion
completion bash
completion zsh
completion fish
construct --tree tree.tsv --out new.emb --verbose
bounds --tree tree.tsv --certify none --no-solver --verbose
datasets
datasets perfect-tree --levels 3 --branching 2 --out made.json
datasets random-tree --nodes 9 --shape star --out made.tsv
datasets random-dag --nodes 9 --extra-parents 0.5 --seed 1 --out made.csv.gz
""".replace("ENCODER", "py:encoders:trigrams")
    .strip()
    .splitlines()
)
# Each says what must hold on standard error and prints nothing else.
REFUSED = """
construct --tree missing.tsv
construct --tree tree.tsv --out good.emb
construct --tree tree.tsv --out new.emb --code arc
construct --tree tree.tsv --out new.emb --margin 0.999
construct --tree tree.tsv --out new.emb --fewest --dim 3
construct --tree tree.tsv --out new.emb --method descent --bits 4
construct --tree tree.tsv --out new.emb --method descent --even-scores 1 --notion row
certify good.emb --band --notion row
certify good.emb --band-rows new.csv
construct --tree tree.tsv --out new.emb --method descent --start missing.emb
construct --tree tree.tsv --out new.emb --start good.emb
certify missing.emb
certify bare.npz
certify bare.npz --tree wide.tsv
certify bare.npz,score=poincare --tree tree.tsv
query bare.npz nobody --tree tree.tsv
certify good.emb --tree wide.tsv
recheck missing.emb --tree tree.tsv
recheck good.emb --chain
extend judged.emb --tree later.tsv --out new.emb
extend good.emb --tree later.tsv --renames missing.tsv --out new.emb
plan --tree tree.tsv --margin 0.999
plan --tree tree.tsv --nodes 3
bounds --tree missing.tsv
compare missing.emb --tree tree.tsv
report good.emb --out missing/page.html
report good.emb --out good.emb
report good.emb --out tree.tsv
report judged.emb --out page.html
report bare.npz --out page.html
plot --tree tree.tsv --out arcs.txt
plot --tree tree.tsv --out tree.tsv
plot --out arcs.png
query good.emb nobody
locate good.emb lamps
locate fit missing.emb
locate fit shop.emb --model py:encoders:trigrams
locate shop.emb --texts missing.csv --model py:encoders:trigrams
locate evaluate --tree missing.tsv
combine bare.npz judged.emb --qrels qrels.tsv --out new.emb
quantize bad.emb --out new.emb
export missing.emb --to npz --out new.npz
export missing.emb --to csv --out new
export good.emb --to csv --out good.emb --force
export good.emb --to csv --out new --side queries
export good.emb --to csv --out new --set ef=3
export good.emb --to csv --out new --tree wide.tsv
info --tree pets.obo --relation regulates
convert tree.tsv new.xlsx
info --tree tree.tsv --language de
export good.emb --to npy --out new.npy
info --tree missing.tsv
info --tree loop.csv
export missing.emb --to npy --side queries --out new.npy
claims no-such-claim
explain no-such-word
claims --all --pages new
datasets wordnet
""".strip().splitlines()
# These change nothing that is printed: how a file is read, how fast, how chatty; what needs torch.
ELSEWHERE = {
    *(
        "--help",
        "--json",
        "--quiet",
        "--verbose",
        "--kernel",
        "--filter",
        "--executor",
        "--address",
        "--threads",
        "--memory",
        "--format",
        "--seed",
    ),
    *("--columns", "--header", "--no-header", "--encoding", "--allow-no-edges", "--strict"),
    *("--relation", "--language", "--on-cycle"),
    *("--verified", "--jobs"),  # a program apart, which tests/proofs has where it is built
    "--set",  # of an approximate index, which tests/export has where it is installed
}
TRAINING = {"--batch", "--lr", "--uniform", "--cut", "--minutes", "--checkpoint", "--device"}
EXTRAS = [
    (command, find_spec(package) is None, package)
    for command, package in (
        ("train", "torch"),
        ("completion", "shtab"),
        ("locate evaluate --trained", "torch"),
    )
]


def document(text):
    """The only JSON document of a text, in the strict sense of RFC 8259."""

    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    json.loads(text, parse_constant=refuse)
    return parse_json(text)  # no repeated key either


@pytest.fixture
def here(tmp_path, monkeypatch, made):
    """A folder to work in: hierarchies, judgments, and embeddings that hold and fail."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
        method = ["--method", "gaussian", "--dim", "1"]
        assert main(["construct", "--tree", "tree.tsv", "--out", "good.emb"]) == 0
        assert main(["construct", "--tree", "tree.tsv", "--out", "bad.emb", *method]) == 1
        assert main(["construct", "--qrels", "qrels.tsv", "--out", "judged.emb"]) == 0
        assert main(["construct", "--tree", "shop.csv", "--out", "fresh.emb"]) == 0
        shutil.copytree("fresh.emb", "shop.emb")
        assert main(["locate", "fit", "shop.emb", "--model", "py:encoders:trigrams"]) == 0
        assert main(["extend", "good.emb", "--tree", "later.tsv", "--out", "extended.emb"]) == 0
        rows = np.arange(12).reshape(4, 3)
        np.savez("bare.npz", queries=rows, documents=rows.astype(np.float16))
        judged = hrgeom.load("judged.emb")
        texts = {"q": np.eye(judged.n_queries, 3), "d": np.eye(judged.n_documents, 3)}
        np.savez("queries.npz", **texts)
        words = "dog 1 2\ncat 0 1\npuppy 1 0\nanimal 1 1\nold 3 3\n"
        (folder / "lacking.vec").write_text(f"5 2\n{words}", encoding="utf-8")
    return folder


@pytest.mark.parametrize("line", CASES)
def test_what_is_printed_is_one_document(line, here, capsys):
    status = main([*line.split(), "--json"])
    captured = capsys.readouterr()
    for command, is_missing, package in EXTRAS:
        if line.startswith(command) and is_missing:
            assert (status, captured.out) == (2, "")
            pytest.skip(f"{package} is not installed")
    assert status in (0, 1, 3), captured.err
    assert isinstance(document(captured.out), dict)


def test_remarks_are_printed_once_and_kept(here, capsys):
    codes = ["cells-stripped", "no-parent-values", "whole-numbers", "repeated-edges", "self-loops"]
    codes.append("labels-alike")
    for line in (
        "info --tree odd.csv",
        "construct --tree odd.csv --out odd.emb",
        "certify odd.emb",
    ):
        assert main([*line.split(), "--json"]) == 0
        captured = capsys.readouterr()
        data = document(captured.out)
        assert [remark["code"] for remark in data["remarks"]] == codes
        shown = [x for x in captured.err.splitlines() if x.startswith("hrgeom: remark: ")]
        assert [x.removeprefix("hrgeom: remark: ") for x in shown] == [
            remark["message"] for remark in data["remarks"]
        ]
    assert (
        json.loads((here / "odd.emb" / "embedding.json").read_text())["remarks"] == data["remarks"]
    )
    assert main(["info", "--tree", "odd.csv", "--quiet"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert (
        "  odd: 2 labels differ from others only by letter case, spaces or Unicode" in captured.out
    )
    assert main(["info", "--tree", "tree.tsv", "--json"]) == 0
    assert document(capsys.readouterr().out)["remarks"] == []


def test_strict_makes_repairs_errors(here, capsys):
    assert main(["info", "--tree", "odd.csv", "--strict"]) == 2
    error = capsys.readouterr().err
    assert "odd.csv: data must need no repair where it is read strictly: 1 cell had white" in error
    assert "differ from others" not in error  # odd, but nothing was repaired
    assert main(["info", "--tree", "tree.tsv", "--strict"]) == 0


def test_options_of_reading(here, capsys):
    (here / "x.txt").write_bytes("a=b|Gr\xf6\xdfe|x\nu|Gr\xf6\xdfe|x\n".encode("latin-1"))
    assert main(["info", "--tree", "x.txt"]) == 2
    assert "say --encoding cp1252 or latin-1" in capsys.readouterr().err
    argv = ["info", "--tree", "x.txt", "--encoding", "latin-1", "--json"]
    assert main(argv) == 2
    assert "say which are the child and the parent" in capsys.readouterr().err
    assert main([*argv, "--columns", "child=2,parent=1", "--no-header"]) == 0
    assert document(capsys.readouterr().out)["n_edges"] == 2
    assert main([*argv, "--columns", "child=a=b,parent=x"]) == 0
    assert document(capsys.readouterr().out)["n_edges"] == 1
    with pytest.raises(SystemExit):
        main([*argv, "--columns", "child,parent"])
    assert "must be such as child=2,parent=1" in capsys.readouterr().err
    (here / "names").write_text("animal\ndog\n")
    assert main(["info", "--tree", "names"]) == 2
    assert "a list of labels; if every line is a node without an edge, say --allow-no-edges" in (
        capsys.readouterr().err
    )
    assert main(["info", "--tree", "names", "--allow-no-edges", "--json"]) == 0
    assert document(capsys.readouterr().out)["n_nodes"] == 2
    assert main(["construct", "--qrels", "qrels.tsv", "--allow-no-edges", "--out", "y.emb"]) == 2
    assert "--allow-no-edges must come with --tree: got --qrels" in capsys.readouterr().err


@pytest.mark.parametrize("line", REFUSED)
def test_a_refusal_prints_no_document(line, here, capsys):
    assert main([*line.split(), "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines()[-1].startswith("hrgeom: error: ")


@pytest.mark.parametrize("option", [("--all",), ("--pages", "new")], ids=("all", "pages"))
def test_claims_of_every_verdict(option, monkeypatch, tmp_path, capsys):
    """Planted evidence, as NumPy leaves it; tests/claims asks every claim that there is."""
    some = {claim.verdict: claim for claim in CLAIMS.values()}
    assert len(some) >= 3
    computed = Evidence("a sum", "4", "4", np.float64(2) + 2 == 4, "equal")
    assert computed.holds is True
    planted = {
        c.id: type(c)(**{**vars(c), "evidence": lambda: [computed], "proofs": ()})
        for c in some.values()
    }
    for module in (_claims, _registry):
        monkeypatch.setattr(module, "CLAIMS", planted)
    monkeypatch.chdir(tmp_path)
    assert main(["claims", *option, "--json"]) == 1
    data = document(capsys.readouterr().out)
    assert [c["id"] for c in data["claims"]] == list(planted)
    assert all(c["evidence"][0]["holds"] is True for c in data["claims"])


def commands():
    top = parser()
    (subparsers,) = (a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    return subparsers.choices


@pytest.mark.parametrize("name", commands())
def test_every_command_and_option_has_a_case(name):
    lines = [line for case in CASES if (line := with_forms_joined(case.split()))[0] == name]
    assert lines
    if name == "claims":
        lines.append(["--all", "--pages"])
    asked = {word for line in lines for word in line}
    known = {
        option
        for action in commands()[name]._actions
        for option in action.option_strings
        if option.startswith("--")
    }
    excused = TRAINING if name == "train" else set()
    assert known - asked - ELSEWHERE - excused == set()


def test_whatever_is_printed_is_json(capsys):
    """What NumPy leaves among results, at any depth: a document, and never a traceback."""
    planted = {
        "bool": np.bool_(True),
        "numbers": (np.float32(0.5), np.int64(7), np.float64("nan"), float("inf")),
        "array": np.array([[1.0, -np.inf], [np.nan, 2.0]]),
        "nested": [{"set": frozenset({3}), 4: None}, np.str_("text")],
    }
    _output.emit(argparse.Namespace(json=True), planted, "")
    assert document(capsys.readouterr().out) == {
        "bool": True,
        "numbers": [0.5, 7, None, None],
        "array": [[1.0, None], [None, 2.0]],
        "nested": [{"set": [3], "4": None}, "text"],
    }


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a": 1, "a": 2}', "{} {}", "", "x {}"])
def test_documents_are_read_strictly(text):
    with pytest.raises((AssertionError, ValueError)):
        document(text)
