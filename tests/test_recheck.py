"""The second opinion agrees with honest certificates and contradicts altered ones."""

import inspect
import sys
from dataclasses import fields, replace
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, certify, construct, recheck
from hrgeom._recheck._exact import numbers
from hrgeom.core import STORED_TYPES
from hrgeom.testing import hierarchies

TREE = Hierarchy.from_edges([(f"n{i}", f"n{(i - 1) // 2}") for i in range(1, 40)])


@given(
    hierarchy=hierarchies(),
    method=st.sampled_from(["interval", "gaussian"]),
    dtype=st.sampled_from(STORED_TYPES),
    notion=st.sampled_from(["global", "row"]),
)
def test_agrees_with_the_checker(hierarchy, method, dtype, notion):
    e = construct(
        hierarchy,
        method=method,
        dtype=dtype,
        dim=4 if method == "gaussian" else None,
        certify=False,
    ).embedding
    c = certify(e, hierarchy, notion=notion)
    result = recheck(e, c, hierarchy, n_queries=None)
    assert result.agrees, result.contradictions
    assert result.n_violations == c.n_violations
    assert result.n_pairs == c.n_pairs


@given(
    hierarchy=hierarchies(),
    notion=st.sampled_from(["global", "row"]),
    threshold=st.sampled_from([0.0, 0.25, -1e-6]),
    seed=st.integers(0, 2**32 - 1),
    kinds=st.tuples(*[st.sampled_from(["one", "short", "long", "far apart"])] * 2),
)
def test_agrees_about_scaled_int8(hierarchy, notion, threshold, seed, kinds):
    """Small integers, so that ties and violations are frequent, under scales of all sorts."""
    rng = np.random.default_rng(seed)
    n = hierarchy.n_nodes
    scales = {
        "one": 0.5,
        "short": rng.integers(1, 2**17, n) / 2**16,
        "long": rng.integers(1, 2**24, n) / 2**23,
        "far apart": 2.0 ** rng.integers(-60, 60, n),
    }
    e = DualEmbedding(
        rng.integers(-3, 4, (n, 3)).astype(np.int8),
        rng.integers(-3, 4, (n, 3)).astype(np.int8),
        threshold,
        query_scale=scales[kinds[0]],
        document_scale=scales[kinds[1]],
        query_labels=hierarchy.labels,
        document_labels=hierarchy.labels,
    )
    c = certify(e, hierarchy, notion=notion)
    result = recheck(e, c, hierarchy, n_queries=None)
    assert result.agrees, result.contradictions
    assert result.n_violations == c.n_violations


def test_altered_scales_are_contradicted():
    e = construct(TREE, dtype="int8", method="trie", certify=False).embedding
    e = replace(e, document_scale=np.linspace(1, 2, 40, dtype=np.float32))
    c = certify(e, TREE)
    assert recheck(e, c, TREE, n_queries=1).agrees
    other = replace(e, document_scale=e.document_scale[::-1])
    result = recheck(other, c, TREE, n_queries=1)
    assert any(line.startswith("sha256 of document_scales") for line in result.contradictions)


def test_bfloat16_is_read_from_its_bits():
    """Sign, exponent and mantissa by hand, for every finite number there is."""

    def value(bits):
        sign, exponent, mantissa = bits >> 15, bits >> 7 & 0xFF, bits & 0x7F
        size = mantissa + (128 if exponent else 0)
        return (-1) ** sign * size * Fraction(2) ** (max(exponent, 1) - 134)

    bits = [b for b in range(2**16) if b >> 7 & 0xFF != 0xFF]
    (row,) = numbers(np.array([bits], dtype=np.uint16).view(ml_dtypes.bfloat16))
    assert all(Fraction(a) == value(b) for a, b in zip(row, bits, strict=True))


def test_a_sample_holds_the_witnesses():
    e = construct(TREE).embedding
    c = certify(e, TREE)
    seen = []
    result = recheck(e, c, TREE, n_queries=3, progress=lambda done, total: seen.append(total))
    assert result.agrees
    assert 3 <= result.n_queries <= 5
    assert seen == [result.n_queries] * result.n_queries


