"""`hrgeom locate`: its three forms, what they refuse, and what they write."""

import argparse
import json
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from encoders import shop, trigrams

import hrgeom
from hrgeom.cli import main
from hrgeom.cli._locate_options import dims, level, parts, share, with_forms_joined

MODEL = ("--model", "py:encoders:trigrams")
LOCATED, EVALUATED = (
    json.loads((files("hrgeom") / "schemas" / f"{name}.schema.json").read_text())
    for name in ("located", "locate-evaluation")
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a shop, its embedding, and a locator beside the embedding."""
    folder = tmp_path_factory.mktemp("shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("shop.csv").write_text(shop(), encoding="utf-8")
        assert main(["construct", "--tree", "shop.csv", "--out", "bare.emb", "--quiet"]) == 0
        assert main(["construct", "--tree", "shop.csv", "--out", "shop.emb", "--quiet"]) == 0
        assert main(["locate", "fit", "shop.emb", *MODEL, "--quiet"]) == 0
    return folder


@pytest.fixture
def here(made, monkeypatch):
    monkeypatch.chdir(made)
    return made


@pytest.fixture
def run(here, capsys):
    """Run a form of the command; give exit status, standard output and standard error."""

    def run(*argv):
        status = main(["locate", *map(str, argv)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def as_json(out, schema=LOCATED):
    data = json.loads(out)
    jsonschema.validate(data, schema)
    return data


# --- Which form -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "joined"),
    [
        ("locate fit x", "locate fit|x"),
        ("locate evaluate --tree x", "locate evaluate|--tree|x"),
        ("locate --quiet --json fit x", "locate fit|--quiet|--json|x"),
        ("locate x fit", "locate|x|fit"),
        ("locate ./fit x", "locate|./fit|x"),
        ("locate --decision node fit", "locate|--decision|node|fit"),
        ("locate", "locate"),
        ("locate --json", "locate|--json"),
        ("info fit", "info|fit"),
        ("", ""),
    ],
)
def test_forms_are_told_apart(given, joined):
    assert with_forms_joined(given.split()) == [word for word in joined.split("|") if word]


def test_a_folder_called_fit_is_given_with_its_path(run, here):
    (here / "fit").mkdir(exist_ok=True)
    (here / "evaluate").mkdir(exist_ok=True)
    status, _, err = run("fit", "lamps")
    assert status == 2
    assert "must exist: got 'lamps'; to place text with the embedding in the folder 'fit'" in err
    assert "say ./fit" in err
    status, _, err = run("./fit", "lamps", *MODEL)
    assert status == 2
    assert "must have a locator to place text: got none in './fit'; make one with hrgeom loc" in err
    status, _, err = run("--decision", "node", "fit", "lamps")
    assert status == 2
    assert "got none in 'fit'" in err


# --- One text ---------------------------------------------------------------------------------


def test_one_text(run):
    status, out, err = run("shop.emb", "green office lamps", *MODEL)
    assert status == 0
    assert out.startswith("'green office lamps': below office lamps (expected F1 of its ancestors")
    assert "exactly these 3, by the certificate" in out
    assert "none of these" in out
    assert err == ""


def test_one_text_as_json(run, here):
    told = []
    for decision in ("node", "majority", "rank"):
        argv = ("shop.emb", "green office lamps", *MODEL, "--decision", decision, "--json")
        status, out, _ = run(*argv, "--conformal", "0.2")
        data = as_json(out)
        assert (status, data["node"], data["decision"]) == (0, "office lamps", decision)
        assert set(data["ancestors"]) == {"office lamps", "office", "shop"}
        assert set(data["sure"]) <= set(data["possible"])
        told.append([data[name] for name in ("posterior", "p_none", "sure", "runners_up")])
        assert sum(p for _, p in data["posterior"]) + data["p_none"] == pytest.approx(1, abs=1e-5)
    assert told[0] == told[1] == told[2]  # the decision changes nothing of what is believed
    e, h = hrgeom.load("shop.emb"), hrgeom.read_hierarchy("shop.csv")
    data = as_json(run("shop.emb", "green office lamps", *MODEL, "--json")[1])
    scores = e.documents.astype(np.float64) @ np.array(data["vector"])
    above = {e.document_labels[i] for i in np.flatnonzero(scores > data["threshold"])}
    assert above == set(data["ancestors"]) == {"office lamps", *h.ancestors("office lamps")}


def test_what_is_not_sure_has_no_node(run):
    status, out, _ = run("shop.emb", "zzz qqq", *MODEL, "--min-expected", "1", "--json")
    data = as_json(out)
    assert data["state"] in ("climbed", "abstained")
    assert status == (3 if data["state"] == "abstained" else 0)
    if data["state"] == "abstained":
        assert data["node"] is None
        assert not any(data["vector"])


# --- Many texts -------------------------------------------------------------------------------


def test_many_texts_on_the_screen(run, here):
    (here / "new.csv").write_text("id,text\n7,blue office lamps\n8,garden gloves\n")
    status, out, _ = run("shop.emb", "--texts", "new.csv", *MODEL)
    lines = [line.split("\t") for line in out.splitlines()[:2]]
    assert status == 0
    assert [line[:2] for line in lines] == [["7", "office lamps"], ["8", "garden gloves"]]
    data = as_json(run("shop.emb", "--texts", "new.csv", *MODEL, "--json")[1])
    assert [each["id"] for each in data["texts"]] == ["7", "8"]
    assert data["decided"] + data["climbed"] + data["abstained"] == data["n_texts"] == 2


@pytest.mark.parametrize("name", ["out.npz", "out.npy", "out.vec", "out.safetensors"])
def test_query_vectors_of_many_texts(run, here, name):
    if name.endswith("safetensors"):
        pytest.importorskip("safetensors")
    (here / "new.csv").write_text("id,text\n7,blue office lamps\n8,garden gloves\n")
    argv = ("shop.emb", "--texts", "new.csv", "--out", name, *MODEL)
    status, out, err = run(*argv, "--json")
    assert status == 0, err
    data = as_json(out)
    assert (data["out"], data["texts"][1]["node"]) == (name, "garden gloves")
    e = hrgeom.load("shop.emb")
    if name == "out.npy":
        scores = np.load(name) @ e.documents.T
        row = e.document_labels.index("garden gloves")
        assert scores[1, row] > data["threshold"] > scores[0, row]
    if name == "out.npz":
        assert len(np.load(name)["queries"]) == 2
    before = Path(name).read_bytes()
    status, out, err = run(*argv)
    assert (status, out) == (2, "")
    assert "the output must not exist yet" in err
    assert Path(name).read_bytes() == before
    status, out, err = run(*argv, "--force")
    assert (status, err) == (0, "")
    assert [x.split("\t")[:2] for x in out.splitlines()[:2]] == [
        ["7", "office lamps"],
        ["8", "garden gloves"],
    ]
    Path(name).unlink()


def test_thousands_at_once(run, here):
    words = ("red", "blue", "tiny", "old", "new")
    rows = [f"{n},{words[n % 5]} office lamps {n}" for n in range(2000)]
    (here / "many.csv").write_text("id,text\n" + "\n".join(rows) + "\n")
    status, out, err = run("shop.emb", "--texts", "many.csv", "--out", "many.npy", *MODEL)
    assert status == 0, err
    assert out.startswith("2,000 texts: ")
    assert np.load("many.npy").shape[0] == 2000


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("shop.emb",), "a text must be one argument, or --texts names a file: got 0"),
        (("shop.emb", "dog", "sofa"), "got 2 arguments; put the text in quotes"),
        (("shop.emb", " "), "a text must have words"),
        (("shop.emb", "x", "--texts", "shop.csv"), "--texts must come without a text: got 'x'"),
        (("shop.emb", "--texts", "none.csv"), "must be in a file or folder that exists"),
        (("shop.emb", "--texts", "gaps.csv", "--out", "y.npz"), "without, the first at line 3"),
        (("shop.emb", "x", "--out", "y.xlsx"), "--out must end in"),
        (("shop.emb", "x", "--out", "no/y.npz"), "the parent of the output must exist"),
        (("none.emb", "x"), "an embedding folder must exist: got 'none.emb'"),
        (("fit", "none.emb"), "none.emb"),
        (("evalute", "--tree", "shop.csv"), "got 'evalute'; did you mean `hrgeom locate evaluate`"),
        (("bare.emb", "x"), "got none in 'bare.emb'; make one with hrgeom locate fit bare.emb"),
        (("fit", "shop.emb"), "must have no locator yet: got 'shop.emb/locator'; --force"),
        (("fit", "bare.emb", "--parts", "name"), "--parts must come with --texts"),
        (("fit", "bare.emb", "--texts", "wrong.csv"), "labels of texts must be those of nodes"),
        (("fit", "bare.emb", "--model", "bert"), "must be wordllama, st:MODEL or py:MODULE:FUNC"),
        (("fit", "bare.emb", "--model", "py:encoders:none"), "must be importable"),
        (("evaluate", "--tree", "none.csv"), "source must be a file"),
    ],
)
def test_refusals_write_nothing(run, here, argv, message):
    (here / "gaps.csv").write_text("id,text\n7,lamps\n8,\n")
    (here / "wrong.csv").write_text("id,text\nsofas,soft\n")
    before = sorted(here.rglob("*"))
    status, out, err = run(*argv, *(() if "--model" in argv else MODEL))
    assert (status, out) == (2, "")
    assert message in err
    assert err.splitlines()[-1].startswith("hrgeom: error: ")
    assert sorted(here.rglob("*")) == before


def test_a_model_that_is_not_installed_is_said(run):
    if find_spec("wordllama") is not None:
        pytest.skip("wordllama is installed")
    status, _, err = run("fit", "bare.emb")
    assert status == 2
    assert "install it with pip install 'hrgeom[text] @ " in err


def test_an_encoder_that_breaks_writes_nothing(run, here, monkeypatch):
    def broken(texts):
        return trigrams(texts) * np.nan

    monkeypatch.setattr("encoders.trigrams", broken)
    status, _, err = run("fit", "bare.emb", *MODEL)
    assert status == 2, err
    assert not (here / "bare.emb" / "locator").exists()


def test_judgments_have_no_place_for_text(run, here):
    (here / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\na\tx\t1\nb\ty\t1\n")
    assert main(["construct", "--qrels", "qrels.tsv", "--out", "judged.emb", "--quiet"]) == 0
    status, _, err = run("fit", "judged.emb", *MODEL)
    assert status == 2
    assert "text must be placed in a hierarchy: got an embedding for judgments" in err


# --- Fitting and evaluating -------------------------------------------------------------------


def test_fit_says_what_it_did(run, here):
    (here / "texts.csv").write_text("id,name,definition\noffice lamps,office lamps,light\nx,y,z\n")
    argv = ("fit", "shop.emb", "--texts", "texts.csv", *MODEL, "--force", "--json")
    status, out, err = run(*argv)
    data = json.loads(out)
    assert status == 0
    assert (data["certificate"], data["n_texts"]) == ("holds", data["n_nodes"] + 1)
    assert [each["code"] for each in data["remarks"]][-2:] == ["unknown-labels", "names-as-texts"]
    assert "remark: 1 label of texts that no node has left out, such as 'x'" in err
    assert run("shop.emb", "green office lamps", *MODEL)[0] == 0
    assert run(*argv, "--strict", "--tree", "shop.csv")[0] == 2
    assert run("shop.emb", "green office lamps", *MODEL)[0] == 0  # the locator is still there


def test_evaluate(run):
    argv = ("evaluate", "--tree", "shop.csv", "--hold-out", "0.2", "--splits", "2", *MODEL)
    status, out, err = run(*argv, "--dims", "8", "--json")
    assert status == 0, err
    data = as_json(out, EVALUATED)
    assert all(0 <= data["locator"][name] <= 1 for name in ("f1", "exact", "recall"))
    assert data["locator"]["recall"] == data["soft-closure"]["recall"]  # its ranking
    assert len(data.keys() - {"about", "model", "remarks"}) >= 4
    again = as_json(run(*argv, "--dims", "8", "--json", "--quiet")[1], EVALUATED)
    assert again == data
    assert "locator" in run(*argv, "--dims", "none", "--quiet")[1]


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (share, "0.5", 0.5),
        (level, "0.1", 0.1),
        (parts, "definition,name", ("name", "definition")),
        (dims, "64, 256", (64, 256)),
        (dims, "none", ()),
    ],
)
def test_values_of_options(parse, text, value):
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [(share, "1.5"), (level, "0"), (level, "nan"), (parts, "smell"), (parts, "name,name"),
     (dims, "0"), (dims, "8,x")],
)  # fmt: skip
def test_values_that_are_refused(parse, text):
    with pytest.raises(argparse.ArgumentTypeError, match="must be"):
        parse(text)


def test_labels_of_vectors_are_the_ids(run, here):
    (here / "new.csv").write_text("id,text\n7,blue office lamps\n8,garden gloves\n")
    assert run("shop.emb", "--texts", "new.csv", "--out", "ids.vec", *MODEL)[0] == 0
    first = [line.split()[0] for line in Path("ids.vec").read_text().splitlines()[1:]]
    assert first == ["7", "8"]
