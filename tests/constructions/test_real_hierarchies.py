"""The main job on real hierarchies: dimensions, verdicts and counts."""

import numpy as np
import pytest
from places import data_file

from hrgeom import construct, read_hierarchy, recheck


@pytest.mark.parametrize(
    ("name", "n_nodes", "most_dims"),
    [
        ("disease-ontology", 12_247, 9),
        ("schema-org", 1_474, 9),
        ("shopify-product-taxonomy", 10_595, 3),
    ],
)
def test_others_in_few_dimensions(name, n_nodes, most_dims):
    hierarchy = read_hierarchy(data_file(f"{name}.json.gz"))
    choice = construct(hierarchy, fewest=True, dtype="float64")
    embedding, certificate = choice.embedding, choice.certificate
    assert certificate.holds
    assert certificate.arithmetic == "integer"
    assert certificate.n_pairs == n_nodes**2
    assert embedding.dim <= most_dims
    # another construction's numbers, the same verdict: unit rows in float32
    assert construct(hierarchy, fewest=True).certificate.holds


@pytest.fixture(scope="module")
def wordnet():
    return read_hierarchy("wordnet")


@pytest.mark.slow
@pytest.mark.parametrize(("dtype", "most_dims"), [("float32", 33), ("float64", 21)])
def test_wordnet_nouns(wordnet, dtype, most_dims):
    # a claim is about the full search
    choice = construct(wordnet, fewest=True, dtype=dtype, effort=0.1)
    embedding, certificate = choice.embedding, choice.certificate
    assert (certificate.verdict, certificate.n_violations) == ("holds", 0)
    assert (certificate.n_pairs, certificate.n_matches) == (6_742_873_225, 743_241 + 82_115)
    assert certificate.dim <= most_dims
    assert (certificate.arithmetic == "integer") == (dtype == "float64")
    # two more routes to the same word: exact arithmetic on a sample, and plain float32 scores
    assert recheck(embedding, certificate, wordnet, n_queries=3).agrees
    queries = np.random.default_rng(0).choice(wordnet.n_nodes, 300, replace=False)
    above = embedding.queries[queries] @ embedding.documents.T > 0
    for row, query in zip(above, queries, strict=True):
        assert np.array_equal(np.flatnonzero(row), wordnet.relevance.matches(query))