@pytest.mark.parametrize(
    ("change", "contradiction"),
    [
        ({"n_pairs": 7}, "n_pairs: the certificate says 7, found 1600"),
        ({"n_matches": 7}, "n_matches: the certificate says 7"),
        ({"verdict": "fails"}, "verdict: the certificate says fails, found holds"),
        ({"n_violations": 3}, "n_violations: the certificate says 3, found 0"),
        ({"threshold": None}, "threshold: the global notion must state one"),
        ({"threshold": 0.25}, "threshold: the certificate says 0.25, found 0.0"),
        ({"sha256": {}}, "sha256 of queries: the certificate says None"),
        ({"dim": 1}, "dim: the certificate says 1, found"),
        ({"dtype": "int8"}, "dtype: the certificate says int8, found float32"),
        ({"n_queries": 7}, "n_queries: the certificate says 7, found 40"),
        ({"n_documents": 7}, "n_documents: the certificate says 7, found 40"),
        ({"n_violating_queries": 7}, "n_violating_queries: the certificate says 7, found 0"),
        ({"n_undecided": 7}, "verdict: the certificate says holds, found undecided"),
        ({"margin_lower_bound": 1e9}, "margin_lower_bound: the certificate says 1000000000.0"),
        ({"margin_lower_bound": None}, "margin_lower_bound: the certificate has none"),
        ({"normalized_margin_lower_bound": 0.999}, "normalized_margin_lower_bound: the cert"),
        ({"basis": "chance"}, "basis: the certificate says chance, found theorem"),
        ({"kernel": "abacus"}, "kernel: the certificate says 'abacus'"),
        ({"notion": "Global and Row"}, "notion: the certificate says 'Global and Row'"),
        ({"arithmetic": "by hand"}, "arithmetic: the certificate says 'by hand'"),
        ({"arithmetic": "integer", "rounding_bound": 1.0}, "rounding_bound: the certificate"),
        ({"worst_match": None}, "worst match: the certificate names none"),
        ({"best_other": None}, "best non-match: the certificate names none"),
    ],
)
def test_altered_certificates_are_contradicted(change, contradiction):
    e = construct(TREE).embedding
    result = recheck(e, replace(certify(e, TREE), **change), TREE, n_queries=None)
    assert not result.agrees
    assert any(line.startswith(contradiction) for line in result.contradictions)


def test_altered_witnesses_are_contradicted():
    e = construct(TREE).embedding
    c = certify(e, TREE)
    for witness, line in (
        (replace(c.worst_match, score=9.0), "worst match score: the certificate says 9.0"),
        (replace(c.worst_match, query="n0", document="n9"), "worst match matches"),
        (replace(c.worst_match, query="nobody"), "worst match: its labels are not in"),
        (replace(c.worst_match, level=9.0), "worst match level: the certificate says 9.0"),
        (replace(c.worst_match, violates=True), "worst match violates: the certificate says True"),
    ):
        result = recheck(e, replace(c, worst_match=witness), TREE, n_queries=1)
        assert any(found.startswith(line) for found in result.contradictions)


def test_altered_arrays_are_contradicted():
    e = construct(TREE, dtype="float64").embedding
    c = certify(e, TREE)
    documents = e.documents.copy()
    documents[5, -1] += 1000  # n5 now matches everything
    result = recheck(replace(e, documents=documents), c, TREE, n_queries=5)
    assert any(line.startswith("sha256 of documents") for line in result.contradictions)
    assert any(line.startswith("n_violations") for line in result.contradictions)
    assert result.n_violations > 0


def test_another_hierarchy_is_contradicted():
    e = construct(TREE).embedding
    other = Hierarchy(TREE.labels, TREE.edges[1:])
    result = recheck(e, certify(e, TREE), other, n_queries=None)
    assert any(line.startswith("sha256 of hierarchy") for line in result.contradictions)


def test_a_digest_of_nothing_is_contradicted():
    e = construct(TREE).embedding
    c = certify(e, TREE)
    for name, line in (("relevance", "sha256 of relevance: the"), ("cat", "sha256 of cat: the")):
        forged = replace(c, sha256={**c.sha256, name: "0" * 64})
        (found,) = recheck(e, forged, TREE, n_queries=1).contradictions
        assert found.startswith(line)


