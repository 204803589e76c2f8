"""Bits: against sets counted one by one, published counts, and embeddings that hold."""

import math
from itertools import combinations

import pytest
from hypothesis import given

from hrgeom import Relevance, certify, construct
from hrgeom.bounds import (
    Bound,
    CertifiedConstruction,
    all_bounds,
    contradictions,
    theorems_named,
)
from hrgeom.bounds.lower import LeastBits, least_bits
from hrgeom.datasets import load, random_tree
from hrgeom.errors import HrgeomError
from hrgeom.testing import relevances


@given(relevance=relevances())
def test_sets_are_counted(relevance):
    sets = {frozenset(relevance.matches(q).tolist()) for q in range(relevance.n_queries)}
    columns = {
        frozenset(q for q in range(relevance.n_queries) if v in relevance.matches(q))
        for v in range(relevance.n_documents)
    }
    found = least_bits(relevance)
    for bits, n in ((found.query, len(sets)), (found.document, len(columns))):
        assert 2**bits >= n
        assert bits == 0 or 2 ** (bits - 1) < n
    assert found.query_by_row <= found.query


@pytest.mark.parametrize(("m", "k"), [(6, 2), (9, 3), (10, 5)])
def test_all_subsets_of_a_size(m, k):
    subsets = Relevance.from_sets(list(map(set, combinations(range(m), k))), m)
    found = least_bits(subsets)
    assert found.query == found.query_by_row == math.ceil(math.log2(math.comb(m, k)))
    assert found.query >= k * math.log2(m / k)


def test_a_chain_by_row_takes_none():
    chain = Relevance.from_sets([set(range(q)) for q in range(1, 9)], 8)
    assert least_bits(chain) == LeastBits(query=3, query_by_row=0, document=3)


def test_dimensions_of_a_type():
    least = LeastBits(query=17, query_by_row=3, document=9)
    assert [least.dim(b) for b in (1, 8, 16, 17, 32)] == [17, 3, 2, 1, 1]
    assert [least.dim(b, by_row=True) for b in (1, 8, 16)] == [9, 2, 1]
    assert LeastBits(0, 0, 0).dim(8) == 1
    with pytest.raises(HrgeomError, match="bits must be at least 1: got 0"):
        least.dim(0)


@pytest.mark.parametrize("hierarchy", [random_tree(40, seed=1), load("wordnet-mammals")])
def test_no_embedding_that_holds_has_fewer(hierarchy):
    trie = construct(hierarchy, method="trie", dtype="int8", certify=False).embedding
    assert certify(trie, hierarchy).holds
    least = least_bits(hierarchy.relevance)
    assert least.query == least.document == math.ceil(math.log2(hierarchy.n_nodes))
    assert least.dim(8) <= trie.dim


def bits_of(target):
    found = all_bounds(target, theorems=theorems_named(["bits"]))
    return [(b.setting, b.value) for b in found]


def test_bits_are_a_row_of_the_registry():
    # 2 queries and 3 documents, all different; by row the queries may be the same
    assert bits_of(Relevance.from_sets([{0}, {0, 1}], 3)) == [("row", 2)]
    # with one threshold the queries take 2 bits, by row 1: {0} is in {0, 1}, which is in {0, 1, 2}
    nested = Relevance.from_sets([{0, 1, 2}, {0, 1}, {0}], 3)
    assert bits_of(nested) == [("row", 2)]
    same = Relevance.from_sets([{0}, {0}, set()], 1)  # one document
    assert bits_of(same) == [("global", 1)]
    assert bits_of(Relevance.from_sets([{0}], 1)) == [("row", None)]


def test_bits_that_a_certificate_does_not_have_are_noticed():
    built = CertifiedConstruction("interval", 2, None, False, "holds", "zero", 0.1, 0.0)
    few, many = (Bound("bits", "bits", "lower", "row", value, "") for value in (128, 129))
    assert few.forbids
    assert contradictions([few], [built]) == ()
    assert contradictions([many], [built]) == (
        "bits: bits >= 129 (row), but interval is certified in 128 bits (zero)",
    )
    some = Bound("codes", "bits", "upper", "zero", 100, "")
    assert contradictions([few, some]) == (
        "bits: bits >= 128 (row), but codes: bits <= 100 (zero)",
    )
