"""Blocks of scores: every query once, in the order asked for, whatever the size of blocks."""

import numpy as np
import pytest

from hrgeom._base.blocks import block_ranges, default_threads, reduce_blocks, score_blocks


@pytest.fixture
def vectors():
    rng = np.random.default_rng(0)
    return rng.integers(-3, 4, (11, 4)).astype(float), rng.integers(-3, 4, (6, 4)).astype(float)


@pytest.mark.parametrize(
    ("n_rows", "row_bytes", "options", "ranges"),
    [
        (5, 8, {"block_bytes": 16}, [(0, 2), (2, 4), (4, 5)]),
        (5, 8, {"block_bytes": 1}, [(i, i + 1) for i in range(5)]),  # a row always fits
        (5, 8, {"block_bytes": 1, "least_rows": 4}, [(0, 4), (4, 5)]),
        (5, 0, {}, [(0, 5)]),
        (0, 8, {}, []),
    ],
)
def test_ranges_cover_the_rows(n_rows, row_bytes, options, ranges):
    found = block_ranges(n_rows, row_bytes, **options)
    assert [(at.start, at.stop) for at in found] == ranges


@pytest.mark.parametrize("block_bytes", [1, 6 * 8 * 3, 2**20])
@pytest.mark.parametrize("reuse", [False, True])
@pytest.mark.parametrize("numbers", [None, [], [7, 2, 10, 0]])
def test_blocks_hold_the_scores_of_the_queries_asked_for(vectors, block_bytes, reuse, numbers):
    queries, documents = vectors
    chosen = None if numbers is None else np.array(numbers, dtype=np.int64)
    seen = []
    for block in score_blocks(queries, documents, chosen, block_bytes=block_bytes, reuse=reuse):
        assert block.scores.nbytes <= max(block_bytes, 6 * 8)
        np.testing.assert_array_equal(block.scores, queries[block.numbers] @ documents.T)
        seen += [number for number, _ in block.rows()]
        block.scores[:] = np.nan  # the next block is not spoilt
    assert seen == (list(range(11)) if numbers is None else numbers)


def test_every_reduction_sees_every_block(vectors):
    class Sum:
        def __init__(self):
            self.total, self.n_blocks = 0.0, 0

        def add(self, block):
            self.total += block.scores.sum()
            self.n_blocks += 1

    queries, documents = vectors
    sums = Sum(), Sum()
    reduce_blocks(score_blocks(queries, documents, block_bytes=2 * 6 * 8), *sums)
    for one in sums:
        assert (one.total, one.n_blocks) == ((queries @ documents.T).sum(), 6)


def test_threads_are_at_least_one():
    assert default_threads() >= 1