@pytest.mark.parametrize("notion", ["global", "row"])
def test_witnesses_must_be_the_extremes(notion):
    """Another match and another non-match, with scores, levels and sides as they are."""
    e = construct(TREE, method="gaussian", dim=2, dtype="float64", certify=False).embedding
    c = certify(e, TREE, notion=notion)
    scores = e.queries @ e.documents.T
    others = []
    for witness, best in ((c.worst_match, np.argmax), (c.best_other, np.argmin)):
        q = TREE.labels.index(witness.query)
        is_match = np.isin(np.arange(40), TREE.relevance.matches(q))
        right = is_match if witness is c.worst_match else ~is_match
        sign = -1 if witness is c.worst_match else 1
        v = int(best(np.where(right, scores[q], sign * np.inf)))
        pairs = zip(e.queries[q], e.documents[v], strict=True)
        score = float(sum(Fraction(a) * Fraction(b) for a, b in pairs))
        others.append(replace(witness, document=TREE.labels[v], score=score))
    levels = (c.threshold,) * 2 if notion == "global" else (others[1].score, others[0].score)
    forged = replace(
        c,
        worst_match=replace(others[0], level=levels[0], violates=others[0].score <= levels[0]),
        best_other=replace(others[1], level=levels[1], violates=others[1].score >= levels[1]),
    )
    assert recheck(e, c, TREE, n_queries=None).agrees
    lines = recheck(e, forged, TREE, n_queries=None).contradictions
    assert lines
    starts = ("worst match: it scores", "best non-match: it scores", "witnesses: they are")
    assert all(line.startswith(starts) for line in lines)


@pytest.mark.parametrize("notion", ["global", "row"])
@pytest.mark.parametrize("dtype", STORED_TYPES)
def test_margins_are_bounds_to_a_few_digits(notion, dtype):
    """One part in a hundred more than what is stated, and the recheck objects."""
    e = construct(TREE, method="interval", dtype=dtype, certify=False).embedding
    c = certify(e, TREE, notion=notion)
    for name in ("margin_lower_bound", "normalized_margin_lower_bound"):
        forged = replace(c, **{name: 1.01 * getattr(c, name)})
        (line,) = recheck(e, forged, TREE, n_queries=None).contradictions
        assert line.startswith(f"{name}: the certificate says")


def test_every_field_is_compared_or_listed():
    """A change of any field of a certificate is contradicted, or the field is listed."""
    e = construct(TREE).embedding
    c = certify(e, TREE)
    listed = set(recheck(e, c, TREE, n_queries=None).not_compared)
    others = {int: 7, float: 0.123, str: "forged", dict: {}, type(None): None}
    for field in fields(c):
        forged = replace(c, **{field.name: others.get(type(getattr(c, field.name)))})
        if field.name not in listed:
            assert recheck(e, forged, TREE, n_queries=None).contradictions, field.name
    some = {"n_exact_rechecks", "rounding_bound", "kernel", "threads", "seconds", "version"}
    assert some < listed
    assert not listed & {"verdict", "threshold", "sha256", "margin_lower_bound", "worst_match"}


def test_a_sample_says_what_it_leaves_out():
    e = construct(TREE).embedding
    c = certify(e, TREE)
    whole, sample = (recheck(e, c, TREE, n_queries=n) for n in (None, 3))
    assert (whole.is_whole, sample.is_whole) == (True, False)
    assert "n_violations beyond the sample" in sample.not_compared
    assert not any("sample" in each for each in whole.not_compared)


def test_digests_of_the_description_are_compared():
    e = construct(TREE).embedding
    c = certify(e, TREE)
    stated = {"sha256": {**e.sha256, "hierarchy": TREE.sha256}, "tree": None}
    result = recheck(e, c, TREE, described=stated)
    assert result.agrees
    assert "tree of embedding.json" in result.not_compared
    stated["sha256"]["queries"] = "0" * 64
    (line,) = recheck(e, c, TREE, described=stated).contradictions
    assert line.startswith("sha256 of queries: embedding.json says 000")


def test_violations_that_nobody_decided_are_no_contradiction():
    big = 2.0**60
    e = DualEmbedding([[big, 1.0, -big, 0.7]], [[1.0, 0.7, 1.0, -1.0]], threshold=0.0)
    one = Hierarchy(["a"], [])
    c = certify(e, one, exact=False)
    assert c.verdict == "undecided"
    assert recheck(e, c, one, n_queries=None).agrees


def test_it_does_not_import_the_checker():
    """Independence: nothing of the kernels, the bounds or the relevance is used."""
    modules = [name for name in sys.modules if name.startswith("hrgeom._recheck.")]
    source = [line for name in modules for line in inspect.getsource(sys.modules[name]).split("\n")]
    imports = [line for line in source if line.startswith(("import ", "from "))]
    assert len(imports) > 20
    for line in imports:
        assert not any(word in line for word in ("certify", "_kernel", "rounding", "relevance"))
    from_checker = [line for line in imports if "checker" in line]
    values = {"Certificate, Witness", "Certificate"}  # what is stated, nothing that computes
    assert {line.partition(" import ")[2] for line in from_checker} == values
