"""The construction by descent: stored types, notions, what is written, and its command line."""

import json
from dataclasses import replace

import numpy as np
import pytest
from definitions import best_margin, row_violations, scores, sets_of_relevance
from hypothesis import given, settings
from hypothesis import strategies as st

import hrgeom
from hrgeom import certify, construct, load, load_certificate, recheck, save
from hrgeom.cli import main
from hrgeom.constructions import _descent
from hrgeom.core import Hierarchy, Relevance, as_dtype
from hrgeom.datasets import perfect_tree, random_tree
from hrgeom.errors import ConstructionError
from hrgeom.testing import dags, forests, relevances

PETS = Hierarchy.from_edges([("dog", "animal"), ("cat", "animal"), ("puppy", "dog")])
TREE = perfect_tree(2, 4)
STORED = ("float64", "float32", "float16", "bfloat16", "int8")
NOTIONS = ("global", "row")
TARGETS = {
    "one node": Hierarchy(["alone"], []),
    "a chain": random_tree(12, shape="chain", seed=0),
    "a star": random_tree(12, shape="star", seed=0),
    "all match": Relevance.from_sets([{0, 1, 2}] * 4, 3),
    "none match": Relevance.from_sets([set()] * 4, 3),
}


def built(target, **options):
    return construct(target, method="descent", threads=1, **{"dim": 8, "effort": 0.1, **options})


def assert_consistent(result, target):
    """The certificate says what brute force in fractions says, and how the vectors came about."""
    e, c = result.embedding, result.certificate
    assert e.construction == "descent"
    assert e.basis == c.basis == "descent"
    assert c.verdict in ("holds", "fails")
    sets = sets_of_relevance(target)
    rows = scores(*numbers(e))
    margin = best_margin(rows, sets, c.notion)
    if c.notion == "row":
        violations = sum(row_violations(row, own) for row, own in zip(rows, sets, strict=True))
        assert c.n_violations == violations
        assert c.holds == (violations == 0)
    elif margin is not None and margin <= 0:
        assert not c.holds  # for no threshold does it hold
    if c.holds and margin is not None:
        assert margin > 0


def numbers(e):
    """The vectors meant: stored numbers times scales, exact in float64 for these types."""
    return (
        e.queries.astype(np.float64) * np.reshape(e.query_scale, (-1, 1)).astype(np.float64),
        e.documents.astype(np.float64) * np.reshape(e.document_scale, (-1, 1)).astype(np.float64),
    )


@settings(max_examples=10)
@given(
    forests(max_nodes=9).map(lambda h: h.relevance)
    | dags(max_nodes=9).map(lambda h: h.relevance)
    | relevances(6, 7),
    st.sampled_from(NOTIONS),
    st.sampled_from([2, 6]),
    st.sampled_from(STORED),
)
def test_certificates_say_what_brute_force_says(relevance, notion, dim, dtype):
    result = built(relevance, notion=notion, dim=dim, dtype=dtype, effort=0.05)
    assert result.certificate.notion == notion
    assert_consistent(result, relevance)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("notion", NOTIONS)
def test_tiny_targets_hold(name, notion):
    result = construct(TARGETS[name], method="descent", dim=16, notion=notion, threads=1)
    assert result.certificate.holds
    assert result.certificate.notion == notion


@pytest.mark.parametrize("dtype", STORED)
@pytest.mark.parametrize("notion", NOTIONS)
def test_stored_types(dtype, notion):
    result = built(TREE, dtype=dtype, notion=notion, effort=0.3)
    e, c = result.embedding, result.certificate
    assert (e.dtype, e.dim, e.notion) == (as_dtype(dtype), 8, notion)
    assert (e.threshold is None) == (notion == "row")
    assert c.holds
    assert c.notion == notion
    assert c.normalized_margin_lower_bound > 0.08
    assert_consistent(result, TREE.relevance)
    epochs = e.parameters["epochs"]
    assert e.parameters == {"seed": 0, "epochs": epochs, "effort": 0.3, "is_polished": True}
    assert e.promise == {}
    assert result.provenance == "by descent, certified"


@pytest.mark.parametrize("bits", range(1, 9))
def test_bits_of_a_number(bits):
    result = built(TREE, dtype="int8", bits=bits, dim=8 if bits > 2 else 48)
    e = result.embedding
    largest = max(1, 2 ** (bits - 1) - 1)
    for rows in (e.queries, e.documents):
        assert rows.dtype == np.int8
        assert -largest - (bits > 1) <= rows.min() <= rows.max() <= largest
        assert bits > 1 or set(np.unique(rows)) == {-1, 1}
    assert e.parameters["bits"] == bits
    assert result.certificate.holds
    assert_consistent(result, TREE.relevance)


