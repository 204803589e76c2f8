"""The second opinion agrees with honest certificates and contradicts altered ones."""

import inspect
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom import Hierarchy, certify, construct, recheck
from hrgeom.testing import hierarchies

TREE = Hierarchy.from_edges([(f"n{i}", f"n{(i - 1) // 2}") for i in range(1, 40)])


@given(
    hierarchy=hierarchies(),
    method=st.sampled_from(["interval", "gaussian"]),
    dtype=st.sampled_from(["float64", "float32", "float16", "int8"]),
    notion=st.sampled_from(["global", "row"]),
)
def test_agrees_with_the_checker(hierarchy, method, dtype, notion):
    e = construct(hierarchy, method=method, dtype=dtype, dim=4 if method == "gaussian" else None)
    c = certify(e, hierarchy, notion=notion)
    result = recheck(e, c, hierarchy, n_queries=None)
    assert result.agrees, result.contradictions
    assert result.n_violations == c.n_violations
    assert result.n_pairs == c.n_pairs


def test_a_sample_holds_the_witnesses():
    e = construct(TREE)
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
    e = construct(TREE)
    result = recheck(e, replace(certify(e, TREE), **change), TREE, n_queries=None)
    assert not result.agrees
    assert any(line.startswith(contradiction) for line in result.contradictions)


def test_altered_witnesses_are_contradicted():
    e = construct(TREE)
    c = certify(e, TREE)
    for witness, line in (
        (replace(c.worst_match, score=9.0), "worst match score: the certificate says 9.0"),
        (replace(c.worst_match, query="n0", document="n9"), "worst match matches"),
        (replace(c.worst_match, query="nobody"), "worst match: its labels are not in"),
    ):
        result = recheck(e, replace(c, worst_match=witness), TREE, n_queries=1)
        assert any(found.startswith(line) for found in result.contradictions)


def test_altered_arrays_are_contradicted():
    e = construct(TREE, dtype="float64")
    c = certify(e, TREE)
    documents = e.documents.copy()
    documents[5, -1] += 1000  # n5 now matches everything
    result = recheck(replace(e, documents=documents), c, TREE, n_queries=5)
    assert any(line.startswith("sha256 of documents") for line in result.contradictions)
    assert any(line.startswith("n_violations") for line in result.contradictions)
    assert result.n_violations > 0


def test_another_hierarchy_is_contradicted():
    e = construct(TREE)
    other = Hierarchy(TREE.labels, TREE.edges[1:])
    result = recheck(e, certify(e, TREE), other, n_queries=None)
    assert any(line.startswith("sha256 of hierarchy") for line in result.contradictions)


def test_it_does_not_import_the_checker():
    """Independence: nothing of the kernels, the bounds or the relevance is used."""
    source = inspect.getsource(sys.modules["hrgeom.recheck"]).splitlines()
    imports = [line for line in source if line.startswith(("import ", "from "))]
    assert len(imports) > 5
    for line in imports:
        assert not any(word in line for word in ("certify", "_kernels", "rounding", "relevance"))
