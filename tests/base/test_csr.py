from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgeom._base import csr


@st.composite
def relations(draw):
    """(pairs, n_rows, n_columns) with distinct pairs in any order."""
    n, m = draw(st.integers(1, 8)), draw(st.integers(1, 8))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, m - 1))
    return draw(st.lists(pair, unique=True, max_size=40)), n, m


def arrays(relation):
    pairs, n, _ = relation
    array = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return csr.from_pairs(array[:, 0], array[:, 1], n)


def unpacked(indptr, indices):
    return [
        (row, int(c))
        for row in range(len(indptr) - 1)
        for c in indices[indptr[row] : indptr[row + 1]]
    ]


@given(relation=relations())
def test_from_pairs_sorts_the_pairs(relation):
    indptr, indices = arrays(relation)
    assert unpacked(indptr, indices) == sorted(relation[0])
    assert len(indptr) == relation[1] + 1
    assert (indptr.dtype, indices.dtype) == (np.int64, np.int32)


@given(counts=st.lists(st.integers(0, 5)))
def test_indptr_from_counts_sums_up(counts):
    indptr = csr.indptr_from_counts(np.array(counts, dtype=np.int64))
    assert indptr.tolist() == [sum(counts[:i]) for i in range(len(counts) + 1)]


@given(relation=relations())
def test_row_numbers_name_the_row_of_every_entry(relation):
    indptr, _ = arrays(relation)
    assert csr.row_numbers(indptr).tolist() == [row for row, _ in sorted(relation[0])]


@given(relation=relations(), data=st.data())
def test_entries_of_chosen_rows_come_in_the_order_of_the_rows(relation, data):
    indptr, indices = arrays(relation)
    rows = data.draw(st.lists(st.integers(0, relation[1] - 1)))  # any order, any number of times
    positions, starts = csr.entries_of(indptr, np.array(rows, dtype=np.int64))
    taken = indices[positions]
    found = [taken[a:b].tolist() for a, b in pairwise(starts)]
    assert found == [sorted(c for r, c in relation[0] if r == row) for row in rows]


@given(relation=relations())
def test_transpose_swaps_rows_and_columns(relation):
    pairs, _, m = relation
    indptr, indices = csr.transpose(*arrays(relation), m)
    assert unpacked(indptr, indices) == sorted((c, r) for r, c in pairs)
    assert len(indptr) == m + 1
    assert (indptr.dtype, indices.dtype) == (np.int64, np.int32)


@given(relation=relations())
def test_transposing_twice_is_the_identity(relation):
    _, n, m = relation
    indptr, indices = arrays(relation)
    again = csr.transpose(*csr.transpose(indptr, indices, m), n)
    np.testing.assert_array_equal(again[0], indptr)
    np.testing.assert_array_equal(again[1], indices)


@given(relation=relations())
def test_is_member_knows_every_pair(relation):
    pairs, n, m = relation
    rows, columns = np.divmod(np.arange(n * m), m)
    found = csr.is_member(*arrays(relation), m, rows, columns)
    assert found.tolist() == [
        (r, c) in pairs for r, c in zip(rows.tolist(), columns.tolist(), strict=True)
    ]


def test_is_member_does_not_overflow_int32():
    # key = row * n_columns + column passes 2^31 here
    indptr = np.zeros(50_001, dtype=np.int64)
    indptr[-1] = 1
    indices = np.array([99_999], dtype=np.int32)
    rows = np.array([49_999, 49_999, 0], dtype=np.int32)
    columns = np.array([99_999, 99_998, 99_999], dtype=np.int32)
    found = csr.is_member(indptr, indices, 100_000, rows, columns)
    assert found.tolist() == [True, False, False]


@pytest.mark.parametrize("n", [0, 3])
def test_no_entries(n):
    empty = np.empty(0, dtype=np.int64)
    indptr, indices = csr.from_pairs(empty, empty, n)
    assert indptr.tolist() == [0] * (n + 1)
    assert len(indices) == 0
    rows = np.zeros(2, dtype=np.int64)
    assert csr.is_member(indptr, indices, 5, rows, rows).tolist() == [False, False]