@pytest.mark.parametrize(("dim", "bits", "of"), [(96, 1, 64), (48, 1, 48), (96, 2, 96)])
def test_many_signs_are_those_of_rows_in_fewer_dimensions(dim, bits, of, monkeypatch):
    asked = []

    def descend(relevance, *, dim, **options):
        asked.append(dim)
        return descend_as_ever(relevance, dim=dim, **options)

    descend_as_ever = _descent.descend
    monkeypatch.setattr(_descent, "descend", descend)
    result = built(TREE, dtype="int8", bits=bits, dim=dim)
    assert asked == [of]
    assert result.embedding.dim == dim
    assert result.certificate.holds
    assert_consistent(result, TREE.relevance)
    again = construct(TREE, method="descent", start=result.embedding, effort=0.1, threads=1,
                      dtype="int8", bits=bits)  # fmt: skip
    assert asked == [of, dim]  # no fewer than the start has
    assert again.embedding.dim == dim


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bits": 4}, "bits must come with dtype int8: got float32"),
        ({"bits": 4, "dtype": "float16"}, "bits must come with dtype int8: got float16"),
        ({"bits": 9, "dtype": "int8"}, "bits must be one of 1, 2, .*: got 9"),
        ({"device": "tpu"}, "device must be one of cpu, cuda: got 'tpu'"),
        ({"minutes": 0.0}, "minutes must be"),
        ({"effort": -1.0}, "effort must be"),
        ({"dim": 0}, "dim must be"),
        ({"notion": "column"}, "notion must be"),
    ],
)
def test_options_out_of_range_are_refused(options, message):
    with pytest.raises(hrgeom.HrgeomError, match=message):
        built(PETS, **options)


def test_a_device_without_torch_is_refused():
    try:
        import torch
    except ModuleNotFoundError:
        message = "requires the package torch; install it with pip install"
    else:
        if torch.cuda.is_available():
            pytest.skip("there is a GPU")
        message = "torch must have the device 'cuda'"
    with pytest.raises(ConstructionError, match=message):
        built(PETS, device="cuda")


def test_the_default_dimension_is_64():
    assert built(PETS, dim=None).embedding.dim == 64


def test_minutes_and_reports():
    lines = []
    e = built(TREE, minutes=0.003, effort=1.0, report=lines.append).embedding
    assert "effort" not in e.parameters
    assert e.parameters["minutes"] == 0.003
    assert any("rows wrong" in line for line in lines)


def test_an_interrupt_leaves_vectors_with_a_certificate():
    def report(line):
        if line.startswith("epoch"):
            raise KeyboardInterrupt

    result = built(TREE, report=report, dtype="float16")
    assert result.embedding.parameters["is_interrupted"] is True
    assert result.certificate is not None


@pytest.mark.parametrize("dtype", STORED)
@pytest.mark.parametrize("notion", NOTIONS)
def test_what_is_saved_loads_and_is_rechecked(dtype, notion, tmp_path):
    result = built(PETS, dtype=dtype, notion=notion)
    e, c = result.embedding, result.certificate
    assert c.holds
    save(e, tmp_path / "pets.emb", certificate=c)
    again = load(tmp_path / "pets.emb")
    assert again.sha256 == e.sha256
    assert (again.basis, again.parameters, again.notion) == ("descent", e.parameters, notion)
    kept = load_certificate(tmp_path / "pets.emb", notion=notion)
    assert kept == c
    assert recheck(again, kept, PETS, n_queries=None).agrees
    assert certify(again, PETS, notion=notion).normalized_margin_lower_bound == pytest.approx(
        c.normalized_margin_lower_bound
    )
    spoilt = replace(again, documents=again.documents[[1, 0, 2, 3]])
    assert not certify(spoilt, PETS, notion=notion).holds


def test_the_same_seed_gives_the_same_vectors():
    first, again, other = (built(TREE, seed=s, dtype="int8", bits=4) for s in (0, 0, 1))
    assert first.embedding.sha256 == again.embedding.sha256
    assert first.embedding.sha256 != other.embedding.sha256


# --- The command line -------------------------------------------------------------------------


def run(tmp_path, capsys, *options):
    path = tmp_path / "tree.tsv"
    path.write_text("dog\tanimal\ncat\tanimal\npuppy\tdog\nanimal\n", encoding="utf-8")
    out = tmp_path / "tree.emb"
    line = ["construct", "--tree", path, "--out", out, "--method", "descent", *options]
    status = main([str(word) for word in line])
    captured = capsys.readouterr()
    return status, captured.out, captured.err, out


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        (("--effort", "0.1"), {"effort": 0.1}),
        (("--minutes", "0.002"), {"minutes": 0.002}),
        (("--effort", "0.1", "--notion", "row"), {"effort": 0.1}),
        (("--effort", "0.1", "--dtype", "int8", "--bits", "4"), {"effort": 0.1, "bits": 4}),
        (("--effort", "0.1", "--seed", "3", "--device", "cpu"), {"effort": 0.1, "seed": 3}),
    ],
)
def test_the_command(options, parameters, tmp_path, capsys):
    status, out, err, folder = run(tmp_path, capsys, "--dim", "6", *options)
    assert status == 0
    assert "by descent" in out
    assert out.startswith("Every one of 4 queries ")
    assert "rows wrong" in err
    said = json.loads((folder / "embedding.json").read_text(encoding="utf-8"))
    assert said["construction"] == "descent"
    assert said["basis"] == "descent"
    assert parameters.items() <= said["parameters"].items()
    assert load(folder).dim == 6


def test_the_command_refuses_bits_of_floats(tmp_path, capsys):
    status, out, err, folder = run(tmp_path, capsys, "--bits", "4")
    assert (status, out) == (2, "")
    assert "bits must come with dtype int8: got float32" in err
    assert not folder.exists()


def test_rows_for_few_bits_are_made_without_a_finale():
    epochs = {
        bits: built(TREE, dtype="int8", bits=bits, dim=6).embedding.parameters["epochs"]
        for bits in (4, 6, 7, 8)
    }
    assert epochs[4] == epochs[6] < epochs[7] == epochs[8]
