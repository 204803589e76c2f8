"""Commands take vectors of any format and order; what they print of them is JSON too."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import hrgeom
from hrgeom import Hierarchy, construct, load, load_certificate, save
from hrgeom.cli import main
from hrgeom.io import write_hierarchy

TREE = "dog\tanimal\ncat\tanimal\npuppy\tdog\nkitten\tcat\n"
OTHER_ORDER = "kitten\tcat\npuppy\tdog\ncat\tanimal\ndog\tanimal\n"
NUMBERS = "3\t1\n1\t0\n2\t0\n4\t1\n5\t2\n"
ASK = (
    "hrgeom: error: queries of {name} must say which row is which: they have no labels, and the "
    "labels there are for them are numbers in another order, '3', '1', '0', ...; say rows=order if "
    "row 0 is '3' and row 1 is '1', or rows=labels if row 0 is '0' and row 1 is '1' (--rows)"
)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {"tree": TREE, "other": OTHER_ORDER, "numbers": NUMBERS}.items():
        Path(f"{name}.tsv").write_text(text)
    return tmp_path


@pytest.fixture
def run(capsys):
    def run(line):
        status = main(line.split())
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def built(here):
    """The embedding of tree.tsv, in a folder and in files."""
    result = construct(hrgeom.read_hierarchy("tree.tsv"), dtype="float32")
    save(result.embedding, "e.emb", certificate=result.certificate)
    return result.embedding


def certified_by(run, line):
    status, out, err = run(f"certify {line} --json --quiet")
    assert status == 0, err
    return json.loads(out)


def files_of(e):
    """The same vectors in every format that is read, with labels in another order."""
    order = [3, 1, 4, 0, 2]
    labels = [e.query_labels[i] for i in order]
    q, x = e.queries[order], e.documents[order]
    Path("labels.txt").write_text("\n".join(labels))
    np.save("q.npy", q)
    np.save("x.npy", x)
    np.savez("v.npz", queries=q, documents=x, names=labels)
    hrgeom.io.write_vectors(e, "v.safetensors")
    return ["q.npy,documents=x.npy,labels=labels.txt", "v.npz", "v.safetensors"]


def test_certify_takes_files_of_vectors(built, run):
    pytest.importorskip("safetensors")
    for spec in files_of(built):
        for tree in ("tree.tsv", "other.tsv"):
            data = certified_by(run, f"{spec} --tree {tree} --notion row")
            assert (data["verdict"], data["n_pairs"], data["notion"]) == ("holds", 25, "row")
            assert data["remarks"] == []
    # Of a file that hrgeom wrote the threshold is known, and so the notion it is meant for.
    assert certified_by(run, "v.safetensors --tree other.tsv")["notion"] == "global"
    assert not Path("certificate.json").exists()


def test_certify_takes_text(here, run):
    h = hrgeom.read_hierarchy("tree.tsv")
    matches = np.array([[v in {q, *h.ancestors(q)} for v in h.labels] for q in h.labels], int)
    lines = [
        " ".join([label, *map(str, row)]) for label, row in zip(h.labels, matches, strict=True)
    ]
    Path("g.txt").write_text("\n".join(lines[::-1]) + "\n")
    status, out, _ = run("certify g.txt --tree tree.tsv --json")
    assert status == 1
    n_wrong = json.loads(out)["n_violations"]
    Path("w.vec").write_text("\n".join(["5 5", *lines]) + "\n")
    status, out, _ = run("certify w.vec --tree other.tsv --json")
    assert (status, json.loads(out)["n_violations"]) == (1, n_wrong)


def test_a_folder_in_another_order_is_certified_rechecked_and_queried(built, run):
    before = {f.name: f.read_bytes() for f in Path("e.emb").iterdir()}
    data = certified_by(run, "e.emb --tree other.tsv")
    assert data["sha256"]["queries"] == built.sha256["queries"]
    stored = load_certificate("e.emb")
    assert stored.holds
    assert stored.sha256["hierarchy"] == hrgeom.read_hierarchy("other.tsv").sha256
    after = {f.name: f.read_bytes() for f in Path("e.emb").iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"certificate.json"}
    status, out, _ = run("recheck e.emb --tree other.tsv --all --json")
    assert status == 0
    assert json.loads(out)["agrees"] is True
    for tree in ("tree.tsv", "other.tsv"):
        status, out, _ = run(f"query e.emb kitten --tree {tree} --json")
        found = json.loads(out)
        assert status == 0
        retrieved = {d["document"] for d in found["documents"] if d["retrieved"]}
        assert retrieved == {"kitten", "cat", "animal"}


def test_recheck_contradicts_other_numbers_in_any_order(built, run):
    certified_by(run, "e.emb --tree other.tsv")
    rows = np.load("e.emb/queries.npy")
    np.save("e.emb/queries.npy", rows[::-1])
    status, out, _ = run("recheck e.emb --tree other.tsv --all --json")
    assert status == 1
    assert json.loads(out)["contradictions"][0].startswith("sha256 of queries")


def test_rows_that_the_hierarchy_does_not_ask_for_are_said(built, run):
    Path("smaller.tsv").write_text("dog\tanimal\npuppy\tdog\n")
    status, out, err = run("certify e.emb --tree smaller.tsv --json")
    message = "2 of the 5 rows left out, as nothing asks for their labels, such as 'cat'"
    assert status == 0
    assert json.loads(out)["remarks"] == [{"code": "rows-unused", "message": message, "count": 2}]
    assert err.splitlines() == [f"hrgeom: {message}"]
    status, out, _ = run("recheck e.emb --tree smaller.tsv --all --json")
    assert (status, json.loads(out)["remarks"][0]["code"]) == (0, "rows-unused")
    status, out, _ = run("query e.emb puppy --tree smaller.tsv --json")
    assert (status, json.loads(out)["remarks"][0]["code"]) == (0, "rows-unused")
    Path("larger.tsv").write_text(TREE + "ox\tanimal\n")
    status, out, err = run("certify e.emb --tree larger.tsv")
    assert (status, out) == (2, "")
    assert err == (
        "hrgeom: error: queries of e.emb must have a row for every label: got none for 1 of 6, "
        "'ox'; the rows have labels such as 'dog', 'animal', 'cat', ...; give them rows, or leave "
        "them out of the hierarchy\n"
    )


@pytest.mark.parametrize(
    ("command", "origin"),
    [
        (command, origin)
        for command in ("certify {}", "query {} 3", "recheck {}", "compare {}")
        for origin in ("unlabelled folder", "old folder", "file")
        if (command, origin) != ("recheck {}", "file")  # it checks the certificate of a folder
    ],
)
def test_numbers_out_of_order_are_asked_about_by_every_command(here, run, command, origin):
    h = hrgeom.read_hierarchy("numbers.tsv")
    result = construct(h)
    e = hrgeom.DualEmbedding(
        result.embedding.queries,
        result.embedding.documents,
        threshold=result.embedding.threshold,
        basis=result.embedding.basis,
    )
    if origin == "file":
        name = "v.npz"
        np.savez(name, queries=e.queries, documents=e.documents)
    else:
        name = "e.emb"
        save(e, name, certificate=result.certificate)
        labels = json.loads(Path(name, "labels.json").read_text())
        assert labels["numbered"] == ["queries", "documents"]
        if origin == "old folder":
            del labels["numbered"]
            Path(name, "labels.json").write_text(json.dumps(labels))
    line = command.format(name) + " --tree numbers.tsv"
    status, out, err = run(line)
    assert (status, out, err.splitlines()[-1]) == (2, "", ASK.format(name=name))
    answer = (
        line.replace(name, f"{name},rows=order") if "compare" in line else f"{line} --rows order"
    )
    assert run(answer)[0] == 0
    other = answer.replace("order", "labels")
    status, out, _ = run(other)
    assert status == 1
    if command.startswith("certify"):
        assert " queries do not " in out.partition("\n")[0]
    # The rows put in the order of the numbers: now the other answer is right.
    place = sorted(range(6), key=lambda i: int(h.labels[i]))
    moved = hrgeom.DualEmbedding(e.queries[place], e.documents[place], threshold=e.threshold)
    if origin == "file":
        np.savez(name, queries=moved.queries, documents=moved.documents)
    else:
        certificate = hrgeom.certify(moved.aligned_to(h, rows="labels"), h)
        digests = {**certificate.sha256, **moved.sha256}
        certificate = hrgeom.Certificate(**{**vars(certificate), "sha256": digests})
        save(moved, name, certificate=certificate, overwrite=True)
    assert run(other)[0] == 0
    if not command.startswith("query"):  # one query may be right by chance
        assert run(answer)[0] == 1


def test_labels_that_are_row_numbers_are_labels_where_they_were_given(here, run):
    """Labels "0".."n-1" of a hierarchy in that order, and the same hierarchy in another."""
    numbers = hrgeom.read_hierarchy("numbers.tsv")
    order = sorted(range(6), key=lambda i: int(numbers.labels[i]))
    place = {old: new for new, old in enumerate(order)}
    edges = [(place[c], place[p]) for c, p in numbers.edges.tolist()]
    in_order = Hierarchy([numbers.labels[i] for i in order], edges)
    write_hierarchy(in_order, "sorted.json")
    assert run("construct --tree sorted.json --out e.emb")[0] == 0
    assert load("e.emb").query_labels == ("0", "1", "2", "3", "4", "5")
    for tree in ("sorted.json", "numbers.tsv"):
        status, _, err = run(f"certify e.emb --tree {tree}")
        assert (status, err) == (0, "")
        status, out, _ = run(f"query e.emb 3 --tree {tree} --json")
        retrieved = {d["document"] for d in json.loads(out)["documents"] if d["retrieved"]}
        assert (status, retrieved) == (0, {"3", "1", "0"})
    for suffix in ("npz", "safetensors"):
        if suffix == "safetensors":
            pytest.importorskip("safetensors")
        assert run(f"export e.emb --to {suffix} --out e.{suffix}")[0] == 0
        assert run(f"certify e.{suffix} --tree numbers.tsv")[0] == 0
        bare = hrgeom.DualEmbedding(load("e.emb").queries, load("e.emb").documents)
        hrgeom.io.write_vectors(bare, f"bare.{suffix}")
        assert run(f"certify bare.{suffix} --tree numbers.tsv")[2] == (
            ASK.format(name=f"bare.{suffix}") + "\n"
        )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "certify v.npz",
            "--tree or --qrels must be given for vectors that are no embedding "
            "folder, which records its own: got a file, 'v.npz'",
        ),
        (
            "query missing.npz dog",
            "--tree or --qrels must be given for vectors that are no "
            "embedding folder, which records its own: got 'missing.npz'",
        ),
        (
            "certify empty",
            "an embedding folder must hold embedding.json: none at 'empty/embedding.json'",
        ),
        (
            "certify v.npz,score=poincare --tree tree.tsv",
            "score must be dot or cosine, whose scores are inner products: got 'poincare'",
        ),
        ("query e.emb ox --tree tree.tsv", "text must stand for a node: got 'ox'"),
    ],
)
def test_refusals(built, run, line, message):
    np.savez("v.npz", queries=built.queries, documents=built.documents)
    Path("empty").mkdir()
    status, out, err = run(line)
    assert (status, out) == (2, "")
    assert err.splitlines()[-1].startswith("hrgeom: error: ")
    assert message in err


def test_words_without_a_vector_stand_beside_a_verdict_of_failure(here, run):
    Path("shop.tsv").write_text("Dog Beds\tDog Supplies\nDog Bowls\tDog Supplies\n")
    Path("w.vec").write_text("2 2\nDog 1 0\nSupplies 0 1\n")
    such_as = "in 2 of 3 texts, such as 'Beds' of 'Dog Beds'"
    message = f"2 of 6 words have no vector and are left out, {such_as}"
    status, out, err = run("certify w.vec --tree shop.tsv")
    assert status == 1
    assert f"\n  vectors: {message}\n" in out
    assert f"hrgeom: {message}\n" in err
    status, out, err = run("compare w.vec --tree shop.tsv")
    assert status == 1
    assert f"\n  w.vec: {message}\n" in out
    assert f"hrgeom: w.vec: {message}\n" in err
    status, out, _ = run("compare w.vec --tree shop.tsv --json --quiet")
    assert json.loads(out)["models"][0]["remarks"] == [
        {"code": "words-without-vector", "message": message, "count": 2}
    ]
    status, out, _ = run("certify w.vec --tree shop.tsv --json --quiet")
    assert json.loads(out)["remarks"][0]["message"] == message


def test_a_moved_folder_stays_whole(built, run):
    """Nothing but the certificate is written, whatever the order."""
    shutil.copytree("e.emb", "copy.emb")
    assert run("query copy.emb dog --tree other.tsv")[0] == 0
    assert {f.name: f.read_bytes() for f in Path("e.emb").iterdir()} == {
        f.name: f.read_bytes() for f in Path("copy.emb").iterdir()
    }
