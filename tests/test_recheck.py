"""The second opinion agrees with honest certificates and contradicts altered ones."""

import inspect
import sys
from dataclasses import replace
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import DualEmbedding, Hierarchy, certify, construct, recheck
from hrgeom._recheck import _numbers
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
    (row,) = _numbers(np.array([bits], dtype=np.uint16).view(ml_dtypes.bfloat16))
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
        ({"sha256": {}}, "sha256 of queries: the certificate says None"),
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


def test_it_does_not_import_the_checker():
    """Independence: nothing of the kernels, the bounds or the relevance is used."""
    source = inspect.getsource(sys.modules["hrgeom._recheck"]).splitlines()
    imports = [line for line in source if line.startswith(("import ", "from "))]
    assert len(imports) > 5
    for line in imports:
        assert not any(word in line for word in ("certify", "_kernel", "rounding", "relevance"))
