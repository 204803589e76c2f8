"""Bits: against sets counted one by one, published counts, and embeddings that hold."""

import math
from itertools import combinations

import pytest
from hypothesis import given

from hrgeom import Relevance, certify, construct
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
